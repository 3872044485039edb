"""Pictures of the office itself, drawn anew from whatever is chosen, so that nothing else comes along."""

import io
from collections.abc import Callable
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from siegelpost.foreign import room
from siegelpost.foreign.errors import TooExpensiveError

LARGEST = 16 * 1024 * 1024
MOST_PIXELS = 25_000_000
# A JPEG is decoded at a part of its size where that is enough.
MOST_PIXELS_OF_JPEG = 85_000_000
# What a file field of a form offers to choose from.
TYPES = "image/png,image/jpeg,image/webp"
QUALITIES = (85, 78, 70, 60, 50, 40, 30, 20, 10)
Drawn = TypeVar("Drawn")


class PictureFault(StrEnum):
    """Why a picture is not taken."""

    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    DAMAGED = "damaged"
    TOO_DEAR = "too_dear"


TEXTS = MappingProxyType(
    {
        PictureFault.TOO_LARGE: _("Das Bild ist größer als 16 MiB. Bitte verkleinern Sie es."),
        PictureFault.TOO_MANY_PIXELS: _("Das Bild hat zu viele Bildpunkte. Bitte verkleinern Sie es."),
        PictureFault.DAMAGED: _("Das Bild ist beschädigt oder kein PNG, JPEG oder WebP."),
        PictureFault.TOO_DEAR: _(
            "Das Bild zu öffnen hätte zu lange gedauert; es blieb bei dem bisherigen. Bitte speichern Sie das Bild in "
            "einem Bildprogramm neu, als PNG oder JPEG."
        ),
    }
)


class PictureError(Exception):
    """The picture cannot be taken; ``str`` says why and what to do, in the active language."""

    def __init__(self, fault: PictureFault) -> None:
        super().__init__(fault)
        self.fault = fault

    def __str__(self) -> str:
        return str(TEXTS[self.fault])


def drawn(draw: Callable[[bytes], Drawn], upload: "UploadedFile[Any]") -> Drawn:
    """What ``draw``, a reader of strangers' bytes, makes of a picture that was chosen.

    Raises:
        PictureError: it is too large, damaged, or of a kind that is not taken.
        siegelpost.foreign.errors.BusyError: nobody could look at it now.
    """
    if (upload.size or 0) > LARGEST:
        raise PictureError(PictureFault.TOO_LARGE)
    upload.seek(0)
    try:
        return room.read(draw, upload.read())
    except TooExpensiveError as error:
        raise PictureError(PictureFault.TOO_DEAR) from error


def upright(data: bytes, least: tuple[int, int]) -> Image.Image:
    """The picture as the camera held it, in RGBA.

    Args:
        least: the size in pixels that is needed of it; it may come larger.

    Raises:
        PictureError: as :func:`drawn`.
    """
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as picture:
            most = MOST_PIXELS_OF_JPEG if picture.format == "JPEG" else MOST_PIXELS
            if picture.width * picture.height > most:
                raise PictureError(PictureFault.TOO_MANY_PIXELS)
            picture.draft("RGB", (2 * max(least), 2 * max(least)))
            return ImageOps.exif_transpose(picture).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureError(PictureFault.DAMAGED) from error


def jpeg(picture: Image.Image, most: int) -> bytes:
    """A picture as a JPEG of at most ``most`` bytes, or as small as it gets while one can still look at it."""
    bare = Image.new("RGB", picture.size, "white")
    bare.paste(picture, mask=picture.getchannel("A") if picture.mode == "RGBA" else None)
    for quality in QUALITIES:
        out = io.BytesIO()
        bare.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
        if out.tell() <= most:
            break
    return out.getvalue()

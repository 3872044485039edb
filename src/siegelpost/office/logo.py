"""The office's logo: a small PNG, written anew from whatever picture is chosen, so that nothing else comes along."""

import io
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

LARGEST = 5 * 1024 * 1024
MOST_PIXELS = 25_000_000
# Twice the room it is shown in, for sharp screens.
BOX = (480, 112)


class LogoError(Exception):
    """The picture cannot be the logo; the message says why and what to do, in the active language."""


@dataclass(frozen=True, slots=True)
class Logo:
    """A PNG, and its size in pixels."""

    png: bytes
    width: int
    height: int


NONE = Logo(b"", 0, 0)


def drawn(upload: "UploadedFile[Any]") -> Logo:
    """The logo, from a picture that Django's ``ImageField`` has taken for one.

    Raises:
        LogoError: it is too large, damaged, or of a kind that is not taken.
    """
    if (upload.size or 0) > LARGEST:
        raise LogoError(_("Das Bild ist größer als 5 MiB. Bitte verkleinern Sie es."))
    upload.seek(0)
    try:
        with Image.open(upload, formats=("PNG", "JPEG", "WEBP")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise LogoError(_("Das Bild hat zu viele Bildpunkte. Bitte verkleinern Sie es."))
            logo = ImageOps.exif_transpose(picture).convert("RGBA")
    except (OSError, ValueError, SyntaxError) as error:
        raise LogoError(_("Das Bild ist beschädigt oder kein PNG, JPEG oder WebP.")) from error
    logo.thumbnail(BOX)
    out = io.BytesIO()
    # Without this Pillow copies the colour profile, in which anything may stand.
    logo.save(out, "PNG", optimize=True, icc_profile=None)
    return Logo(out.getvalue(), *logo.size)

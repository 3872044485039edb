"""Pictures and documents: what comes in is checked, what goes out is small, upright and says nothing of its own.

A picture is decoded only after its size in pixels is known to be bearable, turned as the camera held it, brought
to sRGB, and written anew in a few sizes, as WebP and as the smaller AVIF: place, time, camera and any other metadata
stay behind.
"""

from __future__ import annotations

import hashlib
import io
import threading
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, Image, ImageCms, ImageOps

from siegelpost import storage

MIB = 1024 * 1024
LARGEST_PICTURE = 64 * MIB
LARGEST_DOCUMENT = 32 * MIB
MOST_PIXELS = 40_000_000
# A JPEG is decoded at an eighth to a half of its size where that is enough, so a large one costs little memory.
MOST_JPEG_PIXELS = 85_000_000
WIDTHS = (480, 960, 1600)
# No rendition is higher than this many times its width: WebP knows no more than 16,383 pixels.
TALLEST = 3
QUALITY = 80
# About as good to look at as WebP's 80, and a third smaller; 9 is the speed at which it takes no longer than WebP does.
AVIF_QUALITY, AVIF_SPEED = 60, 9
FORMATS = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
    "GIF": "image/gif",
    "BMP": "image/bmp",
}
OPENERS = tuple(name for name in FORMATS if name != "MPO")
PDF_MAGIC = b"%PDF-"
MARKUP_STARTS = (b"<svg", b"<!doctype", b"<html", b"<?xml", b"<script", b"<")
SIDEWAYS = frozenset({5, 6, 7, 8})
SRGB = ImageCms.createProfile("sRGB")
# Decoding takes memory: one picture at a time in each process.
_decoding = threading.Lock()


class MediaFault(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    NO_PICTURE = "no_picture"
    MARKUP = "markup"
    ANIMATED = "animated"
    DAMAGED = "damaged"


TEXTS: dict[MediaFault, Promise] = {
    MediaFault.EMPTY: _("„%(name)s“ ist leer. Bitte übertragen Sie die Datei noch einmal."),
    MediaFault.TOO_LARGE: _("„%(name)s“ ist zu groß. Erlaubt sind Bilder bis 64 MiB und PDF-Dateien bis 32 MiB."),
    MediaFault.TOO_MANY_PIXELS: _(
        "„%(name)s“ hat zu viele Bildpunkte. Bitte verkleinern Sie das Bild auf höchstens 40 Megapixel."
    ),
    MediaFault.NO_PICTURE: _(
        "„%(name)s“ ist kein Bild und kein PDF. Erlaubt sind JPEG, PNG, WebP, AVIF, GIF, BMP und PDF."
    ),
    MediaFault.MARKUP: _(
        "„%(name)s“ ist eine SVG-, HTML- oder XML-Datei; sie kann Programme enthalten und wird nicht angenommen. "
        "Bitte speichern Sie das Bild als JPEG oder PNG."
    ),
    MediaFault.ANIMATED: _("„%(name)s“ ist animiert. Bitte verwenden Sie ein stehendes Bild."),
    MediaFault.DAMAGED: _("„%(name)s“ ist beschädigt oder unvollständig. Bitte übertragen Sie die Datei noch einmal."),
}


class MediaError(Exception):
    """A file is not taken; ``str`` says why and what to do, in the active language. Nothing was stored."""

    def __init__(self, reason: MediaFault, name: str) -> None:
        self.reason = reason
        self.name = name or "?"
        super().__init__(reason, name)

    def __str__(self) -> str:
        return str(TEXTS[self.reason]) % {"name": self.name}

    def text(self, language: str) -> str:
        """The same in German ("de") or English ("en")."""
        with translation.override(language):
            return str(self)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that has been checked and stored; the fields are those of ``models.Media``."""

    sha256: str
    media_type: str
    size: int
    width: int | None = None
    height: int | None = None
    renditions: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Decoded:
    image: Image.Image
    width: int
    height: int
    media_type: str


@dataclass(frozen=True, slots=True)
class _Rendition:
    webp: bytes
    avif: bytes
    width: int
    height: int


def prepare(data: bytes, name: str = "") -> Prepared:
    """Check a picture or PDF, store it and, of a picture, its renditions.

    The file as it came is kept for the office and for comparing; only renditions are ever handed out.

    Raises:
        MediaError: it is none, too large, animated or damaged. Nothing was stored.
    """
    if _is_pdf(data, name):
        return Prepared(storage.put(data), "application/pdf", len(data))
    with _decoding:
        decoded = _decode(data, name)
        renditions = _render(decoded.image)
    return Prepared(
        sha256=storage.put(data),
        media_type=decoded.media_type,
        size=len(data),
        width=decoded.width,
        height=decoded.height,
        renditions={
            target: {
                "sha256": storage.put(one.webp),
                "avif": storage.put(one.avif),
                "width": one.width,
                "height": one.height,
            }
            for target, one in renditions.items()
        },
    )


def check(data: bytes, name: str = "") -> Prepared:
    """The same check as :func:`prepare`, with nothing stored and no renditions.

    Raises:
        MediaError: as :func:`prepare`.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    if _is_pdf(data, name):
        return Prepared(sha256, "application/pdf", len(data))
    with _decoding:
        decoded = _decode(data, name)
    return Prepared(sha256, decoded.media_type, len(data), decoded.width, decoded.height)


def _is_pdf(data: bytes, name: str) -> bool:
    """Whether it is a PDF rather than something that can only be a picture; sizes are checked for both."""
    pdf = data.startswith(PDF_MAGIC)
    if not data:
        raise MediaError(MediaFault.EMPTY, name)
    if len(data) > (LARGEST_DOCUMENT if pdf else LARGEST_PICTURE):
        raise MediaError(MediaFault.TOO_LARGE, name)
    return pdf


def _decode(data: bytes, name: str) -> _Decoded:
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(MARKUP_STARTS):
        raise MediaError(MediaFault.MARKUP, name)
    try:
        image = Image.open(io.BytesIO(data), formats=OPENERS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise MediaError(MediaFault.TOO_MANY_PIXELS, name) from error
    except Exception as error:  # Pillow's readers raise whatever a hostile file makes them
        raise MediaError(MediaFault.NO_PICTURE, name) from error
    format_ = str(image.format)
    width, height = image.size
    most = MOST_JPEG_PIXELS if format_ in {"JPEG", "MPO"} else MOST_PIXELS
    if width * height > most:
        raise MediaError(MediaFault.TOO_MANY_PIXELS, name)
    try:
        # An MPO is what phones write: the picture first, then others that are of no interest here.
        if format_ != "MPO" and getattr(image, "n_frames", 1) > 1:
            raise MediaError(MediaFault.ANIMATED, name)
        sideways = image.getexif().get(ExifTags.Base.Orientation) in SIDEWAYS
        largest = WIDTHS[-1] * (TALLEST if sideways else 1)
        image.draft("RGB", (largest, largest))
        image.load()
        upright = _flat(_in_srgb(ImageOps.exif_transpose(image)))
    except MediaError:
        raise
    except Exception as error:  # as above
        raise MediaError(MediaFault.DAMAGED, name) from error
    return _Decoded(upright, *((height, width) if sideways else (width, height)), FORMATS[format_])


def _in_srgb(image: Image.Image) -> Image.Image:
    """Phones write wider colours than browsers assume when the profile is gone; a broken profile is ignored."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"RGB", "RGBA"}:
        return image
    try:
        return ImageCms.profileToProfile(image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), SRGB) or image
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image


def _flat(image: Image.Image) -> Image.Image:
    """Three colours, no transparency: floor plans are often drawn on nothing and are meant to be on white."""
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        white = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(white, rgba).convert("RGB")
    return image.convert("RGB")


def _render(image: Image.Image) -> dict[str, _Rendition]:
    """The picture by target width, largest made first and the smaller ones from it; never enlarged."""
    found: dict[str, _Rendition] = {}
    targets = [target for target in WIDTHS if target <= image.width] or [WIDTHS[0]]
    if targets[-1] < image.width and targets[-1] != WIDTHS[-1]:
        targets.append(WIDTHS[len(targets)])
    current = image
    for target in reversed(targets):
        current = current.copy()
        current.thumbnail((target, target * TALLEST), Image.Resampling.LANCZOS, reducing_gap=2.0)
        webp, avif = io.BytesIO(), io.BytesIO()
        # A new picture of the pixels alone: nothing that stood in the file can come along.
        bare = Image.new("RGB", current.size)
        bare.paste(current)
        bare.save(webp, "WEBP", quality=QUALITY, method=4)
        bare.save(avif, "AVIF", quality=AVIF_QUALITY, speed=AVIF_SPEED)
        found[str(target)] = _Rendition(webp.getvalue(), avif.getvalue(), *bare.size)
    return dict(sorted(found.items(), key=lambda item: int(item[0])))

"""Strangers' pictures, taken in for people to see. Stores nothing.

A picture is decoded only after its size in pixels is known to be bearable, turned as the camera held it, brought
to sRGB, and written anew in a few sizes, as WebP and as the smaller AVIF: place, time, camera and any other metadata
stay behind.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pi_heif
from PIL import ExifTags, Image, ImageChops, ImageCms, ImageOps

from siegelpost.estates.media_faults import MediaError, MediaFault, MediaNote

MIB = 1024 * 1024
LARGEST_PICTURE = 64 * MIB
LARGEST_DOCUMENT = 32 * MIB
MOST_PIXELS = 40_000_000
# A JPEG is decoded at an eighth to a half of its size where that is enough, so a large one costs little memory; the
# largest HEIC of a phone (48 megapixels) has three colours and no copy beside it.
MOST_PIXELS_OF = {"JPEG": 85_000_000, "MPO": 85_000_000, "HEIF": 50_000_000}
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
    "TIFF": "image/tiff",
    "HEIF": "image/heic",
}
OPENERS = tuple(name for name in FORMATS if name != "MPO")
# What phones write keeps other things in the same file: depth, brightness, the moment before.
FIRST_OF_MANY = frozenset({"MPO", "HEIF", "TIFF"})
MARKUP_STARTS = (b"<svg", b"<!doctype", b"<html", b"<?xml", b"<script", b"<")
SIDEWAYS = frozenset({5, 6, 7, 8})
SRGB = ImageCms.createProfile("sRGB")
WIDE_MODES = frozenset({"RGB", "RGBA", "CMYK", "L"})
# Of eight bits for each colour, and none of them by number.
REDUCIBLE = frozenset({"RGB", "RGBA", "CMYK", "L", "LA", "YCbCr"})
FILM_BRANDS = (b"qt  ", b"iso", b"mp4", b"M4V", b"3gp", b"avc1", b"hvc1")
RAW_STARTS = (b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\x00")
DNG_VERSION, NEW_SUBFILE, PHOTOMETRIC = 50706, 254, 262
END_OF_JPEG = b"\xff\xd9"
# Of a JPEG that ends too early, so much of its height may be missing at the bottom.
MOST_MISSING = 0.02

pi_heif.register_heif_opener(thumbnails=False, decode_threads=1)


@dataclass(frozen=True, slots=True)
class Rendition:
    """A picture in one size, in both formats."""

    webp: bytes
    avif: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Picture:
    """What a file shows: its size upright, what it came as, and its renditions by target width."""

    width: int
    height: int
    media_type: str
    renditions: dict[str, Rendition] = field(default_factory=dict)
    notes: tuple[MediaNote, ...] = ()


@dataclass(frozen=True, slots=True)
class _Decoded:
    image: Image.Image
    width: int
    height: int
    media_type: str
    notes: tuple[MediaNote, ...]


def draw(data: bytes, name: str) -> Picture:
    """A picture and its renditions.

    Raises:
        MediaError: it is none, too large, animated or damaged.
    """
    decoded = _decode(data, name)
    return Picture(decoded.width, decoded.height, decoded.media_type, _render(decoded.image), decoded.notes)


def look(data: bytes, name: str) -> Picture:
    """The same without renditions; raises as :func:`draw`."""
    decoded = _decode(data, name)
    return Picture(decoded.width, decoded.height, decoded.media_type, notes=decoded.notes)


def draw_all(files: Sequence[tuple[bytes, str]]) -> Iterator[Picture | MediaError]:
    """What :func:`draw` gives of each file with its name, or why there is nothing."""
    return (_or_why_not(draw, *file) for file in files)


def look_all(files: Sequence[tuple[bytes, str]]) -> Iterator[Picture | MediaError]:
    """What :func:`look` gives of each file with its name, or why there is nothing."""
    return (_or_why_not(look, *file) for file in files)


def _or_why_not(reader: Callable[[bytes, str], Picture], data: bytes, name: str) -> Picture | MediaError:
    try:
        return reader(data, name)
    except MediaError as error:
        # The answer is a value: what led to it stays here.
        return error.with_traceback(None)


def _decode(data: bytes, name: str) -> _Decoded:
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(MARKUP_STARTS):
        raise MediaError(MediaFault.MARKUP, name)
    image = _opened(data, name)
    kind = str(image.format)
    if image.width * image.height > MOST_PIXELS_OF.get(kind, MOST_PIXELS):
        raise MediaError(MediaFault.TOO_MANY_PIXELS, name)
    try:
        notes = [MediaNote.FIRST_PAGE] if _frames(image, name) > 1 and kind == "TIFF" else []
        # Pillow turns a TIFF by itself, and has its size upright from the beginning.
        sideways = kind != "TIFF" and image.getexif().get(ExifTags.Base.Orientation) in SIDEWAYS
        width, height = image.size
        largest = WIDTHS[-1] * (TALLEST if sideways else 1)
        image.draft("RGB", (largest, largest))
        try:
            image.load()
        except OSError:
            if kind != "JPEG":
                raise
            image = _without_its_end(data, largest)
            notes.append(MediaNote.CUT_OFF)
        image = _reduced(image, image.height if sideways else image.width)
        # In its place: a copy of the largest would take 160 MB.
        ImageOps.exif_transpose(image, in_place=True)
        upright = _flat(_in_srgb(_of_eight_bits(image)))
    except (MediaError, MemoryError):
        raise
    except Exception as error:  # whatever a hostile file makes the decoders raise
        raise MediaError(MediaFault.DAMAGED, name) from error
    return _Decoded(upright, *((height, width) if sideways else (width, height)), FORMATS[kind], tuple(notes))


def _opened(data: bytes, name: str) -> Image.Image:
    if data[4:8] == b"ftyp" and data[8:12].startswith(FILM_BRANDS):
        raise MediaError(MediaFault.FILM, name)
    if data.startswith(RAW_STARTS) or data[8:10] == b"CR":
        raise MediaError(MediaFault.RAW, name)
    try:
        return Image.open(io.BytesIO(data), formats=OPENERS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise MediaError(MediaFault.TOO_MANY_PIXELS, name) from error
    except MemoryError:  # that is no fault of the file
        raise
    except Exception as error:  # Pillow's readers raise whatever a hostile file makes them
        raise MediaError(MediaFault.NO_PICTURE, name) from error


def _frames(image: Image.Image, name: str) -> int:
    """How many pictures are in the file.

    Raises:
        MediaError: they are a film, or the first is only the small preview of a camera's raw data.
    """
    frames = int(getattr(image, "n_frames", 1))
    if frames > 1 and image.format not in FIRST_OF_MANY:
        raise MediaError(MediaFault.ANIMATED, name)
    tags = getattr(image, "tag_v2", {})
    if DNG_VERSION in tags or tags.get(NEW_SUBFILE, 0) & 1:
        raise MediaError(MediaFault.RAW, name)
    return frames


def _without_its_end(data: bytes, largest: int) -> Image.Image:
    """A JPEG whose last bytes are missing, as browsers show it.

    Raises:
        OSError: more is missing than nobody would notice.
    """
    image = Image.open(io.BytesIO(data + END_OF_JPEG), formats=("JPEG",))
    image.draft("RGB", (largest, largest))
    image.load()
    if image.info.get("progressive"):
        if not _has_all_detail(data):
            raise OSError
        return image
    # What is missing is drawn in this grey; of four colours in whatever it ends with.
    grey = (
        image.getpixel((image.width - 1, image.height - 1)) if image.mode == "CMYK" else (128,) * len(image.getbands())
    )
    plain = Image.new(image.mode, image.size, grey if image.mode != "L" else 128)
    box = ImageChops.difference(image, plain).getbbox()
    missing = image.height - (box[3] if box else 0)
    if missing > max(image.height * MOST_MISSING, 16):
        raise OSError
    return image


def _has_all_detail(data: bytes) -> bool:
    """Whether the last pass over a progressive JPEG has begun: that of the finest detail (T.81, B.2.3)."""
    at = data.rfind(b"\xff\xda")
    parts = data[at + 4] if 0 <= at < len(data) - 5 else 0
    spectrum = data[at + 5 + 2 * parts : at + 8 + 2 * parts]
    return len(spectrum) == 3 and spectrum[1] == 63 and spectrum[2] & 15 == 0


def _reduced(image: Image.Image, width: int) -> Image.Image:
    """A picture upright at least twice as wide as the widest rendition, made smaller by a whole number.

    All that follows works on copies; so these stay small. A colour that stands for nothing would be mixed with others.
    """
    times = width // WIDTHS[-1]
    if times < 2 or image.mode not in REDUCIBLE or "transparency" in image.info:
        return image
    return image.reduce(times)


def _of_eight_bits(image: Image.Image) -> Image.Image:
    """Scans have sixteen bits for each grey, and would be cut off at the eighth."""
    if image.mode not in {"I", "F"} and not image.mode.startswith("I;16"):
        return image
    wide = image if image.mode in {"I", "F"} else image.convert("I")
    low, high = (float(value) for value in wide.getextrema() if not isinstance(value, tuple))
    if image.mode != "F" and low >= 0 and high <= 65535:
        low, high = 0, 65535
    scale = 255 / max(high - low, 1e-9)
    narrow = wide.point(lambda value: value * scale - low * scale).convert("L")
    inverted = image.mode.startswith("I;16") and getattr(image, "tag_v2", {}).get(PHOTOMETRIC) == 0
    return ImageOps.invert(narrow) if inverted else narrow


def _in_srgb(image: Image.Image) -> Image.Image:
    """Phones write wider colours than browsers assume when the profile is gone; a broken profile is ignored."""
    profile = image.info.get("icc_profile")
    if image.mode == "LAB":
        return ImageCms.profileToProfile(image, ImageCms.createProfile("LAB"), SRGB, outputMode="RGB") or image
    if not profile or image.mode not in WIDE_MODES:
        return image
    mode = image.mode if image.mode.startswith("RGB") else "RGB"
    try:
        ours = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, ours, SRGB, outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image


def _flat(image: Image.Image) -> Image.Image:
    """Three colours, no transparency: floor plans are often drawn on nothing and are meant to be on white."""
    if image.has_transparency_data:
        drawn = image if image.mode == "RGBA" else image.convert("RGBA")
        white = Image.new("RGB", drawn.size, "white")
        white.paste(drawn, mask=drawn.getchannel("A"))
        return white
    return image if image.mode == "RGB" else image.convert("RGB")


def _render(image: Image.Image) -> dict[str, Rendition]:
    """The picture by target width, largest made first and the smaller ones from it; never enlarged. Uses it up."""
    found: dict[str, Rendition] = {}
    targets = [target for target in WIDTHS if target <= image.width] or [WIDTHS[0]]
    if targets[-1] < image.width and targets[-1] != WIDTHS[-1]:
        targets.append(WIDTHS[len(targets)])
    for target in reversed(targets):
        image.thumbnail((target, target * TALLEST), Image.Resampling.LANCZOS, reducing_gap=2.0)
        webp, avif = io.BytesIO(), io.BytesIO()
        # A new picture of the pixels alone: nothing that stood in the file can come along.
        bare = Image.new("RGB", image.size)
        bare.paste(image)
        bare.save(webp, "WEBP", quality=QUALITY, method=4)
        bare.save(avif, "AVIF", quality=AVIF_QUALITY, speed=AVIF_SPEED)
        found[str(target)] = Rendition(webp.getvalue(), avif.getvalue(), *bare.size)
    return dict(sorted(found.items(), key=lambda item: int(item[0])))

"""Files that call themselves pictures."""

import hashlib
import io
import struct
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import ExifTags, Image
from tests.unit.estates.transfers import picture

from siegelpost import storage
from siegelpost.estates import media
from siegelpost.estates.media import MediaError, MediaFault


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG whose head promises this size and which holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def animation(format_: str) -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(out, format_, save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


CASES: dict[str, tuple[bytes, MediaFault]] = {
    "200 megapixels": (png_that_claims(20_000, 10_000), MediaFault.TOO_MANY_PIXELS),
    "100 megapixels": (png_that_claims(10_000, 10_000), MediaFault.TOO_MANY_PIXELS),
    "41 megapixels": (png_that_claims(8_200, 5_000), MediaFault.TOO_MANY_PIXELS),
    "endless strip": (png_that_claims(2_000_000_000, 1), MediaFault.TOO_MANY_PIXELS),
    "empty": (b"", MediaFault.EMPTY),
    "text": (b"Dies ist kein Bild.", MediaFault.NO_PICTURE),
    "program": (b"\x7fELF" + bytes(200), MediaFault.NO_PICTURE),
    "ZIP": (b"PK\x03\x04" + bytes(200), MediaFault.NO_PICTURE),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', MediaFault.MARKUP),
    "SVG with a declaration": (b'\xef\xbb\xbf <?xml version="1.0"?><svg/>', MediaFault.MARKUP),
    "HTML": (b"\n\n<!DOCTYPE html><img src=x onerror=alert(1)>", MediaFault.MARKUP),
    "text that calls itself a PDF": (b"%PDF-1.4 this is no pdf", MediaFault.NO_PDF),
    "PostScript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", MediaFault.NO_PICTURE),
    "moving GIF": (animation("GIF"), MediaFault.ANIMATED),
    "moving WebP": (animation("WEBP"), MediaFault.ANIMATED),
    "moving PNG": (animation("PNG"), MediaFault.ANIMATED),
    "cut off": (picture(size=(800, 600))[:700], MediaFault.DAMAGED),
    "promises more than it holds": (png_that_claims(3000, 2000), MediaFault.DAMAGED),
}


@pytest.mark.parametrize("case", CASES)
def test_refused_and_nothing_stored(case: str) -> None:
    data, reason = CASES[case]
    with pytest.raises(MediaError) as caught:
        media.prepare(data, "bild.jpg")
    assert caught.value.reason is reason
    assert "„bild.jpg“" in caught.value.text("de")
    assert "bild.jpg" in caught.value.text("en")
    if data:
        assert not storage.path(hashlib.sha256(data).hexdigest()).exists()
    with pytest.raises(MediaError):
        media.check(data, "bild.jpg")


def test_large_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "LARGEST_PICTURE", 100)
    monkeypatch.setattr(media, "LARGEST_DOCUMENT", 100)
    for data in (picture(), b"%PDF-1.7" + bytes(200)):
        with pytest.raises(MediaError) as caught:
            media.prepare(data, "x")
        assert caught.value.reason is MediaFault.TOO_LARGE


@pytest.mark.parametrize("start", range(2, 500, 45))
def test_damage_anywhere_is_refused_or_shown(start: int) -> None:
    data = bytearray(picture("olive", (300, 200), quality=90))
    data[start % len(data) : start % len(data) + 20] = bytes(20)
    with suppress(MediaError):
        assert media.prepare(bytes(data), "x").renditions


def with_camera_data() -> bytes:
    image = Image.new("RGB", (800, 400), "red")
    image.paste("blue", (0, 0, 400, 400))
    exif = image.getexif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Make] = "SECRETCAM"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (53.0, 14.0, 48.0)
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=b"SECRETCOMMENT", xmp=b"<x:xmpmeta>SECRETXMP</x:xmpmeta>")
    return out.getvalue()


def test_turned_upright_and_without_a_word_about_itself() -> None:
    data = with_camera_data()
    assert b"SECRET" in data
    prepared = media.prepare(data, "handy.jpg")
    assert (prepared.width, prepared.height) == (400, 800)
    forms = [(each, name) for each in prepared.renditions.values() for name in ("sha256", "avif")]
    for rendition, name in forms:
        shown = storage.read(rendition[name])
        assert b"SECRET" not in shown
        with Image.open(io.BytesIO(shown)) as image:
            assert image.format == {"sha256": "WEBP", "avif": "AVIF"}[name]
            assert image.size == (rendition["width"], rendition["height"])
            assert not image.getexif()
            assert not set(image.info) & {"exif", "xmp", "icc_profile", "comment"}
            # The left half of the picture as the camera held it is now on top.
            red, _, blue = image.split()
            assert blue.getpixel((image.width // 2, 10)) == pytest.approx(255, abs=20)
            assert red.getpixel((image.width // 2, image.height - 10)) == pytest.approx(255, abs=20)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((4000, 3000), {"480": (480, 360), "960": (960, 720), "1600": (1600, 1200)}),
        ((1200, 900), {"480": (480, 360), "960": (960, 720), "1600": (1200, 900)}),
        ((960, 720), {"480": (480, 360), "960": (960, 720)}),
        ((64, 48), {"480": (64, 48)}),
        ((10, 9000), {"480": (2, 1440)}),
    ],
)
def test_sizes(size: tuple[int, int], expected: dict[str, tuple[int, int]]) -> None:
    prepared = media.prepare(picture(size=size), "x")
    assert {target: (one["width"], one["height"]) for target, one in prepared.renditions.items()} == expected


def test_drawing_on_nothing_stands_on_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    prepared = media.prepare(out.getvalue(), "plan.png")
    with Image.open(io.BytesIO(storage.read(prepared.renditions["480"]["sha256"]))) as image:
        assert image.getpixel((25, 25)) == (255, 255, 255)


def test_broken_colour_profile_is_ignored() -> None:
    assert media.prepare(picture(icc_profile=b"nonsense" * 30), "x").renditions


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "1", "LA", "I;16"])
def test_every_kind_of_pixel(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (60, 40)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    assert media.prepare(out.getvalue(), "x").renditions


def test_memory_of_a_large_photograph(tmp_path: Path) -> None:
    """A JPEG of 48 megapixels is reduced while it is decoded."""
    out = io.BytesIO()
    Image.new("RGB", (8000, 6000), "teal").save(out, "JPEG")
    with Image.open(io.BytesIO(out.getvalue())) as image:
        image.draft("RGB", (1600, 1600))
        assert image.size[0] * image.size[1] <= 8000 * 6000 / 4
    assert media.prepare(out.getvalue(), "handy.jpg").width == 8000

"""Pictures as phones, cameras, scanners and programs write them, made here: red on the left, blue on the right."""

import io
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pillow_heif
from PIL import ExifTags, Image, ImageCms, ImageDraw, TiffImagePlugin, TiffTags

from siegelpost.estates.media_faults import MediaFault, MediaNote

WIDTH, HEIGHT = 240, 160
RED, BLUE = (220, 30, 40), (30, 40, 200)
RED_GREY, BLUE_GREY = (87, 87, 87), (55, 55, 55)
ORIENTATION = int(ExifTags.Base.Orientation)
# How a camera must hold what is seen upright: by orientation, the turns that make it so.
HELD = {
    1: (),
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_90,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_270,),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What is to become of a file: the colours left and right, its size upright, and what is said of it."""

    left: tuple[int, int, int] = RED
    right: tuple[int, int, int] = BLUE
    size: tuple[int, int] = (WIDTH, HEIGHT)
    notes: tuple[MediaNote, ...] = ()
    off: int = 14  # of 255, by which a colour may differ


def scene(mode: str = "RGB") -> Image.Image:
    image = Image.new("RGB", (WIDTH, HEIGHT), BLUE)
    ImageDraw.Draw(image).rectangle((0, 0, WIDTH // 2 - 1, HEIGHT), fill=RED)
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def heic(image: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(image).save(out, quality=90, chroma=444, **options)
    return out.getvalue()


def held(orientation: int) -> tuple[Image.Image, Image.Exif]:
    image, exif = scene(), Image.Exif()
    for turn in HELD[orientation]:
        image = image.transpose(turn)
    exif[ORIENTATION] = orientation
    return image, exif


def deep(mode: str, *, white_is_zero: bool = False) -> bytes:
    """A scan of sixteen bits, as PNG or TIFF: grey values over their whole range."""
    image = Image.new("I;16", (WIDTH, HEIGHT))
    for grey, x in ((87, 0), (55, WIDTH // 2)):
        image.paste((255 - grey if white_is_zero else grey) * 257, (x, 0, x + WIDTH // 2, HEIGHT))
    data = saved(image, mode)
    tag = struct.pack("<HHII", 262, 3, 1, 1)
    return data.replace(tag, struct.pack("<HHII", 262, 3, 1, 0)) if white_is_zero else data


def grown(data: bytes, brand: bytes) -> bytes:
    return struct.pack(">I", 24) + b"ftyp" + brand + bytes(4) + brand + b"mp42" + data


def with_tag(tag: int, value: int) -> bytes:
    """A TIFF that says something more of itself."""
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[tag] = value
    tags.tagtype[tag] = TiffTags.LONG
    return saved(scene(), "TIFF", tiffinfo=tags)


def cut(data: bytes, share: float) -> bytes:
    return data[: int(len(data) * share)]


def noise(**options: object) -> bytes:
    """A photograph in which every line takes its bytes."""
    return saved(Image.effect_noise((400, 600), 80).convert("RGB"), "JPEG", quality=90, **options)


def in_four_colours() -> bytes:
    return saved(Image.effect_noise((400, 600), 80).convert("RGB").convert("CMYK"), "JPEG", quality=90)


def turned() -> Iterator[tuple[str, bytes, Shown]]:
    for orientation in HELD:
        image, exif = held(orientation)
        yield f"JPEG held {orientation}", saved(image, "JPEG", quality=95, exif=exif), Shown()
        yield f"WebP held {orientation}", saved(image, "WEBP", quality=95, exif=exif), Shown()
        yield f"HEIC held {orientation}", heic(image, exif=exif.tobytes()), Shown()
    for orientation in (3, 6, 8):
        image, exif = held(orientation)
        yield f"TIFF held {orientation}", saved(image, "TIFF", exif=exif), Shown()
        yield f"AVIF held {orientation}", saved(image, "AVIF", quality=95, exif=exif), Shown()


def taken() -> Iterator[tuple[str, bytes, Shown]]:
    """Files that are taken, by what is special with them."""
    yield from turned()
    grey = Shown(left=RED_GREY, right=BLUE_GREY)
    yield "HEIC", heic(scene()), Shown()
    yield "HEIC with transparency", heic(scene("RGBA")), Shown()
    yield "HEIC, several", several_heic(), Shown()
    yield "MPO, as phones write", saved(scene(), "MPO", save_all=True, append_images=[scene()], quality=95), Shown()
    for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"):
        yield f"TIFF, {compression}", saved(scene(), "TIFF", compression=compression), Shown()
    yield "TIFF, JPEG inside", saved(scene(), "TIFF", compression="jpeg", quality=95), Shown(off=30)
    yield "TIFF, a fax", saved(scene("1"), "TIFF", compression="group4"), Shown((0, 0, 0), (0, 0, 0), off=255)
    pages = saved(scene(), "TIFF", save_all=True, append_images=[Image.new("RGB", (9, 9)), scene()])
    yield "TIFF of three pages", pages, Shown(notes=(MediaNote.FIRST_PAGE,))
    yield "TIFF, CMYK", saved(scene("CMYK"), "TIFF"), Shown()
    yield "TIFF, Lab", saved(in_lab(), "TIFF"), Shown(off=25)
    yield "PNG of sixteen bits", deep("PNG"), grey
    yield "TIFF of sixteen bits", deep("TIFF"), grey
    yield "TIFF of sixteen bits, white is zero", deep("TIFF", white_is_zero=True), grey
    yield "TIFF of floating numbers", saved(scene("F"), "TIFF"), Shown((255, 255, 255), (0, 0, 0))
    yield "JPEG, CMYK", saved(scene("CMYK"), "JPEG", quality=95), Shown()
    yield "JPEG, grey", saved(scene("L"), "JPEG", quality=95), grey
    yield "JPEG, progressive", saved(scene(), "JPEG", quality=95, progressive=True), Shown()
    yield "PNG, palette", saved(scene("P"), "PNG"), Shown(off=40)
    yield "GIF, still", saved(scene("P"), "GIF"), Shown(off=40)
    yield "BMP", saved(scene(), "BMP"), Shown()
    yield "AVIF", saved(scene(), "AVIF", quality=95), Shown()
    yield "JPEG and a trailer", saved(scene(), "JPEG", quality=95) + b"SEFT trailer of a phone", Shown()
    cut_off = Shown(notes=(MediaNote.CUT_OFF,))
    jpeg = saved(scene(), "JPEG", quality=95)
    yield "JPEG without its end", jpeg[:-2], cut_off
    yield "JPEG without its last bytes", jpeg[:-6], cut_off
    yield "progressive JPEG without its end", saved(scene(), "JPEG", quality=95, progressive=True)[:-2], cut_off


def several_heic() -> bytes:
    file = pillow_heif.from_pillow(scene())
    file.add_from_pillow(Image.new("RGB", (64, 64), "green"))
    out = io.BytesIO()
    file.save(out, quality=90, chroma=444)
    return out.getvalue()


def in_lab() -> Image.Image:
    found = ImageCms.profileToProfile(
        scene(), ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    assert found
    return found


REFUSED: dict[str, tuple[Callable[[], bytes], MediaFault]] = {
    "half a photograph": (lambda: cut(noise(), 0.5), MediaFault.DAMAGED),
    "a photograph without its last tenth": (lambda: cut(noise(), 0.9), MediaFault.DAMAGED),
    "half a photograph in four colours": (lambda: cut(in_four_colours(), 0.5), MediaFault.DAMAGED),
    "half a progressive photograph": (lambda: cut(noise(progressive=True), 0.5), MediaFault.DAMAGED),
    "half a HEIC": (lambda: cut(heic(scene()), 0.5), MediaFault.DAMAGED),
    "half a TIFF": (lambda: cut(saved(scene(), "TIFF", compression="tiff_lzw"), 0.5), MediaFault.NO_PICTURE),
    "half a PNG": (lambda: cut(saved(Image.effect_noise((200, 200), 90), "PNG"), 0.5), MediaFault.DAMAGED),
    "the moving part of a Live Photo": (lambda: grown(bytes(900), b"qt  "), MediaFault.FILM),
    "a film": (lambda: grown(bytes(900), b"isom"), MediaFault.FILM),
    "a camera's raw data, DNG": (lambda: with_tag(50706, 0x01040000), MediaFault.RAW),
    "a camera's raw data, preview first": (lambda: with_tag(254, 1), MediaFault.RAW),
    "a camera's raw data, CR2": (lambda: b"II*\x00\x10\x00\x00\x00CR\x02\x00" + bytes(400), MediaFault.RAW),
    "a camera's raw data, RAF": (lambda: b"FUJIFILMCCD-RAW 0201" + bytes(400), MediaFault.RAW),
    "a letter": (lambda: b"PK\x03\x04" + bytes(400), MediaFault.NO_PICTURE),
}

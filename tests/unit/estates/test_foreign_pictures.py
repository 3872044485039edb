"""Pictures as phones, scanners and programs write them: shown as they were meant, or refused with the reason."""

import io
import math
from pathlib import Path

import pytest
from PIL import ExifTags, Image, ImageChops, ImageCms, ImageDraw, ImageStat
from tests.support import foreign_pictures
from tests.support.foreign_pictures import HEIGHT, REFUSED, Shown, saved, scene

from siegelpost.estates import pictures
from siegelpost.estates.media_faults import FAULTS, NOTES, MediaError, MediaFault, MediaNote

TAKEN = {name: (data, shown) for name, data, shown in foreign_pictures.taken()}


def test_there_are_many() -> None:
    assert len(TAKEN) + len(REFUSED) >= 60


@pytest.mark.parametrize("name", TAKEN)
def test_it_is_shown_as_it_was_meant(name: str) -> None:
    """HEIC and TIFF were "kein Bild", a scan of sixteen bits came out white, a JPEG without its end was refused."""
    data, shown = TAKEN[name]
    found = pictures.draw(data, "bild")
    assert (found.width, found.height) == shown.size
    assert found.notes == shown.notes
    with Image.open(io.BytesIO(found.renditions["480"].webp)) as image:
        assert image.size == shown.size
        for x, colour in ((shown.size[0] // 4, shown.left), (shown.size[0] * 3 // 4, shown.right)):
            assert image.convert("RGB").getpixel((x, HEIGHT // 2)) == pytest.approx(colour, abs=shown.off), name


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_the_true_reason(name: str) -> None:
    make, reason = REFUSED[name]
    with pytest.raises(MediaError) as caught:
        pictures.look(make(), "bild.jpg")
    assert caught.value.reason is reason
    assert caught.value.text("de") != caught.value.text("en")


FILES = Path(__file__).parent / "files"


def test_a_grey_scan_of_sixteen_bits_keeps_its_greys() -> None:
    """The file itself: a slope from black to white that came out white."""
    found = pictures.draw((FILES / "gray16.png").read_bytes(), "plan.png")
    assert (found.width, found.height, found.notes) == (200, 100, ())
    with Image.open(io.BytesIO(found.renditions["480"].webp)) as image:
        greys = [image.convert("L").getpixel((20 * step, 50)) for step in range(10)]
    assert greys == pytest.approx([25.6 * step for step in range(10)], abs=4)


def test_a_photograph_without_its_last_bytes_is_shown_and_that_is_told() -> None:
    """The file itself, which browsers show; it was refused."""
    found = pictures.draw((FILES / "trunc-tail2.jpg").read_bytes(), "haus.jpg")
    assert (found.width, found.height, found.notes) == (400, 300, (MediaNote.CUT_OFF,))
    with Image.open(io.BytesIO(found.renditions["480"].webp)) as image:
        assert image.convert("RGB").getpixel((10, 150)) == pytest.approx((203, 30, 29), abs=6)
        assert image.convert("RGB").getpixel((390, 150)) == pytest.approx((255, 255, 255), abs=6)


def test_wider_colours_are_brought_to_those_of_browsers() -> None:
    """A profile of another space was applied to RGB alone; a scan in CMYK or grey with a profile was guessed."""
    adobe = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # The red of a profile whose red and blue are exchanged is blue: the profile is followed, whatever the numbers say.
    red, blue = (adobe.find(name) for name in (b"rXYZ", b"bXYZ"))
    swapped = bytearray(adobe)
    swapped[red : red + 4], swapped[blue : blue + 4] = b"bXYZ", b"rXYZ"
    plain = pictures.draw(saved(scene(), "PNG"), "x").renditions["480"].webp
    turned = pictures.draw(saved(scene(), "PNG", icc_profile=bytes(swapped)), "x").renditions["480"].webp
    colours = [Image.open(io.BytesIO(data)).convert("RGB").getpixel((10, 10)) for data in (plain, turned)]
    assert isinstance(colours[0], tuple)
    assert isinstance(colours[1], tuple)
    assert colours[0][0] > colours[0][2]
    assert colours[1][2] > colours[1][0]


def test_every_reason_and_every_remark_has_its_words() -> None:
    assert set(FAULTS) == set(MediaFault)
    assert set(NOTES) == set(MediaNote)
    assert Shown().notes == ()


def _fine(width: int, height: int) -> Image.Image:
    """Lines, slopes and a grain, as nothing else suffers from being made smaller."""
    slope = Image.linear_gradient("L").resize((width, height))
    found = Image.merge("RGB", (slope, slope.rotate(180), Image.radial_gradient("L").resize((width, height))))
    draw = ImageDraw.Draw(found)
    for x in range(0, width, 97):
        draw.line((x, 0, width - x, height), fill=(x % 255, 90, 200), width=2)
    return Image.blend(found, Image.effect_noise((width, height), 24).convert("RGB"), 0.1)


def _decibels(one: bytes, other: bytes) -> float:
    """How alike two renditions are (PSNR); from 35 on nobody tells them apart side by side."""
    first, second = (Image.open(io.BytesIO(each)).convert("RGB") for each in (one, other))
    assert first.size == second.size
    off = ImageStat.Stat(ImageChops.difference(first, second))
    return 10 * math.log10(255**2 * sum(off.count) / sum(off.sum2))


@pytest.mark.parametrize("turned", [False, True])
def test_what_is_twice_as_wide_as_any_rendition_is_copied_small_and_looks_the_same(
    turned: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each copy of a large picture took its whole size, up to 160 MB."""
    copied: list[int] = []
    flat = pictures._flat

    def watched(image: Image.Image) -> Image.Image:
        copied.append(max(image.size))
        return flat(image)

    monkeypatch.setattr(pictures, "_flat", watched)
    picture, exif = _fine(3300, 300), Image.Exif()
    if turned:
        picture = picture.transpose(Image.Transpose.ROTATE_90)
        exif[ExifTags.Base.Orientation] = 6
    data = saved(picture, "PNG", compress_level=1, exif=exif)
    small = pictures.draw(data, "x")
    monkeypatch.setattr(pictures, "_reduced", lambda image, _width: image)
    whole = pictures.draw(data, "x")
    assert copied == [1650, 3300]
    assert (small.width, small.height) == (whole.width, whole.height) == (3300, 300)
    assert list(small.renditions) == list(whole.renditions) == ["480", "960", "1600"]
    assert min(_decibels(small.renditions[one].webp, whole.renditions[one].webp) for one in small.renditions) > 35


def test_a_colour_that_stands_for_nothing_is_mixed_with_no_other() -> None:
    """A plan drawn on nothing would get a seam of that colour."""
    plan = Image.new("RGB", (3200, 40), (255, 0, 255))
    plan.paste((0, 0, 0), (1601, 0, 3200, 40))
    drawn = pictures.draw(saved(plan, "PNG", transparency=(255, 0, 255)), "x")
    with Image.open(io.BytesIO(drawn.renditions["480"].webp)) as found:
        red, green, _blue = found.convert("RGB").split()
    assert ImageChops.difference(red, green).histogram()[12:] == [0] * 244

"""Pictures as phones, scanners and programs write them: shown as they were meant, or refused with the reason."""

import io

import pytest
from PIL import Image, ImageCms
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

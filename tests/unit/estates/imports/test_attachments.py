"""The pictures of many properties go into one process; no file takes another with it."""

from pathlib import Path

import pytest
from tests.hostile.test_too_dear import short_of
from tests.unit.estates import transfers as t

from siegelpost.estates import media, pictures
from siegelpost.estates.imports import attachments
from siegelpost.estates.imports.apply import import_file
from siegelpost.estates.media import MediaError, Prepared
from siegelpost.estates.models import Media

pytestmark = pytest.mark.django_db
GOOD = [(t.picture((one, 0, 90)), f"{one}.jpg") for one in range(3)]
PDF = (b"%PDF-1.4 plan", "kein.pdf")
BAD = (b"no picture", "kein.jpg")


@pytest.mark.parametrize("only_check", [False, True])
def test_all_together_are_what_each_is_alone(only_check: bool) -> None:
    files = [GOOD[0], BAD, PDF, (b"", "leer.jpg"), *GOOD[1:]]
    found = media.prepare_all(files, only_check=only_check)
    for one, file in zip(found, files, strict=True):
        if isinstance(one, MediaError):
            with pytest.raises(MediaError) as alone:
                media.prepare(*file)
            assert (alone.value.reason, alone.value.name) == (one.reason, one.name)
        else:
            assert one == (media.check(*file) if only_check else media.prepare(*file))
    assert [isinstance(one, Prepared) for one in found] == [True, False, False, False, True, True]


def test_what_costs_too_much_together_is_looked_at_alone() -> None:
    large = (t.picture(size=(900, 700), format_="PNG"), "gross.png")
    with short_of(pictures.draw_all, answer=100):
        found = media.prepare_all([GOOD[0], large, GOOD[1]])
    assert [one.media_type for one in found if isinstance(one, Prepared)] == ["image/jpeg", "image/png", "image/jpeg"]


def test_each_property_gets_its_own_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However they fall into processes, and with one that is missing and one that is none among them."""
    monkeypatch.setattr(attachments, "MOST_AT_ONCE", 2)
    names = [["0.jpg", "fehlt.jpg", "1.jpg"], [], ["kein.jpg"], ["2.jpg", "0.jpg"]]
    estates = [
        t.estate(str(number), inner=t.attachments(*map(t.attachment, each))) for number, each in enumerate(names)
    ]
    files = {name: data for data, name in [*GOOD, BAD]}
    result = import_file(t.write_zip(tmp_path / "t.zip", t.document(t.provider(*estates)), files), actor=None)
    found = Media.objects.order_by("estate_id", "position").values_list("estate__external_no", "original_name")
    assert list(found) == [("0", "0.jpg"), ("0", "1.jpg"), ("3", "2.jpg"), ("3", "0.jpg")]
    said = [" ".join(note.text("de") for note in line.notes) for line in result.lines]
    assert ["„fehlt.jpg“ fehlt" in one for one in said] == [True, False, False, False]
    assert ["„kein.jpg“ ist kein Bild" in one for one in said] == [False, False, True, False]

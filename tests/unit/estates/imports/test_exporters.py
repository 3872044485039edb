"""Files as programs of the trade write them: nothing is lost without a word, and nothing is said that is not so."""

from pathlib import Path

import pytest
from bench import package_judge
from tests.unit.estates.openimmo import habits
from tests.unit.estates.openimmo.exporters import ATTACHED, PRICES, RIGHT, VARIANTS, Variant

from siegelpost.estates.imports.apply import import_file
from siegelpost.estates.models import Estate, Media

pytestmark = pytest.mark.django_db


ALL = {**VARIANTS, **habits.VARIANTS}


@pytest.mark.parametrize("name", ALL)
def test_what_programs_write(tmp_path: Path, name: str) -> None:
    variant = ALL[name]
    path = tmp_path / "package.zip"
    path.write_bytes(variant.package())
    result = import_file(path, actor=None)
    (line,) = result.lines
    assert line.reason is None
    said = [one.text("de") for one in (*result.notes, *line.notes)]
    right = {**RIGHT, **variant.right}
    assert Estate.objects.values(*right).get() == right
    assert Media.objects.count() == variant.pictures
    for words in variant.said:
        assert any(words in one for one in said), said
    assert [one for one in said if not any(words in one for words in variant.said)] == []
    assert all(one.text("en") for one in (*result.notes, *line.notes))


def test_there_are_enough_of_them() -> None:
    assert len(ALL) >= 60


@pytest.mark.parametrize("name", VARIANTS)
def test_the_judge_of_packages_finds_nothing_lost_in_them(tmp_path: Path, name: str) -> None:
    """The same judge that ``python -m bench.packages`` has for strangers' files."""
    path = tmp_path / "package.zip"
    path.write_bytes(VARIANTS[name].package())
    found = package_judge.judged(path)
    assert (found.refused, found.lost) == ("", [])
    assert found.values > 15
    assert not Estate.objects.exists()


@pytest.mark.parametrize(
    ("part", "more", "lost"),
    [
        ("texts", "<freitexte><objekttitel>T</objekttitel><lage>" + "Am Fluss. " * 3000 + "</lage></freitexte>", ""),
        (
            "state",
            "<zustand_angaben><energiepass><jahrgang>1999</jahrgang></energiepass></zustand_angaben>",
            "jahrgang",
        ),
    ],
)
def test_the_judge_finds_what_is_lost(tmp_path: Path, part: str, more: str, lost: str) -> None:
    """A text that is cut is told, and no loss; a word that nobody knows, and nobody told of, is one."""
    path = tmp_path / "package.zip"
    path.write_bytes(Variant(parts={part: more}).package())
    assert [one for one in package_judge.judged(path).lost if lost and lost in one] != [] or not lost


def test_two_broken_files_with_the_same_bytes_are_each_told_by_name(tmp_path: Path) -> None:
    """Of several only one was named, and the other was lost without a word."""
    two = ATTACHED.replace("</anhaenge>", "") + ATTACHED.replace("<anhaenge>", "").replace("haus.jpg", "hof.jpg")
    path = tmp_path / "package.zip"
    path.write_bytes(Variant(parts={"attached": two}, files={"haus.jpg": b"", "hof.jpg": b""}).package())
    said = [note.text("de") for line in import_file(path, actor=None).lines for note in line.notes]
    assert any("„haus.jpg“ ist leer" in one for one in said)
    assert any("„hof.jpg“ ist leer" in one for one in said)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (
            {
                "prices": PRICES.replace(
                    "</preise>", "<kaution>1200</kaution><kaution_text>3 Monate</kaution_text></preise>"
                )
            },
            "weitere Preise (1)",
        ),
        (
            {"equipment": '<ausstattung><befeuerung GAS="true" SOLAR="true"/></ausstattung>'},
            "weitere Energieträger der",
        ),
    ],
)
def test_what_stands_in_a_second_place_and_differs_is_told(tmp_path: Path, parts: dict[str, str], words: str) -> None:
    """A deposit beside its text and the sun beside the gas were lost without a word."""
    path = tmp_path / "package.zip"
    path.write_bytes(Variant(parts=parts).package())
    assert any(words in note.text("de") for note in import_file(path, actor=None).notes)

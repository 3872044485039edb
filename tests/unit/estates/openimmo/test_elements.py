"""Every element and attribute of OpenImmo 1.2.7 is read, or stands in a list "not used, and why".

``elements.txt`` is our own table of their names, one element a line with its attributes, made from what programs of the
trade publish (docs/openimmo.md). Fields of a program's own (user_defined_…) may stand anywhere and are not in it.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from tests.unit.estates import transfers as t

from siegelpost.estates.openimmo import Property, Transfer, elements
from siegelpost.estates.openimmo.elements import NOT_USED, READ, TYPES, Why, unused
from siegelpost.estates.openimmo.left import MOST_OWN_KINDS, OTHERS, NotKept
from siegelpost.estates.openimmo.reader import read

LINES = (Path(__file__).parent / "elements.txt").read_text().splitlines()
HEADS = ("uebertragung", "anbieter")


def paths() -> Iterator[str]:
    for line in LINES:
        element, _, attributes = line.partition(": ")
        yield element
        yield from (f"{element}@{attribute}" for attribute in attributes.split())


PATHS = frozenset(paths())
# What holds others and nothing itself.
CONTAINERS = frozenset(path.rpartition("/")[0] for path in PATHS) | {
    path.partition("@")[0] for path in PATHS if "@" in path
}


def test_the_table_is_whole() -> None:
    assert len(LINES) > 350
    assert len(PATHS) > 550


@pytest.mark.parametrize("path", sorted(PATHS - CONTAINERS))
def test_each_is_read_or_not_used_for_a_reason(path: str) -> None:
    reason = unused(path)
    assert reason is None or reason.called.de


def test_nothing_is_in_the_lists_that_openimmo_does_not_have() -> None:
    ours = {
        "ausstattung/befeuerung@nahwaerme",
        "freitexte/objekttitel@lang",
        *(path for path in READ if path.startswith("flaechen/anzahl_balkon_")),
    }
    assert ours >= READ - PATHS
    assert set(NOT_USED) <= PATHS
    assert not READ & set(NOT_USED)


def with_value(path: str, value: str) -> str:
    """XML in which an element or attribute has a value."""
    place, _, attribute = path.partition("@")
    *parents, last = place.split("/")
    inner = f"<{last} {attribute}={quoteattr(value)}/>" if attribute else f"<{last}>{value}</{last}>"
    for parent in reversed(parents):
        inner = f"<{parent}>{inner}</{parent}>"
    return inner


def reading(folder: Path, inner: str) -> tuple[Property, Transfer]:
    with read(t.write_xml(folder, t.estate(inner=inner, category=""))) as transfer:
        delivery = transfer.deliveries[0]
        assert not delivery.rejected
        return delivery.properties[0], transfer


# Said of a file, or of the property, or kept: any of them makes a difference.
SILENT = {Why.OF_PROGRAMS, Why.SAID_ELSEWHERE}
# What a property is called and what is to be done with it is another matter.
ALONE = {"freitexte/objekttitel", "verwaltung_techn/objektnr_extern", "verwaltung_techn/aktion@aktionart"}


@pytest.mark.parametrize("value", ["Wert 7", "7", "true"])
def test_no_value_is_lost_without_a_word(tmp_path: Path, value: str) -> None:
    """Finding: dozens of values were lost silently. Each, alone in a property, is kept or said."""
    bare, empty = reading(tmp_path, "")
    lost = []
    for path in sorted(PATHS - CONTAINERS - ALONE):
        if path.startswith((*HEADS, "anhaenge", "objektkategorie/objektart/")):
            continue
        found, transfer = reading(tmp_path, with_value(path, value))
        reason = unused(path)
        told = transfer.notices != empty.notices
        if replace(found, notices=()) == replace(bare, notices=()) and found.notices == bare.notices and not told:
            lost.append((path, reason.why if reason else None))
    assert {path for path, why in lost if why not in SILENT} <= NOTHING_NEW


# The year of the certificate's law, what every property is taken for, what matters of houses alone, and a language
# without a text.
NOTHING_NEW = {
    "freitexte/objekt_text@lang",
    "zustand_angaben/energiepass/jahrgang",
    "objektkategorie/nutzungsart@wohnen",
    "flaechen/einliegerwohnung",
}


def test_each_kind_of_property_has_its_types(tmp_path: Path) -> None:
    for tag, attribute in TYPES.items():
        category = f'<objektkategorie><objektart><{tag} {attribute}="UNBEKANNT"/></objektart></objektkategorie>'
        with read(t.write_xml(tmp_path, t.estate(category=category))) as transfer:
            said = [one.text("de") for one in transfer.deliveries[0].properties[0].notices]
        assert any("UNBEKANNT" in one for one in said), tag


def test_what_is_not_kept_is_said_once_with_how_many_properties(tmp_path: Path) -> None:
    """Finding: in the office's words, not in those of the format."""
    inner = (
        "<infrastruktur><ausblick blick='SEE'/></infrastruktur><ausstattung><bibliothek>true</bibliothek></ausstattung>"
    )
    own = "<geo><user_defined_simplefield feldname='lage_stern'>3</user_defined_simplefield></geo><neues>x</neues>"
    estates = [t.estate("A", inner=inner), t.estate("B", inner=inner + own), t.estate("C")]
    with read(t.write_xml(tmp_path, *estates)) as transfer:
        (notice,) = transfer.notices
    assert isinstance(notice, NotKept)
    assert "Ausblick (2), Bibliothek (2), „lage_stern“ (1), „neues“ (1)" in notice.text("de")
    assert "view (2)" in notice.text("en")
    assert "weil es hier kein Feld dafür gibt" in notice.text("de")


def test_what_says_nothing_is_not_said(tmp_path: Path) -> None:
    nothing = "".join(with_value(path, value) for path in sorted(NOT_USED) for value in ("", "false", "0", "0.00"))
    assert reading(tmp_path, nothing)[1].notices == ()


def test_a_file_of_strange_fields_makes_no_endless_list(tmp_path: Path) -> None:
    inner = "".join(f"<feld{number}>x</feld{number}>" for number in range(500))
    (notice,) = reading(tmp_path, inner)[1].notices
    assert isinstance(notice, NotKept)
    assert len(notice.kinds) == MOST_OWN_KINDS + 1
    assert OTHERS in dict(notice.kinds)


def test_owners_and_other_people_are_not_kept() -> None:
    assert (reason := unused("weitere_adresse/name")) is not None
    assert reason.why is Why.OF_PEOPLE
    assert reason.why in elements.TOLD

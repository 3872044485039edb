"""Whole address books as programs write them: nothing of anybody is lost without a word."""

from pathlib import Path

import pytest
from bench import book_judge
from tests.support.office import an_agent
from tests.unit.contacts.address_books.exported import BOOKS, PEOPLE

from siegelpost.contacts import vcard_reader
from siegelpost.contacts.address_books import tables
from siegelpost.contacts.models import AddressBook, Contact

pytestmark = pytest.mark.django_db


def test_there_are_enough_of_them() -> None:
    assert len(BOOKS) >= 30


@pytest.mark.parametrize("name", BOOKS)
def test_the_judge_of_address_books_finds_nothing_lost(tmp_path: Path, name: str) -> None:
    """The same judge that ``python -m bench.books`` has for strangers' files."""
    an_agent()
    colleagues = Contact.objects.count()
    path = tmp_path / name
    path.write_bytes(BOOKS[name])
    found = book_judge.judged(path)
    assert (found.refused, found.lost) == ("", [])
    assert found.values > len(PEOPLE) * 2
    assert not AddressBook.objects.exists()
    assert Contact.objects.count() == colleagues


def test_the_judge_finds_what_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Titles where a salutation is due were dropped, and so were own words for what a number is for."""
    an_agent()
    monkeypatch.setattr(tables, "_said_besides", lambda *_: [])
    for name, lost in (
        ("outlook-de.csv", "Anrede: Prof. Dr."),
        ("google-old.csv", "Organization 2 - Name: Bernd Höhe"),
    ):
        (tmp_path / name).write_bytes(BOOKS[name])
        assert lost in book_judge.judged(tmp_path / name).lost


def test_what_is_more_than_is_kept_of_anybody_stands_in_the_note(tmp_path: Path) -> None:
    """Of a card with fifty numbers ten were gone without a word."""
    an_agent()
    numbers = "".join(f"TEL;TYPE=WORK:040 55{place:04}\r\n" for place in range(50))
    path = tmp_path / "many.vcf"
    path.write_bytes(f"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Muster;Erika\r\n{numbers}END:VCARD\r\n".encode())
    assert book_judge.judged(path).lost == []


def test_what_a_note_cannot_hold_is_told_and_costs_no_more() -> None:
    """A card may have hundreds of numbers; with thousands it is none."""
    numbers = "".join(f"TEL;TYPE=WORK:040 55{place:06}\r\n" for place in range(700))
    found = vcard_reader.unpack(f"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Muster;Erika\r\n{numbers}END:VCARD\r\n".encode())
    assert len(found.cards[0].note) == vcard_reader.LONGEST_NOTE
    assert found.unread == {vcard_reader.CUT: 1}

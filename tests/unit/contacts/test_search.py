"""Finding a contact however its name or number is written."""

import pytest
from tests.support.office import a_contact

from siegelpost.contacts import search
from siegelpost.contacts.models import Contact
from siegelpost.toolbox.folding import digits, fold

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("müller", True),
        ("Mueller", True),
        ("MULLER", True),
        ("mü", True),
        ("jörg müller", True),
        ("müller jörg", True),
        ("esslingen", True),
        ("müller gmbh", True),
        ("altbau", True),
        ("+49 171 2345678", True),
        ("0171/2345", True),
        ("0171 2345 678", True),
        ("mueller@example", True),
        ("345678", True),
        ("0049171", True),
        ("meier", False),
        ("müller meier", False),
        ("0172", False),
    ],
)
def test_what_is_typed_is_what_is_meant(query: str, found: bool) -> None:
    a_contact(
        first_name="Jörg",
        last_name="Müller",
        company="Müller GmbH",
        city="Eßlingen",
        email="mueller@example.test",
        mobile="0171 2345678",
        note="sucht Altbau",
    )
    assert search.find(query).contacts.exists() is found


def test_a_change_is_found_and_what_was_before_is_not() -> None:
    contact = a_contact(last_name="Vorher")
    contact.last_name = "Nachher"
    contact.save(update_fields=["last_name"])
    assert search.find("nachher").contacts.exists()
    assert not search.find("vorher").contacts.exists()


def test_wildcards_of_the_database_are_letters_like_others() -> None:
    a_contact(last_name="Berger")
    assert not search.find("B_rger").contacts.exists()


def test_folding() -> None:
    assert fold("  Große Straße, Ällée ") == "grosse strasse allee"
    assert digits("+49 (0)30 12-34") == digits("0049 30 1234") == digits("030/1234") == "0301234"
    assert digits("+43 1 23456") == digits("0043 123456") == "0043123456"


def test_a_search_by_one_letter_shows_some_and_says_that_there_are_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "AT_MOST", 3)
    a_contact(first_name="", last_name="Meier", city="Kiel")
    for number in range(4):
        a_contact(first_name=str(number), last_name="Berger", city="Mainz")
    found = search.find("m")
    assert found.more
    # The oldest, but its name begins like that.
    assert [one.last_name for one in found.contacts].count("Meier") == 1
    assert not search.find("meier").more
    assert search.every("m").count() == 5


def test_contacts_are_sorted_as_in_a_german_index() -> None:
    for name in ("Zimmer", "Ärzte", "Bach", "Öttinger", "Oppel"):
        a_contact(last_name=name)
    a_contact(first_name="", last_name="", company="Anker GmbH")
    names = [one.last_name or one.company for one in search.find().contacts]
    assert names == ["Anker GmbH", "Ärzte", "Bach", "Oppel", "Öttinger", "Zimmer"]


def test_the_index_follows_rows_that_are_written_in_bulk() -> None:
    contact = Contact(last_name="Sammler")
    contact.index()
    Contact.objects.bulk_create([contact])
    assert search.find("samm").contacts.exists()
    Contact.objects.update(folded="jager")
    assert not search.find("samm").contacts.exists()
    Contact.objects.all().delete()
    assert not search.find("jager").contacts.exists()

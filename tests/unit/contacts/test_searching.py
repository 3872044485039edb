"""Finding a contact however its name or number is written."""

import pytest
from tests.support.office import a_contact

from siegelpost.contacts import search
from siegelpost.contacts.folding import digits, fold

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
    assert search.find(query).exists() is found


def test_a_change_is_found_and_what_was_before_is_not() -> None:
    contact = a_contact(last_name="Vorher")
    contact.last_name = "Nachher"
    contact.save(update_fields=["last_name"])
    assert search.find("nachher").exists()
    assert not search.find("vorher").exists()


def test_wildcards_of_the_database_are_letters_like_others() -> None:
    a_contact(last_name="Berger")
    assert not search.find("B_rger").exists()


def test_folding() -> None:
    assert fold("  Große Straße, Ällée ") == "grosse strasse allee"
    assert digits("+49 (0)30 12-34") == digits("0049 30 1234") == digits("030/1234") == "0301234"

"""Finding a contact however its name or number is written."""

from importlib import import_module

import pytest
from django.db import connection
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
        ("sslingen", False),
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


def test_rows_that_are_written_in_bulk_are_found_as_they_are_now() -> None:
    contact = Contact(last_name="Sammler")
    contact.index()
    Contact.objects.bulk_create([contact])
    assert search.find("samm").contacts.exists()
    Contact.objects.update(folded="jager")
    assert not search.find("samm").contacts.exists()
    Contact.objects.all().delete()
    assert not search.find("jager").contacts.exists()


OLD_INDEX = {
    "sqlite": (
        "CREATE VIRTUAL TABLE {table}_folded_words USING fts5(folded, content='{table}', content_rowid='id')",
        "CREATE TRIGGER {table}_folded_words_gone AFTER DELETE ON {table} BEGIN"
        " INSERT INTO {table}_folded_words({table}_folded_words, rowid, folded) VALUES ('delete', old.id, old.folded);"
        " END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION siegelpost_words(text) RETURNS tsvector LANGUAGE sql IMMUTABLE"
        " AS $$ SELECT array_to_tsvector(string_to_array($1, ' ')) $$",
        "CREATE INDEX {table}_folded_words ON {table} USING gin (siegelpost_words(folded))",
    ),
}
LEFT = {
    "sqlite": "SELECT name FROM sqlite_master WHERE name LIKE '%%folded_words%%'",
    "postgresql": "SELECT relname FROM pg_class WHERE relname LIKE '%%folded_words%%'"
    " UNION SELECT proname FROM pg_proc WHERE proname = 'siegelpost_words'",
}


def test_of_the_index_of_earlier_versions_nothing_is_left() -> None:
    """It kept words of erased people in pages of its own."""
    rooms = {
        "estates": ("estates_estate", "0008_no_word_index"),
        "contacts": ("contacts_contact", "0009_no_word_index"),
    }
    with connection.cursor() as cursor:
        for table, _ in rooms.values():
            for statement in OLD_INDEX[connection.vendor]:
                cursor.execute(statement.format(table=table))
        for room, (_, migration) in rooms.items():
            import_module(f"siegelpost.{room}.migrations.{migration}").drop(
                None, connection.SchemaEditorClass(connection)
            )
        cursor.execute(LEFT[connection.vendor])
        assert cursor.fetchall() == []

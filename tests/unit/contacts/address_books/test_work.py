"""Whole address books: compared, taken in, taken back, whoever leaves the page and whenever the server ends."""

from collections.abc import Callable
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone
from tests.support.office import a_contact, an_activity, an_agent

from siegelpost.cases import erasure
from siegelpost.contacts import duplicates, editor, merge, search
from siegelpost.contacts.address_books import books, work
from siegelpost.contacts.models import AddressBook, BookEntry, Contact, ContactKey
from siegelpost.contacts.vcard_reader import CUT

pytestmark = pytest.mark.django_db


def cards(*numbers: int) -> bytes:
    return "".join(
        f"BEGIN:VCARD\nVERSION:3.0\nN:Muster{n};Erika\nEMAIL:m{n}@x.test\n"
        f"TEL:040 {n:06}\nTEL;TYPE=FAX:041 {n}\nEND:VCARD\n"
        for n in numbers
    ).encode()


def people() -> QuerySet[Contact]:
    """All contacts but colleagues' cards."""
    return Contact.objects.filter(card=None)


def ready(content: bytes) -> AddressBook:
    book = books.begin(content, "kontakte.vcf", agent=an_agent())
    work.round_()
    book.refresh_from_db()
    return book


def taken(content: bytes) -> AddressBook:
    book = ready(content)
    books.take(book)
    work.round_()
    book.refresh_from_db()
    return book


def test_from_the_file_to_the_contacts_and_back() -> None:
    known = a_contact(last_name="Alt", email="M2@x.test")
    book = ready(cards(1, 2, 3))
    assert (book.state, book.total) == ("ready", 3)
    assert [(entry.said["name"], entry.known, entry.chosen) for entry in books.entries(book)] == [
        ("Erika Muster1", None, True),
        ("Erika Muster2", known, False),
        ("Erika Muster3", None, True),
    ]
    books.choose(book, shown=[0, 1], ticked=[1])
    books.take(book)
    work.round_()
    book.refresh_from_db()
    assert (book.state, book.made) == ("done", 2)
    made = {entry.contact for entry in books.entries(book)}
    assert {one.last_name for one in made if one} == {"Muster2", "Muster3"}
    # Found, known, and by every number; nothing of whom nobody wanted is kept.
    assert search.find("040 000003").contacts.get().further[0].value == "041 3"
    assert [pair.first for pair in duplicates.pairs()] == [known]
    assert not BookEntry.objects.exclude(card={}).exists()
    books.undo(book)
    work.round_()
    book.refresh_from_db()
    assert (book.state, book.kept) == ("undone", 0)
    assert list(people()) == [known]


def test_keys_of_many_are_those_of_one_at_a_time() -> None:
    """What finds duplicates is written for many contacts at once."""
    taken(cards(*range(20)) + cards(*range(10)))
    together = set(ContactKey.objects.values_list("contact__email", "kind", "value"))
    again = ContactKey.objects.filter(again=True).count()
    for contact in people().all():
        contact.save()
    assert set(ContactKey.objects.values_list("contact__email", "kind", "value")) == together
    assert ContactKey.objects.filter(again=True).count() == again == 20


def test_who_was_changed_or_dealt_with_stays_when_it_is_taken_back() -> None:
    book = taken(cards(1, 2, 3, 4))
    changed, active, merged, plain = people().order_by("pk")
    changed.note = "neu"
    changed.save()
    an_activity(contact=active)
    merge.merge(a_contact(), merged, by=an_agent())
    books.undo(book)
    work.round_()
    book.refresh_from_db()
    assert book.kept == 3
    assert not people().filter(pk=plain.pk).exists()
    assert people().filter(pk__in=[changed.pk, active.pk, merged.pk]).count() == 3


def test_killed_in_the_middle_nobody_is_made_twice() -> None:
    book = ready(cards(*range(9)))
    books.take(book)
    with patch.object(work, "_AT_ONCE", 2):
        work._step(AddressBook.objects.get())
        assert books.progress(AddressBook.objects.get()).done == 2
        with patch.object(editor, "save_all", side_effect=RuntimeError), pytest.raises(RuntimeError):
            work._step(AddressBook.objects.get())
        work.round_()
    assert people().count() == 9
    assert sorted(people().values_list("email", flat=True)) == [f"m{n}@x.test" for n in range(9)]


def test_a_table_waits_for_its_columns_and_names_those_left_out() -> None:
    content = "Nachname;E-Mail;Kundennummer;Leer\nMuster;m@x.test;4711;\n;;9;\nGroß;g@x.test;;\n".encode("cp1252")
    book = books.begin(content, "C:\\Export\\kontakte.csv", agent=an_agent())
    assert (book.state, book.name) == ("mapping", "kontakte.csv")
    assert [(heading, field) for heading, field, _ in books.columns(book)] == [
        ("Nachname", "last_name"),
        ("E-Mail", "email"),
        ("Kundennummer", ""),
        ("Leer", ""),
    ]
    books.map_columns(book, book.fields)
    work.round_()
    book.refresh_from_db()
    assert (book.unread, book.unreadable) == ({"Kundennummer": 2}, 1)
    assert [entry.said["name"] for entry in books.entries(book)] == ["Muster", "Groß"]
    books.again(book)
    with pytest.raises(ValueError, match="secret"):
        books.map_columns(book, ["last_name", "email", "secret", ""])
    books.map_columns(book, ["last_name", "email", "other", ""])
    work.round_()
    book.refresh_from_db()
    books.choose_all(book, new_only=False)
    books.take(book)
    work.round_()
    assert people().get(last_name="Muster").ways == [{"kind": "other", "value": "4711", "label": "Kundennummer"}]
    assert people().count() == 2


def test_a_text_that_is_too_long_is_named(client: Client) -> None:
    """The end of long notes was dropped without a word, in tables and in cards."""
    table = books.begin(f"Nachname;Notiz\nMuster;{'x' * 5001}\n".encode(), "k.csv", agent=an_agent())
    books.map_columns(table, table.fields)
    card = f"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Lang;Ida\r\nNOTE:{'y' * 5001}\r\nEND:VCARD\r\n"
    of_cards = books.begin(card.encode(), "k.vcf", agent=an_agent(email="zwei@office.test"))
    work.round_()
    client.force_login(an_agent(email="drei@office.test"))
    for book in (table, of_cards):
        book.refresh_from_db()
        assert book.unread == {CUT: 1}
        page = client.get(book.get_absolute_url(), secure=True, headers={"host": "localhost"}).content.decode()
        assert "das Ende von Texten über 5.000 Zeichen (1)" in page


def test_what_nobody_says_yes_to_is_forgotten_and_what_was_erased_leaves_no_trace() -> None:
    waiting = ready(cards(1))
    done = taken(cards(2))
    AddressBook.objects.update(created_at=timezone.now() - timedelta(hours=25))
    books.forget_old()
    assert list(AddressBook.objects.all()) == [done]
    assert erasure.erase(people().get(), by=an_agent())
    assert not BookEntry.objects.exists()
    AddressBook.objects.update(created_at=timezone.now() - timedelta(days=15))
    books.forget_old()
    assert not AddressBook.objects.exists()
    with pytest.raises(books.TooLateError):
        books.take(waiting)


@pytest.mark.parametrize("act", [books.take, books.throw_away, lambda book: books.choose(book, shown=[0], ticked=[])])
def test_what_comes_too_late_changes_nothing(act: Callable[[AddressBook], None]) -> None:
    book = taken(cards(1))
    with pytest.raises(books.TooLateError):
        act(book)
    assert people().count() == 1

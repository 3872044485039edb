"""What the server does with address books: compares, takes in, takes back, some hundred entries in a transaction.

Killed at any moment, the next round goes on with the entries that are not settled: nobody is made twice.
"""

from collections.abc import Callable, Mapping
from threading import Event
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from siegelpost.contacts import editor
from siegelpost.contacts.address_book_models import AT_WORK, AddressBook, BookEntry, BookState
from siegelpost.contacts.address_books import tables
from siegelpost.contacts.address_books.books import stored
from siegelpost.contacts.models import Contact, ContactKey
from siegelpost.contacts.vcard_reader import CUT
from siegelpost.contacts.vcards import contact_of, known_to
from siegelpost.ledger.halt import refuse_if_halted

log = structlog.get_logger(__name__)

_AT_ONCE = 200

# Set when the process is asked to end: the entries at hand are finished, no others begun.
stopping = Event()


def round_() -> None:
    """Go on with the address books that somebody waits for, the oldest first.

    Raises:
        siegelpost.ledger.halt.HaltedError: nothing may be written now; it goes on afterwards.
    """
    while not stopping.is_set() and (book := AddressBook.objects.filter(state__in=AT_WORK).order_by("pk").first()):
        refuse_if_halted()
        _step(book)


@transaction.atomic
def _step(book: AddressBook) -> None:
    """The next entries, or the end of this step when there are none."""
    locked = AddressBook.objects.select_for_update().filter(pk=book.pk, state=book.state).first()
    if locked is None:  # thrown away, or done by somebody else
        return
    waiting = locked.entries.filter(settled=False).order_by("place")
    if locked.state == BookState.TAKING:
        waiting = waiting.filter(chosen=True)
    if entries := list(waiting[:_AT_ONCE]):
        _STEPS[BookState(locked.state)](locked, entries)
        return
    _end(locked)


def _compare(book: AddressBook, entries: list[BookEntry]) -> None:
    """What each says, where it came in a table, and who has its address or number already."""
    for entry in entries:
        if entry.cells:
            card = tables.card(book.headings, book.fields, entry.cells)
            entry.card = stored(card) if card else {}
    contacts = {entry.pk: contact_of(entry.card) for entry in entries if entry.card}
    known = known_to(contacts.values())
    for entry in entries:
        one = contacts.get(entry.pk)
        entry.known = known(one) if one else None
        entry.chosen = one is not None and entry.known is None
        entry.settled = True
    BookEntry.objects.bulk_update(entries, ("card", "known", "chosen", "settled"))


def _take(book: AddressBook, entries: list[BookEntry]) -> None:
    contacts = [contact_of(entry.card) for entry in entries if entry.card]
    editor.save_all(contacts)
    made = iter(contacts)
    for entry in entries:
        if entry.card:
            contact = next(made)
            entry.contact, entry.as_of = contact, contact.changed_at
        entry.card, entry.cells, entry.settled = {}, [], True
    BookEntry.objects.bulk_update(entries, ("contact", "as_of", "card", "cells", "settled"))


def _take_back(book: AddressBook, entries: list[BookEntry]) -> None:
    as_made = {entry.contact_id: entry.as_of for entry in entries if entry.contact_id}
    untouched = [
        contact.pk
        for contact in Contact.objects.filter(pk__in=as_made, merged_into=None)
        if contact.changed_at == as_made[contact.pk]
    ]
    worked_with = _named_elsewhere(untouched)
    BookEntry.objects.filter(pk__in=[entry.pk for entry in entries]).update(settled=True)
    Contact.objects.filter(pk__in=set(untouched) - worked_with).delete()


def _named_elsewhere(contacts: list[int]) -> set[int]:
    """Those of these contacts that a dispatch, an activity or anything else names."""
    found: set[int] = set()
    for relation in Contact._meta.related_objects:
        model, field = relation.related_model, relation.field
        if isinstance(model, type) and not issubclass(model, ContactKey | BookEntry):
            rows = model._base_manager.filter(**{f"{field.name}__in": contacts})
            found.update(rows.values_list(field.attname, flat=True))
    return found


def _end(book: AddressBook) -> None:
    """The step is over. Of whom was not chosen nothing is kept."""
    after: Mapping[str, Any] = {}
    if book.state == BookState.COMPARING:
        after = {"state": BookState.READY}
        if book.headings:
            nobody = book.entries.filter(card={}).count()
            after = {**after, "unreadable": nobody, "unread": {**_of_the_file(book), **_columns_left_out(book)}}
    elif book.state == BookState.TAKING:
        book.entries.filter(contact=None).delete()
        after = {"state": BookState.DONE, "made": book.entries.count(), "ended_at": timezone.now()}
    else:
        after = {"state": BookState.UNDONE, "kept": book.entries.count(), "ended_at": timezone.now()}
    AddressBook.objects.filter(pk=book.pk).update(**after)
    log.info("address_book", state=str(after["state"]), entries=book.total)


def _of_the_file(book: AddressBook) -> dict[str, int]:
    """What was left out when the file was read, whatever its columns are taken for."""
    return {CUT: book.unread[CUT]} if CUT in book.unread else {}


def _columns_left_out(book: AddressBook) -> dict[str, int]:
    """How many cells stand in columns that nobody wants."""
    left = [place for place, field in enumerate(book.fields) if not field]
    counted = dict.fromkeys(left, 0)
    if left:
        for cells in book.entries.values_list("cells", flat=True).iterator(500):
            for place in left:
                counted[place] += bool(cells[place])
    return {book.headings[place]: count for place, count in counted.items() if count}


_STEPS: dict[BookState, Callable[[AddressBook, list[BookEntry]], None]] = {
    BookState.COMPARING: _compare,
    BookState.TAKING: _take,
    BookState.UNDOING: _take_back,
}

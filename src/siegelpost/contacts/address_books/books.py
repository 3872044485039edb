"""What people do with an address book: bring it in, say what its columns mean, choose, take in, take back.

The file is read at once, in the room for strangers' bytes, and not kept. What takes longer is done in the jobs process
(:mod:`.work`), entry by entry, whoever leaves the page.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from siegelpost.contacts.address_book_models import AT_WORK, WAITING, AddressBook, BookEntry, BookState
from siegelpost.contacts.address_books import tables
from siegelpost.contacts.vcard_reader import CUT, LARGEST, CardText, VCardError, VCardReason, is_one, unpack
from siegelpost.foreign import room
from siegelpost.office.models import Agent
from siegelpost.toolbox.lines import file_name

__all__ = ["LARGEST", "VCardError", "VCardReason", "begin"]

# An address book nobody has said yes to holds strangers' data: so long.
WAITS_FOR = timedelta(hours=24)
# What was taken in can be looked up and taken back so long.
KEPT_FOR = timedelta(days=14)
MOST_OPEN = 20
_AT_ONCE = 500


class TooManyBooksError(Exception):
    """Too many address books wait; nothing was taken in."""


class TooLateError(Exception):
    """The address book is no longer where it would have to be for this; nothing was changed."""


@dataclass(frozen=True, slots=True)
class BookProgress:
    """How many of its entries the present step has dealt with."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class BookCounts:
    """Of the entries: all, chosen ones, and those whose address or number a contact has already."""

    entries: int
    chosen: int
    known: int


def begin(content: bytes, name: str, *, agent: Agent) -> AddressBook:
    """Read a file of contacts: vCards, or a table whose columns are then to be looked at.

    Raises:
        VCardError: it is neither, or too large; nothing was kept.
        TooManyBooksError: nothing was kept.
        siegelpost.foreign.errors.TooExpensiveError, siegelpost.foreign.errors.BusyError: it was not read.
    """
    if AddressBook.objects.filter(state__in=WAITING).count() >= MOST_OPEN:
        raise TooManyBooksError
    book = AddressBook(agent=agent, name=file_name(name, "kontakte"))
    if is_one(content):
        found = room.read(unpack, content)
        book.unread, book.unreadable = found.unread, found.unreadable
        book.state = BookState.COMPARING
        entries = [BookEntry(book=book, place=place, card=stored(card)) for place, card in enumerate(found.cards)]
    else:
        table = room.read(tables.unpack, content)
        book.headings, book.fields = list(table.headings), tables.guess(table.headings)
        book.unread = {CUT: table.cut} if table.cut else {}
        book.state = BookState.MAPPING
        entries = [BookEntry(book=book, place=place, cells=list(row)) for place, row in enumerate(table.rows)]
    book.total = len(entries)
    with transaction.atomic():
        book.save()
        BookEntry.objects.bulk_create(entries, batch_size=_AT_ONCE)
    return book


def stored(card: CardText) -> dict[str, object]:
    """A card ready for JSON."""
    return {**asdict(card), "ways": [way.stored for way in card.ways]}


def one(public_id: uuid.UUID) -> AddressBook:
    """One address book.

    Raises:
        AddressBook.DoesNotExist: there is none, or no longer.
    """
    return AddressBook.objects.select_related("agent").get(public_id=public_id)


def fresh() -> QuerySet[AddressBook]:
    """Those that can still be looked up, the latest first."""
    return AddressBook.objects.select_related("agent")


def progress(of: AddressBook) -> BookProgress:
    """How far the server is."""
    todo = of.entries.filter(chosen=True) if of.state == BookState.TAKING else of.entries.all()
    counted = todo.aggregate(all=Count("pk"), done=Count("pk", filter=Q(settled=True)))
    return BookProgress(counted["done"], counted["all"])


def counts(of: AddressBook) -> BookCounts:
    """How many entries there are, chosen and known ones among them."""
    found = entries(of).aggregate(
        all=Count("pk"), chosen=Count("pk", filter=Q(chosen=True)), known=Count("pk", filter=Q(known__isnull=False))
    )
    return BookCounts(found["all"], found["chosen"], found["known"])


def entries(of: AddressBook) -> QuerySet[BookEntry]:
    """What is in it, in the order of the file."""
    shown = of.entries.select_related("known", "contact")
    return shown.exclude(card={}) if of.is_waiting else shown


def columns(of: AddressBook) -> list[tuple[str, str, list[str]]]:
    """Of each column of a table its heading, what it is taken for, and some of what stands in it."""
    rows = [entry.cells for entry in of.entries.all()[:50]]
    samples = [[cell for cell in column if cell][:3] for column in zip(*rows, strict=True)]
    return list(zip(of.headings, of.fields, samples, strict=True))


def map_columns(of: AddressBook, fields: Sequence[str]) -> None:
    """Say what the columns of a table mean; then its entries are compared with who is known.

    Raises:
        TooLateError: it was thrown away meanwhile.
        ValueError: there are other columns, or something else is meant.
    """
    if len(fields) != len(of.headings) or not set(fields) <= set(tables.FIELDS):
        raise ValueError(fields)
    _move(of, (BookState.MAPPING, BookState.READY), BookState.COMPARING, fields=list(fields))


def again(of: AddressBook) -> None:
    """Go back to what the columns of a table mean.

    Raises:
        TooLateError: it is being taken in, or is no table.
    """
    if not of.headings:
        raise TooLateError
    _move(of, (BookState.READY,), BookState.MAPPING)


def choose(of: AddressBook, *, shown: Collection[int], ticked: Collection[int]) -> None:
    """Choose, of the entries at these places, the ticked ones.

    Raises:
        TooLateError: it is being taken in, or was thrown away.
    """
    with transaction.atomic():
        _hold(of, BookState.READY)
        rows = of.entries.filter(place__in=shown).exclude(card={})
        rows.filter(place__in=ticked).update(chosen=True)
        rows.exclude(place__in=ticked).update(chosen=False)


def choose_all(of: AddressBook, *, new_only: bool) -> None:
    """Choose every entry, or those alone whom nobody knows.

    Raises:
        TooLateError: as :func:`choose`.
    """
    with transaction.atomic():
        _hold(of, BookState.READY)
        of.entries.exclude(card={}).update(chosen=True)
        if new_only:
            of.entries.filter(known__isnull=False).update(chosen=False)


def take(of: AddressBook) -> None:
    """Make contacts of the chosen entries.

    Raises:
        TooLateError: it was thrown away meanwhile.
    """
    _move(of, (BookState.READY,), BookState.TAKING)


def undo(of: AddressBook) -> None:
    """Take back the contacts that were made, but for those with whom somebody has worked.

    Raises:
        TooLateError: they were taken back before.
    """
    _move(of, (BookState.DONE,), BookState.UNDOING)


def throw_away(of: AddressBook) -> None:
    """Forget it; nothing was taken in.

    Raises:
        TooLateError: it is being taken in, or was.
    """
    if not AddressBook.objects.filter(pk=of.pk, state__in=WAITING).delete()[0]:
        raise TooLateError


def forget_old() -> None:
    """Forget what nobody said yes to in a day, and what was taken in two weeks ago; contacts stay."""
    now = timezone.now()
    AddressBook.objects.filter(state__in=WAITING, created_at__lt=now - WAITS_FOR).delete()
    AddressBook.objects.exclude(state__in=AT_WORK).filter(created_at__lt=now - KEPT_FOR).delete()


def _move(of: AddressBook, before: Iterable[BookState], to: BookState, **fields: object) -> None:
    """One step on, in which every entry is dealt with anew."""
    with transaction.atomic():
        if not AddressBook.objects.filter(pk=of.pk, state__in=tuple(before)).update(state=to, ended_at=None, **fields):
            raise TooLateError
        of.entries.filter(settled=True).update(settled=False)
    of.refresh_from_db()


def _hold(of: AddressBook, state: BookState) -> None:
    """Nobody else moves it on before the transaction ends."""
    if not AddressBook.objects.select_for_update().filter(pk=of.pk, state=state).exists():
        raise TooLateError

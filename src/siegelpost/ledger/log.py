"""Writing events and reading the log: what the rest of the house uses.

An event is written in the transaction that changes the state, as one plain INSERT: no lock, no read, so that
writers never wait for each other here. The sequencer gives it its place in the tree within about a second.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from django.db import connection

from siegelpost.ledger import halt
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.leaf import JSON, Opening, make, read
from siegelpost.ledger.models import Checkpoint, Event

_COLUMNS = "INSERT INTO ledger_event (subject, kind, at, leaf, openings) VALUES"
# By connection.vendor; parameters are the columns of a row in their order.
INSERT_SQL: Mapping[str, str] = {
    "sqlite": f"{_COLUMNS} (?, ?, ?, ?, ?)",
    "postgresql": f"{_COLUMNS} (%s, %s, %s::timestamp AT TIME ZONE 'UTC', %s, %s)",
}
# The same through Django, whose SQLite cursor takes %s.
_APPEND_SQL = {vendor: f"{sql.replace('?', '%s')} RETURNING id" for vendor, sql in INSERT_SQL.items()}

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


class Row(NamedTuple):
    """The columns of one event, ready for ``INSERT_SQL``; ``at`` is UTC as text, as SQLite keeps it."""

    subject: str
    kind: str
    at: str
    leaf: bytes
    openings: str | None


def prepare(
    kind: EventKind,
    *,
    subject: str,
    data: Mapping[str, JSON] | None = None,
    personal: Mapping[str, str] | None = None,
    at: datetime | None = None,
) -> Row:
    """A new event as a row for ``INSERT_SQL``, for code that writes many events in one go.

    Arguments and errors are those of :func:`append`.
    """
    moment = at or datetime.now(UTC)
    leaf, openings = make(kind.uri, subject=subject, at=moment, data=data or {}, personal=personal or {})
    # The leaf begins {"at":"2026-11-23T12:00:00.000000Z"; the same time again, as text for the column.
    return Row(
        subject,
        kind.value,
        f"{leaf[7:17].decode()} {leaf[18:33].decode()}",
        leaf,
        _encode(openings) if openings else None,
    )


def append(
    kind: EventKind,
    *,
    subject: str,
    data: Mapping[str, JSON] | None = None,
    personal: Mapping[str, str] | None = None,
    at: datetime | None = None,
) -> Event:
    """Write an event in the caller's transaction.

    Args:
        kind: what happened.
        subject: public identifier of what it is about (a dispatch's UUID, ``office``, ``certificate``).
        data: what happened, without personal data; strings, whole numbers, booleans, null, lists and objects.
        personal: personal values by name; the leaf only commits to them, and :func:`erase` can remove them.
        at: when it happened, with a time zone; now, if not given.

    Raises:
        RuntimeError: there is no transaction, so the event and its change could come apart.
        siegelpost.ledger.leaf.LeafError: a value cannot stand in a leaf.
        siegelpost.ledger.halt.HaltedError: nothing may be written now.
    """
    if kind is not EventKind.BACKUP_RESTORED:  # the way out
        halt.refuse_if_halted()
    if not connection.in_atomic_block:
        raise RuntimeError("append() belongs into the transaction that changes the state: use transaction.atomic()")
    row = prepare(kind, subject=subject, data=data, personal=personal, at=at)
    with connection.cursor() as cursor:
        cursor.execute(_APPEND_SQL[connection.vendor], row)
        (event_id,) = cursor.fetchone()
    return Event(
        id=event_id,
        subject=row.subject,
        kind=row.kind,
        at=datetime.fromisoformat(row.at).replace(tzinfo=UTC),
        leaf=row.leaf,
        openings=row.openings,
    )


def openings(event: Event) -> dict[str, Opening]:
    """The openings of an event's personal values that were not erased, by name."""
    return {name: Opening(*pair) for name, pair in json.loads(event.openings or "{}").items()}


def erase(subjects: Iterable[str]) -> int:
    """Erase all personal values in the events about these subjects; leaves, and every proof, stay.

    Returns:
        How many events lost personal values.
    """
    return Event.objects.filter(subject__in=list(subjects), openings__isnull=False).update(openings=None)


def erase_naming(kind: EventKind, name: str, values: Collection[str]) -> int:
    """Erase the personal values of events of a kind whose data name one of these, whatever they are about.

    What is said of somebody under another's subject would else stay as long as that other does.

    Args:
        kind: of which there are few: every one that still holds personal values is read.
        name: the key in the event's data.

    Returns:
        How many events lost personal values.
    """
    open_ones = Event.objects.filter(kind=kind.value, openings__isnull=False)
    found = [event.pk for event in open_ones if read(bytes(event.leaf)).data.get(name) in values]
    return Event.objects.filter(pk__in=found).update(openings=None)


def newest_checkpoint() -> str | None:
    """The newest checkpoint as signed note text, as it goes into mails; none before the first event is
    sealed.
    """
    return Checkpoint.objects.order_by("-size").values_list("note", flat=True).first()

"""What the ledger tells of a subject, as the rooms' checks compare it with their rows."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from siegelpost.ledger.events import EventKind, by_uri
from siegelpost.ledger.inspection import chunks
from siegelpost.ledger.models import Event

_COLUMNS = ("id", "leaf_index", "leaf", "openings")
# So many subjects are asked for at once: SQLite takes no endless list.
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Told:
    """One event, as its leaf has it.

    ``where`` is how findings name it; ``kind`` is none where a later version has introduced it; ``personal`` holds
    the values that were not erased, and is none where none are there.
    """

    where: str
    subject: str
    kind: EventKind | None
    at: datetime
    data: Mapping[str, Any]
    personal: Mapping[str, str] | None


def events_about(subjects: Collection[str], kinds: Iterable[EventKind] = ()) -> dict[str, list[Told]]:
    """The events about each of these subjects, in the order of the ledger; those that wait for their seal come last.

    Args:
        kinds: only these; all, if none is given.
    """
    found: dict[str, list[Told]] = {subject: [] for subject in subjects}
    for some in chunks(found.copy(), AT_ONCE):
        for told in _read(_kinds(Event.objects.filter(subject__in=some), kinds)):
            if told.subject in found:
                found[told.subject].append(told)
    return found


def events_of(kinds: Iterable[EventKind]) -> Iterator[Told]:
    """All events of these kinds, in the order of the ledger."""
    return _read(_kinds(Event.objects.all(), kinds))


def _kinds(events: QuerySet[Event], kinds: Iterable[EventKind]) -> QuerySet[Event]:
    wanted = [kind.value for kind in kinds]
    return events.filter(kind__in=wanted) if wanted else events


def _read(events: QuerySet[Event]) -> Iterator[Told]:
    ordered = events.order_by(F("leaf_index").asc(nulls_last=True), "id")
    for id_, index, leaf, openings in ordered.values_list(*_COLUMNS).iterator(2000):
        try:
            read = json.loads(bytes(leaf))
            at = datetime.fromisoformat(read["at"])
            subject, uri, data = read["subject"], read["event"], read["data"]
            personal = {name: pair[1] for name, pair in json.loads(openings).items()} if openings else None
        except (ValueError, TypeError, KeyError, IndexError, AttributeError):
            continue  # a finding of the tree's check
        where = f"event #{id_}" if index is None else f"event {index}"
        yield Told(where, str(subject), by_uri(uri), at, data if isinstance(data, dict) else {}, personal)

"""Withdrawals against their events: what was declared, whose contract it ends, and what the office decided."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from siegelpost.dispatch.models import Withdrawal
from siegelpost.ledger.events import EventKind as E
from siegelpost.ledger.inspection import FsckFinding, Progress, look_through
from siegelpost.ledger.subject import Told, events_about, events_of

NAME = "withdrawals"
_AT_ONCE = 200
_KINDS = (E.WITHDRAWAL_DECLARED, E.WITHDRAWAL_ASSIGNED, E.WITHDRAWAL_DECIDED, E.WITHDRAWAL_RELEASED)
_DESK = {E.WITHDRAWAL_SET_ASIDE: True, E.WITHDRAWAL_TAKEN_UP: False}
# Values of the row that stand under the same name in the event, and those that are personal there.
_SAID = ("way", "language", "text", "label", "page_sha256", "received_on", "file_sha256")
_PERSONAL = ("name", "email", "contract", "note")


def run(progress: Progress) -> Iterator[FsckFinding]:
    """Every withdrawal is the one that was recorded, and none of those recorded is missing."""
    keys = Withdrawal.objects.order_by("pk").values_list("pk", flat=True)
    yield from look_through(keys.iterator(), _look, size=_AT_ONCE, total=keys.count(), progress=progress)
    yield from look_through(events_of([E.WITHDRAWAL_DECLARED]), _missing, size=_AT_ONCE)


def _look(keys: list[int]) -> Iterator[FsckFinding]:
    rows = list(Withdrawal.objects.filter(pk__in=keys).select_related("dispatch").order_by("pk"))
    about: dict[str, list[Told]] = {str(row.public_id): [] for row in rows}
    # First those about itself: once it is assigned, its events are about its dispatch.
    subjects = dict.fromkeys([*about, *(str(row.dispatch.public_id) for row in rows if row.dispatch)])
    for subject, events in events_about(subjects, (*_KINDS, *_DESK)).items():
        for event in events:
            meant = event.data.get("withdrawal") or subject
            if meant in about and (event.kind not in _DESK or subject == meant):
                about[meant].append(event)
    for row in rows:
        yield from _compare(row, about[str(row.public_id)])


def _compare(row: Withdrawal, events: list[Told]) -> Iterator[FsckFinding]:
    where = f"withdrawal {row.public_id}"
    declared = next((event for event in events if event.kind is E.WITHDRAWAL_DECLARED), None)
    if declared is None:
        yield _odd(where, "Kein Ereignis sagt, dass widerrufen wurde.", "No event says that it was declared.")
        return
    where = f"{where}, {declared.where}"
    stands = _stands(row)
    differing = [name for name in _SAID if name in declared.data and stands[name] != declared.data[name]]
    personal = declared.personal or {}
    differing += [name for name in _PERSONAL if name in personal and getattr(row, name) != personal[name]]
    differing += [name for name, value in _decided(events).items() if value != stands[name]]
    if row.made_at != declared.at:
        differing.append("made_at")
    for name in differing:
        yield _odd(where, f"{name} ist nicht, was aufgezeichnet wurde.", f"{name} is not what was recorded.")


def _stands(row: Withdrawal) -> dict[str, Any]:
    page = bytes(row.page_html)
    return {
        "way": row.way,
        "language": row.language,
        "text": row.text,
        "label": row.label,
        "page_sha256": hashlib.sha256(page).hexdigest() if page else "",
        "received_on": row.received_on.isoformat() if row.received_on else None,
        "file_sha256": row.file_sha256,
        "late": row.late,
        "effective": row.effective,
        "set_aside": row.set_aside_at is not None,
        "dispatch": str(row.dispatch.public_id) if row.dispatch else None,
    }


def _decided(events: Iterable[Told]) -> dict[str, Any]:
    """What the events, one after the other, have made of it."""
    found: dict[str, Any] = {"effective": None, "set_aside": False}
    for event in events:
        if event.kind in {E.WITHDRAWAL_DECLARED, E.WITHDRAWAL_ASSIGNED}:
            found["dispatch"] = None if event.subject == event.data.get("withdrawal") else event.subject
            if "late" in event.data:
                found["late"] = event.data["late"]
        elif event.kind is E.WITHDRAWAL_DECIDED:
            found["effective"] = event.data.get("effective")
        elif event.kind is E.WITHDRAWAL_RELEASED:
            found |= {"dispatch": None, "late": False, "effective": None}
        elif event.kind in _DESK:
            found["set_aside"] = _DESK[event.kind]
    return found


def _missing(events: list[Told]) -> Iterator[FsckFinding]:
    ids = {str(event.data.get("withdrawal")): event for event in events}
    there = {
        str(one)
        for one in Withdrawal.objects.filter(public_id__in=list(filter(is_id, ids))).values_list("public_id", flat=True)
    }
    gone = {name: event for name, event in ids.items() if name not in there}
    explained = erased(event.subject for event in gone.values()) | erased_with_their_dispatch(gone)
    for name, event in gone.items():
        if event.subject not in explained and name not in explained:
            yield _odd(f"withdrawal {name}, {event.where}", "Der Widerruf fehlt.", "The withdrawal is missing.")


def is_id(text: str) -> bool:
    """Whether it is a public id, as the database can be asked for."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def erased(subjects: Iterable[str]) -> set[str]:
    """Those of these subjects whose erasure stands in the ledger."""
    return {subject for subject, events in events_about(set(subjects), [E.DISPATCH_ERASED]).items() if events}


def erased_with_their_dispatch(subjects: Iterable[str]) -> set[str]:
    """Withdrawals from the public address that were assigned to a dispatch, and erased with it."""
    wanted = set(subjects)
    found: dict[str, str] = {}
    for event in events_of([E.WITHDRAWAL_ASSIGNED]) if wanted else ():
        if (name := str(event.data.get("withdrawal"))) in wanted:
            found[name] = event.subject
    gone = erased(found.values())
    return {name for name, dispatch in found.items() if dispatch in gone}


def _odd(where: str, de: str, en: str) -> FsckFinding:
    return FsckFinding(NAME, where, de, en)

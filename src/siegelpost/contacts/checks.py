"""What the contacts' room compares with the ledger: consents, word for word, and why personal values are gone."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from siegelpost.contacts.models import Consent
from siegelpost.ledger.events import EventKind as E
from siegelpost.ledger.inspection import FsckFinding, Progress, look_through
from siegelpost.ledger.subject import Told, events_about, events_of

NAME = "consents"
_AT_ONCE = 200
_KINDS = (E.CONSENT_ASKED, E.CONSENT_GIVEN, E.CONSENT_WITHDRAWN)
# The row's moment is taken a little before the event's.
_NEAR = timedelta(minutes=5)


def run(progress: Progress) -> Iterator[FsckFinding]:
    """Every consent is the one that was recorded, and none of those recorded is missing."""
    keys = Consent.objects.order_by("pk").values_list("pk", flat=True)
    yield from look_through(keys.iterator(), _look, size=_AT_ONCE, total=keys.count(), progress=progress)
    yield from look_through(events_of([E.CONSENT_ASKED]), _missing, size=_AT_ONCE)


def _look(keys: list[int]) -> Iterator[FsckFinding]:
    rows = {str(row.public_id): row for row in Consent.objects.filter(pk__in=keys).order_by("pk")}
    for public_id, events in events_about(rows, _KINDS).items():
        yield from _compare(rows[public_id], {event.kind: event for event in events})


def _compare(row: Consent, events: dict[E | None, Told]) -> Iterator[FsckFinding]:
    where = f"consent {row.public_id}"
    asked = events.get(E.CONSENT_ASKED)
    if asked is None:
        yield _odd(where, "Kein Ereignis sagt, dass sie angekreuzt wurde.", "No event says that it was ticked.")
        return
    moments = {"given_at": E.CONSENT_GIVEN, "withdrawn_at": E.CONSENT_WITHDRAWN}
    differing = [name for name, kind in moments.items() if not _is_when(getattr(row, name), events.get(kind))]
    if hashlib.sha256(row.text.encode()).hexdigest() != asked.data.get("text_sha256"):
        differing.append("text")
    if row.email != (asked.personal or {}).get("email", row.email):
        differing.append("email")
    for name in differing:
        yield _odd(where, f"{name} ist nicht, was aufgezeichnet wurde.", f"{name} is not what was recorded.")


def _is_when(moment: datetime | None, event: Told | None) -> bool:
    if moment is None or event is None:
        return moment is None and event is None
    return abs(moment - event.at) <= _NEAR


def _missing(asked: list[Told]) -> Iterator[FsckFinding]:
    there = _there(event.subject for event in asked)
    gone = {event.subject: event for event in asked if event.subject not in there}
    # Who is erased whole leaves no values behind: one of which they still stand was not erased.
    explained = erased_with_their_contact(gone)
    for subject, event in gone.items():
        if event.personal is not None or subject not in explained:
            yield _odd(f"consent {subject}, {event.where}", "Die Einwilligung fehlt.", "The consent is missing.")


def erased_with_their_contact(subjects: Iterable[str]) -> set[str]:
    """Consents that went with the whole contact; the event of that names the contact alone."""
    asked = {subject for subject, events in events_about(set(subjects), _KINDS).items() if events}
    if not asked or not any(event.data.get("whole") for event in events_of([E.CONTACT_ERASED])):
        return set()
    return asked - _there(asked)


def _there(subjects: Iterable[str]) -> set[str]:
    ids = []
    for subject in subjects:
        try:
            ids.append(UUID(subject))
        except ValueError:
            continue
    return {str(one) for one in Consent.objects.filter(public_id__in=ids).values_list("public_id", flat=True)}


def _odd(where: str, de: str, en: str) -> FsckFinding:
    return FsckFinding(NAME, where, de, en)

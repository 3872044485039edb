"""The history of a case in one stream: activities, appointments and dispatches of a contact or a property.

Each kind is asked for by its own index, so much of it as one page can show; then they are put in order.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import QuerySet

from siegelpost.contacts import activities, appointments
from siegelpost.contacts.diary_models import Activity, Appointment
from siegelpost.contacts.models import Contact
from siegelpost.dispatch import search
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.recipient import acts
from siegelpost.dispatch.recipient.acts import Done
from siegelpost.estates import search as estates
from siegelpost.estates.models import Estate

PAGE_LENGTH = 30


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of the stream; ``what`` says which of the three ``thing`` is."""

    at: datetime
    what: Literal["activity", "appointment", "dispatch"]
    thing: Activity | Appointment | Dispatch


@dataclass(frozen=True, slots=True)
class Stream:
    """A page of a stream, the latest first; ``older`` is where the next one begins, None when this is the last.

    ``did`` says what the recipients of its dispatches did (see :func:`siegelpost.dispatch.recipient.acts.of`).
    """

    entries: list[HistoryEntry]
    older: datetime | None
    did: dict[int, list[Done]]


def of_contact(contact: Contact, *, before: datetime | None = None) -> Stream:
    """What was done with a contact, from ``before`` back."""
    return _stream(search.of_contact(contact), before, contact=contact)


def of_estate(estate: Estate, *, before: datetime | None = None) -> Stream:
    """What was done about a property, from ``before`` back."""
    return _stream(search.of_estate(estate), before, estate=estate)


# So many are offered to choose from; whoever wants another one starts at its page.
_MOST_LIKELY = 15


def estates_of(contact: Contact) -> list[Estate]:
    """Properties this contact most likely speaks of: those of its dispatches and activities, then the latest offers."""
    sent = Estate.objects.filter(dispatches__contact=contact).order_by("-dispatches__created_at")
    told = Estate.objects.filter(activities__contact=contact).order_by("-activities__at")
    found = [*sent[:_MOST_LIKELY], *told[:_MOST_LIKELY], *estates.find(status="offered")[:_MOST_LIKELY]]
    return list(dict.fromkeys(found))[: 2 * _MOST_LIKELY]


def contacts_of(estate: Estate | None) -> list[Contact]:
    """Contacts this property most likely was shown to: those of its dispatches and activities."""
    if estate is None:
        return []
    sent = Contact.objects.filter(dispatches__estates=estate).order_by("-dispatches__created_at")
    told = Contact.objects.filter(activities__estate=estate).order_by("-activities__at")
    return list(dict.fromkeys([*sent[: 2 * _MOST_LIKELY], *told[: 2 * _MOST_LIKELY]]))


def _stream(dispatches: QuerySet[Dispatch], before: datetime | None, **about: Contact | Estate) -> Stream:
    done = activities.listed().filter(**about).order_by("-at", "-pk")
    dates = appointments.listed().filter(**about).order_by("-starts_at", "-pk")
    if before:
        done, dates = done.filter(at__lt=before), dates.filter(starts_at__lt=before)
        dispatches = dispatches.filter(created_at__lt=before)
    most = PAGE_LENGTH + 1
    found = [HistoryEntry(one.at, "activity", one) for one in done[:most]]
    found += [HistoryEntry(one.starts_at, "appointment", one) for one in dates[:most]]
    found += [HistoryEntry(one.created_at, "dispatch", one) for one in dispatches[:most]]
    found.sort(key=lambda entry: entry.at, reverse=True)
    if len(found) <= PAGE_LENGTH:
        return Stream(found, None, _did(found))
    # What happened at the same moment stays on one page: the next one begins before it.
    last = found[PAGE_LENGTH - 1].at
    page = [entry for entry in found if entry.at >= last]
    return Stream(page, last if len(page) < len(found) else None, _did(page))


def _did(entries: list[HistoryEntry]) -> dict[int, list[Done]]:
    return acts.of(entry.thing for entry in entries if isinstance(entry.thing, Dispatch))

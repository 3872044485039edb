"""The history of a case in one stream: activities, appointments and dispatches of a contact or a property.

Each kind is asked for by its own index, so much of it as one page can show; then they are put in order.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from siegelpost.contacts import activities, appointments
from siegelpost.contacts.diary_models import Activity, Appointment, Participant
from siegelpost.contacts.models import Consent, Contact
from siegelpost.dispatch import search
from siegelpost.dispatch.evidence import story
from siegelpost.dispatch.evidence.story import StoryLine
from siegelpost.dispatch.models import Dispatch, Interest, Withdrawal
from siegelpost.dispatch.recipient import acts
from siegelpost.estates import search as estates
from siegelpost.estates.models import Estate
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.models import Event
from siegelpost.mail.models import ANSWERS, IncomingMail

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

    ``stories`` tells what happened to each of its dispatches (see :mod:`siegelpost.dispatch.evidence.story`).
    """

    entries: list[HistoryEntry]
    older: datetime | None
    stories: dict[int, list[StoryLine]]


def of_contact(contact: Contact, *, before: datetime | None = None) -> Stream:
    """What was done with a contact, from ``before`` back."""
    return _stream(search.of_contact(contact), before, Q(contact=contact), appointments.with_contact(contact))


def of_estate(estate: Estate, *, before: datetime | None = None) -> Stream:
    """What was done about a property, from ``before`` back."""
    return _stream(search.of_estate(estate), before, Q(estate=estate), Q(estate=estate))


# Acts of which nothing else is kept. Looks are none: a program may have had them.
_ONLY_IN_THE_LEDGER = (EventKind.PRIOR_KNOWLEDGE_STATED, EventKind.CONSIGNMENT_REJECTION, EventKind.DISPATCH_SENT_AGAIN)


def last_contact(contacts: Iterable[Contact]) -> dict[int, datetime]:
    """When something last happened with each of these contacts, on either side, by their primary keys.

    With whom nothing has happened yet is not in it; what is arranged for later has not happened.
    """
    keys = {contact.pk for contact in contacts}
    now = timezone.now()
    found: dict[int, datetime] = {}

    def note(rows: Iterable[tuple[int | None, datetime | None]]) -> None:
        for pk, at in rows:
            if pk is not None and at is not None:
                found[pk] = max(at, found.get(pk, at))

    note(Activity.objects.filter(contact__in=keys, at__lte=now).order_by().values_list("contact").annotate(Max("at")))
    held = Appointment.objects.filter(contact__in=keys, starts_at__lte=now, cancelled_at=None)
    note(held.order_by().values_list("contact").annotate(Max("starts_at")))
    came = Participant.objects.filter(contact__in=keys, cancelled_at=None, appointment__cancelled_at=None)
    came = came.filter(appointment__starts_at__lte=now).order_by()
    note(came.values_list("contact").annotate(Max("appointment__starts_at")))
    of: dict[str, int] = {}
    sent = Dispatch.objects.filter(contact__in=keys).order_by()
    for pk, public_id, *moments in sent.values_list("contact", "public_id", "created_at", "declared_at"):
        of[str(public_id)] = pk
        note((pk, at) for at in moments)
    wishes = Interest.objects.filter(dispatch__contact__in=keys).order_by()
    note(wishes.values_list("dispatch__contact").annotate(Max("made_at")))
    withdrawn = Withdrawal.objects.filter(dispatch__contact__in=keys).order_by()
    note(withdrawn.values_list("dispatch__contact").annotate(Max("made_at")))
    consents = Consent.objects.filter(contact__in=keys).order_by()
    for pk, *moments in consents.values_list("contact", "asked_at", "given_at", "withdrawn_at"):
        note((pk, at) for at in moments)
    told = Event.objects.filter(subject__in=of, kind__in=_ONLY_IN_THE_LEDGER).order_by()
    note((of[subject], at) for subject, at in told.values_list("subject").annotate(Max("at")))
    replies = IncomingMail.objects.filter(dispatch_id__in=of, kind__in=ANSWERS).order_by()
    note((of[public_id], at) for public_id, at in replies.values_list("dispatch_id").annotate(Max("received_at")))
    return found


# So many of each sort are offered to choose from at first.
_MOST_LIKELY = 15
_Thing = TypeVar("_Thing", bound=Contact | Estate)


@dataclass(frozen=True, slots=True)
class Choice(Generic[_Thing]):
    """What a form offers to choose from, the likeliest first; ``more`` when there are others beside these."""

    found: list[_Thing]
    more: bool


def estates_of(contact: Contact | None, *, everything: bool = False) -> Choice[Estate]:
    """Properties a contact most likely speaks of: those of its dispatches and activities, then the latest offers.

    Args:
        contact: None where nobody is known: the offers alone.
        everything: all of them, not the likeliest alone.
    """
    offered = estates.find(status="offered").values_list("pk", flat=True)
    known: list[QuerySet[Any]] = []
    if contact:
        known = [
            _latest(Dispatch.objects.filter(contact=contact), "estates", "created_at"),
            _latest(Activity.objects.filter(contact=contact), "estate", "at"),
        ]
    most = _MOST_LIKELY if contact else 2 * _MOST_LIKELY
    return _choice(Estate.objects.all(), [*known, offered], None if everything else most)


def estate_shown_to(contact: Contact) -> Estate | None:
    """The property this contact was sent; None when it was none, or more than one."""
    sent = Estate.objects.filter(dispatches__contact=contact).distinct()[:2]
    return sent[0] if len(sent) == 1 else None


def contacts_of(estate: Estate | None, *, everything: bool = False) -> Choice[Contact]:
    """Contacts a property was shown to: those of its dispatches and activities, the latest first; none of no property.

    Args:
        everything: all of them, not the latest alone.
    """
    if estate is None:
        return Choice([], more=False)
    shown_to = [
        _latest(Dispatch.objects.filter(estates=estate), "contact", "created_at"),
        _latest(Activity.objects.filter(estate=estate), "contact", "at"),
    ]
    return _choice(Contact.objects.all(), shown_to, None if everything else 2 * _MOST_LIKELY)


def _latest(rows: QuerySet[Any], of: str, at: str) -> QuerySet[Any]:
    """The primary keys of what these rows are about, each once, the latest first."""
    about = rows.filter(**{f"{of}__isnull": False}).order_by().values(of).annotate(last=Max(at))
    keys: QuerySet[Any] = about.order_by("-last").values_list(of, flat=True)
    return keys


def _choice(things: QuerySet[_Thing], sources: Iterable[QuerySet[Any]], most: int | None) -> Choice[_Thing]:
    """What the sources name, at most so many of each."""
    keys: list[int] = []
    more = False
    for source in sources:
        named = list(source if most is None else source[: most + 1])
        more = more or (most is not None and len(named) > most)
        keys += named[:most]
    by_key = things.in_bulk(list(dict.fromkeys(keys)))
    return Choice([by_key[key] for key in dict.fromkeys(keys) if key in by_key], more)


def _stream(dispatches: QuerySet[Dispatch], before: datetime | None, did: Q, takes_part: Q) -> Stream:
    done = activities.listed().filter(did).order_by("-at", "-pk")
    # What is offered and nobody has booked is no history.
    dates = appointments.taking_place(appointments.listed().filter(takes_part)).order_by("-starts_at", "-pk")
    if before:
        done, dates = done.filter(at__lt=before), dates.filter(starts_at__lt=before)
        dispatches = dispatches.filter(created_at__lt=before)
    most = PAGE_LENGTH + 1
    found = [HistoryEntry(one.at, "activity", one) for one in done[:most]]
    found += [HistoryEntry(one.starts_at, "appointment", one) for one in dates[:most]]
    found += [HistoryEntry(one.created_at, "dispatch", one) for one in dispatches[:most]]
    found.sort(key=lambda entry: entry.at, reverse=True)
    if len(found) <= PAGE_LENGTH:
        return Stream(found, None, _stories(found))
    # What happened at the same moment stays on one page: the next one begins before it.
    last = found[PAGE_LENGTH - 1].at
    page = [entry for entry in found if entry.at >= last]
    return Stream(page, last if len(page) < len(found) else None, _stories(page))


def _stories(entries: list[HistoryEntry]) -> dict[int, list[StoryLine]]:
    sent = [entry.thing for entry in entries if isinstance(entry.thing, Dispatch)]
    return story.of_many(sent, acts.of(sent))

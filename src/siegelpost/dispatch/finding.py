"""Finding dispatches: lists for the office, and what it should look at today."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.db.models import Count, QuerySet

from siegelpost.contacts.models import Contact
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.states import State
from siegelpost.estates.models import Estate
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.models import Event
from siegelpost.office.models import Agent

# What a filter of the list means.
GROUPS = MappingProxyType(
    {
        "all": frozenset(State),
        "under-way": frozenset({State.HELD, State.QUEUED, State.NOTIFIED, State.WAITING}),
        "opened": frozenset({State.OPEN}),
        "trouble": frozenset({State.HELD, State.UNDELIVERABLE}),
        "ended": frozenset({State.WITHDRAWN, State.REVOKED, State.EXPIRED, State.REFUSED}),
    }
)

# What a recipient did, by which the office decides what to do next.
_ACTS = frozenset(
    {
        EventKind.NOTIFICATION_ACCESS_TRACKING,
        EventKind.DECLARATION_MADE,
        EventKind.GATE_OPENED,
        EventKind.CONTENT_HANDOVER,
        EventKind.WITHDRAWAL_DECLARED,
        EventKind.INTEREST_STATED,
        EventKind.PRIOR_KNOWLEDGE_STATED,
        EventKind.CONSIGNMENT_ACCEPTANCE,
        EventKind.CONSIGNMENT_REJECTION,
    }
)
_LOOKED_AT = 3000


@dataclass(frozen=True, slots=True)
class Act:
    """The latest thing a recipient did with a dispatch."""

    at: datetime
    kind: EventKind
    dispatch: Dispatch


def find(group: str = "all") -> QuerySet[Dispatch]:
    """Dispatches of a group of states, newest first; an unknown group is all of them."""
    states = GROUPS.get(group, GROUPS["all"])
    found = _listed()
    return found if len(states) == len(State) else found.filter(state__in=states)


def one(public_id: uuid.UUID) -> Dispatch:
    """The dispatch with this public id.

    Raises:
        Dispatch.DoesNotExist: there is none.
    """
    return _listed().get(public_id=public_id)


def of_batch(batch: uuid.UUID) -> QuerySet[Dispatch]:
    """What was sent to several recipients at once, by their names."""
    return _listed().filter(batch=batch).order_by("contact__last_name", "contact__first_name", "pk")


def of_contact(contact: Contact) -> QuerySet[Dispatch]:
    """What was sent to a contact, newest first."""
    return _listed().filter(contact=contact)


def of_estate(estate: Estate) -> QuerySet[Dispatch]:
    """To whom a property was sent, newest first."""
    return _listed().filter(estates=estate)


def among(public_ids: Iterable[uuid.UUID], agent: Agent) -> QuerySet[Dispatch]:
    """Those of these dispatches that the agent sent."""
    return Dispatch.objects.filter(public_id__in=list(public_ids), agent=agent).only("public_id", "state")


def in_trouble() -> QuerySet[Dispatch]:
    """What the send guard holds and what could not be delivered, oldest first: somebody must act."""
    return _listed().filter(state__in=GROUPS["trouble"]).order_by("created_at")


def counts() -> dict[str, int]:
    """How many dispatches each group has."""
    by_state = dict(Dispatch.objects.order_by().values_list("state").annotate(Count("pk")))
    return {group: sum(by_state.get(state, 0) for state in states) for group, states in GROUPS.items()}


def acts_since(moment: datetime, *, at_most: int = 30) -> list[Act]:
    """What recipients did since ``moment``: the latest act of each dispatch, newest first.

    Looks at the newest events only, so that it costs the same however long the log is.
    """
    newest = Event.objects.order_by("-id").values_list("subject", "kind", "at")[:_LOOKED_AT]
    latest: dict[str, tuple[datetime, EventKind]] = {}
    for subject, kind, at in newest:
        if at >= moment and kind in _ACTS:
            latest.setdefault(subject, (at, EventKind(kind)))
    known = {str(one.public_id): one for one in _listed().filter(public_id__in=list(latest)[:at_most])}
    return [Act(at, kind, known[subject]) for subject, (at, kind) in latest.items() if subject in known]


def _listed() -> QuerySet[Dispatch]:
    return Dispatch.objects.select_related("contact", "agent").prefetch_related("estates").defer("page", "content")

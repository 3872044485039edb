"""Finding dispatches: lists for the office, and what it should look at today."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.db.models import Count, Q, QuerySet

from siegelpost.contacts.models import Contact
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.recipient import acts, to_do
from siegelpost.dispatch.recipient.acts import Done
from siegelpost.dispatch.states import DispatchState
from siegelpost.estates.models import Estate
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.models import Event
from siegelpost.office.models import Agent

# What a filter of the list means.
GROUPS = MappingProxyType(
    {
        "all": frozenset(DispatchState),
        "under-way": frozenset(
            {DispatchState.HELD, DispatchState.QUEUED, DispatchState.NOTIFIED, DispatchState.WAITING}
        ),
        "opened": frozenset({DispatchState.OPEN}),
        "trouble": frozenset({DispatchState.HELD, DispatchState.UNDELIVERABLE}),
        "ended": frozenset(
            {DispatchState.WITHDRAWN, DispatchState.REVOKED, DispatchState.EXPIRED, DispatchState.REFUSED}
        ),
    }
)

# Events of what recipients do; those that a program may cause as well come last.
_ACTS = frozenset(
    {
        EventKind.DECLARATION_MADE,
        EventKind.WITHDRAWAL_DECLARED,
        EventKind.INTEREST_STATED,
        EventKind.PRIOR_KNOWLEDGE_STATED,
        EventKind.REPLY_RECEIVED,
        EventKind.CONSIGNMENT_ACCEPTANCE,
        EventKind.CONSIGNMENT_REJECTION,
    }
)
_LOOKED_AT = 3000


@dataclass(frozen=True, slots=True)
class News:
    """What a recipient did with a dispatch lately, the highest rank first; a withdrawal or refusal leads for good."""

    dispatch: Dispatch
    done: list[Done]

    @property
    def at(self) -> datetime:
        """When the latest of it was done."""
        return max(one.at for one in self.done)


def find(group: str = "all") -> QuerySet[Dispatch]:
    """Dispatches of a group of states, newest first; an unknown group is all of them.

    To ``trouble`` belongs, beside its states, whatever somebody has still to see to.
    """
    return _listed().filter(_in_group(group)) if group in GROUPS and group != "all" else _listed()


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


def counts() -> dict[str, int]:
    """How many dispatches each group has."""
    by_state = dict(Dispatch.objects.order_by().values_list("state").annotate(Count("pk")))
    counted = {group: sum(by_state.get(state, 0) for state in states) for group, states in GROUPS.items()}
    return counted | {"trouble": Dispatch.objects.filter(_in_group("trouble")).count()}


def _in_group(group: str) -> Q:
    states = Q(state__in=GROUPS[group])
    return states | Q(pk__in=to_do.concerned()) if group == "trouble" else states


def news_since(moment: datetime, *, at_most: int = 30) -> list[News]:
    """What recipients did since ``moment``: what a person did before mere looks, then the latest first.

    Looks at the newest events only, so that it costs the same however long the log is.
    """
    newest = Event.objects.order_by("-id").values_list("subject", "kind", "at")[:_LOOKED_AT]
    acted: dict[str, bool] = {}
    for subject, kind, at in newest:
        if at >= moment and (kind in _ACTS or kind in acts.LOOKS):
            acted[subject] = acted.get(subject, False) or kind in _ACTS
    wanted = sorted(acted, key=lambda subject: not acted[subject])[:at_most]
    dispatches = list(_listed().filter(public_id__in=[one for one in wanted if len(one) == _LONG]))
    done = acts.of(dispatches)
    found = [News(dispatch, lately) for dispatch in dispatches if (lately := _lately(done[dispatch.pk], moment))]
    return sorted(found, key=lambda news: (news.done[0].is_look, -news.at.timestamp()))


# Characters of a public id; an event can be about something else as well.
_LONG = 36


def _lately(done: list[Done], moment: datetime) -> list[Done]:
    """What was done since then; of mere looks the highest, and none beside an act."""
    new = [one for one in done if one.at >= moment]
    acted = [one for one in new if not one.is_look] or new[:1]
    final = [one for one in done[:1] if one.deed in acts.FINAL and one not in acted]
    return final + acted if acted else []


def _listed() -> QuerySet[Dispatch]:
    return Dispatch.objects.select_related("contact", "agent").prefetch_related("estates").defer("page", "content")

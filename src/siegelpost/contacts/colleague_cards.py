"""The contact cards of colleagues, and what somebody lacks to work from outside."""

import uuid
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from siegelpost.contacts.models import Card, Contact
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.office import agents
from siegelpost.office.models import Agent, Role

MOST_SUGGESTED = 5


class Missing(StrEnum):
    """What stands between a person and their work from outside."""

    OUTSIDE_ACCESS = "outside_access"
    CARD = "card"


class TakenError(Exception):
    """The contact is somebody else's card; nothing was changed."""


def missing(agent: Agent) -> list[Missing]:
    """What an administrator must still see to; empty for who may work from outside.

    Administrators, managers and partners need the right; an agent needs a contact card as well, because recipients
    are told whom to call.
    """
    found = [] if agent.outside_access else [Missing.OUTSIDE_ACCESS]
    if agent.role == Role.AGENT and not Card.objects.filter(agent=agent).exists():
        found.append(Missing.CARD)
    return found


def able(numbers: Iterable[str]) -> QuerySet[Agent]:
    """Those of these people (by primary key) who work here and lack nothing of :func:`missing`."""
    with_what_they_need = ~Q(role=Role.AGENT) | Q(card__isnull=False)
    return Agent.objects.filter(with_what_they_need, pk__in=list(numbers), is_active=True, outside_access=True)


def of(agent: Agent) -> Contact | None:
    """The person's contact card."""
    return Contact.objects.filter(card__agent=agent).first()


def suggestions(agent: Agent) -> QuerySet[Contact]:
    """Contacts that are probably this person: the same address or the same name, and nobody's card yet."""
    first, _, last = agent.name.rpartition(" ")
    alike = Q(email__iexact=agent.email)
    if last:
        alike |= Q(last_name=last, first_name=first)
    return Contact.objects.filter(alike, card=None, merged_into=None)[:MOST_SUGGESTED]


@transaction.atomic
def add_person(values: Mapping[str, Any], *, by: Agent) -> tuple[Agent, str]:
    """A new person with a contact card where their work needs one, and the one-time link that lets them in."""
    agent, link = agents.add(values, by=by)
    if agent.may_send:
        give(agent, None, by=by)
    return agent, link


@transaction.atomic
def give(agent: Agent, contact_id: uuid.UUID | None, *, by: Agent) -> Contact:
    """Make a contact the person's card: the one named, else one with their address, else a new one.

    Raises:
        Contact.DoesNotExist: no contact has this public id.
        TakenError: it is somebody else's card.
    """
    contact = Contact.objects.get(public_id=contact_id) if contact_id else _own_or_new(agent)
    try:
        with transaction.atomic():
            Card.objects.update_or_create(agent=agent, defaults={"contact": contact})
    except IntegrityError as error:
        raise TakenError from error
    _record(agent, by, has_card=True)
    return contact


@transaction.atomic
def take(agent: Agent, *, by: Agent) -> None:
    """Take the card away; the contact stays."""
    if Card.objects.filter(agent=agent).delete()[0]:
        _record(agent, by, has_card=False)


def _own_or_new(agent: Agent) -> Contact:
    found = Contact.objects.filter(email__iexact=agent.email, card=None, merged_into=None).first()
    if found:
        return found
    first, _, last = agent.name.rpartition(" ")
    return Contact.objects.create(
        first_name=first, last_name=last, email=agent.email, phone=agent.phone, language=agent.language
    )


def _record(agent: Agent, by: Agent, *, has_card: bool) -> None:
    append(
        EventKind.ACCESS_GRANTED,
        subject="office",
        data={"agent": str(agent.public_id), "card": has_card, "by": str(by.public_id)},
    )

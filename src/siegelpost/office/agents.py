"""The people of the office: adding them, changing what they may, letting them in."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import QuerySet

from siegelpost import storage
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.office.models import Agent, Role
from siegelpost.office.sign_in import new_link


class LastAdministratorError(Exception):
    """The change would leave nobody who can administer the office from outside; nothing was changed."""


def everybody() -> QuerySet[Agent]:
    """All people, those who work here first."""
    return Agent.objects.order_by("-is_active", "name", "pk")


def one(public_id: uuid.UUID) -> Agent:
    """The person with this public id.

    Raises:
        Agent.DoesNotExist: there is none.
    """
    return Agent.objects.get(public_id=public_id)


def administrators() -> QuerySet[Agent]:
    """Those who can be asked for access."""
    return Agent.objects.filter(role=Role.ADMINISTRATOR, is_active=True).order_by("name")


@transaction.atomic
def add(values: Mapping[str, Any], *, by: Agent) -> tuple[Agent, str]:
    """A new person, and the one-time link that lets them in."""
    agent = Agent.objects.create_user(**values)
    _record(agent, by)
    return agent, new_link(agent, by=by)


@transaction.atomic
def change(agent: Agent, *, by: Agent) -> Agent:
    """Keep changed data of a person; a change of role or access is recorded.

    Raises:
        LastAdministratorError: it would take the last administrator away.
    """
    before = Agent.objects.select_for_update().get(pk=agent.pk)
    rights = ("role", "outside_access", "is_active")
    agent.save()
    if not administrators().filter(outside_access=True).exists():
        raise LastAdministratorError
    if any(getattr(before, name) != getattr(agent, name) for name in rights):
        _record(agent, by)
    return agent


@transaction.atomic
def save_myself(agent: Agent, *, photo: bytes | None = None) -> Agent:
    """Keep what a person changed about themselves.

    Args:
        photo: as :func:`siegelpost.office.photo.draw` makes it; None keeps the one that is there, empty removes it.
            The file of an old one is the caller's.
    """
    if photo is not None:
        agent.photo = storage.put(photo) if photo else ""
    agent.save(update_fields=["name", "phone", "language", "photo"])
    return agent


@transaction.atomic
def choose_password(agent: Agent, password: str) -> Agent:
    """Give a person the password they chose."""
    agent.set_password(password)
    agent.save()
    return agent


@transaction.atomic
def remove_second_factor(agent: Agent, *, by: Agent) -> None:
    """Take codes, passkeys and recovery codes away from somebody who lost them; the password stays."""
    Authenticator.objects.filter(user=agent).delete()
    append(
        EventKind.SECOND_FACTOR_REMOVED,
        subject="office",
        data={"agent": str(agent.public_id), "by": str(by.public_id)},
    )


@transaction.atomic
def signed_in(agent: Agent, ways: Sequence[str]) -> None:
    """Write down that somebody signed in, and by what (``password``, ``mfa`` …)."""
    append(
        EventKind.AGENT_SIGNED_IN,
        subject="office",
        data={"way": "+".join(dict.fromkeys(ways)), "agent": str(agent.public_id)},
    )


def _record(agent: Agent, by: Agent) -> None:
    append(
        EventKind.ACCESS_GRANTED,
        subject="office",
        data={
            "agent": str(agent.public_id),
            "role": agent.role,
            "outside_access": agent.outside_access,
            "active": agent.is_active,
            "by": str(by.public_id),
        },
    )

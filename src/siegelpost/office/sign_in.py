"""One-time sign-in links: for the first administrator, and for an agent who lost every other way in."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.office.models import Agent, Role, SignInLink
from siegelpost.office.tokens import new_token, token_hash
from siegelpost.settings import load

LIFETIME = timedelta(hours=24)
FIRST_AGENT = "admin@localhost"


class LinkRefusedError(Exception):
    """The sign-in link is unknown, used or too old; which of these is not told to a stranger."""


@transaction.atomic
def new_link(agent: Agent) -> str:
    """A fresh one-time link for ``agent``; older ones that were not used end with it."""
    SignInLink.objects.filter(agent=agent, used_at=None).delete()
    token, hashed = new_token()
    SignInLink.objects.create(agent=agent, token_hash=hashed, expires_at=timezone.now() + LIFETIME)
    return f"{load().public_address}/sign-in/{token}/"


def first_sign_in_link() -> str | None:
    """The link that lets the first administrator in, or ``None`` once an administrator has chosen a password."""
    administrators = Agent.objects.filter(role=Role.ADMINISTRATOR, is_active=True)
    if any(agent.has_usable_password() for agent in administrators):
        return None
    agent = administrators.first() or Agent.objects.create_user(
        FIRST_AGENT, name="Verwaltung", role=Role.ADMINISTRATOR, outside_access=True
    )
    return new_link(agent)


def find(token: str) -> SignInLink:
    """The usable link with this token.

    Raises:
        LinkRefusedError: unknown, used, expired, or its agent is no longer active.
    """
    link = (
        SignInLink.objects.select_related("agent")
        .filter(token_hash=token_hash(token), used_at=None, expires_at__gt=timezone.now(), agent__is_active=True)
        .first()
    )
    if link is None:
        raise LinkRefusedError
    return link


@transaction.atomic
def use(token: str) -> Agent:
    """Spend the link and give its agent.

    Raises:
        LinkRefusedError: as :func:`find`, also for the second of two who come at once.
    """
    link = find(token)
    if not SignInLink.objects.filter(pk=link.pk, used_at=None).update(used_at=timezone.now()):
        raise LinkRefusedError
    append(EventKind.AGENT_SIGNED_IN, subject="office", data={"way": "link", "agent": str(link.agent.public_id)})
    return link.agent

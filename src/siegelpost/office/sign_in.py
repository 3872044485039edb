"""One-time sign-in links: for the first administrator, and for an agent who lost every other way in."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from siegelpost.ledger import halt
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.office.models import Agent, Role, SignInLink
from siegelpost.office.tokens import new_token, token_hash
from siegelpost.settings import load

log = structlog.get_logger(__name__)

LIFETIME = timedelta(hours=24)
FIRST_AGENT = "admin@localhost"


class LinkRefusedError(Exception):
    """The sign-in link is unknown, used or too old; which of these is not told to a stranger."""


@transaction.atomic
def new_link(agent: Agent, *, by: Agent | None, past_second_factor: bool = False) -> str:
    """A fresh one-time link for ``agent``; older ones that were not used end with it.

    Args:
        by: who makes it; nobody for a command on the server itself.
        past_second_factor: whether it lets in without the second factor there is; only a command can say so.
    """
    now = timezone.now()
    SignInLink.objects.filter(agent=agent, used_at=None, expires_at__gt=now).update(expires_at=now)
    token, hashed = new_token()
    SignInLink.objects.create(
        agent=agent, token_hash=hashed, expires_at=now + LIFETIME, made_by=by, past_second_factor=past_second_factor
    )
    made_by = str(by.public_id) if by else "server"
    # While nothing may be written the way in has to stay: who cannot come in cannot read why.
    if halt.reason() is None:
        append(
            EventKind.SIGN_IN_LINK_MADE,
            subject="office",
            data={"agent": str(agent.public_id), "by": made_by, "past_second_factor": past_second_factor},
        )
    else:
        log.warning("a sign-in link was made", agent=str(agent.public_id), by=made_by)
    return f"{load().public_address}/sign-in/{token}/"


def links_of(agent: Agent) -> QuerySet[SignInLink]:
    """The links that were made for this account, the latest first."""
    return SignInLink.objects.select_related("made_by").filter(agent=agent)


def first_sign_in_link() -> str | None:
    """The link that lets the first administrator in, or ``None`` once an administrator has chosen a password."""
    administrators = Agent.objects.filter(role=Role.ADMINISTRATOR, is_active=True)
    if any(agent.has_usable_password() for agent in administrators):
        return None
    agent = administrators.first() or Agent.objects.create_user(
        FIRST_AGENT, name="Verwaltung", role=Role.ADMINISTRATOR, outside_access=True
    )
    return new_link(agent, by=None)


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
def use(token: str) -> SignInLink:
    """Spend the link and give it; that its agent has signed in is written once they have.

    Raises:
        LinkRefusedError: as :func:`find`, also for the second of two who come at once.
    """
    link = find(token)
    if not SignInLink.objects.filter(pk=link.pk, used_at=None).update(used_at=timezone.now()):
        raise LinkRefusedError
    return link

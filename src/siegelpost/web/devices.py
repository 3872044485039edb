"""The devices on which somebody is signed in, and signing them out."""

from allauth.usersessions.models import UserSession
from django.db import transaction

from siegelpost.office.models import Agent


def of(agent: Agent) -> list[UserSession]:
    """The sessions of this person that are still open."""
    found: list[UserSession] = UserSession.objects.purge_and_list(agent)
    return found


@transaction.atomic
def end(agent: Agent, number: int) -> None:
    """Sign one device of this person out.

    Raises:
        UserSession.DoesNotExist: it is not theirs, or was signed out before.
    """
    UserSession.objects.get(user=agent, pk=number).end()


@transaction.atomic
def end_all(agent: Agent) -> int:
    """Sign this person out everywhere, when a phone was lost; gives how many devices that were."""
    found = of(agent)
    for session in found:
        session.end()
    return len(found)

"""The electronic withdrawal function (§ 356a BGB): on every recipient page and at a public address, without login."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from siegelpost.dispatch import joint, links
from siegelpost.dispatch.declaring import Client
from siegelpost.dispatch.models import Dispatch, Kind, Withdrawal
from siegelpost.dispatch.notices import acknowledge_withdrawal, tell_agent_of_withdrawal
from siegelpost.dispatch.states import TRANSITIONS, Act, State
from siegelpost.dispatch.stopping import stop_reminders
from siegelpost.folding import fold
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.office.models import Agent, Office

# Longer than any row of holidays of a single Land, which the computed end does not know.
SHOWN_LONGER = timedelta(days=7)
# The same words from the public address again so soon are the same withdrawal: pressed twice, or the page reloaded.
ONE_PRESS = timedelta(hours=1)
_MOST_MEANT = 10


class NotMeantError(Exception):
    """No consumer has ordered by this dispatch: there is nothing to withdraw from."""


def may_withdraw(dispatch: Dispatch) -> bool:
    """Whether the function takes a withdrawal from this contract: a consumer has ordered.

    Whether it is still in time is a question of law and not decided here: it is taken in and passed on, with the
    day on which the period ended as far as it can be computed.
    """
    return dispatch.declared_at is not None and bool(dispatch.page["gate"]["hold_days"])


def is_shown(period_ends_at: datetime | None, now: datetime) -> bool:
    """Whether a page shows the function of its contract: through the whole period, and a little longer.

    Args:
        period_ends_at: the computed end; none where there is no right of withdrawal, or nothing was ordered yet.
    """
    return period_ends_at is not None and now < period_ends_at + SHOWN_LONGER


@transaction.atomic
def withdraw(
    *, name: str, email: str, contract: str, token: str | None, client: Client, language: str = "de"
) -> Withdrawal:
    """Take in a withdrawal, acknowledge it by mail at once, and tell the agent.

    From the public address it belongs to the one contract that this person can mean; where there are several, or the
    name is another one, the office decides (:func:`meant`, :func:`assign`). The same one declared again for a
    dispatch, or in the same words within :data:`ONE_PRESS`, changes nothing and gives the first.

    Args:
        contract: how the recipient names the contract; for a page of a dispatch, its subject.
        token: of the dispatch on whose page it was declared, or ``None`` from the public address.
        language: of the page at the public address, and so of the acknowledgement.

    Raises:
        LinkUnknownError: no dispatch has this token.
    """
    now = timezone.now()
    words = {"name": name, "email": email, "contract": contract}
    if token:
        dispatch: Dispatch | None = links.find(token, kind=Kind.SECURE_EXPOSE, lock=True)
    else:
        Office.objects.select_for_update().first()
        dispatch = _only_one(name, email)
    # A row is locked: a second press of the button, also a simultaneous one, finds what the first has made.
    alike = Withdrawal.objects.filter(**words)
    known = (alike.filter(dispatch=dispatch) if dispatch else alike.filter(made_at__gt=now - ONE_PRESS)).first()
    if known:
        return known
    withdrawal = Withdrawal.objects.create(dispatch=dispatch, **words, made_at=now)
    subject = str(dispatch.public_id) if dispatch else str(withdrawal.public_id)
    append(
        EventKind.WITHDRAWAL_DECLARED,
        subject=subject,
        data={"withdrawal": str(withdrawal.public_id)},
        personal={**words, **client.personal},
        at=now,
    )
    if dispatch:
        _end(dispatch)
    acknowledge_withdrawal(withdrawal, dispatch.language if dispatch and token else language)
    tell_agent_of_withdrawal(withdrawal, [] if dispatch else meant(withdrawal))
    return withdrawal


def waiting() -> QuerySet[Withdrawal]:
    """Withdrawals of which the office has still to say whose contract they mean, the oldest first."""
    return Withdrawal.objects.filter(dispatch=None, set_aside_at=None).order_by("made_at")


def one(public_id: uuid.UUID) -> Withdrawal:
    """A withdrawal that belongs to no dispatch yet.

    Raises:
        Withdrawal.DoesNotExist: there is none.
    """
    return Withdrawal.objects.get(public_id=public_id, dispatch=None)


def meant(withdrawal: Withdrawal) -> list[Dispatch]:
    """The contracts that a withdrawal can mean, by the address or the name of who made it; the newest first."""
    last_name = withdrawal.name.split()[-1]
    found = _could_be(Q(contact__email__iexact=withdrawal.email) | Q(contact__last_name__iexact=last_name))
    return list(found[:_MOST_MEANT])


@transaction.atomic
def assign(withdrawal: Withdrawal, dispatch: Dispatch, *, by: Agent) -> None:
    """Say which contract a withdrawal from the public address means: it then ends like one made on its page.

    Raises:
        Withdrawal.DoesNotExist: somebody else has assigned it meanwhile.
        NotMeantError: no consumer has ordered by this dispatch, so there is nothing to withdraw from.
    """
    dispatch = links.locked(dispatch)
    if not may_withdraw(dispatch):
        raise NotMeantError
    withdrawal = Withdrawal.objects.select_for_update().get(pk=withdrawal.pk, dispatch=None)
    withdrawal.dispatch = dispatch
    withdrawal.save(update_fields=["dispatch"])
    append(
        EventKind.WITHDRAWAL_ASSIGNED,
        subject=str(dispatch.public_id),
        data={"withdrawal": str(withdrawal.public_id), "by": str(by.public_id)},
    )
    _end(dispatch)


@transaction.atomic
def set_aside(withdrawal: Withdrawal, *, by: Agent) -> None:
    """Say that a withdrawal from the public address means no contract of this office; nothing is deleted.

    Raises:
        Withdrawal.DoesNotExist: somebody else has assigned or set it aside meanwhile.
    """
    _move(waiting(), withdrawal, timezone.now(), EventKind.WITHDRAWAL_SET_ASIDE, by)


@transaction.atomic
def take_up(withdrawal: Withdrawal, *, by: Agent) -> None:
    """Have a withdrawal wait for the office again that was set aside.

    Raises:
        Withdrawal.DoesNotExist: it is not set aside any more.
    """
    aside = Withdrawal.objects.filter(dispatch=None, set_aside_at__isnull=False)
    _move(aside, withdrawal, None, EventKind.WITHDRAWAL_TAKEN_UP, by)


def _move(among: QuerySet[Withdrawal], withdrawal: Withdrawal, at: datetime | None, kind: EventKind, by: Agent) -> None:
    found = among.select_for_update().get(pk=withdrawal.pk)
    found.set_aside_at = at
    found.save(update_fields=["set_aside_at"])
    append(kind, subject=str(found.public_id), data={"by": str(by.public_id)})


def _end(dispatch: Dispatch) -> None:
    """The dispatch is locked."""
    if (State(dispatch.state), Act.WITHDRAW) in TRANSITIONS:
        dispatch.state = State.WITHDRAWN
        dispatch.save(update_fields=["state"])
        stop_reminders(dispatch)
        joint.end_with(dispatch, Act.CONTRACT_ENDS)


def _only_one(name: str, email: str) -> Dispatch | None:
    """The one contract that somebody of this name and address can withdraw from, locked; None where it is not one."""
    candidates = [
        dispatch
        for dispatch in _could_be(Q(contact__email__iexact=email))
        if fold(dispatch.page["recipient"]["name"]) == fold(name)
    ]
    if len(candidates) != 1:
        return None
    return links.locked(candidates[0])


def _could_be(whose: Q) -> QuerySet[Dispatch]:
    ordered = Dispatch.objects.filter(
        whose, kind=Kind.SECURE_EXPOSE, state__in=[State.WAITING, State.OPEN], period_ends_at__isnull=False
    )
    return ordered.select_related("contact", "agent").order_by("-declared_at")

"""The electronic withdrawal function (§ 356a BGB): on every recipient page and at a public address, without login."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from siegelpost.dispatch import links
from siegelpost.dispatch.declaring import Client
from siegelpost.dispatch.models import Dispatch, Kind, Withdrawal
from siegelpost.dispatch.notices import acknowledge_withdrawal, tell_agent_of_withdrawal
from siegelpost.dispatch.states import TRANSITIONS, Act, State
from siegelpost.dispatch.stopping import stop_reminders
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append

# Longer than any row of holidays of a single Land, which the computed end does not know.
SHOWN_LONGER = timedelta(days=7)


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
def withdraw(*, name: str, email: str, contract: str, token: str | None, client: Client) -> Withdrawal:
    """Take in a withdrawal, acknowledge it by mail at once, and tell the agent.

    The same one declared again on the page of a dispatch changes nothing and gives the first.

    Args:
        contract: how the recipient names the contract; for a page of a dispatch, its subject.
        token: of the dispatch on whose page it was declared, or ``None`` from the public address.

    Raises:
        LinkUnknownError: no dispatch has this token.
    """
    now = timezone.now()
    dispatch = links.find(token, kind=Kind.SECURE_EXPOSE, lock=True) if token else None
    # The row is locked: a second press of the button, also a simultaneous one, finds what the first has made.
    words = {"name": name, "email": email, "contract": contract}
    known = dispatch.withdrawals.filter(**words).first() if dispatch else None
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
    if dispatch and (State(dispatch.state), Act.WITHDRAW) in TRANSITIONS:
        dispatch.state = State.WITHDRAWN
        dispatch.save(update_fields=["state"])
        stop_reminders(dispatch)
    acknowledge_withdrawal(withdrawal)
    tell_agent_of_withdrawal(withdrawal)
    return withdrawal

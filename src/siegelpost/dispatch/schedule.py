"""What is due by itself: held dispatches, ended withdrawal periods, expired links, confirmations to send.

Each round looks at the state in the database and nothing else, so a restart at any moment loses nothing.
"""

from collections.abc import Callable
from typing import Any

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from siegelpost.dispatch import links
from siegelpost.dispatch.contract import joint_order
from siegelpost.dispatch.kinds import way_of
from siegelpost.dispatch.mails.cancellation import stop_notices, stop_reminders
from siegelpost.dispatch.models import Dispatch, Kind
from siegelpost.dispatch.recipient import replies, withdrawal_desk, withdrawal_receipt
from siegelpost.dispatch.recipient.declarations import open_gate
from siegelpost.dispatch.send import held_notice, release_notice, reminders
from siegelpost.dispatch.send.send import release_held
from siegelpost.dispatch.states import TRANSITIONS, Act, DispatchState
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.halt import HaltedError
from siegelpost.ledger.log import append
from siegelpost.mail.incoming import routing

log = structlog.get_logger()
BATCH = 100


def quick() -> None:
    """Deal with answers, and send the confirmations and acknowledgements that recipients are waiting for."""
    _each(replies.take, routing.unhandled_replies().order_by("pk").values_list("pk", flat=True))
    due = Dispatch.objects.filter(confirmation_due=True).order_by("pk").values_list("pk", flat=True)
    _each(_confirm, due)
    withdrawal_receipt.send_held()


def slow() -> None:
    """Open, expire, remind, release what is due, and tell of released documents."""
    now = timezone.now()
    ended = Dispatch.objects.filter(state=DispatchState.WAITING, period_ends_at__lte=now).values_list("pk", flat=True)
    _each(_end_period, ended)
    old = Dispatch.objects.filter(
        state__in=[DispatchState.HELD, DispatchState.QUEUED, DispatchState.NOTIFIED, DispatchState.UNDELIVERABLE],
        expires_at__lte=now,
    ).values_list("pk", flat=True)
    _each(_expire, old)
    reminders.send_due()
    release_notice.send_due()
    released = release_held()
    if released:
        log.info("held dispatches released", count=released)
    told = held_notice.tell_administrators()
    if told:
        log.info("administrators told of held dispatches", count=told)


def _each(act: Callable[[int], None], due: QuerySet[Any, int]) -> None:
    """One that fails is tried again in the next round; the others must not wait for it."""
    for pk in list(due[:BATCH]):
        try:
            act(pk)
        except HaltedError:
            raise  # nothing can be written: the round itself is tried again
        except Exception:
            log.exception("a round could not deal with a dispatch", dispatch=pk)


def _confirm(pk: int) -> None:
    way_of(Dispatch.objects.get(pk=pk)).confirm(pk)


@transaction.atomic
def _end_period(pk: int) -> None:
    dispatch = links.locked(Dispatch.objects.get(pk=pk))
    if dispatch.state != DispatchState.WAITING or withdrawal_desk.stands_in_the_way(dispatch):
        return
    open_gate(dispatch, Act.PERIOD_ENDS)
    dispatch.save()


@transaction.atomic
def _expire(pk: int) -> None:
    dispatch = Dispatch.objects.get(pk=pk)
    stop_notices(str(dispatch.public_id))
    dispatch = links.locked(dispatch)
    step = TRANSITIONS.get((DispatchState(dispatch.state), Act.EXPIRE))
    if step is None:  # it was declared upon, or taken back, meanwhile
        return
    dispatch.state = step
    # Whoever sent a registered mail gets the proof that the period is over.
    dispatch.confirmation_due = dispatch.kind == Kind.REGISTERED_MAIL
    dispatch.save(update_fields=["state", "confirmation_due"])
    stop_reminders(dispatch)
    append(EventKind.ACCEPTANCE_REJECTION_EXPIRY, subject=str(dispatch.public_id))
    joint_order.end_with(dispatch, Act.PARTNER_LEAVES)

"""Reminders: a mail with a fresh link while the recipient has not acted, as often as the office wants."""

from datetime import UTC, datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from siegelpost.dispatch.kinds import way_of
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.send import guard
from siegelpost.dispatch.states import DispatchState
from siegelpost.office.current import the_office

log = structlog.get_logger()
BATCH = 100


def schedule(dispatch: Dispatch, after: datetime) -> None:
    """Set when the next reminder is due (the caller saves): none, when none is left or it would come too late.

    It comes at the same hour by the office's clock, also where the clocks are changed meanwhile.
    """
    due = (timezone.localtime(after) + timedelta(days=dispatch.remind_every_days)).astimezone(UTC)
    wanted = dispatch.remind_every_days and dispatch.reminders_left and due < dispatch.expires_at
    dispatch.next_reminder_at = due if wanted else None


def send_due() -> int:
    """Queue the reminders that are due, unless recipients would meet a warning; gives how many."""
    now = timezone.now()
    # Only a dispatch that waits for its recipient is in this state: any act, its end or a bounce leads out of it.
    due = Dispatch.objects.filter(state=DispatchState.NOTIFIED, next_reminder_at__lte=now, expires_at__gt=now)
    waiting = list(due.order_by("next_reminder_at").values_list("pk", "test")[:BATCH])
    if not waiting:
        return 0
    verdict, office = guard.verdict(), the_office()
    return sum(_remind(pk, now) for pk, test in waiting if verdict.lets(office, test=test))


def _remind(pk: int, now: datetime) -> bool:
    """One that fails is tried again in the next round; the others must not wait for it."""
    try:
        return _sent(pk, now)
    except Exception:
        log.exception("a reminder could not be queued", dispatch=pk)
        return False


@transaction.atomic
def _sent(pk: int, now: datetime) -> bool:
    dispatch = Dispatch.objects.select_for_update().get(pk=pk)
    if dispatch.state != DispatchState.NOTIFIED or dispatch.next_reminder_at is None or dispatch.next_reminder_at > now:
        return False
    dispatch.reminders_left -= 1
    schedule(dispatch, now)
    dispatch.save(update_fields=["reminders_left", "next_reminder_at"])
    way_of(dispatch).remind(dispatch)
    return True

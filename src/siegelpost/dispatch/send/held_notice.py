"""Telling the administrators what is held: nothing waits without somebody knowing why."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from siegelpost.dispatch.mails.letters import words_of
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.states import DispatchState
from siegelpost.mail.outgoing import admin_notice
from siegelpost.mail.outgoing.compose import MailWords
from siegelpost.settings import load

# Told at once; again while nothing changes; of further ones after a pause, however many there are.
AGAIN_AFTER = timedelta(days=1)
PAUSE = timedelta(hours=1)


def tell_administrators() -> int:
    """Mail every administrator when dispatches are held that nobody was told of, or not for a day; at most hourly.

    Returns:
        How many mails were queued.
    """
    now = timezone.now()
    untold = Q(held_told_at=None) | Q(held_told_at__lte=now - AGAIN_AFTER)
    held = Dispatch.objects.filter(state=DispatchState.HELD)
    if not held.filter(untold).exists() or held.filter(held_told_at__gt=now - PAUSE).exists():
        return 0
    if not admin_notice.possible():
        return 0
    with transaction.atomic():
        # Compare and set: of two processes, one tells.
        waiting = list(held.select_for_update().order_by("created_at"))
        if not held.filter(untold).update(held_told_at=now):
            return 0
        return len(admin_notice.tell(partial(_words, waiting)))


def _words(waiting: Sequence[Dispatch], language: str) -> MailWords:
    return words_of(
        "held",
        language,
        count=len(waiting),
        oldest=waiting[0].created_at,
        problems=_problems(waiting[-1].held_because or {}, language),
        url=f"{load().public_address}/certificate/",
    )


def _problems(because: Mapping[str, Any], language: str) -> list[dict[str, Any]]:
    """What the guard said when the newest one was held, each cause once with its steps."""
    told: dict[str, dict[str, Any]] = {}
    for problem in because.get("problems", ()):
        cause = problem["cause"][language]
        told.setdefault(cause, {"cause": cause, "remedy": problem["remedy"][language]})
    return list(told.values())

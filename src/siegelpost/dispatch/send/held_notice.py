"""Telling the administrators what is held: nothing waits without somebody knowing why."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from siegelpost.dispatch.mails.letters import words_of
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.states import DispatchState
from siegelpost.mail.models import Purpose
from siegelpost.mail.outgoing import outbox
from siegelpost.mail.outgoing.compose import compose
from siegelpost.mail.outgoing.server_settings import NotConfiguredError, current
from siegelpost.office.agents import administrators
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
    try:
        current()
    except NotConfiguredError:  # without a mail server the page says so, and nothing else can
        return 0
    with transaction.atomic():
        # Compare and set: of two processes, one tells.
        waiting = list(held.select_for_update().order_by("created_at"))
        if not held.filter(untold).update(held_told_at=now):
            return 0
        told = [each for each in administrators() if not each.email.endswith("@localhost")]
        for each in told:
            words = words_of(
                "held",
                each.language,
                count=len(waiting),
                oldest=waiting[0].created_at,
                problems=_problems(waiting[-1].held_because or {}, each.language),
                url=f"{load().public_address}/certificate/",
            )
            message = compose(to=each.email, to_name=each.name, subject=words.subject, text=words.text, html=words.html)
            outbox.enqueue(message, dispatch_id=None, purpose=Purpose.ADMIN_NOTICE)
    return len(told)


def _problems(because: Mapping[str, Any], language: str) -> list[dict[str, Any]]:
    """What the guard said when the newest one was held, each cause once with its steps."""
    told: dict[str, dict[str, Any]] = {}
    for problem in because.get("problems", ()):
        cause = problem["cause"][language]
        told.setdefault(cause, {"cause": cause, "remedy": problem["remedy"][language]})
    return list(told.values())

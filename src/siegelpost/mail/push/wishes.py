"""What each person wants to be told of, and at what hour: at night only who wants it, follow-ups once a day."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from siegelpost.mail.push.models import PushKind, PushWishes
from siegelpost.office.models import Agent

NIGHT_BEGINS, NIGHT_ENDS = time(22), time(7)


def wishes_of(agent: Agent) -> PushWishes:
    """What the person chose; everything, and not at night, until they choose."""
    return PushWishes.objects.filter(agent=agent).first() or PushWishes(agent=agent)


@transaction.atomic
def wish(agent: Agent, kinds: Iterable[str], *, at_night: bool, follow_up_hour: int | None = None) -> PushWishes:
    """Keep what the person chose; what is no kind is left out, and the hour stays when none is given.

    Raises:
        ValueError: a day has no such hour.
    """
    if follow_up_hour is not None and not 0 <= follow_up_hour < 24:
        raise ValueError("an hour is from 0 to 23")
    chosen: dict[str, Any] = {"kinds": [kind for kind in PushKind.values if kind in set(kinds)], "at_night": at_night}
    if follow_up_hour is not None:
        chosen["follow_up_hour"] = follow_up_hour
    return PushWishes.objects.update_or_create(agent=agent, defaults=chosen)[0]


def when(wishes: PushWishes, now: datetime) -> datetime | None:
    """When a message of now may come: None for at once, else the morning, in the office's time zone."""
    local = timezone.localtime(now)
    if wishes.at_night or NIGHT_ENDS <= local.time() < NIGHT_BEGINS:
        return None
    day = local.date() + timedelta(days=local.time() >= NIGHT_BEGINS)
    return timezone.make_aware(datetime.combine(day, NIGHT_ENDS))


def follow_ups_are_due(wishes: PushWishes, now: datetime) -> bool:
    """Whether the day's follow-ups are to be told of now.

    Once a day, from the chosen hour on: where the server was down at that hour it is made good, but not in the night
    of somebody who wants it quiet.
    """
    local = timezone.localtime(now)
    if local.hour < wishes.follow_up_hour or wishes.follow_ups_told_on == local.date():
        return False
    return local.hour == wishes.follow_up_hour or when(wishes, now) is None

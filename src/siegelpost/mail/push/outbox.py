"""Push messages: who is told what, and when; they wait in a table of their own until they are delivered."""

import json
from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils import timezone

from siegelpost.mail.push.delivery import MOST_TRIES
from siegelpost.mail.push.devices import devices_of
from siegelpost.mail.push.models import PushKind, PushMessage
from siegelpost.mail.push.wishes import when, wishes_of
from siegelpost.office.models import Agent


def tell(
    agent: Agent, kind: PushKind, *, title: str, body: str, url: str, tag: str, hour_was_chosen: bool = False
) -> int:
    """Queue a message for the person's devices, in the caller's transaction; gives for how many.

    Whoever did not choose the kind is not told; at night the message waits for the morning, unless the person chose
    the hour it comes at.
    """
    wishes = wishes_of(agent)
    if kind.value not in wishes.kinds or not agent.is_active or not agent.outside_access:
        return 0
    now = timezone.now()
    later = None if hour_was_chosen else when(wishes, now)
    return _queue(agent, {"title": title, "body": body, "url": url, "tag": tag}, due_at=later or now)


def try_out(agent: Agent, *, title: str, body: str) -> int:
    """A message at once to every device of the person, whatever they chose; gives to how many."""
    message = {"title": title, "body": body, "url": "/account/push/", "tag": "try"}
    return _queue(agent, message, due_at=timezone.now(), attempt=MOST_TRIES)


def erase(names: Iterable[str]) -> int:
    """Throw away what waits for a device, at night until the morning, and names one of these people."""
    named = reduce(or_, (Q(message__contains=name) for name in names if name), Q(pk__in=[]))
    return PushMessage.objects.filter(named).delete()[0]


def _queue(agent: Agent, message: dict[str, str], *, due_at: datetime, attempt: int = 1) -> int:
    text = json.dumps(message, ensure_ascii=False)
    queued = [PushMessage(device=device, message=text, attempt=attempt, due_at=due_at) for device in devices_of(agent)]
    return len(PushMessage.objects.bulk_create(queued))

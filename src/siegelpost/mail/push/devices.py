"""Web Push: devices that are told, what their owners chose, and what they are told."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from siegelpost.mail.push import wire
from siegelpost.mail.push.delivery import MOST_TRIES
from siegelpost.mail.push.models import PushDevice, PushKind, PushMessage, PushWishes
from siegelpost.office.models import Agent

MOST_DEVICES = 20


class TooManyDevicesError(Exception):
    """A person has only so many devices; nothing was added."""


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


def devices_of(agent: Agent) -> QuerySet[PushDevice]:
    """The person's devices that are told."""
    return PushDevice.objects.filter(agent=agent)


@transaction.atomic
def add(agent: Agent, *, endpoint: str, p256dh: str, auth: str, name: str) -> PushDevice:
    """Tell this device from now on; a browser that comes again, or with another person, is the same device.

    Raises:
        siegelpost.mail.push.wire.EndpointRefusedError: the address is not one of a push service.
        TooManyDevicesError: too many already.
        ValueError: the keys are none.
    """
    wire.check(endpoint)
    if len(wire.decoded(p256dh)) != wire.POINT or len(wire.decoded(auth)) != wire.SECRET:
        raise ValueError("keys of a subscription are a point of P-256 and 16 bytes")
    digest = hashlib.sha256(endpoint.encode()).hexdigest()
    if devices_of(agent).exclude(endpoint_sha256=digest).count() >= MOST_DEVICES:
        raise TooManyDevicesError
    given = {"agent": agent, "endpoint": endpoint, "p256dh": p256dh, "auth": auth, "name": name[:80]}
    return PushDevice.objects.update_or_create(endpoint_sha256=digest, defaults=given)[0]


@transaction.atomic
def remove(agent: Agent, number: int) -> None:
    """Tell this device no more.

    Raises:
        PushDevice.DoesNotExist: it is not the person's.
    """
    PushDevice.objects.get(agent=agent, pk=number).delete()


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
    later = None if hour_was_chosen else wishes.when(now)
    return _queue(agent, {"title": title, "body": body, "url": url, "tag": tag}, due_at=later or now)


def try_out(agent: Agent, *, title: str, body: str) -> int:
    """A message at once to every device of the person, whatever they chose; gives to how many."""
    message = {"title": title, "body": body, "url": "/account/push/", "tag": "try"}
    return _queue(agent, message, due_at=timezone.now(), attempt=MOST_TRIES)


def _queue(agent: Agent, message: dict[str, str], *, due_at: datetime, attempt: int = 1) -> int:
    text = json.dumps(message, ensure_ascii=False)
    queued = [PushMessage(device=device, message=text, attempt=attempt, due_at=due_at) for device in devices_of(agent)]
    return len(PushMessage.objects.bulk_create(queued))

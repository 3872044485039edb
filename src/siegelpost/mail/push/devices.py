"""Web Push: devices that are told, what their owners chose, and the job that tells them."""

import hashlib
import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_tasks import task

from siegelpost.mail.push import wire
from siegelpost.mail.push.models import PushDevice, PushKind, PushWishes
from siegelpost.office.current import the_office
from siegelpost.office.models import Agent
from siegelpost.settings import load

log = structlog.get_logger(__name__)

MOST_DEVICES = 20
MOST_TRIES = 4
_GONE = frozenset({404, 410})
_FIRST_WAIT = timedelta(minutes=1)


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
    message = json.dumps({"title": title, "body": body, "url": url, "tag": tag}, ensure_ascii=False)
    later = None if hour_was_chosen else wishes.when(timezone.now())
    numbers = list(devices_of(agent).values_list("pk", flat=True))
    for number in numbers:
        hand_over.using(run_after=later).enqueue(number, message, 1)
    return len(numbers)


def try_out(agent: Agent, *, title: str, body: str) -> int:
    """A message at once to every device of the person, whatever they chose; gives to how many."""
    message = json.dumps({"title": title, "body": body, "url": "/account/push/", "tag": "try"}, ensure_ascii=False)
    numbers = list(devices_of(agent).values_list("pk", flat=True))
    with transaction.atomic():
        for number in numbers:
            hand_over.enqueue(number, message, MOST_TRIES)
    return len(numbers)


@task()
def hand_over(number: int, message: str, attempt: int) -> None:
    """Hand one message to the device's push service; try again later where that may help."""
    device = PushDevice.objects.filter(pk=number).first()
    if device is None:
        return
    try:
        status = wire.send(device, message.encode(), contact=the_office().email or f"push@{load().public_host}")
    except wire.EndpointRefusedError:
        status = 410  # it leads into a network of somebody's own: nothing there is a push service
    except OSError as error:
        log.info("a push service could not be reached", error=str(error))
        status = 503
    if status in _GONE:
        device.delete()
    elif status == 429 or status >= 500:
        if attempt < MOST_TRIES:
            later = timezone.now() + _FIRST_WAIT * 4 ** (attempt - 1)
            hand_over.using(run_after=later).enqueue(number, message, attempt + 1)
    elif status < 300:
        PushDevice.objects.filter(pk=number).update(told_at=timezone.now())
    else:
        log.warning("a push service refused a message", status=status)

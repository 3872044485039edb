"""Web Push: devices that are told, and what their owners chose."""

import hashlib
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from siegelpost.mail.push import wire
from siegelpost.mail.push.models import PushDevice, PushKind, PushWishes
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

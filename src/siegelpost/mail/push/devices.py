"""Web Push: the devices that are told."""

import hashlib

from django.db import transaction
from django.db.models import QuerySet

from siegelpost.mail.push import wire
from siegelpost.mail.push.models import PushDevice
from siegelpost.office.models import Agent

MOST_DEVICES = 20


class TooManyDevicesError(Exception):
    """A person has only so many devices; nothing was added."""


def devices_of(agent: Agent) -> QuerySet[PushDevice]:
    """The person's devices that are told."""
    return PushDevice.objects.filter(agent=agent)


@transaction.atomic
def add(agent: Agent, *, endpoint: str, p256dh: str, auth: str, name: str) -> PushDevice:
    """Tell this device from now on; a browser that comes again, or with another person, is the same device.

    Raises:
        siegelpost.toolbox.outgoing.DestinationRefusedError: the address is not one of a push service.
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

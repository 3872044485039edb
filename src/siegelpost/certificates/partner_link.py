"""Handing the certificate's matters over to an installation partner: by a link that ends, and can be ended."""

import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from siegelpost.certificates.models import HandOver
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.office.models import Agent
from siegelpost.office.tokens import new_token, token_hash
from siegelpost.settings import load

SUBJECT = "certificate"
DAYS = (1, 3, 7, 14)


class LinkRefusedError(Exception):
    """The link is unknown, revoked or too old; which of these is not told to a stranger."""


class OtherDeviceError(Exception):
    """The link was used on another device before, and is bound to that."""


@transaction.atomic
def give(partner: str, days: int, *, by: Agent) -> tuple[HandOver, str]:
    """A new link, shown once.

    Args:
        partner: whom it is for, in the office's words.
        days: how long it lasts; one of ``DAYS``.
        by: who gives it.
    """
    if days not in DAYS:
        raise ValueError(f"a link lasts {DAYS} days")
    token, hashed = new_token()
    given = HandOver.objects.create(
        token_hash=hashed, partner=partner, given_by=by, expires_at=timezone.now() + timedelta(days=days)
    )
    _note(given, "given", by=str(by.public_id), days=days)
    return given, f"{load().public_address}/handover/{token}/"


def all_given() -> QuerySet[HandOver]:
    """Every link that was given, the latest first."""
    return HandOver.objects.select_related("given_by").all()


def find(token: str) -> HandOver:
    """The link with this token, while it is open.

    Raises:
        LinkRefusedError: unknown, revoked or over.
    """
    found = HandOver.objects.filter(token_hash=token_hash(token)).first()
    if found is None or not found.open:
        raise LinkRefusedError
    return found


def refuse_other_device(found: HandOver, device: str) -> None:
    """The first device that comes by a link is the only one.

    Args:
        device: the secret that lies on the device that asks, or nothing.

    Raises:
        OtherDeviceError: another one came first.
    """
    if found.device_hash is not None and not (device and bytes(found.device_hash) == token_hash(device)):
        raise OtherDeviceError


@transaction.atomic
def use(token: str, device: str) -> tuple[HandOver, str]:
    """Somebody comes by the link; on the same device it may be used again until it ends.

    Args:
        device: as in :func:`refuse_other_device`.

    Returns:
        The link, and the secret that the device keeps.

    Raises:
        LinkRefusedError: as :func:`find`.
        OtherDeviceError: another device came first, were it at the same moment.
    """
    found = HandOver.objects.select_for_update().get(pk=find(token).pk)
    refuse_other_device(found, device)
    if found.device_hash is None:
        device, found.device_hash = new_token()
    found.last_used_at = timezone.now()
    found.save(update_fields=["last_used_at", "device_hash"])
    _note(found, "used")
    return found, device


def still_open(public_id: str) -> HandOver | None:
    """The link by which somebody came, unless it has ended since."""
    try:
        found = HandOver.objects.filter(public_id=uuid.UUID(public_id)).first()
    except ValueError:
        return None
    return found if found and found.open else None


@transaction.atomic
def revoke(public_id: uuid.UUID, *, by: Agent) -> None:
    """The link lets nobody in from now on, also not those who came by it before.

    Raises:
        HandOver.DoesNotExist: there is none.
    """
    found = HandOver.objects.get(public_id=public_id)
    if found.revoked_at is None:
        found.revoked_at = timezone.now()
        found.save(update_fields=["revoked_at"])
        _note(found, "revoked", by=str(by.public_id))


def _note(given: HandOver, act: str, **more: str | int) -> None:
    append(
        EventKind.CERTIFICATE_HANDED_OVER,
        subject=SUBJECT,
        data={"act": act, "link": str(given.public_id), **more},
        personal={"partner": given.partner},
    )

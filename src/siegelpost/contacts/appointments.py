"""Appointments: keeping them, calling them off, finding them."""

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from siegelpost.contacts.diary_models import Appointment
from siegelpost.office.models import Agent

# A change of any of these is one that whoever was invited must hear of.
_MATTERS = ("title", "starts_at", "ends_at", "place", "contact_id")


@transaction.atomic
def save(appointment: Appointment) -> bool:
    """Keep a new or changed appointment, and count the change where it matters (RFC 5545, 3.8.7.4).

    Returns:
        Whether something changed that an invited person must hear of.
    """
    before = Appointment.objects.select_for_update().filter(pk=appointment.pk).first() if appointment.pk else None
    matters = before is not None and any(getattr(before, name) != getattr(appointment, name) for name in _MATTERS)
    if before is not None:
        appointment.sequence = before.sequence + matters
    appointment.save()
    return matters


@transaction.atomic
def cancel(appointment: Appointment) -> bool:
    """Call an appointment off; False when it was before."""
    locked = Appointment.objects.select_for_update().get(pk=appointment.pk)
    if locked.cancelled_at:
        return False
    appointment.cancelled_at = timezone.now()
    appointment.sequence = locked.sequence + 1
    appointment.save(update_fields=["cancelled_at", "sequence", "changed_at"])
    return True


@transaction.atomic
def reinstate(appointment: Appointment) -> bool:
    """Let an appointment that was called off take place after all; False when it was not called off."""
    locked = Appointment.objects.select_for_update().get(pk=appointment.pk)
    if not locked.cancelled_at:
        return False
    appointment.cancelled_at = None
    appointment.sequence = locked.sequence + 1
    appointment.save(update_fields=["cancelled_at", "sequence", "changed_at"])
    return True


def one(public_id: uuid.UUID) -> Appointment:
    """The appointment with this public id.

    Raises:
        Appointment.DoesNotExist: there is none.
    """
    return listed().get(public_id=public_id)


def listed() -> QuerySet[Appointment]:
    """All appointments with whom and what they name, the earliest first."""
    long = ("contact__folded", "contact__note", "estate__description", "estate__location_text", "estate__folded")
    return Appointment.objects.select_related("contact", "agent", "estate").defer(*long)


def between(begin: datetime, end: datetime, agent: Agent | None = None) -> QuerySet[Appointment]:
    """What takes place, at least in part, between two moments; of one agent, or of the whole office."""
    found = listed().filter(starts_at__lt=end, ends_at__gt=begin, cancelled_at__isnull=True)
    return found.filter(agent=agent) if agent else found


def clashes(appointment: Appointment) -> QuerySet[Appointment]:
    """Other appointments of the agent at the same time."""
    found = between(appointment.starts_at, appointment.ends_at, appointment.agent)
    return found.filter(~Q(pk=appointment.pk))

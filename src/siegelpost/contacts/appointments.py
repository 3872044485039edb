"""Appointments: keeping them, calling them off, finding them."""

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from siegelpost.contacts.diary_models import Appointment, Participant
from siegelpost.contacts.models import Contact
from siegelpost.office.models import Agent

# A change of any of these is one that whoever was invited must hear of.
_MATTERS = ("title", "starts_at", "ends_at", "place", "contact_id")
# No form changes these: they are what is stored by now, whatever was read before.
_OF_THE_SERVER = ("sequence", "invited_email", "places", "cancelled_at")


class CalledOffError(Exception):
    """An appointment that was called off is not changed; it can take place after all, and be changed then."""


@transaction.atomic
def save(appointment: Appointment) -> bool:
    """Keep a new or changed appointment, and count the change where it matters (RFC 5545, 3.8.7.4).

    Returns:
        Whether something changed that an invited person must hear of.

    Raises:
        CalledOffError: it was called off meanwhile; nothing was saved.
    """
    before = Appointment.objects.select_for_update().filter(pk=appointment.pk).first() if appointment.pk else None
    if before is None:
        appointment.save()
        return False
    if before.cancelled_at:
        raise CalledOffError
    for name in _OF_THE_SERVER:
        setattr(appointment, name, getattr(before, name))
    if before.places or before.coming:
        # With several it is nobody's alone, whatever a form says that was opened before.
        appointment.contact = before.contact
    matters = any(getattr(before, name) != getattr(appointment, name) for name in _MATTERS)
    appointment.sequence += matters
    appointment.save()
    return matters


@transaction.atomic
def cancel(appointment: Appointment) -> bool:
    """Call an appointment off; False when it was before."""
    _hold(appointment)
    if appointment.cancelled_at:
        return False
    appointment.cancelled_at = timezone.now()
    appointment.sequence += 1
    appointment.save(update_fields=["cancelled_at", "sequence", "changed_at"])
    return True


@transaction.atomic
def reinstate(appointment: Appointment) -> bool:
    """Let an appointment that was called off take place after all; False when it was not called off."""
    _hold(appointment)
    if not appointment.cancelled_at:
        return False
    appointment.cancelled_at = None
    appointment.sequence += 1
    appointment.save(update_fields=["cancelled_at", "sequence", "changed_at"])
    return True


def _hold(appointment: Appointment) -> None:
    """Lock it, and bring it up to date with who comes: whoever has booked meanwhile is told like the others."""
    appointment.refresh_from_db(from_queryset=Appointment.objects.select_for_update())


def one(public_id: uuid.UUID) -> Appointment:
    """The appointment with this public id.

    Raises:
        Appointment.DoesNotExist: there is none.
    """
    return listed().get(public_id=public_id)


def listed() -> QuerySet[Appointment]:
    """All appointments with whom and what they name, the earliest first."""
    long = ("contact__folded", "contact__note", "estate__description", "estate__location_text", "estate__folded")
    who = Participant.objects.select_related("contact").defer("contact__folded", "contact__note")
    found = Appointment.objects.select_related("contact", "agent", "estate").defer(*long)
    return found.prefetch_related(Prefetch("participants", who))


def taking_place(found: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """Those of them to which somebody comes: without the times that are offered and not booked."""
    booked = Participant.objects.filter(cancelled_at=None).values("appointment")
    return found.filter(Q(places=None) | Q(pk__in=booked))


def between(begin: datetime, end: datetime, agent: Agent | None = None) -> QuerySet[Appointment]:
    """What takes place, at least in part, between two moments; of one agent, or of the whole office."""
    found = listed().filter(starts_at__lt=end, ends_at__gt=begin, cancelled_at__isnull=True)
    return found.filter(agent=agent) if agent else found


def with_contact(contact: Contact) -> Q:
    """Of which appointments this contact is part: as the one it is with, or among those who come."""
    standing = Participant.objects.filter(contact=contact, cancelled_at=None)
    return Q(contact=contact) | Q(pk__in=standing.values("appointment"))


def coming_with(contact: Contact) -> QuerySet[Appointment]:
    """What is arranged with a contact and not over, the earliest first."""
    return listed().filter(with_contact(contact), ends_at__gte=timezone.now(), cancelled_at=None)


def clashes(appointment: Appointment) -> QuerySet[Appointment]:
    """Other appointments of the agent at the same time."""
    found = between(appointment.starts_at, appointment.ends_at, appointment.agent)
    return found.filter(~Q(pk=appointment.pk))

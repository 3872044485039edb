"""Viewing times: offered for a property, booked by whoever may see it, several prospects at once where it is so meant.

An offered time is an appointment from the beginning: it stands in the agent's calendar, can be moved and called off,
and clashes like any other. Who comes is a :class:`~siegelpost.contacts.diary_models.Participant`.
"""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from siegelpost.contacts import appointments
from siegelpost.contacts.diary_models import Appointment, Participant
from siegelpost.contacts.models import Contact

# Nobody books a viewing that begins sooner: the agent has to hear of it and get there.
LEAD = timedelta(hours=2)
# So many times are offered at once, and so many are shown to choose from.
MOST_OFFERED = 60
MOST_SHOWN = 40


class TakenError(Exception):
    """The time has no place left, begins too soon or is over, or was taken back; nothing was booked."""


@dataclass(frozen=True, slots=True)
class ViewingTime:
    """A time as its recipient is shown it; nobody else who comes is named.

    ``place`` is told to who has booked only, and ``free`` counts the places that are left.
    """

    id: uuid.UUID
    starts_at: datetime
    ends_at: datetime
    estate: str
    places: int
    free: int
    mine: bool
    place: str = ""

    def is_shown(self, now: datetime) -> bool:
        """Whether it is the recipient's own, or can be booked."""
        return self.mine or (self.free > 0 and self.starts_at >= now + LEAD)


def split(begin: datetime, end: datetime, length: timedelta, gap: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """The times that fit between two moments, each ``length`` long, with ``gap`` between them."""
    while begin + length <= end:
        yield begin, begin + length
        begin += length + gap


@transaction.atomic
def offer(times: Iterable[tuple[datetime, datetime]], like: Appointment) -> list[Appointment]:
    """Offer these times as appointments like the given one, but for those at which one is offered already."""
    offered = []
    for begin, end in times:
        # Sent twice, a form offers nothing twice.
        if offers(like).filter(starts_at__lt=end, ends_at__gt=begin, agent=like.agent).exists():
            continue
        one = Appointment(
            agent=like.agent, estate=like.estate, title=like.title, place=like.place, places=like.places,
            starts_at=begin, ends_at=end,
        )  # fmt: skip
        one.save()
        offered.append(one)
    return offered


def offers(like: Appointment) -> QuerySet[Appointment]:
    """The viewing times that are offered for its property."""
    return appointments.listed().filter(estate=like.estate, places__isnull=False, cancelled_at=None)


def booked_by(contact: Contact, estates: Iterable[int]) -> QuerySet[Participant]:
    """Where somebody comes who booked or was brought in: their places at viewing times of these properties that take
    place and have not begun, through whichever dispatch.

    Args:
        estates: primary keys of the properties.
    """
    standing = Participant.objects.filter(contact=contact, cancelled_at=None, appointment__estate__in=list(estates))
    standing = standing.filter(appointment__places__isnull=False, appointment__cancelled_at=None)
    return standing.filter(appointment__starts_at__gt=timezone.now()).select_related("appointment", "contact")


@transaction.atomic
def book(public_id: uuid.UUID, contact: Contact, *, asked_in: uuid.UUID, estates: Iterable[int]) -> Participant:
    """Take a place at a viewing time of one of these properties; who had another time there changes to this one.

    The same once more changes nothing, also through another dispatch, and where the office has entered them. Of two who
    want the last place, one gets it: the time is locked, and so is the contact, who may have two links open.

    Args:
        estates: primary keys of the properties that may be seen.

    Raises:
        TakenError: see there.
    """
    contact = Contact.objects.select_for_update().get(pk=contact.pk)
    estates = list(estates)
    mine = booked_by(contact, estates)
    # In one order, also those that are left: who change places with each other would wait for each other.
    touched = Q(public_id=public_id) | Q(pk__in=mine.values("appointment"))
    locked = Appointment.objects.select_for_update().filter(touched, estate__in=estates).order_by("pk")
    wanted = {one.public_id: one for one in locked}.get(public_id)
    if wanted is None or wanted.cancelled_at or wanted.places is None:
        raise TakenError
    # Of several the one that was booked through this dispatch is changed.
    here = mine.filter(appointment__estate=wanted.estate).select_for_update(of=("self",))
    places = sorted(here, key=lambda one: one.asked_in != asked_in)
    if there := next((one for one in places if one.appointment_id == wanted.pk), None):
        return there
    if not wanted.free or wanted.starts_at < timezone.now() + LEAD:
        raise TakenError
    if places:
        one = places[0]
        one.sequence += 1
        one.appointment.save(update_fields=["changed_at"])
    else:
        one = Participant(contact=contact)
    one.appointment, one.asked_in = wanted, asked_in
    one.save()
    # Who reads the agent's feed sees the entry anew.
    wanted.save(update_fields=["changed_at"])
    return one


@transaction.atomic
def add(appointment: Appointment, contact: Contact) -> Participant | None:
    """Let somebody more come to an appointment; None when they come already.

    Whoever it was with until now is a participant from then on, under the same entry of their calendar.

    Raises:
        siegelpost.contacts.appointments.CalledOffError: it does not take place; nothing was saved.
    """
    held = Appointment.objects.select_for_update().get(pk=appointment.pk)
    if held.cancelled_at:
        raise appointments.CalledOffError
    if held.contact:
        Participant.objects.create(
            appointment=held,
            contact=held.contact,
            public_id=held.public_id,
            sequence=held.sequence,
            invited_email=held.invited_email,
        )
        held.contact, held.invited_email = None, ""
        held.save(update_fields=["contact", "invited_email", "changed_at"])
        appointment.contact, appointment.invited_email = None, ""
    if any(one.contact_id == contact.pk for one in held.coming):
        return None
    return Participant.objects.create(appointment=held, contact=contact)


@transaction.atomic
def call_off(participant: Participant) -> Participant | None:
    """Note that somebody does not come to this appointment after all, and free their place.

    Returns:
        The participant as they stand now; None when they had called it off, or changed to another time meanwhile:
        nothing has changed then.
    """
    # In the order in which everything else locks them.
    list(Appointment.objects.select_for_update().filter(pk=participant.appointment_id))
    held = Participant.objects.select_for_update(of=("self",)).select_related("appointment__agent", "contact")
    gone = held.filter(pk=participant.pk, appointment=participant.appointment_id, cancelled_at=None).first()
    if gone is None:
        return None
    gone.cancelled_at = timezone.now()
    gone.sequence += 1
    gone.save(update_fields=["cancelled_at", "sequence", "changed_at"])
    gone.appointment.save(update_fields=["changed_at"])
    return gone


def participant(public_id: uuid.UUID) -> Participant:
    """The participant with this public id.

    Raises:
        Participant.DoesNotExist: there is none.
    """
    return Participant.objects.select_related("appointment", "contact").get(public_id=public_id)


def coming_up(like: Appointment) -> QuerySet[Appointment]:
    """The times offered for its property that are not over."""
    return offers(like).filter(ends_at__gt=timezone.now())


@transaction.atomic
def withdraw_vacant(like: Appointment) -> int:
    """Offer those times for its property no longer that nobody has booked; gives how many they were."""
    # Locked first and looked at then: what is booked meanwhile stays.
    keys = list(coming_up(like).select_for_update(of=("self",)).values_list("pk", flat=True))
    vacant = [one for one in appointments.listed().filter(pk__in=keys) if one.is_vacant]
    return sum(appointments.cancel(one) for one in vacant)

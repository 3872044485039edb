"""Appointments for other programs: an agent's calendar feed, and invitations (iCalendar, RFC 5545 and RFC 5546)."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import icalendar
from django.db import transaction
from django.utils import timezone

from siegelpost.contacts import appointments
from siegelpost.contacts.diary import Appointment, CalendarFeed
from siegelpost.office.models import Agent
from siegelpost.office.tokens import new_token, token_hash
from siegelpost.settings import load

Method = Literal["PUBLISH", "REQUEST", "CANCEL"]

# What a feed holds: enough to look back, and further ahead than anybody plans viewings.
PAST, FUTURE = timedelta(days=90), timedelta(days=730)


@transaction.atomic
def new_feed(agent: Agent) -> str:
    """A fresh secret address for the agent's calendar, as its token; the one before ends."""
    token, hashed = new_token()
    CalendarFeed.objects.update_or_create(agent=agent, defaults={"token_hash": hashed, "created_at": timezone.now()})
    return token


def feed_address(token: str) -> str:
    """The address that a calendar program subscribes to."""
    return f"{load().public_address}/calendar/{token}.ics"


@transaction.atomic
def end_feed(agent: Agent) -> None:
    """Let the agent's calendar address lead nowhere."""
    CalendarFeed.objects.filter(agent=agent).delete()


def feed_of(agent: Agent) -> CalendarFeed | None:
    """The agent's feed, if there is one; its address cannot be shown again."""
    return CalendarFeed.objects.filter(agent=agent).first()


def whose(token: str) -> Agent | None:
    """The agent who works here and whose calendar this token opens."""
    found = CalendarFeed.objects.select_related("agent").filter(token_hash=token_hash(token)).first()
    return found.agent if found and found.agent.is_active and found.agent.may_send else None


def feed(agent: Agent) -> bytes:
    """The agent's appointments, those called off as such."""
    now = timezone.now()
    mine = appointments.listed().filter(agent=agent, starts_at__gte=now - PAST, starts_at__lte=now + FUTURE)
    return document(mine, "PUBLISH", name=f"Siegelpost · {agent}")


def invitation(appointment: Appointment, method: Method) -> bytes:
    """The appointment as the contact's calendar program takes it in, or takes it out again."""
    return document([appointment], method)


def document(shown: Iterable[Appointment], method: Method, *, name: str = "") -> bytes:
    """Appointments as an iCalendar file with the time zones they name."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Siegelpost//DE")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
    for appointment in shown:
        calendar.add_component(_event(appointment, method))
    # A moment in local time means nothing without the rules of its zone (RFC 5545, 3.2.19).
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(appointment: Appointment, method: Method) -> icalendar.Event:
    zone = ZoneInfo(load().time_zone)
    event = icalendar.Event()
    event.add("uid", f"{appointment.public_id}@{load().public_host}")
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", appointment.changed_at)
    event.add("dtstart", appointment.starts_at.astimezone(zone))
    event.add("dtend", appointment.ends_at.astimezone(zone))
    event.add("summary", appointment.title)
    event.add("status", "CANCELLED" if appointment.cancelled_at or method == "CANCEL" else "CONFIRMED")
    if appointment.place:
        event.add("location", appointment.place)
    if method == "PUBLISH":
        _add_for_the_agent(event, appointment)
    else:
        _add_people(event, appointment)
    return event


def _add_for_the_agent(event: icalendar.Event, appointment: Appointment) -> None:
    told = [appointment.note]
    if contact := appointment.contact:
        told += [contact.full_name, contact.mobile or contact.phone, contact.email]
    if appointment.estate:
        told.append(str(appointment.estate))
    told.append(f"{load().public_address}/appointments/{appointment.public_id}/")
    event.add("description", "\n".join(filter(None, told)))
    if appointment.reminder and not appointment.cancelled_at:
        alarm = icalendar.Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", appointment.title)
        alarm.add("trigger", -timedelta(minutes=appointment.reminder))
        event.add_component(alarm)


def _add_people(event: icalendar.Event, appointment: Appointment) -> None:
    agent = appointment.agent
    organizer = icalendar.vCalAddress(f"mailto:{agent.email}")
    organizer.params["CN"] = str(agent)
    event["organizer"] = organizer
    attendee = icalendar.vCalAddress(f"mailto:{appointment.invited_email}")
    attendee.params |= {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}
    if appointment.contact and appointment.contact.email == appointment.invited_email:
        attendee.params["CN"] = appointment.contact.full_name
    event.add("attendee", attendee, encode=False)

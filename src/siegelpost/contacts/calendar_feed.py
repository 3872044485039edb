"""Appointments for other programs: an agent's calendar feed, and invitations (iCalendar, RFC 5545 and RFC 5546)."""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import icalendar
from django.db import transaction
from django.utils import timezone

from siegelpost.contacts import appointments, time_zone
from siegelpost.contacts.diary_models import Appointment, CalendarFeed, Participant
from siegelpost.office.models import Agent
from siegelpost.office.tokens import new_token, token_hash
from siegelpost.settings import load

Method = Literal["PUBLISH", "REQUEST", "CANCEL"]

# What a feed holds: enough to look back, and further ahead than anybody plans viewings.
PAST, FUTURE = timedelta(days=90), timedelta(days=730)
# How often a program that reads the feed may look for what is new.
FRESH_FOR = timedelta(minutes=15)


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


def invitation(appointment: Appointment, method: Method, to: Appointment | Participant | None = None) -> bytes:
    """The appointment as the calendar program of who is invited takes it in, or takes it out again.

    Args:
        to: whose entry it is, a participant's where there are several: it names nobody else.
    """
    calendar = _calendar([appointment], method)
    calendar.add_component(_event(appointment, method, to or appointment))
    return bytes(calendar.to_ical())


def document(shown: Iterable[Appointment], method: Method, *, name: str = "") -> bytes:
    """Appointments as an iCalendar file with the time zones they name; ``name`` is that of a feed."""
    shown = list(shown)
    calendar = _calendar(shown, method, name)
    for appointment in shown:
        calendar.add_component(_event(appointment, method, appointment))
    return bytes(calendar.to_ical())


def notice(appointment: Appointment, about: Participant) -> bytes:
    """The appointment for its agent as a file that belongs to one of those who come: it names nobody else.

    It stands in that one's proof, which a third party reads.
    """
    calendar = _calendar([appointment], "PUBLISH")
    calendar.add_component(_event(appointment, "PUBLISH", appointment, about))
    return bytes(calendar.to_ical())


def _calendar(shown: list[Appointment], method: Method, name: str = "") -> icalendar.Calendar:
    """The file without its events."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Siegelpost//Siegelpost//DE")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if name:
        calendar.add("name", _plain(name))
        calendar.add("refresh-interval", FRESH_FOR, {"VALUE": "DURATION"})
        # The same for programs that do not know RFC 7986.
        calendar.add("x-wr-calname", _plain(name))
        calendar.add("x-published-ttl", icalendar.vDuration(FRESH_FOR))
    if years := [moment.year for one in shown for moment in (one.starts_at, one.ends_at)]:
        # A moment in local time means nothing without the rules of its zone (RFC 5545, 3.2.19).
        calendar.add_component(time_zone.component(load().time_zone, min(years), max(years)))
    return calendar


def _event(
    appointment: Appointment, method: Method, entry: Appointment | Participant, about: Participant | None = None
) -> icalendar.Event:
    event = icalendar.Event()
    changed = max(appointment.changed_at, entry.changed_at)
    # Without the server's name, which may change while the appointment stays the same (RFC 7986, 5.3).
    event.add("uid", str(entry.public_id))
    event.add("sequence", entry.sequence)
    event.add("dtstamp", changed)
    event.add("created", entry.created_at)
    event.add("last-modified", changed)
    event.add("dtstart", _local(appointment.starts_at))
    event.add("dtend", _local(appointment.ends_at))
    event.add("summary", _plain(appointment.title))
    event.add("status", _status(appointment, method))
    if appointment.is_vacant:
        # Offered is not taken: others may still put something there.
        event.add("transp", "TRANSPARENT")
    if appointment.place:
        event.add("location", _plain(appointment.place))
    # Whose it is belongs into every calendar object with a method, published ones included (RFC 5546, 3.2.1).
    event["organizer"] = _person(appointment.agent.email, str(appointment.agent))
    if method == "PUBLISH":
        _add_for_the_agent(event, appointment, about)
    else:
        _add_invited(event, entry)
    return event


def _status(appointment: Appointment, method: Method) -> str:
    if appointment.cancelled_at or method == "CANCEL":
        return "CANCELLED"
    return "TENTATIVE" if appointment.is_vacant else "CONFIRMED"


def _local(moment: datetime) -> datetime:
    """In the office's time zone; in UTC in the hour that comes twice, which programs understand differently."""
    local = moment.astimezone(ZoneInfo(load().time_zone))
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return moment.astimezone(UTC) if twice else local


def _plain(text: str) -> str:
    """Without the control characters that a calendar must not hold (RFC 5545, 3.3.11)."""
    return "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) != "Cc")


def _person(address: str, name: str) -> icalendar.vCalAddress:
    person = icalendar.vCalAddress(f"mailto:{address}")
    if name:
        person.params["CN"] = " ".join(_plain(name).split())
    return person


def _add_for_the_agent(event: icalendar.Event, appointment: Appointment, about: Participant | None) -> None:
    told = [] if about else [appointment.note]
    coming = [about.contact] if about else [appointment.contact, *(one.contact for one in appointment.coming)]
    for contact in filter(None, coming):
        told += [contact.full_name, contact.mobile or contact.phone, contact.email]
    if appointment.estate:
        told.append(str(appointment.estate))
    address = f"{load().public_address}/appointments/{appointment.public_id}/"
    event.add("description", _plain("\n".join(filter(None, [*told, address]))))
    event.add("url", address)
    if appointment.reminder and not appointment.cancelled_at:
        alarm = icalendar.Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", _plain(appointment.title))
        alarm.add("trigger", -timedelta(minutes=appointment.reminder))
        event.add_component(alarm)


def _add_invited(event: icalendar.Event, entry: Appointment | Participant) -> None:
    contact = entry.contact
    name = contact.full_name if contact and contact.email == entry.invited_email else ""
    attendee = _person(entry.invited_email, name)
    attendee.params |= {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}
    event.add("attendee", attendee, encode=False)

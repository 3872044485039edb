"""Calendar programs of others: each says when the events of a file begin and end, by the file's own time zones."""

import json
import re
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime

import vobject
from ical.calendar_stream import CalendarStream
from tests.support import parts

Times = list[tuple[datetime, datetime]]
# A name that no program knows: what it stands for can be read in the file alone.
_UNKNOWN = b"Hausuhr"


def ical_js(document: bytes) -> Times:
    """Mozilla's, of Thunderbird."""
    parts.need_reader("ical.js")
    command = [parts.need("node"), parts.READERS / "calendar.cjs"]
    told = subprocess.run(command, input=document, capture_output=True, check=True, timeout=60).stdout
    start_and_end = [tuple(datetime.fromisoformat(moment) for moment in event) for event in json.loads(told)]
    return [(start, end) for start, end in start_and_end]


def vobject_with_dateutil(document: bytes) -> Times:
    """Its time zones are read by dateutil's ``tzical``."""
    vobject.icalendar.__dict__["__tzidMap"].clear()
    calendar = vobject.readOne(document.decode())
    events = calendar.contents.get("vevent", [])
    return [(event.dtstart.value.astimezone(UTC), event.dtend.value.astimezone(UTC)) for event in events]


def ical_of_home_assistant(document: bytes) -> Times:
    """The library ``ical``."""
    (calendar,) = CalendarStream.from_ics(document.decode()).calendars
    times: Times = []
    for event in calendar.events:
        assert isinstance(event.dtstart, datetime)
        assert isinstance(event.dtend, datetime)
        times.append((event.dtstart.astimezone(UTC), event.dtend.astimezone(UTC)))
    return times


ALL: tuple[Callable[[bytes], Times], ...] = (ical_js, vobject_with_dateutil, ical_of_home_assistant)


def with_unknown_zone(document: bytes) -> bytes:
    """The same file, its zone under a name that says nothing."""
    return re.sub(rb"(TZID[:=])Europe/Berlin", rb"\1" + _UNKNOWN, document)

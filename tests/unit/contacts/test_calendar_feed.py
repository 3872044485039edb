"""Calendar feeds and invitations, read by a calendar library as another program would."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.test import Client
from tests.support import calendar_readers
from tests.support.office import a_contact, an_agent, an_appointment, an_estate, an_office

from siegelpost.cases import invitations
from siegelpost.contacts import appointments, calendar_feed
from siegelpost.contacts.diary_models import CalendarFeed
from siegelpost.contacts.models import Appointment
from siegelpost.mail.models import OutgoingMail
from siegelpost.mail.outgoing.server_settings import NotConfiguredError

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


def events(document: bytes) -> list[Any]:
    return list(icalendar.Calendar.from_ical(document).walk("VEVENT"))


def last_mail() -> EmailMessage:
    message = BytesParser(policy=policy.default).parsebytes(OutgoingMail.objects.latest("pk").mime())
    assert isinstance(message, EmailMessage)
    return message


def last_invitation() -> tuple[str, Any]:
    """The method of the newest mail's calendar part, which the mail's type and the calendar must both name."""
    part = next(part for part in last_mail().walk() if part.get_content_type() == "text/calendar")
    found = icalendar.Calendar.from_ical(part.get_content())
    assert part["Content-Type"].params["method"] == found["METHOD"]
    return str(found["METHOD"]), found.walk("VEVENT")[0]


@pytest.mark.parametrize(
    ("moment", "local", "offset"),
    [
        (datetime(2027, 1, 15, 9, 0, tzinfo=UTC), "2027-01-15 10:00", 1),
        (datetime(2027, 7, 15, 8, 0, tzinfo=UTC), "2027-07-15 10:00", 2),
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "2027-03-28 03:00", 2),
    ],
)
def test_times_are_those_of_the_office_in_summer_and_winter(moment: datetime, local: str, offset: int) -> None:
    document = calendar_feed.document([an_appointment(starts_at=moment)], "PUBLISH")
    (event,) = events(document)
    assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert event.start.strftime("%Y-%m-%d %H:%M") == local
    assert event.start.utcoffset() == timedelta(hours=offset)
    assert [str(zone["TZID"]) for zone in icalendar.Calendar.from_ical(document).walk("VTIMEZONE")] == ["Europe/Berlin"]


@pytest.mark.parametrize("hour", [0, 1])
def test_the_hour_that_comes_twice_is_named_in_utc(hour: int) -> None:
    """RFC 5545 means the first of the two by local time; ical.js reads the second."""
    (event,) = events(
        calendar_feed.document([an_appointment(starts_at=datetime(2027, 10, 31, hour, 30, tzinfo=UTC))], "PUBLISH")
    )
    assert event["DTSTART"].to_ical() == f"20271031T0{hour}3000Z".encode()


# What RFC 5545 (3.6.1) and RFC 5546 (3.2) ask of an event, by method: exactly once, and never.
ONCE = {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE", "STATUS", "ORGANIZER"}
STRICT = {
    "PUBLISH": (ONCE, {"ATTENDEE"}),
    "REQUEST": (ONCE | {"ATTENDEE"}, set()),
    "CANCEL": (ONCE | {"ATTENDEE"}, set()),
}


def lines_of(document: bytes) -> list[str]:
    """The lines as a strict reader unfolds them: CR LF and nothing else, 75 octets at most, whole characters."""
    assert document.endswith(b"\r\n")
    raw = document.removesuffix(b"\r\n").split(b"\r\n")
    for line in raw:
        assert len(line) <= 75
        assert not set(line) & ({*range(32), 127} - {9}), line
        line.decode()
    return b"\r\n".join(raw).replace(b"\r\n ", b"").decode().split("\r\n")


@pytest.mark.parametrize("method", STRICT)
def test_a_strict_reader_finds_nothing_wrong(method: calendar_feed.Method) -> None:
    contact = a_contact(first_name='Ann "Ä"', last_name="Groß; Söhne, & Co: Töchter" * 3)
    made = an_appointment(
        title="Besichtigung: Größe, Höhe; „Loggia“ \\ Süd\x07\x1f" + "ö" * 120,
        note="eins\r\nzwei\r\nEND:VEVENT",
        place="Gartenstraße 5, 73728 Esslingen",
        contact=contact,
        agent=an_agent(name="Jana\r\nATTENDEE:mailto:x@y.test"),
        invited_email=contact.email,
    )
    lines = lines_of(calendar_feed.document([made], method, name="Büro\x00"))
    names = [line.partition(":")[0].partition(";")[0] for line in lines]
    begin, end = lines.index("BEGIN:VEVENT"), lines.index("END:VEVENT")
    alarm = lines.index("BEGIN:VALARM") if "BEGIN:VALARM" in lines else end
    event = names[begin + 1 : alarm]
    once, never = STRICT[method]
    assert {name for name in event if event.count(name) == 1} >= once
    assert not set(event) & never
    assert lines[:1] + lines[-1:] == ["BEGIN:VCALENDAR", "END:VCALENDAR"]
    assert [names.count(name) for name in ("PRODID", "VERSION", "METHOD", "BEGIN", "END")][:3] == [1, 1, 1]
    assert names.count("BEGIN") == names.count("END")
    assert f"UID:{made.public_id}" in lines
    assert lines.index("BEGIN:VTIMEZONE") < begin  # programs that read once from the top know the zone by then
    (read,) = events(calendar_feed.document([made], method))
    assert read["SUMMARY"] == made.title.replace("\x07", "").replace("\x1f", "")


def test_an_invitation_is_beside_the_text_with_lines_as_calendars_end_them(invited: Appointment) -> None:
    assert invited.invited_email
    mail = last_mail()
    assert mail.get_content_type() == "multipart/alternative"
    parts = list(mail.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/calendar"]
    raw = parts[1].get_payload(decode=True)
    assert isinstance(raw, bytes)
    lines_of(raw)
    assert parts[1]["Content-Type"].params["charset"] == "utf-8"


def test_what_was_called_off_takes_place_after_all_with_the_next_number(invited: Appointment) -> None:
    assert not invitations.reinstate(invited)
    invitations.cancel(invited)
    with pytest.raises(appointments.CalledOffError):
        invitations.keep(invited, invite=True)
    assert invitations.reinstate(invited)
    method, event = last_invitation()
    assert (method, event["STATUS"], event["SEQUENCE"]) == ("REQUEST", "CONFIRMED", 2)
    assert OutgoingMail.objects.count() == 3


def test_a_feed_holds_the_agents_own_appointments_with_alarms() -> None:
    agent = an_agent()
    mine = an_appointment(agent=agent, contact=a_contact(mobile="0171 1"), note="Schlüssel beim Nachbarn")
    an_appointment(title="von jemand anderem")
    off = an_appointment(agent=agent, title="abgesagt", cancelled_at=datetime(2026, 1, 1, tzinfo=UTC))
    found = {str(event["UID"]): event for event in events(calendar_feed.feed(agent))}
    assert set(found) == {str(one.public_id) for one in (mine, off)}
    event = found[str(mine.public_id)]
    assert "Schlüssel beim Nachbarn" in event["DESCRIPTION"]
    assert event.walk("VALARM")[0]["TRIGGER"].dt == -timedelta(hours=1)
    assert found[str(off.public_id)]["STATUS"] == "CANCELLED"


def test_the_address_is_secret_kept_as_a_hash_and_can_be_ended() -> None:
    agent = an_agent()
    an_appointment(agent=agent)
    token = calendar_feed.new_feed(agent)
    kept = CalendarFeed.objects.get()
    assert token.encode() not in bytes(kept.token_hash)
    answer = Client().get(f"/calendar/{token}.ics", secure=True)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert len(events(answer.content)) == 1
    again = calendar_feed.new_feed(agent)
    assert Client().get(f"/calendar/{token}.ics", secure=True).status_code == 404
    assert Client().get(f"/calendar/{again}.ics", secure=True).status_code == 200
    calendar_feed.end_feed(agent)
    assert Client().get(f"/calendar/{again}.ics", secure=True).status_code == 404


def test_the_calendar_of_somebody_who_left_is_closed() -> None:
    agent = an_agent()
    token = calendar_feed.new_feed(agent)
    agent.is_active = False
    agent.save()
    assert calendar_feed.whose(token) is None


@pytest.fixture
def invited() -> Appointment:
    an_office()
    made = an_appointment(contact=a_contact(), agent=an_agent(name="Jana Roth", email="jana@lindenhof.test"))
    assert invitations.keep(made, invite=True)
    return made


def test_an_invitation_says_who_when_and_where(invited: Appointment) -> None:
    method, event = last_invitation()
    assert method == "REQUEST"
    assert event["ORGANIZER"] == "mailto:jana@lindenhof.test"
    assert event["ATTENDEE"] == "mailto:mara@berger.test"
    assert (event["SEQUENCE"], event["LOCATION"]) == (0, invited.place)
    assert event.start == invited.starts_at.replace(microsecond=0)
    # What the agent noted, and where the office keeps it, is nobody else's business.
    assert "DESCRIPTION" not in event
    mail = last_mail()
    assert mail["Reply-To"] == "jana@lindenhof.test"
    text = mail.get_body(("plain",))
    assert text is not None
    assert "Sehr geehrte Frau Berger," in text.get_content()
    assert invited.starts_at.astimezone(BERLIN).strftime(", %H:%M") in text.get_content()


def test_a_change_that_matters_is_told_with_the_next_number_and_others_are_not(invited: Appointment) -> None:
    invited.note = "bringt den Partner mit"
    assert not invitations.keep(invited, invite=False)
    invited.starts_at += timedelta(hours=1)
    invited.ends_at += timedelta(hours=1)
    assert invitations.keep(invited, invite=False)
    method, event = last_invitation()
    assert (method, event["SEQUENCE"]) == ("REQUEST", 1)
    assert OutgoingMail.objects.count() == 2
    assert str(last_mail()["Subject"]).startswith("Geändert:")


def test_calling_off_tells_whoever_was_invited_once(invited: Appointment) -> None:
    assert invitations.cancel(invited)
    method, event = last_invitation()
    assert (method, event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)
    assert not invitations.cancel(invited)
    assert OutgoingMail.objects.count() == 2


def test_with_another_contact_the_first_is_told_that_it_is_off(invited: Appointment) -> None:
    first, other = invited.contact, a_contact(first_name="Otto", last_name="Lange", email="otto@lange.test")
    invited.contact = other
    assert invitations.keep(invited, invite=True)
    mails = list(OutgoingMail.objects.order_by("pk").values_list("recipient", flat=True))
    assert first is not None
    assert mails == [first.email, first.email, other.email]
    assert last_invitation()[0] == "REQUEST"


def test_without_a_mail_server_nothing_is_saved() -> None:
    made = an_appointment(contact=a_contact())
    made.title = "anders"
    with pytest.raises(NotConfiguredError):
        invitations.keep(made, invite=True)
    assert Appointment.objects.get().title != "anders"


MOMENTS = [
    # Summer, winter, the days around both changes of the clock, the doubled hour, and years ahead.
    *(datetime(2027, month, 1, 8, 0, tzinfo=UTC) for month in range(1, 13)),
    *(datetime(2027, 3, 28, hour, 0, tzinfo=UTC) for hour in (0, 1, 2)),
    *(datetime(2027, 10, 31, hour, 30, tzinfo=UTC) for hour in (0, 1, 2)),
    datetime(2028, 7, 1, 8, 0, tzinfo=UTC),
    datetime(2026, 12, 31, 22, 45, tzinfo=UTC),
]


@pytest.mark.parametrize("read", calendar_readers.ALL, ids=lambda reader: reader.__name__)
@pytest.mark.parametrize("method", ["PUBLISH", "REQUEST", "CANCEL"])
def test_other_programs_read_the_moments_that_are_meant(
    method: calendar_feed.Method, read: Callable[[bytes], calendar_readers.Times]
) -> None:
    """Two of six programs were an hour off in summer: they did not read lists of dates in a zone's rules."""
    made = [an_appointment(starts_at=moment, ends_at=moment + timedelta(hours=1)) for moment in MOMENTS]
    document = calendar_readers.with_unknown_zone(calendar_feed.document(made, method))
    assert b"Europe/Berlin" not in document
    assert b"RDATE" not in document
    assert read(document) == [(one.starts_at, one.ends_at) for one in made]


@pytest.mark.parametrize("read", calendar_readers.ALL, ids=lambda reader: reader.__name__)
def test_an_appointment_over_the_night_of_the_change_is_as_long_as_it_is(
    read: Callable[[bytes], calendar_readers.Times],
) -> None:
    start, end = datetime(2027, 3, 27, 20, 0, tzinfo=UTC), datetime(2027, 3, 28, 8, 0, tzinfo=UTC)
    document = calendar_feed.document([an_appointment(starts_at=start, ends_at=end)], "PUBLISH")
    assert read(calendar_readers.with_unknown_zone(document)) == [(start, end)]


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "de",
            [
                "Sehr geehrte Frau Berger,",
                "Besichtigung",
                "Helle Altbauwohnung",
                "Freitag, 15. Januar 2027, 10:00–10:45 Uhr MEZ",
            ],
        ),
        ("en", ["Dear Ms Berger,", "Besichtigung", "Helle Altbauwohnung", "Friday, 15 January 2027, 10:00–10:45 CET"]),
    ],
)
def test_an_invitation_is_written_like_a_letter_and_names_property_weekday_and_end(
    language: str, lines: list[str]
) -> None:
    """It once said "Guten Tag Mara Berger", "etwa 45 Minuten", and neither the day of the week nor the property."""
    an_office()
    begin = datetime(2027, 1, 15, 9, tzinfo=UTC)
    made = an_appointment(
        contact=a_contact(language=language), estate=an_estate(), title="Besichtigung", starts_at=begin
    )
    assert invitations.keep(made, invite=True)
    part = last_mail().get_body(("plain",))
    assert part
    text = part.get_content().replace("\N{NO-BREAK SPACE}", " ").splitlines()
    assert [line for line in text if line in lines] == lines
    assert made.place in text

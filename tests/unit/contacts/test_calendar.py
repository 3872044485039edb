"""Calendar feeds and invitations, read by a calendar library as another program would."""

from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.test import Client
from tests.support.office import a_contact, an_agent, an_appointment, an_office

from siegelpost.contacts import calendar
from siegelpost.contacts.diary import CalendarFeed
from siegelpost.contacts.models import Appointment
from siegelpost.dispatch import inviting
from siegelpost.mail.models import OutgoingMail
from siegelpost.mail.server_settings import NotConfiguredError

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
        # The hour that comes twice in the night the clocks go back.
        (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "2027-10-31 02:30", 2),
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "2027-03-28 03:00", 2),
    ],
)
def test_times_are_those_of_the_office_in_summer_and_winter(moment: datetime, local: str, offset: int) -> None:
    document = calendar.document([an_appointment(starts_at=moment)], "PUBLISH")
    (event,) = events(document)
    assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert event.start.strftime("%Y-%m-%d %H:%M") == local
    assert event.start.utcoffset() == timedelta(hours=offset)
    assert [str(zone["TZID"]) for zone in icalendar.Calendar.from_ical(document).walk("VTIMEZONE")] == ["Europe/Berlin"]


def test_a_feed_holds_the_agents_own_appointments_with_alarms() -> None:
    agent = an_agent()
    mine = an_appointment(agent=agent, contact=a_contact(mobile="0171 1"), note="Schlüssel beim Nachbarn")
    an_appointment(title="von jemand anderem")
    off = an_appointment(agent=agent, title="abgesagt", cancelled_at=datetime(2026, 1, 1, tzinfo=UTC))
    found = {str(event["UID"]): event for event in events(calendar.feed(agent))}
    assert set(found) == {f"{one.public_id}@office.test" for one in (mine, off)}
    event = found[f"{mine.public_id}@office.test"]
    assert "Schlüssel beim Nachbarn" in event["DESCRIPTION"]
    assert event.walk("VALARM")[0]["TRIGGER"].dt == -timedelta(hours=1)
    assert found[f"{off.public_id}@office.test"]["STATUS"] == "CANCELLED"


def test_the_address_is_secret_kept_as_a_hash_and_can_be_ended() -> None:
    agent = an_agent()
    an_appointment(agent=agent)
    token = calendar.new_feed(agent)
    kept = CalendarFeed.objects.get()
    assert token.encode() not in bytes(kept.token_hash)
    answer = Client().get(f"/calendar/{token}.ics", secure=True)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert len(events(answer.content)) == 1
    again = calendar.new_feed(agent)
    assert Client().get(f"/calendar/{token}.ics", secure=True).status_code == 404
    assert Client().get(f"/calendar/{again}.ics", secure=True).status_code == 200
    calendar.end_feed(agent)
    assert Client().get(f"/calendar/{again}.ics", secure=True).status_code == 404


def test_the_calendar_of_somebody_who_left_is_closed() -> None:
    agent = an_agent()
    token = calendar.new_feed(agent)
    agent.is_active = False
    agent.save()
    assert calendar.whose(token) is None


@pytest.fixture
def invited() -> Appointment:
    an_office()
    made = an_appointment(contact=a_contact(), agent=an_agent(name="Jana Roth", email="jana@lindenhof.test"))
    assert inviting.keep(made, invite=True)
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
    assert "Guten Tag Mara Berger" in text.get_content()
    assert invited.starts_at.astimezone(BERLIN).strftime("%H:%M Uhr") in text.get_content()


def test_a_change_that_matters_is_told_with_the_next_number_and_others_are_not(invited: Appointment) -> None:
    invited.note = "bringt den Partner mit"
    assert not inviting.keep(invited, invite=False)
    invited.starts_at += timedelta(hours=1)
    invited.ends_at += timedelta(hours=1)
    assert inviting.keep(invited, invite=False)
    method, event = last_invitation()
    assert (method, event["SEQUENCE"]) == ("REQUEST", 1)
    assert OutgoingMail.objects.count() == 2
    assert str(last_mail()["Subject"]).startswith("Geändert:")


def test_calling_off_tells_whoever_was_invited_once(invited: Appointment) -> None:
    assert inviting.cancel(invited)
    method, event = last_invitation()
    assert (method, event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)
    assert not inviting.cancel(invited)
    assert OutgoingMail.objects.count() == 2


def test_with_another_contact_the_first_is_told_that_it_is_off(invited: Appointment) -> None:
    first, other = invited.contact, a_contact(first_name="Otto", last_name="Lange", email="otto@lange.test")
    invited.contact = other
    assert inviting.keep(invited, invite=True)
    mails = list(OutgoingMail.objects.order_by("pk").values_list("recipient", flat=True))
    assert first is not None
    assert mails == [first.email, first.email, other.email]
    assert last_invitation()[0] == "REQUEST"


def test_without_a_mail_server_nothing_is_saved() -> None:
    made = an_appointment(contact=a_contact())
    made.title = "anders"
    with pytest.raises(NotConfiguredError):
        inviting.keep(made, invite=True)
    assert Appointment.objects.get().title != "anders"

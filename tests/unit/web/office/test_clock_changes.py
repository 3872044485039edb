"""Nights in which the clocks are changed, and the day that not every year has: what is arranged, shown and due."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from tests.support.office import a_dispatch, an_activity, an_agent, an_appointment, an_office, the_guard_says

from siegelpost.contacts.models import Appointment
from siegelpost.dispatch.send import reminders
from siegelpost.templating import environment
from siegelpost.web.office import today

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str, fold: int = 0) -> datetime:
    """By the clock on the wall."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("begin", "minutes", "german", "english"),
    [
        (at("2026-03-29T01:45"), 45, "29. März 2026, 01:45 MEZ–03:30 Uhr MESZ", "29 March 2026, 01:45 CET–03:30 CEST"),
        (at("2026-10-25T02:30"), 45, "25. Oktober 2026, 02:30 MESZ–02:15 Uhr MEZ", "02:30 CEST–02:15 CET"),
        (at("2026-10-25T02:15", 1), 30, "02:15–02:45 Uhr MEZ", "02:15–02:45 CET"),
        (at("2028-02-29T10:00"), 45, "Dienstag, 29. Februar 2028, 10:00–10:45 Uhr MEZ", "10:00–10:45 CET"),
        (at("2026-10-24T23:30"), 240, "24. Oktober 2026, 23:30 MESZ – Sonntag, 25. Oktober 2026, 02:30 Uhr MEZ", ""),
    ],
)
def test_recipients_read_the_zone_beside_the_time(begin: datetime, minutes: int, german: str, english: str) -> None:
    """An invitation said from 02:30 to 02:15, and who was abroad did not know by whose clock."""
    end = begin + timedelta(minutes=minutes)
    for language, wanted in (("de", german), ("en", english)):
        said = environment(language).filters["until"](begin, end).replace("\u00a0", " ")
        assert said.endswith(wanted)
        hours = environment(language).filters["hours"](begin, end)
        assert " – " in wanted or not wanted or wanted.endswith(hours)


@pytest.mark.parametrize("typed", ["2027-10-31T01:45", "2027-03-28T01:45", "2028-02-29T23:30"])
def test_an_appointment_lasts_as_long_as_was_chosen(typed: str) -> None:
    """Two hours over the night of the change were stored as three."""
    an_office()
    client = Client()
    client.force_login(an_agent(password="vier Wörter sind genug"))
    given = {"title": "Nachtbesichtigung", "starts_at": typed, "length": 120, "reminder": ""}
    assert client.post("/appointments/new/", given, secure=True).status_code == 302
    kept = Appointment.objects.get()
    assert (kept.starts_at, kept.minutes) == (at(typed), 120)


@pytest.mark.parametrize("sent", ["2027-03-26T10:00", "2027-10-29T10:00", "2028-02-28T10:00", "2027-03-25T02:30"])
@pytest.mark.usefixtures("an_office_at_work")
def test_a_reminder_comes_at_the_same_hour(sent: str) -> None:
    dispatch = a_dispatch()
    dispatch.remind_every_days, dispatch.reminders_left = 3, 1
    dispatch.expires_at = at(sent) + timedelta(days=30)
    reminders.schedule(dispatch, at(sent))
    assert dispatch.next_reminder_at is not None
    due = dispatch.next_reminder_at.astimezone(BERLIN)
    # Of an hour that the clock leaves out the next one is meant.
    assert due.hour == (3 if sent.endswith("02:30") else 10)
    assert (due.date() - at(sent).astimezone(BERLIN).date()).days == 3


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25", "2028-02-29"])
@pytest.mark.parametrize("hour", ["00:10", "04:00", "23:50"])
def test_today_is_the_offices_day(day: str, hour: str, monkeypatch: pytest.MonkeyPatch) -> None:
    agent = an_agent(password="vier Wörter sind genug")
    an_office()
    the_guard_says(True, monkeypatch)
    client = Client(headers={"host": "localhost"})
    now = at(f"{day}T{hour}")
    tomorrow = (datetime.fromisoformat(day) + timedelta(days=1)).date()
    an_appointment(agent=agent, title="Heute zuletzt", starts_at=at(f"{day}T23:55"))
    an_appointment(agent=agent, title="Morgen zuerst", starts_at=at(f"{tomorrow}T00:05"))
    an_activity(agent=agent, text="Heute anrufen", follow_up_on=datetime.fromisoformat(day).date())
    an_activity(agent=agent, text="Erst morgen", follow_up_on=tomorrow)
    monkeypatch.setattr(timezone, "now", lambda: now)
    client.force_login(agent)
    page = client.get("/today/now/", secure=True).content.decode()
    ahead = page.index('class="soon"')
    assert page.index("Heute zuletzt") < ahead < page.index("Morgen zuerst")
    assert "Heute anrufen" in page
    assert "Erst morgen" not in page
    assert today.yesterday() == at(f"{datetime.fromisoformat(day).date() - timedelta(days=1)}T00:00")

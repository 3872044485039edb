"""Visitors whose browsers refused the certificate: counted by day, told to administrators once a day."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.support.office import an_agent, an_office

from siegelpost.certificates import refusals
from siegelpost.mail.models import OutgoingMail
from siegelpost.office.models import Role
from siegelpost.settings import load
from siegelpost.tls.front import Refusal
from siegelpost.tls.front.client_hello import ClientHello
from siegelpost.tls.front.journal import Journal
from siegelpost.tls.store import Store

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
BROWSER = ClientHello("office.test", (b"h2", b"http/1.1"))
SCANNER = ClientHello(None, ())


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Journal:
    settings = load().model_copy(update={"data": tmp_path})
    monkeypatch.setattr(refusals, "load", lambda: settings)
    return Journal(tmp_path / "tls" / "refusals", b"key", ["office.test"])


def test_days_are_told_apart_and_so_is_noise(journal: Journal) -> None:
    for number in range(3):
        journal.record(Refusal.UNKNOWN_CA, BROWSER, f"198.51.100.{number}", at=NOW)
    journal.record(Refusal.UNKNOWN_CA, BROWSER, "198.51.100.0", at=NOW)
    journal.record(Refusal.BAD_CERTIFICATE, SCANNER, "203.0.113.1", at=NOW - timedelta(days=2))
    today, earlier = refusals.met(today=NOW.date())
    assert (today.visitors, today.noise, today.kinds) == (3, 0, ((Refusal.UNKNOWN_CA, 3),))
    assert (earlier.visitors, earlier.noise) == (0, 1)


def test_administrators_are_told_once_a_day(journal: Journal) -> None:
    an_office()
    boss = an_agent(role=Role.ADMINISTRATOR)
    an_agent(role=Role.MANAGER)
    journal.record(Refusal.BAD_CERTIFICATE, SCANNER, "203.0.113.1", at=NOW)
    assert refusals.alarm(today=NOW.date()) == 0, "a scanner alarms nobody"
    journal.record(Refusal.UNKNOWN_CA, BROWSER, "198.51.100.7", at=NOW)
    assert refusals.alarm(today=NOW.date()) == 1
    assert refusals.alarm(today=NOW.date()) == 0
    [mail] = OutgoingMail.objects.all()
    assert mail.recipient == boss.email
    assert "abgelehnt" in mail.subject
    journal.record(Refusal.UNKNOWN_CA, BROWSER, "198.51.100.7", at=NOW + timedelta(days=1))
    assert refusals.alarm(today=NOW.date() + timedelta(days=1)) == 1


def test_what_was_refused_before_the_certificate_was_put_in_alarms_nobody(journal: Journal, tmp_path: Path) -> None:
    """Ninety seconds after it had been mended, the new administrator heard of his own first visit."""
    an_office()
    an_agent(role=Role.ADMINISTRATOR)
    store = Store(tmp_path / "tls")
    store.folder.mkdir(parents=True, exist_ok=True)
    store.active_file.write_text("{}")
    os.utime(store.active_file, (NOW.timestamp(), NOW.timestamp()))
    journal.record(Refusal.UNKNOWN_CA, BROWSER, "198.51.100.7", at=NOW - timedelta(minutes=2))
    assert refusals.alarm(today=NOW.date()) == 0
    assert refusals.met(today=NOW.date())[0].visitors == 1, "the page still counts it"
    journal.record(Refusal.UNKNOWN_CA, BROWSER, "198.51.100.7", at=NOW + timedelta(minutes=2))
    assert refusals.alarm(today=NOW.date()) == 1


def test_an_alarm_waits_for_the_mail_server(journal: Journal) -> None:
    an_office(smtp_host="")
    an_agent(role=Role.ADMINISTRATOR)
    journal.record(Refusal.UNKNOWN_CA, BROWSER, "198.51.100.7", at=NOW)
    assert refusals.alarm(today=NOW.date()) == 0
    an_office()
    assert refusals.alarm(today=NOW.date()) == 1

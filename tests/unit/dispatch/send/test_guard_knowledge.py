"""What the doctor cannot know, because his knowledge is old, is said beside his good word; sending goes on."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.template.loader import render_to_string
from django.test import Client
from rich.console import Console
from tests.support.office import a_letter, an_agent, an_office
from tests.support.pki import Authority

from siegelpost.cli import doctor, doctor_live
from siegelpost.dispatch.send import guard
from siegelpost.dispatch.send.guard import GuardVerdict
from siegelpost.dispatch.send.send import preview, send
from siegelpost.doctor.judge import judge
from siegelpost.doctor.judgement import Judgement
from siegelpost.doctor.live import LiveReport, report_words
from siegelpost.doctor.live.verdicts import LiveVerdict
from siegelpost.office.models import Role, WhenUnknown

NAME = "expose.example.com"
STRICTER = "Ob Browser inzwischen strengere Regeln"


def judged(days: int) -> Judgement:
    """Of a good chain, so many days from now."""
    root = Authority.root()
    at = datetime.now(UTC) + timedelta(days=days)
    return judge(root.issue(NAME, days=800).chain, NAME, at=at, local_roots=[root.der])


def report(days: int) -> LiveReport:
    found = judged(days)
    verdicts = {
        browser: LiveVerdict(browser, verdict.state, judged=verdict) for browser, verdict in found.verdicts.items()
    }
    return LiveReport(NAME, 443, found.at, 0.1, verdicts, found, ())


@pytest.fixture
def old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "report", lambda: report(700))
    cache.clear()


@pytest.mark.django_db
@pytest.mark.usefixtures("old")
def test_the_guard_lets_go_and_says_what_it_cannot_know() -> None:
    office = an_office(when_unknown=WhenUnknown.HOLD)
    found = guard.verdict()
    assert found.ok
    assert found.trusts(office)
    assert [each["de"][: len(STRICTER)] for each in found.unknown] == [STRICTER]
    assert "cannot be told" in found.unknown[0]["en"]
    assert GuardVerdict.from_json(found.as_json()) == found


@pytest.mark.django_db
@pytest.mark.usefixtures("old")
def test_the_office_reads_it_where_it_sends_and_where_it_looks() -> None:
    an_office(when_unknown=WhenUnknown.HOLD)
    agent, client = an_agent(role=Role.ADMINISTRATOR), Client()
    client.force_login(agent)
    for page in ("/today/certificate/", "/setup/certificate/line/", "/setup/certificate/"):
        told = client.get(page, secure=True).content.decode()
        assert STRICTER in told, page
        assert "nichts zu tun" not in told, page
    before = preview(agent, a_letter())
    assert before.may_go
    assert STRICTER in render_to_string("dispatches/preview_guard.html", {"preview": before})
    assert send(agent, a_letter(), public_id=uuid4()).pk


@pytest.mark.parametrize(("days", "told"), [(1, False), (700, True)])
def test_the_command_says_so_of_a_file_and_of_a_server(days: int, told: bool) -> None:
    shown: list[Callable[[Console], None]] = [
        lambda console: doctor.show(judged(days), "de", console),
        lambda console: doctor_live.show(report(days), "de", console),
    ]
    for show in shown:
        console = Console(record=True, width=400)
        show(console)
        said = console.export_text()
        assert (STRICTER in said) is told
        assert ("soweit der Doktor es weiß" in said) is told
    assert bool(report_words.as_json(report(days), "de")["unknown"]) is told

"""Certificates that end are told of in time, by shares of their lifetime, once for each share."""

from datetime import UTC, datetime, timedelta
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest
from tests.support.office import an_agent, an_office
from tests.support.pki import Authority

from siegelpost.certificates import expiry_notice
from siegelpost.mail.models import OutgoingMail
from siegelpost.mail.push.models import PushDevice, PushMessage
from siegelpost.office.models import Role
from siegelpost.settings import load
from siegelpost.tls.acme import state as states
from siegelpost.tls.acme.plan import Plan, plan_changed_at, save_plan
from siegelpost.tls.acme.problems import Code, Problem
from siegelpost.tls.store import Source, Store, Stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    settings = load().model_copy(update={"data": tmp_path})
    monkeypatch.setattr(expiry_notice, "load", lambda: settings)
    return Store(tmp_path / "tls")


def served(store: Store, days: float, source: Source = Source.IMPORTED) -> Stored:
    given = Authority.root().issue("office.test", days=days)
    stored = store.add(given.chain_pem, given.key_pem, source)
    store.activate(stored.id)
    return stored


@pytest.mark.parametrize("days", [6, 90, 200])
def test_the_shares_are_those_of_the_lifetime(store: Store, days: int) -> None:
    an_office()
    an_agent(role=Role.ADMINISTRATOR)
    an_agent(role=Role.MANAGER)
    stored = served(store, days)
    lifetime = stored.not_after - stored.not_before
    told = [expiry_notice.warn(stored.not_after - lifetime * share) for share in (0.9, 0.34, 0.26)]
    assert told == [0, 0, 0]
    for share in (0.24, 0.16, 0.09, 0.04, -0.01):
        moment = stored.not_after - lifetime * share
        assert [expiry_notice.warn(moment), expiry_notice.warn(moment)] == [1, 0], share
    subjects = [mail.subject for mail in OutgoingMail.objects.order_by("pk")]
    assert len(subjects) == 5
    assert "endet am" in subjects[0]
    assert "abgelaufen" in subjects[-1]


def test_a_renewed_certificate_brings_no_mail(store: Store) -> None:
    an_office()
    an_agent(role=Role.ADMINISTRATOR)
    served(store, 90)
    served(store, 200)
    assert expiry_notice.warn(datetime.now(UTC) + timedelta(days=100)) == 0


def test_the_mail_names_what_stands_in_the_way(store: Store) -> None:
    an_office()
    boss = an_agent(role=Role.ADMINISTRATOR)
    save_plan(store, Plan(("office.test",)))
    stored = served(store, 90, Source.ACME)
    problem = Problem(Code.NOT_REACHED, {"name": "office.test", "detail": "Timeout during connect"})
    states.save(store, states.RenewalState(failures=9, problem=problem, plan=plan_changed_at(store)))
    assert expiry_notice.warn(stored.not_after - timedelta(days=15)) == 1
    [mail] = OutgoingMail.objects.all()
    assert mail.recipient == boss.email
    assert "Port 443" in mail.mime().decode()


def test_the_phone_is_told_as_well(store: Store) -> None:
    an_office()
    boss = an_agent(role=Role.ADMINISTRATOR)
    PushDevice.objects.create(agent=boss, endpoint="https://push.example/1", p256dh="p", auth="a", name="Handy")
    stored = served(store, 90)
    expiry_notice.warn(stored.not_after - timedelta(days=20))
    [queued] = PushMessage.objects.filter(message__contains="office.test")
    assert "/certificate/" in queued.message
    assert OutgoingMail.objects.count() == 1


def test_it_waits_for_the_mail_server(store: Store) -> None:
    an_office(smtp_host="")
    an_agent(role=Role.ADMINISTRATOR)
    stored = served(store, 90)
    assert expiry_notice.warn(stored.not_after - timedelta(days=20)) == 0
    an_office()
    assert expiry_notice.warn(stored.not_after - timedelta(days=20)) == 1


def test_what_the_automatic_one_waits_for_is_told_of_like_any_other_and_asks(store: Store) -> None:
    """Nobody replaces a bought certificate unasked, so the office is asked while there is time: of 200 days at 50."""
    an_office()
    an_agent(role=Role.ADMINISTRATOR)
    save_plan(store, Plan(("office.test",)))
    stored = served(store, 200)
    assert expiry_notice.warn(stored.not_after - timedelta(days=49)) == 1
    [mail] = OutgoingMail.objects.all()
    for part in BytesParser(policy=policy.default).parsebytes(mail.mime()).walk():
        if part.get_content_maintype() == "text":
            assert "Ungefragt wird es nicht ersetzt" in part.get_content()
            assert "Automatisch weiter" in part.get_content()

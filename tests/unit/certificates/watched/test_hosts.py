"""What people name is looked at once a day; administrators hear of each stage once, and when it is well again."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network

import pytest
from tests.support.office import an_agent, an_office
from tests.support.pki import Authority, Certificate, distinguished, dns
from tests.support.strange_servers import PAGE, context_for, over_tls, serving

from siegelpost.certificates.models import WatchedHost
from siegelpost.certificates.watched import hosts
from siegelpost.certificates.watched.look import Watcher
from siegelpost.certificates.watched.services import Service
from siegelpost.ledger.models import Event
from siegelpost.mail.models import OutgoingMail
from siegelpost.mail.push.models import PushDevice, PushMessage
from siegelpost.office.models import Role

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
NAME = "www.lindenhof.test"
ROOT = Authority.root(not_before=NOW - timedelta(days=400), days=4000)
WATCHER_ROOTS = (ROOT.der,)


def a_certificate(*, begun: float = 1, days: float = 90, name: str = NAME) -> Certificate:
    return ROOT.issue(name, not_before=NOW - timedelta(days=begun), days=days)


@contextmanager
def shown(certificate: Certificate, port: int = 0) -> Iterator[int]:
    with serving(over_tls(context_for(certificate), PAGE), port=port) as server:
        yield server.port


def look(host: WatchedHost, at: datetime = NOW) -> WatchedHost:
    private, address = (ip_network("127.0.0.0/8"),), ip_address("127.0.0.1")
    watcher = Watcher(roots=WATCHER_ROOTS, private=private, lookup=lambda _host, _deadline: [address])
    hosts.look_at(host, watcher, at)
    host.refresh_from_db()
    return host


def subjects() -> list[str]:
    return [mail.subject for mail in OutgoingMail.objects.order_by("pk")]


@pytest.fixture
def administrator() -> None:
    an_office()
    boss = an_agent(role=Role.ADMINISTRATOR)
    PushDevice.objects.create(agent=boss, endpoint="https://push.example/1", p256dh="p", auth="a", name="Handy")
    an_agent(role=Role.MANAGER)


def test_naming_and_removing_stands_in_the_ledger() -> None:
    an_office()
    found = hosts.add(Service.IMAPS, NAME, None, by="somebody")
    assert found.port == 993
    with pytest.raises(hosts.WatchedAlreadyError):
        hosts.add(Service.IMAPS, NAME, None, by="somebody")
    hosts.remove(found.public_id, by="another")
    assert hosts.watched() == []
    with pytest.raises(WatchedHost.DoesNotExist):
        hosts.remove(uuid.uuid4(), by="another")
    written = [
        (event.kind, json.loads(bytes(event.leaf))["data"])
        for event in Event.objects.filter(kind__startswith="Watched")
    ]
    about = {"service": "imaps", "host": NAME, "port": 993}
    assert written == [
        ("WatchedHostAdded", about | {"by": "somebody"}),
        ("WatchedHostRemoved", about | {"by": "another"}),
    ]


def test_there_is_an_end_to_how_many_are_watched() -> None:
    an_office()
    for number in range(hosts.MOST):
        hosts.add(Service.HTTPS, f"{number}.lindenhof.test", None, by="x")
    with pytest.raises(hosts.TooManyError):
        hosts.add(Service.HTTPS, NAME, None, by="x")


@pytest.mark.usefixtures("administrator")
def test_what_is_well_brings_no_mail() -> None:
    with shown(a_certificate()) as port:
        host = look(hosts.add(Service.HTTPS, NAME, port, by="x"))
    assert (host.state, host.told, host.looked_at) == ("good", "", NOW)
    assert subjects() == []


@pytest.mark.usefixtures("administrator")
def test_each_stage_is_told_once_and_the_recovery_too() -> None:
    """The stages are those of the own certificate: of 90 days at 22, 15, 9 and 4."""
    with shown(a_certificate(begun=0, days=90)) as port:
        host = hosts.add(Service.HTTPS, NAME, port, by="x")
        for days in (60, 66, 70, 76, 82, 86):
            look(host, NOW + timedelta(days=days))
            look(host, NOW + timedelta(days=days, hours=1))
        assert len(subjects()) == 4
        assert all("endet am" in each and NAME in each for each in subjects())
        look(host, NOW + timedelta(days=91))
        assert len(subjects()) == 5
    with shown(ROOT.issue(NAME, not_before=NOW, days=200), port):
        for days in (92, 93):
            look(host, NOW + timedelta(days=days))
    assert len(subjects()) == 6
    assert "Wieder in Ordnung" in subjects()[-1]
    assert host.told == ""
    assert PushMessage.objects.count() == 6


@pytest.mark.usefixtures("administrator")
def test_a_wrong_certificate_is_told_at_once_and_says_why() -> None:
    with shown(a_certificate(name="other.test")) as port:
        host = hosts.add(Service.HTTPS, NAME, port, by="x")
        look(host)
        look(host, NOW + timedelta(days=1))
    [mail] = OutgoingMail.objects.all()
    assert "stimmt nicht" in mail.subject
    assert "other.test" in mail.mime().decode().replace("=\n", "")


@pytest.mark.usefixtures("administrator")
def test_a_server_that_is_silent_is_told_after_three_days_and_its_end_is_still_known() -> None:
    with shown(a_certificate()) as port:
        host = look(hosts.add(Service.HTTPS, NAME, port, by="x"))
    for days in (1, 2, 3):
        look(host, NOW + timedelta(days=days))
        assert host.state == "unknown"
    assert subjects() == []
    assert host.ends is not None
    for days in (4, 5):
        look(host, NOW + timedelta(days=days))
    assert ["Nicht feststellbar" in each for each in subjects()] == [True]
    look(host, NOW + timedelta(days=75))
    assert "endet am" in subjects()[-1]


def test_without_a_mail_server_nobody_is_told_and_later_all_are() -> None:
    an_office(smtp_host="")
    an_agent(role=Role.ADMINISTRATOR)
    with shown(a_certificate(name="other.test")) as port:
        host = look(hosts.add(Service.HTTPS, NAME, port, by="x"))
        assert (subjects(), host.told) == ([], "")
        an_office()
        look(host, NOW + timedelta(days=1))
    assert len(subjects()) == 1


def test_a_host_that_was_removed_while_it_was_looked_at_is_gone() -> None:
    an_office()
    with shown(a_certificate()) as port:
        host = hosts.add(Service.HTTPS, NAME, port, by="x")
        hosts.remove(host.public_id, by="x")
        hosts.look_at(host, Watcher(lookup=lambda _host, _deadline: [ip_address("127.0.0.1")]), NOW)
    assert hosts.watched() == []


def test_the_job_looks_once_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    an_office()
    with shown(a_certificate()) as port:
        hosts.add(Service.HTTPS, "127.0.0.1", port, by="x")
        assert [hosts.look_again(NOW), hosts.look_again(NOW + timedelta(hours=20))] == [1, 0]
        assert hosts.look_again(NOW + timedelta(hours=24)) == 1
    assert [each.state for each in hosts.watched()] == ["unknown"]  # nobody named this network


@pytest.mark.usefixtures("administrator")
def test_what_a_certificate_says_turns_nothing_round_in_mail_or_page() -> None:
    """Names in certificates are strangers' words."""
    with shown(
        ROOT.issue(dns("evil\u202etset.example".encode()), subject=distinguished(("CN", "gut\u202e\u200b")))
    ) as port:
        host = look(hosts.add(Service.HTTPS, NAME, port, by="x"))
    assert host.state == "bad"
    assert not any(sign in text for pair in host.remarks for text in pair for sign in "\u202e\u200b")

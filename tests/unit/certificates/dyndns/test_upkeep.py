"""The records follow the line: written only where they differ, at their pace, and a person is told once."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import IPv4Address, ip_address
from pathlib import Path
from typing import Any

import dns.rcode
import pytest
from tests.support.dns_services import SECRET, Services, serving
from tests.support.gateway import gateway
from tests.support.office import an_agent, an_office
from tests.support.zone_server import KEY_NAME, KEY_SECRET, ServedZone, served

from siegelpost.certificates import checks
from siegelpost.certificates.dyndns import addresses, setup, upkeep, zone
from siegelpost.certificates.dyndns.addresses import AddressSource
from siegelpost.certificates.dyndns.record import Fault, RecordType, Written
from siegelpost.certificates.models import DynamicDns, DynamicRecord
from siegelpost.certificates.surroundings import machine, router
from siegelpost.certificates.surroundings.router import RouterSays
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.models import Event
from siegelpost.mail.models import OutgoingMail
from siegelpost.mail.outgoing import admin_notice
from siegelpost.office.models import Role
from siegelpost.toolbox.sealing import UnsealableError

pytestmark = pytest.mark.django_db
NAME, OLD, NEW, LASTING = "expose.buero.test", "193.0.0.1", "193.0.14.129", "2a0f:8::10"
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
A, AAAA = RecordType.A, RecordType.AAAA


@dataclass
class Scene:
    """An office whose line and zone can be changed."""

    zone: ServedZone
    monkeypatch: pytest.MonkeyPatch

    def line(self, *own: str, router_says: str | None = None) -> None:
        says = None if router_says is None else RouterSays(IPv4Address(router_says) if router_says else None)
        self.monkeypatch.setattr(machine, "addresses", lambda: tuple(map(ip_address, own)))
        self.monkeypatch.setattr(machine, "gateway", lambda: IPv4Address("127.0.0.1"))
        self.monkeypatch.setattr(router, "ask", lambda _: says)

    def begin(self, a: str = "router", aaaa: str = "", *, service: str = "rfc2136", **options: str) -> None:
        login = {"server": self.zone.server, "key_name": KEY_NAME, "key_secret": KEY_SECRET} | options
        sources = {A: AddressSource(a), AAAA: AddressSource(aaaa)}
        setup.save(NAME, service, options if service == "dyndns2" else login, sources, by="somebody")
        setup.switch(True, by="somebody")


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    an_office()
    with served("buero.test", f"expose 7200 A {OLD}\n* 60 A 8.8.8.8\n") as being:
        monkeypatch.setattr(zone, "TIMEOUT", 0.2)
        monkeypatch.setattr(zone, "stands", partial(zone.stands, resolver=being.resolver, port=being.port))
        yield Scene(being, monkeypatch)


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    with serving(tmp_path) as being:
        monkeypatch.setattr(upkeep, "load", lambda: being.settings)
        yield being


def keep(minutes: float = 0) -> list[tuple[Written | None, Fault | None]]:
    return [(each.written, each.fault) for each in upkeep.keep(NOW + timedelta(minutes=minutes))]


def told(monkeypatch: pytest.MonkeyPatch) -> None:
    an_agent(role=Role.ADMINISTRATOR)
    monkeypatch.setattr(admin_notice, "possible", lambda: True)


def url(service: Services, query: str = "?myip=<ipaddr>") -> dict[str, str]:
    return {"url": f"{service.base('dyndns2')}/nic/update{query}", "username": "lindenhof", "password": SECRET}


def test_a_new_address_of_the_router_is_written_once_and_then_only_looked_at(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the router's own word by UPnP, over TSIG, to what the name server says."""
    ask = router.ask
    scene.line("192.168.1.5")
    with gateway(NEW) as port:
        monkeypatch.setattr(router, "ask", lambda at: ask(at, port))
        scene.begin()
        assert keep() == [(Written.CHANGED, None)]
    assert scene.zone.at("expose", "A") == (7200, [NEW])
    assert scene.zone.at("*", "A") == (60, ["8.8.8.8"])
    scene.line(router_says=NEW)
    updates = scene.zone.updates
    assert keep(1) == [], "not due before five minutes have passed"
    assert keep(6) == [(None, None)]
    assert scene.zone.updates == updates
    row = DynamicRecord.objects.get(pk="A")
    assert (row.address, row.written_at, row.arrived, row.standing) == (NEW, NOW, True, [NEW])


def test_what_stands_right_already_is_never_written(scene: Scene) -> None:
    scene.line(router_says=OLD)
    scene.begin()
    assert keep() == [(None, None)]
    assert scene.zone.updates == 0


def test_each_family_goes_by_itself_and_one_that_is_off_is_left_alone(scene: Scene) -> None:
    scene.zone.put("expose", "AAAA", "2a0f:9::10")
    scene.line(LASTING)
    scene.begin(a="router", aaaa="interface")
    assert keep() == [(None, Fault.NO_ADDRESS), (Written.CHANGED, None)]
    assert scene.zone.at("expose", "A") == (7200, [OLD]), "an absent address is never written"
    assert scene.zone.at("expose", "AAAA")[1] == [LASTING]
    scene.line("2a0f:8::77", router_says=NEW)
    scene.begin(a="router")
    assert keep(60) == [(Written.CHANGED, None)]
    assert scene.zone.at("expose", "AAAA")[1] == [LASTING]


@pytest.mark.parametrize(
    ("says", "fault"), [("100.70.0.1", Fault.CARRIER_NAT), ("192.168.0.2", Fault.PRIVATE), ("", Fault.DS_LITE)]
)
def test_a_carriers_or_private_address_is_never_written_and_a_person_hears_of_it(
    says: str, fault: Fault, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(monkeypatch)
    scene.line("192.168.1.5", router_says=says)
    scene.begin()
    for minutes in range(0, 120, 6):
        assert keep(minutes) == [(None, fault)]
    assert scene.zone.at("expose", "A") == (7200, [OLD])
    [mail] = OutgoingMail.objects.all()
    assert NAME in mail.subject


def test_off_or_not_switched_on_nothing_is_asked_or_written(scene: Scene) -> None:
    scene.line(router_says=NEW)
    sources = {A: AddressSource.ROUTER, AAAA: AddressSource.OFF}
    login = {"server": scene.zone.server, "key_name": KEY_NAME, "key_secret": KEY_SECRET}
    setup.save(NAME, "rfc2136", login, sources, by="x")
    assert keep() == []
    [would] = upkeep.preview(NOW)
    assert (would.writes, str(would.address)) == (True, NEW)
    setup.switch(True, by="x")
    setup.switch(False, by="x")
    assert keep() == []
    setup.forget(by="x")
    assert keep() == []
    assert scene.zone.updates == 0
    assert not DynamicDns.objects.exists()


@pytest.mark.parametrize("answer", ["badauth", "nohost", "abuse", "!donator"])
def test_what_cannot_succeed_is_tried_once_told_once_and_begun_anew_by_a_person(
    answer: str, scene: Scene, service: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(monkeypatch)
    scene.line(router_says=NEW)
    service.answer = (200, answer)
    scene.begin(service="dyndns2", **url(service))
    [(written, fault)] = keep()
    assert written is None
    assert fault is not None
    for hours in range(1, 60, 7):
        assert keep(60 * hours) == []
    assert upkeep.keep(NOW + timedelta(days=3), at_once=True) == []
    assert len(service.asked) == 1
    [mail] = OutgoingMail.objects.all()
    assert NAME in mail.subject
    service.answer = (200, "good")
    setup.switch(True, by="somebody")
    assert keep(60 * 80) == [(Written.CHANGED, None)]


@pytest.mark.parametrize("answer", [(200, "911"), (200, "dnserr"), (503, ""), (200, "wer weiß")])
def test_what_may_pass_is_tried_ever_more_seldom_and_told_after_a_day(
    answer: tuple[int, str], scene: Scene, service: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(monkeypatch)
    scene.line(router_says=NEW)
    service.answer = answer
    scene.begin(service="dyndns2", **url(service))
    for minutes in range(0, 23 * 60, 10):
        keep(minutes)
    assert 4 <= len(service.asked) <= 8
    assert not OutgoingMail.objects.exists()
    for minutes in range(23 * 60, 72 * 60, 10):
        keep(minutes)
    assert len(service.asked) <= 16
    assert OutgoingMail.objects.count() == 1
    service.answer = (200, "good")
    keep(80 * 60)
    row = DynamicRecord.objects.get(pk="A")
    assert (row.fault, row.failures, row.told, row.failing_since) == ("", 0, "", None)


def test_a_service_is_not_asked_again_while_its_change_is_on_its_way(scene: Scene, service: Services) -> None:
    """Each nochg counts towards being blocked."""
    scene.line(router_says=NEW)
    scene.begin(service="dyndns2", **url(service))
    assert keep() == [(Written.CHANGED, None)]
    for minutes in range(6, 60, 6):
        assert keep(minutes) == [(None, None)]
    assert len(service.asked) == 1
    [(written, fault)] = keep(66)
    assert (written, fault) == (Written.CHANGED, Fault.NOT_ARRIVED), "after an hour nobody gives it"
    scene.zone.put("expose", "A", NEW)
    assert keep(66 + 61) == [(None, None)]


def test_what_somebody_else_changed_back_is_written_again(scene: Scene) -> None:
    scene.line(router_says=NEW)
    scene.begin()
    assert keep() == [(Written.CHANGED, None)]
    assert keep(6) == [(None, None)]
    scene.zone.put("expose", "A", OLD)
    assert keep(12) == [(Written.CHANGED, None)]


def test_while_the_name_servers_are_silent_the_same_address_is_not_sent_again(scene: Scene, service: Services) -> None:
    scene.zone.silent = True
    scene.line(router_says=NEW)
    scene.begin(service="dyndns2", **url(service))
    assert keep() == [(Written.CHANGED, None)]
    assert keep(400) == [(None, None)]
    assert DynamicRecord.objects.get(pk="A").standing is None
    scene.line(router_says=OLD)
    assert keep(500) == [(Written.CHANGED, None)]
    assert len(service.asked) == 2


def test_one_request_for_both_families_is_sent_once_with_both_new_addresses(scene: Scene, service: Services) -> None:
    scene.line(LASTING, router_says=NEW)
    scene.begin(a="router", aaaa="interface", service="dyndns2", **url(service, "?myip=<ipaddr>,<ip6addr>"))
    assert keep() == [(Written.CHANGED, None), (Written.CHANGED, None)]
    [(_, path)] = service.asked
    assert path.endswith(f"?myip={NEW},{LASTING}")


@pytest.mark.parametrize(
    ("kind", "values", "fault"), [("A", (OLD, "193.0.0.2"), Fault.SEVERAL), ("CNAME", ("ns.buero.test.",), Fault.ALIAS)]
)
def test_where_a_person_has_to_decide_nothing_is_written_and_it_goes_on_by_itself_afterwards(
    kind: str, values: tuple[str, ...], fault: Fault, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(monkeypatch)
    scene.zone.put("expose", "A")
    scene.zone.put("expose", kind, *values)
    scene.line(router_says=NEW)
    scene.begin()
    assert keep() == [(None, fault)]
    assert keep(30)[:1] == [(None, fault)]
    assert OutgoingMail.objects.count() == 1
    scene.zone.put("expose", kind)
    assert keep(60 * 12) == [(Written.CHANGED, None)]


def test_the_login_lies_sealed_and_what_cannot_be_opened_stops(scene: Scene) -> None:
    scene.line(router_says=NEW)
    scene.begin()
    row = DynamicDns.objects.get()
    assert KEY_SECRET not in row.options_sealed
    assert KEY_SECRET not in "".join(bytes(each).decode() for each in Event.objects.values_list("leaf", flat=True))
    DynamicDns.objects.update(options_sealed="broken")
    [(what, opened)] = checks.sealed_fields()
    assert NAME in what
    with pytest.raises(UnsealableError):
        opened()
    assert keep() == [(None, Fault.SEALED)]
    assert keep(60 * 30) == []


def test_who_set_up_and_switched_stands_in_the_ledger(scene: Scene) -> None:
    scene.begin()
    setup.forget(by="somebody")
    kinds = Event.objects.filter(kind=EventKind.DYNAMIC_DNS_CHANGED.value).count()
    assert kinds == 3


def test_what_was_found_for_an_earlier_set_up_is_forgotten(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.line(router_says=NEW)
    scene.begin()
    look = addresses.look

    def changed_meanwhile(*given: Any) -> Any:
        setup.switch(False, by="another")
        return look(*given)

    monkeypatch.setattr(addresses, "look", changed_meanwhile)
    assert keep() == []
    assert not DynamicRecord.objects.exists()


@pytest.mark.parametrize("seed", range(3))
def test_through_random_days_only_the_lines_own_addresses_are_written_and_in_the_end_it_stands_right(
    seed: int, scene: Scene
) -> None:
    """The line is dialled anew, lost, put behind a carrier; the server fails; somebody edits the record."""
    chance = random.Random(seed)
    scene.line(router_says=OLD)
    scene.begin()
    ours, changes, minutes = {OLD}, 0, 0
    for _ in range(150):
        minutes += chance.choice((6, 20, 70, 400))
        match chance.randrange(8):
            case 0 | 1 | 2:
                address = f"193.0.{chance.randrange(20)}.{chance.randrange(1, 250)}"
                scene.line(router_says=address)
                ours.add(address)
                changes += 1
            case 3:
                scene.line(router_says=chance.choice(("", "100.64.1.1", "192.168.3.1", "192.0.0.2")))
            case 4:
                scene.line("192.168.1.5")
            case 5:
                scene.zone.refuses = chance.choice((None, dns.rcode.SERVFAIL))
            case 6:
                scene.zone.silent = chance.random() < 0.3
            case _:
                scene.zone.put("expose", "A", "8.8.4.4", ttl=7200)
                changes += 1
        keep(minutes)
        ttl, values = scene.zone.at("expose", "A")
        assert ttl == 7200
        assert set(values) <= ours | {"8.8.4.4"}
    scene.zone.refuses, scene.zone.silent = None, False
    scene.line(router_says=NEW)
    for later in range(6, 7 * 60, 6):
        keep(minutes + later)
    assert scene.zone.at("expose", "A") == (7200, [NEW])
    assert scene.zone.at("*", "A") == (60, ["8.8.8.8"])
    assert scene.zone.updates <= 2 * (changes + 2), "two steps each: away with the old, in with the new"

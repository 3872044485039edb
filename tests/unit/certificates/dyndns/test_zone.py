"""What the zone's own name servers say, and what nobody says."""

from ipaddress import ip_address

import pytest
from tests.support.zone_server import ServedZone, served

from siegelpost.certificates.dyndns import zone
from siegelpost.certificates.dyndns.record import RecordType
from siegelpost.certificates.dyndns.zone import Standing, stands
from siegelpost.tls.acme.challenges.name_servers import NameServer
from siegelpost.toolbox.internet import Address

A, AAAA = RecordType.A, RecordType.AAAA


def only(address: str) -> frozenset[Address]:
    return frozenset([ip_address(address)])


def look(being: ServedZone, name: str) -> Standing:
    return stands(name, being.resolver, being.port)


def test_records_none_several_and_an_alias_are_told_apart() -> None:
    records = "expose A 193.0.0.1\nexpose AAAA 2a0f:9::10\nzwei A 193.0.0.1\nzwei A 193.0.0.2\nauch CNAME expose\n"
    with served("buero.test", records) as being:
        found = look(being, "expose.buero.test")
        assert (found.zone, found.alias) == ("buero.test", "")
        assert found.of(A) == only("193.0.0.1")
        assert found.of(AAAA) == only("2a0f:9::10")
        assert look(being, "fehlt.buero.test").of(A) == frozenset()
        assert len(look(being, "zwei.buero.test").of(A) or ()) == 2
        assert look(being, "auch.buero.test").alias == "expose.buero.test"
        being.put("expose", "A", "193.0.14.129")
        assert look(being, "expose.buero.test").of(A) == only("193.0.14.129"), "nothing is remembered"


def test_a_cname_that_a_wildcard_makes_is_no_alias_of_the_name() -> None:
    with served("buero.test", "* CNAME ns\n") as being:
        assert look(being, "expose.buero.test").alias == ""


def test_silence_is_not_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zone, "TIMEOUT", 0.1)
    with served("buero.test", "expose A 193.0.0.1\n") as being:
        using = being.resolver
        using.lifetime = 0.3
        assert stands("expose.buero.test", using, 1).of(A) is None
        using.port = 1
        assert stands("expose.buero.test", using, 1) == Standing()


def test_what_two_name_servers_say_otherwise_nobody_agrees_on() -> None:
    said = (only("193.0.0.1"), frozenset[Address]())
    assert Standing("buero.test", {A: said}).of(A) is None


def test_a_name_server_inside_the_house_has_no_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind split DNS it says an inner address, and the record would be written again and again."""
    with served("buero.test", "expose A 193.0.0.1\n") as being:
        inside = NameServer("ns.buero.test", (("192.168.0.1", being.port),))
        monkeypatch.setattr(zone, "servers_of", lambda *_: (inside,))
        found = look(being, "expose.buero.test")
    assert (found.zone, found.of(A)) == ("buero.test", None)

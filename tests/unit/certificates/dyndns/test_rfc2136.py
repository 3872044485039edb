"""RFC 2136 with TSIG against an authoritative server made of dnspython."""

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import pytest
from tests.support.zone_server import KEY_NAME, KEY_SECRET, ServedZone, served

from siegelpost.certificates.dyndns import services
from siegelpost.certificates.dyndns.record import Change, DnsWriteError, Fault, RecordType, Written
from siegelpost.settings import load

ZONE = "buero.test"
RECORDS = """
* 60 A 8.8.8.8
expose 7200 A 193.0.0.1
expose 4000 AAAA 2a0f:9::10
expose TXT "bleibt"
@ 1200 A 193.0.0.1
mehrere A 193.0.0.1
mehrere A 193.0.0.2
"""
NEW = ip_address("193.0.14.129")


@pytest.fixture
def zone() -> Iterator[ServedZone]:
    with served(ZONE, RECORDS) as being:
        yield being


def write(being: ServedZone, label: str = "expose", *, probe: bool = False, **options: Any) -> Written:
    login = {"server": being.server, "key_name": KEY_NAME, "key_secret": KEY_SECRET} | options
    name = f"{label}.{ZONE}" if label else ZONE
    return services.write("rfc2136", login, Change(name, RecordType.A, NEW, ZONE), load(), probe=probe)


def test_one_record_is_replaced_with_its_ttl_and_all_others_stay(zone: ServedZone) -> None:
    assert write(zone) is Written.CHANGED
    assert zone.at("expose", "A") == (7200, [str(NEW)])
    assert zone.at("expose", "AAAA") == (4000, ["2a0f:9::10"])
    assert zone.at("expose", "TXT") == (3600, ['"bleibt"'])
    assert zone.at("*", "A") == (60, ["8.8.8.8"])
    updates = zone.updates
    assert write(zone) is Written.SAME
    assert zone.updates == updates


def test_the_zones_own_name_and_one_that_only_a_wildcard_covers(zone: ServedZone) -> None:
    assert write(zone, "") is Written.CHANGED
    assert zone.at("@", "A") == (1200, [str(NEW)])
    assert len(zone.at("@", "SOA")[1]) == len(zone.at("@", "NS")[1]) == 1
    assert write(zone, "neu") is Written.CHANGED
    assert zone.at("neu", "A")[1] == [str(NEW)]
    assert zone.at("*", "A") == (60, ["8.8.8.8"])


def test_a_probe_tells_a_wrong_key_and_changes_nothing(zone: ServedZone) -> None:
    assert write(zone, probe=True) is Written.SAME
    for wrong in ({"key_secret": "YW5kZXJl"}, {"key_name": "fremd."}, {"key_secret": "kein base64"}):
        with pytest.raises(DnsWriteError) as caught:
            write(zone, probe=True, **wrong)
        assert caught.value.fault is Fault.BAD_LOGIN
        assert str(wrong.get("key_secret", "-")) not in caught.value.detail
    assert zone.updates == 0


@pytest.mark.parametrize(
    ("label", "options", "fault"),
    [
        ("mehrere", {}, Fault.SEVERAL),
        ("expose", {"server": "127.0.0.1:1"}, Fault.UNREACHABLE),
        ("expose", {"key_algorithm": "unbekannt"}, Fault.BAD_LOGIN),
    ],
)
def test_what_it_refuses_is_told_apart(label: str, options: dict[str, Any], fault: Fault, zone: ServedZone) -> None:
    with pytest.raises(DnsWriteError) as caught:
        write(zone, label, **options)
    assert caught.value.fault is fault
    assert zone.updates == 0

"""Which address is written, and which never: an absent, private or a carrier's one."""

import threading
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

import pytest
from tools.outside_service import Server, Service

from siegelpost.certificates.dyndns.addresses import AddressSource, Line, look, own
from siegelpost.certificates.dyndns.record import Fault, RecordType
from siegelpost.certificates.surroundings import machine, router
from siegelpost.certificates.surroundings.outside import Outside, Seen
from siegelpost.certificates.surroundings.router import RouterSays
from siegelpost.settings import load

A, AAAA = RecordType.A, RecordType.AAAA
INTERFACE, ROUTER, OUTSIDE = AddressSource.INTERFACE, AddressSource.ROUTER, AddressSource.OUTSIDE
HERE = [ip_network("127.0.0.0/8")]
PUBLIC, LASTING, PASSING = "193.0.14.129", "2a0f:8::10", "2a0f:8::f00d"


def line(*addresses: str, router: str | None = None, v4: str = "", v6: str = "") -> Line:
    """``router``: "" says that it has no IPv4 address; None says nothing."""
    seen = Outside(True, Seen(ip_address(v4)) if v4 else None, Seen(ip_address(v6)) if v6 else None)
    says = None if router is None else RouterSays(IPv4Address(router) if router else None)
    return Line(tuple(map(ip_address, addresses)), says, seen)


@pytest.mark.parametrize(
    ("kind", "source", "found", "address"),
    [
        (A, INTERFACE, line(PUBLIC), PUBLIC),
        (A, INTERFACE, line("192.168.1.5", PUBLIC), PUBLIC),
        (AAAA, INTERFACE, line("fd00::1", LASTING), LASTING),
        (A, ROUTER, line("192.168.1.5", router=PUBLIC), PUBLIC),
        (A, OUTSIDE, line("192.168.1.5", v4=PUBLIC), PUBLIC),
        (A, OUTSIDE, line("192.168.1.5", router=PUBLIC, v4=PUBLIC), PUBLIC),
        (AAAA, OUTSIDE, line(LASTING, v6=PASSING), LASTING),
        (AAAA, OUTSIDE, line("fd00::1", v6=LASTING), LASTING),
    ],
)
def test_the_address_comes_from_where_the_office_said(
    kind: RecordType, source: AddressSource, found: Line, address: str
) -> None:
    assert own(found, kind, source).address() == ip_address(address)


@pytest.mark.parametrize(
    ("kind", "source", "found", "fault"),
    [
        (A, INTERFACE, Line(), Fault.NO_ADDRESS),
        (A, INTERFACE, line(LASTING), Fault.NO_ADDRESS),
        (A, INTERFACE, line("192.168.1.5"), Fault.PRIVATE),
        (A, INTERFACE, line("100.64.3.4"), Fault.CARRIER_NAT),
        (AAAA, INTERFACE, line("fd00::1"), Fault.PRIVATE),
        (A, ROUTER, line("192.168.1.5"), Fault.NO_ADDRESS),
        (A, ROUTER, line(router=""), Fault.DS_LITE),
        (A, ROUTER, line(router="192.0.0.2"), Fault.DS_LITE),
        (A, ROUTER, line(router="100.70.0.1"), Fault.CARRIER_NAT),
        (A, ROUTER, line(router="192.168.0.2"), Fault.PRIVATE),
        (A, OUTSIDE, line("192.168.1.5"), Fault.NO_ADDRESS),
        (A, OUTSIDE, line(router="100.70.0.1", v4=PUBLIC), Fault.CARRIER_NAT),
        (A, OUTSIDE, line(router="", v4=PUBLIC), Fault.DS_LITE),
        (A, OUTSIDE, line(router="193.0.0.1", v4=PUBLIC), Fault.CARRIER_NAT),
        (A, OUTSIDE, line("100.64.3.4", v4=PUBLIC), Fault.CARRIER_NAT),
        (A, OUTSIDE, line(v4="10.0.0.1"), Fault.PRIVATE),
        (AAAA, OUTSIDE, line(LASTING), Fault.NO_ADDRESS),
        (AAAA, OUTSIDE, line(v6="fd00::1"), Fault.PRIVATE),
    ],
)
def test_what_leads_to_nobody_is_no_address(kind: RecordType, source: AddressSource, found: Line, fault: Fault) -> None:
    said: Any = own(found, kind, source)
    assert (said.address(), said.fault) == (None, fault)


def test_of_several_that_are_as_good_the_one_that_stands_stays() -> None:
    two = own(line("2a0f:8::1", LASTING), AAAA, INTERFACE)
    assert two.address() == ip_address("2a0f:8::1")
    assert two.address([ip_address(LASTING)]) == ip_address(LASTING)


def test_only_whoever_is_needed_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service outside is asked for the address alone, and tries no port."""
    asked: list[IPv4Address] = []
    monkeypatch.setattr(machine, "gateway", lambda: IPv4Address("127.0.0.1"))
    monkeypatch.setattr(router, "ask", asked.append)
    server = Server(("::", 0), Service)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    changed = {"outside_service": f"http://127.0.0.1:{server.server_port}/", "private_networks": HERE}
    settings = load().model_copy(update=changed)
    try:
        found = look(settings, [OUTSIDE])
        assert found.outside == Outside(asked=True, v4=Seen(ip_address("127.0.0.1"), {}))
        assert asked == [IPv4Address("127.0.0.1")], "only the router can tell that it is a carrier's"
        found = look(settings, [INTERFACE, AddressSource.OFF])
    finally:
        server.shutdown()
        server.server_close()
    assert (found.router, found.outside, len(asked)) == (None, None, 1)

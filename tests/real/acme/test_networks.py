"""Orders from machines as they stand in offices: IPv4 only, IPv6 only, behind DS-Lite, with split DNS, with a dead name
server, without UDP on port 53. Each comes to a certificate, or to the true cause, within a minute and by the product's
own times.

``pytest tests/real/acme/test_networks.py`` (as root) runs the short form, ``--soak`` all of them.
"""

from pathlib import Path

import pytest
from tests.support.networks import CARRIER, GATEWAY, HOUSE, LAN, OFFICE, OFFICE_6, RESOLVER_6, ROUTER, Network, order

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]
MOST_SECONDS = 60.0
PORT, DNS = "http-01", "dns-01"
NO_ADDRESS = "0.0.0.0"  # noqa: S104 - what a router says that has none
V4, V6 = f"{OFFICE}/24", f"{OFFICE_6}/64"
BOTH = (("A", OFFICE), ("AAAA", OFFICE_6))
NO_UDP = ("ipproto udp dport 53",)
NO_UDP_OUTSIDE = ("to 45.9.0.0/16 ipproto udp dport 53",)
NO_PORT_OUTSIDE = (*NO_UDP_OUTSIDE, "to 45.9.0.0/16 ipproto tcp dport 53")

NETWORKS = {
    "IPv4 only": Network((V4,), (("A", OFFICE),)),
    "IPv6 only": Network((V6,), (("AAAA", OFFICE_6),), RESOLVER_6),
    "DS-Lite": Network((f"{LAN}/24", V6), (("A", CARRIER), ("AAAA", OFFICE_6)), ROUTER, router_says=NO_ADDRESS),
    "DS-Lite without AAAA": Network((f"{LAN}/24", V6), (("A", CARRIER),), ROUTER, router_says="192.0.0.2"),
    "carrier NAT": Network((f"{LAN}/24",), (("A", CARRIER),), ROUTER, router_says="100.64.7.20"),
    "a stale AAAA": Network((V4, V6), (("A", OFFICE), ("AAAA", "2a0f:8::99"))),
    "split DNS": Network((V4, V6), BOTH, HOUSE, house=(("A", LAN),)),
    "split DNS, written inside": Network((V4, V6), BOTH, HOUSE, house=(("A", LAN),), written_to=HOUSE),
    "a name server dead": Network((V4,), (("A", OFFICE),), ns2_answers=False),
    "UDP 53 blocked": Network((V4,), (("A", OFFICE),), blocked=NO_UDP),
    "UDP 53 blocked beyond the router": Network((V4,), (("A", OFFICE),), GATEWAY, blocked=NO_UDP_OUTSIDE),
    "port 53 blocked beyond the router": Network((V4,), (("A", OFFICE),), GATEWAY, blocked=NO_PORT_OUTSIDE),
}
# What each comes to; empty for a certificate.
OUTCOMES = {
    ("IPv4 only", PORT): "",
    ("IPv4 only", DNS): "",
    ("IPv6 only", PORT): "",
    ("IPv6 only", DNS): "",
    ("DS-Lite", PORT): "",
    ("DS-Lite", DNS): "",
    ("DS-Lite without AAAA", PORT): "not_reached",
    ("DS-Lite without AAAA", DNS): "",
    ("carrier NAT", PORT): "not_reached",
    ("carrier NAT", DNS): "",
    ("a stale AAAA", PORT): "not_reached",
    ("split DNS", PORT): "",
    ("split DNS", DNS): "",
    ("split DNS, written inside", DNS): "record_not_seen",
    ("a name server dead", PORT): "",
    ("a name server dead", DNS): "",
    ("UDP 53 blocked", PORT): "no_dns",
    ("UDP 53 blocked", DNS): "no_dns",
    ("UDP 53 blocked beyond the router", PORT): "",
    ("UDP 53 blocked beyond the router", DNS): "",
    ("port 53 blocked beyond the router", DNS): "",
}
# What the assistant says of each, also where an order succeeds by another way; where nothing is named, nothing.
OBSTACLES = {
    "DS-Lite": ["ds_lite"],
    "DS-Lite without AAAA": ["ds_lite"],
    "carrier NAT": ["carrier_nat"],
    "a stale AAAA": ["aaaa_stale"],
    "split DNS": ["private_address"],
    "split DNS, written inside": ["private_address"],
    "UDP 53 blocked": ["dns_silent"],
}
# One of each kind.
SHORT = {
    ("IPv4 only", DNS),
    ("IPv6 only", DNS),
    ("DS-Lite without AAAA", PORT),
    ("split DNS", DNS),
    ("a name server dead", DNS),
    ("UDP 53 blocked", PORT),
}


def _wrong(folder: Path, kind: str, challenge: str) -> str:
    """What is wrong with what it came to; empty for nothing."""
    folder.mkdir(exist_ok=True)
    came = order(folder, NETWORKS[kind], challenge)
    print(f"{kind}, {challenge}: {came.seconds:.1f} s, {came.code or 'a certificate'}. {came.text}")
    good = came.code == OUTCOMES[kind, challenge] and bool(came.ids) != bool(came.code)
    good = good and came.findings == OBSTACLES.get(kind, [])
    return "" if good and came.seconds <= MOST_SECONDS else f"{kind}, {challenge}: {came}"


@pytest.mark.parametrize(("kind", "challenge"), sorted(SHORT))
def test_an_order_from_there(tmp_path: Path, kind: str, challenge: str) -> None:
    assert not _wrong(tmp_path, kind, challenge)


@pytest.mark.soak
def test_an_order_from_each_of_them(tmp_path: Path) -> None:
    assert not [said for number, each in enumerate(OUTCOMES) if (said := _wrong(tmp_path / str(number), *each))]

"""Kinds of names, and which addresses belong to the open internet."""

import ipaddress

import pytest

from siegelpost.doctor.live.names import NameKind, host_and_scheme, kind_of, provider_of
from siegelpost.doctor.live.target import parse
from siegelpost.toolbox.internet import is_public

KINDS = {
    "expose.buero-muster.de": NameKind.PUBLIC,
    "buero-muster.co.uk": NameKind.PUBLIC,
    "müller.de": NameKind.UMLAUT,
    "buero.dyndns.org": NameKind.DYNAMIC,
    "abc123.myfritz.net": NameKind.DYNAMIC,
    "buero.duckdns.org": NameKind.DYNAMIC,
    "buero.ddns.net": NameKind.DYNAMIC,
    "buero.selfhost.eu": NameKind.DYNAMIC,
    "duckdns.org": NameKind.PUBLIC,
    "fritz.box": NameKind.ROUTER,
    "nas.fritz.box": NameKind.ROUTER,
    "drucker.local": NameKind.MULTICAST,
    "server.lan": NameKind.HOME,
    "server.home": NameKind.HOME,
    "server.home.arpa": NameKind.HOME,
    "server.internal": NameKind.HOME,
    "expose.test": NameKind.RESERVED,
    "server": NameKind.SINGLE_LABEL,
    "localhost": NameKind.LOCALHOST,
    "buero.localhost": NameKind.LOCALHOST,
    "127.0.0.1": NameKind.LOCALHOST,
    "::1": NameKind.LOCALHOST,
    "192.168.178.20": NameKind.PRIVATE_ADDRESS,
    "100.64.0.1": NameKind.PRIVATE_ADDRESS,
    "fe80::1": NameKind.PRIVATE_ADDRESS,
    "8.8.8.8": NameKind.PUBLIC_ADDRESS,
    "2001:4860:4860::8888": NameKind.PUBLIC_ADDRESS,
    "server.gibtesnicht": NameKind.UNKNOWN_ENDING,
}


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_each_name_is_of_its_kind(name: str, kind: NameKind) -> None:
    assert kind_of(parse(name)) is kind


def test_the_provider_of_a_lent_name_is_named() -> None:
    assert provider_of(parse("buero.duckdns.org")) == "duckdns.org"
    assert provider_of(parse("expose.buero.de")) is None


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
def test_public_addresses(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1", "169.254.169.254"),  # noqa: S104 - nothing listens there
        *("172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.0.1", "198.18.0.1", "198.51.100.7"),
        *("203.0.113.9", "224.0.0.251", "240.0.0.1", "255.255.255.255"),
        *(
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:192.168.1.1",
            "::127.0.0.1",
            "::ffff:169.254.1.1",
        ),
        *("fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1", "2001:db8::1", "100::1"),
        *("64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::1", "2002:c0a8:101::1", "2001:0:7f00:1::"),
    ],
)
def test_everything_else_is_not(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("location", "host", "scheme"),
    [
        ("http://a.de/x", "a.de", "http"),
        ("//b.de/x", "b.de", None),
        ("/anmelden", None, None),
        ("http://[", None, None),
    ],
)
def test_locations_are_read_without_fear(location: str, host: str | None, scheme: str | None) -> None:
    assert host_and_scheme(location) == (host, scheme)

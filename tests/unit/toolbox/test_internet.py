"""Which addresses belong to the open internet, judged by IANA's registries; and how else a host can be written."""

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

import pytest

from siegelpost.toolbox.internet import HostError, ascii_name, is_public, read_host, realm_of

# "Globally Reachable" of IANA's registries iana-ipv4-special-registry and iana-ipv6-special-registry, row by row as
# they stood on 2026-11-29, written from them and not from the code; "N/A" counts as no. Beside them multicast
# (iana-multicast-addresses), and what RFC 4291 has given up or given to nobody.
NOT_REACHABLE = """
0.0.0.0/8 0.0.0.0/32 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.0.0/29
192.0.0.8/32 192.0.0.170/32 192.0.0.171/32 192.0.2.0/24 192.88.99.0/24 192.88.99.2/32 192.168.0.0/16 198.18.0.0/15
198.51.100.0/24 203.0.113.0/24 240.0.0.0/4 255.255.255.255/32 224.0.0.0/4
::1/128 ::/128 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001::/32 2001:2::/48 2001:10::/28 2001:db8::/32
3fff::/20 5f00::/16 fc00::/7 fe80::/10 ff00::/8 fec0::/10 ::/96 200::/7 4000::/3 ::ffff:0:0:0/96
""".split()  # noqa: SIM905 - a list of words is easier to read and to keep
# Reachable by the registry, and refused here all the same: the nearest router, relays and routers' anycast addresses.
REFUSED_ALL_THE_SAME = (
    "192.0.0.9/32",
    "192.0.0.10/32",
    "2001:1::1/128",
    "2001:1::2/128",
    "2001:3::/32",
    "2001:20::/28",
)
REACHABLE = """
1.1.1.1/32 8.8.8.8/32 9.255.255.255/32 11.0.0.0/8 100.63.255.255/32 100.128.0.0/32 126.255.255.255/32 128.0.0.0/32
169.253.255.255/32 172.15.255.255/32 172.32.0.0/32 191.255.255.255/32 192.0.1.0/24 192.0.3.0/24 192.31.196.0/24
192.52.193.0/24 192.88.98.0/24 192.167.255.255/32 192.169.0.0/32 192.175.48.0/24 198.17.255.255/32 198.20.0.0/32
198.51.99.0/24 203.0.112.0/24 203.0.114.0/24 223.255.255.255/32
2001:200::/23 2001:4860:4860::8888/128 2003:e1::/32 2606:4700::/32 2620:4f:8000::/48 2a01:4f8::/32 3ffe:ffff::/32
""".split()  # noqa: SIM905 - a list of words is easier to read and to keep


def ends(network: IPv4Network | IPv6Network) -> list[str]:
    return [str(network[0]), str(network[-1]), str(network[network.num_addresses // 2])]


@pytest.mark.parametrize("network", [*NOT_REACHABLE, *REFUSED_ALL_THE_SAME])
def test_what_the_registries_do_not_let_through_is_not_public(network: str) -> None:
    """The standard library let six kinds through: compatible, NAT64, 6to4, site-local, 192.0.0.8, segment routing."""
    for each in ends(ip_network(network)):
        assert not is_public(ip_address(each)), each


@pytest.mark.parametrize("network", REACHABLE)
def test_what_lies_beside_it_is_public(network: str) -> None:
    for each in ends(ip_network(network)):
        assert is_public(ip_address(each)), each


@pytest.mark.parametrize("inner", [each for each in NOT_REACHABLE if ":" not in each])
@pytest.mark.parametrize(
    "dress", ["::ffff:{}", "64:ff9b::{}", "2002:{hex}::1", "::{}", "2001:0:{hex}::", "64:ff9b:1::{}"]
)
def test_no_dress_makes_an_inner_address_public(dress: str, inner: str) -> None:
    for each in ends(ip_network(inner)):
        number = int(ip_address(each))
        written = dress.format(each, hex=f"{number >> 16:x}:{number & 0xFFFF:x}")
        assert not is_public(ip_address(written)), written


@pytest.mark.parametrize("address", ["::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1"])
def test_a_public_one_stays_public_in_the_dresses_that_networks_use(address: str) -> None:
    assert is_public(ip_address(address))


def test_an_address_with_a_zone_is_of_one_machine() -> None:
    assert not is_public(ip_address("2606:4700::1%eth0"))
    assert not is_public(ip_address("fe80::1%1"))


NO_HOSTS = """
127.1 127.0.1 0 1 2130706433 0x7f000001 0x7f.1 0x7F.0.0.1 0177.0.0.1 017700000001 127.0.0.01 0127.0.0.1 00.0.0.0
1.2.3.4.5 256.256.256.256 127.0.0.0x1 0x 1.0x a.0x7f b.1 fe80::1%25eth0 ::1%lo %31%32%37.0.0.1 127.0.0.1.. . .. a..b
-\\evil user@host a/b a?b a#b [::1] ::1] 127.0.0.1:80 １２７.1 ①②⑦.1
""".split()  # noqa: SIM905 - a list of words is easier to read and to keep


@pytest.mark.parametrize(
    "text", ["", " ", "a b", "a\tb", "a\nb", "a\0b", *NO_HOSTS, "x" * 64 + ".de", "x." * 130 + "de"]
)
def test_what_only_some_systems_read_as_a_host_is_none(text: str) -> None:
    with pytest.raises(HostError):
        read_host(text)


SAME = {
    "127.0.0.1": ip_address("127.0.0.1"),
    "127.0.0.1.": ip_address("127.0.0.1"),
    "１２７.0.0.1": ip_address("127.0.0.1"),
    "①②⑦.⓪.⓪.①": ip_address("127.0.0.1"),
    "127。0。0。1": ip_address("127.0.0.1"),
    "::FFFF:7F00:1": ip_address("::ffff:127.0.0.1"),
    "EXAMPLE.com.": "example.com",
    "ＥＸＡＭＰＬＥ.com": "example.com",
    "müller.de": "xn--mller-kva.de",
    "0x7f.example": "0x7f.example",
    "1.example": "1.example",
}


@pytest.mark.parametrize(("text", "meant"), SAME.items())
def test_each_other_way_of_writing_leads_to_the_same_host(text: str, meant: object) -> None:
    assert read_host(text) == meant


def test_the_dot_of_the_root_stays_where_a_name_is_only_written_anew() -> None:
    assert ascii_name("Müller.de.") == "xn--mller-kva.de."


@pytest.mark.parametrize(
    ("address", "realm"),
    [
        *(("8.8.8.8", "public"), ("127.0.0.1", "loopback"), ("169.254.1.1", "link_local"), ("100.64.3.4", "carrier")),
        *(
            ("192.168.178.1", "private"),
            ("240.0.0.1", "reserved"),
            ("224.0.0.1", "reserved"),
            ("192.0.2.1", "reserved"),
        ),
        *(("::ffff:127.0.0.1", "loopback"), ("64:ff9b::a00:1", "private"), ("2002:c0a8:101::1", "private")),
        *(("::1", "loopback"), ("fd12::1", "private"), ("fec0::1", "private"), ("fe80::1%eth0", "link_local")),
        *(
            ("224.0.0.1", "reserved"),
            ("2001:db8::1", "reserved"),
            ("2a01:4f8::1%eth0", "reserved"),
            ("2a01:4f8::1", "public"),
        ),
    ],
)
def test_addresses_are_named_for_people(address: str, realm: str) -> None:
    """Beyond IPv4 and its mapped form, the standard library was asked, which does not see through the others."""
    assert realm_of(ip_address(address)) == realm

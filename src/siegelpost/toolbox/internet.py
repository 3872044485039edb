"""What belongs to the open internet: addresses, and hosts in every way somebody can write them. Knows no Django.

The standard library's ``is_global`` is not enough: its tables differ between versions of Python, and it takes several
forms in which an inner IPv4 address hides for public ones.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from types import MappingProxyType

import idna

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
LONGEST_NAME, LONGEST_LABEL = 253, 63  # RFC 1035, section 2.3.4


class Realm(StrEnum):
    """Where an address belongs."""

    PUBLIC = "public"
    PRIVATE = "private"
    LOOPBACK = "loopback"
    LINK_LOCAL = "link_local"
    CARRIER = "carrier"
    RESERVED = "reserved"


# IANA's registries of special-purpose addresses (RFC 6890) and of multicast, as they stood on 2026-11-29. Blocks of
# which the registry lets a few through (192.0.0.0/24, 2001::/23) are refused whole: nothing there is a web server.
_INNER = {
    IPv4Network(block): realm
    for realm, blocks in {
        Realm.LOOPBACK: ("127.0.0.0/8",),
        Realm.PRIVATE: ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
        Realm.LINK_LOCAL: ("169.254.0.0/16",),
        Realm.CARRIER: ("100.64.0.0/10",),
        Realm.RESERVED: (
            *("0.0.0.0/8", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24"),
            *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        ),
    }.items()
    for block in blocks
}
# All that is given out of IPv6 (RFC 4291, section 2.4), and what of it is special: Teredo and its neighbours,
# documentation twice. Of the rest, what has a name of its own; site-local addresses (RFC 3879) are still met.
_GIVEN_OUT = IPv6Network("2000::/3")
_INNER_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20")))
_NAMED_6 = {
    IPv6Network("::1/128"): Realm.LOOPBACK,
    IPv6Network("fc00::/7"): Realm.PRIVATE,
    IPv6Network("fec0::/10"): Realm.PRIVATE,
    IPv6Network("fe80::/10"): Realm.LINK_LOCAL,
}
# IPv6 addresses that are an IPv4 address in another dress, and by how many bits it is shifted: mapped (RFC 4291),
# translated at the edge of a network that has no IPv4 (RFC 6052), and 6to4 (RFC 3056).
_CARRIERS: Mapping[IPv6Network, int] = MappingProxyType(
    {IPv6Network("::ffff:0:0/96"): 0, IPv6Network("64:ff9b::/96"): 0, IPv6Network("2002::/16"): 80}
)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


class HostError(ValueError):
    """No host that could be looked up."""


def is_public(address: Address) -> bool:
    """Whether the address belongs to the open internet, and so does the one that is hidden inside it.

    Private, loopback, link-local, carrier's, reserved, multicast and documentation ranges do not, nor does anything
    with a zone.
    """
    return realm_of(address) is Realm.PUBLIC


def realm_of(address: Address) -> Realm:
    """Where the address belongs, or the one that is hidden inside it."""
    if isinstance(address, IPv4Address):
        return next((realm for block, realm in _INNER.items() if address in block), Realm.PUBLIC)
    for network, shift in _CARRIERS.items():
        if address in network and not address.scope_id:
            return realm_of(IPv4Address(int(address) >> shift & 0xFFFFFFFF))
    if address in _GIVEN_OUT and not address.scope_id and not any(address in each for each in _INNER_6):
        return Realm.PUBLIC
    return next((realm for block, realm in _NAMED_6.items() if address in block), Realm.RESERVED)


def read_host(text: str) -> Address | str:
    """A host of a URL, without brackets: an address, or a name in its ASCII form without the root's dot.

    Numbers that some systems read as an address (``127.1``, ``0x7f000001``, ``2130706433``, ``0177.0.0.1``) are none.

    Raises:
        HostError: neither.
    """
    if "%" in text:
        raise HostError("a zone or an escape")
    try:
        return ip_address(text)
    except ValueError:
        name = ascii_name(text).removesuffix(".")
    if not _NUMBER.fullmatch(name.rpartition(".")[2]):
        return name
    try:
        return IPv4Address(name)
    except ValueError as error:
        raise HostError("a number in place of a name") from error


def ascii_name(text: str) -> str:
    """A name in A-labels, lower case, as browsers write it (UTS #46); a dot at its end stays.

    Raises:
        HostError: no name that the DNS could hold.
    """
    dot = "." if text.endswith(".") else ""
    bare = text.removesuffix(".")
    try:
        name = bare.lower() if bare.isascii() else idna.encode(bare, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise HostError(str(error)) from error
    plain = all(0x21 <= ord(letter) <= 0x7E and letter not in '/\\?#@:[]<>"' for letter in name)
    if not plain or len(name) > LONGEST_NAME or not all(0 < len(each) <= LONGEST_LABEL for each in name.split(".")):
        raise HostError("no name that the DNS could hold")
    return name + dot

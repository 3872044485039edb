"""Whose word about a client's address is believed (RFC 7239, and the older ``X-Forwarded-For``)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address

from siegelpost.toolbox.internet import is_public
from siegelpost.toolbox.limits import one_address

# Taken away from every request that does not come from a trusted proxy.
FORWARDING_FIELDS = frozenset(
    (
        b"forwarded",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-port",
        b"x-forwarded-proto",
        b"x-forwarded-prefix",
        b"x-forwarded-server",
        b"x-real-ip",
        b"x-client-ip",
        b"x-cluster-client-ip",
        b"true-client-ip",
        b"cf-connecting-ip",
    )
)
_FOR = re.compile(rb'(?i)(?:^|[;,])\s*for\s*=\s*(?:"([^"]*)"|([^\s;,"]+))')
_PROTO = re.compile(rb'(?i)(?:^|[;,])\s*proto\s*=\s*(?:"([^"]*)"|([^\s;,"]+))')

X_FORWARDED_FOR, FORWARDED = b"x-forwarded-for", b"forwarded"
Headers = Sequence[tuple[bytes, bytes]]
Networks = Sequence[IPv4Network | IPv6Network]


def believes(address: str, trusted: Networks) -> bool:
    """Whether this address is one of the trusted proxies."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in trusted)


@dataclass(frozen=True, slots=True)
class Visitor:
    """From where a request comes; unless ``is_named``, ``address`` is that of a proxy which says nothing of them."""

    address: str
    is_named: bool = True


def visitor_of(peer: str, headers: Headers, trusted: Networks, field: bytes = X_FORWARDED_FOR) -> Visitor:
    """The visitor whose request a trusted proxy handed on.

    Read from the right: each trusted proxy wrote the address it saw, and what stands left of the first
    address that is not trusted was written by the client itself.

    Args:
        field: the one in which our proxies write. Proxies hand on the other as the client made it up: of nginx,
            Caddy and Traefik none touches ``Forwarded``.
    """
    address = None
    for hop in reversed(_hops(headers, field)):
        parsed = _address(hop)
        if parsed is None:  # "unknown", an obfuscated name, or nonsense: nobody knows more than the last proxy
            return Visitor(address or peer, is_named=False)
        address = parsed
        if not believes(address, trusted):
            break
    return Visitor(address or peer, is_named=address is not None)


def is_private(address: str) -> bool:
    """Whether this is no address of the open internet: a proxy of the house may have it, no visitor's provider."""
    return not is_public(ip_address(address))


def scheme_of(headers: Headers, field: bytes = X_FORWARDED_FOR) -> str:
    """How the client reached the trusted proxies: ``http`` only if every word about it says so, else ``https``.

    An inner proxy that is spoken to in plain HTTP by an outer one must not undo what the outer one says.
    """
    if field == FORWARDED:
        found = [match for name, value in headers if name == FORWARDED for match in _PROTO.findall(value)]
        words = [quoted or plain for quoted, plain in found]
    else:
        words = [word for name, value in headers if name == b"x-forwarded-proto" for word in value.split(b",")]
    said = {word.strip().lower() for word in words}
    return "http" if said == {b"http"} else "https"


def _hops(headers: Headers, field: bytes) -> list[str]:
    joined = b",".join(value for name, value in headers if name == field)
    if field == FORWARDED:
        return [(quoted or plain).decode("latin-1") for quoted, plain in _FOR.findall(joined)]
    return [hop.strip().decode("latin-1") for hop in joined.split(b",") if hop.strip()]


def _address(hop: str) -> str | None:
    """An address as proxies write it: bare, with a port, an IPv6 one in brackets, either within quotes."""
    hop = hop.strip('"')
    if hop.startswith("["):
        hop = hop[1:].partition("]")[0]
    elif hop.count(":") == 1:
        hop = hop.partition(":")[0]
    return one_address(hop)

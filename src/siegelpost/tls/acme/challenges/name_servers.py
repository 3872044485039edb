"""Whether a TXT record has arrived at the name servers of its zone, each asked by whichever way it can be reached.

An authority that looks too early counts a failure, so all of them are asked before. But this machine sees less than
the authority does: it may have no IPv6, or no way out on port 53, and a secondary may be dead. Who cannot be asked
therefore has no say (go-acme/lego#1406, #1801, #2171 are what happens else).
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from itertools import islice

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.resolver

from siegelpost.toolbox.internet import Realm, realm_of

PORT = 53
# In seconds, for each address and way.
TIMEOUT = 3.0
_AT_ONCE = 8
_MOST_ALIASES = 8
# Of a zone, and of one of its name servers: more are nobody's (the root has 13), and each name that leads nowhere is
# waited for up to 20 s.
_MOST_SERVERS, _MOST_ADDRESSES = 16, 8
_TOLD = (dns.rcode.NOERROR, dns.rcode.NXDOMAIN)


@dataclass(frozen=True, slots=True)
class NameServer:
    """One name server, at all its addresses with their ports; ``trusted`` was named by the office, not by the zone."""

    name: str
    addresses: tuple[tuple[str, int], ...]
    trusted: bool = False

    @property
    def inside(self) -> bool:
        """It stands in the house's own network: with split DNS, the authority asks others."""
        return (
            not self.trusted
            and bool(self.addresses)
            and not {realm_of(ip_address(each)) for each, _ in self.addresses} & {Realm.PUBLIC, Realm.LOOPBACK}
        )


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who gives a record, who says there is none, and who says nothing that counts.

    Args:
        inside: who says there is none, and stands in the house's own network.
    """

    gives: tuple[str, ...]
    lacks: tuple[str, ...]
    silent: tuple[str, ...]
    inside: tuple[str, ...] = ()

    @property
    def everywhere(self) -> bool:
        """Every name server that has a say gives it."""
        return bool(self.gives) and not self.lacks

    @property
    def unseen(self) -> bool:
        """Nobody could be asked whom the authority asks."""
        return not self.gives and not self.lacks


def system_resolver() -> dns.resolver.Resolver:
    """This machine's, without a memory: what was said before the record was written must not be believed after it."""
    try:
        resolver = dns.resolver.Resolver()
    except dns.resolver.NoResolverConfiguration:
        resolver = dns.resolver.Resolver(configure=False)
    resolver.cache = None
    return resolver


def resolver_of(servers: Sequence[str]) -> dns.resolver.Resolver:
    """One that asks these (``192.0.2.1`` or ``192.0.2.1:53``) instead."""
    resolver = dns.resolver.Resolver(configure=False)
    pairs = [host_and_port(each) for each in servers]
    resolver.nameservers = [server for server, _ in pairs]
    resolver.nameserver_ports = dict(pairs)
    resolver.cache = None
    return resolver


def host_and_port(text: str) -> tuple[str, int]:
    """``192.0.2.1``, ``192.0.2.1:53``, ``2001:db8::1`` or ``[2001:db8::1]:53``."""
    host, separator, port = text.rpartition(":")
    if separator and port.isdigit() and (":" not in host or host.startswith("[")):
        return host.strip("[]"), int(port)
    return text.strip("[]"), PORT


def zone_of(name: str, resolver: dns.resolver.Resolver) -> dns.name.Name:
    """The zone that a name lies in.

    Raises:
        dns.exception.DNSException: nobody says so, by UDP or TCP.
    """
    try:
        return dns.resolver.zone_for_name(name, resolver=resolver)
    except dns.exception.DNSException:
        return dns.resolver.zone_for_name(name, resolver=resolver, tcp=True)


def alias_of(name: str, resolver: dns.resolver.Resolver) -> str | None:
    """Where a CNAME at this name leads to; empty where there is none, None where nobody says."""
    try:
        return str(_resolved(name, "CNAME", resolver)[0].target.to_text(omit_final_dot=True))
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ""
    except dns.exception.DNSException:
        return None


def servers_of(zone: dns.name.Name, resolver: dns.resolver.Resolver) -> tuple[NameServer, ...]:
    """The name servers of a zone, as it names them; those that cannot be found have no addresses."""
    try:
        named = [record.target for record in _resolved(zone, "NS", resolver)]
    except dns.exception.DNSException:
        return ()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return tuple(pool.map(lambda each: _server(each, resolver), named[:_MOST_SERVERS]))


def _server(name: dns.name.Name, resolver: dns.resolver.Resolver) -> NameServer:
    addresses = islice(_addresses(name, resolver), _MOST_ADDRESSES)
    return NameServer(name.to_text(omit_final_dot=True), tuple((address, PORT) for address in addresses))


def to_ask(name: str, named: Sequence[str], resolver: dns.resolver.Resolver) -> tuple[NameServer, ...]:
    """Whom to ask about a name: those that the office named, else those of its zone; none where nobody says which."""
    if named:
        return tuple(NameServer(each, (host_and_port(each),), trusted=True) for each in named)
    try:
        return servers_of(zone_of(name, resolver), resolver)
    except dns.exception.DNSException:
        return ()


def followed(name: str, resolver: dns.resolver.Resolver) -> str:
    """Where a chain of CNAMEs at this name ends; the name itself where there is none, or nobody says."""
    for _ in range(_MOST_ALIASES):
        further = alias_of(name, resolver)
        if not further:
            break
        name = further
    return name


def arrival(servers: Iterable[NameServer], name: str, value: str) -> Arrival:
    """Ask all of them at once whether they give this TXT record; takes some seconds where one of them is dead."""
    asked = tuple(servers)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        said = list(pool.map(lambda server: _gives(server, name, value), asked))
    return Arrival(
        gives=tuple(each.name for each, given in zip(asked, said, strict=True) if given),
        lacks=tuple(each.name for each, given in zip(asked, said, strict=True) if given is False and not each.inside),
        silent=tuple(each.name for each, given in zip(asked, said, strict=True) if given is None),
        inside=tuple(each.name for each, given in zip(asked, said, strict=True) if given is False and each.inside),
    )


def resolved_texts(name: str, resolver: dns.resolver.Resolver) -> frozenset[str]:
    """The TXT records at a name, aliases followed, as a resolver finds them; empty where it finds none."""
    with suppress(dns.exception.DNSException):
        return frozenset(_text(record.strings) for record in _resolved(name, "TXT", resolver))
    return frozenset()


def _resolved(name: dns.name.Name | str, kind: str, resolver: dns.resolver.Resolver) -> dns.resolver.Answer:
    try:
        return resolver.resolve(name, kind)
    except (dns.resolver.LifetimeTimeout, dns.resolver.NoNameservers):  # UDP may be blocked on the way
        return resolver.resolve(name, kind, tcp=True)


def _addresses(server: dns.name.Name, resolver: dns.resolver.Resolver) -> Iterator[str]:
    """IPv4 first: where IPv6 is announced and leads nowhere, it is never waited for."""
    for kind in ("A", "AAAA"):
        with suppress(dns.exception.DNSException):
            yield from (str(record.address) for record in _resolved(server, kind, resolver))


def texts_of(servers: Iterable[NameServer], name: str) -> dict[NameServer, frozenset[str] | None]:
    """The TXT records at a name as each name server gives them; None from whom nothing is heard that counts."""
    asked = tuple(servers)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return dict(zip(asked, pool.map(lambda server: _texts(server, name), asked), strict=True))


def _texts(server: NameServer, name: str) -> frozenset[str] | None:
    return next((texts for texts, has_say in _said(server, name) if has_say), None)


def _gives(server: NameServer, name: str, value: str) -> bool | None:
    """Whether it gives the record, from the first address that answers; None when it has no say."""
    for texts, has_say in _said(server, name):
        if value in texts:
            return True
        if has_say:
            return False
    return None


def _said(server: NameServer, name: str) -> Iterator[tuple[frozenset[str], bool]]:
    """From each address that answers: the TXT records, and whether what it says counts.

    No say has who does not answer, or not for this zone (a lame delegation: an error, or an answer without authority).
    """
    query = dns.message.make_query(name, "TXT")
    for address in server.addresses:
        if (answer := _answer(query, *address)) is not None:
            texts = frozenset(
                _text(record.strings)
                for rrset in answer.answer
                if rrset.rdtype == dns.rdatatype.TXT
                for record in rrset
            )
            yield texts, answer.rcode() in _TOLD and (server.trusted or bool(answer.flags & dns.flags.AA))


def _answer(query: dns.message.Message, address: str, port: int) -> dns.message.Message | None:
    """By UDP, or else by TCP; None where there is no way there, or nobody answers."""
    for way in (dns.query.udp_with_fallback, dns.query.tcp):
        try:
            said = way(query, address, timeout=TIMEOUT, port=port)
        except (dns.exception.DNSException, OSError, EOFError, ValueError):
            continue
        return said[0] if isinstance(said, tuple) else said
    return None


def _text(strings: Iterable[bytes]) -> str:
    return b"".join(strings).decode("ascii", "replace")

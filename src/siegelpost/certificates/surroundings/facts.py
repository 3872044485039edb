"""What there is to know about the public name and where it leads, looked up all at once.

What nobody could say stays unknown (``None``, or an answer that failed): it is never taken for "no".
"""

import secrets
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address, ip_address
from typing import TypeVar

import dns.exception
import dns.resolver

from siegelpost.certificates.surroundings import machine, outside, router
from siegelpost.certificates.surroundings.dns_hosts import DnsHost, host_of
from siegelpost.certificates.surroundings.outside import Outside
from siegelpost.certificates.surroundings.router import RouterSays
from siegelpost.doctor.live import issuance
from siegelpost.doctor.live.issuance import LETS_ENCRYPT, Issuance
from siegelpost.doctor.live.lookup import Found, Lookup, LookupAnswer, Source, fixed, from_dns, system_resolver
from siegelpost.settings import Settings
from siegelpost.tls.naming import is_ip_address
from siegelpost.toolbox.deadline import Deadline, spawn
from siegelpost.toolbox.internet import Address, is_public

MOST_SECONDS = 15.0
_OF_THE_DNS = 6.0
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What was learnt.

    Args:
        wildcard: where a name that nobody has made leads, beside the public one: what a wildcard record says.
        name_servers: of the zone; None where they were not to be learnt.
        addresses: this machine's own; None likewise.
        router: what the router says; None where it says nothing.
    """

    name: str
    lookup: Lookup
    issuance: Issuance
    wildcard: Lookup
    name_servers: tuple[str, ...] | None = None
    addresses: tuple[Address, ...] | None = None
    router: RouterSays | None = None
    outside: Outside = field(default_factory=Outside)
    authority: str = LETS_ENCRYPT

    @property
    def dns_host(self) -> DnsHost | None:
        """Who holds the zone, if it is one of those that are known."""
        return host_of(self.name_servers or ())

    @property
    def public_6(self) -> tuple[Address, ...] | None:
        """This machine's IPv6 addresses that the internet can reach; None where they are not known."""
        if self.addresses is None:
            return None
        return tuple(each for each in self.addresses if each.version == 6 and is_public(each))

    @property
    def internet_4(self) -> Address | None:
        """The IPv4 address under which the internet sees this line; None where nobody could say."""
        if self.outside.v4:
            return self.outside.v4.address
        if self.router:
            return self.router.address
        own = [each for each in self.addresses or () if isinstance(each, IPv4Address) and is_public(each)]
        return own[0] if own else None


def look(settings: Settings, resolver: dns.resolver.Resolver | None = None) -> Surroundings:
    """Look at everything at once; never raises, and takes 15 s at most."""
    name, deadline = settings.public_host, Deadline(MOST_SECONDS)
    beside = f"siegelpost-{secrets.token_hex(8)}.{name.partition('.')[2] or name}"
    of_the_dns = deadline.at_most(_OF_THE_DNS)
    asks = _ask_nothing if is_ip_address(name) else _ask_the_dns
    named, wild, issued, served = asks(name, beside, resolver, of_the_dns)
    way_out = machine.gateway()
    routed: Future[RouterSays | None] | None = spawn(router.ask, way_out) if way_out else None
    seen = spawn(outside.ask, settings)
    silent = Found(LookupAnswer.TIMEOUT)
    nothing = Lookup(Source.DNS, silent, silent)
    return Surroundings(
        name=name,
        lookup=_result(named, deadline, lambda: nothing),
        issuance=_result(issued, deadline, lambda: Issuance(issuance.Caa(known=False), issuance.Dnssec.UNKNOWN)),
        wildcard=_result(wild, deadline, lambda: nothing),
        name_servers=_result(served, deadline, lambda: None),
        addresses=machine.addresses(),
        router=_result(routed, deadline, lambda: None) if routed else None,
        outside=_result(seen, deadline, lambda: Outside(asked=bool(settings.outside_service))),
        authority="" if settings.acme_directory else LETS_ENCRYPT,
    )


Answers = tuple["Future[Lookup]", "Future[Lookup]", "Future[Issuance]", "Future[tuple[str, ...] | None]"]


def _ask_the_dns(name: str, beside: str, resolver: dns.resolver.Resolver | None, deadline: Deadline) -> Answers:
    return (
        spawn(from_dns, name, resolver, deadline),
        spawn(from_dns, beside, resolver, deadline),
        spawn(issuance.ask, name, resolver, deadline),
        spawn(_name_servers, name, resolver, deadline),
    )


def _ask_nothing(name: str, *_: object) -> Answers:
    """Of an address there is nothing to ask."""
    unsigned = Issuance(issuance.Caa(known=True), issuance.Dnssec.UNSIGNED)
    return (
        spawn(lambda: fixed(Source.LITERAL, [ip_address(name)])),
        spawn(lambda: fixed(Source.LITERAL, [])),
        spawn(lambda: unsigned),
        spawn(lambda: None),
    )


def _result(asked: "Future[Value]", deadline: Deadline, otherwise: Callable[[], Value]) -> Value:
    with suppress(Exception):  # whatever a stranger's answer does to its reader, the rest is told
        return asked.result(deadline.left())
    return otherwise()


def _name_servers(name: str, resolver: dns.resolver.Resolver | None, deadline: Deadline) -> tuple[str, ...] | None:
    """Of the closest name above, or at, this one that has any; None where nobody says so."""
    using = resolver or system_resolver()
    labels = name.rstrip(".").split(".")
    for start in range(max(len(labels) - issuance.MOST_LABELS, 0), len(labels) - 1):
        at = ".".join(labels[start:]) + "."
        try:
            answer = using.resolve(at, "NS", lifetime=max(deadline.left(), 0.01), search=False)
        except (dns.resolver.NoAnswer, dns.resolver.NXDOMAIN):
            continue
        except (dns.exception.DNSException, OSError):
            return None
        return tuple(sorted(record.target.to_text(omit_final_dot=True) for record in answer))
    return None

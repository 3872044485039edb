"""Where a name leads: A and AAAA asked separately, as a recipient's browser does, and nothing believed unchecked."""

import ipaddress
import socket
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import dns.exception
import dns.message
import dns.name
import dns.resolver

from siegelpost.doctor.live.target import Target
from siegelpost.toolbox.deadline import Deadline, spawn
from siegelpost.toolbox.internet import Address

# Of one family; more would only be more of the same, and a hostile zone has thousands.
MOST_ADDRESSES = 4
MOST_SECONDS = 4.0
_HOSTS = Path("/etc/hosts")


class Source(StrEnum):
    """Who said where the name leads."""

    GIVEN = "given"  # connect_to or resolve: the administrator
    LITERAL = "literal"  # the target is an address
    HOSTS = "hosts"  # this machine's own list, which recipients do not have
    LOCAL = "local"  # the network this machine stands in (.local, fritz.box, single names)
    DNS = "dns"

    @property
    def trusted(self) -> bool:
        """Whether a private address from here was meant by somebody in the house."""
        return self is not Source.DNS


class LookupAnswer(StrEnum):
    FOUND = "found"
    NONE = "none"
    NO_SUCH_NAME = "no_such_name"
    LOOP = "loop"
    FAILED = "failed"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class Found:
    """One family's answer; ``seconds`` is its time to live when the DNS gave one."""

    answer: LookupAnswer
    addresses: tuple[Address, ...] = ()
    ttl: int | None = None


@dataclass(frozen=True, slots=True)
class Lookup:
    source: Source
    a: Found
    aaaa: Found

    @property
    def addresses(self) -> tuple[Address, ...]:
        return (*self.a.addresses, *self.aaaa.addresses)


def find(
    target: Target,
    *,
    resolver: dns.resolver.Resolver | None,
    resolve: Mapping[str, str],
    local: bool,
    deadline: Deadline,
) -> Lookup:
    """Where the target's name leads. ``local`` names are asked of this machine, all others of the DNS.

    Never raises for what a name server says; takes 4 s at most.
    """
    if target.address:
        return fixed(Source.LITERAL, [target.address])
    name = target.name.rstrip(".")
    given = {each.lower().rstrip("."): address for each, address in resolve.items()}
    if name in given:
        return fixed(Source.GIVEN, [ipaddress.ip_address(given[name].strip("[]"))])
    deadline = deadline.at_most(MOST_SECONDS)
    if resolver is None:
        if local and (found := _asked_of_machine(name, deadline)):
            return fixed(Source.LOCAL, found)
        listed = listed_addresses(name)
        if listed:
            return fixed(Source.HOSTS, listed)
    return from_dns(name, resolver, deadline)


def listed_addresses(name: str, file: Path = _HOSTS) -> list[Address]:
    """What this machine's hosts file says about a name."""
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            text = lines.read(1 << 20)
    except OSError:
        return []
    found: list[Address] = []
    for line in text.splitlines():
        first, *names = line.partition("#")[0].split() or [""]
        if name in (each.lower().rstrip(".") for each in names):
            try:
                found.append(ipaddress.ip_address(first))
            except ValueError:
                continue
    return list(dict.fromkeys(found))


def fixed(source: Source, addresses: list[Address]) -> Lookup:
    """A lookup whose addresses somebody else has named."""
    families = []
    for family in (ipaddress.IPv4Address, ipaddress.IPv6Address):
        own = tuple(each for each in addresses if isinstance(each, family))[:MOST_ADDRESSES]
        families.append(Found(LookupAnswer.FOUND, own) if own else Found(LookupAnswer.NONE))
    return Lookup(source, *families)


def _asked_of_machine(name: str, deadline: Deadline) -> list[Address]:
    try:
        rows = spawn(socket.getaddrinfo, name, None, type=socket.SOCK_STREAM).result(deadline.left())
    except (OSError, UnicodeError, TimeoutError):
        return []
    return list(dict.fromkeys(ipaddress.ip_address(str(row[4][0])) for row in rows))


def from_dns(name: str, resolver: dns.resolver.Resolver | None, deadline: Deadline) -> Lookup:
    """What the DNS says about a name, both families asked at the same time; the system's resolver by default."""
    try:
        using = resolver or system_resolver()
    except dns.resolver.NoResolverConfiguration:
        return Lookup(Source.DNS, Found(LookupAnswer.FAILED), Found(LookupAnswer.FAILED))
    asked = [spawn(_ask_one, name, kind, using, deadline) for kind in ("A", "AAAA")]
    return Lookup(Source.DNS, *(_settled(each, deadline) for each in asked))


def _settled(asked: Future[Found], deadline: Deadline) -> Found:
    try:
        return asked.result(deadline.left() + 0.1)
    except TimeoutError:
        return Found(LookupAnswer.TIMEOUT)


def system_resolver() -> dns.resolver.Resolver:
    """The machine's name servers, with times that suit somebody who waits.

    Raises:
        dns.resolver.NoResolverConfiguration: none is set up.
    """
    resolver = dns.resolver.Resolver()
    resolver.timeout = 1.5
    return resolver


def _ask_one(name: str, kind: str, resolver: dns.resolver.Resolver, deadline: Deadline) -> Found:
    try:
        answer = resolver.resolve(dns.name.from_text(name), kind, lifetime=max(deadline.left(), 0.01), search=False)
        addresses = [ipaddress.ip_address(each.to_text()) for each in answer]
    except dns.resolver.NXDOMAIN:
        return Found(LookupAnswer.NO_SUCH_NAME)
    except dns.resolver.NoAnswer:
        return Found(LookupAnswer.NONE)
    except dns.exception.Timeout:
        return Found(LookupAnswer.TIMEOUT)
    except dns.resolver.NoNameservers as error:
        causes = [each for row in error.kwargs.get("errors", ()) for each in row]
        loops = any(isinstance(each, dns.message.ChainTooLong) for each in causes)
        return Found(LookupAnswer.LOOP if loops else LookupAnswer.FAILED)
    except (dns.exception.DNSException, OSError, ValueError):
        return Found(LookupAnswer.FAILED)
    return Found(LookupAnswer.FOUND, tuple(addresses[:MOST_ADDRESSES]), answer.rrset.ttl if answer.rrset else None)

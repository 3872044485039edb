"""What could keep an authority from issuing the next certificate: CAA records and broken DNSSEC."""

from dataclasses import dataclass
from enum import StrEnum

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.resolver
from dns.rdtypes.ANY.CAA import CAA

from siegelpost.doctor.live.lookup import system_resolver
from siegelpost.toolbox.deadline import Deadline, spawn

MOST_SECONDS = 2.0
# RFC 8659 § 3 climbs to the top; no name has more labels that matter.
MOST_LABELS = 8
MOST_RECORDS = 20
LETS_ENCRYPT = "letsencrypt.org"


class Dnssec(StrEnum):
    GOOD = "good"
    UNSIGNED = "unsigned"
    BROKEN = "broken"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Caa:
    """The records that hold for a name (RFC 8659). ``at`` is the name that has them; None when none has.

    ``authorities`` may issue: their domains, as written; none means that nobody may.
    """

    known: bool
    at: str | None = None
    authorities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Issuance:
    caa: Caa
    dnssec: Dnssec


def ask(name: str, resolver: dns.resolver.Resolver | None, deadline: Deadline) -> Issuance:
    """Ask the DNS about a public name. Never raises for what it says; takes 2 s at most."""
    deadline = deadline.at_most(MOST_SECONDS)
    try:
        using = resolver or system_resolver()
    except dns.resolver.NoResolverConfiguration:
        return Issuance(Caa(known=False), Dnssec.UNKNOWN)
    signed = spawn(_dnssec, name, using, deadline)
    caa = _caa(name, using, deadline)
    try:
        return Issuance(caa, signed.result(deadline.left() + 0.1))
    except TimeoutError:
        return Issuance(caa, Dnssec.UNKNOWN)


def _caa(name: str, resolver: dns.resolver.Resolver, deadline: Deadline) -> Caa:
    labels = name.rstrip(".").split(".")
    for start in range(max(len(labels) - MOST_LABELS, 0), len(labels)):
        at = ".".join(labels[start:])
        try:
            answer = resolver.resolve(dns.name.from_text(at), "CAA", lifetime=max(deadline.left(), 0.01), search=False)
        except (dns.resolver.NoAnswer, dns.resolver.NXDOMAIN):
            continue
        except (dns.exception.DNSException, OSError):
            return Caa(known=False)
        records = [each for each in list(answer)[:MOST_RECORDS] if isinstance(each, CAA)]
        issuing = [each for each in records if each.tag.lower() == b"issue"]
        if not issuing:
            # Only issuewild or iodef here: nothing is forbidden for this name (RFC 8659 § 4.2).
            return Caa(known=True)
        domains = (each.value.decode("ascii", "replace").partition(";")[0].strip().lower() for each in issuing)
        return Caa(known=True, at=at, authorities=tuple(domain for domain in dict.fromkeys(domains) if domain))
    return Caa(known=True)


def _dnssec(name: str, resolver: dns.resolver.Resolver, deadline: Deadline) -> Dnssec:
    """Ask a validating resolver twice: what it refuses with checking and gives without is badly signed."""
    checked = _answer(name, resolver, deadline, checking_disabled=False)
    if checked is None:
        return Dnssec.UNKNOWN
    if checked.rcode() == dns.rcode.SERVFAIL:
        unchecked = _answer(name, resolver, deadline, checking_disabled=True)
        answered = unchecked is not None and unchecked.rcode() in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN)
        return Dnssec.BROKEN if answered else Dnssec.UNKNOWN
    if checked.flags & dns.flags.AD:
        return Dnssec.GOOD
    signed = any(dns.rdatatype.RRSIG in (each.rdtype, each.covers) for each in (*checked.answer, *checked.authority))
    # Signed and yet not vouched for: this resolver does not check signatures, so nothing can be said.
    return Dnssec.UNKNOWN if signed else Dnssec.UNSIGNED


def _answer(
    name: str, resolver: dns.resolver.Resolver, deadline: Deadline, *, checking_disabled: bool
) -> dns.message.Message | None:
    query = dns.message.make_query(name, "A", want_dnssec=True)
    query.flags |= dns.flags.AD
    if checking_disabled:
        query.flags |= dns.flags.CD
    for server in resolver.nameservers:
        left = deadline.left()
        if left <= 0 or not isinstance(server, str):
            return None
        try:
            return dns.query.udp_with_fallback(query, server, timeout=min(left, 1.5), port=resolver.port)[0]
        except (dns.exception.DNSException, OSError, ValueError):
            continue
    return None

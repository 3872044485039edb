"""Whether a mail server's certificate is the one that its domain's DNS names (DANE, RFC 6698 and 7672).

A TLSA record says something only where DNSSEC vouches for it. The resolver says whether it does (AD), and is believed
only on this machine: between here and another one anybody could set the flag.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256, sha512
from ipaddress import ip_address
from types import MappingProxyType

import dns.exception
import dns.flags
import dns.resolver
from dns.rdtypes.ANY.TLSA import TLSA

from siegelpost.doctor.der import DerError
from siegelpost.doctor.live.lookup import system_resolver
from siegelpost.doctor.x509.certificate import parse
from siegelpost.toolbox.deadline import Deadline

MOST_RECORDS = 20
SECONDS = 4.0
# Usages that count for mail (RFC 7672 §3.1): an authority of the domain's own, or this very certificate.
TRUST_ANCHOR, END_ENTITY = 2, 3
_WHOLE, _KEY = 0, 1
_DIGESTS: Mapping[int, Callable[[bytes], bytes]] = MappingProxyType(
    {0: bytes, 1: lambda data: sha256(data).digest(), 2: lambda data: sha512(data).digest()}
)


class Dane(StrEnum):
    """What the DNS says of a certificate: it is named itself (MATCHES), or an authority above it is (ANCHORED)."""

    NONE = "none"
    MATCHES = "matches"
    ANCHORED = "anchored"
    DIFFERS = "differs"
    UNUSABLE = "unusable"
    NOT_VOUCHED = "not_vouched"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DaneAnswer:
    """What is said; ``anchors`` are the certificates of the chain that are named as authorities."""

    dane: Dane
    anchors: tuple[bytes, ...] = ()


def ask(
    host: str, port: int, chain: Sequence[bytes], deadline: Deadline, resolver: dns.resolver.Resolver | None = None
) -> DaneAnswer:
    """Compare a chain (DER, the server's own first) with the records. Never raises for what the DNS says."""
    try:
        using = copy.copy(resolver or system_resolver())
        using.set_flags(dns.flags.RD | dns.flags.AD)
        seconds = max(deadline.at_most(SECONDS).left(), 0.01)
        answer = using.resolve(f"_{port}._tcp.{host}.", "TLSA", lifetime=seconds, search=False)
    except (dns.resolver.NoAnswer, dns.resolver.NXDOMAIN):
        return DaneAnswer(Dane.NONE)
    except (dns.exception.DNSException, OSError, ValueError):
        return DaneAnswer(Dane.UNKNOWN)
    if not (answer.response.flags & dns.flags.AD and all(map(_is_here, using.nameservers))):
        return DaneAnswer(Dane.NOT_VOUCHED)
    usable = [each for each in list(answer)[:MOST_RECORDS] if isinstance(each, TLSA) and _is_usable(each)]
    if not usable:
        return DaneAnswer(Dane.UNUSABLE)
    return _compared(usable, chain)


def _is_here(server: object) -> bool:
    try:
        return ip_address(str(server)).is_loopback
    except ValueError:
        return False


def _is_usable(record: TLSA) -> bool:
    known = record.usage in (TRUST_ANCHOR, END_ENTITY) and record.selector in (_WHOLE, _KEY)
    return known and record.mtype in _DIGESTS


def _compared(records: Sequence[TLSA], chain: Sequence[bytes]) -> DaneAnswer:
    if any(_names(each, chain[0]) for each in records if each.usage == END_ENTITY):
        return DaneAnswer(Dane.MATCHES)
    above = [each for each in records if each.usage == TRUST_ANCHOR]
    anchors = tuple(each for each in chain[1:] if any(_names(record, each) for record in above))
    return DaneAnswer(Dane.ANCHORED if anchors else Dane.DIFFERS, anchors)


def _names(record: TLSA, certificate: bytes) -> bool:
    return any(_DIGESTS[record.mtype](part) == record.cert for part in _part(certificate, record.selector))


def _part(certificate: bytes, selector: int) -> list[bytes]:
    if selector == _WHOLE:
        return [certificate]
    try:
        return [parse(certificate).key_info]
    except DerError:
        return []

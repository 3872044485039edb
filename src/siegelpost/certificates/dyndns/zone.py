"""What a zone's own name servers say of a name: not a resolver, which may remember what has long changed."""

import secrets
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from ipaddress import ip_address

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.resolver

from siegelpost.certificates.dyndns.record import RecordType
from siegelpost.tls.acme.challenges.name_servers import TIMEOUT, NameServer, servers_of, system_resolver, zone_of
from siegelpost.toolbox.deadline import Deadline
from siegelpost.toolbox.internet import Address

_TOLD = (dns.rcode.NOERROR, dns.rcode.NXDOMAIN)
_AT_ONCE = 16
MOST_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in the zone.

    Args:
        zone: that the name lies in; empty where nobody says.
        said: for each family one set for each name server that has a say, empty where it says there is no record.
        alias: where a CNAME of the name's own leads; empty where there is none.
    """

    zone: str = ""
    said: Mapping[RecordType, tuple[frozenset[Address], ...]] = field(default_factory=dict)
    alias: str = ""

    def of(self, kind: RecordType) -> frozenset[Address] | None:
        """What all that have a say agree on; None where they differ, or nobody has one."""
        answers = set(self.said.get(kind, ()))
        return answers.pop() if len(answers) == 1 else None


def stands(name: str, resolver: dns.resolver.Resolver | None = None, port: int | None = None) -> Standing:
    """Ask all name servers of the zone at once; never raises, and takes 15 s at most once the zone is known.

    Those inside the house have no say: behind split DNS they tell the internet's visitors nothing.

    Args:
        port: other than the usual one, at which tests have their name servers.
    """
    using = resolver or system_resolver()
    try:
        zone = zone_of(name, using)
        servers = [each for each in servers_of(zone, using) if not each.inside]
    except (dns.exception.DNSException, OSError):
        return Standing()
    beside = f"siegelpost-{secrets.token_hex(8)}.{name.partition('.')[2]}"
    asked = [(server, each, kind.value) for server in servers for each in (name, beside) for kind in RecordType]
    deadline = Deadline(MOST_SECONDS)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = list(pool.map(lambda each: _ask(each[0], each[1], each[2], port, deadline), asked))
    got = [(each, kind, answer) for (_, each, kind), answer in zip(asked, answers, strict=True) if answer is not None]
    by_wildcard = {alias for each, _, answer in got if each == beside and (alias := _alias(answer, beside))}
    aliases = {alias for each, _, answer in got if each == name and (alias := _alias(answer, name))} - by_wildcard
    said = {
        kind: tuple(_addresses(answer, kind) for each, asked_for, answer in got if (each, asked_for) == (name, kind))
        for kind in RecordType
    }
    return Standing(zone.to_text(omit_final_dot=True).lower(), said, next(iter(sorted(aliases)), ""))


def _ask(server: NameServer, name: str, kind: str, port: int | None, deadline: Deadline) -> dns.message.Message | None:
    """What one of them says, from the first address that answers; None when it has no say (silent, or lame)."""
    query = dns.message.make_query(name, kind)
    query.flags &= ~dns.flags.RD
    for address, usual in server.addresses:
        for way in (_by_udp, dns.query.tcp):
            try:
                said = way(query, address, timeout=deadline.at_most(TIMEOUT).need(), port=port or usual)
            except (dns.exception.DNSException, OSError, EOFError, ValueError):
                continue
            if said.rcode() in _TOLD and said.flags & dns.flags.AA:
                return said
            break
    return None


def _by_udp(query: dns.message.Message, address: str, *, timeout: float, port: int) -> dns.message.Message:
    return dns.query.udp_with_fallback(query, address, timeout=timeout, port=port)[0]


def _alias(answer: dns.message.Message, name: str) -> str:
    for rrset in answer.answer:
        if rrset.rdtype == dns.rdatatype.CNAME and rrset.name.to_text(omit_final_dot=True).lower() == name:
            return str(rrset[0].target.to_text(omit_final_dot=True)).lower()
    return ""


def _addresses(answer: dns.message.Message, kind: RecordType) -> frozenset[Address]:
    wanted = dns.rdatatype.from_text(kind.value)
    records: Sequence[dns.rrset.RRset] = [each for each in answer.answer if each.rdtype == wanted]
    return frozenset(ip_address(str(record.address)) for rrset in records for record in rrset)

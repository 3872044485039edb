"""The table of checks: each looks at one observation and says what it found. None of them touches the network."""

import ipaddress
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from siegelpost.doctor.live import clock_check, names
from siegelpost.doctor.live.client_offers import BROKEN, DATED, SUITES
from siegelpost.doctor.live.findings import FAILED_HANDSHAKES, FindingId, LiveFinding
from siegelpost.doctor.live.hello import TLS_1_1, Reply
from siegelpost.doctor.live.issuance import LETS_ENCRYPT, Dnssec
from siegelpost.doctor.live.lookup import Found, LookupAnswer, Source
from siegelpost.doctor.live.names import NameKind
from siegelpost.doctor.live.observation import Observation, Visit
from siegelpost.doctor.live.outcome import Outcome
from siegelpost.doctor.live.proxies import who_answered
from siegelpost.toolbox.internet import Address, is_public, realm_of

Check = Callable[[Observation], Iterable[LiveFinding]]

_NAMES = {kind: FindingId(f"name_{kind.value}") for kind in NameKind}
# A record that may be kept for less than this is meant to change (dynamic DNS uses 60 seconds).
_CHANGING = timedelta(minutes=5)
_BROKEN_LOOKUPS = (LookupAnswer.FAILED, LookupAnswer.TIMEOUT)


def name(seen: Observation) -> Iterator[LiveFinding]:
    shown = seen.target.host if seen.kind is NameKind.UMLAUT else seen.target.name
    facts = {"name": shown, "ascii": seen.target.name}
    yield LiveFinding(_NAMES[seen.kind], facts | {"provider": names.provider_of(seen.target)})


def dns(seen: Observation) -> Iterator[LiveFinding]:
    found, a, aaaa = seen.lookup, seen.lookup.a, seen.lookup.aaaa
    facts = {"name": seen.target.name, "addresses": tuple(map(str, found.addresses))}
    if found.source is Source.LITERAL:
        return
    if found.source is Source.HOSTS:
        yield LiveFinding(FindingId.DNS_HOSTS_FILE, facts)
    elif found.source is Source.GIVEN:
        yield LiveFinding(FindingId.DNS_GIVEN, facts)
    elif found.addresses:
        yield LiveFinding(FindingId.DNS_FOUND, facts)
    elif LookupAnswer.LOOP in (a.answer, aaaa.answer):
        yield LiveFinding(FindingId.DNS_LOOP, facts)
    elif a.answer in _BROKEN_LOOKUPS or aaaa.answer in _BROKEN_LOOKUPS:
        yield LiveFinding(FindingId.DNS_FAILED, facts)
    elif LookupAnswer.NO_SUCH_NAME in (a.answer, aaaa.answer):
        yield LiveFinding(FindingId.DNS_NO_SUCH_NAME, facts)
    else:
        yield LiveFinding(FindingId.DNS_NO_ADDRESS, facts)
    if _changes(a) or _changes(aaaa):
        yield LiveFinding(FindingId.DNS_CHANGING, facts | {"seconds": a.ttl if a.ttl is not None else aaaa.ttl})


def _changes(found: Found) -> bool:
    return found.ttl is not None and found.ttl < _CHANGING.total_seconds()


def addresses(seen: Observation) -> Iterator[LiveFinding]:
    for address in seen.not_asked:
        yield LiveFinding(FindingId.ADDRESS_PRIVATE_NOT_ASKED, _of(address) | {"name": seen.target.name})
    for visit in seen.visits:
        if not is_public(visit.address) and seen.kind.issued and not seen.target.address:
            yield LiveFinding(FindingId.ADDRESS_PRIVATE, _of(visit.address) | {"name": seen.target.name})
        yield LiveFinding(_reached(visit, seen), _of(visit.address) | _timing(visit, seen))


def _of(address: Address) -> dict[str, str]:
    return {"address": str(address), "kind": realm_of(address), "record": _record(address)}


def _record(address: Address) -> str:
    return "AAAA" if isinstance(address, ipaddress.IPv6Address) else "A"


def _timing(visit: Visit, seen: Observation) -> dict[str, object]:
    shake = visit.handshake
    return {"port": seen.port, "milliseconds": round(shake.seconds * 1000), "outcome": shake.outcome.value}


def _reached(visit: Visit, seen: Observation) -> FindingId:
    if visit.handshake.outcome.connected:
        return FindingId.ADDRESS_ANSWERS
    if _record(visit.address) == "A":
        return FindingId.ADDRESS_SILENT
    if visit.handshake.outcome is Outcome.NO_ROUTE:
        return FindingId.AAAA_NOT_TESTABLE
    others = any(each.handshake.outcome.connected for each in seen.visits)
    return FindingId.AAAA_LEADS_NOWHERE if others else FindingId.ADDRESS_SILENT


def same_everywhere(seen: Observation) -> Iterator[LiveFinding]:
    leaves = {each.handshake.chain[0] for each in seen.visits if each.answered and each.handshake.chain}
    if len(leaves) > 1:
        shown = tuple(str(each.address) for each in seen.visits if each.answered)
        yield LiveFinding(FindingId.ADDRESSES_DIFFER, {"addresses": shown})


def own_port(seen: Observation) -> Iterator[LiveFinding]:
    if seen.own_port is not None:
        open_ = seen.own_port is Outcome.ANSWERED
        yield LiveFinding(FindingId.PORT_OPEN_HERE if open_ else FindingId.PORT_CLOSED_HERE, {"port": seen.port})


def outside(seen: Observation) -> Iterator[LiveFinding]:
    """From inside nobody can see whether a router lets visitors in (NAT, loopback through the router)."""
    if seen.kind.issued or seen.kind is NameKind.UNKNOWN_ENDING:
        yield LiveFinding(FindingId.OUTSIDE_UNKNOWN, {"address": f"https://{seen.target.authority}"})


def handshake(seen: Observation) -> Iterator[LiveFinding]:
    if seen.plain:
        yield LiveFinding(FindingId.PLAIN_HTTP, {"port": seen.port})
    for visit in seen.visits:
        found = FAILED_HANDSHAKES.get(visit.handshake.outcome)
        if found:
            greeting = "".join(
                each if each.isprintable() else "." for each in visit.handshake.greeting[:40].decode("latin-1")
            )
            facts = {"address": str(visit.address), "port": seen.port, "greeting": greeting}
            yield LiveFinding(found, facts | {"alert": visit.handshake.alert})


def tls_profile(seen: Observation) -> Iterator[LiveFinding]:
    """TLS versions and cipher suites against Mozilla's intermediate profile."""
    if seen.main is None:
        return
    replies = seen.questions
    offered = {question for question, reply in replies.items() if _agreed(reply, question)}
    old = tuple(text for key, text in (("tls_1_0", "TLS 1.0"), ("tls_1_1", "TLS 1.1")) if key in offered)
    faults = []
    if old:
        faults.append(LiveFinding(FindingId.TLS_OLD_OFFERED, {"versions": old}))
    if "tls_1_2" in offered and "tls_1_3" not in offered and _certain(replies["tls_1_3"]):
        faults.append(LiveFinding(FindingId.TLS_1_3_MISSING))
    for question, found in (
        ("broken_suites", FindingId.SUITES_BROKEN),
        ("dated_suites", FindingId.SUITES_DATED),
    ):
        if question in offered:
            cipher = replies[question].cipher or 0
            faults.append(LiveFinding(found, {"cipher": SUITES.get(cipher, f"{cipher:#06x}")}))
    yield from faults
    if not replies or not all(map(_certain, replies.values())):
        yield LiveFinding(FindingId.TLS_NOT_MEASURED)
    elif not faults:
        yield LiveFinding(FindingId.TLS_GOOD, {"version": seen.main.handshake.version})
    if "hybrid" in replies and _certain(replies["hybrid"]):
        yield LiveFinding(FindingId.TLS_HYBRID if "hybrid" in offered else FindingId.TLS_NO_HYBRID)


def _agreed(reply: Reply, question: str) -> bool:
    if reply.outcome is not Outcome.ANSWERED or reply.version is None:
        return False
    if question in ("tls_1_0", "tls_1_1"):
        return reply.version <= TLS_1_1
    wanted = {"broken_suites": BROKEN, "dated_suites": DATED}.get(question)
    return wanted is None or reply.cipher in wanted


def _certain(reply: Reply) -> bool:
    """A server that will not speak says so by an alert, or (older ones) by hanging up."""
    return reply.outcome in (Outcome.ANSWERED, Outcome.ALERT, Outcome.CLOSED, Outcome.RESET)


def ours(seen: Observation) -> Iterator[LiveFinding]:
    """Whether the public address answers with this server's certificate, or with somebody else's."""
    if seen.expected is None or seen.main is None or not seen.main.handshake.chain:
        return
    leaf = seen.main.handshake.chain[0]
    accepted = seen.main.judgement is not None and seen.main.judgement.ok is True
    yield who_answered(leaf, seen.expected, seen.head, accepted=accepted)


def chain_complete(seen: Observation) -> Iterator[LiveFinding]:
    """A chain that only works on machines that have seen the missing intermediate before."""
    if seen.completion is None:
        return
    facts = {"url": seen.completion.url, "missing": seen.completion.fetched, "why": seen.completion.problem}
    helped = seen.completion.problem is None and len(seen.completion.fetched) > 0
    yield LiveFinding(FindingId.CHAIN_INCOMPLETE if helped else FindingId.CHAIN_NOT_FETCHABLE, facts)


def redirect(seen: Observation) -> Iterator[LiveFinding]:
    location = seen.head.first("location") if seen.head else None
    if seen.head is None or not location or not 300 <= seen.head.status < 400:
        return
    host, scheme = names.host_and_scheme(location)
    facts = {"location": location[:200], "status": seen.head.status}
    if scheme == "http":
        yield LiveFinding(FindingId.REDIRECT_TO_HTTP, facts)
    elif host and host != seen.target.name.rstrip("."):
        yield LiveFinding(FindingId.REDIRECT_ELSEWHERE, facts)


def hsts(seen: Observation) -> Iterator[LiveFinding]:
    """Strict-Transport-Security (RFC 6797): good with a trusted certificate, a trap with one that is not."""
    if seen.main is None:
        return
    if seen.head is None:
        yield LiveFinding(FindingId.NO_HTTP, {"name": seen.target.name})
        return
    header = seen.head.first("strict-transport-security")
    refused = seen.main.judgement is not None and seen.main.judgement.ok is False
    if not header:
        # While the certificate is refused it is right to be missing, and a server like ours adds it by itself then.
        if not seen.target.address and not refused:
            yield LiveFinding(FindingId.HSTS_MISSING, {"name": seen.target.name})
        return
    yield LiveFinding(FindingId.HSTS_WITH_REFUSED if refused else FindingId.HSTS, {"header": header[:200]})


def clock(seen: Observation) -> Iterator[LiveFinding]:
    if seen.main is not None:
        yield clock_check.compare(seen)


def caa(seen: Observation) -> Iterator[LiveFinding]:
    if seen.issuance is None or not seen.lookup.addresses:
        return
    found = seen.issuance.caa
    facts = {
        "name": seen.target.name,
        "at": found.at,
        "authorities": found.authorities,
        "lets_encrypt": found.at is None or LETS_ENCRYPT in found.authorities,
    }
    if not found.known:
        yield LiveFinding(FindingId.CAA_UNKNOWN, facts)
    elif found.at is None:
        yield LiveFinding(FindingId.CAA_NONE, facts)
    else:
        yield LiveFinding(FindingId.CAA_ALLOWS if found.authorities else FindingId.CAA_FORBIDS, facts)


def dnssec(seen: Observation) -> Iterator[LiveFinding]:
    if seen.issuance is not None and (seen.lookup.addresses or seen.issuance.dnssec is Dnssec.BROKEN):
        yield LiveFinding(FindingId(f"dnssec_{seen.issuance.dnssec.value}"), {"name": seen.target.name})


CHECKS: tuple[Check, ...] = (
    handshake,
    ours,
    chain_complete,
    name,
    dns,
    addresses,
    same_everywhere,
    own_port,
    outside,
    tls_profile,
    redirect,
    hsts,
    clock,
    caa,
    dnssec,
)


def run(seen: Observation) -> tuple[LiveFinding, ...]:
    """Every finding about an observation, in the order of the table."""
    return tuple(found for check in CHECKS for found in check(seen))

"""What of the surroundings stands in a certificate's way: a table, and for each line what can be said for certain."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, ip_network

from siegelpost.certificates.surroundings.facts import Surroundings
from siegelpost.doctor.live.issuance import Dnssec
from siegelpost.doctor.live.lookup import LookupAnswer
from siegelpost.toolbox.internet import is_public

# RFC 6598, shared by a carrier's customers; RFC 6333 § 5.7, the inner end of a DS-Lite line.
_CARRIERS = ip_network("100.64.0.0/10")
_DS_LITE = ip_network("192.0.0.0/29")
_ABSENT = frozenset({LookupAnswer.NONE, LookupAnswer.NO_SUCH_NAME})
_SILENT = frozenset({LookupAnswer.FAILED, LookupAnswer.TIMEOUT, LookupAnswer.LOOP})


class Obstacle(StrEnum):
    """One thing that stands in the way."""

    DNS_SILENT = "dns_silent"
    NO_SUCH_NAME = "no_such_name"
    NO_ADDRESS = "no_address"
    PRIVATE_ADDRESS = "private_address"
    DS_LITE = "ds_lite"
    CARRIER_NAT = "carrier_nat"
    SECOND_ROUTER = "second_router"
    ELSEWHERE = "elsewhere"
    AAAA_MISSING = "aaaa_missing"
    AAAA_STALE = "aaaa_stale"
    CAA_FORBIDS = "caa_forbids"
    DNSSEC_BROKEN = "dnssec_broken"
    PORTS_CLOSED = "ports_closed"
    WILDCARD = "wildcard"


def _always(_found: Surroundings) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Rule:
    """One line: ``holds`` says True, False, or None where it is not to be known.

    ``judges``: whether what it speaks of is there; an address that there is not is in order as little as it is wrong.
    """

    obstacle: Obstacle
    holds: Callable[[Surroundings], bool | None]
    hint: bool = False
    judges: Callable[[Surroundings], bool] = _always


@dataclass(frozen=True, slots=True)
class Assessment:
    """What stands in the way, what is only worth knowing, what could not be found out, and what is in order."""

    obstacles: tuple[Obstacle, ...]
    hints: tuple[Obstacle, ...]
    unknown: tuple[Obstacle, ...]
    fine: tuple[Obstacle, ...]


def assess(found: Surroundings) -> Assessment:
    """Each line of the table."""
    said = [(rule, rule.holds(found)) for rule in RULES]
    return Assessment(
        tuple(rule.obstacle for rule, holds in said if holds and not rule.hint),
        tuple(rule.obstacle for rule, holds in said if holds and rule.hint),
        tuple(rule.obstacle for rule, holds in said if holds is None),
        tuple(rule.obstacle for rule, holds in said if holds is False and rule.judges(found)),
    )


def _dns_silent(found: Surroundings) -> bool:
    return found.lookup.a.answer in _SILENT and found.lookup.aaaa.answer in _SILENT


def _no_such_name(found: Surroundings) -> bool | None:
    answers = {found.lookup.a.answer, found.lookup.aaaa.answer}
    return None if answers & _SILENT else LookupAnswer.NO_SUCH_NAME in answers


def _no_address(found: Surroundings) -> bool | None:
    answers = {found.lookup.a.answer, found.lookup.aaaa.answer}
    return None if answers & _SILENT else answers == {LookupAnswer.NONE}


def _private_address(found: Surroundings) -> bool | None:
    if not found.lookup.addresses:
        return None if _dns_silent(found) else False
    if not found.authority:  # a house's own authority may well look inside
        return False
    return any(not is_public(each) for each in found.lookup.addresses)


def _ds_lite(found: Surroundings) -> bool | None:
    """The router has IPv6 and no IPv4 of its own: what comes by IPv4 ends at the carrier's."""
    if found.router is None or found.public_6 is None:
        return None
    if not found.public_6:
        return False
    return found.router.address is None or found.router.address in _DS_LITE


def _carrier_nat(found: Surroundings) -> bool | None:
    if any(isinstance(each, IPv4Address) and each in _CARRIERS for each in found.addresses or ()):
        return True
    if found.router is None:
        return None
    inner = found.router.address
    if inner is None or inner in _DS_LITE:
        return False
    if inner in _CARRIERS:
        return True
    if not is_public(inner):
        return False
    return found.outside.v4.address != inner if found.outside.v4 else False


def _second_router(found: Surroundings) -> bool | None:
    """The router's own way out is private, too: another one stands before it, the carrier's or the house's."""
    if found.router is None:
        return None
    inner = found.router.address
    return bool(inner and not is_public(inner) and inner not in _CARRIERS and inner not in _DS_LITE)


def _elsewhere(found: Surroundings) -> bool | None:
    if found.lookup.a.answer is not LookupAnswer.FOUND:
        return None if found.lookup.a.answer in _SILENT else False
    led, own = [each for each in found.lookup.a.addresses if is_public(each)], found.internet_4
    if not led:  # that is another line of the table
        return False
    return None if own is None or not is_public(own) else own not in led


def _aaaa_missing(found: Surroundings) -> bool | None:
    if found.public_6 is None or found.lookup.aaaa.answer in _SILENT:
        return None
    return bool(found.public_6) and found.lookup.aaaa.answer in _ABSENT


def _aaaa_stale(found: Surroundings) -> bool | None:
    """A name with an AAAA record is asked by IPv6 first; one that leads to nobody fails every validation."""
    if found.lookup.aaaa.answer is not LookupAnswer.FOUND:
        return None if found.lookup.aaaa.answer in _SILENT else False
    if found.public_6 is None:
        return None
    own = {*found.public_6, *([found.outside.v6.address] if found.outside.v6 else [])}
    return not own.intersection(found.lookup.aaaa.addresses)


def _caa_forbids(found: Surroundings) -> bool | None:
    caa = found.issuance.caa
    if not caa.known:
        return None
    if caa.at is None:
        return False
    return found.authority not in caa.authorities if found.authority else None


def _dnssec_broken(found: Surroundings) -> bool | None:
    return None if found.issuance.dnssec is Dnssec.UNKNOWN else found.issuance.dnssec is Dnssec.BROKEN


def _ports_closed(found: Surroundings) -> bool | None:
    reached = [found.outside.port(443), found.outside.port(80)]
    return None if reached == [None, None] else not any(reached)


def _wildcard(found: Surroundings) -> bool | None:
    answers = {found.wildcard.a.answer, found.wildcard.aaaa.answer}
    if LookupAnswer.FOUND in answers:
        return True
    return None if answers & _SILENT else False


def _has_name(found: Surroundings) -> bool:
    return LookupAnswer.NO_SUCH_NAME not in (found.lookup.a.answer, found.lookup.aaaa.answer)


def _has_address(found: Surroundings) -> bool:
    return bool(found.lookup.addresses)


def _has_public_a(found: Surroundings) -> bool:
    return any(map(is_public, found.lookup.a.addresses))


def _has_aaaa(found: Surroundings) -> bool:
    return bool(found.lookup.aaaa.addresses)


RULES = (
    Rule(Obstacle.DNS_SILENT, _dns_silent),
    Rule(Obstacle.NO_SUCH_NAME, _no_such_name),
    Rule(Obstacle.NO_ADDRESS, _no_address, judges=_has_name),
    Rule(Obstacle.PRIVATE_ADDRESS, _private_address, judges=_has_address),
    Rule(Obstacle.DS_LITE, _ds_lite),
    Rule(Obstacle.CARRIER_NAT, _carrier_nat),
    Rule(Obstacle.SECOND_ROUTER, _second_router),
    Rule(Obstacle.ELSEWHERE, _elsewhere, judges=_has_public_a),
    Rule(Obstacle.AAAA_STALE, _aaaa_stale, judges=_has_aaaa),
    Rule(Obstacle.CAA_FORBIDS, _caa_forbids),
    Rule(Obstacle.DNSSEC_BROKEN, _dnssec_broken),
    Rule(Obstacle.PORTS_CLOSED, _ports_closed),
    Rule(Obstacle.AAAA_MISSING, _aaaa_missing, hint=True, judges=_has_aaaa),
    Rule(Obstacle.WILDCARD, _wildcard, hint=True),
)

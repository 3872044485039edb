"""Each kind of line is told apart, and what nobody could say stays unknown and is never taken for "no"."""

from dataclasses import replace
from ipaddress import IPv4Address, ip_address
from typing import Any

import pytest

from siegelpost.certificates.surroundings.facts import Surroundings
from siegelpost.certificates.surroundings.obstacles import RULES, Assessment, Obstacle, assess
from siegelpost.certificates.surroundings.outside import Outside, Seen
from siegelpost.certificates.surroundings.router import RouterSays
from siegelpost.doctor.live.issuance import Caa, Dnssec, Issuance
from siegelpost.doctor.live.lookup import Found, Lookup, LookupAnswer, Source
from siegelpost.toolbox.internet import Address

OWN, OTHER, INNER = IPv4Address("45.8.0.10"), IPv4Address("45.8.0.99"), IPv4Address("192.168.178.20")
OWN_6, OTHER_6 = ip_address("2a0f:8::10"), ip_address("2a0f:8::99")
NONE, SILENT = Found(LookupAnswer.NONE), Found(LookupAnswer.TIMEOUT)
NO_SUCH_NAME = Found(LookupAnswer.NO_SUCH_NAME)
NO_WILDCARD = Lookup(Source.DNS, NO_SUCH_NAME, NO_SUCH_NAME)


def at(*addresses: Address) -> Found:
    return Found(LookupAnswer.FOUND, addresses)


def leads(a: Found = NONE, aaaa: Found = NONE) -> Lookup:
    return Lookup(Source.DNS, a, aaaa)


GOOD = Surroundings(
    name="post.buero.example",
    lookup=leads(at(OWN), at(OWN_6)),
    issuance=Issuance(Caa(known=True), Dnssec.UNSIGNED),
    wildcard=NO_WILDCARD,
    name_servers=("ns1.desec.io",),
    addresses=(INNER, OWN_6),
    router=RouterSays(OWN),
    outside=Outside(asked=True, v4=Seen(OWN, {443: True}), v6=Seen(OWN_6, {443: True})),
)
NOTHING = Surroundings(
    name="post.buero.example",
    lookup=leads(SILENT, SILENT),
    issuance=Issuance(Caa(known=False), Dnssec.UNKNOWN),
    wildcard=leads(SILENT, SILENT),
)
UNASKED = Outside()


def test_a_good_line_has_none() -> None:
    assert assess(GOOD) == Assessment((), (), (), fine=tuple(rule.obstacle for rule in RULES))


@pytest.mark.parametrize("lookup", [leads(NO_SUCH_NAME, NO_SUCH_NAME), leads()], ids=["no name", "no address"])
def test_of_an_address_that_there_is_not_nothing_is_in_order(lookup: Lookup) -> None:
    """A name that does not exist "has an address", which "leads to your line"."""
    of_addresses = {Obstacle.NO_ADDRESS, Obstacle.PRIVATE_ADDRESS, Obstacle.ELSEWHERE}
    found = assess(replace(GOOD, lookup=lookup))
    assert not {*of_addresses, Obstacle.AAAA_STALE, Obstacle.AAAA_MISSING} & set(found.fine)
    assert {Obstacle.CAA_FORBIDS, Obstacle.DNSSEC_BROKEN} <= set(found.fine)


def test_what_nobody_could_say_is_never_a_no() -> None:
    found = assess(NOTHING)
    assert found.obstacles == (Obstacle.DNS_SILENT,)
    assert set(found.unknown) == {rule.obstacle for rule in RULES} - {Obstacle.DNS_SILENT}


@pytest.mark.parametrize(
    ("turned", "obstacles"),
    [
        ({"lookup": leads(NO_SUCH_NAME, NO_SUCH_NAME)}, {Obstacle.NO_SUCH_NAME, Obstacle.AAAA_MISSING}),
        ({"lookup": leads()}, {Obstacle.NO_ADDRESS, Obstacle.AAAA_MISSING}),
        (
            {"lookup": leads(at(INNER), at(OWN_6))},
            {Obstacle.PRIVATE_ADDRESS},
        ),
        ({"lookup": leads(at(OTHER), at(OWN_6))}, {Obstacle.ELSEWHERE}),
        ({"lookup": leads(at(OWN), at(OTHER_6))}, {Obstacle.AAAA_STALE}),
        ({"lookup": leads(at(OWN))}, {Obstacle.AAAA_MISSING}),
        ({"router": RouterSays(None), "outside": UNASKED, "lookup": leads(aaaa=at(OWN_6))}, {Obstacle.DS_LITE}),
        (
            {"router": RouterSays(IPv4Address("192.0.0.2")), "outside": UNASKED, "lookup": leads(aaaa=at(OWN_6))},
            {Obstacle.DS_LITE},
        ),
        (
            {"router": RouterSays(IPv4Address("100.72.3.4")), "outside": UNASKED, "lookup": leads(aaaa=at(OWN_6))},
            {Obstacle.CARRIER_NAT},
        ),
        ({"router": RouterSays(OTHER)}, {Obstacle.CARRIER_NAT}),
        ({"addresses": (IPv4Address("100.72.3.4"),), "lookup": leads(at(OWN))}, {Obstacle.CARRIER_NAT}),
        ({"router": RouterSays(IPv4Address("192.168.1.2"))}, {Obstacle.SECOND_ROUTER}),
        (
            {"issuance": Issuance(Caa(known=True, at="buero.example", authorities=("d-trust.net",)), Dnssec.GOOD)},
            {Obstacle.CAA_FORBIDS},
        ),
        ({"issuance": Issuance(Caa(known=True, at="buero.example"), Dnssec.GOOD)}, {Obstacle.CAA_FORBIDS}),
        ({"issuance": Issuance(Caa(known=True), Dnssec.BROKEN)}, {Obstacle.DNSSEC_BROKEN}),
        (
            {"outside": Outside(asked=True, v4=Seen(OWN, {443: False, 80: False}))},
            {Obstacle.PORTS_CLOSED},
        ),
        ({"wildcard": leads(at(OWN))}, {Obstacle.WILDCARD}),
    ],
)
def test_each_is_told_apart_from_the_others(turned: dict[str, Any], obstacles: set[Obstacle]) -> None:
    found = assess(replace(GOOD, **turned))
    assert {*found.obstacles, *found.hints} == obstacles


def test_without_router_and_service_carrier_nat_and_ports_are_unknown() -> None:
    found = assess(replace(GOOD, router=None, outside=UNASKED))
    assert found.obstacles == ()
    assert set(found.unknown) == {
        *(Obstacle.DS_LITE, Obstacle.CARRIER_NAT, Obstacle.SECOND_ROUTER, Obstacle.ELSEWHERE, Obstacle.PORTS_CLOSED)
    }


def test_a_house_authority_may_look_inside_and_has_rules_of_its_own() -> None:
    caa = Issuance(Caa(known=True, at="buero.example", authorities=("d-trust.net",)), Dnssec.GOOD)
    found = assess(replace(GOOD, authority="", lookup=leads(at(INNER)), issuance=caa, addresses=(INNER,)))
    assert Obstacle.PRIVATE_ADDRESS not in found.obstacles
    assert Obstacle.CAA_FORBIDS in found.unknown

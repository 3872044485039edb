"""CAA and DNSSEC, from a name server on loopback that says what the case needs."""

from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from tests.support.name_server import Zone, name_server

from siegelpost.doctor.live.issuance import Caa, Dnssec, ask
from siegelpost.toolbox.deadline import Deadline

NAME = "expose.buero.de"
SOMEWHERE: Zone = {
    (NAME, "A"): (300, ("127.0.0.1",)),
    ("buero.de", "A"): (300, ("127.0.0.1",)),
    ("de", "NS"): (9, ("x.",)),
}
CASES: dict[str, tuple[Zone, Caa]] = {
    "none": ({}, Caa(known=True)),
    "at the name": (
        {(NAME, "CAA"): (60, ('0 issue "letsencrypt.org"',))},
        Caa(known=True, at=NAME, authorities=("letsencrypt.org",)),
    ),
    "above it": (
        {("buero.de", "CAA"): (60, ('0 issue "LetsEncrypt.org; validationmethods=dns-01"', '0 issue "sectigo.com"'))},
        Caa(known=True, at="buero.de", authorities=("letsencrypt.org", "sectigo.com")),
    ),
    "the nearest counts": (
        {("buero.de", "CAA"): (60, ('0 issue "sectigo.com"',)), (NAME, "CAA"): (60, ('0 issue "buypass.com"',))},
        Caa(known=True, at=NAME, authorities=("buypass.com",)),
    ),
    "nobody": ({("buero.de", "CAA"): (60, ('0 issue ";"',))}, Caa(known=True, at="buero.de")),
    "only about wildcards": ({("buero.de", "CAA"): (60, ('0 issuewild ";"',))}, Caa(known=True)),
    "broken": ({(NAME, "CAA"): dns.rcode.SERVFAIL}, Caa(known=False)),
}


@pytest.mark.parametrize(("zone", "expected"), CASES.values(), ids=CASES)
def test_caa(zone: Zone, expected: Caa) -> None:
    with name_server({**SOMEWHERE, **zone}) as resolver:
        found = ask(NAME, resolver, Deadline(3)).caa
    assert (found.known, found.at) == (expected.known, expected.at)
    assert sorted(found.authorities) == sorted(expected.authorities)


def test_a_silent_name_server_leaves_both_unknown() -> None:
    zone: Zone = {(NAME, "ANY"): lambda query: None}
    with name_server(zone) as resolver:
        found = ask(NAME, resolver, Deadline(1))
    assert (found.caa.known, found.dnssec) == (False, Dnssec.UNKNOWN)


def validating(*, good: bool) -> Any:
    """A resolver that checks signatures, and finds them good or bad."""

    def answer(query: dns.message.Message) -> dns.message.Message:
        response = dns.message.make_response(query, recursion_available=True)
        unchecked = bool(query.flags & dns.flags.CD)
        if not good and not unchecked:
            response.set_rcode(dns.rcode.SERVFAIL)
            return response
        response.answer.append(dns.rrset.from_text(f"{NAME}.", 60, "IN", "A", "127.0.0.1"))
        if good:
            response.flags |= dns.flags.AD
        return response

    return answer


def signed_unchecked(query: dns.message.Message) -> dns.message.Message:
    response = dns.message.make_response(query, recursion_available=True)
    signature = "A 13 3 60 20270101000000 20260101000000 1 buero.de. AAAA"
    response.answer.append(dns.rrset.from_text(f"{NAME}.", 60, "IN", "A", "127.0.0.1"))
    response.answer.append(dns.rrset.from_text(f"{NAME}.", 60, "IN", "RRSIG", signature))
    return response


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ({(NAME, "A"): validating(good=True)}, Dnssec.GOOD),
        ({(NAME, "A"): validating(good=False)}, Dnssec.BROKEN),
        ({(NAME, "A"): signed_unchecked}, Dnssec.UNKNOWN),
        ({(NAME, "A"): dns.rcode.SERVFAIL}, Dnssec.UNKNOWN),
        (SOMEWHERE, Dnssec.UNSIGNED),
    ],
    ids=["good", "broken", "not checked", "server down", "unsigned"],
)
def test_dnssec(zone: Zone, expected: Dnssec) -> None:
    with name_server(zone) as resolver:
        assert ask(NAME, resolver, Deadline(3)).dnssec is expected

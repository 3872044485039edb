"""Which browser is stopped by what, where no network can show it."""

import ipaddress
from typing import Any

import pytest
from tests.support.pki import Authority

from siegelpost.doctor.judge import judge
from siegelpost.doctor.judgement import VerdictState
from siegelpost.doctor.live.findings import FindingId
from siegelpost.doctor.live.handshake import Handshake
from siegelpost.doctor.live.lookup import Found, Lookup, LookupAnswer, Source
from siegelpost.doctor.live.names import NameKind
from siegelpost.doctor.live.observation import Observation, Visit
from siegelpost.doctor.live.outcome import Outcome
from siegelpost.doctor.live.target import parse
from siegelpost.doctor.live.verdicts import verdicts
from siegelpost.doctor.policy import Browser

ROOT = Authority.root()
LEAF = ROOT.intermediate().issue("expose.buero.de")
ADDRESS = ipaddress.ip_address("203.0.113.7")
FOUND = Found(LookupAnswer.FOUND, (ADDRESS,))
NONE, TIMEOUT = Found(LookupAnswer.NONE), Found(LookupAnswer.TIMEOUT)


def seen(a: Found, aaaa: Found, *visits: Visit, **more: Any) -> Observation:
    main = visits[0] if visits and visits[0].handshake.outcome.connected else None
    lookup = Lookup(Source.DNS, a, aaaa)
    target = parse("expose.buero.de")
    return Observation(target, NameKind.PUBLIC, 443, lookup, visits, main=main, **more)


def test_a_missing_intermediate_is_fetched_by_some_browsers_and_not_by_firefox() -> None:
    short = judge([LEAF.der], "expose.buero.de", local_roots=[ROOT.der])
    whole = judge(LEAF.chain, "expose.buero.de", local_roots=[ROOT.der])
    visit = Visit(Handshake(ADDRESS, 443, Outcome.ANSWERED, (LEAF.der,)), short)
    found = verdicts(seen(FOUND, NONE, visit, completed=whole))
    assert found[Browser.CHROMIUM].ok
    assert found[Browser.FIREFOX].code == "SEC_ERROR_UNKNOWN_ISSUER"


@pytest.mark.parametrize(
    ("a", "aaaa", "state", "stopped"),
    [
        (
            Found(LookupAnswer.NO_SUCH_NAME),
            Found(LookupAnswer.NO_SUCH_NAME),
            VerdictState.REFUSED,
            FindingId.DNS_NO_SUCH_NAME,
        ),
        (NONE, NONE, VerdictState.REFUSED, FindingId.DNS_NO_ADDRESS),
        (Found(LookupAnswer.LOOP), Found(LookupAnswer.LOOP), VerdictState.REFUSED, FindingId.DNS_LOOP),
        (NONE, TIMEOUT, VerdictState.UNKNOWN, FindingId.DNS_FAILED),
        (TIMEOUT, TIMEOUT, VerdictState.UNKNOWN, FindingId.DNS_FAILED),
    ],
)
def test_a_name_without_an_address_is_refused_only_when_that_is_certain(
    a: Found, aaaa: Found, state: VerdictState, stopped: FindingId
) -> None:
    for verdict in verdicts(seen(a, aaaa)).values():
        assert (verdict.state, verdict.stopped) == (state, stopped)


def test_a_server_nobody_reaches_from_here_may_be_reached_by_others() -> None:
    silent = Visit(Handshake(ADDRESS, 443, Outcome.CONNECT_TIMEOUT))
    assert {each.state for each in verdicts(seen(FOUND, NONE, silent)).values()} == {VerdictState.UNKNOWN}


def test_a_good_chain_without_a_finished_handshake_is_no_promise() -> None:
    whole = judge(LEAF.chain, "expose.buero.de", local_roots=[ROOT.der])
    cut = Visit(Handshake(ADDRESS, 443, Outcome.BROKEN, LEAF.chain), whole)
    assert {each.state for each in verdicts(seen(FOUND, NONE, cut)).values()} == {VerdictState.UNKNOWN}

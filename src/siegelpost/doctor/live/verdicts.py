"""What each browser will do with this server: the judge's word on the chain, unless it never comes to a chain."""

from collections.abc import Mapping
from dataclasses import dataclass

from siegelpost.doctor.judgement import Verdict, VerdictState
from siegelpost.doctor.live.connection_failures import BY_OUTCOME, NO_SUCH_NAME, Stop, stop_of
from siegelpost.doctor.live.findings import FAILED_HANDSHAKES, FindingId
from siegelpost.doctor.live.lookup import Lookup, LookupAnswer
from siegelpost.doctor.live.observation import Observation, Visit
from siegelpost.doctor.live.outcome import Outcome
from siegelpost.doctor.policy import Browser


@dataclass(frozen=True, slots=True)
class LiveVerdict:
    """One browser's verdict. ``judged`` is the judge's, when the chain decides; else ``stopped`` says what does."""

    browser: Browser
    state: VerdictState
    code: str | None = None
    judged: Verdict | None = None
    stopped: FindingId | None = None

    @property
    def ok(self) -> bool:
        return self.state is VerdictState.OK


_NOT_FOUND = {
    LookupAnswer.NO_SUCH_NAME: FindingId.DNS_NO_SUCH_NAME,
    LookupAnswer.NONE: FindingId.DNS_NO_ADDRESS,
    LookupAnswer.LOOP: FindingId.DNS_LOOP,
}


def verdicts(seen: Observation) -> Mapping[Browser, LiveVerdict]:
    """One verdict per browser: the gravest over all addresses, since nobody knows which one a recipient gets."""
    return {browser: _verdict(seen, browser) for browser in Browser}


def _verdict(seen: Observation, browser: Browser) -> LiveVerdict:
    connected = [visit for visit in seen.visits if visit.handshake.outcome.connected]
    if not connected:
        return _unreached(seen, browser)
    each = [_at(visit, seen, browser) for visit in connected]
    return min(each, key=lambda verdict: _GRAVEST.index(verdict.state))


# Those that fetch a missing intermediate by themselves where its address can be reached; Firefox never does.
FETCHES_ISSUERS = frozenset({Browser.CHROMIUM, Browser.SAFARI})
_GRAVEST = (VerdictState.REFUSED, VerdictState.UNKNOWN, VerdictState.OK)


def _unreached(seen: Observation, browser: Browser) -> LiveVerdict:
    missing = _missing(seen.lookup)
    if seen.not_asked:
        return LiveVerdict(browser, VerdictState.UNKNOWN, stopped=FindingId.ADDRESS_PRIVATE_NOT_ASKED)
    if missing is not None:
        return LiveVerdict(browser, VerdictState.REFUSED, NO_SUCH_NAME.of(browser), stopped=missing)
    stopped = FindingId.ADDRESS_SILENT if seen.visits else FindingId.DNS_FAILED
    return LiveVerdict(browser, VerdictState.UNKNOWN, stopped=stopped)


def _missing(lookup: Lookup) -> FindingId | None:
    """Why the name leads nowhere, when that is certain: both families were asked, and neither has an address."""
    found = [_NOT_FOUND.get(family.answer) for family in (lookup.a, lookup.aaaa)]
    return None if None in found else next(each for each in found if each)


def _at(visit: Visit, seen: Observation, browser: Browser) -> LiveVerdict:
    main = seen.main is not None and visit.address == seen.main.address
    judgement = seen.completed if main and seen.completed and browser in FETCHES_ISSUERS else visit.judgement
    judged = judgement.verdicts[browser] if judgement else None
    stop = _stop(visit, seen, browser)
    if stop is not None and (judged is None or judged.code != stop[1].of(browser)):
        return LiveVerdict(browser, VerdictState.REFUSED, stop[1].of(browser), stopped=stop[0])
    if judged is None:
        found = FAILED_HANDSHAKES.get(visit.handshake.outcome, FindingId.HANDSHAKE_BROKEN)
        return LiveVerdict(browser, VerdictState.UNKNOWN, stopped=found)
    if judged.ok and not visit.answered:
        # The chain is good, and yet TLS did not come about: nobody can promise anything.
        return LiveVerdict(browser, VerdictState.UNKNOWN, stopped=FindingId.HANDSHAKE_BROKEN)
    return LiveVerdict(browser, judged.state, judged.code, judged=judged)


def _stop(visit: Visit, seen: Observation, browser: Browser) -> tuple[FindingId, Stop] | None:
    """What ends this browser's connection before the certificate is weighed."""
    reply = seen.offers.get(browser)
    main = seen.main is not None and visit.address == seen.main.address
    if main and reply is not None and (reply.outcome is Outcome.ALERT or not visit.answered):
        stop = stop_of(reply)
        if stop is not None:
            return FAILED_HANDSHAKES.get(reply.outcome, FindingId.TLS_OLD_ONLY), stop
        if reply.outcome is Outcome.ANSWERED:
            return None
    if visit.answered or visit.handshake.chain:
        return None
    stop = BY_OUTCOME.get(visit.handshake.outcome)
    return (FAILED_HANDSHAKES[visit.handshake.outcome], stop) if stop else None

"""Which entries of public logs count, for which browser, and at which time."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key
from tests.support.pki import Authority, extension
from tests.support.transparency import TestLog, logged

from siegelpost.doctor.judge import judge
from siegelpost.doctor.judgement import Judgement, VerdictState
from siegelpost.doctor.policy import Browser, logs
from siegelpost.doctor.policy.cause import Cause
from siegelpost.doctor.policy.logs import LogList, log_list
from siegelpost.doctor.policy.transparency import TRANSPARENCY
from siegelpost.doctor.x509.certificate import SCT_LIST, parse

NAME = "expose.example.com"
ROOT = Authority.root("Shipped Root", not_before=datetime(2015, 1, 1, tzinfo=UTC), days=12000)
ISSUER = ROOT.intermediate(not_before=datetime(2016, 1, 1, tzinfo=UTC), days=12000)
A, B, C, SAME = TestLog("Google"), TestLog("Sectigo"), TestLog("DigiCert"), TestLog("Google")
STRANGER, OTHER_STRANGER = TestLog("nobody"), TestLog("nobody else")
FIRST = datetime(2026, 6, 1, tzinfo=UTC)
LIST_DAY = FIRST + timedelta(days=30)
REFUSED = {
    Browser.CHROMIUM: "ERR_CERTIFICATE_TRANSPARENCY_REQUIRED",
    Browser.FIREFOX: "MOZILLA_PKIX_ERROR_INSUFFICIENT_CERTIFICATE_TRANSPARENCY",
    Browser.SAFARI: "This Connection Is Not Private",
}


def list_of(*logs: Any) -> LogList:
    return LogList(LIST_DAY, {log.identifier: log for log in logs})


@pytest.fixture(autouse=True)
def our_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "log_list", lambda: list_of(*(log.listed() for log in (A, B, C, SAME))))


def judged(logs: Sequence[TestLog], *, days: float = 90, after: float = 1, **how: Any) -> Judgement:
    """The judgement of a certificate in these logs, so many days after it was issued."""
    first = how.pop("first", FIRST)
    served = logged(ISSUER, NAME, logs, at=how.pop("written", first), not_before=first, days=days, **how)
    return judge(served.chain, NAME, at=first + timedelta(days=after), roots=[ROOT.der])


@pytest.mark.parametrize(
    ("days", "logs", "fine"),
    [
        (90, [A, B], True),
        (90, [A, A], False),
        (90, [A], False),
        (90, [], False),
        (90, [A, SAME], False),
        (180, [A, B], True),
        (190, [A, B], False),
        (190, [A, B, SAME], True),
    ],
    ids=[
        "two",
        "one twice",
        "one",
        "none",
        "two of one operator",
        "two for half a year",
        "two for longer",
        "three for longer",
    ],
)
def test_enough_logs_of_two_operators(days: int, logs: list[TestLog], fine: bool) -> None:
    judgement = judged(logs, days=days)
    assert judgement.ok is fine
    if not fine:
        assert {browser: verdict.code for browser, verdict in judgement.verdicts.items()} == REFUSED


def test_an_entry_that_the_log_did_not_sign_counts_for_nothing() -> None:
    assert judged([A, B], says=b"something else").ok is False


def test_an_entry_on_another_certificate_counts_for_nothing() -> None:
    served = logged(ISSUER, NAME, [A, B], at=FIRST, not_before=FIRST, days=90)
    entries = [each for each in parse(served.der).extensions or () if each.oid == SCT_LIST]
    stolen = ISSUER.issue(
        NAME,
        not_before=FIRST,
        days=90,
        extensions={"sct_list": extension("sct_list", entries[0].value)},
    )
    assert judge(served.chain, NAME, at=FIRST, roots=[ROOT.der]).ok is True
    assert judge(stolen.chain, NAME, at=FIRST, roots=[ROOT.der]).ok is False


def test_a_log_of_the_lists_time_that_it_does_not_know_leaves_the_answer_open() -> None:
    judgement = judged([A, STRANGER])
    assert judgement.ok is None
    for verdict in judgement.verdicts.values():
        assert (verdict.state, verdict.code, verdict.findings[0].cause) == (
            VerdictState.UNKNOWN,
            None,
            Cause.LOG_NOT_KNOWN,
        )


def test_what_is_certain_comes_before_what_is_not_known() -> None:
    served = logged(ISSUER, NAME, [A, STRANGER], at=FIRST, not_before=FIRST, days=90)
    judgement = judge(served.chain, "elsewhere.example.com", at=FIRST + timedelta(days=1), roots=[ROOT.der])
    assert judgement.ok is False
    assert judgement.verdicts[Browser.CHROMIUM].code == "ERR_CERT_COMMON_NAME_INVALID"
    assert judgement.verdicts[Browser.FIREFOX].code == "SSL_ERROR_BAD_CERT_DOMAIN"


@pytest.mark.parametrize(("age", "fine"), [(1, True), (179, True), (400, None)])
def test_logs_that_are_younger_than_the_list_are_taken_for_good_while_the_list_is_young(
    age: int, fine: bool | None
) -> None:
    later = LIST_DAY + timedelta(days=age)
    assert judged([STRANGER, OTHER_STRANGER], first=later, after=0.5).ok is fine
    assert judged([STRANGER], first=later).ok is False


@pytest.mark.parametrize(
    ("standing", "age", "fine"),
    [
        ({"accepted": False}, -10, False),
        ({"accepted": False}, 10, True),
        ({"accepted": False}, 400, None),
        ({"accepted": False, "never": True}, -10, False),
        ({"accepted": False, "never": True}, 10, False),
        ({"accepted": False, "never": True}, 400, False),
    ],
)
def test_a_log_that_was_an_applicant_on_the_lists_day_may_count_since(
    standing: dict[str, Any], age: int, fine: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Good certificates were refused, and all sending stopped, because a log was pending when the list was taken.

    To be known as an applicant was worse than to be unknown. Only what was turned down, or is a test, never counts.
    """
    monkeypatch.setattr(logs, "log_list", lambda: list_of(A.listed(), B.listed(**standing)))
    later = LIST_DAY + timedelta(days=age)
    assert judged([A, B], first=later, after=0.5).ok is fine
    assert judged([A, B], first=later, after=0.5, says=b"something else").ok is False


def test_what_an_applicant_wrote_before_the_lists_day_leaves_the_answer_open_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(logs, "log_list", lambda: list_of(A.listed(), B.listed(accepted=False)))
    assert judged([A, B], after=10).ok is False
    assert judged([A, B], after=40).ok is None


@pytest.mark.parametrize(
    ("dates", "after", "fine"),
    [
        ({"retired": FIRST + timedelta(days=10)}, 20, True),  # its entry is older
        ({"retired": FIRST - timedelta(days=1)}, 1, False),  # its entry is younger
        ({"since": FIRST + timedelta(days=10)}, 5, False),
        ({"since": FIRST + timedelta(days=10)}, 15, True),
        ({"gone": FIRST + timedelta(days=10)}, 5, True),
        ({"gone": FIRST + timedelta(days=10)}, 15, False),
    ],
)
def test_a_log_counts_in_its_time(
    dates: dict[str, Any], after: int, fine: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "log_list", lambda: list_of(A.listed(**dates), B.listed()))
    assert judged([A, B], after=after).ok is fine


def test_one_log_at_least_must_still_be_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    retired = FIRST + timedelta(days=10)
    monkeypatch.setattr(logs, "log_list", lambda: list_of(A.listed(retired=retired), B.listed(retired=retired)))
    assert judged([A, B], after=5).ok is True
    assert judged([A, B], after=15).ok is False


@pytest.mark.parametrize(("written", "fine"), [(1, True), (3, True), (4, False)])
def test_entries_from_the_future_are_forgiven_two_days(written: int, fine: bool) -> None:
    """Authorities date certificates back, and clocks differ."""
    assert judged([A, B], written=FIRST + timedelta(days=written), after=1).ok is fine


def test_before_browsers_looked_at_logs_none_was_needed() -> None:
    old = datetime(2018, 1, 1, tzinfo=UTC)
    assert judged([], first=old, days=800, after=30).ok is True
    assert judged([], first=old, days=800, after=300).verdicts[Browser.FIREFOX].ok
    assert not judged([], first=datetime(2018, 6, 1, tzinfo=UTC)).verdicts[Browser.CHROMIUM].ok
    late = judged([], first=datetime(2025, 2, 1, tzinfo=UTC), after=1)
    assert late.verdicts[Browser.FIREFOX].ok
    assert not judged([], first=datetime(2025, 2, 1, tzinfo=UTC), after=5).verdicts[Browser.FIREFOX].ok


@pytest.mark.parametrize(
    ("logs", "fine"),
    [([A, B], True), ([B, C], False), ([A, SAME], False)],
    ids=["Google and another", "without Google", "Google twice"],
)
def test_until_2022_chrome_wanted_google_and_another(logs: list[TestLog], fine: bool) -> None:
    judgement = judged(logs, first=datetime(2021, 6, 1, tzinfo=UTC), days=397)
    assert judgement.verdicts[Browser.CHROMIUM].ok is fine


def test_the_list_of_logs_can_be_read_and_says_whence_and_when() -> None:
    found = log_list()
    assert found.day == datetime(2026, 8, 21, tzinfo=UTC)
    assert len(found.logs) > 250
    operators = {log.operator for log in found.logs.values() if log.accepted}
    assert {"Google", "Cloudflare", "DigiCert", "Sectigo", "Let's Encrypt", "TrustAsia", "Geomys"} <= operators
    for log in found.logs.values():
        load_der_public_key(log.key)
        assert not (log.since and log.gone) or log.since < log.gone
    today = datetime(2026, 8, 21, tzinfo=UTC)
    assert len({log.operator for log in found.logs.values() if log.counts(today, at=today)}) >= 6


def test_every_rule_of_transparency_has_its_source_and_day() -> None:
    for rule in TRANSPARENCY:
        assert rule.source
        assert rule.since.tzinfo is UTC

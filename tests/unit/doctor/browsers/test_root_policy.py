"""What is asked only under roots that browsers ship: self-made roots are passed as such, at a fixed clock."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.support import der
from tests.support.pki import Authority, extension
from tests.support.pki_keys import key
from tests.support.transparency import TestLog, logged

from siegelpost.doctor.browsers import root_policy
from siegelpost.doctor.judge import judge
from siegelpost.doctor.judgement import Judgement
from siegelpost.doctor.policy import Browser, logs
from siegelpost.doctor.policy.cause import Cause
from siegelpost.doctor.policy.distrust import DISTRUSTED, Distrust
from siegelpost.doctor.policy.logs import LogList
from siegelpost.doctor.policy.stores import PHASED_OUT, UNLISTED, Unlisted
from siegelpost.doctor.policy.validity import VALIDITY_LIMITS, longest_sold
from siegelpost.doctor.x509 import transparency
from siegelpost.doctor.x509.certificate import parse
from siegelpost.doctor.x509.trust import public_authorities, shipped_at

NAME = "expose.example.com"
ROOT = Authority.root("Shipped Root", not_before=datetime(2015, 1, 1, tzinfo=UTC), days=12000)


LOGS = (TestLog("Google"), TestLog("Sectigo"), TestLog("Google"), TestLog("DigiCert"), TestLog("Sectigo"))
# A list as young as the certificates in these tests, so that an unknown log is one of its time.
LISTED = LogList(datetime(2035, 1, 1, tzinfo=UTC), {log.listed().identifier: log.listed() for log in LOGS})


@pytest.fixture(autouse=True)
def our_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "log_list", lambda: LISTED)


def issued(first: datetime, days: float, *, logs: Sequence[TestLog] = LOGS, **shape: Any) -> Judgement:
    issuer = ROOT.intermediate(not_before=datetime(2016, 1, 1, tzinfo=UTC), days=12000)
    served = logged(issuer, NAME, logs, at=first, not_before=first, days=days, **shape)
    return judge(served.chain, NAME, at=first + timedelta(days=1), roots=[ROOT.der])


def leading(judgement: Judgement, browser: Browser) -> Cause | None:
    findings = judgement.verdicts[browser].findings
    return findings[0].cause if findings else None


LIMITS = [
    (datetime(2018, 3, 2, tzinfo=UTC), 825),
    (datetime(2020, 9, 1, tzinfo=UTC), 398),
    (datetime(2026, 3, 14, tzinfo=UTC), 398),
    (datetime(2026, 3, 15, tzinfo=UTC), 200),
    (datetime(2027, 3, 15, tzinfo=UTC), 100),
    (datetime(2029, 3, 15, tzinfo=UTC), 47),
]


@pytest.mark.parametrize(("first", "days"), LIMITS)
def test_the_day_of_issue_decides_how_long_a_certificate_may_be_valid(first: datetime, days: int) -> None:
    assert issued(first, days).ok is True
    judgement = issued(first, days + 1)
    for browser in (Browser.CHROMIUM, Browser.SAFARI):
        assert leading(judgement, browser) is Cause.VALID_TOO_LONG
        assert judgement.verdicts[browser].findings[0].values["limit"] == days
    assert judgement.verdicts[Browser.CHROMIUM].code == "ERR_CERT_VALIDITY_TOO_LONG"
    assert leading(judgement, Browser.FIREFOX) is None


def test_the_same_certificate_under_a_local_root_may_be_valid_as_long_as_it_likes() -> None:
    first = datetime(2026, 6, 1, tzinfo=UTC)
    served = ROOT.issue(NAME, not_before=first, days=700)
    judgement = judge(served.chain, NAME, at=first, local_roots=[ROOT.der], roots=())
    assert judgement.ok is True
    assert not judgement.public


@pytest.mark.parametrize("broken", [b"", b"\x04\x00", der.octets(b"\0\5abc"), der.octets(b"\0\2\0\1"), b"\x30\0"])
def test_a_broken_list_of_log_entries_counts_for_nothing(broken: bytes) -> None:
    served = ROOT.issue(NAME, extensions={"sct_list": extension("sct_list", broken)})
    assert transparency.log_entries(parse(served.der)) == []


def test_short_keys_are_refused_under_shipped_roots_only() -> None:
    first = datetime(2026, 6, 1, tzinfo=UTC)
    served = logged(ROOT, NAME, LOGS, at=first, key=key("rsa1536"), not_before=first)
    local = judge(served.chain, NAME, at=first, roots=(), local_roots=[ROOT.der])
    assert local.verdicts[Browser.CHROMIUM].ok
    assert local.verdicts[Browser.FIREFOX].ok
    shipped = judge(served.chain, NAME, at=first, roots=[ROOT.der])
    assert {leading(shipped, browser) for browser in Browser} == {Cause.WEAK_KEY}


def test_distrust_begins_on_a_day_and_for_one_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    day = datetime(2026, 5, 1, tzinfo=UTC)
    rule = Distrust(
        authority="Nobody",
        roots=frozenset({parse(ROOT.der).fingerprint.hex()}),
        browsers=frozenset({Browser.CHROMIUM}),
        since=day,
        source="this test",
    )
    monkeypatch.setattr(root_policy, "DISTRUSTED", (rule,))
    assert issued(day - timedelta(days=1), 90).ok is True
    judgement = issued(day + timedelta(days=1), 90)
    assert judgement.verdicts[Browser.CHROMIUM].code == "ERR_CERT_AUTHORITY_INVALID"
    assert leading(judgement, Browser.CHROMIUM) is Cause.NO_LONGER_TRUSTED
    assert judgement.verdicts[Browser.FIREFOX].ok


def test_the_shipped_roots_are_there_and_can_all_be_read() -> None:
    authorities = public_authorities()
    assert len(authorities.certificates) == len(authorities.blobs) > 100
    assert all(len(fingerprint) == 64 for rule in DISTRUSTED for fingerprint in rule.roots)


def test_a_root_that_one_browser_does_not_ship_is_unknown_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    day = datetime(2026, 5, 10, tzinfo=UTC)
    rule = Unlisted(
        roots=frozenset({parse(ROOT.der).fingerprint.hex()}),
        browsers=frozenset({Browser.CHROMIUM}),
        since=day,
        source="this test",
    )
    monkeypatch.setattr(root_policy, "UNLISTED", (rule,))
    assert issued(day - timedelta(days=5), 90).ok is True
    judgement = issued(day, 90)
    assert judgement.verdicts[Browser.CHROMIUM].code == "ERR_CERT_AUTHORITY_INVALID"
    assert leading(judgement, Browser.CHROMIUM) is Cause.UNKNOWN_AUTHORITY
    assert judgement.verdicts[Browser.FIREFOX].ok


def test_what_the_lists_say_of_roots_is_about_roots_that_exist() -> None:
    known = {root.fingerprint.hex() for root in shipped_at(datetime(2020, 1, 1, tzinfo=UTC)).certificates}
    for rule in (*DISTRUSTED, *PHASED_OUT, *UNLISTED):
        assert rule.roots <= known, rule.roots - known


def test_a_root_that_was_removed_is_believed_until_that_day() -> None:
    before, after = datetime(2025, 4, 25, tzinfo=UTC), datetime(2025, 4, 26, tzinfo=UTC)
    removed = {root.subject_text for root in shipped_at(before).certificates}
    removed -= {root.subject_text for root in shipped_at(after).certificates}
    assert "Baltimore CyberTrust Root" in removed
    assert shipped_at(datetime(2030, 1, 1, tzinfo=UTC)) is public_authorities()
    assert len(shipped_at(before).certificates) == len(shipped_at(before).blobs)


def test_every_rule_names_its_source_and_its_day() -> None:
    for rule in (*VALIDITY_LIMITS, *DISTRUSTED, *PHASED_OUT, *UNLISTED):
        assert rule.source
        assert rule.since.tzinfo is UTC
    assert [longest_sold(day) for day, _days in LIMITS] == [days for _day, days in LIMITS]

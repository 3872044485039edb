"""What is asked only under roots that browsers ship: self-made roots are passed as such, at a fixed clock."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.support import der
from tests.support.pki import Authority, Extension, extension

from siegelpost.tls import Browser, Judgement, judge
from siegelpost.tls.doctor import public
from siegelpost.tls.doctor.certificate import parse
from siegelpost.tls.doctor.trust import public_authorities
from siegelpost.tls.policy.cause import Cause
from siegelpost.tls.policy.distrust import DISTRUSTED, Distrust
from siegelpost.tls.policy.validity import VALIDITY_LIMITS, longest_sold

NAME = "expose.example.com"
ROOT = Authority.root("Shipped Root", not_before=datetime(2015, 1, 1, tzinfo=UTC), days=12000)


def logged(*logs: bytes, at: datetime) -> Extension:
    """A list of signed time stamps by these logs."""
    stamp = int(at.timestamp() * 1000).to_bytes(8, "big")
    entries = b""
    for log in logs:
        entry = b"\0" + log.ljust(32, b"\0") + stamp + b"\0\0" + b"\x04\x03\x00\x08" + b"x" * 8
        entries += len(entry).to_bytes(2, "big") + entry
    return extension("sct_list", der.octets(len(entries).to_bytes(2, "big") + entries))


def issued(first: datetime, days: float, *, logs: tuple[bytes, ...] = (b"a", b"b", b"c")) -> Judgement:
    issuer = ROOT.intermediate(not_before=datetime(2016, 1, 1, tzinfo=UTC), days=12000)
    served = issuer.issue(
        NAME, not_before=first, days=days, extensions={"sct_list": logged(*logs, at=first) if logs else None}
    )
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


@pytest.mark.parametrize(
    ("days", "logs", "fine"),
    [
        (90, (b"a", b"b"), True),
        (90, (b"a",), False),
        (90, (b"a", b"a"), False),
        (90, (), False),
        (180, (b"a", b"b"), True),
        (190, (b"a", b"b"), False),
        (190, (b"a", b"b", b"c"), True),
    ],
)
def test_public_certificates_must_be_in_enough_logs(days: int, logs: tuple[bytes, ...], fine: bool) -> None:
    judgement = issued(datetime(2026, 6, 1, tzinfo=UTC), days, logs=logs)
    assert judgement.ok is fine
    if not fine:
        assert {verdict.code for verdict in judgement.verdicts.values()} == {
            "ERR_CERTIFICATE_TRANSPARENCY_REQUIRED",
            "MOZILLA_PKIX_ERROR_INSUFFICIENT_CERTIFICATE_TRANSPARENCY",
            "This Connection Is Not Private",
        }


@pytest.mark.parametrize("broken", [b"", b"\x04\x00", der.octets(b"\0\5abc"), der.octets(b"\0\2\0\1"), b"\x30\0"])
def test_a_broken_list_of_log_entries_counts_for_nothing(broken: bytes) -> None:
    served = ROOT.issue(NAME, extensions={"sct_list": extension("sct_list", broken)})
    assert public.log_entries(parse(served.der)) == []


def test_short_keys_are_refused_under_shipped_roots_only() -> None:
    first = datetime(2026, 6, 1, tzinfo=UTC)
    scts = {"sct_list": logged(b"a", b"b", b"c", at=first)}
    served = ROOT.issue(NAME, key="rsa1536", not_before=first, extensions=scts)
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
    monkeypatch.setattr(public, "DISTRUSTED", (rule,))
    assert issued(day - timedelta(days=1), 90).ok is True
    judgement = issued(day + timedelta(days=1), 90)
    assert judgement.verdicts[Browser.CHROMIUM].code == "ERR_CERT_AUTHORITY_INVALID"
    assert leading(judgement, Browser.CHROMIUM) is Cause.NO_LONGER_TRUSTED
    assert judgement.verdicts[Browser.FIREFOX].ok


def test_the_shipped_roots_are_there_and_can_all_be_read() -> None:
    authorities = public_authorities()
    assert len(authorities.certificates) == len(authorities.blobs) > 100
    assert all(len(fingerprint) == 64 for rule in DISTRUSTED for fingerprint in rule.roots)


def test_every_rule_names_its_source_and_its_day() -> None:
    for rule in (*VALIDITY_LIMITS, *DISTRUSTED):
        assert rule.source
        assert rule.since.tzinfo is UTC
    assert [longest_sold(day) for day, _days in LIMITS] == [days for _day, days in LIMITS]

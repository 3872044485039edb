"""Knowledge that ages: data with a day, newer than the version where a signed file brought it, and never a refusal."""

import json
import os
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.real.browsers import agreement, broken, odd
from tests.real.browsers.case import NOW, Case
from tests.support import pki
from tests.support.pki import Authority
from tests.support.pki_keys import Key, fresh_key
from tests.support.transparency import TestLog, logged
from tools.sign_knowledge import public_half, signed

from siegelpost.doctor.judge import judge
from siegelpost.doctor.judgement import Judgement, UnknownKind, VerdictState
from siegelpost.doctor.judgement_words import as_json, as_text
from siegelpost.doctor.policy import Browser, knowledge, logs
from siegelpost.doctor.policy.cause import Cause
from siegelpost.doctor.policy.knowledge import Knowledge, KnowledgeError
from siegelpost.doctor.policy.logs import OLD_AFTER, LogList
from siegelpost.doctor.policy.transparency import TRANSPARENCY
from siegelpost.doctor.x509 import transparency
from siegelpost.doctor.x509.certificate import parse
from siegelpost.doctor.x509.trust import _former_roots

KEY = Ed25519PrivateKey.generate()
NAME = "expose.example.com"
A, B, PENDING, TEST, STRANGER = (TestLog(name) for name in ("Google", "Sectigo", "Geomys", "Tests", "Nobody"))
FIRST = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def ours(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(knowledge, "KEYS", (public_half(KEY),))
    monkeypatch.setattr(knowledge, "_folder", [])
    yield
    knowledge._read.clear()


def said(day: str = "2027-02-01", **more: Any) -> dict[str, Any]:
    shipped = json.loads((Path(logs.__file__).with_name("logs.json")).read_text())
    return {"day": day, "logs": shipped["logs"], **more}


def test_a_newer_file_is_taken_over_whole_and_holds_at_once(tmp_path: Path) -> None:
    before = knowledge.current()
    assert before.shipped
    found = knowledge.take_over(signed(said(), KEY), tmp_path)
    assert knowledge.current() == found
    assert found.day == datetime(2027, 2, 1, tzinfo=UTC)
    assert (tmp_path / knowledge.FILE).stat().st_mode & 0o077 == 0
    assert found.log_list.logs.keys() == before.log_list.logs.keys()


@pytest.mark.parametrize("day", ["2026-01-01", "2026-08-21"])
def test_what_is_no_newer_never_replaces_what_is_known(day: str, tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"nicht neuer|no newer"):
        knowledge.take_over(signed(said(day), KEY), tmp_path)
    assert not (tmp_path / knowledge.FILE).exists()
    knowledge.take_over(signed(said("2027-05-01"), KEY), tmp_path)
    with pytest.raises(KnowledgeError, match=r"nicht neuer"):
        knowledge.take_over(signed(said("2027-04-30"), KEY), tmp_path)
    assert knowledge.current().day == datetime(2027, 5, 1, tzinfo=UTC)


def test_a_file_that_nobody_who_may_has_signed_is_told_and_left(tmp_path: Path) -> None:
    good = signed(said(), KEY)
    for changed in (good.replace(b"2027-02-01", b"2029-02-01"), signed(said(), Ed25519PrivateKey.generate())):
        with pytest.raises(KnowledgeError, match="Unterschrift"):
            knowledge.take_over(changed, tmp_path)
    assert not (tmp_path / knowledge.FILE).exists()
    assert knowledge.current().shipped


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"[]", b"{", b'{"said": 1, "signature": ""}', b'{"said": "x", "signature": "?"}'),
        *(b"[" * 100_000, b" " * (5 << 20)),
    ],
    ids=["nothing", "list", "cut", "number", "no base64", "deep", "large"],
)
def test_what_is_no_such_file_is_told(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError):
        knowledge.take_over(content, tmp_path)


@pytest.mark.parametrize(
    "document", [{"form": 2}, {"logs": [{}]}, {"day": "soon"}, {"roots": ["?"]}, {"limits": [{"days": "x"}]}]
)
def test_a_signed_file_that_is_not_understood_is_not_believed_in_part(document: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="versteht"):
        knowledge.take_over(signed(said(**document) | document, KEY), tmp_path)


def test_a_stored_file_that_was_spoiled_is_as_none(tmp_path: Path) -> None:
    knowledge.take_over(signed(said(), KEY), tmp_path)
    (tmp_path / knowledge.FILE).write_bytes(b"{}")
    assert knowledge.current().shipped


def test_rules_and_roots_of_the_file_hold_beside_the_shipped_ones(tmp_path: Path) -> None:
    """A limit of days, a distrust, and a root that browsers took in since: all of it is data."""
    root = Authority.root("Young Root", not_before=datetime(2026, 1, 1, tzinfo=UTC))
    served = logged(root, NAME, (A, B), at=FIRST, not_before=FIRST, days=80)
    listed = [vars_of(log) for log in (A, B)]
    about = {"browsers": ["chromium"], "since": "2026-05-01", "source": "this test"}
    fingerprint = parse(root.der).fingerprint.hex()
    more = {
        "logs": listed,
        "roots": [encoded(root.der)],
        "distrusted": [about | {"authority": "Young", "roots": [fingerprint]}],
        "limits": [about | {"days": 60, "browsers": ["safari"]}],
    }
    assert judge(served.chain, NAME, at=FIRST).ok is False
    knowledge.take_over(signed(said("2026-09-01") | more, KEY), tmp_path)
    judgement = judge(served.chain, NAME, at=FIRST + timedelta(days=1))
    causes = {browser: [each.cause for each in verdict.findings] for browser, verdict in judgement.verdicts.items()}
    assert causes == {
        Browser.CHROMIUM: [Cause.NO_LONGER_TRUSTED],
        Browser.FIREFOX: [],
        Browser.SAFARI: [Cause.VALID_TOO_LONG],
    }


def encoded(blob: bytes) -> str:
    return b64encode(blob).decode()


def vars_of(log: TestLog) -> dict[str, Any]:
    return {"name": log.operator, "operator": log.operator, "key": encoded(log.key.spki), "accepted": True}


# Four hundred days -------------------------------------------------------------------------------------------


def known_on(day: datetime, **more: Any) -> Knowledge:
    known = [A.listed(), B.listed(), PENDING.listed(accepted=False), TEST.listed(accepted=False, never=True)]
    return Knowledge(day, LogList(day, {log.identifier: log for log in known}), **more)


FRESH = NOW - timedelta(days=10)


def states(judgement: Judgement) -> dict[Browser, VerdictState]:
    return {browser: verdict.state for browser, verdict in judgement.verdicts.items()}


def aged(ask: Callable[[], Judgement], monkeypatch: pytest.MonkeyPatch) -> tuple[Judgement, Judgement]:
    """The judgement with knowledge of ten days ago, and with the same called 400 days older."""
    found = []
    for day in (FRESH, FRESH - timedelta(days=400)):
        monkeypatch.setattr(knowledge, "current", partial(known_on, day))
        found.append(ask())
    return found[0], found[1]


@cache
def numbered_key(_number: int, kind: str) -> Key:
    return fresh_key(kind)


def drawn() -> Sequence[Case]:
    """Of what ``make oracle`` asks browsers about, each time with the same keys.

    What is broken in one place may be broken otherwise in other bytes.
    """
    numbers = count()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pki, "fresh_key", lambda kind="p256": numbered_key(next(numbers), kind))
        return [*odd.some(100, first=4000), *broken.some(20, first=4000)]


drawn_once = cache(drawn)


def added(case: Case, at: datetime | None = None) -> Judgement:
    return judge(case.served.chain, case.host, at=at, local_roots=case.roots)


def shipped(case: Case, at: datetime | None = None) -> Judgement:
    return judge(case.served.chain, case.host, at=at, roots=case.roots)


def no_worse(fresh: Judgement, old: Judgement) -> None:
    for browser, state in states(fresh).items():
        other = states(old)[browser]
        assert not (state is VerdictState.OK and other is VerdictState.REFUSED), (browser, old.verdicts[browser].code)
        assert not (state is VerdictState.REFUSED and other is VerdictState.OK), browser


def says_what_it_cannot_know(judgement: Judgement) -> bool:
    """Wherever a browser is said to accept; under a root that they ship, that they may have ceased to believe it."""
    told = {each["key"]: each["text"] for each in as_json(judgement, "en")["unknown"]}
    if all(verdict.state is VerdictState.REFUSED for verdict in judgement.verdicts.values()):
        return not told
    root = judgement.path[-1]
    named = root.subject in told.get("authority", "")
    return "410 days" in told["rules"] and named is root.public


def weighed(cases: Sequence[Case], monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """No verdict turns over; gives how many are not the same, and how many are accepted under shipped roots.

    The cases have no entries in logs: under shipped roots they are asked about by all rules, and by all other ones.
    """
    turned = accepted = 0
    for case in cases:
        for roots, rules in ((added, TRANSPARENCY), (shipped, TRANSPARENCY), (shipped, ())):
            monkeypatch.setattr(transparency, "TRANSPARENCY", rules)
            fresh, old = aged(partial(roots, case), monkeypatch)
            no_worse(fresh, old)
            turned += states(fresh) != states(old)
            assert not fresh.unknown, case.name
            assert says_what_it_cannot_know(old), case.name
        accepted += old.ok is True
    return turned, accepted


def test_no_verdict_of_the_oracles_cases_turns_when_the_knowledge_is_400_days_older(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Under roots that were added, and the same chains under roots that browsers ship; there the age is told."""
    turned, accepted = weighed(drawn_once(), monkeypatch)
    assert turned == 0
    assert accepted > 0, "some are good"


def in_400_days(monkeypatch: pytest.MonkeyPatch) -> Sequence[Case]:
    """The same chains as they are issued then."""
    with monkeypatch.context() as patched:
        patched.setattr(pki, "now", lambda: datetime.now(UTC) + timedelta(days=400))
        patched.setattr(odd, "NOW", NOW + timedelta(days=400))
        return drawn()


def test_the_list_of_today_turns_no_verdict_of_the_oracles_cases_in_400_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped list as one of these days; chains of today asked about today, and chains of then in 400 days."""
    known = Knowledge(FRESH, replace(logs.log_list(), day=FRESH))
    monkeypatch.setattr(knowledge, "current", lambda: known)
    accepted = 0
    for today, then in zip(drawn_once(), in_400_days(monkeypatch), strict=True):
        for roots, rules in ((added, TRANSPARENCY), (shipped, ())):
            monkeypatch.setattr(transparency, "TRANSPARENCY", rules)
            fresh, old = roots(today, NOW), roots(then, NOW + timedelta(days=400))
            no_worse(fresh, old)
            assert not fresh.unknown, today.name
            assert says_what_it_cannot_know(old), then.name
        accepted += old.ok is True
    assert accepted > 0, "some are good"


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_no_verdict_of_any_of_the_oracles_cases_turns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All that ``make oracle`` asks browsers about; ORACLE_SEED=number draws others."""
    seed = int(os.environ.get("ORACLE_SEED", "854830085"))
    for material in agreement.materials(1700, seed):
        turned, accepted = weighed(material.cases, monkeypatch)
        with capsys.disabled():
            many = f"{material.name}: {len(material.cases)} chains, three times"
            print(f"\n{many}; {turned} unknown instead, {accepted} accepted as shipped")


@pytest.mark.parametrize(
    ("entries", "then", "later"),
    [
        ((A, B), True, True),
        ((A,), False, False),
        ((A, TEST), False, False),
        ((A, PENDING), True, None),
        ((A, STRANGER), True, None),
        ((STRANGER, PENDING), True, None),
    ],
    ids=["two known", "one", "a test", "an applicant", "a stranger", "nobody known"],
)
def test_log_entries_that_old_knowledge_cannot_judge_leave_the_answer_open(
    entries: tuple[TestLog, ...], then: bool, later: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Authority.root(not_before=NOW - timedelta(days=3000))
    first = NOW - timedelta(days=5)
    served = logged(root.intermediate(), NAME, entries, at=first, not_before=first, days=90)
    fresh, old = aged(lambda: judge(served.chain, NAME, at=NOW, roots=[root.der]), monkeypatch)
    assert (fresh.ok, old.ok) == (then, later)


def test_an_authority_that_old_knowledge_does_not_hold_may_be_younger(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only where a public log has seen the chain: what stands in none is private, and is refused as ever."""
    root = Authority.root("Younger Root", not_before=NOW - timedelta(days=300))
    issuer, first = root.intermediate(), NOW - timedelta(days=5)
    public = logged(issuer, NAME, (A, B), at=first, not_before=first, days=90)
    fresh, old = aged(lambda: judge(public.chain, NAME, at=NOW), monkeypatch)
    assert (fresh.ok, old.ok) == (False, None)
    assert {verdict.findings[0].cause for verdict in old.verdicts.values()} == {Cause.ROOT_NOT_KNOWN}
    forged = logged(issuer, NAME, (A, B), at=first, says=b"else", not_before=first, days=90)
    elsewhere = judge(public.chain, "elsewhere.example.com", at=NOW)
    bare = judge([public.der], NAME, at=NOW)
    private = judge(issuer.issue(NAME).chain, NAME, at=NOW)
    assert [judge(forged.chain, NAME, at=NOW).ok, elsewhere.ok, bare.ok, private.ok] == [False] * 4


def test_old_knowledge_says_that_it_cannot_know_what_became_of_an_authority(monkeypatch: pytest.MonkeyPatch) -> None:
    """Browsers cease to believe an authority after the knowledge's day, and the page and the command said "good"."""
    root = Authority.root("Old Root", not_before=NOW - timedelta(days=3000))
    first = NOW - timedelta(days=5)
    served = logged(root.intermediate(), NAME, (A, B), at=first, not_before=first, days=90)
    for days, told in ((10, False), (400, True)):
        monkeypatch.setattr(knowledge, "current", partial(known_on, NOW - timedelta(days=days)))
        shipped = judge(served.chain, NAME, at=NOW, roots=[root.der])
        added = judge(served.chain, NAME, at=NOW, roots=[], local_roots=[root.der])
        elsewhere = judge(served.chain, "elsewhere.example.com", at=NOW, roots=[root.der])
        assert (shipped.ok, added.ok, elsewhere.ok) == (True, True, False)
        assert ("„Old Root“" in as_text(shipped, "de")) is told
        said = {each["key"]: each["text"] for each in as_json(shipped, "en")["unknown"]}
        assert ("400 days" in said.get("authority", "") and "Old Root" in said["authority"]) is told
        # A root that somebody added is believed for that; what is refused is refused in any case.
        assert [each.kind for each in added.unknown] == [UnknownKind.RULES] * told
        assert not elsewhere.unknown


def test_an_authority_that_was_removed_is_no_younger_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knowledge, "current", lambda: known_on(NOW - timedelta(days=400)))
    removed = parse(_former_roots()[0][1])
    root = Authority.root(removed.subject)
    first = NOW - timedelta(days=5)
    served = logged(root.intermediate(), NAME, (A, B), at=first, not_before=first, days=90)
    assert judge(served.chain, NAME, at=NOW).ok is False


def test_knowledge_is_old_after_half_a_year() -> None:
    known = replace(known_on(FIRST))
    assert not known.is_old(FIRST + OLD_AFTER)
    assert known.is_old(FIRST + OLD_AFTER + timedelta(seconds=1))

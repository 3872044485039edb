"""Each line of the checklist, once as it should be and once as it should not."""

import os
import platform
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone, translation
from tests.support.mailing import use
from tests.support.office import an_agent, an_office
from tests.support.pki import Authority

from siegelpost.checklist import inside, network, outside
from siegelpost.checklist.check import CheckState, Look, worst
from siegelpost.checklist.network import Answers, Upgrades
from siegelpost.checklist.table import CHECKS
from siegelpost.doctor.live import report_words
from siegelpost.doctor.live.findings import FindingId
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.ledger.models import Checkpoint
from siegelpost.ledger.sequencer import seal
from siegelpost.mail.domain import records
from siegelpost.office.models import Role
from siegelpost.settings import load
from siegelpost.tls.acme.plan import Plan, save_plan
from siegelpost.tls.store import Source, Store
from siegelpost.toolbox import unnamed_visitors
from siegelpost.toolbox.unnamed_visitors import UnnamedVisitors

pytestmark = pytest.mark.django_db
NOTHING = Answers(None, None, None, None)


class Ends(NamedTuple):
    ends: datetime


class Report:
    """A doctor's report with only what the checklist reads of it."""

    def __init__(
        self,
        look: Look,
        findings: dict[str, str] | None = None,
        *,
        ok: bool | None = True,
        days: int = 60,
        old: bool = False,
    ) -> None:
        self.ok, self.old = ok, old
        self.judgement = Ends(look.at + timedelta(days=days, hours=1))
        self.findings = findings or {}

    def as_json(self, language: str) -> dict[str, Any]:
        code = "ERR_CERT_DATE_INVALID" if self.ok is False else None
        verdict = {"ok": self.ok, "code": code, "cause": "", "remedy": [] if self.ok else ["Zertifikat erneuern."]}
        return {
            "unknown": [{"key": "rules", "text": "Ob Browser strenger sind, lässt sich nicht sagen."}] * self.old,
            "knowledge": {"text": "Auf den neuesten Stand bringt ihn: siegelpost doctor data"},
            "verdicts": {"chromium": verdict},
            "findings": [
                {"id": name, "severity": severity, "text": f"{name}.", "remedy": [f"{name} richten."]}
                for name, severity in self.findings.items()
            ],
        }


@pytest.fixture
def look() -> Look:
    return Look(load(), an_office(), timezone.now())


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder as the server makes it."""
    (tmp_path / "keys").mkdir(mode=0o700)
    (tmp_path / "tls/certificates/1").mkdir(mode=0o700, parents=True)
    for name in ("keys/django", "tls/certificates/1/key.pem", "siegelpost.sqlite3"):
        (tmp_path / name).touch(mode=0o600)
    (tmp_path / "tls").chmod(0o700)
    tmp_path.chmod(0o700)
    return tmp_path


@pytest.fixture(autouse=True)
def reports_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_words, "as_json", Report.as_json)


@pytest.fixture(autouse=True)
def in_german() -> Iterator[None]:
    with translation.override("de"):
        yield


def seen(look: Look, **changes: Any) -> Look:
    return replace(look, answers=replace(NOTHING, **changes))


def set_to(look: Look, **changes: Any) -> Look:
    return replace(look, settings=look.settings.model_copy(update=changes))


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({}, CheckState.OK),
        ({"days": 13}, CheckState.WARN),
        ({"ok": False}, CheckState.BAD),
        ({"ok": None}, CheckState.UNKNOWN),
        ({"old": True}, CheckState.UNKNOWN),
        ({"findings": {"certificate_of_router": "warn"}}, CheckState.WARN),
    ],
)
def test_certificate(look: Look, said: dict[str, Any], state: CheckState) -> None:
    found = outside.certificate(seen(look, report=Report(look, **said)))
    assert found.state is state
    assert bool(found.remedy) == (state is not CheckState.OK)
    assert any("öffnet ohne Warnung" in fact for fact in found.facts) == (said.get("ok", True) is True)


def test_an_automatic_certificate_that_waits_for_a_bought_one_is_named(look: Look, tmp_path: Path) -> None:
    """The page said so, the checklist did not: whoever put a bought one in has still to decide."""
    look = set_to(look, data=tmp_path)
    store, given = Store(tmp_path / "tls"), Authority.root().issue("office.test", days=189)
    save_plan(store, Plan(("office.test",)))
    assert outside.certificate(seen(look, report=Report(look))).state is CheckState.OK
    store.activate(store.add(given.chain_pem, given.key_pem, Source.IMPORTED).id)
    found = outside.certificate(seen(look, report=Report(look)))
    assert found.state is CheckState.WARN
    assert "wartet" in found.cause
    assert "entscheiden" in found.remedy[0]


def test_what_did_not_answer_is_never_called_fine(look: Look) -> None:
    for check in CHECKS:
        if check.outside and check.key not in {"redirect", "mail_authentication"}:
            assert check.run(seen(look)).state is CheckState.UNKNOWN, check.key


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("names", "name_public", "dns_no_such_name"),
        ("ports", "address_answers", "plain_http"),
        ("encryption", "tls_good", "tls_old_only"),
        ("clock", "clock_right", "clock_wrong"),
        ("renewal", "caa_allows", "caa_forbids"),
    ],
)
def test_findings_of_the_doctor_decide_their_line(look: Look, key: str, good: str, bad: str) -> None:
    check = next(one for one in CHECKS if one.key == key)
    fine = check.run(seen(look, report=Report(look, {good: "ok"})))
    assert (fine.state, fine.facts, fine.remedy) == (CheckState.OK, (f"{good}.",), ())
    wrong = check.run(seen(look, report=Report(look, {good: "ok", bad: "bad"})))
    assert (wrong.state, wrong.remedy) == (CheckState.BAD, (f"{bad} richten.",))


def test_every_finding_of_the_doctor_has_one_line() -> None:
    groups = (outside.CERTIFICATE, outside.NAMES, outside.PORTS, outside.ENCRYPTION, outside.CLOCK, outside.RENEWAL)
    homeless = [one for one in FindingId if sum(one.value.startswith(group) for group in groups) != 1]
    assert homeless == []


@pytest.mark.parametrize(
    ("port", "answer", "state"),
    [
        (80, "https://office.test/", CheckState.OK),
        (80, "", CheckState.BAD),
        (80, None, CheckState.BAD),
        (None, None, CheckState.WARN),
    ],
)
def test_redirect(look: Look, port: int | None, answer: str | None, state: CheckState) -> None:
    assert outside.redirect(set_to(seen(look, redirect=answer), http_port=port)).state is state


def test_a_proxys_redirect_is_not_ours_to_see(look: Look) -> None:
    behind = set_to(seen(look), http_port=None, trusted_proxies=["10.0.0.0/8"])
    assert outside.redirect(behind).state is CheckState.UNKNOWN


def test_mail_authentication(look: Look) -> None:
    def found(*levels: records.Level) -> tuple[records.RecordFinding, ...]:
        return tuple(records.RecordFinding("SPF", level, records._LATER) for level in levels)

    level = records.Level
    states = {
        (level.GOOD, level.GOOD): CheckState.OK,
        (level.GOOD, level.WEAK): CheckState.WARN,
        (level.WEAK, level.UNKNOWN): CheckState.UNKNOWN,
        (level.UNKNOWN, level.BAD): CheckState.BAD,
    }
    for levels, state in states.items():
        assert outside.mail_authentication(seen(look, mail=found(*levels))).state is state
    assert outside.mail_authentication(seen(look)).state is CheckState.BAD  # no sender at all


def test_second_factor(look: Look) -> None:
    agent = an_agent(name="Jana Roth")
    an_agent(name="Nur im Büro", outside_access=False)
    bare = inside.second_factor(look)
    assert bare.state is CheckState.WARN
    assert "Jana Roth" in " ".join(bare.facts)
    assert "Nur im Büro" not in " ".join(bare.facts)
    Authenticator.objects.create(user=agent, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert inside.second_factor(look).state is CheckState.WARN
    Authenticator.objects.create(user=agent, type=Authenticator.Type.TOTP, data={})
    assert inside.second_factor(look).state is CheckState.OK
    an_agent(role=Role.ADMINISTRATOR)
    assert inside.second_factor(look).state is CheckState.BAD


@pytest.mark.parametrize(
    ("believed", "words"), [(False, "SIEGELPOST_TRUSTED_PROXIES nennen: 10.0.0.9"), (True, "x-forwarded-for")]
)
def test_visitors_whom_a_proxy_hides(
    look: Look, data: Path, believed: bool, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind a proxy that is not believed all visitors shared the limits, and nobody in the office knew why."""
    monkeypatch.setattr(unnamed_visitors, "_last_written", 0.0)
    asked = set_to(look, data=data)
    assert inside.visitors(asked).state is CheckState.OK
    unnamed_visitors.note(data, UnnamedVisitors("10.0.0.9", believed))
    found = inside.visitors(asked)
    assert found.state is CheckState.BAD
    assert words in " ".join(found.remedy)
    unnamed_visitors.forget(data)
    assert inside.visitors(asked).state is CheckState.OK


def test_secrets_that_only_the_server_reads(look: Look, data: Path) -> None:
    assert inside.secrets(set_to(look, data=data)).state is CheckState.OK


@pytest.mark.parametrize("name", ["", "keys", "keys/django", "tls", "tls/certificates/1/key.pem"])
def test_a_secret_that_others_can_read(look: Look, data: Path, name: str) -> None:
    (data / name).chmod(0o755 if (data / name).is_dir() else 0o640)
    found = inside.secrets(set_to(look, data=data))
    assert found.state is CheckState.BAD
    assert f"chmod {'700' if (data / name).is_dir() else '600'} {data / name}" in found.remedy


def test_an_open_folder_leaves_the_database_to_its_own_rights(look: Look, data: Path) -> None:
    (data / "siegelpost.sqlite3").chmod(0o644)
    assert inside.secrets(set_to(look, data=data)).state is CheckState.OK
    data.chmod(0o755)
    assert f"chmod 600 {data / 'siegelpost.sqlite3'}" in inside.secrets(set_to(look, data=data)).remedy


@pytest.mark.parametrize(
    ("host", "security", "state"),
    [
        ("smtp.office.test", "starttls", CheckState.OK),
        ("smtp.office.test", "none", CheckState.BAD),
        ("127.0.0.1", "none", CheckState.OK),
        ("", "tls", CheckState.BAD),
    ],
)
def test_mail_encryption(look: Look, host: str, security: str, state: CheckState) -> None:
    use(2525, security, host=host)
    assert inside.mail_encryption(look).state is state


@pytest.mark.django_db(transaction=True)
def test_ledger(look: Look) -> None:
    with transaction.atomic():
        append(EventKind.TEST_OPERATION_CHANGED, subject="office", data={"on": False, "by": "x"})
    waits = replace(look, at=timezone.now() + timedelta(minutes=6))
    assert inside.ledger(waits).state is CheckState.BAD
    seal()
    assert inside.ledger(waits).state is CheckState.OK
    newest = Checkpoint.objects.latest("size")
    Checkpoint.objects.filter(pk=newest.pk).update(
        note=newest.note.replace(f"\n{newest.size}\n", f"\n{newest.size + 1}\n", 1)
    )
    assert inside.ledger(look).state is CheckState.BAD


@pytest.mark.parametrize(
    ("free", "state"), [(50, CheckState.OK), (9, CheckState.WARN), (4, CheckState.WARN), (0.9, CheckState.BAD)]
)
def test_disk(look: Look, free: float, state: CheckState, monkeypatch: pytest.MonkeyPatch) -> None:
    room = shutil._ntuple_diskusage(100 * 1024**3, 0, int(free * 1024**3))
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: room)
    assert inside.disk(look).state is state


@pytest.mark.parametrize(("ends", "state"), [(date(2999, 1, 1), CheckState.OK), (date(2020, 1, 1), CheckState.WARN)])
def test_runtime(look: Look, ends: date, state: CheckState, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "python_version", lambda: "3.99.1")
    assert inside.runtime(look).state is CheckState.UNKNOWN
    monkeypatch.setattr(inside, "_PYTHON_ENDS", {"3.99": ends})
    assert inside.runtime(look).state is state


@pytest.mark.parametrize(
    ("packages", "age", "state"),
    [
        ((), 1, CheckState.OK),
        (("openssl",), 1, CheckState.BAD),
        ((), 8, CheckState.UNKNOWN),
        (("openssl",), 8, CheckState.BAD),
    ],
)
def test_system_updates(look: Look, packages: tuple[str, ...], age: int, state: CheckState) -> None:
    upgrades = Upgrades(packages, look.at - timedelta(days=age))
    found = inside.system_updates(seen(look, upgrades=upgrades))
    assert found.state is state
    assert all(name in " ".join(found.facts) for name in packages)


def test_only_security_updates_count() -> None:
    listing = (
        "Listing...\n"
        "openssl/stable-security 3.0.17 amd64 [upgradable from: 3.0.16]\n"
        "vim/stable 9.1 amd64 [upgradable from: 9.0]\n"
        "libc6/jammy-updates,jammy-security 2.36 amd64 [upgradable from: 2.35]\n"
    )
    assert network._security(listing) == ("libc6", "openssl")


def test_test_operation(look: Look) -> None:
    assert inside.test_operation(look).state is CheckState.OK
    look.office.test_operation = True
    assert inside.test_operation(look).state is CheckState.WARN


def test_backups_name_what_belongs_into_one(look: Look, data: Path) -> None:
    found = inside.backups(set_to(look, data=data, database_url=None))
    assert found.state is CheckState.UNKNOWN
    assert str(data) in " ".join(found.facts)
    assert "PostgreSQL" in " ".join(inside.backups(set_to(look, database_url="postgresql://x/y")).facts)


def test_a_backup_of_ours_is_known_without_any_setting(look: Look, data: Path) -> None:
    found = set_to(look, data=data, database_url=None)
    found.settings.backup_stamp_path.touch()
    assert inside.backups(replace(found, at=timezone.now())).state is CheckState.OK


@pytest.mark.parametrize(("age", "state"), [(1, CheckState.OK), (3, CheckState.BAD), (None, CheckState.BAD)])
def test_a_backups_stamp_tells_its_age(look: Look, tmp_path: Path, age: int | None, state: CheckState) -> None:
    stamp = tmp_path / "stamp"
    if age is not None:
        stamp.touch()
        moment = (look.at - timedelta(days=age)).timestamp()
        os.utime(stamp, (moment, moment))
    found = inside.backups(set_to(look, backup_stamp=stamp))
    assert found.state is state
    assert bool(found.remedy) == (state is CheckState.BAD)


def test_the_version_is_said_and_its_age_is_not_guessed(look: Look) -> None:
    assert inside.version(look).state is CheckState.UNKNOWN


def test_what_is_broken_comes_before_what_is_not_known() -> None:
    assert worst([CheckState.OK, CheckState.WARN, CheckState.UNKNOWN, CheckState.BAD]) is CheckState.BAD
    assert worst([CheckState.OK, CheckState.WARN, CheckState.UNKNOWN]) is CheckState.UNKNOWN
    assert worst([]) is CheckState.OK


def test_whatever_is_not_fine_says_what_to_do(look: Look) -> None:
    for answers in (NOTHING, replace(NOTHING, upgrades=Upgrades(("openssl",), datetime.now(UTC)))):
        for check in CHECKS:
            found = check.run(replace(look, answers=answers))
            assert found.cause
            assert found.state is CheckState.OK or found.remedy, check.key

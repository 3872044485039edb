"""Time stamps of a real authority (``openssl ts``), asked over HTTP, checked by us and by OpenSSL."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from django.db import transaction
from tests.support import pki, proofs, tsa

from siegelpost.ledger import fsck, log
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.models import Timestamp
from siegelpost.ledger.sequencer import seal
from siegelpost.proof import timestamp
from siegelpost.proof.report import Check
from siegelpost.proof.report_words import text
from siegelpost.proof.timestamp import AuthorityError, request_token, stamp_if_wanted, stamp_newest
from siegelpost.proof.token import TokenError, check_token, read_roots
from siegelpost.proof.verify import verify
from siegelpost.settings import load

pytestmark = pytest.mark.real


@pytest.fixture(autouse=True)
def its_network_is_allowed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SIEGELPOST_PRIVATE_NETWORKS", '["127.0.0.0/8"]')
    load.cache_clear()
    yield
    load.cache_clear()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("tsa")
    tsa.create(folder)
    with tsa.serving(folder) as url:
        yield url, folder


@pytest.mark.django_db(transaction=True)
def test_a_stamped_checkpoint_travels_in_the_proof(authority: tuple[str, Path], tmp_path: Path) -> None:
    url, folder = authority
    proofs.forget()
    subject = str(uuid4())
    assert stamp_newest(url) is None  # nothing sealed yet
    proofs.record(subject, EventKind.SUBMISSION_ACCEPTANCE)
    seal()
    stamped = stamp_newest(url)
    assert stamped
    assert stamped.authority == "Probe-Zeitstempel"
    assert stamp_newest(url) is None  # once is enough

    raw, _ = proofs.make()
    unpacked = proofs.unpack(raw, tmp_path / "proof")
    report = verify(unpacked)
    assert report.ok, report.failures
    assert [(anchor.size, anchor.authority, anchor.trusted) for anchor in report.anchors] == [
        (1, "Probe-Zeitstempel", False)
    ]
    root = read_roots((folder / "root.pem").read_bytes())
    fingerprint = root[0].fingerprint(SHA256()).hex()
    assert f"Stelle Probe-Zeitstempel (Name nicht geprüft; SHA-256 ihres obersten Zertifikats {fingerprint})" in text(
        report, "de"
    )
    assert [anchor.trusted for anchor in verify(unpacked, roots=root).anchors] == [True]
    other = pki.Authority.root("Eine andere Stelle").pem.encode()
    assert {each.check for each in verify(unpacked, roots=read_roots(other)).failures} == {Check.TIMESTAMP}
    # The line of docs/proof.md, run as it stands there.
    line = "openssl ts -verify -in timestamps/1-1.tsr -data checkpoints/1.checkpoint.txt -CAfile"
    subprocess.run([*line.split(), str(folder / "root.pem")], cwd=unpacked, check=True, capture_output=True)

    assert not list(timestamp.CHECK.run(lambda done, total: None))
    Timestamp.objects.update(token=b"changed")
    assert [finding.check for finding in timestamp.CHECK.run(lambda done, total: None)] == ["timestamps"]
    assert isinstance(timestamp.CHECK, fsck.FsckCheck)

    token = unpacked / "timestamps/1-1.tsr"
    token.unlink()
    assert {finding.check for finding in verify(unpacked).failures} == {Check.MISSING}


def test_a_changed_token_is_refused_wherever_it_is_changed(authority: tuple[str, Path]) -> None:
    token = request_token(authority[0], b"content")
    assert check_token(token, b"content").authority == "Probe-Zeitstempel"
    with pytest.raises(TokenError):
        check_token(token, b"other content")
    accepted = []
    for place in range(len(token)):
        changed = token[:place] + bytes([token[place] ^ (1 << place % 8)]) + token[place + 1 :]
        try:
            check_token(changed, b"content")
        except TokenError:
            continue
        accepted.append(place)
    # Certificates above the signer's are not covered by the token's signature; the manifest's hash covers them.
    assert len(accepted) < len(token) * 0.7


@pytest.mark.parametrize("answer", [b"", b"hello", b"0" * 300_000])
def test_an_authority_that_talks_nonsense(answer: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tsa, "answer", lambda folder, query: answer)
    with tsa.serving(tmp_path) as url, pytest.raises(AuthorityError) as caught:
        request_token(url, b"content")
    assert "timestamp_url" in caught.value.text("de")
    assert "timestamp_url" in caught.value.text("en")


def test_an_answer_to_another_question(authority: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    old = request_token(authority[0], b"content")
    monkeypatch.setattr(tsa, "answer", lambda folder, query: old)
    with pytest.raises(AuthorityError, match="another question"):
        request_token(authority[0], b"content")


def test_an_authority_that_is_not_there(authority: tuple[str, Path]) -> None:
    with pytest.raises(AuthorityError):
        request_token("http://127.0.0.1:9/", b"content")
    for inside in ("file:///etc/passwd", "http://10.0.0.1/", "gopher://127.0.0.1/"):
        with pytest.raises(AuthorityError, match="private_networks"):
            request_token(inside, b"content")


@pytest.mark.django_db
def test_never_inside_a_transaction(authority: tuple[str, Path]) -> None:
    with pytest.raises(RuntimeError):
        stamp_newest(authority[0])


def test_the_round_asks_only_when_an_authority_is_named(
    authority: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(timestamp, "stamp_newest", asked.append)
    stamp_if_wanted()
    assert asked == []
    monkeypatch.setenv("SIEGELPOST_TIMESTAMP_URL", authority[0])
    load.cache_clear()
    stamp_if_wanted()
    load.cache_clear()
    assert asked == [authority[0]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("hours", [40, pytest.param(5000, marks=[pytest.mark.soak, pytest.mark.timeout(1200)])])
def test_a_proof_does_not_grow_with_the_age_of_the_office(
    hours: int, authority: tuple[str, Path], tmp_path: Path
) -> None:
    """From about 3,310 hourly time stamps on, every proof was refused by the program's own check: too many files."""
    proofs.forget()
    subject, events = str(uuid4()), (hours // 3, hours // 2, hours - 5)
    for hour in range(hours):
        proofs.record("office", EventKind.AGENT_SIGNED_IN)
        if hour == events[0]:
            proofs.record(subject, EventKind.SUBMISSION_ACCEPTANCE)
        elif hour in events:
            proofs.record(subject, EventKind.GATE_OPENED)
        sealed = seal()
        assert sealed
        # A stamp that says nothing about these events is not looked at: it may be anything.
        if hour in {events[0] - 1, *events}:
            assert stamp_newest(authority[0])
        else:
            Timestamp.objects.create(checkpoint=sealed, authority="", at=sealed.at, token=b"")
    files = proofs.files_of(proofs.write(subject))
    assert sum(name.startswith("timestamps/") for name in files) == len(events) + 1
    report = verify(proofs.unpack(proofs.write(subject), tmp_path / "proof"))
    assert report.ok, report.failures
    said = report.as_json()["events"]
    assert isinstance(said, list)
    assert all(event["recorded_after"] and event["recorded_before"] for event in said)
    assert len(files) < 40


@pytest.mark.django_db(transaction=True)
def test_a_stamp_older_than_what_it_covers_fails(authority: tuple[str, Path], tmp_path: Path) -> None:
    """A self-made authority under a trusted name confirmed events four weeks before they happened."""
    proofs.forget()
    with transaction.atomic():
        log.append(
            EventKind.SUBMISSION_ACCEPTANCE,
            subject="s",
            data=proofs.ACCEPTED,
            at=datetime.now(UTC) + timedelta(days=28),
        )
    seal()
    assert stamp_newest(authority[0])
    report = verify(proofs.unpack(proofs.write("s"), tmp_path / "proof"))
    assert {finding.file for finding in report.failures if finding.check is Check.TIME} >= {"timestamps/1-1.tsr"}

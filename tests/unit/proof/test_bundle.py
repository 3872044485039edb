"""Writing a proof: what is in it, what is said in it, and how it is checked by hand."""

import re
import subprocess
import zipfile
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner
from tests.support import proofs

from siegelpost.cli.verify import verify as command
from siegelpost.ledger import key
from siegelpost.ledger.checkpoint import TreeHead
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import erase
from siegelpost.ledger.sequencer import seal
from siegelpost.proof import bundle
from siegelpost.proof.bundle import BackupRestoredError, NothingToProveError, WouldBeRefusedError
from siegelpost.proof.readme import DE, EN
from siegelpost.proof.report import Check
from siegelpost.proof.verify import verify

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_log")]


write = proofs.write


def stored(raw: bytes, folder: Path) -> Path:
    path = folder / "proof.zip"
    path.write_bytes(raw)
    return path


def test_a_proof_tells_its_events_in_both_languages(tmp_path: Path) -> None:
    raw, _ = proofs.make(test=True)
    path = stored(raw, tmp_path)
    report = verify(path)
    assert [event.label.de for event in report.events] == [
        "Sendung angelegt",
        "Erklärung abgegeben",
        "Inhalt freigeschaltet",
    ]
    assert report.events[0].personal == {"recipient": "Zoë Groß <zoe@example.org>"}
    german, english = (CliRunner().invoke(command, [str(path), *lang]).output for lang in ([], ["--lang", "en"]))
    assert german.startswith("UNVERSEHRT")
    assert english.startswith("INTACT")
    assert "TEST" in german
    assert "TEST" in english
    assert "\u202e" not in german
    assert '"ok": true' in CliRunner().invoke(command, [str(path), "--json"]).output


def test_erased_values_are_missing_and_the_proof_still_holds(tmp_path: Path) -> None:
    proofs.record("s", EventKind.SUBMISSION_ACCEPTANCE, EventKind.DECLARATION_MADE, name="Anna Ungewöhnlich")
    assert verify(stored(write("s"), tmp_path)).events[-1].personal == {"name": "Anna Ungewöhnlich"}
    erase(["s"])
    raw = write("s")
    assert verify(stored(raw, tmp_path)).ok
    assert not any("Ungewöhnlich".encode() in content for content in proofs.files_of(raw).values())


def test_nothing_to_prove() -> None:
    with pytest.raises(NothingToProveError):
        write(str(uuid4()))
    proofs.record("other", EventKind.GATE_OPENED)
    with pytest.raises(NothingToProveError):
        write(str(uuid4()))


def test_a_mailed_checkpoint_of_another_log_is_passed_over(tmp_path: Path) -> None:
    proofs.record("s", EventKind.SUBMISSION_ACCEPTANCE, EventKind.GATE_OPENED)
    foreign = "other.test\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— other.test AAAAAAA=\n"
    report = verify(stored(write("s", mailed_checkpoints=[foreign]), tmp_path))
    assert report.ok
    assert report.manifest
    assert report.manifest.mailed == ()


def test_a_mailed_checkpoint_from_after_a_restored_backup_is_an_error() -> None:
    proofs.record("s", EventKind.SUBMISSION_ACCEPTANCE, EventKind.GATE_OPENED)
    seal()
    signer = key.read()
    later = TreeHead(signer.name, 99, bytes(32)).sign(signer)
    with pytest.raises(BackupRestoredError, match=r"Datensicherung.*backup"):
        write("s", mailed_checkpoints=[later])


def test_a_rewritten_ledger_cannot_continue_a_mailed_checkpoint(tmp_path: Path) -> None:
    """The office's own key, another history: its proof is fine in itself, and refused by the mail of the time."""
    proofs.record("s", EventKind.SUBMISSION_ACCEPTANCE, EventKind.DECLARATION_MADE, EventKind.GATE_OPENED)
    mailed = seal()
    assert mailed
    honest = key.path().read_text()
    proofs.forget()
    key.path().write_text(honest)
    proofs.record(
        "s", EventKind.SUBMISSION_ACCEPTANCE, EventKind.GATE_OPENED, EventKind.DECLARATION_MADE, EventKind.GATE_OPENED
    )
    path = stored(write("s"), tmp_path)
    assert verify(path).ok
    assert [each.check for each in verify(path, checkpoints=[mailed.note]).failures] == [Check.YOUR_CHECKPOINT]
    # Forced to carry the mailed one, the proof could not show that it is continued, and is not handed out.
    with pytest.raises(WouldBeRefusedError, match=r"checkpoints/3\.consistency\.txt"):
        write("s", mailed_checkpoints=[mailed.note])


def test_the_readers_own_checkpoint(tmp_path: Path) -> None:
    raw, mailed = proofs.make()
    path = stored(raw, tmp_path)
    eml = tmp_path / "mail.eml"
    eml.write_text(f"Subject: x\nContent-Type: text/plain; charset=utf-8\n\n> Hallo\n\n{mailed[0]}", encoding="utf-8")
    assert CliRunner().invoke(command, [str(path), "--checkpoint", str(eml)]).exit_code == 0
    proofs.record("later", EventKind.GATE_OPENED)
    later = seal()
    assert later
    (tmp_path / "later.txt").write_text(later.note, encoding="utf-8")
    result = CliRunner().invoke(command, [str(path), "--checkpoint", str(tmp_path / "later.txt")])
    assert result.exit_code == 1
    assert "ist neuer als dieser Nachweis" in result.output
    (tmp_path / "none.txt").write_text("nothing")
    assert CliRunner().invoke(command, [str(path), "--checkpoint", str(tmp_path / "none.txt")]).exit_code == 4


def test_a_proof_that_would_be_refused_is_not_handed_out() -> None:
    """Zips were written that the program's own check refuses, and the office noticed in court."""
    proofs.record("s", EventKind.SUBMISSION_ACCEPTANCE)
    with pytest.raises(WouldBeRefusedError, match=r"documents/vollmacht\.pdf: kein Ereignis nennt diese Datei"):
        write("s", documents={"vollmacht.pdf": b"never shown"})


def test_the_expected_key(tmp_path: Path) -> None:
    raw, _ = proofs.make()
    path = stored(raw, tmp_path)
    vkey = key.read().verifier.vkey
    assert CliRunner().invoke(command, [str(path), "--key", vkey]).exit_code == 0
    assert CliRunner().invoke(command, [str(path), "--key", vkey[:-1]]).exit_code == 1


def test_the_key_as_it_is_copied_from_a_pdf_is_the_same(tmp_path: Path) -> None:
    """Between all its letters stood spaces without width, and the proof was accused of carrying another key."""
    raw, _ = proofs.make()
    path = stored(raw, tmp_path)
    vkey = key.read().verifier.vkey
    for copied in ("\u200b".join(vkey), f"{vkey[:50]}\n {vkey[50:]}\ufeff"):
        assert CliRunner().invoke(command, [str(path), "--key", copied]).exit_code == 0
    receipt = tmp_path / "receipt.pdf"
    receipt.write_bytes(proofs.files_of(raw)["Nachweis.pdf"])
    run = subprocess.run(["pdftotext", receipt, "-"], capture_output=True, check=True)
    assert vkey in run.stdout.decode().replace("\n", "")
    assert "\u200b" not in run.stdout.decode()


@pytest.mark.parametrize(
    ("text", "alone", "never"),
    [
        (DE, "Geschrieben haben kann es das alles auch später.", "ohne Vertrauen|nicht mehr geändert|sind unverändert"),
        (EN, "But all of it may have been written later.", "without trust|not changed since|are unchanged"),
    ],
)
def test_the_words_in_a_proof_claim_nothing_without_its_condition(text: str, alone: str, never: str) -> None:
    """They said to everybody that nothing had been changed since; without an outside anchor nobody knows that."""
    assert alone in " ".join(text.split())
    assert not re.search(never, " ".join(text.split()))


@pytest.mark.parametrize("text", [DE, EN])
def test_the_lines_for_checking_by_hand_are_run_as_they_stand(text: str, tmp_path: Path) -> None:
    raw, _ = proofs.make()
    folder = proofs.unpack(raw, tmp_path / "proof")
    lines = re.findall(r"\n\n((?:  (?:sed|n=).*\n)(?:  .*\n)*)", text.format(test="", receipt=""))
    assert len(lines) == 2
    for line in lines:
        script = "set -e\n" + line.replace("/tmp/", f"{tmp_path}/")  # noqa: S108 - as the text has it
        run = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr
        assert "OK" in run.stdout or "Verified Successfully" in run.stdout
    (folder / "README.txt").write_text("changed")
    run = subprocess.run(["bash", "-c", lines[0]], cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 1


@pytest.mark.parametrize("text", [DE, EN])
def test_the_key_is_found_by_hand_whatever_is_in_it(text: str, tmp_path: Path) -> None:
    """Base64 has plus signs of its own, which look like the ones before the key."""
    (line,) = re.findall(r"(sed \S+) ledger/key\.txt", text.format(test="", receipt=""))
    key = "AXab+0f+c++ade0="
    run = subprocess.run(["bash", "-c", line], input=f"office.test/x+0a1b2c3d+{key}\n", capture_output=True, text=True)
    assert run.stdout == f"{key}\n"


def test_the_same_moment_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]  # a clock that stands
            return datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

    proofs.record("s", EventKind.SUBMISSION_ACCEPTANCE, EventKind.DECLARATION_MADE, name="Anna")
    monkeypatch.setattr(bundle, "datetime", Clock)
    assert write("s") == write("s")


def test_a_rezipped_proof_is_as_good(tmp_path: Path) -> None:
    raw, _ = proofs.make()
    path = tmp_path / "again.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.mkdir("events") if hasattr(archive, "mkdir") else archive.writestr("events/", b"")
        for name, content in proofs.files_of(raw).items():
            archive.writestr(name, content)
    assert verify(path).ok

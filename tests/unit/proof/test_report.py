"""How far a proof can be believed: intact, anchored, contradicted; and by which status a program learns it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result
from django.db import transaction
from tests.support import proofs

from siegelpost.cli.verify import verify as command
from siegelpost.ledger import key, log
from siegelpost.ledger.checkpoint import TreeHead
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.sequencer import seal
from siegelpost.proof import times
from siegelpost.proof.report import Anchor, Check, ProofVerdict, ProvenEvent, Report
from siegelpost.proof.report_words import text
from siegelpost.proof.verify import verify, verify_files
from siegelpost.toolbox.words import Language, said

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_log")]


def stored(raw: bytes, folder: Path, name: str = "proof.zip") -> str:
    (folder / name).write_bytes(raw)
    return str(folder / name)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments])


def test_the_verdict_is_another_one_with_an_anchor(tmp_path: Path) -> None:
    """It was the same word with and without, and did not say which events are anchored."""
    raw, mailed = proofs.make()
    path, mail = stored(raw, tmp_path), stored(mailed[0].encode(), tmp_path, "mail.txt")
    alone, anchored = run(path), run(path, "--checkpoint", mail)
    assert (alone.exit_code, anchored.exit_code) == (0, 0)
    assert alone.output.startswith("UNVERSEHRT, aber von außen nicht verankert")
    assert anchored.output.startswith("UNVERSEHRT UND VERANKERT bis Ereignis 1:")
    assert run(path, "--lang", "en").output.startswith("INTACT, but not anchored outside")
    said = json.loads(run(path, "--checkpoint", mail, "--json").output)
    assert (said["verdict"], said["anchored_to_event"]) == ("anchored", 1)
    assert [event["anchored"] for event in said["events"]] == [True, False, False]
    assert said["office_word"]["events"] == [event["index"] for event in said["events"]][1:]
    assert {"nothing-left-out", "times", "created"} <= set(said["office_word"]["statements"])
    assert said["not_part"] == ["Nachweis.pdf", "LIESMICH.txt", "README.txt"]
    for output in (alone.output, anchored.output):
        assert "Allein auf dem Wort des Büros beruht:" in output
        assert "Nicht Teil des Nachweises, nur zum Lesen: Nachweis.pdf" in output


def test_a_file_without_a_checkpoint_is_not_held_against_the_proof(tmp_path: Path) -> None:
    """A mail in which no checkpoint was found was answered with: this proof proves nothing."""
    path, empty = stored(proofs.make()[0], tmp_path), stored(b"Guten Tag", tmp_path, "mail.eml")
    result = run(path, "--checkpoint", empty)
    assert result.exit_code == 4
    assert "In Ihrer Datei steht kein Siegel. Der Nachweis selbst ist unversehrt." in result.output
    assert json.loads(run(path, "--checkpoint", empty, "--json").output)["ok"] is False


def test_two_genuine_seals_accuse_whoever_signed_them(tmp_path: Path) -> None:
    """On a real fork the verdict accused nobody, and sent the reader to the office for another copy."""
    _first, mailed = proofs.make()
    kept = key.path().read_bytes()
    proofs.forget()
    key.path().write_bytes(kept)
    raw, _again = proofs.make()
    path, mail = stored(raw, tmp_path), stored(mailed[0].encode(), tmp_path, "mail.txt")
    result = run(path, "--checkpoint", mail)
    assert result.exit_code == 3
    assert result.output.startswith("WIDERLEGT: Zwei echte Siegel widersprechen sich.")
    roots = [TreeHead.open(note, key.read().verifier).text.split("\n")[2] for note in (mailed[0], _again[0])]
    assert all(root in result.output for root in roots)
    assert "Bitten Sie das Büro" not in result.output
    [found] = json.loads(run(path, "--checkpoint", mail, "--json").output)["contradictions"]
    assert {seal_["file"] for seal_ in found["seals"]} >= {f"your checkpoint of {found['size']} entries"}
    # Two proofs can be compared with each other, too.
    assert run(path, "--checkpoint", stored(_first, tmp_path, "other.zip")).exit_code == 3


def test_a_contradicting_seal_inside_the_proof_is_seen_as_well() -> None:
    raw, _ = proofs.make()
    files, signer = proofs.files_of(raw), key.read()
    head = TreeHead.open(files["ledger/checkpoint.txt"], signer.verifier)
    other = TreeHead(head.origin, head.size, bytes(32)).sign(signer).encode()
    report = verify_files(proofs.resigned(files | {f"checkpoints/{head.size}.checkpoint.txt": other}), Report())
    assert report.verdict is ProofVerdict.CONTRADICTED


def test_a_checkpoint_of_another_time_is_no_accusation(tmp_path: Path) -> None:
    path = stored(proofs.make()[0], tmp_path)
    proofs.record("later", EventKind.GATE_OPENED)
    later = seal()
    assert later
    result = run(path, "--checkpoint", stored(later.note.encode(), tmp_path, "later.txt"))
    assert (result.exit_code, "ist neuer als dieser Nachweis" in result.output) == (1, True)


def at(minutes: float, index: int) -> ProvenEvent:
    moment = datetime(2026, 11, 29, 12, tzinfo=UTC) + timedelta(minutes=minutes)
    return ProvenEvent(index, moment, EventKind.GATE_OPENED.uri, {}, {})


def stamp(minutes: float, size: int) -> tuple[str, Anchor, datetime]:
    return "timestamps/x.tsr", Anchor(size, False), at(minutes, 0).at


@pytest.mark.parametrize(
    ("events", "stamps", "at_fault"),
    [
        ([at(0, 1), at(1, 2)], [stamp(2, 3)], ""),
        ([at(0, 1), at(-4, 2)], [stamp(-3, 3)], ""),  # two clocks, and transactions that take their time
        ([at(0, 1), at(-1440, 2)], [], "events/000000002.leaf.json"),
        ([at(0, 1), at(2, 2)], [stamp(-10, 3)], "timestamps/x.tsr"),
        ([at(0, 1), at(10, 2)], [stamp(30, 2)], "events/000000002.leaf.json"),
    ],
)
def test_times_that_cannot_be_are_named(
    events: list[ProvenEvent], stamps: list[tuple[str, Anchor, datetime]], at_fault: str
) -> None:
    """An event added later with an old time passed silently, and so did a time stamp older than what it covers."""
    assert [file for file, _reason in times.contradictions(events, stamps, None)] == ([at_fault] if at_fault else [])


def test_a_backdated_event_fails_and_the_proof_that_says_so_is_handed_out(tmp_path: Path) -> None:
    proofs.record("s", EventKind.SUBMISSION_ACCEPTANCE)
    with transaction.atomic():
        log.append(EventKind.GATE_OPENED, subject="s", at=datetime.now(UTC) - timedelta(days=1))
    report = verify(Path(stored(proofs.write("s"), tmp_path)))
    assert {finding.check for finding in report.failures} == {Check.TIME}
    assert "Zeiten widersprechen sich nicht" in text(report, "de")


def test_an_event_of_a_kind_that_is_no_uri_is_refused(tmp_path: Path) -> None:
    """Of 20,000 proofs signed anew, the 31 whose event was called “x” or a date were accepted."""
    proofs.record("s", EventKind.SUBMISSION_ACCEPTANCE)
    files = proofs.files_of(proofs.write("s"))
    name = "events/000000000.leaf.json"
    changed = files[name].replace(EventKind.SUBMISSION_ACCEPTANCE.uri.encode(), b"2026-13-01T00:00:00Z")
    report = verify_files(proofs.resigned(files | {name: changed}), Report())
    assert "the event's kind is no URI of an event" in {said(finding.reason, "en") for finding in report.failures}


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_receipt_has_either_name_but_not_both(language: Language) -> None:
    """Finding: English file names in a German archive; archives of before are verified as ever."""
    subject = str(uuid4())
    proofs.record(subject, EventKind.SUBMISSION_ACCEPTANCE)
    files = proofs.files_of(proofs.write(subject, office_language=language))
    name, other = ("Nachweis.pdf", "receipt.pdf") if language == "de" else ("receipt.pdf", "Nachweis.pdf")
    assert verify_files(files, Report()).ok
    assert name in files["LIESMICH.txt"].decode()
    both = proofs.resigned(files | {other: files[name]})
    assert not verify_files(both, Report()).ok
    neither = proofs.resigned({file: raw for file, raw in files.items() if file != name})
    assert not verify_files(neither, Report()).ok

"""Whatever is changed in a proof, however little: it is refused, and the report names the file."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from click.testing import CliRunner
from pytest_django import DjangoDbBlocker
from tests.support import proofs, second_verifier

from siegelpost.cli.verify import verify as command
from siegelpost.proof.report import Check, Report
from siegelpost.proof.verify import verify, verify_files

pytestmark = pytest.mark.django_db  # else there is no database to make the proof in
SMALL = 2048
MASKS = (0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xFF)


@pytest.fixture(scope="module")
def proof(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[bytes, list[str]]]:
    """One proof for all tests of this file; only its making needs the database."""
    with django_db_blocker.unblock():
        proofs.forget()  # what the last test of another file has left
        yield proofs.make()
        proofs.forget()


def _check(files: dict[str, bytes]) -> Report:
    return verify_files(files, Report())


def _places(name: str, content: bytes) -> Iterator[int]:
    """Every byte of small files; of large ones the beginning, the end, and every 97th byte between."""
    if len(content) <= SMALL or name.endswith((".txt", ".json")):
        yield from range(len(content))
    else:
        yield from range(200)
        yield from range(200, len(content) - 200, 97)
        yield from range(len(content) - 200, len(content))


def test_the_unchanged_proof_is_good(proof: tuple[bytes, list[str]], tmp_path: Path) -> None:
    raw, mailed = proof
    packed = tmp_path / "proof.zip"
    packed.write_bytes(raw)
    for path in (packed, proofs.unpack(raw, tmp_path / "unpacked")):
        report = verify(path, checkpoints=mailed)
        assert report.ok, report.failures
        assert len(report.events) == 3
    assert second_verifier.is_good(proofs.files_of(raw), mailed[0])


@pytest.mark.parametrize("every", [9, pytest.param(1, marks=[pytest.mark.soak, pytest.mark.timeout(600)])])
def test_any_changed_byte_in_any_file_is_found_and_the_file_named(proof: tuple[bytes, list[str]], every: int) -> None:
    files = proofs.files_of(proof[0])
    tried = 0
    for number, (name, content) in enumerate(files.items()):
        # One changed bit at each place, a different one from place to place.
        for place in list(_places(name, content))[number % every :: every]:
            mask = 1 << (place % 8)
            changed = content[:place] + bytes([content[place] ^ mask]) + content[place + 1 :]
            report = _check(files | {name: changed})
            assert not report.ok, (name, place, mask)
            assert name in {finding.file for finding in report.failures}, (name, place, mask, report.failures)
            _has_german_reasons(report)
            tried += 1
    assert tried > 10_000 / every


def _has_german_reasons(report: Report) -> None:
    for finding in report.failures:
        assert finding.reason
        assert finding.reason.de != finding.reason.en, finding


@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.soak)])
@pytest.mark.parametrize("name", ["ledger/key.txt", "ledger/checkpoint.txt", "manifest.txt"])
def test_each_bit_where_the_signatures_are(proof: tuple[bytes, list[str]], name: str, every: int) -> None:
    """Key, checkpoint and the end of the manifest: names, base64 tails, newlines."""
    files = proofs.files_of(proof[0])
    content = files[name]
    for place, mask in [*product(range(max(0, len(content) - 250), len(content)), MASKS)][::every]:
        changed = content[:place] + bytes([content[place] ^ mask]) + content[place + 1 :]
        report = _check(files | {name: changed})
        assert name in {finding.file for finding in report.failures}, (place, mask)


def test_both_verifiers_agree_on_changed_bytes(proof: tuple[bytes, list[str]]) -> None:
    files = proofs.files_of(proof[0])
    for name, content in files.items():
        step = max(1, len(content) // 40)
        for place in range(0, len(content), step):
            changed = files | {name: content[:place] + bytes([content[place] ^ 0x20]) + content[place + 1 :]}
            assert not second_verifier.is_good(changed), (name, place)


def _structural(files: dict[str, bytes]) -> Iterator[tuple[str, str, dict[str, bytes]]]:
    """What was done, the file that must be named, and the files then."""
    for name, content in files.items():
        rest = {key: value for key, value in files.items() if key != name}
        yield "removed", name, rest
        yield "renamed", name, rest | {f"documents/{name.rpartition('/')[2]}.bak": content}
        yield "emptied", name, rest | {name: b""}
        yield "newline added", name, rest | {name: content + b"\n"}
        yield "space before", name, rest | {name: b" " + content}
        yield "cut", name, rest | {name: content[:-1]}
        yield "doubled", name, rest | {name: content * 2}
        yield "DOS line ends", name, rest | {name: content.replace(b"\n", b"\r\n") + b"\r"}
    for added in ("documents/added.pdf", "events/000000000.leaf.json", "ledger/key2.txt", "extra.txt", "a/b/c/d"):
        yield "added", added, files | {added: b"x"}
    leaves = sorted(name for name in files if name.endswith(".leaf.json"))
    for ending in ("leaf.json", "proof.txt", "openings.json"):
        first, second = (f"{leaf.removesuffix('leaf.json')}{ending}" for leaf in leaves[:2])
        yield "swapped", first, files | {first: files[second], second: files[first]}
    lines = files["manifest.txt"].split(b"\n")
    swapped = b"\n".join([*lines[:2], lines[3], lines[2], *lines[4:]])
    yield "lines swapped", "manifest.txt", files | {"manifest.txt": swapped}


def test_removed_renamed_added_and_reordered_things_are_found(proof: tuple[bytes, list[str]]) -> None:
    files = proofs.files_of(proof[0])
    tried = 0
    for what, name, changed in _structural(files):
        report = _check(changed)
        assert name in {finding.file for finding in report.failures}, (what, name, report.failures)
        _has_german_reasons(report)
        assert not second_verifier.is_good(changed), (what, name)
        tried += 1
    assert tried > 100


def test_the_command_ends_with_status_1_and_names_file_and_check(
    proof: tuple[bytes, list[str]], tmp_path: Path
) -> None:
    folder = proofs.unpack(proof[0], tmp_path / "proof")
    assert CliRunner().invoke(command, [str(folder)]).exit_code == 0
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        middle = len(content) // 2
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
        result = CliRunner().invoke(command, [str(folder), "--lang", "en"])
        assert result.exit_code == 1, path
        assert f"✗ {path.relative_to(folder).as_posix()}: " in result.output
        path.write_bytes(content)
    assert CliRunner().invoke(command, [str(folder)]).exit_code == 0


@pytest.mark.django_db(transaction=True)
def test_another_key_signing_everything_anew_is_found_by_what_the_reader_brings(
    proof: tuple[bytes, list[str]], tmp_path: Path
) -> None:
    """A forger who makes a ledger of their own: consistent in itself, and refused by --key and --checkpoint."""
    raw, mailed = proof
    honest = proofs.files_of(raw)["ledger/key.txt"].decode().strip()
    proofs.forget()
    forged, _ = proofs.make()
    path = tmp_path / "forged.zip"
    path.write_bytes(forged)
    assert verify(path).ok
    assert [finding.check for finding in verify(path, key=honest).failures] == [Check.KEY_EXPECTED]
    assert [finding.check for finding in verify(path, checkpoints=mailed).failures] == [Check.YOUR_CHECKPOINT]
    assert not second_verifier.is_good(proofs.files_of(forged), mailed[0])

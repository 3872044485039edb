"""Checking a proof offline: from its files alone, without Django, a database or the network.

Every file is covered three times over: the manifest holds its hash, the key signs the manifest, and what an
event says is tied to the checkpoint by a Merkle proof. Nothing is believed before it is checked, and all that
fails is reported, not only the first.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from siegelpost.ledger import leaf as leaves
from siegelpost.ledger.checkpoint import Checkpoint
from siegelpost.ledger.leaf import LeafError
from siegelpost.ledger.merkle import ProofError
from siegelpost.ledger.note import NoteError, Verifier
from siegelpost.ledger.verify import check_consistency, check_inclusion, check_openings
from siegelpost.proof import container
from siegelpost.proof.container import ContainerError
from siegelpost.proof.manifest import Content, Manifest, ManifestError, open_note
from siegelpost.proof.report import Check, ProvenEvent, ProvenTime, Report

KEY: Final = "ledger/key.txt"
CHECKPOINT: Final = "ledger/checkpoint.txt"
MANIFEST: Final = "manifest.txt"
README: Final = ("LIESMICH.txt", "README.txt")
RECEIPT: Final = "receipt.pdf"
REQUIRED: Final = (KEY, CHECKPOINT, MANIFEST, RECEIPT, *README)
_EVENT = re.compile(r"events/(\d{9,19})\.(leaf\.json|proof\.txt|openings\.json)\Z", re.ASCII)
_EARLIER = re.compile(r"checkpoints/([1-9]\d{0,18})\.(checkpoint|consistency)\.txt\Z", re.ASCII)
_TIMESTAMP = re.compile(r"timestamps/([1-9]\d{0,18})-(\d{1,3})\.tsr\Z", re.ASCII)
_DOCUMENT = re.compile(r"documents/[^/]+(/[^/]+)?\Z")


def verify(path: Path, *, key: str | None = None, checkpoints: Sequence[str] = ()) -> Report:
    """Check a proof.

    Args:
        path: the zip, or the folder it was unpacked to.
        key: the key string the office is known by; without it the key inside the proof is taken.
        checkpoints: signed checkpoints that the reader has from elsewhere, such as from mails of the time
            (see :func:`siegelpost.proof.given.checkpoints_in`); each must be continued by this proof.
    """
    report = Report()
    try:
        files = container.read(path)
    except ContainerError as error:
        report.failed(Check.CONTAINER, error.file, error.reason)
        return report
    report.passed(Check.CONTAINER, path.name)
    return verify_files(files, report, key=key, checkpoints=checkpoints)


def verify_files(
    files: Mapping[str, bytes], report: Report, *, key: str | None = None, checkpoints: Sequence[str] = ()
) -> Report:
    """Check a proof whose files are read already, and add what is found to the report."""
    _Verification(files, report).run(key, checkpoints)
    return report


class _Verification:
    """One proof under examination."""

    def __init__(self, files: Mapping[str, bytes], report: Report) -> None:
        self.files = files
        self.report = report
        self.known: dict[int, Checkpoint] = {}  # checkpoints proven to be continued, by size

    def run(self, key: str | None, checkpoints: Sequence[str]) -> None:
        report = self.report
        report.verifier = self._verifier()
        if key is not None:
            self._expected_key(key)
        report.manifest = self._manifest()
        if report.manifest:
            self._contents(report.manifest)
        self._structure()
        if report.verifier:
            report.checkpoint = self._checkpoint(CHECKPOINT, report.verifier)
        if report.checkpoint:
            self.known[report.checkpoint.size] = report.checkpoint
            self._events(report.checkpoint)
            self._earlier(report.checkpoint)
            self._mailed()
            self._timestamps()
        for note in checkpoints:
            self._given(note)

    def _verifier(self) -> Verifier | None:
        raw = self.files.get(KEY)
        if raw is None:
            return None  # reported as missing
        try:
            text = raw.decode("utf-8")
            if not text.endswith("\n"):
                raise NoteError("no newline at the end")
            found = Verifier.parse(text[:-1])
        except UnicodeDecodeError:
            self.report.failed(Check.KEY, KEY, "not UTF-8")
            return None
        except NoteError as error:
            self.report.failed(Check.KEY, KEY, str(error))
            return None
        self.report.passed(Check.KEY, KEY)
        return found

    def _expected_key(self, key: str) -> None:
        if self.report.verifier and self.report.verifier.vkey == key.strip():
            self.report.passed(Check.KEY_EXPECTED, KEY)
        else:
            self.report.failed(Check.KEY_EXPECTED, KEY, "the proof carries another key")

    def _manifest(self) -> Manifest | None:
        """The manifest, unless its signature was checked and is not genuine: then it accuses nobody."""
        if MANIFEST not in self.files:
            return None
        try:
            note, manifest = open_note(self.files[MANIFEST])
        except ManifestError as error:
            self.report.failed(Check.MANIFEST, MANIFEST, str(error))
            return None
        self.report.passed(Check.MANIFEST, MANIFEST)
        if self.report.verifier is None:
            self.report.failed(Check.MANIFEST_SIGNATURE, MANIFEST, "no key to check it with")
            return manifest
        try:
            note.verify_sole(self.report.verifier)
        except NoteError as error:
            self.report.failed(Check.MANIFEST_SIGNATURE, MANIFEST, str(error))
            return None
        self.report.passed(Check.MANIFEST_SIGNATURE, MANIFEST)
        return manifest

    def _contents(self, manifest: Manifest) -> None:
        for name in sorted(manifest.files.keys() | self.files.keys() - {MANIFEST}):
            expected, found = manifest.files.get(name), self.files.get(name)
            if found is None:
                self.report.failed(Check.MISSING, name, "listed, but not there")
            elif expected is None:
                self.report.failed(Check.EXTRA, name, "there, but not listed")
            elif Content.of(found) != expected:
                self.report.failed(Check.CONTENT, name, "not the content that was signed")
            else:
                self.report.passed(Check.CONTENT, name)

    def _structure(self) -> None:
        """Every proof has these files, whatever its manifest says, and no others than a proof can have."""
        listed = self.report.manifest.files if self.report.manifest else {}
        for name in REQUIRED:
            if name not in self.files and name not in listed:
                self.report.failed(Check.MISSING, name, "every proof has this file")
        forms = (_EVENT, _EARLIER, _TIMESTAMP, _DOCUMENT)
        for name in self.files:
            if name not in REQUIRED and not any(form.match(name) for form in forms):
                self.report.failed(Check.EXTRA, name, "no proof has such a file")

    def _checkpoint(self, name: str, verifier: Verifier) -> Checkpoint | None:
        if name not in self.files:
            return None
        try:
            found = Checkpoint.open(self.files[name], verifier)
        except NoteError as error:
            self.report.failed(Check.CHECKPOINT, name, str(error))
            return None
        self.report.passed(Check.CHECKPOINT, name)
        return found

    def _groups(self, form: re.Pattern[str]) -> Iterator[tuple[str, dict[str, str]]]:
        """The files of one folder that belong together: (number, {ending: name})."""
        groups: dict[str, dict[str, str]] = {}
        for name in sorted(self.files):
            if found := form.match(name):
                groups.setdefault(found[1], {})[found[2]] = name
        yield from sorted(groups.items(), key=lambda group: int(group[0]))

    def _events(self, checkpoint: Checkpoint) -> None:
        groups = list(self._groups(_EVENT))
        if not groups:
            self.report.failed(Check.EVENT, "events", "the proof holds no event")
        for number, names in groups:
            for ending in ("leaf.json", "proof.txt", "openings.json"):
                if ending not in names:
                    name = f"events/{number}.{ending}"
                    if not self.report.manifest or name not in self.report.manifest.files:
                        self.report.failed(Check.MISSING, name, "an event has this file")
            if "leaf.json" in names:
                self._event(number, names, checkpoint)

    def _event(self, number: str, names: dict[str, str], checkpoint: Checkpoint) -> None:
        name = names["leaf.json"]
        raw = self.files[name]
        try:
            leaf = leaves.read(raw)
            if self.report.manifest and leaf.subject != self.report.manifest.subject:
                raise LeafError("an event of another subject")
        except LeafError as error:
            self.report.failed(Check.EVENT, name, str(error))
            return
        self.report.passed(Check.EVENT, name)
        if proof := names.get("proof.txt"):
            try:
                index = check_inclusion(self.files[proof], raw, self.files[CHECKPOINT], checkpoint)
                if number != f"{index:09}":
                    raise ProofError("the proof is about another place than the file's name says")
            except ProofError as error:
                self.report.failed(Check.INCLUSION, proof, str(error))
            else:
                self.report.passed(Check.INCLUSION, proof)
        values = self._openings(names["openings.json"], leaf) if "openings.json" in names else {}
        event = ProvenEvent(int(number), leaf.at, leaf.event, leaf.data, values)
        self.report.events.append(event)

    def _openings(self, name: str, leaf: leaves.Leaf) -> dict[str, str]:
        try:
            openings = leaves.read_openings(self.files[name])
            check_openings(leaf.personal, openings)
        except LeafError as error:
            self.report.failed(Check.OPENINGS, name, str(error))
            return {}
        self.report.passed(Check.OPENINGS, name)
        return {key: opening.value for key, opening in openings.items()}

    def _earlier(self, checkpoint: Checkpoint) -> None:
        """Checkpoints that were mailed or time-stamped: each must be continued by the proof's own."""
        assert self.report.verifier  # noqa: S101 - there is no checkpoint without
        for number, names in self._groups(_EARLIER):
            if "checkpoint" not in names:
                self.report.failed(Check.MISSING, f"checkpoints/{number}.checkpoint.txt", "its proof is there")
                continue
            old = self._checkpoint(names["checkpoint"], self.report.verifier)
            name = names.get("consistency", f"checkpoints/{number}.consistency.txt")
            if old is None:
                continue
            try:
                if str(old.size) != number:
                    raise ProofError("the checkpoint has another size than the file's name says")
                check_consistency(self.files.get(name, b""), old, self.files[CHECKPOINT], checkpoint)
            except ProofError as error:
                self.report.failed(Check.CONSISTENCY, name, str(error))
            else:
                self.report.passed(Check.CONSISTENCY, name)
                self.known[old.size] = old

    def _mailed(self) -> None:
        """A checkpoint that is listed as mailed must be among those that are continued."""
        for size in self.report.manifest.mailed if self.report.manifest else ():
            if size not in self.known:
                name = f"checkpoints/{size}.checkpoint.txt"
                self.report.failed(Check.CONSISTENCY, name, "listed as mailed, but not proven to be continued")

    def _timestamps(self) -> None:
        for number, names in self._groups(_TIMESTAMP):
            # Imported late: most proofs carry no time stamp.
            from siegelpost.proof.token import TokenError, check_token

            size = int(number)
            own = self.report.checkpoint and size == self.report.checkpoint.size
            stamped = self.files.get(CHECKPOINT if own else f"checkpoints/{number}.checkpoint.txt")
            for name in names.values():
                try:
                    if stamped is None or size not in self.known:
                        raise TokenError("the checkpoint it stamps is not proven")
                    stamp = check_token(self.files[name], stamped)
                except TokenError as error:
                    self.report.failed(Check.TIMESTAMP, name, str(error))
                else:
                    self.report.passed(Check.TIMESTAMP, name)
                    self.report.times.append(ProvenTime(size, stamp.at, stamp.authority))

    def _given(self, note: str) -> None:
        """A checkpoint the reader brought: the one thing here that the office cannot have changed since."""
        name = "your checkpoint"
        if not self.report.verifier or not self.report.checkpoint:
            self.report.failed(Check.YOUR_CHECKPOINT, name, "the proof has no checkpoint to compare it with")
            return
        try:
            given = Checkpoint.open(note, self.report.verifier)
        except NoteError as error:
            self.report.failed(Check.YOUR_CHECKPOINT, name, f"not genuine under the proof's key: {error}")
            return
        name = f"your checkpoint of {given.size} entries"
        if given.size not in self.known:
            self.report.failed(Check.YOUR_CHECKPOINT, name, "not contained in this proof; ask for one that contains it")
        elif given != self.known[given.size]:
            self.report.failed(Check.YOUR_CHECKPOINT, name, "another root for the same size: the ledger was rewritten")
        else:
            self.report.passed(Check.YOUR_CHECKPOINT, name)

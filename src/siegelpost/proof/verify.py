"""Checking a proof offline: from its files alone, without Django, a database or the network.

The manifest holds the hash of every file, and the key signs the manifest: so nobody on the way changes anything. What
an event says is tied to the checkpoint by a Merkle proof, and each document is the one that an event names: so the
office cannot exchange it either. Nothing is believed before it is checked, and all that fails is reported, not only
the first.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Final

from siegelpost.ledger import leaf as leaves
from siegelpost.ledger.checkpoint import TreeHead
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.leaf import LeafError
from siegelpost.ledger.merkle import ProofError
from siegelpost.ledger.note import NoteError, Verifier
from siegelpost.ledger.reasons import ReasonError
from siegelpost.ledger.verify import check_consistency, check_inclusion, check_openings
from siegelpost.proof import binding, container, reasons, times
from siegelpost.proof.container import ContainerError
from siegelpost.proof.known_checkpoints import checkpoints_in
from siegelpost.proof.manifest import Content, Manifest, ManifestError, open_note
from siegelpost.proof.report import EXPLAINING, Anchor, Check, Contradiction, ProvenEvent, Report
from siegelpost.toolbox.words import Words

if TYPE_CHECKING:  # loaded only where a proof carries a time stamp
    from cryptography.x509 import Certificate

KEY: Final = "ledger/key.txt"
CHECKPOINT: Final = "ledger/checkpoint.txt"
MANIFEST: Final = "manifest.txt"
# The receipt is called in the language of the office; proofs of before have the English name whatever that is.
RECEIPTS: Final = {"de": "Nachweis.pdf", "en": "receipt.pdf"}
REQUIRED: Final = (KEY, CHECKPOINT, MANIFEST, *EXPLAINING)
_EVENT = re.compile(r"events/(\d{9,19})\.(leaf\.json|proof\.txt|openings\.json)\Z", re.ASCII)
_EARLIER = re.compile(r"checkpoints/([1-9]\d{0,18})\.(checkpoint|consistency)\.txt\Z", re.ASCII)
_TIMESTAMP = re.compile(r"timestamps/([1-9]\d{0,18})-(\d{1,3})\.tsr\Z", re.ASCII)
_DOCUMENT = re.compile(r"documents/[^/]+(/[^/]+)?\Z")
_DOCUMENTS = "documents/"
# What copying a key from a PDF or a mail adds to it: line ends, blanks and what has no width.
_UNSEEN = re.compile("[\\s\u200b\u2060\ufeff\u00ad]")


def verify(
    path: Path, *, key: str | None = None, checkpoints: Sequence[str] = (), roots: Sequence["Certificate"] = ()
) -> Report:
    """Check a proof.

    Args:
        path: the zip, or the folder it was unpacked to.
        key: the key string the office is known by; without it the key inside the proof is taken.
        checkpoints: signed checkpoints that the reader has from elsewhere, such as from mails of the time
            (see :func:`siegelpost.proof.known_checkpoints.checkpoints_in`); each must be continued by this proof.
        roots: certificates of time-stamping authorities that the reader trusts; each time stamp must lead to one.
    """
    report = Report()
    try:
        files = container.read(path)
    except ContainerError as error:
        report.failed(Check.CONTAINER, error.file, error.reason)
        return report
    report.passed(Check.CONTAINER, path.name)
    return verify_files(files, report, key=key, checkpoints=checkpoints, roots=roots)


def verify_files(
    files: Mapping[str, bytes],
    report: Report,
    *,
    key: str | None = None,
    checkpoints: Sequence[str] = (),
    roots: Sequence["Certificate"] = (),
) -> Report:
    """Check a proof whose files are read already, and add what is found to the report."""
    _Verification(files, report, roots).run(key, checkpoints)
    return report


class _Verification:
    """One proof under examination."""

    def __init__(self, files: Mapping[str, bytes], report: Report, roots: Sequence["Certificate"]) -> None:
        self.files = files
        self.report = report
        self.roots = roots
        self.known: dict[int, TreeHead] = {}  # checkpoints proven to be continued, by size
        self.genuine: list[tuple[str | Words, TreeHead]] = []  # all that the key has signed, by where it stands
        self.stamps: list[tuple[str, Anchor, datetime]] = []

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
            self._follows()
        for note in checkpoints:
            self._given(note)
        for file, reason in times.contradictions(report.events, self.stamps, report.manifest):
            report.failed(Check.TIME, file, reason)
        self._seals()

    @contextmanager
    def _checking(self, check: Check, name: str) -> Iterator[None]:
        """What is done in it passes the check, unless it ends with a reason why not."""
        try:
            yield
        except ReasonError as error:
            self.report.failed(check, name, error.reason)
        else:
            self.report.passed(check, name)

    def _verifier(self) -> Verifier | None:
        raw = self.files.get(KEY)
        if raw is None:
            return None  # reported as missing
        try:
            text = raw.decode("utf-8")
            if not text.endswith("\n"):
                raise NoteError(reasons.NO_NEWLINE)
            found = Verifier.parse(text[:-1])
        except UnicodeDecodeError:
            self.report.failed(Check.KEY, KEY, reasons.NOT_UTF8)
            return None
        except NoteError as error:
            self.report.failed(Check.KEY, KEY, error.reason)
            return None
        self.report.passed(Check.KEY, KEY)
        return found

    def _expected_key(self, key: str) -> None:
        if self.report.verifier and self.report.verifier.vkey == _UNSEEN.sub("", key):
            self.report.passed(Check.KEY_EXPECTED, KEY)
        else:
            self.report.failed(Check.KEY_EXPECTED, KEY, reasons.OTHER_KEY)

    def _manifest(self) -> Manifest | None:
        """The manifest, unless its signature was checked and is not genuine: then it accuses nobody."""
        if MANIFEST not in self.files:
            return None
        try:
            note, manifest = open_note(self.files[MANIFEST])
        except ManifestError as error:
            self.report.failed(Check.MANIFEST, MANIFEST, error.reason)
            return None
        self.report.passed(Check.MANIFEST, MANIFEST)
        if self.report.verifier is None:
            self.report.failed(Check.MANIFEST_SIGNATURE, MANIFEST, reasons.NO_KEY)
            return manifest
        try:
            note.verify_sole(self.report.verifier)
        except NoteError as error:
            self.report.failed(Check.MANIFEST_SIGNATURE, MANIFEST, error.reason)
            return None
        self.report.passed(Check.MANIFEST_SIGNATURE, MANIFEST)
        return manifest

    def _contents(self, manifest: Manifest) -> None:
        for name in sorted(manifest.files.keys() | self.files.keys() - {MANIFEST}):
            expected, found = manifest.files.get(name), self.files.get(name)
            if found is None:
                self.report.failed(Check.MISSING, name, reasons.NOT_THERE)
            elif expected is None:
                self.report.failed(Check.EXTRA, name, reasons.NOT_LISTED)
            elif Content.of(found) != expected:
                self.report.failed(Check.CONTENT, name, reasons.OTHER_CONTENT)
            else:
                self.report.passed(Check.CONTENT, name)

    def _structure(self) -> None:
        """Every proof has these files, whatever its manifest says, and no others than a proof can have."""
        listed = self.report.manifest.files if self.report.manifest else {}
        there = (name for name in RECEIPTS.values() if name in self.files or name in listed)
        self.report.receipt = next(there, self.report.receipt)
        required = (*REQUIRED, self.report.receipt)
        for name in required:
            if name not in self.files and name not in listed:
                self.report.failed(Check.MISSING, name, reasons.REQUIRED)
        forms = (_EVENT, _EARLIER, _TIMESTAMP, _DOCUMENT)
        for name in self.files:
            if name not in required and not any(form.match(name) for form in forms):
                self.report.failed(Check.EXTRA, name, reasons.FOREIGN)

    def _checkpoint(self, name: str, verifier: Verifier) -> TreeHead | None:
        if name not in self.files:
            return None
        found = None
        with self._checking(Check.CHECKPOINT, name):
            found = TreeHead.open(self.files[name], verifier)
            self.genuine.append((name, found))
        return found

    def _groups(self, form: re.Pattern[str]) -> Iterator[tuple[str, dict[str, str]]]:
        """The files of one folder that belong together: (number, {ending: name})."""
        groups: dict[str, dict[str, str]] = {}
        for name in sorted(self.files):
            if found := form.match(name):
                groups.setdefault(found[1], {})[found[2]] = name
        yield from sorted(groups.items(), key=lambda group: int(group[0]))

    def _events(self, checkpoint: TreeHead) -> None:
        groups = list(self._groups(_EVENT))
        if not groups:
            self.report.failed(Check.EVENT, "events", reasons.NO_EVENT)
        for number, names in groups:
            for ending in ("leaf.json", "proof.txt", "openings.json"):
                if ending not in names:
                    name = f"events/{number}.{ending}"
                    if not self.report.manifest or name not in self.report.manifest.files:
                        self.report.failed(Check.MISSING, name, reasons.REQUIRED_OF_EVENT)
            if "leaf.json" in names:
                self._event(number, names, checkpoint)

    def _event(self, number: str, names: dict[str, str], checkpoint: TreeHead) -> None:
        name = names["leaf.json"]
        raw = self.files[name]
        try:
            leaf = leaves.read(raw)
            if self.report.manifest and leaf.subject != self.report.manifest.subject:
                raise LeafError(reasons.OTHER_SUBJECT)
        except LeafError as error:
            self.report.failed(Check.EVENT, name, error.reason)
            return
        self.report.passed(Check.EVENT, name)
        if proof := names.get("proof.txt"):
            with self._checking(Check.INCLUSION, proof):
                index = check_inclusion(self.files[proof], raw, self.files[CHECKPOINT], checkpoint)
                if number != f"{index:09}":
                    raise ProofError(reasons.OTHER_PLACE)
        values = self._openings(names["openings.json"], leaf) if "openings.json" in names else {}
        event = ProvenEvent(int(number), leaf.at, leaf.event, leaf.data, values)
        self.report.events.append(event)

    def _openings(self, name: str, leaf: leaves.Leaf) -> dict[str, str]:
        proven: dict[str, leaves.Opening] = {}
        with self._checking(Check.OPENINGS, name):
            openings = leaves.read_openings(self.files[name])
            check_openings(leaf.personal, openings)
            proven = openings
        return {key: opening.value for key, opening in proven.items()}

    def _earlier(self, checkpoint: TreeHead) -> None:
        """Checkpoints that were mailed or time-stamped: each must be continued by the proof's own."""
        assert self.report.verifier  # noqa: S101 - there is no checkpoint without
        for number, names in self._groups(_EARLIER):
            if "checkpoint" not in names:
                self.report.failed(Check.MISSING, f"checkpoints/{number}.checkpoint.txt", reasons.PROOF_WITHOUT_IT)
                continue
            old = self._checkpoint(names["checkpoint"], self.report.verifier)
            name = names.get("consistency", f"checkpoints/{number}.consistency.txt")
            if old is None:
                continue
            with self._checking(Check.CONSISTENCY, name):
                if str(old.size) != number:
                    raise ProofError(reasons.OTHER_CHECKPOINT)
                check_consistency(self.files.get(name, b""), old, self.files[CHECKPOINT], checkpoint)
                self.known[old.size] = old

    def _mailed(self) -> None:
        """A checkpoint that is listed as mailed must be among those that are continued, and so must any in a mail."""
        assert self.report.verifier  # noqa: S101 - there is no checkpoint without
        listed = self.report.manifest.mailed if self.report.manifest else ()
        found = set()
        for name in sorted(self.files):
            if not name.startswith(f"{_DOCUMENTS}mails/"):
                continue
            for note in checkpoints_in(self.files[name]):
                try:
                    head = TreeHead.open(note, self.report.verifier)
                except NoteError:
                    continue  # of another log, quoted
                self.genuine.append((name, head))
                found.add(head.size)
                if head.size not in listed:
                    self.report.failed(Check.STATEMENT, name, reasons.NOT_CALLED_MAILED)
        for size in listed:
            if size not in self.known:
                name = f"checkpoints/{size}.checkpoint.txt"
                self.report.failed(Check.CONSISTENCY, name, reasons.MAILED_NOT_CONTINUED)
        if not found.issuperset(listed):
            self.report.unproven.append("mailed")

    def _timestamps(self) -> None:
        for number, names in self._groups(_TIMESTAMP):
            # Imported late: most proofs carry no time stamp.
            from siegelpost.proof.token import TokenError, check_token

            size = int(number)
            own = self.report.checkpoint and size == self.report.checkpoint.size
            stamped = self.files.get(CHECKPOINT if own else f"checkpoints/{number}.checkpoint.txt")
            for name in names.values():
                with self._checking(Check.TIMESTAMP, name):
                    if stamped is None or size not in self.known:
                        raise TokenError(reasons.STAMPS_UNPROVEN)
                    stamp = check_token(self.files[name], stamped, self.roots)
                    if self.roots and not stamp.trusted:
                        raise TokenError(reasons.NOT_YOUR_AUTHORITY)
                    anchor = Anchor(size, stamp.trusted, stamp.at, stamp.authority, stamp.fingerprint)
                    self.report.anchors.append(anchor)
                    self.stamps.append((name, anchor, stamp.at))

    def _follows(self) -> None:
        """What a person reads follows from the events: each document, test mark, language and title."""
        report = self.report
        report.unproven += ["nothing-left-out", "times", "created"]
        accepted = [event for event in report.events if event.kind is EventKind.SUBMISSION_ACCEPTANCE]
        if accepted != report.events[:1]:
            report.failed(Check.EVENT, "events", reasons.FIRST_EVENT)
            return
        kind = accepted[0].data.get("kind") if accepted else None
        if not isinstance(kind, str) or kind not in binding.KINDS:
            report.failed(Check.EVENT, "events", reasons.UNKNOWN_KIND)
            return
        self._documents(kind)

    def _documents(self, kind: str) -> None:
        report = self.report
        documents = {
            name.removeprefix(_DOCUMENTS): raw for name, raw in self.files.items() if name.startswith(_DOCUMENTS)
        }
        found = binding.bind(report.events, documents, kind)
        report.named = {_DOCUMENTS + path: event for path, event in found.bound.items()}
        report.unnamed = [_DOCUMENTS + path for path in found.unnamed]
        report.absent = {_DOCUMENTS + path: event for path, event in found.absent.items()}
        for path in found.bound:
            report.passed(Check.DOCUMENT, _DOCUMENTS + path)
        for path, reason in sorted(found.wrong.items()):
            report.failed(Check.DOCUMENT, _DOCUMENTS + path, reason)
        for event, reason in binding.contradicting_acts(report.events, documents, kind):
            report.failed(Check.EVENT, f"events/{event.index:09}.leaf.json", reason)
        if report.manifest:
            self._statements(report.manifest, found)

    def _statements(self, manifest: Manifest, found: binding.Binding) -> None:
        report = self.report
        language = ""
        for event in report.events:
            if event.data.get("test", manifest.test) is not manifest.test:
                report.failed(Check.STATEMENT, MANIFEST, reasons.OTHER_TEST.filled(event.index))
            if event.kind in binding.FROZEN and isinstance(said := event.data.get("language"), str):
                language = said
        report.unproven += [] if any("test" in event.data for event in report.events) else ["test"]
        if language and language != manifest.language:
            report.failed(Check.STATEMENT, MANIFEST, reasons.OTHER_LANGUAGE.filled(report.events[0].index))
        if "page.json" in found.absent:
            report.failed(Check.STATEMENT, MANIFEST, reasons.NO_PAGE)
        elif found.page is None:
            report.unproven.append("title")
        elif found.page.get("subject") != manifest.title:
            event_number = found.bound["page.json"]
            report.failed(Check.STATEMENT, MANIFEST, reasons.OTHER_TITLE.filled(event_number))
        else:
            report.passed(Check.STATEMENT, MANIFEST)

    def _given(self, note: str) -> None:
        """A checkpoint the reader brought: the one thing here that the office cannot have changed since."""
        name = reasons.YOURS
        if not self.report.verifier or not self.report.checkpoint:
            self.report.failed(Check.YOUR_CHECKPOINT, name, reasons.NOTHING_TO_COMPARE)
            return
        try:
            given = TreeHead.open(note, self.report.verifier)
        except NoteError as error:
            self.report.failed(Check.YOUR_CHECKPOINT, name, reasons.YOURS_NOT_GENUINE.filled(error.reason))
            return
        name = reasons.YOURS_OF.filled(given.size)
        self.genuine.append((name, given))
        if given == self.known.get(given.size):
            self.report.passed(Check.YOUR_CHECKPOINT, name)
            self.report.anchors.append(Anchor(given.size, trusted=True))
        elif given.size > self.report.checkpoint.size:
            self.report.failed(Check.YOUR_CHECKPOINT, name, reasons.YOURS_NEWER)
        elif given.size not in self.known:
            self.report.failed(Check.YOUR_CHECKPOINT, name, reasons.YOURS_NOT_CONTAINED)

    def _seals(self) -> None:
        """Two seals of the same key that cannot both be true: then history was rewritten, whatever else is good."""
        by_size: dict[int, dict[bytes, tuple[str | Words, TreeHead]]] = {}
        for name, head in self.genuine:
            by_size.setdefault(head.size, {}).setdefault(head.root, (name, head))
        for size, seals in sorted(by_size.items()):
            for first, second in combinations(seals.values(), 2):
                self.report.contradictions.append(Contradiction(size, (first, second)))
                self.report.failed(Check.SEALS, second[0], reasons.REWRITTEN)

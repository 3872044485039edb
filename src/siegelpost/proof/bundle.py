"""Writing the proof of a dispatch as a zip. The format is documented in ``docs/proof.md``."""

import zipfile
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from siegelpost.ledger import key
from siegelpost.ledger.checkpoint import TreeHead
from siegelpost.ledger.leaf import Leaf, Opening, openings_bytes
from siegelpost.ledger.leaf import read as read_leaf
from siegelpost.ledger.log import openings
from siegelpost.ledger.models import Checkpoint, Event
from siegelpost.ledger.note import NoteError, Verifier
from siegelpost.ledger.sequencer import seal
from siegelpost.ledger.tree_reader import StoredTiles
from siegelpost.ledger.verify import consistency_text, inclusion_text
from siegelpost.proof.known_checkpoints import checkpoints_in
from siegelpost.proof.manifest import Content, Manifest
from siegelpost.proof.names import safe
from siegelpost.proof.readme import readme
from siegelpost.proof.receipt import Receipt, ReceiptEntry, Stamp, receipt_pdf
from siegelpost.proof.report import Check, Report
from siegelpost.proof.verify import CHECKPOINT, KEY, MANIFEST, RECEIPTS, verify_files
from siegelpost.toolbox.words import LANGUAGES, Language, SpokenError, said

__all__ = [
    "BackupRestoredError",
    "NotHandedOutError",
    "NothingToProveError",
    "WouldBeRefusedError",
    "checkpoints_in",
    "write",
]

# Zip knows no time before 1980; all entries bear this one, so that equal proofs are equal files.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
# A proof whose times contradict each other says so itself; that is no reason to keep it from anybody.
_SAID_BY_THE_PROOF = frozenset({Check.TIME})


class NothingToProveError(SpokenError):
    """The ledger holds no event about this dispatch."""


class NotHandedOutError(SpokenError):
    """There is no good proof to hand out; nothing was written."""


class BackupRestoredError(NotHandedOutError):
    """A checkpoint that this office has mailed is newer than its ledger: events were lost."""

    def __init__(self, mailed: int, stored: int) -> None:
        super().__init__(
            f"Ein verschicktes Siegel umfasst {mailed} Einträge, das Protokoll nur {stored}: Wurde eine ältere "
            "Datensicherung zurückgespielt? Mit ihr lässt sich dieser Nachweis nicht führen; spielen Sie die neueste "
            "zurück.",
            f"A mailed checkpoint has {mailed} entries, the ledger only {stored}: was an older backup restored? It "
            "cannot carry this proof; restore the newest one.",
        )


class WouldBeRefusedError(NotHandedOutError):
    """What was about to be handed out is no good proof; ``report`` says which checks it fails."""

    def __init__(self, report: Report) -> None:
        self.report = report
        de, en = (
            "; ".join(f"{said(each.file, language)}: {said(each.reason, language)}" for each in report.failures)
            for language in LANGUAGES
        )
        super().__init__(
            f"Der Nachweis würde seine eigene Prüfung nicht bestehen und wird deshalb nicht ausgegeben: {de}. Das "
            "Protokoll oder eine Datei der Sendung ist beschädigt; „siegelpost fsck“ sagt, welche.",
            f"The proof would not pass its own check and is not handed out: {en}. The ledger or a file of the dispatch "
            "is damaged; “siegelpost fsck” says which.",
        )


@dataclass(frozen=True, slots=True)
class _Recorded:
    """An event with its place in the tree."""

    index: int
    raw: bytes
    leaf: Leaf
    openings: dict[str, Opening]


def write(
    target: BinaryIO,
    *,
    dispatch_id: str,
    title: str,
    documents: Mapping[str, bytes],
    mailed_checkpoints: Sequence[str] = (),
    language: Language = "de",
    office_language: Language = "de",
    test: bool = False,
) -> None:
    """Write the proof of a dispatch.

    Events that still wait are sealed first; do not call this inside a transaction.

    Args:
        target: where the zip goes.
        dispatch_id: the subject of the events.
        title: what the proof is about, in a few words, for people.
        documents: what was sent and shown, by file name.
        mailed_checkpoints: the signed checkpoints that went to the recipient by mail; the proof shows that the
            ledger continues each of them.
        language: the one the report of ``siegelpost verify`` is written in by default.
        office_language: the one of the receipt and of its name.
        test: the dispatch was made in test operation; every part of the proof then says so.

    Raises:
        NothingToProveError: there is no event about this dispatch.
        siegelpost.ledger.key.LedgerKeyError: the signing key is missing or wrong.
        BackupRestoredError: a mailed checkpoint is newer than the ledger.
        WouldBeRefusedError: ``siegelpost verify`` would not accept what was to be written.
    """
    seal()
    checkpoint = Checkpoint.objects.order_by("-size").first()
    recorded = _recorded(dispatch_id)
    if checkpoint is None or not recorded:
        raise NothingToProveError(f"Zu {dispatch_id} steht nichts im Protokoll.", "The ledger holds nothing about it.")
    signer = key.read()
    created = datetime.now(UTC).replace(microsecond=0)
    files = {KEY: f"{signer.verifier.vkey}\n".encode(), CHECKPOINT: checkpoint.note.encode()}
    tiles = StoredTiles()
    for event in recorded:
        proof = tiles.inclusion_proof(event.index, checkpoint.size)
        stem = f"events/{event.index:09}"
        files[f"{stem}.leaf.json"] = event.raw
        files[f"{stem}.proof.txt"] = inclusion_text(event.index, proof, checkpoint.note).encode()
        files[f"{stem}.openings.json"] = openings_bytes(event.openings)
    mailed = _mailed(mailed_checkpoints, TreeHead.open(checkpoint.note, signer.verifier), signer.verifier)
    earlier, stamps = _earlier(checkpoint, mailed, [event.index for event in recorded], tiles)
    files |= earlier
    safely = dict(zip(safe(documents), documents.values(), strict=True))
    files |= {f"documents/{name}": content for name, content in safely.items()}
    files |= readme(RECEIPTS[office_language], test=test)
    files[RECEIPTS[office_language]] = receipt_pdf(
        Receipt(
            subject=dispatch_id,
            title=title,
            created=created,
            test=test,
            entries=[ReceiptEntry(each.index, each.raw, each.leaf, each.openings) for each in recorded],
            documents=safely,
            checkpoint=checkpoint.note,
            verifier=signer.verifier,
            language=office_language,
            mailed=tuple(mailed),
            stamps=stamps,
        )
    )
    manifest = Manifest(
        subject=dispatch_id,
        title=title,
        created=created,
        language=language,
        test=test,
        mailed=tuple(sorted(mailed)),
        files={name: Content.of(content) for name, content in files.items()},
    )
    files[MANIFEST] = signer.sign(manifest.text).encode()
    report = verify_files(files, Report(), key=signer.verifier.vkey, checkpoints=[*mailed.values()])
    if {finding.check for finding in report.failures} - _SAID_BY_THE_PROOF:
        raise WouldBeRefusedError(report)
    _zip(target, files)


def _recorded(dispatch_id: str) -> list[_Recorded]:
    events = Event.objects.filter(subject=dispatch_id, leaf_index__isnull=False).order_by("leaf_index")
    return [
        _Recorded(event.leaf_index, bytes(event.leaf), read_leaf(bytes(event.leaf)), openings(event))
        for event in events
        if event.leaf_index is not None
    ]


def _mailed(notes: Sequence[str], newest: TreeHead, verifier: Verifier) -> dict[int, str]:
    """The mailed checkpoints by size. A note of another log, quoted in a text, is none of them.

    Raises:
        BackupRestoredError: one of this log is larger than the log is now.
    """
    mailed = {}
    for note in notes:
        try:
            head = TreeHead.open(note, verifier)
        except NoteError:
            continue
        if head.size > newest.size:
            raise BackupRestoredError(head.size, newest.size)
        mailed[head.size] = note
    return mailed


def _earlier(
    checkpoint: Checkpoint, mailed: Mapping[int, str], indexes: Sequence[int], tiles: StoredTiles
) -> tuple[dict[str, bytes], list[Stamp]]:
    """Files of the checkpoints that were mailed, and of the time stamps that say when these events were recorded."""
    wanted = dict(mailed)
    files: dict[str, bytes] = {}
    stamps: list[Stamp] = []
    stamped = Checkpoint.objects.filter(timestamps__isnull=False, size__lte=checkpoint.size)
    sizes = list(stamped.order_by("size").values_list("size", flat=True).distinct())
    for each in stamped.filter(size__in=_bounding(sizes, indexes)).distinct():
        wanted.setdefault(each.size, each.note)
        for number, stamp in enumerate(each.timestamps.order_by("id"), 1):
            files[f"timestamps/{each.size}-{number}.tsr"] = bytes(stamp.token)
            stamps.append(Stamp(stamp.authority, stamp.at, each.size))
    for size, note in wanted.items():
        proof = tiles.consistency_proof(size, checkpoint.size)
        files[f"checkpoints/{size}.checkpoint.txt"] = note.encode()
        files[f"checkpoints/{size}.consistency.txt"] = consistency_text(size, proof, checkpoint.note).encode()
    return files, stamps


def _bounding(sizes: Sequence[int], indexes: Sequence[int]) -> set[int]:
    """Of the sizes of stamped trees, in their order: the last before the first event, and of each event the first
    that holds it. The others say nothing more about when these events were recorded.
    """
    places = {bisect_right(sizes, index) for index in indexes} | {bisect_right(sizes, indexes[0]) - 1}
    return {sizes[place] for place in places if 0 <= place < len(sizes)}


def _zip(target: BinaryIO, files: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content)

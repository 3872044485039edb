"""Writing the proof of a dispatch as a zip. The format is documented in ``docs/proof.md``."""

import re
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from siegelpost.ledger import key
from siegelpost.ledger.checkpoint import Checkpoint as TreeHead
from siegelpost.ledger.events import Language
from siegelpost.ledger.leaf import Leaf, Opening, openings_bytes
from siegelpost.ledger.leaf import read as read_leaf
from siegelpost.ledger.log import openings
from siegelpost.ledger.models import Checkpoint, Event
from siegelpost.ledger.note import NoteError, Verifier
from siegelpost.ledger.sequencer import seal
from siegelpost.ledger.stored import StoredTiles
from siegelpost.ledger.verify import consistency_text, inclusion_text
from siegelpost.proof.given import checkpoints_in
from siegelpost.proof.manifest import Content, Manifest
from siegelpost.proof.readme import readme
from siegelpost.proof.receipt import Entry, Receipt, receipt_pdf
from siegelpost.proof.verify import CHECKPOINT, KEY, MANIFEST, RECEIPT

__all__ = ["BackupRestoredError", "NothingToProveError", "checkpoints_in", "write"]

# Zip knows no time before 1980; all entries bear this one, so that equal proofs are equal files.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_TRANSLATION = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})


class NothingToProveError(Exception):
    """The ledger holds no event about this dispatch."""


class BackupRestoredError(Exception):
    """A checkpoint that this office has mailed is newer than its ledger: events were lost."""

    def __init__(self, mailed: int, stored: int) -> None:
        super().__init__(
            f"Ein verschicktes Siegel umfasst {mailed} Einträge, das Protokoll nur {stored}: Wurde eine ältere "
            "Datensicherung zurückgespielt? Mit ihr lässt sich dieser Nachweis nicht führen; spielen Sie die neueste "
            f"zurück. / A mailed checkpoint has {mailed} entries, the ledger only {stored}: was an older backup "
            "restored? It cannot carry this proof; restore the newest one."
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
        test: the dispatch was made in test operation; every part of the proof then says so.

    Raises:
        NothingToProveError: there is no event about this dispatch.
        siegelpost.ledger.key.LedgerKeyError: the signing key is missing or wrong.
        BackupRestoredError: a mailed checkpoint is newer than the ledger.
    """
    seal()
    checkpoint = Checkpoint.objects.order_by("-size").first()
    recorded = _recorded(dispatch_id)
    if checkpoint is None or not recorded:
        raise NothingToProveError(f"Zu {dispatch_id} steht nichts im Protokoll. / The ledger holds nothing about it.")
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
    files |= _earlier(checkpoint, mailed, tiles)
    files |= {f"documents/{name}": content for name, content in _named(documents).items()}
    files |= readme(test=test)
    files[RECEIPT] = receipt_pdf(
        Receipt(
            subject=dispatch_id,
            title=title,
            created=created,
            test=test,
            entries=[Entry(each.index, each.raw, each.leaf, each.openings) for each in recorded],
            documents={name: Content.of(content) for name, content in files.items() if name.startswith("documents/")},
            checkpoint=checkpoint.note,
            verifier=signer.verifier,
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
    _zip(target, {MANIFEST: signer.sign(manifest.text).encode()} | files)


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


def _earlier(checkpoint: Checkpoint, mailed: Mapping[int, str], tiles: StoredTiles) -> dict[str, bytes]:
    """Files of the checkpoints that were mailed or time-stamped, and of the time stamps themselves."""
    stamped = Checkpoint.objects.filter(timestamps__isnull=False)
    # The first stamp after the last event bounds its time best; later ones add nothing.
    wanted = dict(mailed)
    files: dict[str, bytes] = {}
    for each in stamped.filter(size__lte=checkpoint.size).distinct():
        wanted.setdefault(each.size, each.note)
        for number, stamp in enumerate(each.timestamps.order_by("id"), 1):
            files[f"timestamps/{each.size}-{number}.tsr"] = bytes(stamp.token)
    for size, note in wanted.items():
        proof = tiles.consistency_proof(size, checkpoint.size)
        files[f"checkpoints/{size}.checkpoint.txt"] = note.encode()
        files[f"checkpoints/{size}.consistency.txt"] = consistency_text(size, proof, checkpoint.note).encode()
    return files


def _named(documents: Mapping[str, bytes]) -> dict[str, bytes]:
    """The documents under names that every file system can hold, each only once; folders, one deep, stay."""
    named: dict[str, bytes] = {}
    taken: set[str] = set()
    for name, content in documents.items():
        folder, slash, file = name.rpartition("/")
        stem, dot, ending = _plain(file).rpartition(".")
        if not dot:
            stem, ending = ending, ""
        place = f"{_plain(folder)}/" if slash else ""
        unique, number = f"{place}{stem}{dot}{ending}", 1
        while unique.lower() in taken:
            number += 1
            unique = f"{place}{stem}-{number}{dot}{ending}"
        taken.add(unique.lower())
        named[unique] = content
    return named


def _plain(name: str) -> str:
    """A name in ASCII letters, digits, dots and hyphens that starts and ends with a letter or digit."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", name).translate(_TRANSLATION))
    text = re.sub(r"[^A-Za-z0-9._]+", "-", text.encode("ascii", "ignore").decode())
    return text[-80:].strip("-._") or "document"


def _zip(target: BinaryIO, files: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content)

"""Checking a whole installation: everything that can be recomputed is recomputed and compared.

Other rooms add checks of their own with :func:`register`, from their app's ``ready()``. The installation may be in
use meanwhile: what is checked is the ledger as its newest checkpoint stood at the start.
"""

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from siegelpost import storage
from siegelpost.ledger import key, leaf
from siegelpost.ledger.checkpoint import Checkpoint as TreeHead
from siegelpost.ledger.events import EventKind, Language, by_uri
from siegelpost.ledger.leaf import Leaf, LeafError
from siegelpost.ledger.merkle import Frontier, leaf_hash, root
from siegelpost.ledger.models import Checkpoint, Event, Tile
from siegelpost.ledger.note import NoteError
from siegelpost.ledger.tiles import WIDTH
from siegelpost.ledger.verify import check_openings

# Members of an event's data that name a stored file by its SHA-256, or a list of such.
FILES: dict[EventKind, tuple[str, ...]] = {
    EventKind.CONTENT_CONSIGNMENT: ("pdf_sha256",),
    EventKind.CONTENT_HANDOVER: ("sha256",),
    EventKind.DOCUMENT_REPLACED: ("sha256",),
    EventKind.ESTATE_IMPORTED: ("media",),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it must be: where, and what, in German and English."""

    check: str
    where: str
    de: str
    en: str

    def text(self, language: Language) -> str:
        """One line for people."""
        return f"{self.where}: {self.de if language == 'de' else self.en}"


class Progress(Protocol):
    """Told how far a check is: ``done`` of ``total`` steps."""

    def __call__(self, done: int, total: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Check:
    """A check of the installation: its name, what it looks at, and the function that yields findings."""

    name: str
    de: str
    en: str
    run: Callable[[Progress], Iterator[Finding]]

    def label(self, language: Language) -> str:
        """What it looks at, in a few words."""
        return self.de if language == "de" else self.en


_checks: dict[str, Check] = {}


def register(check: Check) -> None:
    """Add a check; one of the same name is replaced."""
    _checks[check.name] = check


def checks() -> list[Check]:
    """All checks, the ledger's own first."""
    return [*OWN, *_checks.values()]


def _key(progress: Progress) -> Iterator[Finding]:
    """The signing key is there, and nobody else can read it."""
    if not Checkpoint.objects.exists():
        return
    where = str(key.path())
    try:
        key.read()
    except key.LedgerKeyError as error:
        de, _, en = str(error).partition(" / ")
        yield Finding("key", where, de, en)
        return
    mode = stat.S_IMODE(key.path().stat().st_mode)
    if mode & 0o077:
        yield Finding(
            "key",
            where,
            f"Der Schlüssel ist für andere lesbar ({mode:o}). Abhilfe: chmod 600.",
            f"The key can be read by others ({mode:o}). Remedy: chmod 600.",
        )


def _checkpoints(progress: Progress) -> Iterator[Finding]:
    """Checkpoints follow each other without a gap and are signed by the key."""
    total = Checkpoint.objects.count()
    try:
        verifier = key.read().verifier if total else None
    except key.LedgerKeyError:
        verifier = None  # a finding of its own
    size = 0
    for done, row in enumerate(Checkpoint.objects.order_by("size").iterator(), 1):
        where = f"checkpoint {row.size}"
        if row.previous_size != size:
            yield Finding(
                "checkpoints",
                where,
                f"Ein Siegel davor fehlt: Es setzt {row.previous_size} Einträge fort, das vorige hat {size}.",
                f"A checkpoint before it is missing: it continues {row.previous_size} entries, the last has {size}.",
            )
        size = row.size
        if verifier is None:
            continue
        try:
            if TreeHead.open(row.note, verifier).size != row.size:
                raise NoteError("another size than its row")
        except NoteError as error:
            yield Finding(
                "checkpoints",
                where,
                f"Das Siegel ist nicht echt oder wurde verändert ({error}).",
                f"The checkpoint is not genuine or was changed ({error}).",
            )
        progress(done, total)


def _tree(progress: Progress) -> Iterator[Finding]:
    """Events, leaves, tiles and the roots of all checkpoints agree."""
    newest = Checkpoint.objects.order_by("-size").first()
    size = newest.size if newest else 0
    heads = _heads(size)
    head = next(heads, None)
    frontier, tiles = Frontier(), _Tiles()
    events = Event.objects.filter(leaf_index__lt=size).order_by("leaf_index")
    for event in events.iterator(2000):
        index = event.leaf_index
        assert index is not None  # noqa: S101 - filtered
        if index != frontier.size:
            yield Finding(
                "events",
                f"event {frontier.size}",
                f"Die Einträge {frontier.size} bis {index - 1} fehlen in der Datenbank.",
                f"The entries {frontier.size} to {index - 1} are missing from the database.",
            )
            return  # without them nothing after can be recomputed
        raw = bytes(event.leaf)
        yield from _event(event, raw)
        hashed = leaf_hash(raw)
        frontier.add(hashed)
        yield from tiles.add(hashed)
        while head and head[0] == frontier.size:
            if head[1] != frontier.root():
                yield Finding(
                    "tree",
                    f"checkpoint {head[0]}",
                    "Die Ereignisse passen nicht zum Siegel: Mindestens eines davor wurde verändert oder vertauscht.",
                    "The events do not fit the checkpoint: at least one before it was changed or swapped.",
                )
            head = next(heads, None)
        if frontier.size % 2000 == 0:
            progress(frontier.size, size)
    if frontier.size != size:
        yield Finding(
            "events",
            f"event {frontier.size}",
            f"Das Siegel umfasst {size} Einträge, die Datenbank hat nur {frontier.size}.",
            f"The checkpoint has {size} entries, the database only {frontier.size}.",
        )
    yield from tiles.finish()
    progress(size, size)


def _heads(size: int) -> Iterator[tuple[int, bytes]]:
    """Size and root of each checkpoint; malformed ones are a finding of their own."""
    for note in Checkpoint.objects.filter(size__lte=size).order_by("size").values_list("note", flat=True).iterator():
        try:
            found = TreeHead.parse(note.partition("\n\n")[0] + "\n")
        except NoteError:
            continue
        yield found.size, found.root


def _event(event: Event, raw: bytes) -> Iterator[Finding]:
    where = f"event {event.leaf_index}"
    try:
        read = leaf.read(raw)
    except LeafError as error:
        yield Finding("events", where, f"Der Eintrag ist beschädigt ({error}).", f"The entry is damaged ({error}).")
        return
    kind = by_uri(read.event)
    if (event.subject, event.at, event.kind) != (read.subject, read.at, kind.value if kind else None):
        yield Finding(
            "events",
            where,
            "Die Spalten der Zeile sagen etwas anderes als der gesiegelte Eintrag.",
            "The columns of the row differ from the sealed entry.",
        )
    try:
        check_openings(read.personal, leaf.read_openings((event.openings or "{}").encode()))
    except LeafError as error:
        yield Finding(
            "openings",
            where,
            f"Eine Angabe zu einer Person ist nicht die aufgezeichnete ({error}).",
            f"A personal value is not the one recorded ({error}).",
        )


class _Tiles:
    """Rebuilds the tiles from leaf hashes and compares them with the stored ones."""

    def __init__(self) -> None:
        self._open: list[tuple[int, list[bytes]]] = []  # by level: index of the tile, its hashes so far

    def add(self, hashed: bytes, level: int = 0) -> Iterator[Finding]:
        """Take the next hash of a level; full tiles are compared and move up."""
        if level == len(self._open):
            self._open.append((0, []))
        index, hashes = self._open[level]
        hashes.append(hashed)
        if len(hashes) == WIDTH:
            yield from self._compare(level, index, hashes)
            self._open[level] = index + 1, []
            yield from self.add(root(hashes), level + 1)

    def finish(self) -> Iterator[Finding]:
        """Compare the tiles that are not full yet."""
        for level, (index, hashes) in enumerate(self._open):
            if hashes:
                yield from self._compare(level, index, hashes)

    @staticmethod
    def _compare(level: int, index: int, hashes: list[bytes]) -> Iterator[Finding]:
        stored = Tile.objects.filter(level=level, index=index).values_list("hashes", flat=True).first()
        expected = b"".join(hashes)
        # The last tile of a level may have grown since the start.
        if stored is None or bytes(stored)[: len(expected)] != expected:
            yield Finding(
                "tiles",
                f"tile {level}/{index}",
                "Die Kachel fehlt oder passt nicht zu den Ereignissen.",
                "The tile is missing or does not fit the events.",
            )


def _files(progress: Progress) -> Iterator[Finding]:
    """Every stored file that an event names is there and undamaged; each is read once.

    The files of an erased dispatch went with it, unless something else names them.
    """
    named: dict[str, str] = {}
    erased = Event.objects.filter(kind=EventKind.DISPATCH_ERASED.value).values("subject")
    events = Event.objects.filter(kind__in=[kind.value for kind in FILES]).exclude(subject__in=erased)
    for event in events.order_by("id").iterator(2000):
        try:
            read = leaf.read(bytes(event.leaf))
        except LeafError:
            continue  # a finding of the tree's check
        for sha256 in _named_by(EventKind(event.kind), read):
            named.setdefault(sha256, f"{event.kind} {event.subject}")
    for done, (sha256, where) in enumerate(named.items(), 1):
        try:
            storage.read(sha256)
        except FileNotFoundError:
            yield Finding("files", where, f"Die Datei {sha256} fehlt.", f"The file {sha256} is missing.")
        except (storage.DamagedFileError, ValueError):
            yield Finding("files", where, f"Die Datei {sha256} ist beschädigt.", f"The file {sha256} is damaged.")
        progress(done, len(named))


def _named_by(kind: EventKind, read: Leaf) -> Iterator[str]:
    for member in FILES[kind]:
        value = read.data.get(member)
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str) and each:
                yield each


OWN = (
    Check("key", "Siegelschlüssel", "Signing key", _key),
    Check("checkpoints", "Siegel und Unterschriften", "Checkpoints and signatures", _checkpoints),
    Check("tree", "Ereignisse, Baum und Angaben", "Events, tree and values", _tree),
    Check("files", "Dateien, die Ereignisse nennen", "Files that events name", _files),
)

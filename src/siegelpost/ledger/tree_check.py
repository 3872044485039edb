"""Recomputing the ledger: its seals, its tree, every leaf and every personal value."""

from collections.abc import Iterator

from siegelpost.ledger import key, leaf, reasons
from siegelpost.ledger.checkpoint import TreeHead
from siegelpost.ledger.events import EventKind, by_uri
from siegelpost.ledger.inspection import FsckFinding, Progress, chunks, explanations
from siegelpost.ledger.leaf import Leaf, LeafError
from siegelpost.ledger.merkle import HASH_SIZE, Frontier, leaf_hash, root
from siegelpost.ledger.models import Checkpoint, Event, Tile
from siegelpost.ledger.note import NoteError
from siegelpost.ledger.tiles import WIDTH, split
from siegelpost.ledger.verify import check_openings

# After them the personal values of their subject are gone.
ERASURES = (EventKind.DISPATCH_ERASED.value, EventKind.CONTACT_ERASED.value)
_STEP = 2000


def checkpoints(progress: Progress) -> Iterator[FsckFinding]:
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
            yield FsckFinding(
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
                raise NoteError(reasons.OTHER_ROW)
        except NoteError as error:
            yield FsckFinding(
                "checkpoints",
                where,
                f"Das Siegel ist nicht echt oder wurde verändert ({error}).",
                f"The checkpoint is not genuine or was changed ({error}).",
            )
        progress(done, total)


def tree(progress: Progress) -> Iterator[FsckFinding]:
    """Events, leaves, tiles and the roots of all checkpoints agree, and what waits for its seal is whole."""
    newest = Checkpoint.objects.order_by("-size").first()
    size = newest.size if newest else 0
    growing = _Growing(size)
    erased = _Erased()
    for event in Event.objects.filter(leaf_index__lt=size).order_by("leaf_index").iterator(_STEP):
        index = event.leaf_index
        assert index is not None  # noqa: S101 - filtered
        if index != growing.size:
            yield FsckFinding(
                "events",
                f"event {growing.size}",
                f"Die Einträge {growing.size} bis {index - 1} fehlen in der Datenbank.",
                f"The entries {growing.size} to {index - 1} are missing from the database.",
            )
            return  # without them nothing after can be recomputed
        yield from _event(event, f"event {index}", erased)
        yield from growing.add(leaf_hash(bytes(event.leaf)))
        if growing.size % _STEP == 0:
            yield from erased.unexplained()
            progress(growing.size, size)
    if growing.size != size:
        yield FsckFinding(
            "events",
            f"event {growing.size}",
            f"Das Siegel umfasst {size} Einträge, die Datenbank hat nur {growing.size}.",
            f"The checkpoint has {size} entries, the database only {growing.size}.",
        )
    yield from growing.finish()
    for event in Event.objects.filter(leaf_index=None).order_by("id").iterator(_STEP):
        yield from _event(event, f"event #{event.pk}", erased)
    yield from erased.unexplained()
    progress(size, size)


def _event(event: Event, where: str, erased: "_Erased") -> Iterator[FsckFinding]:
    """The columns, and the personal values, of one row against its leaf."""
    try:
        read = leaf.read(bytes(event.leaf))
    except LeafError as error:
        yield FsckFinding("events", where, f"Der Eintrag ist beschädigt ({error}).", f"The entry is damaged ({error}).")
        return
    kind = by_uri(read.event)
    if (event.subject, event.at, event.kind) != (read.subject, read.at, kind.value if kind else None):
        yield FsckFinding(
            "events",
            where,
            "Die Spalten der Zeile sagen etwas anderes als der gesiegelte Eintrag.",
            "The columns of the row differ from the sealed entry.",
        )
    if event.openings is None:
        erased.note(read, where)
    try:
        check_openings(read.personal, leaf.read_openings((event.openings or "{}").encode()))
    except LeafError as error:
        yield FsckFinding(
            "openings",
            where,
            f"Eine Angabe zu einer Person ist nicht die aufgezeichnete ({error}).",
            f"A personal value is not the one recorded ({error}).",
        )


class _Erased:
    """Subjects whose personal values are gone, until somebody says why."""

    def __init__(self) -> None:
        self._subjects: dict[tuple[str, ...], str] = {}

    def note(self, read: Leaf, where: str) -> None:
        """Values of this leaf are not there."""
        if read.personal:
            # A withdrawal that was assigned in error is erased apart from the dispatch that the event is about.
            named = read.data.get("withdrawal")
            self._subjects.setdefault((read.subject, *([named] if isinstance(named, str) else [])), where)

    def unexplained(self) -> Iterator[FsckFinding]:
        """Those for which no erasure stands in the ledger; what was noted is forgotten."""
        noted, self._subjects = self._subjects, {}
        for some in chunks(noted, 250):
            subjects = sorted({subject for named in some for subject in named})
            known = set(Event.objects.filter(subject__in=subjects, kind__in=ERASURES).values_list("subject", flat=True))
            for explanation in explanations.values():
                if left := [subject for subject in subjects if subject not in known]:
                    known |= explanation(left)
            for named in some:
                if known.isdisjoint(named):
                    yield FsckFinding(
                        "openings",
                        f"{noted[named]} ({named[0]})",
                        "Die Angaben zur Person wurden gelöscht, ohne dass eine Löschung im Protokoll steht.",
                        "The personal values were erased, and no erasure stands in the ledger.",
                    )


class _Growing:
    """The tree as the leaves make it, beside the one that the stored tiles stand for.

    Where they part, the next checkpoint tells which of them is right; so the very entry can be named.
    """

    def __init__(self, size: int) -> None:
        self._of_leaves, self._of_tiles = Frontier(), Frontier()
        self._heads = _heads(size)
        self._head = next(self._heads, None)
        self._apart: list[int] = []
        self._broken = False
        self._stored: list[bytes] = []
        self._upper: list[tuple[int, list[bytes]]] = []  # by level, from 1: index of the tile, its hashes so far

    @property
    def size(self) -> int:
        """How many leaves it has."""
        return self._of_leaves.size

    def add(self, hashed: bytes) -> Iterator[FsckFinding]:
        """The next leaf's hash."""
        index = self.size
        place = index % WIDTH
        if place == 0:
            self._stored = split(_stored(0, index // WIDTH))
        there = self._stored[place] if place < len(self._stored) else None
        if there != hashed:
            self._apart.append(index)
        self._of_leaves.add(hashed)
        self._of_tiles.add(there if there and len(there) == HASH_SIZE else hashed)
        if place == WIDTH - 1:
            yield from self._up(root(self._stored or [hashed]), 1)
        while self._head and self._head[0] == self.size:
            yield from self._compare(*self._head)
            self._head = next(self._heads, None)

    def finish(self) -> Iterator[FsckFinding]:
        """What no checkpoint has decided, and tiles that are not full."""
        yield from self._blame(leaves=True)
        for level, (index, hashes) in enumerate(self._upper, 1):
            if hashes:
                yield from self._compare_tile(level, index, hashes)

    def _compare(self, size: int, sealed: bytes) -> Iterator[FsckFinding]:
        if sealed == self._of_leaves.root():
            yield from self._blame(leaves=False)
        elif sealed == self._of_tiles.root():
            yield from self._blame(leaves=True)
        elif not self._broken:  # each later one would say the same
            self._broken = True
            yield from self._blame(leaves=True)
            yield FsckFinding(
                "tree",
                f"checkpoint {size}",
                "Die Ereignisse passen nicht zum Siegel, und zu keinem späteren: Mindestens eines davor wurde "
                "verändert oder vertauscht.",
                "The events do not fit the checkpoint, nor any later one: at least one before it was changed or "
                "swapped.",
            )

    def _blame(self, *, leaves: bool) -> Iterator[FsckFinding]:
        apart, self._apart = self._apart, []
        if leaves:
            for index in apart:
                yield FsckFinding(
                    "events",
                    f"event {index}",
                    "Der Eintrag ist nicht der, der gesiegelt wurde.",
                    "The entry is not the one that was sealed.",
                )
        else:
            for tile in dict.fromkeys(index // WIDTH for index in apart):
                yield _tile(0, tile, "passt nicht zu den Ereignissen", "does not fit the events")

    def _up(self, hashed: bytes, level: int) -> Iterator[FsckFinding]:
        if level > len(self._upper):
            self._upper.append((0, []))
        index, hashes = self._upper[level - 1]
        hashes.append(hashed)
        if len(hashes) == WIDTH:
            yield from self._compare_tile(level, index, hashes)
            self._upper[level - 1] = index + 1, []
            yield from self._up(root(hashes), level + 1)

    @staticmethod
    def _compare_tile(level: int, index: int, hashes: list[bytes]) -> Iterator[FsckFinding]:
        expected = b"".join(hashes)
        # The last tile of a level may have grown since the start.
        if _stored(level, index)[: len(expected)] != expected:
            yield _tile(
                level, index, "fehlt oder passt nicht zu denen darunter", "is missing or does not fit those below"
            )


def _stored(level: int, index: int) -> bytes:
    """The bytes of a tile; empty where it is missing."""
    return bytes(Tile.objects.filter(level=level, index=index).values_list("hashes", flat=True).first() or b"")


def _tile(level: int, index: int, de: str, en: str) -> FsckFinding:
    return FsckFinding("tiles", f"tile {level}/{index}", f"Die Kachel {de}.", f"The tile {en}.")


def _heads(size: int) -> Iterator[tuple[int, bytes]]:
    """Size and root of each checkpoint; malformed ones are a finding of their own."""
    for note in Checkpoint.objects.filter(size__lte=size).order_by("size").values_list("note", flat=True).iterator():
        try:
            found = TreeHead.parse(note.partition("\n\n")[0] + "\n")
        except NoteError:
            continue
        yield found.size, found.root

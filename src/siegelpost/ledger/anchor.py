"""The newest seal, kept outside the database as well: by it a database that was wound back is found out.

A database that comes from a snapshot, a replica that lagged behind, or has lost its write-ahead log is sound in itself
and has forgotten what was sealed. Going on from there would sign a second history beside the one that recipients hold.

The seal is written here only after the commit that makes it durable in the database. So whatever the moment at which
a process dies, the file is at most behind, and the database continues it; ahead it is only of a database that has lost
something. Whoever compares reads the file first: what it names was in the database before.
"""

from contextlib import AbstractContextManager, suppress
from pathlib import Path

from siegelpost.keys import UnsafeError
from siegelpost.ledger import halt, key
from siegelpost.ledger.checkpoint import TreeHead
from siegelpost.ledger.merkle import range_hash
from siegelpost.ledger.models import Checkpoint, Tile
from siegelpost.ledger.note import Note, NoteError
from siegelpost.ledger.tiles import node_reader
from siegelpost.ledger.tree_reader import StoredTiles
from siegelpost.settings import load
from siegelpost.toolbox.durable import replace_durably
from siegelpost.toolbox.locks import alone

FILE_NAME = "ledger.seal"
_WHY = "ledger"


class WoundBackError(UnsafeError):
    """The database does not continue the newest seal that was made."""

    def __init__(self, found: str, wanted: str) -> None:
        super().__init__(
            f"Die Datenbank setzt das letzte Siegel nicht fort: {path()} kennt eines über {wanted} Einträge, die "
            f"Datenbank hat {found}. Sie ist älter oder eine andere: eine Sicherung, ein Abbild, eine Replik, oder ihr "
            "Schreibprotokoll (WAL) ging verloren. Es wird nichts gesiegelt, gesendet und angenommen, damit keine "
            "zweite Fassung des Protokolls entsteht; was da ist, ist unverändert. Spielen Sie die neueste Datenbank "
            "zurück. Gibt es keine neuere, macht „siegelpost restore --as-it-stands“ mit dieser weiter und hält den "
            "Verlust im Protokoll fest.",
            f"The database does not continue the newest seal: {path()} knows one of {wanted} entries, the database has "
            f"{found}. It is older or another one: a backup, a snapshot, a replica, or its write-ahead log was lost. "
            "Nothing is sealed, sent or taken in, lest a second version of the ledger comes into being; what is there "
            "is unchanged. Put the newest database back. If there is none newer, `siegelpost restore --as-it-stands` "
            "goes on with this one and records the loss in the ledger.",
        )


def path() -> Path:
    """Where the seal is kept."""
    return load().keys / FILE_NAME


def read() -> str | None:
    """The newest seal as a signed note; none before the first. To be read before the database."""
    try:
        return path().read_text()
    except FileNotFoundError:
        return None


def keep(note: str) -> None:
    """Keep a seal whose commit is durable; an older one than the kept one changes nothing.

    Raises:
        OSError: it could not be written; the database is ahead then, which does no harm.
    """
    with _alone():
        kept = read()
        if kept is None or _size(kept) < _size(note):
            replace_durably(path(), note.encode())


def begin_anew() -> None:
    """Take the database as it stands for the newest there is; for whoever has recorded the loss in the ledger."""
    with _alone():
        path().unlink(missing_ok=True)
        if newest := Checkpoint.objects.order_by("-size").first():
            replace_durably(path(), newest.note.encode())
    halt.lift(_WHY)


def require_continued(kept: str | None, newest: Checkpoint | None) -> None:
    """See that the database continues the kept seal; everybody's writing stops while it does not.

    Args:
        kept: what :func:`read` gave, before ``newest`` was asked for.

    Raises:
        WoundBackError: it does not.
        siegelpost.ledger.key.LedgerKeyError: the key is missing or damaged, so that nobody can tell.
    """
    try:
        _compare(kept, newest)
    except WoundBackError as error:
        halt.halt(_WHY, error)
        raise
    halt.lift(_WHY)


def check() -> None:
    """:func:`require_continued` of this moment; of use at a start."""
    kept = read()
    require_continued(kept, Checkpoint.objects.order_by("-size").first())


def _compare(kept: str | None, newest: Checkpoint | None) -> None:
    if kept is None or (newest is not None and newest.note == kept):
        return
    found = str(newest.size) if newest else "0"
    try:
        head = TreeHead.open(kept, key.read().verifier)
    except NoteError as error:
        raise WoundBackError(found, f"? ({error})") from error
    if newest is None or newest.size < head.size:
        raise WoundBackError(found, str(head.size))
    if not is_continued(head):
        raise WoundBackError(f"{found}, andere / others", str(head.size))


def is_continued(head: TreeHead) -> bool:
    """Whether the stored tree, as far as its tiles reach, begins with this one."""
    try:
        return range_hash(0, head.size, node_reader(StoredTiles().read)) == head.root
    except (Tile.DoesNotExist, ValueError):
        return False


def _size(note: str) -> int:
    """Of a seal as it says; -1 of what is none, which any seal replaces."""
    with suppress(NoteError):
        return TreeHead.parse(Note.parse(note).text).size
    return -1


def _alone() -> AbstractContextManager[None]:
    """Several processes, also on several machines that share the folder, keep seals at once."""
    return alone(path().with_name(f".{FILE_NAME}.lock"))

"""Handing the document over: the event is written when the last byte has left, not when it was asked for."""

from typing import NamedTuple

from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import Row, prepare

PAGES = frozenset({"expose", "message"})


class Handed(NamedTuple):
    """What is handed over: one of the values that :data:`siegelpost.ledger.event_variants.VARIANTS` has words for.

    ``sha256`` is that of the file; of a page, which is no file, that of the content it shows. ``copy_sha256`` is that
    of the bytes that left where they are a copy with the recipient's name and the time on it: whose a copy is that
    turns up elsewhere can be told by it.
    """

    what: str
    sha256: str
    copy_sha256: str = ""

    @property
    def member(self) -> str:
        """What the event calls the hash."""
        return "content_sha256" if self.what in PAGES else "sha256"


def record_download(public_id: str, handed: Handed, size: int, client: str, *, whole: bool = True) -> Row:
    """The event of a document whose bytes have all left the server, or of one whose reader had gone before."""
    return prepare(
        EventKind.CONTENT_HANDOVER if whole else EventKind.CONTENT_HANDOVER_FAILURE,
        subject=public_id,
        data={
            "what": handed.what,
            handed.member: handed.sha256,
            **({"marked": True, "copy_sha256": handed.copy_sha256} if handed.copy_sha256 else {}),
            "bytes": size,
        },
        personal={"client": client},
    )

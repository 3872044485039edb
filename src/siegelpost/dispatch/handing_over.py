"""Handing the document over: the event is written when the last byte has left, not when it was asked for."""

from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import Row, prepare


def record(public_id: str, sha256: str, size: int, client: str, *, whole: bool = True) -> Row:
    """The event of a document whose bytes have all left the server, or of one whose reader had gone before."""
    return prepare(
        EventKind.CONTENT_HANDOVER if whole else EventKind.CONTENT_HANDOVER_FAILURE,
        subject=public_id,
        data={"sha256": sha256, "bytes": size},
        personal={"client": client},
    )


def pictures_in(value: object) -> set[str]:
    """The SHA-256 of every rendition named anywhere in a frozen page or content."""
    if isinstance(value, dict):
        own = {value[name] for name in ("sha256", "avif") if "width" in value and isinstance(value.get(name), str)}
        return own.union(*map(pictures_in, value.values()))
    if isinstance(value, list):
        return set().union(*map(pictures_in, value))
    return set()

"""Pictures and documents of properties: what comes in is checked (:mod:`.pictures`, :mod:`.documents`) and stored."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from siegelpost import storage
from siegelpost.estates import marking
from siegelpost.estates.documents import begins_like_one, clean
from siegelpost.estates.media_faults import ROUTINE, MediaError, MediaFault, MediaNote, MediaRemark
from siegelpost.estates.models import PDF, Media
from siegelpost.estates.pictures import LARGEST_DOCUMENT, LARGEST_PICTURE, Picture, draw, draw_all, look, look_all
from siegelpost.foreign import room
from siegelpost.foreign.errors import BusyError, TooExpensiveError

__all__ = ["MediaError", "MediaFault", "Prepared", "check", "mark_copy", "markable", "prepare", "prepare_all"]

# So pictures begin; one may say "%PDF-" in a comment.
PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that has been checked and stored; the fields are those of ``models.Media``."""

    sha256: str
    media_type: str
    size: int
    width: int | None = None
    height: int | None = None
    renditions: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def remarks(self, name: str) -> list[MediaRemark]:
        """What is to be said of it to whoever brought it in, beyond what is done with every file."""
        return [MediaRemark(note, name) for note in self.notes if note not in ROUTINE]


def prepare(data: bytes, name: str = "") -> Prepared:
    """Check a picture or PDF, store it, and what of it may be handed out: a picture's renditions, a PDF written anew.

    The file as it came is kept for the office and for comparing; only renditions are ever handed out.

    Raises:
        MediaError: it is none, too large, animated or damaged, or would cost too much. Nothing was stored.
        siegelpost.foreign.errors.BusyError: nobody could look at it now.
    """
    return _document(data, name, storage.put) if _is_pdf(data, name) else _picture(data, name, storage.put)


def check(data: bytes, name: str = "") -> Prepared:
    """The same check as :func:`prepare`, with nothing stored and no renditions.

    Raises:
        MediaError, siegelpost.foreign.errors.BusyError: as :func:`prepare`.
    """
    return _document(data, name, _sha256) if _is_pdf(data, name) else _picture(data, name, _sha256)


def prepare_all(files: Sequence[tuple[bytes, str]], *, only_check: bool = False) -> list[Prepared | MediaError]:
    """The same as :func:`prepare` (or :func:`check`) of each file with its name, pictures together in one process.

    Where that costs too much, each is looked at alone: no file takes another with it.

    Raises:
        siegelpost.foreign.errors.BusyError: as :func:`prepare`.
    """
    put = _sha256 if only_check else storage.put
    done: dict[int, Prepared | MediaError] = {}
    pictures: list[int] = []
    for place, file in enumerate(files):
        try:
            if not _is_pdf(*file):
                pictures.append(place)
        except MediaError as error:
            done[place] = error
    # What this does not reach is looked at below.
    with suppress(TooExpensiveError, BusyError):
        seen = room.stream(look_all if only_check else draw_all, [files[place] for place in pictures])
        for found, place in zip(seen, pictures, strict=False):
            done[place] = found if isinstance(found, MediaError) else _of_picture(found, files[place][0], put)
    return [done.get(place) or _alone(*file, only_check=only_check) for place, file in enumerate(files)]


def markable(document: Media) -> bool:
    """Whether copies of a document can be marked with name and time.

    Raises:
        siegelpost.foreign.errors.BusyError: nobody could look at it now.
    """
    try:
        mark_copy(storage.read(document.handed_out[0]), "Maria Muster", "…")
    except (marking.NotMarkableError, TooExpensiveError):
        return False
    return MediaNote.SEALED not in document.notes


def mark_copy(data: bytes, who: str, when: str) -> bytes:
    """A copy of a PDF with name and time across every page; never inside a transaction or an event loop.

    Raises:
        siegelpost.estates.marking.NotMarkableError: it cannot be.
        siegelpost.foreign.errors.TooExpensiveError, siegelpost.foreign.errors.BusyError: as for any reader.
    """
    return room.read(marking.mark, data, marking.drawing(who, when))


def _alone(data: bytes, name: str, *, only_check: bool) -> Prepared | MediaError:
    try:
        return check(data, name) if only_check else prepare(data, name)
    except MediaError as error:
        return error


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _picture(data: bytes, name: str, put: Callable[[bytes], str]) -> Prepared:
    try:
        found: Picture = room.read(look if put is _sha256 else draw, data, name)
    except TooExpensiveError as error:
        raise MediaError(MediaFault.TOO_DEAR, name) from error
    return _of_picture(found, data, put)


def _of_picture(found: Picture, data: bytes, put: Callable[[bytes], str]) -> Prepared:
    renditions = {
        target: {"sha256": put(one.webp), "avif": put(one.avif), "width": one.width, "height": one.height}
        for target, one in found.renditions.items()
    }
    notes = [str(note) for note in found.notes]
    return Prepared(put(data), found.media_type, len(data), found.width, found.height, renditions, notes)


def _document(data: bytes, name: str, put: Callable[[bytes], str]) -> Prepared:
    try:
        found = room.read(clean, data, name)
    except TooExpensiveError as error:
        raise MediaError(MediaFault.TOO_DEAR, name) from error
    renditions = {"pdf": {"sha256": put(found.clean), "size": len(found.clean)}} if found.clean else {}
    return Prepared(put(data), PDF, len(data), renditions=renditions, notes=[str(note) for note in found.notes])


def _is_pdf(data: bytes, name: str) -> bool:
    """Whether it is a PDF rather than something that can only be a picture; sizes are checked for both."""
    pdf = begins_like_one(data) and not data.startswith(PICTURES) and data[4:8] != b"ftyp"
    if not data:
        raise MediaError(MediaFault.EMPTY, name)
    if len(data) > (LARGEST_DOCUMENT if pdf else LARGEST_PICTURE):
        raise MediaError(MediaFault.TOO_LARGE, name)
    return pdf

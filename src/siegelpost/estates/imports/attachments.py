"""The pictures and documents of a transfer: read and checked many at a time, then made those of the properties.

To open a picture in a process of its own costs more than most pictures do, so those of several properties go into one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field

from siegelpost.estates import media, openimmo
from siegelpost.estates.imports.results import Change, MediaChange, Sentence
from siegelpost.estates.models import Estate, Media
from siegelpost.estates.openimmo.messages import AttachmentError
from siegelpost.estates.openimmo.package import Files

# So many go into one process, or so few that they have no more bytes than this; a larger one goes alone.
MOST_AT_ONCE, MOST_BYTES = 32, 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Incoming:
    """An attachment that was read and checked, or one that was not and may be there from before."""

    group: str
    title: str
    name: str
    prepared: media.Prepared | None


@dataclass(slots=True)
class Attached:
    """What came with one property, and what is to be said of what did not."""

    incoming: list[Incoming] = field(default_factory=list)
    notes: list[Sentence] = field(default_factory=list)


@dataclass(slots=True)
class _Read:
    """An attachment of the property in this place of the file, and its bytes or why there are none."""

    place: int
    attachment: openimmo.Attachment
    data: bytes
    fault: AttachmentError | None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


class Reading:
    """Reads the attachments of properties that are asked for one after the other, some of the next ones ahead.

    Args:
        properties: those of one provider, in the order of the file.
        files: what came with the XML.
        only_check: nothing is stored.
    """

    def __init__(self, properties: Sequence[openimmo.Property], files: Files, *, only_check: bool) -> None:
        self._properties = properties
        self._files = files
        self._only_check = only_check
        self._found: dict[int, Attached] = {}
        self._coming = self._from(0)
        self._next = next(self._coming, None)

    def of(self, place: int) -> Attached:
        """What came with the property in this place; it can be asked for once, and none before it any more.

        Raises:
            siegelpost.foreign.errors.BusyError: nobody could look at a picture now.
        """
        if self._next and self._next[0] < place:
            # Those between were brought in before this import was cut off.
            self._coming = self._from(place)
            self._next = next(self._coming, None)
        while self._next and self._next[0] <= place:
            self._read_some()
        return self._found.pop(place, Attached())

    def _from(self, first: int) -> Iterator[tuple[int, openimmo.Attachment]]:
        return (
            (place, one) for place in range(first, len(self._properties)) for one in self._properties[place].attachments
        )

    def _read_some(self) -> None:
        some: list[_Read] = []
        size = 0
        while self._next and len(some) < MOST_AT_ONCE and size < MOST_BYTES:
            some.append(self._read(*self._next))
            size += len(some[-1].data)
            self._next = next(self._coming, None)
        known = _known({one.sha256 for one in some if not one.fault})
        new = {one.sha256: one for one in some if not one.fault and one.sha256 not in known}
        files = [(one.data, one.attachment.name) for one in new.values()]
        prepared = dict(zip(new, media.prepare_all(files, only_check=self._only_check), strict=True))
        for one in some:
            found = one.fault or known.get(one.sha256) or prepared[one.sha256]
            self._note(one, found)

    def _read(self, place: int, attachment: openimmo.Attachment) -> _Read:
        try:
            return _Read(place, attachment, attachment.read(self._files), None)
        except AttachmentError as error:
            return _Read(place, attachment, b"", error)

    def _note(self, one: _Read, found: media.Prepared | media.MediaError | AttachmentError) -> None:
        attached = self._found.setdefault(one.place, Attached())
        if isinstance(found, AttachmentError):
            attached.notes.append(found.message)
        elif isinstance(found, media.MediaError):
            # Of several with the same bytes one was looked at, and each is told by its own name.
            attached.notes.append(media.MediaError(found.reason, one.attachment.name))
        else:
            attached.notes += found.remarks(one.attachment.name)
        prepared = found if isinstance(found, media.Prepared) else None
        attached.incoming.append(Incoming(one.attachment.group, one.attachment.title, one.attachment.name, prepared))


def _known(digests: Iterable[str]) -> dict[str, media.Prepared]:
    """Those that are here already, with their renditions."""
    return {
        one.sha256: media.Prepared(
            one.sha256, one.media_type, one.size, one.width, one.height, one.renditions, one.notes
        )
        for one in Media.objects.filter(sha256__in=list(digests))
    }


def bring(estate: Estate, attachments: list[Incoming]) -> Change | None:
    """Make the imported pictures and documents those of the file; what the office added itself stays."""
    present = list(estate.media.filter(imported=True))
    added = moved = 0
    for position, incoming in enumerate(attachments):
        known = _take(present, incoming)
        if known is None and incoming.prepared is None:
            continue
        if known is None:
            assert incoming.prepared is not None  # noqa: S101 - the line above
            Media.objects.create(
                estate=estate,
                group=incoming.group,
                title=incoming.title,
                position=position,
                original_name=incoming.name,
                imported=True,
                **asdict(incoming.prepared),
            )
            added += 1
        elif (known.group, known.title, known.position) != (incoming.group, incoming.title, position):
            known.group, known.title, known.position = incoming.group, incoming.title, position
            known.save(update_fields=("group", "title", "position"))
            moved += 1
    for left in present:
        left.delete()
    return MediaChange(now=(added, moved, len(present))) if added or moved or present else None


def _take(present: list[Media], incoming: Incoming) -> Media | None:
    """Take out of ``present`` the picture that ``incoming`` is: by content, or by name if it could not be read."""
    for one in present:
        same = one.sha256 == incoming.prepared.sha256 if incoming.prepared else one.original_name == incoming.name
        if same:
            present.remove(one)
            return one
    return None

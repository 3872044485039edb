"""The manifest of a proof: what it is about, and every other file with its SHA-256 and size, as a signed note.

The text::

    siegelpost-proof/v1
    {"created":…,"language":…,"mailed":[…],"subject":…,"test":…,"title":…}
    <sha256> <size> <path>
    …

The first line can be no log's name, so a signature over a manifest never passes for one over a checkpoint. The
second line is canonical JSON; files stand in the order of their paths.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from siegelpost.ledger.leaf import LeafError, canonical
from siegelpost.ledger.note import Note, NoteError
from siegelpost.ledger.reasons import ReasonError
from siegelpost.proof import reasons
from siegelpost.proof.container import is_name

FIRST_LINE = "siegelpost-proof/v1"
MAX_MANIFEST = 2 * 1024 * 1024
_LINE = re.compile(r"([0-9a-f]{64}) (0|[1-9][0-9]{0,11}) (\S+)\Z")
_CREATED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z", re.ASCII)


class ManifestError(ReasonError):
    """A manifest that is malformed."""


@dataclass(frozen=True, slots=True)
class Content:
    """What the manifest says of a file."""

    sha256: str
    size: int

    @classmethod
    def of(cls, content: bytes) -> Self:
        """What it would say of this content."""
        return cls(hashlib.sha256(content).hexdigest(), len(content))


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the proof is about, and its files.

    ``created`` is the office's own word, UTC, to the second. ``mailed`` are the sizes of the checkpoints that
    went to the recipient by mail. ``test`` marks a proof of test operation.
    """

    subject: str
    title: str
    created: datetime
    language: str
    test: bool
    mailed: tuple[int, ...]
    files: Mapping[str, Content]

    @property
    def text(self) -> str:
        """The text that is signed."""
        header = canonical(
            {
                "created": self.created.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "language": self.language,
                "mailed": list(self.mailed),
                "subject": self.subject,
                "test": self.test,
                "title": self.title,
            }
        ).decode()
        lines = [f"{content.sha256} {content.size} {path}" for path, content in sorted(self.files.items())]
        return "\n".join([FIRST_LINE, header, *lines, ""])

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text of a manifest strictly: only what :attr:`text` would write again.

        Raises:
            ManifestError: anything else.
        """
        first, _, rest = text.partition("\n")
        header, _, listing = rest.partition("\n")
        if first != FIRST_LINE:
            raise ManifestError(reasons.FIRST_LINE)
        try:
            found = json.loads(header)
        except (ValueError, RecursionError) as error:
            raise ManifestError(reasons.SECOND_LINE_NO_JSON) from error
        match found:
            case {
                "created": str(created),
                "language": "de" | "en" as language,
                "mailed": list(mailed),
                "subject": str(subject),
                "test": bool(test),
                "title": str(title),
            } if _CREATED.match(created) and all(type(size) is int and size > 0 for size in mailed):
                pass
            case _:
                raise ManifestError(reasons.SECOND_LINE)
        try:
            moment = datetime.fromisoformat(created)
            files = dict(map(_line, listing.removesuffix("\n").split("\n")))
            manifest = cls(subject, title, moment, language, test, tuple(mailed), files)
            again = manifest.text
        except (ManifestError, LeafError) as error:
            raise ManifestError(error.reason) from error
        except ValueError as error:
            raise ManifestError(reasons.NO_SUCH_TIME) from error
        if again != text:
            raise ManifestError(reasons.MANIFEST_FORM)
        return manifest


def open_note(raw: bytes) -> tuple[Note, Manifest]:
    """The signed note and the manifest in it; whether it is genuine is still to be checked.

    Raises:
        ManifestError: it is malformed.
    """
    try:
        note = Note.parse(raw, limit=MAX_MANIFEST)
    except NoteError as error:
        raise ManifestError(error.reason) from error
    return note, Manifest.parse(note.text)


def _line(line: str) -> tuple[str, Content]:
    found = _LINE.match(line)
    if not found or not is_name(found[3]):
        raise ManifestError(reasons.LIST_LINE)
    return found[3], Content(found[1], int(found[2]))

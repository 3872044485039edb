"""Checkpoints (C2SP tlog-checkpoint): which log, how many leaves, which root, as the text of a signed note."""

import re
from dataclasses import dataclass
from typing import Self

from siegelpost.ledger import reasons
from siegelpost.ledger.merkle import HASH_SIZE
from siegelpost.ledger.note import Note, NoteError, Signer, Verifier, decode_base64, encode_base64

_SIZE = re.compile(r"(0|[1-9][0-9]{0,18})\Z")


@dataclass(frozen=True, slots=True)
class TreeHead:
    """The head of a log's tree; ``origin`` names the log and is the name of the key that signs."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{encode_base64(self.root)}\n"

    def sign(self, signer: Signer) -> str:
        """The signed note."""
        return signer.sign(self.text)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a note's text; exactly three lines, since extension lines are nothing we ever sign.

        Raises:
            NoteError: it is none.
        """
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not lines[0]:
            raise NoteError(reasons.CHECKPOINT_LINES)
        root = decode_base64(lines[2])
        if not _SIZE.match(lines[1]) or len(root) != HASH_SIZE:
            raise NoteError(reasons.CHECKPOINT_FORM)
        return cls(lines[0], int(lines[1]), root)

    @classmethod
    def open(cls, note: bytes | str, verifier: Verifier) -> Self:
        """Read a signed checkpoint and believe it: signed by this key alone, for the log of the key's name.

        Raises:
            NoteError: it is malformed, not genuine, or of another log.
        """
        parsed = Note.parse(note)
        parsed.verify_sole(verifier)
        found = cls.parse(parsed.text)
        if found.origin != verifier.name:
            raise NoteError(reasons.OTHER_LOG)
        return found

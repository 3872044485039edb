"""Signed notes (C2SP signed-note) with Ed25519: a text, a blank line, signature lines.

Everything is read strictly: only canonical base64, only the one way of writing each thing, so that a note
with any changed byte is refused or means visibly something else.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from siegelpost.ledger import reasons
from siegelpost.ledger.reasons import ReasonError

MAX_NOTE = 64 * 1024
MAX_SIGNATURES = 16
_ED25519 = b"\x01"
_DASH = "\u2014"
# Unicode spaces and the plus sign cannot stand in a key's name.
_NAME = re.compile(r"[^\s+\x00-\x20\x7f]{1,200}\Z")
_SIGNATURE = re.compile(rf"{_DASH} (\S+) ([A-Za-z0-9+/]+={{0,2}})\Z")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class NoteError(ReasonError):
    """A note, key or signature that is malformed or not genuine."""


def decode_base64(text: str) -> bytes:
    """Standard base64 (RFC 4648, section 4), refused unless it is written the one canonical way.

    Raises:
        NoteError: anything else, stray bits in the last character included.
    """
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError(reasons.NOT_BASE64) from error
    if base64.b64encode(raw).decode() != text:
        raise NoteError(reasons.BASE64_FORM)
    return raw


def encode_base64(raw: bytes) -> str:
    """Standard base64."""
    return base64.b64encode(raw).decode()


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key and the name it signs under."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """Read a verifier key string, ``name+id+base64``.

        Raises:
            NoteError: it is malformed, its id does not fit, or the key is none of Ed25519.
        """
        name, _, rest = vkey.partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = decode_base64(encoded)
        if len(raw) != 33 or raw[:1] != _ED25519:
            raise NoteError(reasons.NOT_ED25519)
        found = cls(_checked_name(name), raw[1:])
        if key_id != found.key_id.hex():
            raise NoteError(reasons.KEY_ID)
        return found

    @property
    def key_id(self) -> bytes:
        """The four bytes that, with the name, identify the key in a signature line."""
        return hashlib.sha256(f"{self.name}\n".encode() + _ED25519 + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        """The key as a string."""
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(_ED25519 + self.public)}"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the key string, in groups of four hex digits: to compare by eye or over the phone."""
        digest = hashlib.sha256(self.vkey.encode()).hexdigest()
        return " ".join(digest[i : i + 4] for i in range(0, 64, 4))

    def check(self, text: str, signature: bytes) -> None:
        """Check a signature over ``text``.

        Raises:
            NoteError: it is not genuine.
        """
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError) as error:
            raise NoteError(reasons.NOT_GENUINE) from error


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key and the name it signs under."""

    name: str
    key: Ed25519PrivateKey

    @classmethod
    def generate(cls, name: str) -> Self:
        """A new key.

        Raises:
            NoteError: the name is empty or holds spaces or a plus sign.
        """
        return cls(_checked_name(name), Ed25519PrivateKey.generate())

    @classmethod
    def parse(cls, skey: str) -> Self:
        """Read a signer key string, ``PRIVATE+KEY+name+id+base64``.

        Raises:
            NoteError: it is malformed or its id does not fit.
        """
        parts = skey.split("+", 4)
        if len(parts) != 5 or parts[:2] != ["PRIVATE", "KEY"]:
            raise NoteError(reasons.NOT_PRIVATE)
        raw = decode_base64(parts[4])
        if len(raw) != 33 or raw[:1] != _ED25519:
            raise NoteError(reasons.NOT_ED25519)
        found = cls(_checked_name(parts[2]), Ed25519PrivateKey.from_private_bytes(raw[1:]))
        if parts[3] != found.verifier.key_id.hex():
            raise NoteError(reasons.KEY_ID)
        return found

    @property
    def skey(self) -> str:
        """The private key as a string; keep it secret."""
        raw = encode_base64(_ED25519 + self.key.private_bytes_raw())
        return f"PRIVATE+KEY+{self.name}+{self.verifier.key_id.hex()}+{raw}"

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, self.key.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """The signed note over ``text``.

        Raises:
            NoteError: the text does not end in a newline or holds control characters.
        """
        _check_text(text)
        signature = self.verifier.key_id + self.key.sign(text.encode())
        return f"{text}\n{_DASH} {self.name} {encode_base64(signature)}\n"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A note, read but not yet believed."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, note: bytes | str, limit: int = MAX_NOTE) -> Self:
        """Read a note's form (of at most ``limit`` bytes); :meth:`verify` tells whether it is genuine.

        Raises:
            NoteError: it is malformed.
        """
        raw = note.encode() if isinstance(note, str) else note
        if len(raw) > limit:
            raise NoteError(reasons.NOTE_LONG)
        try:
            whole = raw.decode()
        except UnicodeDecodeError as error:
            raise NoteError(reasons.NOT_UTF8) from error
        head, blank, tail = whole.rpartition("\n\n")
        if not blank or not tail.endswith("\n"):
            raise NoteError(reasons.NOTE_FORM)
        text = head + "\n"
        _check_text(text)
        lines = tail[:-1].split("\n")
        if len(lines) > MAX_SIGNATURES:
            raise NoteError(reasons.MANY_SIGNATURES)
        return cls(text, tuple(_parse_signature(line) for line in lines))

    def verify(self, verifiers: Sequence[Verifier]) -> Verifier:
        """The first known key that signed this note; lines of unknown keys are ignored, as C2SP asks.

        Raises:
            NoteError: no known key has signed, or the signature of one is not genuine.
        """
        signed_by = None
        for line in self.signatures:
            for verifier in verifiers:
                if (verifier.name, verifier.key_id) == (line.name, line.key_id):
                    verifier.check(self.text, line.signature)
                    signed_by = signed_by or verifier
        if signed_by is None:
            raise NoteError(reasons.NOT_SIGNED)
        return signed_by

    def verify_sole(self, verifier: Verifier) -> None:
        """Like :meth:`verify`, for notes that must carry this one signature and nothing besides.

        Raises:
            NoteError: not signed by the key, or not by it alone.
        """
        self.verify([verifier])
        if len(self.signatures) != 1:
            raise NoteError(reasons.MORE_SIGNATURES)


def _parse_signature(line: str) -> Signature:
    found = _SIGNATURE.match(line)
    if not found:
        raise NoteError(reasons.SIGNATURE_LINE)
    raw = decode_base64(found[2])
    if len(raw) < 5:
        raise NoteError(reasons.SIGNATURE_SHORT)
    return Signature(_checked_name(found[1]), raw[:4], raw[4:])


def _checked_name(name: str) -> str:
    if not _NAME.match(name):
        raise NoteError(reasons.KEY_NAME)
    return name


def _check_text(text: str) -> None:
    if not text.endswith("\n") or _CONTROL.search(text):
        raise NoteError(reasons.NOTE_TEXT)

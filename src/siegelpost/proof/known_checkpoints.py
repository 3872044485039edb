"""Finding checkpoints in what a reader has at hand: a note, a mail that carries one, or another proof.

Mail programs and editors change what they show: quote signs, other line ends, dashes, blanks and encodings, lines
cut at some width. What is found is put back into the one form of a note; whether it is genuine, its signature tells.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from email import policy
from email.parser import BytesParser

from siegelpost.toolbox.damages import ZIP_DAMAGES

MAX_MAIL = 64 * 1024 * 1024
_MAX_NOTE = 64 * 1024
# Three lines, a blank one (or none, or several) and a signature, of which a mail program may have cut the line.
_BLOCK = re.compile(
    r"^(?P<quote>[>\t ]*)(?P<origin>[^\s+>][^\s+]*)[ \t]*\n(?:[>\t ]*\n)?"
    r"(?P=quote)(?P<size>[1-9][0-9]{0,18})[ \t]*\n(?:[>\t ]*\n)?"
    r"(?P=quote)(?P<root>[A-Za-z0-9+/]{43}=)[ \t]*\n"
    r"(?:[>\t ]*\n){1,3}"
    r"(?P=quote)(?:\u2014|\u2013|--?) (?P<name>[^\s+]+)[ \t]*(?:\n(?P=quote))?[ \t]*"
    r"(?P<signature>[A-Za-z0-9+/]+(?:[ \t]*\n(?P=quote)[A-Za-z0-9+/]+){0,2}={0,2})[ \t]*$",
    re.MULTILINE,
)
# In a proof: its own, and those that were mailed or time-stamped.
_IN_PROOF = re.compile(r"(ledger/checkpoint|checkpoints/[1-9][0-9]{0,18}\.checkpoint)\.txt\Z")
_BLANKS = str.maketrans({"\r": None, "\u00a0": " ", "\u202f": " ", "\u200b": None, "\ufeff": None})


def checkpoints_in(raw: bytes) -> list[str]:
    """The signed checkpoints in a note, a mail (``.eml``) or a proof, in their order; they are not yet believed.

    None are found in what is larger than any mail.
    """
    if len(raw) > MAX_MAIL:
        return []
    found = [note for part in _parts(raw) for note in _blocks(part)]
    return list(dict.fromkeys(found))


def _parts(raw: bytes) -> Iterator[bytes]:
    if raw[:4] == b"PK\x03\x04":
        yield from _of_proof(raw)
        return
    yield raw
    for content, kind in _contents(raw):
        if kind == "application/octet-stream":
            # A mail that was attached as a file which says nothing of its kind.
            yield from (text for text, its in _contents(content) if its.startswith("text/"))
        elif kind.startswith("text/"):
            yield content


def _contents(raw: bytes) -> Iterator[tuple[bytes, str]]:
    for part in BytesParser(policy=policy.default).parsebytes(raw).walk():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            yield content, part.get_content_type()


def _of_proof(raw: bytes) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for entry in archive.infolist():
                if _IN_PROOF.match(entry.filename) and entry.file_size <= _MAX_NOTE:
                    with archive.open(entry) as file:
                        yield file.read(_MAX_NOTE)
    except ZIP_DAMAGES:
        return


def _blocks(raw: bytes) -> Iterator[str]:
    text = _decoded(raw).translate(_BLANKS)
    for each in _BLOCK.finditer(text):
        signature = re.sub(r"[>\s]", "", each["signature"])
        yield f"{each['origin']}\n{each['size']}\n{each['root']}\n\n\u2014 {each['name']} {signature}\n"


def _decoded(raw: bytes) -> str:
    """The text; an editor may have saved it in an encoding of its own."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")

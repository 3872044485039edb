"""Every form in which a word can stand in a file, and the files of a folder in which one stands."""

import base64
import html
import json
import quopri
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

_HTML = {"ö": "&ouml;", "ü": "&uuml;", "ä": "&auml;", "ß": "&szlig;"}
_SPELLED = str.maketrans({"ö": "oe", "ü": "ue", "ä": "ae", "ß": "ss"})
_BASE = str.maketrans("öüä", "oua")


def forms_of(word: str) -> set[bytes]:
    """A word as mails, pages, addresses, JSON and the word index write it; small letters but for base64."""
    small = word.casefold()
    spelled = {small, small.translate(_SPELLED), small.translate(_BASE), unicodedata.normalize("NFD", small)}
    spelled |= {
        "".join(_HTML.get(letter, letter) for letter in small),
        "".join(letter if letter.isascii() else f"&#{ord(letter)};" for letter in small),
        "".join(letter if letter.isascii() else f"&#x{ord(letter):x};" for letter in small),
        html.escape(small),
        quote(small),
        json.dumps(small)[1:-1],
        quopri.encodestring(small.encode()).decode(),
        quopri.encodestring(small.encode(), header=True).decode(),
    }
    written = {one.casefold().encode() for one in spelled}
    written |= {small.upper().encode().lower(), quopri.encodestring(small.encode("latin-1")).lower()}
    written |= {small.encode(code) for code in ("latin-1", "utf-16-le", "utf-16-be")}
    return written | set(_in_base64(word)) | set(_in_base64(small))


def _in_base64(word: str) -> Iterator[bytes]:
    """Without the letters at both ends that depend on what stands before and behind."""
    said = word.encode()
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + said).rstrip(b"=")
        yield coded[(0, 2, 3)[before] : len(coded) - ((before + len(said)) % 3 > 0)]


def held(folder: Path, words: Iterable[str]) -> set[str]:
    """The files below a folder that hold one of the words in any form, as paths from there."""
    forms = {form for word in words for form in forms_of(word)}
    return {
        str(file.relative_to(folder))
        for file in sorted(folder.rglob("*"))
        if file.is_file() and any(form in look for look in _looks(file.read_bytes()) for form in forms)
    }


def _looks(content: bytes) -> Iterator[bytes]:
    """The bytes as they are and in small letters, each also without the ends of lines."""
    whole = content.replace(b"=\r\n", b"").replace(b"=\n", b"").replace(b"\r\n", b"").replace(b"\n", b"")
    yield from (content, content.lower(), whole, whole.lower())

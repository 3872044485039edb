"""The characters of the document: in which encoding it really is, and what careless programs write that is no XML.

Files come that declare another encoding than they have, that begin with a blank line, that hold a bare ``&``, entities
of web pages or a control character of a word processor. What is meant is plain in each case, so it is read, and said
once; what is handed on is XML without its declaration, line for line as it came. Linear in the size of the file.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from functools import partial
from html.entities import html5
from typing import BinaryIO
from xml.sax.saxutils import escape

from siegelpost.estates.openimmo.messages import Key, Message, OpenImmoError

CHUNK = 256 * 1024
# What needs more than this many repairs is no XML.
MOST_REPAIRS = 100_000
LINE_SEPARATOR = "\u2028"

_BLANK = b" \t\r\n"
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_WIDE = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?\sencoding\s{0,9}=\s{0,9}["']([^"'<>]{1,40})["']""")
_DECLARATION = re.compile(r"\s*<\?xml\s[^>]{0,400}\?>")
# As programs spell them that do not ask the registry of encodings; letters and digits alone.
_SPELT = {
    **dict.fromkeys(("utf8", "unicode", "utf8bom", "unicode11utf8"), "utf-8"),
    **dict.fromkeys(("ansi", "win1252", "windows1252", "cp1252"), "cp1252"),
    **dict.fromkeys(("latin1", "iso88591", "iso885915latin9"), "iso8859-1"),
}
_UTF_16 = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
# One byte for each letter: what is UTF-8 as well as one of these is UTF-8.
_SINGLE = ("iso8859-", "cp", "mac-", "ascii", "koi8-")
_NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]+")
_SECTION = re.compile(r"<!\[CDATA\[|<!--|<\?")
_ENDS = {"<![CDATA[": "]]>", "<!--": "-->", "<?": "?>"}
_LOOSE = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos);)(?:(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)?"
    r"|<(?![A-Za-z_:/!?\u00c0-\U0010ffff])"
)
# An entity, or the beginning of a section, may be cut in two by the end of a chunk.
_LONGEST_ENTITY, _LONGEST_BEGINNING = 40, 10


@dataclass(slots=True)
class _Repairs:
    """How often something was read as it was meant, and the line where that was first."""

    count: int = 0
    line: int = 0
    what: str = ""


@dataclass(slots=True)
class Document:
    """A document to be read once.

    Args:
        open_file: opens it anew from its beginning.
    """

    open_file: Callable[[], BinaryIO]
    _lines: int = 1
    _repairs: dict[Key, _Repairs] = field(default_factory=dict)
    _encoding: str = ""
    _other: tuple[Message, ...] = ()

    def text(self) -> Generator[str, None, None]:
        """The document, piece by piece.

        Raises:
            OpenImmoError: its encoding is unknown, or it has too much that is no XML.
        """
        self._encoding, self._other = _encoding(self.open_file)
        yield from self._marked_up(self._decoded())

    @property
    def notices(self) -> tuple[Message, ...]:
        """What had to be read otherwise than it is written; known once all was read."""
        found = (
            Message.of(key, line=one.line, count=one.count, value=one.what, encoding=self._encoding.upper())
            for key, one in self._repairs.items()
        )
        return (*self._other, *found)

    def _note(self, key: Key, line: Callable[[], int], what: str = "") -> None:
        # Lines are counted once for each kind: to count them for each repair would be quadratic.
        one = self._repairs.get(key) or self._repairs.setdefault(key, _Repairs(line=line(), what=what))
        one.count += 1
        if one.count > MOST_REPAIRS:
            raise OpenImmoError(Key.BAD_CHARACTERS, line=one.line)

    def _decoded(self) -> Iterator[str]:
        """The characters, the declaration left out but for its line breaks."""
        # Bytes that are none of the encoding come as lone surrogates; UTF-16 knows no such thing.
        wide = self._encoding.startswith("utf-16")
        decoder = codecs.getincrementaldecoder(self._encoding)("replace" if wide else "surrogateescape")
        first, line = True, 1
        with self.open_file() as file:
            while chunk := file.read(CHUNK):
                text = decoder.decode(chunk)
                if first and text:
                    text = _without_declaration(text)
                    first = False
                yield self._characters(text, line)
                line += text.count("\n")
            yield self._characters(decoder.decode(b"", True), line)

    def _characters(self, text: str, line: int) -> str:
        def meant(found: re.Match[str]) -> str:
            return "".join(self._character(one, partial(_line, line, text, found.start())) for one in found[0])

        return _NO_CHARACTER.sub(meant, text)

    def _character(self, one: str, where: Callable[[], int]) -> str:
        if "\udc80" <= one <= "\udcff":
            self._note(Key.STRAY_BYTES, where)
            return bytes([ord(one) - 0xDC00]).decode("cp1252", errors="replace")
        self._note(Key.CONTROL_CHARACTER, where, f"U+{ord(one):04X}")
        # Word processors break lines by these within a paragraph.
        return LINE_SEPARATOR if one in "\x0b\x0c" else " "

    def _marked_up(self, pieces: Iterator[str]) -> Iterator[str]:
        """Outside of sections whose text is free, every ``&`` and ``<`` that begins nothing stands for itself."""
        held, end, line = "", "", 1
        for piece in pieces:
            text, place, done = held + piece, 0, []
            while True:
                cut, next_end = _section(text, place, end)
                done.append(text[place:cut] if end else self._loose(text[place:cut], line))
                line += text.count("\n", place, cut)
                place = cut
                if next_end is None:
                    break
                end = next_end
            held = text[place:]
            yield "".join(done)
        yield held if end else self._loose(held, line)

    def _loose(self, text: str, line: int) -> str:
        def meant(found: re.Match[str]) -> str:
            one = _entity(found[1] or "")
            if one != found[0]:
                self._note(Key.LOOSE_MARKUP, partial(_line, line, text, found.start()), found[0])
            return one or escape(found[0])

        return _LOOSE.sub(meant, text)


def _line(first: int, text: str, place: int) -> int:
    """The line of a place in a text that begins in line ``first``."""
    return first + text.count("\n", 0, place)


def _section(text: str, place: int, end: str) -> tuple[int, str | None]:
    """Up to where a text is plain, or is of the section that ends by ``end``; and how what follows ends.

    That is "" for plain text, and None where the next piece has to be seen first.
    """
    if end:
        at = text.find(end, place)
        return (at + len(end), "") if at >= 0 else (max(place, len(text) - len(end) + 1), None)
    if found := _SECTION.search(text, place):
        return found.start(), _ENDS[found[0]]
    marks = (("&", _LONGEST_ENTITY), ("<", _LONGEST_BEGINNING))
    held = (text.rfind(mark, max(place, len(text) - longest)) for mark, longest in marks)
    return min((at for at in held if at >= 0), default=len(text)), None


def _entity(name: str) -> str:
    """What an entity stands for, as XML writes it; "" where it stands for nothing."""
    if name.startswith("#"):
        code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
        if code in {0x0B, 0x0C}:
            return LINE_SEPARATOR
        allowed = code in {0x09, 0x0A, 0x0D} or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD
        # Not the text itself: what it would then begin was not meant.
        return f"&{name};".replace("X", "x") if allowed or 0x10000 <= code <= 0x10FFFF else " "
    return escape(html5.get(f"{name};", "")) if name else ""


def _without_declaration(text: str) -> str:
    text = text.replace("\ufeff", "", 1) if text.lstrip().startswith("\ufeff") else text
    if found := _DECLARATION.match(text):
        return "\n" * found[0].count("\n") + text[found.end() :]
    return text


def _encoding(open_file: Callable[[], BinaryIO]) -> tuple[str, tuple[Message, ...]]:
    """The encoding of a document, and what is to be said where it declares another."""
    with open_file() as file:
        start = file.read(4096).lstrip(_BLANK)
    found = _DECLARED.match(start.removeprefix(codecs.BOM_UTF8))
    declared = found[1].decode("ascii", "replace").strip() if found else ""
    marked = next((codec for mark, codec in (*_MARKS, *_WIDE) if start.startswith(mark)), "")
    known = _codec(declared) if declared else "utf-8"
    if not known and not marked:
        raise OpenImmoError(Key.UNKNOWN_ENCODING, value=declared)
    if marked:
        codec = marked
    elif known in _UTF_16:
        # It would begin otherwise: a program has declared what it holds its own texts in.
        codec = "utf-8"
    elif known.startswith(_SINGLE) and _is_utf_8(open_file):
        codec = "utf-8"
    else:
        codec = known
    differs = declared and codec == "utf-8" and known != "utf-8"
    return codec, (Message.of(Key.OTHER_ENCODING, value=declared, encoding="UTF-8"),) if differs else ()


def _codec(declared: str) -> str:
    """Python's name of an encoding for texts; "" for one that is unknown."""
    plain = re.sub(r"[^a-z0-9]", "", declared.lower())
    try:
        name = codecs.lookup(_SPELT.get(plain, declared)).name
    except (LookupError, ValueError):
        return ""
    return name if name == "utf-8" or name in _UTF_16 or name.startswith(_SINGLE) else ""


def _is_utf_8(open_file: Callable[[], BinaryIO]) -> bool:
    """Whether all of it is UTF-8, and not only letters that every encoding writes alike."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    plain = True
    with open_file() as file:
        try:
            while chunk := file.read(CHUNK):
                plain = plain and chunk.isascii()
                decoder.decode(chunk)
            decoder.decode(b"", True)
        except UnicodeDecodeError:
            return False
    return not plain

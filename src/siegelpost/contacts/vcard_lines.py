"""vCard files of any version taken into lines: what each says, unfolded, decoded, with its parameters.

Bytes are unfolded before they are decoded, and each line is decoded by itself: one wrong byte costs one letter. Every
step looks at each byte a bounded number of times.
"""

import binascii
import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

# Without their pictures no cards are larger than this; what is larger is none.
LARGEST_CARD = 400_000
# Lines of one card that are looked at.
MOST_LINES = 1000
_HEAD = re.compile(
    rb"(?:([\w-]{1,40})\.)?([A-Za-z0-9-]{1,40})((?:;[^:\"\n]{0,400}+(?:\"[^\"\n]{0,400}+\"[^:\"\n]{0,400}+){0,9}+)?)\s{0,9}:"
)
_PARAMETER = re.compile(r'(?:"[^"]{0,400}+"|[^;"]){1,800}+')
_BASE64 = re.compile(rb"[A-Za-z0-9+/=]{1,200}\s{0,9}\Z")
_WIDE = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"), (b"B\x00E\x00", "utf-16-le"))
_BINARY = frozenset({"PHOTO", "LOGO", "SOUND", "KEY"})
_ENCODINGS = frozenset({"QUOTED-PRINTABLE", "BASE64", "8BIT", "7BIT", "B"})


@dataclass(frozen=True, slots=True)
class CardLine:
    """One line of a card: its name and ``types`` in capitals, what it says, and its other parameters."""

    name: str
    value: str
    group: str = ""
    types: frozenset[str] = frozenset()
    preference: int = 100  # 1 comes first
    language: str = ""
    uri: bool = False

    def parts(self) -> list[str]:
        """The fields of a structured value, unescaped."""
        return [unescaped(part) for part in _split(self.value, ";")]

    def text(self) -> str:
        """The whole value, unescaped."""
        return unescaped(self.value)


@dataclass(slots=True)
class _Parameters:
    types: set[str] = field(default_factory=set)
    encoding: str = ""
    charset: str = ""
    preference: int = 100
    uri: bool = False


def as_bytes(content: bytes) -> bytes:
    """The file in an encoding in which a line break is one byte: what was UTF-16 in UTF-8, all else as it came."""
    for mark, encoding in _WIDE:
        if content.startswith(mark):
            content = content.decode(encoding, "replace").removeprefix("\ufeff").encode()
    plain = content.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return plain.replace(b"\0", b"")


def cards(content: bytes) -> Iterator[list[CardLine] | None]:
    """The lines of each card; None for one that has no end, or no bearable size. A card within a card is left out."""
    lines: list[bytes] | None = None
    within = 0
    agent = False  # the line before announces a card within this one
    for raw in as_bytes(content).split(b"\n"):
        word = raw.strip().upper()
        if word == b"BEGIN:VCARD":
            if lines is not None and agent:
                within += 1
            else:
                if lines is not None:
                    yield None
                lines, within = [], 0
        elif word == b"END:VCARD" and within:
            within -= 1
        elif word == b"END:VCARD" and lines is not None:
            yield _card(lines)
            lines = None
        elif lines is not None and not within:
            lines.append(raw)
        agent = (word.startswith(b"AGENT") and word.endswith(b":")) or (agent and not word)
    if lines:
        yield None


def _card(lines: list[bytes]) -> list[CardLine] | None:
    found: list[CardLine] = []
    size = 0
    for raw in _unfolded(lines):
        head = _HEAD.match(raw)
        if head is None:
            continue
        name = head[2].decode().upper()
        if name in _BINARY:
            found.append(CardLine(name, ""))
            continue
        size += len(raw)
        if size > LARGEST_CARD or len(found) > MOST_LINES:
            return None
        found.append(_line(name, head, raw[head.end() :]))
    return found


def _unfolded(lines: list[bytes]) -> Iterator[bytes]:
    """Whole lines, of those that go on: by a space, by "=" in quoted-printable, or as the rest of a picture."""
    whole: list[bytes] = []
    soft = binary = False
    for raw in lines:
        if whole and (soft or raw[:1] in (b" ", b"\t") or (binary and _BASE64.match(raw))):
            whole.append(raw if soft else raw[1:] if raw[:1] in (b" ", b"\t") else raw)
        else:
            if whole:
                yield b"".join(whole)
            whole = [raw]
            head = raw.partition(b":")[0].upper()
            binary = head.split(b";")[0].rpartition(b".")[2].decode("latin-1") in _BINARY
            printable = b"QUOTED-PRINTABLE" in head
        soft = printable and whole[-1].endswith(b"=")
        if soft:
            whole[-1] = whole[-1][:-1]
    if whole:
        yield b"".join(whole)


def _line(name: str, head: re.Match[bytes], value: bytes) -> CardLine:
    given = _parameters(head[3].decode("latin-1"))
    if given.encoding == "QUOTED-PRINTABLE":
        value = binascii.a2b_qp(value)
    text = _decoded(value, given.charset).replace("\r\n", "\n").replace("\r", "\n")
    group = (head[1] or b"").decode("latin-1").lower()
    return CardLine(name, text.strip(), group, frozenset(given.types), given.preference, uri=given.uri)


def _parameters(text: str) -> _Parameters:
    found = _Parameters()
    for one in _PARAMETER.findall(text):
        name, equals, value = one.strip().partition("=")
        name = name.strip().upper()
        values = [each.strip().strip('"').upper() for each in value.replace('"', "").split(",")]
        if not equals:
            # Version 2.1 has the value alone: TEL;CELL, and so does Thunderbird with its encoding.
            if name in _ENCODINGS:
                found.encoding = name
            else:
                found.types.add(name)
        elif name == "TYPE":
            found.types.update(values)
        elif name == "ENCODING":
            found.encoding = values[0]
        elif name == "CHARSET":
            found.charset = values[0]
        elif name == "PREF":
            found.preference = int(values[0]) if re.fullmatch(r"[0-9]{1,3}", values[0], re.ASCII) else 1
        elif name == "VALUE":
            found.uri = values[0] == "URI"
    if "PREF" in found.types:
        found.types.discard("PREF")
        found.preference = 1
    return found


def _decoded(value: bytes, charset: str) -> str:
    """By its own word, else as UTF-8, else as Windows wrote it; what cannot be is replaced."""
    for encoding in (charset, "utf-8"):
        try:
            return value.decode(codecs.lookup(encoding).name) if encoding else value.decode("utf-8")
        except (LookupError, ValueError):
            continue
    return value.decode("cp1252", "replace")


def _split(text: str, sign: str) -> list[str]:
    """At each sign that has no backslash before it."""
    found, start, at = [], 0, 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == sign:
            found.append(text[start:at])
            start = at + 1
        at += 1
    return [*found, text[start:]]


def unescaped(text: str) -> str:
    r"""``\n``, ``\,``, ``\;`` and ``\\`` as what they stand for."""
    if "\\" not in text:
        return text
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], text, flags=re.DOTALL)

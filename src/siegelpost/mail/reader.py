"""Reading mails that others wrote: whatever arrives, text comes out, and nothing is raised."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from typing import Literal

from siegelpost.toolbox.lines import line

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
MOST_PARTS = 200
# Characters of one header, and headers of one name: beyond that nobody's mail program shows or writes any.
_LONGEST_HEADER, _MOST_HEADERS = 16_000, 200
_ATOM = re.compile(r"[^\s\"(),:;<>\\]+|\s+")

TokenKind = Literal["atom", "blank", "quoted", "comment", "special"]
Token = tuple[TokenKind, str]


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Somebody named in a header; what cannot be read as one name and one address has an empty ``address``."""

    name: str
    address: str


def parsed(raw: bytes) -> Message:
    """The mail as a tree of parts; nested deeper than the library can follow, its headers alone."""
    try:
        # The old policy never raises over a header.
        return message_from_bytes(raw, policy=compat32)
    except RecursionError:
        return BytesHeaderParser(policy=compat32).parsebytes(raw.partition(b"\r\n\r\n")[0])


def parts(message: Message, *, enclosed: bool = True) -> Iterator[Message]:
    """The message and its parts, in the order they are read, the first two hundred of them.

    Args:
        enclosed: those of mails within it, too.
    """
    waiting = [message]
    for _ in range(MOST_PARTS):
        if not waiting:
            return
        part = waiting.pop()
        yield part
        if enclosed or part is message or part.get_content_maintype() != "message":
            waiting.extend(reversed(below(part)))


def below(part: Message) -> list[Message]:
    """The parts directly within this one."""
    found = part.get_payload() if part.is_multipart() else None
    return [one for one in found if isinstance(one, Message)] if isinstance(found, list) else []


def header(message: Message, name: str) -> str:
    """A header with its encoded words decoded, in one line; empty where there is none."""
    return next(iter(headers(message, name)), "")


def headers(message: Message, name: str) -> list[str]:
    """All headers of this name, each as :func:`header` gives it, the uppermost first.

    For words only: what has a form (addresses, parameters) is taken apart before it is decoded (RFC 2047, 5), by
    :func:`mailboxes` and :func:`tokens`.
    """
    return [_decoded(value) for value in raw_headers(message, name)]


def raw_headers(message: Message, name: str) -> list[str]:
    """All headers of this name in one line each, encoded words as they came, the uppermost first."""
    # As they came: the library's other ways turn bare UTF-8 (RFC 6532) into question marks.
    found = [str(value) for key, value in message.raw_items() if key.strip().lower() == name.lower()]
    return [_unfolded(value) for value in found[:_MOST_HEADERS]]


def mailboxes(message: Message, name: str) -> list[Mailbox]:
    """Who is named in all headers of this name (RFC 5322, 3.4), taken apart first and decoded after.

    Stricter than the RFC: of what is no plain list of ``name <address>`` no address is made.
    """
    return [one for value in raw_headers(message, name) for one in _mailboxes(value)]


def tokens(value: str) -> Iterator[Token]:
    """The parts of a header with a form: atoms, blanks, quoted strings, comments, and the signs ``, : ; < >``.

    What is not closed goes on to the end, as a token of its kind that begins with the opening sign.
    """
    at = 0
    while at < len(value):
        if found := _ATOM.match(value, at):
            yield ("blank" if found[0].isspace() else "atom"), found[0]
            at = found.end()
        elif value[at] in '"(':
            end = _end_of_enclosed(value, at)
            closed = value[end - 1 : end] in ('"', ")") and end - at > 1
            inside = re.sub(r"\\(.)", r"\1", value[at + 1 : end - 1]) if closed else value[at:end]
            yield ("quoted" if value[at] == '"' else "comment"), inside
            at = end
        else:
            yield "special", value[at]
            at += 1


def _end_of_enclosed(value: str, at: int) -> int:
    """Where what is opened at ``at`` ends: comments may be nested (RFC 5322, 3.2.2), strings not."""
    depth, quoted, escaped = 0, value[at] == '"', False
    for place in range(at, len(value)):
        sign = value[place]
        if escaped:
            escaped = False
        elif sign == "\\":
            escaped = True
        elif quoted and sign == '"' and place > at:
            return place + 1
        elif not quoted:
            depth += {"(": 1, ")": -1}.get(sign, 0)
            if not depth:
                return place + 1
    return len(value)


def _mailboxes(value: str) -> Iterator[Mailbox]:
    one: list[Token] = []
    for token in [*tokens(value), ("special", ",")]:
        if token != ("special", ","):
            one.append(token)
        elif any(kind != "blank" for kind, _text in one):
            yield _mailbox(one)
            one = []


def _mailbox(found: list[Token]) -> Mailbox:
    said = [token for token in found if token[0] != "comment"]
    comments = " ".join(text for kind, text in found if kind == "comment")
    signs = [text for kind, text in said if kind == "special"]
    words = "".join(text for kind, text in said if kind != "special").strip()
    if not signs:  # a bare address, as old servers write it
        return Mailbox(_named(comments), words if len(words.split()) == 1 else "")
    opened = said.index(("special", "<")) if "<" in signs else len(said)
    name = "".join(text for _kind, text in said[:opened])
    inside = "".join(f'"{text}"' if kind == "quoted" else text for kind, text in said[opened + 1 :]).strip()
    plain = signs == ["<", ">"] and inside.endswith(">") and len(inside[:-1].split()) == 1
    return Mailbox(_named(name) or _named(comments), inside[:-1].strip() if plain else "")


def _named(raw: str) -> str:
    return line(_decoded(raw))


def _unfolded(value: str) -> str:
    text = value[:_LONGEST_HEADER].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return " ".join(CONTROL.sub(" ", text).split())


def _decoded(value: str) -> str:
    try:
        text = str(make_header(decode_header(value)))
    except (MessageError, ValueError, LookupError, TypeError):
        text = value
    return line(CONTROL.sub(" ", text.encode("utf-8", "replace").decode()))


def filename(part: Message) -> str:
    """What a part is called, where it is a file; empty otherwise."""
    try:
        return _decoded(part.get_filename() or "")
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""


def content(part: Message) -> bytes:
    """The decoded bytes of a part that has no parts."""
    try:
        decoded = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AttributeError):
        return b""
    return decoded if isinstance(decoded, bytes) else b""


def text(part: Message) -> str:
    r"""The text of a part, with ``\n`` line ends; an unknown or wrong charset costs letters, never the text."""
    try:
        decoded = content(part).decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError, TypeError):
        decoded = content(part).decode("utf-8", "replace")
    unified = decoded.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode()
    return CONTROL.sub("", unified)


def first(message: Message, content_type: str) -> Message | None:
    """The first part of this type that is no attachment and not within a mail that is enclosed."""
    for part in parts(message, enclosed=False):
        if part.get_content_type() == content_type and part.get_content_disposition() != "attachment":
            return part
    return None

"""Reading mails that others wrote: whatever arrives, text comes out, and nothing is raised."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_MOST_PARTS = 200


def parsed(raw: bytes) -> Message:
    """The mail as a tree of parts; nested deeper than the library can follow, its headers alone."""
    try:
        # The old policy never raises over a header.
        return message_from_bytes(raw, policy=compat32)
    except RecursionError:
        return BytesHeaderParser(policy=compat32).parsebytes(raw.partition(b"\r\n\r\n")[0])


def parts(message: Message) -> Iterator[Message]:
    """The message and its parts, in the order they are read, the first two hundred of them."""
    waiting: list[object] = [message]
    for _ in range(_MOST_PARTS):
        if not waiting:
            return
        part = waiting.pop()
        if not isinstance(part, Message):
            continue
        yield part
        below = part.get_payload() if part.is_multipart() else None
        if isinstance(below, list):
            waiting.extend(reversed(below))


def header(message: Message, name: str) -> str:
    """A header with its encoded words decoded, in one line; empty where there is none."""
    return next(iter(headers(message, name)), "")


def headers(message: Message, name: str) -> list[str]:
    """All headers of this name, each as :func:`header` gives it, the uppermost first."""
    # As they came: the library's other ways turn bare UTF-8 (RFC 6532) into question marks.
    return [_decoded(str(value)) for key, value in message.raw_items() if key.lower() == name.lower()]


def _decoded(raw: str) -> str:
    value = raw.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        text = str(make_header(decode_header(value)))
    except (MessageError, ValueError, LookupError, TypeError):
        text = value
    text = text.encode("utf-8", "replace").decode()
    return " ".join(_CONTROL.sub(" ", text).split())


def content(part: Message) -> bytes:
    """The decoded bytes of a part that has no parts."""
    try:
        decoded = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AttributeError):
        return b""
    return decoded if isinstance(decoded, bytes) else b""


def text(part: Message) -> str:
    """The text of a part, with ``\\n`` line ends; an unknown or wrong charset costs letters, never the text."""
    try:
        decoded = content(part).decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError, TypeError):
        decoded = content(part).decode("utf-8", "replace")
    unified = decoded.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode()
    return _CONTROL.sub("", unified)


def first(message: Message, content_type: str) -> Message | None:
    """The first part of this type that is no attachment."""
    for part in parts(message):
        if part.get_content_type() == content_type and part.get_content_disposition() != "attachment":
            return part
    return None

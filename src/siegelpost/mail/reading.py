"""Reading mails that others wrote: whatever arrives, text comes out, and nothing is raised."""

import re
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32

_TAG = re.compile(r"<[^>]*>")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def parsed(raw: bytes) -> Message:
    """The mail as a tree of parts; the old policy of the library, for it never raises over a header."""
    return message_from_bytes(raw, policy=compat32)


def header(message: Message, name: str) -> str:
    """A header with its encoded words decoded, in one line; empty where there is none."""
    value = message.get(name)
    if value is None:
        return ""
    try:
        text = str(make_header(decode_header(value)))
    except (ValueError, LookupError):
        text = str(value)
    return " ".join(_CONTROL.sub(" ", text).split())


def content(part: Message) -> bytes:
    """The decoded bytes of a part that has no parts."""
    decoded = part.get_payload(decode=True)
    return decoded if isinstance(decoded, bytes) else b""


def text(part: Message) -> str:
    """The text of a part, with ``\\n`` line ends; an unknown or wrong charset costs letters, never the text."""
    charset = part.get_content_charset() or "utf-8"
    try:
        decoded = content(part).decode(charset, "replace")
    except LookupError:
        decoded = content(part).decode("utf-8", "replace")
    return _CONTROL.sub("", decoded.replace("\r\n", "\n").replace("\r", "\n"))


def first(message: Message, content_type: str) -> Message | None:
    """The first part of this type that is no attachment."""
    for part in message.walk():
        if part.get_content_type() == content_type and part.get_content_disposition() != "attachment":
            return part
    return None

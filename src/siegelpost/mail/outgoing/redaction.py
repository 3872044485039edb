"""Blotting a mail's secret links out, so that a proof can show the mail and not open the document."""

import html
import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from siegelpost.mail import reader

_SECRET = re.compile(r"[A-Za-z0-9_-]{8,}\Z")
# Of quoted-printable, or where somebody's program broke the line of a quote.
_BREAK = rb"(?:=?\r?\n[>| \t]*)?"
# With the signs that are not seen, such as the soft hyphen.
_BREAKS = re.compile("[\\s>|\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+")
_TAG = re.compile(r"<[^<>]{0,2000}>")
# What begins with two headers.
_MAIL = re.compile(
    rb"\s{0,20}[A-Za-z][A-Za-z-]{1,60}:[^\n]{0,2000}\n(?:[ \t][^\n]{0,2000}\n){0,50}[A-Za-z][A-Za-z-]{1,60}:"
)
_MOST_LEVELS = 4


class SecretLeftError(ValueError):
    """A secret could not be blotted out everywhere; a mistake in how the mail was composed."""


def redacted(mime: bytes, secrets: Sequence[str]) -> bytes:
    """The mail with each character of every secret replaced by ``x``, and otherwise byte for byte the same.

    This works on the bytes of the wire, where texts are plain or quoted-printable (a soft line break may cut
    the secret in two), and needs no e-mail library to be repeated by somebody else in ten years.

    Raises:
        SecretLeftError: a secret is no URL-safe token of 8 or more characters, or hides in a base64 text.
    """
    for secret in secrets:
        if not _SECRET.match(secret):
            raise SecretLeftError("a secret must consist of 8 or more of A-Z a-z 0-9 _ -")
    mime = blotted(mime, secrets)
    if secrets:
        _check_nothing_left(mime, secrets)
    return mime


def blotted(text: bytes, secrets: Sequence[str]) -> bytes:
    """A plain text with each character of every secret replaced by ``x``, across line breaks, too."""
    for secret in secrets:
        text = re.sub(_BREAK.join(re.escape(character).encode() for character in secret), _blot, text)
    return text


def _blot(found: re.Match[bytes]) -> bytes:
    return re.sub(rb"[A-Za-z0-9_-]", b"x", found[0])


def _check_nothing_left(mime: bytes, secrets: Sequence[str], level: int = 0) -> None:
    parts = list(reader.parts(reader.parsed(mime)))
    if len(parts) == reader.MOST_PARTS:
        raise SecretLeftError("there are more parts than are looked at")
    for part in parts:
        content = reader.content(part)
        headers = "\n".join(reader.header(part, name) for name in dict.fromkeys(part.keys()))
        texts = (content.decode("latin-1"), reader.text(part), headers)
        if any(secret in form for text in texts for form in _forms(text) for secret in secrets):
            raise SecretLeftError(f"a secret is left in a part of type {part.get_content_type()}")
        # Many programs attach a mail as a file like any other.
        if _MAIL.match(content):
            if level == _MOST_LEVELS:
                raise SecretLeftError("there are more mails in mails than are looked at")
            _check_nothing_left(content, secrets, level + 1)


def _forms(text: str) -> Iterator[str]:
    """A text as people may see it: with its entities and percent signs read, without tags, breaks and unseen signs."""
    read = html.unescape(text)
    for form in {text, read, unquote(read), html.unescape(_TAG.sub("", text))}:
        yield _BREAKS.sub("", form)

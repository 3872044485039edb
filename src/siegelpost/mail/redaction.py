"""Blotting a mail's secret links out, so that a proof can show the mail and not open the document."""

import re
from collections.abc import Sequence

from siegelpost.mail import reading

_SECRET = re.compile(r"[A-Za-z0-9_-]{8,}\Z")
# Of quoted-printable, or where somebody's program broke the line of a quote.
_BREAK = rb"(?:=?\r?\n[>| \t]*)?"
_BREAKS = re.compile(r"[\s>|]+")


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


def _check_nothing_left(mime: bytes, secrets: Sequence[str]) -> None:
    parts = list(reading.parts(reading.parsed(mime)))
    if len(parts) == reading.MOST_PARTS:
        raise SecretLeftError("there are more parts than are looked at")
    for part in parts:
        content = reading.content(part)
        texts = (_BREAKS.sub("", text) for text in (content.decode("latin-1"), reading.text(part)))
        if any(secret in text for text in texts for secret in secrets):
            raise SecretLeftError(f"a secret is left in a part of type {part.get_content_type()}")

"""Blotting a mail's secret links out, so that a proof can show the mail and not open the document."""

import re
from collections.abc import Sequence
from email import message_from_bytes
from email.policy import default

_SECRET = re.compile(r"[A-Za-z0-9_-]{8,}\Z")
_SOFT_BREAK = rb"(?:=\r\n)?"


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
        pattern = _SOFT_BREAK.join(re.escape(character).encode() for character in secret)
        mime = re.sub(pattern, _blot, mime)
    if secrets:
        _check_nothing_left(mime, secrets)
    return mime


def _blot(found: re.Match[bytes]) -> bytes:
    return re.sub(rb"[A-Za-z0-9_-]", b"x", found[0])


def _check_nothing_left(mime: bytes, secrets: Sequence[str]) -> None:
    for part in message_from_bytes(mime, policy=default).walk():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and any(secret.encode() in content for secret in secrets):
            raise SecretLeftError(f"a secret is left in a part of type {part.get_content_type()}")

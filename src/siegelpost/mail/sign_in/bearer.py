"""A token in place of a password, in SMTP and IMAP: XOAUTH2 (of Google) and OAUTHBEARER (RFC 7628)."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import MappingProxyType

_MOST_OF_A_CHALLENGE = 2000
_SHOWN = ("status", "error", "error_description", "schemes", "scope")


@dataclass(frozen=True, slots=True)
class Account:
    """Whose mailbox, at which server, with which token."""

    user: str
    host: str
    port: int
    token: str = field(repr=False)


def _xoauth2(account: Account) -> bytes:
    return f"user={account.user}\x01auth=Bearer {account.token}\x01\x01".encode()


def _oauthbearer(account: Account) -> bytes:
    user = account.user.replace("=", "=3D").replace(",", "=2C")
    where = f"host={account.host}\x01port={account.port}\x01"
    return f"n,a={user},\x01{where}auth=Bearer {account.token}\x01\x01".encode()


@dataclass(frozen=True, slots=True)
class Mechanism:
    """How the token is said, and what is said to the server's explanation before it refuses."""

    says: Callable[[Account], bytes]
    after_refusal: bytes


# In the order in which they are chosen. Microsoft knows the first alone.
MECHANISMS: Mapping[str, Mechanism] = MappingProxyType(
    {"XOAUTH2": Mechanism(_xoauth2, b""), "OAUTHBEARER": Mechanism(_oauthbearer, b"\x01")}
)


def chosen(offered: Iterable[str]) -> str | None:
    """The name of the mechanism to use; None: the server knows neither."""
    known = {each.upper() for each in offered}
    return next((name for name in MECHANISMS if name in known), None)


def explanation(challenge: bytes) -> str:
    """What a server says before it refuses a token: JSON, in SMTP as base64; else as it is, in ASCII."""
    raw = challenge[:_MOST_OF_A_CHALLENGE].strip()
    with suppress(binascii.Error, ValueError):
        raw = base64.b64decode(raw, validate=True)
    text = raw.decode("ascii", "replace")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return text
    shown = said if isinstance(said, dict) else {}
    parts = ", ".join(f"{name}: {shown[name]}" for name in _SHOWN if isinstance(shown.get(name), str))
    return parts.encode("ascii", "replace").decode() or text

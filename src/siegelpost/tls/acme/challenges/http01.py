"""HTTP-01 (RFC 8555 § 8.3): a file per token, answered on the plain port."""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from siegelpost.tls.store import Store
from siegelpost.toolbox.durable import replace_durably

# base64url, at least 128 bits (RFC 8555 § 8.3); what else is asked for touches no file.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,200}\Z")


def tokens(store: Store) -> Callable[[str], str | None]:
    """For the token that an authority asks for, the key authorization, or None."""
    folder = _folder(store)

    def authorization(token: str) -> str | None:
        if not _TOKEN.match(token):
            return None
        try:
            return (folder / token).read_text()
        except OSError:
            return None

    return authorization


def present(store: Store, token: str, authorization: str) -> None:
    """Answer this token from now on.

    Raises:
        ValueError: the token is not of the form that the RFC gives it.
    """
    if not _TOKEN.match(token):
        raise ValueError("no token")
    replace_durably(_folder(store) / token, authorization.encode())


def remove(store: Store, token: str) -> None:
    """Answer it no more."""
    with suppress(OSError):
        (_folder(store) / token).unlink(missing_ok=True)


def _folder(store: Store) -> Path:
    return store.folder / "challenges" / "http-01"

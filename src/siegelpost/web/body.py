"""Request bodies, taken in whole before a thread is spent on them: a slow client holds a file, not a thread."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from tempfile import SpooledTemporaryFile
from typing import Any

Receive = Callable[[], Awaitable[Any]]

_IN_MEMORY = 1024 * 1024
_CHUNK = 256 * 1024
# A recipient sends a name and some ticks, a visitor without a session a password: nobody else fills our disk.
_RECIPIENT = 64 * 1024
_STRANGER = 1024 * 1024
_AGENT = 512 * 1024 * 1024


class TooLargeError(Exception):
    """The body is larger than this sender may send here."""


def most(scope: dict[str, Any]) -> int:
    """How many bytes this request may bring."""
    if scope["path"].startswith(("/s/", "/widerruf")):
        return _RECIPIENT
    known = any(name in (b"cookie", b"authorization") for name, _ in scope["headers"])
    return _AGENT if known else _STRANGER


@asynccontextmanager
async def spooled(scope: dict[str, Any], receive: Receive) -> AsyncIterator[Receive]:
    """A ``receive`` that has the whole body at hand, from memory or a temporary file.

    Raises:
        TooLargeError: before anything else is done with the request.
    """
    fields = dict(scope["headers"])
    length = int(fields.get(b"content-length") or 0)
    limit = most(scope)
    if length > limit:
        raise TooLargeError
    if not length and b"transfer-encoding" not in fields:
        yield receive
        return
    with SpooledTemporaryFile(_IN_MEMORY) as file:
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
            size += len(message["body"])
            if size > limit:
                raise TooLargeError
            file.write(message["body"])
            more = message["more_body"]
        file.seek(0)
        left = size

        async def again() -> dict[str, Any]:
            nonlocal left
            if more:  # the client went away in the middle
                return {"type": "http.disconnect"}
            body = file.read(_CHUNK)
            left -= len(body)
            return {"type": "http.request", "body": body, "more_body": left > 0}

        yield again

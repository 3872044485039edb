"""Request bodies, taken in whole before a thread is spent on them: a slow client holds a file, not a thread."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from tempfile import SpooledTemporaryFile
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.http.cookie import parse_cookie

Receive = Callable[[], Awaitable[Any]]

_IN_MEMORY = 1024 * 1024
_CHUNK = 256 * 1024
# A recipient sends a name and some ticks, a visitor without a session a password: nobody else fills our disk.
_RECIPIENT = 64 * 1024
_STRANGER = 1024 * 1024
_AGENT = 512 * 1024 * 1024


class TooLargeError(Exception):
    """The body is larger than this sender may send here."""


async def most(scope: dict[str, Any], announced: int) -> int:
    """How many bytes this request may bring; only who is signed in may bring a large file, and says so beforehand."""
    if scope["path"].startswith(("/s/", "/widerruf")):
        return _RECIPIENT
    if announced <= _STRANGER:
        return _STRANGER
    cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    return _AGENT if await asyncio.to_thread(_is_signed_in, cookies.decode("latin-1")) else _STRANGER


def _is_signed_in(cookies: str) -> bool:
    """Whether these cookies carry the session of somebody who is signed in; a made-up cookie does not."""
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME)
    try:
        return bool(key) and SESSION_KEY in SessionStore(key)
    finally:
        connection.close()  # this thread is not one of Django's, and nobody else would


@asynccontextmanager
async def spooled(scope: dict[str, Any], receive: Receive) -> AsyncIterator[Receive]:
    """A ``receive`` that has the whole body at hand, from memory or a temporary file.

    Raises:
        TooLargeError: before anything else is done with the request.
    """
    fields = dict(scope["headers"])
    length = int(fields.get(b"content-length") or 0)
    limit = await most(scope, length)
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

"""Request bodies, taken in whole before a thread is spent on them: a slow client holds a file, not a thread.

Nor much memory: what is larger than a form, and what comes when many have come already, waits on the disk, in files
without a name, which end with the process however it ends. How many of those strangers may hold is limited.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.http.cookie import parse_cookie

from siegelpost.toolbox.limits import BODIES_ON_DISK, BODY_ON_DISK, INTAKE_BODY, source
from siegelpost.toolbox.tally import Tally
from siegelpost.web import intake, visitors

Receive = Callable[[], Awaitable[Any]]

_CHUNK = 256 * 1024
# A form of a few fields: always taken in, whatever else is going on.
_SMALL = 4 * 1024
# Of one body in memory, of all of one source, of all; in each process.
_IN_MEMORY = 64 * 1024
_SOURCE_IN_MEMORY = 4 * 1024 * 1024
_ALL_IN_MEMORY = 16 * 1024 * 1024
# A recipient sends a name and some ticks, a visitor without a session a password: nobody else fills our disk.
_RECIPIENT = 64 * 1024
_STRANGER = 1024 * 1024
_AGENT = 512 * 1024 * 1024
_PROGRAM = 512 * 1024 * 1024 + 1  # a program that hands properties over; counted, unlike those of people


class TooLargeError(Exception):
    """The body is larger than this sender may send here."""


class GoneError(Exception):
    """The sender went in the middle: what came is not what was meant, and nobody waits for an answer."""


class TooManyError(Exception):
    """As many large bodies wait as may; ``from_here`` says whether those of this sender alone are too many."""

    def __init__(self, *, from_here: bool) -> None:
        super().__init__("too many large bodies")
        self.from_here = from_here


def waiting_folder(data: Path) -> Path:
    """Where bodies wait on the disk."""
    return data / "run" / "bodies"


class WaitingRoom:
    """What bodies that wait take: of this process's memory, and of the disk over all processes."""

    def __init__(self, folder: Path, on_disk: Tally, most_on_disk: int = BODIES_ON_DISK.most) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        self._on_disk = on_disk
        self._most_on_disk = most_on_disk
        self._memory: Counter[str] = Counter()

    def keep(self, who: str, size: int) -> bool:
        """Keep so many more bytes of this source in memory, if it has room for them."""
        if self._memory[who] + size > _SOURCE_IN_MEMORY or self._memory.total() + size > _ALL_IN_MEMORY:
            return False
        self._memory[who] += size
        return True

    def let_go(self, who: str, size: int) -> None:
        """So many bytes of this source are no longer in memory."""
        self._memory[who] -= size
        if not self._memory[who]:
            del self._memory[who]

    def to_disk(self, who: str, each: int = BODY_ON_DISK.most) -> None:
        """Count a body that goes to the disk, of which this sender may have ``each``.

        Raises:
            TooManyError: it must not.
        """
        if not self._on_disk.take(who, each=each, together=self._most_on_disk):
            raise TooManyError(from_here=self._on_disk.held(who) >= each)

    def from_disk(self, who: str) -> None:
        """One is gone."""
        self._on_disk.give_back(who)


async def most(scope: dict[str, Any], announced: int) -> int:
    """How many bytes this request may bring; only who is signed in may bring a large file, and says so beforehand."""
    if scope["path"].startswith(("/s/", "/widerruf")):
        return _RECIPIENT
    if intake.account_in(scope):
        return _PROGRAM
    if announced <= _STRANGER:
        return _STRANGER
    return _AGENT if await _is_agent(scope) else _STRANGER


async def _is_agent(scope: dict[str, Any]) -> bool:
    cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    return bool(cookies) and await asyncio.to_thread(_is_signed_in, cookies.decode("latin-1"))


def _is_signed_in(cookies: str) -> bool:
    """Whether these cookies carry the session of somebody who is signed in; a made-up cookie does not."""
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME)
    try:
        return bool(key) and SESSION_KEY in SessionStore(key)
    finally:
        connection.close()  # this thread is not one of Django's, and nobody else would


class _Body:
    """One body while it comes, and until it was answered."""

    def __init__(self, room: WaitingRoom, scope: dict[str, Any], announced: int, limit: int) -> None:
        self._room = room
        self._scope = scope
        self._who, self._at_once = source(visitors.of_scope(scope)), BODY_ON_DISK.most
        if account := intake.account_in(scope):
            self._who, self._at_once = f"intake {account}", INTAKE_BODY.most
        self._limit = limit
        self._is_small = 0 < announced <= _SMALL
        self._in_memory = 0
        self._is_on_disk = self._is_counted = False
        self.size = 0
        self.file = SpooledTemporaryFile(mode="w+b", dir=str(room.folder))  # noqa: SIM115 - close() does

    async def add(self, data: bytes) -> None:
        """Take in what came.

        Raises:
            TooLargeError: it is more than this sender may send.
            TooManyError: it would have to go to the disk, where enough wait.
        """
        self.size += len(data)
        if self.size > self._limit:
            raise TooLargeError
        if not (self._is_small or self._is_on_disk or self._stays_in_memory(len(data))):
            await self._to_disk()
        self.file.write(data)

    def _stays_in_memory(self, more: int) -> bool:
        if self.size > _IN_MEMORY or not self._room.keep(self._who, more):
            return False
        self._in_memory += more
        return True

    async def _to_disk(self) -> None:
        try:
            if self._limit != _AGENT:
                self._room.to_disk(self._who, self._at_once)
                self._is_counted = True
        except TooManyError:
            if not await _is_agent(self._scope):
                raise
        self.file.rollover()
        self._is_on_disk = True
        self._leave_memory()

    def _leave_memory(self) -> None:
        self._room.let_go(self._who, self._in_memory)
        self._in_memory = 0

    def close(self) -> None:
        """Give back what it took."""
        self.file.close()
        self._leave_memory()
        if self._is_counted:
            self._room.from_disk(self._who)


async def _no_body() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


@asynccontextmanager
async def spooled(scope: dict[str, Any], receive: Receive, room: WaitingRoom) -> AsyncIterator[Receive]:
    """A ``receive`` that has the whole body at hand, from memory or a temporary file.

    Raises:
        TooLargeError, TooManyError, GoneError: before anything else is done with the request.
    """
    fields = dict(scope["headers"])
    length = int(fields.get(b"content-length") or 0)
    if scope["path"].startswith(intake.PREFIX) and not await intake.lets_in(scope):
        yield _no_body  # who may send nothing is told so, and nothing is taken in
        return
    limit = await most(scope, length)
    if length > limit:
        raise TooLargeError
    if not length and b"transfer-encoding" not in fields:
        yield receive
        return
    body = _Body(room, scope, length, limit)
    try:
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise GoneError
            await body.add(message["body"])
            more = message["more_body"]
        body.file.seek(0)
        left = body.size

        async def again() -> dict[str, Any]:
            nonlocal left
            piece = body.file.read(_CHUNK)
            left -= len(piece)
            return {"type": "http.request", "body": piece, "more_body": left > 0}

        yield again
    finally:
        body.close()

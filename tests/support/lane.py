"""The lane on a test's own database: it reads over Django's connection, and its events are kept or written there."""

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection

from siegelpost.cases import viewings
from siegelpost.dispatch.frozen.row import SQL, PageRow
from siegelpost.ledger import halt
from siegelpost.ledger.log import INSERT_SQL, Row
from siegelpost.settings import load
from siegelpost.web import lane as lanes
from siegelpost.web import throttle
from siegelpost.web.lane import Lane
from siegelpost.web.throttle import Window


class DjangoReader:
    """Finds as the lane does, over Django's connection: the test's database has a name of its own."""

    async def find(self, token_hash: bytes) -> PageRow | None:
        with connection.cursor() as cursor:
            cursor.execute(SQL + "%s", [token_hash])
            row = cursor.fetchone()
        # On the loop it is a connection of its own, which nobody else would close.
        connection.close()
        return row and PageRow(*row)

    async def viewings(self, token_hash: bytes) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(viewings.SQL + "%s", [token_hash])
            rows: list[Any] = cursor.fetchall()
        connection.close()
        return rows

    async def was_handed_over(self, public_id: str, sha256: str) -> bool:
        return False

    async def ping(self) -> None:
        return

    async def marker(self) -> object:
        return None

    def close(self) -> None:
        return


class Commits:
    """Gives the lane's events to ``write``, and counts as the real one does."""

    def __init__(self, write: Callable[[Row], object]) -> None:
        self._write = write

    async def write(self, event: Row | None, window: Window | None = None) -> bool:
        halt.refuse_if_halted()
        if window is not None:
            counted = throttle.count(window, 1)
            connection.close()
            if counted > window.most:
                return False
        if event is not None:
            self._write(event)
        return True

    async def close(self) -> None:
        return


def a_lane(monkeypatch: pytest.MonkeyPatch, write: Callable[[Row], object] = lambda event: None) -> Lane:
    """A lane on the test's database; what becomes of its events ``write`` says."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the lane's loop runs in this thread, and so does Django
    for name in ("SQLiteReader", "PostgreSQLReader"):
        monkeypatch.setattr(lanes, name, lambda where: DjangoReader())
    monkeypatch.setattr(lanes, "GroupCommit", lambda connect: Commits(write))
    return Lane(load())


def insert(event: Row) -> None:
    """Write an event of the lane as its own writers do."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT_SQL[connection.vendor].replace("?", "%s"), event)
    connection.close()


def see(
    lane: Lane, path: str, *, method: str = "GET", address: str = "203.0.113.7", foresight: bytes = b""
) -> tuple[int, bytes]:
    """What the lane answers somebody at this address; ``path`` may have a query.

    Args:
        foresight: what a browser says in Sec-Purpose that fetches before anybody asks.
    """
    parts = urlsplit(path)
    scope = {
        "type": "http",
        "method": method,
        "path": parts.path,
        "query_string": parts.query.encode(),
        "headers": [(b"user-agent", b"Mozilla/5.0"), *([(b"sec-purpose", foresight)] if foresight else [])],
        "client": (address, 1),
    }
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    handler = lane.handler(scope)
    assert handler
    asyncio.run(handler(scope, receive, send))  # type: ignore[arg-type]  # it is a coroutine
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])

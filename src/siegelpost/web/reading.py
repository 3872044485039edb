"""The one query behind a recipient's page, past the ORM: prepared once, asked for every opening."""

import asyncio
import json
import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import psycopg

from siegelpost.dispatch.states import State
from siegelpost.web.recipient.pages import Shown

# The same text for both databases but for the placeholder; what differs between them is cast to text.
_SQL = """
SELECT CAST(d.public_id AS text), d.state, CAST(d.page AS text),
       CASE WHEN d.state = 'open' THEN CAST(d.content AS text) END,
       CAST(d.period_ends_at AS text), CAST(d.declared_at AS text), CAST(d.expires_at AS text)
FROM dispatch_link l JOIN dispatch_dispatch d ON d.id = l.dispatch_id
WHERE l.token_hash = """

Found = tuple[str, str, str, str | None, str | None, str | None, str]


class Reader(Protocol):
    """Finds dispatches by the hash of a link's token."""

    async def find(self, token_hash: bytes) -> Found | None:
        """The row of the query above, or None when no such link exists."""

    async def ping(self) -> None:
        """Raises when the database does not answer."""

    def close(self) -> None:
        """Let go of the connection."""


class SQLiteReader:
    """Reads on the event loop: in WAL mode a reader waits for nobody, and 20 µs are less than a thread costs."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA query_only=1")

    async def find(self, token_hash: bytes) -> Found | None:
        found: Found | None = self._connection.execute(_SQL + "?", (token_hash,)).fetchone()
        return found

    async def ping(self) -> None:
        self._connection.execute("SELECT 1 FROM dispatch_link LIMIT 1").fetchone()

    def close(self) -> None:
        self._connection.close()


class PostgreSQLReader:
    """Reads in threads, a connection each: the answer comes over a socket, and the loop must not wait for it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._local = threading.local()

    async def find(self, token_hash: bytes) -> Found | None:
        return await asyncio.to_thread(self._ask, _SQL + "%s", token_hash)

    async def ping(self) -> None:
        await asyncio.to_thread(self._ask, "SELECT 1 WHERE %s::bytea IS NOT NULL", b"")

    def _ask(self, sql: str, parameter: bytes) -> Any:
        connection = getattr(self._local, "connection", None)
        if connection is None or connection.closed:
            connection = psycopg.connect(self._url, autocommit=True, prepare_threshold=1, options="-c timezone=UTC")
            self._local.connection = connection
        return connection.execute(sql, (parameter,)).fetchone()

    def close(self) -> None:
        """Its threads' connections end with them."""


def is_over(found: Found, now: datetime) -> bool:
    """Whether the time of this dispatch ended before anything was declared."""
    return found[5] is None and _moment(found[6]) <= now


def shown(found: Found, *, over: bool) -> Shown:
    """What the page of this row is made of; one whose time is over shows itself as expired."""
    public_id, state, page, content, period_ends_at, declared_at, _ = found
    return Shown(
        public_id=str(UUID(public_id)),
        state=State.EXPIRED if over else State(state),
        page=json.loads(page),
        content=json.loads(content) if content else None,
        period_ends_at=_moment(period_ends_at).isoformat() if period_ends_at else None,
        declared=declared_at is not None,
    )


def _moment(text: str) -> datetime:
    """A time of the database, which keeps UTC; SQLite does not say so in the text."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

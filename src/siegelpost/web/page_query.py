"""The queries behind a recipient's page, past the ORM: prepared once, asked for every opening."""

import asyncio
import sqlite3
import threading
from pathlib import Path
from typing import Any, Protocol

from siegelpost.cases import viewings
from siegelpost.dispatch.frozen.row import SQL, PageRow

# By the index over subjects; a dispatch is handed over a few times, and whoever reads it more often reads it again.
_HANDED_OVER = "SELECT leaf FROM ledger_event WHERE kind = 'ContentHandover' AND subject = "
_MOST_HANDED_OVER = " ORDER BY id DESC LIMIT 200"
# Grows with every event, its sealing, and what colleagues note or arrange: a change of it is all that is asked for.
_MARKER = """
SELECT (SELECT MAX(id) FROM ledger_event),
       (SELECT MAX(leaf_index) FROM ledger_event WHERE leaf_index IS NOT NULL),
       (SELECT MAX(id) FROM contacts_activity), (SELECT MAX(id) FROM contacts_appointment),
       (SELECT MAX(id) FROM contacts_participant), (SELECT MAX(id) FROM dispatch_settled)
"""


class Reader(Protocol):
    """Finds dispatches by the hash of a link's token."""

    async def find(self, token_hash: bytes) -> PageRow | None:
        """The row of :data:`siegelpost.dispatch.frozen.row.SQL`, or None when no such link exists."""

    async def viewings(self, token_hash: bytes) -> list[Any]:
        """The rows of :data:`siegelpost.cases.viewings.SQL`."""

    async def was_handed_over(self, public_id: str, sha256: str) -> bool:
        """Whether a whole transfer of the content with this hash stands in the ledger."""

    async def ping(self) -> None:
        """Raises when the database does not answer."""

    async def marker(self) -> object:
        """Something that is another after every change the office's pages show."""

    def close(self) -> None:
        """Let go of the connection."""


class SQLiteReader:
    """Reads on the event loop: in WAL mode a reader waits for nobody, and 20 µs are less than a thread costs."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA query_only=1")

    async def find(self, token_hash: bytes) -> PageRow | None:
        row = self._connection.execute(SQL + "?", (token_hash,)).fetchone()
        return row and PageRow(*row)

    async def viewings(self, token_hash: bytes) -> list[Any]:
        return self._connection.execute(viewings.SQL + "?", (token_hash,)).fetchall()

    async def was_handed_over(self, public_id: str, sha256: str) -> bool:
        rows = self._connection.execute(f"{_HANDED_OVER}?{_MOST_HANDED_OVER}", (public_id,))
        return any(sha256.encode() in bytes(leaf) for (leaf,) in rows)

    async def ping(self) -> None:
        self._connection.execute("SELECT 1 FROM dispatch_link LIMIT 1").fetchone()

    async def marker(self) -> object:
        return self._connection.execute(_MARKER).fetchone()

    def close(self) -> None:
        self._connection.close()


class PostgreSQLReader:
    """Reads in threads, a connection each: the answer comes over a socket, and the loop must not wait for it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._local = threading.local()

    async def find(self, token_hash: bytes) -> PageRow | None:
        row = await asyncio.to_thread(self._ask, SQL + "%s", token_hash)
        return row and PageRow(*row)

    async def viewings(self, token_hash: bytes) -> list[Any]:
        return await asyncio.to_thread(self._all, viewings.SQL + "%s", token_hash)

    async def was_handed_over(self, public_id: str, sha256: str) -> bool:
        return await asyncio.to_thread(self._handed_over, public_id, sha256)

    def _handed_over(self, public_id: str, sha256: str) -> bool:
        rows = self._connected().execute(f"{_HANDED_OVER}%s{_MOST_HANDED_OVER}", (public_id,))
        return any(sha256.encode() in bytes(leaf) for (leaf,) in rows)

    async def ping(self) -> None:
        await asyncio.to_thread(self._ask, "SELECT 1 WHERE %s::bytea IS NOT NULL", b"")

    async def marker(self) -> object:
        return await asyncio.to_thread(self._ask, _MARKER)

    def _ask(self, sql: str, *parameters: bytes) -> Any:
        return self._connected().execute(sql, parameters).fetchone()

    def _all(self, sql: str, *parameters: bytes) -> list[Any]:
        rows: list[Any] = self._connected().execute(sql, parameters).fetchall()
        return rows

    def _connected(self) -> Any:
        connection = getattr(self._local, "connection", None)
        if connection is None or connection.closed:
            import psycopg  # an office on SQLite never loads it

            connection = psycopg.connect(self._url, autocommit=True, prepare_threshold=1, options="-c timezone=UTC")
            self._local.connection = connection
        return connection

    def close(self) -> None:
        """Its threads' connections end with them."""

"""The one query behind a recipient's page, past the ORM: prepared once, asked for every opening."""

import asyncio
import json
import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from siegelpost.dispatch.frozen.pages import Shown
from siegelpost.dispatch.frozen_form import known
from siegelpost.dispatch.models import Kind
from siegelpost.dispatch.states import DispatchState

# The same text for both databases but for the placeholder; what differs between them is cast to text.
_SQL = """
SELECT CAST(d.public_id AS text), d.kind, d.state, CAST(d.page AS text),
       CASE WHEN d.state = 'open' AND l.opens THEN CAST(d.content AS text) END,
       CAST(d.period_ends_at AS text), CAST(d.declared_at AS text), CAST(d.expires_at AS text), d.pdf_sha256,
       CASE WHEN d.state IN ('queued', 'notified', 'undeliverable') THEN d.gate_html END
FROM dispatch_link l JOIN dispatch_dispatch d ON d.id = l.dispatch_id
WHERE l.token_hash = """
# By the index over subjects; a dispatch is handed over a few times, and whoever reads it more often reads it again.
_HANDED_OVER = "SELECT leaf FROM ledger_event WHERE kind = 'ContentHandover' AND subject = "
_MOST_HANDED_OVER = " ORDER BY id DESC LIMIT 200"
# Grows with every event, its sealing, and what colleagues note or arrange: a change of it is all that is asked for.
_MARKER = """
SELECT (SELECT MAX(id) FROM ledger_event),
       (SELECT MAX(leaf_index) FROM ledger_event WHERE leaf_index IS NOT NULL),
       (SELECT MAX(id) FROM contacts_activity), (SELECT MAX(id) FROM contacts_appointment),
       (SELECT MAX(id) FROM dispatch_settled)
"""


class PageRow(NamedTuple):
    """A row of the query above, as the databases give it."""

    public_id: str
    kind: str
    state: str
    page: str
    content: str | None
    period_ends_at: str | None
    declared_at: str | None
    expires_at: str
    pdf_sha256: str
    gate_html: bytes | None


class Reader(Protocol):
    """Finds dispatches by the hash of a link's token."""

    async def find(self, token_hash: bytes) -> PageRow | None:
        """The row of the query above, or None when no such link exists."""

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
        row = self._connection.execute(_SQL + "?", (token_hash,)).fetchone()
        return row and PageRow(*row)

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
        row = await asyncio.to_thread(self._ask, _SQL + "%s", token_hash)
        return row and PageRow(*row)

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

    def _connected(self) -> Any:
        connection = getattr(self._local, "connection", None)
        if connection is None or connection.closed:
            import psycopg  # an office on SQLite never loads it

            connection = psycopg.connect(self._url, autocommit=True, prepare_threshold=1, options="-c timezone=UTC")
            self._local.connection = connection
        return connection

    def close(self) -> None:
        """Its threads' connections end with them."""


def public_id(found: PageRow) -> str:
    """The dispatch's public id as it is written everywhere; SQLite keeps it without hyphens."""
    return str(UUID(found.public_id))


def state_of(found: PageRow, now: datetime) -> DispatchState:
    """The state a visitor meets: one whose time ended before anything was declared shows itself as expired."""
    over = found.declared_at is None and _moment(found.expires_at) <= now
    return DispatchState.EXPIRED if over else DispatchState(found.state)


def shown(found: PageRow, state: DispatchState) -> Shown:
    """What the page of this row is made of.

    Raises:
        NewerFormError: a newer version has frozen it.
    """
    return Shown(
        public_id=public_id(found),
        kind=Kind(found.kind),
        state=state,
        page=known(json.loads(found.page)),
        content=content_of(found) or None,
        period_ends_at=_moment(found.period_ends_at) if found.period_ends_at else None,
        expires_at=_moment(found.expires_at),
    )


def content_of(found: PageRow) -> dict[str, Any]:
    """What stands behind the gate; empty while it does not open for this link.

    Raises:
        NewerFormError: a newer version has frozen it.
    """
    content: dict[str, Any] = known(json.loads(found.content or "{}"))
    return content


def _moment(text: str) -> datetime:
    """A time of the database, which keeps UTC; SQLite does not say so in the text."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

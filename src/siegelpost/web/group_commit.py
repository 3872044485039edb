"""Durable records for many requests at once: one transaction, and one wait for the disk, for all that wait.

An event counts as written only when its transaction is committed with ``synchronous=FULL``; whoever waits for it is
told so then, and not before.
"""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Protocol

import structlog

from siegelpost.ledger import halt
from siegelpost.ledger.log import INSERT_SQL, Row
from siegelpost.toolbox.locks import alone

log = structlog.get_logger(__name__)

_LARGEST_BATCH = 512
_BUSY_SECONDS = 20

Waiting = tuple[Row, "asyncio.Future[None]"]


class Writer(Protocol):
    """A connection of the writing thread."""

    def write(self, rows: Sequence[Row]) -> None:
        """All rows in one transaction, durable on return; raises otherwise, and then none is written."""

    def close(self) -> None:
        """Let go of the connection."""


class SQLiteWriter:
    """Writes with a connection of its own.

    Processes queue at a lock file before ``BEGIN IMMEDIATE``: the kernel wakes them in turn, where SQLite's own busy
    handler sleeps and retries, and some wait many times as long as others.
    """

    def __init__(self, path: Path) -> None:
        self._lock = path.with_name(path.name + ".lock")
        self._connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        # Events of thousands of dispatches go to as many places of a large index: 16 MB keep those pages at hand,
        # where the usual 2 MB made a million events cost an eighth of the throughput.
        self._connection.execute("PRAGMA cache_size=-16384")
        # A page that many events touch is copied back once per 32 MB of log instead of once per 4 MB.
        self._connection.execute("PRAGMA wal_autocheckpoint=8000")

    def write(self, rows: Sequence[Row]) -> None:
        with alone(self._lock):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._connection.executemany(INSERT_SQL["sqlite"], rows)
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # SQLite has rolled back by itself after some errors
                    self._connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        self._connection.close()


class PostgreSQLWriter:
    """Writes with a connection of its own; ``synchronous_commit`` is on whatever the server's default is."""

    def __init__(self, url: str) -> None:
        import psycopg  # an office on SQLite never loads it

        self._connection = psycopg.connect(url, options="-c synchronous_commit=on -c timezone=UTC")

    def write(self, rows: Sequence[Row]) -> None:
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.executemany(INSERT_SQL["postgresql"], rows)

    def close(self) -> None:
        self._connection.close()


class GroupCommit:
    """Takes rows on the event loop, writes them in a thread of its own."""

    def __init__(self, connect: Callable[[], Writer]) -> None:
        self._connect = connect
        self._loop = asyncio.get_running_loop()
        # Its get() hands each entry out once, whatever the loop puts in meanwhile.
        self._queue: SimpleQueue[Waiting | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="group-commit", daemon=True)
        self._thread.start()

    def write(self, row: Row) -> "asyncio.Future[None]":
        """Begin to write the row; the future is done when it is on the disk.

        It raises what the database said, and then the row is not written. Nobody may be told of the event before.
        """
        written = self._loop.create_future()
        self._queue.put((row, written))
        return written

    async def close(self) -> None:
        """Write what waits, then end."""
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    # In the thread

    def _run(self) -> None:
        writer: Writer | None = None
        ending = False
        while not ending:
            batch, ending = self._take()
            if not batch:
                continue
            error: Exception | None = None
            try:
                halt.refuse_if_halted()
                writer = writer or self._connect()
                writer.write([row for row, _ in batch])
            except halt.HaltedError as stopped:  # logged when it was stopped; each visitor would add a line
                error = stopped
            except Exception as problem:
                error = problem
                log.exception("events could not be written", count=len(batch))
                if writer is not None:
                    with suppress(Exception):  # it may be what is broken
                        writer.close()
                    writer = None
            # One wake-up of the loop for all of them.
            self._loop.call_soon_threadsafe(_tell, batch, error)
        if writer is not None:
            writer.close()

    def _take(self) -> tuple[list[Waiting], bool]:
        """All that waits now, at least one; and whether the end was asked for."""
        batch: list[Waiting] = []
        entry = self._queue.get()
        with suppress(Empty):
            while entry is not None:
                batch.append(entry)
                if len(batch) >= _LARGEST_BATCH:
                    return batch, False
                entry = self._queue.get_nowait()
        return batch, entry is None


def _tell(batch: Sequence[Waiting], error: Exception | None) -> None:
    for _, written in batch:
        if written.done():  # cancelled meanwhile
            continue
        if error is None:
            written.set_result(None)
        else:
            written.set_exception(error)

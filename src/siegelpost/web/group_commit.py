"""Durable records for many requests at once: one transaction, and one wait for the disk, for all that wait.

An event counts as written only when its transaction is committed with ``synchronous=FULL``; whoever waits for it is
told so then, and not before. What a limit counts is counted in the same transaction, and beyond it nothing is written.
"""

import asyncio
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import NamedTuple, Protocol

import structlog

from siegelpost.ledger import halt
from siegelpost.ledger.log import INSERT_SQL, Row
from siegelpost.toolbox.locks import alone
from siegelpost.web.throttle import COUNT_SQL, Window

log = structlog.get_logger(__name__)

_LARGEST_BATCH = 512
_BUSY_SECONDS = 20
_COUNT_IN_SQLITE = COUNT_SQL.replace("%s", "?")


class Entry(NamedTuple):
    """An event to be written (none: something is only counted), and by what it is counted."""

    row: Row | None
    window: Window | None = None


Waiting = tuple[Entry, "asyncio.Future[bool]"]


class Writer(Protocol):
    """A connection of the writing thread."""

    def write(self, entries: Sequence[Entry]) -> Sequence[bool]:
        """All entries in one transaction, durable on return; raises otherwise, and then none is written or counted.

        Returns:
            for each whether it was written; False where its window had been used up before.
        """

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

    def write(self, entries: Sequence[Entry]) -> Sequence[bool]:
        with alone(self._lock):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                admitted = _admitted(entries, self._count)
                self._connection.executemany(INSERT_SQL["sqlite"], _rows(entries, admitted))
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # SQLite has rolled back by itself after some errors
                    self._connection.execute("ROLLBACK")
                raise
        return admitted

    def _count(self, window: Window, uses: int) -> int:
        [(counted,)] = self._connection.execute(_COUNT_IN_SQLITE, (window.key, window.ends_at, uses))
        return int(counted)

    def close(self) -> None:
        self._connection.close()


class PostgreSQLWriter:
    """Writes with a connection of its own; ``synchronous_commit`` is on whatever the server's default is."""

    def __init__(self, url: str) -> None:
        import psycopg  # an office on SQLite never loads it

        self._connection = psycopg.connect(url, options="-c synchronous_commit=on -c timezone=UTC")

    def write(self, entries: Sequence[Entry]) -> Sequence[bool]:
        with self._connection.transaction(), self._connection.cursor() as cursor:
            admitted = _admitted(entries, self._count)
            cursor.executemany(INSERT_SQL["postgresql"], _rows(entries, admitted))
        return admitted

    def _count(self, window: Window, uses: int) -> int:
        [(counted,)] = self._connection.execute(COUNT_SQL, (window.key, window.ends_at, uses))
        return int(counted)

    def close(self) -> None:
        self._connection.close()


def _admitted(entries: Sequence[Entry], count: Callable[[Window, int], int]) -> list[bool]:
    """For each entry whether its window still had room; counts each window once, with all that came for it."""
    uses = Counter(entry.window for entry in entries if entry.window is not None)
    # In one order everywhere: two processes that lock the same counters of PostgreSQL never wait for each other.
    room = {window: window.most - count(window, uses[window]) + uses[window] for window in sorted(uses)}
    admitted = []
    for _, window in entries:
        if window is not None:
            room[window] -= 1
        admitted.append(window is None or room[window] >= 0)
    return admitted


def _rows(entries: Sequence[Entry], admitted: Sequence[bool]) -> list[Row]:
    return [row for (row, _), written in zip(entries, admitted, strict=True) if written and row is not None]


class GroupCommit:
    """Takes rows on the event loop, writes them in a thread of its own."""

    def __init__(self, connect: Callable[[], Writer]) -> None:
        self._connect = connect
        self._loop = asyncio.get_running_loop()
        # Its get() hands each entry out once, whatever the loop puts in meanwhile.
        self._queue: SimpleQueue[Waiting | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="group-commit", daemon=True)
        self._thread.start()

    def write(self, row: Row | None, window: Window | None = None) -> "asyncio.Future[bool]":
        """Begin to write the row, and to count it; the future is done when that is on the disk.

        It is False when the window was used up, and raises what the database said: then the row is not written. Nobody
        may be told of the event before.
        """
        written = self._loop.create_future()
        self._queue.put((Entry(row, window), written))
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
            outcome: Sequence[bool] | Exception
            try:
                halt.refuse_if_halted()
                writer = writer or self._connect()
                outcome = writer.write([entry for entry, _ in batch])
            except halt.HaltedError as stopped:  # logged when it was stopped; each visitor would add a line
                outcome = stopped
            except Exception as problem:
                outcome = problem
                log.exception("events could not be written", count=len(batch))
                if writer is not None:
                    with suppress(Exception):  # it may be what is broken
                        writer.close()
                    writer = None
            # One wake-up of the loop for all of them.
            self._loop.call_soon_threadsafe(_tell, batch, outcome)
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


def _tell(batch: Sequence[Waiting], outcome: Sequence[bool] | Exception) -> None:
    for number, (_, written) in enumerate(batch):
        if written.done():  # cancelled meanwhile
            continue
        if isinstance(outcome, Exception):
            written.set_exception(outcome)
        else:
            written.set_result(outcome[number])

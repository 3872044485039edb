"""Durable records in groups: nothing is acknowledged that is not written."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import Row, prepare
from siegelpost.web.group_commit import Entry, GroupCommit, SQLiteWriter
from siegelpost.web.throttle import Window

TABLE = """CREATE TABLE ledger_event (id INTEGER PRIMARY KEY, subject TEXT, kind TEXT, at TEXT, leaf BLOB,
           openings TEXT, CHECK (subject <> 'refused'))"""
COUNTS = (
    "CREATE TABLE web_count (id INTEGER PRIMARY KEY, key TEXT, ends_at INTEGER, count INTEGER, UNIQUE (key, ends_at))"
)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "siegelpost.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(TABLE)
        connection.execute(COUNTS)
    connection.close()
    return path


def row(subject: str) -> Row:
    return prepare(EventKind.NOTIFICATION_ACCESS_TRACKING, subject=subject)


def few(most: int) -> Window:
    return Window("opening of one", 4_000_000_000, most)


def subjects(database: Path) -> list[str]:
    """What another connection sees, and so what is committed."""
    connection = sqlite3.connect(database)
    try:
        return [subject for (subject,) in connection.execute("SELECT subject FROM ledger_event ORDER BY id")]
    finally:
        connection.close()


class Counting:
    """The real writer, which counts its transactions and can be told to fail or to be slow."""

    def __init__(self, database: Path) -> None:
        self.real = SQLiteWriter(database)
        self.batches: list[int] = []
        self.fail = 0
        self.delay = 0.0

    def __call__(self) -> "Counting":
        return self

    def write(self, entries: Sequence[Entry]) -> Sequence[bool]:
        self.batches.append(len(entries))
        time.sleep(self.delay)
        if self.fail:
            self.fail -= 1
            raise sqlite3.OperationalError("disk I/O error")
        return self.real.write(entries)

    def close(self) -> None:
        """The test closes it."""


def test_who_was_answered_was_written_before(database: Path) -> None:
    async def go() -> None:
        commits = GroupCommit(lambda: SQLiteWriter(database))

        async def one(subject: str) -> None:
            await commits.write(row(subject))
            assert subject in subjects(database)

        await asyncio.gather(*(one(str(number)) for number in range(200)))
        await commits.close()

    asyncio.run(go())
    assert sorted(subjects(database), key=int) == [str(number) for number in range(200)]


def test_all_that_wait_share_a_transaction(database: Path) -> None:
    writer = Counting(database)
    writer.delay = 0.05

    async def go() -> None:
        commits = GroupCommit(writer)
        await asyncio.gather(*(commits.write(row(str(number))) for number in range(1_000)))
        await commits.close()

    asyncio.run(go())
    writer.real.close()
    assert sum(writer.batches) == 1_000
    assert len(writer.batches) <= 4
    assert max(writer.batches) <= 512


def test_when_the_commit_fails_everybody_who_waited_for_it_is_told(database: Path) -> None:
    writer = Counting(database)
    writer.delay = 0.02

    async def go() -> list[bool | BaseException]:
        commits = GroupCommit(writer)
        writer.fail = 2
        results = await asyncio.gather(
            *(commits.write(row(str(number))) for number in range(600)), return_exceptions=True
        )
        await commits.write(row("afterwards"))
        await commits.close()
        return results

    results = asyncio.run(go())
    writer.real.close()
    written = set(subjects(database))
    for number, result in enumerate(results):
        assert isinstance(result, sqlite3.OperationalError) == (str(number) not in written), number
    assert "afterwards" in written
    assert any(isinstance(result, sqlite3.OperationalError) for result in results)


def test_a_batch_is_written_whole_or_not_at_all(database: Path) -> None:
    writer = SQLiteWriter(database)
    with pytest.raises(sqlite3.IntegrityError):
        writer.write([Entry(row("good"), few(9)), Entry(row("refused")), Entry(row("good too"))])
    assert subjects(database) == []
    assert writer.write([Entry(row("later"), few(1))]) == [True]
    writer.close()
    assert subjects(database) == ["later"]


def test_what_is_counted_is_written_up_to_the_limit_and_not_beyond_over_two_processes(database: Path) -> None:
    """Looks were counted in batches of 50 by each process: 49 more for each of them were shown and written."""

    async def go() -> list[bool]:
        both = [GroupCommit(lambda: SQLiteWriter(database)) for _ in range(2)]
        looks = [commits.write(row("look"), few(100)) for _ in range(80) for commits in both]
        others = [commits.write(row("other")) for commits in both]
        only_counted = both[0].write(None, few(100)._replace(key="another"))
        answers = await asyncio.gather(*looks)
        assert all([*await asyncio.gather(*others), await only_counted])
        for commits in both:
            await commits.close()
        return answers

    assert asyncio.run(go()).count(True) == 100
    assert (subjects(database).count("look"), subjects(database).count("other")) == (100, 2)


def test_a_lost_database_is_found_again(database: Path) -> None:
    opened: list[SQLiteWriter] = []

    def connect() -> SQLiteWriter:
        opened.append(SQLiteWriter(database))
        return opened[-1]

    async def go() -> None:
        commits = GroupCommit(connect)
        await commits.write(row("before"))
        opened[0]._connection.close()
        with pytest.raises(sqlite3.ProgrammingError):
            await commits.write(row("lost"))
        await commits.write(row("after"))
        await commits.close()

    asyncio.run(go())
    assert subjects(database) == ["before", "after"]


def test_somebody_who_no_longer_waits_does_no_harm_to_the_others(database: Path) -> None:
    writer = Counting(database)
    writer.delay = 0.05

    async def go() -> None:
        commits = GroupCommit(writer)
        first, second = commits.write(row("first")), commits.write(row("second"))
        first.cancel()
        await second
        await commits.close()

    asyncio.run(go())
    writer.real.close()
    assert "second" in subjects(database)


def test_closing_writes_what_waits(database: Path) -> None:
    async def go() -> None:
        commits = GroupCommit(lambda: SQLiteWriter(database))
        waiting = [commits.write(row(str(number))) for number in range(50)]
        await commits.close()
        await asyncio.gather(*waiting)

    asyncio.run(go())
    assert len(subjects(database)) == 50


def test_two_processes_and_a_third_that_writes_otherwise_all_get_their_turn(database: Path) -> None:
    def busy() -> None:
        """As Django does: without the lock file."""
        connection = sqlite3.connect(database, timeout=20, isolation_level=None)
        for _ in range(50):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO ledger_event (subject) VALUES ('django')")
            connection.execute("COMMIT")
        connection.close()

    async def go() -> None:
        both = [GroupCommit(lambda: SQLiteWriter(database)) for _ in range(2)]
        for _ in range(30):
            await asyncio.gather(*(commits.write(row("lane")) for commits in both))
        for commits in both:
            await commits.close()

    other = threading.Thread(target=busy)
    other.start()
    asyncio.run(go())
    other.join()
    assert len(subjects(database)) == 110


def test_the_writer_waits_for_the_disk(database: Path) -> None:
    writer = SQLiteWriter(database)
    assert writer._connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert writer._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    writer.close()

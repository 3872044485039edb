"""A room for strangers' bytes whose readers are those of a test."""

import ctypes
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from tests.support import foreign_readers

from siegelpost.foreign import host, room, table
from siegelpost.foreign.room import Door
from siegelpost.foreign.table import Lane, Reader

MIB = 1024 * 1024
MODULE = foreign_readers.__name__


def row(function: Callable[..., object], lane: Lane = Lane.FILES) -> Reader:
    """A row of the table for a reader of the test."""
    return Reader(
        f"{MODULE}:{function.__qualname__}", lane, cpu=1, wall=2.0, memory=64 * MIB, answer=MIB, answers_of=(MODULE,)
    )


@dataclass
class Room:
    """A host that runs; ``kill`` it, and ``start`` the next at the same door, as the supervisor does."""

    door: Door
    pid: int = 0

    def start(self) -> None:
        """Fork it."""
        self.pid = os.fork()
        if not self.pid:
            try:
                functions = {reader.function: host._named(reader.function) for reader in table.BY_FUNCTION.values()}
                never, _end = os.pipe()
                host.Host(self.door.inside, functions, self.door.counts).run(never)
            finally:
                os._exit(0)

    def restart(self) -> None:
        """As the supervisor does."""
        self.kill()
        self.start()

    def kill(self) -> None:
        """End it as the system would."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)


@contextmanager
def running(rows: list[Reader]) -> Iterator[Room]:
    """A room in which these readers are known, and nothing else."""
    before, given = dict(table.BY_FUNCTION), list(room._given)
    table.BY_FUNCTION.clear()
    table.BY_FUNCTION.update({each.function: each for each in rows})
    ctypes.CDLL(None).malloc_trim(0)  # of what is free here, a process forked from this one may use all
    opened = Room(Door.made())
    room.ask_at(opened.door)
    try:
        opened.start()
        yield opened
    finally:
        opened.kill()
        room._given[:] = given
        opened.door.outside.close()
        opened.door.inside.close()
        table.BY_FUNCTION.clear()
        table.BY_FUNCTION.update(before)

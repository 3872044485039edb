"""Locks between processes: the system lets go of each, however the process that holds it ends.

All but :class:`Places` are flock(2), which NFS 4 carries to all machines that share a folder.
"""

import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from siegelpost.toolbox.durable import private_folder


@contextmanager
def alone(file: Path, *, waits: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Nobody else has this lock meanwhile; ``waits`` is called before somebody else is waited for."""
    with alone_or_not(file) as (ours, lock):
        if not ours:
            waits()
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def alone_or_not(file: Path) -> Iterator[tuple[bool, int]]:
    """Whether nobody else has this lock, and then nobody gets it meanwhile; beside it the descriptor of its file.

    The file (0600) and its folder (0700) are made when they are missing.
    """
    private_folder(file.parent)
    lock = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield hold(lock), lock
    finally:
        os.close(lock)


def hold(descriptor: int) -> bool:
    """Take the lock of an open file or folder for as long as it is open; whether nobody else had it.

    Raises:
        OSError: there are no such locks here (some network disks).
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def hold_for_life(file: Path) -> None:
    """Make a file that is locked until this process ends; whoever finds it unlocked knows that the process is dead."""
    private_folder(file.parent)
    # Locked under a name that nobody looks at, and open until the end.
    temporary = file.with_name(f".{file.name}-{secrets.token_hex(8)}")
    hold(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    temporary.rename(file)


def is_nobodys(path: Path) -> bool:
    """Whether the process that held this file or folder is dead; False also where that cannot be told."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        return hold(descriptor)
    except OSError:
        return False
    finally:
        os.close(descriptor)


class Places:
    """A few places for each person, over all processes of this machine: how many of a thing one may have at once.

    A place is a byte of a file that its process holds locked: nothing is written, however long it is kept. The file is
    opened once, because closing it anywhere lets go of all.
    """

    def __init__(self, file: Path, most: int) -> None:
        private_folder(file.parent)
        self._file = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        self._most = most
        self._ours: set[int] = set()

    def take(self, person: int) -> int | None:
        """A place for one more of this person; None when all are taken."""
        first = person * self._most
        return next((place for place in range(first, first + self._most) if self._taken(place)), None)

    def give_back(self, place: int) -> None:
        """It is needed no longer."""
        self._ours.discard(place)
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, place)

    def close(self) -> None:
        """Let go of all."""
        os.close(self._file)

    def _taken(self, place: int) -> bool:
        if place in self._ours:  # a process's own lock does not stand in its way
            return False
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
        except OSError:
            return False
        self._ours.add(place)
        return True

"""What the host does, for the server's health and figures: a page of memory that all its processes share."""

import mmap
import os
import struct
from dataclasses import dataclass

_FORM = struct.Struct("qqqq")


@dataclass(frozen=True, slots=True)
class HostState:
    """``here``: the host lives; since the server was started so many were ``read``, ``stopped`` because they cost
    too much, and ``turned_away`` because too many waited.
    """

    here: bool
    read: int
    stopped: int
    turned_away: int


class Counts:
    """Written by the host alone, and read by everybody who has inherited it."""

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, mmap.PAGESIZE)

    def begin(self) -> None:
        """This process is the host from now on."""
        _pid, *counts = _FORM.unpack_from(self._page)
        _FORM.pack_into(self._page, 0, os.getpid(), *counts)

    def add(self, *, read: int = 0, stopped: int = 0, turned_away: int = 0) -> None:
        """So many more."""
        pid, *before = _FORM.unpack_from(self._page)
        more = (read, stopped, turned_away)
        _FORM.pack_into(self._page, 0, pid, *(count + new for count, new in zip(before, more, strict=True)))

    def let_go(self) -> None:
        """In a process that shall not have it."""
        self._page.close()

    def state(self) -> HostState:
        """How it stands now."""
        pid, read, stopped, turned_away = _FORM.unpack_from(self._page)
        return HostState(bool(pid) and _lives(pid), read, stopped, turned_away)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True

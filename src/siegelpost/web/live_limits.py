"""How many live pages one person has open, over all worker processes of this machine.

A place is a byte of a file that its process holds locked: the system gives it back however the process ends, and
nothing is written for a page that is only looked at.
"""

import fcntl
import os
from pathlib import Path

# Who has a few tabs and devices, at most.
MOST_PER_PERSON = 12


class Places:
    """The places this process has taken; it opens the file once, because closing it anywhere lets go of all."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        self._ours: set[int] = set()

    def take(self, person: int) -> int | None:
        """A place for another page of this person; None when all are taken."""
        first = person * MOST_PER_PERSON
        return next((place for place in range(first, first + MOST_PER_PERSON) if self._taken(place)), None)

    def give_back(self, place: int) -> None:
        """The page is closed."""
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

"""How much of something each source holds at this moment, counted over all processes that were forked from one."""

import fcntl
import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b

# Sources share a number when their hashes do, which nobody outside can bring about: the hash has a key.
_NUMBERS = 16_384
_WIDTH = 4  # bytes of a number
_ALL = 0  # the number that counts everybody


class Tally:
    """Numbers in memory that processes share; made before the fork.

    Each process writes a row of its own and reads all rows. What a process held that died is forgotten when the one
    that takes its place calls :meth:`sit_down`.

    Args:
        places: how many processes there will be.
    """

    def __init__(self, places: int = 1) -> None:
        self._places = places
        self._place = 0
        self._key = os.urandom(16)
        self._lock = os.memfd_create("siegelpost-tally", os.MFD_CLOEXEC)
        size = places * (1 + _NUMBERS) * _WIDTH
        os.ftruncate(self._lock, size)
        self._numbers = memoryview(mmap.mmap(self._lock, size)).cast("I")

    def sit_down(self, place: int) -> None:
        """Count in this place from now on, from nothing."""
        self._place = place
        first = place * (1 + _NUMBERS)
        with self._alone():
            self._numbers[first : first + 1 + _NUMBERS] = memoryview(bytes((1 + _NUMBERS) * _WIDTH)).cast("I")

    def held(self, source: str | None = None) -> int:
        """How many this source holds in all processes, or all sources."""
        return self._sum(_ALL if source is None else self._number(source))

    def take(self, source: str, *, each: int, together: int) -> bool:
        """Count one more, unless this source holds ``each`` or all hold ``together``; whether it was counted."""
        number = self._number(source)
        with self._alone():
            if self._sum(number) >= each or self._sum(_ALL) >= together:
                return False
            self._add(number, 1)
            return True

    def give_back(self, source: str) -> None:
        """Count one less."""
        self._add(self._number(source), -1)

    def _add(self, number: int, by: int) -> None:
        first = self._place * (1 + _NUMBERS)
        self._numbers[first + number] += by
        self._numbers[first + _ALL] += by

    def _sum(self, number: int) -> int:
        return sum(self._numbers[place * (1 + _NUMBERS) + number] for place in range(self._places))

    def _number(self, source: str) -> int:
        digest = blake2b(source.encode(), key=self._key, digest_size=4).digest()
        return 1 + int.from_bytes(digest, "big") % _NUMBERS

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No other process is between looking and counting meanwhile; the lock of one that dies is let go."""
        fcntl.lockf(self._lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(self._lock, fcntl.LOCK_UN)

"""Readers that cost what they are told to, for the tests of the room for strangers' bytes."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from siegelpost.toolbox.words import SpokenError


@dataclass(frozen=True, slots=True)
class Read:
    """An answer."""

    text: str
    pid: int


class RefusedError(SpokenError):
    """An answer that says no."""


class Hidden:
    """No plain value."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("true",)


def plain(content: bytes) -> Read:
    """Read it."""
    return Read(content.decode(), os.getpid())


def refusing(content: bytes) -> Read:
    """Say no."""
    raise RefusedError("Das ist nichts.", "This is nothing.")


def failing(content: bytes) -> Read:
    """Come to an end."""
    raise RecursionError(content)


def spinning() -> None:
    """Take all the time there is."""
    while True:
        pass


def sleeping(seconds: float) -> int:
    """Wait, and work nothing."""
    time.sleep(seconds)
    return os.getpid()


def growing() -> None:
    """Take all the memory there is."""
    held = [b"x" * 1024 * 1024]
    while True:
        held.append(held[-1] * 2)


def talking() -> bytes:
    """Answer more than anybody asked for."""
    return b"x" * 10_000_000


def counting(most: int) -> Iterator[int]:
    """Many answers."""
    yield from range(most)


def harming() -> object:
    """Answer with what would be run where it is read."""
    return Hidden()


def dying() -> None:
    """Crash, as a library over a damaged picture may."""
    os.abort()


def from_file(file: BinaryIO) -> int:
    """Count a file that was handed over."""
    return len(file.read())


def held(name: str) -> list[str]:
    """What this process has open."""
    held_open = []
    for each in range(3, 60):
        with suppress(OSError):
            held_open.append(str(Path(f"/proc/self/fd/{each}").readlink()))
    return held_open


def writing(path: str) -> str:
    """Try to write a file."""
    with Path(path).open("w") as file:
        file.write("x" * 10)
    return path

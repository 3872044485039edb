"""What a check of the installation is, what it finds, and the list of all checks, to which every room adds its own."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

from siegelpost.toolbox.words import Language, Words

T = TypeVar("T")
# Seconds; a transaction that changes a dispatch is over by then.
_MOMENT = 0.2


@dataclass(frozen=True, slots=True)
class FsckFinding:
    """Something that is not as it must be: where, and what, in German and English.

    A ``remark`` is nothing wrong: something could not be looked at.
    """

    check: str
    where: str
    de: str
    en: str
    remark: bool = False

    def text(self, language: Language) -> str:
        """One line for people."""
        return f"{self.where}: {Words(self.de, self.en)[language]}"


class Progress(Protocol):
    """Told how far a check is: ``done`` of ``total`` steps."""

    def __call__(self, done: int, total: int) -> None: ...


@dataclass(frozen=True, slots=True)
class FsckCheck:
    """A check of the installation: its name, what it looks at in a few words, and the function that yields findings.

    ``quick``: it costs the same however large the installation is, so that every backup begins with it.
    """

    name: str
    label: Words
    run: Callable[[Progress], Iterator[FsckFinding]]
    quick: bool = False


# Stored files that a room's rows name: SHA-256, and who names it.
FileSource = Callable[[], Iterator[tuple[str, str]]]
# Of these subjects of events, those whose personal values were erased for a reason that the room knows of.
Explanation = Callable[[Iterable[str]], set[str]]

checks_of_rooms: dict[str, FsckCheck] = {}
file_sources: dict[str, FileSource] = {}
explanations: dict[str, Explanation] = {}


def register(check: FsckCheck) -> None:
    """Add a check; one of the same name is replaced."""
    checks_of_rooms[check.name] = check


def register_files(room: str, source: FileSource) -> None:
    """Add the stored files that a room's rows name."""
    file_sources[room] = source


def register_erasures(room: str, explanation: Explanation) -> None:
    """Add what a room knows of erased values, beyond an erasure event about the very subject."""
    explanations[room] = explanation


def chunks(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """The rows in lists of ``size``, the last one shorter: so much is held in memory at once."""
    held: list[T] = []
    for row in rows:
        held.append(row)
        if len(held) == size:
            yield held
            held = []
    if held:
        yield held


def look_through(
    rows: Iterable[T],
    *looks: Callable[[list[T]], Iterable[FsckFinding]],
    size: int,
    total: int = 0,
    progress: Progress = lambda done, total: None,
) -> Iterator[FsckFinding]:
    """What the looks find in the rows, ``size`` of them at once, and :func:`seen_twice`."""
    done = 0
    for some in chunks(rows, size):
        for look in looks:
            yield from seen_twice(partial(look, some))
        done += len(some)
        progress(done, max(done, total))


def seen_twice(look: Callable[[], Iterable[FsckFinding]]) -> list[FsckFinding]:
    """What a look at rows and events finds, and a second one a moment later finds again.

    Both are read one after the other while the server may go on working: what changes in between looks damaged once.
    """
    found = list(look())
    if not found:
        return found
    time.sleep(_MOMENT)
    again = set(look())
    return [each for each in found if each in again]

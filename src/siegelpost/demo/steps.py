"""Telling a person what happens: one line per step, with the time it took."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from rich.console import Console

from siegelpost.toolbox.words import Words

T = TypeVar("T")
LIMIT = 300.0
PAUSE = 0.05


class StepFailedError(Exception):
    """A step of the demonstration did not come to its end; the message says which and why."""


@dataclass(slots=True)
class Steps:
    """Prints numbered steps in the office's language and remembers how many there were."""

    console: Console
    language: str
    number: int = 0
    notes: list[str] = field(default_factory=list)

    @contextmanager
    def step(self, german: str, english: str) -> Iterator[None]:
        """One step; its line appears when it is done, or says that it failed."""
        self.number += 1
        title = Words(german, english)[self.language]
        started = time.monotonic()
        try:
            yield
        except Exception:
            self.console.print(f"[red]✗[/] {self.number:2}. {title}", highlight=False)
            raise
        took = time.monotonic() - started
        self.console.print(f"[green]✓[/] {self.number:2}. {title} [dim]({took:.2f} s)[/]", highlight=False)
        for note in self.notes:
            self.console.print(f"       [dim]{note}[/]", highlight=False, soft_wrap=True)
        self.notes.clear()

    def note(self, german: str, english: str) -> None:
        """A line below the step that is under way."""
        self.notes.append(Words(german, english)[self.language])


def wait_for(what: Callable[[], T | None], name: str) -> T:
    """What ``what`` gives as soon as it gives something.

    Raises:
        StepFailedError: it gave nothing within five minutes.
    """
    until = time.monotonic() + LIMIT
    while time.monotonic() < until:
        found = what()
        if found:
            return found
        time.sleep(PAUSE)
    raise StepFailedError(f"{name}: nothing within {LIMIT:.0f} s")

"""Whom the mail tells what has changed, within the transaction that changes it."""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Listeners(Generic[T]):
    """Called one after the other: quick, and without talking to the network. What one raises undoes the change."""

    def __init__(self) -> None:
        self._all: list[Callable[[T], None]] = []

    def add(self, listener: Callable[[T], None]) -> Callable[[T], None]:
        """Have it called from now on, once; usable as a decorator."""
        if listener not in self._all:
            self._all.append(listener)
        return listener

    def forget(self, listener: Callable[[T], None]) -> None:
        """Call it no more."""
        self._all.remove(listener)

    def tell(self, change: T) -> None:
        """Call all."""
        for listener in self._all:
            listener(change)

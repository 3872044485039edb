"""Which key has sealed what: each room names some values, so that a key can be tried on what it must open.

Rooms register from their app's ``ready()``.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

# Opens one value with the key that is there; raises where it does not fit. Beside it: which value that is.
Opening = tuple[str, Callable[[], object]]


@dataclass(frozen=True, slots=True)
class Sealed:
    """Values that a key (one of :data:`siegelpost.keys.NAMES`) has sealed; a few are enough."""

    key: str
    values: Callable[[], Iterator[Opening]]


_known: dict[str, Sealed] = {}


def register(sealed: Sealed) -> None:
    """Add values; those of the same key and place are replaced."""
    _known[f"{sealed.key} {sealed.values.__module__}"] = sealed


def all_sealed() -> list[Sealed]:
    """What every room has named."""
    return list(_known.values())

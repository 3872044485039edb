"""What a backup says of itself."""

from collections.abc import Callable
from pathlib import Path

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

import siegelpost
from siegelpost.toolbox.words import SpokenError

FORMAT = 1
MANIFEST = "manifest.json"
# Made by the system where a whole disk is the data folder.
LOST_AND_FOUND = "lost+found"

Progress = Callable[[int, int], None]


class BackupError(SpokenError):
    """A backup could not be made or brought back."""


def migrations() -> list[str]:
    """The steps by which this version brings a database up to date, each as ``app.name``."""
    found = Path(siegelpost.__file__).parent.glob("*/migrations/[0-9]*.py")
    return sorted(f"{path.parent.parent.name}.{path.stem}" for path in found)


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class Manifest:
    """What a backup holds.

    ``made_at`` is when it was begun, in UTC as ISO 8601; ``checkpoint`` the newest one of the ledger in it, if any;
    ``files`` the SHA-256 of each member by its name; ``migrations`` what the version that made it knew of databases.
    """

    format: int
    version: str
    made_at: str
    database: str
    checkpoint: str | None
    files: dict[str, str]
    migrations: list[str]

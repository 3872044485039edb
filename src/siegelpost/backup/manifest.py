"""What a backup says of itself."""

from collections.abc import Callable

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

FORMAT = 1
MANIFEST = "manifest.json"
# Made by the system where a whole disk is the data folder.
LOST_AND_FOUND = "lost+found"

Progress = Callable[[int, int], None]


class BackupError(Exception):
    """A backup could not be made or brought back; the message says why, in German and English."""


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class Manifest:
    """What a backup holds.

    ``made_at`` is when it was begun, in UTC as ISO 8601; ``checkpoint`` the newest one of the ledger in it, if any;
    ``files`` the SHA-256 of each member by its name.
    """

    format: int
    version: str
    made_at: str
    database: str
    checkpoint: str | None
    files: dict[str, str]

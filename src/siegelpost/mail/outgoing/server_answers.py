"""What the mail server said, kept beside the database until the database knows it.

It is written and synced before the database is asked to take it: whoever finds the database away in the moment of
the 250, or is killed in it, has a mail that is out, and must neither forget that nor send it a second time.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import structlog

from siegelpost.settings import load
from siegelpost.toolbox.durable import replace_durably

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Heard:
    """One attempt's end: ``mail`` is the mail's public id, ``attempt`` the number of the attempt, ``at`` is aware."""

    mail: str
    attempt: int
    stage: str
    code: int | None
    text: str
    cause: str
    host: str
    tls: str
    at: datetime

    @property
    def _file(self) -> Path:
        return _folder() / f"{self.mail}-{self.attempt}.json"

    def keep(self) -> None:
        """Write it down so that a power cut does not take it away.

        Raises:
            OSError: the disk is full or cannot be written to.
        """
        replace_durably(self._file, json.dumps({**asdict(self), "at": self.at.isoformat()}).encode())

    def forget(self) -> None:
        """The database knows it."""
        self._file.unlink(missing_ok=True)


def kept() -> Iterator[Heard]:
    """What the database may not know yet; a file that is damaged is left where it is, and told."""
    for file in sorted(_folder().glob("[!.]*.json")):
        try:
            found = json.loads(file.read_bytes())
            yield Heard(**{**found, "at": datetime.fromisoformat(found["at"])})
        except FileNotFoundError:
            continue  # another process was quicker
        except (OSError, ValueError, TypeError, KeyError):
            log.exception("what a mail server said cannot be read", file=file.name)


def _folder() -> Path:
    return load().data / "run" / "heard"

"""The public logs of Certificate Transparency: who runs them, and from when to when browsers count their entries.

The facts stand in ``logs.json``, with their source and the day on which they were taken. The list can speak only of the
time before that day: what a log unknown to it wrote later is neither good nor bad by it.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib import resources


@dataclass(frozen=True, slots=True)
class Log:
    """A log. ``key`` is its SubjectPublicKeyInfo in DER; its SHA-256 is the log's identifier.

    ``accepted`` says whether browsers ever counted it: ``since`` (None: longer than the record goes back) to ``gone``.
    What it wrote after ``retired`` no longer counts, what it wrote before still does.
    """

    name: str
    operator: str
    key: bytes
    accepted: bool
    since: datetime | None = None
    retired: datetime | None = None
    gone: datetime | None = None

    @property
    def identifier(self) -> bytes:
        return sha256(self.key).digest()

    def counts(self, written: datetime, *, at: datetime) -> bool:
        """Whether browsers count at this moment what the log wrote then."""
        if not self.accepted or (self.since and at < self.since) or (self.gone and at >= self.gone):
            return False
        return self.retired is None or written < self.retired

    def is_current(self, at: datetime) -> bool:
        """Whether it was not yet retired at this moment."""
        return self.retired is None or at < self.retired


@dataclass(frozen=True, slots=True)
class LogList:
    """All logs that are known by the end of ``day``, by their identifiers."""

    day: datetime
    logs: Mapping[bytes, Log]


@cache
def log_list() -> LogList:
    """The list that this version ships."""
    data = json.loads((resources.files(__package__) / "logs.json").read_text())
    found = [_log(row) for row in data["logs"]]
    return LogList(moment(data["day"]), {log.identifier: log for log in found})


def _log(row: Mapping[str, str]) -> Log:
    dates = {name: moment(row[name]) for name in ("since", "retired", "gone") if name in row}
    return Log(row["name"], row["operator"], base64.b64decode(row["key"]), bool(row["accepted"]), **dates)


def moment(text: str) -> datetime:
    """A moment, in UTC unless it says otherwise. Raises ValueError."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)

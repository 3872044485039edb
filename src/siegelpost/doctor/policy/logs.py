"""The public logs of Certificate Transparency: who runs them, and from when to when browsers count their entries.

The facts stand in ``logs.json``, with their source and the day on which they were taken. The list can speak only of the
time before that day: what a log unknown to it wrote later is neither good nor bad by it, and neither is what became of
a log that browsers did not count yet.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any

# For so long after its day knowledge is trusted to lack only what is new: authorities log where browsers look. Later,
# what it cannot judge leaves the answer open.
OLD_AFTER = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Log:
    """A log. ``key`` is its SubjectPublicKeyInfo in DER; its SHA-256 is the log's identifier.

    ``accepted`` says whether browsers counted it by the list's day: ``since`` (None: longer than the record goes back)
    to ``gone``. What it wrote after ``retired`` no longer counts, what it wrote before still does. ``never`` says that
    they will not: it was turned down, or is a test.
    """

    name: str
    operator: str
    key: bytes
    accepted: bool
    since: datetime | None = None
    retired: datetime | None = None
    gone: datetime | None = None
    never: bool = False

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

    def is_taken_for_good(self, written: datetime, *, at: datetime) -> bool:
        """Whether what a log wrote then is believed at this moment although the list could not speak of it."""
        return self.day < written and at <= self.day + OLD_AFTER


@cache
def log_list() -> LogList:
    """The list that this version ships."""
    return read_list(json.loads((resources.files(__package__) / "logs.json").read_text()))


def read_list(said: Mapping[str, Any]) -> LogList:
    """The list that stands in this document. Raises ValueError, KeyError or TypeError when there is none."""
    found = [_log(row) for row in said["logs"]]
    return LogList(moment(said["day"]), {log.identifier: log for log in found})


def _log(row: Mapping[str, Any]) -> Log:
    dates = {name: moment(row[name]) for name in ("since", "retired", "gone") if name in row}
    key = base64.b64decode(row["key"])
    return Log(row["name"], row["operator"], key, bool(row["accepted"]), **dates, never=bool(row.get("never")))


def moment(text: str) -> datetime:
    """A moment, in UTC unless it says otherwise. Raises ValueError."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)

"""What visitors met: refusals of our certificate, kept by day, without anybody's address."""

import hashlib
import hmac
import json
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from siegelpost.tls.front.alerts import Refusal

# A scanner that refuses every second must not fill the disk; what an office needs to know stands in the first
# lines.
_MAX_SIZE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Day:
    """What one day (UTC) brought.

    ``refusals`` counts by kind; ``visitors`` are different addresses; ``named`` are those of them who asked
    for a host name, as browsers do and scanners of address ranges do not.
    """

    day: date
    refusals: Counter[Refusal]
    visitors: int
    named: int


class Journal:
    """A file per day, to which all worker processes append.

    An address is kept only as a keyed hash that differs from day to day.
    """

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder = folder
        self._key = key

    def record(self, kind: Refusal, server_name: str | None, address: str, *, at: datetime | None = None) -> None:
        """Append one refusal; one short line, so that lines of several processes do not mix."""
        at = at or datetime.now(UTC)
        visitor = hmac.digest(self._key, f"{at:%Y-%m-%d} {address}".encode(), hashlib.sha256).hex()[:16]
        line = json.dumps({"kind": kind, "name": server_name is not None, "visitor": visitor}) + "\n"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._file(at.date()), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            if os.fstat(descriptor).st_size < _MAX_SIZE:
                os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)

    def day(self, day: date) -> Day:
        """What was recorded on this day (UTC)."""
        try:
            lines = self._file(day).read_text().splitlines()
        except OSError:
            lines = []
        entries = list(_readable(lines))
        return Day(
            day,
            Counter(Refusal(entry["kind"]) for entry in entries),
            len({entry["visitor"] for entry in entries}),
            len({entry["visitor"] for entry in entries if entry["name"]}),
        )

    def _file(self, day: date) -> Path:
        return self._folder / f"{day.isoformat()}.jsonl"


def _readable(lines: Iterable[str]) -> Iterable[dict[str, str]]:
    for line in lines:
        try:
            entry = json.loads(line)
            Refusal(entry["kind"])
        except (ValueError, KeyError, TypeError):  # a line cut off by a power cut
            continue
        yield entry

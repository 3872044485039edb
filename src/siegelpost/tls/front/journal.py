"""What visitors met: refusals of our certificate, kept by day, without anybody's address."""

import hashlib
import hmac
import json
import os
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from siegelpost.tls.front.alerts import Refusal
from siegelpost.tls.front.client_hello import ClientHello
from siegelpost.tls.naming import is_ip_address

# A scanner that refuses every second must not fill the disk; what an office needs to know stands in the first
# lines.
_MAX_SIZE = 256 * 1024
_HTTP_2 = b"h2"


@dataclass(frozen=True, slots=True)
class Day:
    """What one day (UTC) brought.

    ``refusals`` counts by kind; ``visitors`` are different addresses. ``likely`` are those of them who asked for one
    of our names and offered HTTP/2, as every browser does and most scanners do not; ``kinds`` counts these by what
    they said last.
    """

    day: date
    refusals: Counter[Refusal]
    visitors: int
    likely: int
    kinds: Counter[Refusal]


class Journal:
    """A file per day, to which all worker processes append.

    An address is kept only as a keyed hash that differs from day to day.

    Args:
        folder: made (0700) with the first refusal.
        key: makes the hashes; who only reads needs none.
        names: our own, and our addresses; a browser asks for no name when it is sent to an address.
    """

    def __init__(self, folder: Path, key: bytes = b"", names: Collection[str] = ()) -> None:
        self._folder = folder
        self._key = key
        self._names: set[str | None] = {None if is_ip_address(name) else name for name in names}

    def record(self, kind: Refusal, hello: ClientHello, address: str, *, at: datetime | None = None) -> None:
        """Append one refusal; one short line, so that lines of several processes do not mix."""
        at = at or datetime.now(UTC)
        visitor = hmac.digest(self._key, f"{at:%Y-%m-%d} {address}".encode(), hashlib.sha256).hex()[:16]
        likely = hello.server_name in self._names and _HTTP_2 in hello.protocols
        line = json.dumps({"kind": kind, "likely": likely, "visitor": visitor, "at": f"{at:%H:%M:%S}"}) + "\n"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._file(at.date()), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            if os.fstat(descriptor).st_size < _MAX_SIZE:
                os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)

    def day(self, day: date, *, since: datetime | None = None) -> Day:
        """What was recorded on this day (UTC); only from a moment on, as far as is known when each was."""
        try:
            lines = self._file(day).read_text().splitlines()
        except OSError:
            lines = []
        after = f"{since.astimezone(UTC):%H:%M:%S}" if since and since.astimezone(UTC).date() == day else ""
        entries = [entry for entry in _readable(lines) if entry.get("at", after) >= after]
        likely = {entry["visitor"]: entry["kind"] for entry in entries if entry.get("likely")}
        return Day(
            day,
            Counter(Refusal(entry["kind"]) for entry in entries),
            len({entry["visitor"] for entry in entries}),
            len(likely),
            Counter(Refusal(kind) for kind in likely.values()),
        )

    def _file(self, day: date) -> Path:
        return self._folder / f"{day.isoformat()}.jsonl"


def _readable(lines: Iterable[str]) -> Iterable[dict[str, str]]:
    for line in lines:
        try:
            entry = json.loads(line)
            Refusal(entry["kind"]), entry["visitor"]
        except (ValueError, KeyError, TypeError):  # a line cut off by a power cut
            continue
        yield entry

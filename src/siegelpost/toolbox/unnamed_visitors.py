"""A note that visitors cannot be told apart, because a proxy hands them on without saying who they are.

Written by whoever meets one of them, read by the checklist, forgotten at the next start.
"""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from siegelpost.toolbox.durable import replace_durably

# A note is written anew after so many seconds: its age says whether it still is so.
_EVERY = 600.0
_last_written = 0.0


@dataclass(frozen=True, slots=True)
class UnnamedVisitors:
    """``proxy`` is the address by which they come; ``believed``, whether it is one of the trusted proxies."""

    proxy: str
    believed: bool


def note(data: Path, found: UnnamedVisitors) -> None:
    """Write down that such a visitor came, now and then."""
    global _last_written
    if time.monotonic() < _last_written + _EVERY and _last_written:
        return
    _last_written = time.monotonic()
    _place(data).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_durably(_place(data), json.dumps(asdict(found)).encode())


def noted(data: Path) -> UnnamedVisitors | None:
    """What was noted since the start."""
    try:
        return UnnamedVisitors(**json.loads(_place(data).read_bytes()))
    except OSError:
        return None


def forget(data: Path) -> None:
    """Settings may have changed."""
    _place(data).unlink(missing_ok=True)


def _place(data: Path) -> Path:
    return data / "run" / "unnamed-visitors"

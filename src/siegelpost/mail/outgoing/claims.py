"""Who is delivering: a name for this process whose death other processes can tell at once.

Each process that delivers holds a lock on a file of its own. The system lets go of it however the process ends, so
a mail that a killed process left behind is found right after a restart. Where the file cannot be seen (another
machine on the same PostgreSQL), the end of the claim's time decides.
"""

import fcntl
import os
import secrets
import socket
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from siegelpost.settings import load


def _folder() -> Path:
    return load().data / "run" / "mail"


def worker() -> str:
    """The name of this process in claims."""
    return _named_and_locked(os.getpid())


@cache
def _named_and_locked(pid: int) -> str:
    name = f"{socket.gethostname()[:60]}-{pid}-{secrets.token_hex(8)}"
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Locked under a name that nobody looks at: a file that is found unlocked is a dead process's.
    temporary = folder / f".{name}"
    # Open, and so locked, until the process ends.
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX)
    temporary.rename(folder / name)
    return name


def dead_workers() -> Iterator[str]:
    """Names of processes of this machine that ended; each is forgotten once the caller has dealt with it."""
    for path in sorted(_folder().glob("[!.]*")):
        if path.name != worker() and _unlocked(path):
            yield path.name
            path.unlink(missing_ok=True)


def _unlocked(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, FileNotFoundError):
        return False
    return True

"""Who is delivering: a name for this process whose death other processes can tell at once.

Each process that delivers holds a lock on a file of its own. The system lets go of it however the process ends, so
a mail that a killed process left behind is found right after a restart. Where the file cannot be seen (another
machine on the same PostgreSQL), the end of the claim's time decides.
"""

import os
import secrets
import socket
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from siegelpost.settings import load
from siegelpost.toolbox.locks import hold_for_life, is_nobodys


def _folder() -> Path:
    return load().data / "run" / "mail"


def worker() -> str:
    """The name of this process in claims."""
    return _named_and_locked(os.getpid())


@cache
def _named_and_locked(pid: int) -> str:
    name = f"{socket.gethostname()[:60]}-{pid}-{secrets.token_hex(8)}"
    hold_for_life(_folder() / name)
    return name


def dead_workers() -> Iterator[str]:
    """Names of processes of this machine that ended; each is forgotten once the caller has dealt with it."""
    for path in sorted(_folder().glob("[!.]*")):
        if path.name != worker() and is_nobodys(path):
            yield path.name
            path.unlink(missing_ok=True)

"""What a backup or a restore needs for a while, and taking away what one that was killed has left behind.

Each holds a lock on what it is writing; the system lets go of it however the process ends. Where there are no such
locks (some network disks), nothing is taken away.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from siegelpost.toolbox import locks

BACKING_UP, RESTORING = ".backup-", ".restoring-"
# The end of a backup's name while it is not whole.
UNFINISHED = ".siegelpost-unfinished"


@contextmanager
def scratch(folder: Path, prefix: str) -> Iterator[Path]:
    """A folder within ``folder`` that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=prefix, dir=folder) as name:
        descriptor = os.open(name, os.O_RDONLY | os.O_DIRECTORY)
        try:
            hold(descriptor)
            yield Path(name)
        finally:
            os.close(descriptor)


def hold(descriptor: int) -> None:
    """Let others see that this file or folder is being written, as long as it is open."""
    with suppress(OSError):
        locks.hold(descriptor)


def remove_from(data: Path) -> None:
    """Take away what killed backups and restores have left in the data folder."""
    for prefix in (BACKING_UP, RESTORING):
        for folder in data.glob(f"{prefix}*"):
            if locks.is_nobodys(folder):
                shutil.rmtree(folder, ignore_errors=True)


def remove_beside(target: Path) -> None:
    """Take away the backups that killed processes have not finished, where ``target`` is to lie."""
    for file in target.parent.glob(f".*{UNFINISHED}"):
        if locks.is_nobodys(file):
            file.unlink(missing_ok=True)

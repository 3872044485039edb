"""Files that were chosen for a dispatch and wait for it to be sent; of one that is never sent they are removed.

They lie apart from the files that are kept, so removing one takes nothing from anybody else who has the same file.
"""

import os
import time
from contextlib import suppress
from datetime import timedelta

import structlog

from siegelpost import storage
from siegelpost.settings import load

log = structlog.get_logger(__name__)

# A letter that was begun on a Friday can still be sent in the week after.
KEPT_FOR = timedelta(days=7)


def put(content: bytes) -> str:
    """Let a file wait, and give its SHA-256; chosen again, its time begins anew."""
    sha256 = storage.put(content, storage.UPLOADS)
    os.utime(storage.path(sha256, storage.UPLOADS))
    return sha256


def still_there(sha256: str) -> bool:
    """Whether a file waits or is stored for good; where it waits, its time begins anew."""
    try:
        os.utime(storage.path(sha256, storage.UPLOADS))
    except FileNotFoundError:
        return storage.path(sha256).exists()
    return True


def keep(sha256: str) -> None:
    """Store a file for good that waits here, or is stored already.

    Raises:
        FileNotFoundError: it is neither.
        siegelpost.storage.DamagedFileError: its content is no longer what it was.
    """
    try:
        os.utime(storage.path(sha256))
    except FileNotFoundError:
        storage.put(storage.read(sha256, storage.UPLOADS))


def forget_old() -> None:
    """Remove uploaded files that have waited longer than :data:`KEPT_FOR` to be sent.

    Also what was sent is removed here: it was stored for good, apart from these.
    """
    before = time.time() - KEPT_FOR.total_seconds()
    removed = 0
    for waiting in (load().data / storage.UPLOADS).rglob("*"):
        with suppress(FileNotFoundError):  # another round was quicker
            if waiting.is_file() and waiting.stat().st_mtime < before:
                waiting.unlink()
                removed += 1
    if removed:
        log.info("uploads_removed", count=removed)

"""OpenImmo files between their upload and the import."""

import time
import uuid
from collections.abc import Collection, Iterable
from datetime import timedelta
from pathlib import Path

from siegelpost.settings import load
from siegelpost.toolbox.durable import replaced

# A preview nobody confirmed is forgotten.
KEPT_FOR = timedelta(hours=24)
LARGEST = 512 * 1024 * 1024
SUFFIXES = (".xml", ".zip")


class TooLargeError(Exception):
    """The file is larger than any real transfer."""


def keep(chunks: Iterable[bytes], name: str) -> str:
    """Keep an upload durably until it is imported; gives the key to it.

    Raises:
        TooLargeError: nothing was kept.
        OSError: the disk is full, or the like; nothing was kept.
    """
    suffix = Path(name).suffix.lower()
    key = f"{uuid.uuid4()}{suffix if suffix in SUFFIXES else '.xml'}"
    size = 0
    with replaced(_folder() / key) as file:
        for chunk in chunks:
            size += len(chunk)
            if size > LARGEST:
                raise TooLargeError
            file.write(chunk)
    return key


def place(key: str) -> Path:
    """Where the file of this key, which somebody else writes there as one, is to be."""
    return _folder() / key


def path(key: str) -> Path | None:
    """The kept file, or None when it was imported, forgotten, or the key is none of ours."""
    stem, dot, suffix = key.partition(".")
    try:
        known = f"{uuid.UUID(stem)}{dot}{suffix}" == key and f"{dot}{suffix}" in SUFFIXES
    except ValueError:
        return None
    found = _folder() / key
    return found if known and found.is_file() else None


def forget(key: str) -> None:
    """The file has done its work."""
    if found := path(key):
        found.unlink(missing_ok=True)


def forget_all_but(needed: Collection[str]) -> int:
    """Remove the old files that nobody waits for, such as one whose upload was cut off; gives how many.

    What has just come is left alone: who waits for it may only be about to say so.
    """
    before = time.time() - KEPT_FOR.total_seconds()
    old = [file for file in _folder().iterdir() if file.name not in needed and file.stat().st_mtime < before]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def _folder() -> Path:
    folder = load().data / "imports"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder

"""OpenImmo files between their upload, the preview of what they would change, and the import."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from siegelpost.settings import load

# A preview nobody confirmed is forgotten.
KEPT_FOR = timedelta(hours=24)
LARGEST = 512 * 1024 * 1024
SUFFIXES = (".xml", ".zip")


class TooLargeError(Exception):
    """The file is larger than any real transfer."""


def keep(chunks: Iterable[bytes], name: str) -> str:
    """Keep an upload until it is confirmed; gives the key to it.

    Raises:
        TooLargeError: nothing was kept.
    """
    folder = _folder()
    _forget_old(folder)
    suffix = Path(name).suffix.lower()
    key = f"{uuid.uuid4()}{suffix if suffix in SUFFIXES else '.xml'}"
    size = 0
    with (folder / key).open("wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > LARGEST:
                break
            file.write(chunk)
    if size > LARGEST:
        forget(key)
        raise TooLargeError
    return key


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


def _folder() -> Path:
    folder = load().data / "imports"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _forget_old(folder: Path) -> None:
    oldest = (timezone.now() - KEPT_FOR).timestamp()
    for file in folder.iterdir():
        if file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)

"""Content-addressed files: what goes in is found again by its SHA-256, and only by that.

Files lie under ``<data>/files/ab/cd/<sha256>``. A file is written once, never changed, and its bytes are checked
against its name whenever they are read, so that a picture or a document in a proof is the one that was sent.

What was only chosen for something, and may never be used, waits beside them in :data:`UPLOADS` (see
:mod:`siegelpost.dispatch.uploads`).
"""

import hashlib
import os
import re
from contextlib import suppress
from pathlib import Path

from siegelpost.settings import load
from siegelpost.toolbox.durable import replace_durably

FILES, UPLOADS = "files", "uploads"
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")


class DamagedFileError(Exception):
    """A stored file no longer has the content its name promises."""

    def __init__(self, sha256: str) -> None:
        super().__init__(f"The stored file {sha256} is damaged: its content no longer matches its SHA-256.")


def path(sha256: str, area: str = FILES) -> Path:
    """Where the file with this SHA-256 (64 lower-case hex digits) lies, whether it exists or not.

    Raises:
        ValueError: ``sha256`` is not a SHA-256 in hexadecimal.
    """
    if not _SHA256.match(sha256):
        raise ValueError(f"not a SHA-256: {sha256!r}")
    return load().data / area / sha256[:2] / sha256[2:4] / sha256


def put(data: bytes, area: str = FILES) -> str:
    """Store ``data`` durably and give its SHA-256 in hexadecimal; storing the same again only notes when."""
    sha256 = hashlib.sha256(data).hexdigest()
    target = path(sha256, area)
    with suppress(FileNotFoundError):
        os.utime(target)
        return sha256
    replace_durably(target, data)
    return sha256


def forget(sha256: str, area: str = FILES) -> None:
    """Delete a stored file, for good; whoever calls knows that nothing else names it."""
    path(sha256, area).unlink(missing_ok=True)


def forget_unused(sha256: str, *, since: float) -> bool:
    """Delete a stored file, unless it was put here again after ``since`` (seconds since 1970); whether it is gone.

    It is first laid aside: whoever puts it again meanwhile finds it gone and writes it anew.
    """
    target = path(sha256)
    aside = target.with_name(f".going-{sha256}")
    try:
        target.rename(aside)
        if aside.stat().st_mtime > since:
            aside.rename(target)
            return False
    except FileNotFoundError:  # gone already, or another round was quicker
        return True
    aside.unlink(missing_ok=True)
    return True


def read(sha256: str, area: str = FILES) -> bytes:
    """The bytes of a stored file.

    Raises:
        FileNotFoundError: nothing is stored under this name.
        DamagedFileError: the content does not match the name.
    """
    data = path(sha256, area).read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise DamagedFileError(sha256)
    return data

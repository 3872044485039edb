"""Small files that other processes read while they change, and that a power cut leaves whole."""

import json
import os
import secrets
from pathlib import Path
from typing import Any


def write_durably(file: Path, content: bytes) -> None:
    """A new file (0600) that a power cut after this call does not take away, once its folder is synced."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def sync_folder(folder: Path) -> None:
    """Make the names in a folder as durable as the files they stand for."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_durably(file: Path, content: bytes) -> None:
    """The file with new content (0600), as one: whoever reads it sees the old content or the new one.

    The folder (0700) is made when it is missing.

    Raises:
        OSError: the disk is full, or the folder cannot be written to; the old content is still there.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = file.with_name(f".{file.name}-{secrets.token_hex(8)}")
    try:
        write_durably(temporary, content)
        temporary.replace(file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(file.parent)


def read_json(file: Path) -> dict[str, Any]:
    """The JSON object in a file; empty when there is none, or it cannot be read."""
    try:
        content = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write_json(file: Path, content: dict[str, Any]) -> None:
    """:func:`replace_durably` with a JSON object."""
    replace_durably(file, json.dumps(content, ensure_ascii=False, indent=1).encode())

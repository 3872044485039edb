"""Files that a power cut leaves whole, and that other processes may read while they change.

Whatever lies in a folder under a name that begins with a dot was not finished.
"""

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO


@contextmanager
def new_file(file: Path) -> Iterator[BinaryIO]:
    """A new file (0600) to write into; it is durable when the ``with`` ends, its name once the folder is synced.

    Raises:
        FileExistsError: it is there already.
    """
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        yield out
        out.flush()
        os.fsync(out.fileno())


def write_durably(file: Path, content: bytes) -> None:
    """:func:`new_file` with this content."""
    with new_file(file) as out:
        out.write(content)


def sync(path: Path) -> None:
    """Make a file's content durable, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def move_durably(source: Path, target: Path) -> None:
    """Give a file, whoever wrote it, another name on the same disk, in place of what has that name."""
    sync(source)
    source.replace(target)
    sync(target.parent)


def private_folder(folder: Path) -> None:
    """The folder, and those above it, which only the server may open (0700) where they are missing."""
    if not folder.is_dir():
        private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


@contextmanager
def _aside(target: Path) -> Iterator[Path]:
    private_folder(target.parent)
    temporary = target.with_name(f".{target.name}-{secrets.token_hex(8)}")
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)
    sync(target.parent)


@contextmanager
def replaced(file: Path) -> Iterator[BinaryIO]:
    """The file (0600) to write anew, as one: whoever reads it sees the old content or, after the ``with``, the new one.

    The folder (0700) is made when it is missing.

    Raises:
        OSError: the disk is full, or the folder cannot be written to; the old content is still there.
    """
    with _aside(file) as temporary:
        with new_file(temporary) as out:
            yield out
        temporary.replace(file)


def replace_durably(file: Path, content: bytes) -> None:
    """:func:`replaced` with this content."""
    with replaced(file) as out:
        out.write(content)


def create_durably(file: Path, content: bytes) -> None:
    """A file that is made once: of processes that do it at once one wins, and all read the same afterwards."""
    with _aside(file) as temporary:
        write_durably(temporary, content)
        with suppress(FileExistsError):
            os.link(temporary, file)


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A folder (0700) to :func:`write_durably` files into; after the ``with`` it has its name, with all of them.

    Raises:
        OSError: it is there already, or the disk is full; of what was written nothing is there.
    """
    private_folder(folder.parent)
    temporary = folder.with_name(f".{folder.name}-{secrets.token_hex(8)}")
    temporary.mkdir(mode=0o700)
    try:
        yield temporary
        sync(temporary)
        temporary.rename(folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    sync(folder.parent)


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

"""Reading a proof's files, from a zip or a folder, without trusting either.

Nothing is unpacked to disk. Names are plain ASCII paths; links, strange entries, duplicates, encryption and
anything larger than a proof can be is refused.
"""

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

MAX_FILES = 10_000
MAX_FILE = 128 * 1024 * 1024
MAX_TOTAL = 256 * 1024 * 1024
_PART = r"(?!\.)[A-Za-z0-9._-]{1,100}"
_NAME = re.compile(rf"{_PART}(/{_PART}){{0,3}}\Z")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class ContainerError(Exception):
    """A container that is refused as a whole; ``file`` names the entry at fault, or the container itself."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.file = file
        self.reason = reason


def read(path: Path) -> dict[str, bytes]:
    """All files of a proof by their names within it.

    Raises:
        ContainerError: it is no folder or zip, or one that a proof never is.
    """
    try:
        entries = _folder(path) if path.is_dir() else _zip(path)
        files: dict[str, bytes] = {}
        total = 0
        for name, content in entries:
            total += len(content)
            if len(files) >= MAX_FILES or total > MAX_TOTAL:
                raise ContainerError(name, "too many files, or too much in them")
            if name in files:
                raise ContainerError(name, "there twice")
            files[name] = content
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise ContainerError(path.name, f"cannot be read ({error})") from error
    return files


def is_name(name: str) -> bool:
    """Whether a file of a proof may be called so."""
    return bool(_NAME.match(name))


def _zip(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if len(entries) > MAX_FILES:
            raise ContainerError(path.name, "too many files")
        for entry in entries:
            if entry.is_dir() and is_name(entry.filename.removesuffix("/")) and not entry.file_size:
                continue
            _check_name(entry.filename)
            kind = stat.S_IFMT(entry.external_attr >> 16)
            if kind not in (0, stat.S_IFREG) or entry.orig_filename != entry.filename:
                raise ContainerError(entry.filename, "not a plain file")
            if entry.flag_bits & 1 or entry.compress_type not in _METHODS:
                raise ContainerError(entry.filename, "encrypted, or packed in an unknown way")
            if entry.file_size > MAX_FILE:
                raise ContainerError(entry.filename, "too large")
            with archive.open(entry) as file:
                content = file.read(entry.file_size + 1)
            if len(content) != entry.file_size:
                raise ContainerError(entry.filename, "another size than the zip says")
            yield entry.filename, content


def _folder(path: Path) -> Iterator[tuple[str, bytes]]:
    for folder, folders, names in os.walk(path):
        within = Path(folder)
        for name in sorted(folders + names):
            entry = within / name
            relative = entry.relative_to(path).as_posix()
            _check_name(relative)
            found = entry.lstat()
            if stat.S_ISDIR(found.st_mode):
                continue
            if not stat.S_ISREG(found.st_mode):
                raise ContainerError(relative, "not a plain file")
            if found.st_size > MAX_FILE:
                raise ContainerError(relative, "too large")
            yield relative, entry.read_bytes()


def _check_name(name: str) -> None:
    if not is_name(name):
        raise ContainerError(name, "no file of a proof is called so")

"""Reading a proof's files, from a zip or a folder, without trusting either.

Nothing is unpacked to disk. Names are plain ASCII paths; links, strange entries, duplicates, encryption and
anything larger than a proof can be is refused. So is a zip in which another program could find other files: its
entries follow each other without a gap, from the first byte to the directory at the end, and say the same as it does.
"""

import os
import re
import stat
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from siegelpost.ledger.reasons import ReasonError
from siegelpost.proof import reasons
from siegelpost.toolbox.damages import ZIP_DAMAGES
from siegelpost.toolbox.words import Words

MAX_FILES = 10_000
MAX_FILE = 128 * 1024 * 1024
MAX_TOTAL = 256 * 1024 * 1024
_PART = r"(?!\.)[A-Za-z0-9._-]{1,100}"
_NAME = re.compile(rf"{_PART}(/{_PART}){{0,3}}\Z")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class ContainerError(ReasonError):
    """A container that is refused as a whole; ``file`` names the entry at fault, or the container itself."""

    def __init__(self, file: str, reason: Words, *values: object) -> None:
        super().__init__(reason, *values)
        self.file = file

    def __str__(self) -> str:
        return f"{self.file}: {self.reason.en}"


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
                raise ContainerError(name, reasons.TOO_MUCH)
            if name in files:
                raise ContainerError(name, reasons.TWICE)
            files[name] = content
    except ZIP_DAMAGES as error:
        raise ContainerError(path.name, reasons.UNREADABLE, error) from error
    return files


def is_name(name: str) -> bool:
    """Whether a file of a proof may be called so."""
    return bool(_NAME.match(name))


def _zip(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if len(entries) > MAX_FILES:
            raise ContainerError(path.name, reasons.MANY_FILES)
        _check_layout(path, archive, entries)
        for entry in entries:
            if entry.is_dir() and is_name(entry.filename.removesuffix("/")) and not entry.file_size:
                continue
            _check_name(entry.filename)
            kind = stat.S_IFMT(entry.external_attr >> 16)
            if kind not in (0, stat.S_IFREG) or entry.orig_filename != entry.filename:
                raise ContainerError(entry.filename, reasons.NOT_PLAIN)
            if entry.flag_bits & 1 or entry.compress_type not in _METHODS:
                raise ContainerError(entry.filename, reasons.PACKED)
            if entry.file_size > MAX_FILE:
                raise ContainerError(entry.filename, reasons.TOO_LARGE)
            with archive.open(entry) as file:
                content = file.read(entry.file_size + 1)
            if len(content) != entry.file_size:
                raise ContainerError(entry.filename, reasons.OTHER_SIZE)
            yield entry.filename, content


_LOCAL = struct.Struct("<4s2xHH8xLL2H")  # signature, flags, method, sizes, lengths of name and extra field
_END_SIZE, _STREAMED = 22, 1 << 3
# What follows an entry that was written as a stream: with and without a signature, sizes of 4 and of 8 bytes.
_NONE: tuple[int, ...] = (0,)
_DESCRIPTORS = (12, 16, 20, 24)


def _check_layout(path: Path, archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    with path.open("rb") as file:
        place, gaps = 0, _NONE
        for entry in sorted(entries, key=lambda entry: entry.header_offset):
            if entry.header_offset - place not in gaps:
                raise ContainerError(path.name, reasons.HIDDEN)
            place, streamed = _end_of(entry, file)
            gaps = _DESCRIPTORS if streamed else _NONE
        file.seek(0, os.SEEK_END)
        end = file.tell() - _END_SIZE
        file.seek(max(end, 0))
        if archive.start_dir - place not in gaps or archive.comment or file.read(4) != b"PK\5\6":
            raise ContainerError(path.name, reasons.HIDDEN)


def _end_of(entry: zipfile.ZipInfo, file: IO[bytes]) -> tuple[int, bool]:
    """Where an entry's bytes end, and whether it was written as a stream; it must be the one the directory lists."""
    file.seek(entry.header_offset)
    raw = file.read(_LOCAL.size).ljust(_LOCAL.size)
    signature, flags, method, packed, size, name, extra = _LOCAL.unpack(raw)
    streamed = bool(flags & _STREAMED)
    said = (signature, method, file.read(name).decode("ascii", "replace"))
    sizes = (packed, size)
    if said != (b"PK\3\4", entry.compress_type, entry.orig_filename) or not (
        sizes == (entry.compress_size, entry.file_size) or (streamed and sizes == (0, 0))
    ):
        raise ContainerError(entry.filename, reasons.OTHER_ENTRY)
    return entry.header_offset + _LOCAL.size + name + extra + entry.compress_size, streamed


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
                raise ContainerError(relative, reasons.NOT_PLAIN)
            if found.st_size > MAX_FILE:
                raise ContainerError(relative, reasons.TOO_LARGE)
            yield relative, entry.read_bytes()


def _check_name(name: str) -> None:
    if not is_name(name):
        raise ContainerError(name, reasons.BAD_NAME)

"""The file as it came: XML with its pictures beside it, or both in a ZIP. Nothing is unpacked to disk."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol, cast

from siegelpost.estates.openimmo import limits
from siegelpost.estates.openimmo.messages import AttachmentError, Key, Message, OpenImmoError

ZIP_MAGIC = b"PK\x03\x04"
EMPTY_ZIP_MAGIC = b"PK\x05\x06"
XML_STARTS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
ENCRYPTED = 0x1
ARCHIVES = frozenset({".zip", ".rar", ".7z", ".gz", ".tar", ".tgz", ".bz2", ".xz"})
# What zipfile raises on archives that are none.
DAMAGES = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    IndexError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)


class Files(Protocol):
    """The files that came with the XML, by the names it uses for them."""

    def read(self, name: str) -> bytes:
        """The bytes of one file.

        Raises:
            AttachmentError: it is missing, damaged, too large, or leads out of the transfer.
        """

    def close(self) -> None:
        """Let go of the file."""


def _base_name(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]


def _escapes(name: str) -> bool:
    """Whether a path is absolute, has a drive, or climbs; separators of both kinds count."""
    path = name.replace("\\", "/")
    return path.startswith("/") or path[1:2] == ":" or "\0" in name or ".." in path.split("/")


class Folder:
    """The files that lie beside an XML file; only there, never below or above, and no links."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> bytes:
        """See :class:`Files`."""
        if _escapes(name):
            raise AttachmentError(Key.ATTACHMENT_PATH, name=name)
        try:
            # O_NONBLOCK: a pipe that lies there must not make us wait.
            handle = os.open(self._folder / _base_name(name), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except (OSError, ValueError) as error:
            raise AttachmentError(Key.ATTACHMENT_MISSING, name=name) from error
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise AttachmentError(Key.ATTACHMENT_MISSING, name=name)
            return _bounded(file, name)

    def close(self) -> None:
        """Nothing is held open."""


class Archive:
    """The files in a ZIP, found by path or, as programs are careless with folders and case, by file name."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._by_path = {PurePosixPath(info.filename).as_posix().lower(): info for info in _files(archive)}
        self._by_name = {_base_name(path): info for path, info in self._by_path.items()}

    def read(self, name: str) -> bytes:
        """See :class:`Files`."""
        if _escapes(name):
            raise AttachmentError(Key.ATTACHMENT_PATH, name=name)
        path = PurePosixPath(name.replace("\\", "/")).as_posix().lower()
        info = self._by_path.get(path) or self._by_name.get(_base_name(path))
        if info is None:
            raise AttachmentError(Key.ATTACHMENT_MISSING, name=name)
        try:
            with self._archive.open(info) as file:
                return _bounded(cast(BinaryIO, file), name)
        except DAMAGES as error:
            raise AttachmentError(Key.ATTACHMENT_UNREADABLE, name=name) from error

    def close(self) -> None:
        """Close the archive."""
        self._archive.close()


def _bounded(file: BinaryIO, name: str) -> bytes:
    data = file.read(limits.ATTACHMENT_BYTES + 1)
    if len(data) > limits.ATTACHMENT_BYTES:
        raise AttachmentError(Key.ATTACHMENT_LARGE, name=name, limit=limits.ATTACHMENT_BYTES // limits.MIB)
    return data


class _Bounded:
    """A file that refuses to give more than ``limit`` bytes, whatever its directory entry promised."""

    def __init__(self, file: BinaryIO, name: str, limit: int) -> None:
        self._file, self._name, self._left, self._limit = file, name, limit, limit

    def read(self, size: int) -> bytes:
        try:
            data = self._file.read(size)
        except DAMAGES as error:
            raise OpenImmoError(Key.BROKEN_ZIP) from error
        self._left -= len(data)
        if self._left < 0:
            raise OpenImmoError(Key.TOO_LARGE, name=self._name, limit=self._limit // limits.MIB)
        return data

    def close(self) -> None:
        self._file.close()


class Package:
    """An opened file: :attr:`xml` to be read once, :attr:`files` for the attachments."""

    def __init__(self, xml: BinaryIO, files: Files, notices: tuple[Message, ...] = ()) -> None:
        self.xml = xml
        self.files = files
        self.notices = notices

    def close(self) -> None:
        """Close everything that is open."""
        self.xml.close()
        self.files.close()


def open_package(path: Path) -> Package:
    """Open an XML or ZIP file, told apart by content.

    Raises:
        OpenImmoError: it is neither, is damaged, passes a limit, or is built to do harm.
    """
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise OpenImmoError(Key.NOT_FOUND, name=path.name)
        file = path.open("rb")
    except OSError as error:
        raise OpenImmoError(Key.NOT_FOUND, name=path.name) from error
    start = file.read(512)
    file.seek(0)
    try:
        if not start:
            raise OpenImmoError(Key.EMPTY, name=path.name)
        if start.startswith((ZIP_MAGIC, EMPTY_ZIP_MAGIC)):
            _check_size(path.name, size, limits.ZIP_BYTES)
            file.close()
            return _open_archive(path)
        if not start.lstrip().startswith(XML_STARTS):
            raise OpenImmoError(Key.NO_XML_NO_ZIP, name=path.name)
        _check_size(path.name, size, limits.XML_BYTES)
    except BaseException:
        file.close()
        raise
    return Package(file, Folder(path.parent))


def _check_size(name: str, size: int, limit: int) -> None:
    if size > limit:
        raise OpenImmoError(Key.TOO_LARGE, name=name, limit=limit // limits.MIB)


def _open_archive(path: Path) -> Package:
    try:
        archive = zipfile.ZipFile(path)
    except DAMAGES as error:
        raise OpenImmoError(Key.BROKEN_ZIP) from error
    try:
        _check_archive(archive)
        info = _the_xml(archive)
        xml = cast(BinaryIO, _Bounded(cast(BinaryIO, archive.open(info)), info.filename, limits.XML_BYTES))
        nested = tuple(
            Message.of(Key.NESTED_ZIP, name=info.filename)
            for info in _files(archive)
            if PurePosixPath(info.filename).suffix.lower() in ARCHIVES
        )
        return Package(xml, Archive(archive), nested)
    except DAMAGES as error:
        archive.close()
        raise OpenImmoError(Key.BROKEN_ZIP) from error
    except BaseException:
        archive.close()
        raise


def _files(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """What is in the archive, without folders and without what macOS adds."""
    return [info for info in archive.infolist() if not info.is_dir() and not info.filename.startswith("__MACOSX/")]


def _check_archive(archive: zipfile.ZipFile) -> None:
    """Refuse what no honest program writes, by the archive's directory alone."""
    infos = archive.infolist()
    if len(infos) > limits.ZIP_ENTRIES:
        raise OpenImmoError(Key.ZIP_TOO_MANY, limit=limits.ZIP_ENTRIES)
    total = 0
    for info in infos:
        # orig_filename: zipfile itself cuts names at a NUL.
        if _escapes(info.orig_filename):
            raise OpenImmoError(Key.ZIP_TRAVERSAL, name=info.orig_filename)
        if info.flag_bits & ENCRYPTED:
            raise OpenImmoError(Key.ENCRYPTED_ZIP)
        if info.compress_type not in METHODS:
            raise OpenImmoError(Key.ZIP_METHOD, name=info.filename)
        total += info.file_size
        bomb = info.file_size > limits.ZIP_RATIO_COUNTS_FROM and (
            info.file_size > limits.ZIP_RATIO * max(info.compress_size, 1)
        )
        if bomb or total > limits.ZIP_BYTES:
            raise OpenImmoError(Key.ZIP_BOMB, name=info.filename)


def _the_xml(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    found = [info for info in _files(archive) if info.filename.lower().endswith(".xml")]
    if not found:
        raise OpenImmoError(Key.ZIP_NO_XML)
    if len(found) > 1:
        raise OpenImmoError(Key.ZIP_SEVERAL_XML, name=", ".join(info.filename for info in found[:5]))
    return found[0]

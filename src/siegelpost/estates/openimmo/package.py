"""The file as it came: XML with its pictures beside it, or both in a ZIP. Nothing is unpacked to disk."""

from __future__ import annotations

import errno
import os
import re
import stat
import unicodedata
import zipfile
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Generic, Protocol, TypeVar, cast
from urllib.parse import unquote

from siegelpost.estates.openimmo import limits
from siegelpost.estates.openimmo.messages import AttachmentError, Key, Message, OpenImmoError
from siegelpost.toolbox.damages import ZIP_DAMAGES

ZIP_MAGIC = b"PK\x03\x04"
EMPTY_ZIP_MAGIC = b"PK\x05\x06"
XML_STARTS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
ENCRYPTED, UTF_8_NAMES = 0x1, 0x800
# Links are not followed, and a name too long for a file names none.
_NOT_THERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG})
# The first element, whatever comes before it.
ROOT = re.compile(rb"<(?:[a-z][a-z0-9]{0,20}:)?openimmo[\s/>]", re.IGNORECASE)
_ASIDE, _DOCUMENTS = frozenset({"thumbs.db", "desktop.ini"}), (".xml", ".xsd", ".dtd")
ARCHIVES = frozenset({".zip", ".rar", ".7z", ".gz", ".tar", ".tgz", ".bz2", ".xz"})


class Files(Protocol):
    """The files that came with the XML, by the names it uses for them."""

    def read(self, name: str) -> bytes:
        """The bytes of one file.

        Raises:
            AttachmentError: it is missing, damaged, too large, or leads out of the transfer.
        """

    def unnamed(self, named: Iterable[str]) -> list[str]:
        """Which of them are meant by none of these names; only of what was packed for the transfer."""

    def close(self) -> None:
        """Let go of the file."""


def _steps(name: str) -> list[str]:
    """The steps of a path, the last one first, so as two names are compared: programs are careless with case, with
    separators of both kinds, and with how an umlaut is put together.
    """
    plain = unicodedata.normalize("NFC", name.replace("\\", "/")).casefold()
    return [step for step in reversed(plain.split("/")) if step not in {"", "."}]


def _escapes(name: str) -> bool:
    """Whether a path is absolute, has a drive, or climbs; separators of both kinds count."""
    path = name.replace("\\", "/")
    return path.startswith("/") or path[1:2] == ":" or "\0" in name or ".." in path.split("/")


Found = TypeVar("Found")


class _Names(Generic[Found]):
    """What came along, by its names.

    Only what is in here is ever opened: a path that leads elsewhere ("C:\\Export\\a.jpg") finds what is called so here.
    """

    def __init__(self, named: Iterable[tuple[str, Found]]) -> None:
        self._by_last: dict[str, list[tuple[list[str], Found]]] = {}
        for name, found in named:
            if steps := _steps(name):
                self._by_last.setdefault(steps[0], []).append((steps, found))

    def find(self, name: str) -> Found:
        """What is meant by a name: of several in different folders that which has most steps in common.

        Raises:
            AttachmentError: it is missing, or several are meant alike.
        """
        for wanted in (name, unquote(name)):
            steps = _steps(wanted)
            alike = [(_in_common(steps, own), found) for own, found in self._by_last.get((steps or [""])[0], ())]
            best = max((common for common, _ in alike), default=0)
            found = [each for common, each in alike if common == best]
            if len(found) > 1:
                raise AttachmentError(Key.ATTACHMENT_AMBIGUOUS, name=name)
            if found:
                return found[0]
        raise AttachmentError(Key.ATTACHMENT_MISSING, name=name)


def _is_aside(name: str) -> bool:
    path = PurePosixPath(name)
    is_ours = path.suffix in ARCHIVES or name.endswith(_DOCUMENTS)
    return is_ours or path.name.startswith(".") or path.name in _ASIDE or name.startswith("__macosx/")


def _in_common(one: list[str], other: list[str]) -> float:
    """How many steps are equal from the last on; a little more where the whole path is."""
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))) + (one == other) / 2


class Folder:
    """The files that lie beside an XML file; only there, never below or above, and no links."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: _Names[Path] | None = None

    def read(self, name: str) -> bytes:
        """See :class:`Files`."""
        try:
            if self._names is None:
                self._names = _Names((entry.name, entry) for entry in self._folder.iterdir())
            # O_NONBLOCK: a pipe that lies there must not make us wait.
            handle = os.open(self._names.find(name), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except (OSError, ValueError) as error:
            there = isinstance(error, OSError) and error.errno not in _NOT_THERE
            raise AttachmentError(Key.ATTACHMENT_UNREADABLE if there else Key.ATTACHMENT_MISSING, name=name) from error
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise AttachmentError(Key.ATTACHMENT_MISSING, name=name)
            return _bounded(file, name)

    def unnamed(self, named: Iterable[str]) -> list[str]:
        """None: what else lies in a folder is nobody's business."""
        return []

    def close(self) -> None:
        """Nothing is held open."""


class Archive:
    """The files in a ZIP, found by path or, as programs are careless with folders and case, by file name."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        named = {path.as_posix(): info for info in _files(archive) if (path := PurePosixPath(_spelt(info)))}
        self._names = _Names(named.items())
        self._paths = sorted(named)

    def read(self, name: str) -> bytes:
        """See :class:`Files`."""
        info = self._names.find(name)
        try:
            with self._archive.open(info) as file:
                return _bounded(cast(BinaryIO, file), name)
        except ZIP_DAMAGES as error:
            raise AttachmentError(Key.ATTACHMENT_UNREADABLE, name=name) from error

    def unnamed(self, named: Iterable[str]) -> list[str]:
        """See :class:`Files`; archives are told one by one, documents of XML and what systems add are no one's."""
        meant = {step for name in named for each in (name, unquote(name)) for step in _steps(each)[:1]}
        return [path for path in self._paths if not _is_aside(path.casefold()) and _steps(path)[0] not in meant]

    def close(self) -> None:
        """Close the archive."""
        self._archive.close()


def _spelt(info: zipfile.ZipInfo) -> str:
    """The name of an entry. Where it does not say how it is spelt, it need not be as the first programs spelt it."""
    if info.flag_bits & UTF_8_NAMES or info.filename.isascii():
        return info.filename
    raw = info.filename.encode("cp437", "replace")
    with suppress(UnicodeDecodeError):
        return raw.decode("utf-8")
    # Both have letters at different places: a name that is all letters in one of them is meant so.
    likely = next((name for name in (info.filename, raw.decode("cp1252", "replace")) if _is_german(name)), None)
    return likely or info.filename


def _is_german(name: str) -> bool:
    return all(letter.isascii() or letter in "äöüÄÖÜßéèàçñ€§²³°" for letter in unicodedata.normalize("NFC", name))


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
        except ZIP_DAMAGES as error:
            raise OpenImmoError(Key.BROKEN_ZIP) from error
        self._left -= len(data)
        if self._left < 0:
            raise OpenImmoError(Key.TOO_LARGE, name=self._name, limit=self._limit // limits.MIB)
        return data

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> _Bounded:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class Package:
    """An opened file: ``open_xml`` gives the document from its beginning, ``files`` the attachments."""

    open_xml: Callable[[], BinaryIO]
    files: Files
    notices: tuple[Message, ...] = ()


def open_file(path: Path) -> BinaryIO:
    """The file, unread.

    Raises:
        OpenImmoError: there is none, or it is no plain file.
    """
    try:
        if path.is_file():
            return path.open("rb")
    except OSError as error:
        raise OpenImmoError(Key.NOT_FOUND, name=path.name) from error
    raise OpenImmoError(Key.NOT_FOUND, name=path.name)


def files_of(path: Path) -> Files:
    """What came along with the XML of a file that :func:`open_package` took.

    Raises:
        OpenImmoError: it has changed since.
    """
    with open_file(path) as file:
        is_archive = file.read(4) in (ZIP_MAGIC, EMPTY_ZIP_MAGIC)
    try:
        return Archive(zipfile.ZipFile(path)) if is_archive else Folder(path.parent)
    except ZIP_DAMAGES as error:
        raise OpenImmoError(Key.BROKEN_ZIP) from error


def open_package(path: Path, name: str = "") -> Package:
    """Open an XML or ZIP file, told apart by content.

    Args:
        path: where it is.
        name: what it is called, if otherwise.

    Raises:
        OpenImmoError: it is neither, is damaged, passes a limit, or is built to do harm.
    """
    name = name or path.name
    with open_file(path) as file:
        size = os.fstat(file.fileno()).st_size
        start = file.read(4096)
    if not start:
        raise OpenImmoError(Key.EMPTY, name=name)
    if start.startswith((ZIP_MAGIC, EMPTY_ZIP_MAGIC)):
        _check_size(name, size, limits.ZIP_BYTES)
        return _open_archive(path)
    if not _looks_like_xml(start):
        raise OpenImmoError(Key.NO_XML_NO_ZIP, name=name)
    _check_size(name, size, limits.XML_BYTES)
    return Package(partial(open_file, path), Folder(path.parent))


def _looks_like_xml(start: bytes) -> bool:
    return start.lstrip().startswith(XML_STARTS)


def _check_size(name: str, size: int, limit: int) -> None:
    if size > limit:
        raise OpenImmoError(Key.TOO_LARGE, name=name, limit=limit // limits.MIB)


def _open_archive(path: Path) -> Package:
    try:
        archive = zipfile.ZipFile(path)
    except ZIP_DAMAGES as error:
        raise OpenImmoError(Key.BROKEN_ZIP) from error
    try:
        _check_archive(archive)
        info = _the_xml(archive)
        nested = tuple(
            Message.of(Key.NESTED_ZIP, name=info.filename)
            for info in _files(archive)
            if PurePosixPath(info.filename).suffix.lower() in ARCHIVES
        )
        return Package(partial(_open_entry, archive, info), Archive(archive), nested)
    except ZIP_DAMAGES as error:
        archive.close()
        raise OpenImmoError(Key.BROKEN_ZIP) from error
    except BaseException:
        archive.close()
        raise


def _open_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> BinaryIO:
    try:
        return cast(BinaryIO, _Bounded(cast(BinaryIO, archive.open(info)), info.filename, limits.XML_BYTES))
    except ZIP_DAMAGES as error:
        raise OpenImmoError(Key.BROKEN_ZIP) from error


def _files(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """What is in the archive, without folders and without what macOS adds."""
    return [
        info
        for info in archive.infolist()
        if not info.is_dir() and not info.filename.startswith("__MACOSX/") and not _last(info).startswith("._")
    ]


def _last(info: zipfile.ZipInfo) -> str:
    return info.filename.replace("\\", "/").rpartition("/")[2]


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
    """The transfer: of several documents the one that is OpenImmo."""
    found = [info for info in _files(archive) if info.filename.lower().endswith(".xml")]
    if not found:
        raise OpenImmoError(Key.ZIP_NO_XML)
    transfers = [info for info in found if _is_openimmo(archive, info)] if len(found) > 1 else found
    if len(transfers) > 1:
        raise OpenImmoError(Key.ZIP_SEVERAL_XML, name=", ".join(info.filename for info in transfers[:5]))
    # Where none is, the first says what it is instead.
    return (transfers or found)[0]


def _is_openimmo(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    """Whether its first element is OpenImmo's; decided by its first bytes, whatever their encoding."""
    with closing(_open_entry(archive, info)) as file:
        return bool(ROOT.search(file.read(4096).replace(b"\0", b"")))

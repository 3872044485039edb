"""The folder of one account, in which whatever is handed over lies until it is whole: names, room, who wrote what.

Every way in goes through here, so that one rule holds for all of them. A person may also put files there, or have a
program of the system do so.
"""

import json
import os
import re
import shutil
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from itertools import filterfalse
from pathlib import Path
from typing import BinaryIO

from siegelpost.settings import load
from siegelpost.toolbox.durable import private_folder, sync
from siegelpost.toolbox.locks import alone, hold

MIB = 1024 * 1024
MOST_FILES = 20_000
DEEPEST = 5
# Bytes, as disks count; some room is left for what is put before or behind a name.
LONGEST_NAME = 200
# So much of the disk stays free, whatever the account may take.
LEFT_FREE = 512 * MIB
# Names under which programs write what is not finished.
UNFINISHED = re.compile(r"^\.|\.(tmp|temp|part|partial|filepart|crdownload|writing|upload)$", re.IGNORECASE)


class BadNameError(ValueError):
    """The name is none that may be used here."""


class FullError(Exception):
    """There is no room for it: the account's or the disk's is used up, or there are too many files."""


class InUseError(Exception):
    """Somebody else writes this file at this moment, or it is being taken over."""


@dataclass(frozen=True, slots=True)
class Sender:
    """How a file came, and from which address."""

    way: str
    address: str = ""


def parts_of(name: str) -> tuple[str, ...]:
    r"""A path as a client names it, by its parts: both separators count, and it is read from the account's folder.

    Umlauts are one letter each, whatever the client's system makes of them; what is no UTF-8 is read as Windows does.

    Raises:
        BadNameError: it climbs, is empty, too long or too deep, or has what no name has.
    """
    with suppress(UnicodeEncodeError):
        raw = name.encode("utf-8", "surrogateescape")
        name = raw.decode("utf-8") if _is_utf8(raw) else raw.decode("cp1252", "replace")
    parts = [part for part in unicodedata.normalize("NFC", name).replace("\\", "/").split("/") if part not in ("", ".")]
    if not parts or len(parts) > DEEPEST or not all(_is_good(part) for part in parts):
        raise BadNameError(name[:LONGEST_NAME])
    return tuple(parts)


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_good(part: str) -> bool:
    try:
        length = len(part.encode())
    except UnicodeEncodeError:
        return False
    return part != ".." and length <= LONGEST_NAME and part == part.strip() and part.isprintable()


def folder_of(login: str) -> Path:
    """Where the folder of the account with this login is."""
    return load().data / "intake" / login


class Box:
    """The folder of the account with this login.

    Args:
        most: how many bytes may lie there.
    """

    def __init__(self, login: str, most: int) -> None:
        self.root = folder_of(login)
        self._run = load().data / "run" / "intake"
        self._login = login
        self._most = most
        private_folder(self.root)

    def alone(self) -> AbstractContextManager[None]:
        """Nobody else opens, renames or takes a file of this folder meanwhile; never for long."""
        return alone(self._run / f"{self._login}.lock")

    def path(self, name: str) -> Path:
        """Where the file or folder of this name is or would be; it cannot lead out of this one.

        Raises:
            BadNameError: see :func:`parts_of`; also where a part of it is a link.
        """
        found = self.root
        for part in parts_of(name):
            found /= part
            if found.is_symlink():
                raise BadNameError(part)
        return found

    def open(self, name: str, sender: Sender, *, add: bool = False, at: int | None = None) -> "Writing":
        """A file to write into, from its beginning, or with ``add`` at its end, or from the byte ``at``.

        Raises:
            BadNameError, FullError, InUseError: nothing was changed.
            OSError: it is a folder, or the like.
        """
        path = self.path(name)
        room = self.room()
        with self.alone():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
            file = os.fdopen(handle, "r+b")
            try:
                if not stat.S_ISREG(os.fstat(handle).st_mode) or not hold(handle):
                    raise InUseError
                if not add and at is None:
                    file.truncate(0)
                file.seek(*((0, os.SEEK_END) if at is None else (at, os.SEEK_SET)))
            except BaseException:
                file.close()
                raise
            self._remember(path, sender)
        return Writing(file, room, path)

    def place(self, source: BinaryIO, name: str, sender: Sender) -> None:
        """A whole file, all of it or nothing, in place of one of this name.

        Raises:
            BadNameError, FullError, OSError: nothing was changed.
        """
        target = self.path(name)
        aside = f"{'/'.join(target.parent.relative_to(self.root).parts)}/.{os.urandom(8).hex()}.part"
        writing = self.open(aside, sender)
        try:
            with writing:
                while piece := source.read(MIB):
                    writing.write(piece)
                writing.sync()
            with self.alone():
                if target.is_dir():
                    raise IsADirectoryError(name)
                self.path(aside).replace(target)
                self._remember(target, sender)
        except BaseException:
            self.path(aside).unlink(missing_ok=True)
            raise

    def rename(self, old: str, new: str, sender: Sender) -> None:
        """Give a file or folder another name, in place of a file of that name.

        Raises:
            BadNameError, InUseError, OSError: nothing was changed.
        """
        source, target = self.path(old), self.path(new)
        with self.alone():
            for one in (source, target):
                if one.is_file() and not _is_free(one):
                    raise InUseError
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            source.rename(target)
            self._remember(target, sender)

    def room(self) -> int:
        """How many bytes more may come.

        Raises:
            FullError: none.
        """
        used, files = 0, 0
        for file in self.files():
            with suppress(FileNotFoundError):
                used += file.lstat().st_size
                files += 1
        room = min(self._most - used, shutil.disk_usage(self.root).free - LEFT_FREE)
        if room <= 0 or files >= MOST_FILES:
            raise FullError
        return room

    def name_in_utf8(self) -> None:
        """Rename what was put here with a name in Windows' code page, as old programs write it, to the same in UTF-8.

        The document that comes with it names it so, and no database keeps the other.
        """
        for folder, folders, names in os.walk(self.root, topdown=False):
            for raw in filterfalse(_is_utf8, map(os.fsencode, (*folders, *names))):
                target = Path(folder, raw.decode("cp1252", "replace"))
                while target.exists():
                    target = target.with_name(f"_{target.name}")
                with suppress(OSError):  # somebody else's folder, of which is told elsewhere
                    Path(folder, os.fsdecode(raw)).rename(target)

    def files(self) -> Iterator[Path]:
        """Every plain file in the folder and below it; links are neither followed nor named."""
        for folder, _folders, names in os.walk(self.root):
            for name in names:
                path = Path(folder, name)
                with suppress(FileNotFoundError, PermissionError):
                    if stat.S_ISREG(path.lstat().st_mode):
                        yield path

    def closed(self) -> list[Path]:
        """Files and folders in it that this server may not read, because somebody else has put them there so."""
        refused: list[OSError] = []
        closed: list[Path] = []
        for name, folders, names in os.walk(self.root, onerror=refused.append):
            folder = Path(name)
            if os.access(folder, os.X_OK):
                files = (folder / one for one in names)
                closed += [path for path in files if path.is_file() and not os.access(path, os.R_OK)]
            else:  # what is in it can be named, and nothing else
                closed.append(folder)
                folders.clear()
        return [*closed, *(Path(error.filename) for error in refused if Path(error.filename).exists())]

    def sender(self, path: Path) -> Sender:
        """Who wrote a file last; what nobody of ours has written was put there."""
        wanted, found = self._name(path), Sender("folder")
        with suppress(FileNotFoundError), self._senders.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                with suppress(ValueError, TypeError):
                    name, way, address = json.loads(line)
                    if name == wanted:
                        found = Sender(way, address)
        return found

    def tidy(self) -> None:
        """Forget who wrote what, and remove folders, when there is no file any more."""
        with self.alone():
            if next(self.files(), None) is not None:
                return
            self._senders.unlink(missing_ok=True)
            for folder, _folders, _names in os.walk(self.root, topdown=False):
                if Path(folder) != self.root:
                    with suppress(OSError):  # somebody has just put something there
                        Path(folder).rmdir()

    @property
    def _senders(self) -> Path:
        return self._run / f"{self._login}.senders"

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _remember(self, path: Path, sender: Sender) -> None:
        with self._senders.open("a", encoding="utf-8", errors="replace") as lines:
            lines.write(json.dumps([self._name(path), sender.way, sender.address]) + "\n")


class Writing:
    """A file that is being written: it is locked, and takes no more than there is room for."""

    def __init__(self, file: BinaryIO, room: int, path: Path) -> None:
        self.name = str(path)
        self._file = file
        self._room = room
        self._began = os.fstat(file.fileno()).st_size

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._file.closed

    def write(self, data: bytes) -> int:
        """Write on.

        Raises:
            FullError: there is no room for it.
        """
        if self._file.tell() + len(data) - self._began > self._room:
            raise FullError
        written = self._file.write(data)
        # Each piece is acknowledged to the client: it is to be there even if this process ends at once.
        self._file.flush()
        return written

    def seek(self, offset: int) -> None:
        """Go on from this byte."""
        self._file.seek(offset)

    def tell(self) -> int:
        """Where it stands."""
        return self._file.tell()

    def truncate(self, size: int) -> None:
        """Cut it off here.

        Raises:
            FullError: it would grow by more than there is room for.
        """
        if size - self._began > self._room:
            raise FullError
        self._file.truncate(size)

    def fileno(self) -> int:
        """Its descriptor."""
        return self._file.fileno()

    def sync(self) -> None:
        """Have the disk keep what was written."""
        self._file.flush()
        sync(Path(self.name))

    def close(self) -> None:
        """Done; others may have it."""
        self._file.close()

    def __enter__(self) -> "Writing":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _is_free(path: Path) -> bool:
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        return hold(handle)
    finally:
        os.close(handle)

"""SFTP: uploading and nothing else. No shell, no forwarding, no links, nothing that is read."""

import asyncio
import errno
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import asyncssh
import structlog
from asyncssh import FXF_APPEND, FXF_TRUNC, FXF_WRITE, SFTPAttrs, SFTPFailure, SFTPName, SFTPPermissionDenied

from siegelpost.estates.intake.arrivals import box_of
from siegelpost.estates.intake.box import BadNameError, FullError, InUseError, Sender, Writing
from siegelpost.estates.intake_models import IntakeAccount, Way
from siegelpost.portal import entrance
from siegelpost.toolbox.crowd import Crowd
from siegelpost.toolbox.durable import create_durably
from siegelpost.toolbox.limits import one_address

log = structlog.get_logger(__name__)

_ACCOUNT = "account"
# The second is for programs of before 2014.
_KINDS = {"ssh-ed25519": {}, "ssh-rsa": {"key_size": 3072}}


def host_keys(data: Path, *, are_known: Callable[[], bool] = lambda: False) -> list[asyncssh.SSHKey]:
    """The keys by which clients know this server; made once and kept, so that none is warned of another one.

    Args:
        are_known: whether clients have seen the server's keys before. One that is missing then is told.
    """
    found = []
    for kind, how in _KINDS.items():
        file = data / "sftp" / f"host-{kind}"
        if not file.exists():
            made = asyncssh.generate_private_key(kind, comment="siegelpost", **how)
            create_durably(file, made.export_private_key())
            if are_known():
                log.warning(
                    "a host key of SFTP was gone and is another one now: programs will refuse it", key=str(file)
                )
        found.append(asyncssh.read_private_key(file))
    return found


@contextmanager
def _said() -> Iterator[None]:
    try:
        yield
    except BadNameError:
        raise SFTPPermissionDenied("This name cannot be used.") from None
    except InUseError:
        raise SFTPFailure("The file is in use, please try again.") from None
    except FullError:
        raise SFTPFailure("There is no room for this file.") from None


def _name(path: bytes) -> str:
    try:
        text = path.decode("utf-8")
    except UnicodeDecodeError:
        text = path.decode("cp1252", "replace")
    return os.path.normpath(f"/{text}").replace("//", "/")


class BoxFiles(asyncssh.SFTPServer):
    """The account's folder as a client sees it; folders come with their files."""

    def __init__(self, channel: asyncssh.SSHServerChannel[bytes]) -> None:
        super().__init__(channel)
        connection = channel.get_connection()
        account: IntakeAccount = connection.get_extra_info(_ACCOUNT)
        self._box = box_of(account)
        self._sender = Sender(Way.SFTP, _address(connection.get_extra_info("peername")))
        self._made = {"/"}

    def _real(self, path: bytes) -> Path:
        name = _name(path)
        with _said():
            return self._box.root if name == "/" else self._box.path(name)

    def open(self, path: bytes, pflags: int, attrs: SFTPAttrs) -> object:
        if not pflags & FXF_WRITE:
            raise SFTPPermissionDenied("Nothing is read here.")
        add = bool(pflags & FXF_APPEND)
        with _said():
            at = None if add or pflags & FXF_TRUNC else 0
            return self._box.open(_name(path), self._sender, add=add, at=at)

    def open56(self, path: bytes, desired_access: int, flags: int, attrs: SFTPAttrs) -> object:
        raise SFTPPermissionDenied("Please use version 3 of the protocol.")

    def read(self, file_obj: object, offset: int, size: int) -> bytes:
        raise SFTPPermissionDenied("Nothing is read here.")

    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        assert isinstance(file_obj, Writing)  # noqa: S101 - open() gives no others
        with _said():
            file_obj.seek(offset)
            return file_obj.write(data)

    def close(self, file_obj: object) -> None:
        assert isinstance(file_obj, Writing)  # noqa: S101 - open() gives no others
        file_obj.close()

    def lstat(self, path: bytes) -> os.stat_result:
        if _name(path) in self._made:
            return self._box.root.lstat()
        return self._real(path).lstat()

    def stat(self, path: bytes) -> os.stat_result:
        return self.lstat(path)

    def fstat(self, file_obj: object) -> os.stat_result:
        assert isinstance(file_obj, Writing)  # noqa: S101 - open() gives no others
        return os.fstat(file_obj.fileno())

    def setstat(self, path: bytes, attrs: SFTPAttrs) -> None:
        """Times and rights are the system's; clients set them without being asked, and are not told of it."""

    def lsetstat(self, path: bytes, attrs: SFTPAttrs) -> None:
        """See :meth:`setstat`."""

    def fsetstat(self, file_obj: object, attrs: SFTPAttrs) -> None:
        """See :meth:`setstat`."""

    async def scandir(self, path: bytes) -> AsyncIterator[SFTPName]:
        folder = self._real(path)
        for each in sorted(folder.iterdir()) if folder.is_dir() else []:
            if not each.is_symlink():
                yield SFTPName(each.name.encode(), attrs=SFTPAttrs.from_local(each.lstat()))

    def mkdir(self, path: bytes, attrs: SFTPAttrs) -> None:
        self._real(path)
        self._made.add(_name(path))

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        with _said():
            self._box.rename(_name(oldpath), _name(newpath), self._sender)

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        self.rename(oldpath, newpath)

    def realpath(self, path: bytes) -> bytes:
        return PurePosixPath(_name(path)).as_posix().encode()

    def remove(self, path: bytes) -> None:
        raise SFTPPermissionDenied("Nothing is deleted here.")

    def rmdir(self, path: bytes) -> None:
        raise SFTPPermissionDenied("Nothing is deleted here.")

    def readlink(self, path: bytes) -> bytes:
        raise SFTPPermissionDenied("There are no links here.")

    def symlink(self, oldpath: bytes, newpath: bytes) -> None:
        raise SFTPPermissionDenied("There are no links here.")

    def link(self, oldpath: bytes, newpath: bytes) -> None:
        raise SFTPPermissionDenied("There are no links here.")

    def statvfs(self, path: bytes) -> os.statvfs_result:
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))

    def fstatvfs(self, file_obj: object) -> os.statvfs_result:
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))

    def lock(self, file_obj: object, offset: int, length: int, flags: int) -> None:
        """It is locked as long as it is open."""

    def unlock(self, file_obj: object, offset: int, length: int) -> None:
        """See :meth:`lock`."""


class Login(asyncssh.SSHServer):
    """Who comes, and whether with the right password."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._is_in = False

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection, self._address = conn, _address(conn.get_extra_info("peername"))
        self._is_in = self._crowd.enter(self._address)
        if not self._is_in:
            conn.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._is_in:
            self._is_in = False
            self._crowd.leave(self._address)

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    async def validate_password(self, username: str, password: str) -> bool:
        found = await asyncio.to_thread(entrance.let_in, username, password, self._address, Way.SFTP)
        self._connection.set_extra_info(**{_ACCOUNT: found})
        return found is not None


def _address(peer: tuple[str, int] | None) -> str:
    name = peer[0] if peer else ""
    return one_address(name) or name

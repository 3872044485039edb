"""FTP with TLS (explicit, RFC 4217), and without it where an account's rules allow it: uploading and nothing else."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from OpenSSL import SSL
from pyftpdlib.exceptions import AuthenticationFailed, FilesystemError
from pyftpdlib.filesystems import AbstractedFS
from pyftpdlib.handlers import TLS_DTPHandler, TLS_FTPHandler

from siegelpost.estates.intake.arrivals import box_of
from siegelpost.estates.intake.box import BadNameError, Box, FullError, InUseError, Sender, Writing
from siegelpost.estates.intake_models import IntakeAccount, Way
from siegelpost.portal import entrance
from siegelpost.portal.certificate import LiveContext
from siegelpost.toolbox.crowd import Crowd

log = structlog.get_logger(__name__)

# Changing folders, appending, listing what was brought and still lies there, storing, renaming, making folders.
_PERMISSIONS = "elawfm"
# What is for reading, for deleting, and what has this server connect to somewhere.
_LEFT_OUT = frozenset(
    {"RETR", "DELE", "RMD", "XRMD", "STOU", "MFMT", "SITE CHMOD", "STAT", "MLSD", "MLST", "PORT", "EPRT"}
)


class _Bounded:
    """A file that says to the library in its own words that there is no room any more."""

    def __init__(self, writing: Writing) -> None:
        self._writing = writing

    def write(self, data: bytes) -> int:
        with _said():
            return self._writing.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._writing, name)


@contextmanager
def _said() -> Iterator[None]:
    try:
        yield
    except BadNameError:
        raise FilesystemError("This name cannot be used") from None
    except InUseError:
        raise FilesystemError("The file is in use, please try again") from None
    except FullError:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from None


class BoxFolder(AbstractedFS):  # type: ignore[misc]  # the library has no types
    """The account's folder as a client sees it; every path is one of the client's. Folders come with their files."""

    def __init__(self, box: Box, session: "Session") -> None:
        super().__init__("/", session)
        self._box, self._session = box, session

    @property
    def _sender(self) -> Sender:
        return Sender(self._session.way, self._session.remote_ip)

    def ftp2fs(self, ftppath: str) -> str:
        return str(self.ftpnorm(ftppath))

    def fs2ftp(self, fspath: str) -> str:
        return fspath

    def validpath(self, path: str) -> bool:
        return True

    def realpath(self, path: str) -> str:
        return path

    def open(self, filename: str, mode: str) -> _Bounded:
        with _said():
            return _Bounded(
                self._box.open(filename, self._sender, add="a" in mode, at=0 if mode.startswith("r+") else None)
            )

    def chdir(self, path: str) -> None:
        if self.isfile(path):
            raise OSError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        self.mkdir(path)
        self.cwd = path

    def mkdir(self, path: str) -> None:
        with _said():
            if path != "/":
                self._box.path(path)

    def rename(self, src: str, dst: str) -> None:
        with _said():
            self._box.rename(src, dst, self._sender)

    def listdir(self, path: str) -> list[str]:
        with _said():
            folder = self._box.root if path == "/" else self._box.path(path)
            return sorted(each.name for each in folder.iterdir() if not each.is_symlink()) if folder.is_dir() else []

    def lstat(self, path: str) -> os.stat_result:
        with _said():
            return (self._box.root if path == "/" else self._box.path(path)).lstat()

    def isdir(self, path: str) -> bool:
        return not self.isfile(path)

    def isfile(self, path: str) -> bool:
        try:
            return stat.S_ISREG(self.lstat(path).st_mode)
        except (OSError, FilesystemError):
            return False

    def lexists(self, path: str) -> bool:
        try:
            self.lstat(path)
        except (OSError, FilesystemError):
            return False
        return True

    def getsize(self, path: str) -> int:
        return self.lstat(path).st_size

    def getmtime(self, path: str) -> float:
        return self.lstat(path).st_mtime


class Transfer(TLS_DTPHandler):  # type: ignore[misc]  # the library has no types
    """A file that is coming. With TLS the library tells nobody that there is no room for it, and the client waits."""

    def handle_read_event(self) -> None:
        try:
            super().handle_read_event()
        except OSError as error:
            if getattr(error.__cause__, "errno", None) != errno.ENOSPC:
                raise
            self._resp = ("552 There is no room for this file.", log.warning)
            self.close()


class Accounts:
    """Who may come in, as the library asks."""

    def validate_authentication(self, username: str, password: str, handler: "Session") -> None:
        found = entrance.let_in(username, password, handler.remote_ip, handler.way)
        if found is None or not handler.is_allowed(found):
            raise AuthenticationFailed("Wrong name or password.")
        handler.account = found

    def get_home_dir(self, username: str) -> str:
        return "/"

    def get_msg_login(self, username: str) -> str:
        return "Siegelpost. What is uploaded here is checked and imported."

    def get_msg_quit(self, username: str) -> str:
        return "Goodbye."

    def has_perm(self, username: str, perm: str, path: str | None = None) -> bool:
        return perm in _PERMISSIONS

    def get_perms(self, username: str) -> str:
        return _PERMISSIONS

    def impersonate_user(self, username: str, password: str) -> None:
        """Nobody is anybody of the system's."""

    def terminate_impersonation(self, username: str) -> None:
        """See :meth:`impersonate_user`."""


class Session(TLS_FTPHandler):  # type: ignore[misc]  # the library has no types
    """One client."""

    authorizer = Accounts()
    dtp_handler = Transfer
    proto_cmds = {name: row for name, row in TLS_FTPHandler.proto_cmds.items() if name not in _LEFT_OUT}
    banner = "Siegelpost"
    timeout = entrance.PATIENCE
    max_login_attempts = 3
    crowd: Crowd
    certificate: LiveContext
    account: IntakeAccount | None = None
    _is_in = False

    @property
    def way(self) -> Way:
        """How it comes."""
        return Way.FTPS if self._ssl_established else Way.FTP

    def is_allowed(self, account: IntakeAccount | None) -> bool:
        """Whether this account may come this way."""
        return self.way is Way.FTPS or (account is not None and account.plain_ftp)

    @classmethod
    def get_ssl_context(cls) -> SSL.Context:
        return cls.certificate.now()

    def abstracted_fs(self, home: str, session: "Session") -> BoxFolder:
        """What the client sees; asked for once it was let in."""
        assert self.account is not None  # noqa: S101 - the library asks after validate_authentication
        return BoxFolder(box_of(self.account), self)

    def on_connect(self) -> None:
        self._is_in = self.crowd.enter(self.remote_ip)
        if not self._is_in:
            self.respond("421 Too many connections. Please try again later.")
            self.close_when_done()

    def on_disconnect(self) -> None:
        if self._is_in:
            self._is_in = False
            self.crowd.leave(self.remote_ip)

    def ftp_USER(self, line: str) -> None:
        # Before the password goes over the line in the clear.
        if not self.is_allowed(entrance.named(line)):
            self.respond("530 Please use TLS (explicit FTPS): this server takes no password in the clear.")
            return
        super().ftp_USER(line)

    def ftp_AUTH(self, line: str) -> None:
        super().ftp_AUTH(line)
        # Whoever protects the password protects the file, too.
        self.tls_data_required = self._ssl_requested

    def decode(self, bytes: bytes) -> str:
        """A line in UTF-8, or as Windows writes it."""
        try:
            return bytes.decode("utf-8")
        except UnicodeDecodeError:
            return bytes.decode("cp1252", "replace")


def session_class(passive_ports: range, public_address: str | None) -> type[Session]:
    """What the library makes one of for each client.

    Args:
        passive_ports: those on which files come.
        public_address: by which these are reached, where this machine does not know it.
    """
    values = {
        "passive_ports": passive_ports,
        "masquerade_address": public_address,
        "crowd": entrance.crowd(),
        "certificate": LiveContext(),
    }
    return type("OneSession", (Session,), values)

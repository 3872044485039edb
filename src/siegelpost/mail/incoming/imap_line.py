"""The line to an IMAP server: what its answers may cost, how one signs in, and what it says in passing."""

import re
import time
from collections.abc import Callable
from contextlib import suppress
from imaplib import IMAP4
from ssl import SSLContext
from types import MappingProxyType
from typing import Any

from imapclient import IMAPClient
from imapclient.tls import IMAP4_TLS

# What the answer to one command may be: bytes, and seconds from the command to its end, however slowly it drips.
MOST_BYTES = 32 * 1024 * 1024
PATIENCE = 300.0
# The answer to a search has all its numbers in one line.
LONGEST_LINE = 8 * 1024 * 1024
_LONGEST_ALERT, _MOST_ALERTS = 500, 10
_ALERT = re.compile(rb"\S{1,40} (?:OK|NO|BAD|BYE|PREAUTH) \[ALERT\] ?(.{1,500})", re.IGNORECASE)


class NoWayInError(IMAP4.error):
    """The server lets nobody in by user name and password; its message is what it offers."""


class _Wire(IMAP4_TLS):  # type: ignore[misc]  # the library has no types
    """The commands of :mod:`imaplib`, with answers whose size and time are counted from the last command on."""

    def __init__(self, *args: Any) -> None:
        self.alerts: list[str] = []
        self._begin()
        super().__init__(*args)

    def send(self, data: bytes) -> None:
        """Say something; from here on the answer is counted."""
        self._begin()
        super().send(data)

    def read(self, size: int) -> bytes:
        """So many bytes, as announced (RFC 3501, 4.3)."""
        if size > self._left:
            raise self.abort(f"an answer of {size} bytes")
        parts: list[bytes] = []
        while size and (part := self.file.read1(min(size, 65536))):
            parts.append(part)
            size -= len(part)
            self._count(len(part))
        if size:
            raise self.abort("socket error: EOF")
        return b"".join(parts)

    def readline(self) -> bytes:
        """One line; what the server wants people to see is kept (RFC 3501, 7.1)."""
        parts: list[bytes] = []
        length = 0
        while ready := self.file.peek(1):
            part = self.file.read(ready.find(b"\n") + 1 or len(ready))
            parts.append(part)
            length += len(part)
            self._count(len(part))
            if length > LONGEST_LINE:
                raise self.abort("an endless line")
            if part.endswith(b"\n"):
                break
        line = b"".join(parts)
        if not line and (farewell := self.untagged_responses.get("BYE")):
            raise self.abort(farewell[-1].decode("utf-8", "replace"))
        if (found := _ALERT.match(line)) and len(self.alerts) < _MOST_ALERTS:
            self.alerts.append(" ".join(found[1].decode("utf-8", "replace").split())[:_LONGEST_ALERT])
        return line

    def _begin(self) -> None:
        self._left, self._until = MOST_BYTES, time.monotonic() + PATIENCE

    def _count(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise self.abort("an endless answer")
        if time.monotonic() > self._until:
            raise self.abort("the answer did not end in time")


class Line(IMAPClient):  # type: ignore[misc]  # the library has no types
    """A connection to an IMAP server, over TLS from the start (RFC 8314)."""

    wire: _Wire

    def __init__(self, host: str, port: int, context: SSLContext, timeout: float) -> None:
        self.connect_within = timeout
        super().__init__(host, port, ssl=True, ssl_context=context, timeout=timeout)
        # The library has everything told to its log, passwords included.
        self.wire.debug = 0

    def _create_IMAP4(self) -> _Wire:
        self.wire = _Wire(self.host, self.port, self.ssl_context, self.connect_within)
        return self.wire

    def leave(self) -> None:
        """Say goodbye where somebody still listens, and end the connection."""
        try:
            self.logout()
        except Exception:
            self.drop()

    def drop(self) -> None:
        """End the connection without a word."""
        with suppress(OSError, ValueError):
            self.wire.shutdown()

    def next_line(self) -> bytes:
        """One line of a server that is idling.

        Raises:
            OSError, imaplib.IMAP4.abort: the line broke.
        """
        line = self.wire.readline()
        if not line:
            raise IMAP4.abort("socket error: EOF")
        return line

    def sign_in(self, user: str, password: str) -> None:
        """Sign in by the first way that the server offers and understands.

        Raises:
            NoWayInError: it offers none with a password; no password was sent.
            imaplib.IMAP4.error: it refuses; ``abort`` where the line broke.
        """
        if self.wire.state != "NONAUTH":  # RFC 3501, 7.1.4: it knows us already
            return
        offered = [way for name, way in _WAYS.items() if self._offers(name)]
        if not offered:
            raise NoWayInError(b" ".join(self.capabilities()).decode("ascii", "replace"))
        for number, way in enumerate(offered, 1):
            try:
                way(self.wire, user.encode(), password.encode())
                break
            except IMAP4.abort:
                raise
            except IMAP4.error as error:
                if number == len(offered) or "command error: BAD" not in str(error):
                    raise
        self._cached_capabilities = None  # they are others now

    def _offers(self, way: str) -> bool:
        # LOGIN is there unless it is said that it is not (RFC 3501, 6.2.3).
        return not self.has_capability("LOGINDISABLED") if way == "LOGIN" else bool(self.has_capability(way))


def _by_plain(wire: _Wire, user: bytes, password: bytes) -> None:
    """RFC 4616: passwords may have umlauts."""
    wire.authenticate("PLAIN", lambda _challenge: b"\0".join([b"", user, password]))


def _by_login(wire: _Wire, user: bytes, password: bytes) -> None:
    """RFC 3501, 6.2.3; the password as a literal, in which everything may stand."""
    wire.literal = password
    quoted = user.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    answer, said = wire.xatom("LOGIN", b'"' + quoted + b'"')
    if answer != "OK":
        raise IMAP4.error(said[-1])
    wire.state = "AUTH"


def _by_sasl_login(wire: _Wire, user: bytes, password: bytes) -> None:
    steps = iter([user, password])
    wire.authenticate("LOGIN", lambda _challenge: next(steps, b""))


_WAYS: MappingProxyType[str, Callable[[_Wire, bytes, bytes], None]] = MappingProxyType(
    {"AUTH=PLAIN": _by_plain, "LOGIN": _by_login, "AUTH=LOGIN": _by_sasl_login}
)

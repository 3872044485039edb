"""A socket without TLS that the front can use like one whose handshake is done."""

import socket
import ssl
from contextlib import suppress
from typing import Any

# Who connects through a Unix socket has no address; whoever may open the file is on this machine.
_NOWHERE = ("127.0.0.1", 0)


class PlainSocket(socket.socket):
    """A connected socket that behaves like an ``SSLSocket`` whose handshake is done and that encrypts nothing."""

    context = None

    def recv(self, bufsize: int, flags: int = 0) -> bytes:
        """As a TLS socket says that there is nothing yet."""
        try:
            return super().recv(bufsize, flags)
        except BlockingIOError as error:
            raise ssl.SSLWantReadError from error

    def send(self, data: Any, flags: int = 0) -> int:
        """As a TLS socket says that nothing more goes out now."""
        try:
            return super().send(data, flags)
        except BlockingIOError as error:
            raise ssl.SSLWantWriteError from error

    def pending(self) -> int:
        """Nothing is ever read ahead."""
        return 0

    def unwrap(self) -> socket.socket:
        """There is nothing to say goodbye with."""
        return self

    def setsockopt(self, *args: Any) -> None:
        """What a Unix socket does not know is left out."""
        with suppress(OSError):
            super().setsockopt(*args)

    def getsockname(self) -> tuple[str, int]:
        """Address and port; a path is none."""
        name = super().getsockname()
        return _NOWHERE if isinstance(name, str | bytes) else (name[0], name[1])

"""A TCP connection that can neither hold up a check nor flood it: every byte and second is counted."""

import errno
import ipaddress
import socket
from types import TracebackType
from typing import Self

from siegelpost.doctor.live.outcome import Outcome
from siegelpost.toolbox.deadline import Deadline
from siegelpost.toolbox.internet import Address

PIECE = 16_384
_NO_ROUTE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EACCES, errno.EPERM}


class WireError(Exception):
    """The connection ended before what was wanted had come; ``outcome`` says how."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.value)
        self.outcome = outcome


class Wire:
    """A connected socket with a deadline and a most number of bytes that it reads."""

    def __init__(self, address: Address, port: int, deadline: Deadline, *, most: int) -> None:
        """Connect.

        Raises:
            WireError: NO_ROUTE, CONNECT_REFUSED or CONNECT_TIMEOUT.
        """
        self.deadline = deadline
        self.received = 0
        self._most = most
        family = socket.AF_INET6 if isinstance(address, ipaddress.IPv6Address) else socket.AF_INET
        try:
            self._socket = socket.socket(family, socket.SOCK_STREAM)
        except OSError as error:
            raise WireError(Outcome.NO_ROUTE) from error
        try:
            self._socket.settimeout(deadline.need())
            self._socket.connect((str(address), port))
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except TimeoutError as error:
            self.close()
            raise WireError(Outcome.CONNECT_TIMEOUT) from error
        except OSError as error:
            self.close()
            lost = error.errno in _NO_ROUTE
            raise WireError(Outcome.NO_ROUTE if lost else Outcome.CONNECT_REFUSED) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def send(self, data: bytes) -> None:
        """Raises WireError: HANDSHAKE_TIMEOUT, CLOSED or RESET."""
        try:
            self._socket.settimeout(self.deadline.need())
            self._socket.sendall(data)
        except OSError as error:
            raise WireError(_ended_by(error)) from error

    def receive(self) -> bytes:
        """What has come, 16 KiB at most; empty when the other side has ended the connection.

        Raises:
            WireError: HANDSHAKE_TIMEOUT, RESET or TOO_MUCH.
        """
        try:
            self._socket.settimeout(self.deadline.need())
            data = self._socket.recv(PIECE)
        except OSError as error:
            raise WireError(_ended_by(error)) from error
        self.received += len(data)
        if self.received > self._most:
            raise WireError(Outcome.TOO_MUCH)
        return data


def _ended_by(error: OSError) -> Outcome:
    if isinstance(error, TimeoutError):
        return Outcome.HANDSHAKE_TIMEOUT
    return Outcome.CLOSED if isinstance(error, BrokenPipeError) else Outcome.RESET

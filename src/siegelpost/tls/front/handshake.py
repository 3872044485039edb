"""A connection from ``accept`` to the finished TLS handshake."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from siegelpost.tls.front import client_hello, proxy_header
from siegelpost.tls.front.client_hello import ClientHello, MalformedError, NeedMore, NotTlsError, TooLargeError
from siegelpost.tls.front.plain import head_of
from siegelpost.tls.front.tls_context import ContextSource

_FIRST_LOOK = 4_096
_DECODE_ERROR = 50
_UNRECOGNIZED_NAME = 112


class Host(Protocol):
    """What an arrival needs of the front."""

    contexts: ContextSource

    def arrived(self, arrival: "Arrival", sock: ssl.SSLSocket) -> None:
        """The handshake is done; the arrival has let go of the socket."""

    def left(self, arrival: "Arrival", error: Exception | None) -> None:
        """It ended before."""

    def announced(self, arrival: "Arrival", address: str | None) -> bool:
        """A balancer has said from where it comes; whether there is room for one more from there."""

    def plain_answer(self, head: bytes) -> bytes:
        """The answer to a request in plain HTTP on the HTTPS port."""


class Arrival:
    """Peeks at the ClientHello, has a context chosen by it, shakes hands.

    Everything until then is read with ``MSG_PEEK``, so that OpenSSL finds the socket untouched.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        host: Host,
        sock: socket.socket,
        address: str,
        deadline: float,
        *,
        by_balancer: bool = False,
    ) -> None:
        self.address = address
        self.by_balancer = by_balancer
        self.is_named = not by_balancer
        self.hello = ClientHello()
        self.deadline = deadline
        self._loop = loop
        self._host = host
        self._sock = sock
        self._fd = sock.fileno()
        self._look = _FIRST_LOOK
        self._needed = 1
        self._seen = 0
        self._step: Callable[[], None] = self._peek_announced if by_balancer else self._peek
        self._watched = False

    def start(self) -> None:
        """Look at once: the first bytes often came with the connection."""
        self._step()

    def expired(self, now: float) -> bool:
        """Whether the client took longer than it may."""
        return now >= self.deadline

    def abort(self) -> None:
        """Close without a word."""
        self._end(None)

    def _wait(self) -> None:
        if not self._watched:
            self._watched = True
            self._loop.add_reader(self._fd, self._readable)

    def _readable(self) -> None:
        self._step()

    def _look_at_more(self) -> bytes:
        """All that has come so far; empty where there is nothing new yet, or never will be."""
        try:
            data = self._sock.recv(self._look, socket.MSG_PEEK)
        except BlockingIOError:
            self._wait()
            return b""
        except OSError as error:
            self._end(error)
            return b""
        if len(data) <= self._seen:  # woken, and nothing new: the client has closed its side
            self._end(None)
            return b""
        self._seen = len(data)
        return data

    def _peek_announced(self) -> None:
        """What a balancer says before the visitor's own first byte; exactly that is taken off."""
        if not (data := self._look_at_more()):
            return
        try:
            found = proxy_header.parse(data)
        except MalformedError:
            self._end(None)
            return
        if isinstance(found, NeedMore):
            self._wait_for(found.size)
            return
        self._sock.recv(found.size)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
        self._seen, self._needed = 0, 1
        if not self._host.announced(self, found.address):
            self._end(None)
            return
        self._step = self._peek
        self._peek()

    def _peek(self) -> None:
        if not (data := self._look_at_more()):
            return
        try:
            hello = client_hello.parse(data)
        except NotTlsError:
            self._peek_plain(data)
            return
        except TooLargeError:
            self._refuse(_DECODE_ERROR)
            return
        except MalformedError:
            hello = ClientHello()  # OpenSSL shall tell the client what is wrong
        if isinstance(hello, NeedMore):
            self._wait_for(hello.size)
        else:
            self._choose(hello)

    def _wait_for(self, size: int) -> None:
        """Sleep until ``size`` bytes are there: what was peeked at would else wake the loop without end."""
        self._needed = size
        self._look = max(self._look, size)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, size)
        self._wait()

    def _choose(self, hello: ClientHello) -> None:
        if self._needed > 1:
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
        self.hello = hello
        try:
            context = self._host.contexts.choose(hello.server_name, hello.protocols, self._sock.getsockname()[0])
            if context is None:
                self._refuse(_UNRECOGNIZED_NAME)
                return
            # A context's own wrap_socket() takes the socket over: self._sock stays the one to close.
            self._sock = context.wrap_socket(self._sock, server_side=True, do_handshake_on_connect=False)
        except OSError as error:
            self._end(error)
            return
        self._step = self._shake_hands
        self._shake_hands()

    def _shake_hands(self) -> None:
        sock = self._sock
        assert isinstance(sock, ssl.SSLSocket)  # noqa: S101 - wrap_socket gave it
        try:
            sock.do_handshake()
        except ssl.SSLWantReadError:
            self._wait()
        except ssl.SSLWantWriteError:
            self._loop.add_writer(self._fd, self._writable)
        except (OSError, ValueError) as error:
            self._end(error)
        else:
            self._host.arrived(self, sock)

    def _writable(self) -> None:
        self._loop.remove_writer(self._fd)
        self._step()

    def _peek_plain(self, data: bytes) -> None:
        """Not TLS: a browser sent to ``http://…:443``, or noise."""
        head = head_of(data)
        if head is None:
            self._end(None)
        elif head:
            self._answer(self._host.plain_answer(head))
        else:
            self._wait_for(len(data) + 1)

    def _refuse(self, alert: int) -> None:
        """A fatal alert (RFC 8446 § 6), without TLS having begun."""
        self._answer(bytes((21, 3, 3, 0, 2, 2, alert)))

    def _answer(self, answer: bytes) -> None:
        with suppress(OSError):
            self._sock.recv(client_hello.MAX_SIZE)  # unread bytes would turn the close into a reset
            self._sock.send(answer)
            self._sock.shutdown(socket.SHUT_WR)
        self._end(None)

    def _end(self, error: Exception | None) -> None:
        if self._watched:
            self._loop.remove_reader(self._fd)
        self._loop.remove_writer(self._fd)
        self._sock.close()
        self._host.left(self, error)

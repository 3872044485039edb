"""An asyncio transport over a non-blocking ``SSLSocket``.

No memory BIO: OpenSSL reads and writes the socket itself, so that its alerts reach the wire and the peer's
alerts arrive as they are, at half the cost of asyncio's own TLS transport.
"""

import asyncio
import socket
import ssl
import struct
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from siegelpost.tls.front.plain_socket import PlainSocket

RECORD = 16_384
HIGH_WATER = 65_536
LOW_WATER = 16_384
# A turn of the event loop reads and writes this many records of one connection at most; then others have
# theirs.
RECORDS_PER_TURN = 16
NEVER = float("inf")
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class TlsTransport(asyncio.Transport):
    """A TLS connection whose handshake is done.

    ``deadline`` belongs to the protocol: the loop time at which the connection is aborted because the peer
    has not done what is its turn. ``linger`` is true while the peer may still be sending: the connection is
    then closed only after its bytes were read, because the kernel would answer them by a reset that destroys
    our answer.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        sock: ssl.SSLSocket | PlainSocket,
        protocol: asyncio.Protocol,
        extra: dict[str, Any],
        *,
        stall: float,
        linger: float,
        on_lost: Callable[["TlsTransport", Exception | None], None],
    ) -> None:
        super().__init__(extra)
        self.deadline = NEVER
        self.linger = False
        self._stalled_at = NEVER
        self._loop = loop
        self._sock = sock
        self._fd = sock.fileno()
        self._protocol = protocol
        self._stall = stall
        self._linger_for = linger
        self._on_lost = on_lost
        self._out: deque[bytes | memoryview] = deque()
        self._out_size = 0
        # What OpenSSL was given and did not take: it insists on getting the same bytes again.
        self._refused: bytes | memoryview = b""
        self._flush_due = False
        self._writer_on = False
        self._read_wants_write = False
        self._protocol_paused = False
        self._reading = True
        self._peer_done = False
        self._closing = False
        self._lost = False

    def start(self) -> None:
        """Tell the protocol and read what came with the handshake's last bytes."""
        # A client with Nagle's algorithm holds its request back until its last handshake message is acknowledged, and
        # there is nothing of ours to carry that acknowledgement: the kernel would wait 40 ms for something.
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        self._protocol.connection_made(self)
        if not self._closing:
            self._loop.add_reader(self._fd, self._readable)
            self._readable()

    def expired(self, now: float) -> bool:
        """Whether the peer kept this server waiting for longer than it may."""
        return now >= self._stalled_at or (now >= self.deadline and self._reading)

    # Reading

    def is_reading(self) -> bool:
        return self._reading and not self._closing

    def pause_reading(self) -> None:
        if self.is_reading():
            self._reading = False
            self._loop.remove_reader(self._fd)

    def resume_reading(self) -> None:
        if self._reading or self._closing:
            return
        self._reading = True
        if not self._peer_done:
            self._loop.add_reader(self._fd, self._readable)
            if self._sock.pending():
                self._loop.call_soon(self._readable)

    def _readable(self) -> None:
        for _ in range(RECORDS_PER_TURN):
            if not self._reading or self._closing or self._peer_done:
                return
            try:
                data = self._sock.recv(RECORD)
            except ssl.SSLWantReadError:
                return
            except ssl.SSLWantWriteError:
                self._read_wants_write = True
                self._watch_writable()
                return
            except OSError as error:
                self._fail(error)
                return
            if not data:
                self._peer_ended()
                return
            self._protocol.data_received(data)
            if self._closing or not self._sock.pending():
                return
        self._loop.call_soon(self._readable)

    def _peer_ended(self) -> None:
        self._peer_done = True
        self.linger = False
        self._loop.remove_reader(self._fd)
        if not self._protocol.eof_received():
            self.close()

    # Writing

    def get_write_buffer_size(self) -> int:
        return self._out_size

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return LOW_WATER, HIGH_WATER

    def can_write_eof(self) -> bool:
        """No: OpenSSL, as Python wraps it, cannot send close_notify and go on reading."""
        return False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Queue ``data``; what one turn of the loop wrote leaves together, in few records."""
        if self._closing or not data:
            return
        self._out.append(data if type(data) is bytes else bytes(data))
        self._out_size += len(data)
        if not self._flush_due and not self._writer_on:
            self._flush_due = True
            self._loop.call_soon(self._flush)
        if self._out_size > HIGH_WATER and not self._protocol_paused:
            self._protocol_paused = True
            self._protocol.pause_writing()

    def _flush(self) -> None:
        self._flush_due = False
        if self._lost:
            return
        for _ in range(RECORDS_PER_TURN):
            chunk = self._refused or self._next_chunk()
            if not chunk:
                break
            try:
                sent = self._sock.send(chunk)
            except (ssl.SSLWantWriteError, ssl.SSLWantReadError):
                self._refused = chunk
                break
            except OSError as error:
                self._fail(error)
                return
            self._refused = chunk[sent:]
            self._out_size -= sent
            self._stalled_at = NEVER
        if self._out_size:
            if self._stalled_at == NEVER:
                self._stalled_at = self._loop.time() + self._stall
            self._watch_writable()
        elif self._closing:
            self._finish()
        if self._protocol_paused and self._out_size <= LOW_WATER:
            self._protocol_paused = False
            self._protocol.resume_writing()

    def _next_chunk(self) -> bytes | memoryview:
        """One record's worth of the queue: small pieces joined, large ones cut."""
        out = self._out
        if not out:
            return b""
        first = out.popleft()
        size = len(first)
        if size < RECORD and out:
            pieces: list[bytes | memoryview] = [first]
            while out and size + len(out[0]) <= RECORD:
                size += len(out[0])
                pieces.append(out.popleft())
            return b"".join(pieces) if len(pieces) > 1 else first
        if size > RECORD:
            view = memoryview(first)
            out.appendleft(view[RECORD:])
            return view[:RECORD]
        return first

    def _watch_writable(self) -> None:
        if not self._writer_on:
            self._writer_on = True
            self._loop.add_writer(self._fd, self._writable)

    def _writable(self) -> None:
        self._writer_on = False
        self._loop.remove_writer(self._fd)
        if self._read_wants_write:
            self._read_wants_write = False
            self._readable()
        self._flush()

    # Ending

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        """Send what is queued and close_notify, then close."""
        if self._closing:
            return
        self._closing = True
        self._loop.remove_reader(self._fd)
        if not self._out_size:
            self._loop.call_soon(self._finish)

    def abort(self) -> None:
        """Close at once; what is queued, here and in the kernel, is thrown away."""
        if self._lost:
            return
        with suppress(OSError):  # the peer was faster
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._fail(None)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        assert isinstance(protocol, asyncio.Protocol)  # noqa: S101 - what asyncio's own transports ask as well
        self._protocol = protocol

    def get_protocol(self) -> asyncio.Protocol:
        return self._protocol

    def _finish(self) -> None:
        if self._lost:
            return
        with suppress(OSError, ValueError):  # close_notify is sent; the peer's own is not waited for
            self._sock.unwrap()
        if not self.linger:
            self._fail(None)
            return
        try:
            # The socket below TLS: OpenSSL has said goodbye.
            socket.socket.shutdown(self._sock, socket.SHUT_WR)
        except OSError as error:
            self._fail(error)
            return
        self._stalled_at = self._loop.time() + self._linger_for
        self._loop.add_reader(self._fd, self._discard)

    def _discard(self) -> None:
        """Read past TLS: nobody will look at it."""
        try:
            if socket.socket.recv(self._sock, HIGH_WATER):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._fail(None)

    def _fail(self, error: Exception | None) -> None:
        if self._lost:
            return
        self._lost = self._closing = True
        self._out.clear()
        self._out_size = 0
        self._refused = b""
        self._loop.remove_reader(self._fd)
        if self._writer_on:
            self._loop.remove_writer(self._fd)
        self._sock.close()
        self._on_lost(self, error)
        # In a turn of its own, as asyncio promises: the protocol may be in the middle of something.
        self._loop.call_soon(self._protocol.connection_lost, error)

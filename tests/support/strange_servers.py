"""Servers on loopback that say anything, from plain sockets: every byte and every alert reaches the wire."""

import socket
import ssl
import struct
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.pki import Certificate

Handler = Callable[[socket.socket], None]
Pieces = Callable[[], Iterable[bytes]]
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


@dataclass
class Listening:
    """A server under way; ``connections`` counts those that were accepted."""

    port: int
    connections: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serving(handler: Handler, address: str = "127.0.0.1", *, port: int = 0) -> Iterator[Listening]:
    """Accept on a free port (or the one given) and hand every connection to the handler."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, port), family=family, backlog=64) as listener:
        listener.settimeout(0.05)
        server = Listening(listener.getsockname()[1])
        thread = threading.Thread(target=_accept, args=(listener, handler, server), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.stopping.set()
            thread.join()


def _accept(listener: socket.socket, handler: Handler, server: Listening) -> None:
    while not server.stopping.is_set():
        with suppress(TimeoutError):
            connection, _ = listener.accept()
            server.connections += 1
            threading.Thread(target=_handle, args=(connection, handler), daemon=True).start()


def _handle(connection: socket.socket, handler: Handler) -> None:
    # What the other side does to us (hanging up, above all) is what these tests provoke.
    with connection, suppress(OSError):
        connection.settimeout(20)
        handler(connection)


def context_for(certificate: Certificate, *, ciphers: str = "DEFAULT:@SECLEVEL=0", old: bool = False) -> ssl.SSLContext:
    """A server's context with this certificate, whatever its key; an ``old`` one knows nothing newer than TLS 1.2."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if old:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(ciphers)
    with tempfile.TemporaryDirectory() as folder:
        chain, key = Path(folder, "chain.pem"), Path(folder, "key.pem")
        chain.write_text(certificate.chain_pem)
        key.write_text(certificate.key_pem)
        context.load_cert_chain(chain, key)
    return context


def over_tls(context: ssl.SSLContext, answer: bytes | Pieces = PAGE) -> Handler:
    """Shake hands, read a request, send the answer: bytes, or pieces as they come."""

    def handle(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            secured.recv(16_384)
            for piece in _pieces(answer):
                secured.sendall(piece)

    return handle


def over_tcp(answer: bytes | Pieces, *, read: bool = True, stay: float = 0.0) -> Handler:
    """Read what comes first, then say this, and hang up after ``stay`` seconds."""

    def handle(connection: socket.socket) -> None:
        if read:
            connection.recv(65_536)
        for piece in _pieces(answer):
            connection.sendall(piece)
        time.sleep(stay)

    return handle


def _pieces(answer: bytes | Pieces) -> Iterable[bytes]:
    return [answer] if isinstance(answer, bytes) else answer()


def reset(connection: socket.socket) -> None:
    """End the connection by a TCP reset once the client has spoken."""
    connection.recv(65_536)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def record(content: bytes, kind: int = 22) -> bytes:
    """One TLS 1.2 record."""
    return bytes([kind, 3, 3]) + len(content).to_bytes(2, "big") + content


def records(message: bytes) -> Iterator[bytes]:
    """A handshake message in as many records as it needs."""
    for start in range(0, len(message), 16_384):
        yield record(message[start : start + 16_384])


def server_hello(version: int = 0x0303, cipher: int = 0xC02B) -> bytes:
    """A ServerHello without extensions, as a record."""
    body = version.to_bytes(2, "big") + bytes(32) + b"\x00" + cipher.to_bytes(2, "big") + b"\x00"
    return record(b"\x02" + len(body).to_bytes(3, "big") + body)


def certificate_message(certificates: Iterable[bytes]) -> bytes:
    """A TLS 1.2 Certificate message."""
    listed = b"".join(len(each).to_bytes(3, "big") + each for each in certificates)
    body = len(listed).to_bytes(3, "big") + listed
    return b"\x0b" + len(body).to_bytes(3, "big") + body

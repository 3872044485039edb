"""Serves many certificates at once, one port each, from plain ``ssl`` sockets: TLS alerts reach the browser so."""

import selectors
import socket
import ssl
import tempfile
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography.exceptions import InvalidTag
from tests.real.browsers.plain_tls import PlainServer
from tests.support.pki import Certificate

SHOWN = "ok"
PAGE = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(SHOWN)
    + SHOWN.encode()
)


class CannotServeError(Exception):
    """OpenSSL itself will not load this certificate."""


def context_for(served: Certificate) -> ssl.SSLContext:
    """A context that sends exactly this chain. Weak keys and signatures are let pass; judging is the browser's."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with tempfile.TemporaryDirectory() as folder:
        chain, key = Path(folder, "chain.pem"), Path(folder, "key.pem")
        chain.write_text(served.chain_pem)
        key.write_text(served.key_pem)
        try:
            context.load_cert_chain(chain, key)
        except ssl.SSLError as error:
            raise CannotServeError(str(error)) from error
    return context


class Servers:
    """All servers of a run, behind one thread that accepts and a few that answer."""

    def __init__(self, served: Iterable[tuple[str, Certificate]]) -> None:
        self.ports: dict[str, int] = {}
        self._selector = selectors.DefaultSelector()
        self._pool = ThreadPoolExecutor(16)
        self._stopping = False
        for name, certificate in served:
            try:
                answer: ssl.SSLContext | PlainServer = context_for(certificate)
            except CannotServeError:
                answer = PlainServer(certificate, PAGE)
            self.ports[name] = self._listen(answer)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _listen(self, context: ssl.SSLContext | PlainServer) -> int:
        listener = socket.create_server(("", 0), family=socket.AF_INET6, dualstack_ipv6=True, backlog=16)
        listener.setblocking(False)
        self._selector.register(listener, selectors.EVENT_READ, context)
        port: int = listener.getsockname()[1]
        return port

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping = True
        self._thread.join()
        self._pool.shutdown()
        for key in list(self._selector.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
        self._selector.close()

    def _run(self) -> None:
        while not self._stopping:
            for key, _events in self._selector.select(timeout=0.1):
                assert isinstance(key.fileobj, socket.socket)
                with suppress(BlockingIOError):
                    connection, _address = key.fileobj.accept()
                    self._pool.submit(self._answer, connection, key.data)

    @staticmethod
    def _answer(connection: socket.socket, context: ssl.SSLContext | PlainServer) -> None:
        connection.settimeout(5)
        if isinstance(context, PlainServer):
            with suppress(OSError, ValueError, InvalidTag), connection:
                context.answer(connection)
            return
        with suppress(OSError), context.wrap_socket(connection, server_side=True) as tls:
            tls.recv(65536)
            tls.sendall(PAGE)
            with suppress(OSError):
                tls.unwrap()
        with suppress(OSError):
            connection.close()

"""A weak line between browser and server: a proxy that can be told in which phase of a request to lose it.

It ends TLS with the office's certificate, so that it knows requests and answers; what it loses is a real connection.
"""

import http.client
import socket
import ssl
import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

from tests.support.pki import Certificate

_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Line(Enum):
    """How the line is."""

    UP = "everything passes"
    DOWN = "no connection at all"
    REQUEST_LOST = "the request is heard in part, and never reaches the server"
    ANSWER_LOST = "the request reaches the server, its answer gets lost"
    ANSWER_CUT = "the request reaches the server, its answer breaks off in the middle"
    GOES_AFTERWARDS = "the answer arrives, then the line goes down"


class WeakLine:
    """The proxy; set ``state`` at any time. ``watched`` is the path whose requests the phases concern."""

    def __init__(self, port: int, certificate: Certificate, folder: Path, watched: str) -> None:
        self.state = Line.UP
        self.lost = Event()
        self._watched = watched
        self._target = port
        chain, key = folder / "line.pem", folder / "line.key"
        chain.write_text(certificate.chain_pem)
        key.write_text(certificate.key_pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        line = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                line.pass_on(self)

            do_POST = do_HEAD = do_GET

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def get_request(self) -> tuple[Any, Any]:
                # The handshake takes place in the connection's own thread.
                plain, address = super().get_request()
                return context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False), address

            def verify_request(self, request: Any, client_address: Any) -> bool:
                return line.state is not Line.DOWN

            def handle_error(self, request: Any, client_address: Any) -> None:
                """Lost connections are what this is for."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port

    def pass_on(self, handler: BaseHTTPRequestHandler) -> None:
        """Pass one request on, or lose it."""
        handler.close_connection = True
        concerned = handler.path.startswith(self._watched)
        if self.state is Line.DOWN or (concerned and self.state is Line.REQUEST_LOST):
            self._lose(handler)
            return
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        way = closing(http.client.HTTPSConnection("127.0.0.1", self._target, context=context))
        with suppress(OSError, http.client.HTTPException), way as server:
            server.request(handler.command, handler.path, body, dict(handler.headers.items()))
            answer = server.getresponse()
            if concerned and self.state is Line.ANSWER_LOST:
                answer.read()
                self._lose(handler)
                return
            if concerned and self.state is Line.ANSWER_CUT:
                self._cut(handler, answer)
                return
            self._hand_back(handler, answer)
            if concerned and self.state is Line.GOES_AFTERWARDS:
                self.state = Line.DOWN
                self.lost.set()

    def _hand_back(self, handler: BaseHTTPRequestHandler, answer: http.client.HTTPResponse) -> None:
        handler.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in _HOP_BY_HOP:
                handler.send_header(name, value)
        handler.send_header("Connection", "close")
        handler.end_headers()
        while piece := answer.read1(65536):
            handler.wfile.write(piece)
            handler.wfile.flush()

    def _cut(self, handler: BaseHTTPRequestHandler, answer: http.client.HTTPResponse) -> None:
        body = answer.read()
        handler.send_response_only(answer.status)
        handler.send_header("Content-Type", answer.getheader("Content-Type", ""))
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: len(body) // 2])
        handler.wfile.flush()
        self._lose(handler)

    def _lose(self, handler: BaseHTTPRequestHandler) -> None:
        """A reset, as when a phone leaves its cell."""
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()
        if self.state in {Line.REQUEST_LOST, Line.ANSWER_LOST, Line.ANSWER_CUT}:
            self.state = Line.DOWN
            self.lost.set()

    @contextmanager
    def running(self) -> Iterator["WeakLine"]:
        """Serve until the end of the block."""
        thread = Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join(10)

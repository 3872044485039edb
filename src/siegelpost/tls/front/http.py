"""HTTP/1.1 on a connection of the front: uvicorn's protocol, guarded against the slow and the forged."""

import asyncio
from collections.abc import Callable, Sequence
from email.utils import formatdate
from ipaddress import IPv4Network, IPv6Network
from typing import Any

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from siegelpost.tls.front.limits import Limits
from siegelpost.tls.front.proxies import FORWARDING_FIELDS, X_FORWARDED_FOR, believes, client_of, scheme_of
from siegelpost.tls.front.transport import NEVER, TlsTransport

# A body that brings less than this between two looks does not push its deadline.
_PROGRESS = 1_024
# How long a connection without a request yet may still bring one while the server stops, in seconds.
_LAST_CHANCE = 1.0

Networks = Sequence[IPv4Network | IPv6Network]


class Shared:
    """What all connections of one process share."""

    def __init__(
        self, app: Callable[..., Any], limits: Limits, trusted_proxies: Networks, field: bytes = X_FORWARDED_FOR
    ) -> None:
        self.config = Config(
            app,
            interface="asgi3",
            http=HttpProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
        )
        self.config.load()
        self.state = ServerState()
        self.limits = limits
        self.trusted_proxies = trusted_proxies
        self.field = field

    def protocol(self) -> "HttpProtocol":
        """The protocol of one new connection."""
        return HttpProtocol(self)

    def tick(self) -> None:
        """Set the Date field of the answers of the next second (RFC 9110 § 6.6.1)."""
        self.state.default_headers = [(b"date", formatdate(usegmt=True).encode())]


# What a browser's EventSource asks for (HTML Living Standard, 9.2).
_EVENTS = (b"accept", b"text/event-stream")


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's protocol; the deadlines of its transport say what the client has to do by when."""

    transport: TlsTransport

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared.config, shared.state, {}, asyncio.get_running_loop())
        self._limits = shared.limits
        self._proxies = shared.trusted_proxies
        self._field = shared.field
        self._from_proxy = False
        self._in_head = False
        self._head_size = 0
        self._body_size = 0
        self._asked = False  # whether there ever was a request, and so a cycle
        self._last_request = False

    # The connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, TlsTransport)  # noqa: S101 - for the type checker
        super().connection_made(transport)
        self._from_proxy = self.client is not None and believes(self.client[0], self._proxies)
        transport.deadline = self.loop.time() + self._limits.head

    def data_received(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._answer_is_last()  # we upgrade to nothing, and the parser reads no further
        except httptools.HttpParserError:
            self._reject(400, "This is not HTTP that this server understands.")
        else:
            if self._in_head:
                self._head_size += len(data)
                if self._head_size > self._limits.head_size:
                    self._reject(431, "The header fields are too large.")

    def eof_received(self) -> bool:  # type: ignore[override]  # asyncio takes the answer, uvicorn gives none
        """The client will send no more; it may still wait for the answer (RFC 9112 § 9.6), unless that has no end."""
        if not self._asked or self.cycle.response_complete or self.cycle.more_body:
            return False
        if _EVENTS in self.cycle.scope["headers"]:
            return False
        self._answer_is_last()
        return True

    def shutdown(self) -> None:
        """The server stops: finish what was begun, let a new connection ask once, close an idle one."""
        if not self._asked:
            self._last_request = True
            self.transport.deadline = min(self.transport.deadline, self.loop.time() + _LAST_CHANCE)
        elif self._in_head:
            self._last_request = True
        else:
            super().shutdown()

    def _answer_is_last(self) -> None:
        if self._asked:
            self.cycle.keep_alive = False
        for cycle, _ in self.pipeline:
            cycle.keep_alive = False

    def _reject(self, status: int, text: str) -> None:
        """Answer what cannot be read; behind an answer in progress, only end the connection."""
        if self.transport.is_closing():
            return
        if self._asked and self.cycle.response_started and not self.cycle.response_complete:
            self._answer_is_last()
            return
        body = text.encode()
        self.transport.write(
            STATUS_LINE[status] + b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\n"
            b"x-content-type-options: nosniff\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)
        )
        if self._asked:
            self.cycle.disconnected = True
        self.transport.linger = True
        self.transport.close()

    # The parser's callbacks

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        self._head_size = self._body_size = 0
        self.transport.linger = True
        self.transport.deadline = self.loop.time() + self._limits.head

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        # In WSGI ``X_Real_IP`` and ``X-Real-IP`` are the same: only one of them can be guarded.
        if b"_" in name or (name in FORWARDING_FIELDS and not self._from_proxy):
            return
        if name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))
        if len(self.headers) > self._limits.head_fields:
            raise ValueError("too many header fields")

    def on_headers_complete(self) -> None:
        self._in_head = False
        self.transport.deadline = self.loop.time() + self._limits.stall
        if self._from_proxy:
            self.scope["client"] = (client_of(self.scope["client"], self.headers, self._proxies, self._field), 0)
            self.scope["scheme"] = scheme_of(self.headers, self._field)
        super().on_headers_complete()
        self._asked = True
        if self._last_request:
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        self._body_size += len(body)
        if self._body_size >= _PROGRESS:
            self._body_size = 0
            self.transport.deadline = self.loop.time() + self._limits.stall
        super().on_body(body)

    def on_message_complete(self) -> None:
        self.transport.linger = False
        self.transport.deadline = NEVER
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """As uvicorn's, with the front's deadline in place of a timer per answer."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            # Uvicorn starts what came while it answered in its own form of this method, with a timer.
            self._start_asgi_task(*self.pipeline.pop())
        elif not self.transport.linger:
            self.transport.deadline = self.loop.time() + self._limits.idle

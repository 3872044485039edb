"""HTTP/1.1 on a connection of the front: uvicorn's protocol, guarded against the slow and the forged."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from email.utils import formatdate
from ipaddress import IPv4Network, IPv6Network
from typing import Any

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from siegelpost.tls.front.limits import Limits
from siegelpost.tls.front.proxies import (
    FORWARDING_FIELDS,
    X_FORWARDED_FOR,
    Visitor,
    believes,
    is_private,
    scheme_of,
    visitor_of,
)
from siegelpost.tls.front.transport import NEVER, TlsTransport

# A body that brings less than this between two looks does not push its deadline.
_PROGRESS = 1_024
_VERSIONS = ("1.1", "1.0")
_HEAD_END = b"\r\n\r\n"
# How long a connection without a request yet may still bring one while the server stops, in seconds.
_LAST_CHANCE = 1.0

_TOO_LARGE = "The header fields are too large."

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


class _RefusedError(ValueError):
    """A request that is HTTP by its form, and yet not to be answered."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


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
        self._was_forwarded = False  # says the request, whoever it comes from
        self._by_balancer = False
        self._is_named = True
        self._in_head = False
        self._in_message = False
        self._head_size = 0  # of what came of it before the bytes that are being read now
        self._head_tail = b""  # the last of these
        self._data = b""  # the bytes that are being read now
        self._refused: _RefusedError | None = None
        self._body_size = 0
        self._asked = False  # whether there ever was a request, and so a cycle
        self._last_request = False

    # The connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, TlsTransport)  # noqa: S101 - only the front makes these, always over its own transport
        super().connection_made(transport)
        self._from_proxy = self.client is not None and believes(self.client[0], self._proxies)
        self._by_balancer = bool(transport.get_extra_info("by_balancer"))
        self._is_named = bool(transport.get_extra_info("is_named", True))
        transport.deadline = self.loop.time() + self._limits.head

    def data_received(self, data: bytes) -> None:
        began = self._in_head or not self._in_message
        self._data = data
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._answer_is_last()  # we upgrade to nothing, and the parser reads no further
        except httptools.HttpParserError:
            why = self._refused or _RefusedError(400, "This is not HTTP that this server understands.")
            self._reject(why.status, why.text)
        else:
            if self._in_head:
                # Of one that began behind the end of another it is not known where: it has a record more.
                self._head_size += len(data) if began else 0
                self._head_tail = (self._head_tail + data)[1 - len(_HEAD_END) :]
                if self._head_size > self._limits.head_size:
                    self._reject(431, _TOO_LARGE)

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
        self._in_head = self._in_message = True
        self._head_size = self._body_size = 0
        self._head_tail = b""
        self._was_forwarded = False
        self.transport.linger = True
        self.transport.deadline = self.loop.time() + self._limits.head

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        # In WSGI ``X_Real_IP`` and ``X-Real-IP`` are the same: only one of them can be guarded.
        if b"_" in name:
            return
        if name in FORWARDING_FIELDS or name == b"via":
            self._was_forwarded = True
            if not self._from_proxy:
                return
        if name == b"cookie":  # unquoting costs the square of its length (CVE-2024-7592), and none of ours is quoted
            value = value.replace(b"\\", b"")
        if name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))
        if len(self.headers) > self._limits.head_fields:
            raise ValueError("too many header fields")

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._refuse_if_unclear()
        self.transport.deadline = self.loop.time() + self._limits.stall
        if self._from_proxy or self._was_forwarded or self._by_balancer:
            self._note_proxy()
        super().on_headers_complete()
        self._asked = True
        if self._last_request:
            self.cycle.keep_alive = False

    def _refuse_if_unclear(self) -> None:
        """What two servers could read in two ways (RFC 9112 § 3.2, 6.1), whichever part of this one would answer.

        Raises:
            _RefusedError: httptools makes an error of its own of it.
        """
        version = self.parser.get_http_version()
        hosts = [value for name, value in self.headers if name == b"host"]
        codings = [value for name, value in self.headers if name == b"transfer-encoding"]
        size = self._head_size + (self._head_tail + self._data).find(_HEAD_END) + len(_HEAD_END) - len(self._head_tail)
        if version not in _VERSIONS:
            self._refuse(400, "Only HTTP/1.1 and HTTP/1.0 are understood.")
        if len(hosts) > 1 or (version == "1.1" and not hosts):
            self._refuse(400, "One Host field is needed.")
        if codings and (version == "1.0" or [coding.lower() for coding in codings] != [b"chunked"]):
            self._refuse(400, "No transfer coding but chunked is understood.")
        if not self.url.isascii():
            self._refuse(400, "This is no address.")
        sizes = Counter[bytes]()
        for name, value in self.headers:
            sizes[name] += len(value)
        too_large = max(sizes.values(), default=0) > self._limits.field_size
        too_large |= sizes[b"content-type"] > self._limits.content_type_size
        if too_large or (self._head_size and size > self._limits.head_size):
            self._refuse(431, _TOO_LARGE)

    def _refuse(self, status: int, text: str) -> None:
        self._refused = _RefusedError(status, text)
        raise self._refused

    def _note_proxy(self) -> None:
        """Say in ``state`` that a proxy stands between, and whether there is no telling its visitors apart."""
        assert self.client is not None  # noqa: S101 - the front's transport always knows it
        hides = self._was_forwarded and not self._from_proxy and is_private(self.client[0])
        visitor = Visitor(self.client[0], is_named=self._is_named and not hides)
        if self._from_proxy:
            visitor = visitor_of(self.client[0], self.headers, self._proxies, self._field)
            self.scope["scheme"] = scheme_of(self.headers, self._field)
        self.scope["client"] = (visitor.address, 0)
        self.scope["state"] = {"by_proxy": True, "unnamed": not visitor.is_named, "believed": not hides}

    def on_body(self, body: bytes) -> None:
        self._body_size += len(body)
        if self._body_size >= _PROGRESS:
            self._body_size = 0
            self.transport.deadline = self.loop.time() + self._limits.stall
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._in_message = False
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

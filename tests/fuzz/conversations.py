"""The other side of a conversation, played by bytes that are there already: no network, no waiting."""

import asyncio
import json
from contextlib import suppress
from functools import partial
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

import dns.exception
import dns.message
import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.resolver

from siegelpost.tls.acme.plan import Authority


class Answering(dns.resolver.Resolver):
    """A resolver whose name server says these bytes to every question."""

    def __init__(self, data: bytes) -> None:
        super().__init__(configure=False)
        self._data = data

    def resolve(self, qname: Any, rdtype: Any = "A", *_more: Any, **_options: Any) -> dns.resolver.Answer:
        response = dns.message.from_wire(self._data)
        if not isinstance(response, dns.message.QueryMessage):
            raise dns.resolver.NoNameservers  # a resolver takes it for no answer
        kind = dns.rdatatype.from_text(rdtype)
        asked = response.question[0].name if response.question else dns.name.root
        return dns.resolver.Answer(asked, kind, dns.rdataclass.IN, response)


class Authoritative:
    """An ACME authority that says these bytes to every question."""

    def __init__(self, data: bytes, authority: Authority) -> None:
        self.authority = authority
        self.directory = {"renewalInfo": "https://ca.test/renewal"}
        response = SimpleNamespace(json=lambda: json.loads(data), headers={"Retry-After": data[:40].decode("latin-1")})
        self.net = SimpleNamespace(get=lambda _url: response)


async def _app(broken: list[Exception], scope: Any, receive: Any, send: Any) -> None:
    body = await receive()
    try:
        await _read_by_django({"root_path": "", **scope})
    except Exception as error:
        broken.append(error)  # the server would log it and answer 500
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x", str(len(scope["headers"])).encode())]})
    await send({"type": "http.response.body", "body": body.get("body", b"")[:10]})


async def _read_by_django(scope: Any) -> None:
    """Whatever pages ask of a request before they know who it is from."""
    import io

    from django.core.exceptions import DisallowedHost, TooManyFieldsSent
    from django.core.handlers.asgi import ASGIRequest
    from django.utils import translation
    from django.utils.module_loading import import_string

    from siegelpost.web import return_path, visitors
    from siegelpost.web.templatetags.office import device

    with suppress(UnicodeDecodeError):  # answered with 400
        request = ASGIRequest(scope, io.BytesIO())
        device(request.headers.get("User-Agent", ""))
        visitors.of(request)
        with suppress(DisallowedHost):
            request.get_host()
        with suppress(TooManyFieldsSent):
            request.GET.dict()
        translation.get_language_from_request(request)
        htmx = import_string("django_htmx.middleware.HtmxDetails")(request)
        assert [request.COOKIES, request.accepted_types, request.content_params, htmx.current_url, htmx.target]
        assert not await return_path.is_after_own_form(scope["query_string"], "token")


def http_head(data: bytes) -> object:
    """A request over the front's own protocol, cut in two, so that what comes in pieces is tried as well."""
    from ipaddress import ip_network

    from siegelpost.tls.front.http import Shared
    from siegelpost.tls.front.limits import Limits
    from siegelpost.tls.front.transport import TlsTransport

    class Line(TlsTransport):
        """Keeps what was written; has no socket below."""

        def __init__(self) -> None:
            asyncio.Transport.__init__(self, {"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 443)})
            self.written = b""
            self.deadline, self.linger, self._closing = 0.0, False, False

        def write(self, data: Any) -> None:
            self.written += bytes(data)

        def close(self) -> None:
            self._closing = True

        def is_closing(self) -> bool:
            return self._closing

        def pause_reading(self) -> None: ...
        def resume_reading(self) -> None: ...

    broken: list[Exception] = []

    async def talk() -> bytes:
        line = Line()
        protocol = Shared(partial(_app, broken), Limits(), [ip_network("127.0.0.0/8")]).protocol()
        protocol.connection_made(line)
        middle = len(data) // 2
        for part in (data[:middle], data[middle:]):
            if part and not line.is_closing():
                protocol.data_received(part)
        for _ in range(4):
            await asyncio.sleep(0)
        if not line.is_closing():
            protocol.eof_received()
        protocol.connection_lost(None)
        for _ in range(4):
            await asyncio.sleep(0)
        return line.written

    answer = asyncio.run(talk())
    if broken:
        raise broken[0]
    return b" 200 " in answer


def lmtp_dialogue(data: bytes) -> object:
    """What a mail server beside this one says on the port for mails."""
    from aiosmtpd.lmtp import LMTP

    from siegelpost.mail.incoming import lmtp

    class Line(asyncio.Transport):
        def __init__(self) -> None:
            super().__init__({"peername": ("127.0.0.1", 1)})
            self.written, self.closed = b"", False

        def write(self, data: Any) -> None:
            self.written += bytes(data)

        def close(self) -> None:
            self.closed = True

        def is_closing(self) -> bool:
            return self.closed

        def pause_reading(self) -> None: ...
        def resume_reading(self) -> None: ...

    async def at_once(function: Any, *arguments: Any) -> Any:
        return function(*arguments)

    async def talk() -> bytes:
        line = Line()
        protocol = LMTP(lmtp.Receiver(), hostname="office.test", data_size_limit=100_000, enable_SMTPUTF8=True)
        protocol.connection_made(line)
        protocol.data_received(data)
        for _ in range(min(40 + 8 * data.count(b"\n"), 4000)):
            await asyncio.sleep(0)
        protocol.eof_received()
        protocol.connection_lost(None)
        await asyncio.sleep(0)
        return line.written

    with patch.object(lmtp, "_take_in", lambda raw: len(raw) > 0), patch.object(asyncio, "to_thread", at_once):
        return b"taken in" in asyncio.run(talk())


class Played:
    """A wire from which these bytes come, in pieces."""

    def __init__(self, data: bytes) -> None:
        self._left = [data[at : at + 61] for at in range(0, len(data), 61)]

    def receive(self) -> bytes:
        return self._left.pop(0) if self._left else b""

    def send(self, data: bytes) -> None: ...


def watched_server(data: bytes) -> object:
    """What another server of the office says: before TLS, in its first flight, in its mail policy, and by its DNS."""
    from siegelpost.certificates.watched import dane, mta_sts
    from siegelpost.doctor.live import flight, starttls
    from siegelpost.doctor.live.wire import WireError
    from siegelpost.toolbox.deadline import Deadline

    understood = False
    with suppress(WireError, starttls.NotOfferedError):
        starttls.smtp(cast(Any, Played(data)))
        understood = True
    with suppress(WireError, flight.UnreadableError):
        flight._read(flight._Records(cast(Any, Played(data))), b"hello", flight._Keys())
        understood = True
    with suppress(dns.exception.DNSException):
        dns.message.from_wire(data)
        understood |= dane.ask("a.test", 25, [data], Deadline(5), Answering(data)).dane is not dane.Dane.UNKNOWN
        mta_sts.ask("a.test", Deadline(5), Answering(data))
    with suppress(mta_sts.PolicyError):
        mta_sts.faults(mta_sts.read(data), mta_sts.DomainRecords(True, ("a.test",)))
        understood = True
    return understood

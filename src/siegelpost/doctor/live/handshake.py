"""One TLS handshake, without verification, that brings home the chain exactly as the server sent it.

OpenSSL speaks over memory buffers, so that this module alone decides how many bytes and seconds a server gets. The
chain is taken from the decrypted Certificate message (``_msg_callback``), not from OpenSSL's own list of parsed
certificates: a certificate that OpenSSL cannot read ends its handshake, but a browser has words of its own for it,
and the doctor shall know them.
"""

import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from siegelpost.doctor.live.outcome import Outcome
from siegelpost.doctor.live.wire import Wire, WireError
from siegelpost.toolbox.deadline import Deadline
from siegelpost.toolbox.internet import Address

# The Certificate message is bounded by OpenSSL too (100 KiB); the rest of a handshake is a few KiB.
MOST_BYTES = 512 * 1024
MOST_CERTIFICATES = 100
_HANDSHAKE, _ALERT = 22, 21
_CERTIFICATE = 11
_FATAL = 2
_TLS_1_3 = 0x0304
# Not in Python 3.11's ssl module. Browsers still talk to servers without RFC 5746.
_OP_LEGACY_SERVER_CONNECT = 0x4
_RECORD_TYPES = (_HANDSHAKE, _ALERT)


@dataclass(frozen=True, slots=True)
class Handshake:
    """What came of one attempt at one address. ``chain`` is DER, as sent; it may be there though TLS then failed."""

    address: Address
    port: int
    outcome: Outcome
    chain: tuple[bytes, ...] = field(default=(), repr=False)
    version: str | None = None
    cipher: str | None = None
    alert: int | None = None
    greeting: bytes = b""
    seconds: float = 0.0


class Connection:
    """A TLS connection over a bounded wire."""

    def __init__(self, wire: Wire, server_name: str | None) -> None:
        self.wire = wire
        self.chain: tuple[bytes, ...] = ()
        self.too_many = False
        self.alert: int | None = None
        self.greeting = b""
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = _context()
        context._msg_callback = self._message  # type: ignore[attr-defined]  # CPython has it for its own debugging
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_name)

    @property
    def version(self) -> str | None:
        return self._tls.version()

    @property
    def cipher(self) -> str | None:
        used = self._tls.cipher()
        return used[0] if used else None

    def handshake(self) -> None:
        """Raises WireError, or ssl.SSLError when what the server says is no TLS that OpenSSL speaks."""
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._flush()
                self._feed()
            except ssl.SSLError:
                self._flush_alert()
                raise
            else:
                self._flush()
                if not self.chain:
                    self.chain = _parsed_chain(self._tls)
                return

    def send(self, data: bytes) -> None:
        self._tls.write(data)
        self._flush()

    def receive(self) -> bytes:
        """Decrypted bytes; empty at the end. Raises WireError or ssl.SSLError."""
        while True:
            try:
                return self._tls.read(16_384)
            except ssl.SSLWantReadError:
                self._flush()
                try:
                    self._feed()
                except WireError as error:
                    if error.outcome is Outcome.CLOSED:
                        return b""
                    raise
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""

    def close(self) -> None:
        self.wire.close()

    def _feed(self) -> None:
        data = self.wire.receive()
        if not data:
            raise WireError(Outcome.CLOSED)
        if len(self.greeting) < 64:
            self.greeting += data[: 64 - len(self.greeting)]
        self._incoming.write(data)

    def _flush(self) -> None:
        if self._outgoing.pending:
            self.wire.send(self._outgoing.read())

    def _flush_alert(self) -> None:
        with suppress(WireError):  # nobody is there to be told
            self._flush()

    def _message(self, connection: Any, direction: str, version: int, content: int, kind: int, data: bytes) -> None:
        if direction != "read":
            return
        if content == _HANDSHAKE and kind == _CERTIFICATE and not self.chain:
            found = certificates_of(data, has_context=version == _TLS_1_3)
            self.too_many = len(found) > MOST_CERTIFICATES
            self.chain = tuple(found[:MOST_CERTIFICATES])
        elif content == _ALERT and len(data) == 2 and data[0] == _FATAL:
            self.alert = data[1]


def certificates_of(message: bytes, *, has_context: bool) -> list[bytes]:
    """The certificates of a Certificate message (RFC 5246 § 7.4.2; with ``has_context`` RFC 8446 § 4.4.2).

    Never more than one beyond ``MOST_CERTIFICATES``; what is cut off or does not fit is left out.
    """
    at = 4
    if has_context:
        at += 1 + (message[at] if len(message) > at else 0)
    end = min(at + 3 + int.from_bytes(message[at : at + 3], "big"), len(message))
    at += 3
    found: list[bytes] = []
    while at + 3 <= end and len(found) <= MOST_CERTIFICATES:
        size = int.from_bytes(message[at : at + 3], "big")
        if at + 3 + size > end:
            break
        found.append(message[at + 3 : at + 3 + size])
        at += 3 + size
        if has_context:
            at += 2 + int.from_bytes(message[at : at + 2], "big")
    return found


def attempt(
    address: Address,
    port: int,
    server_name: str | None,
    deadline: Deadline,
    prelude: Callable[[Wire], None] | None = None,
) -> tuple[Handshake, Connection | None]:
    """Shake hands; the connection comes back open when that went well.

    Never raises for what a server does, but what ``prelude`` raises: it says what comes before TLS.
    """
    allowed = deadline.left()
    try:
        wire = Wire(address, port, deadline, most=MOST_BYTES)
        if prelude is not None:
            _spoken_first(wire, prelude)
    except WireError as error:
        return Handshake(address, port, error.outcome, seconds=allowed - deadline.left()), None
    connection = Connection(wire, server_name)
    outcome = Outcome.ANSWERED
    try:
        connection.handshake()
    except WireError as error:
        outcome = error.outcome
    except ssl.SSLError:
        outcome = _why(connection)
    if connection.too_many:
        outcome = Outcome.TOO_MUCH
    if outcome in (Outcome.CLOSED, Outcome.RESET, Outcome.HANDSHAKE_TIMEOUT):
        outcome = _why(connection, otherwise=outcome)
    answered = outcome is Outcome.ANSWERED
    result = Handshake(
        address,
        port,
        outcome,
        connection.chain,
        connection.version if answered else None,
        connection.cipher if answered else None,
        connection.alert,
        connection.greeting,
        allowed - deadline.left(),
    )
    if not answered:
        connection.close()
        return result, None
    return result, connection


def _spoken_first(wire: Wire, prelude: Callable[[Wire], None]) -> None:
    try:
        prelude(wire)
    except BaseException:
        wire.close()
        raise


def _why(connection: Connection, *, otherwise: Outcome = Outcome.BROKEN) -> Outcome:
    if connection.alert is not None:
        return Outcome.ALERT
    return spoken(connection.greeting) or otherwise


def spoken(greeting: bytes) -> Outcome | None:
    """Which other protocol these first bytes of a server belong to; None when they may be TLS, or there are none."""
    if not greeting or (greeting[0] in _RECORD_TYPES and greeting[1:2] in (b"\x03", b"")):
        return None
    head = greeting.lstrip()[:9].lower()
    return Outcome.PLAIN_HTTP if head.startswith((b"http/", b"<!doctype", b"<html")) else Outcome.OTHER_PROTOCOL


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Weak keys and signatures are for the judge to name, so OpenSSL must let them pass.
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION | _OP_LEGACY_SERVER_CONNECT
    context.set_alpn_protocols(["http/1.1"])
    return context


def _parsed_chain(tls: ssl.SSLObject) -> tuple[bytes, ...]:
    """OpenSSL's own list, for builds that ask for compressed certificates (RFC 8879) and so hide the message."""
    public = getattr(tls, "get_unverified_chain", None)
    private = tls._sslobj.get_unverified_chain  # type: ignore[attr-defined]  # public only from 3.13 on
    found: Sequence[Any] = (public or private)() or ()
    ders = [each if isinstance(each, bytes) else each.public_bytes(2) for each in found]
    return tuple(ders[:MOST_CERTIFICATES])

"""What a TLS client asks for in its first message, read before TLS starts, without consuming it.

The answer only chooses a certificate. A message that cannot be read here goes to OpenSSL all the same, which
tells the client by an alert what is wrong with it.
"""

from dataclasses import dataclass

# OpenSSL takes up to 131,396 bytes; browsers with post-quantum key shares send under 2,500.
MAX_SIZE = 32_768
_CLIENT_HELLO = 1
_MAX_RECORD = 16_384
# Each record costs a look from the start: nobody honest sends many.
_MAX_RECORDS = 16
_RECORD_HEADER = 5
_MESSAGE_HEADER = 4
_SERVER_NAME = 0
_ALPN = 16
_MAX_HOST_NAME = 253


@dataclass(frozen=True, slots=True)
class ClientHello:
    """The requested host name (lower case, no final dot) and the protocols offered, in the client's order."""

    server_name: str | None = None
    protocols: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class NeedMore:
    """The message is not complete; at least ``size`` bytes in all are needed to go on."""

    size: int


class NotTlsError(ValueError):
    """The bytes do not begin a TLS handshake."""


class MalformedError(ValueError):
    """The bytes begin a TLS handshake and break RFC 8446 § 4.1.2, § 4.2, RFC 6066 § 3 or RFC 7301 § 3.1."""


class TooLargeError(MalformedError):
    """The message says it is larger than ``MAX_SIZE``."""


def parse(data: bytes) -> ClientHello | NeedMore:
    """Read the ClientHello at the start of ``data``, which may be spread over several records.

    Raises:
        NotTlsError: this is something else.
        MalformedError: it is TLS, and broken.
    """
    message = _message(data)
    return message if isinstance(message, NeedMore) else _hello(message)


def _message(data: bytes) -> bytes | NeedMore:
    """The body of the first handshake message, put together from its records (RFC 8446 § 5.1)."""
    message = b""
    wanted = _MESSAGE_HEADER
    at = 0
    for _ in range(_MAX_RECORDS):
        if data[at : at + 1] not in (b"", b"\x16"):
            raise MalformedError("a record of another kind") if at else NotTlsError("no handshake record")
        if len(data) < at + _RECORD_HEADER:
            return NeedMore(at + _RECORD_HEADER)
        if data[at + 1] != 3:
            raise MalformedError("unknown record version") if at else NotTlsError("no TLS version")
        length = int.from_bytes(data[at + 3 : at + 5], "big")
        if not 0 < length <= _MAX_RECORD:
            raise MalformedError("length of a record")
        at += _RECORD_HEADER
        message += data[at : at + length]
        if len(message) >= _MESSAGE_HEADER:
            if message[0] != _CLIENT_HELLO:
                raise MalformedError("not a ClientHello")
            wanted = _MESSAGE_HEADER + int.from_bytes(message[1:4], "big")
            if wanted > MAX_SIZE:
                raise TooLargeError("ClientHello too large")
        if len(message) >= wanted:
            return message[_MESSAGE_HEADER:wanted]
        at += length
        if len(data) < at:
            return NeedMore(at)
    raise TooLargeError("ClientHello in too many records")


def _hello(body: bytes) -> ClientHello:
    at = 2 + 32
    at = _skip(body, at, 1, most=32)  # session id
    at = _skip(body, at, 2)  # cipher suites
    at = _skip(body, at, 1)  # compression methods
    if at == len(body):
        return ClientHello()
    end = _skip(body, at, 2)
    if end != len(body):
        raise MalformedError("bytes after the extensions")
    at += 2
    server_name: str | None = None
    protocols: tuple[bytes, ...] = ()
    while at < end:
        kind = int.from_bytes(body[at : at + 2], "big")
        start, at = at + 4, _skip(body, at + 2, 2)
        if kind == _SERVER_NAME:
            server_name = _server_name(body[start:at])
        elif kind == _ALPN:
            protocols = _protocols(body[start:at])
    return ClientHello(server_name, protocols)


def _skip(body: bytes, at: int, width: int, *, most: int = 0xFFFF) -> int:
    """The position after the vector at ``at`` whose length is written in ``width`` bytes."""
    length = int.from_bytes(body[at : at + width], "big")
    end = at + width + length
    if end > len(body) or length > most:
        raise MalformedError("length of a field")
    return end


def _server_name(data: bytes) -> str:
    """RFC 6066 § 3: a list with one entry of type host_name, ASCII."""
    if _skip(data, 0, 2) != len(data) or data[2:3] != b"\0" or _skip(data, 3, 2) != len(data):
        raise MalformedError("server name list")
    name = data[5:]
    if not 0 < len(name) <= _MAX_HOST_NAME or any(byte <= 0x20 or byte >= 0x7F for byte in name):
        raise MalformedError("server name")
    return name.decode("ascii").lower().rstrip(".")


def _protocols(data: bytes) -> tuple[bytes, ...]:
    """RFC 7301 § 3.1: a list of non-empty names."""
    if len(data) < 4 or _skip(data, 0, 2) != len(data):
        raise MalformedError("protocol list")
    found, at = [], 2
    while at < len(data):
        end = _skip(data, at, 1)
        if end == at + 1:
            raise MalformedError("empty protocol name")
        found.append(data[at + 1 : end])
        at = end
    return tuple(found)

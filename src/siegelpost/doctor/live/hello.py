"""A ClientHello of any kind, and the first thing a server says to it.

What a server agrees to is said in the clear, in its ServerHello or its alert; so one message each way tells which
versions, ciphers and signatures it offers, whatever the OpenSSL at hand was built with.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from siegelpost.doctor.live.handshake import spoken
from siegelpost.doctor.live.outcome import Outcome
from siegelpost.doctor.live.wire import Wire, WireError
from siegelpost.toolbox.deadline import Deadline
from siegelpost.toolbox.internet import Address

MOST_BYTES = 64 * 1024
_ALERT, _HANDSHAKE = 21, 22
_SERVER_HELLO = 2
_FATAL = 2
_MOST_RECORD = 16_384 + 2_048
TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3 = 0x0301, 0x0302, 0x0303, 0x0304
_X25519 = 0x001D
_SUPPORTED_VERSIONS = 43


@dataclass(frozen=True, slots=True)
class Offer:
    """What a client offers, each in its order of preference; numbers as IANA's TLS registry has them."""

    versions: tuple[int, ...]
    ciphers: tuple[int, ...]
    groups: tuple[int, ...]
    signatures: tuple[int, ...]
    protocols: tuple[bytes, ...] = (b"h2", b"http/1.1")


@dataclass(frozen=True, slots=True)
class Reply:
    """The server's answer to an offer: ANSWERED with what it chose, or how else it ended."""

    outcome: Outcome
    version: int | None = None
    cipher: int | None = None
    alert: int | None = None
    greeting: bytes = b""


def ask(address: Address, port: int, server_name: str | None, offer: Offer, deadline: Deadline) -> Reply:
    """Make the offer and hang up after the answer's first message. Never raises for what a server does."""
    received = b""
    try:
        with Wire(address, port, deadline, most=MOST_BYTES) as wire:
            wire.send(client_hello(offer, server_name))
            while True:
                data = wire.receive()
                if not data:
                    return Reply(spoken(received) or Outcome.CLOSED, greeting=received[:64])
                received += data
                reply = read_reply(received)
                if reply is not None:
                    return reply
    except WireError as error:
        outcome = error.outcome
        if outcome.connected:
            outcome = spoken(received) or outcome
        return Reply(outcome, greeting=received[:64])


def client_hello(offer: Offer, server_name: str | None, shares: Mapping[int, bytes] | None = None) -> bytes:
    """The offer as one TLS record (RFC 8446 § 4.1.2; RFC 5246 § 7.4.1.2 for the versions before).

    ``shares`` are public keys by their groups, for a handshake that goes on; by default they belong to nobody.
    """
    body = min(max(offer.versions), TLS_1_2).to_bytes(2, "big") + os.urandom(32)
    # A session id in every hello: middleboxes expect one with TLS 1.3 (RFC 8446 appendix D.4).
    body += _vector(os.urandom(32), 1)
    body += _vector(_numbers(offer.ciphers), 2) + b"\x01\x00"
    body += _vector(b"".join(_extensions(offer, server_name, shares)), 2)
    message = b"\x01" + _vector(body, 3)
    return bytes([_HANDSHAKE]) + TLS_1_0.to_bytes(2, "big") + _vector(message, 2)


def _extensions(offer: Offer, server_name: str | None, shares: Mapping[int, bytes] | None) -> list[bytes]:
    found = []
    if server_name:
        found.append(_extension(0, _vector(b"\x00" + _vector(server_name.encode("ascii"), 2), 2)))
    found += [
        _extension(23, b""),
        _extension(0xFF01, b"\x00"),
        _extension(10, _vector(_numbers(offer.groups), 2)),
        _extension(11, b"\x01\x00"),
        _extension(16, _vector(b"".join(_vector(each, 1) for each in offer.protocols), 2)),
        _extension(5, b"\x01\x00\x00\x00\x00"),
        _extension(18, b""),
    ]
    if max(offer.versions) >= TLS_1_2:
        found.append(_extension(13, _vector(_numbers(offer.signatures), 2)))
    if TLS_1_3 in offer.versions:
        # Any 32 bytes are a public key of X25519. A server that wants another group asks for it, which is an answer.
        if shares is None:
            shares = {_X25519: os.urandom(32)} if _X25519 in offer.groups else {}
        share = b"".join(group.to_bytes(2, "big") + _vector(key, 2) for group, key in shares.items())
        found += [
            _extension(_SUPPORTED_VERSIONS, _vector(_numbers(offer.versions), 1)),
            _extension(45, b"\x01\x01"),
            _extension(51, _vector(share, 2)),
        ]
    return found


def read_reply(data: bytes) -> Reply | None:
    """What the bytes so far say; None while they may still become an answer."""
    message, at = b"", 0
    while len(data) - at >= 5:
        kind, size = data[at], int.from_bytes(data[at + 3 : at + 5], "big")
        if kind not in (_ALERT, _HANDSHAKE) or data[at + 1] != 3 or size > _MOST_RECORD:
            return Reply(spoken(data) or Outcome.BROKEN, greeting=data[:64])
        content = data[at + 5 : at + 5 + size]
        if len(content) < size:
            return None
        at += 5 + size
        if kind == _ALERT:
            if len(content) != 2:
                return Reply(Outcome.BROKEN, greeting=data[:64])
            if content[0] == _FATAL:
                return Reply(Outcome.ALERT, alert=content[1])
            continue
        message += content
        reply = _server_hello(message)
        if reply is not None:
            return reply
    return Reply(Outcome.OTHER_PROTOCOL, greeting=data[:64]) if spoken(data) else None


def _server_hello(message: bytes) -> Reply | None:
    if len(message) < 4:
        return None
    size = int.from_bytes(message[1:4], "big")
    if message[0] != _SERVER_HELLO or not 38 <= size <= MOST_BYTES:
        return Reply(Outcome.BROKEN)
    if len(message) < 4 + size:
        return None
    body = message[4 : 4 + size]
    version, at = int.from_bytes(body[:2], "big"), 35 + body[34]
    cipher = int.from_bytes(body[at : at + 2], "big")
    at += 3
    end = min(at + 2 + int.from_bytes(body[at : at + 2], "big"), len(body))
    at += 2
    while at + 4 <= end:
        kind, length = int.from_bytes(body[at : at + 2], "big"), int.from_bytes(body[at + 2 : at + 4], "big")
        if kind == _SUPPORTED_VERSIONS and length == 2:
            version = int.from_bytes(body[at + 4 : at + 6], "big")
        at += 4 + length
    return Reply(Outcome.ANSWERED, version, cipher)


def _vector(data: bytes, width: int) -> bytes:
    return len(data).to_bytes(width, "big") + data


def _numbers(values: tuple[int, ...]) -> bytes:
    return b"".join(value.to_bytes(2, "big") for value in values)


def _extension(kind: int, data: bytes) -> bytes:
    return kind.to_bytes(2, "big") + _vector(data, 2)

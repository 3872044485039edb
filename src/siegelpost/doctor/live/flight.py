"""What a server sends along with its certificate: an OCSP answer, and entries of public logs (RFC 6962 §3.3).

The ssl module asks for neither. So the handshake is begun once more with a hello of our own, and read up to where
both have come: TLS 1.2 says it in the clear, TLS 1.3 enciphered with keys that the first two messages agree upon
(RFC 8446 §7). Nothing is believed for having been read here: an OCSP answer and an entry are signed by themselves.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from siegelpost.doctor.live import hello
from siegelpost.doctor.live.handshake import certificates_of
from siegelpost.doctor.live.hello import TLS_1_3, Offer
from siegelpost.doctor.live.wire import Wire, WireError
from siegelpost.toolbox.deadline import Deadline
from siegelpost.toolbox.internet import Address

MOST_BYTES = 512 * 1024
MOST_MESSAGE = 128 * 1024
_CHANGE, _HANDSHAKE, _DATA = 20, 22, 23
_SERVER_HELLO, _CERTIFICATE, _DONE, _CERTIFICATE_STATUS = 2, 11, 14, 22
_STATUS, _ENTRIES, _VERSIONS, _SHARE = 5, 18, 43, 51
_OCSP = 1
_X25519 = 0x001D
_CURVES: Mapping[int, ec.EllipticCurve] = MappingProxyType({0x0017: ec.SECP256R1(), 0x0018: ec.SECP384R1()})
Cipher = type[AESGCM] | type[ChaCha20Poly1305]
# The suites of TLS 1.3 (RFC 8446 §B.4): cipher, size of its key in bytes, hash.
_SUITES: Mapping[int, tuple[Cipher, int, hashes.HashAlgorithm]] = MappingProxyType(
    {
        0x1301: (AESGCM, 16, hashes.SHA256()),
        0x1302: (AESGCM, 32, hashes.SHA384()),
        0x1303: (ChaCha20Poly1305, 32, hashes.SHA256()),
    }
)


@dataclass(frozen=True, slots=True)
class Flight:
    """What came: the server's own certificate (DER), the OCSP answer (DER) and the list of log entries, as sent."""

    certificate: bytes | None = None
    staple: bytes | None = None
    entries: bytes | None = None


class UnreadableError(Exception):
    """No TLS that is understood here."""


def ask(address: Address, port: int, server_name: str | None, offer: Offer, deadline: Deadline) -> Flight | None:
    """What the server sends to a client with this offer; None when that could not be read. Never raises for it."""
    keys = _Keys()
    asked = replace(offer, groups=tuple(keys.shares), ciphers=tuple(filter(_is_readable, offer.ciphers)))
    first = hello.client_hello(asked, server_name, keys.shares)
    try:
        with Wire(address, port, deadline, most=MOST_BYTES) as wire:
            wire.send(first)
            return _read(_Records(wire), first[5:], keys)
    except (WireError, UnreadableError):
        return None


def _is_readable(cipher: int) -> bool:
    return cipher >> 8 != 0x13 or cipher in _SUITES


def _read(records: "_Records", asked: bytes, keys: "_Keys") -> Flight:
    messages = records.messages()
    kind, told = next(messages)
    if kind != _SERVER_HELLO:
        raise UnreadableError
    suite, said = _server_hello(told)
    if _VERSIONS in said:
        if said[_VERSIONS] != TLS_1_3.to_bytes(2, "big") or suite not in _SUITES:
            raise UnreadableError
        cipher, size, digest = _SUITES[suite]
        secret = _server_secret(keys.agreed(said.get(_SHARE, b"")), asked + told, digest)
        records.decipher(
            cipher(_labelled(secret, b"key", b"", size, digest)), _labelled(secret, b"iv", b"", 12, digest)
        )
        for kind, told in messages:
            if kind == _CERTIFICATE:
                return _from_certificate(told)
    found = Flight(entries=said.get(_ENTRIES))
    for kind, told in messages:
        if kind == _CERTIFICATE:
            found = replace(found, certificate=next(iter(certificates_of(told, has_context=False)), None))
        elif kind == _CERTIFICATE_STATUS:
            found = replace(found, staple=status(told[4:]))
        elif kind == _DONE:
            return found
    raise UnreadableError


def status(content: bytes) -> bytes | None:
    """The OCSP answer inside a CertificateStatus; None when it is cut off or of another kind."""
    if len(content) < 4 or content[0] != _OCSP:
        return None
    size = int.from_bytes(content[1:4], "big")
    return content[4 : 4 + size] if len(content) == 4 + size else None


def _from_certificate(message: bytes) -> Flight:
    """What stands beside the first certificate in TLS 1.3 (RFC 8446 §4.4.2)."""
    certificate = next(iter(certificates_of(message, has_context=True)), None)
    if certificate is None:
        raise UnreadableError
    at = 4 + 1 + message[4] + 3 + 3 + len(certificate)
    said = extensions(message[at:])
    return Flight(certificate, status(said.get(_STATUS, b"")), said.get(_ENTRIES))


def _server_hello(message: bytes) -> tuple[int, Mapping[int, bytes]]:
    """The suite and the extensions of a ServerHello."""
    if len(message) < 4 + 38:
        raise UnreadableError
    at = 4 + 35 + message[4 + 34]
    return int.from_bytes(message[at : at + 2], "big"), extensions(message[at + 3 :])


def extensions(data: bytes) -> Mapping[int, bytes]:
    """The extensions that begin here, by their number; none where there are none."""
    end = min(2 + int.from_bytes(data[:2], "big"), len(data))
    found: dict[int, bytes] = {}
    at = 2
    while at + 4 <= end:
        kind, size = int.from_bytes(data[at : at + 2], "big"), int.from_bytes(data[at + 2 : at + 4], "big")
        if at + 4 + size > end:
            raise UnreadableError
        found.setdefault(kind, data[at + 4 : at + 4 + size])
        at += 4 + size
    return found


class _Keys:
    """Our half of each key exchange that is offered."""

    def __init__(self) -> None:
        self._x25519 = X25519PrivateKey.generate()
        self._curves = {group: ec.generate_private_key(curve) for group, curve in _CURVES.items()}

    @property
    def shares(self) -> Mapping[int, bytes]:
        points = {
            group: key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
            for group, key in self._curves.items()
        }
        return {_X25519: self._x25519.public_key().public_bytes_raw()} | points

    def agreed(self, share: bytes) -> bytes:
        """The secret that the server's half makes with ours; a demand for another group has no half."""
        group, theirs = int.from_bytes(share[:2], "big"), share[4:]
        try:
            if group == _X25519:
                return self._x25519.exchange(X25519PublicKey.from_public_bytes(theirs))
            if group in self._curves:
                point = ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[group], theirs)
                return self._curves[group].exchange(ec.ECDH(), point)
        except ValueError as error:
            raise UnreadableError from error
        raise UnreadableError


class _Records:
    """Handshake messages, as they come over the wire; deciphered from where that is asked for."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._received = bytearray()
        self._open: Callable[[bytes, bytes], bytes] | None = None

    def decipher(self, cipher: AESGCM | ChaCha20Poly1305, salt: bytes) -> None:
        number = 0

        def opened(head: bytes, content: bytes) -> bytes:
            nonlocal number
            nonce = int.from_bytes(salt, "big") ^ number
            number += 1
            return cipher.decrypt(nonce.to_bytes(12, "big"), content, head)

        self._open = opened

    def messages(self) -> Iterator[tuple[int, bytes]]:
        """Each with its type, and whole, its head of four bytes included."""
        joined = bytearray()
        while True:
            joined += self._record()
            while len(joined) >= 4:
                size = 4 + int.from_bytes(joined[1:4], "big")
                if size > MOST_MESSAGE:
                    raise UnreadableError
                if len(joined) < size:
                    break
                whole = bytes(joined[:size])
                del joined[:size]
                yield whole[0], whole

    def _record(self) -> bytes:
        """The content of the next record that carries a handshake."""
        while True:
            head = self._exactly(5)
            content = self._exactly(int.from_bytes(head[3:], "big"))
            if head[0] == _CHANGE:
                continue
            if self._open is None and head[0] == _HANDSHAKE:
                return content
            if self._open is None or head[0] != _DATA:
                raise UnreadableError
            try:
                inside = self._open(head, content).rstrip(b"\0")
            except (InvalidTag, ValueError) as error:
                raise UnreadableError from error
            if inside[-1:] != bytes([_HANDSHAKE]):
                raise UnreadableError
            return inside[:-1]

    def _exactly(self, size: int) -> bytes:
        while len(self._received) < size:
            data = self._wire.receive()
            if not data:
                raise UnreadableError
            self._received += data
        found = bytes(self._received[:size])
        del self._received[:size]
        return found


def _server_secret(shared: bytes, transcript: bytes, digest: hashes.HashAlgorithm) -> bytes:
    """What the server's part of the handshake is enciphered with (RFC 8446 §7.1)."""
    nothing = bytes(digest.digest_size)
    early = _labelled(_hmac(nothing, nothing, digest), b"derived", _hash(b"", digest), digest.digest_size, digest)
    secret = _hmac(early, shared, digest)
    return _labelled(secret, b"s hs traffic", _hash(transcript, digest), digest.digest_size, digest)


def _labelled(secret: bytes, label: bytes, context: bytes, size: int, digest: hashes.HashAlgorithm) -> bytes:
    label = b"tls13 " + label
    info = size.to_bytes(2, "big") + bytes([len(label)]) + label + bytes([len(context)]) + context
    return HKDFExpand(algorithm=digest, length=size, info=info).derive(secret)


def _hmac(key: bytes, content: bytes, digest: hashes.HashAlgorithm) -> bytes:
    one = hmac.HMAC(key, digest)
    one.update(content)
    return one.finalize()


def _hash(content: bytes, digest: hashes.HashAlgorithm) -> bytes:
    one = hashes.Hash(digest)
    one.update(content)
    return one.finalize()

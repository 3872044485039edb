"""A TLS 1.3 server that sends whatever certificates it is given: OpenSSL would refuse to load broken ones.

It speaks one suite, AES-128-GCM with SHA-256 on X25519 (RFC 8446), and nothing that a handshake with a browser does
not need.
"""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from tests.support.pki import Certificate

CHANGE, ALERT, HANDSHAKE, DATA = 20, 21, 22, 23
SUITE, X25519 = b"\x13\x01", b"\x00\x1d"
KEY_SHARE, SUPPORTED_VERSIONS = 51, 43
EMPTY = sha256(b"").digest()


def vector(content: bytes, size: int) -> bytes:
    return len(content).to_bytes(size, "big") + content


def message(kind: int, content: bytes) -> bytes:
    return bytes([kind]) + vector(content, 3)


def _hmac(key: bytes, content: bytes) -> bytes:
    one = hmac.HMAC(key, hashes.SHA256())
    one.update(content)
    return one.finalize()


def labelled(secret: bytes, label: str, context: bytes, size: int = 32) -> bytes:
    """HKDF-Expand-Label (RFC 8446 §7.1)."""
    info = size.to_bytes(2, "big") + vector(b"tls13 " + label.encode(), 1) + vector(context, 1)
    return HKDFExpand(algorithm=hashes.SHA256(), length=size, info=info).derive(secret)


class Direction:
    """Enciphers or deciphers what goes one way."""

    def __init__(self, secret: bytes) -> None:
        self._key, self._salt = AESGCM(labelled(secret, "key", b"", 16)), labelled(secret, "iv", b"", 12)
        self._number = 0

    def _nonce(self) -> bytes:
        number, self._number = self._number.to_bytes(12, "big"), self._number + 1
        return bytes(one ^ other for one, other in zip(self._salt, number, strict=True))

    def seal(self, kind: int, content: bytes) -> bytes:
        head = bytes([DATA]) + b"\x03\x03" + (len(content) + 17).to_bytes(2, "big")
        return head + self._key.encrypt(self._nonce(), content + bytes([kind]), head)

    def open(self, head: bytes, content: bytes) -> tuple[int, bytes]:
        inside = self._key.decrypt(self._nonce(), content, head).rstrip(b"\0")
        return inside[-1], inside[:-1]


class Records:
    """One connection's records. Each direction begins to encipher on its own."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.reading: Direction | None = None
        self.writing: Direction | None = None

    def _exactly(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            more = self._connection.recv(size - len(found))
            if not more:
                raise ConnectionError("closed")
            found += more
        return found

    def read(self) -> tuple[int, bytes]:
        """The next record but those that only pretend to change ciphers."""
        while True:
            head = self._exactly(5)
            content = self._exactly(int.from_bytes(head[3:], "big"))
            if head[0] == CHANGE:
                continue
            return (head[0], content) if self.reading is None else self.reading.open(head, content)

    def expect(self, kind: int) -> bytes:
        found, content = self.read()
        if found != kind:
            raise ConnectionError(f"record {found}: {content[:2].hex()}")
        return content

    def write(self, kind: int, content: bytes) -> None:
        for at in range(0, len(content), 1 << 14):
            part = content[at : at + (1 << 14)]
            plain = bytes([kind]) + b"\x03\x03" + vector(part, 2)
            self._connection.sendall(self.writing.seal(kind, part) if self.writing else plain)


@dataclass(frozen=True)
class Hello:
    """What of the browser's first message is needed."""

    session: bytes
    share: bytes
    asked: frozenset[int]

    @classmethod
    def read(cls, content: bytes) -> "Hello":
        at = 38 + 1 + content[38]
        session = content[39:at]
        at += 2 + int.from_bytes(content[at : at + 2], "big")  # suites
        at += 1 + content[at]  # compression
        at += 2
        found = {}
        while at < len(content):
            kind, size = int.from_bytes(content[at : at + 2], "big"), int.from_bytes(content[at + 2 : at + 4], "big")
            found[kind] = content[at + 4 : at + 4 + size]
            at += 4 + size
        return cls(session, cls._share(found.get(KEY_SHARE, b"")[2:]), frozenset(found))

    @staticmethod
    def _share(shares: bytes) -> bytes:
        at = 0
        while at < len(shares):
            size = int.from_bytes(shares[at + 2 : at + 4], "big")
            if shares[at : at + 2] == X25519:
                return shares[at + 4 : at + 4 + size]
            at += 4 + size
        raise ConnectionError("no share on X25519")


@dataclass(frozen=True)
class PlainServer:
    """Answers with this chain and this page; ``beside`` are extensions of the first certificate, if asked for."""

    served: Certificate
    page: bytes
    beside: Mapping[int, bytes] = field(default_factory=dict)

    def answer(self, connection: socket.socket) -> None:
        """One handshake and one answer. Raises OSError when the browser ends it, as it does when it refuses."""
        records = Records(connection)
        hello = records.expect(HANDSHAKE)
        met, key = Hello.read(hello), X25519PrivateKey.generate()
        share = X25519 + vector(key.public_key().public_bytes_raw(), 2)
        extensions = b"".join(
            kind.to_bytes(2, "big") + vector(value, 2)
            for kind, value in ((SUPPORTED_VERSIONS, b"\x03\x04"), (KEY_SHARE, share))
        )
        body = b"\x03\x03" + os.urandom(32) + vector(met.session, 1) + SUITE + b"\x00" + vector(extensions, 2)
        reply = message(2, body)
        records.write(HANDSHAKE, reply)
        records.write(CHANGE, b"\x01")
        transcript = hello + reply
        shared = key.exchange(X25519PublicKey.from_public_bytes(met.share))
        early = labelled(_hmac(bytes(32), bytes(32)), "derived", EMPTY)
        secret = _hmac(early, shared)
        theirs = labelled(secret, "c hs traffic", sha256(transcript).digest())
        ours = labelled(secret, "s hs traffic", sha256(transcript).digest())
        records.writing, records.reading = Direction(ours), Direction(theirs)
        transcript += self._flight(transcript, met.asked)
        proof = _hmac(labelled(ours, "finished", b""), sha256(transcript).digest())
        transcript += message(20, proof)
        records.write(HANDSHAKE, transcript[len(hello + reply) :])
        master = _hmac(labelled(secret, "derived", EMPTY), bytes(32))
        later = [labelled(master, f"{who} ap traffic", sha256(transcript).digest()) for who in "sc"]
        records.expect(HANDSHAKE)
        records.writing, records.reading = map(Direction, later)
        records.expect(DATA)
        records.write(DATA, self.page)
        records.write(ALERT, b"\x01\x00")

    def _flight(self, transcript: bytes, asked: frozenset[int]) -> bytes:
        """The certificates, and the signature that their key is here."""
        first, *others = (vector(each, 3) for each in self.served.chain)
        beside = {kind: told for kind, told in self.beside.items() if kind in asked}
        packed = b"".join(kind.to_bytes(2, "big") + vector(told, 2) for kind, told in beside.items())
        entries = first + vector(packed, 2) + b"".join(each + b"\0\0" for each in others)
        told = message(8, b"\0\0") + message(11, b"\0" + vector(entries, 3))
        digest = sha256(transcript + told).digest()
        signed = b" " * 64 + b"TLS 1.3, server CertificateVerify\0" + digest
        signer = load_pem_private_key(self.served.key_pem.encode(), None)
        if isinstance(signer, rsa.RSAPrivateKey):
            pad = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
            return told + message(15, b"\x08\x04" + vector(signer.sign(signed, pad, hashes.SHA256()), 2))
        assert isinstance(signer, ec.EllipticCurvePrivateKey)
        return told + message(15, b"\x04\x03" + vector(signer.sign(signed, ec.ECDSA(hashes.SHA256())), 2))

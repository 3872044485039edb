"""Keys of certificates made for tests, and their signatures: sound ones, weak ones, and those nobody takes any more."""

import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from hashlib import new as new_hash
from hashlib import sha1
from itertools import count
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from tests.support import der

# Keys -------------------------------------------------------------------------------------------------------

CURVES: Mapping[str, str] = {
    "p192": "prime192v1",
    "p224": "secp224r1",
    "p256": "prime256v1",
    "p384": "secp384r1",
    "p521": "secp521r1",
    "k256": "secp256k1",
    "brainpool256": "brainpoolP256r1",
}
DIGEST_PREFIXES = {
    "md5": "3020300c06082a864886f70d020505000410",
    "sha1": "3021300906052b0e03021a05000414",
    "sha224": "302d300d06096086480165030402040500041c",
    "sha256": "3031300d060960864801650304020105000420",
    "sha384": "3041300d060960864801650304020205000430",
    "sha512": "3051300d060960864801650304020305000440",
}
RSA_ALGORITHMS = {
    "md5": "1.2.840.113549.1.1.4",
    "sha1": "1.2.840.113549.1.1.5",
    "sha224": "1.2.840.113549.1.1.14",
    "sha256": "1.2.840.113549.1.1.11",
    "sha384": "1.2.840.113549.1.1.12",
    "sha512": "1.2.840.113549.1.1.13",
}
ECDSA_ALGORITHMS = {
    "sha1": "1.2.840.10045.4.1",
    "sha224": "1.2.840.10045.4.3.1",
    "sha256": "1.2.840.10045.4.3.2",
    "sha384": "1.2.840.10045.4.3.3",
    "sha512": "1.2.840.10045.4.3.4",
}
PLAIN_DIGESTS = {
    "sha1": "1.3.14.3.2.26",
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}
HASHES: Mapping[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - to be refused
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
MGF1 = "1.2.840.113549.1.1.8"
PSS = "1.2.840.113549.1.1.10"


@dataclass(frozen=True)
class Key:
    """A private key in PKCS#8 PEM with its SubjectPublicKeyInfo in DER."""

    kind: str
    pem: str
    spki: bytes

    @property
    def key_id(self) -> bytes:
        return sha1(self.spki, usedforsecurity=False).digest()

    def sign(self, data: bytes, digest: str = "sha256", *, pss: bool = False) -> tuple[bytes, bytes]:
        """The AlgorithmIdentifier and the signature of ``data``."""
        if self.kind.startswith("rsa"):
            if pss:
                return pss_algorithm(digest, HASHES[digest].digest_size), self._sign_pss(data, digest)
            return rsa_algorithm(digest), self._sign_rsa(data, digest)
        if self.kind in ("ed25519", "ed448", "dsa"):
            return self._sign_plain(data)
        return ecdsa_algorithm(digest), _openssl_sign(self.pem, data, digest)

    def _sign_pss(self, data: bytes, digest: str) -> bytes:
        private = serialization.load_pem_private_key(self.pem.encode(), None)
        assert isinstance(private, rsa.RSAPrivateKey)
        hasher = HASHES[digest]
        return private.sign(data, padding.PSS(padding.MGF1(hasher), hasher.digest_size), hasher)

    def _sign_rsa(self, data: bytes, digest: str) -> bytes:
        modulus, exponent = _rsa_numbers(self.pem)
        size = (modulus.bit_length() + 7) // 8
        tail = bytes.fromhex(DIGEST_PREFIXES[digest]) + new_hash(digest, data, usedforsecurity=False).digest()
        block = b"\x00\x01" + b"\xff" * (size - len(tail) - 3) + b"\x00" + tail
        return pow(int.from_bytes(block, "big"), exponent, modulus).to_bytes(size, "big")

    def _sign_plain(self, data: bytes) -> tuple[bytes, bytes]:
        if self.kind == "dsa":
            algorithm = der.sequence(der.oid("2.16.840.1.101.3.4.3.2"))
            return algorithm, _openssl_sign(self.pem, data, "sha256")
        private = serialization.load_pem_private_key(self.pem.encode(), None)
        assert isinstance(private, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey)
        algorithm = der.sequence(der.oid("1.3.101.112" if self.kind == "ed25519" else "1.3.101.113"))
        return algorithm, private.sign(data)


def rsa_algorithm(digest: str) -> bytes:
    return der.sequence(der.oid(RSA_ALGORITHMS[digest]), der.null())


def ecdsa_algorithm(digest: str) -> bytes:
    return der.sequence(der.oid(ECDSA_ALGORITHMS[digest]))


def pss_algorithm(digest: str, salt: int) -> bytes:
    hashing = der.sequence(der.oid(PLAIN_DIGESTS[digest]), der.null())
    return der.sequence(
        der.oid(PSS),
        der.sequence(
            der.context(0, hashing),
            der.context(1, der.sequence(der.oid(MGF1), hashing)),
            der.context(2, der.integer(salt)),
        ),
    )


def _openssl(*arguments: str, given: bytes = b"") -> bytes:
    return subprocess.run(["openssl", *arguments], input=given, capture_output=True, check=True).stdout


def _openssl_sign(pem: str, data: bytes, digest: str) -> bytes:
    """By the library where it knows the key, by the slower command for what it no longer knows."""
    with suppress(ValueError, UnsupportedAlgorithm):
        private = serialization.load_pem_private_key(pem.encode(), None)
        if isinstance(private, ec.EllipticCurvePrivateKey):
            return private.sign(data, ec.ECDSA(HASHES[digest]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "key.pem"
        path.write_text(pem)
        return _openssl("dgst", f"-{digest}", "-sign", str(path), given=data)


@cache
def _rsa_numbers(pem: str) -> tuple[int, int]:
    text = _openssl("rsa", "-noout", "-text", given=pem.encode()).decode()
    numbers: dict[str, str] = {}
    label = ""
    for line in text.splitlines():
        if line.startswith(" "):
            numbers[label] += line.strip().replace(":", "")
        else:
            label = line.partition(":")[0]
            numbers[label] = ""
    return int(numbers["modulus"], 16), int(numbers["privateExponent"], 16)


@cache
def key(kind: str = "p256", number: int = 0) -> Key:
    """A key of a kind: rsa1024 … rsa4096, p256 and the other ``CURVES``, ed25519, ed448, dsa.

    The same kind and number give the same key within one process, so that slow ones are made once.
    """
    if kind.startswith("rsa"):
        pem = _openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{kind[3:]}")
    elif kind == "dsa":
        bits = ("-pkeyopt", "dsa_paramgen_bits:2048", "-pkeyopt", "dsa_paramgen_q_bits:256")
        parameters = _openssl("genpkey", "-genparam", "-algorithm", "DSA", *bits)
        pem = _openssl("genpkey", "-paramfile", "/dev/stdin", given=parameters)
    elif kind in CURVES:
        pem = _openssl("genpkey", "-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{CURVES[kind]}")
    else:
        pem = _openssl("genpkey", "-algorithm", kind)
    return Key(kind, pem.decode(), _openssl("pkey", "-pubout", "-outform", "DER", given=pem))


fresh_numbers = count(1000)


def fresh_key(kind: str = "p256") -> Key:
    """A key nobody else in this process has. Curves are fast, RSA is not."""
    if kind == "p256":
        private = ec.generate_private_key(ec.SECP256R1())
        pem = private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()
        spki = private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return Key(kind, pem, spki)
    return key(kind, next(fresh_numbers))

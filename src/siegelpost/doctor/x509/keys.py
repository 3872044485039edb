"""Public keys and signatures: what kind they are, and whether they hold."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache, partial

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from siegelpost.doctor import der
from siegelpost.doctor.der import DerError, Reader, oid_bytes
from siegelpost.toolbox.damages import X509_DAMAGES


class KeyKind(StrEnum):
    RSA = "RSA"
    EC = "EC"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What a SubjectPublicKeyInfo says of itself.

    ``bits`` is the modulus' length for RSA; ``curve`` names the curve for EC (its OID when it has no name here);
    ``fault`` says what is wrong inside: "point" (compressed or of the wrong length), "encoding", or nothing.
    """

    kind: KeyKind
    name: str
    bits: int = 0
    curve: str = ""
    fault: str = ""


RSA_KEY = oid_bytes("1.2.840.113549.1.1.1")
EC_KEY = oid_bytes("1.2.840.10045.2.1")
CURVES = {
    oid_bytes("1.2.840.10045.3.1.7"): ("P-256", 32),
    oid_bytes("1.3.132.0.34"): ("P-384", 48),
    oid_bytes("1.3.132.0.35"): ("P-521", 66),
    oid_bytes("1.2.840.10045.3.1.1"): ("P-192", 24),
    oid_bytes("1.3.132.0.33"): ("P-224", 28),
    oid_bytes("1.3.132.0.10"): ("secp256k1", 32),
}
OTHER_KEYS = {
    oid_bytes("1.3.101.112"): "Ed25519",
    oid_bytes("1.3.101.113"): "Ed448",
    oid_bytes("1.2.840.10040.4.1"): "DSA",
    oid_bytes("1.2.840.113549.1.1.10"): "RSA-PSS",
    oid_bytes("2.16.840.1.101.3.4.3.17"): "ML-DSA-44",
    oid_bytes("2.16.840.1.101.3.4.3.18"): "ML-DSA-65",
    oid_bytes("2.16.840.1.101.3.4.3.19"): "ML-DSA-87",
}


@lru_cache(maxsize=4096)
def public_key(key_info: bytes) -> PublicKey:
    """Read a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7). Raises DerError when it is none at all."""
    outer = Reader(der.only(key_info, der.SEQUENCE))
    algorithm = Reader(outer.value(der.SEQUENCE))
    bits, unused = der.bit_string(outer.value(der.BIT_STRING))
    outer.finish()
    if unused:
        raise DerError("key of odd bits")
    oid = algorithm.value(der.OID)
    if oid == RSA_KEY:
        return _rsa(algorithm, bits)
    if oid == EC_KEY:
        return _ec(algorithm, bits)
    return PublicKey(KeyKind.OTHER, OTHER_KEYS.get(oid, der.oid_text(oid)))


def is_no_key(key_info: bytes) -> bool:
    """Whether nobody can sign with it: of an algorithm that has no name, or on a curve that is neither named nor drawn.

    Raises DerError when it is none at all.
    """
    algorithm = Reader(Reader(der.only(key_info, der.SEQUENCE)).value(der.SEQUENCE))
    oid = algorithm.value(der.OID)
    if oid == EC_KEY:
        return algorithm.peek() not in (der.OID, der.SEQUENCE)
    return oid != RSA_KEY and oid not in OTHER_KEYS


def _rsa(algorithm: Reader, body: bytes) -> PublicKey:
    fault = ""
    if algorithm.peek() != der.NULL or algorithm.value(der.NULL) or not algorithm.at_end():
        fault = "encoding"
    numbers = Reader(der.only(body, der.SEQUENCE))
    modulus = numbers.value(der.INTEGER)
    exponent = numbers.value(der.INTEGER)
    numbers.finish()
    for number in (modulus, exponent):
        if not der.is_integer(number) or number[0] & 0x80 or number == b"\x00":
            fault = "encoding"
    bits = int.from_bytes(modulus, "big").bit_length()
    return PublicKey(KeyKind.RSA, f"RSA {bits}", bits=bits, fault=fault)


def _ec(algorithm: Reader, body: bytes) -> PublicKey:
    if algorithm.peek() != der.OID:
        return PublicKey(KeyKind.EC, "EC", curve="explicit", fault="encoding")
    oid = algorithm.value(der.OID)
    fault = "" if algorithm.at_end() else "encoding"
    name, size = CURVES.get(oid, (der.oid_text(oid), 0))
    if size and not fault and (body[:1] != b"\x04" or len(body) != 1 + 2 * size):
        fault = "point"
    return PublicKey(KeyKind.EC, name, curve=name, fault=fault)


# Signature algorithms ---------------------------------------------------------------------------------------


class Scheme(StrEnum):
    PKCS1 = "PKCS1"
    PSS = "PSS"
    ECDSA = "ECDSA"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SignatureAlgorithm:
    scheme: Scheme
    digest: str
    name: str
    parameters: bytes = b""


def _named(scheme: Scheme, digest: str, dotted: str) -> tuple[bytes, SignatureAlgorithm]:
    label = {Scheme.PKCS1: "RSA", Scheme.ECDSA: "ECDSA"}[scheme]
    return oid_bytes(dotted), SignatureAlgorithm(scheme, digest, f"{label} + {digest.upper()}")


ALGORITHMS = dict(
    [
        _named(Scheme.PKCS1, "md2", "1.2.840.113549.1.1.2"),
        _named(Scheme.PKCS1, "md5", "1.2.840.113549.1.1.4"),
        _named(Scheme.PKCS1, "sha1", "1.2.840.113549.1.1.5"),
        _named(Scheme.PKCS1, "sha1", "1.3.14.3.2.29"),
        _named(Scheme.PKCS1, "sha224", "1.2.840.113549.1.1.14"),
        _named(Scheme.PKCS1, "sha256", "1.2.840.113549.1.1.11"),
        _named(Scheme.PKCS1, "sha384", "1.2.840.113549.1.1.12"),
        _named(Scheme.PKCS1, "sha512", "1.2.840.113549.1.1.13"),
        _named(Scheme.ECDSA, "sha1", "1.2.840.10045.4.1"),
        _named(Scheme.ECDSA, "sha224", "1.2.840.10045.4.3.1"),
        _named(Scheme.ECDSA, "sha256", "1.2.840.10045.4.3.2"),
        _named(Scheme.ECDSA, "sha384", "1.2.840.10045.4.3.3"),
        _named(Scheme.ECDSA, "sha512", "1.2.840.10045.4.3.4"),
    ]
)
PSS = oid_bytes("1.2.840.113549.1.1.10")
MGF1 = oid_bytes("1.2.840.113549.1.1.8")
DIGESTS = {
    oid_bytes("2.16.840.1.101.3.4.2.1"): ("sha256", 32),
    oid_bytes("2.16.840.1.101.3.4.2.2"): ("sha384", 48),
    oid_bytes("2.16.840.1.101.3.4.2.3"): ("sha512", 64),
}


@lru_cache(maxsize=1024)
def signature_algorithm(encoded: bytes) -> SignatureAlgorithm:
    """Read an AlgorithmIdentifier. Raises DerError when it is none.

    ``parameters`` keeps what stands after the OID. PSS is named only in the three forms that the Baseline
    Requirements §7.1.3.2.1 allow; in any other its scheme is OTHER.
    """
    reader = Reader(der.only(encoded, der.SEQUENCE))
    oid = reader.value(der.OID)
    parameters = reader.rest()
    if oid == PSS:
        digest = _pss_digest(parameters)
        name = f"RSA-PSS + {digest.upper()}" if digest else "RSA-PSS"
        return SignatureAlgorithm(Scheme.PSS if digest else Scheme.OTHER, digest, name, parameters)
    known = ALGORITHMS.get(oid)
    if known is None:
        return SignatureAlgorithm(Scheme.OTHER, "", OTHER_KEYS.get(oid, der.oid_text(oid)), parameters)
    return SignatureAlgorithm(known.scheme, known.digest, known.name, parameters)


def _pss_digest(parameters: bytes) -> str:
    try:
        fields = Reader(der.only(parameters, der.SEQUENCE))
        hashing = Reader(der.only(fields.value(0xA0), der.SEQUENCE))
        digest, size = DIGESTS.get(hashing.value(der.OID), ("", 0))
        mask = Reader(der.only(fields.value(0xA1), der.SEQUENCE))
        if mask.value(der.OID) != MGF1:
            return ""
        mask_digest, _size = DIGESTS.get(Reader(mask.value(der.SEQUENCE)).value(der.OID), ("", 0))
        salt = der.only(fields.value(0xA2), der.INTEGER)
        fields.finish()
    except DerError:
        return ""
    return digest if digest == mask_digest and salt == bytes([size]) else ""


_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - only to tell "old" from "broken"; no verdict accepts it
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


@lru_cache(maxsize=1024)
def _loaded(key_info: bytes) -> object | None:
    try:
        return load_der_public_key(key_info)
    except X509_DAMAGES:
        return None


def is_loadable(key_info: bytes) -> bool:
    """Whether the key is one at all: a point on its curve, a modulus that can be one."""
    return _loaded(key_info) is not None


def is_off_its_curve(key_info: bytes) -> bool:
    """Whether it looks like a point of a curve that servers sign with, and is none: nothing it signs ever holds.

    Raises DerError when it is no key at all.
    """
    key = public_key(key_info)
    return key.curve in ("P-256", "P-384", "P-521") and not key.fault and not is_loadable(key_info)


@lru_cache(maxsize=16384)
def verifies(signed: bytes, algorithm: SignatureAlgorithm, signature: bytes, key_info: bytes) -> bool:
    """Whether ``signature`` (a whole BIT STRING content) over ``signed`` was made by this key."""
    if signature[:1] != b"\x00":
        return False
    key = _loaded(key_info)
    digest = _HASHES.get(algorithm.digest)
    if key is None or digest is None:
        return False
    if isinstance(key, rsa.RSAPublicKey) and algorithm.scheme in (Scheme.PKCS1, Scheme.PSS):
        pad: padding.AsymmetricPadding = padding.PKCS1v15()
        if algorithm.scheme is Scheme.PSS:
            pad = padding.PSS(padding.MGF1(digest), digest.digest_size)
        check = partial(key.verify, signature[1:], signed, pad, digest)
    elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm.scheme is Scheme.ECDSA:
        check = partial(key.verify, signature[1:], signed, ec.ECDSA(digest))
    else:
        return False
    try:
        check()
    except X509_DAMAGES:
        return False
    return True

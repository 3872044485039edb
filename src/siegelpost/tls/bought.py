"""What a shop sends: certificates and keys as PEM, DER, PKCS #7 and PKCS #12, in any order and mixture."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
    pkcs7,
    pkcs12,
)

from siegelpost.tls.chain import MOST_CERTIFICATES
from siegelpost.tls.store import StoreError


class NotImportable(StoreError):
    """These files give no certificate with its key; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate with its intermediates in order, without the root, and its private key."""

    chain_pem: str
    key_pem: bytes


@dataclass(frozen=True, slots=True)
class _Found:
    certificates: tuple[x509.Certificate, ...] = ()
    keys: tuple[PrivateKeyTypes, ...] = ()


def read_bought(files: Iterable[bytes], passwords: Iterable[bytes] = ()) -> Pair:
    """Find the one private key in these files, the certificate it belongs to, and what stands above that.

    Args:
        files: their contents, in any order.
        passwords: tried for whatever is encrypted, besides none and the empty one.

    Raises:
        NotImportable: a file is of no known form, the password is wrong, or key and certificate do not meet.
    """
    tried = [None, b"", *passwords]
    found = [_open(content, tried) for content in files]
    certificates = list(dict.fromkeys(each for part in found for each in part.certificates))
    keys = {_public(key.public_key()): key for part in found for key in part.keys}
    if not certificates:
        raise NotImportable("there is no certificate in these files")
    if len(certificates) > MOST_CERTIFICATES:
        raise NotImportable(f"these files hold more than {MOST_CERTIFICATES} certificates")
    if len(keys) != 1:
        raise NotImportable(f"these files hold {len(keys)} private keys; exactly one is needed")
    [(public, key)] = keys.items()
    leaf = next((each for each in certificates if _public(each.public_key()) == public), None)
    if leaf is None:
        raise NotImportable("the private key belongs to none of these certificates")
    chain = _sorted(leaf, certificates)
    return Pair(
        "".join(each.public_bytes(Encoding.PEM).decode() for each in chain),
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )


def _public(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _sorted(leaf: x509.Certificate, certificates: list[x509.Certificate]) -> list[x509.Certificate]:
    """The leaf and each issuer above it; the root stays out, as visitors have it or do not trust it."""
    chain = [leaf]
    while above := next((each for each in certificates if each not in chain and _issued(each, chain[-1])), None):
        if above.subject == above.issuer:
            break
        chain.append(above)
    return chain


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _open(content: bytes, passwords: list[bytes | None]) -> _Found:
    readers: tuple[Callable[[bytes, bytes | None], _Found], ...] = _PEM if b"-----BEGIN " in content else _DER
    found: list[_Found] = []
    for reader in readers:
        for password in passwords:
            try:
                found.append(reader(content, password))
            except (ValueError, TypeError, UnsupportedAlgorithm):
                continue
            break
    whole = _Found(
        tuple(each for part in found for each in part.certificates), tuple(key for part in found for key in part.keys)
    )
    # OpenSSL gives the same error for a wrong password and for a broken file.
    encrypted_only = b"PRIVATE KEY-----" in content and not whole.keys
    if encrypted_only or not (whole.certificates or whole.keys):
        raise NotImportable("a file cannot be read: its password is wrong, or it is damaged or of no known form")
    return whole


def _pem_certificates(content: bytes, _password: bytes | None) -> _Found:
    return _Found(tuple(x509.load_pem_x509_certificates(content)))


def _pem_pkcs7(content: bytes, _password: bytes | None) -> _Found:
    return _Found(tuple(pkcs7.load_pem_pkcs7_certificates(content)))


def _pem_key(content: bytes, password: bytes | None) -> _Found:
    return _Found(keys=(load_pem_private_key(content, password),))


def _der_certificate(content: bytes, _password: bytes | None) -> _Found:
    return _Found((x509.load_der_x509_certificate(content),))


def _der_pkcs7(content: bytes, _password: bytes | None) -> _Found:
    return _Found(tuple(pkcs7.load_der_pkcs7_certificates(content)))


def _der_key(content: bytes, password: bytes | None) -> _Found:
    return _Found(keys=(load_der_private_key(content, password),))


def _pkcs12(content: bytes, password: bytes | None) -> _Found:
    opened = pkcs12.load_pkcs12(content, password)
    certificates = ([opened.cert] if opened.cert else []) + opened.additional_certs
    return _Found(tuple(each.certificate for each in certificates), (opened.key,) if opened.key else ())


_PEM = (_pem_certificates, _pem_pkcs7, _pem_key)
_DER = (_der_certificate, _der_pkcs7, _der_key, _pkcs12)

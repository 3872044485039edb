"""The forms in which shops send certificates and keys: PEM, DER, PKCS #7, PKCS #12, and a zip of these.

What a file is called says nothing about what it holds, so every reader has its try.
"""

import base64
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    load_der_private_key,
    load_pem_private_key,
    pkcs7,
    pkcs12,
)

from siegelpost.doctor.x509.chain import ChainError, from_pem
from siegelpost.tls import key_costs
from siegelpost.toolbox.damages import X509_DAMAGES, ZIP_DAMAGES

MOST_BYTES = 2 * 1024 * 1024
MOST_IN_ZIP = 20
_KEY = re.compile(rb"-----BEGIN ([A-Z ]*PRIVATE KEY)-----[^-]{1,60000}-----END \1-----")
_PKCS7 = re.compile(rb"-----BEGIN (?:PKCS7|PKCS #7 SIGNED DATA|CMS)-----([^-]{1,400000})-----END ")
_BYTE_ORDER = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


class UnreadableError(Exception):
    """The password is wrong, or the file is damaged or of no known form: OpenSSL does not tell these apart."""


class TooDearError(UnreadableError):
    """Opening it would cost more than anybody would wait for; the file itself has chosen so."""


@dataclass(frozen=True, slots=True)
class FileContents:
    """What a file holds."""

    certificates: tuple[x509.Certificate, ...] = ()
    keys: tuple[PrivateKeyTypes, ...] = ()


def read(content: bytes, passwords: Iterable[bytes] = ()) -> FileContents:
    """Everything that this file holds.

    Args:
        content: the file, of any form.
        passwords: tried for what is encrypted, besides none and the empty one.

    Raises:
        UnreadableError: nothing could be read, or not all.
        TooDearError: opening it would take too long.
    """
    tried = [None, b"", *(form for password in passwords for form in _forms(password))]
    return _gathered(_read(member, tried) for member in _members(content))


def _gathered(parts: Iterable[FileContents]) -> FileContents:
    parts = list(parts)
    return FileContents(
        tuple(each for part in parts for each in part.certificates), tuple(key for part in parts for key in part.keys)
    )


def _forms(password: bytes) -> Iterator[bytes]:
    """A password as programs write it into PKCS #12: as Unicode, and as old ones did, byte by byte."""
    try:
        text = password.decode()
    except UnicodeDecodeError:  # a text file of an older Windows
        text = password.decode("cp1252", "replace")
    yield text.encode()
    yield text.encode().decode("latin-1").encode()
    with suppress(UnicodeEncodeError):
        yield text.encode("cp1252")


def _members(content: bytes) -> Iterator[bytes]:
    """The file itself, or what a zip holds that may matter."""
    if len(content) > MOST_BYTES:
        raise UnreadableError
    if not content.startswith(b"PK\x03\x04"):
        yield content
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [each for each in archive.infolist() if not each.is_dir() and each.file_size]
            if len(members) > MOST_IN_ZIP or sum(each.file_size for each in members) > MOST_BYTES:
                raise UnreadableError
            for each in members:
                if not each.filename.lower().endswith((".txt", ".pdf", ".html", ".htm")):
                    yield archive.read(each)
    except ZIP_DAMAGES as error:
        raise UnreadableError from error


def _read(content: bytes, passwords: list[bytes | None]) -> FileContents:
    encoding = _BYTE_ORDER.get(content[:2])
    if encoding:  # "Unicode" of the Windows editor
        content = content.decode(encoding, "replace").encode("ascii", "replace")
    if b"-----BEGIN " in content:
        return _pem(content, passwords)
    _check_costs(content)
    for reader in _DER:
        for password in passwords:
            with suppress(*X509_DAMAGES):
                return reader(content, password)
    raise UnreadableError


def _check_costs(content: bytes) -> None:
    if not key_costs.are_bearable(content):
        raise TooDearError


def _pem(content: bytes, passwords: list[bytes | None]) -> FileContents:
    try:
        blobs = from_pem(content)
        for blob in blobs:
            _check_costs(blob)
        certificates = [each for blob in blobs for each in _certificates(blob)]
        for block in _PKCS7.finditer(content):
            armoured = b"-----BEGIN PKCS7-----" + block[1] + b"-----END PKCS7-----\n"
            certificates += pkcs7.load_pem_pkcs7_certificates(armoured)
    except (ChainError, *X509_DAMAGES) as error:
        raise UnreadableError from error
    keys = tuple(_key(block[0] + b"\n", passwords) for block in _KEY.finditer(content))
    if not (certificates or keys):
        raise UnreadableError
    return FileContents(tuple(certificates), keys)


def _certificates(blob: bytes) -> list[x509.Certificate]:
    """Some shops put PKCS #7 between the words BEGIN CERTIFICATE and END CERTIFICATE."""
    try:
        return [x509.load_der_x509_certificate(blob)]
    except X509_DAMAGES:
        return pkcs7.load_der_pkcs7_certificates(blob)


def _key(block: bytes, passwords: list[bytes | None]) -> PrivateKeyTypes:
    with suppress(ValueError):  # with a header (DEK-Info) it is no base64, and hashed once
        _check_costs(base64.b64decode(block.partition(b"-----\n")[2].partition(b"-----END")[0]))
    for password in passwords:
        with suppress(*X509_DAMAGES):
            return load_pem_private_key(block, password)
    raise UnreadableError


def _der_certificate(content: bytes, _password: bytes | None) -> FileContents:
    return FileContents((x509.load_der_x509_certificate(content),))


def _der_pkcs7(content: bytes, _password: bytes | None) -> FileContents:
    return FileContents(tuple(pkcs7.load_der_pkcs7_certificates(content)))


def _der_key(content: bytes, password: bytes | None) -> FileContents:
    return FileContents(keys=(load_der_private_key(content, password),))


def _pkcs12(content: bytes, password: bytes | None) -> FileContents:
    opened = pkcs12.load_pkcs12(content, password)
    certificates = ([opened.cert] if opened.cert else []) + opened.additional_certs
    return FileContents(tuple(each.certificate for each in certificates), (opened.key,) if opened.key else ())


_DER: tuple[Callable[[bytes, bytes | None], FileContents], ...] = (_der_certificate, _der_pkcs7, _der_key, _pkcs12)

"""Requests for certificates that are bought: key and CSR are made here, and the key never leaves.

::

    tls/requests/<id>/key.pem      PKCS #8, encrypted as in the store (0600)
    tls/requests/<id>/csr.pem      what the shop wants (RFC 2986)
    tls/requests/<id>/about.json   names, kind of key, when it was made

A request waits until its certificate is taken in, or somebody gives it up.
"""

import json
import secrets
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import idna
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import NameOID

from siegelpost.doctor.texts.language import fill
from siegelpost.tls.naming import is_ip_address, key_fingerprint
from siegelpost.tls.refusals import REASONS, RefusalReason
from siegelpost.tls.store import Store, StoreError
from siegelpost.toolbox.durable import new_folder, write_durably

_MAX_COMMON_NAME = 64
_NO_PUBLIC_ENDINGS = ("local", "localhost", "lan", "home", "internal", "intranet", "corp", "arpa")


class RequestKey(StrEnum):
    """The keys every browser takes."""

    P256 = "p256"
    RSA_2048 = "rsa2048"
    RSA_3072 = "rsa3072"


class NoPublicNameError(StoreError):
    """No public authority issues a certificate for this name."""

    reason = RefusalReason.NO_PUBLIC_NAME

    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} is no public name")
        self.name = name

    def text(self, language: str) -> str:
        """What stands against it, and what to do, for people."""
        return fill(REASONS[self.reason], language, {"name": self.name})


@dataclass(frozen=True, slots=True)
class Request:
    """One order that waits for its certificate; ``fingerprint`` is its public key's, ``created_at`` is UTC."""

    id: str
    names: tuple[str, ...]
    key_type: RequestKey
    created_at: datetime
    fingerprint: str
    csr_pem: str


class Requests:
    """The pending requests of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._folder = store.folder / "requests"

    def make(
        self,
        names: Sequence[str],
        key_type: RequestKey = RequestKey.P256,
        *,
        organisation: str = "",
        city: str = "",
        at: datetime | None = None,
    ) -> Request:
        """A new key and its CSR.

        Args:
            names: public host names, also with umlauts or a wildcard, the most important one first.
            key_type: what key to make.
            organisation: the office's registered name, for certificates that carry it (OV, EV).
            city: its seat, likewise.
            at: the moment of making, aware; now by default.

        Raises:
            NoPublicNameError: a name that cannot be bought for.
        """
        if not names:
            raise NoPublicNameError("")
        ascii_names = list(dict.fromkeys(map(_public_name, names)))
        key = _new_key(key_type)
        csr = _csr(key, ascii_names, organisation.strip(), city.strip())
        at = at or datetime.now(UTC)
        id = f"{at:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
        about = {"names": ascii_names, "key_type": key_type.value, "created_at": at.isoformat()}
        sealed = self._store.seal(key)
        with new_folder(self._folder / id) as made:
            write_durably(made / "key.pem", sealed)
            write_durably(made / "csr.pem", csr)
            write_durably(made / "about.json", json.dumps(about).encode())
        return self.get(id)

    def pending(self) -> list[Request]:
        """All requests that wait, the latest first."""
        with suppress(OSError):
            ids = sorted((each.name for each in self._folder.iterdir()), reverse=True)
            return [request for id in ids if (request := self._read(id))]
        return []

    def get(self, id: str) -> Request:
        """One request.

        Raises:
            KeyError: none waits under this id.
        """
        request = self._read(id)
        if request is None:
            raise KeyError(id)
        return request

    def keys(self) -> list[PrivateKeyTypes]:
        """The private keys of all requests; one that cannot be opened is left out."""
        found = []
        for request in self.pending():
            with suppress(StoreError, OSError):
                found.append(self._store.unseal((self._folder / request.id / "key.pem").read_bytes()))
        return found

    def forget(self, id: str) -> None:
        """Give a request up, with its key; unknown ones are gone already.

        Its certificate can no longer be taken in afterwards, unless it is there already.
        """
        if self._read(id):
            shutil.rmtree(self._folder / id, ignore_errors=True)

    def fulfilled(self, fingerprint: str) -> None:
        """The certificate for this public key is stored, with its key: nothing waits for it any more."""
        for request in self.pending():
            if request.fingerprint == fingerprint:
                self.forget(request.id)

    def _read(self, id: str) -> Request | None:
        if not id.replace("-", "").isalnum():
            return None
        folder = self._folder / id
        try:
            about = json.loads((folder / "about.json").read_text())
            csr_pem = (folder / "csr.pem").read_text()
            csr = x509.load_pem_x509_csr(csr_pem.encode())
            return Request(
                id,
                tuple(about["names"]),
                RequestKey(about["key_type"]),
                datetime.fromisoformat(about["created_at"]),
                key_fingerprint(csr.public_key()),
                csr_pem,
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None


def _public_name(name: str) -> str:
    name = name.strip().lower().rstrip(".")
    prefix, host = ("*.", name[2:]) if name.startswith("*.") else ("", name)
    if is_ip_address(host):  # shops sell none; the automatic way can
        raise NoPublicNameError(name)
    try:
        host = idna.encode(host, uts46=True).decode()
    except idna.IDNAError as error:
        raise NoPublicNameError(name) from error
    if "." not in host or host.rpartition(".")[2] in _NO_PUBLIC_ENDINGS:
        raise NoPublicNameError(name)
    return prefix + host


def _new_key(key_type: RequestKey) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
    if key_type is RequestKey.P256:
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=3072 if key_type is RequestKey.RSA_3072 else 2048)


def _csr(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, names: list[str], organisation: str, city: str) -> bytes:
    subject = []
    if organisation:
        subject.append(x509.NameAttribute(NameOID.COUNTRY_NAME, "DE"))
        if city:
            subject.append(x509.NameAttribute(NameOID.LOCALITY_NAME, city[:128]))
        subject.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]))
    if len(names[0]) <= _MAX_COMMON_NAME:
        subject.append(x509.NameAttribute(NameOID.COMMON_NAME, names[0]))
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(subject))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(each) for each in names]), critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

"""Where every certificate of this installation ends, wherever it came from, with its history.

::

    tls/passphrase                     encrypts the private keys, unless the environment gives one (0600)
    tls/certificates/<id>/chain.pem    the certificate and its intermediates
    tls/certificates/<id>/key.pem      PKCS #8, encrypted (0600)
    tls/certificates/<id>/about.json   what is known of it
    tls/active                         what is served: generation, ids in their order, what was served before
    tls/lock                           held while something of this is changed

A stored certificate never changes, and is there wholly or not at all. ``active`` is small and replaced as
one: other processes look at its ``stat`` to notice a new generation.
"""

import json
import secrets
import shutil
import ssl
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from siegelpost.doctor.texts.language import fill
from siegelpost.tls.naming import key_fingerprint, names_of
from siegelpost.tls.refusals import REASONS, RefusalReason
from siegelpost.toolbox.damages import X509_DAMAGES
from siegelpost.toolbox.durable import create_durably, new_folder, replace_durably, write_durably
from siegelpost.toolbox.locks import alone

# Where keys lie that the passphrase has sealed; what is still being written begins with a dot.
SEALED = ("certificates/[!.]*/key.pem", "requests/[!.]*/key.pem", "acme/accounts/[!.]*/key.pem")
_REMEMBERED = 20
# As much as a certificate with its chain and key takes.
_TESTED = 16 * 1024
_MOMENTS = ("not_before", "not_after", "added_at")


class Source(StrEnum):
    """Where a certificate came from."""

    SELF_SIGNED = "self-signed"
    ACME = "acme"
    IMPORTED = "imported"


class StoreError(Exception):
    """Something was not stored or activated; what was served before still is."""

    reason = RefusalReason.UNUSABLE

    def text(self, language: str) -> str:
        """What stands against it, and what to do, for people."""
        return fill(REASONS[self.reason], language, {"detail": str(self)})


class NotStoredError(StoreError):
    """No certificate with this id is stored."""

    reason = RefusalReason.NOT_STORED


class UnusableError(StoreError):
    """The certificate or its key cannot be read, or OpenSSL does not take them."""


class KeyMismatchError(UnusableError):
    """The private key is not this certificate's; the message names the SHA-256 of both public keys."""


class NotWritableError(StoreError):
    """The folder cannot be written to, or does not keep what is written: nothing can be stored."""


class OvertakenError(StoreError):
    """Somebody has changed meanwhile what is served."""


class NothingBeforeError(StoreError):
    """There is no earlier state to go back to."""

    reason = RefusalReason.NOTHING_BEFORE


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known of one stored certificate; moments are aware, UTC."""

    id: str
    source: Source
    names: tuple[str, ...]
    key_type: str
    issuer: str
    not_before: datetime
    not_after: datetime
    fingerprint: str
    added_at: datetime

    @property
    def self_signed(self) -> bool:
        """Made here at the first start: served only while there is nothing else."""
        return self.source is Source.SELF_SIGNED

    def valid_at(self, moment: datetime) -> bool:
        """Whether the moment lies within the validity."""
        return self.not_before <= moment <= self.not_after

    def as_json(self) -> dict[str, Any]:
        """As kept in ``about.json``; times in ISO 8601."""
        return asdict(self) | {name: getattr(self, name).isoformat() for name in _MOMENTS}

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The reverse; raises ValueError, TypeError or KeyError for anything else."""
        values = {each.name: value for each in fields(cls) if (value := json.loads(text)[each.name]) is not None}
        values |= {moment: datetime.fromisoformat(values[moment]) for moment in _MOMENTS}
        return cls(**values | {"source": Source(values["source"]), "names": tuple(values["names"])})


@dataclass(frozen=True, slots=True)
class Active:
    """What is served; ``before`` is what was served in earlier generations, the latest last.

    ``by`` names who changed it, where that was no page and no order; ``put_in`` with which generation each came into
    use, or came back (unknown for what an earlier version put in).
    """

    generation: int = 0
    ids: tuple[str, ...] = ()
    before: tuple[tuple[str, ...], ...] = ()
    by: str = ""
    put_in: Mapping[str, int] = field(default_factory=dict)


class Store:
    """The certificates of one installation; any number of processes may use it at once.

    Args:
        folder: made (0700) when something is first stored.
        passphrase: encrypts the private keys; by default 32 random bytes kept in the folder.
    """

    def __init__(self, folder: Path, passphrase: bytes | None = None) -> None:
        self.folder = folder
        self._given_passphrase = passphrase

    # Reading

    @property
    def active_file(self) -> Path:
        """Replaced by each new generation."""
        return self.folder / "active"

    @property
    def generation(self) -> int:
        """Grows with every change of what is served; 0 before the first."""
        return self.active().generation

    def active(self) -> Active:
        """What is to be served; empty when nothing was activated yet, or the file is lost or broken."""
        try:
            content = json.loads(self.active_file.read_text())
            before = tuple(map(tuple, content["before"]))
            put_in = dict(content.get("put_in", {}))
            return Active(content["generation"], tuple(content["ids"]), before, content.get("by", ""), put_in)
        except (OSError, ValueError, KeyError, TypeError):
            return Active()

    def history(self) -> list[Stored]:
        """All stored certificates that can be read, the latest first."""
        with suppress(OSError):
            ids = sorted((folder.name for folder in self._certificates.iterdir()), reverse=True)
            return [stored for id in ids if (stored := self._read(id))]
        return []

    def get(self, id: str) -> Stored:
        """One stored certificate.

        Raises:
            NotStoredError: there is none with this id.
        """
        stored = self._read(id)
        if stored is None:
            raise NotStoredError(f"no certificate {id!r} is stored here")
        return stored

    def current(self) -> list[Stored]:
        """What is to be served, in the order of activation.

        When the active certificates are lost, or it is lost which they were, all others take their place, the
        latest first: a warning is better than no answer, and a good certificate better than a warning.
        """
        found = [stored for id in self.active().ids if (stored := self._read(id))]
        return found or self.history()

    def chain_pem(self, id: str) -> str:
        """The certificate and its intermediates."""
        self.get(id)
        return (self._certificates / id / "chain.pem").read_text()

    def private_key(self, id: str) -> PrivateKeyTypes:
        """The certificate's key, opened, for what is served by another library than the front's.

        Raises:
            NotStoredError, UnusableError: it is not there, or cannot be opened.
        """
        self.get(id)
        try:
            sealed = (self._certificates / id / "key.pem").read_bytes()
        except OSError as error:
            raise UnusableError(f"certificate {id} has no key that can be read: {error}") from error
        return self.unseal(sealed)

    def load_into(self, context: ssl.SSLContext, id: str) -> None:
        """Load certificate and key into a context that is not in use yet.

        Raises:
            NotStoredError, UnusableError: with the context in an unknown state; throw it away.
        """
        self.get(id)
        folder = self._certificates / id
        try:
            context.load_cert_chain(folder / "chain.pem", folder / "key.pem", self.passphrase())
        except (OSError, ValueError) as error:  # an ssl.SSLError is an OSError
            raise UnusableError(f"certificate {id} cannot be loaded: {error}") from error

    # Keys

    def seal(self, key: PrivateKeyTypes) -> bytes:
        """A private key as PKCS #8 (PEM), encrypted with this store's passphrase."""
        return key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(self.passphrase()),
        )

    def unseal(self, sealed: bytes) -> PrivateKeyTypes:
        """The reverse; raises UnusableError when it was sealed with another passphrase, or is damaged."""
        try:
            return serialization.load_pem_private_key(sealed, self.passphrase())
        except (ValueError, TypeError, OSError, UnsupportedAlgorithm) as error:
            raise UnusableError(
                "a private key cannot be opened: the passphrase is another, or it is damaged"
            ) from error

    # Changing

    def add(self, chain_pem: str, key_pem: str | bytes, source: Source, *, at: datetime | None = None) -> Stored:
        """Store a certificate with its key; nothing is served yet. Adding the same again gives the stored one.

        Args:
            chain_pem: the certificate first, its intermediates after it.
            key_pem: the private key, not encrypted.
            source: where it came from.
            at: the moment of adding, aware; now by default.

        Raises:
            KeyMismatchError: the key belongs to another certificate.
            UnusableError: something cannot be read, or OpenSSL refuses it.
        """
        leaf, key = _read_pair(chain_pem, key_pem)
        at = at or datetime.now(UTC)
        fingerprint = leaf.fingerprint(hashes.SHA256()).hex()
        stored = Stored(
            id=f"{at:%Y%m%dT%H%M%S%f}-{fingerprint[:8]}",
            source=source,
            names=names_of(leaf),
            key_type="rsa" if isinstance(key, rsa.RSAPrivateKey) else "ecdsa",
            issuer=leaf.issuer.rfc4514_string(),
            not_before=leaf.not_valid_before_utc,
            not_after=leaf.not_valid_after_utc,
            fingerprint=fingerprint,
            added_at=at,
        )
        with self.locked():
            for other in self.history():
                if other.fingerprint == fingerprint:
                    return other
            for left in self._certificates.glob(".*"):  # by a process that was killed: we hold the lock
                shutil.rmtree(left, ignore_errors=True)
            self._write(stored, chain_pem, key)
        return stored

    def activate(self, *ids: str, by: str = "", after: Active | None = None) -> Active:
        """Serve these from now on, together, in this order: they take the place of every one they make
        needless.

        Needless are active certificates all of whose names the new ones have, and self-signed ones. So an RSA
        and an ECDSA certificate for the same name are given in one call.

        Args:
            ids: the most preferred first.
            by: see :class:`Active`.
            after: what is expected to be served until now.

        Raises:
            OvertakenError: something else than ``after`` is served; nothing has changed.
            NotStoredError, UnusableError: one of them cannot be served; nothing has changed.
        """
        if not ids:
            raise ValueError("give at least one certificate")
        new = [self.get(id) for id in dict.fromkeys(ids)]
        for stored in new:
            self.load_into(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), stored.id)
        names = {name for stored in new for name in stored.names}
        with self.locked():
            active = self.active()
            if after is not None and active != after:
                raise OvertakenError("what is served has been changed meanwhile")
            others = [each for id in active.ids if (each := self._read(id)) and each not in new]
            kept = [each.id for each in others if not each.self_signed and not names.issuperset(each.names)]
            before = (*active.before, active.ids)[-_REMEMBERED:] if active.ids else active.before
            return self._serve([each.id for each in new], kept, before, active, by)

    def rollback(self, *, by: str = "") -> Active:
        """Serve again what was served before the last activation; once more goes back one further.

        Raises:
            NothingBeforeError: this is the first state, or what was served then is no longer stored.
        """
        with self.locked():
            active = self.active()
            index, ids = self._earlier(active)
            return self._serve(ids, (), active.before[:index], active, by)

    def previous(self) -> list[Stored]:
        """What :meth:`rollback` would serve again; empty when there is nothing to go back to."""
        try:
            return [self.get(id) for id in self._earlier(self.active())[1]]
        except StoreError:
            return []

    # Inside

    def _earlier(self, active: Active) -> tuple[int, tuple[str, ...]]:
        """The last state that differs from this one and is still stored, and its place in ``before``."""
        for index in range(len(active.before) - 1, -1, -1):
            ids = tuple(id for id in active.before[index] if self._read(id))
            if ids and ids != active.ids:
                return index, ids
        raise NothingBeforeError("there is no earlier certificate to go back to")

    @property
    def _certificates(self) -> Path:
        return self.folder / "certificates"

    def _read(self, id: str) -> Stored | None:
        if not id.replace("-", "").isalnum():
            return None
        try:
            return Stored.from_json((self._certificates / id / "about.json").read_text())
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _write(self, stored: Stored, chain_pem: str, key: PrivateKeyTypes) -> None:
        encrypted = self.seal(key)
        with new_folder(self._certificates / stored.id) as made:
            write_durably(made / "chain.pem", chain_pem.encode())
            write_durably(made / "key.pem", encrypted)
            write_durably(made / "about.json", json.dumps(stored.as_json(), indent=1, ensure_ascii=False).encode())
            try:
                server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                server_side.load_cert_chain(made / "chain.pem", made / "key.pem", self.passphrase())
            except ssl.SSLError as error:
                raise UnusableError(f"OpenSSL does not take this certificate: {error}") from error

    def _serve(
        self, new: Sequence[str], kept: Sequence[str], before: tuple[tuple[str, ...], ...], last: Active, by: str
    ) -> Active:
        generation = last.generation + 1
        put_in = {id: last.put_in[id] for id in kept if id in last.put_in} | dict.fromkeys(new, generation)
        active = Active(generation, (*new, *kept), before, by, put_in)
        replace_durably(self.active_file, json.dumps(asdict(active)).encode())
        return active

    def passphrase(self) -> bytes:
        """What encrypts the keys and other secrets here; made only before there are any (else FileNotFoundError)."""
        if self._given_passphrase:
            return self._given_passphrase
        file = self.folder / "passphrase"
        if not file.exists() and not any(found for pattern in SEALED for found in self.folder.glob(pattern)):
            create_durably(file, secrets.token_urlsafe(32).encode())
        return file.read_bytes()

    def self_test(self) -> None:
        """Write something, read it back, take it away again: whether a certificate could be stored now.

        Raises:
            NotWritableError: it could not; the message says why.
        """
        content = secrets.token_bytes(_TESTED)
        file = self.folder / f".self-test-{secrets.token_hex(8)}"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                write_durably(file, content)
                read = file.read_bytes()
            finally:
                file.unlink(missing_ok=True)
        except OSError as error:
            raise NotWritableError(f"{self.folder} cannot be written to: {error.strerror}") from error
        if read != content:
            raise NotWritableError(f"{self.folder} does not give back what was written to it")

    def locked(self) -> AbstractContextManager[None]:
        """Alone of all processes and nodes, for a moment."""
        return alone(self.folder / "lock")


def _read_pair(chain_pem: str, key_pem: str | bytes) -> tuple[x509.Certificate, PrivateKeyTypes]:
    try:
        chain = x509.load_pem_x509_certificates(chain_pem.encode())
        key = serialization.load_pem_private_key(
            key_pem.encode() if isinstance(key_pem, str) else key_pem, password=None
        )
        public = chain[0].public_key()
    except X509_DAMAGES as error:
        raise UnusableError(f"this certificate or key cannot be read: {error}") from error
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise UnusableError("browsers take RSA and ECDSA keys only")
    of_certificate, of_key = key_fingerprint(public), key_fingerprint(key.public_key())
    if of_certificate != of_key:
        raise KeyMismatchError(
            f"the private key does not belong to the certificate: "
            f"the certificate's public key has SHA-256 {of_certificate}, the private key's has {of_key}"
        )
    return chain[0], key

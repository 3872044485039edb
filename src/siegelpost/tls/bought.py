"""A certificate that was bought, from the shop's files into the store: read, completed, judged, weighed."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from siegelpost.doctor.judge import judge
from siegelpost.doctor.judgement import Judgement
from siegelpost.doctor.judgement_words import JudgementWords
from siegelpost.doctor.live.aia import complete
from siegelpost.doctor.policy.cause import Cause
from siegelpost.doctor.texts.language import fill
from siegelpost.doctor.x509.chain import MOST_CERTIFICATES
from siegelpost.foreign import room
from siegelpost.foreign.errors import BusyError, TooExpensiveError
from siegelpost.tls import containers
from siegelpost.tls.containers import FileContents, TooDearError, UnreadableError
from siegelpost.tls.csr import Requests
from siegelpost.tls.naming import key_fingerprint
from siegelpost.tls.refusals import LOSSES, REASONS, Loss, RefusalReason
from siegelpost.tls.store import Source, Store, Stored, StoreError
from siegelpost.toolbox.damages import X509_DAMAGES
from siegelpost.toolbox.deadline import Deadline
from siegelpost.toolbox.internet import Network

# A certificate that ends some hours earlier than the present one is no worse.
_HARDLY_EARLIER = timedelta(days=1)
_FETCH_SECONDS = 5.0
_INCOMPLETE = frozenset({Cause.MISSING_INTERMEDIATE, Cause.UNKNOWN_AUTHORITY})


class NotImportableError(StoreError):
    """These files give no certificate that could be served; ``reason`` and ``text()`` say why."""

    def __init__(self, reason: RefusalReason, judgement: Judgement | None = None, **values: Any) -> None:
        self.reason = reason
        self.judgement = judgement
        self._values = values
        super().__init__(self.text("en"))

    def __reduce__(self) -> tuple[type, tuple[RefusalReason], dict[str, Any]]:
        return type(self), (self.reason,), self.__dict__

    def text(self, language: str) -> str:
        """What stands against it, and what to do, for people."""
        values = self._values | ({"cause": cause_of(self.judgement, language)} if self.judgement else {})
        return fill(REASONS[self.reason], language, values)


@dataclass(frozen=True, slots=True)
class House:
    """What this installation knows that judging and completing a chain depends on.

    Args:
        host: the name or address that recipients open.
        local_roots: authorities that recipients' browsers trust besides those they ship, as DER.
        private_networks: where a missing intermediate may be fetched besides the open internet.
    """

    host: str
    local_roots: Sequence[bytes] = ()
    private_networks: Sequence[Network] = ()

    def judge(self, chain_pem: str, at: datetime | None = None) -> Judgement:
        """What browsers will say of this chain under the public name."""
        return judge(chain_pem, self.host, at=at, local_roots=self.local_roots)

    def judge_strange(self, chain_pem: str, at: datetime | None = None) -> Judgement:
        """The same of a chain that somebody has just handed in: looked at apart from the server.

        Raises:
            NotImportableError: that would cost too much, or nobody can do it now.
        """
        with _apart():
            return room.read(judge, chain_pem, self.host, at=at, local_roots=tuple(self.local_roots))


@dataclass(frozen=True, slots=True)
class CertifiedKey:
    """A certificate with its intermediates in order, without the root, and its private key."""

    chain: tuple[x509.Certificate, ...]
    key: PrivateKeyTypes

    @property
    def chain_pem(self) -> str:
        """As a server sends it."""
        return "".join(each.public_bytes(Encoding.PEM).decode() for each in self.chain)

    @property
    def key_pem(self) -> bytes:
        """PKCS #8, not encrypted."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@dataclass(frozen=True, slots=True)
class Comparison:
    """A certificate beside the present one: what browsers will say of it, and in what it is worse."""

    judgement: Judgement
    losses: dict[Loss, dict[str, Any]] = field(default_factory=dict)

    def told(self, language: str) -> list[str]:
        """The losses in sentences; none when it is at least as good."""
        return [
            fill(LOSSES[loss], language, values | {"cause": cause_of(self.judgement, language)})
            for loss, values in self.losses.items()
        ]


@dataclass(frozen=True, slots=True)
class Taken:
    """What was stored; ``fetched`` names the intermediates that were missing and were fetched."""

    stored: Stored
    weighed: Comparison
    fetched: tuple[str, ...] = ()


def take_in(
    store: Store, files: Iterable[bytes], passwords: Iterable[bytes], house: House, *, at: datetime | None = None
) -> Taken:
    """Store what a shop sent; nothing is served yet. May ask the network for a missing intermediate.

    Args:
        store: where it ends; the keys of its pending requests count as given.
        files: their contents, in any form, order and mixture.
        passwords: tried for whatever is encrypted, besides none and the empty one.
        house: whom it is judged for.
        at: the moment, aware; now by default.

    Raises:
        NotImportableError: the files do not give a certificate that browsers would accept here; nothing was stored.
    """
    requests = Requests(store)
    pair = read_bought(files, passwords, requests.keys())
    pair, fetched = _completed(pair, house, at)
    judgement = house.judge_strange(pair.chain_pem, at)
    if judgement.ok is False:
        raise NotImportableError(RefusalReason.NOT_ACCEPTED, judgement)
    if judgement.weakness:
        raise NotImportableError(RefusalReason.KEY_EXPOSED)
    stored = store.add(pair.chain_pem, pair.key_pem, Source.IMPORTED, at=at)
    requests.fulfilled(key_fingerprint(pair.key.public_key()))
    return Taken(stored, weigh(store, stored.id, house, at=at), fetched)


def weigh(store: Store, id: str, house: House, *, at: datetime | None = None) -> Comparison:
    """Whether serving this stored certificate would be worse than what is served now.

    Names that only the present one has are no loss: it stays active beside the new one.

    Raises:
        NotStoredError: there is none with this id.
    """
    at = at or datetime.now(UTC)
    wanted, present = store.get(id), [each for each in store.current() if each.id != id]
    judgement = house.judge(store.chain_pem(id), at)
    losses: dict[Loss, dict[str, Any]] = {}
    if judgement.ok is False:
        losses[Loss.REFUSED] = {}
    good = [each for each in present if not each.self_signed and house.judge(store.chain_pem(each.id), at).ok]
    if good:
        if judgement.ok is None:
            losses[Loss.UNSURE] = {}
        latest = max(each.not_after for each in good)
        if latest - wanted.not_after > _HARDLY_EARLIER:
            losses[Loss.EARLIER] = {"new": wanted.not_after, "present": latest}
    return Comparison(judgement, losses)


def weigh_back(store: Store, house: House, *, at: datetime | None = None) -> Comparison | None:
    """Whether going back to what was served before the last change would make it worse; None without a before.

    Nothing is a loss while what is served now is no good either.
    """
    weighed = [weigh(store, each.id, house, at=at) for each in store.previous()]
    if not weighed:
        return None
    best = min(weighed, key=lambda each: len(each.losses))
    good = any(house.judge(store.chain_pem(each.id), at).ok for each in store.current())
    return best if good else Comparison(best.judgement)


def cause_of(judgement: Judgement | None, language: str) -> str:
    """Why browsers refuse it, in one sentence; empty when they do not."""
    findings = [verdict.findings[0] for verdict in judgement.verdicts.values() if verdict.findings] if judgement else []
    return JudgementWords(judgement, language).cause(findings[0]) if judgement and findings else ""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What files hold that belong together: certificates from the leaf on and the key, as DER.

    ``key`` is None for one that waits here; ``fingerprint`` is its public key's.
    """

    chain: tuple[bytes, ...]
    key: bytes | None
    fingerprint: str


def read_bought(
    files: Iterable[bytes], passwords: Iterable[bytes] = (), pending: Iterable[PrivateKeyTypes] = ()
) -> CertifiedKey:
    """Find the certificate in these files whose private key is there too, and what stands above it.

    Args:
        files: their contents, in any order.
        passwords: tried for whatever is encrypted, besides none and the empty one.
        pending: keys that wait here for their certificates.

    Raises:
        NotImportableError: a file cannot be read, or no certificate meets its key.
    """
    waiting = {key_fingerprint(key.public_key()): key for key in pending}
    with _apart():  # the keys that wait here do not come near the bytes
        found = room.read(unpack, tuple(files), tuple(passwords), tuple(waiting))
    # It was looked at there, by computing with its primes.
    key = load_der_private_key(found.key, None, unsafe_skip_rsa_key_validation=True) if found.key else None
    return CertifiedKey(tuple(map(x509.load_der_x509_certificate, found.chain)), key or waiting[found.fingerprint])


@contextmanager
def _apart() -> Iterator[None]:
    try:
        yield
    except TooExpensiveError as error:
        raise NotImportableError(RefusalReason.TOO_DEAR) from error
    except BusyError as error:
        raise NotImportableError(RefusalReason.BUSY) from error


def unpack(files: tuple[bytes, ...], passwords: tuple[bytes, ...], pending: tuple[str, ...]) -> Unpacked:
    """As :func:`read_bought`, of which it is the part that reads; ``pending`` are fingerprints.

    Raises:
        NotImportableError: likewise.
    """
    try:
        return _unpacked(_read_all(files, list(passwords)), pending)
    except X509_DAMAGES as error:  # of a key or name that is looked into only now
        raise NotImportableError(RefusalReason.UNREADABLE) from error


def _unpacked(found: FileContents, pending: tuple[str, ...]) -> Unpacked:
    certificates = list(dict.fromkeys(found.certificates))
    if not certificates:
        raise NotImportableError(RefusalReason.NO_CERTIFICATE)
    if len(certificates) > MOST_CERTIFICATES:
        raise NotImportableError(RefusalReason.TOO_MANY, most=MOST_CERTIFICATES)
    waiting: dict[str, PrivateKeyTypes | None] = dict.fromkeys(pending)
    keys = waiting | {key_fingerprint(key.public_key()): key for key in found.keys}
    prints = {each: key_fingerprint(each.public_key()) for each in certificates}
    # A shop's bundle may hold last year's certificate for the same key.
    leaf = max((each for each in certificates if prints[each] in keys), key=_ends, default=None)
    if leaf is None:
        theirs = prints[_own(certificates)]
        if not found.keys:
            raise NotImportableError(RefusalReason.NO_KEY, certificate=theirs)
        given = [key_fingerprint(key.public_key()) for key in found.keys]
        raise NotImportableError(RefusalReason.KEY_MISMATCH, certificate=theirs, key=given)
    key = keys[prints[leaf]]
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | None):
        raise NotImportableError(RefusalReason.KEY_KIND)
    chain = tuple(each.public_bytes(Encoding.DER) for each in _sorted(leaf, certificates))
    form = (Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return Unpacked(chain, key.private_bytes(*form) if key else None, prints[leaf])


def _read_all(files: Iterable[bytes], passwords: list[bytes]) -> FileContents:
    try:
        found = [containers.read(content, passwords) for content in files]
    except TooDearError as error:
        raise NotImportableError(RefusalReason.TOO_DEAR) from error
    except UnreadableError as error:
        raise NotImportableError(RefusalReason.UNREADABLE) from error
    return FileContents(
        tuple(each for part in found for each in part.certificates), tuple(key for part in found for key in part.keys)
    )


def _ends(certificate: x509.Certificate) -> datetime:
    return certificate.not_valid_after_utc


def _own(certificates: list[x509.Certificate]) -> x509.Certificate:
    """Of a shop's files, the one that has issued none of the others: the office's own."""
    return next(
        (each for each in certificates if not any(_issued(each, other) for other in certificates)), certificates[0]
    )


def _sorted(leaf: x509.Certificate, certificates: list[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """The leaf and each issuer above it; the root stays out, as visitors have it or do not trust it."""
    chain = [leaf]
    others = sorted((each for each in certificates if each.subject != each.issuer), key=_ends, reverse=True)
    while above := next((each for each in others if each not in chain and _issued(each, chain[-1])), None):
        chain.append(above)
    return tuple(chain)


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except X509_DAMAGES:
        return False
    return True


def _completed(pair: CertifiedKey, house: House, at: datetime | None) -> tuple[CertifiedKey, tuple[str, ...]]:
    """The pair with the intermediates that the shop left out, if they are to be had where the certificate says."""
    judgement = house.judge_strange(pair.chain_pem, at)
    causes = {each.cause for verdict in judgement.verdicts.values() for each in verdict.findings}
    if not causes & _INCOMPLETE:
        return pair, ()
    chain = [each.public_bytes(Encoding.DER) for each in pair.chain]
    completion = complete(chain, Deadline(_FETCH_SECONDS), private=house.private_networks)
    try:
        more = [x509.load_der_x509_certificate(each) for each in completion.chain[len(chain) :]]
    except X509_DAMAGES:  # what a stranger's server gave
        return pair, ()
    whole = CertifiedKey(_sorted(pair.chain[0], [*pair.chain[1:], *more]), pair.key)
    return whole, tuple(each.subject.rfc4514_string() for each in more)

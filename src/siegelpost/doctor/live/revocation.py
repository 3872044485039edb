"""Whether an authority has taken certificates back: its lists (CRL, RFC 5280 §5), asked for on request and once a day.

A list is believed when the issuer signed it, when it is of today, and when it is the one that is about this
certificate: authorities cut their lists into pieces, and a piece is silent about what stands in others. Everything else
leaves the answer open. Browsers do not ask these lists themselves: what each does instead is said with the answer.
"""

import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.extensions import ExtensionNotFound

from siegelpost.doctor.der import DerError
from siegelpost.doctor.x509.certificate import parse
from siegelpost.toolbox.deadline import Deadline
from siegelpost.toolbox.internet import Network
from siegelpost.toolbox.outgoing import CRL, DestinationRefusedError, destination, exchange

MOST_LISTS = 4

Fetch = Callable[[str], bytes]


class RevocationState(StrEnum):
    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


class Why(StrEnum):
    """What leaves the answer open."""

    NO_LIST = "no_list"
    NOT_REACHED = "not_reached"
    NOT_THE_ISSUERS = "not_the_issuers"
    OLD = "old"
    ANOTHER_PIECE = "another_piece"
    UNREADABLE = "unreadable"
    NO_ISSUER = "no_issuer"


@dataclass(frozen=True, slots=True)
class Revocation:
    """The answer about one certificate; ``since`` and ``reason`` (RFC 5280 §5.3.1) where it was taken back."""

    subject: str
    serial: str
    authority: bool
    state: RevocationState
    why: Why | None = None
    since: datetime | None = None
    reason: str = ""


class ListError(Exception):
    """A list that says nothing about this certificate."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


def fetched(private: Sequence[Network] = ()) -> Fetch:
    """Fetches lists by the one rule for requests to addresses that others have named, within one deadline."""
    deadline = Deadline(CRL.seconds)

    def fetch(url: str) -> bytes:
        try:
            to = destination(url, CRL, private=private, deadline=deadline)
            reply = exchange(to, CRL, context=_unverified(), deadline=deadline)
        except (socket.gaierror, OSError, DestinationRefusedError) as error:
            raise ListError(Why.NOT_REACHED) from error
        if reply.status != 200:
            raise ListError(Why.NOT_REACHED)
        return reply.body

    return fetch


@cache
def _unverified() -> ssl.SSLContext:
    """Whoever serves it: a list is believed for its own signature."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def ask(
    chain: Sequence[bytes], fetch: Fetch, *, roots: Sequence[bytes] = (), at: datetime | None = None
) -> list[Revocation]:
    """The answer about each certificate of a chain that is no root. Never raises for what is in it or in the lists.

    Args:
        roots: authorities, among which the issuer of the last one may be.
    """
    moment = at or datetime.now(UTC)
    sent = [each for each in map(_read, chain) if each is not None]
    wanted = {name for each in chain if (name := _name(each, "issuer")) is not None}
    above = [each for each in map(_read, (root for root in roots if _name(root, "subject") in wanted)) if each]
    readable = [*sent, *above]
    answers = []
    for certificate in sent:
        if certificate.subject == certificate.issuer:
            continue
        issuer = next((each for each in readable if _issued(each, certificate)), None)
        answers.append(_answer(certificate, issuer, fetch, moment))
    return answers


def _name(blob: bytes, whose: str) -> bytes | None:
    """The issuer's or the subject's name as it is encoded; of what cannot be read, none."""
    try:
        certificate = parse(blob)
    except DerError:
        return None
    return certificate.issuer if whose == "issuer" else certificate.subject


def _read(blob: bytes) -> x509.Certificate | None:
    try:
        return x509.load_der_x509_certificate(blob)
    except ValueError:
        return None


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    if issuer.subject != certificate.issuer:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _answer(certificate: x509.Certificate, issuer: x509.Certificate | None, fetch: Fetch, at: datetime) -> Revocation:
    about = Revocation(
        subject=certificate.subject.rfc4514_string(),
        serial=f"{certificate.serial_number:x}",
        authority=_is_authority(certificate),
        state=RevocationState.UNKNOWN,
    )
    if issuer is None:
        return replace(about, why=Why.NO_ISSUER)
    why = Why.NO_LIST
    for url in _places(certificate)[:MOST_LISTS]:
        try:
            found = _entry(certificate, issuer, fetch(url), url, at)
        except ListError as error:
            why = error.why
            continue
        if found is None:
            return replace(about, state=RevocationState.GOOD)
        return replace(about, state=RevocationState.REVOKED, since=found.revocation_date_utc, reason=_reason(found))
    return replace(about, why=why)


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (ExtensionNotFound, ValueError):
        return False


def _places(certificate: x509.Certificate) -> list[str]:
    """The addresses of the lists that are about this certificate."""
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except (ExtensionNotFound, ValueError):
        return []
    names = [name for point in points if point.crl_issuer is None for name in point.full_name or ()]
    return [
        name.value
        for name in names
        if isinstance(name, x509.UniformResourceIdentifier) and name.value.lower().startswith(("http://", "https://"))
    ]


def _entry(
    certificate: x509.Certificate, issuer: x509.Certificate, content: bytes, url: str, at: datetime
) -> x509.RevokedCertificate | None:
    """What the list holds about this certificate. Raises ListError when it can say nothing about it."""
    try:
        found = x509.load_der_x509_crl(content)
        signed = _is_signed(found, issuer)
        pieces = [each.value for each in found.extensions if each.critical or _is_piece(each.value)]
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ListError(Why.UNREADABLE) from error
    if not signed:
        raise ListError(Why.NOT_THE_ISSUERS)
    if found.next_update_utc is None or not found.last_update_utc <= at <= found.next_update_utc:
        raise ListError(Why.OLD)
    for value in pieces:
        if not isinstance(value, x509.IssuingDistributionPoint) or not _is_about(value, certificate, url):
            raise ListError(Why.ANOTHER_PIECE)
    return found.get_revoked_certificate_by_serial_number(certificate.serial_number)


def _is_signed(found: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    key = issuer.public_key()
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        return False
    return found.issuer == issuer.subject and found.is_signature_valid(key)


def _is_piece(value: object) -> bool:
    return isinstance(value, x509.IssuingDistributionPoint)


def _is_about(piece: x509.IssuingDistributionPoint, certificate: x509.Certificate, url: str) -> bool:
    """Whether this piece of the authority's lists speaks of such certificates, and is the one that was asked for."""
    authority = _is_authority(certificate)
    if piece.indirect_crl or piece.only_some_reasons or piece.only_contains_attribute_certs:
        return False
    if (piece.only_contains_user_certs and authority) or (piece.only_contains_ca_certs and not authority):
        return False
    names = [name.value for name in piece.full_name or () if isinstance(name, x509.UniformResourceIdentifier)]
    return not piece.full_name or url in names


def _reason(entry: x509.RevokedCertificate) -> str:
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason.value
    except (ExtensionNotFound, ValueError):
        return ""

"""The OCSP answer that a server sends along (RFC 6066 §8): asked for only where a certificate demands it.

In TLS 1.2 it travels in the clear, so one ClientHello brings it home; in TLS 1.3 it is encrypted, and the ssl module
cannot ask for it. What Firefox does with it is modelled here: the answer must be good, current, about this very
certificate, and signed by its issuer or by somebody the issuer lets answer.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from siegelpost.doctor.live import hello
from siegelpost.doctor.live.deadline import Deadline
from siegelpost.doctor.live.hello import TLS_1_2, Offer
from siegelpost.doctor.live.target import Address
from siegelpost.doctor.live.wire import Wire, WireError

MOST_BYTES = 256 * 1024
_HANDSHAKE = 22
_CERTIFICATE_STATUS, _DONE = 22, 14
_OCSP = 1


def is_good(answer: bytes | None, chain: Sequence[bytes], at: datetime | None = None) -> bool:
    """Whether this OCSP answer says that the first certificate of the chain is good at this moment (default: now)."""
    if answer is None or len(chain) < 2:
        return False
    moment = at or datetime.now(UTC)
    try:
        found = ocsp.load_der_ocsp_response(answer)
        leaf, issuer = (x509.load_der_x509_certificate(each) for each in chain[:2])
        return _is_about(found, leaf, issuer) and _is_current(found, moment) and _is_signed(found, issuer, moment)
    except (ValueError, TypeError, InvalidSignature):
        return False


def _is_about(found: ocsp.OCSPResponse, leaf: x509.Certificate, issuer: x509.Certificate) -> bool:
    if found.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        return False
    request = ocsp.OCSPRequestBuilder().add_certificate(leaf, issuer, found.hash_algorithm).build()
    asked = (request.serial_number, request.issuer_key_hash, request.issuer_name_hash)
    answered = (found.serial_number, found.issuer_key_hash, found.issuer_name_hash)
    return asked == answered and found.certificate_status is ocsp.OCSPCertStatus.GOOD


def _is_current(found: ocsp.OCSPResponse, moment: datetime) -> bool:
    until = found.next_update_utc
    return found.this_update_utc <= moment and (until is None or moment <= until)


def _is_signed(found: ocsp.OCSPResponse, issuer: x509.Certificate, moment: datetime) -> bool:
    signer = issuer
    for delegate in found.certificates:
        if delegate == issuer:
            continue
        delegate.verify_directly_issued_by(issuer)
        uses = delegate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        in_time = delegate.not_valid_before_utc <= moment <= delegate.not_valid_after_utc
        if ExtendedKeyUsageOID.OCSP_SIGNING not in uses or not in_time:
            return False
        signer = delegate
        break
    key, digest = signer.public_key(), found.signature_hash_algorithm or hashes.SHA256()
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(found.signature, found.tbs_response_bytes, padding.PKCS1v15(), digest)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(found.signature, found.tbs_response_bytes, ec.ECDSA(digest))
    else:
        return False
    return True


def ask(address: Address, port: int, server_name: str | None, offer: Offer, deadline: Deadline) -> bytes | None:
    """The OCSP answer that the server sends in TLS 1.2; None when there is none. Never raises for what it does."""
    received = b""
    asked = Offer((TLS_1_2,), offer.ciphers, offer.groups, offer.signatures, offer.protocols)
    try:
        with Wire(address, port, deadline, most=MOST_BYTES) as wire:
            wire.send(hello.client_hello(asked, server_name))
            while True:
                data = wire.receive()
                if not data:
                    return None
                received += data
                for kind, content in messages(received):
                    if kind == _CERTIFICATE_STATUS:
                        return status(content)
                    if kind == _DONE:
                        return None
    except WireError:
        return None


def status(content: bytes) -> bytes | None:
    """The answer inside a CertificateStatus message; None when it is cut off or of another kind."""
    if len(content) < 4 or content[0] != _OCSP:
        return None
    size = int.from_bytes(content[1:4], "big")
    return content[4 : 4 + size] if len(content) == 4 + size else None


def messages(data: bytes) -> list[tuple[int, bytes]]:
    """The whole handshake messages at the beginning of what came, each with its type."""
    joined, at = b"", 0
    while len(data) - at >= 5 and data[at] == _HANDSHAKE:
        size = int.from_bytes(data[at + 3 : at + 5], "big")
        joined += data[at + 5 : at + 5 + size]
        at += 5 + size
    found, at = [], 0
    while len(joined) - at >= 4:
        size = int.from_bytes(joined[at + 1 : at + 4], "big")
        if at + 4 + size > len(joined):
            break
        found.append((joined[at], joined[at + 4 : at + 4 + size]))
        at += 4 + size
    return found

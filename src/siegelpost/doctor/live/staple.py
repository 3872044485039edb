"""The OCSP answer that a server sends along (RFC 6066 §8), and the log entries in it.

Firefox asks for it where a certificate demands it: the answer must be good, current, about this very certificate, and
signed by its issuer or by somebody the issuer lets answer. The entries only need to be about the certificate: the
logs have signed them.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from siegelpost.doctor import der
from siegelpost.doctor.der import DerError
from siegelpost.toolbox.damages import X509_DAMAGES


def is_good(answer: bytes | None, chain: Sequence[bytes], at: datetime | None = None) -> bool:
    """Whether this OCSP answer says that the first certificate of the chain is good at this moment (default: now)."""
    if answer is None or len(chain) < 2:
        return False
    moment = at or datetime.now(UTC)
    try:
        found = ocsp.load_der_ocsp_response(answer)
        leaf, issuer = (x509.load_der_x509_certificate(each) for each in chain[:2])
        good = _is_about(found, leaf, issuer) and found.certificate_status is ocsp.OCSPCertStatus.GOOD
        return good and _is_current(found, moment) and _is_signed(found, issuer, moment)
    except X509_DAMAGES:
        return False


def entries(answer: bytes | None, chain: Sequence[bytes]) -> bytes | None:
    """The list of log entries in an OCSP answer about the first certificate of the chain (RFC 6962 §3.3)."""
    if answer is None or len(chain) < 2:
        return None
    try:
        found = ocsp.load_der_ocsp_response(answer)
        leaf, issuer = (x509.load_der_x509_certificate(each) for each in chain[:2])
        if not _is_about(found, leaf, issuer):
            return None
        carried = found.single_extensions.get_extension_for_oid(ExtensionOID.SIGNED_CERTIFICATE_TIMESTAMPS)
        return der.only(carried.value.public_bytes(), der.OCTET_STRING)
    except (*X509_DAMAGES, DerError):
        return None


def _is_about(found: ocsp.OCSPResponse, leaf: x509.Certificate, issuer: x509.Certificate) -> bool:
    if found.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        return False
    request = ocsp.OCSPRequestBuilder().add_certificate(leaf, issuer, found.hash_algorithm).build()
    asked = (request.serial_number, request.issuer_key_hash, request.issuer_name_hash)
    return asked == (found.serial_number, found.issuer_key_hash, found.issuer_name_hash)


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

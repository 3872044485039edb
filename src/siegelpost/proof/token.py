"""Checking RFC 3161 time-stamp tokens offline.

A token says that its authority saw the SHA-256 of a checkpoint's note at a certain time. The certificate of the
authority travels in the token, and anybody can make one under any name: whether to trust that authority is the
reader's decision, so its name is reported together with the fingerprint of the highest certificate.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import cms, core, tsp
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from rfc3161_client import VerifierBuilder, decode_timestamp_response
from rfc3161_client.tsp import PKIStatus

from siegelpost.ledger.reasons import ReasonError
from siegelpost.proof import reasons
from siegelpost.toolbox.damages import X509_DAMAGES

MAX_TOKEN = 256 * 1024


class TokenError(ReasonError):
    """A token that is malformed, or does not stamp what it should."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a token says: ``authority`` saw the content at ``at`` (UTC).

    ``fingerprint`` is the SHA-256 (hex) of the highest certificate in the token; ``trusted``: it leads to one of the
    certificates that the reader named.
    """

    at: datetime
    authority: str
    nonce: int | None
    fingerprint: str
    trusted: bool = False


def read_roots(raw: bytes) -> list[x509.Certificate]:
    """The certificates in a PEM or DER file.

    Raises:
        TokenError: there is none.
    """
    try:
        if b"-----BEGIN" in raw:
            return list(x509.load_pem_x509_certificates(raw))
        return [x509.load_der_x509_certificate(raw)]
    except X509_DAMAGES as error:
        raise TokenError(reasons.NO_CERTIFICATE) from error


def check_token(token: bytes, stamped: bytes, roots: Sequence[x509.Certificate] = ()) -> Stamp:
    """Check that a token is a genuine time stamp over ``stamped`` by the authority whose certificate it carries.

    Args:
        roots: the certificates that the reader trusts.

    Raises:
        TokenError: it is not.
    """
    if len(token) > MAX_TOKEN:
        raise TokenError(reasons.TOO_LARGE)
    try:
        response = decode_timestamp_response(_sorted(token))
        if PKIStatus(response.status) not in (PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS):
            raise TokenError(reasons.AUTHORITY_REFUSED)
        certificates = [x509.load_der_x509_certificate(raw) for raw in response.signed_data.certificates]
        signer = _signer(certificates)
        at, nonce = response.tst_info.gen_time, response.tst_info.nonce
        top = _top(signer, certificates, at)
        verifier = VerifierBuilder(tsa_certificate=signer)
        for certificate in certificates:
            if certificate != signer:
                verifier = verifier.add_intermediate_certificate(certificate)
        verifier.add_root_certificate(top).build().verify(response, hashlib.sha256(stamped).digest())
    except TokenError:
        raise
    except Exception as error:  # the parsers stumble over hostile bytes in ways of their own
        raise TokenError(reasons.STAMP_INVALID, str(error) or type(error).__name__) from error
    moment = at if at.tzinfo else at.replace(tzinfo=UTC)
    trusted = any(_issued(root, top, moment) or root == top for root in roots)
    return Stamp(moment, _name(signer), nonce, top.fingerprint(SHA256()).hex(), trusted)


def _sorted(token: bytes) -> bytes:
    """The token with its certificates in DER's order, which the decoder insists on and OpenSSL does not keep.

    The certificates are a set that the authority's signature does not cover; each carries its own.
    """
    response = tsp.TimeStampResp.load(token, strict=True)
    if isinstance(response["time_stamp_token"], core.Void):
        raise TokenError(reasons.NO_STAMP)
    signed = response["time_stamp_token"]["content"]
    signed["certificates"] = cms.CertificateSet(sorted(signed["certificates"], key=lambda each: each.dump()))
    return bytes(response.dump())


def _signer(certificates: list[x509.Certificate]) -> x509.Certificate:
    """The one certificate for time stamping (RFC 3161, 2.3)."""
    for certificate in certificates:
        try:
            usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        except X509_DAMAGES:
            continue
        if list(usage) == [ExtendedKeyUsageOID.TIME_STAMPING]:
            return certificate
    raise TokenError(reasons.NO_AUTHORITY)


def _top(signer: x509.Certificate, certificates: list[x509.Certificate], at: datetime) -> x509.Certificate:
    """The highest certificate above the signer in the token, as far as each has truly signed the one below it."""
    top, seen = signer, [signer]
    while above := next((c for c in certificates if c not in seen and _issued(c, top, at)), None):
        top = above
        seen.append(top)
    return top


def _issued(above: x509.Certificate, below: x509.Certificate, at: datetime) -> bool:
    """Whether an authority that was valid then has signed this certificate; a name alone says nothing."""
    moment = at if at.tzinfo else at.replace(tzinfo=UTC)
    try:
        below.verify_directly_issued_by(above)
        ca = above.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except X509_DAMAGES:
        return False
    return ca and above.not_valid_before_utc <= moment <= above.not_valid_after_utc


def _name(certificate: x509.Certificate) -> str:
    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        if found := certificate.subject.get_attributes_for_oid(oid):
            return str(found[0].value)
    return certificate.subject.rfc4514_string()

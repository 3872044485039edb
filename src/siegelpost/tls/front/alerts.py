"""The TLS alerts by which a client says that it refuses this server's certificate (RFC 8446 § 6.2)."""

import ssl
from enum import StrEnum


class Refusal(StrEnum):
    """Why a client says it refused the certificate; the names are those of the standard."""

    BAD_CERTIFICATE = "bad_certificate"
    UNSUPPORTED_CERTIFICATE = "unsupported_certificate"
    CERTIFICATE_REVOKED = "certificate_revoked"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_UNKNOWN = "certificate_unknown"
    UNKNOWN_CA = "unknown_ca"


# OpenSSL names an alert after the protocol version that first had it.
_PREFIXES = ("SSLV3_ALERT_", "TLSV1_ALERT_", "TLSV13_ALERT_")
_BY_REASON = {prefix + kind.name: kind for prefix in _PREFIXES for kind in Refusal}


def refusal(error: BaseException | None) -> Refusal | None:
    """The refusal this error tells of, or None: other alerts say nothing about the certificate."""
    return _BY_REASON.get(error.reason) if isinstance(error, ssl.SSLError) else None

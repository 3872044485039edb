"""Under which code a browser shows a fault, and which of several faults it shows."""

from dataclasses import dataclass

from siegelpost.doctor.policy.cause import Cause


@dataclass(frozen=True, slots=True)
class Status:
    """One of Chromium's certificate statuses. The lower the rank, the sooner it is shown."""

    rank: int
    code: str


# Order of MapCertStatusToNetError in Chromium's net/cert/cert_status_flags.cc, and what may only follow.
INVALID = Status(2, "ERR_CERT_INVALID")
TRANSPARENCY = Status(3, "ERR_CERTIFICATE_TRANSPARENCY_REQUIRED")
NAME = Status(6, "ERR_CERT_COMMON_NAME_INVALID")
AUTHORITY = Status(5, "ERR_CERT_AUTHORITY_INVALID")
DATE = Status(9, "ERR_CERT_DATE_INVALID")
WEAK_KEY = Status(8, "ERR_CERT_WEAK_KEY")
TOO_LONG = Status(11, "ERR_CERT_VALIDITY_TOO_LONG")
# These end the handshake before a certificate is asked about.
HANDSHAKE = Status(0, "ERR_SSL_VERSION_OR_CIPHER_MISMATCH")
BAD_FORMAT = Status(0, "ERR_SSL_SERVER_CERT_BAD_FORMAT")
KEY_USAGE = Status(0, "ERR_SSL_KEY_USAGE_INCOMPATIBLE")
PROTOCOL = Status(0, "ERR_SSL_PROTOCOL_ERROR")
# Shown only once nothing else is left.
UNSHOWN = Status(99, "ERR_CERT_INVALID")

CHROMIUM_STATUS = {
    Cause.EXPIRED: DATE,
    Cause.NOT_YET_VALID: DATE,
    Cause.EXPIRED_ISSUER: DATE,
    Cause.NOT_YET_VALID_ISSUER: DATE,
    Cause.WRONG_NAME: NAME,
    Cause.NO_NAMES: NAME,
    Cause.ADDRESS_AS_NAME: NAME,
    Cause.TOO_WIDE_WILDCARD: NAME,
    Cause.UNUSABLE_NAME: NAME,
    Cause.SELF_SIGNED: AUTHORITY,
    Cause.UNKNOWN_AUTHORITY: AUTHORITY,
    Cause.MISSING_INTERMEDIATE: AUTHORITY,
    Cause.BAD_SIGNATURE: AUTHORITY,
    Cause.NO_LONGER_TRUSTED: AUTHORITY,
    Cause.SEARCH_GIVEN_UP: AUTHORITY,
    Cause.WEAK_KEY: WEAK_KEY,
    Cause.VALID_TOO_LONG: TOO_LONG,
    Cause.NOT_LOGGED: TRANSPARENCY,
    Cause.LOG_NOT_KNOWN: UNSHOWN,
    Cause.ROOT_NOT_KNOWN: UNSHOWN,
    Cause.SENT_ALONG_NOT_READ: UNSHOWN,
    Cause.KEY_NOT_OFFERED: HANDSHAKE,
    Cause.TOO_LARGE: PROTOCOL,
}
"""Every cause that is not here is INVALID, which Chromium's path building says only where it has nothing better."""

SAFARI_SENTENCE = "This Connection Is Not Private"
"""Safari shows no code. This is its sentence; in German „Diese Verbindung ist nicht privat“."""

NEWER_LISTS = frozenset({Cause.LOG_NOT_KNOWN, Cause.ROOT_NOT_KNOWN})
"""What newer knowledge may settle."""

OPEN = NEWER_LISTS | {Cause.SENT_ALONG_NOT_READ}
"""What may be settled later: anything that is certain is told first."""

UNKNOWABLE = frozenset({Cause.SEARCH_GIVEN_UP, Cause.OTHERS_DISAGREE}) | OPEN
"""Causes that are no refusal but say that the doctor cannot know."""

"""What Firefox asks of each certificate by itself, and the codes by which it refuses."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from siegelpost.doctor import der
from siegelpost.doctor.browsers import firefox_constraints
from siegelpost.doctor.browsers.fault import Fault
from siegelpost.doctor.browsers.firefox_constraints import OutOfBoundsError, Subject, TooManyError
from siegelpost.doctor.browsers.firefox_decoder import QuickReader
from siegelpost.doctor.der import DerError, Reader
from siegelpost.doctor.policy import purposes
from siegelpost.doctor.policy.cause import Cause
from siegelpost.doctor.x509 import certificate as parts
from siegelpost.doctor.x509 import keys
from siegelpost.doctor.x509.certificate import V1, Certificate
from siegelpost.doctor.x509.keys import Scheme


class Code(StrEnum):
    BAD_DER = "SEC_ERROR_BAD_DER"
    NO_AUTHORITY = "SEC_ERROR_CA_CERT_INVALID"
    BAD_SIGNATURE = "SEC_ERROR_BAD_SIGNATURE"
    NOT_IN_NAME_SPACE = "SEC_ERROR_CERT_NOT_IN_NAME_SPACE"
    ALGORITHM_DISABLED = "SEC_ERROR_CERT_SIGNATURE_ALGORITHM_DISABLED"
    EXPIRED = "SEC_ERROR_EXPIRED_CERTIFICATE"
    EXPIRED_ISSUER = "SEC_ERROR_EXPIRED_ISSUER_CERTIFICATE"
    EXTENSION_INVALID = "SEC_ERROR_EXTENSION_VALUE_INVALID"
    WRONG_PURPOSE = "SEC_ERROR_INADEQUATE_CERT_TYPE"
    KEY_USAGE = "SEC_ERROR_INADEQUATE_KEY_USAGE"
    INVALID_TIME = "SEC_ERROR_INVALID_TIME"
    LIBRARY_FAILURE = "SEC_ERROR_LIBRARY_FAILURE"
    PATH_LENGTH = "SEC_ERROR_PATH_LEN_CONSTRAINT_INVALID"
    UNKNOWN_CRITICAL = "SEC_ERROR_UNKNOWN_CRITICAL_EXTENSION"
    UNKNOWN_ISSUER = "SEC_ERROR_UNKNOWN_ISSUER"
    UNSUPPORTED_KEY = "SEC_ERROR_UNSUPPORTED_KEYALG"
    UNSUPPORTED_CURVE = "SEC_ERROR_UNSUPPORTED_ELLIPTIC_CURVE"
    UNSUPPORTED_POINT = "SEC_ERROR_UNSUPPORTED_EC_POINT_FORM"
    ACCESS_LOCATION = "SEC_ERROR_CERT_BAD_ACCESS_LOCATION"
    CA_AS_LEAF = "MOZILLA_PKIX_ERROR_CA_CERT_USED_AS_END_ENTITY"
    KEY_SIZE = "MOZILLA_PKIX_ERROR_INADEQUATE_KEY_SIZE"
    V1_AS_CA = "MOZILLA_PKIX_ERROR_V1_CERT_USED_AS_CA"
    NOT_YET_VALID = "MOZILLA_PKIX_ERROR_NOT_YET_VALID_CERTIFICATE"
    NOT_YET_VALID_ISSUER = "MOZILLA_PKIX_ERROR_NOT_YET_VALID_ISSUER_CERTIFICATE"
    SIGNATURE_MISMATCH = "MOZILLA_PKIX_ERROR_SIGNATURE_ALGORITHM_MISMATCH"
    STAPLE_MISSING = "MOZILLA_PKIX_ERROR_REQUIRED_TLS_FEATURE_MISSING"
    INTEGER = "MOZILLA_PKIX_ERROR_INVALID_INTEGER_ENCODING"
    EMPTY_ISSUER = "MOZILLA_PKIX_ERROR_EMPTY_ISSUER_NAME"
    SELF_SIGNED = "MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT"
    NOT_LOGGED = "MOZILLA_PKIX_ERROR_INSUFFICIENT_CERTIFICATE_TRANSPARENCY"
    NO_LONGER_TRUSTED = "MOZILLA_PKIX_ERROR_ISSUER_NO_LONGER_TRUSTED"
    WRONG_NAME = "SSL_ERROR_BAD_CERT_DOMAIN"
    TOO_LARGE = "SSL_ERROR_RX_MALFORMED_HANDSHAKE"
    NO_KEY = "SSL_ERROR_EXTRACT_PUBLIC_KEY_FAILURE"
    NO_COMMON_CIPHER = "SSL_ERROR_NO_CYPHER_OVERLAP"


class RefusedError(Exception):
    """One certificate, or one path, does not do."""

    def __init__(self, code: Code, cause: Cause, certificate: Certificate | None = None, **values: object):
        super().__init__(code)
        self.code = code
        self.fault = Fault(cause, certificate, values)


# An issuer's own dates are told apart from the server's.
ISSUER_CODES = {
    Code.EXPIRED: (Code.EXPIRED_ISSUER, Cause.EXPIRED_ISSUER),
    Code.NOT_YET_VALID: (Code.NOT_YET_VALID_ISSUER, Cause.NOT_YET_VALID_ISSUER),
}
# mozilla::pkix holds lengths in 16 bits.
LARGEST = 0xFFFF
OCSP, URI, LONGEST_ADDRESS = der.oid_bytes("1.3.6.1.5.5.7.48.1"), 0x86, 1024
DIGITAL_SIGNATURE, KEY_ENCIPHERMENT, KEY_AGREEMENT, KEY_CERT_SIGN = 0, 2, 4, 5
MOST_SUBORDINATES = 6
# Firefox tries 200,000 times; no honest chain needs a hundred.
MOST_STEPS = 2000

# Digests that are not even recognised.
NEVER = ("md2", "md5", "sha224")
_READ = {
    parts.KEY_USAGE,
    parts.SUBJECT_ALT_NAME,
    parts.BASIC_CONSTRAINTS,
    parts.NAME_CONSTRAINTS,
    parts.CERTIFICATE_POLICIES,
    parts.POLICY_CONSTRAINTS,
    parts.EXTENDED_KEY_USAGE,
    parts.INHIBIT_ANY_POLICY,
    parts.AUTHORITY_INFO_ACCESS,
    parts.TLS_FEATURE,
    parts.SCT_LIST,
    parts.QC_STATEMENTS,
}


def accept(certificate: Certificate) -> None:
    """What must be so before a certificate is looked at at all."""
    if certificate.unread or len(certificate.whole) > LARGEST:
        raise RefusedError(Code.BAD_DER, Cause.MALFORMED, certificate)
    if not der.is_integer(certificate.serial):
        raise RefusedError(Code.INTEGER, Cause.MALFORMED, certificate)
    seen = set()
    for extension in certificate.extensions or ():
        if extension.flag not in (None, parts.TRUE, parts.FALSE):
            raise RefusedError(Code.BAD_DER, Cause.MALFORMED, certificate)
        if extension.oid in _READ:
            if not extension.value or extension.oid in seen:
                raise RefusedError(Code.EXTENSION_INVALID, Cause.BAD_EXTENSION, certificate)
            seen.add(extension.oid)
        elif extension.critical and extension.oid not in (parts.OCSP_NO_CHECK, parts.NETSCAPE_TYPE):
            oid = der.oid_text(extension.oid)
            raise RefusedError(Code.UNKNOWN_CRITICAL, Cause.UNKNOWN_DEMAND, certificate, oid=oid)
    netscape = certificate.by_oid.get(parts.NETSCAPE_TYPE)
    if (
        netscape is not None
        and netscape.critical
        and not {parts.BASIC_CONSTRAINTS, parts.EXTENDED_KEY_USAGE} <= set(certificate.by_oid)
    ):
        raise RefusedError(Code.UNKNOWN_CRITICAL, Cause.UNKNOWN_DEMAND, certificate, oid="Netscape")


@dataclass(frozen=True, slots=True)
class Step:
    """A certificate on its way up, and what it came from."""

    certificate: Certificate
    child: "Step | None" = None

    @property
    def is_leaf(self) -> bool:
        return self.child is None

    def down(self) -> Iterable["Step"]:
        step: Step | None = self
        while step is not None:
            yield step
            step = step.child


def dates(certificate: Certificate) -> tuple[datetime, datetime]:
    dates = certificate.dates
    if dates is None or dates[0] > dates[1] or dates[0].year < 1970 or _has_leap_second(certificate):
        raise RefusedError(Code.INVALID_TIME, Cause.IMPOSSIBLE_DATES, certificate)
    return dates


def _has_leap_second(certificate: Certificate) -> bool:
    return b"60Z" in certificate.validity


def check_usage(certificate: Certificate, wanted: int, *, leaf: bool) -> None:
    value = certificate.extension(parts.KEY_USAGE)
    if value is None:
        return
    cause = Cause.WRONG_KEY_USAGE if leaf else Cause.ISSUER_KEY_USAGE
    refused = RefusedError(Code.KEY_USAGE, cause, certificate)
    try:
        bits, _unused = der.bit_string(der.only(value, der.BIT_STRING))
    except DerError as error:
        raise refused from error
    if not bits or not bits[0] & (0x80 >> wanted):
        raise refused


def check_basic(certificate: Certificate, *, leaf: bool, trusted: bool, subordinates: int) -> None:
    value = certificate.extension(parts.BASIC_CONSTRAINTS)
    authority, length = False, None
    if value is not None:
        try:
            authority, length = _basic(value)
        except DerError as error:
            raise RefusedError(Code.EXTENSION_INVALID, Cause.BAD_EXTENSION, certificate) from error
    elif not leaf and certificate.version == V1:
        if not trusted:
            raise RefusedError(Code.V1_AS_CA, Cause.OLD_AUTHORITY_FORM, certificate)
        authority = True
    if leaf:
        if authority:
            raise RefusedError(Code.CA_AS_LEAF, Cause.IS_AUTHORITY, certificate)
        return
    if not authority:
        raise RefusedError(Code.NO_AUTHORITY, Cause.NO_AUTHORITY, certificate)
    if length is not None and subordinates > length:
        raise RefusedError(Code.PATH_LENGTH, Cause.PATH_TOO_LONG, certificate)


def _basic(value: bytes) -> tuple[bool, int | None]:
    reader = Reader(der.only(value, der.SEQUENCE))
    flag = reader.optional(der.BOOLEAN)
    length = reader.optional(der.INTEGER)
    reader.finish()
    if length is not None and (len(length) != 1 or length[0] & 0x80):
        raise DerError("path length")
    return flag is not None and der.boolean(flag), None if length is None else length[0]


def check_purpose(certificate: Certificate, *, leaf: bool) -> None:
    value = certificate.extension(parts.EXTENDED_KEY_USAGE)
    if value is None:
        return
    stated: set[bytes] = set()
    try:
        reader = Reader(der.only(value, der.SEQUENCE))
        while not reader.at_end():
            stated.add(reader.value(der.OID))
    except DerError:
        stated = set()
    if purposes.SERVER not in stated or (leaf and purposes.OCSP_SIGNING in stated):
        cause = Cause.WRONG_PURPOSE if leaf else Cause.ISSUER_PURPOSE
        raise RefusedError(Code.WRONG_PURPOSE, cause, certificate)


def check_names(issuer: Certificate, child: Step) -> None:
    constraints = issuer.extension(parts.NAME_CONSTRAINTS)
    if constraints is None:
        return
    for below in child.down():
        certificate = below.certificate
        subject = Subject(certificate.subject, certificate.extension(parts.SUBJECT_ALT_NAME), server=below.is_leaf)
        error = firefox_constraints.verdict(constraints, subject)
        if error is not None:
            raise RefusedError(*_BY_ERROR[error], certificate)


_BY_ERROR = {
    OutOfBoundsError: (Code.NOT_IN_NAME_SPACE, Cause.NAME_NOT_ALLOWED),
    DerError: (Code.BAD_DER, Cause.MALFORMED),
    TooManyError: (Code.UNKNOWN_ISSUER, Cause.SEARCH_GIVEN_UP),
}


def check_features(issuer: Certificate, child: Certificate) -> None:
    wanted = issuer.extension(parts.TLS_FEATURE)
    if wanted is not None and wanted != child.extension(parts.TLS_FEATURE):
        raise RefusedError(Code.STAPLE_MISSING, Cause.STAPLE_MISSING, child)


def is_acceptable(certificate: Certificate) -> bool:
    """What a server sends along is passed over in silence when it cannot be read."""
    try:
        accept(certificate)
    except RefusedError:
        return False
    return True


def check_signed(child: Certificate, issuer: Certificate) -> None:
    try:
        kind = keys.signature_algorithm(child.outer_algorithm)
    except DerError as error:
        raise RefusedError(Code.BAD_DER, Cause.MALFORMED, child) from error
    if kind.scheme is Scheme.OTHER or kind.digest in NEVER:
        raise RefusedError(Code.ALGORITHM_DISABLED, Cause.OLD_SIGNATURE, child, algorithm=kind.name)
    if not _signed_by(child, issuer.key_info):
        raise RefusedError(Code.BAD_SIGNATURE, Cause.BAD_SIGNATURE, child)


def _signed_by(certificate: Certificate, key_info: bytes) -> bool:
    try:
        algorithm = keys.signature_algorithm(certificate.outer_algorithm)
    except DerError:
        return False
    return keys.verifies(certificate.tbs, algorithm, certificate.signature, key_info)


def is_self_signed(certificate: Certificate) -> bool:
    return certificate.subject == certificate.issuer and _signed_by(certificate, certificate.key_info)


def check_leaf_extras(leaf: Certificate) -> None:
    """The list of log entries and the place of the OCSP responder are read only when a way up was found."""
    logged = leaf.extension(parts.SCT_LIST)
    if logged is not None:
        try:
            der.only(logged, der.OCTET_STRING)
        except DerError as error:
            raise RefusedError(Code.BAD_DER, Cause.BAD_EXTENSION, leaf) from error
    access = leaf.extension(parts.AUTHORITY_INFO_ACCESS)
    if access is not None and not _is_access(access):
        raise RefusedError(Code.ACCESS_LOCATION, Cause.BAD_EXTENSION, leaf)


def _is_access(value: bytes) -> bool:
    """It is read by NSS, too, and the first address to ask at has to be one (``NSSCertDBTrustDomain.cpp``)."""
    asked, is_address = False, True
    try:
        reader = QuickReader(der.only(value, der.SEQUENCE))
        while not reader.at_end():
            entry = reader.sequence()
            method = entry.filled(der.OID)
            tag, content, _whole = entry.element()
            entry.finish()
            if method == OCSP and tag == URI and not asked:
                asked = True
                is_address = len(content) <= LONGEST_ADDRESS and b"\0" not in content
    except DerError:
        return False
    return is_address

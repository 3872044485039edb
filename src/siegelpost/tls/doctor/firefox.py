"""What Firefox says: from the server's certificate upwards, each issuer is checked before what it signed.

A fault of the server's certificate itself is kept back until a way to an authority was found: who vouches for
nobody has worse troubles than an old date. When several issuers were tried and failed for different reasons,
it says only that none is known.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from siegelpost.tls import der
from siegelpost.tls.der import DerError, Reader
from siegelpost.tls.doctor import certificate as parts
from siegelpost.tls.doctor import firefox_names, handshake, hostname, keys, names, public
from siegelpost.tls.doctor.case import Case
from siegelpost.tls.doctor.certificate import V1, Certificate
from siegelpost.tls.doctor.fault import Fault
from siegelpost.tls.doctor.firefox_names import OutOfBounds, Subject
from siegelpost.tls.doctor.keys import KeyKind, Scheme
from siegelpost.tls.policy import Browser, newest, purposes
from siegelpost.tls.policy.cause import Cause
from siegelpost.tls.policy.cryptography import CURVES, RSA_SIZES, SIGNATURES


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
    NO_COMMON_CIPHER = "SSL_ERROR_NO_CYPHER_OVERLAP"


class Refused(Exception):
    """One certificate, or one path, does not do."""

    def __init__(self, code: Code, cause: Cause, certificate: Certificate | None = None, **values: object):
        super().__init__(code)
        self.code = code
        self.fault = Fault(cause, certificate, values)


# An issuer's own dates are told apart from the server's.
_ISSUER_CODES = {
    Code.EXPIRED: (Code.EXPIRED_ISSUER, Cause.EXPIRED_ISSUER),
    Code.NOT_YET_VALID: (Code.NOT_YET_VALID_ISSUER, Cause.NOT_YET_VALID_ISSUER),
}
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


def _accept(certificate: Certificate) -> None:
    """What must be so before a certificate is looked at at all."""
    if not der.is_integer(certificate.serial):
        raise Refused(Code.INTEGER, Cause.MALFORMED, certificate)
    seen = set()
    for extension in certificate.extensions or ():
        if extension.oid in _READ:
            if not extension.value or extension.oid in seen:
                raise Refused(Code.EXTENSION_INVALID, Cause.BAD_EXTENSION, certificate)
            seen.add(extension.oid)
        elif extension.critical and extension.oid not in (parts.OCSP_NO_CHECK, parts.NETSCAPE_TYPE):
            oid = der.oid_text(extension.oid)
            raise Refused(Code.UNKNOWN_CRITICAL, Cause.UNKNOWN_DEMAND, certificate, oid=oid)
    netscape = certificate.by_oid.get(parts.NETSCAPE_TYPE)
    if (
        netscape is not None
        and netscape.critical
        and not {parts.BASIC_CONSTRAINTS, parts.EXTENDED_KEY_USAGE} <= set(certificate.by_oid)
    ):
        raise Refused(Code.UNKNOWN_CRITICAL, Cause.UNKNOWN_DEMAND, certificate, oid="Netscape")


@dataclass(frozen=True)
class _Step:
    """A certificate on its way up, and what it came from."""

    certificate: Certificate
    child: "_Step | None" = None

    @property
    def is_leaf(self) -> bool:
        return self.child is None

    def down(self) -> Iterable["_Step"]:
        step: _Step | None = self
        while step is not None:
            yield step
            step = step.child


class Search:
    """Looks for a way up. `path` holds the one that was found, the server's certificate first."""

    def __init__(self, case: Case, usage: int) -> None:
        self._case = case
        self._usage = usage
        self._steps = MOST_STEPS
        self.path: tuple[Certificate, ...] = ()

    def run(self) -> None:
        """Raises Refused when there is none, or when the certificate itself does not do."""
        _accept(self._case.leaf)
        self._build(_Step(self._case.leaf), 0)

    def check_leaf(self) -> None:
        """Raises Refused when the server's certificate has a fault of its own."""
        _accept(self._case.leaf)
        self._check_alone(_Step(self._case.leaf), 0, trusted=False)

    @property
    def public(self) -> bool:
        return bool(self.path) and self._case.trust.is_public(self.path[-1])

    def _build(self, step: _Step, subordinates: int) -> None:
        certificate = step.certificate
        trusted = self._case.trust.holds(certificate)
        kept_back: Refused | None = None
        try:
            self._check_alone(step, subordinates, trusted=trusted)
        except Refused as refused:
            if not step.is_leaf or trusted:
                raise
            kept_back = refused
        if trusted:
            self.path = tuple(each.certificate for each in step.down())[::-1]
            return
        if not step.is_leaf:
            if subordinates >= MOST_SUBORDINATES:
                raise Refused(Code.UNKNOWN_ISSUER, Cause.PATH_TOO_LONG, certificate)
            subordinates += 1
        self._find_issuer(step, subordinates)
        if kept_back is not None:
            raise kept_back

    def _find_issuer(self, step: _Step, subordinates: int) -> None:
        result: Refused | None = None
        for candidate in self._candidates(step.certificate):
            try:
                self._try(step, candidate, subordinates)
            except Refused as refused:
                code, cause = _ISSUER_CODES.get(refused.code, (refused.code, refused.fault.cause))
                fault = refused.fault
                refused = Refused(code, cause, fault.certificate, **fault.values)
                if result is None or result.code == refused.code:
                    result = result or refused
                else:
                    result = Refused(Code.UNKNOWN_ISSUER, result.fault.cause, fault.certificate, **fault.values)
                if self._steps <= 0:
                    break
            else:
                return
        if result is None:
            raise Refused(Code.UNKNOWN_ISSUER, Cause.UNKNOWN_AUTHORITY, step.certificate)
        raise result

    def _candidates(self, certificate: Certificate) -> list[Certificate]:
        """Certificates with the issuer's name: authorities first, then what the server sent, each once."""
        trust = self._case.trust
        found = trust.by_subject(certificate.issuer)
        for other in self._case.others:
            if other.subject != certificate.issuer or other in found or not _is_acceptable(other):
                continue
            if not trust.holds(other) and _is_self_signed(other):
                continue
            found.append(other)
        return found

    def _try(self, child: _Step, candidate: Certificate, subordinates: int) -> None:
        _accept(candidate)
        for below in child.down():
            same_key = candidate.key_info == below.certificate.key_info
            if same_key and candidate.subject == below.certificate.subject:
                raise Refused(Code.UNKNOWN_ISSUER, Cause.UNKNOWN_AUTHORITY, child.certificate)
        _check_names(candidate, child)
        _check_features(candidate, child.certificate)
        if self._steps <= 0:
            raise Refused(Code.UNKNOWN_ISSUER, Cause.SEARCH_GIVEN_UP, child.certificate)
        self._steps -= 1
        self._build(_Step(candidate, child), subordinates)
        _check_signed(child.certificate, candidate)
        if child.is_leaf:
            _check_leaf_extras(child.certificate)

    def _check_alone(self, step: _Step, subordinates: int, *, trusted: bool) -> None:
        """Everything that can be said of a certificate without knowing its issuer, in Firefox' order."""
        certificate, leaf = step.certificate, step.is_leaf
        first, last = _dates(certificate)
        if not trusted:
            self._check_algorithm(certificate)
        self._check_key(certificate)
        if certificate.issuer == b"\x30\x00":
            raise Refused(Code.EMPTY_ISSUER, Cause.NAMELESS_ISSUER, certificate)
        _check_usage(certificate, self._usage if leaf else KEY_CERT_SIGN, leaf=leaf)
        _check_basic(certificate, leaf=leaf, trusted=trusted, subordinates=subordinates)
        _check_purpose(certificate, leaf=leaf)
        if self._case.at < first:
            raise Refused(Code.NOT_YET_VALID, Cause.NOT_YET_VALID, certificate, date=first)
        if self._case.at > last:
            raise Refused(Code.EXPIRED, Cause.EXPIRED, certificate, date=last)

    def _check_algorithm(self, certificate: Certificate) -> None:
        disabled = Refused(Code.ALGORITHM_DISABLED, Cause.OLD_SIGNATURE, certificate, algorithm="?")
        kinds = []
        for encoded in (certificate.outer_algorithm, certificate.inner_algorithm):
            try:
                kind = keys.signature_algorithm(encoded)
            except DerError as error:
                raise Refused(Code.BAD_DER, Cause.MALFORMED, certificate) from error
            if kind.scheme is Scheme.OTHER or kind.digest in NEVER:
                disabled.fault = Fault(Cause.OLD_SIGNATURE, certificate, {"algorithm": kind.name})
                raise disabled
            if kind.scheme is not Scheme.PSS and kind.parameters not in (b"", b"\x05\x00"):
                raise Refused(Code.BAD_DER, Cause.MALFORMED, certificate)
            kinds.append(kind)
        outer, inner = kinds
        if (outer.scheme, outer.digest) != (inner.scheme, inner.digest):
            raise Refused(Code.SIGNATURE_MISMATCH, Cause.SIGNATURE_MISMATCH, certificate)
        rule = newest(SIGNATURES, Browser.FIREFOX, public=False, at=self._case.at)
        if rule is None or outer.digest not in rule.digests:
            disabled.fault = Fault(Cause.OLD_SIGNATURE, certificate, {"algorithm": outer.name})
            raise disabled
        if outer.scheme is not Scheme.ECDSA:
            self._check_size(certificate, (len(certificate.signature) - 1) * 8)

    def _check_size(self, certificate: Certificate, bits: int) -> None:
        smallest = newest(RSA_SIZES, Browser.FIREFOX, public=False, at=self._case.at)
        if smallest and bits < smallest.bits:
            raise Refused(Code.KEY_SIZE, Cause.WEAK_KEY, certificate, key=f"RSA {bits}", bits=smallest.bits)

    def _check_key(self, certificate: Certificate) -> None:
        try:
            key = keys.public_key(certificate.key_info)
        except DerError as error:
            raise Refused(Code.BAD_DER, Cause.UNUSABLE_KEY, certificate, key="?") from error
        unusable: Callable[[Code], Refused] = lambda code: Refused(  # noqa: E731
            code, Cause.UNUSABLE_KEY, certificate, key=key.name
        )
        if key.kind is KeyKind.OTHER:
            raise unusable(Code.UNSUPPORTED_KEY)
        if key.kind is KeyKind.EC:
            curves = newest(CURVES, Browser.FIREFOX, public=False, at=self._case.at)
            if key.curve == "explicit":
                raise unusable(Code.BAD_DER)
            if curves is None or key.curve not in curves.in_chain:
                raise unusable(Code.UNSUPPORTED_CURVE)
            if key.fault == "point":
                raise unusable(Code.UNSUPPORTED_POINT)
        if key.fault:
            raise unusable(Code.BAD_DER)
        if key.kind is KeyKind.RSA:
            self._check_size(certificate, (key.bits + 7) // 8 * 8)


def _dates(certificate: Certificate) -> tuple[datetime, datetime]:
    dates = certificate.dates
    if dates is None or dates[0] > dates[1] or dates[0].year < 1970 or _has_leap_second(certificate):
        raise Refused(Code.INVALID_TIME, Cause.IMPOSSIBLE_DATES, certificate)
    return dates


def _has_leap_second(certificate: Certificate) -> bool:
    return b"60Z" in certificate.validity


def _check_usage(certificate: Certificate, wanted: int, *, leaf: bool) -> None:
    value = certificate.extension(parts.KEY_USAGE)
    if value is None:
        return
    cause = Cause.WRONG_KEY_USAGE if leaf else Cause.ISSUER_KEY_USAGE
    refused = Refused(Code.KEY_USAGE, cause, certificate)
    try:
        bits, _unused = der.bit_string(der.only(value, der.BIT_STRING))
    except DerError as error:
        raise refused from error
    if not bits or not bits[0] & (0x80 >> wanted):
        raise refused


def _check_basic(certificate: Certificate, *, leaf: bool, trusted: bool, subordinates: int) -> None:
    value = certificate.extension(parts.BASIC_CONSTRAINTS)
    authority, length = False, None
    if value is not None:
        try:
            authority, length = _basic(value)
        except DerError as error:
            raise Refused(Code.EXTENSION_INVALID, Cause.BAD_EXTENSION, certificate) from error
    elif not leaf and certificate.version == V1:
        if not trusted:
            raise Refused(Code.V1_AS_CA, Cause.OLD_AUTHORITY_FORM, certificate)
        authority = True
    if leaf:
        if authority:
            raise Refused(Code.CA_AS_LEAF, Cause.IS_AUTHORITY, certificate)
        return
    if not authority:
        raise Refused(Code.NO_AUTHORITY, Cause.NO_AUTHORITY, certificate)
    if length is not None and subordinates > length:
        raise Refused(Code.PATH_LENGTH, Cause.PATH_TOO_LONG, certificate)


def _basic(value: bytes) -> tuple[bool, int | None]:
    reader = Reader(der.only(value, der.SEQUENCE))
    flag = reader.optional(der.BOOLEAN)
    length = reader.optional(der.INTEGER)
    reader.finish()
    if length is not None and (len(length) != 1 or length[0] & 0x80):
        raise DerError("path length")
    return flag is not None and der.boolean(flag), None if length is None else length[0]


def _check_purpose(certificate: Certificate, *, leaf: bool) -> None:
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
        raise Refused(Code.WRONG_PURPOSE, cause, certificate)


def _check_names(issuer: Certificate, child: _Step) -> None:
    constraints = issuer.extension(parts.NAME_CONSTRAINTS)
    if constraints is None:
        return
    for below in child.down():
        certificate = below.certificate
        subject = Subject(certificate.subject, certificate.extension(parts.SUBJECT_ALT_NAME), server=below.is_leaf)
        try:
            firefox_names.check_constraints(constraints, subject)
        except OutOfBounds as error:
            raise Refused(Code.NOT_IN_NAME_SPACE, Cause.NAME_NOT_ALLOWED, certificate) from error
        except DerError as error:
            raise Refused(Code.BAD_DER, Cause.MALFORMED, certificate) from error


def _check_features(issuer: Certificate, child: Certificate) -> None:
    wanted = issuer.extension(parts.TLS_FEATURE)
    if wanted is not None and wanted != child.extension(parts.TLS_FEATURE):
        raise Refused(Code.STAPLE_MISSING, Cause.STAPLE_MISSING, child)


def _is_acceptable(certificate: Certificate) -> bool:
    """What a server sends along is passed over in silence when it cannot be read."""
    try:
        _accept(certificate)
    except Refused:
        return False
    return True


def _check_signed(child: Certificate, issuer: Certificate) -> None:
    kind = keys.signature_algorithm(child.outer_algorithm)
    if kind.scheme is Scheme.OTHER or kind.digest in NEVER:
        raise Refused(Code.ALGORITHM_DISABLED, Cause.OLD_SIGNATURE, child, algorithm=kind.name)
    if not _signed_by(child, issuer.key_info):
        raise Refused(Code.BAD_SIGNATURE, Cause.BAD_SIGNATURE, child)


def _signed_by(certificate: Certificate, key_info: bytes) -> bool:
    try:
        algorithm = keys.signature_algorithm(certificate.outer_algorithm)
    except DerError:
        return False
    return keys.verifies(certificate.tbs, algorithm, certificate.signature, key_info)


def _is_self_signed(certificate: Certificate) -> bool:
    return certificate.subject == certificate.issuer and _signed_by(certificate, certificate.key_info)


def _check_leaf_extras(leaf: Certificate) -> None:
    """The list of log entries and the place of the OCSP responder are read only when a way up was found."""
    logged = leaf.extension(parts.SCT_LIST)
    if logged is not None:
        try:
            der.only(logged, der.OCTET_STRING)
        except DerError as error:
            raise Refused(Code.BAD_DER, Cause.BAD_EXTENSION, leaf) from error
    access = leaf.extension(parts.AUTHORITY_INFO_ACCESS)
    if access is not None and not _is_access(access):
        raise Refused(Code.ACCESS_LOCATION, Cause.BAD_EXTENSION, leaf)


def _is_access(value: bytes) -> bool:
    try:
        reader = Reader(der.only(value, der.SEQUENCE))
        while not reader.at_end():
            entry = Reader(reader.value(der.SEQUENCE))
            entry.value(der.OID)
            entry.element()
    except DerError:
        return False
    return True


@dataclass(frozen=True)
class Outcome:
    """What Firefox says first, what it would say next, and the path that it found."""

    refusals: tuple[tuple[Code, Fault], ...]
    path: tuple[Certificate, ...]


def examine(case: Case) -> Outcome:
    """Everything that Firefox asks, in its order."""
    offered = handshake.key_fault(case, Browser.FIREFOX)
    if offered is not None:
        return Outcome(((Code.NO_COMMON_CIPHER, offered),), ())
    search, refused = _search(case)
    if refused is None:
        found = [
            *_public_refusals(case, search),
            *_feature_refusal(case),
            *_name_refusal(case, forgiving=not search.public),
        ]
        return Outcome(tuple(found), search.path)
    leading = refused
    if refused.code in (Code.UNKNOWN_ISSUER, Code.BAD_SIGNATURE, Code.KEY_USAGE) and _is_self_signed(case.leaf):
        leading = Refused(Code.SELF_SIGNED, Cause.SELF_SIGNED, case.leaf)
    elif refused.code is Code.UNKNOWN_ISSUER and case.leaf.issuer == b"\x30\x00":
        # It looks up whether the unknown issuer is a known interceptor, and cannot spell its name.
        leading = Refused(Code.BAD_DER, Cause.NAMELESS_ISSUER, case.leaf)
    named = _name_refusal(case, forgiving=False)
    first = [(leading.code, leading.fault)]
    if leading.code in (Code.EXPIRED, Code.NOT_YET_VALID) or (
        leading.code is Code.INVALID_TIME and leading.fault.certificate != case.leaf
    ):
        return Outcome((*named, *first), search.path)
    return Outcome((*first, *_later(case, leading.code), *named), search.path)


_PUBLIC_CODES = {
    Cause.NO_LONGER_TRUSTED: Code.NO_LONGER_TRUSTED,
    Cause.NOT_LOGGED: Code.NOT_LOGGED,
}


def _public_refusals(case: Case, search: Search) -> list[tuple[Code, Fault]]:
    """What Firefox asks because the path ends in a root that it ships."""
    if not search.public:
        return []
    found = public.faults(case, Browser.FIREFOX, search.path[-1])
    refusals = [(_PUBLIC_CODES[fault.cause], fault) for fault in found]
    smallest = newest(RSA_SIZES, Browser.FIREFOX, public=True, at=case.at)
    for certificate in search.path:
        key = keys.public_key(certificate.key_info)
        if smallest and key.kind is KeyKind.RSA and (key.bits + 7) // 8 * 8 < smallest.bits:
            values = {"key": key.name, "bits": smallest.bits}
            refusals.append((Code.KEY_SIZE, Fault(Cause.WEAK_KEY, certificate, values)))
    return refusals


def _search(case: Case) -> tuple[Search, Refused | None]:
    """Any of three key usages will do for a handshake; they are tried one after the other."""
    refused: Refused | None = None
    for usage in (DIGITAL_SIGNATURE, KEY_ENCIPHERMENT, KEY_AGREEMENT):
        search = Search(case, usage)
        try:
            search.run()
        except Refused as found:
            if found.code is not Code.KEY_USAGE:
                return search, found if usage != KEY_AGREEMENT else refused
            refused = found
        else:
            return search, None
    return search, refused


def _later(case: Case, shown: Code) -> list[tuple[Code, Fault]]:
    """Faults of the server's certificate that would come up once a way to an authority is found."""
    try:
        Search(case, DIGITAL_SIGNATURE).check_leaf()
    except Refused as refused:
        if refused.code is not shown:
            return [(refused.code, refused.fault)]
    return []


def _feature_refusal(case: Case) -> list[tuple[Code, Fault]]:
    wanted = case.leaf.extension(parts.TLS_FEATURE)
    if wanted is None or (case.stapled and wanted == b"\x30\x03\x02\x01\x05"):
        return []
    try:
        Reader(der.only(wanted, der.SEQUENCE)).value(der.INTEGER)
    except DerError:
        return [(Code.BAD_DER, Fault(Cause.BAD_EXTENSION, case.leaf))]
    return [(Code.STAPLE_MISSING, Fault(Cause.STAPLE_MISSING, case.leaf))]


def _name_refusal(case: Case, *, forgiving: bool) -> list[tuple[Code, Fault]]:
    alternative = case.leaf.extension(parts.SUBJECT_ALT_NAME)
    try:
        wrong = firefox_names.hostname_problem(alternative, case.host, forgiving=forgiving)
    except DerError:
        wrong = True
    if not wrong:
        return []
    try:
        listed = tuple(names.general_names(alternative)) if alternative else None
    except DerError:
        listed = None
    cause = Cause.UNUSABLE_NAME
    if not hostname.matches(case.host, listed):
        cause = hostname.mismatch(case.host, listed)
    return [(Code.WRONG_NAME, Fault(cause, case.leaf, {"found": hostname.listed(listed)}))]

"""What Firefox says: from the server's certificate upwards, each issuer is checked before what it signed.

A fault of the server's certificate itself is kept back until a way to an authority was found: who vouches for
nobody has worse troubles than an old date. When several issuers were tried and failed for different reasons,
it says only that none is known.
"""

from dataclasses import dataclass

from siegelpost.doctor import der
from siegelpost.doctor.browsers import firefox_decoder, firefox_names, handshake, hostname, root_policy
from siegelpost.doctor.browsers.fault import Fault
from siegelpost.doctor.browsers.firefox_checks import (
    DIGITAL_SIGNATURE,
    ISSUER_CODES,
    KEY_AGREEMENT,
    KEY_CERT_SIGN,
    KEY_ENCIPHERMENT,
    MOST_STEPS,
    MOST_SUBORDINATES,
    NEVER,
    Code,
    RefusedError,
    Step,
    accept,
    check_basic,
    check_features,
    check_leaf_extras,
    check_names,
    check_purpose,
    check_signed,
    check_usage,
    dates,
    is_acceptable,
    is_self_signed,
)
from siegelpost.doctor.case import Case
from siegelpost.doctor.der import DerError, Reader
from siegelpost.doctor.policy import Browser, newest
from siegelpost.doctor.policy.cause import Cause
from siegelpost.doctor.policy.cryptography import CURVES, RSA_SIZES, SIGNATURES
from siegelpost.doctor.x509 import certificate as parts
from siegelpost.doctor.x509 import keys, names
from siegelpost.doctor.x509.certificate import Certificate
from siegelpost.doctor.x509.keys import KeyKind, Scheme


class Search:
    """Looks for a way up. ``path`` holds the one that was found, the server's certificate first."""

    def __init__(self, case: Case, usage: int) -> None:
        self._case = case
        self._usage = usage
        self._steps = MOST_STEPS
        self.path: tuple[Certificate, ...] = ()

    def run(self) -> None:
        """Raises RefusedError when there is none, or when the certificate itself does not do."""
        accept(self._case.leaf)
        self._build(Step(self._case.leaf), 0)

    def check_leaf(self) -> None:
        """Raises RefusedError when the server's certificate has a fault of its own."""
        accept(self._case.leaf)
        self._check_alone(Step(self._case.leaf), 0, trusted=False)

    @property
    def public(self) -> bool:
        return bool(self.path) and self._case.trust.is_public(self.path[-1])

    def _build(self, step: Step, subordinates: int) -> None:
        certificate = step.certificate
        if not firefox_decoder.decodes(certificate.whole):
            raise RefusedError(Code.LIBRARY_FAILURE, Cause.MALFORMED, certificate)
        trusted = self._case.trust.holds(certificate)
        kept_back: RefusedError | None = None
        try:
            self._check_alone(step, subordinates, trusted=trusted)
        except RefusedError as refused:
            if not step.is_leaf or trusted:
                raise
            kept_back = refused
        if trusted:
            self.path = tuple(each.certificate for each in step.down())[::-1]
            return
        if not step.is_leaf:
            if subordinates >= MOST_SUBORDINATES:
                raise RefusedError(Code.UNKNOWN_ISSUER, Cause.PATH_TOO_LONG, certificate)
            subordinates += 1
        self._find_issuer(step, subordinates)
        if kept_back is not None:
            raise kept_back

    def _find_issuer(self, step: Step, subordinates: int) -> None:
        result: RefusedError | None = None
        for candidate in self._candidates(step.certificate):
            try:
                self._try(step, candidate, subordinates)
            except RefusedError as refused:
                code, cause = ISSUER_CODES.get(refused.code, (refused.code, refused.fault.cause))
                fault = refused.fault
                refused = RefusedError(code, cause, fault.certificate, **fault.values)
                if result is None or result.code == refused.code:
                    result = result or refused
                else:
                    result = RefusedError(Code.UNKNOWN_ISSUER, result.fault.cause, fault.certificate, **fault.values)
                if self._steps <= 0:
                    break
            else:
                return
        if result is None:
            raise RefusedError(Code.UNKNOWN_ISSUER, Cause.UNKNOWN_AUTHORITY, step.certificate)
        raise result

    def _candidates(self, certificate: Certificate) -> list[Certificate]:
        """Certificates with the issuer's name: authorities first, then what the server sent, each once."""
        trust = self._case.trust
        found = trust.by_subject(certificate.issuer)
        for other in (*self._case.others, self._case.leaf):
            if other.subject != certificate.issuer or other in found or not is_acceptable(other):
                continue
            if not trust.holds(other) and is_self_signed(other):
                continue
            found.append(other)
        return found

    def _try(self, child: Step, candidate: Certificate, subordinates: int) -> None:
        accept(candidate)
        for below in child.down():
            same_key = candidate.key_info == below.certificate.key_info
            if same_key and candidate.subject == below.certificate.subject:
                raise RefusedError(Code.UNKNOWN_ISSUER, Cause.UNKNOWN_AUTHORITY, child.certificate)
        check_names(candidate, child)
        check_features(candidate, child.certificate)
        if self._steps <= 0:
            raise RefusedError(Code.UNKNOWN_ISSUER, Cause.SEARCH_GIVEN_UP, child.certificate)
        self._steps -= 1
        self._build(Step(candidate, child), subordinates)
        check_signed(child.certificate, candidate)
        if child.is_leaf:
            check_leaf_extras(child.certificate)

    def _check_alone(self, step: Step, subordinates: int, *, trusted: bool) -> None:
        """Everything that can be said of a certificate without knowing its issuer, in Firefox' order."""
        certificate, leaf = step.certificate, step.is_leaf
        first, last = dates(certificate)
        if not trusted:
            self._check_algorithm(certificate)
        self._check_key(certificate)
        if certificate.issuer == b"\x30\x00":
            raise RefusedError(Code.EMPTY_ISSUER, Cause.NAMELESS_ISSUER, certificate)
        check_usage(certificate, self._usage if leaf else KEY_CERT_SIGN, leaf=leaf)
        check_basic(certificate, leaf=leaf, trusted=trusted, subordinates=subordinates)
        check_purpose(certificate, leaf=leaf)
        if self._case.at < first:
            raise RefusedError(Code.NOT_YET_VALID, Cause.NOT_YET_VALID, certificate, date=first)
        if self._case.at > last:
            raise RefusedError(Code.EXPIRED, Cause.EXPIRED, certificate, date=last)

    def _check_algorithm(self, certificate: Certificate) -> None:
        disabled = RefusedError(Code.ALGORITHM_DISABLED, Cause.OLD_SIGNATURE, certificate, algorithm="?")
        kinds = []
        for encoded in (certificate.outer_algorithm, certificate.inner_algorithm):
            try:
                kind = keys.signature_algorithm(encoded)
            except DerError as error:
                raise RefusedError(Code.BAD_DER, Cause.MALFORMED, certificate) from error
            if kind.scheme is Scheme.OTHER or kind.digest in NEVER:
                disabled.fault = Fault(Cause.OLD_SIGNATURE, certificate, {"algorithm": kind.name})
                raise disabled
            if kind.scheme is not Scheme.PSS and kind.parameters not in (b"", b"\x05\x00"):
                raise RefusedError(Code.BAD_DER, Cause.MALFORMED, certificate)
            kinds.append(kind)
        outer, inner = kinds
        if (outer.scheme, outer.digest) != (inner.scheme, inner.digest):
            raise RefusedError(Code.SIGNATURE_MISMATCH, Cause.SIGNATURE_MISMATCH, certificate)
        rule = newest(SIGNATURES, Browser.FIREFOX, public=False, at=self._case.at)
        if rule is None or outer.digest not in rule.digests:
            disabled.fault = Fault(Cause.OLD_SIGNATURE, certificate, {"algorithm": outer.name})
            raise disabled
        if outer.scheme is not Scheme.ECDSA:
            self._check_size(certificate, (len(certificate.signature) - 1) * 8)

    def _check_size(self, certificate: Certificate, bits: int) -> None:
        smallest = newest(RSA_SIZES, Browser.FIREFOX, public=False, at=self._case.at)
        if smallest and bits < smallest.bits:
            raise RefusedError(Code.KEY_SIZE, Cause.WEAK_KEY, certificate, key=f"RSA {bits}", bits=smallest.bits)

    def _check_key(self, certificate: Certificate) -> None:
        try:
            key = keys.public_key(certificate.key_info)
        except DerError as error:
            raise RefusedError(Code.BAD_DER, Cause.UNUSABLE_KEY, certificate, key="?") from error

        def unusable(code: Code) -> RefusedError:
            return RefusedError(code, Cause.UNUSABLE_KEY, certificate, key=key.name)

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


@dataclass(frozen=True, slots=True)
class FirefoxOutcome:
    """What Firefox says first, what it would say next, and the path that it found."""

    refusals: tuple[tuple[Code, Fault], ...]
    path: tuple[Certificate, ...]


def examine(case: Case) -> FirefoxOutcome:
    """Everything that Firefox asks, in its order."""
    if (large := handshake.size_fault(case, Browser.FIREFOX)) is not None:
        return FirefoxOutcome(((Code.TOO_LARGE, large),), ())
    if not firefox_decoder.decodes(case.leaf.whole):
        return FirefoxOutcome(((Code.LIBRARY_FAILURE, Fault(Cause.MALFORMED, case.leaf)),), ())
    offered = handshake.key_fault(case, Browser.FIREFOX)
    if offered is not None:
        return FirefoxOutcome(((Code.NO_COMMON_CIPHER, offered),), ())
    if (none := handshake.nobodys_key(case)) is not None:
        return FirefoxOutcome(((Code.NO_KEY, none),), ())
    if (unusable := handshake.signing_fault(case)) is not None:
        return FirefoxOutcome(((Code.BAD_SIGNATURE, unusable),), ())
    search, refused = _search(case)
    if refused is None:
        found = [
            *_public_refusals(case, search),
            *_feature_refusal(case),
            *_name_refusal(case, forgiving=not search.public),
        ]
        return FirefoxOutcome(tuple(found), search.path)
    leading = refused
    if refused.code in (Code.UNKNOWN_ISSUER, Code.BAD_SIGNATURE, Code.KEY_USAGE) and is_self_signed(case.leaf):
        leading = RefusedError(Code.SELF_SIGNED, Cause.SELF_SIGNED, case.leaf)
    elif refused.code is Code.UNKNOWN_ISSUER and case.leaf.issuer == b"\x30\x00":
        # It looks up whether the unknown issuer is a known interceptor, and cannot spell its name.
        leading = RefusedError(Code.BAD_DER, Cause.NAMELESS_ISSUER, case.leaf)
    named = _name_refusal(case, forgiving=False)
    first = [(leading.code, leading.fault)]
    if leading.code in (Code.EXPIRED, Code.NOT_YET_VALID) or (
        leading.code is Code.INVALID_TIME and leading.fault.certificate != case.leaf
    ):
        return FirefoxOutcome((*named, *first), search.path)
    return FirefoxOutcome((*first, *_later(case, leading.code), *named), search.path)


_PUBLIC_CODES = {
    Cause.NO_LONGER_TRUSTED: Code.NO_LONGER_TRUSTED,
    Cause.NOT_LOGGED: Code.NOT_LOGGED,
    Cause.LOG_NOT_KNOWN: Code.NOT_LOGGED,
    Cause.UNKNOWN_AUTHORITY: Code.UNKNOWN_ISSUER,
}


def _public_refusals(case: Case, search: Search) -> list[tuple[Code, Fault]]:
    """What Firefox asks because the path ends in a root that it ships."""
    if not search.public:
        return []
    found = root_policy.faults(case, Browser.FIREFOX, search.path)
    refusals = [(_PUBLIC_CODES[fault.cause], fault) for fault in found]
    smallest = newest(RSA_SIZES, Browser.FIREFOX, public=True, at=case.at)
    for certificate in search.path:
        key = keys.public_key(certificate.key_info)
        if smallest and key.kind is KeyKind.RSA and (key.bits + 7) // 8 * 8 < smallest.bits:
            values = {"key": key.name, "bits": smallest.bits}
            refusals.append((Code.KEY_SIZE, Fault(Cause.WEAK_KEY, certificate, values)))
    return refusals


def _search(case: Case) -> tuple[Search, RefusedError | None]:
    """Any of three key usages will do for a handshake; they are tried one after the other."""
    refused: RefusedError | None = None
    for usage in (DIGITAL_SIGNATURE, KEY_ENCIPHERMENT, KEY_AGREEMENT):
        search = Search(case, usage)
        try:
            search.run()
        except RefusedError as found:
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
    except RefusedError as refused:
        if refused.code is not shown:
            return [(refused.code, refused.fault)]
    return []


def _feature_refusal(case: Case) -> list[tuple[Code, Fault]]:
    wanted = case.leaf.extension(parts.TLS_FEATURE)
    if wanted is None or (case.along.stapled and wanted == b"\x30\x03\x02\x01\x05"):
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

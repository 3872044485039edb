"""What Chromium says: every path is built and checked (RFC 5280 §6), and the first good one wins.

When none is good, the first path that ends in an authority is blamed, or else the first of all (or that the search
was given up, which says more than a dead end). Its faults
become statuses, and one of these is shown.
"""

from dataclasses import dataclass

from siegelpost.doctor import der
from siegelpost.doctor.browsers import chromium_handshake, handshake, hostname, root_policy
from siegelpost.doctor.browsers.fault import Fault
from siegelpost.doctor.case import Case
from siegelpost.doctor.der import DerError
from siegelpost.doctor.policy import Browser, newest, precedence, purposes
from siegelpost.doctor.policy.cause import Cause
from siegelpost.doctor.policy.cryptography import CURVES, RSA_SIZES, SHA2, SIGNATURES
from siegelpost.doctor.policy.precedence import CHROMIUM_STATUS, Status
from siegelpost.doctor.x509 import certificate as parts
from siegelpost.doctor.x509 import constraints, keys, names
from siegelpost.doctor.x509.certificate import Certificate
from siegelpost.doctor.x509.extensions import (
    KEY_CERT_SIGN,
    Constraints,
    Reading,
    check_form,
    read,
)
from siegelpost.doctor.x509.keys import KeyKind, Scheme, SignatureAlgorithm
from siegelpost.doctor.x509.paths import Path, readable, search
from siegelpost.doctor.x509.policies import PolicyWalk

UNDERSTOOD = {
    parts.BASIC_CONSTRAINTS,
    parts.KEY_USAGE,
    parts.EXTENDED_KEY_USAGE,
    parts.NAME_CONSTRAINTS,
    parts.SUBJECT_ALT_NAME,
    parts.POLICY_MAPPINGS,
    parts.POLICY_CONSTRAINTS,
    parts.INHIBIT_ANY_POLICY,
}


@dataclass(frozen=True, slots=True)
class Settled:
    """The path that the browser settled on, and what is wrong with it."""

    path: Path
    faults: tuple[Fault, ...]

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """The server's own first."""
        return tuple(reading.certificate for reading in self.path.readings)


def settle(case: Case, browser: Browser = Browser.CHROMIUM) -> Settled:
    """Build and check paths. Raises DerError when the server's own certificate cannot be read."""
    leaf = read(case.leaf)
    best: Settled | None = None
    for path in search(leaf, readable(case.others), case.trust):
        outcome = Settled(path, tuple(_Check(case, browser, path).run()))
        if path.trusted and not outcome.faults:
            return outcome
        if best is None or (path.trusted, path.given_up) > (best.path.trusted, best.path.given_up):
            best = outcome
    assert best is not None  # noqa: S101 - the path of the leaf alone is always there
    return best


class _Check:
    """One walk down one path, from the root to the server's certificate."""

    def __init__(self, case: Case, browser: Browser, path: Path) -> None:
        self._case = case
        self._browser = browser
        self._path = path
        self._public = path.trusted and case.trust.is_public(path.readings[-1].certificate)
        self._faults: list[Fault] = []

    def _add(self, cause: Cause, reading: Reading, **values: object) -> None:
        self._faults.append(Fault(cause, reading.certificate, values))

    def run(self) -> list[Fault]:
        readings = self._path.readings
        if not self._path.trusted:
            cause = Cause.SEARCH_GIVEN_UP if self._path.given_up else Cause.UNKNOWN_AUTHORITY
            self._add(cause, readings[-1])
            return self._faults
        walk = PolicyWalk(len(readings) - 1)
        longest = len(readings) - 1
        limits: list[Constraints] = []
        issuer = readings[-1]
        longest = self._root(issuer, walk, limits, longest)
        if not self._key(issuer):
            return self._faults
        for index in range(len(readings) - 2, -1, -1):
            reading, last = readings[index], index == 0
            if not self._signed(reading, issuer):
                return self._faults
            self._dates(reading, last=last)
            if not reading.is_self_issued or last:
                for limit in limits:
                    if not constraints.permits(limit, reading):
                        self._add(Cause.NAME_NOT_ALLOWED, reading)
            walk.certificate(reading, last=last)
            self._purpose(reading, depth=index)
            if last:
                walk.finish(reading)
            else:
                longest = self._authority(reading, walk, limits, longest)
            self._critical(reading)
            if not self._key(reading):
                return self._faults
            issuer = reading
        if walk.broken:
            self._add(Cause.POLICY, readings[0])
        return self._faults

    def _root(self, root: Reading, walk: PolicyWalk, limits: list[Constraints], longest: int) -> int:
        """An authority that somebody added is held to what its own certificate says; a shipped one is not."""
        if not self._public:
            self._dates(root, last=False)
            if root.policies is not None:
                walk.certificate(root, last=False)
            walk.issuer(root, anchor=True)
            if not root.allows(KEY_CERT_SIGN):
                self._add(Cause.ISSUER_KEY_USAGE, root)
            self._purpose(root, depth=2)
            if root.constraints:
                limits.append(root.constraints)
            if root.basic is not None and not root.basic[0]:
                self._add(Cause.NO_AUTHORITY, root)
            if root.basic is not None and root.basic[1] is not None:
                longest = root.basic[1]
            self._critical(root)
        return longest

    def _signed(self, reading: Reading, issuer: Reading) -> bool:
        """Whether the signature is of an accepted kind and holds. If not, nothing further is asked."""
        certificate = reading.certificate
        try:
            outer = keys.signature_algorithm(certificate.outer_algorithm)
            inner = keys.signature_algorithm(certificate.inner_algorithm)
        except DerError:
            self._add(Cause.OLD_SIGNATURE, reading, algorithm="?")
            return False
        if not (_is_known(outer) and _is_known(inner)):
            self._add(Cause.OLD_SIGNATURE, reading, algorithm=outer.name)
            return False
        if (outer.scheme, outer.digest) != (inner.scheme, inner.digest):
            self._add(Cause.SIGNATURE_MISMATCH, reading)
            return False
        rule = newest(SIGNATURES, self._browser, public=self._public, at=self._case.at)
        if rule is None or outer.digest not in rule.digests:
            self._add(Cause.OLD_SIGNATURE, reading, algorithm=outer.name)
            return False
        if not keys.verifies(certificate.tbs, outer, certificate.signature, issuer.certificate.key_info):
            self._add(Cause.BAD_SIGNATURE, reading)
            return False
        return True

    def _dates(self, reading: Reading, *, last: bool) -> None:
        at = self._case.at
        if at < reading.not_before:
            self._add(Cause.NOT_YET_VALID if last else Cause.NOT_YET_VALID_ISSUER, reading, date=reading.not_before)
        if at > reading.not_after:
            self._add(Cause.EXPIRED if last else Cause.EXPIRED_ISSUER, reading, date=reading.not_after)

    def _purpose(self, reading: Reading, *, depth: int) -> None:
        stated = reading.purposes
        if stated is not None and not stated & {purposes.SERVER, purposes.ANY}:
            self._add(Cause.ISSUER_PURPOSE if depth else Cause.WRONG_PURPOSE, reading)

    def _authority(self, reading: Reading, walk: PolicyWalk, limits: list[Constraints], longest: int) -> int:
        walk.issuer(reading)
        if reading.constraints:
            limits.append(reading.constraints)
        if not reading.is_authority:
            self._add(Cause.NO_AUTHORITY, reading)
        if not reading.is_self_issued:
            if longest == 0:
                self._add(Cause.PATH_TOO_LONG, reading)
            else:
                longest -= 1
        if reading.basic is not None and reading.basic[1] is not None:
            longest = min(longest, reading.basic[1])
        if not reading.allows(KEY_CERT_SIGN):
            self._add(Cause.ISSUER_KEY_USAGE, reading)
        return longest

    def _critical(self, reading: Reading) -> None:
        for extension in reading.certificate.extensions or ():
            if not extension.critical or extension.oid in UNDERSTOOD:
                continue
            if extension.oid == parts.CERTIFICATE_POLICIES and not reading.unknown_qualifiers:
                continue
            if extension.oid == parts.MICROSOFT_POLICIES and reading.purposes is not None:
                continue
            self._add(Cause.UNKNOWN_DEMAND, reading, oid=der.oid_text(extension.oid))

    def _key(self, reading: Reading) -> bool:
        """Whether the key can be used at all; one that is merely too weak can."""
        info = reading.certificate.key_info
        try:
            key = keys.public_key(info)
        except DerError:
            self._add(Cause.UNUSABLE_KEY, reading, key="?")
            return False
        curves = newest(CURVES, self._browser, public=self._public, at=self._case.at)
        if key.kind is KeyKind.EC and not key.fault and curves and key.curve in curves.in_chain:
            if keys.is_loadable(info):
                return True
        elif key.kind is KeyKind.RSA and not key.fault:
            smallest = newest(RSA_SIZES, self._browser, public=self._public, at=self._case.at)
            if smallest and key.bits < smallest.bits:
                self._add(Cause.WEAK_KEY, reading, key=key.name, bits=smallest.bits)
            return True
        self._add(Cause.UNUSABLE_KEY, reading, key=key.name)
        return False


def name_fault(case: Case) -> Fault | None:
    """Whether the certificate is issued to this host. Asked in any case, whatever the path says."""
    alternative = read(case.leaf).alternative
    if hostname.matches(case.host, alternative):
        return None
    cause = hostname.mismatch(case.host, alternative)
    return Fault(cause, case.leaf, {"found": hostname.listed(alternative)})


@dataclass(frozen=True, slots=True)
class ChromiumOutcome:
    """What Chromium shows first, what it would show next, and the path that it settled on."""

    refusals: tuple[tuple[str, Fault], ...]
    path: tuple[Certificate, ...] = ()


def examine(case: Case) -> ChromiumOutcome:
    """Everything that Chromium asks, in its order of precedence."""
    found: list[tuple[Status, Fault]] = []
    stops = (handshake.key_fault(case, Browser.CHROMIUM), handshake.size_fault(case, Browser.CHROMIUM))
    found += [(status_of(fault), fault) for fault in stops if fault is not None]
    if (refused := chromium_handshake.refusal(case.leaf.whole, case.leaf)) is not None:
        found.append(refused)
    try:
        read(case.leaf)
    except DerError:
        status = precedence.INVALID if is_certificate(case.leaf) else precedence.BAD_FORMAT
        return _sorted([*found, (status, Fault(Cause.MALFORMED, case.leaf))], ())
    if not is_certificate(case.leaf):
        return _sorted([*found, (precedence.BAD_FORMAT, Fault(Cause.MALFORMED, case.leaf))], ())
    settled = settle(case)
    found += _path_statuses(settled)
    if settled.path.trusted:
        found += [
            (status_of(fault), fault) for fault in root_policy.faults(case, Browser.CHROMIUM, settled.certificates)
        ]
    if (fault := name_fault(case)) is not None:
        found.append((status_of(fault), fault))
    return _sorted(found, settled.certificates)


def status_of(fault: Fault) -> Status:
    """The status under which Chromium keeps a fault."""
    return CHROMIUM_STATUS.get(fault.cause, precedence.INVALID)


def _sorted(found: list[tuple[Status, Fault]], path: tuple[Certificate, ...]) -> ChromiumOutcome:
    found.sort(key=lambda pair: pair[0].rank)
    return ChromiumOutcome(tuple((status.code, fault) for status, fault in found), path)


def _path_statuses(settled: Settled) -> list[tuple[Status, Fault]]:
    """What has a status of its own is shown under it; everything else is INVALID, but only where nothing has."""
    own = [(status_of(fault), fault) for fault in settled.faults]
    if any(status is not precedence.INVALID for status, _fault in own):
        own = [(precedence.UNSHOWN if status is precedence.INVALID else status, fault) for status, fault in own]
    return [*own, *_unknown_algorithms(settled)]


def _is_known(algorithm: SignatureAlgorithm) -> bool:
    """Whether algorithm and parameters are as the RFCs write them: none for ECDSA, NULL or none for RSA."""
    allowed = {Scheme.ECDSA: (b"",), Scheme.PKCS1: (b"", b"\x05\x00"), Scheme.PSS: (algorithm.parameters,)}
    return algorithm.parameters in allowed.get(algorithm.scheme, ()) and algorithm.digest in (*SHA2, "sha1")


def _unknown_algorithms(settled: Settled) -> list[tuple[Status, Fault]]:
    """Signatures of unknown or contradictory kinds are INVALID even on a path that leads nowhere."""
    found = []
    for reading in settled.path.readings[:-1]:
        certificate = reading.certificate
        try:
            outer = keys.signature_algorithm(certificate.outer_algorithm)
            inner = keys.signature_algorithm(certificate.inner_algorithm)
        except DerError:
            found.append((precedence.INVALID, Fault(Cause.OLD_SIGNATURE, certificate, {"algorithm": "?"})))
            continue
        if not _is_known(outer) or outer.digest not in SHA2:
            values = {"algorithm": outer.name}
            found.append((precedence.INVALID, Fault(Cause.OLD_SIGNATURE, certificate, values)))
        elif (outer.scheme, outer.digest) != (inner.scheme, inner.digest):
            found.append((precedence.INVALID, Fault(Cause.SIGNATURE_MISMATCH, certificate)))
    return found


# Of a name: the attributes of which each is kept as a text, and those of which the first is.
_KEPT_EACH = frozenset(map(der.oid_bytes, ("2.5.4.10", "2.5.4.11")))
_KEPT_FIRST = frozenset(map(der.oid_bytes, ("2.5.4.3", "2.5.4.6", "2.5.4.7", "2.5.4.8")))


def is_certificate(certificate: Certificate) -> bool:
    """Whether Chromium takes it for a certificate at all, before it reads the extensions."""
    try:
        check_form(certificate)
        names_are_read = all(map(_is_name, (certificate.subject, certificate.issuer)))
    except DerError:
        return False
    return names_are_read and certificate.dates is not None


def _is_name(name: bytes) -> bool:
    """Whether Chromium can keep what a name says of itself (``net/cert/x509_cert_types.cc``): texts, and no others.

    Raises DerError.
    """
    kept: set[bytes] = set()
    for rdn in parts.attributes(name):
        for kind, tag, content in rdn:
            asked = kind in _KEPT_EACH or (kind in _KEPT_FIRST and kind not in kept)
            if tag == 0 or (asked and not names.is_text(tag, content)):
                return False
            kept.add(kind)
        if not rdn:
            return False
    return True

"""The doctor's one question: what will each browser say about this chain, under this name, at this moment?"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from siegelpost.doctor.browsers import chromium, chromium_handshake, firefox, firefox_decoder, handshake, safari
from siegelpost.doctor.browsers.fault import Fault
from siegelpost.doctor.browsers.firefox_checks import Code
from siegelpost.doctor.case import NOTHING, Case, SentAlong
from siegelpost.doctor.criteria import criteria, unreadable
from siegelpost.doctor.der import DerError
from siegelpost.doctor.judgement import (
    ChainLink,
    Judgement,
    JudgementFinding,
    Unknown,
    UnknownKind,
    Values,
    Verdict,
    VerdictState,
)
from siegelpost.doctor.path_drawing import draw
from siegelpost.doctor.policy import Browser, knowledge
from siegelpost.doctor.policy.cause import Cause
from siegelpost.doctor.policy.precedence import BAD_FORMAT, OPEN, SAFARI_SENTENCE, UNKNOWABLE
from siegelpost.doctor.x509 import names, transparency, trust
from siegelpost.doctor.x509.certificate import Certificate, cut, parse
from siegelpost.doctor.x509.chain import ChainError, as_certificates
from siegelpost.doctor.x509.extensions import is_authority, names_its_issuer
from siegelpost.doctor.x509.weak_keys import weakness

Refusals = Sequence[tuple[str, Fault]]
# What a server can make good by what it sends along.
MADE_GOOD = frozenset({Cause.NOT_LOGGED, Cause.LOG_NOT_KNOWN, Cause.STAPLE_MISSING})


def judge(
    chain: str | bytes | Sequence[bytes],
    name: str,
    *,
    at: datetime | None = None,
    roots: Sequence[bytes] | None = None,
    local_roots: Iterable[bytes] = (),
    along: SentAlong = NOTHING,
) -> Judgement:
    """Say what Chrome, Firefox and Safari will show a visitor who opens ``https://name``.

    ``chain`` is what the server sends: PEM text, or DER blobs with the server's own certificate first.
    ``roots`` stand for the authorities that browsers ship (default: those of the certifi package, and those that
    Mozilla's list still held at the moment);
    ``local_roots`` were added by hand to the visitor's machine, which browsers treat more mildly.
    ``at`` is an aware moment (default: now). ``along`` is what the server sends beside its
    certificates.

    Nothing is fetched and nothing raises for what is in the chain: what cannot be judged is refused.
    Raises ChainError when there is no certificate at all, or too many to be a chain; ValueError when ``at`` has
    no time zone or ``name`` can be no server's name.
    """
    moment = datetime.now(UTC) if at is None else at
    if moment.tzinfo is None:
        raise ValueError("the moment needs a time zone")
    blobs = as_certificates(chain)
    if not blobs:
        raise ChainError("no certificate found")
    host = names.host(name)
    believed = trust.trust_of(roots, local_roots, moment)
    try:
        leaf = cut(blobs[0])
    except DerError:
        return _malformed(blobs[0], name, moment)
    case = Case(leaf, _parsed(blobs[1:]), host, moment, believed, along, handshake.size_of(blobs))
    chrome = chromium.examine(case)
    fox = firefox.examine(case)
    apple = safari.examine(case, disagreement=bool(chrome.refusals) != bool(fox.refusals))
    verdicts = {
        browser: _verdict(browser, _unread(case, _doubted(case, chrome.path, refusals)))
        for browser, refusals in (
            (Browser.CHROMIUM, chrome.refusals),
            (Browser.FIREFOX, fox.refusals),
            (Browser.SAFARI, apple),
        )
    }
    path = draw(case, chrome.path or (leaf,))
    return Judgement(
        name=name,
        at=moment,
        verdicts=verdicts,
        criteria=criteria(case, verdicts),
        path=path,
        public=any(link.public for link in path),
        weakness=weakness(leaf.key_info),
        unknown=_unknown(moment, verdicts.values(), path),
    )


def _malformed(leaf: bytes, name: str, at: datetime) -> Judgement:
    fault = Fault(Cause.MALFORMED)
    met = chromium_handshake.refusal(leaf)
    codes = {
        Browser.CHROMIUM: met[0].code if met else BAD_FORMAT.code,
        Browser.FIREFOX: Code.BAD_DER if firefox_decoder.decodes(leaf) else Code.LIBRARY_FAILURE,
        Browser.SAFARI: SAFARI_SENTENCE,
    }
    verdicts = {browser: _verdict(browser, [(code, fault)]) for browser, code in codes.items()}
    return Judgement(name, at, verdicts, unreadable(), (), public=False)


def _parsed(blobs: Iterable[bytes]) -> tuple[Certificate, ...]:
    found: dict[bytes, Certificate] = {}
    for blob in blobs:
        try:
            found.setdefault(blob, parse(blob))
        except DerError:
            continue
    return tuple(found.values())


def _doubted(case: Case, path: Sequence[Certificate], refusals: Refusals) -> Refusals:
    """An authority that old knowledge does not hold may be younger than it, where a public log has seen the chain."""
    top = path[-1] if len(path) > 1 else None
    if (
        top is None
        or not knowledge.current().is_old(case.at)
        or case.trust.holds(top)
        or not is_authority(top)
        or trust.was_shipped(top.issuer)
        or not transparency.is_seen(case.leaf, path[1], case.along.entries)
    ):
        return refusals
    unknown = Fault(Cause.ROOT_NOT_KNOWN, top)
    return [(code, unknown if fault.cause is Cause.UNKNOWN_AUTHORITY else fault) for code, fault in refusals]


def _unknown(at: datetime, verdicts: Iterable[Verdict], path: Sequence[ChainLink]) -> tuple[Unknown, ...]:
    """What old knowledge cannot tell where a browser is said to accept, or may."""
    known = knowledge.current()
    if not known.is_old(at) or all(verdict.state is VerdictState.REFUSED for verdict in verdicts):
        return ()
    days = known.age(at).days
    authority = [Unknown(UnknownKind.AUTHORITY, days, path[-1].subject)] if path[-1].public else []
    return (*authority, Unknown(UnknownKind.RULES, days))


def _unread(case: Case, refusals: Refusals) -> Refusals:
    """What the server may send along is not missing where it could not be read."""
    if case.along.read:
        return refusals
    unknown = Fault(Cause.SENT_ALONG_NOT_READ, case.leaf)
    return [(code, unknown if fault.cause in MADE_GOOD else fault) for code, fault in refusals]


def _verdict(browser: Browser, refusals: Refusals) -> Verdict:
    """The first refusal leads; each cause is told once. What is certain comes before what a newer list may settle."""
    told: dict[Cause, JudgementFinding] = {}
    for code, raw in sorted(refusals, key=lambda pair: pair[1].cause in OPEN):
        fault = _refined(raw)
        if fault.cause not in told:
            blamed = fault.certificate.fingerprint.hex() if fault.certificate else None
            told[fault.cause] = JudgementFinding(fault.cause, str(code), _values(fault), bool(told), blamed)
    findings = tuple(told.values())
    if not findings:
        return Verdict(browser, VerdictState.OK)
    if findings[0].cause in UNKNOWABLE:
        unknown = replace(findings[0], code=None)
        return Verdict(browser, VerdictState.UNKNOWN, (unknown, *findings[1:]))
    return Verdict(browser, VerdictState.REFUSED, findings)


def _refined(fault: Fault) -> Fault:
    """An unknown issuer is told as what it is: the server itself, or one whose certificate the server forgot."""
    certificate = fault.certificate
    if fault.cause is not Cause.UNKNOWN_AUTHORITY or certificate is None:
        return fault
    if certificate.subject == certificate.issuer:
        return fault if is_authority(certificate) else Fault(Cause.SELF_SIGNED, certificate, fault.values)
    if names_its_issuer(certificate):
        return Fault(Cause.MISSING_INTERMEDIATE, certificate, fault.values)
    return fault


def _values(fault: Fault) -> Values:
    """What fills the texts' placeholders; it says which certificate is meant."""
    if fault.certificate is None:
        return fault.values
    meant = {"subject": fault.certificate.subject_text, "issuer": fault.certificate.issuer_text}
    return meant | dict(fault.values)

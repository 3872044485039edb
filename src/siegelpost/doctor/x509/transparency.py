"""The entries of public logs in a certificate (RFC 6962 §3): read, verified, and weighed as a browser would."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum, auto
from hashlib import sha256

from siegelpost.doctor import der
from siegelpost.doctor.der import DerError, Reader
from siegelpost.doctor.policy import Browser, knowledge, newest
from siegelpost.doctor.policy.logs import Log
from siegelpost.doctor.policy.transparency import FORGIVEN, TRANSPARENCY, Transparency
from siegelpost.doctor.x509 import certificate as parts
from siegelpost.doctor.x509 import keys
from siegelpost.doctor.x509.certificate import Certificate
from siegelpost.doctor.x509.keys import Scheme, SignatureAlgorithm

# Version, log, time stamp, no extensions, and the head of a signature.
SHORTEST_ENTRY = 1 + 32 + 8 + 2 + 4
LAST_SECOND = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
SHA256, RSA, ECDSA = 4, 1, 3
SCHEMES = {
    RSA: SignatureAlgorithm(Scheme.PKCS1, "sha256", "RSA + SHA256"),
    ECDSA: SignatureAlgorithm(Scheme.ECDSA, "sha256", "ECDSA + SHA256"),
}


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One signed time stamp of a log: which log, when, and what proves it.

    ``embedded`` says that it stands in the certificate, and so is about what was announced before it was issued.
    """

    log: bytes
    at: datetime
    stamp: bytes
    extensions: bytes
    algorithms: bytes
    signature: bytes
    embedded: bool = True


class Weight(Enum):
    """What an entry is worth. ``MAYBE``: of a log that this version does not know, or knows as an applicant only."""

    COUNTS = auto()
    MAYBE = auto()
    NOTHING = auto()


@dataclass(frozen=True, slots=True)
class Weighed:
    """An entry's worth, and who stands behind it; a log that nobody knows stands for itself."""

    weight: Weight
    log: bytes
    operator: str
    current: bool


@dataclass(frozen=True, slots=True)
class LogAnswer:
    """Whether the entries are enough (None: cannot be known), how many count, and how many are wanted."""

    enough: bool | None
    found: int
    wanted: int


def weigh(
    leaf: Certificate, issuer: Certificate | None, browser: Browser, at: datetime, along: Sequence[bytes] = ()
) -> LogAnswer | None:
    """What this browser thinks of a public certificate's entries; None when it does not look at them.

    ``along`` are lists of entries that the server sends beside it.
    """
    if leaf.dates is None:
        return None
    first, last = leaf.dates
    rule = newest((each for each in TRANSPARENCY if each.by_visit), browser, public=True, at=at) or newest(
        (each for each in TRANSPARENCY if not each.by_visit), browser, public=True, at=first
    )
    if rule is None:
        return None
    days = (last - first).total_seconds() / 86400
    weighed = _weighed(leaf, issuer, at, along)
    sure = [one for one in weighed if one.weight is Weight.COUNTS]
    hoped = [one for one in weighed if one.weight is not Weight.NOTHING]
    enough = True if _suffices(rule, sure, days) else None if _suffices(rule, hoped, days) else False
    return LogAnswer(enough, len(sure), rule.logs_for(days))


def _suffices(rule: Transparency, entries: Sequence[Weighed], days: float) -> bool:
    """One log at least must not be retired yet: a list of retired ones alone convinces nobody."""
    return any(one.current for one in entries) and rule.is_met_by([one.operator for one in entries], days)


def _weighed(leaf: Certificate, issuer: Certificate | None, at: datetime, along: Sequence[bytes]) -> list[Weighed]:
    """Each log once, by its best entry."""
    best: dict[bytes, Weighed] = {}
    for entry in log_entries(leaf, along):
        one = _weigh(entry, leaf, issuer, at)
        if entry.log not in best or one.weight.value < best[entry.log].weight.value:
            best[entry.log] = one
    return list(best.values())


def _weigh(entry: LogEntry, leaf: Certificate, issuer: Certificate | None, at: datetime) -> Weighed:
    known = knowledge.current().log_list
    log = known.logs.get(entry.log)
    if entry.at > at + FORGIVEN:
        return Weighed(Weight.NOTHING, entry.log, "", current=False)
    hoped = Weight.COUNTS if known.is_taken_for_good(entry.at, at=at) else Weight.MAYBE
    if log is None:
        return Weighed(hoped, entry.log, entry.log.hex(), current=True)
    if log.accepted:
        weight = Weight.COUNTS if log.counts(entry.at, at=max(at, entry.at)) else Weight.NOTHING
    else:
        # What browsers did not count by the list's day they may count since: logs begin as applicants.
        weight = Weight.NOTHING if log.never or at <= known.day else hoped
    if weight is not Weight.NOTHING and not _is_genuine(entry, log, leaf, issuer):
        weight = Weight.NOTHING
    return Weighed(weight, entry.log, log.operator, current=log.is_current(at))


def is_seen(leaf: Certificate, issuer: Certificate, along: Sequence[bytes] = ()) -> bool:
    """Whether a log that browsers count has signed this certificate: they take in what ends in a shipped root."""
    known = knowledge.current().log_list.logs
    entries = [(entry, known[entry.log]) for entry in log_entries(leaf, along) if entry.log in known]
    return any(log.accepted and _is_genuine(entry, log, leaf, issuer) for entry, log in entries)


def _is_genuine(entry: LogEntry, log: Log, leaf: Certificate, issuer: Certificate | None) -> bool:
    """Whether the log signed this certificate: as it is, or as its issuer announced it (RFC 6962 §3.2)."""
    scheme = SCHEMES.get(entry.algorithms[1]) if entry.algorithms[0] == SHA256 else None
    if scheme is None or (entry.embedded and issuer is None):
        return False
    head, seen = b"\x00\x00", leaf.whole
    if entry.embedded and issuer is not None:
        head, seen = b"\x00\x01" + sha256(issuer.key_info).digest(), announcement(leaf.tbs)
    signed = b"".join(
        (
            b"\x00\x00",  # version 1, a certificate's time stamp
            entry.stamp,
            head,
            len(seen).to_bytes(3, "big"),
            seen,
            len(entry.extensions).to_bytes(2, "big"),
            entry.extensions,
        )
    )
    return keys.verifies(signed, scheme, b"\x00" + entry.signature, log.key)


def announcement(tbs: bytes) -> bytes:
    """What the logs saw: the certificate's signed part without their own entries.

    Raises DerError when it is no such part.
    """
    kept = []
    reader = Reader(der.only(tbs, der.SEQUENCE))
    while not reader.at_end():
        tag, content, whole = reader.element()
        kept.append(_wrapped(tag, _wrapped(der.SEQUENCE, _without_entries(content))) if tag == 0xA3 else whole)
    return _wrapped(der.SEQUENCE, b"".join(kept))


def _without_entries(extensions: bytes) -> bytes:
    kept = []
    reader = Reader(der.only(extensions, der.SEQUENCE))
    while not reader.at_end():
        _tag, content, whole = reader.element()
        if Reader(content).value(der.OID) != parts.SCT_LIST:
            kept.append(whole)
    return b"".join(kept)


def _wrapped(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(digits))) + digits + content


def log_entries(certificate: Certificate, along: Sequence[bytes] = ()) -> list[LogEntry]:
    """The time stamps in a certificate, and in the lists sent beside it (RFC 6962 §3.3).

    A list that cannot be read counts for nothing.
    """
    beside = [replace(entry, embedded=False) for each in along for entry in _entries(each)]
    extension = certificate.extension(parts.SCT_LIST)
    try:
        return beside if extension is None else _entries(der.only(extension, der.OCTET_STRING)) + beside
    except DerError:
        return beside


def _entries(content: bytes) -> list[LogEntry]:
    if len(content) < 2 or int.from_bytes(content[:2], "big") != len(content) - 2:
        return []
    found, position = [], 2
    while position + 2 <= len(content):
        size = int.from_bytes(content[position : position + 2], "big")
        entry = content[position + 2 : position + 2 + size]
        if size < SHORTEST_ENTRY or len(entry) != size:
            return []
        one = _entry(entry)
        if one is not None:
            found.append(one)
        position += 2 + size
    return found


def _entry(content: bytes) -> LogEntry | None:
    """One entry; None when it is of another version, or does not add up."""
    seconds = int.from_bytes(content[33:41], "big") / 1000
    middle = 43 + int.from_bytes(content[41:43], "big")
    algorithms, size = content[middle : middle + 2], content[middle + 2 : middle + 4]
    signature = content[middle + 4 :]
    if content[0] or seconds >= LAST_SECOND or len(size) != 2 or int.from_bytes(size, "big") != len(signature):
        return None
    return LogEntry(
        log=content[1:33],
        at=datetime.fromtimestamp(seconds, UTC),
        stamp=content[33:41],
        extensions=content[43:middle],
        algorithms=algorithms,
        signature=signature,
    )

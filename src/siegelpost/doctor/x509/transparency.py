"""The entries of public logs in a certificate (RFC 6962 §3): read, verified, and weighed as a browser would."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from hashlib import sha256

from siegelpost.doctor import der
from siegelpost.doctor.der import DerError, Reader
from siegelpost.doctor.policy import Browser, newest
from siegelpost.doctor.policy.logs import Log, log_list
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
    """One signed time stamp of a log: which log, when, and what proves it."""

    log: bytes
    at: datetime
    stamp: bytes
    extensions: bytes
    algorithms: bytes
    signature: bytes


class Weight(Enum):
    """What an entry is worth. ``MAYBE``: of a log that this version does not know."""

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


def weigh(leaf: Certificate, issuer: Certificate | None, browser: Browser, at: datetime) -> LogAnswer | None:
    """What this browser thinks of the entries in a public certificate; None when it does not look at them."""
    if leaf.dates is None:
        return None
    first, last = leaf.dates
    rule = newest((each for each in TRANSPARENCY if each.by_visit), browser, public=True, at=at) or newest(
        (each for each in TRANSPARENCY if not each.by_visit), browser, public=True, at=first
    )
    if rule is None:
        return None
    days = (last - first).total_seconds() / 86400
    weighed = _weighed(leaf, issuer, at)
    sure = [one for one in weighed if one.weight is Weight.COUNTS]
    hoped = [one for one in weighed if one.weight is not Weight.NOTHING]
    enough = True if _suffices(rule, sure, days) else None if _suffices(rule, hoped, days) else False
    return LogAnswer(enough, len(sure), rule.logs_for(days))


def _suffices(rule: Transparency, entries: Sequence[Weighed], days: float) -> bool:
    """One log at least must not be retired yet: a list of retired ones alone convinces nobody."""
    return any(one.current for one in entries) and rule.is_met_by([one.operator for one in entries], days)


def _weighed(leaf: Certificate, issuer: Certificate | None, at: datetime) -> list[Weighed]:
    """Each log once, by its best entry."""
    best: dict[bytes, Weighed] = {}
    for entry in log_entries(leaf):
        one = _weigh(entry, leaf, issuer, at)
        if entry.log not in best or one.weight.value < best[entry.log].weight.value:
            best[entry.log] = one
    return list(best.values())


def _weigh(entry: LogEntry, leaf: Certificate, issuer: Certificate | None, at: datetime) -> Weighed:
    known = log_list()
    log = known.logs.get(entry.log)
    if entry.at > at + FORGIVEN:
        return Weighed(Weight.NOTHING, entry.log, "", current=False)
    if log is None:
        # The list can only speak of the time before it: later, new logs are to be expected.
        weight = Weight.COUNTS if entry.at > known.day else Weight.MAYBE
        return Weighed(weight, entry.log, entry.log.hex(), current=True)
    counts = log.counts(entry.at, at=max(at, entry.at)) and _is_genuine(entry, log, leaf, issuer)
    weight = Weight.COUNTS if counts else Weight.NOTHING
    return Weighed(weight, entry.log, log.operator, current=log.is_current(at))


def _is_genuine(entry: LogEntry, log: Log, leaf: Certificate, issuer: Certificate | None) -> bool:
    """Whether the log signed this certificate, as its issuer announced it (RFC 6962 §3.2)."""
    scheme = SCHEMES.get(entry.algorithms[1]) if entry.algorithms[0] == SHA256 else None
    if scheme is None or issuer is None:
        return False
    announced = announcement(leaf.tbs)
    signed = b"".join(
        (
            b"\x00\x00",  # version 1, a certificate's time stamp
            entry.stamp,
            b"\x00\x01",  # a certificate announced before it was issued
            sha256(issuer.key_info).digest(),
            len(announced).to_bytes(3, "big"),
            announced,
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


def log_entries(certificate: Certificate) -> list[LogEntry]:
    """The embedded time stamps (RFC 6962 §3.3). A list that cannot be read counts for nothing."""
    extension = certificate.extension(parts.SCT_LIST)
    if extension is None:
        return []
    try:
        content = der.only(extension, der.OCTET_STRING)
    except DerError:
        return []
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

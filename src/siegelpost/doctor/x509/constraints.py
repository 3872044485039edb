"""Name constraints (RFC 5280 §4.2.1.10) as Chromium weighs them. Firefox differs: ``firefox_constraints``."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from siegelpost.doctor.der import DerError
from siegelpost.doctor.x509 import names
from siegelpost.doctor.x509.certificate import EMAIL_ADDRESS, attributes
from siegelpost.doctor.x509.extensions import Constraints, Reading, Subtrees
from siegelpost.doctor.x509.subtrees import Hosts, Networks, Prefixes, Suffixes

# BoringSSL, pki/name_constraints.cc: what might cost more comparisons than these is refused. Each name counts with
# each constraint, whatever their kinds; without alternative names, each byte of the subject with each directory.
MOST_COMPARISONS = 1 << 20


def permits(constraints: Constraints, reading: Reading) -> bool:
    """Whether every name of the certificate is within the constraints."""
    subject, alternative = reading.certificate.subject, reading.alternative
    compiled = _compiled(constraints)
    if alternative is None:
        if compiled.kinds[names.DIRECTORY] * len(subject) > MOST_COMPARISONS:
            return False
        return _permits_mailboxes(compiled, subject) and compiled.permits(names.DIRECTORY, subject)
    if compiled.understood * sum(kind in _KINDS for kind, _content in alternative) > MOST_COMPARISONS:
        return False
    if not all(compiled.permits(kind, content) for kind, content in alternative):
        return False
    return subject == b"\x30\x00" or compiled.permits(names.DIRECTORY, subject)


def _permits_mailboxes(compiled: "_Compiled", subject: bytes) -> bool:
    """Without alternative names, mail addresses in the subject are held to the constraints on such."""
    if names.EMAIL not in compiled.kinds:
        return True
    found = [content for rdn in attributes(subject) for kind, _tag, content in rdn if kind == EMAIL_ADDRESS]
    return all(compiled.permits(names.EMAIL, content) for content in found)


class _Bases(Protocol):
    """The constraints on one kind of name."""

    def contain(self, content: bytes) -> bool: ...


@dataclass(frozen=True, slots=True)
class _Compiled:
    """The constraints, made ready to be asked: by kind how many there are, and what is permitted and excluded."""

    kinds: Counter[int]
    critical: bool
    permitted: dict[int, _Bases]
    excluded: dict[int, _Bases]

    @property
    def understood(self) -> int:
        """How many constraints are on kinds of names that Chromium compares."""
        return sum(number for kind, number in self.kinds.items() if kind in _KINDS)

    def permits(self, kind: int, content: bytes) -> bool:
        if kind not in _KINDS:
            return not (self.critical and self.kinds[kind])
        if kind == names.EMAIL and self.kinds[kind] and content.count(b"@") != 1:
            return False
        excluded, permitted = self.excluded.get(kind), self.permitted.get(kind)
        if excluded is not None and excluded.contain(content):
            return False
        return permitted is None or permitted.contain(content)


@lru_cache(maxsize=64)
def _compiled(constraints: Constraints) -> _Compiled:
    kinds = Counter(kind for kind, _base in (*constraints.permitted, *constraints.excluded))
    return _Compiled(
        kinds,
        constraints.critical,
        _by_kind(constraints.permitted, excluding=False),
        _by_kind(constraints.excluded, excluding=True),
    )


def _by_kind(trees: Subtrees, *, excluding: bool) -> dict[int, _Bases]:
    bases: dict[int, list[bytes]] = {}
    for kind, base in trees:
        bases.setdefault(kind, []).append(base)
    return {kind: _KINDS[kind](found, excluding) for kind, found in bases.items() if kind in _KINDS}


class _Mailboxes:
    """Mailboxes, hosts of mailboxes, and domains (with a dot before them). What is neither holds everything back."""

    def __init__(self, bases: list[bytes], *, excluding: bool) -> None:
        cut = [(base, *base.rpartition(b"@")) for base in bases]
        sound = [one for one in cut if one[0].count(b"@") <= 1 and one[3]]
        self._every = excluding and len(sound) < len(cut)
        self._boxes = frozenset((local, domain.lower()) for _base, local, at, domain in sound if at)
        hosts = {domain.lower() for _base, _local, at, domain in sound if not at}
        self._hosts = frozenset(hosts)
        self._domains = Suffixes(host for host in hosts if host.startswith(b"."))

    def contain(self, content: bytes) -> bool:
        local, _at, domain = content.partition(b"@")
        domain = domain.lower()
        return self._every or (local, domain) in self._boxes or domain in self._hosts or self._domains.end(domain)


class _Directories:
    def __init__(self, bases: list[bytes]) -> None:
        self._rows = Prefixes(row for base in bases if (row := _row(base)) is not None)

    def contain(self, content: bytes) -> bool:
        row = _row(content)
        return row is not None and self._rows.begin(row)


def _row(name: bytes) -> names.Normalized | None:
    try:
        return names.normalized(name)
    except DerError:
        return None


# Constraints on other kinds are not understood, and hold a name of that kind back where they are critical.
_KINDS: dict[int, Callable[[list[bytes], bool], _Bases]] = {
    names.EMAIL: lambda bases, excluding: _Mailboxes(bases, excluding=excluding),
    names.DNS: lambda bases, excluding: Hosts(bases, excluding=excluding),
    names.DIRECTORY: lambda bases, _excluding: _Directories(bases),
    names.ADDRESS: lambda bases, _excluding: Networks(bases),
}

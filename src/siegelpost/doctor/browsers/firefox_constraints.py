"""Name constraints as Firefox weighs them: mozilla::pkix, ``pkixnames.cpp``.

Firefox reads the constraints anew for each name and stops at the first thing it cannot read. It may take as long as it
likes about that; here each list is read once, up to where it breaks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from siegelpost.doctor import der
from siegelpost.doctor.browsers.firefox_names import ipv4, is_dns_name, is_mailbox
from siegelpost.doctor.der import DerError, Reader
from siegelpost.doctor.x509 import names
from siegelpost.doctor.x509.certificate import COMMON_NAME, EMAIL_ADDRESS, attributes
from siegelpost.doctor.x509.subtrees import Hosts, Networks, Prefixes, Suffixes

PERMITTED, EXCLUDED = 0xA0, 0xA1
# No honest certificate needs as many: masks with holes are asked one by one.
MOST_LOOKS = 1 << 18


@dataclass(frozen=True, slots=True)
class Subject:
    """What of one certificate constraints are laid on."""

    name: bytes
    alternative: bytes | None
    server: bool


class OutOfBoundsError(Exception):
    """A name is not within the constraints."""


class TooManyError(Exception):
    """It would take too long to tell."""


@lru_cache(maxsize=256)
def verdict(constraints: bytes, subject: Subject) -> type[OutOfBoundsError | TooManyError | DerError] | None:
    """What is wrong with the names of this certificate under these constraints; None when nothing is."""
    try:
        _check(_compiled(constraints), subject)
    except (OutOfBoundsError, TooManyError, DerError) as error:
        return type(error)
    return None


def _check(constraints: "_Compiled", subject: Subject) -> None:
    """Raises OutOfBoundsError when a name is outside, DerError when something cannot be read."""
    common_name_counts = subject.server
    if subject.alternative is not None:
        reader = Reader(der.only(subject.alternative, der.SEQUENCE))
        looks = 0
        while not reader.at_end():
            tag, content, _whole = reader.element()
            kind = names.general_name_kind(tag)
            constraints.hold(kind, content)
            looks += constraints.looks(kind)
            if looks > MOST_LOOKS:
                raise TooManyError
            if kind in (names.DNS, names.ADDRESS):
                common_name_counts = False
    constraints.hold(names.DIRECTORY, subject.name)
    if subject.alternative is None or common_name_counts:
        _check_subject(constraints, subject, common_name_counts=common_name_counts)


def _check_subject(constraints: "_Compiled", subject: Subject, *, common_name_counts: bool) -> None:
    outside = False
    for rdn in attributes(subject.name):
        for kind, tag, content in rdn:
            if kind == COMMON_NAME and common_name_counts:
                outside = not _common_name_conforms(constraints, tag, content)
            elif kind == EMAIL_ADDRESS and subject.alternative is None:
                if tag != der.IA5_STRING:
                    raise DerError("address of another string type")
                constraints.hold(names.EMAIL, content)
    if outside:
        raise OutOfBoundsError


def _common_name_conforms(constraints: "_Compiled", tag: int, content: bytes) -> bool:
    if tag not in (der.PRINTABLE_STRING, der.UTF8_STRING, der.TELETEX_STRING):
        return True
    try:
        if is_dns_name(content, wildcard=True):
            constraints.hold(names.DNS, content)
        elif (address := ipv4(content)) is not None:
            constraints.hold(names.ADDRESS, address)
    except (OutOfBoundsError, DerError):
        return False
    return True


class _Kind(Protocol):
    """The constraints on one kind of name in one list."""

    @property
    def looks(self) -> int:
        """What one question costs."""

    def __init__(self, bases: Sequence[bytes], *, excluded: bool) -> None: ...

    @staticmethod
    def is_base(base: bytes) -> bool: ...

    @staticmethod
    def is_name(content: bytes) -> bool: ...

    def contain(self, content: bytes) -> bool: ...


class _Hosts(Hosts):
    looks = 1

    def __init__(self, bases: Sequence[bytes], *, excluded: bool) -> None:
        super().__init__(bases, excluding=excluded)

    @staticmethod
    def is_base(base: bytes) -> bool:
        return is_dns_name(base, base=True)

    @staticmethod
    def is_name(content: bytes) -> bool:
        return is_dns_name(content, wildcard=True)


class _Mailboxes:
    looks = 1

    def __init__(self, bases: Sequence[bytes], *, excluded: bool) -> None:
        self._texts = frozenset(base.lower() for base in bases)
        self._domains = Suffixes(base for base in self._texts if base.startswith(b"."))
        self.excluded = excluded

    @staticmethod
    def is_base(base: bytes) -> bool:
        return is_mailbox(base) if b"@" in base else is_dns_name(base, base=True)

    @staticmethod
    def is_name(content: bytes) -> bool:
        return is_mailbox(content)

    def contain(self, content: bytes) -> bool:
        box = content.lower()
        domain = box.partition(b"@")[2]
        return not self._texts.isdisjoint((b"", box, domain)) or self._domains.end(domain)


class _Addresses(Networks):
    def __init__(self, bases: Sequence[bytes], *, excluded: bool) -> None:
        super().__init__(bases)
        self.excluded = excluded

    @staticmethod
    def is_base(base: bytes) -> bool:
        return len(base) in (8, 32)

    @staticmethod
    def is_name(content: bytes) -> bool:
        return len(content) in (4, 16)


class _Directories:
    """Where directories are excluded, all are: Firefox does not trust its own comparison so far."""

    looks = 1

    def __init__(self, bases: Sequence[bytes], *, excluded: bool) -> None:
        self._rows = Prefixes(() if excluded else map(_row, bases))
        self._all = excluded and bool(bases)

    @staticmethod
    def is_base(base: bytes) -> bool:
        return _can_be_read(base)

    @staticmethod
    def is_name(content: bytes) -> bool:
        return _can_be_read(content)

    def contain(self, content: bytes) -> bool:
        return self._all or self._rows.begin(_row(content))


def _can_be_read(name: bytes) -> bool:
    try:
        attributes(name)
    except DerError:
        return False
    return True


_EITHER_TEXT = {der.UTF8_STRING, der.PRINTABLE_STRING}


def _row(name: bytes) -> tuple[tuple[tuple[bytes, int, bytes], ...], ...]:
    """The RDNs, comparable: of two kinds of text it does not matter which."""
    return tuple(
        tuple((kind, der.UTF8_STRING if tag in _EITHER_TEXT else tag, content) for kind, tag, content in rdn)
        for rdn in attributes(name)
    )


_KINDS: dict[int, type[_Kind]] = {
    names.EMAIL: _Mailboxes,
    names.DNS: _Hosts,
    names.DIRECTORY: _Directories,
    names.ADDRESS: _Addresses,
}


class _Subtrees:
    """One of the two lists. ``broken`` says that it cannot be read to its end."""

    def __init__(self, reader: Reader, *, excluded: bool) -> None:
        self._excluded = excluded
        bases: dict[int, list[bytes]] = {}
        broken = False
        try:
            while True:
                subtree = Reader(reader.value(der.SEQUENCE))
                tag, base, _whole = subtree.element()
                kind = names.general_name_kind(tag)
                subtree.finish()
                bases.setdefault(kind, []).append(base)
                if reader.at_end():
                    break
        except DerError:
            broken = True
        self._broken = broken
        self._not_understood = bases.keys() - _KINDS.keys()
        self._kinds = {kind: self._sound(kind, found) for kind, found in bases.items() if kind in _KINDS}

    def _sound(self, kind: int, bases: list[bytes]) -> tuple[_Kind, bool]:
        """The constraints up to the first that is none, and whether there is such a one."""
        sound = next((number for number, base in enumerate(bases) if not _KINDS[kind].is_base(base)), len(bases))
        return _KINDS[kind](bases[:sound], excluded=self._excluded), self._broken or sound < len(bases)

    def looks(self, kind: int) -> int:
        return self._kinds[kind][0].looks if kind in self._kinds else 0

    def hold(self, kind: int, content: bytes) -> None:
        """Raises OutOfBoundsError or DerError, whichever Firefox meets first."""
        if kind in self._not_understood:
            raise OutOfBoundsError
        bases, broken = self._kinds.get(kind, (None, self._broken))
        if bases is not None and not bases.is_name(content):
            raise DerError("no name of its kind")
        within = bases is not None and bases.contain(content)
        if within and self._excluded:
            raise OutOfBoundsError
        if broken:
            raise DerError("constraint that cannot be read")
        if bases is not None and not within and not self._excluded:
            raise OutOfBoundsError


class _Compiled:
    """Both lists."""

    def __init__(self, constraints: bytes) -> None:
        self._lists: list[_Subtrees] = []
        self._broken = False
        try:
            reader = Reader(der.only(constraints, der.SEQUENCE))
            self._broken = reader.at_end()
            for tag in (PERMITTED, EXCLUDED):
                if reader.peek() == tag:
                    self._lists.append(_Subtrees(Reader(reader.value(tag)), excluded=tag == EXCLUDED))
            reader.finish()
        except DerError:
            self._broken = True

    def looks(self, kind: int) -> int:
        return sum(one.looks(kind) for one in self._lists)

    def hold(self, kind: int, content: bytes) -> None:
        for one in self._lists:
            one.hold(kind, content)
        if self._broken:
            raise DerError("constraints that cannot be read")


@lru_cache(maxsize=64)
def _compiled(constraints: bytes) -> _Compiled:
    return _Compiled(constraints)

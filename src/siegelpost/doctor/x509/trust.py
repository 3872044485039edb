"""Authorities: those that browsers ship, and those that somebody added to this machine."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property, lru_cache
from importlib import resources
from pathlib import Path

import certifi

from siegelpost.doctor.der import DerError
from siegelpost.doctor.policy import knowledge
from siegelpost.doctor.x509 import names
from siegelpost.doctor.x509.certificate import Certificate, parse
from siegelpost.doctor.x509.chain import MOST_AUTHORITIES, from_pem


@dataclass(frozen=True, eq=False)
class Authorities:
    """A set of root certificates, found by their subject. Blobs that are no certificate are passed over."""

    blobs: tuple[bytes, ...]

    @cached_property
    def certificates(self) -> tuple[Certificate, ...]:
        found = []
        for blob in dict.fromkeys(self.blobs):
            try:
                found.append(parse(blob))
            except DerError:
                continue
        return tuple(found)

    @cached_property
    def by_subject(self) -> dict[bytes, list[Certificate]]:
        """By the subject as it is encoded."""
        index: dict[bytes, list[Certificate]] = {}
        for certificate in self.certificates:
            index.setdefault(certificate.subject, []).append(certificate)
        return index

    @cached_property
    def by_name(self) -> dict[names.Normalized, list[Certificate]]:
        """By the subject made comparable."""
        index: dict[names.Normalized, list[Certificate]] = {}
        for certificate in self.certificates:
            try:
                index.setdefault(names.normalized(certificate.subject), []).append(certificate)
            except DerError:
                continue
        return index

    def __contains__(self, certificate: Certificate) -> bool:
        return certificate.whole in self._wholes

    @cached_property
    def _wholes(self) -> frozenset[bytes]:
        return frozenset(self.blobs)


NOBODY = Authorities(())


@lru_cache(maxsize=256)
def authorities(blobs: tuple[bytes, ...]) -> Authorities:
    """The same set again for the same certificates, with its indexes."""
    return Authorities(blobs) if blobs else NOBODY


@cache
def public_authorities() -> Authorities:
    """The roots that browsers have in common, as the certifi package of this machine knows them (Mozilla's list)."""
    return authorities(tuple(from_pem(Path(certifi.where()).read_bytes(), most=MOST_AUTHORITIES)))


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom the visitor's browser believes."""

    public: Authorities = field(default_factory=public_authorities)
    local: Authorities = NOBODY

    def holds(self, certificate: Certificate) -> bool:
        return certificate in self.local or certificate in self.public

    def is_public(self, certificate: Certificate) -> bool:
        """Whether it is a root that browsers ship. One that was added locally too is still a shipped one."""
        return certificate in self.public

    def by_subject(self, subject: bytes) -> list[Certificate]:
        return [*self.public.by_subject.get(subject, ()), *self.local.by_subject.get(subject, ())]

    def by_name(self, subject: names.Normalized, written: bytes) -> list[Certificate]:
        """Authorities with a subject that means the same. One that was added is found only as it is written."""
        return [*self.public.by_name.get(subject, ()), *self.local.by_subject.get(written, ())]


@cache
def _former_roots() -> tuple[tuple[datetime, bytes], ...]:
    """Roots that are no longer shipped, each with the moment from which it was not."""
    text = (resources.files("siegelpost.doctor.policy") / "former_roots.pem").read_text()
    rows = [block.partition("\n") for block in text.split("\nuntil: ")[1:]]
    return tuple((datetime.fromisoformat(day).replace(tzinfo=UTC), from_pem(pem)[0]) for day, _line, pem in rows)


@cache
def _former_names() -> frozenset[bytes]:
    return frozenset(parse(root).subject for _until, root in _former_roots())


def was_shipped(name: bytes) -> bool:
    """Whether an authority of this name once was shipped, and no longer is."""
    return name in _former_names()


def shipped_at(moment: datetime) -> Authorities:
    """The roots that were shipped at this moment: today's, and those that have been removed since."""
    former = tuple(root for until, root in _former_roots() if moment < until)
    more = former + knowledge.current().roots
    return authorities(public_authorities().blobs + more) if more else public_authorities()


def trust_of(roots: Sequence[bytes] | None, local_roots: Iterable[bytes], moment: datetime) -> Trust:
    """The trust that ``judge`` was asked for: None stands for the roots that browsers ship at this moment."""
    public = shipped_at(moment) if roots is None else authorities(tuple(roots))
    return Trust(public, authorities(tuple(local_roots)))

"""What the page „Zertifikat“ shows of the store."""

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from siegelpost.certificates import refusals, standing_records
from siegelpost.certificates.installed import open_store
from siegelpost.certificates.models import RevocationLook
from siegelpost.settings import load
from siegelpost.tls.acme.status import AcmeStatus, acme_status
from siegelpost.tls.acme.words import actor_text, problem_text, remedy_texts
from siegelpost.tls.csr import Request, Requests
from siegelpost.tls.front import Refusal
from siegelpost.tls.store import Source, Stored
from siegelpost.tls.store_guard import LostFolder, last_loss
from siegelpost.toolbox.language import active_language
from siegelpost.toolbox.words import Words

# In seconds, from the activation; see ``tls/front/live_certificates.py``.
_SWAPPED_WITHIN = 2.0
SOURCES: dict[Source, Promise] = {
    Source.SELF_SIGNED: _("selbst ausgestellt"),
    Source.ACME: _("automatisch geholt"),
    Source.IMPORTED: _("gekauft"),
}
REFUSALS: dict[Refusal, Promise] = {
    Refusal.BAD_CERTIFICATE: _("Zertifikat fehlerhaft"),
    Refusal.UNSUPPORTED_CERTIFICATE: _("Art des Zertifikats nicht unterstützt"),
    Refusal.CERTIFICATE_REVOKED: _("Zertifikat gesperrt"),
    Refusal.CERTIFICATE_EXPIRED: _("Zertifikat abgelaufen"),
    Refusal.CERTIFICATE_UNKNOWN: _("Zertifikat nicht angenommen"),
    Refusal.UNKNOWN_CA: _("Aussteller unbekannt"),
}


@dataclass(frozen=True, slots=True)
class RevocationRow:
    """What the authorities' lists last said, for the page; ``said`` in the reader's language."""

    look: RevocationLook
    said: list[str]


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """One stored certificate, for a list."""

    stored: Stored
    served: bool
    source: Promise
    days_left: int
    revocation: "RevocationRow | None" = None


@dataclass(frozen=True, slots=True)
class RefusedCertificate:
    """One day on which visitors' browsers refused the certificate, for a list."""

    met: refusals.Met
    reasons: list[tuple[Promise, int]]


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything of the page that is known without asking the network."""

    served: list[CertificateRow]
    others: list[CertificateRow]
    orders: list[Request]
    previous: list[Stored]
    today: RefusedCertificate
    earlier: list[RefusedCertificate]

    @property
    def only_self_signed(self) -> bool:
        """Whether there is nothing yet that a browser could trust."""
        return all(row.stored.self_signed for row in self.served)


@dataclass(frozen=True, slots=True)
class Automatic:
    """How it stands with the automatic certificate, what stands in the way, in words, and what it needs in the DNS."""

    status: AcmeStatus
    problem: str
    remedies: list[str]
    actor: str
    records: list[standing_records.RecordRow]

    @property
    def stuck(self) -> bool:
        """Whether the next renewal would come to nothing as things stand."""
        return bool(self.problem) or not all(each.ok for each in self.records)


@dataclass(frozen=True, slots=True)
class Lost:
    """That the store's folder was gone, in words."""

    loss: LostFolder
    text: str
    remedies: list[str]


def lost(language: str) -> Lost | None:
    """When the folder was last gone, until something else is activated."""
    loss = last_loss(open_store(load()))
    return Lost(loss, loss.text(language), loss.remedies(language)) if loss else None


def automatic(language: str) -> Automatic:
    """The automatic certificate as it stands now; asks nobody."""
    status = acme_status(open_store(load()))
    problem, records = status.problem, standing_records.rows(status, language)
    if problem is None:
        return Automatic(status, "", [], "", records)
    return Automatic(
        status, problem_text(problem, language), remedy_texts(problem, language), actor_text(problem, language), records
    )


def bought_until() -> datetime | None:
    """When the bought certificate ends for which the automatic one waits, as long as nobody has decided."""
    return acme_status(open_store(load())).waits_until


def wait_for_swap() -> None:
    """Until every worker process serves what was activated last: asked sooner, the doctor would see the old one."""
    with suppress(OSError):
        age = time.time() - open_store(load()).active_file.stat().st_mtime
        if 0 <= age < _SWAPPED_WITHIN:
            time.sleep(_SWAPPED_WITHIN - age)


def overview() -> Overview:
    """The store and what visitors met, as they are now."""
    store = open_store(load())
    current = [each.id for each in store.current()]
    rows = [_row(each, current) for each in store.history()]
    days = [
        RefusedCertificate(each, [(REFUSALS[kind], count) for kind, count in each.kinds]) for each in refusals.met()
    ]
    return Overview(
        served=sorted((row for row in rows if row.served), key=lambda row: current.index(row.stored.id)),
        others=[row for row in rows if not row.served],
        orders=Requests(store).pending(),
        previous=store.previous(),
        today=days[0],
        earlier=days[1:],
    )


def _row(stored: Stored, current: list[str]) -> CertificateRow:
    left = (stored.not_after - datetime.now(UTC)).days
    served = stored.id in current
    revocation = _revocation(stored) if served else None
    return CertificateRow(stored, served, SOURCES[stored.source], left, revocation)


def _revocation(stored: Stored) -> RevocationRow | None:
    look = RevocationLook.objects.filter(pk=stored.id).first()
    return RevocationRow(look, [Words(*each)[active_language()] for each in look.said]) if look else None


def row(id: str) -> CertificateRow:
    """One stored certificate.

    Raises:
        siegelpost.tls.store.StoreError: none is stored under this id.
    """
    store = open_store(load())
    return _row(store.get(id), [each.id for each in store.current()])


def previous() -> list[CertificateRow]:
    """What going back would serve again."""
    store = open_store(load())
    current = [each.id for each in store.current()]
    return [_row(each, current) for each in store.previous()]

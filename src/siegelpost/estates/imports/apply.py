"""Bringing an OpenImmo transfer into the office: one transaction per property, every change told by name."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.db import DatabaseError, IntegrityError, transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from siegelpost.estates import commission, facts, openimmo
from siegelpost.estates.imports import existing
from siegelpost.estates.imports.attachments import Attached, Incoming, Reading, bring
from siegelpost.estates.imports.commission import FIELDS as TERMS
from siegelpost.estates.imports.commission import Terms, terms
from siegelpost.estates.imports.results import Change, ImportOutcome, ImportResult, Line, Remark, Sentence
from siegelpost.estates.kinds import Status
from siegelpost.estates.models import Estate
from siegelpost.estates.openimmo.messages import Key, OpenImmoError
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.office.models import Agent
from siegelpost.settings import load
from siegelpost.toolbox.locks import alone

COMMAND_LINE = "command-line"
# What a re-import may bring back to the market by itself.
RESTING = frozenset({Status.DRAFT, Status.ARCHIVED})
NOT_FIELDS = frozenset(
    {"buyer_commission_with_vat", "seller_commission_with_vat", "commission_gross", "commission_net"}
)


class _DryRunError(Exception):
    """Rolls a preview back."""


class Journal:
    """Follows an import property by property. This one only watches; what it raises ends the import there.

    ``keeps_lines``: what it was told is kept by it, and the result names outcome and label of each line alone.
    """

    keeps_lines = False

    def waits(self) -> None:
        """Another import is at work here; this one goes on when that has ended."""

    def opens(self, transfer: openimmo.Transfer) -> None:
        """The file was read; nothing was done with it yet."""

    def has_newer(self, estate: Estate, property_: openimmo.Property | None) -> Sentence | None:
        """What is to be said instead of changing this property, because what is here is newer; None: go on.
        ``property_`` is None for one that a complete transfer does not name.
        """
        return None

    def begins(self, total: int) -> None:
        """The file was read: so many properties are in it."""

    def knows(self, place: int) -> bool:
        """Whether the property in this place of the file (the first is 1) was brought in before the import was cut
        off; asked before anything is done with it.
        """
        return False

    def write(self, place: int | None, line: Line) -> None:
        """What became of one property, within the transaction that changes it; ``place`` is None for one that the
        file does not name.
        """


@dataclass(slots=True)
class _Plan:
    """What is to happen with one property, worked out before its transaction."""

    values: dict[str, Any]
    terms: Terms
    status: str
    attachments: list[Incoming] = field(default_factory=list)
    notes: list[Sentence] = field(default_factory=list)


def import_file(
    path: Path,
    *,
    actor: Agent | str | None,
    dry_run: bool = False,
    archive_missing: bool = False,
    journal: Journal | None = None,
) -> ImportResult:
    """Take over an OpenImmo file (XML, or ZIP with pictures).

    Properties are found again by ``openimmo_obid``, then by the provider's ``objektnr_extern``; one that is
    there already is updated. DELETE and what a complete transfer (VOLL) of the same provider no longer names
    are archived, never erased: proofs may speak of them. What is bad in a good file is left out and reported.
    Imports into the same installation come one after the other; a preview waits for none.

    Args:
        actor: who imports, an agent or what the ledger is to call it; None is the command line.
        dry_run: tell what would change, and change nothing.
        archive_missing: somebody has said yes to a complete transfer that is empty or takes away most.
        journal: see :class:`Journal`.

    Raises:
        siegelpost.estates.openimmo.OpenImmoError: the file as a whole is refused, nothing was changed; also where a
            complete transfer takes away most and nobody has said yes.
    """
    journal = journal or Journal()
    with openimmo.read(path) as transfer, _alone(journal, dry_run=dry_run):
        journal.opens(transfer)
        journal.begins(transfer.count)
        run = _Run(transfer, actor, dry_run, journal)
        for loss in existing.losses(transfer):
            if not (dry_run or archive_missing):
                raise OpenImmoError(loss.key, **dict(loss.values))
            if dry_run:
                run.notes.append(loss)
        for delivery in transfer.deliveries:
            run.deliver(delivery)
        return ImportResult(
            file=path.name,
            dry_run=dry_run,
            full=transfer.full,
            sender=transfer.sender,
            lines=tuple(run.lines.values()),
            notes=(*transfer.notices, *run.notes),
            stamped_at=existing.stamp(transfer),
            techn_email=transfer.techn_email,
            providers=tuple(dict.fromkeys(each.provider.key for each in transfer.deliveries)),
        )


def _alone(journal: Journal, *, dry_run: bool) -> AbstractContextManager[None]:
    """Nothing else is brought in meanwhile."""
    return nullcontext() if dry_run else alone(load().data / "run" / "import", waits=journal.waits)


class _Run:
    """One import: goes through the properties and keeps the account of them."""

    def __init__(self, transfer: openimmo.Transfer, actor: Agent | str | None, dry_run: bool, journal: Journal) -> None:
        self.lines: dict[int, Line] = {}
        self.notes: list[Sentence] = []
        self._transfer = transfer
        self._actor = str(actor.public_id) if isinstance(actor, Agent) else actor or COMMAND_LINE
        self._dry_run = dry_run
        self._journal = journal
        self._place = 0

    def deliver(self, delivery: openimmo.Delivery) -> None:
        """Take over one provider's properties, then archive what a complete transfer no longer names."""
        provider = delivery.provider
        named: set[int | None] = set()
        reading = Reading(delivery.properties, self._transfer.files, only_check=self._dry_run)
        for place, property_ in enumerate(delivery.properties):
            if not self._is_done():
                named.add(self._one(property_, provider, reading.of(place)))
            elif property_.action is not openimmo.Action.DELETE:
                named.add(existing.number(existing.find(property_.openimmo_obid, property_.external_no, provider.key)))
        for rejected in delivery.rejected:
            if not self._is_done():
                self._account(Line(ImportOutcome.REJECTED, rejected.label, reason=rejected.reason))
            named.add(existing.number(existing.find(rejected.openimmo_obid, rejected.external_no, provider.key)))
        if self._transfer.full:
            self._archive_missing(delivery, named)

    def _is_done(self) -> bool:
        """Whether the next property of the file was brought in before this import was cut off."""
        self._place += 1
        return self._journal.knows(self._place)

    def _account(self, line: Line, *, named: bool = True) -> None:
        # A line is written once more where the transaction it was written in came to nothing.
        kept = Line(line.outcome, line.label) if self._journal.keeps_lines else line
        self.lines[self._place if named else -len(self.lines)] = kept
        self._journal.write(self._place if named else None, line)

    def _one(self, property_: openimmo.Property, provider: openimmo.Provider, attached: Attached) -> int | None:
        """Take over one property; gives the number of the estate it is, unless that is none or is to go."""
        if property_.action is openimmo.Action.DELETE:
            self._delete(property_, provider)
            return None
        plan = self._plan(property_, provider, attached)
        line = Line(ImportOutcome.UNCHANGED, property_.label, notes=tuple(plan.notes))
        found: int | None = None
        try:
            with transaction.atomic():
                before = existing.find(property_.openimmo_obid, property_.external_no, provider.key, lock=True)
                found = existing.number(before)
                if before is None and (other := existing.of_another(property_.openimmo_obid, provider.key)):
                    raise _OfAnotherError(other)
                if before and (kept := self._journal.has_newer(before, property_)):
                    raise _KeptError(before, kept)
                line, estate = self._apply(before, plan, line)
                if self._dry_run:
                    raise _DryRunError
                self._account(line)
                return estate.pk
        except _DryRunError:
            pass
        except _KeptError as error:
            line = replace(line, notes=(error.why,)).done(ImportOutcome.UNCHANGED, error.estate, ())
        except _OfAnotherError as error:
            line = line.rejected(error.message)
        except IntegrityError:
            line = line.rejected(Remark(ALREADY_TAKEN))
        except DatabaseError:
            line = line.rejected(Remark(NOT_STORED))
        self._account(line)
        return found

    def _plan(self, property_: openimmo.Property, provider: openimmo.Provider, attached: Attached) -> _Plan:
        told = terms(property_)
        values = _values(property_, provider) | told.values
        notes = [*property_.notices, *attached.notes]
        return _Plan(values, told, property_.status, attachments=attached.incoming, notes=notes)

    def _apply(self, estate: Estate | None, plan: _Plan, line: Line) -> tuple[Line, Estate]:
        created = estate is None
        estate = estate or Estate(status=Status.DRAFT)
        changes = [] if created else list(_changes(estate, plan))
        said_anew = estate.commission_said != plan.terms.said
        for name, value in _all_values(estate, plan).items():
            setattr(estate, name, value)
        estate.commission_said = plan.terms.said
        if said_anew or commission.unclear(estate):
            line = replace(line, notes=(*line.notes, *plan.terms.notes))
        if created or changes or said_anew:
            estate.save()
        pictures = bring(estate, plan.attachments)
        if pictures:
            changes.append(pictures)
            estate.save()
        outcome = ImportOutcome.CREATED if created else ImportOutcome.CHANGED if changes else ImportOutcome.UNCHANGED
        if outcome is not ImportOutcome.UNCHANGED:
            self._record(estate, outcome, [one.field for one in changes])
        return line.done(outcome, estate, tuple(changes)), estate

    def _delete(self, property_: openimmo.Property, provider: openimmo.Provider) -> None:
        estate = existing.find(property_.openimmo_obid, property_.external_no, provider.key)
        if estate is None:
            self._account(Line(ImportOutcome.UNCHANGED, property_.label, notes=(Remark(DELETE_UNKNOWN),)))
        elif kept := self._journal.has_newer(estate, property_):
            line = Line(ImportOutcome.UNCHANGED, property_.label, notes=(kept,))
            self._account(line.done(ImportOutcome.UNCHANGED, estate, ()))
        elif estate.status == Status.ARCHIVED:
            self._account(Line(ImportOutcome.UNCHANGED, property_.label).done(ImportOutcome.UNCHANGED, estate, ()))
        else:
            self._archive(estate, ImportOutcome.DELETED)

    def _archive_missing(self, delivery: openimmo.Delivery, named: set[int | None]) -> None:
        if not delivery.provider.key:
            self.notes.append(Remark(FULL_WITHOUT_PROVIDER))
            return
        if any(not rejected.identified for rejected in delivery.rejected):
            self.notes.append(Remark(FULL_WITH_UNKNOWN))
            return
        offered = Estate.objects.filter(provider=delivery.provider.key).exclude(status=Status.ARCHIVED)
        for estate in offered.order_by("pk"):
            if estate.pk not in named and not self._journal.has_newer(estate, None):
                self._archive(estate, ImportOutcome.ARCHIVED, named=False)

    def _archive(self, estate: Estate, outcome: ImportOutcome, *, named: bool = True) -> None:
        changes = (Change("status", estate.status, Status.ARCHIVED.value),)
        line = Line(outcome, estate.external_no or estate.openimmo_obid).done(outcome, estate, changes)
        if self._dry_run:
            self._account(line, named=named)
            return
        with transaction.atomic():
            estate.status = Status.ARCHIVED
            estate.save(update_fields=("status", "updated_at"))
            self._record(estate, outcome, ["status"])
            self._account(line, named=named)

    def _record(self, estate: Estate, outcome: ImportOutcome, fields: Iterable[str]) -> None:
        if self._dry_run:
            return
        append(
            EventKind.ESTATE_IMPORTED,
            subject=str(estate.public_id),
            data={
                "outcome": outcome.value,
                "actor": self._actor,
                "external_no": estate.external_no,
                "fields": list(fields),
                "media": list(estate.media.values_list("sha256", flat=True)),
            },
        )


ALREADY_TAKEN: Promise = _(
    "Seine Objektnummer oder Kennung gehört hier schon zu einem anderen Objekt. Es wurde nicht verändert; bitte "
    "prüfen Sie die Nummern in Ihrer Maklersoftware."
)
NOT_STORED: Promise = _(
    "Die Datenbank hat es nicht angenommen. Es wurde nicht verändert; bitte versuchen Sie es noch einmal."
)
DELETE_UNKNOWN: Promise = _("Zum Löschen angegeben, hier aber nicht vorhanden: nichts zu tun.")
FULL_WITHOUT_PROVIDER: Promise = _(
    "Die Übertragung nennt sich vollständig, aber keinen Anbieter: Es wurde nichts archiviert."
)
FULL_WITH_UNKNOWN: Promise = _(
    "Die Übertragung nennt sich vollständig, enthält aber ein Objekt ohne Kennung: Es wurde nichts archiviert."
)


class _KeptError(Exception):
    """What is here is newer than what the file says of this property."""

    def __init__(self, estate: Estate, why: Sentence) -> None:
        self.estate, self.why = estate, why
        super().__init__()


class _OfAnotherError(Exception):
    """The property's id belongs to one of another provider, which is not touched."""

    def __init__(self, other: Estate) -> None:
        self.message = openimmo.Message.of(
            Key.OTHER_PROVIDER, value=other.openimmo_obid, provider=other.provider_name or other.provider or "–"
        )
        super().__init__()


def _values(property_: openimmo.Property, provider: openimmo.Provider) -> dict[str, Any]:
    """The property's fields as the table wants them."""
    values: dict[str, Any] = {
        "provider": provider.key,
        "provider_name": provider.name,
        "openimmo_obid": property_.openimmo_obid,
        "external_no": property_.external_no,
        "as_of": property_.as_of,
        "title": property_.title,
        "kind": property_.kind,
        "kind_detail": property_.kind_detail,
        "marketing": property_.marketing,
        "usage": property_.usage,
        "features": list(property_.features),
    }
    values |= {name: value for name, value in property_.group_values() if name not in NOT_FIELDS}
    # 0/0 lies in the Gulf of Guinea: programs write it where they know no place.
    if None in (values["latitude"], values["longitude"]) or not (values["latitude"] or values["longitude"]):
        values |= {"latitude": None, "longitude": None}
    if not values["title"]:
        with translation.override("de"):
            values["title"] = facts.headline(Estate(**(values | {"buyer_commission_due": False})))[:200]
    return values


def _all_values(estate: Estate, plan: _Plan) -> dict[str, Any]:
    """The fields to set on this estate. An identifier that the file leaves out stays."""
    values = dict(plan.values)
    for name in ("openimmo_obid", "external_no"):
        values[name] = values[name] or getattr(estate, name)
    # While the file says the same about the commission, what the office has decided since stays.
    if estate.commission_said == plan.terms.said:
        values |= {name: getattr(estate, name) for name in TERMS}
    resting = estate.status in RESTING
    values["status"] = plan.status or (Status.ACTIVE.value if resting else estate.status)
    return values


def _changes(estate: Estate, plan: _Plan) -> Iterable[Change]:
    for name, value in _all_values(estate, plan).items():
        before = getattr(estate, name)
        if before != value:
            yield Change(name, before, value)

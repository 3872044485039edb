"""Bringing an OpenImmo transfer into the office: one transaction per property, every change told by name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from django.db import DatabaseError, IntegrityError, transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from siegelpost.estates import commission, facts, media, openimmo
from siegelpost.estates.imports import existing
from siegelpost.estates.imports.commission import FIELDS as TERMS
from siegelpost.estates.imports.commission import Terms, terms
from siegelpost.estates.imports.results import Change, ImportOutcome, ImportResult, Line, MediaChange, Remark, Sentence
from siegelpost.estates.kinds import Status
from siegelpost.estates.models import Estate, Media
from siegelpost.estates.openimmo.messages import AttachmentError, Key, OpenImmoError
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
    """Follows an import property by property. This one only watches; what it raises ends the import there."""

    def waits(self) -> None:
        """Another import is at work here; this one goes on when that has ended."""

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


@dataclass(frozen=True, slots=True)
class _Incoming:
    """An attachment that was read and checked, or one that was not and may be there from before."""

    group: str
    title: str
    name: str
    prepared: media.Prepared | None


@dataclass(slots=True)
class _Plan:
    """What is to happen with one property, worked out before its transaction."""

    values: dict[str, Any]
    terms: Terms
    status: str
    attachments: list[_Incoming] = field(default_factory=list)
    notes: list[Sentence] = field(default_factory=list)


def import_file(
    path: Path,
    *,
    actor: Agent | None,
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
        actor: who imports; None is the command line.
        dry_run: tell what would change, and change nothing.
        archive_missing: somebody has said yes to a complete transfer that is empty or takes away most.
        journal: see :class:`Journal`.

    Raises:
        siegelpost.estates.openimmo.OpenImmoError: the file as a whole is refused, nothing was changed; also where a
            complete transfer takes away most and nobody has said yes.
    """
    journal = journal or Journal()
    with openimmo.read(path) as transfer, _alone(journal, dry_run=dry_run):
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
        )


def _alone(journal: Journal, *, dry_run: bool) -> AbstractContextManager[None]:
    """Nothing else is brought in meanwhile."""
    return nullcontext() if dry_run else alone(load().data / "run" / "import", waits=journal.waits)


class _Run:
    """One import: goes through the properties and keeps the account of them."""

    def __init__(self, transfer: openimmo.Transfer, actor: Agent | None, dry_run: bool, journal: Journal) -> None:
        self.lines: dict[int, Line] = {}
        self.notes: list[Sentence] = []
        self._transfer = transfer
        self._actor = str(actor.public_id) if actor else COMMAND_LINE
        self._dry_run = dry_run
        self._journal = journal
        self._place = 0

    def deliver(self, delivery: openimmo.Delivery) -> None:
        """Take over one provider's properties, then archive what a complete transfer no longer names."""
        provider = delivery.provider
        named: set[int | None] = set()
        for property_ in delivery.properties:
            if not self._is_done():
                named.add(self._one(property_, provider))
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
        self.lines[self._place if named else -len(self.lines)] = line
        self._journal.write(self._place if named else None, line)

    def _one(self, property_: openimmo.Property, provider: openimmo.Provider) -> int | None:
        """Take over one property; gives the number of the estate it is, unless that is none or is to go."""
        if property_.action is openimmo.Action.DELETE:
            self._delete(property_, provider)
            return None
        plan = self._plan(property_, provider)
        line = Line(ImportOutcome.UNCHANGED, property_.label, notes=tuple(plan.notes))
        found: int | None = None
        try:
            with transaction.atomic():
                before = existing.find(property_.openimmo_obid, property_.external_no, provider.key, lock=True)
                found = existing.number(before)
                if before is None and (other := existing.of_another(property_.openimmo_obid, provider.key)):
                    raise _OfAnotherError(other)
                line, estate = self._apply(before, plan, line)
                if self._dry_run:
                    raise _DryRunError
                self._account(line)
                return estate.pk
        except _DryRunError:
            pass
        except _OfAnotherError as error:
            line = line.rejected(error.message)
        except IntegrityError:
            line = line.rejected(Remark(ALREADY_TAKEN))
        except DatabaseError:
            line = line.rejected(Remark(NOT_STORED))
        self._account(line)
        return found

    def _plan(self, property_: openimmo.Property, provider: openimmo.Provider) -> _Plan:
        told = terms(property_)
        values = _values(property_, provider) | told.values
        plan = _Plan(values, told, property_.status, notes=list(property_.notices))
        for attachment in property_.attachments:
            prepared = None
            try:
                data = attachment.read(self._transfer.files)
                prepared = self._prepared(data, attachment.name)
            except (AttachmentError, media.MediaError) as error:
                plan.notes.append(error if isinstance(error, media.MediaError) else error.message)
            plan.attachments.append(_Incoming(attachment.group, attachment.title, attachment.name, prepared))
        return plan

    def _prepared(self, data: bytes, name: str) -> media.Prepared:
        sha256 = hashlib.sha256(data).hexdigest()
        if known := Media.objects.filter(sha256=sha256).first():
            return media.Prepared(sha256, known.media_type, known.size, known.width, known.height, known.renditions)
        return media.check(data, name) if self._dry_run else media.prepare(data, name)

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
        pictures = _sync_media(estate, plan.attachments)
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
            if estate.pk not in named:
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


def _sync_media(estate: Estate, attachments: list[_Incoming]) -> Change | None:
    """Make the imported pictures and documents those of the file; what the office added itself stays."""
    present = list(estate.media.filter(imported=True))
    added = moved = 0
    for position, incoming in enumerate(attachments):
        known = _take(present, incoming)
        if known is None and incoming.prepared is None:
            continue
        if known is None:
            assert incoming.prepared is not None  # noqa: S101 - the line above
            Media.objects.create(
                estate=estate,
                group=incoming.group,
                title=incoming.title,
                position=position,
                original_name=incoming.name,
                imported=True,
                **asdict(incoming.prepared),
            )
            added += 1
        elif (known.group, known.title, known.position) != (incoming.group, incoming.title, position):
            known.group, known.title, known.position = incoming.group, incoming.title, position
            known.save(update_fields=("group", "title", "position"))
            moved += 1
    for left in present:
        left.delete()
    return MediaChange(now=(added, moved, len(present))) if added or moved or present else None


def _take(present: list[Media], incoming: _Incoming) -> Media | None:
    """Take out of ``present`` the picture that ``incoming`` is: by content, or by name if it could not be read."""
    for one in present:
        same = one.sha256 == incoming.prepared.sha256 if incoming.prepared else one.original_name == incoming.name
        if same:
            present.remove(one)
            return one
    return None

"""Imports that are begun on a page: the file is taken in, read, shown, and brought in once somebody has said yes.

Here is what people do; what the server does then, in the jobs process, is in :mod:`.job`.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from siegelpost.estates.import_models import AT_WORK, OPEN, Import, ImportLine, ImportState
from siegelpost.estates.imports import spool
from siegelpost.estates.kinds import ImportOutcome
from siegelpost.office.models import Agent
from siegelpost.toolbox.lines import file_name

log = structlog.get_logger(__name__)

# What was done can be looked up so long.
KEPT_FOR = timedelta(days=14)
# So long the list of properties names the last one.
FRESH = timedelta(days=1)
# More files than this are not kept on the disk at once.
MOST_OPEN = 20
CHANGING = (ImportOutcome.CREATED, ImportOutcome.CHANGED, ImportOutcome.ARCHIVED, ImportOutcome.DELETED)


class TooManyError(Exception):
    """Too many imports are open; nothing was taken in."""


class TooLateError(Exception):
    """The import is no longer where it would have to be for this; nothing was changed."""


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far the server is with an import: ``done`` of ``total`` properties (None while nobody knows);
    ``before`` so many other imports come first.
    """

    done: int
    total: int | None
    before: int


def begin(chunks: Iterable[bytes], name: str, *, agent: Agent) -> Import:
    """Take a file in; it is read in the background.

    Raises:
        TooManyError, siegelpost.estates.imports.spool.TooLargeError: nothing was kept.
    """
    if Import.objects.filter(state__in=OPEN, arrival=None).count() >= MOST_OPEN:
        raise TooManyError
    key = spool.keep(chunks, name)
    return Import.objects.create(agent=agent, name=file_name(name, "openimmo"), key=key)


def one(public_id: uuid.UUID) -> Import:
    """One import.

    Raises:
        Import.DoesNotExist: there is none, or no longer.
    """
    return Import.objects.select_related("agent", "confirmed_by", "arrival").get(public_id=public_id)


def fresh() -> QuerySet[Import]:
    """The imports that can still be looked up, the latest first; without those that were thrown away."""
    since = timezone.now() - KEPT_FOR
    shown = Import.objects.filter(Q(created_at__gte=since) | Q(state__in=OPEN))
    return shown.exclude(state=ImportState.CANCELLED).select_related("agent")


def latest() -> Import | None:
    """The import that whoever looks at the properties may be waiting for, or has just seen done."""
    since = timezone.now() - FRESH
    return fresh().filter(Q(state__in=OPEN) | Q(ended_at__gte=since)).first()


def progress(of: Import) -> ImportProgress:
    """How far the server is."""
    earlier = Import.objects.filter(state__in=AT_WORK, pk__lt=of.pk)
    done = _shown(of).count()
    # What a complete transfer archives is not among what the file names.
    return ImportProgress(min(done, of.total) if of.total is not None else done, of.total, earlier.count())


def counts(of: Import) -> dict[str, int]:
    """How many properties have each outcome, those that are none left out, in the order of :class:`ImportOutcome`."""
    found = dict(_shown(of).order_by().values_list("outcome").annotate(Count("pk")))
    return {outcome.value: found[outcome.value] for outcome in ImportOutcome if outcome.value in found}


def lines(of: Import, only: str = "") -> QuerySet[ImportLine]:
    """What becomes or became of each property, in the order of the file; ``only`` those with this outcome."""
    shown = _shown(of)
    return shown.filter(outcome=only) if only in ImportOutcome.values else shown


def is_outdated(of: Import) -> bool:
    """Whether something else was brought in since the preview was made."""
    others = Import.objects.exclude(pk=of.pk).filter(confirmed_at__isnull=False)
    return of.state == ImportState.READY and others.filter(ended_at__gt=of.read_at).exists()


def confirm(of: Import, *, agent: Agent) -> None:
    """Bring in what the preview showed; it is done in the background.

    Raises:
        TooLateError: it was cancelled meanwhile, or its time was up. What runs or is done already is left alone.
    """
    if not _move(of, (ImportState.READY,), ImportState.APPLYING, confirmed_by=agent, confirmed_at=timezone.now()):
        of.refresh_from_db()
        if of.confirmed_at is None:
            raise TooLateError


def bring_in(of: Import) -> None:
    """Bring in what was read, because the rules of the account by which it came say so."""
    _move(of, (ImportState.READY,), ImportState.APPLYING, confirmed_at=timezone.now())


def cancel(of: Import) -> None:
    """Throw the file away; nothing was changed, and nothing will be.

    Raises:
        TooLateError: it is being brought in, or was.
    """
    if not _throw_away(of):
        raise TooLateError


def again(of: Import) -> None:
    """Read the file anew, or go on bringing it in where that broke off.

    Raises:
        TooLateError: there is nothing to be done again, or the file is gone.
    """
    if of.confirmed_at:
        moved = _move(of, (ImportState.FAILED,), ImportState.APPLYING, problem={}, ended_at=None)
    else:
        states = (ImportState.FAILED, ImportState.READY)
        moved = _move(of, states, ImportState.READING, problem={}, ended_at=None, read_at=None, total=None)
    if not moved:
        raise TooLateError


def forget_old() -> None:
    """Throw away what nobody confirmed in a day, and the account of what was done two weeks ago."""
    now = timezone.now()
    too_old = Import.objects.exclude(key="").filter(created_at__lt=now - spool.KEPT_FOR)
    for old in too_old.filter(state=ImportState.READY):
        # What came by itself waits over a weekend, too.
        if not hasattr(old, "arrival") or old.created_at < now - KEPT_FOR:
            _throw_away(old)
    for old in too_old.filter(state=ImportState.FAILED):
        _let_go(old)
    removed, _ = Import.objects.exclude(state__in=OPEN).filter(created_at__lt=now - KEPT_FOR).delete()
    files = spool.forget_all_but(set(Import.objects.exclude(key="").values_list("key", flat=True)))
    if removed or files:
        log.info("imports_forgotten", rows=removed, files=files)


def _shown(of: Import) -> QuerySet[ImportLine]:
    return of.lines.filter(applied=of.confirmed_at is not None)


def _move(of: Import, before: Iterable[ImportState], to: ImportState, **fields: Any) -> bool:
    """Move it on, unless somebody else has been quicker or its file is gone."""
    rows = Import.objects.filter(pk=of.pk, state__in=tuple(before)).exclude(key="")
    moved = bool(rows.update(state=to, starts=0, **fields))
    if moved:
        of.refresh_from_db()
    return moved


def _throw_away(of: Import) -> bool:
    key = of.key
    with transaction.atomic():
        if not _move(
            of, (ImportState.READING, ImportState.READY), ImportState.CANCELLED, key="", ended_at=timezone.now()
        ):
            return False
        of.lines.all().delete()
    spool.forget(key)
    return True


def _let_go(of: Import) -> None:
    """Keep what is known of an import that failed, without its file."""
    if Import.objects.filter(pk=of.pk, state=ImportState.FAILED).update(key=""):
        spool.forget(of.key)

"""What the server does with imports: reads them, makes the preview, and brings in what was confirmed.

One after the other, in a thread of the jobs process that does nothing else: a file of thousands of properties holds
up no mail. Every property is brought in whole or not at all, together with its line in the account. Killed at any
moment, the next round goes on: a preview is made anew, and what was brought in is not done twice.
"""

import time
from threading import Event
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from siegelpost.estates.import_models import AT_WORK, Import, ImportLine, ImportState
from siegelpost.estates.imports import spool
from siegelpost.estates.imports.apply import Journal, import_file
from siegelpost.estates.imports.results import ImportOutcome, ImportResult, Line
from siegelpost.estates.imports.upload import CHANGING
from siegelpost.estates.openimmo import OpenImmoError
from siegelpost.ledger.halt import HaltedError, refuse_if_halted
from siegelpost.settings import load
from siegelpost.toolbox.locks import alone_or_not
from siegelpost.toolbox.words import LANGUAGES

log = structlog.get_logger(__name__)

# What fails again and again is left to a person.
MOST_STARTS = 5
# Lines of a preview are written down together: so many at most, and no later than this many seconds.
BATCH, BATCH_SECONDS = 200, 1.0

GONE: Promise = _(
    "Die hochgeladene Datei ist auf diesem Server nicht zu finden. Bitte versuchen Sie es noch einmal, oder laden Sie "
    "sie neu hoch."
)
GIVEN_UP: Promise = _(
    "Der Server ist dabei mehrmals auf einen Fehler gestoßen; er steht im Protokoll des Servers. Bitte versuchen Sie "
    "es später noch einmal, oder zeigen Sie die Datei Ihrem Administrator."
)

# Set when the process is asked to end: the property at hand is finished, no other is begun.
stopping = Event()


class _StoppingError(Exception):
    """The process ends; the next one goes on."""


class _CancelledError(Exception):
    """Somebody has thrown the file away meanwhile."""


def round_() -> None:
    """Do the imports that wait, the oldest first.

    Raises:
        siegelpost.ledger.halt.HaltedError: nothing may be written now; what waits is taken up again afterwards.
    """
    if not Import.objects.filter(state__in=AT_WORK).exists():
        return
    refuse_if_halted()  # it waits, and no try is held against it
    with alone_or_not(load().data / "run" / "imports") as (ours, _):
        while ours and not stopping.is_set() and (one := _next()):
            _work_on(one)


def _next() -> Import | None:
    return Import.objects.filter(state__in=AT_WORK).select_related("agent", "confirmed_by").order_by("pk").first()


def _work_on(one: Import) -> None:
    file = spool.path(one.key)
    if file is None or one.starts >= MOST_STARTS:
        # Without its file it may have been picked up where the file is not: it can be tried again where it is.
        _fail(one, _in_all(GIVEN_UP if file else GONE), over=False)
        return
    applying = one.state == ImportState.APPLYING
    Import.objects.filter(pk=one.pk).update(starts=one.starts + 1)
    try:
        with _Account(one, applied=applying) as account:
            result = import_file(
                file, actor=one.confirmed_by, dry_run=not applying, archive_missing=applying, journal=account
            )
    except OpenImmoError as refused:
        _fail(one, {language: refused.text(language) for language in LANGUAGES}, over=True)
    except _CancelledError:
        return
    except _StoppingError:
        Import.objects.filter(pk=one.pk).update(starts=one.starts)
    except HaltedError:
        Import.objects.filter(pk=one.pk).update(starts=one.starts)
        raise
    else:
        _finish(one, result)


class _Account(Journal):
    """Writes down what becomes of each property."""

    def __init__(self, one: Import, *, applied: bool) -> None:
        self._one, self._applied = one, applied
        self._known: set[int | None] = set()
        self._waiting: list[ImportLine] = []
        self._written = time.monotonic()

    def __enter__(self) -> "_Account":
        if self._applied:
            self._known = set(self._one.lines.filter(applied=True).values_list("place", flat=True))
        else:
            self._one.lines.all().delete()
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if error is None:
            self._flush()

    def begins(self, total: int) -> None:
        """See :class:`Journal`."""
        if not self._applied:
            Import.objects.filter(pk=self._one.pk).update(total=total)
            self._flush()

    def knows(self, place: int) -> bool:
        """See :class:`Journal`."""
        if stopping.is_set():
            raise _StoppingError
        if not self._applied and time.monotonic() > self._written + BATCH_SECONDS:
            self._flush()
        return place in self._known

    def write(self, place: int | None, line: Line) -> None:
        """See :class:`Journal`."""
        row = ImportLine(
            of=self._one,
            applied=self._applied,
            place=place,
            outcome=line.outcome.value,
            label=line.label[:200],
            title=line.title[:200],
            # A preview's new properties are not there.
            estate_id=line.public_id or None if self._applied or line.outcome is not ImportOutcome.CREATED else None,
            told={language: line.told(language) for language in LANGUAGES},
        )
        if self._applied:
            row.save(force_insert=True)
            return
        self._waiting.append(row)
        if len(self._waiting) >= BATCH:
            self._flush()

    @transaction.atomic
    def _flush(self) -> None:
        """Write down what waits, if anybody still wants to know."""
        mine = Import.objects.select_for_update().filter(pk=self._one.pk, state=self._one.state)
        if not mine.exists():
            raise _CancelledError
        ImportLine.objects.bulk_create(self._waiting)
        self._waiting, self._written = [], time.monotonic()


def _finish(one: Import, result: ImportResult) -> None:
    """A preview waits for somebody's yes, where there is anything to say yes to; what was brought in is done."""
    now = timezone.now()
    applied = one.state == ImportState.APPLYING
    told = {
        "full": result.full,
        "sender": result.sender[:200],
        "notes": [{language: note.text(language) for language in LANGUAGES} for note in result.notes],
        "total": len(result.lines) if not applied else one.total,
        "starts": 0,
    }
    if not applied:
        told["read_at"] = now
    if not applied and any(result.of(outcome) for outcome in CHANGING):
        Import.objects.filter(pk=one.pk, state=one.state).update(state=ImportState.READY, **told)
    else:
        _end(one, ImportState.DONE, over=True, **told)
        log.info("import_done", properties=result.counts)


def _fail(one: Import, problem: dict[str, str], *, over: bool) -> None:
    """It cannot go on: for good (``over``), or until somebody tries again."""
    log.warning("import_failed", reason=problem["en"])
    _end(one, ImportState.FAILED, over=over, problem=problem)


def _end(one: Import, state: ImportState, *, over: bool, **fields: Any) -> None:
    if over:
        fields["key"] = ""
    ended = Import.objects.filter(pk=one.pk, state=one.state).update(state=state, ended_at=timezone.now(), **fields)
    if over and ended:
        spool.forget(one.key)


def _in_all(text: Promise) -> dict[str, str]:
    found: dict[str, str] = {}
    for language in LANGUAGES:
        with translation.override(language):
            found[language] = str(text)
    return found

"""What the server does with imports: reads them, makes the preview, and brings in what was confirmed.

One after the other, in a thread of the jobs process that does nothing else: a file of thousands of properties holds
up no mail. Every property is brought in whole or not at all, together with its line in the account. Killed at any
moment, the next round goes on: a preview is made anew, and what was brought in is not done twice.
"""

import time
import uuid
from threading import Event
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from siegelpost.estates import openimmo
from siegelpost.estates.import_models import AT_WORK, Import, ImportLine, ImportState
from siegelpost.estates.imports import existing, spool
from siegelpost.estates.imports.apply import Journal, import_file
from siegelpost.estates.imports.results import ImportOutcome, ImportResult, Line, Remark, Sentence
from siegelpost.estates.imports.upload import CHANGING
from siegelpost.estates.intake_models import Arrival
from siegelpost.estates.models import Estate
from siegelpost.estates.openimmo import OpenImmoError
from siegelpost.foreign.errors import BusyError
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
NEWER: Promise = _("Hier steht schon ein neuerer Stand aus einer späteren Übertragung: übergangen.")
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
        _fail(one, Remark(GIVEN_UP if file else GONE), over=False)
        return
    applying = one.state == ImportState.APPLYING
    Import.objects.filter(pk=one.pk).update(starts=one.starts + 1)
    try:
        with _Account(one, applied=applying) as account:
            result = import_file(
                file,
                actor=one.confirmed_by or _account_of(one),
                dry_run=not applying,
                archive_missing=applying,
                journal=account,
            )
    except OpenImmoError as refused:
        _fail(one, refused, over=True)
    except _CancelledError:
        return
    except _StoppingError:
        Import.objects.filter(pk=one.pk).update(starts=one.starts)
    except (HaltedError, BusyError):
        Import.objects.filter(pk=one.pk).update(starts=one.starts)
        raise
    else:
        _finish(one, result)


def _account_of(one: Import) -> str | None:
    """The account by which it came, as the ledger calls it; None for one that a person has brought."""
    arrival = getattr(one, "arrival", None)
    return f"intake:{arrival.account.login}" if arrival else None


class _Account(Journal):
    """Writes down what becomes of each property."""

    keeps_lines = True

    def __init__(self, one: Import, *, applied: bool) -> None:
        self._one, self._applied = one, applied
        self._known: set[int | None] = set()
        self._waiting: list[ImportLine] = []
        self._arrival: Arrival | None = getattr(one, "arrival", None)
        self._stamped = False
        self._newer: set[uuid.UUID | None] = set()
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

    def opens(self, transfer: openimmo.Transfer) -> None:
        """See :class:`Journal`."""
        if self._arrival is None or (stamped_at := existing.stamp(transfer)) is None:
            return
        self._stamped = True
        later = ImportLine.objects.filter(
            applied=True, of__arrival__account=self._arrival.account, of__stamped_at__gt=stamped_at
        )
        self._newer = set(later.values_list("estate_id", flat=True))

    def has_newer(self, estate: Estate, property_: openimmo.Property | None) -> Sentence | None:
        """See :class:`Journal`. Of what came by itself: whoever brings a file knows what is in it."""
        if estate.public_id in self._newer:
            return Remark(NEWER)
        if self._arrival is None or self._stamped or property_ is None or not (property_.as_of and estate.as_of):
            return None
        return Remark(NEWER) if property_.as_of < estate.as_of else None

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
        "stamped_at": result.stamped_at,
        "techn_email": result.techn_email[:254],
        "providers": [each[:100] for each in result.providers],
        "notes": [_in_all(note) for note in result.notes],
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


def _fail(one: Import, problem: Sentence, *, over: bool) -> None:
    """It cannot go on: for good (``over``), or until somebody tries again."""
    log.warning("import_failed", reason=problem.text("en"))
    _end(one, ImportState.FAILED, over=over, problem=_in_all(problem))


def _end(one: Import, state: ImportState, *, over: bool, **fields: Any) -> None:
    if over:
        fields["key"] = ""
    ended = Import.objects.filter(pk=one.pk, state=one.state).update(state=state, ended_at=timezone.now(), **fields)
    if over and ended:
        spool.forget(one.key)


def _in_all(sentence: Sentence) -> dict[str, str]:
    return {language: sentence.text(language) for language in LANGUAGES}

"""How long the proofs of a dispatch are kept, and what goes with it when nobody needs them any more.

The ledger's leaves stay, for they hold no personal value; what opens them is erased, and so are the dispatch, its
mails and its files. How long what is kept, and why, says the table in :mod:`siegelpost.office.retention_periods`.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from siegelpost import storage
from siegelpost.contacts.models import Contact
from siegelpost.dispatch.frozen.files import attached_to, enclosed_in, pictures_in
from siegelpost.dispatch.gate.rules import ButtonKind
from siegelpost.dispatch.models import Dispatch, Earlier, Kind, Leftover, Withdrawal
from siegelpost.estates.models import Media
from siegelpost.ledger import log
from siegelpost.ledger.events import EventKind
from siegelpost.mail import erasure as mail_erasure
from siegelpost.mail.outgoing import outbox
from siegelpost.office import retention_periods
from siegelpost.office.current import the_office
from siegelpost.office.models import Agent, Office
from siegelpost.office.retention_periods import Sort
from siegelpost.settings import load

# A file that was put among the stored ones just now may be about to be named by a dispatch.
LEFT_ALONE = timedelta(hours=1)
_MOST_FILES = 50


def sort_of(dispatch: Dispatch) -> Sort:
    """Which row of the table a dispatch falls under."""
    if dispatch.kind == Kind.REGISTERED_MAIL:
        return Sort.REGISTERED
    if dispatch.declared_at is None:
        return Sort.NOTHING
    return Sort.ORDER if dispatch.page["gate"]["button"]["kind"] == ButtonKind.ORDER else Sort.FREE


def ends(dispatch: Dispatch, office: Office | None = None) -> datetime:
    """Until when its proofs are kept: by :mod:`siegelpost.office.retention_periods`, and while its link opens."""
    begin = max(_moments(dispatch))
    over = retention_periods.TABLE[sort_of(dispatch)].ends(begin, office or the_office())
    return max(over, dispatch.expires_at) if dispatch.declared_at is None else over


def _moments(dispatch: Dispatch) -> Iterator[datetime]:
    """What its time can begin with; the latest counts."""
    yield dispatch.declared_at or dispatch.created_at
    if dispatch.main_contract_on:
        yield datetime.combine(dispatch.main_contract_on, time.min, ZoneInfo(load().time_zone))
    if dispatch.declared_at:
        yield from dispatch.withdrawals.values_list("made_at", flat=True)


def erase(dispatch: Dispatch) -> None:
    """Erase a dispatch with all that was sent, declared and noted about it, in the caller's transaction.

    What the ledger has of it stays provable for everybody else; its personal values cannot be read any more. Files go
    within the hour (:func:`sweep`).
    """
    transaction.on_commit(clear_log, robust=True)
    subject = str(dispatch.public_id)
    withdrawals = [str(one.public_id) for one in dispatch.withdrawals.all()]
    files = set(_files(dispatch))
    # Mails first, then the dispatch: the order in which a delivery takes its locks, too.
    mail_erasure.erase(subject)
    outbox.erase([subject, *withdrawals])
    dispatch.withdrawals.all().delete()
    contact = dispatch.contact_id
    dispatch.delete()
    if not Dispatch.objects.filter(contact=contact).exists():
        Contact.objects.filter(pk=contact).update(proofs_erased_at=timezone.now())
    log.append(EventKind.DISPATCH_ERASED, subject=subject)
    log.erase([subject, *withdrawals])
    _forget_assigned(withdrawals)
    leave(files)


def leave(files: Iterable[str]) -> None:
    """Have these stored files, by SHA-256, go within the hour (:func:`sweep`) unless something else names them."""
    Leftover.objects.bulk_create([Leftover(sha256=sha256) for sha256 in sorted(files)], ignore_conflicts=True)


def clear_log() -> None:
    """Also SQLite's write-ahead log, in which what is erased stands a second time; outside a transaction.

    While somebody reads it stays, and a job tries again each minute, and when the server ends. PostgreSQL overwrites
    nothing: ``docs/retention.md`` says what stays, and how an operator clears it.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        # Those who write wait meanwhile: for a copy of the whole database, they must not.
        cursor.execute("PRAGMA busy_timeout=1000")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            cursor.execute(f"PRAGMA busy_timeout={connection.settings_dict['OPTIONS']['timeout'] * 1000}")


def sweep() -> int:
    """Delete the files of erased dispatches that nothing else names.

    Returns:
        How many files were deleted.
    """
    deleted = 0
    for left in Leftover.objects.order_by("pk")[:_MOST_FILES]:
        if not _is_named(left.sha256):
            unused_since = timezone.now() - LEFT_ALONE
            if not storage.forget_unused(left.sha256, since=unused_since.timestamp()):
                continue  # stored again just now: the next round looks whether it is named
            deleted += 1
        left.delete()
    return deleted


def _files(dispatch: Dispatch) -> Iterator[str]:
    """What is stored for the dispatch alone, attached to it, or shown before the gate; others are the property's."""
    versions: list[Dispatch | Earlier] = [dispatch, *dispatch.earlier.all()]
    for shown in versions:
        yield shown.pdf_sha256
        yield from attached_to(shown.content)
        yield from pictures_in(shown.page)
        yield from enclosed_in(shown.page)
    yield from filter(None, (one.file_sha256 for one in dispatch.withdrawals.all()))


def _is_named(sha256: str) -> bool:
    if not sha256:
        return True
    # Also what is shown of a picture: somebody may have saved just that, and attached it.
    frozen = [(table, words, "pdf_sha256") for table in (Dispatch, Earlier) for words in ("page", "content")]
    tables = (*frozen, (Media, "renditions", "sha256"), (Media, "renditions", "teaser"))
    return (
        any(
            table._default_manager.annotate(words=Cast(words, TextField()))
            .filter(Q(words__contains=sha256) | Q(**{whole: sha256}))
            .exists()
            for table, words, whole in tables
        )
        or Office.objects.filter(logo=sha256).exists()
        or Agent.objects.filter(photo=sha256).exists()
        or Withdrawal.objects.filter(file_sha256=sha256).exists()
    )


def erase_withdrawal(withdrawal: Withdrawal) -> None:
    """Erase a withdrawal that means no contract, with its mails, in the caller's transaction."""
    transaction.on_commit(clear_log, robust=True)
    subject = str(withdrawal.public_id)
    outbox.erase([subject])
    withdrawal.delete()
    log.append(EventKind.DISPATCH_ERASED, subject=subject)
    log.erase([subject])
    _forget_assigned([subject])


def _forget_assigned(withdrawals: list[str]) -> None:
    """Whose contract one means may have been said wrongly first: that dispatch, another's, still names who declared."""
    if withdrawals:
        log.erase_naming(EventKind.WITHDRAWAL_ASSIGNED, "withdrawal", withdrawals)


@transaction.atomic
def erase_over(dispatches: Iterable[Dispatch]) -> int:
    """Erase those whose proofs need not be kept any longer; gives how many they were."""
    now = timezone.now()
    office = the_office()
    over = [one for one in dispatches if ends(one, office) <= now]
    for one in over:
        erase(one)
    return len(over)

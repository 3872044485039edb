"""Mails that could not be fetched or read: those behind them do not wait, and they are tried again."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from siegelpost.mail.mailbox_models import MailboxPosition, UnfetchedMail

# After so many failures it waits so long; at the end once a day, as long as the mail is there.
WAITS = (
    *(timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15)),
    *(timedelta(hours=1), timedelta(hours=6), timedelta(days=1)),
)
# What comes well within a few minutes nobody needs to hear of.
TOLD_AFTER = 3
_MOST = 200


@transaction.atomic
def set_aside(position: MailboxPosition, uid: int, words: str, arrived_at: datetime | None = None) -> None:
    """Count a failure at this mail, and go on behind it; ``words`` are the server's, empty where the fault is ours."""
    row, _ = UnfetchedMail.objects.get_or_create(position=position, uid=uid)
    row.tries, row.words = row.tries + 1, words
    row.next_at = timezone.now() + WAITS[min(row.tries, len(WAITS)) - 1]
    row.arrived_at = arrived_at or row.arrived_at
    row.save()
    pass_by(position, uid)


@transaction.atomic
def done(position: MailboxPosition, uid: int) -> None:
    """It was read, or is no longer there; go on behind it."""
    UnfetchedMail.objects.filter(position=position, uid=uid).delete()
    pass_by(position, uid)


def pass_by(position: MailboxPosition, uid: int) -> None:
    """All up to this one are dealt with."""
    if uid > position.last_uid:
        position.last_uid = uid
        position.save(update_fields=["last_uid"])


def due(position: MailboxPosition) -> list[int]:
    """The mails whose time has come to be tried again, by their numbers."""
    rows = UnfetchedMail.objects.filter(position=position, next_at__lte=timezone.now()).order_by("next_at")
    return list(rows.values_list("uid", flat=True)[:_MOST])


def stuck() -> list[UnfetchedMail]:
    """Those that people should know of, the oldest first."""
    return list(UnfetchedMail.objects.filter(tries__gte=TOLD_AFTER).select_related("position")[:_MOST])


def oldest(position: MailboxPosition) -> datetime | None:
    """Since when something of this mailbox waits; None where nothing does."""
    return position.unfetched.order_by("first_at").values_list("first_at", flat=True).first() if position.pk else None

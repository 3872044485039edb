"""How far the outgoing mails are, for a page that is looked at while many go out."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q
from django.utils import timezone

from siegelpost.mail.models import MailState, OutgoingMail

# Fewer are gone before somebody has looked.
MANY = 20
_WINDOW, _RECENT = timedelta(hours=24), timedelta(minutes=2)
_WAITING = (MailState.QUEUED, MailState.SENDING)


@dataclass(frozen=True, slots=True)
class MailProgress:
    """Of the mails of the last day: how many there are, how many left the house or failed, and how long it takes.

    ``minutes`` is what is left at the pace of the last minutes; None while nobody can tell.
    """

    total: int
    done: int
    failed: int
    deferred: int
    per_minute: int
    minutes: int | None

    @property
    def waiting(self) -> int:
        """Mails that have not been handed over yet."""
        return self.total - self.done

    @property
    def is_worth_showing(self) -> bool:
        """Are there so many that somebody might wait for them?"""
        return self.waiting - self.deferred >= MANY


def progress() -> MailProgress:
    """The outgoing mails as they stand now, in one query."""
    now = timezone.now()
    waits = Q(state__in=_WAITING)
    found = OutgoingMail.objects.filter(waits | Q(created_at__gte=now - _WINDOW)).aggregate(
        total=Count("pk"),
        waiting=Count("pk", filter=waits),
        failed=Count("pk", filter=Q(state__in=(MailState.REFUSED, MailState.GIVEN_UP, MailState.BOUNCED))),
        deferred=Count("pk", filter=Q(state=MailState.QUEUED, attempts__gt=0)),
        recent=Count("pk", filter=Q(accepted_at__gte=now - _RECENT)),
    )
    per_minute = round(found["recent"] / (_RECENT / timedelta(minutes=1)))
    fresh = found["waiting"] - found["deferred"]
    return MailProgress(
        total=found["total"],
        done=found["total"] - found["waiting"],
        failed=found["failed"],
        deferred=found["deferred"],
        per_minute=per_minute,
        minutes=max(1, round(fresh / per_minute)) if per_minute else None,
    )

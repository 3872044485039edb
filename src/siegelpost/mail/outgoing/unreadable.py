"""Mails that cannot be opened: they wait until the right key is back, and somebody is told.

What is wrong then is the key or the database, never the mail: nobody has refused it, and it is not undeliverable.
"""

from datetime import timedelta

import structlog
from django.db.models import F, QuerySet
from django.utils import timezone

from siegelpost.mail.causes import Cause
from siegelpost.mail.models import MailState, OutgoingMail

log = structlog.get_logger(__name__)

LOOK_AGAIN = timedelta(minutes=10)


def waiting() -> QuerySet[OutgoingMail]:
    """Mails that wait because they could not be opened."""
    return OutgoingMail.objects.filter(state=MailState.QUEUED, cause=Cause.CONTENT)


def lay_aside(mail: OutgoingMail) -> None:
    """Have a mail that cannot be opened wait; the time it waits is not counted against it.

    No attempt is recorded: the mail server was not asked.
    """
    log.critical(
        "a mail cannot be opened and waits: the key keys/mail is another one, or the database is damaged; "
        "restore the right key, then it goes out by itself",
        message_id=mail.message_id,
    )
    OutgoingMail.objects.filter(pk=mail.pk, state=MailState.QUEUED, attempts=mail.attempts).update(
        cause=Cause.CONTENT,
        next_attempt_at=timezone.now() + LOOK_AGAIN,
        give_up_at=F("give_up_at") + LOOK_AGAIN,
    )

"""How it stands with the mailbox that is read: kept, shown to the office, and told to those who can mend it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from siegelpost.mail.causes import Explanation
from siegelpost.mail.incoming import unfetched
from siegelpost.mail.incoming.imap_failures import ABOUT_THE_SIGN_IN, MailboxError, explain
from siegelpost.mail.incoming.mailbox_settings import ImapMailbox, configured
from siegelpost.mail.mailbox_models import MailboxStanding, UnfetchedMail
from siegelpost.mail.outgoing import admin_notice
from siegelpost.mail.outgoing.compose import MailWords, mail_words
from siegelpost.office.current import the_office
from siegelpost.settings import load

# Servers rest, and lines break; what is well again within the hour needs nobody.
TOLD_AFTER = timedelta(hours=1)
# Of mails that cannot be fetched there is a letter a day at most.
_AGAIN = timedelta(days=1)
# What the server wants people to read is shown so long after it last said it.
_ALERT_STANDS = timedelta(days=2)
_WRITTEN_DOWN = timedelta(minutes=5)
PAGE = "/settings/mail/in/"


def of(mailbox: ImapMailbox) -> MailboxStanding:
    """How it stands with this one; of one that was never tried nothing is known."""
    name = mailbox.name
    found = MailboxStanding.objects.filter(pk=1).first()
    return found if found and found.mailbox == name else MailboxStanding(pk=1, mailbox=name)


def read(mailbox: ImapMailbox, alerts: Iterable[str]) -> None:
    """It was read, and the server said this in passing."""
    now = timezone.now()
    standing = of(mailbox)
    said = " · ".join(dict.fromkeys(alerts))
    old = standing.alert_at is not None and standing.alert_at < now - _ALERT_STANDS
    if said or old:
        standing.alert, standing.alert_at = said, now if said else None
    elif not standing.failing_since and standing.read_at and standing.read_at > now - _WRITTEN_DOWN:
        return
    standing.read_at, standing.failing_since, standing.told_at = now, None, None
    standing.cause = standing.words = ""
    standing.save()


def failed(mailbox: ImapMailbox, error: MailboxError) -> None:
    """It could not be read."""
    standing = of(mailbox)
    standing.failing_since = standing.failing_since or timezone.now()
    standing.cause, standing.words = error.cause.value, error.words
    standing.save()


def explained(standing: MailboxStanding, mailbox: ImapMailbox) -> Explanation:
    """Why it is not read, and what to do, in the active language."""
    return explain(standing.cause, host=mailbox.host, port=mailbox.port, folder=mailbox.folder)


def trouble() -> MailboxStanding | None:
    """What the office should see on its first page: the mailbox that is read no more, or that warns; None is well."""
    mailbox = configured()
    if mailbox is None:
        return None
    standing = of(mailbox)
    failing = standing.failing_since and standing.failing_since < timezone.now() - TOLD_AFTER
    theirs = standing.cause in ABOUT_THE_SIGN_IN
    return standing if (failing and not theirs) or standing.alert else None


@transaction.atomic
def tell(mailbox: ImapMailbox) -> int:
    """Tell the administrators, once, of a mailbox that is read no more, and of mails in it that cannot be fetched.

    Returns:
        How many letters were queued; without a mail server there are none, and the pages say it.
    """
    if not admin_notice.possible():
        return 0
    now = timezone.now()
    standing = of(mailbox)
    # That nobody is signed in the account itself tells (siegelpost.mail.accounts.warnings), by a way that is open.
    theirs = standing.cause in ABOUT_THE_SIGN_IN
    if standing.failing_since and standing.failing_since <= now - TOLD_AFTER and not (standing.told_at or theirs):
        standing.told_at = now
        standing.save(update_fields=["told_at"])
        return len(admin_notice.tell(partial(_words, mailbox, standing, [])))
    if UnfetchedMail.objects.filter(told_at__gt=now - _AGAIN).exists():
        return 0
    untold = [row for row in unfetched.stuck() if row.told_at is None]
    if not untold:
        return 0
    UnfetchedMail.objects.filter(pk__in=[row.pk for row in untold]).update(told_at=now)
    return len(admin_notice.tell(partial(_words, mailbox, None, untold)))


def _words(
    mailbox: ImapMailbox, standing: MailboxStanding | None, left: list[UnfetchedMail], language: str
) -> MailWords:
    with override(language):
        known = explained(standing, mailbox) if standing else Explanation("", "")
    since: datetime | None = standing.failing_since if standing else min(row.first_at for row in left)
    return mail_words(
        "mail/mailbox",
        language,
        mailbox=mailbox.user or mailbox.host,
        folder=mailbox.folder,
        since=since,
        cause=known.text,
        remedy=known.remedy,
        words=standing.words if standing else next((row.words for row in left if row.words), ""),
        left=left,
        url=f"{load().public_address}{PAGE}",
        office=the_office(),
    )

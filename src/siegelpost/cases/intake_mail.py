"""Telling of transfers that went wrong: to the address that the office has confirmed for the account, and no other.

A file may name any address for reports; a mail that goes wherever a stranger's file says would be a way to send spam.
"""

from datetime import timedelta
from itertools import groupby

from django.db import transaction
from django.utils import timezone

from siegelpost.estates.intake_models import Arrival, ArrivalState, IntakeAccount
from siegelpost.estates.kinds import ImportOutcome
from siegelpost.mail.outgoing import admin_notice
from siegelpost.mail.outgoing.compose import MailWords, mail_words
from siegelpost.office.current import the_office
from siegelpost.settings import load

# One mail in this time for each account; what comes meanwhile stands in the next one.
_PACE = timedelta(minutes=30)
_MOST_NAMED = 20


def round_() -> int:
    """Queue a mail for each account of which something was refused since the last one; gives how many."""
    if not admin_notice.possible():
        return 0
    untold = Arrival.objects.filter(told=False).exclude(ended_at=None).select_related("account")
    told = 0
    for account, arrivals in groupby(untold.order_by("account_id", "pk"), key=lambda each: each.account):
        told += _tell(account, list(arrivals))
    return told


def _tell(account: IntakeAccount, arrivals: list[Arrival]) -> bool:
    wrong = [each for each in arrivals if _went_wrong(each)]
    now = timezone.now()
    if wrong and account.report_to and account.revoked_at is None:
        if account.reported_at and now - account.reported_at < _PACE:
            return False
    else:
        wrong = []
    with transaction.atomic():
        Arrival.objects.filter(pk__in=[each.pk for each in arrivals]).update(told=True)
        if wrong:
            IntakeAccount.objects.filter(pk=account.pk).update(reported_at=now)
            admin_notice.tell_address(account.report_to, _words(account, wrong, the_office().language))
    return bool(wrong)


def _went_wrong(arrival: Arrival) -> bool:
    return arrival.state == ArrivalState.REFUSED or bool(arrival.counts.get(ImportOutcome.REJECTED.value))


def _words(account: IntakeAccount, wrong: list[Arrival], language: str) -> MailWords:
    lines = [(each.name, each.created_at, each.why.get(language, ""), _rejected(each)) for each in wrong[:_MOST_NAMED]]
    url = f"{load().public_address}/estates/intake/"
    return mail_words("mail/intake", language, account=account.name, lines=lines, more=len(wrong) - len(lines), url=url)


def _rejected(arrival: Arrival) -> int:
    return int(arrival.counts.get(ImportOutcome.REJECTED.value, 0))

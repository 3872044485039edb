"""A dispatch's mails that have not arrived: why, when they are tried again, and trying at once."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from siegelpost.dispatch.models import Dispatch
from siegelpost.mail.causes import Explanation, explain
from siegelpost.mail.models import FAILED, MailState, OutgoingMail, Purpose
from siegelpost.mail.outgoing import outbox

# What cannot come back is sent anew, by another way: the notice with a fresh link, to the address of then.
_AGAIN = frozenset({MailState.REFUSED, MailState.GIVEN_UP})


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail that has not arrived; without a next attempt it never will by itself.

    ``words`` are the mail server's own, ``explained`` says in ours what happened and what to do, where that is known.
    """

    mail: OutgoingMail
    next_attempt_at: datetime | None
    words: str
    explained: Explanation
    may_try: bool


def waiting(dispatch: Dispatch) -> list[Waiting]:
    """The mails of this dispatch that were not taken, of each purpose the newest; explained in the active language."""
    return [_waiting(mail) for mail in _newest(dispatch) if mail.deferred or mail.state in FAILED]


@transaction.atomic
def try_now(dispatch: Dispatch) -> int:
    """Try again at once what waits, and what was refused or given up and cannot be sent anew; how many mails."""
    tried = [mail for mail in _newest(dispatch) if _may_try(mail) and outbox.retry_now(mail)]
    return len(tried)


def _newest(dispatch: Dispatch) -> list[OutgoingMail]:
    mails = OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id)).order_by("pk")
    return list({mail.purpose: mail for mail in mails}.values())


def _may_try(mail: OutgoingMail) -> bool:
    return mail.deferred or (mail.state in _AGAIN and mail.purpose != Purpose.NOTICE)


def _waiting(mail: OutgoingMail) -> Waiting:
    next_attempt_at = mail.next_attempt_at if mail.state == MailState.QUEUED else None
    return Waiting(mail, next_attempt_at, mail.server_answer, explain(mail.cause), _may_try(mail))

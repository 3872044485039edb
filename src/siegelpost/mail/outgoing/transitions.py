"""The one place where a mail changes its state, and where others hear of it.

A change is a compare-and-set ``UPDATE`` on the state that was seen, so that two workers never both succeed,
on SQLite and on PostgreSQL alike, and nobody holds a row lock. Listeners run in the same transaction: what
they write (a ledger event, say) stands or falls with the change.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from siegelpost.mail.causes import Cause
from siegelpost.mail.listeners import Listeners
from siegelpost.mail.models import DeliveryAttempt, MailState, OutgoingMail


class What(StrEnum):
    """What happened to a mail."""

    ATTEMPT_STARTED = "attempt_started"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    # The answer to the content was cut off: the server may or may not have the mail, and it goes out again.
    INTERRUPTED = "interrupted"
    # The attempt ended before anything was handed over (a restart); it is simply made again.
    LOST = "lost"
    GIVEN_UP = "given_up"
    BOUNCED = "bounced"
    CANCELLED = "cancelled"
    RETRIED = "retried"


@dataclass(frozen=True, slots=True)
class Answer:
    """The mail server's words; without any, ``code`` is None and ``cause`` says what happened instead."""

    code: int | None
    text: str
    cause: Cause | None = None

    def __str__(self) -> str:
        if self.code:
            return f"{self.code} {self.text}".strip()
        return self.text or (self.cause.value if self.cause else "")


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a mail, as listeners get it: ``mail`` already is in its new state."""

    mail: OutgoingMail
    what: What
    old: MailState
    new: MailState
    at: datetime
    answer: Answer | None = None
    attempt: DeliveryAttempt | None = None


class StateChangedError(Exception):
    """The mail is no longer in the state this change starts from: somebody else was quicker."""


_listeners = Listeners[Change]()
on_change, forget = _listeners.add, _listeners.forget


@transaction.atomic
def change(
    mail: OutgoingMail,
    what: What,
    new: MailState,
    *,
    answer: Answer | None = None,
    attempt: DeliveryAttempt | None = None,
    **fields: object,
) -> Change:
    """Bring ``mail`` from the state (claim and attempt) it was read in to ``new``, and tell the listeners.

    ``attempt`` is saved with it.

    Raises:
        StateChangedError: it is not there any more; nothing was changed.
    """
    at = timezone.now()
    old = MailState(mail.state)
    fields |= {"state": new, "changed_at": at}
    if answer is not None:
        fields |= {
            "server_code": answer.code,
            "server_text": answer.text,
            "cause": answer.cause or "",
        }
    seen = {"state": old, "claimed_by": mail.claimed_by, "attempts": mail.attempts}
    if not OutgoingMail.objects.filter(pk=mail.pk, **seen).update(**fields):
        raise StateChangedError(f"{mail.message_id} is no longer {old.value}")
    mail.refresh_from_db()
    if attempt is not None:
        attempt.save()
    result = Change(mail, what, old, new, at, answer, attempt)
    _listeners.tell(result)
    return result

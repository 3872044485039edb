"""What the mail server says about a dispatch's mails, written into its state and the ledger.

Nothing here calls a dispatch sent before the mail server has answered 250.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from django.utils import timezone

from siegelpost.dispatch.models import Dispatch, Withdrawal
from siegelpost.dispatch.send import reminders
from siegelpost.dispatch.states import TRANSITIONS, Act, DispatchState
from siegelpost.ledger.events import EventKind as E
from siegelpost.ledger.leaf import JSON
from siegelpost.ledger.log import append
from siegelpost.mail.incoming.authentication_results import summary
from siegelpost.mail.models import IncomingKind, IncomingMail, MailState, OutgoingMail, Purpose
from siegelpost.mail.outgoing import outbox
from siegelpost.mail.outgoing.transitions import Change, What

_NO_ATOM = r"\s<>()\[\],;:\"'"
_ADDRESS = re.compile(rf"(?<![^{_NO_ATOM}@])[^{_NO_ATOM}@]++@[^{_NO_ATOM}]+")
# Characters; more of it stands in the attempt's own log.
LONGEST_ANSWER = 2000
# An answer that the database could take this much later only is recorded with the moment it was given in.
LATE = timedelta(seconds=5)

# What each change of a mail means in the ledger; a notice has names of its own in EN 319 522.
EVENTS = MappingProxyType(
    {
        What.ATTEMPT_STARTED: (E.DELIVERY_ATTEMPT,),
        What.ACCEPTED: (E.RELAY_TO_NON_ERDS,),
        What.DEFERRED: (E.DELIVERY_ATTEMPT,),
        What.INTERRUPTED: (E.DELIVERY_ATTEMPT_INTERRUPTED,),
        What.REFUSED: (E.RELAY_TO_NON_ERDS_FAILURE,),
        What.GIVEN_UP: (E.RELAY_TO_NON_ERDS_FAILURE,),
        What.BOUNCED: (E.RELAY_TO_NON_ERDS_FAILURE,),
    }
)
NOTICE_EVENTS = MappingProxyType(
    {
        What.ACCEPTED: (E.NOTIFICATION_FOR_ACCEPTANCE,),
        What.REFUSED: (E.NOTIFICATION_FOR_ACCEPTANCE_FAILURE,),
        What.GIVEN_UP: (E.NOTIFICATION_FOR_ACCEPTANCE_FAILURE,),
        What.BOUNCED: (E.NOTIFICATION_FOR_ACCEPTANCE_FAILURE,),
    }
)
# What more it means, by what the mail is for.
BY_PURPOSE: Mapping[Purpose, Mapping[What, tuple[E, ...]]] = MappingProxyType(
    {
        Purpose.NOTICE: NOTICE_EVENTS,
        Purpose.WITHDRAWAL_ACKNOWLEDGEMENT: MappingProxyType({What.ACCEPTED: (E.WITHDRAWAL_ACKNOWLEDGED,)}),
    }
)
# What came in about a mail; a bounce is a change of the mail and stands above.
ARRIVALS = MappingProxyType(
    {
        IncomingKind.ALLEGED_BOUNCE: E.BOUNCE_ALLEGED,
        IncomingKind.DELAY: E.DELIVERY_DELAYED,
        IncomingKind.AUTOMATIC_REPLY: E.AUTOMATIC_REPLY_RECEIVED,
        IncomingKind.PERHAPS_AUTOMATIC: E.REPLY_RECEIVED,
        IncomingKind.REPLY: E.REPLY_RECEIVED,
    }
)
NOTICE_ACTS = MappingProxyType(
    {What.ACCEPTED: Act.NOTIFY, What.REFUSED: Act.FAIL, What.GIVEN_UP: Act.FAIL, What.BOUNCED: Act.FAIL}
)
# A mail that the server put off is tried again only while the dispatch is in one of these states.
WANTED_WHILE = MappingProxyType(
    {
        Purpose.NOTICE: frozenset(DispatchState)
        - {DispatchState.REVOKED, DispatchState.EXPIRED, DispatchState.REFUSED},
        Purpose.REMINDER: frozenset({DispatchState.NOTIFIED}),
        Purpose.DOCUMENTS_RELEASED: frozenset({DispatchState.OPEN}),
    }
)


def on_mail_change(change: Change) -> None:
    """Listener of the mail room: runs in the transaction of the change."""
    mail = change.mail
    subject = _subject_of(mail)
    if not subject:
        return
    notice = mail.purpose == Purpose.NOTICE
    data: dict[str, JSON] = {
        "mail": mail.message_id,
        "purpose": mail.purpose,
        "what": change.what.value,
        "sha256": mail.sha256,
        "redacted_sha256": mail.redacted_sha256,
        "attempt": mail.attempts,
        "answer": _impersonal(str(change.answer), mail.recipient) if change.answer else None,
        "cause": change.answer.cause.value if change.answer and change.answer.cause else "",
    }
    if change.attempt and change.attempt.ended_at and change.at - change.attempt.ended_at > LATE:
        data["answered_at"] = change.attempt.ended_at.isoformat()
    if mail.purpose == Purpose.WITHDRAWAL_ACKNOWLEDGEMENT:
        data["withdrawal"] = mail.about
    for kind in (*EVENTS.get(change.what, ()), *BY_PURPOSE.get(Purpose(mail.purpose), {}).get(change.what, ())):
        append(kind, subject=subject, data=data, at=change.at)
    if notice and change.what in NOTICE_ACTS and _is_newest(mail):
        _move(mail.dispatch_id, NOTICE_ACTS[change.what])
    elif change.new == MailState.QUEUED and mail.purpose in WANTED_WHILE:
        _stop_if_over(mail)


def on_mail_received(received: IncomingMail) -> None:
    """Listener of the mail room: an answer, or word of a delay, has its line in the timeline; it declares nothing."""
    kind = ARRIVALS.get(IncomingKind(received.kind))
    if not received.dispatch_id or kind is None:
        return
    data: dict[str, JSON] = {
        "mail": received.mail.message_id,
        "received": str(received.public_id),
        "sha256": received.sha256,
        **({"redacted_sha256": received.shown_sha256} if kind is E.REPLY_RECEIVED else {}),
        "from_recipient": received.sender_is_recipient,
        "own_dkim": received.authentication.get("own_dkim", ""),
        "sender": summary(received.authentication),
        "perhaps_automatic": received.kind == IncomingKind.PERHAPS_AUTOMATIC,
        **({"presumed": True} if received.presumed else {}),
        **({"tells": received.tells} if received.tells else {}),
    }
    append(kind, subject=received.dispatch_id, data=data, at=received.received_at)


def _subject_of(mail: OutgoingMail) -> str:
    """What the mail's events are about: its dispatch, or the withdrawal it acknowledges, which may have one by now."""
    if mail.dispatch_id or mail.purpose != Purpose.WITHDRAWAL_ACKNOWLEDGEMENT:
        return mail.dispatch_id
    withdrawal = Withdrawal.objects.select_related("dispatch").filter(public_id=mail.about).first()
    return str(withdrawal.dispatch.public_id if withdrawal and withdrawal.dispatch else mail.about)


def _impersonal(answer: str, recipient: str) -> str:
    """A mail server's words without the addresses in them: what stands in a leaf can never be erased."""
    answer = _ADDRESS.sub("…", answer[:LONGEST_ANSWER])
    return re.sub(rf"(?<!\w){re.escape(recipient.rpartition('@')[0])}(?!\w)", "…", answer, flags=re.IGNORECASE)


def _is_newest(mail: OutgoingMail) -> bool:
    """Whether no later notice went out: the fate of an earlier one says nothing about that."""
    return not OutgoingMail.objects.filter(dispatch_id=mail.dispatch_id, purpose=mail.purpose, pk__gt=mail.pk).exists()


def _stop_if_over(mail: OutgoingMail) -> None:
    """Do not try a mail again whose dispatch has gone on while it was being handed over."""
    wanted = WANTED_WHILE[Purpose(mail.purpose)]
    if not Dispatch.objects.filter(public_id=mail.dispatch_id, state__in=wanted).exists():
        outbox.cancel(mail)


def _move(public_id: str, act: Act) -> None:
    dispatch = Dispatch.objects.select_for_update().get(public_id=public_id)
    step = TRANSITIONS.get((DispatchState(dispatch.state), act))
    # The recipient may already have acted on a mail whose answer was cut off: then there is nothing to move.
    if step is None:
        return
    dispatch.state = step
    if act is Act.NOTIFY:
        dispatch.notified_at = timezone.now()
        reminders.schedule(dispatch, dispatch.notified_at)
    dispatch.save(update_fields=["state", "notified_at", "next_reminder_at"])

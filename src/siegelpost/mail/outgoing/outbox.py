"""The queue of outgoing mail: put one in, stop one, try one again, and hear what becomes of it.

The mails themselves are the queue: what waits is ``queued``, and due from its ``next_attempt_at`` on.
:mod:`siegelpost.mail.outgoing.delivery` hands over what is due.
"""

import hashlib
from collections.abc import Collection, Sequence
from email.headerregistry import Address
from email.message import EmailMessage

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from siegelpost.mail import erasure
from siegelpost.mail.domain.dkim import signed
from siegelpost.mail.models import URGENT, MailContent, MailState, OutgoingMail, Purpose
from siegelpost.mail.outgoing.redaction import redacted
from siegelpost.mail.outgoing.retry import GIVE_UP_AFTER
from siegelpost.mail.outgoing.transitions import Change, StateChangedError, What, change, forget, on_change
from siegelpost.mail.outgoing.wire import to_wire
from siegelpost.settings import MAILS

__all__ = [
    "Change",
    "What",
    "cancel",
    "due",
    "enqueue",
    "erase",
    "erase_invitations",
    "forget",
    "on_change",
    "redacted_mime",
    "retry_now",
]


class OutsideTransactionError(RuntimeError):
    """A mail was to be queued outside the transaction of the change it belongs to."""


def enqueue(
    message: EmailMessage, *, dispatch_id: str | None, purpose: Purpose, secrets: Sequence[str] = (), about: str = ""
) -> OutgoingMail:
    """Queue ``message`` within the caller's transaction; it is sent when, and only when, that is committed.

    Args:
        message: has one ``From``, one ``To``, no ``Cc`` or ``Bcc``, a ``Message-ID`` and a ``Date``
            (:func:`siegelpost.mail.outgoing.compose.compose` makes such).
        dispatch_id: public id of the dispatch the mail belongs to, as text.
        secrets: link tokens inside the mail that a proof must not show.
        about: public id of what the mail tells the office of, or acknowledges, where it belongs to no dispatch.

    Raises:
        OutsideTransactionError: there is no transaction; nothing was queued.
        ValueError: the message is not of the form above.
        django.db.IntegrityError: a mail with this Message-ID was queued before.
    """
    if not connection.in_atomic_block:
        raise OutsideTransactionError("mail.outgoing.outbox.enqueue must run inside transaction.atomic")
    sender, recipient = _only(message, "From"), _only(message, "To")
    if message["Cc"] or message["Bcc"]:
        raise ValueError("a mail goes to one recipient: no Cc, no Bcc")
    if not message["Message-ID"] or not message["Date"]:
        raise ValueError("a mail needs its Message-ID and Date before it is queued")
    mime = signed(to_wire(message), sender.domain)
    now = timezone.now()
    mail = OutgoingMail.objects.create(
        dispatch_id=dispatch_id or "",
        about=about,
        purpose=purpose,
        urgent=purpose in URGENT,
        sender=sender.addr_spec,
        recipient=recipient.addr_spec,
        subject=str(message["Subject"] or ""),
        message_id=str(message["Message-ID"]).strip(),
        sha256=hashlib.sha256(mime).hexdigest(),
        redacted_sha256=hashlib.sha256(redacted(mime, secrets)).hexdigest(),
        next_attempt_at=now,
        give_up_at=now + GIVE_UP_AFTER,
        created_at=now,
        changed_at=now,
    )
    MailContent.objects.create(
        mail=mail, sealed=MAILS.seal(mime), sealed_secrets=MAILS.seal("\n".join(secrets).encode())
    )
    return mail


def due() -> QuerySet[OutgoingMail]:
    """What is to be handed over now, in this order: what somebody waits for with the page open comes first."""
    waiting = OutgoingMail.objects.filter(state=MailState.QUEUED, next_attempt_at__lte=timezone.now())
    return waiting.order_by("-urgent", "next_attempt_at", "pk")


def _only(message: EmailMessage, header: str) -> Address:
    addresses: list[Address] = [address for field in message.get_all(header, []) for address in field.addresses]
    if len(addresses) != 1 or not addresses[0].domain:
        raise ValueError(f"a mail needs exactly one address in {header}")
    return addresses[0]


def redacted_mime(mail: OutgoingMail) -> bytes:
    """The mail as it may be shown to a third party; its SHA-256 is ``mail.redacted_sha256``."""
    secrets = MAILS.unseal(bytes(mail.content.sealed_secrets)).decode().split()
    return redacted(mail.mime(), secrets)


def was_ever_accepted() -> bool:
    """Whether a mail server has taken a mail from here."""
    return OutgoingMail.objects.filter(state=MailState.ACCEPTED).exists()


def erase(public_ids: Collection[str]) -> None:
    """Delete the mails that belong to these dispatches, or tell of them, with their content and log.

    In the caller's transaction, with what came in about them; the files of that after it.
    """
    mails = OutgoingMail.objects.filter(Q(dispatch_id__in=public_ids) | Q(about__in=public_ids))
    erasure.forget_files_of(mails)
    mails.delete()


def erase_invitations(address: str) -> None:
    """Delete the invitations to appointments that went to this address, in the caller's transaction.

    One that waits to be sent is stopped by it.
    """
    mails = OutgoingMail.objects.filter(purpose=Purpose.INVITATION, recipient__iexact=address)
    gone = mails.exclude(state=MailState.SENDING)
    erasure.forget_files_of(gone)
    gone.delete()


def cancel(mail: OutgoingMail) -> bool:
    """Stop a mail that waits; False when it is too late because it is being, or was, handed over."""
    if mail.state != MailState.QUEUED:
        return False
    try:
        change(mail, What.CANCELLED, MailState.CANCELLED)
    except StateChangedError:
        return False
    return True


def retry_now(mail: OutgoingMail) -> bool:
    """Try a waiting, refused or given-up mail again at once; False when it is none of these.

    The Message-ID stays. A mail that was accepted, or bounced after that, is not sent a second time.
    """
    if mail.state not in {MailState.QUEUED, MailState.REFUSED, MailState.GIVEN_UP}:
        return False
    now = timezone.now()
    try:
        change(mail, What.RETRIED, MailState.QUEUED, next_attempt_at=now, give_up_at=now + GIVE_UP_AFTER)
    except StateChangedError:
        return False
    return True

"""What the mail room can say of its rows: which key opens them, whether mails and events agree."""

from collections.abc import Iterator
from functools import partial

from siegelpost.ledger.sealed import Opening
from siegelpost.mail.models import IncomingMail, MailboxSettings, MailContent, SigningKey
from siegelpost.mail.sealing import unseal
from siegelpost.office import sealing as fields


def sealed_values() -> Iterator[Opening]:
    """The newest of each kind that the key of the mails has sealed."""
    for content in MailContent.objects.select_related("mail").order_by("-pk")[:1]:
        yield f"mail {content.mail.message_id}", partial(unseal, bytes(content.sealed_secrets))
    for key in SigningKey.objects.order_by("-pk")[:1]:
        yield f"DKIM {key}", partial(unseal, bytes(key.sealed_private))
    for received in IncomingMail.objects.order_by("-pk")[:1]:
        yield f"mail {received.public_id}", partial(unseal, bytes(received.sealed_text))


def sealed_fields() -> Iterator[Opening]:
    """The password of the mailbox."""
    for entered in MailboxSettings.objects.exclude(password_sealed=""):
        yield f"mailbox {entered}", partial(fields.unseal, entered.password_sealed)

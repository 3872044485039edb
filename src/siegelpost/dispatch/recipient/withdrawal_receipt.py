"""The acknowledgement of a withdrawal by the function: by mail at once, or later where many went out; and as a PDF.

The declaration is on the disk before this begins: what is limited here is a mail, never a withdrawal.
"""

from collections import Counter
from datetime import timedelta

import structlog
from django.core import signing
from django.db import transaction
from django.utils import timezone

from siegelpost.dispatch.frozen.withdrawal_pdf import withdrawal_pdf
from siegelpost.dispatch.mails import letters
from siegelpost.dispatch.models import Withdrawal
from siegelpost.dispatch.recipient.withdrawal_confirmation import new_token_for
from siegelpost.dispatch.recipient.withdrawals import known_first, meant
from siegelpost.ledger.halt import HaltedError
from siegelpost.mail.models import OutgoingMail, Purpose
from siegelpost.mail.outgoing.server_settings import NotConfiguredError
from siegelpost.toolbox.limits import WITHDRAW_PUBLIC, WITHDRAW_TO_ADDRESS, mailbox

log = structlog.get_logger(__name__)

_SALT = "withdrawal-receipt"
# How long the page that says a withdrawal came in can give its PDF; the mail brings it as well.
RECEIPT_FOR = timedelta(days=30)
# A crash between the two transactions leaves a mail to be queued; who is at it just now gets so long.
JUST_NOW = timedelta(minutes=1)
_AT_ONCE = 50


class ReceiptUnknownError(Exception):
    """The address of a receipt is none, or its time is over."""


def acknowledge(withdrawal: Withdrawal) -> None:
    """Queue the acknowledgement and tell the agent, once; whoever comes second changes nothing."""
    receipt = withdrawal_pdf(withdrawal)
    with transaction.atomic():
        held = Withdrawal.objects.select_for_update().filter(pk=withdrawal.pk, acknowledgement_held=True)
        found = held.first()
        if found is None:
            return
        found.acknowledgement_held = False
        token = new_token_for(found)
        found.save(update_fields=["acknowledgement_held", "confirm_hash"])
        letters.acknowledge_withdrawal(found, receipt=receipt, confirm=token)
        letters.tell_agent_of_withdrawal(found, [] if found.dispatch else meant(found))
    withdrawal.refresh_from_db()


def try_to_acknowledge(withdrawal: Withdrawal) -> bool:
    """:func:`acknowledge`, unless something stands in the way: then it is tried again, for it was taken in."""
    try:
        acknowledge(withdrawal)
    except HaltedError:
        raise
    except NotConfiguredError as missing:
        log.warning(
            "a withdrawal waits for its acknowledgement", withdrawal=str(withdrawal.public_id), why=str(missing)
        )
        return False
    except Exception:
        log.exception("a withdrawal could not be acknowledged yet", withdrawal=str(withdrawal.public_id))
        return False
    return True


def send_held() -> int:
    """Queue acknowledgements that were held, as far as a day's mails to each mailbox and to all together allow.

    Those first whose address has a contract here: junk makes the real one wait no longer than it must.

    Returns:
        How many were queued.
    """
    now = timezone.now()
    waiting = Withdrawal.objects.filter(acknowledgement_held=True, set_aside_at=None, made_at__lt=now - JUST_NOW)
    if not waiting.exists():
        return 0
    lately = OutgoingMail.objects.filter(
        purpose=Purpose.WITHDRAWAL_ACKNOWLEDGEMENT, created_at__gt=now - WITHDRAW_PUBLIC.window
    )
    sent = Counter(map(mailbox, lately.values_list("recipient", flat=True)))
    queued = 0
    for one in known_first(waiting)[: 20 * _AT_ONCE]:
        box = mailbox(one.email)
        if sent.total() >= WITHDRAW_PUBLIC.most or queued >= _AT_ONCE:
            break
        if sent[box] < WITHDRAW_TO_ADDRESS.most:
            sent[box] += 1
            queued += try_to_acknowledge(one)
    return queued


def address_of(withdrawal: Withdrawal) -> str:
    """The secret part of the address under which this withdrawal's PDF is, for :data:`RECEIPT_FOR`."""
    return signing.dumps(str(withdrawal.public_id), salt=_SALT)


def find(token: str) -> Withdrawal:
    """The withdrawal whose receipt has this address.

    Raises:
        ReceiptUnknownError: none has, or its time is over.
    """
    try:
        public_id = signing.loads(token, salt=_SALT, max_age=RECEIPT_FOR)
        return Withdrawal.objects.select_related("dispatch").get(public_id=public_id)
    except (signing.BadSignature, Withdrawal.DoesNotExist):
        raise ReceiptUnknownError from None

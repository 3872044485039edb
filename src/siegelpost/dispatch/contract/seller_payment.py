"""The halving's second half: the seller has paid, the buyer is shown the proof, and from then on owes their share.

Where only the seller has hired the agent, the buyer's share of a home's commission is due no earlier than the seller
has paid and that was proven to the buyer (§ 656d (1) S. 2 BGB).
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from siegelpost.dispatch.attachments import TYPES
from siegelpost.dispatch.mails import letters
from siegelpost.dispatch.models import Dispatch, Kind
from siegelpost.dispatch.states import DispatchState
from siegelpost.estates import commission
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.mail.models import MailState, OutgoingMail, Purpose
from siegelpost.mail.outgoing.compose import Attachment
from siegelpost.office.models import Agent

# Bytes: a bank's slip or its photograph.
LARGEST_FILE = 8 * 1024 * 1024
# How such a file ends; each begins as its kind does.
KINDS = ("pdf", "jpg", "png")


class NotPaidError(Exception):
    """What the office says of the payment cannot be so; the message says why, in the reader's language."""


@dataclass(frozen=True, slots=True)
class Paid:
    """The seller's payment, and what proves it."""

    on: date
    proof: bytes


def may_note(dispatch: Dispatch) -> bool:
    """Whether the buyer's share can depend on the seller's payment: a home was sold, and the buyer owes a share."""
    owed = dispatch.kind == Kind.SECURE_EXPOSE and (dispatch.page["offers"] or dispatch.page.get("shares"))
    stands = dispatch.main_contract_on is not None and dispatch.state != DispatchState.WITHDRAWN
    return bool(owed) and stands and any(map(commission.applies, dispatch.estates.all()))


@transaction.atomic
def note(dispatch: Dispatch, paid: Paid, *, by: Agent) -> Dispatch:
    """Keep the day of the seller's payment, and send the buyer its proof; once more, with another proof, sends that.

    Raises:
        NotPaidError: nothing of the buyer's depends on it, the day lies ahead, or the file is no proof.
    """
    dispatch = Dispatch.objects.select_for_update().get(pk=dispatch.pk)
    if not may_note(dispatch):
        raise NotPaidError(_("Dafür muss ein Hauptvertrag über eine Wohnung oder ein Haus vermerkt sein."))
    if paid.on > timezone.localdate():
        raise NotPaidError(_("Dieser Tag liegt in der Zukunft."))
    attached = _attached(dispatch, paid.proof)
    dispatch.seller_paid_on = paid.on
    dispatch.save(update_fields=["seller_paid_on"])
    mail = letters.tell_seller_paid(dispatch, paid.on, attached)
    append(
        EventKind.SELLER_PAYMENT_NOTED,
        subject=str(dispatch.public_id),
        data={"on": paid.on.isoformat(), "mail": mail.message_id, "by": str(by.public_id)},
    )
    return dispatch


def _attached(dispatch: Dispatch, proof: bytes) -> Attachment:
    """The proof under a name of ours: what the file was called may be the seller's own business."""
    if len(proof) > LARGEST_FILE:
        raise NotPaidError(_("Die Datei ist zu groß: höchstens 8 MB."))
    for ending in KINDS:
        content_type, beginnings = TYPES[ending]
        if proof.startswith(beginnings):
            with translation.override(dispatch.language):
                name = _("Zahlung des Verkäufers")
            return Attachment(f"{name}.{ending}", content_type, proof)
    raise NotPaidError(_("Der Beleg muss ein PDF oder ein Bild (JPEG, PNG) sein."))


def proven_on(dispatch: Dispatch) -> date | None:
    """The day on which the mail server took the newest proof for the buyer; none while it has not, or it came back."""
    mail = OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id), purpose=Purpose.SELLER_PAYMENT).last()
    arrived = mail is not None and mail.state == MailState.ACCEPTED and mail.accepted_at
    return timezone.localdate(arrived) if arrived else None

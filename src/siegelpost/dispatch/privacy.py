"""What the office knows about a person: handed out whole (Art. 15, 20 DSGVO), reduced to what proofs need (Art. 17).

Retention: an inquiry without a contract six months, proof of a contract to the end of the third year after it.
``docs/erasing.md`` says what stays, and why.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.utils import timezone

from siegelpost.contacts.models import Contact, ContactKey, Different, Merge
from siegelpost.dispatch import replies
from siegelpost.dispatch.models import Dispatch
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.mail import incoming
from siegelpost.office.models import Agent
from siegelpost.settings import load

_WITHOUT_CONTRACT = timedelta(days=183)
_YEARS_OF_PROOF = 3
# Everything else a proof names: whom it went to, and as what they were spoken to.
_REDUCED = ("phone", "mobile", "street", "postal_code", "city", "note")
# Our own bookkeeping, which repeats what stands elsewhere.
_NOT_TOLD = (ContactKey, Different, Merge, Contact)


def export(contact: Contact) -> dict[str, Any]:
    """All that is known about a contact, by table, ready for JSON; secrets and frozen bytes are left out."""
    told: dict[str, Any] = {"contact": _row(contact)}
    for relation in Contact._meta.related_objects:
        model, field = relation.related_model, relation.field
        if isinstance(model, type) and not issubclass(model, _NOT_TOLD):
            rows = model._base_manager.filter(**{field.name: contact}).order_by("pk")
            told[str(relation.get_accessor_name())] = [_row(row) for row in rows]
    sent = Dispatch.objects.filter(contact=contact)
    told["declarations"] = [_row(one) for dispatch in sent for one in dispatch.declarations.all()]
    return told


def _row(row: models.Model) -> dict[str, Any]:
    left_out = (models.BinaryField, models.AutoField, models.ForeignKey)
    return {
        field.name: getattr(row, field.attname)
        for field in row._meta.local_fields
        if not isinstance(field, left_out) and field.name not in ("folded", "sort_key")
    }


def kept_until(contact: Contact) -> datetime | None:
    """Until when the proofs of this contact's dispatches are to be kept; None when there are none."""
    ends = [_ends(one) for one in Dispatch.objects.filter(contact=contact).only("created_at", "declared_at")]
    return max(ends, default=None)


def _ends(dispatch: Dispatch) -> datetime:
    if dispatch.declared_at is None:
        return dispatch.created_at + _WITHOUT_CONTRACT
    year = dispatch.declared_at.astimezone(ZoneInfo(load().time_zone)).year + _YEARS_OF_PROOF + 1
    return datetime(year, 1, 1, tzinfo=ZoneInfo(load().time_zone)).astimezone(UTC)


def _erase_replies(dispatch: Dispatch) -> int:
    """Of the mails that came in about a dispatch only a declaration stays, as long as its proof is to be kept."""
    kept = [replies.DECLARATION.handled_as] if dispatch.declared_at and _ends(dispatch) > timezone.now() else []
    return incoming.erase(str(dispatch.public_id), keep=kept)


@transaction.atomic
def erase(contact: Contact, *, by: Agent) -> bool:
    """Delete a contact with all that was noted about it; what proofs name stays while there are any.

    Returns:
        Whether the contact is gone; False when it was reduced to what its proofs need.
    """
    public_id = str(contact.public_id)
    # Those that were merged into it are the same person.
    people = [contact, *Contact.objects.filter(merged_into=contact)]
    reduced = Dispatch.objects.filter(contact__in=people).exists() or hasattr(contact, "card")
    erased = sum(_erase_replies(one) for one in Dispatch.objects.filter(contact__in=people).defer("page", "content"))
    append(
        EventKind.CONTACT_ERASED,
        subject=public_id,
        data={"whole": not reduced, "by": str(by.public_id), "incoming_mails": erased},
    )
    if not reduced:
        contact.delete()
        return True
    Merge.objects.filter(kept=contact).delete()
    Contact.objects.filter(merged_into=contact).delete()
    contact.activities.all().delete()
    contact.appointments.all().delete()
    for name in _REDUCED:
        setattr(contact, name, "")
    contact.save()
    return False

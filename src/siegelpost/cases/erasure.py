"""What the office knows about a person: handed out whole (Art. 15, 20 DSGVO), erased (Art. 17).

What proofs need stays as long as :mod:`siegelpost.dispatch.evidence.retention` says, and then goes by itself.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import structlog
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from siegelpost.contacts import consents
from siegelpost.contacts.models import BookEntry, Consent, Contact, ContactKey, Different, Merge, Participant
from siegelpost.dispatch.evidence import retention
from siegelpost.dispatch.mails.cancellation import stop_release_notices
from siegelpost.dispatch.models import Dispatch, UntoldRelease, Withdrawal
from siegelpost.dispatch.recipient import replies
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.leaf import read as read_leaf
from siegelpost.ledger.log import append, openings
from siegelpost.ledger.log import erase as erase_values
from siegelpost.ledger.models import Event
from siegelpost.mail import erasure as mail_erasure
from siegelpost.mail.models import IncomingMail, OutgoingMail, Purpose
from siegelpost.mail.outgoing import outbox
from siegelpost.mail.push import outbox as push_outbox
from siegelpost.office.models import Agent

log = structlog.get_logger(__name__)

# Everything else a proof names: whom it went to, and as what they were spoken to.
_REDUCED = {"phone": "", "mobile": "", "street": "", "postal_code": "", "city": "", "note": "", "ways": []}
# Our own bookkeeping, which repeats what stands elsewhere.
_NOT_TOLD = (ContactKey, Different, Merge, Contact, BookEntry)


def export(contact: Contact) -> dict[str, Any]:
    """All that is known about a contact, by table, ready for JSON; secrets and frozen bytes are left out."""
    told: dict[str, Any] = {"contact": _row(contact)}
    for relation in Contact._meta.related_objects:
        model, field = relation.related_model, relation.field
        if isinstance(model, type) and not issubclass(model, _NOT_TOLD):
            rows = model._base_manager.filter(**{field.name: contact}).order_by("pk")
            told[str(relation.get_accessor_name())] = [_row(row) for row in rows]
    told["viewings"] = [_viewing(part) for part in contact.participations.select_related("appointment").order_by("pk")]
    absorbed = list(Contact.objects.filter(merged_into=contact).order_by("pk"))
    told["merged_contacts"] = [_row(one) for one in absorbed]
    sent = Dispatch.objects.filter(contact=contact).order_by("pk")
    for name in ("declarations", "interests", "withdrawals"):
        told[name] = [_row(one) for dispatch in sent for one in getattr(dispatch, name).all()]
    people = [contact, *absorbed]
    addresses = {address.casefold() for one in people for address in one.emails}
    unassigned = [one for address in sorted(addresses) for one in _unassigned(address)]
    told["unassigned_withdrawals"] = [_row(one) for one in unassigned]
    # An assigned withdrawal was declared and acknowledged under its own number.
    withdrawals = [*unassigned, *Withdrawal.objects.filter(dispatch__in=sent)]
    ids = _public_ids(sent, withdrawals)
    mails = OutgoingMail.objects.filter(
        Q(dispatch_id__in=ids) | Q(about__in=ids) | _invitations(addresses | _invited(people))
    )
    told["mails"] = [_row(mail) for mail in mails.order_by("pk")]
    incoming_mails = IncomingMail.objects.filter(mail__in=mails).order_by("pk")
    told["incoming_mails"] = [{**_row(mail), "text": mail.text} for mail in incoming_mails]
    subjects = [*ids, *_public_ids(people, consents.of(contact))]
    told["events"] = [_event(one) for one in Event.objects.filter(subject__in=subjects).order_by("id")]
    return told


# Of an appointment with several: what may be about the others who come, and to whom else an invitation went.
_OF_OTHERS = frozenset({"note", "invited_email"})


def _viewing(mine: Participant) -> dict[str, Any]:
    """When and where they come or came; what the office noted of it only where nobody else did."""
    alone = not mine.appointment.participants.exclude(contact=mine.contact).exists() and not mine.appointment.contact_id
    row = {key: value for key, value in _row(mine.appointment).items() if alone or key not in _OF_OTHERS}
    return {"viewing": mine.public_id, **row}


def _invited(people: Iterable[Contact]) -> set[str]:
    """The addresses to which they were invited, those included that they no longer have."""
    found: set[str] = set()
    for one in people:
        found.update(one.appointments.values_list("invited_email", flat=True))
        found.update(one.participations.values_list("invited_email", flat=True))
    return found - {""}


def _public_ids(*found: Iterable[Any]) -> list[str]:
    return [str(one.public_id) for rows in found for one in rows]


def _unassigned(address: str) -> QuerySet[Withdrawal]:
    return Withdrawal.objects.filter(dispatch=None, email__iexact=address).order_by("pk")


def _invitations(addresses: Iterable[str]) -> Q:
    """Invitations to appointments belong to no dispatch, only to an address."""
    whose = Q(pk__in=[])
    for address in addresses:
        whose |= Q(purpose=Purpose.INVITATION, recipient__iexact=address)
    return whose


def _event(event: Event) -> dict[str, Any]:
    """What the ledger says, with the personal values that only the office can read."""
    return {
        "kind": event.kind,
        "at": event.at,
        "subject": event.subject,
        "data": read_leaf(bytes(event.leaf)).data,
        "personal": {name: opening.value for name, opening in openings(event).items()},
    }


def _row(row: models.Model) -> dict[str, Any]:
    left_out = (models.BinaryField, models.AutoField, models.ForeignKey)
    return {
        field.name: getattr(row, field.attname)
        for field in row._meta.local_fields
        if not isinstance(field, left_out) and field.name not in ("folded", "sort_key")
    }


def newest() -> str:
    """Another text whenever somebody or something was erased since: what phones keep may then name them."""
    kinds = [EventKind.CONTACT_ERASED.value, EventKind.DISPATCH_ERASED.value]
    return str(Event.objects.filter(kind__in=kinds).order_by("-id").values_list("id", flat=True).first() or 0)


def kept_until(contact: Contact) -> datetime | None:
    """Until when proofs of this contact's dispatches are to be kept; None when there are none, or none any more."""
    sent = Dispatch.objects.filter(contact=contact).defer("content", "gate_html")
    last = max(map(retention.ends, sent), default=None)
    return last if last and last > timezone.now() else None


@transaction.atomic
def erase(contact: Contact, *, by: Agent) -> bool:
    """Delete a contact with all that was noted about it; what proofs name stays as long as they are to be kept.

    The rest follows by itself when their time is over (:func:`finish`).

    Returns:
        Whether the contact is gone; False when it was reduced to what its proofs need.
    """
    contact = Contact.objects.select_for_update().get(pk=contact.pk)
    # Who asks once more, after something new was sent, means that, too.
    contact.erasure_asked_at = timezone.now()
    return _erase(contact, by=str(by.public_id))


def erase_unasked(contact: Contact) -> bool:
    """Erase a contact whose time is over, which the caller holds, in the caller's transaction."""
    return _erase(contact, by="retention")


def finish() -> int:
    """Go on with the contacts that were asked to be erased and had to be kept.

    Whoever got something new since then is a customer again, and is not erased unasked.

    Returns:
        How many contacts are gone now.
    """
    waiting = Contact.objects.filter(erasure_asked_at__isnull=False).order_by("pk").values_list("pk", flat=True)
    return sum(_finished(pk) for pk in waiting)


def _finished(pk: int) -> bool:
    """One that fails is tried again in the next round; the others must not wait for it."""
    try:
        return _finish(pk)
    except Exception:
        log.exception("a contact could not be erased", contact=pk)
        return False


@transaction.atomic
def _finish(pk: int) -> bool:
    contact = Contact.objects.select_for_update().filter(pk=pk).first()
    if contact is None or contact.erasure_asked_at is None:
        return False
    sent = Dispatch.objects.filter(contact=contact).defer("content", "gate_html")
    if any(one.created_at > contact.erasure_asked_at for one in sent):
        contact.erasure_asked_at = None
        contact.save(update_fields=["erasure_asked_at"])
        return False
    due = any(retention.ends(one) <= timezone.now() for one in sent) or not (sent or hasattr(contact, "card"))
    return due and _erase(contact, by="retention")


def _erase(contact: Contact, *, by: str) -> bool:
    """The contact is locked."""
    transaction.on_commit(retention.clear_log, robust=True)
    # Those that were merged into it are the same person.
    people = [contact, *Contact.objects.filter(merged_into=contact)]
    over = retention.erase_over(Dispatch.objects.filter(contact__in=people))
    kept = list(Dispatch.objects.filter(contact__in=people).defer("page", "content", "gate_html"))
    whole = not kept and not hasattr(contact, "card")
    letters = sum(_erase_replies(one) for one in kept)
    for address in {address for one in people for address in one.emails} | _invited(people):
        outbox.erase_invitations(address)
    push_outbox.erase(one.full_name for one in people)
    _tell_nothing_more(kept)
    append(
        EventKind.CONTACT_ERASED,
        subject=str(contact.public_id),
        data={"whole": whole, "by": by, "incoming_mails": letters, "dispatches": over},
    )
    if whole:
        wishes = Consent.objects.filter(contact__in=people)
        erase_values(str(public_id) for public_id in [*wishes.values_list("public_id", flat=True), contact.public_id])
        contact.delete()
        return True
    for consent in consents.of(contact).filter(withdrawn_at=None):
        consents.withdraw(consent, by=by)
    Merge.objects.filter(kept=contact).delete()
    Contact.objects.filter(merged_into=contact).delete()
    contact.activities.all().delete()
    contact.appointments.all().delete()
    contact.participations.all().delete()
    for name, empty in _REDUCED.items():
        setattr(contact, name, empty)
    contact.erasure_asked_at = contact.erasure_asked_at or timezone.now()
    contact.save()
    return False


def _tell_nothing_more(kept: list[Dispatch]) -> None:
    """What was released to them stays behind their link; nobody writes of it to who asked to be erased."""
    for dispatch in kept:
        stop_release_notices(dispatch)
    UntoldRelease.objects.filter(dispatch__in=kept).delete()


def _erase_replies(dispatch: Dispatch) -> int:
    """Of the mails that came in about a dispatch only a declaration stays, as long as its proof is to be kept."""
    keep = [replies.DECLARATION.handled_as] if dispatch.declared_at else []
    return mail_erasure.erase(str(dispatch.public_id), keep=keep)

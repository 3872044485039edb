"""Consent to further offers by mail (§ 7 (2) Nr. 2 UWG): asked for by the contact, confirmed by mail, revocable."""

import hashlib
import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from siegelpost.contacts.consent_models import Consent
from siegelpost.contacts.models import Contact
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.office.models import Language
from siegelpost.office.tokens import new_token, token_hash


class ConsentUnknownError(Exception):
    """No consent has this link."""


def ask(
    contact: Contact, text: str, language: Language, *, asked_in: str, client: dict[str, str]
) -> tuple[Consent, str]:
    """Keep that a contact wants to consent, in the caller's transaction; it holds only once it is confirmed by mail.

    Args:
        asked_in: public id of the dispatch on whose page it was ticked.
        client: who ticked it, for the ledger.

    Returns:
        The consent, and the token of the link that confirms it.
    """
    token, hashed = new_token()
    consent = Consent.objects.create(
        contact=contact, text=text, language=language, email=contact.email, token_hash=hashed
    )
    _record(EventKind.CONSENT_ASKED, consent, {"dispatch": asked_in}, client)
    return consent, token


def find(token: str) -> Consent:
    """The consent that this link confirms or takes back.

    Raises:
        ConsentUnknownError: there is none.
    """
    consent = Consent.objects.select_related("contact").filter(token_hash=token_hash(token)).first()
    if consent is None:
        raise ConsentUnknownError
    return consent


@transaction.atomic
def give(token: str, client: dict[str, str]) -> Consent:
    """Confirm it by the link of its mail; again changes nothing, nor does it revive what was taken back.

    Raises:
        ConsentUnknownError: the link leads nowhere.
    """
    consent = Consent.objects.select_for_update().get(pk=find(token).pk)
    if consent.given_at is None and consent.withdrawn_at is None:
        consent.given_at = timezone.now()
        consent.save(update_fields=["given_at"])
        _record(EventKind.CONSENT_GIVEN, consent, {}, client)
    return consent


@transaction.atomic
def withdraw(consent: Consent, *, by: str, client: dict[str, str] | None = None) -> Consent:
    """Take it back; again changes nothing.

    Args:
        by: ``recipient``, or the public id of the agent who was told.
    """
    consent = Consent.objects.select_for_update().get(pk=consent.pk)
    if consent.withdrawn_at is None:
        consent.withdrawn_at = timezone.now()
        consent.save(update_fields=["withdrawn_at"])
        _record(EventKind.CONSENT_WITHDRAWN, consent, {"by": by}, client or {})
    return consent


def of(contact: Contact) -> QuerySet[Consent]:
    """Every consent of a contact, the latest first."""
    return Consent.objects.filter(contact=contact)


def one(contact: Contact, public_id: uuid.UUID) -> Consent:
    """This consent of this contact.

    Raises:
        Consent.DoesNotExist: there is none.
    """
    return Consent.objects.get(contact=contact, public_id=public_id)


def holds(contact: Contact) -> bool:
    """Whether the contact may be sent offers: one consent that was confirmed and not taken back is enough."""
    return of(contact).filter(given_at__isnull=False, withdrawn_at=None).exists()


def waiting(contact: Contact) -> int:
    """How many were asked for in the last day and not confirmed: nobody shall be sent mail after mail."""
    since = timezone.now() - timedelta(days=1)
    return of(contact).filter(given_at=None, asked_at__gt=since).count()


def _record(kind: EventKind, consent: Consent, data: dict[str, str], client: dict[str, str]) -> None:
    append(
        kind,
        subject=str(consent.public_id),
        data={
            "language": consent.language,
            "text": consent.text,
            "text_sha256": hashlib.sha256(consent.text.encode()).hexdigest(),
            **data,
        },
        personal={"email": consent.email, **client},
    )

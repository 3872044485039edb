"""Adding, changing and removing contacts."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import ProtectedError

from siegelpost.contacts.models import Contact


class StillNeededError(Exception):
    """Dispatches and their proofs name this contact; it cannot simply go."""


@transaction.atomic
def save(contact: Contact) -> Contact:
    """Keep a new or changed contact."""
    contact.email = contact.email.strip()
    contact.save()
    return contact


@transaction.atomic
def save_all(contacts: Iterable[Contact]) -> list[Contact]:
    """Keep new contacts, all or none."""
    return [save(contact) for contact in contacts]


@transaction.atomic
def remove(contact: Contact) -> None:
    """Delete a contact that nothing refers to.

    Raises:
        StillNeededError: a dispatch went to it; nothing was deleted.
    """
    try:
        contact.delete()
    except ProtectedError as error:
        raise StillNeededError from error

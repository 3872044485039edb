"""Adding and changing contacts."""

from collections.abc import Iterable

from django.db import transaction

from siegelpost.contacts.models import Contact


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

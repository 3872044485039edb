"""Finding contacts."""

import uuid

from django.db.models import QuerySet

from siegelpost.contacts.folding import words
from siegelpost.contacts.models import Contact


def find(query: str = "") -> QuerySet[Contact]:
    """Contacts that contain every word of ``query`` in name, company, place, address, number or note."""
    found = Contact.objects.all()
    for word in words(query):
        found = found.filter(folded__contains=word)
    return found


def one(public_id: uuid.UUID) -> Contact:
    """The contact with this public id.

    Raises:
        Contact.DoesNotExist: there is none.
    """
    return Contact.objects.get(public_id=public_id)


def same_address(contact: Contact) -> Contact | None:
    """Another contact with this contact's e-mail address: most often the same person entered twice."""
    if not contact.email:
        return None
    return Contact.objects.filter(email__iexact=contact.email).exclude(pk=contact.pk).first()

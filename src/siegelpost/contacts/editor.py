"""Adding and changing contacts."""

from collections.abc import Iterable, Sequence

from django.db import transaction

from siegelpost.contacts.models import Contact, ContactKey


@transaction.atomic
def save(contact: Contact) -> Contact:
    """Keep a new or changed contact."""
    contact.email = contact.email.strip()
    contact.save()
    return contact


@transaction.atomic
def save_all(contacts: Sequence[Contact]) -> None:
    """Keep new contacts, all or none, in a few statements whatever their number."""
    for contact in contacts:
        contact.email = contact.email.strip()
        contact.index()
    Contact.objects.bulk_create(contacts)
    wanted = {(one.pk, kind, value) for one in contacts for kind, value in one.key_values()}
    # The database says which of them nobody else has, also while others write theirs.
    ContactKey.objects.bulk_create(_keys(wanted), ignore_conflicts=True)
    there = set(ContactKey.objects.filter(contact__in=contacts).values_list("contact_id", "kind", "value"))
    ContactKey.objects.bulk_create(_keys(wanted - there, again=True))


def _keys(values: Iterable[tuple[int, str, str]], *, again: bool = False) -> list[ContactKey]:
    return [ContactKey(contact_id=pk, kind=kind, value=value, again=again) for pk, kind, value in sorted(values)]

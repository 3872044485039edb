"""Finding contacts."""

import uuid
from dataclasses import dataclass

from django.db.models import QuerySet

from siegelpost.contacts.models import Card, Contact
from siegelpost.toolbox.folding import words
from siegelpost.word_index import begun

# Nobody reads on beyond these, and they are found in a few milliseconds among fifty thousand contacts.
AT_MOST = 200


@dataclass(frozen=True, slots=True)
class ContactHits:
    """Contacts by name; ``more`` when there are others beyond these, because the query fits so many."""

    contacts: QuerySet[Contact]
    more: bool = False


def find(query: str = "") -> ContactHits:
    """Contacts in whose name, company, place, address, number or note every word of ``query`` begins a word.

    Without a query all but those who work here (:func:`colleagues`).
    Where these are more than :data:`AT_MOST`: the newest of them, and those whose name begins like the query.
    """
    wanted = words(query)
    if not wanted:
        # So written PostgreSQL walks the index of the list; of a join it thinks that nobody is left.
        return ContactHits(_listed().exclude(pk__in=Card.objects.values("contact_id")))
    keys = list(_listed().filter(begun(wanted)).order_by("-pk").values_list("pk", flat=True)[: AT_MOST + 1])
    if len(keys) <= AT_MOST:
        return ContactHits(_listed().filter(pk__in=keys))
    by_name = _named_like(" ".join(wanted)).values_list("pk", flat=True)[:AT_MOST]
    return ContactHits(_listed().filter(pk__in={*keys[:AT_MOST], *by_name}), more=True)


def every(query: str) -> QuerySet[Contact]:
    """All contacts that :func:`find` would look through for ``query``, however many; takes its time."""
    return _listed().filter(begun(words(query)))


def any_there() -> bool:
    """Whether there is a contact at all, beside those who work here."""
    return _listed().filter(card=None).exists()


def colleagues() -> QuerySet[Contact]:
    """Those who work here."""
    return _listed().exclude(card=None)


def _listed() -> QuerySet[Contact]:
    return Contact.objects.filter(merged_into__isnull=True)


def _named_like(beginning: str) -> QuerySet[Contact]:
    # As a range, which the index of sort_key answers in both databases; LIKE is answered by neither.
    return _listed().filter(sort_key__gte=beginning, sort_key__lt=beginning[:-1] + chr(ord(beginning[-1]) + 1))


def one(public_id: uuid.UUID) -> Contact:
    """The contact with this public id.

    Raises:
        Contact.DoesNotExist: there is none.
    """
    return Contact.objects.get(public_id=public_id)

"""What the contacts' room can say of its rows: why personal values are gone."""

from collections.abc import Iterable
from uuid import UUID

from siegelpost.contacts.models import Consent
from siegelpost.ledger import leaf
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.models import Event

_OF_CONSENT = (EventKind.CONSENT_ASKED.value, EventKind.CONSENT_GIVEN.value, EventKind.CONSENT_WITHDRAWN.value)


def erased_with_their_contact(subjects: Iterable[str]) -> set[str]:
    """Consents that went with the whole contact; the event of that names the contact alone."""
    asked = set(Event.objects.filter(subject__in=subjects, kind__in=_OF_CONSENT).values_list("subject", flat=True))
    if not asked or not _somebody_is_gone():
        return set()
    still = Consent.objects.filter(public_id__in=[UUID(one) for one in asked]).values_list("public_id", flat=True)
    return asked - {str(one) for one in still}


def _somebody_is_gone() -> bool:
    erasures = Event.objects.filter(kind=EventKind.CONTACT_ERASED.value).values_list("leaf", flat=True)
    return any(leaf.read(bytes(one)).data.get("whole") for one in erasures.iterator())

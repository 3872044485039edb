"""What the dispatches' room can say of its rows: why personal values are gone."""

from collections.abc import Iterable

from siegelpost.ledger import leaf
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.models import Event


def erased_with_their_dispatch(subjects: Iterable[str]) -> set[str]:
    """Withdrawals from the public address that were assigned to a dispatch, and erased with it."""
    erased = Event.objects.filter(kind=EventKind.DISPATCH_ERASED.value).values("subject")
    assigned = Event.objects.filter(kind=EventKind.WITHDRAWAL_ASSIGNED.value, subject__in=erased)
    named = {str(leaf.read(bytes(one)).data.get("withdrawal")) for one in assigned.values_list("leaf", flat=True)}
    return named.intersection(subjects)

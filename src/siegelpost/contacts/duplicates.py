"""Finding contacts that are probably the same person: same address, same number, or a like-sounding name nearby."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q

from siegelpost.contacts.models import Contact, ContactKey, Different, KeyKind

# More contacts than these share a number because it is a company's, not because they are one.
_MOST_ALIKE = 6
_MOST_VALUES = 100


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two contacts and all that speaks for their being one; ``first`` is the older row."""

    first: Contact
    second: Contact
    reasons: tuple[KeyKind, ...]


def pairs() -> list[Duplicate]:
    """Pairs that nobody has looked at yet, those with the most in common first; some dozens at most."""
    # Where the others are gone since, one that came again stands alone.
    others = ContactKey.objects.filter(kind=OuterRef("kind"), value=OuterRef("value")).exclude(pk=OuterRef("pk"))
    shared = (
        ContactKey.objects.filter(Exists(others), again=True)
        .order_by("kind", "value")
        .values_list("kind", "value")
        .annotate(n=Count("contact"))
        .filter(n__lte=_MOST_ALIKE)[:_MOST_VALUES]
    )
    return _pairs((kind, value) for kind, value, _ in shared)


def of(contact: Contact) -> list[Duplicate]:
    """Pairs of this contact with another one."""
    keys = list(contact.keys.values_list("kind", "value"))
    return [pair for pair in _pairs(keys) if contact in (pair.first, pair.second)]


@transaction.atomic
def are_different(one: Contact, other: Contact) -> None:
    """Somebody has looked: these two are not the same, and are not shown as a pair again."""
    first, second = sorted((one, other), key=lambda contact: contact.pk)
    Different.objects.get_or_create(first=first, second=second)


def _pairs(values: Iterable[tuple[str, str]]) -> list[Duplicate]:
    by_kind = defaultdict(list)
    for kind, value in values:
        by_kind[kind].append(value)
    if not by_kind:
        return []
    wanted = Q()
    for kind, of_kind in by_kind.items():
        wanted |= Q(kind=kind, value__in=of_kind)
    groups = defaultdict(list)
    for key in ContactKey.objects.filter(wanted).select_related("contact").order_by("contact_id"):
        groups[key.kind, key.value].append(key.contact)
    found: dict[tuple[int, int], tuple[Contact, Contact]] = {}
    reasons: dict[tuple[int, int], list[KeyKind]] = defaultdict(list)
    for (kind, _value), contacts in groups.items():
        if len(contacts) > _MOST_ALIKE:
            continue
        for first, second in combinations(contacts, 2):
            found[first.pk, second.pk] = (first, second)
            if kind not in reasons[first.pk, second.pk]:
                reasons[first.pk, second.pk].append(KeyKind(kind))
    different = set(Different.objects.filter(first__in={one for one, _ in found}).values_list("first", "second"))
    made = [Duplicate(*found[keys], tuple(reasons[keys])) for keys in found if keys not in different]
    return sorted(made, key=lambda pair: -len(pair.reasons))

"""Making one contact of two, so that nothing is lost, and undoing it.

Whatever points to the absorbed contact is handed to the kept one, found by Django's own knowledge of the tables: a
table that is added later follows by itself. The absorbed contact stays as a row that leads to the kept one.
"""

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils import timezone

from siegelpost.contacts.forms import ContactForm
from siegelpost.contacts.models import BookEntry, Contact, ContactKey, Different, Merge
from siegelpost.contacts.ways import Way, WayKind, together
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.office.models import Agent

# These say something about the contact's own row and stay with it.
_STAYING = (Contact, ContactKey, Different, Merge, BookEntry)
FIELDS = (*ContactForm.Meta.fields, "ways")
# Of these nobody has to choose: what both say is kept.
_BOTH_KEPT = frozenset({"note", "ways"})
# What does not become the one contact's main address or number stays among the further ones.
_AS_WAYS = {"email": WayKind.EMAIL, "mobile": WayKind.MOBILE, "phone": WayKind.PHONE}


class NotPossibleError(Exception):
    """These two cannot be made one, or no longer be separated; nothing was changed."""


@dataclass(frozen=True, slots=True)
class MergedField:
    """A field of both, and what it would be afterwards if nobody chooses otherwise."""

    name: str
    label: str
    kept: str
    absorbed: str
    takes_other: bool

    @property
    def added(self) -> bool:
        """Whether what the absorbed one says is kept beside what the kept one says."""
        return self.name in _BOTH_KEPT or self.name in _AS_WAYS

    @property
    def conflict(self) -> bool:
        """Whether both say something, and not the same: a person has to choose."""
        return bool(self.kept and self.absorbed and self.kept != self.absorbed and self.name not in _BOTH_KEPT)


def preview(kept: Contact, absorbed: Contact) -> list[MergedField]:
    """What the one contact would be, field by field; fields in which they agree are left out."""
    rows = []
    for name in FIELDS:
        texts = [_shown(contact, name) for contact in (kept, absorbed)]
        if texts[0] != texts[1]:
            label = str(Contact._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # of this table itself
            rows.append(MergedField(name, label, texts[0], texts[1], takes_other=not getattr(kept, name)))
    return rows


def _shown(contact: Contact, name: str) -> str:
    if name == "ways":
        return "\n".join(f"{way.name}: {way.value}" for way in contact.further)
    display = getattr(contact, f"get_{name}_display", None)
    value = display() if display and getattr(contact, name) else getattr(contact, name)
    return "✓" if value is True else str(value or "")


@transaction.atomic
def merge(kept: Contact, absorbed: Contact, *, take: Collection[str] = (), by: Agent) -> Merge:
    """Make one contact of two.

    Args:
        take: names of fields in which the absorbed contact's value is the right one; empty fields are filled anyway,
            and both notes are kept.

    Raises:
        NotPossibleError: it is one and the same, one was merged before, or both are colleagues' contact cards.
    """
    locked = {one.pk: one for one in Contact.objects.select_for_update().filter(pk__in=[kept.pk, absorbed.pk])}
    kept, absorbed = locked[kept.pk], locked[absorbed.pk]
    if kept == absorbed or kept.merged_into_id or absorbed.merged_into_id:
        raise NotPossibleError
    before: dict[str, list[Any]] = {}
    new = {name: _merged(name, getattr(kept, name), getattr(absorbed, name), take) for name in FIELDS}
    new["ways"] = [way.stored for way in together(kept.further, absorbed.further, _left_over(new, kept, absorbed))]
    for name, value in new.items():
        if value != (old := getattr(kept, name)):
            before[name] = [old, value]
            setattr(kept, name, value)
    moved = dict(_hand_over(absorbed, kept))
    absorbed.merged_into = kept
    absorbed.save()
    kept.save()
    _record(EventKind.CONTACTS_MERGED, kept, absorbed, by)
    return Merge.objects.create(kept=kept, absorbed=absorbed, by=by, before=before, moved=moved)


def _merged(name: str, old: Any, other: Any, take: Collection[str]) -> Any:
    if name == "note" and old and other and other not in old:
        return f"{old}\n\n{other}"
    return other if name in take or not old else old


def _left_over(new: Mapping[str, Any], *both: Contact) -> Iterator[Way]:
    """What of both did not become the one contact's main address or number."""
    for one in both:
        for name, kind in _AS_WAYS.items():
            if getattr(one, name) != new[name]:
                yield Way(kind, getattr(one, name))
        if any(getattr(one, name) not in ("", new[name]) for name in ("street", "postal_code", "city")):
            yield Way(WayKind.ADDRESS, ", ".join(filter(None, [one.street, one.town])))


def _hand_over(absorbed: Contact, kept: Contact) -> Iterator[tuple[str, list[int]]]:
    for relation in Contact._meta.related_objects:
        model, field = relation.related_model, relation.field
        if not isinstance(model, type) or issubclass(model, _STAYING):
            continue
        rows = model._base_manager.filter(**{field.name: absorbed})
        keys = list(rows.order_by("pk").values_list("pk", flat=True))
        if not keys:
            continue
        if relation.one_to_one and model._base_manager.filter(**{field.name: kept}).exists():
            raise NotPossibleError
        rows.update(**{field.name: kept})
        yield f"{model._meta.label}.{field.name}", keys


@transaction.atomic
def undo(merge_id: uuid.UUID, *, by: Agent) -> Merge:
    """Separate them again: what was handed over goes back, and so does every field nobody has changed since.

    Raises:
        Merge.DoesNotExist: there is none.
        NotPossibleError: it was undone before, or the kept contact was itself absorbed by another one meanwhile.
    """
    done = Merge.objects.select_for_update().get(public_id=merge_id)
    kept, absorbed = done.kept, done.absorbed
    if done.undone_at or kept.merged_into_id:
        raise NotPossibleError
    for place, keys in done.moved.items():
        label, _, field = place.rpartition(".")
        model: type[models.Model] = apps.get_model(label)
        model._base_manager.filter(pk__in=keys, **{field: kept}).update(**{field: absorbed})
    for name, (old, new) in done.before.items():
        if getattr(kept, name) == new:
            setattr(kept, name, old)
    absorbed.merged_into = None
    kept.save()
    absorbed.save()
    done.undone_at = timezone.now()
    done.save(update_fields=["undone_at"])
    _record(EventKind.CONTACTS_SEPARATED, kept, absorbed, by)
    return done


def of(contact: Contact) -> QuerySet[Merge]:
    """What was merged into this contact and can still be undone."""
    return Merge.objects.filter(kept=contact, undone_at=None).select_related("absorbed", "by")


def _record(kind: EventKind, kept: Contact, absorbed: Contact, by: Agent) -> None:
    data = {"kept": str(kept.public_id), "absorbed": str(absorbed.public_id), "by": str(by.public_id)}
    append(kind, subject=str(kept.public_id), data=data)

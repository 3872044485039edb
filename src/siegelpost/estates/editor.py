"""What an agent does with a property and its pictures by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext, gettext_lazy

from siegelpost.estates import commission, media
from siegelpost.estates.forms import EstateForm
from siegelpost.estates.kinds import GALLERY, CommissionVat, MediaGroup, Status
from siegelpost.estates.media_form import MediaForm
from siegelpost.estates.models import Estate, Media

MOST_MEDIA = 200
CHANGED = gettext_lazy("Die Bilder haben sich inzwischen geändert. Bitte laden Sie die Seite neu.")


_KEPT_OF_MEDIA = (
    *("group", "title", "position", "sha256", "media_type", "size", "width", "height", "renditions"),
    *("notes", "original_name", "imported", "alt", "teaser", "step", "marked"),
)


class CommissionAnswer(StrEnum):
    """What an agent can say on the property's page about a commission that was left open."""

    DUE = "due"
    FREE = "free"
    VAT_INCLUDED = CommissionVat.INCLUDED.value
    VAT_PLUS = CommissionVat.PLUS.value


class RefusedError(Exception):
    """The act is not possible; ``str`` says why, in the active language. Nothing was changed."""


def save(form: EstateForm) -> Estate:
    """Store a typed-in property, new or changed.

    Raises:
        ValueError: the form is not valid; ask ``form.is_valid()`` first.
    """
    with transaction.atomic():
        return form.save()


def decide_commission(estate: Estate, answer: CommissionAnswer) -> None:
    """What the agent says where the commission was left open: whether it is due, or whether VAT is in it.

    Raises:
        RefusedError: it is decided already.
    """
    with transaction.atomic():
        one = Estate.objects.select_for_update().get(pk=estate.pk)
        if answer in {CommissionAnswer.DUE, CommissionAnswer.FREE}:
            if not one.commission_open:
                raise RefusedError(gettext("Das ist inzwischen entschieden."))
            one.buyer_commission_due, one.commission_open = answer is CommissionAnswer.DUE, ""
        else:
            if not commission.is_vat_open(one):
                raise RefusedError(gettext("Das ist inzwischen entschieden."))
            one.buyer_commission_vat = str(answer)
            one.buyer_commission_rate = commission.read_rate(
                one.buyer_commission, one.buyer_commission_vat, purchase=one.is_purchase
            )
        one.save()


def set_status(estate: Estate, status: Status) -> None:
    """Reserve, sell, archive or bring back a property."""
    with transaction.atomic():
        estate.status = status
        estate.save(update_fields=("status", "updated_at"))


def add_media(
    estate: Estate, data: bytes, *, name: str, group: MediaGroup = MediaGroup.PICTURE, title: str = ""
) -> Media:
    """Add a picture or PDF at the end. The same file twice stays one, and a PDF among the pictures is a document.

    Raises:
        siegelpost.estates.media.MediaError: the file is not taken; its text says why.
        RefusedError: the property has as many files as it may have.
    """
    # Decoding takes its time, and nobody else should wait for it: before the transaction.
    prepared = media.prepare(data, name)
    if prepared.width is None and group in GALLERY:
        group = MediaGroup.DOCUMENT
    with transaction.atomic():
        locked = Estate.objects.select_for_update().get(pk=estate.pk)
        if known := locked.media.filter(sha256=prepared.sha256).first():
            return known
        if locked.media.count() >= MOST_MEDIA:
            raise RefusedError(
                gettext("Mehr als %(most)d Bilder und Dokumente sind nicht möglich.") % {"most": MOST_MEDIA}
            )
        last = locked.media.aggregate(last=Max("position"))["last"]
        added = Media.objects.create(
            estate=locked,
            group=group,
            title=title[:200],
            position=0 if last is None else last + 1,
            original_name=name[-255:],
            **asdict(prepared),
        )
        locked.save(update_fields=("updated_at",))
        return added


def reorder_media(estate: Estate, order: Sequence[UUID]) -> None:
    """Put the pictures and documents into this order; what ``order`` does not name follows as it was.

    Raises:
        RefusedError: ``order`` names a picture twice, or one of another property.
    """
    with transaction.atomic():
        present = {one.public_id: one for one in Estate.objects.select_for_update().get(pk=estate.pk).media.all()}
        if len(set(order)) != len(order) or not set(order) <= present.keys():
            raise RefusedError(CHANGED)
        rest = [public_id for public_id in present if public_id not in set(order)]
        for position, public_id in enumerate((*order, *rest)):
            present[public_id].position = position
        Media.objects.bulk_update(present.values(), ("position",))


def change_media(form: MediaForm) -> None:
    """Keep title and group; there is one cover, and a document is none.

    Raises:
        RefusedError: what was typed is not possible.
    """
    if not form.is_valid():
        raise RefusedError(" ".join(str(error) for errors in form.errors.values() for error in errors))
    with transaction.atomic():
        if form.cleaned_data["group"] == MediaGroup.COVER:
            make_cover(form.instance)
        form.save()


def make_cover(picture: Media) -> None:
    """Make this picture the cover, and the one that was it an ordinary picture.

    Raises:
        RefusedError: it is a document.
    """
    if not picture.is_picture:
        raise RefusedError(gettext("Ein Dokument kann kein Titelbild sein."))
    with transaction.atomic():
        # Of two who choose at once the later one has it.
        Estate.objects.select_for_update().get(pk=picture.estate_id)
        covers = Media.objects.filter(estate=picture.estate_id, group=MediaGroup.COVER)
        covers.exclude(pk=picture.pk).update(group=MediaGroup.PICTURE)
        picture.group = MediaGroup.COVER
        picture.save(update_fields=("group",))


def bring_forward(estate: Estate, chosen: Sequence[UUID]) -> None:
    """Put these before all others, in the order in which they stand.

    Raises:
        RefusedError: one of them is no longer there.
    """
    with transaction.atomic():
        reorder_media(estate, [one.public_id for one in _chosen(estate, chosen)])


def regroup(estate: Estate, chosen: Sequence[UUID], group: MediaGroup) -> None:
    """Put these into a group; a document that would come among the pictures stays one.

    Raises:
        RefusedError: one of them is no longer there, or several were to be the cover.
    """
    with transaction.atomic():
        found = _chosen(estate, chosen)
        if group == MediaGroup.COVER:
            if len(found) > 1:
                raise RefusedError(gettext("Titelbild kann nur ein Bild sein. Bitte wählen Sie eines aus."))
            make_cover(found[0])
            return
        for one in found:
            one.group = MediaGroup.DOCUMENT if group in GALLERY and not one.is_picture else group
        Media.objects.bulk_update(found, ("group",))


def delete_chosen(estate: Estate, chosen: Sequence[UUID]) -> list[dict[str, Any]]:
    """Take these off the property; gives what :func:`restore_media` needs for each.

    Raises:
        RefusedError: one of them is no longer there.
    """
    with transaction.atomic():
        return [delete_media(one) for one in _chosen(estate, chosen)]


def _chosen(estate: Estate, chosen: Sequence[UUID]) -> list[Media]:
    wanted = set(chosen)
    found = [one for one in Estate.objects.select_for_update().get(pk=estate.pk).media.all() if one.public_id in wanted]
    if not found or len(found) < len(wanted):
        raise RefusedError(CHANGED)
    return found


def delete_media(picture: Media) -> dict[str, Any]:
    """Take a picture or document off its property, and give what :func:`restore_media` needs to bring it back.

    The stored file stays: exposés already sent show it.
    """
    fields = {name: getattr(picture, name) for name in _KEPT_OF_MEDIA}
    with transaction.atomic():
        picture.delete()
    return {**fields, "public_id": str(picture.public_id)}


def restore_media(estate: Estate, removed: Sequence[Mapping[str, Any]]) -> int:
    """Bring back what :func:`delete_chosen` took off, each in its old place; gives how many came back.

    A file that was added again meanwhile stays as it is now.
    """
    with transaction.atomic():
        locked = Estate.objects.select_for_update().get(pk=estate.pk)
        present = set(locked.media.values_list("sha256", flat=True))
        back = [Media(estate=locked, **fields) for fields in removed if fields["sha256"] not in present]
        # Another one was chosen meanwhile.
        if locked.media.exclude(teaser="").exists():
            for one in back:
                one.teaser = ""
        if locked.media.filter(group=MediaGroup.COVER).exists():
            for one in back:
                one.group = MediaGroup.PICTURE if one.group == MediaGroup.COVER else one.group
        return len(Media.objects.bulk_create(back))

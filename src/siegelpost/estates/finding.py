"""Finding properties and their pictures."""

import uuid

from django.db.models import QuerySet

from siegelpost.estates.kinds import GALLERY, Kind, Marketing, MediaGroup, Status
from siegelpost.estates.models import Estate, Media
from siegelpost.folding import words
from siegelpost.word_index import Words

# What can be sent: sold and archived ones cannot, a draft can, because it may be meant for one person.
OFFERED = (Status.ACTIVE, Status.RESERVED, Status.DRAFT)
# Long, and not for lists.
_PROSE = ("teaser", "description", "location_text", "equipment_text", "other_text", "commission_note", "folded")


def find(query: str = "", *, status: str = "", marketing: str = "", kind: str = "") -> QuerySet[Estate]:
    """Properties with every word of ``query`` in title, number or address, the latest changed first.

    Args:
        status: one of :class:`Status`, ``offered`` for all that can be sent, empty for all but the archived.
        marketing, kind: narrow further; what is none of their values narrows nothing.
    """
    found = Estate.objects.defer(*_PROSE).prefetch_related("media")
    if status == "offered":
        found = found.filter(status__in=OFFERED)
    elif status in Status.values:
        found = found.filter(status=status)
    else:
        found = found.exclude(status=Status.ARCHIVED)
    if marketing in Marketing.values:
        found = found.filter(marketing=marketing)
    if kind in Kind.values:
        found = found.filter(kind=kind)
    wanted = words(query)
    return found.filter(folded__has_words=Words(wanted)) if wanted else found


def one(public_id: uuid.UUID) -> Estate:
    """The property with this public id.

    Raises:
        Estate.DoesNotExist: there is none.
    """
    return Estate.objects.prefetch_related("media").get(public_id=public_id)


def any_offered() -> bool:
    """Whether there is a property to send at all."""
    return Estate.objects.filter(status__in=OFFERED).exists()


def media_of(estate: Estate, public_id: uuid.UUID) -> Media:
    """A picture or document of this property.

    Raises:
        Media.DoesNotExist: there is none, or it belongs to another property.
    """
    return Media.objects.get(estate=estate, public_id=public_id)


def pictures(estate: Estate) -> list[Media]:
    """The pictures of the gallery, the cover first; uses media that were fetched before."""
    found = [media for media in estate.media.all() if media.is_picture and media.group in GALLERY]
    return sorted(found, key=lambda media: (media.group != MediaGroup.COVER, media.position, media.pk))


def cover(estate: Estate) -> Media | None:
    """The picture that stands for the property, or None."""
    found = pictures(estate)
    return found[0] if found else None

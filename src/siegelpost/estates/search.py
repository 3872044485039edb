"""Finding properties and their pictures."""

import uuid
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

from siegelpost.estates.kinds import GALLERY, Kind, Marketing, MediaGroup, Status
from siegelpost.estates.models import Estate, Media
from siegelpost.toolbox.folding import fold, words
from siegelpost.word_index import begun

# What can be sent: sold and archived ones cannot, a draft can, because it may be meant for one person.
OFFERED = (Status.ACTIVE, Status.RESERVED, Status.DRAFT)
# Long, and not for lists.
_PROSE = ("teaser", "description", "location_text", "equipment_text", "other_text", "commission_note", "folded")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of properties is narrowed to; what is empty, or none of the known values, narrows nothing.

    Args:
        query: every word of it begins a word of title, number or address.
        status: one of :class:`Status`, ``offered`` for all that can be sent, empty for all but the archived.
        place: the beginning of a town, a district or a postcode, in any spelling.
        least, most: the price, or the rent of a month, in the property's currency.
        rooms: so many at least.
    """

    query: str = ""
    status: str = ""
    marketing: str = ""
    kind: str = ""
    place: str = ""
    least: Decimal | None = None
    most: Decimal | None = None
    rooms: Decimal | None = None


def find(query: str = "", *, status: str = "") -> QuerySet[Estate]:
    """Properties by words and status (see :class:`Wanted`), the latest changed first."""
    return narrowed(Wanted(query=query, status=status))


def narrowed(wanted: Wanted) -> QuerySet[Estate]:
    """Properties as wanted, the latest changed first."""
    found = _by_status(Estate.objects.defer(*_PROSE).prefetch_related("media"), wanted.status)
    if wanted.marketing in Marketing.values:
        found = found.filter(marketing=wanted.marketing)
    if wanted.kind in Kind.values:
        found = found.filter(kind=wanted.kind)
    if place := wanted.place.strip():
        found = found.filter(_placed(place))
    if wanted.rooms is not None:
        found = found.filter(rooms__gte=wanted.rooms)
    asked = Coalesce("price", "rent_cold", "rent_warm")
    if wanted.least is not None:
        found = found.filter(GreaterThanOrEqual(asked, wanted.least))
    if wanted.most is not None:
        found = found.filter(LessThanOrEqual(asked, wanted.most))
    return found.filter(begun(words(wanted.query)))


def towns() -> list[str]:
    """Every town in which there is a property, by name."""
    return sorted(
        {town.strip() for town in Estate.objects.order_by().values_list("city", flat=True).distinct() if town}
    )


def _by_status(found: QuerySet[Estate], status: str) -> QuerySet[Estate]:
    if status == "offered":
        return found.filter(status__in=OFFERED)
    if status in Status.values:
        return found.filter(status=status)
    return found.exclude(status=Status.ARCHIVED)


def _placed(place: str) -> Q:
    """In this place; towns are compared here, because no database folds umlauts as people do."""
    beginning = fold(place)
    named = [town for town in towns() if fold(town).startswith(beginning)]
    return Q(city__in=named) | Q(postal_code__startswith=place) | Q(district__istartswith=place)


def one(public_id: uuid.UUID) -> Estate:
    """The property with this public id.

    Raises:
        Estate.DoesNotExist: there is none.
    """
    return Estate.objects.prefetch_related("media").get(public_id=public_id)


def any_offered() -> bool:
    """Whether there is a property to send at all."""
    return Estate.objects.filter(status__in=OFFERED).exists()


def any_there() -> bool:
    """Whether there is a property at all."""
    return Estate.objects.exists()


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

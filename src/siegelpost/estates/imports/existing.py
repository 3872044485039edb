"""Which of the properties that are here a transfer means, and what a complete one would take away."""

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from siegelpost.estates import openimmo
from siegelpost.estates.kinds import Status
from siegelpost.estates.models import Estate
from siegelpost.estates.openimmo.messages import Key


def of_another(obid: str, provider: str) -> Estate | None:
    """A property of another provider with this id that is not in the archive."""
    others = Estate.objects.filter(openimmo_obid=obid).exclude(provider=provider).exclude(status=Status.ARCHIVED)
    return others.first() if obid else None


def losses(transfer: openimmo.Transfer) -> list[openimmo.Message]:
    """What a complete transfer would take off the market, provider by provider, where it is all or most."""
    found = []
    for delivery in transfer.deliveries if transfer.full else ():
        if not delivery.may_archive:
            continue
        kept = [one for one in delivery.properties if one.action is not openimmo.Action.DELETE]
        named: list[openimmo.Property | openimmo.Rejected] = [*kept, *delivery.rejected]
        obids, numbers = {one.openimmo_obid for one in named}, {one.external_no for one in named}
        offered = Estate.objects.filter(provider=delivery.provider.key).exclude(status=Status.ARCHIVED)
        rows = list(offered.values_list("openimmo_obid", "external_no"))
        gone = sum(not (obid and obid in obids) and not (no and no in numbers) for obid, no in rows)
        values = {"provider": delivery.provider.name or delivery.provider.key, "gone": gone, "of": len(rows)}
        if gone * 2 > len(rows):
            is_empty = not (delivery.properties or delivery.rejected)
            found.append(openimmo.Message.of(Key.FULL_EMPTY if is_empty else Key.FULL_MOST, **values))
    return found


def stamp(transfer: openimmo.Transfer) -> datetime | None:
    """When the file says it was made; without a time zone by this office's clock. None where it does not say."""
    try:
        found = datetime.fromisoformat(transfer.stamp)
    except ValueError:
        return None
    return found if found.tzinfo else timezone.make_aware(found)


def find(obid: str, external_no: str, provider: str, *, lock: bool = False) -> Estate | None:
    """The provider's property that these identifiers mean: by obid, then by number."""
    estates = Estate.objects.select_for_update() if lock else Estate.objects.all()
    wanted = Q()
    if obid:
        wanted |= Q(openimmo_obid=obid)
    if external_no:
        wanted |= Q(external_no=external_no)
    if not wanted:
        return None
    offered = estates.filter(wanted, provider=provider)
    # A file that names no provider has nothing to say about what was typed in here.
    found = list(offered if provider else offered.exclude(commission_said=""))
    return next((one for one in found if obid and one.openimmo_obid == obid), found[0] if found else None)


def number(estate: Estate | None) -> int | None:
    """Its key in the table; None where there is no property."""
    return estate.pk if estate else None

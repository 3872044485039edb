"""The exposé of a property as a frozen value: what stands before the gate, and what behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from siegelpost.estates import commission, facts, teasers
from siegelpost.estates.kinds import GALLERY, SHOWN_STEPS, EnergyClass, MediaGroup
from siegelpost.estates.models import Estate, Media
from siegelpost.office.current import the_office
from siegelpost.toolbox.language import active_language

VERSION = 1


def snapshot(estate: Estate) -> dict[str, dict[str, Any]]:
    """The exposé, in the active language, as JSON that no later change of the property alters.

    ``before`` is what a recipient may see while the gate is closed: never a text, of the pictures only the one that
    the office has chosen for it (``teaser``), and street and house number only where the property releases them.
    ``after`` is the whole exposé; its pictures are named by the SHA-256 of their renditions, its documents by that of
    the file handed out.
    """
    media = list(estate.media.all())
    after = {
        **_head(estate),
        "lang": _language(),
        "title": estate.title,
        "street_line": estate.street_line,
        "position": _position(estate),
        "teaser": estate.teaser,
        "sections": [
            {"key": section.key, "title": str(section.title), "rows": rows}
            for section in facts.SECTIONS
            if (rows := [asdict(row) for row in section.rows(estate)])
        ],
        "commission_note": commission.note(estate),
        "features": facts.features(estate),
        "energy": _energy(estate),
        "texts": [{"key": key, "title": title, "text": text} for key, title, text in facts.texts(estate)],
        "links": _links(estate),
        "contact": {
            "name": estate.contact_name,
            "email": estate.contact_email,
            "phone": estate.contact_phone,
        },
        "pictures": _pictures(media, GALLERY),
        "floor_plans": _pictures(media, (MediaGroup.FLOOR_PLAN,)),
        "maps": _pictures(media, (MediaGroup.MAP,)),
        "documents": [_document(one) for one in media if not one.is_picture and one.step in SHOWN_STEPS],
    }
    return {"before": _before(estate), "after": after}


def _head(estate: Estate) -> dict[str, Any]:
    return {
        "v": VERSION,
        "public_id": str(estate.public_id),
        "external_no": estate.external_no,
        "kind": estate.kind,
        "marketing": estate.marketing,
        "headline": facts.headline(estate),
        "city_line": estate.city_line,
        "highlights": [asdict(row) for row in facts.highlights(estate)],
        "commission": facts.buyer_commission(estate),
    }


def _before(estate: Estate) -> dict[str, Any]:
    title = title_before(estate)
    return {
        **_head(estate),
        "lang": _language() if title == estate.title else active_language(),
        "title": title,
        "street_line": "" if hides_street(estate) else estate.street_line,
        **teasers.frozen(estate),
    }


def _language() -> str:
    """In which language the office writes of its properties."""
    return the_office().language


def title_before(estate: Estate) -> str:
    """What the property is called as long as the gate is closed, in the active language.

    A title such as "Altbau in der Gartenstraße" would give away what is to stay hidden.
    """
    betrays = hides_street(estate) and mentions(estate.title, estate.street)
    return facts.headline(estate) if betrays else estate.title


def hides_street(estate: Estate) -> bool:
    """Whether street and house number are not to be told before the gate."""
    return bool(estate.street) and not estate.address_released


def mentions(text: str, street: str) -> bool:
    """Whether a text names the street, however it is spelled."""

    def folded(value: str) -> str:
        value = value.casefold().replace("strasse", "str").replace("str.", "str")
        return "".join(filter(str.isalnum, value))

    return folded(street) in folded(text)


def _position(estate: Estate) -> dict[str, str] | None:
    if estate.latitude is None or estate.longitude is None:
        return None
    return {"latitude": str(estate.latitude), "longitude": str(estate.longitude)}


def _links(estate: Estate) -> list[dict[str, str]]:
    """What is to be seen elsewhere, with where that is."""
    found = {"tour": estate.tour_url, "video": estate.video_url}
    return [{"kind": kind, "url": url, "host": urlsplit(url).hostname or ""} for kind, url in found.items() if url]


def _energy(estate: Estate) -> dict[str, Any]:
    return {
        "title": str(facts.ENERGY.title),
        "rows": [asdict(row) for row in facts.ENERGY.rows(estate)],
        "scale": facts.has_scale(estate) and estate.energy_building_use != "other",
        "class": estate.energy_class if estate.energy_class in EnergyClass.values else "",
        "value": "" if estate.energy_value is None else str(estate.energy_value),
        "primary": "" if estate.energy_primary is None else str(estate.energy_primary),
    }


def _pictures(media: Iterable[Media], groups: Iterable[MediaGroup]) -> list[dict[str, Any]]:
    """Pictures of these groups: the cover first, then in the office's order."""
    wanted = set(groups)
    chosen = [one for one in media if one.is_picture and one.group in wanted]
    chosen.sort(key=lambda one: (one.group != MediaGroup.COVER, one.position, one.pk))
    return [
        {
            "public_id": str(one.public_id),
            "title": one.title,
            "group": one.group,
            "width": one.width,
            "height": one.height,
            "renditions": one.renditions,
            **({"alt": one.alt} if one.alt else {}),
        }
        for one in chosen
    ]


def _document(media: Media) -> dict[str, Any]:
    sha256, size = media.handed_out
    return {
        "public_id": str(media.public_id),
        "title": str(media),
        "sha256": sha256,
        "media_type": media.media_type,
        "size": size,
        "name": media.original_name,
        "step": media.step,
        **({"marked": True} if media.marked else {}),
    }

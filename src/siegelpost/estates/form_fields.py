"""Which fields the form of a property has, in groups as people think of it, and which a kind of property lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from siegelpost.estates.kinds import HOME_KINDS, Kind, Marketing


@dataclass(frozen=True, slots=True)
class Fieldset:
    """A group of fields under one heading."""

    key: str
    title: Promise
    fields: tuple[str, ...]


FIELDSETS = (
    Fieldset(
        "basics",
        _("Grunddaten"),
        (
            "title", "external_no", "kind", "kind_detail", "marketing", "usage", "status", "available_from",
            "contact_name", "contact_phone", "contact_email",
        ),
    ),
    Fieldset(
        "place",
        _("Lage"),
        (
            "street", "house_no", "postal_code", "city", "district", "region", "country", "floor", "floors",
            "address_released", "latitude", "longitude",
        ),
    ),
    Fieldset(
        "prices",
        _("Preise & Provision"),
        (
            "price", "price_on_request", "rent_cold", "ancillary_costs", "heating_costs", "heating_included",
            "rent_warm", "service_charge", "deposit", "plus_vat", "currency", "buyer_commission_due",
            "buyer_commission", "buyer_commission_vat", "seller_commission", "seller_commission_vat",
            "commission_by_deed", "owner_order_on", "commission_shared", "commission_note",
        ),
    ),
    Fieldset(
        "areas",
        _("Flächen"),
        (
            "living_area", "usable_area", "plot_area", "total_area", "office_area", "retail_area",
            "storage_area", "rooms", "bedrooms", "bathrooms", "parking_spaces", "construction_year",
            "modernised", "condition", "features",
        ),
    ),
    Fieldset(
        "energy",
        _("Energie"),
        (
            "energy_certificate", "energy_building_use", "energy_value", "energy_value_heat",
            "energy_value_electricity", "energy_primary", "energy_hot_water", "energy_carrier", "energy_class",
            "energy_construction_year", "energy_issued_on", "energy_valid_until",
        ),
    ),
    Fieldset(
        "texts",
        _("Texte"),
        ("teaser", "description", "equipment_text", "location_text", "other_text"),
    ),
    Fieldset("links", _("Video und Rundgang"), ("video_url", "tour_url")),
)  # fmt: skip

_ALL = frozenset(Kind)
_BUILT = _ALL - {Kind.LAND, Kind.PARKING}
_HOUSES = frozenset({Kind.HOUSE_SINGLE, Kind.HOUSE_TWO, Kind.HOUSE_MULTI})
_BUSINESS = frozenset({Kind.COMMERCIAL, Kind.INVESTMENT, Kind.OTHER})
_LIVED_IN = HOME_KINDS | _HOUSES | {Kind.INVESTMENT, Kind.OTHER}
_SHARED = frozenset({Kind.FLAT, Kind.ROOM, Kind.COMMERCIAL, Kind.PARKING, Kind.INVESTMENT, Kind.OTHER})
_BOTH = frozenset(Marketing)
_SOLD = frozenset({Marketing.PURCHASE})
_LET = frozenset({Marketing.RENT})

Kinds = frozenset[Kind]
Ways = frozenset[Marketing]
# Which kinds of property have a field, and in which way of marketing; what is not named here, every property has.
ONLY_OF: Mapping[str, tuple[Kinds, Ways]] = MappingProxyType(
    {
        "usage": (_ALL - {Kind.PARKING}, _BOTH),
        "floor": (_SHARED, _BOTH),
        "floors": (_BUILT, _BOTH),
        "price": (_ALL, _SOLD),
        "rent_cold": (_ALL, _LET),
        "ancillary_costs": (_ALL, _LET),
        "heating_costs": (_BUILT, _LET),
        "heating_included": (_BUILT, _LET),
        "rent_warm": (_BUILT, _LET),
        "deposit": (_ALL, _LET),
        "service_charge": (_SHARED, _SOLD),
        "plus_vat": (_BUSINESS | {Kind.PARKING, Kind.LAND}, _BOTH),
        "seller_commission": (_ALL, _SOLD),
        "seller_commission_vat": (_ALL, _SOLD),
        "commission_by_deed": (_ALL, _SOLD),
        "commission_shared": (_ALL, _SOLD),
        "owner_order_on": (HOME_KINDS, _LET),
        "living_area": (_LIVED_IN, _BOTH),
        "usable_area": (_BUILT, _BOTH),
        "plot_area": (_HOUSES | _BUSINESS | {Kind.LAND}, _BOTH),
        "total_area": (_BUSINESS | {Kind.HOUSE_MULTI}, _BOTH),
        "office_area": (_BUSINESS, _BOTH),
        "retail_area": (_BUSINESS, _BOTH),
        "storage_area": (_BUSINESS, _BOTH),
        "rooms": (_BUILT - {Kind.ROOM}, _BOTH),
        "bedrooms": (_LIVED_IN - {Kind.ROOM, Kind.INVESTMENT}, _BOTH),
        "bathrooms": (_LIVED_IN - {Kind.INVESTMENT}, _BOTH),
        "parking_spaces": (_BUILT, _BOTH),
        "construction_year": (_BUILT | {Kind.PARKING}, _BOTH),
        "modernised": (_BUILT, _BOTH),
        "condition": (_BUILT, _BOTH),
        "features": (_BUILT, _BOTH),
        "energy_value_heat": (_BUSINESS, _BOTH),
        "energy_value_electricity": (_BUSINESS, _BOTH),
        **dict.fromkeys(
            ("energy_certificate", "energy_building_use", "energy_value", "energy_primary", "energy_hot_water",
             "energy_carrier", "energy_class", "energy_construction_year", "energy_issued_on", "energy_valid_until"),
            (_BUILT, _BOTH),
        ),
        # Seldom needed, by any: the map finds the place by its address.
        **dict.fromkeys(("latitude", "longitude", "currency"), (frozenset(), _BOTH)),
    }
)  # fmt: skip


def asked_for(kind: str, marketing: str) -> frozenset[str]:
    """The fields that a property of this kind has, offered in this way; values that nobody knows have all."""
    names = [name for fieldset in FIELDSETS for name in fieldset.fields]
    unknown = kind not in Kind.values or marketing not in Marketing.values
    return frozenset(name for name in names if unknown or _is_asked(name, kind, marketing))


def _is_asked(name: str, kind: str, marketing: str) -> bool:
    kinds, ways = ONLY_OF.get(name, (_ALL, _BOTH))
    return kind in kinds and marketing in ways

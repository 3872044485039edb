"""A property in words and figures: which field is shown under which label, and how it is written.

Everything is in the active language; fields that say nothing leave no trace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from siegelpost.estates import commission
from siegelpost.estates.figures import NBSP, money, number
from siegelpost.estates.kinds import EnergyCertificate, Feature
from siegelpost.estates.models import Estate
from siegelpost.toolbox.language import active_language
from siegelpost.toolbox.words import Words


@dataclass(frozen=True, slots=True)
class FactRow:
    """One line of a table of facts."""

    label: str
    value: str


def _day(value: date) -> str:
    return formats.date_format(value, Words("d.m.Y", "j F Y")[active_language()])


def _of_money(field: str) -> Callable[[Estate], str]:
    return lambda estate: money(value, estate.currency) if (value := getattr(estate, field)) else ""


def _of_area(field: str) -> Callable[[Estate], str]:
    return lambda estate: f"{number(value)}{NBSP}m²" if (value := getattr(estate, field)) else ""


def _of_number(field: str) -> Callable[[Estate], str]:
    return lambda estate: number(value, 1) if (value := getattr(estate, field)) else ""


def _of_plain(field: str) -> Callable[[Estate], str]:
    return lambda estate: "" if (value := getattr(estate, field)) is None else str(value)


def _of_choice(field: str) -> Callable[[Estate], str]:
    return lambda estate: str(getattr(estate, f"get_{field}_display")()) if getattr(estate, field) else ""


def _of_day(field: str) -> Callable[[Estate], str]:
    return lambda estate: _day(value) if (value := getattr(estate, field)) else ""


def _of_energy(field: str) -> Callable[[Estate], str]:
    return lambda estate: "" if (value := getattr(estate, field)) is None else f"{number(value)}{NBSP}kWh/(m²·a)"


def _yes_no(value: bool | None) -> str:
    return "" if value is None else gettext("ja") if value else gettext("nein")


def kind_name(estate: Estate) -> str:
    """What it is: in German as finely as known ("Reihenmittelhaus"), else by its kind."""
    german = active_language() == "de"
    return (estate.kind_detail if german else "") or str(estate.get_kind_display())


def _price(estate: Estate) -> str:
    if not estate.is_purchase:
        return ""
    if estate.price_on_request or not estate.price:
        return gettext("auf Anfrage")
    return money(estate.price, estate.currency) + _vat(estate)


def _rent(estate: Estate) -> str:
    if estate.is_purchase or not estate.rent_cold:
        return ""
    return money(estate.rent_cold, estate.currency) + _vat(estate)


def _vat(estate: Estate) -> str:
    return " " + gettext("zzgl. MwSt.") if estate.plus_vat else ""


def _floor(estate: Estate) -> str:
    if estate.floor is None:
        return ""
    if estate.floor == 0:
        name = gettext("Erdgeschoss")
    elif estate.floor < 0:
        name = gettext("Untergeschoss")
    else:
        name = gettext("%(number)s. Obergeschoss") % {"number": estate.floor}
    return (
        gettext("%(floor)s von %(floors)s Etagen") % {"floor": name, "floors": estate.floors}
        if (estate.floors)
        else name
    )


def buyer_commission(estate: Estate) -> str:
    """What the buyer or tenant pays the agent; that it is nothing only where somebody said so."""
    if estate.buyer_commission_due:
        return commission.with_vat(estate) or gettext("noch nicht festgelegt")
    if estate.commission_open:
        return ""
    return gettext("provisionsfrei für Käufer") if estate.is_purchase else gettext("provisionsfrei für Mieter")


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: its label, and how a property's value for it is written ("" = not shown)."""

    label: Promise
    value: Callable[[Estate], str]


@dataclass(frozen=True, slots=True)
class Section:
    """A table of facts under one heading."""

    key: str
    title: Promise
    facts: tuple[Fact, ...]

    def rows(self, estate: Estate) -> list[FactRow]:
        """The lines that say something about this property."""
        found = ((str(fact.label), fact.value(estate)) for fact in self.facts)
        return [FactRow(label, value) for label, value in found if value]


HIGHLIGHTS = Section(
    "highlights",
    _("Auf einen Blick"),
    (
        Fact(_("Kaufpreis"), _price),
        Fact(_("Kaltmiete"), _rent),
        Fact(_("Wohnfläche"), _of_area("living_area")),
        Fact(_("Bürofläche"), _of_area("office_area")),
        Fact(_("Ladenfläche"), _of_area("retail_area")),
        Fact(_("Zimmer"), _of_number("rooms")),
        Fact(_("Grundstück"), _of_area("plot_area")),
        Fact(_("Baujahr"), _of_plain("construction_year")),
        Fact(_("Nutzfläche"), _of_area("usable_area")),
        Fact(_("Gesamtfläche"), _of_area("total_area")),
    ),
)
HIGHLIGHT_COUNT = 4

SECTIONS = (
    Section(
        "prices",
        _("Preise"),
        (
            Fact(_("Kaufpreis"), _price),
            Fact(_("Kaltmiete"), _rent),
            Fact(_("Nebenkosten"), _of_money("ancillary_costs")),
            Fact(_("Heizkosten"), _of_money("heating_costs")),
            Fact(_("Heizkosten in Nebenkosten enthalten"), lambda estate: _yes_no(estate.heating_included)),
            Fact(_("Warmmiete"), _of_money("rent_warm")),
            Fact(_("Hausgeld im Monat"), _of_money("service_charge")),
            Fact(_("Kaution"), _of_plain("deposit")),
            Fact(_("Provision"), buyer_commission),
        ),
    ),
    Section(
        "areas",
        _("Flächen und Räume"),
        (
            Fact(_("Wohnfläche"), _of_area("living_area")),
            Fact(_("Nutzfläche"), _of_area("usable_area")),
            Fact(_("Grundstücksfläche"), _of_area("plot_area")),
            Fact(_("Gesamtfläche"), _of_area("total_area")),
            Fact(_("Bürofläche"), _of_area("office_area")),
            Fact(_("Ladenfläche"), _of_area("retail_area")),
            Fact(_("Lagerfläche"), _of_area("storage_area")),
            Fact(_("Zimmer"), _of_number("rooms")),
            Fact(_("Schlafzimmer"), _of_number("bedrooms")),
            Fact(_("Badezimmer"), _of_number("bathrooms")),
            Fact(_("Stellplätze"), _of_number("parking_spaces")),
        ),
    ),
    Section(
        "building",
        _("Gebäude"),
        (
            Fact(_("Objektart"), kind_name),
            Fact(_("Baujahr"), _of_plain("construction_year")),
            Fact(_("Letzte Modernisierung"), _of_plain("modernised")),
            Fact(_("Zustand"), lambda estate: estate.condition_label()),
            Fact(_("Etage"), _floor),
            Fact(_("Verfügbar ab"), _of_plain("available_from")),
        ),
    ),
)

ENERGY = Section(
    "energy",
    _("Energie"),
    (
        Fact(_("Energieausweis"), _of_choice("energy_certificate")),
        Fact(_("Gebäudeart"), _of_choice("energy_building_use")),
        Fact(_("Endenergie"), _of_energy("energy_value")),
        Fact(_("Endenergie Wärme"), _of_energy("energy_value_heat")),
        Fact(_("Endenergie Strom"), _of_energy("energy_value_electricity")),
        Fact(_("Primärenergie"), _of_energy("energy_primary")),
        Fact(_("Warmwasser enthalten"), lambda estate: _yes_no(estate.energy_hot_water)),
        Fact(_("Wesentlicher Energieträger"), _of_choice("energy_carrier")),
        Fact(_("Energieeffizienzklasse"), _of_plain("energy_class")),
        Fact(_("Baujahr laut Ausweis"), _of_plain("energy_construction_year")),
        Fact(_("Ausgestellt am"), _of_day("energy_issued_on")),
        Fact(_("Gültig bis"), _of_day("energy_valid_until")),
    ),
)

TEXTS = (
    ("description", _("Beschreibung")),
    ("equipment_text", _("Ausstattung")),
    ("location_text", _("Lage")),
    ("other_text", _("Sonstiges")),
)


def highlights(estate: Estate) -> list[FactRow]:
    """The few figures that everybody asks for first."""
    return HIGHLIGHTS.rows(estate)[:HIGHLIGHT_COUNT]


def features(estate: Estate) -> list[str]:
    """Names of what the property has, in the vocabulary's order; unknown words are left out."""
    known = set(estate.features)
    return [str(feature.label) for feature in Feature if feature.value in known]


def texts(estate: Estate) -> Iterator[tuple[str, str, str]]:
    """Key, heading and text of every text there is."""
    for field, title in TEXTS:
        if text := getattr(estate, field):
            yield field, str(title), text


def has_scale(estate: Estate) -> bool:
    """Whether the scale of dwellings (A+ to H) can be drawn: there is a certificate and a value."""
    return estate.energy_value is not None and estate.energy_certificate in {
        EnergyCertificate.DEMAND,
        EnergyCertificate.CONSUMPTION,
    }


def headline(estate: Estate) -> str:
    """What it is and where, without the street: "Etagenwohnung zum Kauf in 12345 Ort"."""
    values: dict[str, Any] = {
        "kind": kind_name(estate),
        "place": estate.city_line,
    }
    if not values["place"]:
        return str(values["kind"])
    if estate.is_purchase:
        return pgettext("Objekt", "%(kind)s zum Kauf in %(place)s") % values
    return pgettext("Objekt", "%(kind)s zur Miete in %(place)s") % values

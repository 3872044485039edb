"""Energy data that must be stated."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from siegelpost.estates import energy
from siegelpost.estates.kinds import EnergyCertificate, Kind
from siegelpost.estates.models import Estate

DWELLING = {
    "energy_certificate": "demand",
    "energy_value": Decimal(80),
    "energy_carrier": "gas",
    "energy_class": "C",
    "energy_construction_year": 1978,
    "energy_issued_on": date(2022, 10, 1),
}
OFFICE = {
    "kind": Kind.COMMERCIAL,
    "usage": "commercial",
    "energy_certificate": "consumption",
    "energy_value_heat": Decimal(80),
    "energy_value_electricity": Decimal(20),
    "energy_carrier": "gas",
}
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize("values", [DWELLING, OFFICE])
def test_nothing_missing(values: dict[str, object]) -> None:
    assert energy.missing(Estate(title="x", **values), TODAY) == []


@pytest.mark.parametrize(
    ("values", "without", "told"),
    [
        (DWELLING, "energy_value", "Endenergiebedarf"),
        (DWELLING, "energy_carrier", "Energieträger"),
        (DWELLING, "energy_class", "Energieeffizienzklasse"),
        (DWELLING, "energy_construction_year", "Baujahr"),
        (OFFICE, "energy_value_heat", "Wärme"),
        (OFFICE, "energy_value_electricity", "Strom"),
        (OFFICE, "energy_carrier", "Energieträger"),
        (DWELLING, "energy_certificate", "Energieausweis"),
    ],
)
def test_each_mandatory_statement(values: dict[str, object], without: str, told: str) -> None:
    left = {name: value for name, value in values.items() if name != without}
    (sentence,) = energy.missing(Estate(title="Haus", **left), TODAY)
    assert told in sentence
    assert "„Haus“" in sentence


def test_old_certificate_names_no_class() -> None:
    old = {**DWELLING, "energy_class": "", "energy_issued_on": date(2014, 4, 30)}
    assert energy.missing(Estate(title="x", **old), date(2020, 1, 1)) == []


def test_year_of_the_building_will_do() -> None:
    values = {**DWELLING, "energy_construction_year": None, "construction_year": 1978}
    assert energy.missing(Estate(title="x", **values), TODAY) == []


def test_expired() -> None:
    (sentence,) = energy.missing(Estate(title="x", **DWELLING, energy_valid_until=date(2026, 11, 22)), TODAY)
    assert "abgelaufen" in sentence


@pytest.mark.parametrize(
    "values",
    [{"kind": Kind.LAND}, {"kind": Kind.PARKING}, {"energy_certificate": EnergyCertificate.NOT_REQUIRED}],
)
def test_where_none_is_needed(values: dict[str, object]) -> None:
    assert energy.missing(Estate(title="x", **values), TODAY) == []


def test_certificate_that_comes_later() -> None:
    (sentence,) = energy.missing(Estate(title="x", energy_certificate="not_yet"), TODAY)
    assert "§ 80 GModG" in sentence


def test_rules_are_dated() -> None:
    """The act was renamed at the end of July 2026; agents were still pointed to one that is no more."""
    assert energy.rules_on(date(2019, 1, 1)) is energy.RULES[0]
    assert energy.rules_on(date(2026, 7, 29)).source == "§ 87 (1) GEG"
    assert energy.rules_on(TODAY).source == "§ 87 (1) GModG"


def test_sentences_exist_in_english() -> None:
    with translation.override("en"):
        (missing,) = energy.missing(Estate(title="House"), TODAY)
    assert "energy certificate" in missing

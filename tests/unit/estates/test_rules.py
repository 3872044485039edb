"""Energy data that must be stated, and commission that must be equal."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from siegelpost.estates import commission, energy
from siegelpost.estates.commission import Rate, parse_rate
from siegelpost.estates.kinds import EnergyCertificate, Kind, Marketing
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
    assert "§ 80 GEG" in sentence


def test_rules_are_dated() -> None:
    assert energy.rules_on(date(2019, 1, 1)) is energy.RULES[0]
    assert energy.rules_on(TODAY).source == "§ 87 (1) GEG"


@pytest.mark.parametrize(
    ("text", "with_vat", "expected"),
    [
        ("3,57 % inkl. MwSt.", None, Rate(Decimal("3.57"))),
        ("3,57% inkl. 19% MwSt.", None, Rate(Decimal("3.57"))),
        ("2.975 % inkl. gesetzlicher MwSt", None, Rate(Decimal("2.975"))),
        ("3,57 Prozent einschließlich Mehrwertsteuer", None, Rate(Decimal("3.57"))),
        ("3 % zzgl. MwSt.", None, Rate(Decimal("3.57"))),
        ("3 % zzgl. 19 % MwSt.", None, Rate(Decimal("3.57"))),
        ("3 % zuzüglich gesetzlicher Umsatzsteuer", None, Rate(Decimal("3.57"))),
        ("3.57 % including VAT", None, Rate(Decimal("3.57"))),
        ("3,57 %", True, Rate(Decimal("3.57"))),
        ("3 %", False, Rate(Decimal("3.57"))),
        ("3,57 %", None, Rate(Decimal("3.57"), assumed=True)),
        ("3.57", None, Rate(Decimal("3.57"), assumed=True)),
        ("provisionsfrei", None, Rate(Decimal(0))),
        ("keine", None, Rate(Decimal(0))),
        ("2 Nettokaltmieten zzgl. MwSt.", None, None),
        ("3 % bis 500.000 €, darüber 2 %", None, None),
        ("nach Vereinbarung", None, None),
        ("", None, None),
        ("357 %", None, None),
    ],
)
def test_rates_as_people_write_them(text: str, with_vat: bool | None, expected: Rate | None) -> None:
    assert parse_rate(text, with_vat) == expected


def sale(buyer: str | None, seller: str | None, *, kind: Kind = Kind.HOUSE_SINGLE, **values: object) -> Estate:
    return Estate(
        title="Haus",
        kind=kind,
        buyer_commission_due=True,
        buyer_commission_rate=Decimal(buyer) if buyer else None,
        seller_commission_rate=Decimal(seller) if seller else None,
        **values,
    )


@pytest.mark.parametrize(
    ("buyer", "seller", "told"),
    [
        ("3.57", "3.570", None),
        ("3.57", "2.38", "Käufer 3,57 %, der Verkäufer 2,38 %"),
        ("3.57", "0", "Käufer 3,57 %, der Verkäufer 0 %"),
        ("3.57", None, "fehlt der Provisionssatz des Verkäufers"),
        (None, "3.57", "nicht als Zahl hinterlegt"),
    ],
)
def test_both_sides_pay_the_same(buyer: str | None, seller: str | None, told: str | None) -> None:
    found = commission.warnings(sale(buyer, seller))
    assert [told in sentence for sentence in found if told] == ([True] if told else [])
    assert bool(found) == bool(told)


@pytest.mark.parametrize(
    "estate",
    [
        sale("3.57", None, kind=Kind.HOUSE_MULTI),
        sale("3.57", None, kind=Kind.COMMERCIAL),
        sale("3.57", None, kind=Kind.COMMERCIAL, marketing=Marketing.RENT),
        Estate(title="x", kind=Kind.FLAT, seller_commission_rate=Decimal("3.57")),
    ],
)
def test_where_the_rule_does_not_apply(estate: Estate) -> None:
    assert commission.warnings(estate) == []


def test_sentences_exist_in_english() -> None:
    with translation.override("en"):
        (told,) = commission.warnings(sale("3.57", "2.38"))
        (missing,) = energy.missing(Estate(title="House"), TODAY)
    assert "the buyer pays 3.57 %" in told
    assert "energy certificate" in missing


def test_who_looks_for_a_home_to_rent_owes_only_in_one_case() -> None:
    (warning,) = commission.warnings(sale("3.57", None, kind=Kind.FLAT, marketing=Marketing.RENT))
    assert "WoVermRG" in warning


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        (
            {"buyer_commission": "3,57 % inkl. MwSt.", "buyer_commission_rate": Decimal("3.57")},
            "3,57 % inkl. MwSt. vom Kaufpreis; bei 400.000\u00a0€ sind das 14.280\u00a0€",
        ),
        (
            {"buyer_commission": "3 % zzgl. MwSt.", "buyer_commission_rate": Decimal("3.57")},
            "3,57 % inkl. MwSt. vom Kaufpreis; bei 400.000\u00a0€ sind das 14.280\u00a0€",
        ),
        ({"buyer_commission": "5.000 € inkl. MwSt."}, "5.000 € inkl. MwSt."),
        ({"buyer_commission": "5.000 €"}, None),
        (
            {"buyer_commission": "3,57 %", "buyer_commission_rate": Decimal("3.57"), "price": None},
            "3,57 % inkl. MwSt. vom Kaufpreis",
        ),
        (
            {
                "buyer_commission": "2 Nettokaltmieten zzgl. MwSt. (4.641 € inkl. MwSt.)",
                "marketing": Marketing.RENT,
            },
            "2 Nettokaltmieten zzgl. MwSt. (4.641 € inkl. MwSt.)",
        ),
    ],
)
def test_the_commission_above_the_button_has_its_vat_in_it(fields: dict[str, object], shown: str | None) -> None:
    given: dict[str, object] = {"title": "x", "kind": Kind.FLAT, "price": Decimal(400000), **fields}
    with translation.override("de"):
        assert commission.with_vat(Estate(**given)) == shown


def test_an_english_reader_is_told_the_rate_in_english() -> None:
    given = {"buyer_commission": "3,57 % inkl. MwSt.", "buyer_commission_rate": Decimal("3.57")}
    with translation.override("en"):
        shown = commission.with_vat(Estate(title="x", kind=Kind.FLAT, price=Decimal(400000), **given))
    assert shown == "3.57 % incl. VAT of the purchase price; for €400,000 that is €14,280"

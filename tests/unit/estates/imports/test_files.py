"""Whole files in the shape in which real programs write them, each with what is right to make of it.

They lie in ``files/``; the findings they come from are named in the tests.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from siegelpost.estates import commission, facts
from siegelpost.estates.imports.apply import import_file
from siegelpost.estates.imports.results import ImportResult
from siegelpost.estates.models import Estate, Media
from siegelpost.estates.openimmo import OpenImmoError

pytestmark = pytest.mark.django_db
FILES = Path(__file__).parent / "files"


def bring(name: str) -> ImportResult:
    return import_file(FILES / name, actor=None)


def told(result: ImportResult) -> str:
    """What is said of the properties; that these files say nothing of commission is not the matter here."""
    said = [note for line in result.lines for note in line.notes] + [line.reason for line in result.rejected]
    texts = (each.text("de") for each in said if each)
    return "\n".join(text for text in texts if not text.startswith("Die Datei sagt nichts zur Provision"))


@pytest.mark.parametrize(
    ("file", "fields", "words"),
    [
        ("02-price-349.000.xml", {"price": 349_000, "service_charge": 1250}, ""),
        ("02-price-349.000.xml", {"plot_area": 1200, "living_area": Decimal("84.5")}, ""),
        ("26-kaufpreisnetto.xml", {"price": 100_000, "plus_vat": True}, ""),
        ("27-austrian-rent.xml", {"rent_cold": 900, "ancillary_costs": 200, "rent_warm": 1210}, ""),
        ("29-parking-prices.xml", {"price": 300_000}, "stp_garage 15000"),
        ("39-mkt-both.xml", {"marketing": "rent", "rent_cold": 700}, "zugleich zum Kauf und zur Miete"),
    ],
)
def test_prices_are_read_or_said(file: str, fields: dict[str, Any], words: str) -> None:
    """Findings: thousandths of prices, and prices lost without a word."""
    assert words in told(bring(file))
    assert Estate.objects.values(*fields).get() == fields


@pytest.mark.parametrize(
    ("file", "fields", "words"),
    [
        ("08-null-island.xml", {"latitude": None, "longitude": None}, ""),
        ("09-austria-iso2.xml", {"country": "AUT"}, ""),
        ("33-aktionart-NEU.xml", {"external_no": "R-33"}, "„NEU“ gibt es in OpenImmo nicht"),
        ("34-intern-number-only.xml", {"external_no": "WHG-42"}, "objektnr_intern"),
        ("36-haus-typ-rare.xml", {"kind": "house_multi", "kind_detail": "Wohn- und Geschäftshaus"}, ""),
    ],
)
def test_values_of_careless_programs(file: str, fields: dict[str, Any], words: str) -> None:
    """Findings: a place in the Gulf of Guinea, Vienna in Germany, a shop with flats called a single-family house."""
    assert words in told(bring(file))
    assert Estate.objects.values(*fields).get() == fields


@pytest.mark.parametrize(
    ("file", "fields", "words"),
    [
        ("03-html-texts.xml", {"title": "Helle & ruhige Wohnung"}, ""),
        ("03-html-texts.xml", {"description": "Erster Absatz.\n\nZweiter Absatz\n• Bad\n• Balkon"}, ""),
        ("03-html-texts.xml", {"location_text": "Ruhig, aber zentral, am Park.\nZwei Minuten zum Bahnhof."}, ""),
        ("04-objekt_text-only.xml", {"description": "Das ist die ganze Beschreibung."}, ""),
        ("07-befeuerung-carrier.xml", {"energy_carrier": "gas"}, ""),
        ("31-energy-class-letter-more.xml", {"energy_certificate": "consumption", "energy_class": "A+"}, ""),
        ("31-energy-class-letter-more.xml", {"energy_value": 120}, ""),
        ("32-onoffice-epass-simplefields.xml", {"energy_class": "D", "energy_construction_year": 1998}, ""),
        ("10-bom-and-latin1-declared.xml", {"city": "Lüneburg"}, "ist aber UTF-8"),
        ("11-encoding-utf8-without-hyphen.xml", {"city": "Lüneburg"}, ""),
        ("12-dotnet-utf16-declared.xml", {"city": "Lüneburg"}, "ist aber UTF-8"),
        ("15-word-vertical-tab.xml", {"title": "Haus Hof"}, "Steuerzeichen (U+000B)"),
        ("19-zip-with-second-xml.zip", {"external_no": "R-19"}, ""),
    ],
)
def test_nothing_is_lost_or_refused_for_an_exporter_s_habits(file: str, fields: dict[str, Any], words: str) -> None:
    """Findings: words within markup lost, a whole description in <objekt_text> lost, energy data asked for anew that
    the file has, whole files refused for one character, and with an advice that was wrong.
    """
    result = bring(file)
    assert [line.text("de") for line in result.notes if words in line.text("de")] or not words
    assert told(result) == ""
    assert Estate.objects.values(*fields).get() == fields


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("05-extern-with-empty-anhanginhalt.zip", "kueche.jpg"),
        ("06-intern-with-path-only.zip", "haus.jpg"),
        ("16-zip-name-nfd-macos.zip", "Küche.jpg"),
        ("18-zip-name-cp1252.zip", "Küche.jpg"),
        ("22-remote-but-in-zip.zip", "kueche.jpg"),
    ],
)
def test_a_picture_that_came_along_is_found(file: str, name: str) -> None:
    """Findings: pictures that are in the ZIP were said to be empty, missing, or on another server."""
    assert told(bring(file)) == ""
    assert Media.objects.get().original_name == name


def test_a_picture_outside_of_its_list_is_not_lost_without_a_word() -> None:
    """Finding: <anhang> directly in <immobilie>."""
    assert "„a.jpg“ fehlt" in told(bring("40-anhang-outside-anhaenge.xml"))


def test_a_commission_without_a_word_whether_it_is_due() -> None:
    """Finding: six of six properties of a real export went out as "provisionsfrei" at 3,57 %."""
    assert "3,57 %" in told(bring("01-commission-without-provisionspflichtig.xml"))
    estate = Estate.objects.get()
    assert estate.buyer_commission_due
    assert commission.unclear(estate)
    assert facts.buyer_commission(estate).startswith("3,57 % inkl. MwSt.")


def test_one_id_of_two_numbers() -> None:
    """Finding: "Es steht zweimal in der Datei" did not say what is equal."""
    assert "openimmo_obid) „SAME“" in told(bring("24-same-obid-two-numbers.xml"))
    assert Estate.objects.get().external_no == "R-24a"


def test_two_languages_of_one_number() -> None:
    """Finding: of a German and an English property with one number the first was taken, and nothing said why."""
    assert "auch mit deutschen Texten" in told(bring("43-two-languages-one-number.xml"))
    assert Estate.objects.get().title == "Helle Wohnung"


def test_two_providers_with_one_id() -> None:
    """Finding: the second provider's file overwrote the first provider's property."""
    bring("25a-provider-one.xml")
    assert "eines anderen Anbieters" in told(bring("25b-provider-two.xml"))
    assert Estate.objects.get().title == "Wohnung von Anbieter Eins"


def test_a_complete_file_of_nothing() -> None:
    """Finding: an empty complete transfer archived everything, with exit status 0."""
    for file in ("01-commission-without-provisionspflichtig.xml", "26-kaufpreisnetto.xml"):
        bring(file)
    with pytest.raises(OpenImmoError, match="alle 2 würden archiviert"):
        bring("35-full-empty.xml")
    assert {one.status for one in Estate.objects.all()} == {"active"}

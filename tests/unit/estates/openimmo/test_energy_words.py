"""Carriers, certificates and classes as people and programs write them."""

import pytest

from siegelpost.estates.kinds import BuildingUse, EnergyCarrier, EnergyCertificate, EnergyClass
from siegelpost.estates.openimmo import energy_words

CARRIERS = {
    "oel": ("OEL", "Öl", "Heizöl", "Heizöl EL", "leichtes Heizöl"),
    "gas": ("GAS", "Erdgas", "Erdgas leicht", "Erdgas schwer", "Gas-Brennwert", "natural gas"),
    "elektro": ("ELEKTRO", "Strom", "Strom-Mix", "Wärmepumpe", "Elektrospeicher"),
    "alternativ": ("ALTERNATIV", "regenerative Energien", "Umweltwärme"),
    "solar": ("SOLAR", "Solarthermie"),
    "erdwaerme": ("ERDWAERME", "Erdwärme", "Geothermie", "Sole-Wasser-Wärmepumpe"),
    "luftwp": ("LUFTWP", "Luftwärmepumpe", "Luft-Wasser-Wärmepumpe", "Luft/Wasser-Wärmepumpe (Strom)"),
    "fern": ("FERN", "Fernwärme", "Fernwärme aus KWK", "Nahwärme", "NAHWAERME", "Nah-/Fernwärme (Gas)"),
    "block": ("BLOCK", "Blockheizkraftwerk", "BHKW", "BHKW Gas"),
    "wasser-elektro": ("WASSER-ELEKTRO",),
    "pellet": ("PELLET", "Holzpellets", "Pellets"),
    "kohle": ("KOHLE", "Braunkohle", "Koks"),
    "holz": ("HOLZ", "Holzhackschnitzel", "Stückholz"),
    "fluessiggas": ("FLUESSIGGAS", "Flüssiggas", "Flüssiggas (Propan)"),
}


@pytest.mark.parametrize(("carrier", "text"), [(key, text) for key, texts in CARRIERS.items() for text in texts])
def test_carriers(carrier: str, text: str) -> None:
    """Finding: 15 of 23 words that people write were left out."""
    assert energy_words.carrier(text) == carrier


@pytest.mark.parametrize("text", ["", "kein Gas", "Gas und Öl", "Gas, Solar", "siehe Ausweis", "ohne Öl"])
def test_what_names_no_one_carrier_is_none(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is the text itself
        energy_words.carrier(text)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("BEDARF", "demand"), ("Bedarfsausweis", "demand"), ("Energiebedarfsausweis", "demand"),
        ("VERBRAUCH", "consumption"), ("Verbrauchsausweis", "consumption"), ("Verbrauch (2014)", "consumption"),
        ("nicht nötig", "not_required"), ("Denkmalschutz", "not_required"),
        ("liegt zur Besichtigung vor", "on_viewing"),
        ("wird erstellt", "not_yet"), ("OHNE", "not_yet"),
    ],
)  # fmt: skip
def test_certificates(text: str, read: str) -> None:
    assert energy_words.certificate(text) == read


@pytest.mark.parametrize("text", ["", "ja", "Bedarf und Verbrauch", "vorhanden"])
def test_what_names_no_kind_of_certificate_is_none(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is the text itself
        energy_words.certificate(text)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("A+", "A+"), ("A_PLUS", "A+"), ("A PLUS", "A+"), ("aplus", "A+"), ("A", "A"), ("h", "H"), ("Klasse C", "C"),
        ("Energieeffizienzklasse: D", "D"), ("A++", None), ("B+", None), ("I", None), ("", None), ("C-D", None),
    ],
)  # fmt: skip
def test_classes(text: str, read: str | None) -> None:
    if read is None:
        with pytest.raises(ValueError):  # noqa: PT011 - the message is the text itself
            energy_words.efficiency_class(text)
    else:
        assert energy_words.efficiency_class(text) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [("WOHN", "dwelling"), ("Wohngebäude", "dwelling"), ("Nichtwohngebäude", "other"), ("nichtwohn", "other")],
)
def test_building_uses(text: str, read: str) -> None:
    assert energy_words.building_use(text) == read


def test_all_are_the_house_s_words() -> None:
    assert {meant for _, meant, _ in energy_words._CARRIERS} <= set(EnergyCarrier.values)
    assert set(CARRIERS) == set(EnergyCarrier.values)
    certificates = {*(why for _, why in energy_words._NO_CERTIFICATE), *(kind for _, kind in energy_words._KINDS)}
    assert certificates == set(EnergyCertificate.values)
    assert {energy_words.efficiency_class(one) for one in EnergyClass.values} == set(EnergyClass.values)
    assert {energy_words.building_use(one) for one in ("Wohnen", "Gewerbe")} == set(BuildingUse.values)

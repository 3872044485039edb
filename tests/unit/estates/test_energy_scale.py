"""The band of the energy certificate."""

from datetime import date
from decimal import Decimal

from siegelpost.estates.energy_scale import SCALES, scale_on
from siegelpost.estates.kinds import EnergyClass

# Annex 10 GEG: the classes of dwellings and the final energy they end at, written from the statute.
ANNEX_10 = {"A+": 30, "A": 50, "B": 75, "C": 100, "D": 130, "E": 160, "F": 200, "G": 250}


def test_the_classes_are_those_of_the_statute() -> None:
    scale = scale_on(date(2026, 11, 29))
    assert {band.name: band.upper for band in scale.bands[:-1]} == ANNEX_10
    assert [band.name for band in scale.bands] == EnergyClass.values


def test_a_day_before_all_rules_has_the_first() -> None:
    assert scale_on(date(1999, 1, 1)) is SCALES[0]


def test_a_value_stands_in_its_class_and_never_outside() -> None:
    scale = SCALES[0]
    drawn = scale.drawn()
    place = scale.place(Decimal("98.40"))
    assert [band["name"] for band in drawn["bands"] if band["from"] < place <= band["to"]] == ["C"]
    assert (scale.place(Decimal(0)), scale.place(Decimal(9000)), scale.place(Decimal(-5))) == (0, 1, 0)
    assert drawn["bands"][-1]["to"] == 1
    assert drawn["ticks"][-1]["label"] == ">250"

"""The band that energy certificates draw, from green to red: its classes and ticks, as dated data.

Pages and PDFs draw from here, so that one property never stands in two places.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any


@dataclass(frozen=True, slots=True)
class EnergyBand:
    """A class, and the final energy in kWh/(m²·a) of usable area up to which it reaches; the last has no end."""

    name: str
    upper: int


@dataclass(frozen=True, slots=True)
class EnergyScale:
    """A version of the drawing: whoever has a value beyond ``end`` stands at its end."""

    act: str
    valid_from: date
    bands: tuple[EnergyBand, ...]
    ticks: tuple[int, ...]
    end: int
    colours: tuple[str, ...]

    def place(self, value: Decimal) -> float:
        """Where a value stands: 0 at the left end, 1 at the right."""
        return min(max(float(value) / self.end, 0.0), 1.0)

    def drawn(self) -> dict[str, Any]:
        """The scale as plain values with places from 0 to 1: classes from–to, ticks, colours at equal distances."""
        bounds = [0, *(band.upper for band in self.bands)]
        return {
            "bands": [
                {"name": band.name, "from": low / self.end, "to": high / self.end}
                for band, (low, high) in zip(self.bands, pairwise(bounds), strict=True)
            ],
            "ticks": [
                {"place": tick / self.end, "label": f">{tick}" if tick == self.ticks[-1] else str(tick)}
                for tick in self.ticks
            ],
            "colours": list(self.colours),
        }


# Annex 10 of the GEG, word for word the same in the GModG: dwellings only. The ticks are those of the official form.
SCALES: tuple[EnergyScale, ...] = (
    EnergyScale(
        "GEG",
        date(2014, 5, 1),
        tuple(
            EnergyBand(name, upper)
            for name, upper in (
                ("A+", 30), ("A", 50), ("B", 75), ("C", 100), ("D", 130), ("E", 160), ("F", 200), ("G", 250),
                ("H", 275),
            )
        ),
        tuple(range(0, 251, 25)),
        275,
        ("#00843d", "#63b330", "#c4d600", "#ffdd00", "#f9a800", "#ee7000", "#d31f1f"),
    ),
)  # fmt: skip


def scale_on(day: date) -> EnergyScale:
    """The drawing that holds on ``day``; the first one for days before it."""
    return max((one for one in SCALES if one.valid_from <= day), key=lambda one: one.valid_from, default=SCALES[0])

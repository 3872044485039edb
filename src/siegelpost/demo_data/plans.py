"""Floor plans of the sample office's properties, to scale."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import typst

TEMPLATE = Path(__file__).parent / "plan.typ"
PPI = 150


@dataclass(frozen=True)
class Room:
    """A room: position of its upper left corner and size, in metres."""

    name: str
    x: float
    y: float
    w: float
    h: float
    kind: Literal["living", "wet", "outside", "hall"] = "living"


@dataclass(frozen=True)
class Door:
    """A door in a horizontal ("h") or vertical ("v") wall, by where it starts."""

    x: float
    y: float
    wall: Literal["h", "v"]


@dataclass(frozen=True)
class Plan:
    """One storey."""

    title: str
    rooms: Sequence[Room]
    doors: Sequence[Door]

    def png(self) -> bytes:
        """The drawing, with the rooms' areas, a scale bar and north."""
        rooms = [{**asdict(room), "area": f"{room.w * room.h:.1f} m²".replace(".", ",")} for room in self.rooms]
        data = {"title": self.title, "rooms": rooms, "doors": [asdict(door) for door in self.doors]}
        picture = typst.compile(
            TEMPLATE.read_bytes(),
            format="png",
            ppi=PPI,
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data)},
        )
        assert isinstance(picture, bytes)  # noqa: S101 - one page
        return picture


TOWN_FLAT = Plan(
    "Wohnung 5 · 2. Obergeschoss",
    (
        Room("Wohnen", 0, 0, 5.6, 5.2),
        Room("Schlafen", 5.6, 0, 4.2, 4.2),
        Room("Kinderzimmer", 9.8, 0, 3.4, 4.2),
        Room("Diele", 5.6, 4.2, 7.6, 1.6, "hall"),
        Room("Küche", 0, 5.2, 5.6, 3.6),
        Room("Bad", 5.6, 5.8, 2.8, 3.0, "wet"),
        Room("Arbeiten", 8.4, 5.8, 2.9, 3.0),
        Room("Loggia", 11.3, 5.8, 1.9, 3.0, "outside"),
    ),
    (
        Door(5.6, 4.25, "v"),
        Door(6.6, 4.2, "h"),
        Door(10.4, 4.2, "h"),
        Door(2.4, 5.2, "h"),
        Door(6.4, 5.8, "h"),
        Door(9.2, 5.8, "h"),
        Door(11.3, 6.8, "v"),
    ),
)
HOUSE = Plan(
    "Erdgeschoss",
    (
        Room("Wohnen", 0, 0, 6.4, 4.8),
        Room("Essen", 6.4, 0, 3.8, 4.8),
        Room("Terrasse", 10.2, 0, 3.2, 4.8, "outside"),
        Room("Küche", 6.4, 4.8, 3.8, 3.6),
        Room("Diele", 2.9, 4.8, 3.5, 3.6, "hall"),
        Room("Gäste-WC", 0, 4.8, 2.9, 1.5, "wet"),
        Room("Hauswirtschaft", 0, 6.3, 2.9, 2.1),
    ),
    (
        Door(4.4, 4.8, "h"),
        Door(6.4, 5.6, "v"),
        Door(6.4, 2.4, "v"),
        Door(10.2, 1.8, "v"),
        Door(2.9, 5.0, "v"),
        Door(2.9, 6.9, "v"),
        Door(4.0, 8.4, "h"),
        Door(7.8, 4.8, "h"),
    ),
)
RENTAL_FLAT = Plan(
    "Wohnung 9 · 1. Obergeschoss",
    (
        Room("Wohnen und Kochen", 0, 0, 6.2, 4.6),
        Room("Schlafen", 6.2, 0, 4.0, 3.6),
        Room("Balkon", 0, -1.7, 6.2, 1.7, "outside"),
        Room("Flur", 6.2, 3.6, 4.0, 1.6, "hall"),
        Room("Bad", 6.2, 5.2, 2.6, 2.2, "wet"),
        Room("Abstellraum", 8.8, 5.2, 1.4, 2.2),
        Room("Zimmer", 0, 4.6, 6.2, 2.8),
    ),
    (
        Door(6.2, 3.65, "v"),
        Door(7.4, 3.6, "h"),
        Door(2.4, 0, "h"),
        Door(7.0, 5.2, "h"),
        Door(9.1, 5.2, "h"),
        Door(4.4, 4.6, "h"),
    ),
)
SHOP = Plan(
    "Erdgeschoss",
    (
        Room("Verkaufsraum", 0, 0, 8.2, 7.4),
        Room("Büro", 8.2, 0, 3.6, 3.2),
        Room("Lager", 8.2, 3.2, 3.6, 2.6),
        Room("WC", 8.2, 5.8, 1.8, 1.6, "wet"),
        Room("Teeküche", 10.0, 5.8, 1.8, 1.6, "wet"),
    ),
    (
        Door(3.4, 7.4, "h"),
        Door(8.2, 1.2, "v"),
        Door(8.2, 4.0, "v"),
        Door(8.2, 6.2, "v"),
        Door(10.0, 6.2, "v"),
    ),
)

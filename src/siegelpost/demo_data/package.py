"""The sample office's OpenImmo package: four properties in and around Lüneburg, with their pictures."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

from siegelpost.demo_data import facades, plans, rooms

XML = Path(__file__).parent / "sample.xml"
XML_NAME = "openimmo.xml"

PICTURES: dict[str, Callable[[], bytes]] = {
    "hu-1014-haus.jpg": facades.town_house,
    "hu-1014-wohnen.jpg": lambda: rooms.living_room(rooms.LIVING, 11),
    "hu-1014-kueche.jpg": lambda: rooms.kitchen(rooms.LIVING, 12),
    "hu-1014-grundriss.png": plans.TOWN_FLAT.png,
    "hu-1015-haus.jpg": facades.brick_house,
    "hu-1015-wohnen.jpg": lambda: rooms.living_room(rooms.GARDEN, 21),
    "hu-1015-kueche.jpg": lambda: rooms.kitchen(rooms.GARDEN, 22),
    "hu-1015-grundriss.png": plans.HOUSE.png,
    "hu-2031-haus.jpg": facades.new_building,
    "hu-2031-wohnen.jpg": lambda: rooms.living_room(rooms.BRIGHT, 31),
    "hu-2031-kueche.jpg": lambda: rooms.kitchen(rooms.BRIGHT, 32),
    "hu-2031-grundriss.png": plans.RENTAL_FLAT.png,
    "hu-3007-haus.jpg": facades.gabled_shop,
    "hu-3007-laden.jpg": lambda: rooms.shop_floor(rooms.SHOP, 41),
    "hu-3007-grundriss.png": plans.SHOP.png,
}


def write(path: Path) -> Path:
    """Write the package to ``path`` (a ZIP file) and give it back; draws the pictures, about three seconds.

    The bytes are the same every time, so that a second import finds nothing changed.
    """
    with zipfile.ZipFile(path, "w") as archive:
        _add(archive, XML_NAME, XML.read_bytes(), zipfile.ZIP_DEFLATED)
        for name, drawn in PICTURES.items():
            _add(archive, name, drawn(), zipfile.ZIP_STORED)
    return path


def _add(archive: zipfile.ZipFile, name: str, data: bytes, method: int) -> None:
    info = zipfile.ZipInfo(name, date_time=(2026, 11, 2, 9, 0, 0))
    info.compress_type = method
    archive.writestr(info, data)

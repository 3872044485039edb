"""The exposé as a PDF (PDF/A-2a and PDF/UA-1: tagged, archivable, fonts inside), set by typst from a snapshot."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from PIL import Image

from siegelpost import storage
from siegelpost.estates.energy_scale import scale_on
from siegelpost.estates.figures import number
from siegelpost.estates.picture_rows import GAP, LINE, rows
from siegelpost.settings import load
from siegelpost.toolbox import paper
from siegelpost.toolbox.paper import accent, paragraphs, plain

TEMPLATE = Path(__file__).parent / "typst" / "expose.typ"
COVER_WIDTH = 1600
# Of a picture over the whole line, and of one of two.
LARGE_WIDTH, PICTURE_WIDTH = 1600, 960
PLAN_WIDTH = 1600
MOST_PICTURES = 24
# Qualities of JPEG, and how many times as large as the stored WebP it becomes (measured on photos of phones): the best
# at which twenty photos, the cover and a plan stay below three megabytes. Guessed, for to try costs more time.
QUALITIES: Final = ((82, 1.5), (68, 1.05), (50, 0.8))
MOST_BYTES: Final = {PICTURE_WIDTH: 110_000, LARGE_WIDTH: 330_000}
PNG: Final = b"\x89PNG"
# Of a plan that is wider than high by this much, a page on its side shows more.
WIDE = 1.15
TALLEST_MAP = 150.0
LOCATION = "location_text"
# The language in which the properties of a German office are described.
NATIVE = "de"


def render(
    estates: Sequence[Mapping[str, Any]],
    *,
    office: Mapping[str, str],
    agent: Mapping[str, Any],
    language: str,
    test: bool = False,
) -> bytes:
    """The PDF of one or more properties.

    Args:
        estates: what :func:`siegelpost.estates.expose.snapshot` gives as ``after``.
        office: ``name``, ``address_line``, ``phone``, ``email``, ``website``, ``colour`` (#rrggbb), ``owner``,
            ``logo``.
        agent: ``name``, ``phone``, ``email``, perhaps ``photo``, of whoever sends: the one to ask, as on the page.
        language: "de" or "en", for the fixed words; the properties' own text stays as it was frozen.
        test: mark every page as a test.

    Raises:
        siegelpost.storage.DamagedFileError: a stored picture is not what it was.
    """
    with translation.override(language):
        pictures = _Pictures()
        content = {
            "title": _title(estates[0]) if len(estates) == 1 else _("Ihre Exposés"),
            "language": language,
            "test": _("TEST – dieses Exposé ist nicht gültig") if test else "",
            "words": _words(),
            "office": {"name": plain(office["name"]), "colour": accent(office.get("colour", ""))},
            "logo": pictures.stored(office.get("logo")),
            "foot": [plain(office[key]) for key in ("name", "phone", "website") if office.get(key)],
            "imprint": [plain(line) for line in _imprint(office)],
            "sites": [(label, site) for label, site in _sites(office) if site],
            "agent": {
                **{key: plain(agent.get(key) or "") for key in ("name", "phone", "email")},
                "tel": "tel:" + re.sub(r"[^+\d]", "", agent.get("phone") or ""),
                "photo": pictures.stored((agent.get("photo") or {}).get("sha256")),
            },
            "estates": [_estate(estate, pictures) for estate in estates],
        }
        return paper.pdf(TEMPLATE, content, at=timezone.now(), files=pictures.files, adorned=True)


def _imprint(office: Mapping[str, str]) -> Iterable[str]:
    yield ", ".join(office[key] for key in ("name", "owner") if office.get(key))
    yield office.get("address_line", "")
    yield "  ·  ".join(office[key] for key in ("phone", "email") if office.get(key))


def _sites(office: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    yield "", office.get("website", "")
    yield _("Impressum:"), f"{load().public_address}/impressum/"


class _Pictures:
    """Takes stored pictures along, as JPEG: typst would blow WebP up to raw pixels."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def entry(self, picture: Mapping[str, Any], width: int, alt: str) -> dict[str, Any]:
        """The picture as the template takes it, in its smallest rendition at least ``width`` wide."""
        renditions = picture["renditions"]
        targets = sorted(renditions, key=int)
        target = next((one for one in targets if int(one) >= width), targets[-1])
        sha256 = renditions[target]["sha256"]
        file = f"{sha256}.jpg"
        if file not in self.files:
            self.files[file] = _jpeg(storage.read(sha256), MOST_BYTES[width])
        title = plain(picture["title"])
        words = plain(picture.get("alt") or "") or title or alt
        return {"file": file, "title": title, "alt": words, "shape": picture["width"] / picture["height"]}

    def stored(self, sha256: str | None) -> dict[str, str] | None:
        """A small picture as it is stored, PNG or JPEG."""
        if not sha256:
            return None
        data = storage.read(sha256)
        file = sha256 + (".png" if data.startswith(PNG) else ".jpg")
        self.files[file] = data
        return {"file": file}


def _jpeg(webp: bytes, most: int) -> bytes:
    """The picture at the best quality at which it should have at most so many bytes, else at the least."""
    quality = next((quality for quality, times in QUALITIES if len(webp) * times <= most), QUALITIES[-1][0])
    out = io.BytesIO()
    with Image.open(io.BytesIO(webp), formats=("WEBP",)) as image:
        image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _words() -> dict[str, str]:
    """The fixed words, in the active language."""
    return {
        "page": _("Seite"),
        "facts": _("Daten und Preise"),
        "features": _("Ausstattungsmerkmale"),
        "pictures": _("Bilder"),
        "elsewhere": _("Video und Rundgang"),
        "contact": _("Ihr Kontakt"),
        "scale-unit": _("Endenergie in kWh je m² und Jahr"),
        "disclaimer": _(
            "Angaben des Eigentümers haben wir nicht nachgeprüft; für eigene Fehler haften wir nach dem Gesetz. "
            "Zwischenverkauf und Zwischenvermietung bleiben vorbehalten."
        ),
    }


def _estate(estate: Mapping[str, Any], pictures: _Pictures) -> dict[str, Any]:
    shown = estate["pictures"][:MOST_PICTURES]
    cover = pictures.entry(shown[0], COVER_WIDTH, _("Titelbild")) if shown else None
    return {
        "language": estate.get("lang", NATIVE),
        "header": plain(estate["external_no"] or estate["city_line"]),
        "kicker": plain(estate["headline"]),
        "title": _title(estate),
        "place": ", ".join(filter(None, (plain(estate["street_line"]), plain(estate["city_line"])))),
        "highlights": _rows(estate["highlights"]),
        "teaser": paragraphs(estate["teaser"]),
        "cover": cover and {**cover, "tall": cover["shape"] < 1},
        "columns": _columns(estate["sections"]),
        "commission-note": paragraphs(estate["commission_note"]),
        "features": estate["features"],
        "energy": {
            "title": estate["energy"]["title"],
            "rows": _rows(estate["energy"]["rows"]),
            "scale": _scale(estate["energy"]),
        },
        "texts": [_text(text) for text in estate["texts"] if text["key"] != LOCATION],
        "location": [_text(text) for text in estate["texts"] if text["key"] == LOCATION],
        "gallery": _gallery(shown[1:], pictures),
        "plans": [_plan(one, pictures) for one in estate["floor_plans"]],
        "maps": [_map(one, pictures) for one in estate["maps"]],
        # On paper the whole address is what says where it leads.
        "elsewhere": [
            (_("360°-Rundgang") if link["kind"] == "tour" else _("Video"), link["url"])
            for link in estate.get("links", ())
        ],
    }


def _title(estate: Mapping[str, Any]) -> str:
    """What it is called; one that consists of nothing but ornaments is called what it is."""
    return plain(estate["title"]).strip() or plain(estate["headline"])


def _text(text: Mapping[str, str]) -> dict[str, Any]:
    return {"title": text["title"], "paragraphs": paragraphs(text["text"])}


def _scale(energy: Mapping[str, Any]) -> dict[str, Any] | None:
    """The band of the certificate with this property's place on it."""
    if not energy["scale"]:
        return None
    scale, value = scale_on(timezone.localdate()), Decimal(energy["value"])
    label = f"{number(value, 1)} kWh/(m²·a)"
    name = _("Energieeffizienzklasse %(name)s") % {"name": energy["class"]} if energy["class"] else _("Endenergie")
    return {
        **scale.drawn(),
        "place": scale.place(value),
        "class": energy["class"],
        "label": label,
        "alt": f"{name}, {label}",
    }


def _gallery(shown: Sequence[Mapping[str, Any]], pictures: _Pictures) -> list[dict[str, Any]]:
    """The lines of pictures, each with its entries."""
    found, at = [], 0
    for row in rows([one["width"] / one["height"] for one in shown]):
        width = LARGE_WIDTH if len(row.widths) == 1 else PICTURE_WIDTH
        entries = [
            pictures.entry(one, width, _("Bild %(number)d von %(count)d") % {"number": place, "count": len(shown) + 1})
            for place, one in enumerate(shown[at : at + len(row.widths)], start=at + 2)
        ]
        found.append({"widths": row.widths, "height": row.height, "gap": GAP, "pictures": entries})
        at += len(entries)
    return found


def _plan(plan: Mapping[str, Any], pictures: _Pictures) -> dict[str, Any]:
    entry = pictures.entry(plan, PLAN_WIDTH, _("Grundriss"))
    heading = entry["title"] or _("Grundriss")
    return {**entry, "heading": heading, "wide": entry["shape"] > WIDE, "note": _("Grundriss nicht maßstäblich.")}


def _map(picture: Mapping[str, Any], pictures: _Pictures) -> dict[str, Any]:
    entry = pictures.entry(picture, PLAN_WIDTH, _("Lageplan"))
    return {**entry, "height": min(LINE / entry["shape"], TALLEST_MAP)}


def _columns(sections: Sequence[Mapping[str, Any]]) -> list[list[dict[str, Any]]]:
    """The tables in two columns of about the same height, read down the first and then down the second."""
    columns: list[list[dict[str, Any]]] = [[], []]
    total = sum(len(section["rows"]) + 1 for section in sections)
    height = 0
    for section in sections:
        column = columns[0 if height < total / 2 else 1]
        column.append({"title": section["title"], "rows": _rows(section["rows"])})
        height += len(section["rows"]) + 1
    return columns


def _rows(found: Sequence[Mapping[str, str]]) -> list[tuple[str, str]]:
    return [(row["label"], plain(row["value"])) for row in found]

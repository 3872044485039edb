"""The exposé as a PDF (PDF/A-2a: tagged, archivable, fonts inside), set by typst from a snapshot."""

from __future__ import annotations

import io
import json
import re
import tempfile
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _
from PIL import Image

from siegelpost import storage
from siegelpost.estates.figures import number

TEMPLATE = Path(__file__).parent / "typst" / "expose.typ"
STANDARD: Final = "a-2a"
COVER_WIDTH = 1600
PICTURE_WIDTH = 960
PLAN_WIDTH = 1600
JPEG_QUALITY = 82
MOST_PICTURES = 24
LONGEST_WORD = 36
MOST_ORNAMENTS = 20
_NO_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed')
# Controls, direction marks, private and unassigned planes, and pictures (emoji) with what joins them.
_NO_TEXT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200d-\u200f\u202a-\u202e\u2060-\u206f\ue000-\uf8ff\ufe00-\ufe0f\ufeff"
    "\ufff0-\uffff\U0001f000-\U0001faff\U000e0000-\U0010ffff]"
)
ZERO_WIDTH_SPACE = "\u200b"
FALLBACK_COLOUR = "#1f4d3f"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")
_LONG_WORD = re.compile(rf"\S{{{LONGEST_WORD},}}")
_PIECE = re.compile(rf"\S{{1,{LONGEST_WORD}}}")


def render(
    estates: Sequence[Mapping[str, Any]],
    *,
    office: Mapping[str, str],
    agent: Mapping[str, str],
    language: str,
    test: bool = False,
) -> bytes:
    """The PDF of one or more properties.

    Args:
        estates: what :func:`siegelpost.estates.expose.snapshot` gives as ``after``.
        office: ``name``, ``address_line``, ``phone``, ``email``, ``website``, ``colour`` (#rrggbb), ``owner``.
        agent: ``name``, ``phone``, ``email`` of whoever sends; used where a property names no contact.
        language: "de" or "en", for the fixed words; the properties' own text stays as it was frozen.
        test: mark every page as a test.

    Raises:
        siegelpost.storage.DamagedFileError: a stored picture is not what it was.
    """
    with tempfile.TemporaryDirectory(prefix="expose-") as folder, translation.override(language):
        pictures = _Pictures(Path(folder))
        data = {
            "title": plain(estates[0]["title"]) if len(estates) == 1 else _("Ihre Exposés"),
            "language": language,
            "test": test,
            "words": _words(),
            "office": {"name": plain(office["name"]), "colour": colour(office.get("colour", ""))},
            "imprint": [plain(office[key]) for key in ("address_line", "phone", "email", "website") if office.get(key)],
            "headers": [plain(estate["external_no"] or estate["city_line"]) for estate in estates],
            "shown-value": {
                value: number(Decimal(value), 1) for estate in estates if (value := estate["energy"]["value"])
            },
            "estates": [_estate(estate, agent, pictures) for estate in estates],
        }
        (main := Path(folder) / "expose.typ").write_bytes(TEMPLATE.read_bytes())
        return compile_pdf(main, json.dumps(data, ensure_ascii=False))


def compile_pdf(main: Path, data: str) -> bytes:
    """The PDF of the prepared data, archivable wherever our fonts have every letter of it.

    PDF/A allows no character without a glyph. Ornaments that have none are left out; of a script that our fonts
    do not know (a name in Chinese, say) nothing may be lost: such a text becomes an ordinary PDF with the
    machine's fonts.
    """
    # Here, because it is large, and most processes never set a page.
    import typst

    for _attempt in range(MOST_ORNAMENTS):
        try:
            return typst.compile(
                main, root=main.parent, ignore_system_fonts=True, sys_inputs={"data": data}, pdf_standards=STANDARD
            )
        except typst.TypstError as error:
            lacking = _NO_GLYPH.search(str(error))
            if not lacking or any(unicodedata.category(one).startswith(("L", "M", "N")) for one in lacking[1]):
                break
            data = data.translate(dict.fromkeys(map(ord, lacking[1])))
    return typst.compile(main, root=main.parent, sys_inputs={"data": data})


class _Pictures:
    """Writes stored pictures beside the document, as JPEG: typst would blow WebP up to raw pixels."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def entry(self, picture: Mapping[str, Any], width: int, alt: str) -> dict[str, str]:
        """The picture as the template takes it, in its smallest rendition at least ``width`` wide."""
        renditions = picture["renditions"]
        targets = sorted(renditions, key=int)
        target = next((one for one in targets if int(one) >= width), targets[-1])
        sha256 = renditions[target]["sha256"]
        file = self._folder / f"{sha256}.jpg"
        if not file.exists():
            with Image.open(io.BytesIO(storage.read(sha256)), formats=("WEBP",)) as image:
                image.save(file, "JPEG", quality=JPEG_QUALITY)
        title = plain(picture["title"])
        return {"file": file.name, "title": title, "alt": title or alt}


def _words() -> dict[str, str]:
    """The fixed words, in the active language."""
    return {
        "page": _("Seite"),
        "test": _("TEST – dieses Exposé ist nicht gültig"),
        "facts": _("Daten und Preise"),
        "features": _("Ausstattungsmerkmale"),
        "pictures": _("Bilder"),
        "contact": _("Ihr Kontakt"),
        "scale": _("Energieeffizienzklasse"),
        "scale-unit": _("Endenergie in kWh je m² und Jahr"),
        "disclaimer": _(
            "Angaben des Eigentümers haben wir nicht nachgeprüft; für eigene Fehler haften wir nach dem Gesetz. "
            "Zwischenverkauf und Zwischenvermietung bleiben vorbehalten."
        ),
    }


def _estate(estate: Mapping[str, Any], agent: Mapping[str, str], pictures: _Pictures) -> dict[str, Any]:
    gallery = estate["pictures"][:MOST_PICTURES]
    street = plain(estate["street_line"])
    contact = estate["contact"] if estate["contact"]["name"] else agent
    return {
        "kicker": plain(estate["headline"]),
        "title": plain(estate["title"]),
        "place": ", ".join(filter(None, (street, plain(estate["city_line"])))),
        "highlights": _rows(estate["highlights"]),
        "teaser": paragraphs(estate["teaser"]),
        "cover": pictures.entry(gallery[0], COVER_WIDTH, _("Titelbild")) if gallery else None,
        "columns": _columns(estate["sections"]),
        "commission-note": paragraphs(estate["commission_note"]),
        "features": estate["features"],
        "energy": {**estate["energy"], "rows": _rows(estate["energy"]["rows"])},
        "texts": [{"title": text["title"], "paragraphs": paragraphs(text["text"])} for text in estate["texts"]],
        "pictures": [pictures.entry(one, PICTURE_WIDTH, _("Bild des Objekts")) for one in gallery[1:]],
        "plans": [
            _plan(pictures.entry(one, PLAN_WIDTH, words), words)
            for key, words in (("floor_plans", _("Grundriss")), ("maps", _("Lageplan")))
            for one in estate[key]
        ],
        "contact": [plain(contact[key]) for key in ("name", "phone", "email") if contact.get(key)],
    }


def _columns(sections: Sequence[Mapping[str, Any]]) -> list[list[dict[str, Any]]]:
    """The tables in two columns of about the same height, read down the first and then down the second."""
    columns: list[list[dict[str, Any]]] = [[], []]
    total = sum(len(section["rows"]) + 1 for section in sections)
    height = 0
    for section in sections:
        column = columns[0 if height < total / 2 else 1]
        column.append({**section, "rows": _rows(section["rows"])})
        height += len(section["rows"]) + 1
    return columns


def _plan(entry: dict[str, str], word: str) -> dict[str, str]:
    return {**entry, "heading": entry["title"] or word}


def _rows(rows: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    return [{"label": row["label"], "value": plain(row["value"])} for row in rows]


def paragraphs(text: str) -> list[list[str]]:
    """Paragraphs of lines; an empty line parts paragraphs."""
    blocks = (block.strip("\n") for block in re.split(r"\n\s*\n", text))
    return [[plain(line) for line in block.split("\n")] for block in blocks if block.strip()]


def plain(text: str) -> str:
    """One line of text in which even a word of a thousand letters finds a place to break."""
    return _LONG_WORD.sub(lambda word: ZERO_WIDTH_SPACE.join(_PIECE.findall(word[0])), _NO_TEXT.sub("", text))


def colour(text: str) -> str:
    return text if _COLOUR.match(text) else FALLBACK_COLOUR

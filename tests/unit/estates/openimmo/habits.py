"""Habits of programs, each with each: how a file is written, and where its pictures are. Made here, by tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from tests.unit.estates.openimmo.exporters import (
    ATTACHED,
    BASE64,
    GEO,
    PICTURE,
    PRICES,
    STATE,
    TEXTS,
    Variant,
    own,
)

NAMESPACE = '<openimmo xmlns="http://www.openimmo.de">'
# How the file is written, and what is in it: the picture is where the standard has it.
WRITTEN: Mapping[str, Variant] = {
    "without a declaration": Variant(head=""),
    "Windows letters that are declared": Variant(
        head='<?xml version="1.0" encoding="windows-1252"?>',
        encode=lambda text: text.encode("cp1252"),
        parts={"texts": TEXTS.replace("ruhig.", "ruhig – 5 €.")},
        right={"description": "Drei Zimmer, ruhig – 5 €."},
    ),
    "ISO-8859-15": Variant(
        head='<?xml version="1.0" encoding="ISO-8859-15"?>',
        encode=lambda text: text.encode("iso8859-15"),
        parts={"texts": TEXTS.replace("ruhig.", "ruhig, 5 €.")},
        right={"description": "Drei Zimmer, ruhig, 5 €."},
    ),
    "letters by their numbers": Variant(
        head='<?xml version="1.0" encoding="US-ASCII"?>',
        encode=lambda text: text.encode("ascii", "xmlcharrefreplace"),
    ),
    "UTF-16, the high byte first": Variant(
        head='<?xml version="1.0" encoding="UTF-16"?>',
        encode=lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    ),
    "a namespace, and CDATA everywhere": Variant(
        edit=lambda text: text.replace("<openimmo>", NAMESPACE),
        parts={"texts": TEXTS.replace(">Drei Zimmer, ruhig.<", "><![CDATA[Drei Zimmer, ruhig.]]><")},
    ),
    "tabs and Windows line ends between all elements": Variant(edit=lambda text: text.replace("><", ">\r\n\t<")),
    "elements that are empty for all it does not know": Variant(
        parts={
            "more": "<bieterverfahren/><versteigerung/><infrastruktur/><verwaltung_objekt><abdatum/><zugang></zugang>"
            "</verwaltung_objekt><bewertung></bewertung><weitere_adresse><name/></weitere_adresse>",
        },
    ),
    "a Swiss office": Variant(
        parts={
            "geo": GEO.replace("DEU", "CHE").replace("21335", "8001").replace("Lüneburg", "Zürich"),
            "prices": PRICES.replace("<provision", '<waehrung iso_waehrung="CHF"/><provision'),
        },
        right={"country": "CHE", "city": "Zürich", "currency": "CHF"},
    ),
    "dates and numbers as Germans write them": Variant(
        parts={
            "areas": "<flaechen><wohnflaeche>84,5 m²</wohnflaeche><anzahl_zimmer>3,00</anzahl_zimmer></flaechen>",
            "state": STATE.replace("98.4", "98,4").replace("</energiepass>", "<ausstelldatum>02.05.2024</ausstelldatum>"
                                                            "</energiepass>"),
        },
    ),
    "fields of its own in every part": Variant(
        parts={
            "more": "<verwaltung_objekt>" + own(maklervertrag="allein") + "</verwaltung_objekt><user_defined_anyfield>"
            '<plaintext fieldname="ausblick_txt" fieldvalue="bis zum Deich"/></user_defined_anyfield>',
        },
        said=("„maklervertrag“ (1)",),
    ),
    "a second provider with nothing": Variant(
        edit=lambda text: text.replace("</openimmo>", "<anbieter><firma>Zweitbüro</firma></anbieter></openimmo>"),
    ),
}  # fmt: skip
# Where the pictures are; what the file says otherwise is as above.
PLACED: Mapping[str, Variant] = {
    "inside, as an address of data": Variant(
        parts={
            "attached": '<anhaenge><anhang location="INTERN" gruppe="BILD"><anhangtitel>Haus</anhangtitel><daten>'
            f"<anhanginhalt>{BASE64[:76]}\n{BASE64[76:]}</anhanginhalt></daten></anhang></anhaenge>",
        },
        files={},
    ),
    "in a folder, and one that no property names": Variant(
        parts={"attached": ATTACHED.replace("haus.jpg", "bilder/haus.jpg")},
        files={"bilder/Haus.jpg": PICTURE, "bilder/uebrig.jpg": PICTURE[:-2]},
        said=("(1): bilder/uebrig.jpg",),
    ),
    "one there, one on its server": Variant(
        parts={
            "attached": ATTACHED.replace(
                "</anhaenge>",
                '<anhang location="REMOTE" gruppe="BILD"><daten><pfad>https://bilder.test/2.jpg</pfad></daten></anhang>'
                "</anhaenge>",
            ),
        },
        said=("„https://bilder.test/2.jpg“ liegt auf einem fremden Server",),
    ),
}


def pairs() -> Iterator[tuple[str, Variant]]:
    """Each way to write with each place of pictures."""
    for how, written in WRITTEN.items():
        for where, placed in PLACED.items():
            yield (
                f"{how}; pictures {where}",
                replace(
                    written,
                    parts={**written.parts, **placed.parts},
                    files=placed.files,
                    said=written.said + placed.said,
                ),
            )


VARIANTS: Mapping[str, Variant] = dict(pairs())

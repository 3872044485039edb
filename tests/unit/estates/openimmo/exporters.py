"""How programs of the trade write OpenImmo: a table of habits, each with what is right to make of it.

The habits are those of real files and of exporters' public code and guides; the properties are ours. A row says what is
wrapped round the same flat, and what has to be kept or said.
"""

from __future__ import annotations

import base64
import io
import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.unit.estates.transfers import picture

PICTURE = picture("teal")
BASE64 = base64.b64encode(PICTURE).decode()

CATEGORY = (
    '<objektkategorie><nutzungsart WOHNEN="true" GEWERBE="false"/><vermarktungsart KAUF="true" MIETE_PACHT="false"/>'
    '<objektart><wohnung wohnungtyp="ETAGE"/></objektart></objektkategorie>'
)
GEO = '<geo><plz>21335</plz><ort>Lüneburg</ort><strasse>Am Stint</strasse><land iso_land="DEU"/></geo>'
PRICES = (
    "<preise><kaufpreis>349000.00</kaufpreis><provisionspflichtig>true</provisionspflichtig>"
    '<aussen_courtage mit_mwst="true">3,57 %</aussen_courtage></preise>'
)
AREAS = "<flaechen><wohnflaeche>84.5</wohnflaeche><anzahl_zimmer>3</anzahl_zimmer></flaechen>"
STATE = (
    "<zustand_angaben><baujahr>1998</baujahr><energiepass><epart>VERBRAUCH</epart>"
    "<energieverbrauchkennwert>98.4</energieverbrauchkennwert><primaerenergietraeger>GAS</primaerenergietraeger>"
    "<wertklasse>C</wertklasse></energiepass></zustand_angaben>"
)
TEXTS = (
    "<freitexte><objekttitel>Helle Wohnung am Fluss</objekttitel>"
    "<objektbeschreibung>Drei Zimmer, ruhig.</objektbeschreibung></freitexte>"
)
TECH = (
    "<verwaltung_techn><objektnr_extern>E-1</objektnr_extern><aktion/>"
    "<openimmo_obid>OBID-1</openimmo_obid></verwaltung_techn>"
)
ATTACHED = (
    '<anhaenge><anhang location="EXTERN" gruppe="TITELBILD"><anhangtitel>Haus</anhangtitel>'
    "<format>jpg</format><daten><pfad>haus.jpg</pfad></daten></anhang></anhaenge>"
)
PARTS: Mapping[str, str] = {
    "category": CATEGORY, "geo": GEO, "prices": PRICES, "areas": AREAS, "equipment": "", "state": STATE, "texts": TEXTS,
    "attached": ATTACHED, "tech": TECH, "more": "",
}  # fmt: skip
# What every variant gives, unless its row says otherwise.
RIGHT: Mapping[str, Any] = {
    "external_no": "E-1", "openimmo_obid": "OBID-1", "title": "Helle Wohnung am Fluss", "city": "Lüneburg",
    "street": "Am Stint", "country": "DEU", "kind": "flat", "kind_detail": "Etagenwohnung", "marketing": "purchase",
    "price": Decimal(349000), "living_area": Decimal("84.5"), "rooms": Decimal(3), "construction_year": 1998,
    "energy_certificate": "consumption", "energy_value": Decimal("98.4"), "energy_carrier": "gas", "energy_class": "C",
    "description": "Drei Zimmer, ruhig.", "buyer_commission_due": True, "buyer_commission": "3,57 %",
}  # fmt: skip

Encode = Callable[[str], bytes]


def plain(text: str) -> bytes:
    """As it says."""
    return text.encode()


@dataclass(frozen=True)
class Variant:
    """One program's way to write a file.

    Args:
        parts: what is written otherwise than in :data:`PARTS`.
        right: what is right otherwise than in :data:`RIGHT`.
        said: parts of sentences that have to be said, of the file or of the property; nothing else may be.
        head, sender: the declaration, and the attributes of <uebertragung>.
        encode: from the whole text to bytes.
        files: what lies in the ZIP beside it; None is the picture alone.
        pictures: how many come in.
    """

    parts: Mapping[str, str] = field(default_factory=dict)
    right: Mapping[str, Any] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    head: str = '<?xml version="1.0" encoding="UTF-8"?>'
    sender: str = ""
    encode: Encode = plain
    files: Mapping[str, bytes] | None = None
    pictures: int = 1
    xml_name: str = "openimmo.xml"
    edit: Callable[[str], str] = str

    def package(self) -> bytes:
        """The ZIP as it is uploaded."""
        parts = {**PARTS, **self.parts}
        text = (
            f'{self.head}<openimmo><uebertragung art="ONLINE" umfang="TEIL" modus="CHANGE" version="1.2.7" '
            f"{self.sender}/><anbieter><firma>Büro Muster</firma><openimmo_anid>A-1</openimmo_anid><immobilie>"
            f"{''.join(parts.values())}</immobilie></anbieter></openimmo>"
        )
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(self.xml_name, self.encode(self.edit(text)))
            for name, data in ({"haus.jpg": PICTURE} if self.files is None else self.files).items():
                archive.writestr(name, data)
        return out.getvalue()


def own(**fields: str) -> str:
    """Fields of a program's own."""
    return "".join(
        f'<user_defined_simplefield feldname="{name}">{value}</user_defined_simplefield>'
        for name, value in fields.items()
    )


def latin(text: str) -> bytes:
    """ISO-8859-1."""
    return text.encode("iso8859-1")


LATIN = '<?xml version="1.0" encoding="ISO-8859-1"?>'
UNCONFIRMED = "ob sie verlangt wird"

VARIANTS: Mapping[str, Variant] = {
    "as the format wants it": Variant(),
    "onOffice: commission without a word whether it is due, energy in fields of its own, garage's price": Variant(
        sender='sendersoftware="OnOffice" senderversion="1.5"',
        parts={
            "prices": '<preise><kaufpreis auf_anfrage="0">349000.00</kaufpreis><aussen_courtage mit_mwst="1">3,57 % '
            'inkl. MwSt.</aussen_courtage><waehrung iso_waehrung="EUR"/><stp_garage stellplatzkaufpreis="15000.00" '
            'anzahl="1"/></preise>',
            "equipment": '<ausstattung><befeuerung GAS="true" OEL="false"/><heizungsart ZENTRAL="true"/></ausstattung>',
            "state": "<zustand_angaben><baujahr>1998</baujahr><energiepass><epart>VERBRAUCH</epart>"
            "<energieverbrauchkennwert>98.40</energieverbrauchkennwert><gueltig_bis>01-2034</gueltig_bis></energiepass>"
            + own(epass_wertklasse="C", epass_baujahr="1998") + "</zustand_angaben>",
        },
        right={"buyer_commission": "3,57 % inkl. MwSt.", "energy_construction_year": 1998,
               "features": ["central_heating"]},
        said=("stp_garage 15000.00", UNCONFIRMED),
    ),
    "FLOWFACT: Latin letters, German numbers, words for yes": Variant(
        head=LATIN, encode=latin, sender='sendersoftware="FLOWFACT"',
        parts={
            "prices": PRICES.replace("349000.00", "349.000,00").replace(">true<", ">ja<"),
            "areas": "<flaechen><wohnflaeche>84,50</wohnflaeche><anzahl_zimmer>3,0</anzahl_zimmer></flaechen>",
        },
    ),
    "FLOWFACT: pictures under whole paths of the office's machine": Variant(
        parts={"attached": ATTACHED.replace("haus.jpg", "C:\\FLOWFACT\\Export\\Bilder\\HAUS.JPG")},
    ),
    "Propstack: markup in texts, pictures on its server": Variant(
        sender='sendersoftware="Propstack"',
        parts={
            "texts": "<freitexte><objekttitel>Helle Wohnung am Fluss</objekttitel><objektbeschreibung><![CDATA[<p>Drei "
            "Zimmer,</p><ul><li>ruhig</li><li>hell</li></ul>]]></objektbeschreibung></freitexte>",
            "attached": ATTACHED.replace("EXTERN", "REMOTE").replace("haus.jpg", "https://images.test/1.jpg"),
        },
        right={"description": "Drei Zimmer,\n• ruhig\n• hell"},
        said=("liegt auf einem fremden Server", "(1): haus.jpg"),
        pictures=0,
    ),
    "ImmoTool: namespace, prefix and everything else as the schema has it": Variant(
        edit=lambda text: text.replace("<openimmo>", '<o:openimmo xmlns:o="http://www.openimmo.de" '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="openimmo_127.xsd">'
        ).replace("</openimmo>", "</o:openimmo>"),
        sender='sendersoftware="OpenEstate-ImmoTool"',
    ),
    "prefix that is not declared": Variant(
        edit=lambda text: text.replace("<openimmo>", '<openimmo xsi:noNamespaceSchemaLocation="openimmo.xsd">'),
    ),
    "immowelt: the whole description in the field for several languages": Variant(
        parts={
            "texts": "<freitexte><objekttitel>Helle Wohnung am Fluss</objekttitel><objekt_text lang='en'>Three rooms."
            "</objekt_text><objekt_text lang='de-DE'>Drei Zimmer, ruhig.</objekt_text></freitexte>",
        },
        said=("in anderen Sprachen (1)",),
    ),
    "immowelt: as above, in one language": Variant(
        parts={
            "texts": "<freitexte><objekttitel>Helle Wohnung am Fluss</objekttitel><objekt_text lang='de'>"
            "Drei Zimmer, ruhig.</objekt_text></freitexte>",
        },
    ),
    "immowelt: heat pump, embedded pictures with paths": Variant(
        parts={
            "state": STATE.replace("GAS", "Luft-Wasser-Wärmepumpe"),
            "attached": '<anhaenge><anhang location="INTERN" gruppe="BILD"><daten><pfad>x.jpg</pfad>'
            f"<anhanginhalt>{BASE64}</anhanginhalt></daten></anhang></anhaenge>",
        },
        right={"energy_carrier": "luftwp"}, files={},
    ),
    "Makler2000: Windows letters under the name of ISO-8859-1": Variant(
        head=LATIN, encode=lambda text: text.encode("cp1252"),
        parts={"texts": TEXTS.replace("Drei Zimmer, ruhig.", "„Drei Zimmer“ – ruhig, 5 € …")},
        right={"description": "„Drei Zimmer“ – ruhig, 5 € …"},
    ),
    "Makler2000: blank line before the declaration, pictures in capitals": Variant(
        head='\r\n<?xml version="1.0" encoding="UTF-8"?>\r\n', files={"BILDER\\HAUS.JPG": PICTURE},
    ),
    "estatePro: UTF-8 that calls itself ISO-8859-1": Variant(head=LATIN, said=("ist aber UTF-8",)),
    "estatePro: bare & in texts": Variant(
        parts={"texts": TEXTS.replace("Drei Zimmer, ruhig.", "Küche & Bad, R&D < 5 Minuten")},
        right={"description": "Küche & Bad, R&D < 5 Minuten"}, said=("anders geschrieben werden",),
    ),
    "a .NET program: byte order mark and utf-16 in the declaration": Variant(
        head='<?xml version="1.0" encoding="utf-16"?>', encode=lambda text: text.encode("utf-8-sig"),
        said=("ist aber UTF-8",),
    ),
    "a .NET program: real UTF-16": Variant(
        head='<?xml version="1.0" encoding="utf-16"?>', encode=lambda text: text.encode("utf-16"),
    ),
    "a PHP program: utf8, entities of web pages, control characters": Variant(
        head='<?xml version="1.0" encoding="utf8"?>',
        parts={"texts": TEXTS.replace("Drei Zimmer, ruhig.", "Drei&nbsp;Zimmer,\x0bruhig.")},
        right={"description": "Drei Zimmer,\nruhig."}, said=("anders geschrieben werden", "U+000B"),
    ),
    "a PHP program: escaped twice": Variant(
        parts={"texts": TEXTS.replace("Drei Zimmer, ruhig.", "Zimmer &amp;amp; K&amp;uuml;che&amp;lt;br /&amp;gt;Bad")},
        right={"description": "Zimmer & Küche\nBad"},
    ),
    "packed on a Mac: umlauts in two parts, AppleDouble": Variant(
        parts={"attached": ATTACHED.replace("haus.jpg", "Küche.jpg")},
        files={
            unicodedata.normalize("NFD", "Küche.jpg"): PICTURE, "__MACOSX/._openimmo.xml": b"x", "._openimmo.xml": b"x",
        },
    ),
    "two documents in the ZIP": Variant(files={"haus.jpg": PICTURE, "a_protokoll.xml": b"<protokoll/>"}),
    "its internal number only": Variant(
        parts={
            "tech": "<verwaltung_techn><objektnr_intern>E-1</objektnr_intern><aktion aktionart='CHANGE'/>"
            "</verwaltung_techn>",
        },
        right={"openimmo_obid": ""}, said=("objektnr_intern",),
    ),
    "an action of its own": Variant(
        parts={"tech": TECH.replace("<aktion/>", "<aktion aktionart='NEU'/>")}, said=("gibt es in OpenImmo nicht",),
    ),
    "values wrapped once more, country as on cars": Variant(
        parts={
            "prices": PRICES.replace("349000.00", "<preis>349000</preis>"),
            "geo": GEO.replace("DEU", "D"),
        },
    ),
    "energy as people write it": Variant(
        parts={
            "state": "<zustand_angaben><baujahr>ca. 1998</baujahr><energiepass><epart>Verbrauchsausweis</epart>"
            "<energieverbrauchkennwert>98,4 kWh/(m²·a)</energieverbrauchkennwert><primaerenergietraeger>Erdgas leicht"
            "</primaerenergietraeger><wertklasse>Klasse C</wertklasse><gueltig_bis>2034-05</gueltig_bis></energiepass>"
            "</zustand_angaben>",
        },
    ),
    "several fuels": Variant(
        parts={
            "state": STATE.replace("<primaerenergietraeger>GAS</primaerenergietraeger>", ""),
            "equipment": '<ausstattung><befeuerung GAS="true" SOLAR="true"/></ausstattung>',
        },
        right={"energy_carrier": ""}, said=("mehrere Energieträger",),
    ),
    "parts in several pieces, attachment outside of its list": Variant(
        parts={
            "texts": "<freitexte><objekttitel>Helle Wohnung am Fluss</objekttitel></freitexte><freitexte>"
            "<objektbeschreibung>Drei Zimmer, ruhig.</objektbeschreibung></freitexte>",
            "attached": '<anhang location="EXTERN" gruppe="BILD"><daten><pfad>haus.jpg</pfad></daten></anhang>',
        },
    ),
    "much that has no field": Variant(
        parts={
            "more": "<infrastruktur><ausblick blick='SEE'/><distanzen distanz_zu='BUS'>0.3</distanzen></infrastruktur>"
            "<verwaltung_objekt><gruppennummer>7</gruppennummer><hochhaus>false</hochhaus></verwaltung_objekt>"
            "<weitere_adresse adressart='Eigentümer'><name>Petersen</name></weitere_adresse>" + own(sterne="5"),
        },
        said=("Ausblick (1)", "Entfernungen (1)", "Gruppennummer (1)", "weitere Adressen", "„sterne“ (1)"),
    ),
}  # fmt: skip

"""Every element and attribute of OpenImmo 1.2.7: which are read, and which are not, and why.

What is read follows from the tables of the reader. The rest stands in :data:`NOT_USED`; what an office would miss has
a name there, and an import says how many properties of a file have it. The names of elements are those that programs of
the trade publish (Java classes, exporters, sample files): the schema itself must not be published (docs/openimmo.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import Enum, auto
from types import MappingProxyType

from siegelpost.estates.openimmo import vocabulary
from siegelpost.estates.openimmo.values import (
    Address,
    Areas,
    Commission,
    ContactPerson,
    Energy,
    FieldSource,
    Prices,
    Texts,
)
from siegelpost.toolbox.words import Words

GROUPS = (Address, Prices, Commission, Areas, Energy, Texts, ContactPerson)


class Why(Enum):
    """Why an element is not used."""

    NO_FIELD = auto()  # the office has no field for it; said at import
    OF_PEOPLE = auto()  # people whose data a property does not need; said at import
    OF_THE_PRICES = auto()  # said at import with its value, property by property
    OF_PROGRAMS = auto()  # for programs and portals: says nothing of the property
    SAID_ELSEWHERE = auto()  # follows from what is read


TOLD = frozenset({Why.NO_FIELD, Why.OF_PEOPLE})


@dataclass(frozen=True, slots=True)
class Unused:
    """An element that is not used. ``called``: as an office calls it."""

    why: Why
    called: Words


def _rows(why: Why, *rows: tuple[str, str, str]) -> Iterator[tuple[str, Unused]]:
    for de, en, paths in rows:
        yield from ((path, Unused(why, Words(de, en))) for path in paths.split())


def _not_used() -> Iterator[tuple[str, Unused]]:
    yield from _rows(
        Why.NO_FIELD,
        ("Flurstück und Gemarkung", "parcel", "geo/gemeindecode geo/flur geo/flurstueck geo/gemarkung"),
        ("Lage im Haus", "place in the building", "geo/lage_im_bau"),
        ("Wohnungsnummer", "number of the flat", "geo/wohnungsnr"),
        ("Art der Umgebung", "kind of area", "geo/lage_gebiet"),
        ("Karten und Luftbilder", "maps and aerial views", "geo/karten_makro geo/karten_mikro geo/luftbildern"),
        ("virtuelle Tour", "virtual tour", "geo/virtuelletour"),
        ("Bieterverfahren", "bidding", "bieterverfahren"),
        ("Versteigerung", "auction", "versteigerung verwaltung_objekt/versteigerungstermin"),
        (
            "weitere Flächen",
            "further areas",
            "flaechen/freiflaeche flaechen/bueroteilflaeche flaechen/verwaltungsflaeche flaechen/gastroflaeche "
            "flaechen/bgf flaechen/sonstflaeche flaechen/balkon_terrasse_flaeche flaechen/gartenflaeche "
            "flaechen/kellerflaeche flaechen/dachbodenflaeche flaechen/teilbar_ab flaechen/beheizbare_flaeche "
            "flaechen/vermietbare_flaeche flaechen/kubatur flaechen/flaechevon flaechen/flaechebis",
        ),
        (
            "Fenster- oder Grundstücksfront",
            "front of windows or plot",
            "flaechen/fensterfront flaechen/fensterfront_qm flaechen/grundstuecksfront",
        ),
        (
            "Maß der Bebauung",
            "density of building",
            "flaechen/grz flaechen/gfz flaechen/bmz flaechen/ausnuetzungsziffer",
        ),
        ("Anzahl separater WCs", "number of separate toilets", "flaechen/anzahl_sep_wc"),
        ("Anzahl Wohn-/Schlafzimmer", "number of living/bedrooms", "flaechen/anzahl_wohn_schlafzimmer"),
        (
            "Anzahl Betten, Plätze oder Tagungsräume",
            "number of beds, seats or meeting rooms",
            "flaechen/plaetze_gastraum flaechen/anzahl_betten flaechen/anzahl_tagungsraeume",
        ),
        (
            "Anzahl Wohn- oder Gewerbeeinheiten",
            "number of units",
            "flaechen/anzahl_wohneinheiten flaechen/anzahl_gewerbeeinheiten",
        ),
        ("Ausstattungsqualität", "quality of equipment", "ausstattung/ausstatt_kategorie"),
        ("Räume veränderbar", "rooms can be altered", "ausstattung/raeume_veraenderbar"),
        ("Bad", "bathroom", "ausstattung/bad"),
        ("Küche", "kitchen", "ausstattung/kueche ausstattung/teekueche"),
        ("Bodenbelag", "flooring", "ausstattung/boden"),
        ("Heizungsart", "kind of heating", "ausstattung/heizungsart"),
        ("Aufzug", "lift", "ausstattung/fahrstuhl"),
        ("Stellplatzart", "kind of parking", "ausstattung/stellplatzart"),
        (
            "Ausrichtung von Balkon oder Terrasse",
            "orientation of balcony or terrace",
            "ausstattung/ausricht_balkon_terrasse",
        ),
        ("Möblierung", "furnishing", "ausstattung/moebliert"),
        (
            "Fernsehen und Internet",
            "television and internet",
            "ausstattung/dvbt ausstattung/dv_verkabelung ausstattung/breitband_zugang ausstattung/umts_empfang "
            "ausstattung/kabelkanaele ausstattung/telefon_ferienimmobilie",
        ),
        (
            "gewerbliche Ausstattung",
            "commercial equipment",
            "ausstattung/rampe ausstattung/hebebuehne ausstattung/kran ausstattung/stromanschlusswert "
            "ausstattung/kantine_cafeteria ausstattung/hallenhoehe",
        ),
        (
            "Gastronomie",
            "gastronomy",
            "ausstattung/gastterrasse ausstattung/angeschl_gastronomie ausstattung/brauereibindung",
        ),
        (
            "Freizeit und Dienste",
            "leisure and services",
            "ausstattung/sporteinrichtungen ausstattung/wellnessbereich ausstattung/serviceleistungen",
        ),
        ("Sicherheitstechnik", "security equipment", "ausstattung/sicherheitstechnik"),
        ("Unterkellerung", "cellar", "ausstattung/unterkellert"),
        (
            "Bauweise und Dach",
            "construction and roof",
            "ausstattung/dachform ausstattung/bauweise ausstattung/ausbaustufe",
        ),
        ("Energiestandard", "energy standard", "ausstattung/energietyp"),
        ("Bibliothek", "library", "ausstattung/bibliothek"),
        ("Alt- oder Neubau", "old or new building", "zustand_angaben/alter"),
        (
            "Bebaubarkeit und Erschließung",
            "development of the plot",
            "zustand_angaben/bebaubar_nach zustand_angaben/erschliessung zustand_angaben/erschliessung_umfang "
            "zustand_angaben/bauzone",
        ),
        ("Altlasten", "contamination", "zustand_angaben/altlasten"),
        (
            "weitere Angaben zum Energieausweis",
            "further values of the energy certificate",
            "zustand_angaben/energiepass/epasstext zustand_angaben/energiepass/hwbwert "
            "zustand_angaben/energiepass/hwbklasse zustand_angaben/energiepass/fgeewert "
            "zustand_angaben/energiepass/fgeeklasse",
        ),
        ("Bewertung", "rating", "bewertung"),
        ("Ausblick", "view", "infrastruktur/ausblick"),
        ("Entfernungen", "distances", "infrastruktur/distanzen infrastruktur/distanzen_sport"),
        ("Zulieferung", "deliveries", "infrastruktur/zulieferung"),
        (
            "Mietdauer und Laufzeit",
            "term of rent",
            "verwaltung_objekt/min_mietdauer verwaltung_objekt/max_mietdauer verwaltung_objekt/laufzeit "
            "verwaltung_objekt/bisdatum",
        ),
        (
            "Bedingungen für Mieter",
            "conditions for tenants",
            "verwaltung_objekt/max_personen verwaltung_objekt/geschlecht",
        ),
        ("Gruppennummer", "group number", "verwaltung_objekt/gruppennummer"),
        ("Zugang zum Objekt", "access to the property", "verwaltung_objekt/zugang"),
        ("Ferienvermietung", "holiday let", "verwaltung_objekt/als_ferien"),
        (
            "gewerbliche Nutzung und Branchen",
            "commercial use and trades",
            "verwaltung_objekt/gewerbliche_nutzung verwaltung_objekt/branchen",
        ),
        ("Hochhaus", "high-rise building", "verwaltung_objekt/hochhaus"),
        (
            "Zeitraum der Veröffentlichung",
            "period of publication",
            "verwaltung_techn/aktiv_von verwaltung_techn/aktiv_bis",
        ),
        (
            "weitere Angaben zum Ansprechpartner",
            "further data of the contact person",
            "kontaktperson/tel_fax kontaktperson/position "
            "kontaktperson/zusatzfeld kontaktperson/strasse kontaktperson/hausnummer "
            "kontaktperson/plz kontaktperson/ort kontaktperson/postfach kontaktperson/postf_plz "
            "kontaktperson/postf_ort kontaktperson/land kontaktperson/email_privat kontaktperson/email_sonstige "
            "kontaktperson/tel_privat kontaktperson/tel_sonstige kontaktperson/url kontaktperson/foto "
            "kontaktperson/freitextfeld kontaktperson/immobilientreuhaenderid",
        ),
    )
    yield from _rows(
        Why.OF_PEOPLE,
        ("weitere Adressen, zum Beispiel von Eigentümern", "further addresses, such as owners'", "weitere_adresse"),
    )
    yield from _rows(Why.OF_THE_PRICES, ("weitere Preise", "further prices", "preise"))
    yield from _rows(
        Why.OF_PROGRAMS,
        ("Feedback-Adresse", "address for feedback", "kontaktperson/email_feedback"),
        (
            "Kennungen von Personen",
            "ids of people",
            "kontaktperson/personennummer kontaktperson/referenz_id kontaktperson/adressfreigabe",
        ),
        (
            "Format und Prüfsumme von Anhängen",
            "format and check sum of attachments",
            "anhaenge/anhang/format anhaenge/anhang/check",
        ),
        (
            "Kennungen und Weitergabe",
            "ids and forwarding",
            "verwaltung_techn/objektnr_intern verwaltung_techn/kennung_ursprung verwaltung_techn/weitergabe_generell "
            "verwaltung_techn/weitergabe_positiv verwaltung_techn/weitergabe_negativ "
            "verwaltung_techn/gruppen_kennung verwaltung_techn/master",
        ),
        (
            "Kopf der Übertragung",
            "head of the transfer",
            "uebertragung@art uebertragung@version uebertragung@senderversion uebertragung@regi_id",
        ),
        (
            "Angaben zum Anbieter",
            "data of the provider",
            "anbieter/anbieternr anbieter/lizenzkennung anbieter/anhang anbieter/impressum anbieter/impressum_strukt",
        ),
    )
    yield from _rows(
        Why.SAID_ELSEWHERE,
        (
            "Steuer auf Preise und Mieten",
            "tax on prices and rents",
            "preise/kaufpreisnetto@kaufpreisust preise/hauptmietzinsnetto@hauptmietzinsust "
            "preise/betriebskostennetto@betriebskostenust preise/heizkostennetto@heizkostenust "
            "preise/provisionnetto@provisionust preise/mwst_satz preise/kaufpreis_pro_qm preise/mietpreis_pro_qm",
        ),
        ("Art der Teilung der Provision", "how commission is shared", "preise/provision_teilen@wert"),
        (
            "Anrede und Firma des Ansprechpartners",
            "salutation and firm of the contact person",
            "kontaktperson/anrede kontaktperson/anrede_brief kontaktperson/firma",
        ),
        ("Fassung des Energieausweis-Rechts", "version of the law", "zustand_angaben/energiepass/geg2018"),
        ("umbenannter Energieträger", "fuel", "ausstattung/befeuerung"),
    )


# A path stands for all that is below it, unless that has a row of its own or is read.
NOT_USED: Mapping[str, Unused] = MappingProxyType(dict(_not_used()))


# Children of <objektart>, and the attribute that says more.
TYPES = MappingProxyType({
    "zimmer": "zimmertyp", "wohnung": "wohnungtyp", "haus": "haustyp", "grundstueck": "grundst_typ",
    "buero_praxen": "buero_typ", "einzelhandel": "handel_typ", "gastgewerbe": "gastgew_typ",
    "hallen_lager_prod": "hallen_typ", "land_und_forstwirtschaft": "land_typ", "parken": "parken_typ",
    "sonstige": "sonstige_typ", "freizeitimmobilie_gewerblich": "freizeit_typ", "zinshaus_renditeobjekt": "zins_typ",
})  # fmt: skip
_READ_APART = (
    "uebertragung@umfang", "uebertragung@modus", "uebertragung@sendersoftware", "uebertragung@techn_email",
    "uebertragung@timestamp", "anbieter/firma", "anbieter/openimmo_anid",
    "objektkategorie/objektart/objektart_zusatz", "flaechen/einliegerwohnung", "freitexte/objekttitel",
    "freitexte/objekt_text", "freitexte/objekt_text@lang", "freitexte/objekttitel@lang", "kontaktperson/titel",
    "kontaktperson/vorname", "kontaktperson/name", "zustand_angaben/verkaufstatus@stand",
    "zustand_angaben/energiepass/jahrgang", "preise/waehrung@iso_waehrung",
    "preise/preis_zeiteinheit@zeiteinheit", "anhaenge/anhang@location", "anhaenge/anhang@gruppe",
    "anhaenge/anhang/anhangtitel", "anhaenge/anhang/daten/pfad", "anhaenge/anhang/daten/anhanginhalt",
    "verwaltung_techn/objektnr_extern", "verwaltung_techn/openimmo_obid", "verwaltung_techn/aktion@aktionart",
    "verwaltung_techn/stand_vom", "verwaltung_techn/sprache",
)  # fmt: skip


def sources() -> Iterator[FieldSource]:
    """Where every plain field of the reader is read from."""
    return (item.metadata["source"] for group in GROUPS for item in fields(group) if "source" in item.metadata)


def _flags() -> Iterator[tuple[str, str]]:
    for path, feature in vocabulary.FEATURES:
        attribute, _, word = feature.partition("=")
        yield (f"{path}@{attribute}" if attribute else path), word
    yield from ((f"ausstattung/befeuerung@{name}", "") for name in vocabulary.FUELS)
    yield from ((f"objektkategorie/vermarktungsart@{name}", "") for name in vocabulary.MARKETING)
    yield from ((f"objektkategorie/nutzungsart@{name}", "") for name in vocabulary.USAGE)
    yield "flaechen/einliegerwohnung", ""


# What is read as yes or no, or as one of a few words.
FLAGS: dict[str, set[str]] = {}
for _path, _word in _flags():
    FLAGS.setdefault(_path, set()).add(_word)


def _read() -> Iterator[str]:
    yield from _READ_APART
    yield from (path for source in sources() for path in source.paths if not path.startswith("~"))
    yield from FLAGS
    yield from vocabulary.COUNTED_FEATURES
    for tag, attribute in TYPES.items():
        yield from (f"objektkategorie/objektart/{tag}", f"objektkategorie/objektart/{tag}@{attribute}")


def several() -> Iterator[tuple[str, tuple[str, ...]]]:
    """The fields that have more than one place, and these."""
    for group in GROUPS:
        for item in fields(group):
            if "source" in item.metadata:
                paths = tuple(path for path in item.metadata["source"].paths if not path.startswith("~"))
                if len(paths) > 1:
                    yield item.name, paths


READ = frozenset(_read())
# Fields of a program's own that are read, wherever they stand.
OWN_READ = frozenset(path[1:] for source in sources() for path in source.paths if path.startswith("~"))


def unused(path: str) -> Unused | None:
    """Why an element or attribute is not used; None where it is read.

    Raises:
        KeyError: OpenImmo has no such thing.
    """
    if path in READ:
        return None
    place, _, attribute = path.partition("@")
    if attribute and path in NOT_USED:
        return NOT_USED[path]
    while place:
        if place in NOT_USED:
            return NOT_USED[place]
        place = place.rpartition("/")[0]
    raise KeyError(path)

"""The places in a legal text that the house fills in, such as ``[TELEFON]``: what is said there, and who knows it.

A published text keeps its places. They are filled when it is shown or frozen into a dispatch, with what the office says
about itself on that day: an address that changes after a text was published never stays wrong in it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from siegelpost.office.kinds import Land
from siegelpost.office.models import Office
from siegelpost.settings import load

# Who watches over data protection in private companies (Art. 51 DSGVO, § 40 BDSG).
AUTHORITIES = MappingProxyType(
    {
        Land.BW: "Landesbeauftragte/r für den Datenschutz und die Informationsfreiheit Baden-Württemberg, Stuttgart",
        Land.BY: "Bayerisches Landesamt für Datenschutzaufsicht, Ansbach",
        Land.BE: "Berliner Beauftragte/r für Datenschutz und Informationsfreiheit, Berlin",
        Land.BB: "Landesbeauftragte/r für den Datenschutz und das Recht auf Akteneinsicht Brandenburg, Kleinmachnow",
        Land.HB: "Landesbeauftragte/r für Datenschutz und Informationsfreiheit Bremen, Bremerhaven",
        Land.HH: "Hamburgische/r Beauftragte/r für Datenschutz und Informationsfreiheit, Hamburg",
        Land.HE: "Hessische/r Beauftragte/r für Datenschutz und Informationsfreiheit, Wiesbaden",
        Land.MV: "Landesbeauftragte/r für Datenschutz und Informationsfreiheit Mecklenburg-Vorpommern, Schwerin",
        Land.NI: "Landesbeauftragte/r für den Datenschutz Niedersachsen, Hannover",
        Land.NW: "Landesbeauftragte/r für Datenschutz und Informationsfreiheit Nordrhein-Westfalen, Düsseldorf",
        Land.RP: "Landesbeauftragte/r für den Datenschutz und die Informationsfreiheit Rheinland-Pfalz, Mainz",
        Land.SL: "Unabhängiges Datenschutzzentrum Saarland, Saarbrücken",
        Land.SN: "Sächsische/r Datenschutz- und Transparenzbeauftragte/r, Dresden",
        Land.ST: "Landesbeauftragte/r für den Datenschutz Sachsen-Anhalt, Magdeburg",
        Land.SH: "Unabhängiges Landeszentrum für Datenschutz Schleswig-Holstein, Kiel",
        Land.TH: "Thüringer Landesbeauftragte/r für den Datenschutz und die Informationsfreiheit, Erfurt",
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """What stands in one place; ``label`` is how the settings call what is missing."""

    said: Callable[[Office], str]
    label: Promise


def _authority(office: Office) -> str:
    return AUTHORITIES[Land(office.land)] if office.land else ""


PLACES: Mapping[str, Place] = MappingProxyType(
    {
        "BÜRO": Place(lambda office: office.name, _("Name des Büros")),
        "INHABER": Place(lambda office: office.owner, _("Inhaber/in oder Geschäftsführung")),
        "ANSCHRIFT": Place(lambda office: office.address_line, _("Anschrift")),
        "TELEFON": Place(lambda office: office.phone, _("Telefon")),
        "E-MAIL": Place(lambda office: office.email, _("E-Mail")),
        "WEBSITE": Place(lambda office: office.website, _("Website")),
        "REGISTER": Place(lambda office: office.register, _("Registergericht und Nummer")),
        "UST-ID": Place(lambda office: office.vat_id, _("Umsatzsteuer- oder Wirtschafts-Identifikationsnummer")),
        "AUFSICHTSBEHÖRDE": Place(lambda office: office.authority, _("Aufsichtsbehörde (§ 34c GewO)")),
        "DATENSCHUTZBEAUFTRAGTE": Place(lambda office: office.data_protection_officer, _("Datenschutzbeauftragte/r")),
        "DATENSCHUTZAUFSICHT": Place(_authority, _("Bundesland")),
        "WIDERRUFSSEITE": Place(lambda _office: f"{load().public_address}/widerruf/", _("Adresse des Servers")),
    }
)
# Said by the rooms above, which know how long they keep what: see ``dispatch.gate.legal_texts``.
RETENTION = "AUFBEWAHRUNG"

_PLACE = re.compile(r"\[(" + "|".join(map(re.escape, [*PLACES, RETENTION])) + r")\]")
_PHRASE = re.compile(r"\{([^{}]*)\}")
_GAP = re.compile(r"\n{3,}")


def places_in(text: str) -> list[str]:
    """The places of a text with their brackets, each once."""
    return list(dict.fromkeys(found[0] for found in _PLACE.finditer(text)))


def words_of(office: Office) -> dict[str, str]:
    """What the office says in each place today; empty where it has not said it yet."""
    return {name: place.said(office).strip() for name, place in PLACES.items()}


def lacking(text: str, office: Office) -> list[str]:
    """Places that the office cannot fill yet and that no braces let go, with their brackets."""
    words = words_of(office)
    return [place for place in places_in(_PHRASE.sub("", text)) if not words.get(place[1:-1], "known above")]


def filled(text: str, words: Mapping[str, str]) -> str:
    """The text with its places filled; a phrase in braces is left out where a word of it is missing.

    Raises:
        KeyError: a place of which ``words`` say nothing.
    """

    def word(found: re.Match[str]) -> str:
        return words[found[1]]

    def phrase(found: re.Match[str]) -> str:
        names = _PLACE.findall(found[1])
        if not names:
            return found[0]  # braces of the office's own
        return found[1] if all(words[name] for name in names) else ""

    return _GAP.sub("\n\n", _PLACE.sub(word, _PHRASE.sub(phrase, text)))

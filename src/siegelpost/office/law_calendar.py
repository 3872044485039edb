"""The law calendar: which rules the house goes by, where each is written, when it was last looked up, what is pending.

Like the browsers' rules of the doctor, this is dated data. A rule whose look-up is older than twelve months, or of
which something is pending, stands on the settings page and in the checklist: nobody has to remember it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from siegelpost.toolbox.words import Words

LOOKED_UP = date(2026, 11, 29)
# The federal statutes were read as consolidated on this day; decisions by their headnotes.
STATUTES_AS_OF = date(2026, 8, 19)
KEEPS = timedelta(days=365)


class Standing(StrEnum):
    """How a rule stands on a day."""

    FRESH = "fresh"
    PENDING = "pending"  # something is announced and not decided, or begins on a day to come
    OLD = "old"  # nobody has looked it up for twelve months


@dataclass(frozen=True, slots=True)
class LegalRule:
    """One rule of the law that texts, gate or files go by."""

    key: str
    what: Words
    source: str
    checked_on: date = LOOKED_UP
    valid_from: date | None = None  # since ever, as far as this house is concerned
    pending: Words | None = None  # what may change it
    unread: str = ""  # what of the source nobody has read in its own words, as the source names it

    def standing(self, today: date) -> Standing:
        """How it stands: what is pending matters more than that a look-up is old."""
        if self.pending or (self.valid_from and self.valid_from > today):
            return Standing.PENDING
        return Standing.OLD if today - self.checked_on > KEEPS else Standing.FRESH


RULES = (
    LegalRule(
        "withdrawal-model",
        Words("Muster der Widerrufsbelehrung und des Formulars", "Model instructions on withdrawal and model form"),
        "Anlagen 1 und 2 zu Art. 246a EGBGB; BGH I ZR 28/22",
        valid_from=date(2026, 6, 19),
        unread="der fortlaufende Text beider Muster (gelesen: die Gestaltungshinweise dazu)",
    ),
    LegalRule(
        "withdrawal-function",
        Words("Widerrufsfunktion „Vertrag widerrufen“", "Withdrawal function"),
        "§ 356a, § 356 Abs. 4, 5 BGB; RL (EU) 2023/2673",
        valid_from=date(2026, 6, 19),
        unread="RL (EU) 2023/2673",
    ),
    LegalRule(
        "order-button",
        Words("Schaltfläche, die nur die Zahlungspflicht nennt", "Button that names nothing but the duty to pay"),
        "§ 312j BGB; BGH I ZR 159/24; EuGH C-400/22",
        unread="EuGH C-400/22",
    ),
    LegalRule(
        "contract-steps",
        Words("Schritte zum Vertrag, Eingabefehler, Speicherung, Sprachen", "Steps, errors, storage, languages"),
        "§ 312i Abs. 1 BGB, Art. 246c EGBGB",
        unread="Art. 246c EGBGB",
    ),
    LegalRule(
        "text-form",
        Words("Textform des Maklervertrags", "Text form of the brokerage agreement"),
        "§§ 656a, 126b BGB; § 2 Abs. 1 WoVermRG",
    ),
    LegalRule(
        "halving",
        Words("Halbteilung der Provision beim Kauf von Wohnung und Einfamilienhaus", "Halving of the commission"),
        "§§ 656b bis 656d BGB; BGH I ZR 32/24, I ZR 138/24",
        pending=Words(
            "BGH I ZR 111/25 (vermietetes Zweifamilienhaus, am 21. Mai 2026 verhandelt): Ausgang noch nicht bekannt.",
            "BGH I ZR 111/25 (let two-family house, heard on 21 May 2026): outcome not known yet.",
        ),
    ),
    LegalRule(
        "rented-home",
        Words("Wohnraummiete: Provision nur nach Suchauftrag", "Rented home: commission only after a search order"),
        "§ 2 Abs. 1a, § 3, § 8 WoVermRG",
    ),
    LegalRule(
        "mabv",
        Words(
            "Angaben zu Entgelt und Laufzeit in deutscher Sprache; Aufzeichnungen",
            "Fee and duration in German; records",
        ),
        "§§ 10, 11, 14 MaBV",
    ),
    LegalRule(
        "imprint",
        Words("Impressum, Pflichtangaben in E-Mails, Streitbeilegung", "Imprint, particulars in e-mails, disputes"),
        "§ 5 DDG; § 37a HGB, § 35a GmbHG, § 80 AktG; § 36 VSBG",
    ),
    LegalRule(
        "privacy",
        Words("Datenschutzhinweise und Aufbewahrung", "Privacy notice and retention"),
        "Art. 13, 14, 21 DSGVO; § 14 MaBV, § 147 AO, § 257 HGB",
        unread="DSGVO",
    ),
    LegalRule(
        "accessibility",
        Words("Barrierefreiheit von Verträgen mit Verbrauchern im Netz", "Accessibility of online consumer contracts"),
        "§§ 1, 3, 14 BFSG",
        valid_from=date(2025, 6, 28),
    ),
    LegalRule(
        "advertising",
        Words("Werbung per E-Mail", "Advertising by e-mail"),
        "§ 7 UWG; BGH VI ZR 225/17",
        unread="BGH VI ZR 225/17",
    ),
    LegalRule(
        "energy",
        Words("Energieangaben in Anzeigen und Energieausweis", "Energy data in advertisements, energy certificate"),
        "§§ 80, 86, 87 GModG (bis Juli 2026: GEG)",
        valid_from=date(2026, 7, 30),
        pending=Words(
            "Neue Energieausweise nach der EU-Gebäuderichtlinie (RL (EU) 2024/1275): in der gelesenen Fassung des "
            "Gebäudemodernisierungsgesetzes nicht enthalten. Was davon später in Kraft tritt, zeigt sie nicht.",
            "New energy certificates under the EU buildings directive (Directive (EU) 2024/1275): not in the version "
            "of the Building Modernisation Act that was read. What of it comes into force later does not show there.",
        ),
        unread="RL (EU) 2024/1275",
    ),
    LegalRule(
        "money-laundering",
        Words("Geldwäsche: Identifizierung bei ernsthaftem Interesse", "Money laundering: identification"),
        "§§ 8, 10, 11 GwG; VO (EU) 2024/1624",
        unread="§ 10 GwG; VO (EU) 2024/1624",
        pending=Words(
            "EU-Geldwäscheverordnung, gilt ab 10. Juli 2027.", "EU anti-money-laundering regulation, from 10 July 2027."
        ),
    ),
    LegalRule(
        "registered",
        Words("Einschreiben-E-Mail: kein qualifizierter Zustelldienst", "Registered e-mail: no qualified service"),
        "Art. 43, 44 eIDAS-VO; § 130 BGB",
        unread="eIDAS-VO",
    ),
)


def to_look_up(today: date) -> list[LegalRule]:
    """What an office should have looked up: pending or old."""
    return [rule for rule in RULES if rule.standing(today) is not Standing.FRESH]

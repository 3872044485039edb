"""How long what is kept, why, and what happens then: one table, for the program, the privacy notice and the docs.

The periods are no legal advice; ``docs/retention.md`` shows the table with its sources, to be confirmed by a lawyer.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from siegelpost.office.kinds import Language
from siegelpost.office.models import Office
from siegelpost.settings import load
from siegelpost.toolbox.words import Words


class Sort(StrEnum):
    """What the table tells apart."""

    ORDER = "order"
    REGISTERED = "registered"
    FREE = "free"
    NOTHING = "nothing"
    STRAY_WITHDRAWAL = "stray withdrawal"
    CONSENT = "consent"
    PROSPECT = "prospect"
    ADDRESS = "address"
    OPENING = "opening"
    IDENTITY = "identity"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """One row: what it is, why it is kept, from when and how long, and what happens then.

    The period is either ``days``, or whole years after the end of the year in which it begins: ``years``, or what the
    office has set under ``setting``. A rule without either keeps nothing.
    """

    what: Words
    basis: Words
    begins: Words
    act: Words
    days: int | None = None
    years: int | None = None
    setting: str = ""

    def years_of(self, office: Office) -> int | None:
        """Whole years after the end of the year; none where the period is counted in days."""
        return int(getattr(office, self.setting)) if self.setting else self.years

    def ends(self, begin: datetime, office: Office) -> datetime:
        """The first moment after the period, in UTC.

        Args:
            begin: an aware time.
        """
        years = self.years_of(office)
        if not years:  # the office has chosen to keep it no longer than what nobody acted upon
            return begin + timedelta(days=self.days if self.days is not None else DAYS)
        zone = ZoneInfo(load().time_zone)
        return datetime(begin.astimezone(zone).year + years + 1, 1, 1, tzinfo=zone).astimezone(UTC)

    def began_before(self, now: datetime, office: Office) -> datetime:
        """What began before this moment is over by ``now``: for a query, and never too early."""
        years = self.years_of(office)
        if not years:
            return now - timedelta(days=self.days if self.days is not None else DAYS)
        zone = ZoneInfo(load().time_zone)
        return datetime(now.astimezone(zone).year - years, 1, 1, tzinfo=zone).astimezone(UTC)


# Half a year: as long as somebody may come back to what they asked about.
DAYS = 183
_ERASED = Words("wird gelöscht, vorher 14 Tage in der Liste", "is erased, after 14 days on the list")
_SENT = Words("Tag des Sendens, frühestens Ende des Links", "day of sending, not before the link ends")

TABLE = MappingProxyType(
    {
        Sort.ORDER: RetentionRule(
            Words(
                "Aufträge: was gesendet, erklärt, bestätigt und widerrufen wurde, mit allen E-Mails",
                "Orders: what was sent, declared, confirmed and withdrawn from, with all e-mails",
            ),
            Words(
                "§§ 10, 14 MaBV (mindestens 5 Jahre), § 257 HGB und § 147 AO (Geschäftsbriefe 6 Jahre), "
                "§§ 195, 199 BGB (Verjährung ab dem Hauptvertrag)",
                "§§ 10, 14 MaBV (5 years at least), § 257 HGB and § 147 AO (business letters 6 years), §§ 195, 199 BGB "
                "(limitation from the main contract)",
            ),
            Words(
                "Ende des Jahres der Erklärung, des Widerrufs oder des Hauptvertrags, was zuletzt war",
                "end of the year of the declaration, the withdrawal or the main contract, whichever was last",
            ),
            _ERASED,
            setting="keep_order_years",
        ),
        Sort.REGISTERED: RetentionRule(
            Words("Einschreiben-E-Mails mit ihren Belegen", "Registered mails with their receipts"),
            Words("§ 257 HGB, § 147 AO (Geschäftsbriefe)", "§ 257 HGB, § 147 AO (business letters)"),
            Words("Ende des Jahres des Annehmens oder Sendens", "end of the year of acceptance or sending"),
            _ERASED,
            setting="keep_order_years",
        ),
        Sort.FREE: RetentionRule(
            Words(
                "Nachweise ohne Provision des Empfängers, die geöffnet wurden",
                "Proofs that were opened, without a commission of the recipient's",
            ),
            Words(
                "Art. 6 Abs. 1 f DSGVO: Auf dem Nachweis beruht der Anspruch gegen den Verkäufer (§§ 195, 199 BGB)",
                "Art. 6 (1) f GDPR: the claim against the seller rests on the proof (§§ 195, 199 BGB)",
            ),
            Words(
                "Ende des Jahres der Freigabe oder des Hauptvertrags, was zuletzt war",
                "end of the year of the opening or the main contract, whichever was last",
            ),
            _ERASED,
            setting="keep_free_years",
        ),
        Sort.NOTHING: RetentionRule(
            Words("Anfragen, auf die niemand etwas erklärt hat", "Inquiries upon which nobody declared anything"),
            Words("Art. 6 Abs. 1 b DSGVO", "Art. 6 (1) b GDPR"),
            _SENT,
            _ERASED,
            days=DAYS,
        ),
        Sort.STRAY_WITHDRAWAL: RetentionRule(
            Words("Widerrufe, die keinen unserer Verträge meinen", "Withdrawals that mean no contract of ours"),
            Words("Art. 6 Abs. 1 c DSGVO, § 356a BGB", "Art. 6 (1) c GDPR, § 356a BGB"),
            Words("Tag des Ablegens", "day of setting aside"),
            _ERASED,
            days=DAYS,
        ),
        Sort.CONSENT: RetentionRule(
            Words("Einwilligungen in weitere Angebote", "Consents to further offers"),
            Words("Art. 7 Abs. 1 DSGVO, §§ 195, 199 BGB", "Art. 7 (1) GDPR, §§ 195, 199 BGB"),
            Words("Ende des Jahres des Widerrufs der Einwilligung", "end of the year in which it is taken back"),
            Words("wird mit dem Kontakt gelöscht", "is erased with the contact"),
            years=3,
        ),
        Sort.PROSPECT: RetentionRule(
            Words(
                "Kontaktdaten von Interessenten, deren Sendungen gelöscht sind",
                "Contact data of prospects whose dispatches are erased",
            ),
            Words("Art. 5 Abs. 1 e DSGVO", "Art. 5 (1) e GDPR"),
            Words("letzter Kontakt: Notiz, Termin oder Änderung", "last dealings: a note, an appointment or a change"),
            _ERASED,
            days=DAYS,
        ),
        Sort.ADDRESS: RetentionRule(
            Words("Kontakte, denen nie etwas gesendet wurde", "Contacts that were never sent anything"),
            Words("Art. 6 Abs. 1 b, f DSGVO, §§ 195, 199 BGB", "Art. 6 (1) b, f GDPR, §§ 195, 199 BGB"),
            Words("Ende des Jahres des letzten Kontakts", "end of the year of the last dealings"),
            _ERASED,
            years=3,
        ),
        Sort.OPENING: RetentionRule(
            Words("Adresse und Browser dessen, der eine Seite nur ansieht", "Address and browser of who only looks"),
            Words("Art. 5 Abs. 1 c DSGVO", "Art. 5 (1) c GDPR"),
            Words("sofort", "at once"),
            Words(
                "gekürzt (IPv4 auf /24, IPv6 auf /48, vom Browser nur der Name); was bleibt, geht mit der Sendung",
                "shortened (IPv4 to /24, IPv6 to /48, of the browser its name only); the rest goes with the dispatch",
            ),
        ),
        Sort.IDENTITY: RetentionRule(
            Words("Angaben zur Identität nach dem Geldwäschegesetz", "Data on identity under the money laundering act"),
            Words("§ 8 Abs. 4 GwG (5 Jahre)", "§ 8 (4) GwG (5 years)"),
            Words("Ende des Jahres der Geschäftsbeziehung", "end of the year of the business relation"),
            Words(
                "werden hier nicht aufgehoben; das Büro führt sie getrennt", "are not kept here; the office does apart"
            ),
        ),
    }
)
# Rows that the recipient of a privacy notice is told of.
_PROMISED = tuple(sort for sort in TABLE if sort not in {Sort.OPENING, Sort.IDENTITY})
_BACKUPS = Words("; Kopien in Sicherungen gehen mit diesen.", "; copies in backups go with the backups.")
_GOES = Words(
    "Ist die Zeit um, löschen wir ungefragt, binnen weniger Wochen" + _BACKUPS.de,
    "When the time is over, we erase it without being asked, within a few weeks" + _BACKUPS.en,
)
# Nobody promises a time for what a person has to press.
_GOES_BY_HAND = Words(
    "Ist die Zeit um, zeigt uns das unser Programm, und wir löschen ungefragt" + _BACKUPS.de,
    "When the time is over, our program tells us, and we erase it without being asked" + _BACKUPS.en,
)


def period_words(rule: RetentionRule, office: Office, language: Language) -> str:
    """How long, in words; empty where nothing is kept."""
    if years := rule.years_of(office):
        if years == 1:
            return Words("1 Jahr danach", "1 year after that")[language]
        return Words(f"{years} Jahre danach", f"{years} years after that")[language]
    if rule.days is None and not rule.setting:
        return ""
    days = rule.days if rule.days is not None else DAYS
    return Words(f"{days} Tage", f"{days} days")[language]


def paragraphs(office: Office, language: Language) -> str:
    """What a privacy notice says about storage, in German or English: what the program does, and nothing else."""
    lines = [""]
    for sort in _PROMISED:
        rule = TABLE[sort]
        period, begins = period_words(rule, office, language), Words("ab", "from")[language]
        lines.append(f"– {rule.what[language]}: {period} ({begins}: {rule.begins[language]}). {rule.basis[language]}.")
    opening = TABLE[Sort.OPENING]
    lines.append(f"– {opening.what[language]}: {opening.act[language]}.")
    lines.append((_GOES if office.erases_by_itself else _GOES_BY_HAND)[language])
    return "\n".join(lines)

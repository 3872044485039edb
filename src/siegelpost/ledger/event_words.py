"""How an event is spoken of, and the words for the kinds that ETSI EN 319 522-1 names; our own stand in ``events``."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Language = Literal["de", "en"]


@dataclass(frozen=True, slots=True)
class Words:
    """What a kind of event is called and what it says, in German and English."""

    de: str
    en: str
    meaning_de: str
    meaning_en: str

    def label(self, language: Language) -> str:
        """The short name."""
        return self.de if language == "de" else self.en

    def meaning(self, language: Language) -> str:
        """What is certain."""
        return self.meaning_de if language == "de" else self.meaning_en


OF_ETSI: Mapping[str, Words] = {
    "SubmissionAcceptance": Words(
        "Zum Versand angenommen",
        "Accepted for sending",
        "Das Büro hat die Sendung geprüft und zum Versand angenommen.",
        "The office has checked the dispatch and accepted it for sending.",
    ),
    "SubmissionRejection": Words(
        "Versand abgelehnt",
        "Refused for sending",
        "Die Sendung wurde nicht verschickt, weil eine Voraussetzung fehlte.",
        "The dispatch was not sent because a requirement was not met.",
    ),
    "RelayToNonERDS": Words(
        "Vom Mailserver angenommen",
        "Accepted by the mail server",
        "Der nächste Mailserver hat die E-Mail mit dem Status 250 übernommen.",
        "The next mail server took over the e-mail with status 250.",
    ),
    "RelayToNonERDSFailure": Words(
        "E-Mail unzustellbar",
        "E-mail not deliverable",
        "Die E-Mail wurde endgültig abgewiesen oder kam als unzustellbar zurück.",
        "The e-mail was refused for good or came back as undeliverable.",
    ),
    "NotificationForAcceptance": Words(
        "Benachrichtigung mit Link verschickt",
        "Notice with link sent",
        "Der nächste Mailserver hat die E-Mail mit dem Link zur Sendung übernommen.",
        "The next mail server took over the e-mail with the link to the dispatch.",
    ),
    "NotificationForAcceptanceFailure": Words(
        "Benachrichtigung gescheitert",
        "Notice failed",
        "Die E-Mail mit dem Link konnte nicht verschickt werden.",
        "The e-mail with the link could not be sent.",
    ),
    "NotificationAccessTracking": Words(
        "Link geöffnet (evtl. automatisch)",
        "Link opened (possibly by a machine)",
        "Die Seite hinter dem Link wurde abgerufen; das kann auch ein Virenscanner gewesen sein.",
        "The page behind the link was fetched; that may have been a mail scanner.",
    ),
    "ConsignmentAcceptance": Words(
        "Vom Empfänger angenommen",
        "Accepted by the recipient",
        "Wer den Link hat, hat das Kästchen angekreuzt und „Annehmen“ gedrückt.",
        "Whoever holds the link ticked the box and pressed “Accept”.",
    ),
    "ConsignmentRejection": Words(
        "Vom Empfänger abgelehnt",
        "Refused by the recipient",
        "Wer den Link hat, hat das Kästchen angekreuzt und „Ablehnen“ gedrückt.",
        "Whoever holds the link ticked the box and pressed “Refuse”.",
    ),
    "AcceptanceRejectionExpiry": Words(
        "Frist abgelaufen",
        "Period over",
        "Bis zum Ende der Frist wurde die Sendung weder angenommen noch abgelehnt.",
        "By the end of the period the dispatch was neither accepted nor refused.",
    ),
    "ContentConsignment": Words(
        "Inhalt bereitgestellt",
        "Content made available",
        "Der Inhalt der Sendung steht für den Empfänger zum Abruf bereit.",
        "The content of the dispatch is ready for the recipient.",
    ),
    "ContentConsignmentFailure": Words(
        "Bereitstellen gescheitert",
        "Content could not be made available",
        "Der Inhalt der Sendung konnte nicht bereitgestellt werden.",
        "The content of the dispatch could not be made available.",
    ),
    "ContentHandover": Words(
        "Inhalt übergeben",
        "Content handed over",
        "Der Server hat den Inhalt vollständig an den Abrufenden übertragen.",
        "The server has transferred the whole content to whoever asked for it.",
    ),
    "ContentHandoverFailure": Words(
        "Übergabe abgebrochen",
        "Handover failed",
        "Die Übertragung des Inhalts brach ab, bevor sie vollständig war.",
        "The transfer of the content broke off before it was complete.",
    ),
    "ContentAccessTracking": Words(
        "Inhalt abgerufen",
        "Content fetched",
        "Der freigegebene Inhalt wurde abgerufen; ob zum ersten Mal und von wem, sagt dieses Ereignis nicht.",
        "The released content was fetched; whether for the first time and by whom, this event does not say.",
    ),
}

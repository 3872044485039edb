"""How an event is spoken of, and the words for the kinds that ETSI EN 319 522-1 names; our own stand in ``events``."""

from collections.abc import Mapping
from dataclasses import dataclass

from siegelpost.toolbox.words import Words


@dataclass(frozen=True, slots=True)
class EventWords:
    """The short name of an event, for a timeline, and one plain sentence: what is certain when it is recorded."""

    label: Words
    meaning: Words


def told(de: str, en: str, meaning_de: str, meaning_en: str) -> EventWords:
    """The words of a kind, as the tables write them."""
    return EventWords(Words(de, en), Words(meaning_de, meaning_en))


OF_ETSI: Mapping[str, EventWords] = {
    "SubmissionAcceptance": told(
        "Sendung angelegt",
        "Dispatch created",
        "Das Büro hat die Sendung geprüft und zum Versand angenommen.",
        "The office has checked the dispatch and accepted it for sending.",
    ),
    "SubmissionRejection": told(
        "Versand abgelehnt",
        "Refused for sending",
        "Die Sendung wurde nicht verschickt, weil eine Voraussetzung fehlte.",
        "The dispatch was not sent because a requirement was not met.",
    ),
    "RelayToNonERDS": told(
        "Vom Mailserver angenommen",
        "Accepted by the mail server",
        "Der nächste Mailserver hat die E-Mail mit dem Status 250 übernommen.",
        "The next mail server took over the e-mail with status 250.",
    ),
    "RelayToNonERDSFailure": told(
        "E-Mail unzustellbar",
        "E-mail not deliverable",
        "Die E-Mail wurde endgültig abgewiesen oder kam als unzustellbar zurück.",
        "The e-mail was refused for good or came back as undeliverable.",
    ),
    "NotificationForAcceptance": told(
        "Benachrichtigung mit Link verschickt",
        "Notice with link sent",
        "Der nächste Mailserver hat die E-Mail mit dem Link zur Sendung übernommen.",
        "The next mail server took over the e-mail with the link to the dispatch.",
    ),
    "NotificationForAcceptanceFailure": told(
        "Benachrichtigung gescheitert",
        "Notice failed",
        "Die E-Mail mit dem Link konnte nicht verschickt werden.",
        "The e-mail with the link could not be sent.",
    ),
    "NotificationAccessTracking": told(
        "Link geöffnet (evtl. automatisch)",
        "Link opened (possibly by a machine)",
        "Die Seite hinter dem Link wurde abgerufen; das kann auch ein Virenscanner gewesen sein.",
        "The page behind the link was fetched; that may have been a mail scanner.",
    ),
    "ConsignmentAcceptance": told(
        "Vom Empfänger angenommen",
        "Accepted by the recipient",
        "Wer den Link hat, hat das Kästchen angekreuzt und „Annehmen“ gedrückt.",
        "Whoever holds the link ticked the box and pressed “Accept”.",
    ),
    "ConsignmentRejection": told(
        "Vom Empfänger abgelehnt",
        "Refused by the recipient",
        "Wer den Link hat, hat das Kästchen angekreuzt und „Ablehnen“ gedrückt.",
        "Whoever holds the link ticked the box and pressed “Refuse”.",
    ),
    "AcceptanceRejectionExpiry": told(
        "Frist abgelaufen",
        "Period over",
        "Bis zum Ende der Frist wurde die Sendung weder angenommen noch abgelehnt.",
        "By the end of the period the dispatch was neither accepted nor refused.",
    ),
    "ContentConsignment": told(
        "Inhalt bereitgestellt",
        "Content made available",
        "Der Inhalt der Sendung steht für den Empfänger zum Abruf bereit.",
        "The content of the dispatch is ready for the recipient.",
    ),
    "ContentConsignmentFailure": told(
        "Bereitstellen gescheitert",
        "Content could not be made available",
        "Der Inhalt der Sendung konnte nicht bereitgestellt werden.",
        "The content of the dispatch could not be made available.",
    ),
    "ContentHandover": told(
        "Inhalt übergeben",
        "Content handed over",
        "Der Server hat den Inhalt vollständig an den Abrufenden übertragen.",
        "The server has transferred the whole content to whoever asked for it.",
    ),
    "ContentHandoverFailure": told(
        "Übergabe abgebrochen",
        "Handover failed",
        "Die Übertragung des Inhalts brach ab, bevor sie vollständig war.",
        "The transfer of the content broke off before it was complete.",
    ),
    "ContentAccessTracking": told(
        "Inhalt abgerufen",
        "Content fetched",
        "Der freigegebene Inhalt wurde abgerufen; ob zum ersten Mal und von wem, sagt dieses Ereignis nicht.",
        "The released content was fetched; whether for the first time and by whom, this event does not say.",
    ),
}

"""What an event is called where its data says more than its kind: a first look, a download, a machine's look."""

from collections.abc import Mapping

from siegelpost.ledger.event_words import EventWords, told
from siegelpost.ledger.events import WORDS, EventKind, by_uri
from siegelpost.toolbox.words import Words

K = EventKind
# Where the data says more than the kind alone: (kind, member, value). Of several the first counts.
VARIANTS: Mapping[tuple[EventKind, str, str | bool], EventWords] = {
    (K.NOTIFICATION_ACCESS_TRACKING, "machine", True): told(
        "Link von einem Programm geöffnet",
        "Link opened by a machine",
        "Die Seite hinter dem Link wurde von einem Programm abgerufen, das sich als solches zu erkennen gab.",
        "The page behind the link was fetched by a program that named itself as one.",
    ),
    (K.WITHDRAWAL_ASSIGNED, "by", "recipient"): told(
        "Widerruf bestätigt von der Adresse des Vertrags",
        "Withdrawal confirmed from the contract's address",
        "Über den Link in der E-Mail an die Adresse des Vertrags hieß es: Dieser Widerruf meint diesen Vertrag.",
        "By the link in the e-mail to the contract's own address somebody said: this withdrawal means this contract.",
    ),
    (K.CONTENT_ACCESS_TRACKING, "machine", True): told(
        "Inhalt von einem Programm abgerufen",
        "Content fetched by a machine",
        "Der freigegebene Inhalt wurde von einem Programm abgerufen, das sich als solches zu erkennen gab.",
        "The released content was fetched by a program that named itself as one.",
    ),
    (K.CONTENT_ACCESS_TRACKING, "again", True): told(
        "Erneut angesehen",
        "Looked at again",
        "Die Seite mit dem Inhalt, der schon übergeben war, wurde noch einmal abgerufen.",
        "The page with the content, handed over before, was fetched once more.",
    ),
    (K.CONTENT_HANDOVER, "what", "expose"): told(
        "Exposé angesehen",
        "Exposé looked at",
        "Der Server hat die Seite mit dem Exposé zum ersten Mal vollständig an den Abrufenden übertragen.",
        "For the first time the server transferred the whole page with the exposé to whoever asked for it.",
    ),
    (K.CONTENT_HANDOVER, "what", "message"): told(
        "Nachricht angesehen",
        "Message looked at",
        "Der Server hat die Seite mit der Nachricht zum ersten Mal vollständig an den Abrufenden übertragen.",
        "For the first time the server transferred the whole page with the message to whoever asked for it.",
    ),
    (K.CONTENT_HANDOVER, "what", "pdf"): told(
        "PDF heruntergeladen",
        "PDF downloaded",
        "Der Server hat das Exposé als PDF vollständig an den Abrufenden übertragen.",
        "The server transferred the whole exposé as PDF to whoever asked for it.",
    ),
    (K.CONTENT_HANDOVER, "what", "eml"): told(
        "Nachricht als Datei heruntergeladen",
        "Message downloaded as a file",
        "Der Server hat die Nachricht als .eml vollständig an den Abrufenden übertragen.",
        "The server transferred the whole message as .eml to whoever asked for it.",
    ),
    (K.INTEREST_STATED, "interest", "papers"): told(
        "Dokument angefragt",
        "Document asked for",
        "Wer den Link hat, hat um ein Dokument gebeten, das nur nach Freigabe zu haben ist.",
        "Whoever holds the link asked for a document that is to be had after its release only.",
    ),
    (K.CONTENT_HANDOVER, "marked", True): told(
        "Gekennzeichnetes Dokument heruntergeladen",
        "Marked document downloaded",
        "Der Server hat eine Kopie eines Dokuments des Objekts vollständig an den Abrufenden übertragen, auf deren "
        "Seiten der Name des Empfängers der Sendung und die Zeit stehen. "
        "„sha256“ ist die Prüfsumme des Dokuments, „copy_sha256“ die der Kopie.",
        "The server transferred the whole of a copy of a document of the property to whoever asked for it, with the "
        "name of the dispatch's recipient and the time on its pages. "
        "“sha256” is the checksum of the document, “copy_sha256” that of this copy.",
    ),
    (K.CONTENT_HANDOVER, "what", "document"): told(
        "Dokument heruntergeladen",
        "Document downloaded",
        "Der Server hat ein Dokument des Objekts vollständig an den Abrufenden übertragen.",
        "The server transferred the whole of a document of the property to whoever asked for it.",
    ),
    (K.CONTENT_HANDOVER, "what", "attachment"): told(
        "Anlage heruntergeladen",
        "Attachment downloaded",
        "Der Server hat eine Anlage vollständig an den Abrufenden übertragen.",
        "The server transferred the whole of an attachment to whoever asked for it.",
    ),
}


def words(kind: EventKind, data: Mapping[str, object]) -> EventWords:
    """What an event is called and says, by its kind and, where that says more, by its data."""
    for (of, member, value), found in VARIANTS.items():
        if of is kind and data.get(member) == value and type(data.get(member)) is type(value):
            return found
    return WORDS[kind]


def words_by_uri(uri: str, data: Mapping[str, object]) -> EventWords:
    """The same of a leaf: of a kind that a later version has introduced the URI, and no meaning."""
    kind = by_uri(uri)
    return words(kind, data) if kind else EventWords(Words(uri, uri), Words("", ""))

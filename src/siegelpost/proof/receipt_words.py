"""The words of the receipts, in German and English."""

from collections.abc import Mapping
from types import MappingProxyType

from siegelpost.toolbox.words import Language, Words


def spoken(words: Mapping[str, Words], language: Language) -> dict[str, str]:
    """A table of words in one language."""
    return {name: each[language] for name, each in words.items()}


# What the personal values of an event are called.
PERSONAL: Mapping[str, Words] = MappingProxyType(
    {
        "name": Words("Name", "Name"),
        "email": Words("E-Mail", "E-mail"),
        "recipient": Words("Empfänger", "Recipient"),
        "client": Words("IP-Adresse und Browser", "IP address and browser"),
        "ip": Words("IP-Adresse", "IP address"),
        "browser": Words("Browser", "Browser"),
        "contract": Words("Vertrag", "Contract"),
    }
)
KINDS: Mapping[str, Words] = MappingProxyType(
    {
        "secure_expose": Words("Sicheres Exposé", "Secure exposé"),
        "registered_mail": Words("Einschreiben-E-Mail", "Registered e-mail"),
    }
)
# How a file of the bundle is called in plain words, by the beginning of its name below ``documents/``.
FILES: Mapping[str, Words] = MappingProxyType(
    {
        "gate.html": Words("Seite vor dem Öffnen", "Page before opening"),
        "ask.html": Words("Seite mit der Frage nach der Annahme", "Page that asks for acceptance"),
        "page.json": Words("Angaben dieser Seite", "What that page says, as data"),
        "content.json": Words("Inhalt hinter der Seite", "Content behind the page, as data"),
        "expose.pdf": Words("Exposé als PDF", "Exposé as PDF"),
        "message.eml": Words("Nachricht mit Anlagen", "Message with attachments"),
        "texts/texts.pdf": Words(
            "Die Texte als PDF, wie die Seite sie nennt", "The texts as PDF, as the page names them"
        ),
        "texts/": Words("Rechtlicher Text", "Legal text"),
        "mails/": Words("E-Mail, wie sie hinausging", "E-mail as it went out"),
        "answers/": Words("Antwort per E-Mail", "Answer by e-mail"),
        "withdrawal/": Words("Widerruf", "Withdrawal"),
        "attachments/": Words("Anlage", "Attachment"),
        "property/": Words("Dokument des Objekts", "Document of the property"),
        "earlier": Words("Frühere Fassung", "Earlier version"),
    }
)
RECEIPT: Mapping[str, Words] = MappingProxyType(
    {
        "title": Words("Nachweis", "Proof of dispatch"),
        "page": Words("Seite", "Page"),
        "of": Words(" von ", " of "),
        "test": Words("TEST · kein echter Vorgang · TEST OPERATION", "TEST OPERATION · not a real matter"),
        "story": Words("Was geschehen ist", "What happened"),
        "when": Words("Wann", "When"),
        "what": Words("Was", "What"),
        "where": Words("Von wo", "From where"),
        "more": Words("Weitere Ereignisse im Anhang: {}", "Further events in the annex: {}"),
        "with": Words("Mit welchen Texten", "With which texts"),
        "text": Words("Text", "Text"),
        "version": Words("Fassung", "Version"),
        "secured": Words("Wodurch es festgehalten ist", "What holds it fast"),
        "proves": Words("Was das belegt", "What this proves"),
        "proves-not": Words("Was es nicht belegt", "What it does not prove"),
        "shown": Words("Was angezeigt wurde", "What was shown"),
        "shown-note": Words(
            "Wiedergabe des eingefrorenen Inhalts in seiner Reihenfolge, kein Foto des Bildschirms. "
            "Die Datei im Archiv: ",
            "The frozen content in its order, not a photograph of the screen. The file in the archive: ",
        ),
        "behind": Words("Was dahinter stand", "What stood behind it"),
        "message": Words("Nachricht", "Message"),
        "fold": Words("Aufklappbar, im Wortlaut unten:", "Folded, in full below:"),
        "texts": Words("Die Texte im Wortlaut", "The texts word for word"),
        "annex": Words("Anhang für Fachleute", "Annex for experts"),
        "events": Words("Alle Ereignisse", "All events"),
        "no": Words("Nr.", "No."),
        "utc": Words("Zeit", "Time"),
        "kind": Words("Art (URI)", "Kind (URI)"),
        "hash": Words("Hash des Eintrags", "Hash of the entry"),
        "erased": Words("Gelöscht, nur der Hashwert ist erhalten", "Erased, only the commitment is left"),
        "documents": Words("Dateien im Archiv", "Files in the archive"),
        "file": Words("Datei", "File"),
        "size": Words("Größe", "Size"),
        "seal": Words("Siegel", "Checkpoint"),
        "seal-note": Words(
            "Dieses Siegel steht für das ganze Protokoll des Büros bis zum letzten Ereignis oben. Der Code enthält es "
            "vollständig.",
            "This checkpoint stands for the office's whole ledger up to the last event above. The code holds all "
            "of it.",
        ),
        "qr": Words("QR-Code mit dem Siegel", "QR code with the checkpoint"),
        "key": Words("Öffentlicher Schlüssel", "Public key"),
        "fingerprint": Words("Fingerabdruck (SHA-256)", "Fingerprint (SHA-256)"),
        "no-glyph": Words(
            "Zeichen, die die Schrift nicht kennt, stehen als \\u und Nummer da.",
            "Characters that the font does not know stand as \\u and their number.",
        ),
        "reading": Words(
            "Dieser Beleg ist zum Lesen da und selbst nicht Teil des Nachweises. Beweis sind die Dateien, mit denen er "
            "zusammen in einem Archiv liegt; prüfen lässt es sich ohne Internet, Näheres steht in LIESMICH.txt:",
            "This receipt is for reading and no part of the proof. The proof is the files it came with; it can be "
            "checked without the internet, README.txt tells how:",
        ),
    }
)
PROVES: tuple[Words, ...] = (
    Words(
        "Die Ereignisse und Dokumente sind die, die der Schlüssel des Büros gesiegelt hat.",
        "Events and documents are those that the office's key has sealed.",
    ),
    Words(
        "Mit einem Siegel aus einer E-Mail von damals oder einem Zeitstempel: Bis dahin wurde seither nichts geändert.",
        "With a seal from an e-mail of the time or a time stamp: nothing up to it was changed since.",
    ),
    Words("Ohne beides: nur, dass das Büro es so vorlegt.", "Without either: only that the office presents it so."),
)
PROVES_NOT: tuple[Words, ...] = (
    Words(
        "Wer vor dem Bildschirm saß, und ob ein Aufruf von einem Menschen kam.",
        "Who sat in front of the screen, or whether a visit came from a person.",
    ),
    Words(
        "Dass sonst nichts geschehen ist, und was nur das Büro sagt.",
        "That nothing else happened, nor what only the office says.",
    ),
    Words(
        "Die Uhrzeiten sind die des Servers, wenn kein Zeitstempel beiliegt.",
        "The times are the server's unless time-stamped.",
    ),
)
QUOTED = Words("„{}“", "“{}”")
SENDER = Words("Absender", "Sender")
RECIPIENT = Words("Empfänger", "Recipient")
SUBJECT = Words("Sendung", "Dispatch")
KIND = Words("Art", "Kind")
ESTATE = Words("Objekt", "Property")
NUMBER = Words("Nummer", "Number")
ISSUED = Words("Ausgestellt", "Issued")
SEALED = Words(
    "Mit dem Schlüssel des Büros gesiegelt: das Protokoll bis Eintrag {}.",
    "Sealed with the office's key: the ledger up to entry {}.",
)
MAILED = Words(
    "In E-Mails an den Empfänger verschickt: Siegel über {} Einträge. Wer eine dieser E-Mails hat, kann prüfen, dass "
    "seither nichts davon umgeschrieben wurde.",
    "Sent in e-mails to the recipient: seals over {} entries. Whoever has one of these e-mails can check that nothing "
    "of it was rewritten since.",
)
STAMPED = Words("Zeitstempel von {}: {}, über {} Einträge.", "Time stamp by {}: {}, over {} entries.")
NOTHING_OUTSIDE = Words(
    "Außerhalb des Büros hält bisher nichts diese Ereignisse fest.",
    "So far nothing outside the office holds these events fast.",
)

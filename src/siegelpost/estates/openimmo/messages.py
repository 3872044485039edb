"""What the reader says when something is wrong, in German and English.

A rejected file is told in three parts: what happened, that nothing was changed, and what to do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from siegelpost.toolbox.words import LANGUAGES, SpokenError, Words

LONGEST_QUOTE = 80
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


class Key(StrEnum):
    """Every message, by what happened."""

    # The whole file is refused.
    NOT_FOUND = "not_found"
    EMPTY = "empty"
    NO_XML_NO_ZIP = "no_xml_no_zip"
    TOO_LARGE = "too_large"
    BROKEN_XML = "broken_xml"
    BAD_CHARACTERS = "bad_characters"
    UNKNOWN_ENCODING = "unknown_encoding"
    FOREIGN_XML = "foreign_xml"
    FEEDBACK = "feedback"
    DOCTYPE = "doctype"
    XINCLUDE = "xinclude"
    TOO_DEEP = "too_deep"
    TOO_MANY_ELEMENTS = "too_many_elements"
    TOO_MANY_PROPERTIES = "too_many_properties"
    FULL_DELETE = "full_delete"
    FULL_EMPTY = "full_empty"
    FULL_MOST = "full_most"
    NO_PROVIDER = "no_provider"
    BROKEN_ZIP = "broken_zip"
    ENCRYPTED_ZIP = "encrypted_zip"
    ZIP_METHOD = "zip_method"
    ZIP_TRAVERSAL = "zip_traversal"
    ZIP_BOMB = "zip_bomb"
    ZIP_TOO_MANY = "zip_too_many"
    ZIP_NO_XML = "zip_no_xml"
    ZIP_SEVERAL_XML = "zip_several_xml"

    # One property is refused.
    NO_IDENTIFIER = "no_identifier"
    IDENTIFIER_LONG = "identifier_long"
    TWICE_OBID = "twice_obid"
    TWICE_NUMBER = "twice_number"
    OTHER_LANGUAGE = "other_language"
    OTHER_PROVIDER = "other_provider"
    UNKNOWN_ACTION = "unknown_action"
    PROPERTY_TOO_LARGE = "property_too_large"

    # One value or attachment is left out; the property is taken.
    BAD_VALUE = "bad_value"
    CUT = "cut"
    KIND_UNKNOWN = "kind_unknown"
    MARKETING_UNKNOWN = "marketing_unknown"
    MARKETING_BOTH = "marketing_both"
    MEASURE_UNKNOWN = "measure_unknown"
    PRICES_LEFT_OUT = "prices_left_out"
    PRICES_LEFT_OUT_MORE = "prices_left_out_more"
    COMMISSION_UNSAID = "commission_unsaid"
    COMMISSION_UNCONFIRMED = "commission_unconfirmed"
    COMMISSION_CONTRADICTION = "commission_contradiction"
    COMMISSION_AMOUNTS = "commission_amounts"
    COMMISSION_VAT = "commission_vat"
    COMMISSION_FROM = "commission_from"
    ACTION_NEW = "action_new"
    REMOTE = "remote"
    ATTACHMENT_MISSING = "attachment_missing"
    ATTACHMENT_PATH = "attachment_path"
    ATTACHMENT_LARGE = "attachment_large"
    ATTACHMENT_BASE64 = "attachment_base64"
    ATTACHMENT_UNREADABLE = "attachment_unreadable"
    ATTACHMENTS_MANY = "attachments_many"
    NESTED_ZIP = "nested_zip"


@dataclass(frozen=True, slots=True)
class MessageText:
    """What is said of one thing that happened, and what to do about it; the advice is empty for notices."""

    sentence: Words
    advice: Words


def _said(de: str, en: str, do_de: str = "", do_en: str = "") -> MessageText:
    return MessageText(Words(de, en), Words(do_de, do_en))


TEXTS = {
    Key.NOT_FOUND: _said(
        "Die Datei „{name}“ ist nicht da oder nicht lesbar.",
        "The file “{name}” is not there or cannot be read.",
        "Prüfen Sie bitte den Pfad und die Rechte der Datei.",
        "Please check the path and the file's permissions.",
    ),
    Key.EMPTY: _said(
        "Die Datei „{name}“ ist leer.",
        "The file “{name}” is empty.",
        "Wahrscheinlich ist die Übertragung abgebrochen: Bitte exportieren Sie noch einmal.",
        "The transfer was probably cut off: please export again.",
    ),
    Key.NO_XML_NO_ZIP: _said(
        "Die Datei „{name}“ ist weder XML noch ZIP.",
        "The file “{name}” is neither XML nor ZIP.",
        "Bitte wählen Sie die OpenImmo-Datei (.xml) oder das Paket mit Bildern (.zip).",
        "Please choose the OpenImmo file (.xml) or the package with pictures (.zip).",
    ),
    Key.TOO_LARGE: _said(
        "„{name}“ ist größer als die erlaubten {limit} MiB.",
        "“{name}” is larger than the {limit} MiB allowed.",
        "Bitte exportieren Sie in mehreren Teilen.",
        "Please export in several parts.",
    ),
    Key.BROKEN_XML: _said(
        "Das XML ist beschädigt (Zeile {line}): {reason}.",
        "The XML is broken (line {line}): {reason}.",
        "Wahrscheinlich ist die Übertragung abgebrochen: Bitte exportieren Sie noch einmal.",
        "The transfer was probably cut off: please export again.",
    ),
    Key.BAD_CHARACTERS: _said(
        "Das XML enthält in Zeile {line} Zeichen, die nicht zur angegebenen Kodierung passen.",
        "The XML has characters in line {line} that do not fit the encoding it declares.",
        "Bitte stellen Sie den Export auf UTF-8 oder ISO-8859-1 und exportieren Sie noch einmal.",
        "Please set the export to UTF-8 or ISO-8859-1 and export again.",
    ),
    Key.UNKNOWN_ENCODING: _said(
        "Das XML nennt eine unbekannte Zeichenkodierung.",
        "The XML declares an unknown character encoding.",
        "Bitte stellen Sie den Export auf UTF-8 oder ISO-8859-1.",
        "Please set the export to UTF-8 or ISO-8859-1.",
    ),
    Key.FOREIGN_XML: _said(
        "Das ist kein OpenImmo: Das äußerste Element heißt „{tag}“ statt „openimmo“.",
        "This is not OpenImmo: the outermost element is “{tag}” instead of “openimmo”.",
        "Bitte wählen Sie in Ihrer Maklersoftware den Export „OpenImmo“.",
        "Please choose the export “OpenImmo” in your estate agents' software.",
    ),
    Key.FEEDBACK: _said(
        "Das ist eine OpenImmo-Anfrage (Feedback), keine Objektübertragung.",
        "This is an OpenImmo inquiry (feedback), not a transfer of properties.",
        "Anfragen gehören zu den Kontakten; bitte wählen Sie hier eine Objektdatei.",
        "Inquiries belong to the contacts; please choose a file of properties here.",
    ),
    Key.DOCTYPE: _said(
        "Das XML enthält eine DOCTYPE-Angabe. OpenImmo kennt keine, und sie kann Schaden anrichten.",
        "The XML has a DOCTYPE declaration. OpenImmo knows none, and it can do harm.",
        "Nehmen Sie die Datei nicht an, wenn Sie den Absender nicht kennen; sonst bitten Sie ihn um einen "
        "Export ohne DOCTYPE.",
        "Do not accept the file if you do not know its sender; otherwise ask for an export without DOCTYPE.",
    ),
    Key.XINCLUDE: _said(
        "Das XML will eine andere Datei einbinden (XInclude). OpenImmo kennt das nicht.",
        "The XML wants to include another file (XInclude). OpenImmo knows no such thing.",
        "Nehmen Sie die Datei nicht an, wenn Sie den Absender nicht kennen.",
        "Do not accept the file if you do not know its sender.",
    ),
    Key.TOO_DEEP: _said(
        "Das XML ist tiefer verschachtelt als die erlaubten {limit} Ebenen.",
        "The XML is nested deeper than the {limit} levels allowed.",
        "Das ist keine gewöhnliche OpenImmo-Datei: Bitte fragen Sie den Absender.",
        "This is no ordinary OpenImmo file: please ask its sender.",
    ),
    Key.TOO_MANY_ELEMENTS: _said(
        "Das XML hat außerhalb der Objekte zu viele oder zu große Elemente.",
        "The XML has too many or too large elements outside of its properties.",
        "Das ist keine gewöhnliche OpenImmo-Datei: Bitte fragen Sie den Absender.",
        "This is no ordinary OpenImmo file: please ask its sender.",
    ),
    Key.TOO_MANY_PROPERTIES: _said(
        "Die Datei enthält mehr als {limit} Objekte.",
        "The file has more than {limit} properties.",
        "Bitte exportieren Sie in mehreren Teilen.",
        "Please export in several parts.",
    ),
    Key.FULL_DELETE: _said(
        "Die Übertragung nennt sich zugleich vollständig (VOLL) und Löschung (DELETE).",
        "The transfer calls itself complete (VOLL) and a deletion (DELETE) at once.",
        'Das würde alle Objekte des Anbieters entfernen. Bitte exportieren Sie mit umfang="TEIL".',
        'It would remove all of the provider\'s properties. Please export with umfang="TEIL".',
    ),
    Key.FULL_EMPTY: _said(
        "Die vollständige Übertragung von „{provider}“ enthält kein Objekt; alle {of} würden archiviert.",
        "The complete transfer of “{provider}” holds no property; all {of} would be archived.",
        "Ist das gewollt, rufen Sie den Befehl mit --archive-missing auf; sonst prüfen Sie den Export.",
        "If that is meant, run the command with --archive-missing; otherwise check the export.",
    ),
    Key.FULL_MOST: _said(
        "Die vollständige Übertragung von „{provider}“ nähme {gone} von {of} Objekten vom Markt.",
        "The complete transfer of “{provider}” would take {gone} of {of} properties off the market.",
        "Ist das gewollt, rufen Sie den Befehl mit --archive-missing auf; sonst prüfen Sie den Export.",
        "If that is meant, run the command with --archive-missing; otherwise check the export.",
    ),
    Key.NO_PROVIDER: _said(
        "Die Datei nennt keinen Anbieter und kein Objekt.",
        "The file names no provider and no property.",
        "Bitte prüfen Sie die Auswahl beim Export.",
        "Please check what was selected for the export.",
    ),
    Key.BROKEN_ZIP: _said(
        "Das ZIP-Archiv ist beschädigt oder unvollständig.",
        "The ZIP archive is damaged or incomplete.",
        "Bitte exportieren oder übertragen Sie es noch einmal.",
        "Please export or transfer it again.",
    ),
    Key.ENCRYPTED_ZIP: _said(
        "Das ZIP-Archiv ist mit einem Kennwort geschützt.",
        "The ZIP archive is protected by a password.",
        "Bitte packen Sie es ohne Kennwort.",
        "Please pack it without a password.",
    ),
    Key.ZIP_METHOD: _said(
        "„{name}“ ist mit einem ungewöhnlichen Verfahren gepackt.",
        "“{name}” is packed by an unusual method.",
        "Bitte packen Sie das Archiv als gewöhnliches ZIP (Deflate).",
        "Please pack the archive as an ordinary ZIP (Deflate).",
    ),
    Key.ZIP_TRAVERSAL: _said(
        "Das ZIP-Archiv enthält einen Pfad, der aus dem Archiv hinausführt: „{name}“.",
        "The ZIP archive holds a path that leads out of the archive: “{name}”.",
        "Nehmen Sie die Datei nicht an, wenn Sie den Absender nicht kennen; sonst packen Sie sie neu.",
        "Do not accept the file if you do not know its sender; otherwise pack it anew.",
    ),
    Key.ZIP_BOMB: _said(
        "„{name}“ würde beim Auspacken unverhältnismäßig groß (ZIP-Bombe).",
        "“{name}” would grow out of all proportion when unpacked (ZIP bomb).",
        "Nehmen Sie die Datei nicht an, wenn Sie den Absender nicht kennen.",
        "Do not accept the file if you do not know its sender.",
    ),
    Key.ZIP_TOO_MANY: _said(
        "Das ZIP-Archiv enthält mehr als {limit} Dateien.",
        "The ZIP archive holds more than {limit} files.",
        "Bitte exportieren Sie in mehreren Teilen.",
        "Please export in several parts.",
    ),
    Key.ZIP_NO_XML: _said(
        "Im ZIP-Archiv ist keine XML-Datei.",
        "There is no XML file in the ZIP archive.",
        "Bitte packen Sie die OpenImmo-Datei mit hinein; Archive im Archiv werden nicht geöffnet.",
        "Please pack the OpenImmo file as well; archives inside the archive are not opened.",
    ),
    Key.ZIP_SEVERAL_XML: _said(
        "Im ZIP-Archiv sind mehrere XML-Dateien: {name}.",
        "There are several XML files in the ZIP archive: {name}.",
        "Bitte übertragen Sie jede OpenImmo-Datei in einem eigenen Archiv.",
        "Please transfer each OpenImmo file in an archive of its own.",
    ),
    Key.NO_IDENTIFIER: _said(
        "Es hat weder eine OpenImmo-Kennung (openimmo_obid) noch eine Objektnummer (objektnr_extern).",
        "It has neither an OpenImmo id (openimmo_obid) nor a property number (objektnr_extern).",
    ),
    Key.IDENTIFIER_LONG: _said(
        "{field} hat mehr als {limit} Zeichen; gekürzt wäre es von anderen nicht zu unterscheiden.",
        "{field} has more than {limit} characters; cut, it could not be told from others.",
    ),
    Key.TWICE_OBID: _said(
        "Die OpenImmo-Kennung (openimmo_obid) „{value}“ hat in dieser Datei schon ein anderes Objekt; übernommen "
        "wurde nur jenes.",
        "Another property in this file already has the OpenImmo id (openimmo_obid) “{value}”; only that one was taken.",
    ),
    Key.TWICE_NUMBER: _said(
        "Die Objektnummer (objektnr_extern) „{value}“ hat in dieser Datei schon ein anderes Objekt; übernommen wurde "
        "nur jenes.",
        "Another property in this file already has the number (objektnr_extern) “{value}”; only that one was taken.",
    ),
    Key.OTHER_LANGUAGE: _said(
        "Die Objektnummer „{value}“ steht auch mit deutschen Texten in der Datei; übernommen wurden die deutschen.",
        "The number “{value}” is in the file with German texts, too; the German ones were taken.",
    ),
    Key.OTHER_PROVIDER: _said(
        "Die OpenImmo-Kennung „{value}“ gehört hier schon zu einem Objekt eines anderen Anbieters ({provider}). Es "
        "wurde nicht verändert. Ist es dasselbe Objekt und hat nur der Anbieter den Namen gewechselt, archivieren Sie "
        "das alte; dann wird dieses neu angelegt.",
        "The OpenImmo id “{value}” already belongs to a property of another provider here ({provider}). It was not "
        "changed. If it is the same property and only the provider's name has changed, archive the old one; then this "
        "one is taken as new.",
    ),
    Key.UNKNOWN_ACTION: _said(
        "Die Aktion „{value}“ ist unbekannt.",
        "The action “{value}” is unknown.",
    ),
    Key.PROPERTY_TOO_LARGE: _said(
        "Es enthält zu viele oder zu große Elemente.",
        "It has too many or too large elements.",
    ),
    Key.BAD_VALUE: _said(
        "{field}: „{value}“ ist nicht lesbar und wurde ausgelassen.",
        "{field}: “{value}” cannot be read and was left out.",
    ),
    Key.CUT: _said(
        "{field}: Der Text war zu lang und wurde nach {limit} Zeichen gekürzt.",
        "{field}: the text was too long and was cut after {limit} characters.",
    ),
    Key.KIND_UNKNOWN: _said(
        "Die Objektart ist nicht angegeben oder unbekannt; bitte prüfen Sie sie, denn von ihr hängt ab, was "
        "Interessenten erklären müssen.",
        "The kind of property is missing or unknown; please check it, for it decides what prospects must declare.",
    ),
    Key.MARKETING_UNKNOWN: _said(
        "Es ist nicht angegeben, ob es um Kauf oder Miete geht; bitte prüfen Sie das.",
        "It does not say whether it is for sale or for rent; please check.",
    ),
    Key.MARKETING_BOTH: _said(
        "Es ist zugleich zum Kauf und zur Miete angegeben; genommen wurde, wofür ein Preis dasteht. Bitte prüfen Sie "
        "das.",
        "It is given as for sale and for rent at once; what has a price was taken. Please check.",
    ),
    Key.PRICES_LEFT_OUT: _said(
        "Nicht übernommen, weil es hier kein Feld dafür gibt: {value}. Nennen Sie es bei Bedarf in einem Text.",
        "Not taken, because there is no field for it here: {value}. Name it in a text where needed.",
    ),
    Key.MEASURE_UNKNOWN: _said(
        "Preise sind in „{value}“ angegeben, womit dieser Server nicht rechnet. Die Beträge, die davon abhängen, sind "
        "nicht übernommen.",
        "Prices are given in “{value}”, in which this server does not count. The amounts that depend on it were not "
        "taken.",
    ),
    Key.PRICES_LEFT_OUT_MORE: _said(
        "{count} weitere Angaben unter <preise> wurden nicht übernommen.",
        "{count} more values under <preise> were not taken.",
    ),
    Key.COMMISSION_UNSAID: _said(
        "Die Datei sagt nichts zur Provision. Entscheiden Sie vor dem ersten Senden beim Objekt, ob eine zu zahlen "
        "ist.",
        "The file says nothing about commission. Decide on the property's page before the first sending whether one is "
        "due.",
    ),
    Key.COMMISSION_UNCONFIRMED: _said(
        "Die Datei nennt eine Provision („{value}“), sagt aber nicht, ob sie verlangt wird (provisionspflichtig "
        "fehlt). Sie gilt vorerst als verlangt; bestätigen Sie das vor dem ersten Senden beim Objekt.",
        "The file names a commission (“{value}”), but not whether it is asked for (provisionspflichtig is missing). It "
        "is taken as asked for; confirm that on the property's page before the first sending.",
    ),
    Key.COMMISSION_CONTRADICTION: _said(
        "Die Datei widerspricht sich: einmal provisionsfrei, einmal mit Provision („{value}“). Entscheiden Sie vor dem "
        "ersten Senden beim Objekt, was gilt.",
        "The file contradicts itself: free of commission in one place, with commission in another (“{value}”). Decide "
        "on the property's page before the first sending what holds.",
    ),
    Key.COMMISSION_AMOUNTS: _said(
        "Die Datei nennt verschieden hohe Provisionen („{value}“). Entscheiden Sie vor dem ersten Senden beim Objekt, "
        "welche gilt.",
        "The file names commissions of different amounts (“{value}”). Decide on the property's page before the first "
        "sending which one holds.",
    ),
    Key.COMMISSION_VAT: _said(
        "Ob in der Provision („{value}“) die MwSt. enthalten ist, sagt die Datei nicht oder auf zweierlei Weise. "
        "Entscheiden Sie es vor dem ersten Senden beim Objekt.",
        "Whether VAT is included in the commission (“{value}”) the file does not say, or in two ways. Decide it on the "
        "property's page before the first sending.",
    ),
    Key.COMMISSION_FROM: _said(
        "Die Höhe der Provision („{value}“) ist aus {field} gelesen, weil aussen_courtage leer ist.",
        "The amount of the commission (“{value}”) was read from {field}, because aussen_courtage is empty.",
    ),
    Key.ACTION_NEW: _said(
        "aktionart „{value}“ gibt es in OpenImmo nicht; das Objekt wurde gewöhnlich übernommen.",
        "OpenImmo has no aktionart “{value}”; the property was treated as an ordinary transfer.",
    ),
    Key.REMOTE: _said(
        "Anhang „{name}“ liegt auf einem fremden Server und wurde nicht geholt.",
        "Attachment “{name}” lies on another server and was not fetched.",
    ),
    Key.ATTACHMENT_MISSING: _said(
        "Anhang „{name}“ fehlt in der Übertragung.",
        "Attachment “{name}” is missing from the transfer.",
    ),
    Key.ATTACHMENT_PATH: _said(
        "Anhang „{name}“ führt aus der Übertragung hinaus und wurde nicht gelesen.",
        "Attachment “{name}” leads out of the transfer and was not read.",
    ),
    Key.ATTACHMENT_LARGE: _said(
        "Anhang „{name}“ ist größer als {limit} MiB.",
        "Attachment “{name}” is larger than {limit} MiB.",
    ),
    Key.ATTACHMENT_BASE64: _said(
        "Anhang „{name}“ ist nicht richtig kodiert (Base64).",
        "Attachment “{name}” is not properly encoded (Base64).",
    ),
    Key.ATTACHMENT_UNREADABLE: _said(
        "Anhang „{name}“ ist im Archiv beschädigt.",
        "Attachment “{name}” is damaged in the archive.",
    ),
    Key.ATTACHMENTS_MANY: _said(
        "Es hat mehr als {limit} Anhänge; die übrigen wurden ausgelassen.",
        "It has more than {limit} attachments; the rest was left out.",
    ),
    Key.NESTED_ZIP: _said(
        "Das Archiv „{name}“ im Archiv wurde nicht geöffnet.",
        "The archive “{name}” inside the archive was not opened.",
    ),
}

NOTHING_CHANGED = Words("Es wurde nichts geändert.", "Nothing was changed.")


def quotable(value: object) -> str:
    """``value`` fit for a message: printable, without direction marks, at most 80 characters."""
    text = _UNPRINTABLE.sub(" ", str(value)).strip()
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"


@dataclass(frozen=True, slots=True)
class Message:
    """One message with the values that belong into it."""

    key: Key
    values: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, key: Key, **values: object) -> Message:
        """The message ``key`` with these values, made quotable."""
        return cls(key, tuple((name, quotable(value)) for name, value in values.items()))

    def text(self, language: str) -> str:
        """The sentence in German ("de") or English (anything else)."""
        return TEXTS[self.key].sentence[language].format(**dict(self.values))


class OpenImmoError(SpokenError):
    """The whole file is refused: nothing of it was taken over. Says what happened, that, and what to do."""

    def __init__(self, key: Key, **values: object) -> None:
        self.message = Message.of(key, **values)
        advice = TEXTS[key].advice
        parts = ((self.message.text(each), NOTHING_CHANGED[each], advice[each]) for each in LANGUAGES)
        super().__init__(*map(" ".join, parts))


class AttachmentError(Exception):
    """One attachment cannot be read; the rest of the property can."""

    def __init__(self, key: Key, **values: object) -> None:
        self.message = Message.of(key, **values)
        super().__init__(self.message.text("de"))

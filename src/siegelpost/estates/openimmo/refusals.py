"""What is said of a file that is refused as a whole: what happened, and what to do; that nothing changed is added."""

from siegelpost.estates.openimmo.keys import Key, MessageText, said

# What to do, where more than one refusal says so.
_IN_PARTS = (
    "Bitte exportieren Sie in mehreren Teilen.",
    "Please export in several parts.",
)
_FAULT_OF_PROGRAM = (
    "Das Programm, das die Datei geschrieben hat, hat dort einen Fehler: Zeigen Sie seinem Hersteller diese Zeile.",
    "The program that wrote the file has a fault there: show this line to its maker.",
)
_ONLY_FROM_KNOWN = (
    "Nehmen Sie die Datei nicht an, wenn Sie den Absender nicht kennen.",
    "Do not accept the file if you do not know its sender.",
)
_ASK_SENDER = (
    "Das ist keine gewöhnliche OpenImmo-Datei: Bitte fragen Sie den Absender.",
    "This is no ordinary OpenImmo file: please ask its sender.",
)
_IF_MEANT = (
    "Ist das gewollt, rufen Sie den Befehl mit --archive-missing auf; sonst prüfen Sie den Export.",
    "If that is meant, run the command with --archive-missing; otherwise check the export.",
)

REFUSALS: dict[Key, MessageText] = {
    Key.NOT_FOUND: said(
        "Die Datei „{name}“ ist nicht da oder nicht lesbar.",
        "The file “{name}” is not there or cannot be read.",
        "Prüfen Sie bitte den Pfad und die Rechte der Datei.",
        "Please check the path and the file's permissions.",
    ),
    Key.EMPTY: said(
        "Die Datei „{name}“ ist leer.",
        "The file “{name}” is empty.",
        "Wahrscheinlich ist die Übertragung abgebrochen: Bitte exportieren Sie noch einmal.",
        "The transfer was probably cut off: please export again.",
    ),
    Key.NO_XML_NO_ZIP: said(
        "Die Datei „{name}“ ist weder XML noch ZIP.",
        "The file “{name}” is neither XML nor ZIP.",
        "Bitte wählen Sie die OpenImmo-Datei (.xml) oder das Paket mit Bildern (.zip).",
        "Please choose the OpenImmo file (.xml) or the package with pictures (.zip).",
    ),
    Key.TOO_LARGE: said(
        "„{name}“ ist größer als die erlaubten {limit} MiB.",
        "“{name}” is larger than the {limit} MiB allowed.",
        *_IN_PARTS,
    ),
    Key.BROKEN_XML: said(
        "In Zeile {line} steht etwas, das in XML so nicht stehen darf.",
        "Line {line} has something that must not stand in XML like that.",
        *_FAULT_OF_PROGRAM,
    ),
    Key.CUT_OFF: said(
        "Das XML hört mitten im Satz auf (Zeile {line}).",
        "The XML ends in the middle (line {line}).",
        "Wahrscheinlich ist die Übertragung abgebrochen: Bitte exportieren oder übertragen Sie noch einmal.",
        "The transfer was probably cut off: please export or transfer again.",
    ),
    Key.TAG_MISMATCH: said(
        "In Zeile {line} wird ein Element geschlossen, das dort nicht offen ist.",
        "Line {line} closes an element that is not open there.",
        *_FAULT_OF_PROGRAM,
    ),
    Key.ATTRIBUTE_TWICE: said(
        "In Zeile {line} hat ein Element zweimal dasselbe Attribut.",
        "In line {line} an element has the same attribute twice.",
        *_FAULT_OF_PROGRAM,
    ),
    Key.AFTER_THE_END: said(
        "Nach dem Ende des OpenImmo steht noch etwas (Zeile {line}), zum Beispiel eine zweite Übertragung.",
        "Something follows after the end of the OpenImmo (line {line}), such as a second transfer.",
        "Bitte übertragen Sie jede OpenImmo-Datei für sich.",
        "Please transfer each OpenImmo file on its own.",
    ),
    Key.BAD_CHARACTERS: said(
        "Das XML enthält ab Zeile {line} sehr viele Zeichen, die dort nicht stehen dürfen.",
        "From line {line} on the XML has very many characters that must not stand there.",
        "Die Datei ist wahrscheinlich beschädigt: Bitte exportieren Sie noch einmal.",
        "The file is probably damaged: please export again.",
    ),
    Key.UNKNOWN_ENCODING: said(
        "Das XML nennt eine unbekannte Zeichenkodierung: „{value}“.",
        "The XML declares an unknown character encoding: “{value}”.",
        "Bitte stellen Sie den Export auf UTF-8 oder ISO-8859-1.",
        "Please set the export to UTF-8 or ISO-8859-1.",
    ),
    Key.FOREIGN_XML: said(
        "Das ist kein OpenImmo: Das äußerste Element heißt „{tag}“ statt „openimmo“.",
        "This is not OpenImmo: the outermost element is “{tag}” instead of “openimmo”.",
        "Bitte wählen Sie in Ihrer Maklersoftware den Export „OpenImmo“.",
        "Please choose the export “OpenImmo” in your estate agents' software.",
    ),
    Key.FEEDBACK: said(
        "Das ist eine OpenImmo-Anfrage (Feedback), keine Objektübertragung.",
        "This is an OpenImmo inquiry (feedback), not a transfer of properties.",
        "Anfragen gehören zu den Kontakten; bitte wählen Sie hier eine Objektdatei.",
        "Inquiries belong to the contacts; please choose a file of properties here.",
    ),
    Key.DOCTYPE: said(
        "Das XML enthält eine DOCTYPE-Angabe. OpenImmo kennt keine, und sie kann Schaden anrichten.",
        "The XML has a DOCTYPE declaration. OpenImmo knows none, and it can do harm.",
        "Nehmen Sie die Datei nicht an, wenn Sie den Absender nicht kennen; sonst bitten Sie ihn um einen "
        "Export ohne DOCTYPE.",
        "Do not accept the file if you do not know its sender; otherwise ask for an export without DOCTYPE.",
    ),
    Key.XINCLUDE: said(
        "Das XML will eine andere Datei einbinden (XInclude). OpenImmo kennt das nicht.",
        "The XML wants to include another file (XInclude). OpenImmo knows no such thing.",
        *_ONLY_FROM_KNOWN,
    ),
    Key.TOO_DEEP: said(
        "Das XML ist tiefer verschachtelt als die erlaubten {limit} Ebenen.",
        "The XML is nested deeper than the {limit} levels allowed.",
        *_ASK_SENDER,
    ),
    Key.TOO_MANY_ELEMENTS: said(
        "Das XML hat außerhalb der Objekte zu viele oder zu große Elemente.",
        "The XML has too many or too large elements outside of its properties.",
        *_ASK_SENDER,
    ),
    Key.TOO_MANY_PROPERTIES: said(
        "Die Datei enthält mehr als {limit} Objekte.",
        "The file has more than {limit} properties.",
        *_IN_PARTS,
    ),
    Key.FULL_DELETE: said(
        "Die Übertragung nennt sich zugleich vollständig (VOLL) und Löschung (DELETE).",
        "The transfer calls itself complete (VOLL) and a deletion (DELETE) at once.",
        'Das würde alle Objekte des Anbieters entfernen. Bitte exportieren Sie mit umfang="TEIL".',
        'It would remove all of the provider\'s properties. Please export with umfang="TEIL".',
    ),
    Key.FULL_EMPTY: said(
        "Die vollständige Übertragung von „{provider}“ enthält kein Objekt; alle {of} würden archiviert.",
        "The complete transfer of “{provider}” holds no property; all {of} would be archived.",
        *_IF_MEANT,
    ),
    Key.FULL_MOST: said(
        "Die vollständige Übertragung von „{provider}“ nähme {gone} von {of} Objekten vom Markt.",
        "The complete transfer of “{provider}” would take {gone} of {of} properties off the market.",
        *_IF_MEANT,
    ),
    Key.NO_PROVIDER: said(
        "Die Datei nennt keinen Anbieter und kein Objekt.",
        "The file names no provider and no property.",
        "Bitte prüfen Sie die Auswahl beim Export.",
        "Please check what was selected for the export.",
    ),
    Key.BROKEN_ZIP: said(
        "Das ZIP-Archiv ist beschädigt oder unvollständig.",
        "The ZIP archive is damaged or incomplete.",
        "Bitte exportieren oder übertragen Sie es noch einmal.",
        "Please export or transfer it again.",
    ),
    Key.ENCRYPTED_ZIP: said(
        "Das ZIP-Archiv ist mit einem Kennwort geschützt.",
        "The ZIP archive is protected by a password.",
        "Bitte packen Sie es ohne Kennwort.",
        "Please pack it without a password.",
    ),
    Key.ZIP_METHOD: said(
        "„{name}“ ist mit einem ungewöhnlichen Verfahren gepackt.",
        "“{name}” is packed by an unusual method.",
        "Bitte packen Sie das Archiv als gewöhnliches ZIP (Deflate).",
        "Please pack the archive as an ordinary ZIP (Deflate).",
    ),
    Key.ZIP_TRAVERSAL: said(
        "Das ZIP-Archiv enthält einen Pfad, der aus dem Archiv hinausführt: „{name}“.",
        "The ZIP archive holds a path that leads out of the archive: “{name}”.",
        "Nehmen Sie die Datei nicht an, wenn Sie den Absender nicht kennen; sonst packen Sie sie neu.",
        "Do not accept the file if you do not know its sender; otherwise pack it anew.",
    ),
    Key.ZIP_BOMB: said(
        "„{name}“ würde beim Auspacken unverhältnismäßig groß (ZIP-Bombe).",
        "“{name}” would grow out of all proportion when unpacked (ZIP bomb).",
        *_ONLY_FROM_KNOWN,
    ),
    Key.TOO_DEAR: said(
        "Die Datei zu lesen hätte zu lange gedauert oder zu viel Speicher gebraucht.",
        "Reading the file would have taken too long or too much memory.",
        *_IN_PARTS,
    ),
    Key.ZIP_TOO_MANY: said(
        "Das ZIP-Archiv enthält mehr als {limit} Dateien.",
        "The ZIP archive holds more than {limit} files.",
        *_IN_PARTS,
    ),
    Key.ZIP_NO_XML: said(
        "Im ZIP-Archiv ist keine XML-Datei.",
        "There is no XML file in the ZIP archive.",
        "Bitte packen Sie die OpenImmo-Datei mit hinein; Archive im Archiv werden nicht geöffnet.",
        "Please pack the OpenImmo file as well; archives inside the archive are not opened.",
    ),
    Key.ZIP_SEVERAL_XML: said(
        "Im ZIP-Archiv sind mehrere XML-Dateien: {name}.",
        "There are several XML files in the ZIP archive: {name}.",
        "Bitte übertragen Sie jede OpenImmo-Datei in einem eigenen Archiv.",
        "Please transfer each OpenImmo file in an archive of its own.",
    ),
}

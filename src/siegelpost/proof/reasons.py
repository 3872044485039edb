"""Why a check of a proof failed, beside what the ledger says; programs get the English words (``--json``)."""

from siegelpost.ledger.reasons import NO_SUCH_TIME as NO_SUCH_TIME
from siegelpost.ledger.reasons import NOT_UTF8 as NOT_UTF8
from siegelpost.toolbox.words import Words

# The container.
UNREADABLE = Words("ist nicht lesbar ({})", "cannot be read ({})")
MANY_FILES = Words("zu viele Dateien", "too many files")
TOO_MUCH = Words("zu viele Dateien, oder zu viel darin", "too many files, or too much in them")
TWICE = Words("kommt doppelt vor", "there twice")
NOT_PLAIN = Words("ist keine gewöhnliche Datei", "not a plain file")
PACKED = Words("ist verschlüsselt oder auf unbekannte Weise gepackt", "encrypted, or packed in an unknown way")
TOO_LARGE = Words("ist zu groß", "too large")
OTHER_SIZE = Words("hat eine andere Größe, als das ZIP angibt", "another size than the zip says")
HIDDEN = Words("enthält mehr, als sein Verzeichnis nennt", "more in it than its directory says")
OTHER_ENTRY = Words(
    "sagt an seiner Stelle etwas anderes als im Verzeichnis", "its entry says something else than the directory"
)
BAD_NAME = Words("so heißt keine Datei eines Nachweises", "no file of a proof is called so")
# Which files there are.
NOT_THERE = Words("ist verzeichnet, fehlt aber", "listed, but not there")
NOT_LISTED = Words("ist da, aber nicht verzeichnet", "there, but not listed")
OTHER_CONTENT = Words("hat nicht den unterschriebenen Inhalt", "not the content that was signed")
REQUIRED = Words("diese Datei gehört zu jedem Nachweis", "every proof has this file")
FOREIGN = Words("eine solche Datei hat kein Nachweis", "no proof has such a file")
REQUIRED_OF_EVENT = Words("diese Datei gehört zu jedem Ereignis", "an event has this file")
PROOF_WITHOUT_IT = Words("fehlt, aber der Beweis dazu ist da", "its proof is there")
NO_EVENT = Words("der Nachweis enthält kein Ereignis", "the proof holds no event")
# The list of contents.
FIRST_LINE = Words("die erste Zeile ist eine andere", "the first line is another")
SECOND_LINE_NO_JSON = Words("die zweite Zeile ist kein JSON", "the second line is no JSON")
SECOND_LINE = Words("die zweite Zeile sagt nicht, was sie sagen muss", "the second line does not say what it must")
LIST_LINE = Words(
    "eine Zeile des Dateiverzeichnisses hat nicht die richtige Form", "a line of the list of files is malformed"
)
MANIFEST_FORM = Words(
    "ist nicht so geschrieben, wie es geschrieben sein muss", "not written in the one way a manifest is written"
)
# Keys and checkpoints.
OTHER_KEY = Words("der Nachweis enthält einen anderen Schlüssel", "the proof carries another key")
NO_KEY = Words("es gibt keinen Schlüssel, um sie zu prüfen", "no key to check it with")
NO_NEWLINE = Words("am Ende fehlt der Zeilenumbruch", "no newline at the end")
OTHER_CHECKPOINT = Words(
    "das Siegel hat eine andere Größe, als der Dateiname sagt",
    "the checkpoint has another size than the file's name says",
)
MAILED_NOT_CONTINUED = Words(
    "ist als gemailt verzeichnet, aber seine Fortsetzung ist nicht bewiesen",
    "listed as mailed, but not proven to be continued",
)
# What follows from the events.
OTHER_SUBJECT = Words("das Ereignis gehört zu einem anderen Vorgang", "an event of another subject")
PAGE = Words("ist nicht die Seite, die Ereignis {} nennt", "not the page that event {} names")
TEXT = Words("ist nicht der Text, den Ereignis {} nennt", "not the text that event {} names")
FILE = Words("ist nicht die Datei, die Ereignis {} nennt", "not the file that event {} names")
MAIL = Words("ist nicht die E-Mail, die Ereignis {} nennt", "not the e-mail that event {} names")
OTHER_TEXTS = Words(
    "ist die E-Mail, die Ereignis {} nennt, aber das PDF darin nennt keine der Seiten",
    "the e-mail that event {} names, but the PDF in it is named by none of the pages",
)
UNNAMED = Words("kein Ereignis nennt diese Datei", "no event names this file")
OTHER_PAGE = Words("nennt eine andere Seite als die, die dort stand", "another page than the one that stood there")
OTHER_WORDS = Words("nennt andere Worte als die Seite, die dort stand", "other words than on the page that stood there")
FIRST_EVENT = Words(
    "das erste Ereignis muss das einzige sein, das eine Sendung zum Versand annimmt",
    "the first event must be the only one that accepts a dispatch for sending",
)
UNKNOWN_KIND = Words(
    "diese Art von Sendung kennt das Programm nicht", "a kind of dispatch that this program does not know"
)
OTHER_TEST = Words("Ereignis {} sagt etwas anderes: Testbetrieb", "event {} says otherwise: test")
OTHER_LANGUAGE = Words("Ereignis {} sagt etwas anderes: Sprache", "event {} says otherwise: language")
OTHER_TITLE = Words("Ereignis {} sagt etwas anderes: Titel", "event {} says otherwise: title")
NO_PAGE = Words(
    "der Titel folgt aus keinem Ereignis: page.json liegt nicht bei",
    "the title does not follow from any event: page.json is not there",
)
NOT_CALLED_MAILED = Words(
    "enthält ein echtes Siegel, das nicht als gemailt verzeichnet ist",
    "a genuine checkpoint that the list does not call mailed",
)
# Times.
MADE_BEFORE = Words("ist ausgestellt, bevor Ereignis {} geschah", "made before event {} happened")
BEFORE_EARLIER = Words(
    "liegt nach seiner Uhrzeit vor Ereignis {}, das vorher aufgezeichnet wurde",
    "its time lies before that of event {}, which came earlier",
)
OLDER_THAN_COVERED = Words("ist älter als Ereignis {}, das darin enthalten ist", "older than event {}, which it covers")
BEFORE_STAMP = Words(
    "nennt eine Zeit vor dem Zeitstempel {}, der es nicht enthält",
    "says a time before time stamp {}, which does not hold it",
)
OTHER_PLACE = Words(
    "der Beweis gilt für eine andere Stelle, als der Dateiname sagt",
    "the proof is about another place than the file's name says",
)
# Time stamps.
STAMPS_UNPROVEN = Words("das gestempelte Siegel ist nicht bewiesen", "the checkpoint it stamps is not proven")
AUTHORITY_REFUSED = Words("die Zeitstempelstelle hat abgelehnt", "the authority refused")
NO_STAMP = Words("die Zeitstempelstelle hat keinen Zeitstempel gegeben", "the authority gave no time stamp")
OTHER_QUESTION = Words("das ist die Antwort auf eine andere Frage", "an answer to another question")
NO_AUTHORITY = Words(
    "enthält kein Zertifikat einer Zeitstempelstelle", "it carries no certificate of a time-stamping authority"
)
NOT_YOUR_AUTHORITY = Words(
    "führt nicht zu dem Zertifikat, das Sie genannt haben", "it does not lead to a certificate that you named"
)
NO_CERTIFICATE = Words("enthält kein Zertifikat", "no certificate in it")
STAMP_INVALID = Words("ist kein gültiger Zeitstempel ({})", "not a valid time stamp ({})")
# What the reader brought.
NO_CHECKPOINT = Words("enthält kein Siegel", "no checkpoint in it")
NOTHING_TO_COMPARE = Words(
    "der Nachweis hat kein Siegel zum Vergleichen", "the proof has no checkpoint to compare it with"
)
YOURS_NOT_GENUINE = Words(
    "ist mit dem Schlüssel des Nachweises nicht echt: {}", "not genuine under the proof's key: {}"
)
YOURS_NEWER = Words(
    "ist neuer als dieser Nachweis; bitten Sie um einen von heute", "newer than this proof; ask for one made today"
)
YOURS_NOT_CONTAINED = Words(
    "kommt in diesem Nachweis nicht vor und sagt deshalb nichts über ihn; gemeint sind Siegel aus den E-Mails zu "
    "dieser Sendung",
    "not contained in this proof, so it says nothing about it",
)
REWRITTEN = Words(
    "andere Wurzel bei derselben Größe: Das Protokoll wurde umgeschrieben",
    "another root for the same size: the ledger was rewritten",
)

# What a finding is about, where it is none of the proof's files.
YOURS = Words("Ihr Siegel", "your checkpoint")
YOURS_OF = Words("Ihr Siegel über {} Einträge", "your checkpoint of {} entries")

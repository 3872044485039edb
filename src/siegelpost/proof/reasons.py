"""Why a check failed, in German: everything that checking a proof can say, with the English words of the code as keys.

The English words stand where they are raised, below Django and its catalogue, and are what programs get (``--json``).
``{}`` stands for a name, a number, or the words of another reason.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

GERMAN: Mapping[str, str] = MappingProxyType(
    {
        # The container.
        "cannot be read ({})": "ist nicht lesbar ({})",
        "too many files": "zu viele Dateien",
        "too many files, or too much in them": "zu viele Dateien, oder zu viel darin",
        "there twice": "kommt doppelt vor",
        "not a plain file": "ist keine gewöhnliche Datei",
        "encrypted, or packed in an unknown way": "ist verschlüsselt oder auf unbekannte Weise gepackt",
        "too large": "ist zu groß",
        "another size than the zip says": "hat eine andere Größe, als das ZIP angibt",
        "more in it than its directory says": "enthält mehr, als sein Verzeichnis nennt",
        "its entry says something else than the directory": "sagt an seiner Stelle etwas anderes als im Verzeichnis",
        "no file of a proof is called so": "so heißt keine Datei eines Nachweises",
        # Which files there are.
        "listed, but not there": "ist verzeichnet, fehlt aber",
        "there, but not listed": "ist da, aber nicht verzeichnet",
        "not the content that was signed": "hat nicht den unterschriebenen Inhalt",
        "every proof has this file": "diese Datei gehört zu jedem Nachweis",
        "no proof has such a file": "eine solche Datei hat kein Nachweis",
        "an event has this file": "diese Datei gehört zu jedem Ereignis",
        "its proof is there": "fehlt, aber der Beweis dazu ist da",
        "the proof holds no event": "der Nachweis enthält kein Ereignis",
        # The list of contents.
        "the first line is another": "die erste Zeile ist eine andere",
        "the second line is no JSON": "die zweite Zeile ist kein JSON",
        "the second line does not say what it must": "die zweite Zeile sagt nicht, was sie sagen muss",
        "a line of the list of files is malformed": "eine Zeile des Dateiverzeichnisses hat nicht die richtige Form",
        "not written in the one way a manifest is written": "ist nicht so geschrieben, wie es geschrieben sein muss",
        # Keys, signatures, signed notes.
        "the proof carries another key": "der Nachweis enthält einen anderen Schlüssel",
        "no key to check it with": "es gibt keinen Schlüssel, um sie zu prüfen",
        "no newline at the end": "am Ende fehlt der Zeilenumbruch",
        "not UTF-8": "ist kein UTF-8",
        "not base64": "ist kein Base64",
        "base64 is not written canonically": "Base64 ist nicht in der Normalform geschrieben",
        "not an Ed25519 key": "ist kein Ed25519-Schlüssel",
        "the key's id does not fit its name and content": "die Kennung passt nicht zu Name und Inhalt des Schlüssels",
        "a key's name is empty or holds spaces or a plus sign": (
            "der Name eines Schlüssels ist leer oder enthält Leerzeichen oder ein Pluszeichen"
        ),
        "the signature is not genuine": "die Unterschrift ist nicht echt",
        "the note is too long": "der Text ist zu lang",
        "no blank line, no signature, or no newline at the end": (
            "es fehlt die Leerzeile, die Unterschrift oder der Zeilenumbruch am Ende"
        ),
        "too many signatures": "zu viele Unterschriften",
        "not signed by the expected key": "ist nicht mit dem erwarteten Schlüssel unterschrieben",
        "more signatures than the one expected": "trägt mehr als die eine erwartete Unterschrift",
        "a signature line is malformed": "eine Unterschriftszeile hat nicht die richtige Form",
        "a signature is too short": "eine Unterschrift ist zu kurz",
        "the text does not end in a newline or holds control characters": (
            "der Text endet nicht mit einem Zeilenumbruch oder enthält Steuerzeichen"
        ),
        # Checkpoints.
        "not the three lines of a checkpoint": "das sind nicht die drei Zeilen eines Siegels",
        "size or root of the checkpoint is malformed": "Größe oder Wurzel des Siegels hat nicht die richtige Form",
        "the checkpoint belongs to another log": "das Siegel gehört zu einem anderen Protokoll",
        "the checkpoint has another size than the file's name says": (
            "das Siegel hat eine andere Größe, als der Dateiname sagt"
        ),
        "listed as mailed, but not proven to be continued": (
            "ist als gemailt verzeichnet, aber seine Fortsetzung ist nicht bewiesen"
        ),
        # Events.
        "the leaf has {} bytes, more than {}": "das Ereignis hat {} Bytes, mehr als {}",
        "not JSON in UTF-8": "ist kein JSON in UTF-8",
        "not the members of a leaf": "hat nicht die Felder eines Ereignisses",
        "not in canonical form": "ist nicht in der Normalform geschrieben",
        "nonce or time is malformed": "Zufallswert oder Zeit hat nicht die richtige Form",
        "a commitment is malformed": "ein Hashwert hat nicht die richtige Form",
        "no such time": "diese Zeit gibt es nicht",
        "openings are malformed or not in canonical form": "die Angaben haben nicht die richtige Form",
        "the opening of {} is malformed": "die Angabe {} hat nicht die richtige Form",
        "the value of {} is not the one recorded": "die Angabe {} ist nicht die aufgezeichnete",
        "nested deeper than {}": "ist tiefer als {} verschachtelt",
        "the number {} is too large for every reader to keep exactly": (
            "die Zahl {} ist zu groß, um überall genau gelesen zu werden"
        ),
        "a {} cannot stand in a leaf": "ein Wert der Art {} kann in keinem Ereignis stehen",
        "{} is no name for a member of a leaf": "{} ist kein Name für ein Feld eines Ereignisses",
        "text holds half a surrogate pair": "der Text enthält ein halbes Zeichen",
        "an event of another subject": "das Ereignis gehört zu einem anderen Vorgang",
        "the event's kind is no URI of an event": "die Art des Ereignisses ist keine Kennung eines Ereignisses",
        # What follows from the events.
        "not the page that event {} names": "ist nicht die Seite, die Ereignis {} nennt",
        "not the text that event {} names": "ist nicht der Text, den Ereignis {} nennt",
        "not the file that event {} names": "ist nicht die Datei, die Ereignis {} nennt",
        "not the e-mail that event {} names": "ist nicht die E-Mail, die Ereignis {} nennt",
        "no event names this file": "kein Ereignis nennt diese Datei",
        "another page than the one that stood there": "nennt eine andere Seite als die, die dort stand",
        "other words than on the page that stood there": "nennt andere Worte als die Seite, die dort stand",
        "the first event must be the only one that accepts a dispatch for sending": (
            "das erste Ereignis muss das einzige sein, das eine Sendung zum Versand annimmt"
        ),
        "a kind of dispatch that this program does not know": "diese Art von Sendung kennt das Programm nicht",
        "event {} says otherwise: test": "Ereignis {} sagt etwas anderes: Testbetrieb",
        "event {} says otherwise: language": "Ereignis {} sagt etwas anderes: Sprache",
        "event {} says otherwise: title": "Ereignis {} sagt etwas anderes: Titel",
        "the title does not follow from any event: page.json is not there": (
            "der Titel folgt aus keinem Ereignis: page.json liegt nicht bei"
        ),
        "a genuine checkpoint that the list does not call mailed": (
            "enthält ein echtes Siegel, das nicht als gemailt verzeichnet ist"
        ),
        # Times.
        "made before event {} happened": "ist ausgestellt, bevor Ereignis {} geschah",
        "its time lies before that of event {}, which came earlier": (
            "liegt nach seiner Uhrzeit vor Ereignis {}, das vorher aufgezeichnet wurde"
        ),
        "older than event {}, which it covers": "ist älter als Ereignis {}, das darin enthalten ist",
        "says a time before time stamp {}, which does not hold it": (
            "nennt eine Zeit vor dem Zeitstempel {}, der es nicht enthält"
        ),
        # Merkle proofs.
        "not a proof of inclusion": "ist kein Beweis, dass ein Ereignis im Protokoll steht",
        "not a proof of consistency from this size": "ist kein Beweis der Fortsetzung ab dieser Größe",
        "the proof does not end in the checkpoint": "der Beweis endet nicht mit dem Siegel",
        "the proof is too long, or a hash has the wrong size": (
            "der Beweis ist zu lang, oder ein Hashwert hat die falsche Länge"
        ),
        "a number of the proof is malformed": "eine Zahl des Beweises hat nicht die richtige Form",
        "a line of the proof is malformed": "eine Zeile des Beweises hat nicht die richtige Form",
        "there is no leaf {} in a tree of {}": "ein Ereignis {} gibt es unter {} Einträgen nicht",
        "the proof is too long": "der Beweis ist zu lang",
        "the proof is too short": "der Beweis ist zu kurz",
        "the proof leads to another root": "der Beweis führt zu einer anderen Wurzel",
        "the proof leads to another old root": "der Beweis führt zu einer anderen früheren Wurzel",
        "the proof leads to another new root": "der Beweis führt zu einer anderen neuen Wurzel",
        "a tree of {} does not continue one of {}": "{} Einträge setzen {} nicht fort",
        "two roots for the same size": "zwei Wurzeln für dieselbe Größe",
        "the proof is about another place than the file's name says": (
            "der Beweis gilt für eine andere Stelle, als der Dateiname sagt"
        ),
        # Time stamps.
        "the checkpoint it stamps is not proven": "das gestempelte Siegel ist nicht bewiesen",
        "the authority refused": "die Zeitstempelstelle hat abgelehnt",
        "the authority gave no time stamp": "die Zeitstempelstelle hat keinen Zeitstempel gegeben",
        "it carries no certificate of a time-stamping authority": ("enthält kein Zertifikat einer Zeitstempelstelle"),
        "it does not lead to a certificate that you named": "führt nicht zu dem Zertifikat, das Sie genannt haben",
        "no certificate in it": "enthält kein Zertifikat",
        "not a valid time stamp ({})": "ist kein gültiger Zeitstempel ({})",
        # What the reader brought.
        "no checkpoint in it": "enthält kein Siegel",
        "the proof has no checkpoint to compare it with": "der Nachweis hat kein Siegel zum Vergleichen",
        "not genuine under the proof's key: {}": "ist mit dem Schlüssel des Nachweises nicht echt: {}",
        "newer than this proof; ask for one made today": "ist neuer als dieser Nachweis; bitten Sie um einen von heute",
        "not contained in this proof, so it says nothing about it": (
            "kommt in diesem Nachweis nicht vor und sagt deshalb nichts über ihn; gemeint sind Siegel aus den E-Mails "
            "zu dieser Sendung"
        ),
        "another root for the same size: the ledger was rewritten": (
            "andere Wurzel bei derselben Größe: Das Protokoll wurde umgeschrieben"
        ),
    }
)
# A reason can hold another one: "not genuine under the proof's key: too many signatures". None holds more.
_DEEPEST = 2
_PATTERNS = tuple(
    (re.compile("(.*)".join(map(re.escape, english.split("{}"))), re.DOTALL), german)
    for english, german in GERMAN.items()
    if "{}" in english
)
_YOUR_CHECKPOINT = re.compile(r"your checkpoint of (\d{1,19}) entries", re.ASCII)


def said(reason: str, language: Literal["de", "en"]) -> str:
    """The reason in this language; words that came from elsewhere (an operating system, say) stay as they are."""
    return _german(reason, _DEEPEST) if language == "de" else reason


def said_of_file(name: str, language: Literal["de", "en"]) -> str:
    """What a finding is about: the name of a file stays as it is, whatever strangers have called it."""
    if language == "en":
        return name
    if found := _YOUR_CHECKPOINT.fullmatch(name):
        return f"Ihr Siegel über {found[1]} Einträge"
    return "Ihr Siegel" if name == "your checkpoint" else name


def _german(reason: str, depth: int) -> str:
    if not reason or depth < 0:
        return reason
    if reason in GERMAN:
        return GERMAN[reason]
    for pattern, german in _PATTERNS:
        if found := pattern.fullmatch(reason):
            return german.format(*(_german(part, depth - 1) for part in found.groups()))
    return reason

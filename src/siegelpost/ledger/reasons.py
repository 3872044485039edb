"""Why bytes are no leaf, note, checkpoint or proof of the ledger; programs get the English words (``--json``)."""

from siegelpost.toolbox.words import Words


class ReasonError(ValueError):
    """Something is not as it must be; ``reason`` says why in both languages, and ``str`` in English."""

    def __init__(self, reason: Words, *values: object) -> None:
        """Take the reason, and what fills its places."""
        self.reason = reason.filled(*values) if values else reason
        super().__init__(self.reason.en)


# Keys, signatures, signed notes.
NOT_UTF8 = Words("ist kein UTF-8", "not UTF-8")
NOT_BASE64 = Words("ist kein Base64", "not base64")
BASE64_FORM = Words("Base64 ist nicht in der Normalform geschrieben", "base64 is not written canonically")
NOT_ED25519 = Words("ist kein Ed25519-Schlüssel", "not an Ed25519 key")
KEY_ID = Words(
    "die Kennung passt nicht zu Name und Inhalt des Schlüssels", "the key's id does not fit its name and content"
)
KEY_NAME = Words(
    "der Name eines Schlüssels ist leer oder enthält Leerzeichen oder ein Pluszeichen",
    "a key's name is empty or holds spaces or a plus sign",
)
NOT_PRIVATE = Words("ist kein geheimer Schlüssel zum Unterschreiben", "not a private key for notes")
NOT_GENUINE = Words("die Unterschrift ist nicht echt", "the signature is not genuine")
NOTE_LONG = Words("der Text ist zu lang", "the note is too long")
NOTE_FORM = Words(
    "es fehlt die Leerzeile, die Unterschrift oder der Zeilenumbruch am Ende",
    "no blank line, no signature, or no newline at the end",
)
MANY_SIGNATURES = Words("zu viele Unterschriften", "too many signatures")
NOT_SIGNED = Words("ist nicht mit dem erwarteten Schlüssel unterschrieben", "not signed by the expected key")
MORE_SIGNATURES = Words("trägt mehr als die eine erwartete Unterschrift", "more signatures than the one expected")
SIGNATURE_LINE = Words("eine Unterschriftszeile hat nicht die richtige Form", "a signature line is malformed")
SIGNATURE_SHORT = Words("eine Unterschrift ist zu kurz", "a signature is too short")
NOTE_TEXT = Words(
    "der Text endet nicht mit einem Zeilenumbruch oder enthält Steuerzeichen",
    "the text does not end in a newline or holds control characters",
)
# Checkpoints.
CHECKPOINT_LINES = Words("das sind nicht die drei Zeilen eines Siegels", "not the three lines of a checkpoint")
CHECKPOINT_FORM = Words(
    "Größe oder Wurzel des Siegels hat nicht die richtige Form", "size or root of the checkpoint is malformed"
)
OTHER_LOG = Words("das Siegel gehört zu einem anderen Protokoll", "the checkpoint belongs to another log")
OTHER_ROW = Words("hat eine andere Größe als seine Zeile", "another size than its row")
# Events.
LEAF_LARGE = Words("das Ereignis hat {} Bytes, mehr als {}", "the leaf has {} bytes, more than {}")
NOT_JSON = Words("ist kein JSON in UTF-8", "not JSON in UTF-8")
LEAF_MEMBERS = Words("hat nicht die Felder eines Ereignisses", "not the members of a leaf")
NOT_CANONICAL = Words("ist nicht in der Normalform geschrieben", "not in canonical form")
NONCE_OR_TIME = Words("Zufallswert oder Zeit hat nicht die richtige Form", "nonce or time is malformed")
COMMITMENT = Words("ein Hashwert hat nicht die richtige Form", "a commitment is malformed")
NO_SUCH_TIME = Words("diese Zeit gibt es nicht", "no such time")
NO_TIME_ZONE = Words("die Zeit eines Ereignisses braucht eine Zeitzone", "the time of an event needs a time zone")
OPENINGS_FORM = Words("die Angaben haben nicht die richtige Form", "openings are malformed or not in canonical form")
OPENING_FORM = Words("die Angabe {} hat nicht die richtige Form", "the opening of {} is malformed")
OTHER_VALUE = Words("die Angabe {} ist nicht die aufgezeichnete", "the value of {} is not the one recorded")
TOO_DEEP = Words("ist tiefer als {} verschachtelt", "nested deeper than {}")
NUMBER_LARGE = Words(
    "die Zahl {} ist zu groß, um überall genau gelesen zu werden",
    "the number {} is too large for every reader to keep exactly",
)
VALUE_TYPE = Words("ein Wert der Art {} kann in keinem Ereignis stehen", "a {} cannot stand in a leaf")
MEMBER_NAME = Words("{} ist kein Name für ein Feld eines Ereignisses", "{} is no name for a member of a leaf")
SURROGATE = Words("der Text enthält ein halbes Zeichen", "text holds half a surrogate pair")
EVENT_URI = Words(
    "die Art des Ereignisses ist keine Kennung eines Ereignisses", "the event's kind is no URI of an event"
)
# Merkle proofs.
NO_INCLUSION = Words("ist kein Beweis, dass ein Ereignis im Protokoll steht", "not a proof of inclusion")
NO_CONSISTENCY = Words("ist kein Beweis der Fortsetzung ab dieser Größe", "not a proof of consistency from this size")
PROOF_END = Words("der Beweis endet nicht mit dem Siegel", "the proof does not end in the checkpoint")
PROOF_FORM = Words(
    "der Beweis ist zu lang, oder ein Hashwert hat die falsche Länge",
    "the proof is too long, or a hash has the wrong size",
)
PROOF_NUMBER = Words("eine Zahl des Beweises hat nicht die richtige Form", "a number of the proof is malformed")
PROOF_LINE = Words("eine Zeile des Beweises hat nicht die richtige Form", "a line of the proof is malformed")
NO_LEAF = Words("ein Ereignis {} gibt es unter {} Einträgen nicht", "there is no leaf {} in a tree of {}")
PROOF_LONG = Words("der Beweis ist zu lang", "the proof is too long")
PROOF_SHORT = Words("der Beweis ist zu kurz", "the proof is too short")
OTHER_ROOT = Words("der Beweis führt zu einer anderen Wurzel", "the proof leads to another root")
OTHER_OLD_ROOT = Words("der Beweis führt zu einer anderen früheren Wurzel", "the proof leads to another old root")
OTHER_NEW_ROOT = Words("der Beweis führt zu einer anderen neuen Wurzel", "the proof leads to another new root")
NOT_CONTINUED = Words("{} Einträge setzen {} nicht fort", "a tree of {} does not continue one of {}")
TWO_ROOTS = Words("zwei Wurzeln für dieselbe Größe", "two roots for the same size")

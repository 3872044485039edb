"""What ``siegelpost cert`` says around its lists, in both languages."""

from siegelpost.doctor.texts.language import Text
from siegelpost.tls.acme.progress import Reason

SERVED = Text("* wird ausgeliefert.", "* is served.")
ORDERED = Text("… ist bestellt und wartet auf das Zertifikat.", "… is ordered and waits for its certificate.")
NOTHING_STORED = Text("Es ist noch kein Zertifikat da.", "There is no certificate yet.")
PROVED = Text(
    "Jeder Name lässt sich nachweisen. Es wurde nichts geändert.", "Every name can be proved. Nothing was changed."
)
RENEWED = Text("* wird ausgeliefert und erneuert sich von selbst.", "* is served, and will be renewed by itself.")
KEPT = Text("Erneuert sich von selbst: {names} ({authority})", "Kept renewed: {names} ({authority})")
NEXT = Text("Nächste Bestellung: {at} UTC ({reason})", "Next order: {at} UTC ({reason})")
PAUSED = Text(
    "Pausiert, weil ein gekauftes eingesetzt ist: Solange es gilt, wird es nicht ersetzt. "
    "Doch ersetzen: siegelpost cert obtain --instead",
    "Paused, because a bought one is in use: it is not replaced while it is valid. "
    "Replace it all the same: siegelpost cert obtain --instead",
)
FAILED = Text("Fehlgeschlagen, {times}-mal in Folge: {problem}", "Failed {times} times in a row: {problem}")
REASONS = {
    Reason.ASKED: Text("auf Wunsch", "asked for"),
    Reason.NEW_PLAN: Text("neu eingerichtet", "newly set up"),
    Reason.RENEWAL: Text("Erneuerung", "renewal"),
    Reason.EMERGENCY: Text("dringend, es läuft bald ab", "urgent, it ends soon"),
    Reason.RETRY: Text("nächster Versuch", "next try"),
    Reason.AFTER_BOUGHT: Text("das gekaufte läuft ab", "the bought one ends"),
}

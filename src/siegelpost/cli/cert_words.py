"""What ``siegelpost cert`` says around its lists, in both languages."""

from siegelpost.tls.acme.challenges.dns_persist01 import Standing
from siegelpost.tls.acme.progress import Reason
from siegelpost.toolbox.words import Words

SERVED = Words("* wird ausgeliefert.", "* is served.")
ORDERED = Words("… ist bestellt und wartet auf das Zertifikat.", "… is ordered and waits for its certificate.")
NOTHING_STORED = Words("Es ist noch kein Zertifikat da.", "There is no certificate yet.")
DYNDNS_NONE = Words("Dynamisches DNS ist nicht eingerichtet.", "Dynamic DNS is not set up.")
DYNDNS_ON = Words("{name} wird nachgeführt.", "{name} is kept up to date.")
DYNDNS_OFF = Words("{name}: ausgeschaltet.", "{name}: switched off.")
PROVED = Words(
    "Jeder Name lässt sich nachweisen. Es wurde nichts geändert.", "Every name can be proved. Nothing was changed."
)
RENEWED = Words("* wird ausgeliefert und erneuert sich von selbst.", "* is served, and will be renewed by itself.")
KEPT = Words("Erneuert sich von selbst: {names} ({authority})", "Kept renewed: {names} ({authority})")
NEXT = Words("Nächste Bestellung: {at} UTC ({reason})", "Next order: {at} UTC ({reason})")
PAUSED = Words(
    "Pausiert, weil ein gekauftes eingesetzt ist: Solange es gilt, wird es nicht ersetzt. "
    "Doch ersetzen: siegelpost cert obtain --instead",
    "Paused, because a bought one is in use: it is not replaced while it is valid. "
    "Replace it all the same: siegelpost cert obtain --instead",
)
FAILED = Words("Fehlgeschlagen, {times}-mal in Folge: {problem}", "Failed {times} times in a row: {problem}")
RENEWED_ACCOUNT = Words(
    "Neues Konto bei {authority} seit {at} UTC: {why}", "New account at {authority} since {at} UTC: {why}"
)
RECORD = Words(
    "Fester DNS-Eintrag ({state}, nachgesehen {at} UTC): TXT {record} = {value}",
    "Standing DNS record ({state}, looked up {at} UTC): TXT {record} = {value}",
)
RECORD_STATES = {
    Standing.GOOD: Words("stimmt", "in order"),
    Standing.PARTLY: Words("noch nicht überall", "not everywhere yet"),
    Standing.BY_PARENT: Words("über die Domain darüber", "by the domain above"),
    Standing.MISSING: Words("fehlt", "missing"),
    Standing.WRONG_PLACE: Words("am falschen Ort", "in the wrong place"),
    Standing.OTHER_ACCOUNT: Words("nennt ein anderes Konto", "names another account"),
    Standing.NAME_ONLY: Words("ohne policy=wildcard", "without policy=wildcard"),
    Standing.ENDED: Words("nicht mehr gültig", "no longer valid"),
    Standing.UNREADABLE: Words("nicht zu lesen", "cannot be read"),
    Standing.UNSEEN: Words("nicht nachzusehen", "cannot be looked up"),
}
REASONS = {
    Reason.ASKED: Words("auf Wunsch", "asked for"),
    Reason.NEW_PLAN: Words("neu eingerichtet", "newly set up"),
    Reason.RENEWAL: Words("Erneuerung", "renewal"),
    Reason.EMERGENCY: Words("dringend, es läuft bald ab", "urgent, it ends soon"),
    Reason.RETRY: Words("nächster Versuch", "next try"),
    Reason.AFTER_BOUGHT: Words("das gekaufte läuft ab", "the bought one ends"),
}

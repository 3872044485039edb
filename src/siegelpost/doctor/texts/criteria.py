"""The three criteria of the old guides, and what the doctor's page and terminal put around them."""

from siegelpost.toolbox.words import Words

# kind of criterion -> (met, met but ending soon, not met, not known)
CRITERIA: dict[str, dict[str, Words]] = {
    "name": {
        "met": Words("Ausgestellt auf {name}: ja.", "Issued to {name}: yes."),
        "not_met": Words(
            "Ausgestellt auf {name}: nein. Nur wem der Name gehört, der bekommt ein Zertifikat dafür.",
            "Issued to {name}: no. Only the owner of a name gets a certificate for it.",
        ),
        "unknown": Words("Ausgestellt auf {name}: lässt sich nicht sagen.", "Issued to {name}: cannot be told."),
    },
    "date": {
        "met": Words("Gültig: ja, noch {days} Tage (bis {last}).", "Valid: yes, for {days} more days (until {last})."),
        "soon": Words(
            "Gültig: ja, endet aber in {days} Tagen (am {last}).",
            "Valid: yes, but it ends in {days} days (on {last}).",
        ),
        "not_met": Words(
            "Gültig: nein (von {first} bis {last}).",
            "Valid: no (from {first} to {last}).",
        ),
        "unknown": Words("Gültig: lässt sich nicht sagen.", "Valid: cannot be told."),
    },
    "authority": {
        "met": Words("Von einer anerkannten Stelle: ja („{issuer}“).", "From a trusted authority: yes (“{issuer}”)."),
        "not_met": Words(
            "Von einer anerkannten Stelle: nein („{issuer}“).", "From a trusted authority: no (“{issuer}”)."
        ),
        "unknown": Words(
            "Von einer anerkannten Stelle: lässt sich nicht sagen („{issuer}“).",
            "From a trusted authority: cannot be told (“{issuer}”).",
        ),
    },
}

WHY_NOT_YEARS = Words(
    "12 bis 36 Monate, wie alte Anleitungen raten, gibt es nicht mehr zu kaufen: Heute ausgestellte Zertifikate gelten "
    "höchstens {longest} Tage, und Browser weisen längere zurück. Die Frist wird weiter kürzer (ab 15.3.2027: "
    "100 Tage, ab 15.3.2029: 47 Tage).",
    "12 to 36 months, as old guides advise, can no longer be bought: certificates issued today are valid for at most "
    "{longest} days, and browsers refuse longer ones. The limit goes on shrinking (from 15 March 2027: 100 days, from "
    "15 March 2029: 47 days).",
)

ACCEPTS = Words("{browser}: öffnet die Seite ohne Warnung.", "{browser}: opens the page without a warning.")
ACCEPTS_AS_FAR_AS_KNOWN = Words(
    "{browser}: öffnet die Seite ohne Warnung, soweit der Doktor es weiß.",
    "{browser}: opens the page without a warning, as far as the doctor knows.",
)
REFUSES = Words("{browser}: warnt ({code}).", "{browser}: warns ({code}).")
UNKNOWN = Words("{browser}: lässt sich nicht sagen.", "{browser}: cannot be told.")
FOLLOWS = Words("Danach käme: {cause}", "Next would come: {cause}")
REMEDY = Words("Was zu tun ist:", "What to do:")
NO_ADDRESS = Words("seine öffentliche Adresse", "its public address")
SAFARI_SENTENCE = Words("Diese Verbindung ist nicht privat", "This Connection Is Not Private")

"""Why a certificate was not taken in, activated or taken back: one sentence per reason, and what to do."""

from enum import StrEnum

from siegelpost.toolbox.words import Words


class RefusalReason(StrEnum):
    """What stands against it."""

    NO_CERTIFICATE = "no_certificate"
    TOO_MANY = "too_many"
    NO_KEY = "no_key"
    KEY_MISMATCH = "key_mismatch"
    KEY_KIND = "key_kind"
    UNREADABLE = "unreadable"
    TOO_DEAR = "too_dear"
    BUSY = "busy"
    NOT_ACCEPTED = "not_accepted"
    KEY_EXPOSED = "key_exposed"
    WORSE = "worse"
    NO_PUBLIC_NAME = "no_public_name"
    NOT_STORED = "not_stored"
    UNUSABLE = "unusable"
    NOTHING_BEFORE = "nothing_before"


REASONS: dict[RefusalReason, Words] = {
    RefusalReason.NO_CERTIFICATE: Words(
        "In diesen Dateien steckt kein Zertifikat. Laden Sie bei der ausstellenden Stelle die Zertifikatsdatei "
        "herunter (meist .crt, .pem, .p7b oder .pfx) und geben Sie sie hier an.",
        "There is no certificate in these files. Download the certificate file from the issuer (usually .crt, .pem, "
        ".p7b or .pfx) and give it here.",
    ),
    RefusalReason.TOO_MANY: Words(
        "Diese Dateien enthalten mehr als {most} Zertifikate. Geben Sie nur das eigene Zertifikat und seine "
        "Zwischenzertifikate an.",
        "These files hold more than {most} certificates. Give only your own certificate and its intermediates.",
    ),
    RefusalReason.NO_KEY: Words(
        "Zu diesem Zertifikat fehlt der private Schlüssel: Er steckt in keiner der Dateien, und hier wartet auch keine "
        "Bestellung mit ihm. Der öffentliche Schlüssel des Zertifikats hat die SHA-256-Summe {certificate}. Geben Sie "
        "die Schlüsseldatei mit an oder bestellen Sie mit einer Anforderung (CSR) von hier neu.",
        "The private key of this certificate is missing: no file holds it, and no order that is pending here does. "
        "The certificate's public key has SHA-256 {certificate}. Give the key file as well, or order anew with a "
        "request (CSR) made here.",
    ),
    RefusalReason.KEY_MISMATCH: Words(
        "Der private Schlüssel gehört nicht zu diesem Zertifikat. Der öffentliche Schlüssel des Zertifikats hat die "
        "SHA-256-Summe {certificate}, der vorhandene Schlüssel {key}. Suchen Sie die Schlüsseldatei, die zu genau "
        "dieser Bestellung gehört.",
        "The private key does not belong to this certificate. The certificate's public key has SHA-256 {certificate}, "
        "the key at hand has {key}. Look for the key file of exactly this order.",
    ),
    RefusalReason.KEY_KIND: Words(
        "Browser nehmen nur RSA- und ECDSA-Schlüssel. Bestellen Sie das Zertifikat mit RSA (2048 oder 3072 Bit) oder "
        "ECDSA P-256.",
        "Browsers take RSA and ECDSA keys only. Order the certificate with RSA (2048 or 3072 bits) or ECDSA P-256.",
    ),
    RefusalReason.KEY_EXPOSED: Words(
        "Der Schlüssel dieses Zertifikats ist nicht geheim: Andere haben ihn oder können ihn berechnen. Es wurde nicht "
        "übernommen. Bestellen Sie mit einer neuen Anforderung (CSR) von hier neu.",
        "The key of this certificate is not secret: others have it, or can compute it. It was not taken in. Order anew "
        "with a new request (CSR) made here.",
    ),
    RefusalReason.UNREADABLE: Words(
        "Eine Datei lässt sich nicht lesen: Das Passwort ist falsch, oder die Datei ist beschädigt oder von "
        "unbekannter Art. Beides sieht von hier gleich aus. Prüfen Sie zuerst das Passwort, laden Sie dann die "
        "Datei neu herunter.",
        "A file cannot be read: the password is wrong, or the file is damaged or of no known form. From here both look "
        "the same. Check the password first, then download the file again.",
    ),
    RefusalReason.TOO_DEAR: Words(
        "Eine Datei zu öffnen würde zu lange dauern: Sie ist beschädigt oder so verschlüsselt, dass ein Server damit "
        "aufgehalten werden könnte. Lassen Sie sich Zertifikat und Schlüssel mit üblichen Einstellungen neu "
        "ausstellen (höchstens 10 Millionen Iterationen, RSA bis 16.384 Bit).",
        "Opening a file would take too long: it is damaged, or encrypted in a way that could hold up a server. Have "
        "certificate and key issued anew with usual settings (10 million iterations and 16,384 bits of RSA at most).",
    ),
    RefusalReason.BUSY: Words(
        "Gerade kann nichts gelesen werden: Zu viele Dateien warten. Bitte versuchen Sie es in einer Minute noch "
        "einmal.",
        "Nothing can be read right now: too many files are waiting. Please try again in a minute.",
    ),
    RefusalReason.NOT_ACCEPTED: Words(
        "Browser würden dieses Zertifikat ablehnen. {cause}",
        "Browsers would refuse this certificate. {cause}",
    ),
    RefusalReason.WORSE: Words(
        "Dieses Zertifikat ist schlechter als das jetzige. {losses} Wenn Sie es trotzdem verwenden wollen, "
        "bestätigen Sie das (--anyway).",
        "This certificate is worse than the present one. {losses} If you want to use it all the same, "
        "confirm it (--anyway).",
    ),
    RefusalReason.NO_PUBLIC_NAME: Words(
        "„{name}“ ist kein Name, für den eine öffentliche Stelle ein Zertifikat ausstellt. Nötig ist ein Name unter "
        "Ihrer eigenen Domain, etwa expose.ihr-buero.de.",
        "“{name}” is no name for which a public authority issues a certificate. It takes a name under a domain of your "
        "own, such as expose.your-office.de.",
    ),
    RefusalReason.NOT_STORED: Words(
        "Ein Zertifikat mit dieser Nummer ist hier nicht gespeichert. „siegelpost cert status“ zeigt, welche es gibt.",
        "No certificate with this number is stored here. “siegelpost cert status” shows which there are.",
    ),
    RefusalReason.UNUSABLE: Words(
        "Dieses Zertifikat oder sein Schlüssel lässt sich nicht verwenden: {detail}",
        "This certificate or its key cannot be used: {detail}",
    ),
    RefusalReason.NOTHING_BEFORE: Words(
        "Es gibt kein früheres Zertifikat, zu dem man zurückkehren könnte.",
        "There is no earlier certificate to go back to.",
    ),
}

NOTHING_CHANGED = Words("Es wurde nichts geändert.", "Nothing was changed.")

ONLY_STORED = Words(
    "Es ist gespeichert ({id}), aber nicht aktiv; ausgeliefert wird weiter das bisherige.",
    "It is stored ({id}), but not active; what was served before still is.",
)


class Loss(StrEnum):
    """In what a new certificate is worse than the one that is served now."""

    REFUSED = "refused"
    UNSURE = "unsure"
    EARLIER = "earlier"


LOSSES: dict[Loss, Words] = {
    Loss.REFUSED: Words("Browser würden es ablehnen: {cause}", "Browsers would refuse it: {cause}"),
    Loss.UNSURE: Words(
        "Beim jetzigen ist sicher, dass Browser es annehmen; bei diesem nicht: {cause}",
        "It is certain that browsers accept the present one; of this one it is not: {cause}",
    ),
    Loss.EARLIER: Words(
        "Es läuft am {new} ab, das jetzige erst am {present}.", "It ends on {new}, the present one only on {present}."
    ),
}

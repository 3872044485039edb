"""What is said about orders, in German and English: tables of sentences with placeholders, and nothing else."""

from dataclasses import dataclass

from siegelpost.tls.acme.problems import Code
from siegelpost.tls.acme.progress import Step
from siegelpost.toolbox.words import Words

STEPS: dict[Step, Words] = {
    Step.CHECK: Words("Ablage und Angaben prüfen", "Check the store and what is wanted"),
    Step.ACCOUNT: Words("Bei der Zertifizierungsstelle anmelden", "Sign in at the authority"),
    Step.ORDER: Words("Zertifikat bestellen", "Order the certificate"),
    Step.PREPARE: Words("Antwort auf die Prüfung bereitlegen", "Prepare the answer to the validation"),
    Step.VALIDATE: Words("Die Stelle prüft, ob der Name zu diesem Server gehört", "The authority validates the name"),
    Step.ISSUE: Words("Zertifikat ausstellen lassen", "Have the certificate issued"),
    Step.JUDGE: Words("Prüfen, ob alle Browser es annehmen", "Check that every browser will accept it"),
    Step.STORE: Words("Sicher ablegen", "Store it safely"),
    Step.ACTIVATE: Words("Ab jetzt verwenden", "Serve it from now on"),
}


@dataclass(frozen=True, slots=True)
class ProblemText:
    """One sentence that says what happened, and what to do about it, most likely first."""

    sentence: Words
    remedies: tuple[Words, ...]


_BY_ITSELF = Words(
    "Nichts. Siegelpost versucht es von selbst wieder; was bisher gilt, gilt weiter.",
    "Nothing. Siegelpost tries again by itself; what is served now goes on being served.",
)
_OTHER_AUTHORITY = Words(
    "Eine zweite Zertifizierungsstelle eintragen; sie springt ein, wenn die erste nicht kann.",
    "Enter a second authority; it steps in when the first cannot.",
)
_AGAIN = Words("Danach „Jetzt versuchen“ wählen.", "Then choose “Try now”.")
_PORT = Words(
    "Im Router prüfen, ob Port 80 (HTTP-01) und Port 443 (TLS-ALPN-01) auf diesen Server weitergeleitet werden, auch "
    "für Anfragen aus dem Ausland.",
    "Check in the router that port 80 (HTTP-01) and port 443 (TLS-ALPN-01) are forwarded to this server, also for "
    "requests from abroad.",
)
_AAAA = Words(
    "Im DNS prüfen, ob A- und AAAA-Eintrag hierher führen. Ein AAAA-Eintrag, der ins Leere führt, muss weg.",
    "Check in the DNS that the A and AAAA records lead here. An AAAA record that leads nowhere has to go.",
)
_DNS = Words(
    "Beim Anbieter der Domain prüfen, ob der Name eingetragen ist und seine Namensserver antworten.",
    "Check with the domain's provider that the name is entered and its name servers answer.",
)
_OTHER_WAY = Words("Einen anderen Prüfweg erlauben.", "Allow another kind of challenge.")
_NAMES = Words("Die Namen prüfen und neu speichern.", "Check the names and save again.")
_COMPLAIN = Words(
    "Nichts wurde geändert. Der Zertifizierungsstelle melden oder eine andere eintragen.",
    "Nothing was changed. Report it to the authority, or enter another one.",
)


def _problem(de: str, en: str, *remedies: Words) -> ProblemText:
    return ProblemText(Words(de, en), remedies)


PROBLEMS: dict[Code, ProblemText] = {
    Code.NO_NAME: _problem(
        "Es ist kein Name angegeben, für den das Zertifikat gelten soll.",
        "No name is given for which the certificate shall be valid.",
        Words(
            "Den Namen eintragen, unter dem Ihre Kunden den Server öffnen.",
            "Enter the name under which your clients open the server.",
        ),
    ),
    Code.BAD_NAME: _problem(
        "„{name}“ ist kein Name, den eine Zertifizierungsstelle bestätigen kann.",
        "“{name}” is no name that an authority could certify.",
        Words(
            "Einen vollständigen öffentlichen Namen (wie post.beispiel.de) oder eine öffentliche IP-Adresse eintragen.",
            "Enter a complete public name (like post.example.com) or a public IP address.",
        ),
    ),
    Code.WILDCARD_NEEDS_DNS: _problem(
        "Der Platzhalter {name} lässt sich nur über das DNS bestätigen (DNS-01).",
        "The wildcard {name} can only be proved through the DNS (DNS-01).",
        Words(
            "DNS-01 mit den Zugangsdaten des DNS-Anbieters einrichten, oder einzelne Namen eintragen.",
            "Set up DNS-01 with the DNS provider's credentials, or enter single names.",
        ),
    ),
    Code.ADDRESS_NEEDS_PORT: _problem(
        "Die Adresse {name} lässt sich nicht über das DNS bestätigen.",
        "The address {name} cannot be proved through the DNS.",
        Words("HTTP-01 oder TLS-ALPN-01 erlauben.", "Allow HTTP-01 or TLS-ALPN-01."),
    ),
    Code.DNS_PROVIDER_MISSING: _problem(
        "DNS-01 ist gewählt, aber kein DNS-Anbieter angegeben.",
        "DNS-01 is chosen, but no DNS provider is given.",
        Words("Anbieter und Zugangsdaten eintragen.", "Enter the provider and its credentials."),
    ),
    Code.NO_AUTHORITY: _problem(
        "Es ist keine Zertifizierungsstelle angegeben, oder ihre Adresse beginnt nicht mit https://.",
        "No authority is given, or its address does not begin with https://.",
        Words("Die Adresse ihres ACME-Verzeichnisses eintragen.", "Enter the address of its ACME directory."),
    ),
    Code.UNREACHABLE: _problem(
        "Die Zertifizierungsstelle {authority} ist nicht zu erreichen.",
        "The authority {authority} cannot be reached.",
        _BY_ITSELF,
        Words(
            "Dauert es länger: prüfen, ob dieser Server ins Internet kommt (Firewall, DNS).",
            "If it lasts: check that this server reaches the internet (firewall, DNS).",
        ),
        _OTHER_AUTHORITY,
    ),
    Code.UNTRUSTED_DIRECTORY: _problem(
        "Dem Zertifikat der Zertifizierungsstelle {authority} selbst wird hier nicht vertraut.",
        "The certificate of the authority {authority} itself is not trusted here.",
        Words(
            "Bei einer eigenen Stelle deren Wurzelzertifikat angeben. Sonst prüfen, ob etwas die Verbindung aufbricht.",
            "For an authority of your own, give its root certificate. Else check whether something intercepts the "
            "connection.",
        ),
    ),
    Code.NONSENSE: _problem(
        "Die Zertifizierungsstelle {authority} hat geantwortet, aber nichts Brauchbares.",
        "The authority {authority} answered, but nothing that makes sense.",
        _BY_ITSELF,
        Words("Die Adresse ihres Verzeichnisses prüfen.", "Check the address of its directory."),
        _OTHER_AUTHORITY,
    ),
    Code.AUTHORITY_FAILED: _problem(
        "Bei der Zertifizierungsstelle {authority} ist etwas schiefgegangen: {detail}",
        "Something went wrong at the authority {authority}: {detail}",
        _BY_ITSELF,
        _OTHER_AUTHORITY,
    ),
    Code.TOO_SLOW: _problem(
        "Die Zertifizierungsstelle war nach {minutes} Minuten noch nicht fertig. Die Bestellung läuft weiter.",
        "The authority was not ready after {minutes} minutes. The order goes on.",
        _BY_ITSELF,
    ),
    Code.RATE_LIMITED: _problem(
        "Die Zertifizierungsstelle {authority} nimmt für diesen Namen im Moment keine Bestellung mehr an: {detail}",
        "The authority {authority} accepts no more orders for this name at the moment: {detail}",
        _BY_ITSELF,
        _OTHER_AUTHORITY,
    ),
    Code.REJECTED_NAME: _problem(
        "Die Zertifizierungsstelle {authority} bestätigt diesen Namen nicht: {detail}",
        "The authority {authority} does not certify this name: {detail}",
        _NAMES,
        _OTHER_AUTHORITY,
    ),
    Code.REFUSED: _problem(
        "Die Zertifizierungsstelle hat die Bestellung abgelehnt: {detail}",
        "The authority refused the order: {detail}",
        _NAMES,
        _OTHER_AUTHORITY,
    ),
    Code.EAB_MISSING: _problem(
        "Die Zertifizierungsstelle {authority} verlangt ein Kundenkonto.",
        "The authority {authority} demands a customer account.",
        Words(
            "Dort ein Konto anlegen und Schlüsselkennung (Key ID) und HMAC-Schlüssel hier eintragen.",
            "Open an account there and enter its key ID and HMAC key here.",
        ),
    ),
    Code.ACCOUNT_REFUSED: _problem(
        "Die Zertifizierungsstelle {authority} nimmt die Anmeldung nicht an: {detail}",
        "The authority {authority} does not accept the account: {detail}",
        Words("Die E-Mail-Adresse für die Zertifizierungsstelle prüfen.", "Check the contact address."),
    ),
    Code.PROFILE_UNKNOWN: _problem(
        "Die Zertifizierungsstelle {authority} kennt das gewählte Profil nicht: {detail}",
        "The authority {authority} does not know the chosen profile: {detail}",
        Words("Ein anderes Profil wählen, oder keines.", "Choose another profile, or none."),
    ),
    Code.NO_CHALLENGE: _problem(
        "Für {name} bietet die Zertifizierungsstelle keinen der erlaubten Prüfwege an, sondern: {offered}.",
        "For {name} the authority offers none of the allowed challenges, but: {offered}.",
        _OTHER_WAY,
    ),
    Code.NOT_REACHED: _problem(
        "Die Zertifizierungsstelle hat diesen Server unter {name} nicht erreicht: {detail}",
        "The authority did not reach this server at {name}: {detail}",
        _PORT,
        _AAAA,
        _OTHER_WAY,
        _AGAIN,
    ),
    Code.WRONG_ANSWER: _problem(
        "Unter {name} hat nicht dieser Server geantwortet, oder nicht das Erwartete: {detail}",
        "At {name} not this server answered, or not as expected: {detail}",
        _AAAA,
        Words(
            "Steht ein Proxy oder anderer Webserver davor: /.well-known/acme-challenge/ hierher durchreichen.",
            "If a proxy or another web server stands in front: pass /.well-known/acme-challenge/ on to this server.",
        ),
        _OTHER_WAY,
        _AGAIN,
    ),
    Code.TLS_FAILED: _problem(
        "Die Zertifizierungsstelle kam bei {name} auf Port 443 nicht bis zu diesem Server: {detail}",
        "On port 443 of {name}, the authority did not get through to this server: {detail}",
        Words(
            "TLS-ALPN-01 geht nur, wenn Port 443 unverändert hierher führt, ohne Proxy, der selbst HTTPS spricht.",
            "TLS-ALPN-01 only works if port 443 leads here untouched, without a proxy that speaks HTTPS itself.",
        ),
        _OTHER_WAY,
        _AGAIN,
    ),
    Code.DNS_FAILED: _problem(
        "Die Zertifizierungsstelle findet {name} nicht im DNS: {detail}",
        "The authority does not find {name} in the DNS: {detail}",
        _DNS,
        _AGAIN,
    ),
    Code.DNSSEC: _problem(
        "Die DNSSEC-Unterschriften der Domain von {name} stimmen nicht; dann darf niemand ein Zertifikat ausstellen.",
        "The DNSSEC signatures of the domain of {name} are wrong; then nobody may issue a certificate.",
        Words(
            "Beim Anbieter der Domain DNSSEC richtigstellen oder abschalten.",
            "Have the domain's provider correct DNSSEC, or switch it off.",
        ),
        _AGAIN,
    ),
    Code.CAA: _problem(
        "Ein CAA-Eintrag im DNS verbietet dieser Stelle, für {name} auszustellen: {detail}",
        "A CAA record in the DNS forbids this authority to issue for {name}: {detail}",
        Words(
            "Die Stelle im CAA-Eintrag erlauben, oder den Eintrag löschen.",
            "Allow the authority in the CAA record, or delete the record.",
        ),
        _AGAIN,
    ),
    Code.DNS_PROVIDER: _problem(
        "Der DNS-Anbieter ({provider}) hat den Eintrag nicht angenommen: {detail}",
        "The DNS provider ({provider}) did not take the record: {detail}",
        Words(
            "Zugangsdaten prüfen; sie müssen TXT-Einträge dieser Domain schreiben dürfen.",
            "Check the credentials; they have to allow writing TXT records of this domain.",
        ),
        _AGAIN,
    ),
    Code.NOT_PROPAGATED: _problem(
        "Der Eintrag {record} war nach {minutes} Minuten noch nicht auf dem Namensserver {server}.",
        "After {minutes} minutes, the record {record} had not arrived at the name server {server}.",
        _BY_ITSELF,
        _DNS,
    ),
    Code.WRONG_NAMES: _problem(
        "Die Zertifizierungsstelle hat ein Zertifikat für andere Namen geliefert ({found}); es fehlt {missing}. Es "
        "wurde nicht verwendet.",
        "The authority delivered a certificate for other names ({found}); {missing} is missing. It was not used.",
        _COMPLAIN,
    ),
    Code.WRONG_KEY: _problem(
        "Das gelieferte Zertifikat gehört zu einem anderen Schlüssel. Es wurde nicht verwendet.",
        "The certificate that was delivered belongs to another key. It was not used.",
        _COMPLAIN,
    ),
    Code.DOCTOR: _problem(
        "Das neue Zertifikat wurde nicht verwendet, weil Browser davor warnen würden: {cause}",
        "The new certificate was not used, because browsers would warn of it: {cause}",
        Words(
            "Bei einer eigenen Stelle deren Wurzelzertifikat in der Einstellung trust_roots angeben.",
            "For an authority of your own, name its root certificate in the setting trust_roots.",
        ),
        _COMPLAIN,
    ),
    Code.STORE: _problem(
        "Auf diesem Server lässt sich nichts ablegen: {detail}. Verwendet wird weiter, was bisher galt.",
        "Nothing can be stored on this server: {detail}. What was served before still is.",
        Words(
            "Platz schaffen und die Rechte des Datenordners prüfen.", "Make room, and check the data folder's rights."
        ),
        _BY_ITSELF,
    ),
    Code.STORE_GONE: _problem(
        "Der Ordner mit den Zertifikaten ist verschwunden. Die laufenden Prozesse verwenden weiter, was sie geladen "
        "haben; nach einem Neustart wäre es weg.",
        "The folder with the certificates is gone. The running processes go on serving what they have loaded; a "
        "restart would lose it.",
        Words(
            "Den Ordner aus der Sicherung zurückholen und den Server erst dann neu starten.",
            "Restore the folder from the backup, and only then restart the server.",
        ),
    ),
    Code.CLOCK: _problem(
        "Die Uhr dieses Servers geht falsch: hier {here}, bei der Zertifizierungsstelle {there}.",
        "This server's clock is wrong: {here} here, {there} at the authority.",
        Words(
            "Die Uhr stellen und die Zeit künftig aus dem Netz holen (NTP).",
            "Set the clock, and have it follow the network's time (NTP).",
        ),
        _AGAIN,
    ),
    Code.PACED: _problem(
        "Siegelpost wartet, um unter den Grenzen von {authority} zu bleiben (höchstens {most} für {key}).",
        "Siegelpost waits, so as to stay below the limits of {authority} (at most {most} for {key}).",
        _BY_ITSELF,
    ),
    Code.BUSY: _problem(
        "Ein anderer Prozess ist gerade mit dem Zertifikat beschäftigt.",
        "Another process is at work on the certificate.",
        Words("Warten, bis er fertig ist.", "Wait until it is done."),
    ),
    Code.WAITS: _problem(
        "Ein gekauftes Zertifikat ist eingesetzt. Solange es gilt, ersetzt Siegelpost es nicht ungefragt.",
        "A bought certificate is in use. While it is valid, Siegelpost does not replace it without being asked.",
        Words(
            "Soll das automatische an seine Stelle: auf der Seite „Zertifikat“ „Automatisch weiter“ wählen, oder "
            "siegelpost cert obtain --instead.",
            "If the automatic one shall take its place: choose “Go on automatically” on the page “Certificate”, or "
            "siegelpost cert obtain --instead.",
        ),
    ),
    Code.INTERRUPTED: _problem(
        "Der letzte Versuch wurde unterbrochen. Er wird zu Ende geführt.",
        "The last try was interrupted. It will be finished.",
        _BY_ITSELF,
    ),
    Code.UNEXPECTED: _problem(
        "Etwas Unerwartetes ist geschehen: {detail}",
        "Something unexpected happened: {detail}",
        _BY_ITSELF,
        Words("Hält es an: das Protokoll des Servers ansehen.", "If it lasts: look at the server's log."),
    ),
}

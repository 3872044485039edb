"""What is said about orders, in German and English: tables of sentences with placeholders, and nothing else."""

from siegelpost.tls.acme.actors import Actor
from siegelpost.tls.acme.dns_sentences import DNS_PROBLEMS
from siegelpost.tls.acme.problem_text import AGAIN, OTHER_AUTHORITY, OTHER_WAY, ProblemText, problem
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


_BY_ITSELF = Words(
    "Nichts. Siegelpost versucht es von selbst wieder; was bisher gilt, gilt weiter.",
    "Nothing. Siegelpost tries again by itself; what is served now goes on being served.",
)
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
_NAMES = Words("Die Namen prüfen und neu speichern.", "Check the names and save again.")
_COMPLAIN = Words(
    "Nichts wurde geändert. Der Zertifizierungsstelle melden oder eine andere eintragen.",
    "Nothing was changed. Report it to the authority, or enter another one.",
)


PROBLEMS: dict[Code, ProblemText] = {
    Code.NO_NAME: problem(
        Actor.OFFICE,
        "Es ist kein Name angegeben, für den das Zertifikat gelten soll.",
        "No name is given for which the certificate shall be valid.",
        Words(
            "Den Namen eintragen, unter dem Ihre Kunden den Server öffnen.",
            "Enter the name under which your clients open the server.",
        ),
    ),
    Code.BAD_NAME: problem(
        Actor.OFFICE,
        "„{name}“ ist kein Name, den eine Zertifizierungsstelle bestätigen kann.",
        "“{name}” is no name that an authority could certify.",
        Words(
            "Einen vollständigen öffentlichen Namen (wie post.beispiel.de) oder eine öffentliche IP-Adresse eintragen.",
            "Enter a complete public name (like post.example.com) or a public IP address.",
        ),
    ),
    Code.WILDCARD_NEEDS_DNS: problem(
        Actor.OFFICE,
        "Der Platzhalter {name} lässt sich nur über das DNS bestätigen (DNS-01 oder ein fester Eintrag).",
        "The wildcard {name} can only be proved through the DNS (DNS-01 or a standing record).",
        Words(
            "DNS-01 mit den Zugangsdaten des DNS-Anbieters einrichten, einen festen Eintrag wählen oder einzelne Namen "
            "eintragen.",
            "Set up DNS-01 with the DNS provider's credentials, choose a standing record, or enter single names.",
        ),
    ),
    Code.ADDRESS_NEEDS_PORT: problem(
        Actor.OFFICE,
        "Die Adresse {name} lässt sich nicht über das DNS bestätigen.",
        "The address {name} cannot be proved through the DNS.",
        Words("HTTP-01 oder TLS-ALPN-01 erlauben.", "Allow HTTP-01 or TLS-ALPN-01."),
    ),
    Code.NO_AUTHORITY: problem(
        Actor.OFFICE,
        "Es ist keine Zertifizierungsstelle angegeben, oder ihre Adresse beginnt nicht mit https://.",
        "No authority is given, or its address does not begin with https://.",
        Words("Die Adresse ihres ACME-Verzeichnisses eintragen.", "Enter the address of its ACME directory."),
    ),
    Code.UNREACHABLE: problem(
        Actor.NOBODY,
        "Die Zertifizierungsstelle {authority} ist nicht zu erreichen.",
        "The authority {authority} cannot be reached.",
        _BY_ITSELF,
        Words(
            "Dauert es länger: prüfen, ob dieser Server ins Internet kommt (Firewall, DNS).",
            "If it lasts: check that this server reaches the internet (firewall, DNS).",
        ),
        OTHER_AUTHORITY,
    ),
    Code.NO_DNS: problem(
        Actor.NETWORK,
        "Dieser Server bekommt vom DNS keine Antwort: Wo die Zertifizierungsstelle {authority} zu finden ist, war "
        "nicht zu erfahren.",
        "This server gets no answer from the DNS: where the authority {authority} can be found could not be learnt.",
        Words(
            "Prüfen, welche Namensserver hier eingetragen sind (/etc/resolv.conf), und ob die Firewall Port 53 (UDP "
            "und TCP) dorthin durchlässt.",
            "Check which name servers are set here (/etc/resolv.conf), and that the firewall lets port 53 (UDP and "
            "TCP) through to them.",
        ),
        AGAIN,
    ),
    Code.UNTRUSTED_DIRECTORY: problem(
        Actor.SERVER,
        "Dem Zertifikat der Zertifizierungsstelle {authority} selbst wird hier nicht vertraut.",
        "The certificate of the authority {authority} itself is not trusted here.",
        Words(
            "Bei einer eigenen Stelle deren Wurzelzertifikat angeben. Sonst prüfen, ob etwas die Verbindung aufbricht.",
            "For an authority of your own, give its root certificate. Else check whether something intercepts the "
            "connection.",
        ),
    ),
    Code.NONSENSE: problem(
        Actor.AUTHORITY,
        "Die Zertifizierungsstelle {authority} hat geantwortet, aber nichts Brauchbares.",
        "The authority {authority} answered, but nothing that makes sense.",
        Words(
            "Hat es noch nie geklappt: die Adresse ihres Verzeichnisses prüfen, und ob eine Anmeldeseite oder ein "
            "Virenschutz dazwischen antwortet.",
            "If it never worked: check the address of its directory, and whether a sign-in page or a virus scanner "
            "answers in between.",
        ),
        Words(
            "Hat es schon geklappt: abwarten. Siegelpost fragt wieder.",
            "If it has worked before: wait. Siegelpost asks again.",
        ),
        OTHER_AUTHORITY,
    ),
    Code.AUTHORITY_FAILED: problem(
        Actor.NOBODY,
        "Bei der Zertifizierungsstelle {authority} ist etwas schiefgegangen: {detail}",
        "Something went wrong at the authority {authority}: {detail}",
        _BY_ITSELF,
        OTHER_AUTHORITY,
    ),
    Code.TOO_SLOW: problem(
        Actor.NOBODY,
        "Die Zertifizierungsstelle war nach {minutes} Minuten noch nicht fertig. Die Bestellung läuft weiter.",
        "The authority was not ready after {minutes} minutes. The order goes on.",
        _BY_ITSELF,
    ),
    Code.RATE_LIMITED: problem(
        Actor.NOBODY,
        "Die Zertifizierungsstelle {authority} nimmt für diesen Namen im Moment keine Bestellung mehr an: {detail}",
        "The authority {authority} accepts no more orders for this name at the moment: {detail}",
        _BY_ITSELF,
        OTHER_AUTHORITY,
    ),
    Code.REJECTED_NAME: problem(
        Actor.OFFICE,
        "Die Zertifizierungsstelle {authority} bestätigt diesen Namen nicht: {detail}",
        "The authority {authority} does not certify this name: {detail}",
        _NAMES,
        OTHER_AUTHORITY,
    ),
    Code.REFUSED: problem(
        Actor.OFFICE,
        "Die Zertifizierungsstelle hat die Bestellung abgelehnt: {detail}",
        "The authority refused the order: {detail}",
        _NAMES,
        OTHER_AUTHORITY,
    ),
    Code.EAB_MISSING: problem(
        Actor.OFFICE,
        "Die Zertifizierungsstelle {authority} verlangt ein Kundenkonto.",
        "The authority {authority} demands a customer account.",
        Words(
            "Dort ein Konto anlegen und Schlüsselkennung (Key ID) und HMAC-Schlüssel hier eintragen.",
            "Open an account there and enter its key ID and HMAC key here.",
        ),
    ),
    Code.ACCOUNT_REFUSED: problem(
        Actor.OFFICE,
        "Die Zertifizierungsstelle {authority} nimmt die Anmeldung nicht an: {detail}",
        "The authority {authority} does not accept the account: {detail}",
        Words("Die E-Mail-Adresse für die Zertifizierungsstelle prüfen.", "Check the contact address."),
    ),
    Code.ACCOUNT_GONE: problem(
        Actor.AUTHORITY,
        "Die Zertifizierungsstelle {authority} lässt das Konto dieses Servers nicht mehr zu, auch ein neues nicht: "
        "{detail}",
        "The authority {authority} no longer takes this server's account, nor a new one: {detail}",
        OTHER_AUTHORITY,
        Words(
            "Bei der Stelle nachfragen, warum sie die Bestellungen ablehnt. Einmal am Tag versucht Siegelpost es mit "
            "einem neuen Konto.",
            "Ask the authority why it refuses the orders. Once a day Siegelpost tries a new account.",
        ),
    ),
    Code.PROFILE_UNKNOWN: problem(
        Actor.OFFICE,
        "Die Zertifizierungsstelle {authority} kennt das gewählte Profil nicht: {detail}",
        "The authority {authority} does not know the chosen profile: {detail}",
        Words("Ein anderes Profil wählen, oder keines.", "Choose another profile, or none."),
    ),
    Code.NO_CHALLENGE: problem(
        Actor.OFFICE,
        "Für {name} bietet die Zertifizierungsstelle keinen der erlaubten Prüfwege an, sondern: {offered}.",
        "For {name} the authority offers none of the allowed challenges, but: {offered}.",
        OTHER_WAY,
    ),
    Code.NOT_REACHED: problem(
        Actor.NETWORK,
        "Die Zertifizierungsstelle hat diesen Server unter {name} nicht erreicht: {detail}",
        "The authority did not reach this server at {name}: {detail}",
        _PORT,
        _AAAA,
        OTHER_WAY,
        AGAIN,
    ),
    Code.WRONG_ANSWER: problem(
        Actor.NETWORK,
        "Unter {name} hat nicht dieser Server geantwortet, oder nicht das Erwartete: {detail}",
        "At {name} not this server answered, or not as expected: {detail}",
        _AAAA,
        Words(
            "Steht ein Proxy oder anderer Webserver davor: /.well-known/acme-challenge/ hierher durchreichen.",
            "If a proxy or another web server stands in front: pass /.well-known/acme-challenge/ on to this server.",
        ),
        OTHER_WAY,
        AGAIN,
    ),
    Code.TLS_FAILED: problem(
        Actor.NETWORK,
        "Die Zertifizierungsstelle kam bei {name} auf Port 443 nicht bis zu diesem Server: {detail}",
        "On port 443 of {name}, the authority did not get through to this server: {detail}",
        Words(
            "TLS-ALPN-01 geht nur, wenn Port 443 unverändert hierher führt, ohne Proxy, der selbst HTTPS spricht.",
            "TLS-ALPN-01 only works if port 443 leads here untouched, without a proxy that speaks HTTPS itself.",
        ),
        OTHER_WAY,
        AGAIN,
    ),
    Code.DNS_FAILED: problem(
        Actor.DOMAIN,
        "Die Zertifizierungsstelle findet {name} nicht im DNS: {detail}",
        "The authority does not find {name} in the DNS: {detail}",
        _DNS,
        AGAIN,
    ),
    Code.DNSSEC: problem(
        Actor.DOMAIN,
        "Die DNSSEC-Unterschriften der Domain von {name} stimmen nicht; dann darf niemand ein Zertifikat ausstellen.",
        "The DNSSEC signatures of the domain of {name} are wrong; then nobody may issue a certificate.",
        Words(
            "Beim Anbieter der Domain DNSSEC richtigstellen oder abschalten.",
            "Have the domain's provider correct DNSSEC, or switch it off.",
        ),
        AGAIN,
    ),
    Code.CAA: problem(
        Actor.DOMAIN,
        "Ein CAA-Eintrag im DNS verbietet dieser Stelle, für {name} auszustellen: {detail}",
        "A CAA record in the DNS forbids this authority to issue for {name}: {detail}",
        Words(
            "Die Stelle im CAA-Eintrag erlauben, oder den Eintrag löschen.",
            "Allow the authority in the CAA record, or delete the record.",
        ),
        AGAIN,
    ),
    Code.WRONG_NAMES: problem(
        Actor.AUTHORITY,
        "Die Zertifizierungsstelle hat ein Zertifikat für andere Namen geliefert ({found}); es fehlt {missing}. Es "
        "wurde nicht verwendet.",
        "The authority delivered a certificate for other names ({found}); {missing} is missing. It was not used.",
        _COMPLAIN,
    ),
    Code.WRONG_KEY: problem(
        Actor.AUTHORITY,
        "Das gelieferte Zertifikat gehört zu einem anderen Schlüssel. Es wurde nicht verwendet.",
        "The certificate that was delivered belongs to another key. It was not used.",
        _COMPLAIN,
    ),
    Code.DOCTOR: problem(
        Actor.AUTHORITY,
        "Das neue Zertifikat wurde nicht verwendet, weil Browser davor warnen würden: {cause}",
        "The new certificate was not used, because browsers would warn of it: {cause}",
        Words(
            "Bei einer eigenen Stelle deren Wurzelzertifikat in der Einstellung trust_roots angeben.",
            "For an authority of your own, name its root certificate in the setting trust_roots.",
        ),
        _COMPLAIN,
    ),
    Code.STORE: problem(
        Actor.SERVER,
        "Auf diesem Server lässt sich nichts ablegen: {detail}. Verwendet wird weiter, was bisher galt.",
        "Nothing can be stored on this server: {detail}. What was served before still is.",
        Words(
            "Platz schaffen und die Rechte des Datenordners prüfen.", "Make room, and check the data folder's rights."
        ),
        Words("Danach geht es von selbst weiter.", "After that, it goes on by itself."),
    ),
    Code.STORE_GONE: problem(
        Actor.SERVER,
        "Der Ordner mit den Zertifikaten ist verschwunden. Die laufenden Prozesse verwenden weiter, was sie geladen "
        "haben; nach einem Neustart wäre es weg.",
        "The folder with the certificates is gone. The running processes go on serving what they have loaded; a "
        "restart would lose it.",
        Words(
            "Den Ordner aus der Sicherung zurückholen und den Server erst dann neu starten.",
            "Restore the folder from the backup, and only then restart the server.",
        ),
    ),
    Code.CLOCK: problem(
        Actor.SERVER,
        "Die Uhr dieses Servers geht falsch: hier {here}, bei der Zertifizierungsstelle {there}.",
        "This server's clock is wrong: {here} here, {there} at the authority.",
        Words(
            "Die Uhr stellen und die Zeit künftig aus dem Netz holen (NTP).",
            "Set the clock, and have it follow the network's time (NTP).",
        ),
        AGAIN,
    ),
    Code.PACED: problem(
        Actor.NOBODY,
        "Siegelpost wartet, um unter den Grenzen von {authority} zu bleiben (höchstens {most} für {key}).",
        "Siegelpost waits, so as to stay below the limits of {authority} (at most {most} for {key}).",
        _BY_ITSELF,
    ),
    Code.BUSY: problem(
        Actor.NOBODY,
        "Ein anderer Prozess ist gerade mit dem Zertifikat beschäftigt.",
        "Another process is at work on the certificate.",
        Words("Warten, bis er fertig ist.", "Wait until it is done."),
    ),
    Code.WAITS: problem(
        Actor.OFFICE,
        "Ein gekauftes Zertifikat ist eingesetzt. Solange es gilt, ersetzt Siegelpost es nicht ungefragt.",
        "A bought certificate is in use. While it is valid, Siegelpost does not replace it without being asked.",
        Words(
            "Soll das automatische an seine Stelle: auf der Seite „Zertifikat“ „Automatisch weiter“ wählen, oder "
            "siegelpost cert obtain --instead.",
            "If the automatic one shall take its place: choose “Go on automatically” on the page “Certificate”, or "
            "siegelpost cert obtain --instead.",
        ),
    ),
    Code.INTERRUPTED: problem(
        Actor.NOBODY,
        "Der letzte Versuch wurde unterbrochen. Er wird zu Ende geführt.",
        "The last try was interrupted. It will be finished.",
        _BY_ITSELF,
    ),
    Code.UNEXPECTED: problem(
        Actor.SERVER,
        "Etwas Unerwartetes ist geschehen: {detail}",
        "Something unexpected happened: {detail}",
        Words(
            "Das Protokoll des Servers ansehen und den Fehler melden; was bisher gilt, gilt weiter.",
            "Look at the server's log and report the fault; what is served now goes on being served.",
        ),
        AGAIN,
    ),
} | DNS_PROBLEMS

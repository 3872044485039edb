"""What is said about records in the DNS, in German and English."""

from siegelpost.tls.acme.actors import Actor
from siegelpost.tls.acme.problem_text import AGAIN, OTHER_AUTHORITY, OTHER_WAY, ProblemText, problem
from siegelpost.tls.acme.problems import Code
from siegelpost.toolbox.words import Words

_ENTER = Words(
    "Beim Anbieter der Domain einmal als TXT-Eintrag anlegen: Name {record}, Wert {value}",
    "Enter once with the domain's provider, as a TXT record: name {record}, value {value}",
)
_CHANGE = Words(
    "Beim Anbieter der Domain den TXT-Eintrag {record} ändern in: {value}",
    "With the domain's provider, change the TXT record {record} to: {value}",
)
_GOES_ON = Words(
    "Danach geht es von selbst weiter: Siegelpost sieht immer wieder nach. Wer nicht warten will, wählt "
    "„Jetzt versuchen“.",
    "After that it goes on by itself: Siegelpost looks again and again. Who does not want to wait chooses “Try now”.",
)

DNS_PROBLEMS: dict[Code, ProblemText] = {
    Code.DNS_PROVIDER_MISSING: problem(
        Actor.OFFICE,
        "DNS-01 ist gewählt, aber kein DNS-Anbieter angegeben.",
        "DNS-01 is chosen, but no DNS provider is given.",
        Words("Anbieter und Zugangsdaten eintragen.", "Enter the provider and its credentials."),
    ),
    Code.DNS_PROVIDER: problem(
        Actor.OFFICE,
        "Der DNS-Anbieter ({provider}) hat den Eintrag nicht angenommen: {detail}",
        "The DNS provider ({provider}) did not take the record: {detail}",
        Words(
            "Zugangsdaten prüfen; sie müssen TXT-Einträge dieser Domain schreiben dürfen.",
            "Check the credentials; they have to allow writing TXT records of this domain.",
        ),
        AGAIN,
    ),
    Code.ALIAS_MISSING: problem(
        Actor.DOMAIN,
        "Unter {record} fehlt der CNAME-Eintrag auf {target}; gefunden: {found}",
        "At {record} the CNAME record to {target} is missing; found: {found}",
        Words(
            "Beim Anbieter der Domain einmal eintragen: {record} CNAME {target}",
            "Enter once with the domain's provider: {record} CNAME {target}",
        ),
        AGAIN,
    ),
    Code.NOT_PROPAGATED: problem(
        Actor.DOMAIN,
        "Der Eintrag {record} war nach {minutes} Minuten noch nicht auf dem Namensserver {server}.",
        "After {minutes} minutes, the record {record} had not arrived at the name server {server}.",
        Words(
            "Braucht der Anbieter nur länger: nichts. Der Eintrag bleibt stehen, und die Bestellung wird fortgesetzt.",
            "If the provider only takes longer: nothing. The record stays, and the order is continued.",
        ),
        Words(
            "Bleibt es dabei: beim Anbieter der Domain prüfen, warum dieser Namensserver alte Daten gibt, oder ihn aus "
            "den NS-Einträgen nehmen.",
            "If it stays so: ask the domain's provider why this name server gives old data, or take it out of the NS "
            "records.",
        ),
        Words(
            "Fragt dieser Server ein anderes DNS als das Internet: mit siegelpost cert obtain --dns-server einen "
            "öffentlichen Namensserver der Zone nennen.",
            "If this server asks another DNS than the internet does: name a public name server of the zone with "
            "siegelpost cert obtain --dns-server.",
        ),
    ),
    Code.RECORD_NOT_SEEN: problem(
        Actor.DOMAIN,
        "Die Zertifizierungsstelle hat den Eintrag {record} im DNS nicht gefunden: {detail}",
        "The authority did not find the record {record} in the DNS: {detail}",
        Words(
            "Beim Anbieter der Domain prüfen, ob die Zone, in die die Zugangsdaten schreiben, auch die ist, die das "
            "Internet fragt (NS-Einträge).",
            "Check with the domain's provider that the zone the credentials write to is the one the internet asks (NS "
            "records).",
        ),
        Words(
            "Steht unter _acme-challenge ein CNAME: er muss dorthin führen, wo Siegelpost schreiben darf.",
            "If there is a CNAME at _acme-challenge, it has to lead to where Siegelpost may write.",
        ),
        OTHER_WAY,
        AGAIN,
    ),
    Code.STANDING_MISSING: problem(
        Actor.DOMAIN,
        "Im DNS fehlt noch der feste Eintrag {record}, der {name} nachweist.",
        "The standing record {record}, which proves {name}, is still missing in the DNS.",
        _ENTER,
        Words(
            "Steht er schon länger dort: beim Anbieter prüfen, ob er in der Zone liegt, die das Internet fragt "
            "(NS-Einträge). Bei jedem fünften Versuch sieht die Zertifizierungsstelle auf jeden Fall selbst nach.",
            "If it has been there for a while: check with the provider that it lies in the zone the internet asks (NS "
            "records). At every fifth try the authority looks for itself in any case.",
        ),
        _GOES_ON,
    ),
    Code.STANDING_PARTLY: problem(
        Actor.DOMAIN,
        "Den festen Eintrag {record} geben noch nicht alle Namensserver der Domain; es fehlt: {server}.",
        "Not all of the domain's name servers give the standing record {record} yet; missing: {server}.",
        Words(
            "Meist genügt es, ein paar Minuten zu warten. Bleibt es dabei: beim Anbieter der Domain prüfen, warum "
            "dieser Namensserver alte Daten gibt.",
            "Usually it is enough to wait some minutes. If it stays so: ask the domain's provider why this name server "
            "gives old data.",
        ),
        _GOES_ON,
    ),
    Code.STANDING_WRONG_PLACE: problem(
        Actor.DOMAIN,
        "Der feste Eintrag steht am falschen Ort: unter {found} statt unter {record}. Der Anbieter hat die Domain ein "
        "zweites Mal angehängt.",
        "The standing record is in the wrong place: at {found} instead of {record}. The provider has added the domain "
        "a second time.",
        Words(
            "Beim Anbieter der Domain im Feld „Name“ die Domain am Ende weglassen, sodass der Eintrag {record} heißt.",
            "With the domain's provider, leave the domain out at the end of the field “name”, so that the record is "
            "called {record}.",
        ),
        _GOES_ON,
    ),
    Code.STANDING_OTHER_ACCOUNT: problem(
        Actor.DOMAIN,
        "Der feste Eintrag {record} nennt ein anderes Konto als das, mit dem dieser Server bei {authority} bestellt: "
        "{found}",
        "The standing record {record} names another account than the one this server orders with at {authority}: "
        "{found}",
        _CHANGE,
        Words(
            "Bestellt ein anderer Server mit dem alten Konto, den alten Eintrag stehen lassen und den neuen zusätzlich "
            "anlegen: Mehrere unter einem Namen sind erlaubt.",
            "If another server orders with the old account, leave the old record and enter the new one beside it: "
            "several of one name are allowed.",
        ),
        _GOES_ON,
    ),
    Code.STANDING_NAME_ONLY: problem(
        Actor.DOMAIN,
        "Der feste Eintrag {record} deckt den Platzhalter {name} nicht: policy=wildcard fehlt. Gefunden: {found}",
        "The standing record {record} does not cover the wildcard {name}: policy=wildcard is missing. Found: {found}",
        _CHANGE,
        _GOES_ON,
    ),
    Code.STANDING_ENDED: problem(
        Actor.DOMAIN,
        "Der feste Eintrag {record} gilt seit dem {until} nicht mehr: So steht es in ihm selbst (persistUntil).",
        "The standing record {record} has not been valid since {until}: it says so itself (persistUntil).",
        _CHANGE,
        _GOES_ON,
    ),
    Code.STANDING_UNREADABLE: problem(
        Actor.DOMAIN,
        "Den festen Eintrag {record} könnte die Zertifizierungsstelle nicht lesen: {found}",
        "The authority could not read the standing record {record}: {found}",
        Words(
            "Ohne Anführungszeichen und ohne Semikolon am Ende eintragen, genau so: {value}",
            "Enter it without quotation marks and without a semicolon at the end, exactly like this: {value}",
        ),
        _GOES_ON,
    ),
    Code.STANDING_REFUSED: problem(
        Actor.DOMAIN,
        "Die Zertifizierungsstelle nimmt den festen Eintrag {record} nicht an: {detail}",
        "The authority does not take the standing record {record}: {detail}",
        Words(
            "Den Eintrag mit dem vergleichen, was die Seite „Zertifikat“ zeigt, auch den Ort: Er gehört unter genau "
            "diesen Namen.",
            "Compare the record with what the page “Certificate” shows, also its place: it belongs at exactly this "
            "name.",
        ),
        OTHER_WAY,
        AGAIN,
    ),
    Code.STANDING_NOT_OFFERED: problem(
        Actor.OFFICE,
        "Die Zertifizierungsstelle {authority} bietet den Nachweis durch einen festen DNS-Eintrag für {name} (noch) "
        "nicht an, sondern: {offered}.",
        "The authority {authority} does not (yet) offer the proof by a standing DNS record for {name}, but: {offered}.",
        Words(
            "Mit dem Assistenten einen anderen Weg wählen: einen Port öffnen, einen API-Zugang zum DNS angeben oder "
            "ein gekauftes Zertifikat.",
            "Choose another way with the assistant: open a port, give access to the DNS by API, or buy a certificate.",
        ),
        OTHER_AUTHORITY,
    ),
}

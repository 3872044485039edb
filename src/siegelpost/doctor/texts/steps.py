"""The steps that remedies are made of. A step that needs this product names the command that does it."""

from dataclasses import dataclass
from enum import StrEnum

from siegelpost.toolbox.words import Words


class Step(StrEnum):
    ASK_AUTHORITY = "ask_authority"
    ASK_AUTHORITY_NAMES = "ask_authority_names"
    ASK_AUTHORITY_ADDRESS = "ask_authority_address"
    ASK_AUTHORITY_RSA = "ask_authority_rsa"
    ASK_AUTHORITY_PURPOSE = "ask_authority_purpose"
    ASK_AUTHORITY_SHORT = "ask_authority_short"
    ASK_AUTHORITY_LOGGED = "ask_authority_logged"
    LOOK_YOURSELF = "look_yourself"
    COMPLAIN = "complain"
    OTHER_AUTHORITY = "other_authority"
    GET_CHAIN = "get_chain"
    REMOVE_OLD_CHAIN = "remove_old_chain"
    ONLY_WHAT_IS_NEEDED = "only_what_is_needed"
    NEWER_KNOWLEDGE = "newer_knowledge"
    INSTALL = "install"
    CHECK_CLOCK = "check_clock"
    WAIT = "wait"
    USE_LISTED_NAME = "use_listed_name"
    OWN_DOMAIN = "own_domain"
    NEW_LOCAL_AUTHORITY = "new_local_authority"
    STAPLE_OFF = "staple_off"
    CHECK_FILE = "check_file"
    TRY_BROWSER = "try_browser"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class StepText:
    """``command`` names the subcommands that the step asks for, so that a test can see whether there are such."""

    text: Words
    command: tuple[str, ...] = ()


def step(de: str, en: str, *command: str) -> StepText:
    """A step; ``command`` names the subcommands that it asks for."""
    return StepText(Words(de, en), command)


STEPS: dict[Step, StepText] = {
    Step.ASK_AUTHORITY: step(
        "Bestellen Sie für {name} ein neues Zertifikat bei einer Stelle, die alle Browser kennen. Das kann nur, "
        "wem der Name gehört. Fragen Sie Ihren Hoster oder die Stelle, bei der Sie die Domain gekauft haben.",
        "Order a new certificate for {name} from an authority that every browser knows. Only the owner of the "
        "name can. Ask your hosting company or the place where you bought the domain.",
    ),
    Step.ASK_AUTHORITY_NAMES: step(
        "Bestellen Sie ein Zertifikat, in dem {name} genau so steht (als „Subject Alternative Name“, Typ DNS).",
        "Order a certificate that contains {name} exactly so (as a subject alternative name of type DNS).",
    ),
    Step.ASK_AUTHORITY_ADDRESS: step(
        "Soll die Adresse {name} selbst im Zertifikat stehen, muss sie dort als IP-Adresse eingetragen sein, nicht "
        "als Name. Nur wenige Stellen bieten das an, und nur für feste öffentliche Adressen.",
        "If the address {name} itself shall be in the certificate, it must be entered as an IP address, not as a "
        "name. Few authorities offer that, and only for fixed public addresses.",
    ),
    Step.ASK_AUTHORITY_RSA: step(
        "Bestellen Sie ein Zertifikat mit einem Schlüssel, den alle Browser nehmen: ECDSA P-256 oder RSA mit 2048 Bit.",
        "Order a certificate with a key that every browser takes: ECDSA P-256, or RSA with 2048 bits.",
    ),
    Step.ASK_AUTHORITY_PURPOSE: step(
        "Bestellen Sie ein Zertifikat für Webserver („TLS-Server“, „SSL-Zertifikat“), keines für E-Mail, "
        "Unterschriften, Programme oder Personen.",
        "Order a certificate for web servers (“TLS server”, “SSL certificate”), not one for mail, signatures, "
        "programs or persons.",
    ),
    Step.ASK_AUTHORITY_SHORT: step(
        "Bestellen Sie ein Zertifikat, das höchstens {limit} Tage gilt. Länger wird heute nicht mehr anerkannt, "
        "auch wenn alte Anleitungen 12 bis 36 Monate nennen.",
        "Order a certificate that is valid for at most {limit} days. Longer ones are no longer accepted, even "
        "though old guides speak of 12 to 36 months.",
    ),
    Step.ASK_AUTHORITY_LOGGED: step(
        "Lassen Sie das Zertifikat neu ausstellen und verlangen Sie die Eintragung in die öffentlichen Logbücher "
        "(„Certificate Transparency“, {wanted} Einträge). Bestellen Sie diese nicht ab.",
        "Have the certificate issued again and ask for its entry in the public logs (“Certificate Transparency”, "
        "{wanted} entries). Do not opt out of them.",
    ),
    Step.LOOK_YOURSELF: step(
        "Öffnen Sie https://{name} in Chrome und Firefox. Kommt keine Warnung, ist das Zertifikat in Ordnung: Setzen "
        "Sie dann eine neuere Fassung von Siegelpost ein.",
        "Open https://{name} in Chrome and Firefox. If there is no warning, the certificate is all right: then use a "
        "newer version of Siegelpost.",
    ),
    Step.COMPLAIN: step(
        "Melden Sie der ausstellenden Stelle „{issuer}“ den Fehler mit dem Wortlaut von oben, und lassen Sie das "
        "Zertifikat neu ausstellen.",
        "Report the fault to the issuer “{issuer}” in the words above, and have the certificate issued again.",
    ),
    Step.OTHER_AUTHORITY: step(
        "Bestellen Sie das Zertifikat für {name} bei einer anderen Stelle. Am Server liegt es nicht.",
        "Order the certificate for {name} from another authority. The server is not at fault.",
    ),
    Step.GET_CHAIN: step(
        "Laden Sie bei der Stelle, die das Zertifikat ausgestellt hat, die Zwischenzertifikate herunter (oft "
        "„Chain“, „Bundle“ oder „fullchain“ genannt). Ausgestellt hat es „{issuer}“.",
        "Download the intermediate certificates from the authority that issued the certificate (often called "
        "“chain”, “bundle” or “fullchain”). It was issued by “{issuer}”.",
    ),
    Step.REMOVE_OLD_CHAIN: step(
        "Nehmen Sie aus der Kette das Zertifikat „{subject}“ heraus und setzen Sie das aktuelle der ausstellenden "
        "Stelle ein.",
        "Take the certificate “{subject}” out of the chain and put the issuer's current one in its place.",
    ),
    Step.ONLY_WHAT_IS_NEEDED: step(
        "Nehmen Sie aus der Kette alles heraus, was nicht zum Zertifikat gehört: Es genügen das Zertifikat selbst und "
        "die Zwischenzertifikate der Stelle, die es ausgestellt hat.",
        "Take everything out of the chain that does not belong to the certificate: the certificate itself and the "
        "intermediate certificates of its issuer are enough.",
    ),
    Step.NEWER_KNOWLEDGE: step(
        "Bringen Sie das Wissen des Doktors auf den neuesten Stand: siegelpost doctor data --update DATEI (oder "
        "ADRESSE), oder setzen Sie eine neuere Fassung von Siegelpost ein.",
        "Bring the doctor's knowledge up to date: siegelpost doctor data --update FILE or ADDRESS, or use a newer "
        "version of Siegelpost.",
        "doctor",
    ),
    Step.INSTALL: step(
        "Spielen Sie Zertifikat, Kette und Schlüssel auf dem Server ein: siegelpost cert import DATEI… --activate",
        "Put certificate, chain and key on the server: siegelpost cert import FILE… --activate",
        "cert",
        "import",
    ),
    Step.CHECK_CLOCK: step(
        "Prüfen Sie die Uhr des Rechners, auf dem Sie gerade arbeiten, und die des Servers.",
        "Check the clock of the machine you are working on, and the server's.",
    ),
    Step.WAIT: step(
        "Warten Sie bis zum {date}, oder setzen Sie bis dahin das vorige Zertifikat wieder ein.",
        "Wait until {date}, or use the previous certificate until then.",
    ),
    Step.USE_LISTED_NAME: step(
        "Das Zertifikat gilt für: {found}. Verschicken Sie Links mit einem dieser Namen, wenn er zu diesem Server "
        "führt.",
        "The certificate is for: {found}. Send links with one of these names if it leads to this server.",
    ),
    Step.OWN_DOMAIN: step(
        "Nehmen Sie einen Namen unter Ihrer eigenen Domain (etwa expose.ihr-buero.de) und lassen Sie ihn auf diesen "
        "Server zeigen: {addresses}.",
        "Use a name below your own domain (such as expose.your-office.com) and let it point to this server: "
        "{addresses}.",
    ),
    Step.NEW_LOCAL_AUTHORITY: step(
        "Stammt das Zertifikat aus Ihrer eigenen Stelle, dann lassen Sie es dort richtig ausstellen. Für Empfänger "
        "außerhalb des Büros taugt nur eine öffentlich anerkannte Stelle.",
        "If the certificate comes from an authority of your own, have it issued properly there. For recipients "
        "outside the office only a publicly trusted authority will do.",
    ),
    Step.STAPLE_OFF: step(
        "Bestellen Sie das Zertifikat ohne „OCSP Must-Staple“. Die meisten Stellen haben OCSP abgeschafft.",
        "Order the certificate without “OCSP must-staple”. Most authorities have given up OCSP.",
    ),
    Step.CHECK_FILE: step(
        "Holen Sie die Datei noch einmal von der ausstellenden Stelle; sie ist beschädigt oder kein Zertifikat.",
        "Fetch the file from the issuer again; it is damaged, or is no certificate.",
    ),
    Step.TRY_BROWSER: step(
        "Öffnen Sie https://{name} mit einem iPhone oder Mac. Nur so lässt sich Safari fragen.",
        "Open https://{name} on an iPhone or a Mac. There is no other way to ask Safari.",
    ),
    Step.AGAIN: step(
        "Prüfen Sie danach noch einmal: siegelpost doctor {name}",
        "Then check again: siegelpost doctor {name}",
        "doctor",
    ),
}

"""Texts about the way to the server: its name, the DNS, its addresses, its port."""

from collections.abc import Mapping

from siegelpost.doctor.live.findings import FindingId
from siegelpost.doctor.live.sentence import FindingText, said
from siegelpost.doctor.texts.steps import step

_OWN_NAME = step(
    "Nehmen Sie einen Namen unter Ihrer eigenen Domain, etwa expose.ihr-buero.de. Dafür gibt es kostenlose und "
    "gekaufte Zertifikate, die jeder Browser kennt.",
    "Use a name below your own domain, such as expose.your-office.com. There are free and bought certificates for "
    "it that every browser knows.",
)
_POINT_IT = step(
    "Tragen Sie bei Ihrem Domain-Anbieter für diesen Namen die öffentliche Adresse Ihres Anschlusses ein "
    "(A-Eintrag). Wechselt die Adresse, tragen Sie stattdessen einen CNAME auf Ihren DynDNS-Namen ein.",
    "At your domain provider, enter your line's public address for this name (A record). If the address changes, "
    "enter a CNAME to your dynamic-DNS name instead.",
)
_PUBLIC_URL = step(
    "Tragen Sie den Namen in der Einstellung public_url ein, damit Links ihn benutzen.",
    "Enter the name in the setting public_url, so that links use it.",
)
_NEW_NAME = (_OWN_NAME, _POINT_IT, _PUBLIC_URL)
_FROM_OUTSIDE = step(
    "Öffnen Sie {address} auf dem Telefon, mit ausgeschaltetem WLAN. Kommt die Seite, ist der Weg frei.",
    "Open {address} on a phone with Wi-Fi switched off. If the page appears, the way is clear.",
)
_FORWARD = step(
    "Leiten Sie im Router den Port {port} auf diesen Server weiter (Portfreigabe, TCP).",
    "In the router, forward port {port} to this server (port forwarding, TCP).",
)
_DNS_ENTRY = step(
    "Prüfen Sie beim Domain-Anbieter die Einträge für {name}: Schreibweise, und ob ein A-Eintrag da ist.",
    "At your domain provider, check the records of {name}: the spelling, and whether there is an A record.",
)
_DNS_WAIT = step(
    "Nach einer Änderung dauert es bis zu einem Tag, bis alle sie sehen. Prüfen Sie dann noch einmal.",
    "After a change it takes up to a day until everybody sees it. Then check again.",
)
_AGAIN = step(
    "Prüfen Sie danach noch einmal: siegelpost doctor {name}", "Then check again: siegelpost doctor {name}", "doctor"
)

WAY: Mapping[FindingId, FindingText] = {
    FindingId.NAME_PUBLIC: said(
        "{name} ist ein öffentlicher Name: Dafür gibt es anerkannte Zertifikate.",
        "{name} is a public name: trusted certificates can be had for it.",
    ),
    FindingId.NAME_DYNAMIC: said(
        "{name} ist ein DynDNS-Name unter {provider}. Kostenlose Zertifikate (ACME) gibt es dafür, gekaufte in der "
        "Regel nicht, denn die Domain gehört dem Anbieter. Und alle Kunden des Anbieters teilen sich unter "
        "Umständen dessen Kontingent.",
        "{name} is a dynamic-DNS name below {provider}. Free certificates (ACME) can be had for it, bought ones as "
        "a rule not, because the domain is the provider's. And all its customers may share one quota.",
        _OWN_NAME,
        step(
            "Lassen Sie den eigenen Namen mit einem CNAME auf {name} zeigen; dann darf sich die Adresse weiter ändern.",
            "Let your own name point to {name} by a CNAME; then the address may go on changing.",
        ),
    ),
    FindingId.NAME_UMLAUT: said(
        "{name} enthält Umlaute. Das Zertifikat muss auf die Schreibweise {ascii} lauten; manche Browser und "
        "Mailprogramme zeigen auch nur diese.",
        "{name} is an internationalised name. The certificate must be issued to the form {ascii}; some browsers and "
        "mail programs show only that form.",
    ),
    FindingId.NAME_PUBLIC_ADDRESS: said(
        "{name} ist eine IP-Adresse. Zertifikate dafür gibt es nur für feste öffentliche Adressen, von wenigen "
        "Stellen und nur für wenige Tage (Let’s Encrypt: Profil „shortlived“, 160 Stunden).",
        "{name} is an IP address. Certificates for it exist only for fixed public addresses, from few authorities "
        "and for a few days (Let’s Encrypt: profile “shortlived”, 160 hours).",
        *_NEW_NAME,
    ),
    FindingId.NAME_PRIVATE_ADDRESS: said(
        "{name} ist eine Adresse aus einem privaten Netz. Kein Empfänger außerhalb erreicht sie, und keine Stelle "
        "stellt dafür ein Zertifikat aus.",
        "{name} is an address of a private network. No recipient outside can reach it, and no authority issues a "
        "certificate for it.",
        *_NEW_NAME,
    ),
    FindingId.NAME_LOCALHOST: said(
        "{name} ist immer nur dieser Rechner selbst. Zum Ausprobieren gut; Empfänger erreichen darunter nichts.",
        "{name} is always this machine itself. Fine for trying things out; recipients reach nothing by it.",
        *_NEW_NAME,
    ),
    FindingId.NAME_SINGLE_LABEL: said(
        "{name} ist ein Rechnername aus Ihrem Netz, kein Name im Internet. Öffentliche Stellen stellen dafür seit "
        "2015 kein Zertifikat mehr aus.",
        "{name} is the name of a machine in your network, not a name on the internet. Public authorities have "
        "issued no certificates for such names since 2015.",
        *_NEW_NAME,
    ),
    FindingId.NAME_ROUTER: said(
        "{name} ist der Name des Routers im eigenen Netz. Ein anerkanntes Zertifikat gibt es dafür nicht; im "
        "Internet führt der Name ins Leere.",
        "{name} is the router's name within its own network. There is no trusted certificate for it; on the "
        "internet it leads nowhere.",
        *_NEW_NAME,
    ),
    FindingId.NAME_MULTICAST: said(
        "{name} gilt nur im eigenen Netz („.local“, mDNS). Empfänger können den Namen nicht auflösen, und "
        "Zertifikate gibt es dafür nicht.",
        "{name} exists in your own network only (“.local”, mDNS). Recipients cannot resolve it, and there are no "
        "certificates for it.",
        *_NEW_NAME,
    ),
    FindingId.NAME_HOME: said(
        "Die Endung von {name} ist für private Netze gedacht. Im Internet gibt es sie nicht, also auch keine "
        "Zertifikate öffentlicher Stellen.",
        "The ending of {name} is meant for private networks. It does not exist on the internet, and so public "
        "authorities issue no certificates for it.",
        *_NEW_NAME,
    ),
    FindingId.NAME_RESERVED: said(
        "Die Endung von {name} ist für Beispiele und Tests reserviert. Empfänger erreichen darunter nichts.",
        "The ending of {name} is reserved for examples and tests. Recipients reach nothing by it.",
        *_NEW_NAME,
    ),
    FindingId.NAME_UNKNOWN_ENDING: said(
        "Die Endung von {name} gibt es nach der Liste, die diesem Programm beiliegt, im Internet nicht.",
        "According to the list that comes with this program, the ending of {name} does not exist on the internet.",
        step("Prüfen Sie die Schreibweise des Namens.", "Check the spelling of the name."),
        *_NEW_NAME,
    ),
    FindingId.TARGET_UNREADABLE: said(
        "„{target}“ ist keine Adresse, die ein Browser öffnen könnte.",
        "“{target}” is no address that a browser could open.",
        step(
            "Geben Sie eine Adresse wie https://expose.ihr-buero.de oder expose.ihr-buero.de:8443 an.",
            "Give an address like https://expose.your-office.com or expose.your-office.com:8443.",
        ),
    ),
    FindingId.DNS_FOUND: said("{name} führt zu {addresses}.", "{name} leads to {addresses}."),
    FindingId.DNS_GIVEN: said(
        "Statt im DNS nachzusehen, wurde wie eingestellt {addresses} gefragt.",
        "Instead of asking the DNS, {addresses} was asked, as set.",
    ),
    FindingId.DNS_HOSTS_FILE: said(
        "{name} steht auf diesem Rechner in der Datei hosts ({addresses}). Empfänger haben diesen Eintrag nicht; "
        "wohin sie gelangen, ist damit nicht geprüft.",
        "{name} is listed in this machine's hosts file ({addresses}). Recipients do not have that entry; where they "
        "get to has not been checked.",
        step(
            "Nehmen Sie den Eintrag aus der Datei hosts heraus, oder prüfen Sie von einem anderen Rechner.",
            "Remove the entry from the hosts file, or check from another machine.",
        ),
    ),
    FindingId.DNS_NO_SUCH_NAME: said(
        "Den Namen {name} gibt es im Internet nicht. Links damit führen ins Leere.",
        "The name {name} does not exist on the internet. Links with it lead nowhere.",
        _DNS_ENTRY,
        _POINT_IT,
        _DNS_WAIT,
        _AGAIN,
    ),
    FindingId.DNS_NO_ADDRESS: said(
        "Den Namen {name} gibt es, aber er führt zu keiner Adresse.",
        "The name {name} exists, but leads to no address.",
        _POINT_IT,
        _DNS_WAIT,
        _AGAIN,
    ),
    FindingId.DNS_LOOP: said(
        "Die Einträge für {name} verweisen im Kreis oder über zu viele Stationen aufeinander (CNAME).",
        "The records of {name} refer to one another in a circle or over too many steps (CNAME).",
        _DNS_ENTRY,
        _DNS_WAIT,
        _AGAIN,
    ),
    FindingId.DNS_FAILED: said(
        "Wohin {name} führt, war nicht zu erfahren: Der DNS-Server hat nicht oder mit einem Fehler geantwortet.",
        "Where {name} leads could not be learnt: the DNS server did not answer, or with an error.",
        step(
            "Prüfen Sie, ob dieser Rechner überhaupt Namen auflösen kann, etwa mit: nslookup denic.de",
            "Check whether this machine can resolve names at all, for instance with: nslookup denic.de",
        ),
        step(
            "Geht das, liegt es an den Einträgen der Domain (oft an DNSSEC). Fragen Sie Ihren Domain-Anbieter.",
            "If it can, the domain's records are at fault (often DNSSEC). Ask your domain provider.",
        ),
        _AGAIN,
    ),
    FindingId.DNS_CHANGING: said(
        "Der DNS-Eintrag darf nur {seconds} Sekunden aufgehoben werden: ein Zeichen für eine wechselnde Adresse.",
        "The DNS record may be kept for {seconds} seconds only: a sign of a changing address.",
        step(
            "Sorgen Sie dafür, dass der Router jede neue Adresse gleich meldet (DynDNS), oder bestellen Sie beim "
            "Internetanbieter eine feste Adresse.",
            "See to it that the router reports each new address at once (dynamic DNS), or order a fixed address "
            "from your internet provider.",
        ),
    ),
    FindingId.ADDRESS_PRIVATE: said(
        "{name} führt hier zu {address}, einer Adresse, die nur im eigenen Netz gilt. Was Empfänger draußen sehen, "
        "ist damit nicht geprüft.",
        "{name} leads here to {address}, an address that holds in your own network only. What recipients outside "
        "see has not been checked.",
        step(
            "Tragen Sie im öffentlichen DNS die öffentliche Adresse ein. Antwortet Ihr eigener DNS-Server im Büro "
            "anders, ist das in Ordnung.",
            "Enter the public address in the public DNS. If your own DNS server in the office answers differently, "
            "that is fine.",
        ),
        step(
            "Öffnen Sie https://{name} auf dem Telefon, mit ausgeschaltetem WLAN.",
            "Open https://{name} on a phone with Wi-Fi switched off.",
        ),
    ),
    FindingId.ADDRESS_PRIVATE_NOT_ASKED: said(
        "{name} führt zu {address}, einer Adresse in einem privaten Netz. Sie wurde nicht angesprochen: Fremde "
        "Namen sollen niemanden in Ihr Netz führen. Empfänger draußen erreichen sie ohnehin nicht.",
        "{name} leads to {address}, an address in a private network. It was not contacted: foreign names shall lead "
        "nobody into your network. Recipients outside cannot reach it anyway.",
        step(
            "Ist es Ihr eigener Server, tragen Sie die Adresse in der Einstellung resolve ein, oder prüfen Sie "
            "direkt: siegelpost doctor {address}",
            "If it is your own server, enter the address in the setting resolve, or check it directly: siegelpost "
            "doctor {address}",
            "doctor",
        ),
        step(
            "Für Empfänger muss im öffentlichen DNS eine öffentliche Adresse stehen.",
            "For recipients, the public DNS must hold a public address.",
        ),
    ),
    FindingId.ADDRESS_ANSWERS: said(
        "{address} antwortet auf Port {port} ({milliseconds} ms).",
        "{address} answers on port {port} ({milliseconds} ms).",
    ),
    FindingId.ADDRESS_SILENT: said(
        "{address} antwortet auf Port {port} nicht. Das kann am Server liegen, an der Portfreigabe, oder daran, "
        "dass der Router die eigene öffentliche Adresse von innen nicht durchlässt.",
        "{address} does not answer on port {port}. The cause may be the server, the port forwarding, or a router "
        "that does not let its own public address through from inside.",
        step(
            "Prüfen Sie, ob der Server läuft: siegelpost serve",
            "Check whether the server runs: siegelpost serve",
            "serve",
        ),
        _FORWARD,
        step(
            "Öffnen Sie die Adresse auf dem Telefon, mit ausgeschaltetem WLAN. Kommt die Seite dort, tragen Sie den "
            "Namen mit der inneren Adresse des Servers in der Einstellung resolve ein.",
            "Open the address on a phone with Wi-Fi switched off. If the page appears there, enter the name with "
            "the server's inner address in the setting resolve.",
        ),
    ),
    FindingId.AAAA_LEADS_NOWHERE: said(
        "Der AAAA-Eintrag führt zu {address}, und dort antwortet niemand. Browser weichen nach kurzem Warten auf "
        "IPv4 aus; Zertifikatsstellen tun das oft nicht und lehnen dann ab.",
        "The AAAA record leads to {address}, where nobody answers. Browsers fall back to IPv4 after a moment; "
        "authorities often do not, and then refuse to issue.",
        step(
            "Löschen Sie beim Domain-Anbieter den AAAA-Eintrag, oder berichtigen Sie ihn auf die IPv6-Adresse "
            "dieses Servers (nicht die des Routers).",
            "At your domain provider, delete the AAAA record, or correct it to this server's IPv6 address (not the "
            "router's).",
        ),
        step(
            "Geben Sie im Router den Port {port} auch für IPv6 frei.",
            "In the router, open port {port} for IPv6 as well.",
        ),
    ),
    FindingId.AAAA_NOT_TESTABLE: said(
        "Es gibt einen AAAA-Eintrag ({address}), aber dieser Rechner hat kein IPv6 nach draußen; ob dort jemand "
        "antwortet, ist von hier aus nicht zu sehen.",
        "There is an AAAA record ({address}), but this machine has no IPv6 to the outside; whether anybody answers "
        "there cannot be seen from here.",
        step(
            "Öffnen Sie die Seite in einem Mobilfunknetz; dort wird meist IPv6 benutzt.",
            "Open the page in a mobile network; IPv6 is mostly used there.",
        ),
    ),
    FindingId.ADDRESSES_DIFFER: said(
        "Unter den Adressen {addresses} antworten verschiedene Zertifikate. Manche Empfänger sehen also etwas "
        "anderes als Sie.",
        "Different certificates answer at the addresses {addresses}. So some recipients see something else than you "
        "do.",
        step(
            "Löschen Sie den Eintrag, der nicht zu diesem Server führt, oder spielen Sie das Zertifikat auch dort ein.",
            "Delete the record that does not lead to this server, or install the certificate there as well.",
        ),
    ),
    FindingId.PORT_OPEN_HERE: said(
        "Auf diesem Rechner ist der Server zu erreichen.", "On this machine the server can be reached."
    ),
    FindingId.PORT_CLOSED_HERE: said(
        "Auf diesem Rechner antwortet der Server nicht.",
        "On this machine the server does not answer.",
        step("Starten Sie ihn: siegelpost serve", "Start it: siegelpost serve", "serve"),
    ),
    FindingId.OUTSIDE_UNKNOWN: said(
        "Ob der Server von außen zu erreichen ist, kann von hier aus niemand sehen.",
        "Whether the server can be reached from outside cannot be seen from here.",
        _FROM_OUTSIDE,
    ),
}

"""Texts about the server itself: its handshake, its certificate, its answers, its next certificate."""

from collections.abc import Mapping

from siegelpost.doctor.live.findings import FindingId
from siegelpost.doctor.live.sentence import FindingText, said
from siegelpost.doctor.texts.steps import step

_ADMIN = step(
    "Steht vor diesem Server ein anderer (Proxy, Router, Hoster), dann stellen Sie es dort ein.",
    "If another server stands in front of this one (proxy, router, hosting company), change it there.",
)
_PORT = step(
    "Prüfen Sie im Router, wohin Port {port} weitergeleitet wird: Er muss zum HTTPS-Port dieses Servers führen.",
    "In the router, check where port {port} is forwarded to: it must lead to this server's HTTPS port.",
)
_RETRY = step(
    "Prüfen Sie in einigen Minuten noch einmal. Bleibt es dabei, sehen Sie im Protokoll des Servers nach.",
    "Check again in a few minutes. If it stays, look into the server's log.",
)
_INTERMEDIATE = step(
    "Erlauben Sie nur TLS 1.2 und 1.3 mit den Verfahren aus Mozillas Empfehlung „Intermediate“ "
    "(https://ssl-config.mozilla.org). Der eingebaute Server von Siegelpost ist schon so eingestellt.",
    "Allow only TLS 1.2 and 1.3 with the suites of Mozilla's “intermediate” recommendation "
    "(https://ssl-config.mozilla.org). Siegelpost's own server is set up like that already.",
)
_CHAIN = step(
    "Spielen Sie das Zertifikat noch einmal mit der vollständigen Kette ein: siegelpost cert import DATEI",
    "Import the certificate again with the complete chain: siegelpost cert import FILE",
    "cert",
    "import",
)
_CLOCK = step(
    "Stellen Sie die Uhr automatisch (NTP): timedatectl set-ntp true",
    "Let the clock be set automatically (NTP): timedatectl set-ntp true",
)

SERVER: Mapping[FindingId, FindingText] = {
    FindingId.PLAIN_HTTP: said(
        "Auf Port {port} antwortet unverschlüsseltes HTTP, wo der Browser HTTPS erwartet.",
        "Port {port} answers in plain HTTP where the browser expects HTTPS.",
        _PORT,
        _ADMIN,
    ),
    FindingId.OTHER_PROTOCOL: said(
        "Auf Port {port} antwortet kein Webserver, sondern etwas anderes („{greeting}“).",
        "What answers on port {port} is no web server but something else (“{greeting}”).",
        _PORT,
    ),
    FindingId.HANDSHAKE_REFUSED: said(
        "Der Server lehnt die Verbindung ab, bevor er ein Zertifikat zeigt: Er hat mit dem Browser kein gemeinsames "
        "Verfahren, oder er kennt den Namen nicht.",
        "The server refuses the connection before it shows a certificate: it has no method in common with the "
        "browser, or does not know the name.",
        step(
            "Benutzen Sie einen Schlüssel, den alle Browser nehmen: ECDSA P-256 oder RSA mit 2048 Bit.",
            "Use a key that every browser takes: ECDSA P-256, or RSA with 2048 bits.",
        ),
        _INTERMEDIATE,
        _ADMIN,
    ),
    FindingId.HANDSHAKE_CUT: said(
        "Der Server beendet die Verbindung, bevor er ein Zertifikat zeigt.",
        "The server ends the connection before it shows a certificate.",
        _RETRY,
        _PORT,
    ),
    FindingId.HANDSHAKE_SLOW: said(
        "{address} nimmt die Verbindung an, kommt mit der Verschlüsselung aber nicht in angemessener Zeit zustande.",
        "{address} accepts the connection, but encryption does not come about in reasonable time.",
        _RETRY,
        _PORT,
    ),
    FindingId.HANDSHAKE_BROKEN: said(
        "Die verschlüsselte Verbindung kommt nicht zustande, obwohl der Server antwortet. Was ein Browser daraus "
        "macht, ist nicht sicher.",
        "The encrypted connection does not come about although the server answers. What a browser makes of it is "
        "not certain.",
        step(
            "Prüfen Sie, ob Zertifikat und Schlüssel zueinander gehören, und spielen Sie beide neu ein: siegelpost "
            "cert import DATEI",
            "Check whether certificate and key belong together, and import both again: siegelpost cert import FILE",
            "cert",
            "import",
        ),
        _RETRY,
    ),
    FindingId.TOO_MUCH: said(
        "Der Server schickt beim Verbindungsaufbau ungewöhnlich viel. Die Prüfung wurde abgebrochen.",
        "The server sends an unusual amount while connecting. The check was broken off.",
        step(
            "Sehen Sie nach, ob in der Kettendatei versehentlich sehr viele Zertifikate stehen; nötig sind zwei bis "
            "vier.",
            "See whether the chain file holds very many certificates by mistake; two to four are needed.",
        ),
    ),
    FindingId.TLS_OLD_ONLY: said(
        "Der Server beherrscht nur die veralteten Versionen TLS 1.0 und 1.1. Kein heutiger Browser öffnet die Seite.",
        "The server knows only the outdated versions TLS 1.0 and 1.1. No browser of today opens the page.",
        _INTERMEDIATE,
        _ADMIN,
    ),
    FindingId.TLS_GOOD: said(
        "Verschlüsselung nach Mozillas Empfehlung „Intermediate“ ({version}).",
        "Encryption as in Mozilla's “intermediate” recommendation ({version}).",
    ),
    FindingId.TLS_OLD_OFFERED: said(
        "Der Server bietet noch {versions} an. Browser benutzen das nicht mehr; angreifbar ist es trotzdem.",
        "The server still offers {versions}. Browsers no longer use it; it can be attacked all the same.",
        _INTERMEDIATE,
        _ADMIN,
    ),
    FindingId.TLS_1_3_MISSING: said(
        "Der Server beherrscht TLS 1.3 nicht; TLS 1.2 genügt den Browsern noch.",
        "The server does not know TLS 1.3; TLS 1.2 is still enough for browsers.",
        _ADMIN,
    ),
    FindingId.SUITES_BROKEN: said(
        "Der Server bietet ein gebrochenes Verschlüsselungsverfahren an ({cipher}).",
        "The server offers a broken cipher suite ({cipher}).",
        _INTERMEDIATE,
        _ADMIN,
    ),
    FindingId.SUITES_DATED: said(
        "Der Server bietet auch ältere Verfahren an ({cipher}). Empfänger merken davon nichts.",
        "The server also offers older cipher suites ({cipher}). Recipients do not notice.",
        _INTERMEDIATE,
        _ADMIN,
    ),
    FindingId.TLS_NOT_MEASURED: said(
        "Welche TLS-Versionen und Verfahren der Server anbietet, ließ sich in der Zeit nicht vollständig messen.",
        "Which TLS versions and cipher suites the server offers could not be measured completely in the time.",
        _RETRY,
    ),
    FindingId.TLS_HYBRID: said(
        "Der Schlüsselaustausch hält auch künftigen Quantenrechnern stand (X25519MLKEM768).",
        "The key exchange will withstand quantum computers, too (X25519MLKEM768).",
    ),
    FindingId.TLS_NO_HYBRID: said(
        "Einen Schlüsselaustausch, der künftigen Quantenrechnern standhält (X25519MLKEM768), bietet der Server nicht "
        "an; Siegelpost tut es, wo OpenSSL 3.5 oder neuer installiert ist. Browser öffnen die Seite ohne Warnung.",
        "The server offers no key exchange that will withstand quantum computers (X25519MLKEM768); Siegelpost does "
        "where OpenSSL 3.5 or newer is installed. Browsers open the page without a warning.",
    ),
    FindingId.CERTIFICATE_OURS: said(
        "Unter der öffentlichen Adresse antwortet das Zertifikat dieses Servers.",
        "The public address answers with this server's certificate.",
    ),
    FindingId.CERTIFICATE_OF_PROXY: said(
        "Unter der öffentlichen Adresse antwortet nicht dieser Server selbst, sondern einer davor, mit eigenem "
        "Zertifikat („{subject}“ von „{issuer}“). Dessen Zertifikat zählt für die Empfänger.",
        "It is not this server that answers at the public address but one in front of it, with a certificate of its "
        "own (“{subject}” by “{issuer}”). That certificate counts for recipients.",
        step(
            "Ist der Proxy gewollt, erneuern Sie das Zertifikat dort. Sonst leiten Sie den Port direkt hierher.",
            "If the proxy is meant, renew the certificate there. Otherwise forward the port directly to this server.",
        ),
    ),
    FindingId.CERTIFICATE_OF_ROUTER: said(
        "Unter der öffentlichen Adresse antwortet ein Router oder Netzwerkspeicher („{subject}“), nicht dieser Server.",
        "A router or storage box (“{subject}”) answers at the public address, not this server.",
        step(
            "Verlegen Sie im Router den Fernzugriff auf einen anderen Port, und geben Sie den Port für diesen "
            "Server frei.",
            "In the router, move remote access to another port, and forward the port to this server.",
        ),
        step(
            "Von innen landet man bei manchen Routern immer auf dem Router selbst. Öffnen Sie die Adresse auf dem "
            "Telefon, mit ausgeschaltetem WLAN, bevor Sie etwas ändern.",
            "With some routers one always ends up at the router itself from inside. Open the address on a phone "
            "with Wi-Fi switched off before you change anything.",
        ),
    ),
    FindingId.CERTIFICATE_OTHER: said(
        "Unter der öffentlichen Adresse antwortet ein anderes Zertifikat als das dieses Servers („{subject}“ von "
        "„{issuer}“).",
        "The public address answers with another certificate than this server's (“{subject}” by “{issuer}”).",
        step(
            "Prüfen Sie DNS-Eintrag und Portfreigabe: Vielleicht führen sie noch zu einem alten Server.",
            "Check DNS record and port forwarding: perhaps they still lead to an old server.",
        ),
    ),
    FindingId.CHAIN_INCOMPLETE: said(
        "Der Server schickt die Kette nicht vollständig; es fehlt: {missing}. Auf Rechnern, die dieses Zertifikat "
        "schon kennen, geht es trotzdem. Daher „bei mir geht es doch“.",
        "The server does not send the complete chain; missing: {missing}. On machines that already know that "
        "certificate it works all the same, hence “but it works for me”.",
        _CHAIN,
    ),
    FindingId.CHAIN_NOT_FETCHABLE: said(
        "Die Kette endet zu früh, und was fehlt, war unter {url} nicht zu bekommen ({why}).",
        "The chain ends too early, and what is missing could not be had from {url} ({why}).",
        step(
            "Laden Sie die Zwischenzertifikate bei der ausstellenden Stelle herunter.",
            "Download the intermediate certificates from the issuing authority.",
        ),
        _CHAIN,
    ),
    FindingId.REDIRECT_TO_HTTP: said(
        "Der Server leitet auf eine unverschlüsselte Adresse weiter ({location}). Browser warnen davor.",
        "The server redirects to an unencrypted address ({location}). Browsers warn of that.",
        step(
            "Stellen Sie im Proxy oder Router ein, dass nach https:// weitergeleitet wird.",
            "Set the proxy or router to redirect to https://.",
        ),
    ),
    FindingId.REDIRECT_ELSEWHERE: said(
        "Der Server leitet auf einen anderen Rechner weiter ({location}). Dessen Zertifikat wurde nicht geprüft.",
        "The server redirects to another machine ({location}). Its certificate was not checked.",
        step("Prüfen Sie auch diese Adresse: siegelpost doctor", "Check that address too: siegelpost doctor", "doctor"),
    ),
    FindingId.NO_HTTP: said(
        "Die verschlüsselte Verbindung steht, aber es kam in der Zeit keine Antwort eines Webservers.",
        "The encrypted connection stands, but no web server answered in the time.",
        _RETRY,
    ),
    FindingId.HSTS: said(
        "Browser merken sich, dass es hier nur HTTPS gibt (HSTS).",
        "Browsers remember that there is only HTTPS here (HSTS).",
    ),
    FindingId.HSTS_MISSING: said(
        "Der Server sagt Browsern nicht, dass es hier nur HTTPS gibt (HSTS fehlt).",
        "The server does not tell browsers that there is only HTTPS here (HSTS is missing).",
        step(
            "Schalten Sie HSTS erst ein, wenn das Zertifikat überall angenommen wird.",
            "Switch HSTS on only when the certificate is accepted everywhere.",
        ),
    ),
    FindingId.HSTS_WITH_REFUSED: said(
        "Der Server verlangt HSTS, aber sein Zertifikat wird nicht angenommen. Wer schon einmal hier war, kann die "
        "Warnung nicht einmal mehr übergehen.",
        "The server demands HSTS, but its certificate is not accepted. People who were here before cannot even "
        "click the warning away.",
        step(
            "Schalten Sie HSTS aus, bis ein anerkanntes Zertifikat im Einsatz ist.",
            "Switch HSTS off until a trusted certificate is in use.",
        ),
    ),
    FindingId.CLOCK_RIGHT: said(
        "Die Uhren dieses Rechners und des Servers stimmen überein.",
        "The clocks of this machine and of the server agree.",
    ),
    FindingId.CLOCK_WRONG: said(
        "Die Uhr dieses Rechners geht sicher falsch ({here}; der Server sagt {there}). Alle Aussagen über "
        "Gültigkeit sind damit unsicher.",
        "This machine's clock is certainly wrong ({here}; the server says {there}). All that is said about validity "
        "is therefore uncertain.",
        _CLOCK,
    ),
    FindingId.CLOCK_DIFFERS: said(
        "Die Uhren dieses Rechners und des Servers gehen {seconds} Sekunden auseinander. Welche falsch geht, ist "
        "von hier aus nicht zu sagen.",
        "The clocks of this machine and of the server differ by {seconds} seconds. Which one is wrong cannot be "
        "told from here.",
        _CLOCK,
    ),
    FindingId.CLOCK_UNKNOWN: said(
        "Ob die Uhr richtig geht, war hier nicht zu vergleichen.",
        "There was nothing to compare the clock with.",
        step(
            "Vergleichen Sie selbst: timedatectl zeigt Uhrzeit und Abgleich.",
            "Compare for yourself: timedatectl shows the time and whether it is kept in step.",
        ),
    ),
    FindingId.CAA_NONE: said(
        "Kein CAA-Eintrag schränkt ein, wer Zertifikate für {name} ausstellen darf.",
        "No CAA record limits who may issue certificates for {name}.",
    ),
    FindingId.CAA_ALLOWS: said(
        "Zertifikate für {name} darf nur ausstellen: {authorities} (CAA-Eintrag bei {at}).",
        "Only these may issue certificates for {name}: {authorities} (CAA record at {at}).",
    ),
    FindingId.CAA_FORBIDS: said(
        "Ein CAA-Eintrag bei {at} verbietet jeder Stelle, Zertifikate für {name} auszustellen.",
        "A CAA record at {at} forbids every authority to issue certificates for {name}.",
        step(
            "Löschen Sie den CAA-Eintrag beim Domain-Anbieter, oder tragen Sie Ihre Stelle ein, etwa: 0 issue "
            "„letsencrypt.org“",
            "Delete the CAA record at your domain provider, or enter your authority, for instance: 0 issue "
            "“letsencrypt.org”",
        ),
    ),
    FindingId.CAA_UNKNOWN: said(
        "Ob ein CAA-Eintrag die Ausstellung einschränkt, war nicht zu erfahren.",
        "Whether a CAA record limits issuance could not be learnt.",
        step("Sehen Sie nach mit: dig CAA {name}", "Look it up with: dig CAA {name}"),
    ),
    FindingId.DNSSEC_GOOD: said(
        "Die DNS-Einträge von {name} sind richtig signiert (DNSSEC).",
        "The DNS records of {name} are signed properly (DNSSEC).",
    ),
    FindingId.DNSSEC_UNSIGNED: said(
        "Die DNS-Einträge von {name} sind nicht signiert. Das ist üblich und stört keine Ausstellung.",
        "The DNS records of {name} are not signed. That is usual and stops no issuance.",
    ),
    FindingId.DNSSEC_BROKEN: said(
        "Die DNSSEC-Signaturen von {name} sind falsch. Zertifikatsstellen lehnen dann ab, und viele Empfänger "
        "finden den Namen nicht.",
        "The DNSSEC signatures of {name} are wrong. Authorities then refuse to issue, and many recipients do not "
        "find the name.",
        step(
            "Lassen Sie DNSSEC vom Domain-Anbieter reparieren oder abschalten (DS-Eintrag löschen).",
            "Have your domain provider repair DNSSEC or switch it off (delete the DS record).",
        ),
    ),
    FindingId.DNSSEC_UNKNOWN: said(
        "Ob DNSSEC für {name} in Ordnung ist, kann der DNS-Server dieses Rechners nicht sagen.",
        "Whether DNSSEC is in order for {name} cannot be told by this machine's DNS server.",
        step(
            "Sehen Sie nach unter https://dnsviz.net/d/{name}/analyze/",
            "Look it up at https://dnsviz.net/d/{name}/analyze/",
        ),
    ),
}

"""For every cause one plain sentence, and the steps that mend it."""

from dataclasses import dataclass

from siegelpost.doctor.policy.cause import Cause
from siegelpost.doctor.texts.steps import Step
from siegelpost.toolbox.words import Words


@dataclass(frozen=True, slots=True)
class CauseText:
    sentence: Words
    steps: tuple[Step, ...]


def _cause(de: str, en: str, *steps: Step) -> CauseText:
    return CauseText(Words(de, en), (*steps, Step.AGAIN))


_NEW = (Step.ASK_AUTHORITY, Step.INSTALL)
_REISSUE = (Step.COMPLAIN, Step.NEW_LOCAL_AUTHORITY, Step.INSTALL)

CAUSES: dict[Cause, CauseText] = {
    Cause.MALFORMED: _cause(
        "Das Zertifikat ist nicht so aufgebaut, wie es die Norm verlangt; der Browser liest es nicht.",
        "The certificate is not built as the standard demands; the browser does not read it.",
        Step.CHECK_FILE,
        *_REISSUE,
    ),
    Cause.EXPIRED: _cause(
        "Das Zertifikat ist am {date} abgelaufen.",
        "The certificate expired on {date}.",
        Step.CHECK_CLOCK,
        *_NEW,
    ),
    Cause.NOT_YET_VALID: _cause(
        "Das Zertifikat gilt erst ab dem {date}.",
        "The certificate is not valid before {date}.",
        Step.CHECK_CLOCK,
        Step.WAIT,
    ),
    Cause.IMPOSSIBLE_DATES: _cause(
        "Die Gültigkeitsdaten im Zertifikat „{subject}“ sind keine gültigen Zeitangaben.",
        "The dates of validity in the certificate “{subject}” are no valid dates.",
        *_REISSUE,
    ),
    Cause.WRONG_NAME: _cause(
        "Das Zertifikat ist nicht auf {name} ausgestellt, sondern auf: {found}.",
        "The certificate is not issued to {name}, but to: {found}.",
        Step.USE_LISTED_NAME,
        Step.ASK_AUTHORITY_NAMES,
        Step.INSTALL,
    ),
    Cause.NO_NAMES: _cause(
        "Im Zertifikat steht kein Servername, den Browser lesen. Der „Common Name“ zählt seit Jahren nicht mehr.",
        "The certificate contains no server name that browsers read. The common name has not counted for years.",
        Step.ASK_AUTHORITY_NAMES,
        Step.INSTALL,
    ),
    Cause.ADDRESS_AS_NAME: _cause(
        "Die Adresse {name} steht im Zertifikat als Name; Browser erkennen sie nur als IP-Adresse an.",
        "The address {name} stands in the certificate as a name; browsers accept it only as an IP address.",
        Step.OWN_DOMAIN,
        Step.ASK_AUTHORITY_ADDRESS,
        Step.INSTALL,
    ),
    Cause.TOO_WIDE_WILDCARD: _cause(
        "Das Zertifikat gilt für „{found}“. Einen Platzhalter direkt unter einer Endung lassen Browser nicht gelten.",
        "The certificate is for “{found}”. Browsers do not accept a wildcard directly below a public ending.",
        Step.OWN_DOMAIN,
        Step.ASK_AUTHORITY_NAMES,
        Step.INSTALL,
    ),
    Cause.UNUSABLE_NAME: _cause(
        "Ein Name im Zertifikat ist falsch geschrieben; der Browser lässt deshalb auch die übrigen nicht gelten: "
        "{found}.",
        "A name in the certificate is misspelt, and so the browser does not accept the others either: {found}.",
        Step.ASK_AUTHORITY_NAMES,
        Step.INSTALL,
    ),
    Cause.SELF_SIGNED: _cause(
        "Das Zertifikat hat sich der Server selbst ausgestellt. Verschlüsselt ist die Verbindung, aber niemand bürgt "
        "dafür, wer am anderen Ende sitzt.",
        "The server issued the certificate to itself. The connection is encrypted, but nobody vouches for who is at "
        "the other end.",
        *_NEW,
    ),
    Cause.WRONG_PURPOSE: _cause(
        "Das Zertifikat ist nicht für Webserver ausgestellt (Verwendungszweck „TLS-Server“ fehlt oder ein "
        "unzulässiger steht daneben).",
        "The certificate is not issued for web servers (the purpose “TLS server” is missing, or a forbidden one "
        "stands beside it).",
        Step.ASK_AUTHORITY_PURPOSE,
        Step.INSTALL,
    ),
    Cause.WRONG_KEY_USAGE: _cause(
        "Das Zertifikat erlaubt seinem Schlüssel nicht, was eine Verbindung braucht (digitale Signatur).",
        "The certificate does not allow its key what a connection needs (digital signature).",
        Step.ASK_AUTHORITY_PURPOSE,
        Step.NEW_LOCAL_AUTHORITY,
        Step.INSTALL,
    ),
    Cause.IS_AUTHORITY: _cause(
        "Das Zertifikat ist das einer ausstellenden Stelle und darf nicht selbst für einen Server stehen.",
        "The certificate is that of an issuing authority and may not stand for a server itself.",
        *_NEW,
    ),
    Cause.WEAK_KEY: _cause(
        "Der Schlüssel von „{subject}“ ({key}) ist zu kurz; verlangt sind mindestens {bits} Bit.",
        "The key of “{subject}” ({key}) is too short; at least {bits} bits are required.",
        Step.ASK_AUTHORITY_RSA,
        Step.INSTALL,
    ),
    Cause.UNUSABLE_KEY: _cause(
        "Mit dem Schlüssel von „{subject}“ ({key}) kann der Browser nicht umgehen.",
        "The browser cannot work with the key of “{subject}” ({key}).",
        Step.ASK_AUTHORITY_RSA,
        Step.INSTALL,
    ),
    Cause.TOO_LARGE: _cause(
        "Der Server schickt Zertifikate von zusammen {size} Byte; der Browser liest höchstens {most} und bricht ab.",
        "The server sends certificates of {size} bytes together; the browser reads no more than {most} and hangs up.",
        Step.ONLY_WHAT_IS_NEEDED,
        Step.INSTALL,
    ),
    Cause.KEY_NOT_OFFERED: _cause(
        "Für den Schlüssel des Servers ({key}) bietet der Browser kein Verfahren an; die Verbindung kommt nicht "
        "zustande.",
        "The browser offers no method for the server's key ({key}); no connection comes about.",
        Step.ASK_AUTHORITY_RSA,
        Step.INSTALL,
    ),
    Cause.VALID_TOO_LONG: _cause(
        "Das Zertifikat gilt {days} Tage; erlaubt sind für sein Ausstellungsdatum höchstens {limit}.",
        "The certificate is valid for {days} days; for its day of issue no more than {limit} are allowed.",
        Step.ASK_AUTHORITY_SHORT,
        Step.INSTALL,
    ),
    Cause.UNKNOWN_DEMAND: _cause(
        "„{subject}“ verlangt etwas, das der Browser nicht kennt (als kritisch markierte Erweiterung {oid}).",
        "“{subject}” demands something that the browser does not know (extension {oid}, marked critical).",
        *_REISSUE,
    ),
    Cause.BAD_EXTENSION: _cause(
        "Eine Angabe in „{subject}“ ist leer, doppelt oder falsch geschrieben.",
        "A statement in “{subject}” is empty, double or wrongly written.",
        *_REISSUE,
    ),
    Cause.STAPLE_MISSING: _cause(
        "Das Zertifikat verlangt, dass der Server bei jeder Verbindung eine OCSP-Auskunft mitschickt; er tut es nicht.",
        "The certificate demands that the server sends an OCSP answer along with every connection; it does not.",
        Step.STAPLE_OFF,
        Step.INSTALL,
    ),
    Cause.NOT_LOGGED: _cause(
        "Das Zertifikat steht nicht in genügend öffentlichen Logbüchern (gefunden {found}, verlangt {wanted}).",
        "The certificate is not in enough public logs (found {found}, wanted {wanted}).",
        Step.ASK_AUTHORITY_LOGGED,
        Step.INSTALL,
    ),
    Cause.UNKNOWN_AUTHORITY: _cause(
        "Der Browser kennt die Stelle nicht, die das Zertifikat ausgestellt hat („{issuer}“).",
        "The browser does not know the authority that issued the certificate (“{issuer}”).",
        *_NEW,
    ),
    Cause.MISSING_INTERMEDIATE: _cause(
        "Der Server schickt die Kette unvollständig: Das Zertifikat von „{issuer}“ fehlt. Wer es schon einmal "
        "gesehen hat, merkt nichts; alle anderen werden gewarnt.",
        "The server sends an incomplete chain: the certificate of “{issuer}” is missing. Those who have seen it "
        "before notice nothing; everybody else is warned.",
        Step.GET_CHAIN,
        Step.INSTALL,
    ),
    Cause.BAD_SIGNATURE: _cause(
        "Die Unterschrift unter „{subject}“ stimmt nicht: Sie stammt nicht von „{issuer}“, oder das Zertifikat wurde "
        "verändert.",
        "The signature under “{subject}” is wrong: it is not by “{issuer}”, or the certificate was changed.",
        Step.CHECK_FILE,
        Step.GET_CHAIN,
        Step.INSTALL,
    ),
    Cause.OLD_SIGNATURE: _cause(
        "„{subject}“ ist mit einem Verfahren unterschrieben, das Browser nicht mehr anerkennen ({algorithm}).",
        "“{subject}” is signed by a method that browsers no longer accept ({algorithm}).",
        *_REISSUE,
    ),
    Cause.SIGNATURE_MISMATCH: _cause(
        "„{subject}“ nennt innen ein anderes Unterschriftsverfahren als außen.",
        "“{subject}” names one method of signature inside and another outside.",
        *_REISSUE,
    ),
    Cause.EXPIRED_ISSUER: _cause(
        "Das Zertifikat der ausstellenden Stelle „{subject}“ ist am {date} abgelaufen.",
        "The certificate of the issuer “{subject}” expired on {date}.",
        Step.CHECK_CLOCK,
        Step.GET_CHAIN,
        Step.REMOVE_OLD_CHAIN,
        Step.INSTALL,
    ),
    Cause.NOT_YET_VALID_ISSUER: _cause(
        "Das Zertifikat der ausstellenden Stelle „{subject}“ gilt erst ab dem {date}.",
        "The certificate of the issuer “{subject}” is not valid before {date}.",
        Step.CHECK_CLOCK,
        Step.GET_CHAIN,
        Step.INSTALL,
    ),
    Cause.NO_AUTHORITY: _cause(
        "„{subject}“ hat das Zertifikat unterschrieben, ist aber nicht berechtigt, Zertifikate auszustellen.",
        "“{subject}” signed the certificate, but is not entitled to issue certificates.",
        Step.GET_CHAIN,
        Step.NEW_LOCAL_AUTHORITY,
        Step.INSTALL,
    ),
    Cause.OLD_AUTHORITY_FORM: _cause(
        "„{subject}“ ist ein Zertifikat alter Form (Version 1) und darf keine anderen ausstellen.",
        "“{subject}” is a certificate of an old form (version 1) and may not issue others.",
        Step.GET_CHAIN,
        Step.NEW_LOCAL_AUTHORITY,
        Step.INSTALL,
    ),
    Cause.PATH_TOO_LONG: _cause(
        "Die Kette ist länger, als „{subject}“ oder der Browser erlaubt.",
        "The chain is longer than “{subject}” or the browser allows.",
        Step.GET_CHAIN,
        Step.NEW_LOCAL_AUTHORITY,
        Step.INSTALL,
    ),
    Cause.ISSUER_KEY_USAGE: _cause(
        "Der Schlüssel von „{subject}“ darf nach seinem eigenen Zertifikat keine Zertifikate unterschreiben.",
        "By its own certificate, the key of “{subject}” may not sign certificates.",
        Step.NEW_LOCAL_AUTHORITY,
        Step.COMPLAIN,
        Step.INSTALL,
    ),
    Cause.ISSUER_PURPOSE: _cause(
        "„{subject}“ darf keine Zertifikate für Webserver ausstellen.",
        "“{subject}” may not issue certificates for web servers.",
        Step.NEW_LOCAL_AUTHORITY,
        Step.OTHER_AUTHORITY,
        Step.INSTALL,
    ),
    Cause.NAME_NOT_ALLOWED: _cause(
        "Eine Stelle in der Kette darf für einen der Namen in „{subject}“ keine Zertifikate ausstellen.",
        "An authority in the chain may not issue certificates for one of the names in “{subject}”.",
        Step.NEW_LOCAL_AUTHORITY,
        Step.OTHER_AUTHORITY,
        Step.INSTALL,
    ),
    Cause.POLICY: _cause(
        "Die Richtlinien, die eine Stelle in der Kette verlangt, stehen nicht in „{subject}“.",
        "The policies that an authority in the chain demands are not in “{subject}”.",
        *_REISSUE,
    ),
    Cause.NAMELESS_ISSUER: _cause(
        "„{subject}“ nennt nicht, wer es ausgestellt hat.",
        "“{subject}” does not say who issued it.",
        *_REISSUE,
    ),
    Cause.NO_LONGER_TRUSTED: _cause(
        "Dieser Browser vertraut neuen Zertifikaten von {authority} nicht mehr (ausgestellt nach dem {date}).",
        "This browser no longer trusts new certificates of {authority} (issued after {date}).",
        Step.OTHER_AUTHORITY,
        Step.INSTALL,
    ),
    Cause.SEARCH_GIVEN_UP: _cause(
        "Die Kette ist so verschachtelt, dass die Prüfung abgebrochen wurde.",
        "The chain is so tangled that the check was given up.",
        Step.GET_CHAIN,
        Step.INSTALL,
    ),
    Cause.ROOT_NOT_KNOWN: _cause(
        "Die Stelle über „{subject}“ („{issuer}“) kennt der Doktor nicht; sein Wissen ist alt, und öffentliche "
        "Logbücher haben das Zertifikat eingetragen: Vermutlich ist sie jünger.",
        "The doctor does not know the authority above “{subject}” (“{issuer}”); its knowledge is old, and public logs "
        "have entered the certificate: the authority is probably younger.",
        Step.NEWER_KNOWLEDGE,
        Step.LOOK_YOURSELF,
    ),
    Cause.LOG_NOT_KNOWN: _cause(
        "Das Zertifikat steht in öffentlichen Logbüchern, die diese Fassung von Siegelpost nicht kennt "
        "(sicher {found}, verlangt {wanted}).",
        "The certificate is in public logs that this version of Siegelpost does not know "
        "(certain {found}, wanted {wanted}).",
        Step.NEWER_KNOWLEDGE,
        Step.LOOK_YOURSELF,
        Step.ASK_AUTHORITY_LOGGED,
    ),
    Cause.SENT_ALONG_NOT_READ: _cause(
        "Dem Zertifikat fehlt etwas, das der Server beim Verbinden mitschicken kann (Einträge öffentlicher Logbücher, "
        "eine OCSP-Auskunft). Ob er es tut, ließ sich nicht lesen.",
        "The certificate lacks something that the server can send along when connecting (entries of public logs, an "
        "OCSP answer). Whether it does could not be read.",
        Step.TRY_BROWSER,
        Step.LOOK_YOURSELF,
    ),
    Cause.OTHERS_DISAGREE: _cause(
        "Chrome und Firefox sind sich über dieses Zertifikat nicht einig, und Apple hat dazu nichts veröffentlicht.",
        "Chrome and Firefox disagree about this certificate, and Apple has published nothing on it.",
        Step.TRY_BROWSER,
        Step.NEW_LOCAL_AUTHORITY,
    ),
}

"""What can go wrong on the way to the mail server, besides its own words: cause and remedy, for people."""

from typing import NamedTuple

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Cause(models.TextChoices):
    """Why the mail server did not take a mail, where it did not say so itself."""

    NOT_CONFIGURED = "not_configured", _("Es ist noch kein Mailserver eingetragen.")
    UNKNOWN_HOST = "unknown_host", _("Der Name des Mailservers ist im DNS nicht zu finden.")
    UNREACHABLE = (
        "unreachable",
        _("Der Mailserver ist unter dieser Adresse und diesem Port nicht zu erreichen."),
    )
    SILENT = "silent", _("Der Mailserver hat nicht rechtzeitig geantwortet.")
    CLOSED = "closed", _("Der Mailserver hat die Verbindung vorzeitig beendet.")
    NOT_SMTP = "not_smtp", _("Dort antwortet etwas, aber kein Mailserver.")
    NOT_READY = "not_ready", _("Der Mailserver nimmt gerade keine Verbindungen an.")
    NO_STARTTLS = "no_starttls", _("Der Mailserver bietet keine Verschlüsselung (STARTTLS) an.")
    CERTIFICATE = "certificate", _("Das Zertifikat des Mailservers ist nicht gültig.")
    TLS = "tls", _("Die Verschlüsselung mit dem Mailserver kam nicht zustande.")
    PLAINTEXT = (
        "plaintext",
        _("Ohne Verschlüsselung wird nur an einen Mailserver auf diesem Rechner gesendet."),
    )
    NO_LOGIN = "no_login", _("Der Mailserver bietet keine Anmeldung mit Benutzername und Passwort an.")
    LOGIN_REFUSED = "login_refused", _("Der Mailserver hat Benutzername oder Passwort abgelehnt.")
    LOGIN_NEEDED = "login_needed", _("Der Mailserver verlangt eine Anmeldung oder eine Verschlüsselung.")
    SENDER_REFUSED = "sender_refused", _("Der Mailserver nimmt die Absenderadresse nicht an.")
    TOO_LARGE = "too_large", _("Die Mail ist dem Mailserver zu groß.")
    NO_SMTPUTF8 = (
        "no_smtputf8",
        _("Die Adresse enthält Umlaute vor dem @, und der Mailserver kann solche Adressen nicht."),
    )
    CONTENT = "content", _("Die gespeicherte Mail lässt sich mit dem Schlüssel dieses Servers nicht öffnen.")
    RESTART = "restart", _("Der Server wurde während der Übergabe beendet.")


_PORTS = _("Bitte Port und Verschlüsselung prüfen: üblich sind 587 mit STARTTLS oder 465 mit TLS.")
_WAITS = _("Die Mail wartet und wird von selbst noch einmal versucht.")

REMEDIES: dict[Cause, Promise] = {
    Cause.NOT_CONFIGURED: _("Bitte den Mailserver in den Einstellungen eintragen. Die Mails warten so lange."),
    Cause.UNKNOWN_HOST: _("Bitte die Schreibweise des Servernamens prüfen, zum Beispiel smtp.ihr-anbieter.de."),
    Cause.UNREACHABLE: _(
        "Bitte Servername und Port prüfen und ob eine Firewall die Verbindung sperrt; Port 25 sperren viele Anbieter."
    ),
    Cause.SILENT: _PORTS,
    Cause.CLOSED: _WAITS,
    Cause.NOT_SMTP: _PORTS,
    Cause.NOT_READY: _WAITS,
    Cause.NO_STARTTLS: _("Es wurde nichts übertragen. Bitte Port 465 mit TLS versuchen oder den Anbieter fragen."),
    Cause.CERTIFICATE: _(
        "Es wurde nichts übertragen. Bitte den Servernamen genau so eintragen, wie ihn der Anbieter nennt; "
        "stammt das Zertifikat aus dem eigenen Haus, gehört dessen Stelle in die Einstellung trust_roots."
    ),
    Cause.TLS: _PORTS,
    Cause.PLAINTEXT: _("Es wurde nichts übertragen. Bitte STARTTLS oder TLS wählen."),
    Cause.NO_LOGIN: _(
        "Es wurde kein Passwort übertragen. Bitte Port und Verschlüsselung prüfen; braucht der Server "
        "keine Anmeldung, das Feld Benutzername leer lassen."
    ),
    Cause.LOGIN_REFUSED: _(
        "Bitte Benutzername (oft die ganze Mailadresse) und Passwort prüfen; manche Anbieter verlangen "
        "ein eigenes App-Passwort."
    ),
    Cause.LOGIN_NEEDED: _("Bitte Benutzername und Passwort eintragen und STARTTLS oder TLS wählen."),
    Cause.SENDER_REFUSED: _("Bitte als Absenderadresse eine eintragen, die zu diesem Benutzernamen gehört."),
    Cause.TOO_LARGE: _(
        "Bitte weniger oder kleinere Anlagen mitschicken; wie groß eine Mail sein darf, sagt der Anbieter."
    ),
    Cause.NO_SMTPUTF8: _("Bitte nach einer anderen Mailadresse des Empfängers fragen."),
    Cause.CONTENT: _(
        "Die Mail wartet. Bitte die Schlüsseldatei keys/mail aus der Sicherung zurückspielen, dann geht sie von selbst "
        "hinaus."
    ),
    Cause.RESTART: _WAITS,
}


class Explanation(NamedTuple):
    """What happened, and what to do, in the language of the moment."""

    text: str
    remedy: str


def explain(cause: str) -> Explanation:
    """Cause and remedy in words, in the active language; of an empty or unknown cause both are empty."""
    if cause not in Cause.values:
        return Explanation("", "")
    known = Cause(cause)
    return Explanation(str(known.label), str(REMEDIES[known]))

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
    TURNED_AWAY = "turned_away", _("Der Mailserver nimmt von diesem Server keine Verbindungen an.")
    NAME_REFUSED = (
        "name_refused",
        _("Der Mailserver nimmt den Namen nicht an, mit dem sich dieser Server vorstellt (EHLO)."),
    )
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
    SIGN_IN_LOST = "sign_in_lost", _("Die Anmeldung bei Microsoft oder Google gilt nicht mehr.")
    SIGN_IN_WAITS = "sign_in_waits", _("Microsoft oder Google gibt gerade keinen Zugang heraus.")
    NO_TOKEN = "no_token", _("Der Mailserver bietet keine Anmeldung ohne Passwort an (XOAUTH2, OAUTHBEARER).")
    TOKEN_REFUSED = "token_refused", _("Der Mailserver lässt das angemeldete Konto nicht an dieses Postfach.")
    SMTP_AUTH_OFF = "smtp_auth_off", _("In Microsoft 365 ist das Senden über SMTP für dieses Postfach abgeschaltet.")
    PASSWORD_OFF = "password_off", _("Microsoft nimmt für dieses Postfach keine Anmeldung mit Passwort mehr an.")
    CONDITIONAL = "conditional", _("Eine Regel für bedingten Zugriff in Microsoft 365 sperrt die Anmeldung.")
    APP_PASSWORD = "app_password", _("Google nimmt dieses Passwort nicht an.")
    SEND_AS = "send_as", _("Das angemeldete Konto darf nicht unter dieser Absenderadresse senden.")
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
    Cause.TURNED_AWAY: _(
        "Von selbst ändert sich das nicht. Bitte Servername und Port prüfen (587 oder 465, nicht 25), und den Anbieter "
        "fragen, ob er die Adresse dieses Servers sperrt. Die Mails warten so lange."
    ),
    Cause.NAME_REFUSED: _(
        "Von selbst ändert sich das nicht. Dieser Server nennt sich so, wie er in der Einstellung public_url heißt; "
        "der Name muss im DNS stehen und darf nicht localhost sein. Die Mails warten so lange."
    ),
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
        "Bitte Benutzername (oft die ganze E-Mail-Adresse) und Passwort prüfen; manche Anbieter verlangen "
        "ein eigenes App-Passwort."
    ),
    Cause.LOGIN_NEEDED: _("Bitte Benutzername und Passwort eintragen und STARTTLS oder TLS wählen."),
    Cause.SIGN_IN_LOST: _(
        "Die Mails warten. Was fehlt, steht unter Einstellungen, Mailserver, „Mit Microsoft oder Google anmelden“."
    ),
    Cause.SIGN_IN_WAITS: _WAITS,
    Cause.NO_TOKEN: _(
        "Bitte den Servernamen prüfen: smtp.office365.com oder smtp.gmail.com, Port 587 mit STARTTLS. Andere "
        "Mailserver brauchen ein Passwort."
    ),
    Cause.TOKEN_REFUSED: _(
        "Bitte prüfen: Als Benutzername steht die Adresse des Postfachs, mit der angemeldet wurde (bei einem "
        "freigegebenen Postfach dessen Adresse und ein Konto mit Rechten daran); das Konto hat eine Lizenz mit "
        "Postfach; der App ist SMTP.Send erlaubt. Danach neu anmelden."
    ),
    Cause.SMTP_AUTH_OFF: _(
        "Im Microsoft 365 Admin Center unter „Aktive Benutzer“ das Konto öffnen, „E-Mail“, „E-Mail-Apps verwalten“, "
        "und „Authentifiziertes SMTP“ einschalten. Das gilt vor der Einstellung der Organisation; es dauert bis zu "
        "einer Stunde. Die Mails warten."
    ),
    Cause.PASSWORD_OFF: _(
        "Bitte unter Einstellungen, Mailserver, „Mit Microsoft oder Google anmelden“ einrichten. Die "
        "Sicherheitsstandards Ihrer Organisation bleiben dabei an. Die Mails warten."
    ),
    Cause.CONDITIONAL: _(
        "Im Entra Admin Center unter „Anmeldeprotokolle“ steht, welche Regel es ist; das Postfach oder die Adresse "
        "dieses Servers davon ausnehmen. Mit Passwort sperrt sie oft, mit Anmeldung bei Microsoft nicht."
    ),
    Cause.APP_PASSWORD: _(
        "Bitte „Mit Microsoft oder Google anmelden“ einrichten, oder im Google-Konto bei eingeschalteter Bestätigung "
        "in zwei Schritten ein App-Passwort anlegen und hier eintragen."
    ),
    Cause.SEND_AS: _(
        "Bitte als Absenderadresse die des Postfachs eintragen, oder dem Konto im Exchange Admin Center „Senden als“ "
        "für diese Adresse geben."
    ),
    Cause.SENDER_REFUSED: _("Bitte als Absenderadresse eine eintragen, die zu diesem Benutzernamen gehört."),
    Cause.TOO_LARGE: _(
        "Bitte weniger oder kleinere Anlagen mitschicken; wie groß eine Mail sein darf, sagt der Anbieter."
    ),
    Cause.NO_SMTPUTF8: _("Bitte nach einer anderen E-Mail-Adresse des Empfängers fragen."),
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

"""What an administrator does at Microsoft or Google, step by step, with the exact values to enter there."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from siegelpost.mail.accounts.registration import redirect_uri
from siegelpost.mail.sign_in.models import Credential, ProviderName
from siegelpost.mail.sign_in.providers import PROVIDERS

APP_NAME = "Siegelpost"


@dataclass(frozen=True, slots=True)
class Step:
    """One of them.

    Args:
        place: where it is done, an address; empty where the one before leads there.
        values: what is entered there, each with what the field is called.
        credential: only with this one.
    """

    title: Promise
    text: Promise
    place: str = ""
    values: tuple[tuple[str | Promise, str], ...] = ()
    credential: Credential | None = None


_ENTRA, _CLOUD = "https://entra.microsoft.com/", "https://console.cloud.google.com/"
_BACK = "{redirect_uri}"
_SIGN_IN = Step(_("Anmelden"), _("Zum Schluss hier auf „Anmelden“, mit dem Konto des Postfachs."))

# As the pages of Microsoft and Google are in November 2026; ``{redirect_uri}`` is this server's.
STEPS: Mapping[ProviderName, tuple[Step, ...]] = MappingProxyType(
    {
        ProviderName.MICROSOFT: (
            Step(
                _("App registrieren"),
                _(
                    "Im Entra Admin Center unter „App-Registrierungen“ auf „Neue Registrierung“. Kontotypen: "
                    "„Nur Konten in diesem Organisationsverzeichnis“. Umleitungs-URI: Plattform „Web“ und genau diese "
                    "Adresse."
                ),
                _ENTRA,
                ((_("Name"), APP_NAME), (_("Umleitungs-URI (Web)"), _BACK)),
            ),
            Step(
                _("IDs hier eintragen"),
                _("Auf der Seite „Übersicht“ der App stehen beide; tragen Sie sie unten ein und speichern Sie."),
            ),
            Step(
                _("Zertifikat hochladen"),
                _(
                    "Nach dem Speichern laden Sie hier das Zertifikat herunter. Bei der App unter "
                    "„Zertifikate & Geheimnisse“, „Zertifikate“, laden Sie es hoch. Der Schlüssel dazu verlässt "
                    "diesen Server nie."
                ),
                credential=Credential.CERTIFICATE,
            ),
            Step(
                _("Berechtigungen geben"),
                _(
                    "Unter „API-Berechtigungen“, „Berechtigung hinzufügen“, „Von meiner Organisation verwendete APIs“, "
                    "„Office 365 Exchange Online“, „Delegierte Berechtigungen“ die ersten beiden wählen; "
                    "offline_access steht unter „Microsoft Graph“, „Delegierte Berechtigungen“."
                ),
                values=tuple((_("Berechtigung"), each) for each in PROVIDERS[ProviderName.MICROSOFT].scopes),
            ),
            Step(
                _("Zustimmung erteilen"),
                _(
                    "Eine Administratorin oder ein Administrator geht nach dem Speichern hier auf "
                    "„Zustimmung erteilen“; oder bei der App auf „Administratorzustimmung für … erteilen“."
                ),
            ),
            Step(
                _("SMTP für das Postfach einschalten"),
                _(
                    "Im Microsoft 365 Admin Center unter „Aktive Benutzer“ das Konto öffnen, „E-Mail“, "
                    "„E-Mail-Apps verwalten“: „Authentifiziertes SMTP“ und „IMAP“ ankreuzen. Es dauert bis zu einer "
                    "Stunde."
                ),
                "https://admin.microsoft.com/",
                (
                    (
                        _("Oder in Exchange PowerShell"),
                        "Set-CASMailbox {mailbox} -SmtpClientAuthenticationDisabled $false",
                    ),
                ),
            ),
            _SIGN_IN,
        ),
        ProviderName.GOOGLE: (
            Step(
                _("Projekt anlegen"),
                _("In der Google Cloud Console, angemeldet im Google Workspace des Büros, ein neues Projekt anlegen."),
                _CLOUD,
                ((_("Projektname"), APP_NAME),),
            ),
            Step(
                _("Zustimmungsbildschirm"),
                _(
                    "Unter „Google Auth Platform“, „Zielgruppe“, den Nutzertyp „Intern“ wählen: Dann muss Google "
                    "nichts prüfen, und die Anmeldung endet nicht nach sieben Tagen. Unter „Datenzugriff“ diesen "
                    "Bereich hinzufügen, unter „APIs und Dienste“ die Gmail API einschalten."
                ),
                values=((_("Bereich (Scope)"), PROVIDERS[ProviderName.GOOGLE].scopes[0]),),
            ),
            Step(
                _("Client anlegen"),
                _(
                    "Unter „Clients“, „Client erstellen“: Typ „Webanwendung“, und bei "
                    "„Autorisierte Weiterleitungs-URIs“ genau diese Adresse."
                ),
                values=((_("Autorisierte Weiterleitungs-URI"), _BACK),),
            ),
            Step(
                _("Hier eintragen"),
                _(
                    "Client-ID und Clientschlüssel unten eintragen und speichern; der Schlüssel ist nur einmal zu "
                    "sehen."
                ),
            ),
            Step(
                _("IMAP zulassen"),
                _(
                    "In der Admin-Konsole unter „Apps“, „Google Workspace“, „Gmail“, „Endnutzerzugriff“ IMAP "
                    "einschalten."
                ),
                "https://admin.google.com/",
            ),
            _SIGN_IN,
        ),
        ProviderName.OTHER: (
            Step(
                _("Client anlegen"),
                _(
                    "Bei Ihrem Anmeldedienst einen vertraulichen Client mit dieser Umleitungsadresse anlegen. Er muss "
                    "PKCE und dauerhafte Token (refresh_token) können."
                ),
                values=((_("Umleitungs-URI"), _BACK),),
            ),
            Step(
                _("Mailserver und Postfach"),
                _("Tragen Sie beide auf ihren Seiten ein und lassen Sie das Passwort leer: Dann gilt das Token."),
            ),
            _SIGN_IN,
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A step with the values of this server."""

    step: Step
    values: tuple[tuple[str, str], ...]


def steps(provider: ProviderName, credential: Credential, mailbox: str) -> list[Shown]:
    """What is to be done there, in order; ``mailbox`` may not be known yet."""
    own = {"redirect_uri": redirect_uri(), "mailbox": mailbox or "buero@example.de"}
    wanted = [each for each in STEPS[provider] if each.credential in (None, credential)]
    return [Shown(each, tuple((str(name), value.format(**own)) for name, value in each.values)) for each in wanted]

"""What can be in the way of a sign-in, in words, with what to do: one row for each.

The providers' words are only read to find the row; what they said is always shown beside it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Mends(Enum):
    """Who, or what, mends it."""

    ITSELF = "itself"  # it is tried again
    SIGN_IN = "sign_in"  # a person signs in anew
    ENTRIES = "entries"  # what was entered here is wrong
    PROVIDER = "provider"  # an administrator changes something at the provider, then somebody signs in anew


class Trouble(models.TextChoices):
    """The names of the rows; they are stored."""

    NOT_SIGNED_IN = "not_signed_in"
    UNAVAILABLE = "unavailable"
    CLOCK = "clock"
    UNUSED = "unused"
    REVOKED = "revoked"
    FREQUENCY = "frequency"
    SPA = "spa"
    CONSENT = "consent"
    DECLINED = "declined"
    LICENCE = "licence"
    SECRET_WRONG = "secret_wrong"  # noqa: S105 - a name
    SECRET_ENDED = "secret_ended"  # noqa: S105 - a name
    CERTIFICATE_UNKNOWN = "certificate_unknown"
    PUBLIC_APP = "public_app"
    KEY_UNREADABLE = "key_unreadable"
    MFA = "mfa"
    CONDITIONAL_ACCESS = "conditional_access"
    DEVICE_CODE = "device_code"
    APP_UNKNOWN = "app_unknown"
    APP_DISABLED = "app_disabled"
    TENANT_UNKNOWN = "tenant_unknown"
    OTHER_TENANT = "other_tenant"
    NOT_ASSIGNED = "not_assigned"
    PASSWORD = "password"  # noqa: S105 - a name
    ACCOUNT_BLOCKED = "account_blocked"
    ACCOUNT_UNKNOWN = "account_unknown"
    REDIRECT = "redirect"
    SCOPE = "scope"
    NO_REFRESH = "no_refresh"
    CODE_GONE = "code_gone"
    GOOGLE_REVOKED = "google_revoked"
    GOOGLE_SESSION = "google_session"
    GOOGLE_CLIENT = "google_client"
    ORG_INTERNAL = "org_internal"
    ADMIN_POLICY = "admin_policy"
    UNVERIFIED = "unverified"
    NOT_ANSWERED = "not_answered"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Explained:
    """What it is, what to do, and who can."""

    text: str | Promise
    remedy: str | Promise
    mends: Mends

    @property
    def lasts(self) -> bool:
        """Whether somebody has to do something before it can be tried again."""
        return self.mends is not Mends.ITSELF


_T, _M = Trouble, Mends
ROWS: Mapping[Trouble, Explained] = MappingProxyType(
    {
        _T.NOT_SIGNED_IN: Explained(
            _("Es hat sich noch niemand für das Postfach angemeldet."),
            _("Bitte hier auf „Anmelden“ gehen."),
            _M.SIGN_IN,
        ),
        _T.UNAVAILABLE: Explained(
            _("Der Anmeldedienst ist gerade nicht zu erreichen oder überlastet."),
            _("Es wird von selbst wieder versucht."),
            _M.ITSELF,
        ),
        _T.CLOCK: Explained(
            _("Die Uhr dieses Servers geht falsch; deshalb gilt sein Nachweis nicht."),
            _("Bitte die Zeit des Rechners stellen lassen (timedatectl, NTP). Danach geht es von selbst weiter."),
            _M.ITSELF,
        ),
        _T.UNUSED: Explained(
            _("Die Anmeldung wurde zu lange nicht benutzt und ist abgelaufen (bei Microsoft nach 90 Tagen)."),
            _("Bitte neu anmelden. Im laufenden Betrieb wird sie jeden Tag von selbst erneuert."),
            _M.SIGN_IN,
        ),
        _T.REVOKED: Explained(
            _("Die Anmeldung wurde aufgehoben: Das Passwort wurde zurückgesetzt, oder jemand hat Sitzungen beendet."),
            _("Bitte neu anmelden."),
            _M.SIGN_IN,
        ),
        _T.FREQUENCY: Explained(
            _("Eine Regel Ihrer Organisation verlangt, sich immer wieder neu anzumelden (Anmeldehäufigkeit)."),
            _(
                "Bitte neu anmelden. Damit das nicht wiederkehrt, im Entra Admin Center unter „Bedingter Zugriff“ die "
                "Anmeldehäufigkeit für diese App oder dieses Konto ausnehmen."
            ),
            _M.PROVIDER,
        ),
        _T.SPA: Explained(
            _("Die Umleitungsadresse ist als „Single-Page-Anwendung“ eingetragen: So gilt alles nur 24 Stunden."),
            _(
                "Im Entra Admin Center unter „Authentifizierung“ die Adresse dort löschen und bei der Plattform „Web“ "
                "eintragen. Dann neu anmelden."
            ),
            _M.PROVIDER,
        ),
        _T.CONSENT: Explained(
            _("Der App fehlt die Zustimmung, auf das Postfach zuzugreifen, oder sie wurde zurückgenommen."),
            _(
                "Eine Administratorin oder ein Administrator von Microsoft 365 öffnet hier „Zustimmung erteilen“. "
                "Danach neu anmelden."
            ),
            _M.PROVIDER,
        ),
        _T.DECLINED: Explained(
            _("Auf der Seite des Anbieters wurde nicht zugestimmt."),
            _("Bitte noch einmal anmelden und dort zustimmen."),
            _M.SIGN_IN,
        ),
        _T.LICENCE: Explained(
            _("In Ihrer Organisation ist Exchange Online nicht enthalten, oder das Konto hat keine Lizenz dafür."),
            _("Im Microsoft 365 Admin Center dem Konto eine Lizenz mit Postfach geben. Danach neu anmelden."),
            _M.PROVIDER,
        ),
        _T.SECRET_WRONG: Explained(
            _("Der geheime Clientschlüssel ist falsch."),
            _(
                "Bitte den Schlüssel neu eintragen. Gemeint ist die Spalte „Wert“, nicht „Geheime ID“; der Wert ist "
                "nur gleich nach dem Anlegen zu sehen. Danach neu anmelden."
            ),
            _M.ENTRIES,
        ),
        _T.SECRET_ENDED: Explained(
            _("Der geheime Clientschlüssel ist abgelaufen."),
            _("Unter „Zertifikate & Geheimnisse“ einen neuen anlegen und hier eintragen. Besser ist das Zertifikat."),
            _M.ENTRIES,
        ),
        _T.CERTIFICATE_UNKNOWN: Explained(
            _("Das Zertifikat dieses Servers ist bei der App nicht hinterlegt, oder es ist dort abgelaufen."),
            _(
                "Hier das Zertifikat herunterladen und im Entra Admin Center bei der App unter "
                "„Zertifikate & Geheimnisse“, „Zertifikate“ hochladen. Danach „Jetzt prüfen“."
            ),
            _M.PROVIDER,
        ),
        _T.PUBLIC_APP: Explained(
            _("Die App ist als öffentlicher Client eingetragen und darf sich deshalb nicht ausweisen."),
            _(
                "Im Entra Admin Center unter „Authentifizierung“ die Adresse bei der Plattform „Web“ eintragen und "
                "„Öffentliche Clientflows“ auf Nein stellen."
            ),
            _M.PROVIDER,
        ),
        _T.KEY_UNREADABLE: Explained(
            _("Was hier gespeichert ist, lässt sich mit dem Schlüssel dieses Servers nicht öffnen."),
            _("Die Schlüsseldatei keys/fields aus der Sicherung zurückspielen, oder alles neu eintragen und anmelden."),
            _M.ENTRIES,
        ),
        _T.MFA: Explained(
            _("Ihre Organisation verlangt für dieses Konto eine Anmeldung mit zweitem Faktor."),
            _("Bitte neu anmelden und dabei den zweiten Faktor bestätigen oder einrichten."),
            _M.SIGN_IN,
        ),
        _T.CONDITIONAL_ACCESS: Explained(
            _("Eine Regel für bedingten Zugriff in Ihrer Organisation sperrt diese Anmeldung."),
            _(
                "Im Entra Admin Center unter „Anmeldeprotokolle“ den Eintrag öffnen: Dort steht, welche Regel. Die App "
                "oder die Adresse dieses Servers davon ausnehmen. Danach neu anmelden."
            ),
            _M.PROVIDER,
        ),
        _T.DEVICE_CODE: Explained(
            _("Ihre Organisation sperrt die Anmeldung mit Gerätecode, auch für Anmeldungen, die so entstanden sind."),
            _("Bitte hier neu anmelden: Siegelpost benutzt keinen Gerätecode."),
            _M.SIGN_IN,
        ),
        _T.APP_UNKNOWN: Explained(
            _("Diese App gibt es in Ihrer Organisation nicht."),
            _(
                "Bitte Anwendungs-ID und Verzeichnis-ID vergleichen: Beide stehen im Entra Admin Center auf der Seite "
                "„Übersicht“ der App. Die Objekt-ID ist nicht gemeint."
            ),
            _M.ENTRIES,
        ),
        _T.APP_DISABLED: Explained(
            _("Die App ist in Ihrer Organisation abgeschaltet."),
            _(
                "Im Entra Admin Center unter „Unternehmensanwendungen“ bei der App "
                "„Aktiviert für die Benutzeranmeldung“ auf Ja stellen. Danach neu anmelden."
            ),
            _M.PROVIDER,
        ),
        _T.TENANT_UNKNOWN: Explained(
            _("Die Verzeichnis-ID (Mandant) gibt es nicht."),
            _("Bitte so eintragen, wie sie im Entra Admin Center auf der Seite „Übersicht“ der App steht."),
            _M.ENTRIES,
        ),
        _T.OTHER_TENANT: Explained(
            _("Angemeldet hat sich ein Konto, das nicht zu Ihrer Organisation gehört."),
            _(
                "Bitte mit dem Konto des Büros anmelden; sind im Browser mehrere angemeldet, „Anderes Konto verwenden“ "
                "wählen. Stimmt das Konto, ist die Verzeichnis-ID die einer anderen Organisation."
            ),
            _M.SIGN_IN,
        ),
        _T.NOT_ASSIGNED: Explained(
            _("Das Konto darf diese App nicht benutzen."),
            _(
                "Im Entra Admin Center unter „Unternehmensanwendungen“, „Benutzer und Gruppen“ das Konto zuweisen, "
                "oder „Zuweisung erforderlich“ auf Nein stellen. Danach neu anmelden."
            ),
            _M.PROVIDER,
        ),
        _T.PASSWORD: Explained(
            _("Bei der Anmeldung stimmten Benutzername oder Passwort nicht, oder das Passwort ist abgelaufen."),
            _("Bitte noch einmal anmelden; ein abgelaufenes Passwort vorher beim Anbieter ändern."),
            _M.SIGN_IN,
        ),
        _T.ACCOUNT_BLOCKED: Explained(
            _("Das Konto ist gesperrt."),
            _("Im Admin Center des Anbieters das Konto wieder freigeben. Danach neu anmelden."),
            _M.PROVIDER,
        ),
        _T.ACCOUNT_UNKNOWN: Explained(
            _("Dieses Konto gibt es in Ihrer Organisation nicht."),
            _("Bitte die Adresse des Postfachs und die Verzeichnis-ID prüfen und neu anmelden."),
            _M.ENTRIES,
        ),
        _T.REDIRECT: Explained(
            _("Die Umleitungsadresse dieses Servers ist bei der App nicht genau so eingetragen."),
            _(
                "Die Adresse, die hier steht, beim Anbieter Zeichen für Zeichen eintragen (bei Microsoft: Plattform "
                "„Web“; bei Google: „Autorisierte Weiterleitungs-URIs“). Danach neu anmelden."
            ),
            _M.PROVIDER,
        ),
        _T.SCOPE: Explained(
            _("Der Anbieter hat nicht alle Rechte gegeben, die zum Senden und Lesen nötig sind."),
            _(
                "Bei der App die Berechtigungen eintragen, die hier stehen, und beim Anmelden allen zustimmen (bei "
                "Google das Kästchen für Gmail ankreuzen)."
            ),
            _M.PROVIDER,
        ),
        _T.NO_REFRESH: Explained(
            _("Der Anbieter hat nur einen Zugang für eine Stunde gegeben, keinen dauerhaften."),
            _("Bei der App die Berechtigung offline_access eintragen und zustimmen. Danach neu anmelden."),
            _M.PROVIDER,
        ),
        _T.CODE_GONE: Explained(
            _("Die Anmeldung hat zu lange gedauert oder wurde zweimal abgeschickt."),
            _("Bitte noch einmal anmelden."),
            _M.SIGN_IN,
        ),
        _T.GOOGLE_REVOKED: Explained(
            _(
                "Google hat die Anmeldung beendet: Das Passwort wurde geändert, der Zugriff entzogen, sechs Monate "
                "nichts abgerufen, oder die App steht noch auf „Extern“ und „Test“ (dann endet jede nach sieben Tagen)."
            ),
            _("In der Google Cloud Console den Nutzertyp „Intern“ wählen und hier neu anmelden."),
            _M.SIGN_IN,
        ),
        _T.GOOGLE_SESSION: Explained(
            _("Ihre Organisation begrenzt bei Google, wie lange eine Anmeldung gilt."),
            _(
                "Bitte neu anmelden. Damit das nicht wiederkehrt, in der Google Admin-Konsole bei "
                "„Google Cloud Sitzungssteuerung“ die App als vertrauenswürdig ausnehmen."
            ),
            _M.PROVIDER,
        ),
        _T.GOOGLE_CLIENT: Explained(
            _("Google kennt diese Client-ID nicht, sie wurde gelöscht, oder der Clientschlüssel gehört nicht dazu."),
            _("Bitte Client-ID und Clientschlüssel aus der Google Cloud Console („Anmeldedaten“) neu eintragen."),
            _M.ENTRIES,
        ),
        _T.ORG_INTERNAL: Explained(
            _("Die App ist „Intern“, und das Konto gehört nicht zu der Organisation, in der sie angelegt ist."),
            _("Bitte mit dem Konto des Büros anmelden, oder die App im Google-Workspace des Büros anlegen."),
            _M.SIGN_IN,
        ),
        _T.ADMIN_POLICY: Explained(
            _("Die Verwaltung Ihres Google Workspace lässt diese App nicht zu."),
            _(
                "In der Google Admin-Konsole unter „Sicherheit“, „API-Steuerung“, „App-Zugriffssteuerung“ die "
                "Client-ID hinzufügen und als vertrauenswürdig einstufen. Danach neu anmelden."
            ),
            _M.PROVIDER,
        ),
        _T.UNVERIFIED: Explained(
            _("Google sperrt die App, weil sie „Extern“ und nicht geprüft ist."),
            _("In der Google Cloud Console unter „Zielgruppe“ den Nutzertyp „Intern“ wählen. Danach neu anmelden."),
            _M.PROVIDER,
        ),
        _T.NOT_ANSWERED: Explained(
            _("Was vom Anmeldedienst kam, ist keine Antwort, wie er sie geben muss."),
            _("Bitte die eingetragenen Adressen prüfen."),
            _M.ENTRIES,
        ),
        _T.REFUSED: Explained(
            _("Der Anbieter hat die Anmeldung abgelehnt."),
            _("Sein Wortlaut steht darunter. Bitte danach richten und neu anmelden."),
            _M.PROVIDER,
        ),
    }
)

# Of Microsoft, by the number after "AADSTS" (learn.microsoft.com, "Microsoft Entra authentication and authorization
# error codes", as of November 2026).
AADSTS: Mapping[int, Trouble] = MappingProxyType(
    {
        **dict.fromkeys((70008, 700082), _T.UNUSED),
        **dict.fromkeys((50089, 50132, 50133, 50173, 70000), _T.REVOKED),
        70043: _T.FREQUENCY,
        700084: _T.SPA,
        **dict.fromkeys((65001, 65005, 650056, 650057, 90094, 90095, 90099, 500011, 9002341), _T.CONSENT),
        65004: _T.DECLINED,
        **dict.fromkeys((650052, 650054), _T.LICENCE),
        **dict.fromkeys((70002, 7000215), _T.SECRET_WRONG),
        7000222: _T.SECRET_ENDED,
        **dict.fromkeys((50012, 700027, 700030), _T.CERTIFICATE_UNKNOWN),
        **dict.fromkeys((700024, 500133), _T.CLOCK),
        700025: _T.PUBLIC_APP,
        **dict.fromkeys((50072, 50074, 50076, 50078, 50079, 50158), _T.MFA),
        **dict.fromkeys(
            (50005, 50097, 50131, 53000, 53001, 53002, 53003, 53004, 53010, 53011, 530032, 530034, 530035),
            _T.CONDITIONAL_ACCESS,
        ),
        **dict.fromkeys((50134, 50199, 70016, 70018, 70019, 90119, 90120), _T.DEVICE_CODE),
        **dict.fromkeys((700011, 700016), _T.APP_UNKNOWN),
        **dict.fromkeys((70001, 1000031, 7000112), _T.APP_DISABLED),
        **dict.fromkeys((50059, 50128, 90002, 90019, 90023, 900023), _T.TENANT_UNKNOWN),
        **dict.fromkeys((16000, 50020, 50194, 500208, 700005, 90072), _T.OTHER_TENANT),
        50105: _T.NOT_ASSIGNED,
        **dict.fromkeys((50055, 50056, 50064, 50126, 50144), _T.PASSWORD),
        **dict.fromkeys((50053, 50057), _T.ACCOUNT_BLOCKED),
        **dict.fromkeys((16003, 50014, 50034, 51004), _T.ACCOUNT_UNKNOWN),
        **dict.fromkeys((50011, 70004, 900971), _T.REDIRECT),
        **dict.fromkeys((28002, 28003, 70011, 700022, 700023), _T.SCOPE),
        **dict.fromkeys((54005, 501481), _T.CODE_GONE),
        **dict.fromkeys(
            (50033, 50087, 50088, 50196, 80002, 90006, 90012, 90024, 90033, 90055, 90090, 90091), _T.UNAVAILABLE
        ),
    }
)

# Of Google and of RFC 6749, 4.1.2.1 and 5.2: what stands in ``error`` or beside it; the first that is found.
WORDS: tuple[tuple[str, Trouble], ...] = (
    ("authentication flow", _T.DEVICE_CODE),
    ("device code flow", _T.DEVICE_CODE),
    ("org_internal", _T.ORG_INTERNAL),
    ("admin_policy_enforced", _T.ADMIN_POLICY),
    ("redirect_uri_mismatch", _T.REDIRECT),
    ("invalid_rapt", _T.GOOGLE_SESSION),
    ("rapt_required", _T.GOOGLE_SESSION),
    ("expired or revoked", _T.GOOGLE_REVOKED),
    ("account has been deleted", _T.ACCOUNT_UNKNOWN),
    ("deleted_client", _T.GOOGLE_CLIENT),
    ("disabled_client", _T.APP_DISABLED),
    ("oauth client was not found", _T.GOOGLE_CLIENT),
    ("access_denied: app is not verified", _T.UNVERIFIED),
    ("has not completed the google verification", _T.UNVERIFIED),
    ("access_not_configured", _T.UNVERIFIED),
    ("not yet valid", _T.CLOCK),
    ("iat and exp", _T.CLOCK),
    ("temporarily_unavailable", _T.UNAVAILABLE),
    ("server_error", _T.UNAVAILABLE),
    ("consent_required", _T.CONSENT),
    ("interaction_required", _T.MFA),
    ("access_denied", _T.DECLINED),
    ("invalid_scope", _T.SCOPE),
    ("invalid_client", _T.SECRET_WRONG),
    ("unauthorized_client", _T.APP_UNKNOWN),
    ("invalid_grant", _T.REVOKED),
)
_CODE = re.compile(r"AADSTS([0-9]{5,8})(?![0-9])")


class SignInError(Exception):
    """No token; ``words`` are the provider's own, empty where it said nothing."""

    def __init__(self, trouble: Trouble, words: str = "") -> None:
        super().__init__(f"{trouble.value}: {words}" if words else trouble.value)
        self.trouble = trouble
        self.words = words

    @property
    def lasts(self) -> bool:
        """Whether somebody has to do something before it can be tried again."""
        return ROWS[self.trouble].lasts


def named(said: str) -> Trouble:
    """What the words of a provider mean, those of its error pages, too: linear, whoever wrote them."""
    numbers = [int(each) for each in _CODE.findall(said)]
    lower = said.lower()
    # A policy on authentication flows blocks under the number of every other policy.
    if 53003 in numbers and any(each in lower for each, _row in WORDS[:2]):
        return Trouble.DEVICE_CODE
    by_number = next((AADSTS[each] for each in numbers if each in AADSTS), None)
    if by_number is not None:
        return by_number
    if numbers:
        return Trouble.REFUSED
    return next((row for words, row in WORDS if words in lower), Trouble.REFUSED)

"""What can go wrong with a mailbox: at which step, why, and in words for people."""

import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from imaplib import IMAP4
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from siegelpost.mail.causes import Explanation
from siegelpost.mail.incoming.imap_line import NoWayInError
from siegelpost.mail.incoming.token_login import NoTokenWayError, TokenRefusedError
from siegelpost.mail.sign_in.models import MailSignIn
from siegelpost.mail.sign_in.troubles import ROWS, SignInError, Trouble

_LONGEST = 500


class Step(StrEnum):
    """How far one came."""

    CONNECT = "connect"
    SIGN_IN = "sign_in"
    FOLDER = "folder"
    MAILS = "mails"


class MailboxCause(StrEnum):
    """Why a mailbox is not read."""

    UNKNOWN_HOST = "unknown_host"
    UNREACHABLE = "unreachable"
    SILENT = "silent"
    CERTIFICATE = "certificate"
    NOT_IMAP = "not_imap"
    NO_WAY_IN = "no_way_in"
    LOGIN_REFUSED = "login_refused"
    TOO_MANY = "too_many"
    OVER_QUOTA = "over_quota"
    UNAVAILABLE = "unavailable"
    NO_FOLDER = "no_folder"
    HUNG_UP = "hung_up"
    NOT_UNDERSTOOD = "not_understood"
    SIGN_IN_LOST = "sign_in_lost"
    SIGN_IN_WAITS = "sign_in_waits"
    NO_TOKEN = "no_token"  # noqa: S105 - a name
    TOKEN_REFUSED = "token_refused"  # noqa: S105 - a name
    NO_ACCESS = "no_access"
    IMAP_OFF = "imap_off"


class MailboxError(Exception):
    """It did not come to its end at ``step``; ``words`` are the server's own, ``folders`` those that it has.

    ``broken``: nothing more can be said on this line.
    """

    def __init__(self, step: Step, error: BaseException, folders: Sequence[str] = ()) -> None:
        self.step, self.cause, self.words = step, cause_of(step, error), words_of(error)
        self.folders = tuple(folders)
        self.broken = not isinstance(error, IMAP4.error) or isinstance(error, IMAP4.abort)
        super().__init__(f"{step.value}: {self.cause.value}: {self.words}")


@contextmanager
def at(step: Step) -> Iterator[None]:
    """Name what goes wrong within; only for what is said to the server and heard from it.

    Whatever a server can make a library stumble over is the server's fault.
    """
    try:
        yield
    except MailboxError:
        raise
    except Exception as error:
        raise MailboxError(step, error) from error


# RFC 5530, 3.
_CODES = MappingProxyType(
    {
        "AUTHENTICATIONFAILED": MailboxCause.LOGIN_REFUSED,
        "AUTHORIZATIONFAILED": MailboxCause.LOGIN_REFUSED,
        "EXPIRED": MailboxCause.LOGIN_REFUSED,
        "PRIVACYREQUIRED": MailboxCause.NO_WAY_IN,
        "UNAVAILABLE": MailboxCause.UNAVAILABLE,
        "INUSE": MailboxCause.UNAVAILABLE,
        "SERVERBUG": MailboxCause.UNAVAILABLE,
        "CONTACTADMIN": MailboxCause.UNAVAILABLE,
        "LIMIT": MailboxCause.TOO_MANY,
        "OVERQUOTA": MailboxCause.OVER_QUOTA,
        "NONEXISTENT": MailboxCause.NO_FOLDER,
        "NOPERM": MailboxCause.NO_FOLDER,
    }
)
# Of outlook.office365.com and imap.gmail.com, to a token, as of November 2026.
_TO_TOKENS = (
    (re.compile("authenticated but not connected", re.IGNORECASE), MailboxCause.NO_ACCESS),
    (
        re.compile("(imap|protocol)[^.]{0,40} (disabled|not enabled)|not enabled for imap", re.IGNORECASE),
        MailboxCause.IMAP_OFF,
    ),
)
_CODE = re.compile(r"\[([A-Z]{1,30})\]")
_WORDS = (
    (
        re.compile(
            r"too many|maximum (number of )?(\S{1,20} )?connections|connection limit|simultaneous", re.IGNORECASE
        ),
        MailboxCause.TOO_MANY,
    ),
    (re.compile(r"over ?quota|quota exceeded|mailbox (is )?full", re.IGNORECASE), MailboxCause.OVER_QUOTA),
    (
        re.compile(r"temporar|try again|unavailable|maintenance|shutting down|internal error", re.IGNORECASE),
        MailboxCause.UNAVAILABLE,
    ),
)
_TYPES: tuple[tuple[type[BaseException], MailboxCause], ...] = (
    (NoWayInError, MailboxCause.NO_WAY_IN),
    (socket.gaierror, MailboxCause.UNKNOWN_HOST),
    (UnicodeError, MailboxCause.UNKNOWN_HOST),  # a name that cannot be one, such as "imap..example.de"
    (ssl.SSLCertVerificationError, MailboxCause.CERTIFICATE),
    (ssl.SSLEOFError, MailboxCause.HUNG_UP),
    (ssl.SSLError, MailboxCause.NOT_IMAP),
    (TimeoutError, MailboxCause.SILENT),
    (ConnectionRefusedError, MailboxCause.UNREACHABLE),
    (ConnectionError, MailboxCause.HUNG_UP),
    (OSError, MailboxCause.UNREACHABLE),
)
_OTHERWISE = MappingProxyType(
    {
        Step.CONNECT: MailboxCause.NOT_IMAP,
        Step.SIGN_IN: MailboxCause.LOGIN_REFUSED,
        Step.FOLDER: MailboxCause.NO_FOLDER,
        Step.MAILS: MailboxCause.NOT_UNDERSTOOD,
    }
)


def cause_of(step: Step, error: BaseException) -> MailboxCause:
    """Why: by the kind of failure, by the server's code, by its words, else by how far one came."""
    if isinstance(error, NoWayInError | OSError) or (step is Step.CONNECT and isinstance(error, UnicodeError)):
        return next(cause for kind, cause in _TYPES if isinstance(error, kind))
    words = words_of(error)
    if isinstance(error, SignInError):
        return MailboxCause.SIGN_IN_LOST if error.lasts else MailboxCause.SIGN_IN_WAITS
    if isinstance(error, NoTokenWayError):
        return MailboxCause.NO_TOKEN
    if isinstance(error, TokenRefusedError):
        return next((cause for pattern, cause in _TO_TOKENS if pattern.search(words)), MailboxCause.TOKEN_REFUSED)
    if known := [_CODES[code] for code in _CODE.findall(words) if code in _CODES]:
        return known[0]
    if said := [cause for pattern, cause in _WORDS if pattern.search(words)]:
        return said[0]
    if isinstance(error, IMAP4.abort):
        return MailboxCause.HUNG_UP
    return _OTHERWISE[step] if isinstance(error, IMAP4.error) else MailboxCause.NOT_UNDERSTOOD


def words_of(error: BaseException) -> str:
    """What the server, or the system, said; in one line."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    said = error.args[0] if len(error.args) == 1 else None
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(error)
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", text).split())[:_LONGEST]


_WAITS = _("Sie müssen nichts tun: Es wird von selbst weiter versucht, und es geht nichts verloren.")
_SERVER = _("Bitte Servername und Port prüfen; üblich ist 993 (IMAP mit TLS).")
_TEXTS: MappingProxyType[MailboxCause, tuple[Promise, Promise]] = MappingProxyType(
    {
        MailboxCause.UNKNOWN_HOST: (
            _("Der Server %(host)s ist an Port %(port)s nicht zu erreichen: Sein Name ist im DNS nicht zu finden."),
            _SERVER,
        ),
        MailboxCause.UNREACHABLE: (_("Der Server %(host)s ist an Port %(port)s nicht zu erreichen."), _SERVER),
        MailboxCause.SILENT: (_("Der Server %(host)s hat nicht rechtzeitig geantwortet."), _WAITS),
        MailboxCause.CERTIFICATE: (
            _("Das Zertifikat des Mailservers ist nicht gültig."),
            _("Es wurde nichts übertragen. Bitte den Servernamen genau so eintragen, wie ihn der Anbieter nennt."),
        ),
        MailboxCause.NOT_IMAP: (_("An %(host)s, Port %(port)s antwortet etwas, aber kein IMAP mit TLS."), _SERVER),
        MailboxCause.NO_WAY_IN: (
            _("Der Server lässt niemanden mit Benutzername und Passwort herein."),
            _(
                "Es wurde kein Passwort übertragen. Manche Anbieter verlangen die Anmeldung auf ihrer eigenen Seite "
                "(Microsoft, Google), oder IMAP muss dort erst eingeschaltet werden."
            ),
        ),
        MailboxCause.LOGIN_REFUSED: (
            _("Der Server hat Benutzername oder Passwort abgelehnt."),
            _(
                "Bitte Benutzername (oft die ganze E-Mail-Adresse) und Passwort prüfen; manche Anbieter verlangen "
                "ein eigenes App-Passwort."
            ),
        ),
        MailboxCause.TOO_MANY: (
            _("Auf dieses Postfach greifen gerade zu viele Geräte oder Programme zugleich zu."),
            _(
                "Es wird von selbst weiter versucht, und es geht nichts verloren. Bleibt es so: das Postfach in einem "
                "Mailprogramm oder auf einem alten Gerät entfernen, das niemand mehr braucht."
            ),
        ),
        MailboxCause.OVER_QUOTA: (
            _("Das Postfach ist voll."),
            _("Neue Mails kommen vielleicht nicht mehr an. Bitte Platz schaffen oder beim Anbieter mehr buchen."),
        ),
        MailboxCause.UNAVAILABLE: (_("Der Mailserver hat gerade selbst eine Störung."), _WAITS),
        MailboxCause.NO_FOLDER: (
            _("Der Server hat den Ordner „%(folder)s“ nicht geöffnet."),
            _(
                "Vielleicht wurde er umbenannt oder gelöscht. Bitte den Namen des Ordners prüfen; was inzwischen "
                "ankam, wird dann nachgelesen."
            ),
        ),
        MailboxCause.HUNG_UP: (_("Der Server hat die Verbindung vorzeitig beendet."), _WAITS),
        MailboxCause.NOT_UNDERSTOOD: (_("Der Server hat etwas geantwortet, das nicht zu verstehen ist."), _WAITS),
        MailboxCause.SIGN_IN_LOST: (
            _("Die Anmeldung bei Microsoft oder Google gilt nicht mehr."),
            _("Was fehlt, steht unter Einstellungen, Mailserver, „Mit Microsoft oder Google anmelden“."),
        ),
        MailboxCause.SIGN_IN_WAITS: (_("Microsoft oder Google gibt gerade keinen Zugang heraus."), _WAITS),
        MailboxCause.NO_TOKEN: (
            _("Der Server bietet keine Anmeldung ohne Passwort an (XOAUTH2, OAUTHBEARER)."),
            _("Bitte den Servernamen prüfen: outlook.office365.com oder imap.gmail.com, Port 993."),
        ),
        MailboxCause.TOKEN_REFUSED: (
            _("Der Server lässt das angemeldete Konto nicht an dieses Postfach."),
            _(
                "Bitte prüfen: Als Benutzername steht die Adresse des Postfachs, mit der angemeldet wurde; IMAP ist "
                "dafür eingeschaltet; die App hat die Berechtigung IMAP.AccessAsUser.All. Danach neu anmelden."
            ),
        ),
        MailboxCause.NO_ACCESS: (
            _("Das Konto ist angemeldet, aber zu diesem Postfach gibt es keinen Zugang."),
            _(
                "Das Konto braucht eine Lizenz mit Postfach. Bei einem freigegebenen Postfach braucht es "
                "„Lesen und verwalten“ daran, und als Benutzername steht dessen Adresse."
            ),
        ),
        MailboxCause.IMAP_OFF: (
            _("IMAP ist für dieses Postfach abgeschaltet."),
            _(
                "In Microsoft 365: „Aktive Benutzer“, Konto, „E-Mail“, „E-Mail-Apps verwalten“, IMAP einschalten. In "
                "Google Workspace: Admin-Konsole, Gmail, „Endnutzerzugriff“, IMAP zulassen."
            ),
        ),
    }
)


ABOUT_THE_SIGN_IN = (MailboxCause.SIGN_IN_LOST, MailboxCause.SIGN_IN_WAITS)


def explain(cause: str, *, host: str, port: int, folder: str) -> Explanation:
    """Cause and remedy in words, in the active language; of an empty or unknown cause both are empty."""
    if cause not in _TEXTS:
        return Explanation("", "")
    sign_in = MailSignIn.current() if cause in ABOUT_THE_SIGN_IN else None
    if sign_in and sign_in.trouble:  # which says it more exactly, and what holds now
        row = ROWS[Trouble(sign_in.trouble)]
        return Explanation(str(row.text), str(row.remedy))
    text, remedy = _TEXTS[MailboxCause(cause)]
    return Explanation(str(text) % {"host": host, "port": port, "folder": folder}, str(remedy))

"""What the administrators have to hear about the mail account, long before a mail fails for it: one table of looks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import cast

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise, lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from siegelpost.mail.accounts.registration import redirect_uri
from siegelpost.mail.models import AttemptOutcome, DeliveryAttempt, MailSignIn, SignInKey
from siegelpost.mail.outgoing.server_settings import NotConfiguredError, Server, current
from siegelpost.mail.sign_in.models import Credential, ProviderName
from siegelpost.mail.sign_in.providers import PROVIDERS
from siegelpost.mail.sign_in.troubles import ROWS, Trouble
from siegelpost.toolbox.sealing import UnsealableError

# Days before the end of a secret or certificate, at each of which it is told once.
DAYS_BEFORE = (60, 30, 14, 7, 3, 1, 0)
# What mends itself is told when it has not for so long.
PATIENCE = timedelta(hours=24)
# Of a sign-in that cannot be renewed it is told when no more of its life is left.
UNUSED_BEFORE = timedelta(days=60)
# techcommunity.microsoft.com, "Updated Exchange Online SMTP AUTH Basic Authentication Deprecation Timeline" (January
# 2026): off by default in existing organisations at the end of December 2026.
PASSWORDS_END = date(2026, 12, 31)
# As its answer to a mail ends: "Hostname=FR2P281MB0001.DEUP281.PROD.OUTLOOK.COM".
_MICROSOFTS_OWN, _LOOKED_AT = ".PROD.OUTLOOK.COM", 20
_MICROSOFTS = (".office365.com", ".outlook.com", ".office.com")


@dataclass(frozen=True, slots=True)
class AccountAlarm:
    """Something to hear of.

    Args:
        key: by which it is told once.
        stops: whether no mail can be sent by the account any more.
    """

    key: str
    text: str | Promise
    remedy: str | Promise
    words: str = ""
    stops: bool = False


def alarms(now: datetime | None = None) -> list[AccountAlarm]:
    """All there is just now, the gravest first; ``now`` is aware."""
    now = now or datetime.now(UTC)
    sign_in = MailSignIn.current()
    found = [each for look in _OF_SIGN_INS for each in look(sign_in, now)] if sign_in else []
    return [*found, *_password(now)]


def _lost(sign_in: MailSignIn, now: datetime) -> Iterator[AccountAlarm]:
    if not sign_in.trouble or not sign_in.connected:
        return
    row, since = ROWS[Trouble(sign_in.trouble)], sign_in.trouble_at or now
    if row.lasts or now - since > PATIENCE:
        yield AccountAlarm(
            f"trouble:{sign_in.trouble}:{since:%Y-%m-%dT%H:%M}", row.text, row.remedy, sign_in.trouble_words, row.lasts
        )


def _credential_ends(sign_in: MailSignIn, now: datetime) -> Iterator[AccountAlarm]:
    today = timezone.localdate(now)
    if sign_in.credential == Credential.SECRET:
        ends = sign_in.secret_ends_on
        what, remedy = _("Der geheime Clientschlüssel der App"), _SECRET_REMEDY
    else:
        key = SignInKey.objects.filter(active=True).first()
        ends = timezone.localdate(key.ends_at) if key else None
        what, remedy = _("Das Zertifikat der App"), _CERTIFICATE_REMEDY
    if ends is None:
        if sign_in.credential == Credential.SECRET and sign_in.provider == ProviderName.MICROSOFT:
            yield AccountAlarm("credential:unknown", _END_UNKNOWN, _END_REMEDY)
        return
    days = (ends - today).days
    level = next((each for each in reversed(DAYS_BEFORE) if days <= each), None)
    if level is not None:
        until = _("gilt nur noch bis {ends}.") if days >= 0 else _("gilt seit {ends} nicht mehr.")
        text = format_lazy("{} {}", what, format_lazy(until, ends=_day(ends)))
        yield AccountAlarm(f"credential:{ends}:{level}", text, remedy)


_day = cast(Callable[[date], Promise], lazy(lambda day: date_format(day, "DATE_FORMAT"), str))
_END_UNKNOWN = _("Bis wann der geheime Clientschlüssel der App gilt, ist nicht eingetragen.")
_END_REMEDY = _(
    "Der Anbieter zeigt es neben dem Schlüssel. Bitte hier unter „Angaben ändern“ eintragen: Nur dann werden Sie "
    "erinnert, ehe Mails ausbleiben."
)
_SECRET_REMEDY = _(
    "Beim Anbieter einen neuen Schlüssel anlegen und hier unter „Angaben ändern“ eintragen; der alte gilt bis dahin "
    "weiter."
)
_CERTIFICATE_REMEDY = _(
    "Hier das neue Zertifikat herunterladen und bei der App zusätzlich hochladen. Sobald der Anbieter es kennt, wird "
    "es von selbst benutzt; das alte bis dahin stehen lassen."
)


def _unused(sign_in: MailSignIn, now: datetime) -> Iterator[AccountAlarm]:
    if not sign_in.connected or sign_in.renewed_at is None:
        return
    ends = sign_in.renewed_at + PROVIDERS[ProviderName(sign_in.provider)].unused
    if ends - now <= UNUSED_BEFORE:
        yield AccountAlarm(
            f"unused:{ends:%Y-%m-%d}",
            format_lazy(
                _("Die Anmeldung wurde lange nicht erneuert und endet am {ends}."), ends=_day(timezone.localdate(ends))
            ),
            _("Bitte hier „Jetzt prüfen“ wählen; geht das nicht, neu anmelden."),
        )


def _address_changed(sign_in: MailSignIn, _now: datetime) -> Iterator[AccountAlarm]:
    if sign_in.connected and sign_in.redirect_uri != redirect_uri():
        yield AccountAlarm(
            f"redirect:{redirect_uri()}",
            _("Dieser Server hat eine andere Adresse als bei der Anmeldung."),
            _("Es geht alles weiter; vor der nächsten Anmeldung die neue Umleitungsadresse beim Anbieter eintragen."),
        )


_OF_SIGN_INS: tuple[Callable[[MailSignIn, datetime], Iterator[AccountAlarm]], ...] = (
    *(_lost, _credential_ends, _unused, _address_changed),
)


def _password(now: datetime) -> Iterator[AccountAlarm]:
    """Who still sends by a password through Microsoft."""
    try:
        server = current()
    except (NotConfiguredError, UnsealableError):
        return
    if not sends_by_password_through_microsoft(server):
        return
    over = timezone.localdate(now) > PASSWORDS_END
    yield AccountAlarm(
        f"password:{server.host}:{'over' if over else 'before'}",
        _("Sie senden mit Passwort über Microsoft 365. Seit Ende Dezember 2026 ist das ohne Weiteres abgeschaltet.")
        if over
        else _("Sie senden mit Passwort über Microsoft 365. Ende Dezember 2026 schaltet Microsoft das ab."),
        _("Bitte unter Einstellungen, Mailserver, „Mit Microsoft oder Google anmelden“ umstellen (15 Minuten)."),
    )


def sends_by_password_through_microsoft(server: Server) -> bool:
    """Whether the mail server is Exchange Online, and is shown a password.

    Hosters give it names of their own; it tells its real one with each mail that it takes.
    """
    if not (server.user and server.password):
        return False
    if f".{server.host.lower().rstrip('.')}".endswith(_MICROSOFTS):
        return True
    latest = DeliveryAttempt.objects.order_by("-pk").values_list("host", "outcome", "text")[:_LOOKED_AT]
    answers = (text for host, outcome, text in latest if outcome == AttemptOutcome.ACCEPTED and _is(host, server))
    return any(_MICROSOFTS_OWN in each.upper() for each in answers)


def _is(host: str, server: Server) -> bool:
    return host.partition(" ")[0] == f"{server.host}:{server.port}"

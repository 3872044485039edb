"""The mail providers that offices here have: their servers, how one signs in, what they allow. Facts with their day.

What is not sure is marked, and the page says so: nothing here is believed before it was tried out.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from siegelpost.office.models import SmtpSecurity

SEEN = "2026-11"
# As a server's name: the mail exchanger itself (all-inkl, netcup), whose name is another for each customer.
THE_MX = "{mx}"


class UserName(StrEnum):
    """What is entered as the user name."""

    ADDRESS = "address"
    LOCAL_PART = "local_part"


class Hint(StrEnum):
    """What has to be known before the first try."""

    APP_PASSWORD = "app_password"  # noqa: S105 - a name
    SWITCH_ON = "switch_on"
    OWN_PASSWORD = "own_password"  # noqa: S105 - a name
    MOVED = "moved"
    SIGN_IN = "sign_in"
    CONSUMER = "consumer"


HINTS: dict[Hint, Promise] = {
    Hint.APP_PASSWORD: _("Ist dort die Anmeldung in zwei Schritten an, brauchen Sie ein eigenes App-Passwort."),
    Hint.SWITCH_ON: _("IMAP und SMTP müssen beim Anbieter einmal eingeschaltet werden."),
    Hint.OWN_PASSWORD: _("Nötig ist das eigene E-Mail-Passwort; das Passwort für die Website geht nicht."),
    Hint.MOVED: _("Dieser Anbieter zieht Postfächer zu Microsoft 365 um; dort ist Ihres vielleicht schon."),
    Hint.SIGN_IN: _(
        "Mit einem Passwort geht es hier meist nicht mehr: Melden Sie sich auf der Seite des Anbieters an."
    ),
    Hint.CONSUMER: _(
        "Ein Postfach für Privatleute: Geschäftliche Mails in größerer Zahl bremst oder sperrt der Anbieter."
    ),
}


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many mails the provider takes; 0 is not known."""

    per_minute: int = 0
    per_hour: int = 0
    per_day: int = 0


@dataclass(frozen=True, slots=True)
class Preset:
    """One provider.

    Args:
        domains: mail domains that are its own.
        mx: what the names of its mail exchangers end with.
        smtp: host, port, security.
        imap: host, on port 993 with TLS.
        sign_in_with: by whose page one signs in, ``microsoft`` or ``google``; empty: by password.
        source: whose word it is.
        sure: False where it was remembered or read in one place only.
    """

    name: str
    smtp: tuple[str, int, SmtpSecurity]
    imap: str
    source: str
    domains: tuple[str, ...] = ()
    mx: tuple[str, ...] = ()
    user: UserName = UserName.ADDRESS
    hints: tuple[Hint, ...] = ()
    allowance: Allowance = Allowance()
    sign_in_with: str = ""
    sure: bool = True


TLS, STARTTLS = SmtpSecurity.TLS, SmtpSecurity.STARTTLS
_ISPDB = "Mozilla ISPDB, 2026-03"
_GMX, _WEB = ("gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.eu", "gmx.org", "gmx.info"), ("web.de", "email.de")
_T_ONLINE, _FREENET = ("t-online.de", "magenta.de"), ("freenet.de", "freenetmail.de")
_MICROSOFT = ("outlook.com", "outlook.de", "hotmail.com", "hotmail.de", "live.com", "live.de")
_POSTEO = ("posteo.de", "posteo.net", "posteo.org", "posteo.eu")

PRESETS: tuple[Preset, ...] = (
    Preset(
        "IONOS",
        ("smtp.ionos.de", 465, TLS),
        "imap.ionos.de",
        "ionos.de, 2026-11",
        mx=("kundenserver.de", "ionos.de", "ionos.com", "1and1.com"),
        # Grows with the contract's age, from 50 an hour; less is learned from "450 Mail send limit exceeded".
        allowance=Allowance(per_hour=500),
    ),
    Preset("STRATO", ("smtp.strato.de", 465, TLS), "imap.strato.de", _ISPDB, ("strato.de",), ("rzone.de",)),
    Preset("all-inkl.com", (THE_MX, 465, TLS), THE_MX, "all-inkl.com, 2026-11", mx=("kasserver.com",)),
    Preset("Hetzner", ("mail.your-server.de", 465, TLS), "mail.your-server.de", _ISPDB, mx=("your-server.de",)),
    Preset(
        "mailbox.org",
        ("smtp.mailbox.org", 465, TLS),
        "imap.mailbox.org",
        "kb.mailbox.org, 2026-11",
        ("mailbox.org",),
        ("mailbox.org",),
        hints=(Hint.APP_PASSWORD,),
    ),
    Preset(
        "Posteo",
        ("posteo.de", 465, TLS),
        "posteo.de",
        _ISPDB,
        _POSTEO,
        ("posteo.de",),
        hints=(Hint.APP_PASSWORD, Hint.CONSUMER),
    ),
    Preset(
        "GMX",
        ("mail.gmx.net", 465, TLS),
        "imap.gmx.net",
        _ISPDB,
        _GMX,
        ("gmx.net",),
        hints=(Hint.SWITCH_ON, Hint.APP_PASSWORD, Hint.CONSUMER),
    ),
    Preset(
        "WEB.DE",
        ("smtp.web.de", 465, TLS),
        "imap.web.de",
        _ISPDB,
        _WEB,
        ("web.de",),
        UserName.LOCAL_PART,
        hints=(Hint.SWITCH_ON, Hint.APP_PASSWORD, Hint.CONSUMER),
    ),
    Preset(
        "Telekom",
        ("securesmtp.t-online.de", 465, TLS),
        "secureimap.t-online.de",
        _ISPDB,
        _T_ONLINE,
        ("t-online.de",),
        hints=(Hint.OWN_PASSWORD, Hint.CONSUMER),
    ),
    Preset(
        "freenet",
        ("mx.freenet.de", 465, TLS),
        "mx.freenet.de",
        "chatmail provider-db",
        _FREENET,
        ("freenet.de",),
        hints=(Hint.SWITCH_ON, Hint.CONSUMER),
    ),
    Preset(
        "domainfactory",
        ("sslout.df.eu", 465, TLS),
        "sslin.df.eu",
        _ISPDB,
        mx=("ispgateway.de", "df.eu"),
        hints=(Hint.MOVED,),
    ),
    Preset(
        "Host Europe",
        ("smtp.hosteurope.de", 465, TLS),
        "imap.hosteurope.de",
        "",
        mx=("hosteurope.de",),
        hints=(Hint.MOVED,),
        sure=False,
    ),
    Preset("1blu", ("smtp.1blu.de", 465, TLS), "imap.1blu.de", "lukcon.de", mx=("1blu.de",), sure=False),
    Preset("netcup", (THE_MX, 465, TLS), THE_MX, "", mx=("netcup.net",), sure=False),
    Preset("manitu", ("mail.manitu.de", 465, TLS), "mail.manitu.de", "", mx=("manitu.net", "manitu.de"), sure=False),
    Preset(
        "Vodafone",
        ("smtp.vodafonemail.de", 465, TLS),
        "imap.vodafonemail.de",
        _ISPDB,
        ("vodafonemail.de", "arcor.de", "vodafone.de"),
        hints=(Hint.CONSUMER,),
    ),
    Preset(
        "Microsoft 365",
        ("smtp.office365.com", 587, STARTTLS),
        "outlook.office365.com",
        "learn.microsoft.com, 2026-11",
        _MICROSOFT,
        ("mail.protection.outlook.com", "mx.microsoft", "olc.protection.outlook.com"),
        hints=(Hint.SIGN_IN,),
        allowance=Allowance(per_minute=30, per_day=10_000),
        sign_in_with="microsoft",
    ),
    Preset(
        "Google",
        ("smtp.gmail.com", 465, TLS),
        "imap.gmail.com",
        "support.google.com, 2026-11",
        ("gmail.com", "googlemail.com"),
        ("smtp.google.com", "l.google.com", "googlemail.com"),
        hints=(Hint.SIGN_IN, Hint.APP_PASSWORD),
        allowance=Allowance(per_day=2_000),
        sign_in_with="google",
    ),
    Preset(
        "iCloud",
        ("smtp.mail.me.com", 587, STARTTLS),
        "imap.mail.me.com",
        _ISPDB,
        ("icloud.com", "me.com", "mac.com"),
        ("mail.icloud.com",),
        hints=(Hint.APP_PASSWORD, Hint.CONSUMER),
    ),
    Preset(
        "Yahoo",
        ("smtp.mail.yahoo.com", 465, TLS),
        "imap.mail.yahoo.com",
        _ISPDB,
        ("yahoo.com", "yahoo.de"),
        ("yahoodns.net",),
        hints=(Hint.APP_PASSWORD, Hint.CONSUMER),
    ),
)

# They stand in front of a mailbox, which is somewhere else.
FILTERS = ("hornetsecurity.com", "antispamcloud.com", "antispameurope.com", "nospamproxy.com", "barracudanetworks.com")


def by_domain(domain: str) -> Preset | None:
    """Whose own domain it is."""
    return next((each for each in PRESETS if domain in each.domains), None)


def by_mx(server: str) -> Preset | None:
    """Whose mail exchanger it is."""
    return next((each for each in PRESETS if _ends_with(server, each.mx)), None)


def is_filter(server: str) -> bool:
    """Whether it only passes mail on."""
    return _ends_with(server, FILTERS)


def allowance_of(smtp_host: str) -> Allowance:
    """What the provider of this mail server takes, as far as is known."""
    host = smtp_host.lower()
    return next((each.allowance for each in PRESETS if each.smtp[0] == host), Allowance())


def _ends_with(server: str, names: tuple[str, ...]) -> bool:
    return any(f".{server}".endswith(f".{name}") for name in names)

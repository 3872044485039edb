"""Which mail server the office sends through, and as whom."""

from dataclasses import dataclass, field
from email.headerregistry import Address

from siegelpost.mail.discovery.presets import allowance_of
from siegelpost.mail.models import MailboxSettings, MailSignIn
from siegelpost.mail.sign_in.providers import may_get_tokens
from siegelpost.office.current import the_office
from siegelpost.office.models import Office, SmtpSecurity
from siegelpost.settings import FIELDS, load
from siegelpost.toolbox.addresses import AddressError, checked

USUAL_PORTS = {SmtpSecurity.STARTTLS: 587, SmtpSecurity.TLS: 465, SmtpSecurity.NONE: 25}


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server as the office entered it; ``by_token``: it is shown a token in place of a password."""

    host: str
    port: int
    security: SmtpSecurity
    user: str = ""
    password: str = field(default="", repr=False)
    by_token: bool = False


@dataclass(frozen=True, slots=True)
class Sender:
    """As whom the office writes, and where answers go (empty: to the sender)."""

    address: Address
    reply_to: str = ""


class NotConfiguredError(Exception):
    """The office has not said which mail server, or which sender's address, to use."""


def current() -> Server:
    """The mail server of this installation: of the setting ``smtp_host`` when given, else the office's.

    Raises:
        NotConfiguredError: neither names one.
    """
    settings = load()
    if settings.smtp_host:
        security = SmtpSecurity(settings.smtp_security)
        return _server(
            settings.smtp_host,
            settings.smtp_port or USUAL_PORTS[security],
            security,
            settings.smtp_user,
            settings.smtp_password.get_secret_value(),
        )
    return of_office(the_office())


def of_office(office: Office) -> Server:
    """The mail server entered in the office's settings.

    Raises:
        NotConfiguredError: none is.
    """
    if not office.smtp_host:
        raise NotConfiguredError("no mail server is entered")
    password = FIELDS.unseal_text(office.smtp_password_sealed)
    security = SmtpSecurity(office.smtp_security)
    return _server(office.smtp_host, office.smtp_port, security, office.smtp_user, password)


def by_token(host: str, user: str, password: str) -> bool:
    """Whether a server is shown a token: without a password, and it is one of those the office signed in for."""
    return bool(user and not password) and may_get_tokens(MailSignIn.current(), host)


def _server(host: str, port: int, security: SmtpSecurity, user: str, password: str) -> Server:
    return Server(host, port, security, user, password, by_token(host, user, password))


def reads_answers() -> bool:
    """Whether answers to the sender's address are read here: from a mailbox, or because they come in at our port."""
    settings = load()
    return settings.imap_host is not None or settings.mail_in_port is not None or bool(MailboxSettings.current().host)


def trusted_servers() -> frozenset[str]:
    """The names (authserv-ids) of the servers whose word about a sender is believed (RFC 8601, 5); may be none."""
    entered = MailboxSettings.current().trusted_servers.replace(",", " ").split()
    return frozenset(name.lower() for name in [*load().mail_trusted_servers, *entered])


def per_minute(server: Server | None) -> int:
    """How many mails a minute may go to the mail server: what the office allows, or its provider; 0 is no limit."""
    known = [the_office().mail_per_minute, allowance_of(server.host).per_minute if server else 0]
    return min((each for each in known if each), default=0)


def sender() -> Sender:
    """As whom the office writes: the setting ``mail_from`` when given, else the office's, with its name.

    Raises:
        NotConfiguredError: neither names an address.
        siegelpost.toolbox.addresses.AddressError: it is none.
    """
    office = the_office()
    address = load().mail_from or office.mail_from
    if not address:
        raise NotConfiguredError("no sender's address is entered")
    return Sender(checked(address, name=office.name), office.mail_reply_to)


def sender_domain() -> str | None:
    """The sender's domain in its ASCII form; None while no address is entered."""
    try:
        return sender().address.domain
    except (NotConfiguredError, AddressError):
        return None

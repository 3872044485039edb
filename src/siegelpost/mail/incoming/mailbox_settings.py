"""Which mailbox is read: of the settings of the server, else the office's."""

from dataclasses import dataclass, field

from siegelpost.mail.models import MailboxSettings
from siegelpost.mail.outgoing.server_settings import by_token
from siegelpost.settings import FIELDS, load


@dataclass(frozen=True, slots=True)
class ImapMailbox:
    """Where bounces and answers arrive; always over TLS from the start (RFC 8314); ``by_token``: without a password."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    by_token: bool = False

    @property
    def name(self) -> str:
        """Which it is, without what changes without its being another one."""
        return f"{self.user}@{self.host}/{self.folder}"


def configured() -> ImapMailbox | None:
    """The mailbox named in the settings of the server, else the office's, or None."""
    settings = load()
    if settings.imap_host:
        password = settings.imap_password.get_secret_value()
        return _mailbox(settings.imap_host, settings.imap_port, settings.imap_user, password, settings.imap_folder)
    entered = MailboxSettings.current()
    if not entered.host:
        return None
    return _mailbox(
        entered.host, entered.port, entered.user, FIELDS.unseal_text(entered.password_sealed), entered.folder
    )


def _mailbox(host: str, port: int, user: str, password: str, folder: str) -> ImapMailbox:
    return ImapMailbox(host, port, user, password, folder, by_token(host, user, password))

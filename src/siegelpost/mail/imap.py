"""Looking for bounces and answers in the mailbox of the sender's address, over IMAP (RFC 3501).

The mailbox is opened read-only: nothing is marked as read, moved or deleted, for people read it, too. Of a mail that
does not concern us only the first megabyte is fetched.
"""

import imaplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import structlog

from siegelpost.mail.incoming import LARGEST, concerns_us, take_in
from siegelpost.mail.models import MailboxPosition
from siegelpost.mail.smtp import tls_context
from siegelpost.settings import load

log = structlog.get_logger(__name__)

_TIMEOUT = 30.0
_MOST_MAILS = 200
_FIRST_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Mailbox:
    """Where bounces arrive; always over TLS from the start (RFC 8314)."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"


def configured() -> Mailbox | None:
    """The mailbox named in the settings, or None."""
    settings = load()
    if not settings.imap_host:
        return None
    password = settings.imap_password.get_secret_value()
    return Mailbox(settings.imap_host, settings.imap_port, settings.imap_user, password, settings.imap_folder)


def poll() -> int:
    """Take in what has arrived since the last time; gives how many mails of ours were found to have bounced.

    To be called every minute by the process that runs jobs. The first time only notes where the mailbox ends.

    Raises:
        OSError, imaplib.IMAP4.error: the mailbox cannot be reached or read now; nothing is lost by that.
    """
    mailbox = configured()
    if mailbox is None:
        return 0
    with _opened(mailbox) as connection:
        position = _position(mailbox, connection)
        bounced = 0
        for uid in _new_uids(connection, position.last_uid):
            bounced += _take_in(connection, uid)
            position.last_uid = uid
            position.save(update_fields=["last_uid"])
    return bounced


def _take_in(connection: imaplib.IMAP4, uid: int) -> bool:
    raw = _fetch(connection, uid, _FIRST_BYTES)
    complete = len(raw) < _FIRST_BYTES
    if not complete and concerns_us(raw):
        raw = _fetch(connection, uid, LARGEST + 1)
        complete = len(raw) <= LARGEST
    outcome = take_in(raw, complete=complete)
    log.info("mail_taken_in", kind=outcome.report.kind.value, known=outcome.mail is not None)
    return outcome.changed


@contextmanager
def _opened(mailbox: Mailbox) -> Iterator[imaplib.IMAP4]:
    context: ssl.SSLContext = tls_context()
    connection = imaplib.IMAP4_SSL(mailbox.host, mailbox.port, ssl_context=context, timeout=_TIMEOUT)
    try:
        # Not LOGIN: this one can send passwords with umlauts (RFC 4616).
        secret = b"\0".join([b"", mailbox.user.encode(), mailbox.password.encode()])
        connection.authenticate("PLAIN", lambda _challenge: secret)
        _check(connection.select(f'"{mailbox.folder}"', readonly=True))
        yield connection
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            connection.logout()


def _position(mailbox: Mailbox, connection: imaplib.IMAP4) -> MailboxPosition:
    """How far this mailbox was read; a new or rebuilt one is read from its end on."""
    validity, following = _number(connection, "UIDVALIDITY"), _number(connection, "UIDNEXT")
    position, made = MailboxPosition.objects.get_or_create(
        host=mailbox.host,
        user=mailbox.user,
        folder=mailbox.folder,
        defaults={"uid_validity": validity, "last_uid": following - 1},
    )
    if not made and position.uid_validity != validity:
        position.uid_validity, position.last_uid = validity, following - 1
        position.save()
    return position


def _number(connection: imaplib.IMAP4, name: str) -> int:
    _, values = connection.response(name)
    if not values or values[-1] is None:
        raise imaplib.IMAP4.error(f"the server does not tell its {name}")
    return int(values[-1])


def _new_uids(connection: imaplib.IMAP4, last: int) -> list[int]:
    found = _check(connection.uid("SEARCH", f"UID {last + 1}:*"))
    # "5:*" includes the newest mail even when its number is lower (RFC 3501, 6.4.8).
    uids = sorted(int(uid) for line in found if isinstance(line, bytes) for uid in line.split())
    return [uid for uid in uids if uid > last][:_MOST_MAILS]


def _fetch(connection: imaplib.IMAP4, uid: int, most: int) -> bytes:
    found = _check(connection.uid("FETCH", str(uid), f"(UID BODY.PEEK[]<0.{most}>)"))
    # Empty where the mail was deleted meanwhile.
    return next((part[1] for part in found if isinstance(part, tuple)), b"")


def _check(response: tuple[str, Sequence[object]]) -> Sequence[object]:
    status, values = response
    if status != "OK":
        raise imaplib.IMAP4.error(f"the mailbox answered {status}: {values}")
    return values

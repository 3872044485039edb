"""Looking for bounces and answers in the mailbox of the sender's address, over IMAP (RFC 3501).

The mailbox is opened read-only: nothing is marked as read, moved or deleted, for people read it, too. Of a mail that
does not concern us only the first megabyte is fetched. Where the server knows IDLE (RFC 2177), the connection is kept
and new mail is heard of at once, at the latest after half a minute; otherwise it is asked every minute.
"""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from imaplib import IMAP4

import structlog
from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from siegelpost.ledger.halt import HaltedError
from siegelpost.mail.incoming.routing import LARGEST, concerns_us, take_in
from siegelpost.mail.models import MailboxPosition, MailboxSettings
from siegelpost.mail.outgoing.delivery import stopping
from siegelpost.mail.outgoing.smtp import tls_context
from siegelpost.settings import FIELDS, load

log = structlog.get_logger(__name__)

_TIMEOUT = 30.0
_MOST_MAILS = 200
_LATEST = 50
_ABOUT_SENDERS = "AUTHENTICATION-RESULTS RECEIVED"
# As long as a mail server may try: a bounce is not older (RFC 5321, 4.5.4.1).
_LOOKED_AT_AGAIN = timedelta(days=7)
_FIRST_BYTES = 1024 * 1024
# Seconds. News that come along with the answer to a command are not told again in IDLE, so it is left, and the mailbox
# searched, every half minute; servers allow half an hour (RFC 2177, 3). The end of the process is heard of within a
# slice.
_IDLE, _SLICE = 30.0, 2.0
# The last is what Python says to a host's name that cannot be one, such as "imap..example.de".
TROUBLE = (OSError, IMAP4.error, IMAPClientError, UnicodeError)


@dataclass(frozen=True, slots=True)
class ImapMailbox:
    """Where bounces and answers arrive; always over TLS from the start (RFC 8314)."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"


_MOST_TRIES = 3
_failures: Counter[tuple[ImapMailbox, int, int]] = Counter()


def configured() -> ImapMailbox | None:
    """The mailbox named in the settings of the server, else the office's, or None."""
    settings = load()
    if settings.imap_host:
        password = settings.imap_password.get_secret_value()
        return ImapMailbox(settings.imap_host, settings.imap_port, settings.imap_user, password, settings.imap_folder)
    entered = MailboxSettings.current()
    if not entered.host:
        return None
    return ImapMailbox(
        entered.host, entered.port, entered.user, FIELDS.unseal_text(entered.password_sealed), entered.folder
    )


def poll() -> int:
    """Take in what has arrived since the last time; gives how many mails of ours were found to have bounced.

    The first time only notes where the mailbox ends.

    Raises:
        OSError, imaplib.IMAP4.error: the mailbox cannot be reached or read now; nothing is lost by that.
        siegelpost.ledger.halt.HaltedError: nothing may be written now; nothing is lost by that either.
    """
    mailbox = configured()
    if mailbox is None:
        return 0
    with opened(mailbox) as connection:
        return _take_in_new(mailbox, connection)


def watch() -> None:
    """Take in what has arrived, and go on as mail comes.

    Returns when the server does not know IDLE, when the settings have changed, or when the process is to end.

    Raises:
        OSError, imaplib.IMAP4.error, siegelpost.ledger.halt.HaltedError: as :func:`poll`.
    """
    mailbox = configured()
    if mailbox is None:
        return
    with opened(mailbox) as connection:
        _take_in_new(mailbox, connection)
        while connection.has_capability("IDLE") and not stopping.is_set() and configured() == mailbox:
            _idle(connection)
            close_old_connections()
            _take_in_new(mailbox, connection)


@contextmanager
def opened(mailbox: ImapMailbox) -> Iterator[IMAPClient]:
    """A connection that is signed in, with the folder open for reading.

    Raises:
        OSError, UnicodeError, imaplib.IMAP4.error: it cannot be reached, does not let us in, or has no such folder.
    """
    connection = IMAPClient(mailbox.host, mailbox.port, ssl=True, ssl_context=tls_context(), timeout=_TIMEOUT)
    try:
        # Not LOGIN: this one can send passwords with umlauts (RFC 4616).
        secret = b"\0".join([b"", mailbox.user.encode(), mailbox.password.encode()])
        connection.sasl_login("PLAIN", lambda _challenge: secret)
        connection.selected = connection.select_folder(mailbox.folder, readonly=True)
        yield connection
    finally:
        with suppress(*TROUBLE):
            connection.logout()


def latest_headers(connection: IMAPClient) -> list[bytes]:
    """Who took the latest mails in, and what that server says of their senders: two headers of each, nothing else."""
    uids = sorted(int(uid) for uid in connection.search(["UID", f"{max(1, _next_uid(connection) - _LATEST)}:*"]))
    found = connection.fetch(uids[-_LATEST:], [f"BODY.PEEK[HEADER.FIELDS ({_ABOUT_SENDERS})]"]) if uids else {}
    return [value for each in found.values() for key, value in each.items() if key.startswith(b"BODY[")]


def _next_uid(connection: IMAPClient) -> int:
    following: int = connection.selected.get(b"UIDNEXT", 1)
    return following


def _idle(connection: IMAPClient) -> None:
    """Wait until something new is there, or for half a minute."""
    connection.idle()
    ends = time.monotonic() + _IDLE
    news: object = None
    while not news and not stopping.is_set() and time.monotonic() < ends:
        news = [one for one in connection.idle_check(timeout=_SLICE) if one[:2] != (b"OK", b"Still here")]
    connection.idle_done()


def _take_in_new(mailbox: ImapMailbox, connection: IMAPClient) -> int:
    position = _position(mailbox, connection)
    bounced = 0
    for uid in _new_uids(connection, position.last_uid):
        try:
            bounced += _take_in(connection, uid)
        except (OSError, IMAP4.error, IMAPClientError, DatabaseError, HaltedError):
            raise
        except Exception:
            # A mistake of ours in reading one mail: it is tried again, but those behind it shall not wait for ever.
            _failures[mailbox, position.uid_validity, uid] += 1
            if _failures[mailbox, position.uid_validity, uid] < _MOST_TRIES:
                raise
            log.exception("mail_left_out", folder=mailbox.folder, uid=uid)
        position.last_uid = uid
        position.save(update_fields=["last_uid"])
    return bounced


def _take_in(connection: IMAPClient, uid: int) -> bool:
    raw = _fetch(connection, uid, _FIRST_BYTES)
    complete = len(raw) < _FIRST_BYTES
    if not complete and concerns_us(raw):
        raw = _fetch(connection, uid, LARGEST + 1)
        complete = len(raw) <= LARGEST
    outcome = take_in(raw, complete=complete)
    log.info("mail_taken_in", kind=outcome.report.kind.value, known=outcome.mail is not None)
    return outcome.changed


def _position(mailbox: ImapMailbox, connection: IMAPClient) -> MailboxPosition:
    """How far this mailbox was read: a new one is read from its end on.

    In one that was rebuilt every mail has another number (RFC 3501, 2.3.1.1): what arrived lately is looked at once
    more, for some of it may not have been seen; what was seen changes nothing.
    """
    selected: dict[bytes, int] = connection.selected
    try:
        validity, following = selected[b"UIDVALIDITY"], selected[b"UIDNEXT"]
    except KeyError as missing:
        raise IMAP4.error(f"the server does not tell its {missing}") from None
    position, made = MailboxPosition.objects.get_or_create(
        host=mailbox.host,
        user=mailbox.user,
        folder=mailbox.folder,
        defaults={"uid_validity": validity, "last_uid": following - 1},
    )
    if not made and position.uid_validity != validity:
        lately = connection.search(["SINCE", (timezone.now() - _LOOKED_AT_AGAIN).date()])
        first = min((int(uid) for uid in lately[-_MOST_MAILS:]), default=following)
        log.warning("mailbox_rebuilt", folder=mailbox.folder, again=len(lately))
        position.uid_validity, position.last_uid = validity, first - 1
        position.save()
    return position


def _new_uids(connection: IMAPClient, last: int) -> list[int]:
    # "5:*" includes the newest mail even when its number is lower (RFC 3501, 6.4.8).
    uids = sorted(int(uid) for uid in connection.search(["UID", f"{last + 1}:*"]))
    return [uid for uid in uids if uid > last][:_MOST_MAILS]


def _fetch(connection: IMAPClient, uid: int, most: int) -> bytes:
    found = connection.fetch([uid], [f"BODY.PEEK[]<0.{most}>"])
    # Empty where the mail was deleted meanwhile.
    return next((value for key, value in found.get(uid, {}).items() if key.startswith(b"BODY[")), b"")

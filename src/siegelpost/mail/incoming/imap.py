"""Looking for bounces and answers in the mailbox of the sender's address, over IMAP (RFC 3501).

The mailbox is opened read-only: nothing is marked as read, moved or deleted, for people read it, too. Of a mail that
does not concern us only the first megabyte is fetched. Where the server knows IDLE (RFC 2177), the connection is kept
and new mail is heard of at once, at the latest after half a minute; otherwise it is asked every minute.

One mail that cannot be fetched or read costs this mail alone: it is set aside, those behind it are read, and it is
tried again (:mod:`siegelpost.mail.incoming.unfetched`). Why a mailbox is not read at all is kept and told
(:mod:`siegelpost.mail.incoming.standing`).
"""

import re
import select
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from imaplib import IMAP4
from typing import Any

import structlog
from django.db import DatabaseError, close_old_connections, transaction
from django.utils import timezone
from imapclient import imap_utf7

from siegelpost.foreign.errors import BusyError
from siegelpost.ledger.halt import HaltedError
from siegelpost.mail.incoming import standing, unfetched
from siegelpost.mail.incoming.imap_failures import MailboxError, Step, at
from siegelpost.mail.incoming.imap_line import Line
from siegelpost.mail.incoming.mailbox_settings import ImapMailbox, configured
from siegelpost.mail.incoming.routing import LARGEST, concerns_us, take_in
from siegelpost.mail.incoming.token_login import token_login
from siegelpost.mail.models import MailboxPosition
from siegelpost.mail.outgoing.delivery import stopping
from siegelpost.mail.outgoing.smtp import tls_context

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
_MOST_FOLDERS = 50
# Nothing of these is the mail's fault: it stays where it is. The last is a disk that is full.
_NOT_THE_MAILS = (DatabaseError, HaltedError, BusyError, OSError)


def poll() -> int:
    """Take in what has arrived since the last time; gives how many mails of ours were found to have bounced.

    The first time only notes where the mailbox ends.

    Raises:
        MailboxError: the mailbox cannot be reached or read now; nothing is lost by that.
        siegelpost.ledger.halt.HaltedError: nothing may be written now; nothing is lost by that either.
    """
    mailbox = configured()
    if mailbox is None:
        return 0
    with opened(mailbox) as connection:
        return _take_in_new(connection, _position(mailbox, connection))


def watch() -> None:
    """Take in what has arrived, and go on as mail comes.

    Returns when the server does not know IDLE or ends it, when the settings have changed, or when the process is to
    end. How it went is kept for the office, and told.

    Raises:
        MailboxError, siegelpost.ledger.halt.HaltedError: as :func:`poll`.
    """
    mailbox = configured()
    if mailbox is None:
        return
    try:
        with opened(mailbox) as connection:
            position = _position(mailbox, connection)
            _take_in_new(connection, position)
            standing.read(mailbox, connection.wire.alerts)
            while _may_go_on(mailbox, connection) and _idle(connection):
                close_old_connections()
                _take_in_new(connection, position)
                standing.read(mailbox, connection.wire.alerts)
    except MailboxError as error:
        standing.failed(mailbox, error)
        raise
    finally:
        standing.tell(mailbox)


def _may_go_on(mailbox: ImapMailbox, connection: Line) -> bool:
    return bool(connection.has_capability("IDLE")) and not stopping.is_set() and configured() == mailbox


@contextmanager
def opened(mailbox: ImapMailbox) -> Iterator[Line]:
    """A connection that is signed in, with the folder open for reading.

    Raises:
        MailboxError: it cannot be reached, does not let us in, or has no such folder.
    """
    with at(Step.CONNECT):
        connection = Line(mailbox.host, mailbox.port, tls_context(), _TIMEOUT)
    try:
        with at(Step.SIGN_IN):
            if mailbox.by_token:
                token_login(connection, mailbox.user, mailbox.host, mailbox.port)
            else:
                connection.sign_in(mailbox.user, mailbox.password)
        connection.selected = _open_folder(connection, mailbox.folder)
        yield connection
    except MailboxError as error:
        if error.broken:
            connection.drop()
        raise
    finally:
        connection.leave()


def latest_headers(connection: Line) -> list[bytes]:
    """Who took the latest mails in, and what that server says of their senders: two headers of each, nothing else."""
    with at(Step.MAILS):
        uids = sorted(int(uid) for uid in connection.search(["UID", f"{max(1, _next_uid(connection) - _LATEST)}:*"]))
        found = connection.fetch(uids[-_LATEST:], [f"BODY.PEEK[HEADER.FIELDS ({_ABOUT_SENDERS})]"]) if uids else {}
        return [value for each in found.values() for key, value in each.items() if key.startswith(b"BODY[")]


def _open_folder(connection: Line, wanted: str) -> dict[bytes, Any]:
    """Open a folder; where there is none of just this name, the one that is meant (other separators, other case).

    Raises:
        MailboxError: there is none, or several; it names those that there are.
    """
    try:
        with at(Step.FOLDER):
            return dict(connection.select_folder(wanted, readonly=True))
    except MailboxError as refused:
        if refused.broken:
            raise
        with at(Step.FOLDER):
            names = [str(name) for _flags, _separator, name in connection.list_folders()]
        meant = [name for name in names if _folded(name) == _folded(wanted) and name != wanted]
        if len(meant) != 1:
            refused.folders = tuple(names[:_MOST_FOLDERS])
            raise
    with at(Step.FOLDER):
        return dict(connection.select_folder(meant[0], readonly=True))


def _folded(name: str) -> str:
    """A folder's name as people mean it: servers differ in separators, and in what stands below the inbox."""
    with suppress(ValueError):
        name = imap_utf7.decode(name.encode("ascii"))
    plain = re.sub(r"[./\\]", "/", unicodedata.normalize("NFC", name)).casefold()
    return plain.removeprefix("inbox/")


def _next_uid(connection: Line) -> int:
    """The number that the next mail will have at least; servers need not tell it (RFC 3501, 6.3.1)."""
    told = connection.selected.get(b"UIDNEXT")
    if told is not None:
        return int(told)
    if connection.selected.get(b"EXISTS") == 0:
        return 1
    return max((int(uid) for uid in connection.search(["UID", "*"])), default=0) + 1


def _idle(connection: Line) -> bool:
    """Wait until something new is there, or for half a minute; False where the server does not idle any longer."""
    try:
        connection.idle()
        _wait(connection)
        connection.idle_done()
    except (IMAP4.error, OSError) as ended:  # servers end what is quiet for long, and some know it in name only
        log.info("idle_ended", words=str(ended))
        return False
    return True


def _wait(connection: Line) -> None:
    """Listen to an idling server. A line is read whole, so that none is torn apart by the clock."""
    ends = time.monotonic() + _IDLE
    socket = connection.socket()
    while not stopping.is_set() and (left := ends - time.monotonic()) > 0:
        ready = socket.pending() or select.select([socket], [], [], min(left, _SLICE))[0]
        if ready and not connection.next_line().upper().startswith(b"* OK"):  # "Still here"
            return


def _take_in_new(connection: Line, position: MailboxPosition) -> int:
    """Take in what is new, then what could not be fetched before and is due."""
    bounced = 0
    with at(Step.MAILS):
        new = _new_uids(connection, position.last_uid)
    for uid in [*new, *unfetched.due(position)]:
        bounced += _taken_in(connection, position, uid)
    return bounced


def _taken_in(connection: Line, position: MailboxPosition, uid: int) -> bool:
    """Take in one mail, or set it aside; gives whether a mail of ours was found to have bounced."""
    try:
        changed = _take_in(connection, uid)
    except _NOT_THE_MAILS:
        raise
    except MailboxError as error:
        log.warning("mail_not_fetched", folder=position.folder, uid=uid, words=error.words)
        unfetched.set_aside(position, uid, error.words, None if error.broken else _arrival(connection, uid))
        if error.broken:
            raise
        return False
    except Exception:
        # A mistake of ours in reading one mail.
        log.exception("mail_set_aside", folder=position.folder, uid=uid)
        unfetched.set_aside(position, uid, "", _arrival(connection, uid))
        return False
    unfetched.done(position, uid)
    return changed


def _take_in(connection: Line, uid: int) -> bool:
    raw = _fetch(connection, uid, _FIRST_BYTES)
    if raw is None:
        return False
    complete = len(raw) < _FIRST_BYTES
    if not complete and concerns_us(raw):
        raw = _fetch(connection, uid, LARGEST + 1) or raw
        complete = _FIRST_BYTES < len(raw) <= LARGEST
    outcome = take_in(raw, complete=complete)
    log.info("mail_taken_in", kind=outcome.report.kind.value, known=outcome.mail is not None)
    return outcome.changed


def _position(mailbox: ImapMailbox, connection: Line) -> MailboxPosition:
    """How far this mailbox was read: the first is read from its end on.

    In one that was rebuilt every mail has another number (RFC 3501, 2.3.1.1), and a folder that was renamed, or moved
    to another server, is another one: what arrived lately is looked at once more, for some of it may not have been
    seen; what was seen changes nothing.
    """
    validity = int(connection.selected.get(b"UIDVALIDITY", 0))
    with at(Step.FOLDER):
        following = _next_uid(connection)
    found = MailboxPosition.objects.filter(host=mailbox.host, user=mailbox.user, folder=mailbox.folder).first()
    first = found is None and not MailboxPosition.objects.exists()
    position = found or MailboxPosition(
        host=mailbox.host, user=mailbox.user, folder=mailbox.folder, uid_validity=validity, last_uid=following - 1
    )
    # Some servers begin to count anew without saying so.
    counts_anew = b"UIDNEXT" in connection.selected and following <= position.last_uid
    if found and not counts_anew and validity in {0, position.uid_validity}:
        return position
    last = following - 1 if first else _last_before(_looked_at_since(mailbox, position), connection, following)
    with transaction.atomic():
        if found:
            log.warning("mailbox_rebuilt", folder=mailbox.folder, again=following - 1 - last)
            position.unfetched.all().delete()
        position.uid_validity, position.last_uid = validity, last
        position.save()
    return position


def _looked_at_since(mailbox: ImapMailbox, position: MailboxPosition) -> datetime:
    known = standing.of(mailbox)
    waiting = [moment for moment in (known.failing_since, unfetched.oldest(position)) if moment]
    return min([timezone.now() - _LOOKED_AT_AGAIN, *waiting])


def _last_before(since: datetime, connection: Line, following: int) -> int:
    """The number before the first mail that arrived since then; a day more, for the server's day may be another."""
    with at(Step.MAILS):
        lately = connection.search(["SINCE", (since - timedelta(days=1)).date()])
    return min((int(uid) for uid in lately), default=following) - 1


def _new_uids(connection: Line, last: int) -> list[int]:
    # "5:*" includes the newest mail even when its number is lower (RFC 3501, 6.4.8).
    uids = sorted({int(uid) for uid in connection.search(["UID", f"{last + 1}:*"])})
    return [uid for uid in uids if uid > last][:_MOST_MAILS]


def _fetch(connection: Line, uid: int, most: int) -> bytes | None:
    """The mail's first bytes; None where it was deleted meanwhile.

    Raises:
        MailboxError: it is there, and does not come.
    """
    with at(Step.MAILS):
        found = connection.fetch([uid], [f"BODY.PEEK[]<0.{most}>"]).get(uid, {})
        parts = [value for key, value in found.items() if key.startswith(b"BODY[") and isinstance(value, bytes)]
        if parts:
            return parts[0]
        if uid in connection.search(["UID", str(uid)]):
            raise IMAP4.error("the server says OK and sends no mail")
    return None


def _arrival(connection: Line, uid: int) -> datetime | None:
    """When the mail came in; None where the server does not say."""
    with suppress(Exception):
        arrived = connection.fetch([uid], ["INTERNALDATE"])[uid][b"INTERNALDATE"]
        if isinstance(arrived, datetime):
            return arrived.astimezone(UTC)
    return None

"""What the mail room compares when the whole installation is checked: contents, files, logs; and what its key opens."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from types import MappingProxyType

from siegelpost import storage
from siegelpost.ledger.inspection import FsckFinding, Progress, chunks, seen_twice
from siegelpost.ledger.key_samples import Opening
from siegelpost.mail import reader as mail_reader
from siegelpost.mail.models import (
    AttemptOutcome,
    IncomingMail,
    MailboxSettings,
    MailContent,
    MailSignIn,
    MailState,
    OutgoingMail,
    SigningKey,
    SignInKey,
)
from siegelpost.mail.outgoing.redaction import blotted
from siegelpost.settings import FIELDS, MAILS
from siegelpost.toolbox.addresses import same
from siegelpost.toolbox.sealing import UnsealableError

NAME = "mails"
# Each holds a mail, with its attachments, in memory.
_AT_ONCE = 20
_WAITS = frozenset({MailState.QUEUED, MailState.CANCELLED})
# After the last attempt, the states a mail can be in: it may have been stopped, or tried again, since.
_AFTER: Mapping[str, frozenset[MailState]] = MappingProxyType(
    {
        "": _WAITS,
        AttemptOutcome.RUNNING: frozenset({MailState.SENDING}),
        AttemptOutcome.ACCEPTED: frozenset({MailState.ACCEPTED, MailState.BOUNCED}),
        AttemptOutcome.DEFERRED: _WAITS | {MailState.GIVEN_UP},
        AttemptOutcome.INTERRUPTED: _WAITS | {MailState.GIVEN_UP},
        AttemptOutcome.LOST: _WAITS | {MailState.GIVEN_UP},
        AttemptOutcome.REFUSED: _WAITS | {MailState.REFUSED},
    }
)

# What another room looks for in each mail while it is open.
Reader = Callable[[OutgoingMail, bytes], Iterable[FsckFinding]]
_readers: dict[str, Reader] = {}


def register_reader(room: str, reader: Reader) -> None:
    """Have a room look at each mail that is sent, or was; opened once for all."""
    _readers[room] = reader


def run(progress: Progress) -> Iterator[FsckFinding]:
    """Every mail, outgoing or come in, is the one that was queued or taken in, and its log fits its state."""
    going, coming = OutgoingMail.objects.order_by("pk"), IncomingMail.objects.order_by("pk")
    total, done = going.count() + coming.count(), 0
    for mails, look in ((going, _outgoing), (coming, _incoming)):
        for keys in chunks(mails.values_list("pk", flat=True).iterator(), _AT_ONCE):
            yield from seen_twice(partial(look, keys))
            done += len(keys)
            progress(done, max(done, total))


def _outgoing(keys: list[int]) -> Iterator[FsckFinding]:
    for mail in (
        OutgoingMail.objects.filter(pk__in=keys).select_related("content").prefetch_related("log").order_by("pk")
    ):
        where = f"mail {mail.message_id}"
        attempts = list(mail.log.all())
        last = attempts[-1].outcome if attempts else ""
        if mail.state not in _AFTER[last] or mail.attempts != len(attempts):
            yield _odd(
                where,
                f"Stand und Zahl der Versuche („{mail.state}“, {mail.attempts}) passen nicht zu ihren Versuchen "
                f"(„{last or '–'}“, {len(attempts)}).",
                f"State and number of attempts (“{mail.state}”, {mail.attempts}) do not fit its attempts "
                f"(“{last or '–'}”, {len(attempts)}).",
            )
        yield from _content(mail, where)


def _content(mail: OutgoingMail, where: str) -> Iterator[FsckFinding]:
    try:
        mime, secrets = mail.mime(), MAILS.unseal(bytes(mail.content.sealed_secrets)).decode().split()
    except MailContent.DoesNotExist:
        yield _odd(where, "Ihr Inhalt fehlt.", "Its content is missing.")
        return
    except (UnsealableError, UnicodeDecodeError):
        yield _odd(
            where,
            "Ihr Inhalt lässt sich nicht öffnen: Er ist beschädigt, oder der Schlüssel keys/mail ist ein anderer.",
            "Its content cannot be opened: it is damaged, or the key keys/mail is another one.",
        )
        return
    hashes = {"sha256": mime, "redacted_sha256": blotted(mime, secrets)}
    differing = [name for name, content in hashes.items() if hashlib.sha256(content).hexdigest() != getattr(mail, name)]
    headers = mail_reader.parsed(mime.partition(b"\r\n\r\n")[0])
    for name, stands in (("From", mail.sender), ("To", mail.recipient)):
        if not any(same(one.address, stands) for one in mail_reader.mailboxes(headers, name)):
            differing.append(name)
    if mail_reader.header(headers, "Message-ID").strip() != mail.message_id:
        differing.append("Message-ID")
    for name in differing:
        yield _odd(where, f"{name} ist nicht, was im Inhalt steht.", f"{name} is not what the content says.")
    for reader in _readers.values():
        yield from reader(mail, mime)


def _incoming(keys: list[int]) -> Iterator[FsckFinding]:
    for received in IncomingMail.objects.filter(pk__in=keys).order_by("pk"):
        where = f"answer {received.public_id}"
        try:
            mime = received.mime()
            MAILS.unseal(bytes(received.sealed_text))
        except FileNotFoundError:
            yield _odd(
                where, f"Die Datei {received.file_sha256} fehlt.", f"The file {received.file_sha256} is missing."
            )
        except (storage.DamagedFileError, UnsealableError, ValueError):
            yield _odd(where, "Sie lässt sich nicht mehr öffnen.", "It can be opened no longer.")
        else:
            if hashlib.sha256(mime).hexdigest() != received.sha256:
                yield _odd(where, "Sie ist nicht die, die kam.", "It is not the one that came.")


def _odd(where: str, de: str, en: str) -> FsckFinding:
    return FsckFinding(NAME, where, de, en)


def sealed_values() -> Iterator[Opening]:
    """The newest of each kind that the key of the mails has sealed."""
    for content in MailContent.objects.select_related("mail").order_by("-pk")[:1]:
        yield f"mail {content.mail.message_id}", partial(MAILS.unseal, bytes(content.sealed_secrets))
    for key in SigningKey.objects.order_by("-pk")[:1]:
        yield f"DKIM {key}", partial(MAILS.unseal, bytes(key.sealed_private))
    for received in IncomingMail.objects.order_by("-pk")[:1]:
        yield f"mail {received.public_id}", partial(MAILS.unseal, bytes(received.sealed_text))


def sealed_fields() -> Iterator[Opening]:
    """The password of the mailbox, and what the sign-in with Microsoft or Google keeps."""
    for sign_in in MailSignIn.objects.all():
        for sealed in filter(None, (sign_in.secret_sealed, sign_in.refresh_sealed, sign_in.access_sealed)):
            yield f"sign-in {sign_in}", partial(FIELDS.unseal_text, sealed)
    for key in SignInKey.objects.all():
        yield f"sign-in's key {key}", partial(FIELDS.unseal_text, key.sealed_private)
    for entered in MailboxSettings.objects.exclude(password_sealed=""):
        yield f"mailbox {entered}", partial(FIELDS.unseal_text, entered.password_sealed)

"""Mails that come in about mails of ours: what each is, to which it belongs, and who deals with it.

A mail is matched by what only its recipient, the servers on the way, and whoever it was passed on to can know: our
Message-ID in ``In-Reply-To``, in ``References`` or in a returned mail, the envelope id of RFC 3461, the Message-ID's
first part as a token in an address (``buero+token@…``), in the subject or in the text; or, of a mail under the
recipient's own address, by the dispatch's reference (:func:`reference`). A report that names nothing but the recipient
is presumed to be about the newest mail to it (:mod:`.presumption`), is said to be so, and ends nothing. So a match
proves nothing about who wrote: ``sender_is_recipient`` and ``authentication`` say what is known of that. What belongs
to no mail of ours is not kept.

Answers wait in a queue for the room that knows what they mean: :func:`unhandled_replies` gives them, and
:func:`mark_handled` takes one out, within the transaction of what is made of it. What perhaps a program wrote is among
them; a bounce, a receipt or what certainly is an automatic answer never is.
"""

import hashlib
import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from siegelpost import storage
from siegelpost.foreign import room
from siegelpost.foreign.errors import TooExpensiveError
from siegelpost.ledger.halt import refuse_if_halted
from siegelpost.mail.incoming import contents, presumption, unread
from siegelpost.mail.incoming.authentication_results import Findings, refuted
from siegelpost.mail.incoming.bounces import DeliveryReport, ReportKind, answer_of
from siegelpost.mail.incoming.contents import MOST_TOKENS, MailContents
from siegelpost.mail.incoming.dkim_check import own_dkim
from siegelpost.mail.listeners import Listeners
from siegelpost.mail.models import ANSWERS, IncomingKind, IncomingMail, MailState, OutgoingMail, Purpose
from siegelpost.mail.outgoing import server_settings
from siegelpost.mail.outgoing.server_settings import trusted_servers
from siegelpost.mail.outgoing.transitions import Answer, StateChangedError, What, change
from siegelpost.settings import MAILS
from siegelpost.toolbox.addresses import same
from siegelpost.toolbox.sealing import UnsealableError

log = structlog.get_logger(__name__)

# Bytes of an incoming mail that are read and kept; an answer with the whole quoted mail and pictures fits.
LARGEST = 10 * 1024 * 1024

_KINDS = {
    ReportKind.BOUNCED: IncomingKind.BOUNCE,
    ReportKind.DELAYED: IncomingKind.DELAY,
    ReportKind.DELIVERED: IncomingKind.DELIVERY_REPORT,
    ReportKind.AUTOMATIC_REPLY: IncomingKind.AUTOMATIC_REPLY,
    ReportKind.PERHAPS_AUTOMATIC: IncomingKind.PERHAPS_AUTOMATIC,
    ReportKind.OTHER: IncomingKind.REPLY,
}
_ENVELOPE_ID = re.compile(r"[0-9a-f]{32}\Z")
# In a mail that is not read: of what may be a token, and bytes in which a subject stands.
_TOKEN = re.compile(rb"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
_MOST_NAMED, _HEAD = 50, 64 * 1024
_REFERENCE = re.compile(r"(?<![0-9a-f-])[0-9a-f]{8}-[0-9a-f]{4}(?![0-9a-f-])")
# The mails that carry the texts and ask.
ASKING = frozenset({Purpose.NOTICE, Purpose.REMINDER, Purpose.REPLY_HINT})
_POSTMASTERS = frozenset({"mailer-daemon", "postmaster"})
_REPORTS = frozenset({ReportKind.BOUNCED, ReportKind.DELAYED, ReportKind.DELIVERED})


@dataclass(frozen=True, slots=True)
class Routed:
    """What was made of an incoming mail.

    ``mail`` is ours that it is about, ``received`` what was kept of it; ``changed``: the state of ours changed by it;
    ``new``: it had not come in before.
    """

    report: DeliveryReport
    mail: OutgoingMail | None = None
    received: IncomingMail | None = None
    changed: bool = False
    new: bool = False


_listeners, _before = Listeners[IncomingMail](), Listeners[IncomingMail]()
on_arrival, forget = _listeners.add, _listeners.forget
# Before the transaction that keeps it: for what takes longer.
before_arrival = _before.add


def take_in(raw: bytes, *, complete: bool = True, handed_back: bool = False) -> Routed:
    """Look at one incoming mail; keep it where it belongs to a mail of ours, and record a bounce of that one.

    Only a mail that had been accepted can bounce. The same mail a second time changes nothing. Must not run inside a
    transaction: the mail is read elsewhere, and written to the files first. One that would cost too much to read is
    kept for people to look at, where it names a mail of ours.

    Args:
        raw: the mail as it came, of which the first :data:`LARGEST` bytes are kept.
        complete: whether ``raw`` is all of it.
        handed_back: what is not ours goes back to its sender, and does not lie in a mailbox.

    Raises:
        siegelpost.ledger.halt.HaltedError: nothing may be written now; whoever has the mail keeps it.
        siegelpost.foreign.errors.BusyError: nobody could read it now; likewise.
    """
    refuse_if_halted()
    complete, raw = complete and len(raw) <= LARGEST, raw[:LARGEST]
    try:
        found = room.read(contents.read, raw, tuple(trusted_servers()))
    except TooExpensiveError as error:
        return _take_in_unread(raw, complete, error, handed_back)
    mail = _mail_of(found)
    presumed = mail is None
    mail = mail or presumption.mail_of(found.report)
    if mail is None:
        return Routed(found.report)
    report = found.report.about(mail.recipient, mail.sender)
    sha256 = hashlib.sha256(raw).hexdigest()
    if known := IncomingMail.objects.filter(sha256=sha256).first():
        return Routed(report, mail, known)
    received = _described(mail, report, found, raw, presumed=presumed)
    if received.kind == IncomingKind.REPLY and complete and received.sender_is_recipient:
        _prove(received, raw, found.signatures)
    if moved := _as_another_server_has_it(received):
        return Routed(report, mail, moved)
    return _kept(received, report, raw, complete)


def concerns_us(beginning: bytes) -> bool:
    """Whether a mail, judged by its first megabyte, belongs to one of ours: then the rest is worth fetching.

    Raises:
        siegelpost.foreign.errors.BusyError: nobody could read it now.
    """
    try:
        found = room.read(contents.read, beginning, ())
    except TooExpensiveError:
        return _named_in(beginning) is not None
    return (_mail_of(found) or presumption.mail_of(found.report)) is not None


def _take_in_unread(raw: bytes, complete: bool, error: TooExpensiveError, handed_back: bool) -> Routed:
    """Keep a mail that cannot be read: perhaps a person wrote it, so it goes to people like an answer.

    Of one that names none of ours only that it came is kept, and told.
    """
    report = DeliveryReport(ReportKind.PERHAPS_AUTOMATIC)
    mail = _named_in(raw)
    log.warning("mail_not_read", why=error.excess.value, known=mail is not None)
    if mail is None:
        unread.note(raw, handed_back=handed_back)
        return Routed(report)
    if known := IncomingMail.objects.filter(sha256=hashlib.sha256(raw).hexdigest()).first():
        return Routed(report, mail, known)
    received = IncomingMail(
        kind=_KINDS[report.kind],
        mail=mail,
        dispatch_id=mail.dispatch_id,
        sender="",
        sender_is_recipient=False,
        sealed_text=MAILS.seal(b""),
        authentication=Findings(server="", spf="", dkim="", dmarc="", unread=error.excess.value),
    )
    return _kept(received, report, raw, complete)


def _named_in(raw: bytes) -> OutgoingMail | None:
    """The mail of ours whose Message-ID stands somewhere in these bytes, or whose dispatch and recipient do.

    It is not looked where: that would be reading it.
    """
    tokens = dict.fromkeys(token.decode() for token in _TOKEN.findall(raw))
    if named := _newest_of(list(tokens)[:_MOST_NAMED]):
        return named
    head = raw[:_HEAD].lower()
    for reference in list(dict.fromkeys(_REFERENCE.findall(head.decode("latin-1"))))[:_MOST_NAMED]:
        found = (
            OutgoingMail.objects.filter(dispatch_id__startswith=reference, purpose__in=ASKING).order_by("-pk").first()
        )
        if found and found.recipient.lower().encode() in head:
            return found
    return None


def unhandled_replies(dispatch_id: str | None = None) -> QuerySet[IncomingMail]:
    """Answers that may be people's and that nobody has dealt with yet, the oldest first.

    Whoever makes something of an answer reads ``text`` (the writer's own words), and must look at ``kind``,
    ``sender_is_recipient`` and ``authentication``: anybody to whom the mail was passed on can answer it, in any name.

    Args:
        dispatch_id: of this dispatch (its public id as text) only.
    """
    waiting = IncomingMail.objects.filter(kind__in=ANSWERS, handled_at=None).select_related("mail")
    return waiting if dispatch_id is None else waiting.filter(dispatch_id=dispatch_id)


def mark_handled(reply: IncomingMail, handled_as: str) -> bool:
    """Take an answer out of the queue, in the caller's transaction; False when somebody else already has.

    Args:
        handled_as: what it was made of, in at most 40 characters: ``declaration``, ``shown``.
    """
    waiting = IncomingMail.objects.filter(pk=reply.pk, handled_at=None)
    return waiting.update(handled_at=timezone.now(), handled_as=handled_as) == 1


def _kept(received: IncomingMail, report: DeliveryReport, raw: bytes, complete: bool) -> Routed:
    received.sha256, received.size, received.complete = hashlib.sha256(raw).hexdigest(), len(raw), complete
    received.file_sha256 = storage.put(MAILS.seal(raw))
    _before.tell(received)
    try:
        return _keep(received, report)
    except IntegrityError:  # two readers of one mailbox: the other was quicker
        return Routed(report, received.mail, IncomingMail.objects.get(sha256=received.sha256))


@transaction.atomic
def _keep(received: IncomingMail, report: DeliveryReport) -> Routed:
    received.save()
    changed = False
    if received.kind == IncomingKind.BOUNCE and received.mail.state == MailState.ACCEPTED:
        try:
            change(received.mail, What.BOUNCED, MailState.BOUNCED, answer=Answer(*answer_of(report)))
            changed = True
        except StateChangedError:
            pass
    _listeners.tell(received)
    return Routed(report, received.mail, received, changed, new=True)


def _described(
    mail: OutgoingMail, report: DeliveryReport, found: MailContents, raw: bytes, *, presumed: bool
) -> IncomingMail:
    writers = [one.address for one in found.writers]
    kind = _KINDS[report.kind]
    proven = not presumed and _from_its_way(mail, report, writers, found.authentication)
    if kind is IncomingKind.BOUNCE and not proven:
        kind = IncomingKind.ALLEGED_BOUNCE
    received = IncomingMail(
        kind=kind,
        mail=mail,
        presumed=presumed,
        dispatch_id=mail.dispatch_id,
        sender=_storable(writers[0] if writers else "", 320),
        # Two writers are nobody in particular.
        sender_is_recipient=len(writers) == 1 and same(writers[0], mail.recipient),
        subject=_storable(found.subject, 1000),
        message_id=_storable(found.message_id, 250),
        sealed_text=MAILS.seal(_text(mail, report, raw).encode()),
        authentication=found.authentication,
    )
    received.tells = report.tells.value
    return received


def _as_another_server_has_it(received: IncomingMail) -> IncomingMail | None:
    """The same mail as it came in before: a mailbox that moves to another provider gets lines added to its mails.

    One that proves what the other did not is another.
    """
    if not received.message_id:
        return None
    alike = IncomingMail.objects.filter(
        mail=received.mail,
        kind=received.kind,
        message_id=received.message_id,
        sender=received.sender,
        subject=received.subject,
    )
    words, proven = received.text, received.authentication.get("proven")
    return next(
        (one for one in alike if one.text == words and proven in {None, "", one.authentication.get("proven")}), None
    )


def _from_its_way(mail: OutgoingMail, report: DeliveryReport, writers: Sequence[str], found: Findings) -> bool:
    """Whether a server on the mail's way wrote the report: our Message-ID is known to whoever was ever shown the mail.

    Only such servers were told the envelope's id (RFC 3461); or the report is proven to come from the postmaster of the
    recipient's domain, or of the office's own mail server.
    """
    if report.envelope_id.lower() == mail.public_id.hex:
        return True
    if len(writers) != 1 or not found.get("proven") or refuted(found):
        return False
    local, _at, domain = writers[0].lower().rpartition("@")
    way = (mail.recipient.rpartition("@")[2], mail.sender.rpartition("@")[2], server_settings.current().host)
    return local in _POSTMASTERS and any(_is_part(domain, of) for of in way)


def _is_part(domain: str, of: str) -> bool:
    """Whether one is the other, or stands below it; a domain of one part alone is nobody's."""
    short, long = sorted((domain.lower(), of.lower()), key=len)
    return "." in short and f".{long}".endswith(f".{short}")


def _text(mail: OutgoingMail, report: DeliveryReport, raw: bytes) -> str:
    if report.kind in _REPORTS:
        return report.diagnostic or report.status
    try:
        return room.read(contents.own_words, raw, as_sent(mail))
    except TooExpensiveError:
        return ""  # whoever is told reads the mail itself


def _prove(received: IncomingMail, raw: bytes, signatures: Sequence[str]) -> None:
    """Look up the writer's signature where the office's own mail server proves nothing; asks the DNS."""
    found = received.authentication
    if not found.get("proven") and not refuted(found):
        found["own_dkim"] = own_dkim(raw, signatures, received.sender)
        found["proven"] = "own_dkim" if found["own_dkim"] == "pass" else ""


def as_sent(mail: OutgoingMail) -> bytes | None:
    """Our mail, as it may stand in answers; None where it cannot be opened any more."""
    try:
        return mail.mime()
    except UnsealableError:  # the key was lost; the answer is read all the same
        return None


def _mail_of(found: MailContents) -> OutgoingMail | None:
    """The mail of ours that is meant: the one named most directly, and of several named alike the newest."""
    report = found.report
    if _ENVELOPE_ID.match(report.envelope_id):
        named = OutgoingMail.objects.filter(public_id=uuid.UUID(report.envelope_id)).first()
        if named:
            return named
    answered = [found.in_reply_to] if report.kind not in _REPORTS else []
    for message_ids in (answered, report.message_ids):
        named = _newest(Q(message_id__in=_plausible(message_ids)))
        if named:
            return named
    return _newest_of(found.tokens) or (None if report.kind in _REPORTS else _by_reference(found))


def _newest_of(tokens: Iterable[str]) -> OutgoingMail | None:
    """The newest mail of ours whose Message-ID begins with the first of these that begins any."""
    return next((named for token in tokens if (named := _newest(Q(message_id__startswith=f"<{token}@")))), None)


def reference(dispatch_id: str) -> str:
    """What an answer names in its subject that is written anew, and so has no In-Reply-To; no secret.

    Args:
        dispatch_id: its public id as text.
    """
    return dispatch_id[:13]


def _by_reference(found: MailContents) -> OutgoingMail | None:
    """Of mails to the writer alone, and only where one dispatch is named."""
    writers = [one.address for one in found.writers]
    named = dict.fromkeys(_REFERENCE.findall(found.subject.lower()))
    if len(writers) != 1 or len(named) != 1:
        return None
    mails = OutgoingMail.objects.filter(dispatch_id__startswith=next(iter(named)), purpose__in=ASKING).order_by("-pk")
    ours = [mail for mail in mails[:MOST_TOKENS] if same(writers[0], mail.recipient)]
    return ours[0] if len({mail.dispatch_id for mail in ours}) == 1 else None


def _newest(named: Q) -> OutgoingMail | None:
    return OutgoingMail.objects.filter(named).order_by("-pk").first()


def _plausible(message_ids: Iterable[str]) -> list[str]:
    # PostgreSQL takes no NUL, and nothing longer than the column is ours.
    return [one for one in message_ids if 0 < len(one) <= 250 and one.isprintable()]


def _storable(text: str, longest: int) -> str:
    return text.replace("\0", "")[:longest]

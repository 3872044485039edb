"""Mails that come in about mails of ours: what each is, to which it belongs, and who deals with it.

A mail is matched by what only its recipient, the servers on the way, and whoever it was passed on to can know: our
Message-ID in ``In-Reply-To``, in ``References`` or in a returned mail, the envelope id of RFC 3461, the Message-ID's
first part as a token in an address (``buero+token@…``), in the subject or in the text; or, of a mail under the
recipient's own address, by the dispatch's reference (:func:`reference`). So a match proves nothing about who wrote:
``sender_is_recipient`` and ``authentication`` say what is known of that. What belongs to no mail of ours is not kept.

Answers wait in a queue for the room that knows what they mean: :func:`unhandled_replies` gives them, and
:func:`mark_handled` takes one out, within the transaction of what is made of it. What perhaps a program wrote is among
them; a bounce, a receipt or what certainly is an automatic answer never is.
"""

import hashlib
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from siegelpost import storage
from siegelpost.ledger.halt import refuse_if_halted
from siegelpost.mail import reader
from siegelpost.mail.incoming import quoting
from siegelpost.mail.incoming.answer import Original
from siegelpost.mail.incoming.authentication_results import findings, refuted
from siegelpost.mail.incoming.bounces import DeliveryReport, ReportKind, answer_of, read
from siegelpost.mail.incoming.dkim_check import own_dkim
from siegelpost.mail.listeners import Listeners
from siegelpost.mail.models import ANSWERS, IncomingKind, IncomingMail, MailState, OutgoingMail, Purpose
from siegelpost.mail.outgoing.server_settings import trusted_servers
from siegelpost.mail.outgoing.transitions import StateChangedError, What, change
from siegelpost.settings import MAILS
from siegelpost.toolbox.addresses import same
from siegelpost.toolbox.sealing import UnsealableError

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
_TOKEN = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
_MOST_TOKENS = 20
_REFERENCE = re.compile(r"(?<![0-9a-f-])[0-9a-f]{8}-[0-9a-f]{4}(?![0-9a-f-])")
# The mails that carry the texts and ask.
ASKING = frozenset({Purpose.NOTICE, Purpose.REMINDER, Purpose.REPLY_HINT})
_ADDRESSED = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
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


_listeners = Listeners[IncomingMail]()
on_arrival, forget = _listeners.add, _listeners.forget


def take_in(raw: bytes, *, complete: bool = True) -> Routed:
    """Look at one incoming mail; keep it where it belongs to a mail of ours, and record a bounce of that one.

    Only a mail that had been accepted can bounce. The same mail a second time changes nothing. Must not run inside a
    transaction: the mail is written to the files first.

    Args:
        raw: the mail as it came, of which the first :data:`LARGEST` bytes are kept.
        complete: whether ``raw`` is all of it.

    Raises:
        siegelpost.ledger.halt.HaltedError: nothing may be written now; whoever has the mail keeps it.
    """
    refuse_if_halted()
    complete, raw = complete and len(raw) <= LARGEST, raw[:LARGEST]
    report, message = read(raw), reader.parsed(raw)
    mail = _mail_of(report, message)
    if mail is None:
        return Routed(report)
    report = report.about(mail.recipient, mail.sender)
    sha256 = hashlib.sha256(raw).hexdigest()
    if known := IncomingMail.objects.filter(sha256=sha256).first():
        return Routed(report, mail, known)
    received = _described(mail, report, message)
    received.sha256, received.size, received.complete = sha256, len(raw), complete
    if received.kind == IncomingKind.REPLY and complete and received.sender_is_recipient:
        _prove(received, raw, message)
    received.file_sha256 = storage.put(MAILS.seal(raw))
    try:
        return _keep(received, report)
    except IntegrityError:  # two readers of one mailbox: the other was quicker
        return Routed(report, mail, IncomingMail.objects.get(sha256=sha256))


def concerns_us(beginning: bytes) -> bool:
    """Whether a mail, judged by its first megabyte, belongs to one of ours: then the rest is worth fetching."""
    return _mail_of(read(beginning), reader.parsed(beginning)) is not None


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


@transaction.atomic
def _keep(received: IncomingMail, report: DeliveryReport) -> Routed:
    received.save()
    changed = False
    if received.kind == IncomingKind.BOUNCE and received.mail.state == MailState.ACCEPTED:
        try:
            change(received.mail, What.BOUNCED, MailState.BOUNCED, answer=answer_of(report))
            changed = True
        except StateChangedError:
            pass
    _listeners.tell(received)
    return Routed(report, received.mail, received, changed, new=True)


def _described(mail: OutgoingMail, report: DeliveryReport, message: Message) -> IncomingMail:
    writers = [one.address for one in reader.mailboxes(message, "From")]
    text = report.diagnostic or report.status if report.kind in _REPORTS else _words(message, mail)
    return IncomingMail(
        kind=_KINDS[report.kind],
        mail=mail,
        dispatch_id=mail.dispatch_id,
        sender=_storable(writers[0] if writers else "", 320),
        # Two writers are nobody in particular.
        sender_is_recipient=len(writers) == 1 and same(writers[0], mail.recipient),
        subject=_storable(reader.header(message, "Subject"), 1000),
        message_id=_storable(reader.header(message, "Message-ID"), 250),
        sealed_text=MAILS.seal(text.encode()),
        authentication=findings(message, trusted_servers(), writers[0] if writers else ""),
    )


def _prove(received: IncomingMail, raw: bytes, message: Message) -> None:
    """Look up the writer's signature where the office's own mail server proves nothing; asks the DNS."""
    found = received.authentication
    if not found.get("proven") and not refuted(found):
        found["own_dkim"] = own_dkim(raw, message, received.sender)
        found["proven"] = "own_dkim" if found["own_dkim"] == "pass" else ""


def _words(message: Message, mail: OutgoingMail) -> str:
    """The writer's own words, for people to read: beside our mail where it is quoted as it was, else as can be told."""
    ours = original(mail)
    for part in (reader.first(message, "text/plain"), reader.first(message, "text/html")):
        if part is None or not (text := reader.text(part)).strip():
            continue
        html = text if part.get_content_type() == "text/html" else ""
        whole = quoting.text_of_html(html, quotes=True) if html else text
        above, below, found = ours.beside(whole, part.get_content_charset() or "utf-8")
        if found:
            words = f"{quoting.without_attribution(above)}\n\n{below}".strip()
        else:
            words = quoting.own_words(quoting.text_of_html(html) if html else text, "\n".join(ours.forms))
        return words[: quoting.LONGEST]
    return ""


def original(mail: OutgoingMail, subjects: Iterable[str] = ()) -> Original:
    """Our mail, as it may stand in answers.

    Args:
        subjects: under which answers may come beside its own.
    """
    try:
        return Original(reader.parsed(mail.mime()), list(subjects))
    except UnsealableError:  # the key was lost; the answer is read all the same
        return Original(None, list(subjects))


def _mail_of(report: DeliveryReport, message: Message) -> OutgoingMail | None:
    """The mail of ours that is meant: the one named most directly, and of several named alike the newest."""
    if _ENVELOPE_ID.match(report.envelope_id):
        named = OutgoingMail.objects.filter(public_id=uuid.UUID(report.envelope_id)).first()
        if named:
            return named
    answered = [reader.header(message, "In-Reply-To")] if report.kind not in _REPORTS else []
    for message_ids in (answered, report.message_ids):
        named = _newest(Q(message_id__in=_plausible(message_ids)))
        if named:
            return named
    return (_by_token(message) or _by_reference(message)) if report.kind not in _REPORTS else None


def _by_token(message: Message) -> OutgoingMail | None:
    plain = reader.first(message, "text/plain")
    places = [one.address for name in _ADDRESSED for one in reader.mailboxes(message, name)]
    places += [reader.header(message, "Subject"), reader.text(plain) if plain else ""]
    tokens = dict.fromkeys(token for place in places for token in _TOKEN.findall(place))
    for token in list(tokens)[:_MOST_TOKENS]:
        named = _newest(Q(message_id__startswith=f"<{token}@"))
        if named:
            return named
    return None


def reference(dispatch_id: str) -> str:
    """What an answer names in its subject that is written anew, and so has no In-Reply-To; no secret.

    Args:
        dispatch_id: its public id as text.
    """
    return dispatch_id[:13]


def _by_reference(message: Message) -> OutgoingMail | None:
    """Of mails to the writer alone, and only where one dispatch is named."""
    writers = [one.address for one in reader.mailboxes(message, "From")]
    named = dict.fromkeys(_REFERENCE.findall(reader.header(message, "Subject").lower()))
    if len(writers) != 1 or len(named) != 1:
        return None
    found = OutgoingMail.objects.filter(dispatch_id__startswith=next(iter(named)), purpose__in=ASKING).order_by("-pk")
    ours = [mail for mail in found[:_MOST_TOKENS] if same(writers[0], mail.recipient)]
    return ours[0] if len({mail.dispatch_id for mail in ours}) == 1 else None


def _newest(named: Q) -> OutgoingMail | None:
    return OutgoingMail.objects.filter(named).order_by("-pk").first()


def _plausible(message_ids: Iterable[str]) -> list[str]:
    # PostgreSQL takes no NUL, and nothing longer than the column is ours.
    return [one for one in message_ids if 0 < len(one) <= 250 and one.isprintable()]


def _storable(text: str, longest: int) -> str:
    return text.replace("\0", "")[:longest]

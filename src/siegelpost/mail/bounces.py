"""Mails that come back: delivery reports (RFC 3464), the plain bounces of older servers, and what is neither.

A bounce is matched by our Message-ID in the returned mail, or by the envelope id of RFC 3461. Only our mail
servers and the recipient's know these, but a recipient could forge a bounce of the own mail.
"""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.message import Message
from email.utils import parseaddr
from enum import StrEnum

from django.db.models import Q

from siegelpost.mail import reading
from siegelpost.mail.changes import Answer, StateChangedError, What, change
from siegelpost.mail.models import OutgoingMail, State


class Kind(StrEnum):
    """What an incoming mail is to the mail room."""

    BOUNCED = "bounced"
    # The other side still tries; nothing is decided.
    DELAYED = "delayed"
    # A positive delivery report (RFC 3464 "delivered", "relayed", "expanded").
    DELIVERED = "delivered"
    # An answering machine (RFC 3834): neither a bounce nor a declaration of anybody.
    AUTOMATIC_REPLY = "automatic_reply"
    OTHER = "other"


@dataclass(frozen=True)
class Report:
    """What an incoming mail says; ``status`` is an RFC 3463 code such as ``5.1.1``, empty where none is given."""

    kind: Kind
    message_ids: tuple[str, ...] = ()
    envelope_id: str = ""
    recipient: str = ""
    status: str = ""
    diagnostic: str = ""


@dataclass(frozen=True)
class Outcome:
    """What was made of an incoming mail: the mail it is about, if any, and whether that one's state changed."""

    report: Report
    mail: OutgoingMail | None = None
    changed: bool = field(default=False)


_ACTIONS = {
    "failed": Kind.BOUNCED,
    "delayed": Kind.DELAYED,
    "delivered": Kind.DELIVERED,
    "relayed": Kind.DELIVERED,
    "expanded": Kind.DELIVERED,
}
_STATUS_CLASSES = {"5": Kind.BOUNCED, "4": Kind.DELAYED, "2": Kind.DELIVERED}
# Of several recipients in one report the worst counts.
_SEVERITY = (Kind.BOUNCED, Kind.DELAYED, Kind.DELIVERED)

_SYSTEM = re.compile(r"(mailer-?daemon|postmaster|mail-?delivery|bounces?)\b", re.IGNORECASE)
_FAILED = re.compile(
    r"undeliver(able|ed)|delivery (status notification )?\(?(has )?failed|failure notice|delivery failure"
    r"|returned (mail|to sender)|mail delivery failed|could not be delivered|was not delivered"
    r"|unzustellbar|nicht zugestellt|konnte nicht .{0,40}zugestellt werden|permanent (fatal )?error"
    r"|this is a permanent error",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"delayed|warning: could not send|warning message only|will (be retried|keep trying|continue to try)"
    r"|noch nicht zugestellt|verzögert",
    re.IGNORECASE,
)
_MESSAGE_ID = re.compile(r"<[^<>\s@]{1,200}@[^<>\s@]{1,250}>")
_RETURNED_ID = re.compile(r"^[>\s]*Message-ID:\s*(<[^<>\s]{3,450}>)", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_CODE = re.compile(r"\b([45]\d\d)[ -]")
_ADDRESS = re.compile(r"<?([^\s<>;:,\"()]{1,100}@[A-Za-z0-9.-]{1,250})>?")
_ENVELOPE_ID = re.compile(r"[0-9a-f]{32}\Z")
_AUTOMATIC_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Auto-Response", "X-Vacation")
_LONGEST = 2000
# What matters stands at the beginning; the mail that is brought back may be large.
_LARGEST = 1024 * 1024


def take_in(raw: bytes) -> Outcome:
    """Look at one incoming mail and, if it reports that a mail of ours could not be delivered, record that.

    Only a mail that had been accepted can bounce; the same bounce twice changes nothing. Every other kind is
    only named: what becomes of answers is for others to decide.
    """
    report = read(raw)
    mail = _mail_of(report)
    if report.kind is not Kind.BOUNCED or mail is None or mail.state != State.ACCEPTED:
        return Outcome(report, mail)
    code = _CODE.search(report.diagnostic)
    words = report.diagnostic or report.status
    answer = Answer(int(code[1]) if code else None, words[code.end() :] if code else words)
    try:
        change(mail, What.BOUNCED, State.BOUNCED, answer=answer)
    except StateChangedError:
        return Outcome(report, mail)
    return Outcome(report, mail, changed=True)


def read(raw: bytes) -> Report:
    """What an incoming mail says about a delivery; never raises, whatever the bytes."""
    message = reading.parsed(raw[:_LARGEST])
    blocks = _delivery_status(message)
    if blocks:
        return _from_delivery_status(message, blocks)
    if failed := reading.header(message, "X-Failed-Recipients"):
        return _from_plain(message, Kind.BOUNCED, failed)
    if _SYSTEM.match(_local_part(reading.header(message, "From"))):
        kind = _kind_of_plain(message)
        if kind is not Kind.OTHER:
            return _from_plain(message, kind)
    kind = Kind.AUTOMATIC_REPLY if _is_automatic(message) else Kind.OTHER
    return Report(kind, _answered_ids(message))


def _delivery_status(message: Message) -> list[Message]:
    """The groups of fields of a delivery report: first those about the mail, then those of each recipient."""
    for part in reading.parts(message):
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload() if part.is_multipart() else []
            return [block for block in blocks if isinstance(block, Message)]
        if part.get_content_type() == "message/rfc822" and part is not message:
            break  # A report that was forwarded, or that came back itself, reports nothing to us.
    return []


def _from_delivery_status(message: Message, blocks: list[Message]) -> Report:
    reports = [
        Report(
            kind=_kind_of(block),
            message_ids=_returned_ids(message),
            envelope_id=_typed(blocks[0], "Original-Envelope-Id"),
            recipient=_typed(block, "Original-Recipient") or _typed(block, "Final-Recipient"),
            status=_first(_STATUS, reading.header(block, "Status")),
            diagnostic=_typed(block, "Diagnostic-Code")[:_LONGEST],
        )
        for block in blocks
        if block.get("Action") or block.get("Status")
    ]
    known = [report for report in reports if report.kind in _SEVERITY]
    return min(known, key=lambda report: _SEVERITY.index(report.kind), default=Report(Kind.OTHER))


def _kind_of(block: Message) -> Kind:
    action = reading.header(block, "Action").partition(" ")[0].lower()
    status = reading.header(block, "Status")[:1]
    return _ACTIONS.get(action) or _STATUS_CLASSES.get(status, Kind.OTHER)


def _typed(block: Message, name: str) -> str:
    """A field such as ``rfc822; anna@example.org`` without its type."""
    value = reading.header(block, name)
    kind, semicolon, rest = value.partition(";")
    return rest.strip() if semicolon and " " not in kind.strip() else value


def _kind_of_plain(message: Message) -> Kind:
    words = f"{reading.header(message, 'Subject')}\n{_own_words(message)[:4000]}"
    if _DELAYED.search(words):
        return Kind.DELAYED
    return Kind.BOUNCED if _FAILED.search(words) else Kind.OTHER


def _from_plain(message: Message, kind: Kind, recipient: str = "") -> Report:
    words = _own_words(message)
    code = _CODE.search(words)
    line = words[code.start() :].partition("\n\n")[0] if code else ""
    return Report(
        kind,
        _returned_ids(message),
        recipient=_first(_ADDRESS, recipient or words),
        status=_first(_STATUS, line or words),
        diagnostic=" ".join(line.split())[:_LONGEST],
    )


def _own_words(message: Message) -> str:
    """The text of a bounce above the mail it brings back."""
    part = reading.first(message, "text/plain")
    if part is None:
        return ""
    return re.split(r"^-{2,} ?(?:Below|This is a copy|Original)", reading.text(part), maxsplit=1, flags=re.M)[0]


def _returned_ids(message: Message) -> tuple[str, ...]:
    """Message-IDs of the mail that a bounce brings back, as a part, as headers, or within its text."""
    found: list[str] = []
    for part in reading.parts(message):
        if part is not message and part.get("Message-ID"):
            found.append(reading.header(part, "Message-ID"))
        elif part.get_content_maintype() == "text":
            found += _RETURNED_ID.findall(reading.text(part))
    return tuple(dict.fromkeys([*found, *_answered_ids(message)]))[:50]


def _answered_ids(message: Message) -> tuple[str, ...]:
    named = f"{reading.header(message, 'In-Reply-To')} {reading.header(message, 'References')}"
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(named)))[:50]


def _is_automatic(message: Message) -> bool:
    submitted = reading.header(message, "Auto-Submitted").lower()
    precedence = reading.header(message, "Precedence").lower()
    return (
        submitted.startswith("auto-")
        or precedence in {"auto_reply", "auto-reply"}
        or any(message.get(name) for name in _AUTOMATIC_HEADERS)
    )


def _local_part(address: str) -> str:
    return parseaddr(address)[1].partition("@")[0]


def _first(pattern: re.Pattern[str], words: str) -> str:
    found = pattern.search(words)
    return found[1] if found else ""


def _mail_of(report: Report) -> OutgoingMail | None:
    named = Q(message_id__in=_plausible(report.message_ids))
    if _ENVELOPE_ID.match(report.envelope_id):
        named |= Q(public_id=uuid.UUID(report.envelope_id))
    return OutgoingMail.objects.filter(named).order_by("-pk").first()


def _plausible(message_ids: Iterable[str]) -> list[str]:
    # PostgreSQL takes no NUL, and nothing longer than the column is ours.
    return [one for one in message_ids if len(one) <= 250 and one.isprintable()]

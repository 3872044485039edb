"""Mails that come back: delivery reports (RFC 3464), the plain bounces of older servers, and what is neither."""

import base64
import quopri
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email.message import Message
from enum import StrEnum
from types import MappingProxyType

from siegelpost.mail import reader
from siegelpost.mail.incoming import quoting, report_words, service_notes
from siegelpost.mail.incoming.automatic_mail import (
    Machine,
    Tells,
    has_no_way_back,
    is_daemon,
    is_report,
    is_system,
    is_unattended,
    told_by,
    wrote,
)
from siegelpost.toolbox.addresses import same


class ReportKind(StrEnum):
    """What an incoming mail is to the mail room."""

    BOUNCED = "bounced"
    # The other side still tries; nothing is decided.
    DELAYED = "delayed"
    # A positive delivery report (RFC 3464 "delivered", "relayed", "expanded").
    DELIVERED = "delivered"
    # An answering machine (RFC 3834): neither a bounce nor a declaration of anybody.
    AUTOMATIC_REPLY = "automatic_reply"
    # A program may have written it, and so may a person.
    PERHAPS_AUTOMATIC = "perhaps_automatic"
    # A person's, as far as can be seen.
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What an incoming mail says; ``status`` is an RFC 3463 code such as ``5.1.1``, empty where none is given.

    A delivery report about several recipients says the worst of them; ``each`` then has what is said of every one.
    ``named`` are the addresses it is about, as far as it names any; ``tells`` is what else a program tells of the mail.
    """

    kind: ReportKind
    message_ids: tuple[str, ...] = ()
    envelope_id: str = ""
    named: tuple[str, ...] = ()
    status: str = ""
    diagnostic: str = ""
    each: tuple["DeliveryReport", ...] = ()
    tells: Tells = Tells.NOTHING

    @property
    def recipient(self) -> str:
        """The address it is about; empty where it names none."""
        return next(iter(self.named), "")

    def about(self, recipient: str, sender: str) -> "DeliveryReport":
        """What is said of the mail to this recipient; where others only are named, just that a program wrote it.

        Somebody's mailbox passed the mail on to another address, say: ours had arrived.
        """
        if self.kind not in _SEVERITY:
            return self
        told = self.each or (self,)
        ours = [one for one in told if any(same(address, recipient) for address in one.named)]
        unnamed = [one for one in told if all(same(address, sender) for address in one.named)]
        return _worst(ours or unnamed, otherwise=replace(self, kind=ReportKind.AUTOMATIC_REPLY))


_ACTIONS = {
    "failed": ReportKind.BOUNCED,
    "expired": ReportKind.BOUNCED,
    "delayed": ReportKind.DELAYED,
    "delivered": ReportKind.DELIVERED,
    "relayed": ReportKind.DELIVERED,
    "expanded": ReportKind.DELIVERED,
}
_STATUS_CLASSES = {"5": ReportKind.BOUNCED, "4": ReportKind.DELAYED, "2": ReportKind.DELIVERED}
# Of several recipients in one report the worst counts.
_SEVERITY = (ReportKind.BOUNCED, ReportKind.DELAYED, ReportKind.DELIVERED)
_MACHINES = {
    Machine.CERTAINLY: ReportKind.AUTOMATIC_REPLY,
    Machine.PERHAPS: ReportKind.PERHAPS_AUTOMATIC,
    Machine.NO: ReportKind.OTHER,
}

_MESSAGE_ID = re.compile(r"<[^<>\s@]{1,200}@[^<>\s@]{1,250}>")
# Of blanks and marks on the same line only: an empty line must not be looked at from each empty line before it.
# Some leave the brackets out, some break the line before them.
_RETURNED_ID = re.compile(
    r"^[> \t]*Message-ID:[ \t]*(?:\r?\n[> \t]{1,20})?<?([^<>\s@]{2,200}@[^<>\s@]{1,250})(?:>|\s|$)",
    re.IGNORECASE | re.MULTILINE,
)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_CODE = re.compile(r"\b([45]\d\d)[ -]")
_ADDRESS = re.compile(r"<?([^\s<>;:,\"()]{1,100}@[A-Za-z0-9.-]{1,250})>?")
_RETURNED = re.compile(
    r"^-{2,} ?(?:Below|This is a copy|The header of|Original|Returned|Urspr)"
    r"|^[ \t]{0,8}(?:Below is a copy|Message headers follow|Original Message:|Old message:)",
    re.IGNORECASE | re.MULTILINE,
)
# Programs that people write mails with.
_PROGRAM = re.compile(
    r"thunderbird|apple mail|iphone mail|ipad mail|outlook|k-9|evolution|claws|mutt|roundcube|horde|the bat",
    re.IGNORECASE,
)
_RETURNED_TYPES = frozenset({"message/rfc822", "text/rfc822-headers", "message/rfc822-headers"})
_ANSWERED = re.compile(r"\s*(re|aw|antw|wg|fw|fwd)\s?:", re.IGNORECASE)
_LONGEST = 2000
# What matters stands at the beginning; the mail that is brought back may be large.
_LARGEST = 1024 * 1024
_LONGEST_WORDS, _LONGEST_REASON = 20_000, 4_000
# RFC 3464 and, where an address has letters outside ASCII, RFC 6533.
_DELIVERY_STATUS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_ENCODED: MappingProxyType[str, Callable[[bytes], bytes]] = MappingProxyType(
    {"base64": base64.b64decode, "quoted-printable": quopri.decodestring}
)
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
# Some servers leave a blank before the colon, and some go on in the next line without one before it.
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,60})[ \t]*:[ \t]*(.*)")
_XTEXT = re.compile(r"\+([0-9A-F]{2})")
_MOST_RECIPIENTS = 200
# Who reports about deliveries.
_SYSTEMS = (is_report, is_system, is_daemon, has_no_way_back)
_NOTES = {
    service_notes.Note.BOUNCE: ReportKind.BOUNCED,
    service_notes.Note.DELAY: ReportKind.DELAYED,
    service_notes.Note.DELIVERY: ReportKind.DELIVERED,
    service_notes.Note.COMPLAINT: ReportKind.AUTOMATIC_REPLY,
}


def answer_of(report: DeliveryReport) -> tuple[int | None, str]:
    """The refusing mail server's code, where the report names one, and its words."""
    code = _CODE.search(report.diagnostic)
    words = report.diagnostic or report.status
    return int(code[1]) if code else None, words[code.end() :] if code else words


def read(raw: bytes) -> DeliveryReport:
    """What an incoming mail says about a delivery; never raises, whatever the bytes."""
    message = reader.parsed(raw[:_LARGEST])
    # A report that somebody enclosed in a letter is not about our mail.
    fields = _delivery_status(message) if any(is_one(message) for is_one in _SYSTEMS) else []
    if report := _from_delivery_status(message, fields):
        return report
    if noted := service_notes.read(_own_words(message)):
        kind = _NOTES[noted.kind]
        tells = Tells.COMPLAINT if noted.kind is service_notes.Note.COMPLAINT else Tells.NOTHING
        return DeliveryReport(kind, noted.message_ids, "", noted.named, noted.status, noted.diagnostic, tells=tells)
    if failed := reader.header(message, "X-Failed-Recipients"):
        # Some name them in a warning, too.
        kind = _kind_of_plain(message)
        return _from_plain(message, kind if kind is ReportKind.DELAYED else ReportKind.BOUNCED, failed)
    kind = _kind_of_report_in_words(message, has_fields=bool(fields))
    if kind is not ReportKind.OTHER:
        return _from_plain(message, kind)
    kind = _MACHINES[wrote(message)]
    named = _answered_ids(message) if kind is ReportKind.OTHER else _returned_ids(message)
    return DeliveryReport(kind, named, tells=told_by(message))


Fields = dict[str, str]


def _delivery_status(message: Message) -> list[Fields]:
    """The groups of fields of a delivery report: first those about the mail, then those of each recipient."""
    # A report that was forwarded, or that came back itself, reports nothing to us.
    for part in reader.parts(message, enclosed=False):
        if part.get_content_type() in _DELIVERY_STATUS:
            return [_fields(group) for group in _groups(part)]
    return []


def _groups(part: Message) -> list[str]:
    # The library reads only one of the two types as groups, and neither where it is encoded.
    raw = "\n\n".join(_as_it_came(block) for block in reader.below(part))
    decode = _ENCODED.get(reader.header(part, "Content-Transfer-Encoding").lower())
    try:
        text = decode(raw.encode("utf-8", "surrogateescape")).decode("utf-8", "replace") if decode else raw
    except ValueError:
        text = raw
    groups = _BLANK_LINE.split(text.replace("\r\n", "\n"), _MOST_RECIPIENTS)
    return [group for group in groups[:_MOST_RECIPIENTS] if group.strip()]


def _as_it_came(block: Message) -> str:
    return "\n".join([*(f"{name}:{value}" for name, value in block.raw_items()), reader.text(block)])


def _fields(group: str) -> Fields:
    """The fields by their name in small letters; a line that begins none goes on with the one before."""
    fields: Fields = {}
    name = ""
    for line in group.split("\n"):
        found = None if line[:1] in " \t" else _FIELD.match(line)
        if found:
            name = found[1].lower()
            fields.setdefault(name, "")
        if name:
            words = found[2] if found else line
            fields[name] = f"{fields[name]} {words.strip()}".strip()[:_LONGEST]
    return fields


def _from_delivery_status(message: Message, blocks: list[Fields]) -> DeliveryReport | None:
    """What the report says; None where no recipient's fate can be read in it."""
    if not blocks:
        return None
    original = blocks[0].get("x-original-message-id", "")
    named = tuple(dict.fromkeys([*_returned_ids(message), *_MESSAGE_ID.findall(original)]))
    reports = [
        DeliveryReport(
            kind=_kind_of(block),
            message_ids=named,
            envelope_id=_typed(blocks[0], "original-envelope-id"),
            named=tuple(_addresses_in(block)),
            status=_first(_STATUS, block.get("status", "")),
            diagnostic=_typed(block, "diagnostic-code"),
        )
        for block in blocks
        if block.get("action") or block.get("status")
    ]
    known = [report for report in reports if report.kind in _SEVERITY]
    return replace(_worst(known, otherwise=known[0]), each=tuple(known)) if known else None


def _addresses_in(block: Fields) -> Iterator[str]:
    """As whom the recipient was addressed, and as whom the mail failed in the end."""
    for name in ("original-recipient", "final-recipient"):
        if address := _typed(block, name).strip(" <>"):
            yield address
            # Original-Recipient is in "xtext" (RFC 3461, 4).
            yield _XTEXT.sub(lambda code: chr(int(code[1], 16)), address)


def _worst(reports: list[DeliveryReport], *, otherwise: DeliveryReport) -> DeliveryReport:
    return min(reports, key=lambda report: _SEVERITY.index(report.kind), default=otherwise)


def _kind_of(block: Fields) -> ReportKind:
    action = block.get("action", "").partition(" ")[0].lower()
    return _ACTIONS.get(action) or _STATUS_CLASSES.get(block.get("status", "")[:1], ReportKind.OTHER)


def _typed(block: Fields, name: str) -> str:
    """A field such as ``rfc822; anna@example.org`` without its type."""
    value = block.get(name, "")
    kind, semicolon, rest = value.partition(";")
    return rest.strip() if semicolon and " " not in kind.strip() else value


def _kind_of_plain(message: Message) -> ReportKind:
    subject, words = reader.header(message, "Subject"), _own_words(message)[:_LONGEST_REASON]
    # The subject is the shortest.
    for text in (subject, words):
        failed, delayed = report_words.FAILED.search(text), report_words.DELAYED.search(text)
        if failed or delayed:
            waits = delayed or (report_words.STILL.search(words) and not report_words.FINAL.search(words))
            given_up = failed and report_words.FINAL.search(f"{text}\n{words}")
            return ReportKind.DELAYED if waits and not given_up else ReportKind.BOUNCED
    return ReportKind.OTHER


def _kind_of_report_in_words(message: Message, *, has_fields: bool) -> ReportKind:
    """What a report without readable fields says; OTHER where none is, or a person may have written it.

    A server that names itself is believed. Of anybody else several signs are wanted, one of them in the headers: a
    person who tells of a bounce, or passes one on, writes the same words.
    """
    kind, words = _kind_of_plain(message), _own_words(message)[:_LONGEST_REASON]
    reply = report_words.SMTP_REPLY.search(words)
    if has_fields or is_daemon(message):
        given = reply is not None and "5" in reply.groups()
        reason = given or report_words.REASONS.search(words) is not None
        return ReportKind.BOUNCED if kind is ReportKind.OTHER and reason else kind
    told = sum((reply is not None, report_words.FRAMES.search(words) is not None))
    signs = told + _brings_back(message)
    unattended = is_unattended(message)
    if not unattended and _is_personal(message, words):
        return ReportKind.OTHER
    titled = _is_titled(message)
    if unattended or is_system(message):
        kind = ReportKind.BOUNCED if kind is ReportKind.OTHER and reply else kind
        return kind if signs + titled > (0 if is_system(message) else 1) else ReportKind.OTHER
    names = _ADDRESS.search(words) is not None or signs - told > 1
    return kind if titled and told and names else ReportKind.OTHER


def _is_titled(message: Message) -> bool:
    """Whether its subject says that a mail failed, or waits, and does not just answer one that did."""
    subject = reader.header(message, "Subject")
    said = report_words.FAILED.search(subject) or report_words.DELAYED.search(subject)
    return said is not None and _ANSWERED.match(subject) is None and "?" not in subject


def _brings_back(message: Message) -> int:
    """How sure it is that the mail in question is enclosed: 2 as a part, 1 where a line says so, else 0."""
    types = {part.get_content_type() for part in reader.parts(message, enclosed=False)}
    if not types.isdisjoint(_RETURNED_TYPES):
        return 2
    plain = reader.first(message, "text/plain")
    return int(plain is not None and _RETURNED.search(reader.text(plain)) is not None)


def _is_personal(message: Message, words: str) -> bool:
    """Whether somebody greets, or writes with a program of people's."""
    program = f"{reader.header(message, 'User-Agent')} {reader.header(message, 'X-Mailer')}"
    return report_words.GREETING.match(words) is not None or _PROGRAM.search(program) is not None


def _from_plain(message: Message, kind: ReportKind, failed: str = "") -> DeliveryReport:
    words = _own_words(message)
    code = _CODE.search(words)
    line = words[code.start() :].partition("\n\n")[0] if code else ""
    returned = _returned_ids(message)
    named = dict.fromkeys(_ADDRESS.findall(failed or words))
    return DeliveryReport(
        kind,
        returned,
        named=tuple(one for one in named if f"<{one}>" not in returned)[:_MOST_RECIPIENTS],
        status=_first(_STATUS, line or words),
        diagnostic=" ".join(line.split())[:_LONGEST],
    )


def _own_words(message: Message) -> str:
    """The text of a bounce above the mail it brings back."""
    plain, html = reader.first(message, "text/plain"), reader.first(message, "text/html")
    if plain or html:
        text = reader.text(plain) if plain else quoting.text_of_html(reader.text(html)) if html else ""
    else:  # some servers lose the boundary of their parts
        whole = (part for part in reader.parts(message, enclosed=False) if not part.is_multipart())
        text = next((reader.text(part) for part in whole if part.get_content_maintype() == "multipart"), "")
    return _RETURNED.split(text, maxsplit=1)[0][:_LONGEST_WORDS]


def _returned_ids(message: Message) -> tuple[str, ...]:
    """Message-IDs of the mail that a report is about: as a part, as headers, as a field, or within its text."""
    found: list[str] = []
    for part in reader.parts(message):
        if part is not message and part.get("Message-ID"):
            found.append(reader.header(part, "Message-ID"))
        elif part is not message and part.get("Original-Message-ID"):  # a receipt (RFC 8098, 3.2.5)
            found.append(reader.header(part, "Original-Message-ID"))
        elif part.get_content_maintype() == "text":
            found += [f"<{one}>" for one in _RETURNED_ID.findall(reader.text(part))]
    return tuple(dict.fromkeys([*found, *_answered_ids(message)]))[:50]


def _answered_ids(message: Message) -> tuple[str, ...]:
    named = f"{reader.header(message, 'In-Reply-To')} {reader.header(message, 'References')}"
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(named)))[:50]


def _first(pattern: re.Pattern[str], words: str) -> str:
    found = pattern.search(words)
    return found[1] if found else ""

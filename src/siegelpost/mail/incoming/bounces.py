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
from siegelpost.mail.incoming import quoting
from siegelpost.mail.incoming.automatic_mail import Machine, has_no_way_back, is_report, is_system, wrote
from siegelpost.mail.outgoing.transitions import Answer
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
    ``named`` are the addresses it is about, as far as it names any.
    """

    kind: ReportKind
    message_ids: tuple[str, ...] = ()
    envelope_id: str = ""
    named: tuple[str, ...] = ()
    status: str = ""
    diagnostic: str = ""
    each: tuple["DeliveryReport", ...] = ()

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

_FAILED = re.compile(
    r"undeliver(able|ed)|delivery (status )?(notification:? )?\(?(has )?(failed|failure|error|problem)|failure notice"
    r"|delivery failure|failed (mail )?delivery|non[- ]?delivery|returned (mail|to sender)|mail delivery failed"
    r"|(could|can) ?not be delivered|(was )?not (been )?delivered|delivery has failed"
    r"|error (while )?(sending|delivering)"
    r"|error has occurred while attempting to deliver|mail system error|mail delivery (error|problem)"
    r"|unzustellbar|nicht zustellbar|(?<!noch )nicht zugestellt|zustellung .{0,20}fehlgeschlagen|zustellfehler"
    r"|konnte nicht .{0,40}zugestellt werden|übermittlungsfehler|zustellung nicht möglich"
    r"|permanent (fatal )?error|this is a permanent error"
    r"|non remis|échec de (la )?(remise|distribution)|onbestelbaar|niet (bezorgd|afgeleverd)|no (se )?entregado"
    r"|no se (ha podido|pudo) entregar|mancata consegna|non recapitat|impossibile recapitare|não entregue"
    r"|niedostarczon|nie dostarczono|nedoručiteln|kézbesíthetetlen|kunde inte levereras|kunne ikke leveres",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"delayed|warning: could not send|warning message only|will (be retried|keep trying|continue to try)"
    r"|noch nicht zugestellt|verzögert|\(delay\)",
    re.IGNORECASE,
)
_MESSAGE_ID = re.compile(r"<[^<>\s@]{1,200}@[^<>\s@]{1,250}>")
# Of blanks and marks on the same line only: an empty line must not be looked at from each empty line before it.
_RETURNED_ID = re.compile(r"^[> \t]*Message-ID:[ \t]*(<[^<>\s]{3,450}>)", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_CODE = re.compile(r"\b([45]\d\d)[ -]")
_FINAL = re.compile(r"\b5\d\d[ -]|\b5\.\d{1,3}\.\d{1,3}\b|permanent|endgültig|given up|aufgegeben", re.IGNORECASE)
_ADDRESS = re.compile(r"<?([^\s<>;:,\"()]{1,100}@[A-Za-z0-9.-]{1,250})>?")
_RETURNED = re.compile(
    r"^-{2,} ?(?:Below|This is a copy|The header of|Original|Urspr)|^[ \t]*(?:Below is a copy|Message headers follow)",
    re.IGNORECASE | re.MULTILINE,
)
_ANSWERED = re.compile(r"\s*(re|aw|antw|wg|fw|fwd)\s?:", re.IGNORECASE)
_LONGEST = 2000
# What matters stands at the beginning; the mail that is brought back may be large.
_LARGEST = 1024 * 1024
_LONGEST_WORDS = 20_000
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
_SYSTEMS = (is_report, is_system, has_no_way_back)


def answer_of(report: DeliveryReport) -> Answer:
    """The refusing mail server's words, its code apart where the report names one."""
    code = _CODE.search(report.diagnostic)
    words = report.diagnostic or report.status
    return Answer(int(code[1]) if code else None, words[code.end() :] if code else words)


def read(raw: bytes) -> DeliveryReport:
    """What an incoming mail says about a delivery; never raises, whatever the bytes."""
    message = reader.parsed(raw[:_LARGEST])
    # A report that somebody enclosed in a letter is not about our mail.
    fields = _delivery_status(message) if any(is_one(message) for is_one in _SYSTEMS) else []
    if report := _from_delivery_status(message, fields):
        return report
    if failed := reader.header(message, "X-Failed-Recipients"):
        # Some name them in a warning, too.
        kind = _kind_of_plain(message)
        return _from_plain(message, kind if kind is ReportKind.DELAYED else ReportKind.BOUNCED, failed)
    if fields or is_system(message) or _is_unnamed_system(message):
        kind = _kind_of_plain(message)
        if kind is not ReportKind.OTHER:
            return _from_plain(message, kind)
    kind = _MACHINES[wrote(message)]
    return DeliveryReport(kind, _answered_ids(message) if kind is ReportKind.OTHER else _returned_ids(message))


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
    # The subject is the shortest; what is given up at last may have been delayed, too.
    for words in (reader.header(message, "Subject"), _own_words(message)[:4000]):
        failed, delayed = _FAILED.search(words), _DELAYED.search(words)
        if failed and delayed:
            return ReportKind.BOUNCED if _FINAL.search(words) else ReportKind.DELAYED
        if failed or delayed:
            return ReportKind.BOUNCED if failed else ReportKind.DELAYED
    return ReportKind.OTHER


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
    text = reader.text(plain) if plain else quoting.text_of_html(reader.text(html)) if html else ""
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
            found += _RETURNED_ID.findall(reader.text(part))
    return tuple(dict.fromkeys([*found, *_answered_ids(message)]))[:50]


def _answered_ids(message: Message) -> tuple[str, ...]:
    named = f"{reader.header(message, 'In-Reply-To')} {reader.header(message, 'References')}"
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(named)))[:50]


def _is_unnamed_system(message: Message) -> bool:
    """A mail server under another name (``noreply@``): its subject says that a mail failed, and it repeats why."""
    subject, words = reader.header(message, "Subject"), _own_words(message)[:4000]
    found = _FAILED.search(subject)
    return bool(found) and _ANSWERED.match(subject) is None and bool(_CODE.search(words) or _STATUS.search(words))


def _first(pattern: re.Pattern[str], words: str) -> str:
    found = pattern.search(words)
    return found[1] if found else ""

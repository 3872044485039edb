"""What a mail that came in says, as plain values: read apart from the server (:mod:`siegelpost.foreign`).

Anybody writes mails to an office, and some cost the library that takes them apart more than anybody would wait for.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message

from siegelpost.mail import reader
from siegelpost.mail.incoming import answer, bounces, quoting
from siegelpost.mail.incoming.answer import AnswerText, Original
from siegelpost.mail.incoming.authentication_results import Findings, findings
from siegelpost.mail.incoming.bounces import DeliveryReport, ReportKind
from siegelpost.mail.reader import Mailbox

MOST_TOKENS = 20
_MOST_WRITERS = 50
_TOKEN = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
_PERSONS = frozenset({ReportKind.OTHER, ReportKind.PERHAPS_AUTOMATIC})
_ADDRESSED = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")


@dataclass(frozen=True, slots=True)
class MailContents:
    """A mail, as far as it matters here.

    ``tokens`` are what may be the first part of a Message-ID of ours, from where it may stand; ``signatures`` its
    DKIM headers as they came.
    """

    report: DeliveryReport
    writers: tuple[Mailbox, ...]
    subject: str
    message_id: str
    in_reply_to: str
    tokens: tuple[str, ...]
    signatures: tuple[str, ...]
    authentication: Findings


def read(raw: bytes, trusted: Sequence[str]) -> MailContents:
    """Take a mail apart; never raises, whatever the bytes.

    Args:
        raw: as it came in.
        trusted: whose findings about the sender are believed.
    """
    message = reader.parsed(raw)
    writers = tuple(reader.mailboxes(message, "From")[:_MOST_WRITERS])
    report = bounces.read(raw)
    places = [one.address for name in _ADDRESSED for one in reader.mailboxes(message, name)]
    places += [reader.header(message, "Subject"), *_texts(message, is_report=report.kind not in _PERSONS)]
    tokens = dict.fromkeys(token for place in places for token in _TOKEN.findall(place))
    return MailContents(
        report=report,
        writers=writers,
        subject=reader.header(message, "Subject"),
        message_id=reader.header(message, "Message-ID"),
        in_reply_to=reader.header(message, "In-Reply-To"),
        tokens=tuple(tokens)[:MOST_TOKENS],
        signatures=tuple(reader.raw_headers(message, "DKIM-Signature")),
        authentication=findings(message, trusted, writers[0].address if writers else ""),
    )


def _texts(message: Message, *, is_report: bool) -> list[str]:
    """Where our Message-ID may be quoted: of a report also in its HTML, and in what it encloses, in whatever form."""
    if not is_report:
        plain = reader.first(message, "text/plain")
        return [reader.text(plain)] if plain else []
    return [reader.text(part) for part in reader.parts(message) if part.get_content_maintype() == "text"]


def own_words(raw: bytes, ours: bytes | None) -> str:
    """The writer's own words, for people to read: beside our mail where it is quoted as it was, else as can be told.

    Args:
        raw: the answer as it came in.
        ours: the mail that it answers; None where it is lost.
    """
    message, original = reader.parsed(raw), _original(ours)
    for part in (reader.first(message, "text/plain"), reader.first(message, "text/html")):
        if part is None or not (text := reader.text(part)).strip():
            continue
        html = text if part.get_content_type() == "text/html" else ""
        whole = quoting.text_of_html(html, quotes=True) if html else text
        above, below, found = original.beside(whole, part.get_content_charset() or "utf-8")
        if found:
            words = f"{quoting.without_attribution(above)}\n\n{below}".strip()
        else:
            words = quoting.own_words(quoting.text_of_html(html) if html else text, "\n".join(original.forms))
        return words[: quoting.LONGEST]
    return ""


def answer_text(raw: bytes, ours: bytes | None, subjects: Sequence[str]) -> AnswerText:
    """Everything that an answer says beside our mail; ``subjects`` as for :class:`Original`."""
    return answer.said(raw, _original(ours, subjects))


def _original(ours: bytes | None, subjects: Sequence[str] = ()) -> Original:
    return Original(None if ours is None else reader.parsed(ours), subjects)

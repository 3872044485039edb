"""What strangers send costs in proportion to its size: four times the bytes, about four times the time.

A pattern that starts again at every line, or a parser that copies what is left, costs the square; one mail of 160 kB
would then hold up everything else for half a minute.
"""

import gc
import io
import time
from collections.abc import Callable
from contextlib import closing, suppress
from ipaddress import ip_network
from itertools import product

import pytest

from siegelpost.contacts import person_names, phonetics, vcard_lines, vcard_reader
from siegelpost.contacts.address_books import tables
from siegelpost.dispatch import attachments
from siegelpost.dispatch.recipient import reply_meaning
from siegelpost.doctor.x509 import chain
from siegelpost.estates import commission_words
from siegelpost.estates.openimmo import OpenImmoError, convert, energy_words
from siegelpost.estates.openimmo.characters import Document
from siegelpost.mail import reader
from siegelpost.mail.incoming import (
    answer,
    authentication_results,
    automatic_mail,
    bounces,
    contents,
    dkim_check,
    quoting,
)
from siegelpost.mail.outgoing import redaction
from siegelpost.tls import containers, key_costs
from siegelpost.tls.containers import UnreadableError
from siegelpost.tls.front import plain, proxies
from siegelpost.toolbox import addresses, folding, lines

Reader = Callable[[str], object]
# Large enough that the clock tells something, small enough for the tests of every day.
SIZE = 32_000
# Below this nobody waits, whatever it grows like.
NOTHING = 0.02
PEOPLE = reply_meaning.People(("Mara", "Berger"))
ORIGINAL = answer.Original(None)


def mail(text: str, *, head: str = "Subject: x\nFrom: mailer-daemon@x.test\n", kind: str = "text/plain") -> bytes:
    return f"{head}Content-Type: {kind}; charset=utf-8\n\n{text}".encode()


SIGNATURE = "v=1; a=rsa-sha256; c=relaxed/relaxed; d=y.test; s=s; h=from; bh=eA==; b=eA=="
LOOPBACK = (ip_network("127.0.0.0/8"),)


def refusing(read: Callable[..., object], given: object) -> None:
    """Read what may be refused."""
    with suppress(ValueError, UnreadableError):
        read(given)


def in_header(name: str) -> Callable[[str], bytes]:
    """A mail of which the field holds the text, folded so that every line is short."""
    return lambda text: f"{name}: ".encode() + "\n ".join(text.split("\n")).encode() + b"\n\nx\n"


def _card_of(text: str) -> object:
    try:
        return vcard_reader.unpack(text.encode())
    except vcard_reader.VCardError:
        return None


def _characters_of(text: str) -> None:
    with suppress(OpenImmoError), closing(Document(lambda: io.BytesIO(text.encode())).text()) as pieces:
        for _ in pieces:
            pass


def _table_of(text: str) -> object:
    try:
        table = tables.unpack(text.encode())
    except vcard_reader.VCardError:
        return None
    fields = tables.guess(table.headings)
    return [tables.card(table.headings, fields, row) for row in table.rows]


READERS: dict[str, Reader] = {
    "bounces": lambda text: bounces.read(mail(text)),
    "bounces, report": lambda text: bounces.read(mail(text, kind="message/delivery-status")),
    "bounces, sender": lambda text: bounces.read(in_header("From")(text)),
    "bounces, answered": lambda text: bounces.read(in_header("References")(text)),
    "machines": lambda text: automatic_mail.wrote(reader.parsed(in_header("Auto-Submitted")(text))),
    "senders": lambda text: reader.mailboxes(reader.parsed(in_header("From")(text)), "From"),
    "subject": lambda text: reader.header(reader.parsed(in_header("Subject")(text)), "Subject"),
    "findings": lambda text: authentication_results.findings(
        reader.parsed(in_header("Authentication-Results")(text)), ["mx.test"], "x@y.test"
    ),
    "own words": quoting.own_words,
    "html": quoting.text_of_html,
    "links": quoting.links_in_html,
    "answer": lambda text: answer.said(mail(text, head="From: a@b.test\n"), ORIGINAL),
    "answer in html": lambda text: answer.said(mail(text, head="From: a@b.test\n", kind="text/html"), ORIGINAL),
    "meaning": lambda text: reply_meaning.meaning([text], PEOPLE),
    "vcards": lambda text: list(vcard_lines.cards(text.encode())),
    "vcard": lambda text: list(vcard_lines.cards(f"BEGIN:VCARD\n{text}\nEND:VCARD\n".encode())),
    "vcard, its meaning": lambda text: _card_of(f"BEGIN:VCARD\nFN:{text}\nN:{text}\nADR:{text}\nEND:VCARD\n"),
    "person's name": person_names.split_name,
    "table": lambda text: _table_of(f"Name;Notiz\n{text};{text}\n"),
    "table, headings": lambda text: _table_of(f"{text};{text}\na;b\n"),
    # What is read in the server's own processes, of what was cut out before or is small.
    "contents": lambda text: contents.read(mail(text), ()),
    "own words of a mail": lambda text: contents.own_words(mail(text), None),
    "signature": lambda text: dkim_check.own_dkim(
        mail(text, head=f"DKIM-Signature: {SIGNATURE}\nFrom: x@y.test\n"), [SIGNATURE], "x@y.test", lambda *_: []
    ),
    "signature's fields": lambda text: dkim_check._tags(text),
    "blotted": lambda text: redaction.blotted(text.encode(), ["a1b2c3d4e5f6"]),
    "redacted": lambda text: redaction.redacted(mail(text), ["a1b2c3d4e5f6"]),
    "withdrawal": reply_meaning.speaks_of_withdrawal,
    "questions": reply_meaning.asks,
    "refusal": lambda text: bounces.answer_of(bounces.DeliveryReport(bounces.ReportKind.BOUNCED, diagnostic=text)),
    "address": addresses.is_mail_address,
    "one line": addresses.one_line,
    "folded": folding.fold,
    "typed": lines.line,
    "telephone": folding.digits,
    "found by": lambda text: folding.searchable([text], [text]),
    "sound": phonetics.sound,
    "commission": commission_words.fee,
    "commission's VAT": commission_words.vat,
    "commission, free": commission_words.is_free,
    "commissions": commission_words.named,
    "prose": convert.prose,
    "line": convert.line,
    "energy carrier": lambda text: refusing(energy_words.carrier, text),
    "energy class": lambda text: refusing(energy_words.efficiency_class, text),
    "transfer's characters": lambda text: _characters_of(text),
    "number": lambda text: refusing(convert.number, text),
    "name of a file": attachments.clean_name,
    "proxies": lambda text: proxies.visitor_of("127.0.0.1", [(b"x-forwarded-for", text.encode())], LOOPBACK),
    "proxies, RFC 7239": lambda text: proxies.visitor_of(
        "127.0.0.1", [(b"forwarded", text.encode())], LOOPBACK, b"forwarded"
    ),
    "plain request": lambda text: plain.head_of(text.encode()),
    "chain": lambda text: chain.from_pem(f"-----BEGIN CERTIFICATE-----{text}"),
    "shop's file": lambda text: refusing(containers.read, f"-----BEGIN PRIVATE KEY-----{text}".encode()),
    "DER": lambda text: key_costs.are_bearable(text.encode()),
}
PIECES = {
    "empty lines": "\n",
    "quoted lines": "> \n",
    "blanks": " ",
    "open brackets": "(\n",
    "angles": "<\n",
    "tags": "<b>",
    "ends of tags": "</",
    "comments": "<!--",
    "free sections": "<![CDATA[",
    "ends of free sections": "]]>",
    "ampersands": "&",
    "controls": "\x0ba",
    "addresses": "a@b.test, \n",
    "signs of an address": "a@",
    "encoded words": "=?utf-8?q?a?= \n",
    "beginnings of words": "=?utf-8?q?",
    "quotes": '"\n',
    "message ids": "Message-ID: <a@b>\n",
    "identifiers": "<a@b.test>\n",
    "statuses": "Status: 5.1.1\n\n",
    "codes": "550 5.1.1 ",
    "cards": "BEGIN:VCARD\n",
    "photos": "PHOTO:\n",
    "soft breaks": "N;QUOTED-PRINTABLE:=\n",
    "parameters": "a;b=c,",
    "separators": "-----\n",
    "attributions": "Am 1.1.2026 schrieb a:\n",
    "headers": "Von: a\nBetreff: b\n",
    "noes": "ich möchte nicht ",
    "orders": "Ja, ich bestelle zahlungspflichtig. ",
    "entities": "&amp;",
    "results": "mx.test; dkim=pass header.d=a.test\n",
}


def cost(read: Reader, text: str) -> float:
    """Processor time of this thread, in seconds; the least of three. Looking for what can be thrown away is not it."""
    times = []
    gc.disable()
    try:
        for _ in range(3):
            began = time.thread_time()
            read(text)
            times.append(time.thread_time() - began)
            if times[0] < NOTHING or times[0] > 1:
                break
    finally:
        gc.enable()
    return min(times)


@pytest.mark.parametrize(
    ("name", "piece"), list(product(READERS, PIECES)), ids=lambda name: str(name).replace(" ", "-")
)
def test_four_times_the_input_costs_about_four_times_the_time(name: str, piece: str) -> None:
    """What grows with the square takes sixteen times as long: more apart than a busy machine's pace can make it."""
    text = PIECES[piece] * (SIZE // len(PIECES[piece]))
    for _ in range(5):
        if (whole := cost(READERS[name], text)) <= NOTHING:
            return
        if whole <= 6.25 * (quarter := cost(READERS[name], text[: len(text) // 4])):
            return
    pytest.fail(f"{quarter:.4f} s, and for four times as much {whole:.3f} s")

"""How mail programs write an answer: above or below the original, marked or not, as text, as HTML, or as both."""

import html
import textwrap
from collections.abc import Callable, Iterator
from email import policy
from email.message import EmailMessage
from types import MappingProxyType

from tests.support.answers import more_clients
from tests.support.answers.notices import ME, Body, Notice, marked, rich


def _headers(notice: Notice) -> str:
    return (
        f"Von: {notice.name} <{notice.address}>\nGesendet: Mittwoch, 25. November 2026 10:00\n"
        f"An: {ME}\nBetreff: {notice.subject}"
    )


GMAIL_DE = "Am Mi., 25. Nov. 2026 um 10:00 Uhr schrieb {name} <\n{address}>:"
GMAIL_EN = "On Wed, Nov 25, 2026 at 10:00 AM {name} <{address}> wrote:"
THUNDERBIRD = "Am 25.11.26 um 10:00 schrieb {name}:"
APPLE = "Am 25.11.2026 um 10:00 schrieb {name} <{address}>:"


def _by(pattern: str, notice: Notice) -> str:
    return pattern.format(name=notice.name, address=notice.address)


def _gmail(words: str, notice: Notice, pattern: str) -> Body:
    attribution = _by(pattern, notice)
    quote = (
        f'<div class="gmail_quote"><div dir="ltr" class="gmail_attr">{html.escape(attribution)}<br></div>'
        f'<blockquote class="gmail_quote">{notice.body}</blockquote></div>'
    )
    return Body(f"{words}\n\n{attribution}\n\n{marked(notice.text)}\n", f"{rich(words)}<br>{quote}")


def _outlook_text(original: str) -> Callable[[str, Notice], Body]:
    def made(words: str, notice: Notice) -> Body:
        return Body(f"{words}\n\n{_headers(notice)}\n\n{getattr(notice, original)}\n")

    return made


def _outlook_html(words: str, notice: Notice) -> Body:
    head = "".join(f"<b>{line.replace(':', ':</b>', 1)}<br>" for line in html.escape(_headers(notice)).split("\n"))
    rule = '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
    return Body(html=f"<html><body>{rich(words)}<div>{rule}<p>{head}</p></div></div>{notice.body}</body></html>")


def _outlook_mobile(words: str, notice: Notice) -> Body:
    head = html.escape(_headers(notice)).replace("\n", "<br>")
    return Body(
        html=f"<html><body>{rich(words)}<hr><div id='divRplyFwdMsg'>{head}</div><div>{notice.body}</div></body></html>"
    )


def _apple(words: str, notice: Notice) -> Body:
    quote = f"<blockquote type='cite'><div>{_by(APPLE, notice)}<br></div>{notice.body}</blockquote>"
    return Body(f"{words}\n\n> {_by(APPLE, notice)}\n> \n{marked(notice.seen)}\n", f"{rich(words)}<br>{quote}")


def _web_de(words: str, notice: Notice) -> Body:
    head = (
        f'Gesendet: Mittwoch, 25. November 2026 um 10:00 Uhr\nVon: "{notice.name}" <{notice.address}>\n'
        f"An: mara@berger.test\nBetreff: {notice.subject}"
    )
    quote = f"<div name='quote'>{html.escape(head).replace(chr(10), '<br>')}<div>{notice.body}</div></div>"
    return Body(f"{words}\n\n\n{head}\n\n{notice.seen}\n", f"{rich(words)}{quote}")


def _t_online(words: str, notice: Notice) -> Body:
    head = (
        f"-----Original-Nachricht-----\nBetreff: {notice.subject}\nDatum: 2026-11-25T10:00:00+0100\n"
        f'Von: "{notice.name}" <{notice.address}>\nAn: "Mara Berger" <mara@berger.test>'
    )
    return Body(f"{words}\n\n{head}\n\n{notice.text}\n")


def _with_links(notice: Notice) -> str:
    """Programs write the address of a link behind its words."""
    button = "Exposé ansehen" if "Exposé ansehen" in notice.seen else "Zur Sendung"
    begin, end = notice.seen.split(button, 1)
    link = end.partition("https://")[2].split()[0]
    return f"{begin}{button} <https://{link}>{end}"


_SHAPES: dict[str, Callable[[str, Notice], Body]] = {
    "no quote": lambda words, notice: Body(f"{words}\n"),
    "Thunderbird, above": lambda words, notice: Body(f"{words}\n\n{_by(THUNDERBIRD, notice)}\n{marked(notice.text)}\n"),
    "Thunderbird, below": lambda words, notice: Body(f"{_by(THUNDERBIRD, notice)}\n{marked(notice.text)}\n\n{words}\n"),
    "Thunderbird, HTML": lambda words, notice: Body(
        f"{words}\n\n{_by(THUNDERBIRD, notice)}\n{marked(notice.seen)}\n",
        f"{rich(words)}<div class='moz-cite-prefix'>{_by(THUNDERBIRD, notice)}<br></div>"
        f"<blockquote type='cite'>{notice.body}</blockquote>",
    ),
    "Thunderbird, latin-1": lambda words, notice: Body(
        f"{words}\n\n{_by(THUNDERBIRD, notice)}\n{marked(notice.text)}\n", charset="iso-8859-1"
    ),
    "Gmail, German": lambda words, notice: _gmail(words, notice, GMAIL_DE),
    "Gmail, English": lambda words, notice: _gmail(words, notice, GMAIL_EN),
    "Apple Mail": _apple,
    "iPhone, text": lambda words, notice: Body(
        f"{words}\n\nVon meinem iPhone gesendet\n\n> {_by(APPLE, notice)}\n> \n{marked(notice.text)}\n"
    ),
    "Outlook, text": _outlook_text("text"),
    "Outlook, text from HTML": _outlook_text("seen"),
    "Outlook, text from HTML, rewrapped": lambda words, notice: Body(
        f"{words}\n\n{_headers(notice)}\n\n"
        + "\n".join(textwrap.fill(line, 76, break_long_words=False) for line in notice.seen.split("\n"))
    ),
    "Outlook, text with links": lambda words, notice: Body(f"{words}\n\n{_headers(notice)}\n\n{_with_links(notice)}\n"),
    "Outlook, original message": lambda words, notice: Body(
        f"{words}\n\n-----Ursprüngliche Nachricht-----\n{_headers(notice)}\n\n{notice.text}\n"
    ),
    "Outlook, HTML": _outlook_html,
    "Outlook mobile": _outlook_mobile,
    "Outlook on the web": lambda words, notice: Body(
        f"{words}\n\n________________________________\n{_headers(notice)}\n\n{notice.seen}\n"
    ),
    "Outlook, marked": lambda words, notice: Body(f"{words}\n\n{marked(_headers(notice))}\n>\n{marked(notice.seen)}\n"),
    "GMX and WEB.DE": _web_de,
    "Samsung": lambda words, notice: Body(
        f"{words}\n\nVon meinem Samsung Galaxy Smartphone gesendet.\n\n-------- Ursprüngliche Nachricht --------\n"
        f"Von: {notice.name} <{notice.address}>\nDatum: 25.11.26 10:00 (GMT+01:00)\nAn: {ME}\n"
        f"Betreff: {notice.subject}\n\n{notice.seen}\n"
    ),
    "K-9 Mail": lambda words, notice: Body(
        f"{words}\n\n-- \nDiese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.\n\n"
        f"{_by(THUNDERBIRD, notice)}\n{marked(notice.text, '>')}\n"
    ),
    "T-Online": _t_online,
    "Yahoo": lambda words, notice: Body(
        html=f"{rich(words)}<div class='yahoo_quoted'><div>Am Mittwoch, 25. November 2026 um 10:00:00 MEZ hat "
        f"{notice.name} &lt;{notice.address}&gt; Folgendes geschrieben:</div><div>{notice.body}</div></div>"
    ),
    "Proton": lambda words, notice: Body(
        f"{words}\n\nGesendet mit Proton Mail\n\n-------- Original-Nachricht --------\n"
        f"Am Mittwoch, 25.11.26 um 10:00 schrieb {notice.name} <{notice.address}>:\n\n{marked(notice.seen)}\n"
    ),
    "IONOS": lambda words, notice: Body(
        html=f"{rich(words)}<blockquote type='cite'><div>{notice.name} &lt;{notice.address}&gt; hat am 25.11.2026 10:00"
        f" CET geschrieben:</div>{notice.body}</blockquote>"
    ),
}
SHAPES = MappingProxyType(_SHAPES | more_clients.SHAPES)


def answer(shape: str, words: str, notice: Notice, **headers: str) -> bytes:
    """The whole mail as it comes in."""
    body = SHAPES[shape](words, notice)
    message = EmailMessage(policy=policy.SMTP)
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message["From"], message["To"], message["Subject"] = ME, notice.sender, f"AW: {notice.subject}"
    message["In-Reply-To"] = message["References"] = notice.message_id
    if body.text:
        text = body.text.encode(body.charset, "replace").decode(body.charset)
        message.set_content(text, charset=body.charset, cte="quoted-printable")
    if body.html and body.text:
        message.add_alternative(body.html, subtype="html", cte="quoted-printable")
    elif body.html:
        message.set_content(body.html, subtype="html", cte="quoted-printable")
    return message.as_bytes()


def answers(words: str, notice: Notice) -> Iterator[tuple[str, bytes]]:
    """The same words as each program writes them."""
    for shape in SHAPES:
        yield shape, answer(shape, words, notice)

"""Further mail programs: what they write above the quote, and how they quote, each as a row of a table."""

import html
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

from tests.support.answers.notices import ME, Body, Notice, marked, rich

TO = '"Mara Berger" <mara@berger.test>'


@dataclass(frozen=True)
class Text:
    """A plain answer: ``{name}``, ``{address}`` and ``{subject}`` in what introduces the quote are our mail's."""

    above: str
    mark: str = "> "  # before each line of the quote
    original: str = "text"  # or "seen": made of the HTML
    below: bool = False  # the words stand below the quote

    def __call__(self, words: str, notice: Notice) -> Body:
        original = getattr(notice, self.original)
        quote = f"{_filled(self.above, notice)}\n{marked(original, self.mark) if self.mark else original}"
        return Body(f"{quote}\n\n{words}\n" if self.below else f"{words}\n\n{quote}\n")


@dataclass(frozen=True)
class Html:
    """An answer in HTML: where ``{words}`` and ``{body}`` stand, and what the program writes between them."""

    page: str
    text: Text | None = None

    def __call__(self, words: str, notice: Notice) -> Body:
        page = _filled(self.page, notice, html.escape).replace("{words}", rich(words)).replace("{body}", notice.body)
        return Body(self.text(words, notice).text if self.text else "", f"<html><body>{page}</body></html>")


def _filled(pattern: str, notice: Notice, escaped: Callable[[str], str] = str) -> str:
    values = {"name": notice.name, "address": notice.address, "subject": notice.subject, "me": ME, "to": TO}
    for key, value in values.items():
        pattern = pattern.replace(f"{{{key}}}", escaped(value))
    return pattern


_ENGLISH = "From: {name} <{address}>\nSent: Wednesday, November 25, 2026 10:00 AM\nTo: {me}\nSubject: {subject}\n"
_MAC = "Von: {name} <{address}>\nDatum: Mittwoch, 25. November 2026 um 10:00\nAn: {me}\nBetreff: {subject}\n"
_IPHONE = "Am 25.11.2026 um 10:00 schrieb {name} <{address}>:"
_ANDROID_GMX = "Diese Nachricht wurde von meinem Android Mobiltelefon mit GMX Mail gesendet."

SHAPES: MappingProxyType[str, Callable[[str, Notice], Body]] = MappingProxyType(
    {
        "Outlook, English": Text(_ENGLISH, mark="", original="seen"),
        "Outlook, English, original message": Text(f"-----Original Message-----\n{_ENGLISH}", mark=""),
        "Outlook for Mac": Html(
            "<div class=WordSection1>{words}<p class=MsoNormal><o:p>&nbsp;</o:p></p><p><b>Von: </b>{name} &lt;{address}"
            "&gt;<br><b>Datum: </b>Mittwoch, 25. November 2026 um 10:00<br><b>An: </b>{me}<br><b>Betreff: </b>{subject}"
            "</p>{body}</div>",
            Text(_MAC, mark="", original="seen"),
        ),
        "Outlook, new": Html(
            "<div class=elementToProof>{words}</div><div id=appendonsend></div><hr><div id=divRplyFwdMsg><font><b>Von:"
            "</b> {name} &lt;{address}&gt;<br><b>Gesendet:</b> Mittwoch, 25. November 2026 10:00<br><b>An:</b> {me}<br>"
            "<b>Betreff:</b> {subject}</font><div>&nbsp;</div></div><div>{body}</div>"
        ),
        "Gmail, app": Html(
            "<div dir=auto>{words}</div><br><div class='gmail_quote gmail_quote_container'><div class=gmail_attr>"
            "{name} &lt;<a href='mailto:{address}'>{address}</a>&gt; schrieb am Mi., 25. Nov. 2026, 10:00:<br></div>"
            "<blockquote class=gmail_quote>{body}</blockquote></div>",
            Text("{name} <{address}> schrieb am Mi., 25. Nov. 2026,\n10:00:\n"),
        ),
        "Roundcube": Text("Am 2026-11-25 10:00, schrieb {name}:", below=True),
        "Roundcube, English": Text("On 2026-11-25 10:00, {name} wrote:"),
        "Horde": Text("Zitat von {name} <{address}>:\n"),
        "Evolution": Text("Am Mittwoch, dem 25.11.2026 um 10:00 +0100 schrieb {name}:"),
        "KMail": Text("Am Mittwoch, 25. November 2026, 10:00:00 Mitteleuropäische Normalzeit schrieb\n{name}:"),
        "mutt": Text("On Wed, Nov 25, 2026 at 10:00:00AM +0100, {name} wrote:", below=True),
        "Claws": Text("On Wed, 25 Nov 2026 10:00:00 +0100\n{name} <{address}> wrote:\n"),
        "FairEmail": Text("Am 25. November 2026 10:00:00 MEZ schrieb {name} <{address}>:", mark=">"),
        "Zimbra": Text(
            '----- Ursprüngliche Mail -----\nVon: "{name}" <{address}>\nAn: {to}\n'
            "Gesendet: Mittwoch, 25. November 2026 10:00:00\nBetreff: {subject}\n",
            mark="",
        ),
        "Open-Xchange": Text("> {name} <{address}> hat am 25.11.2026 10:00 CET geschrieben:\n> \n> "),
        "Open-Xchange, English": Html(
            "<div>{words}</div><blockquote type=cite><div>On 11/25/2026 10:00 AM CET {name} &lt;{address}&gt; wrote: "
            "</div><div><br></div>{body}</blockquote>",
            Text("> On 11/25/2026 10:00 AM CET {name} <{address}> wrote:\n> \n> ", original="seen"),
        ),
        "Tuta": Html(
            "<div>{words}<br></div><div>--<br>Sicher versendet mit Tuta Mail. <br>Jetzt kostenlose E-Mail-Adresse mit "
            "Verschlüsselung holen: <br><a href='https://tuta.com/de'>https://tuta.com/de</a></div><div><br></div><div>"
            "25. Nov. 2026, 10:00 von {address}:<br></div><blockquote class=tutanota_quote>{body}</blockquote>"
        ),
        "Spark": Html(
            "<div name=messageBodySection>{words}</div><div name=messageReplySection>Am 25. Nov. 2026, 10:00 +0100 "
            "schrieb {name} &lt;{address}&gt;:<br><blockquote type=cite>{body}</blockquote></div>"
        ),
        "eM Client": Text(
            '------ Originalnachricht ------\nVon "{name}" <{address}>\nAn {to}\nDatum 25.11.2026 10:00:00\n'
            "Betreff {subject}\n",
            mark=">",
        ),
        "Notes": Text(
            'Von:\t"{name}" <{address}>\nAn:\t{to}, \nDatum:\t25.11.2026 10:00\nBetreff:\t{subject}\n\n\n', mark=""
        ),
        "Apple Mail, English": Html(
            "{words}<br id=lineBreakAtBeginningOfMessage><div><br><blockquote type=cite><div>On 25. Nov 2026, at "
            "10:00, {name} &lt;{address}&gt; wrote:</div><br><div>{body}</div></blockquote></div><br>",
            Text("> On 25. Nov 2026, at 10:00, {name} <{address}> wrote:\n> ", original="seen"),
        ),
        "iPhone": Html(
            "{words}<div dir=ltr><br>Von meinem iPhone gesendet</div><div dir=ltr><br><blockquote type=cite>"
            f"{_IPHONE.replace('<', '&lt;').replace('>', '&gt;')}<br><br></blockquote></div><blockquote type=cite>"
            "<div dir=ltr>\ufeff{body}</div></blockquote>",
            Text(f"Von meinem iPhone gesendet\n\n> {_IPHONE}\n> \n> \ufeff", original="seen"),
        ),
        "Yahoo, English": Html(
            "<div class='ydp yahoo-style-wrap'>{words}<div><br></div></div><div class=yahoo_quoted><div>On Wednesday, "
            "November 25, 2026 at 10:00:00 AM GMT+1, {name} &lt;{address}&gt; wrote:</div><div>{body}</div></div>",
            Text(
                "    On Wednesday, November 25, 2026 at 10:00:00 AM GMT+1, {name} <{address}> wrote:  \n \n ",
                mark="",
                original="seen",
            ),
        ),
        "Galaxy": Html(
            "{words}<div><br></div><div id=composer_signature><div dir=auto>Von meinem/meiner Galaxy gesendet</div>"
            "</div><div><!-- originalMessage --><div>-------- Ursprüngliche Nachricht "
            "--------</div><div>Von: {name} &lt;"
            "{address}&gt; </div><div>Datum: 25.11.26  10:00  (GMT+01:00) </div><div>An: {me} </div>"
            "<div>Betreff: {subject} </div><div><br></div></div>{body}"
        ),
        "Proton, HTML": Html(
            "<div>{words}</div><div class=protonmail_signature_block><div>Gesendet mit <a href='https://proton.me/mail/"
            "home'>Proton Mail</a> sichere E-Mail.</div></div><div><br></div><div class=protonmail_quote>Am Mittwoch, "
            "25. November 2026 um 10:00 schrieb {name} &lt;{address}&gt;:<br><br><blockquote type=cite>{body}"
            "</blockquote><br></div>"
        ),
        "Proton, English": Text(
            "\nSent with [Proton Mail](https://proton.me/mail/home) secure email.\n\n"
            "On Wednesday, November 25th, 2026 at 10:00 AM, {name} <{address}> wrote:\n"
        ),
        "The Bat": Text("Mittwoch, 25. November 2026, 10:00:00, schrieben Sie:\n"),
        "Thunderbird, English": Text("On 25/11/2026 10:00, {name} wrote:", below=True),
        "GMX, app": Html(
            "{words}-- <br>" + _ANDROID_GMX + "<div name=quote><div>Am 25.11.26, 10:00, {name} &lt;{address}&gt; "
            "schrieb:</div>{body}</div>",
            Text("-- \n" + _ANDROID_GMX + "\nAm 25.11.26, 10:00, {name} <{address}> schrieb:"),
        ),
        "HTML alone": Html("{words}"),
    }
)

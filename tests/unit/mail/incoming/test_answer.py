"""What an answer says beside our own mail: nothing in it is thrown away unread."""

import time
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import cache

import pytest
from tests.support.answers import sample, understood
from tests.support.answers.clients import answer
from tests.support.answers.notices import ME, Notice, marked, rich

from siegelpost.dispatch.recipient.reply_meaning import Meaning, People, meaning
from siegelpost.mail import reader
from siegelpost.mail.incoming.answer import Original, said

ORDER = "Ja, ich bestelle zahlungspflichtig."


@cache
def notice() -> Notice:
    """Our mail."""
    return Notice.of(BytesParser(policy=policy.default).parsebytes(sample()))


@cache
def ours() -> Original:
    """The same, as it is looked for."""
    return Original(reader.parsed(sample()))


def mail(text: str = "", html: str = "", subject: str = "") -> EmailMessage:
    """An answer to it."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"], message["Subject"] = ME, notice().sender, subject or f"Re: {notice().subject}"
    if text:
        message.set_content(text)
    if html and text:
        message.add_alternative(html, subtype="html")
    elif html:
        message.set_content(html, subtype="html")
    return message


def meant(message: EmailMessage | bytes) -> Meaning:
    """What is made of it."""
    return understood(message if isinstance(message, bytes) else message.as_bytes(), ours())


def quoted() -> str:
    """Our mail as a marked quote."""
    return f"\n\nAm 25.11.26 um 10:00 schrieb {notice().name}:\n{marked(notice().text)}\n"


def test_the_clear_answer_is_one() -> None:
    assert meant(mail(ORDER)) is Meaning.ORDER
    assert meant(mail(ORDER + quoted())) is Meaning.ORDER
    assert meant(mail(ORDER + quoted(), f"{rich(ORDER)}<blockquote>{notice().body}</blockquote>")) is Meaning.ORDER


def test_a_picture_between_two_texts() -> None:
    """Of a mail "Ja · picture · aber nur ohne Provision" only the first text was read."""
    message = mail(ORDER)
    message.make_mixed()
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", disposition="inline")
    message.add_attachment("aber nur ohne Provision", disposition="inline")
    assert meant(message) is Meaning.UNCLEAR


@pytest.mark.parametrize("kind", [("application", "pdf"), ("text", "plain"), ("message", "rfc822"), ("image", "png")])
def test_anything_attached(kind: tuple[str, str]) -> None:
    message = mail(ORDER)
    if kind[0] == "message":
        message.add_attachment(EmailMessage(), filename="Widerruf.pdf")
    else:
        message.add_attachment(b"Bedingungen", maintype=kind[0], subtype=kind[1], filename="Widerruf.pdf")
    assert meant(message) is Meaning.UNCLEAR
    assert said(message.as_bytes(), ours()).titles == ("Widerruf.pdf",)


@pytest.mark.parametrize(
    "html",
    [
        f"<s>{ORDER}</s>",
        f"<del>{ORDER}</del>",
        f"<p style='text-decoration: line-through'>{ORDER}</p>",
        f"<style>p {{ text-decoration: line-through }}</style><p>{ORDER}</p>",
        f"<style>p::after {{ content: 'nicht' }}</style><p>{ORDER}</p>",
        f"<p>{ORDER}</p><img src='cid:x'>",
        f"<input type=checkbox>{ORDER}",
        f"<p>{ORDER}</p><meter value=0></meter>",
        f"<p style='background: #fff url(https://example.test/nein.png)'>{ORDER}</p>",
        f"<p>{ORDER}</p><p>aber nur ohne Provision</p>",
        f"<blockquote>{ORDER}</blockquote>",
        "<p>Ja</p>",
    ],
)
def test_what_the_html_says_besides_or_takes_back(html: str) -> None:
    """Struck-out words, pictures and what stands in one form only were not looked at."""
    assert meant(mail(html=html)) in {Meaning.UNCLEAR, Meaning.YES}
    assert meant(mail(ORDER, html)) is Meaning.UNCLEAR


def test_conditions_written_into_the_quote() -> None:
    changed = notice().text.replace("Es zahlt: Sie", "Es zahlt: der Verkäufer!! Sie")
    assert changed != notice().text
    assert (
        meant(mail(f"{ORDER}\n\nAm 25.11.26 um 10:00 schrieb {notice().name}:\n{marked(changed)}")) is Meaning.UNCLEAR
    )
    head = answer("Outlook, HTML", ORDER, notice())
    assert meant(head) is Meaning.ORDER
    assert meant(head.replace(b"Es zahlt:", b"Es zahlt nicht:")) is Meaning.UNCLEAR


@pytest.mark.parametrize(
    ("ours_is", "theirs"),
    [
        ("3,57 %", "35,7 %"),
        ("14.994", "1.499,4"),
        ("Es zahlt: Sie", "~~Es zahlt: Sie~~"),
        ("Es zahlt: Sie", "(Es zahlt: Sie)"),
    ],
)
def test_a_sign_changed_in_the_quote(ours_is: str, theirs: str) -> None:
    """A quote in which only the comma of the commission had moved, or a line was struck out, counted as our mail."""
    changed = notice().text.replace(ours_is, theirs)
    assert changed != notice().text
    assert (
        meant(mail(f"{ORDER}\n\nAm 25.11.26 um 10:00 schrieb {notice().name}:\n{marked(changed)}")) is Meaning.UNCLEAR
    )


@pytest.mark.parametrize("line", ["[ ]", "( )", "~", "{}"])
def test_a_line_of_signs_that_say_something(line: str) -> None:
    """A box that is not ticked below the order was dropped as layout."""
    assert meant(mail(f"{ORDER}\n{line}")) is Meaning.UNCLEAR


def test_a_text_with_a_name_of_its_own() -> None:
    """The one text was called "nur ohne Provision.txt", which every mail program shows."""
    message = mail(ORDER)
    message.add_header("Content-Disposition", "inline", filename="nur ohne Provision.txt")
    assert meant(message) is Meaning.UNCLEAR


def test_html_that_shows_nothing() -> None:
    """One reader saw an order, the other an empty mail."""
    assert meant(mail(ORDER, "<p></p>")) is Meaning.UNCLEAR


def test_names_that_say_something_are_no_names() -> None:
    people = People(("Ann No",), ("Provisionsfrei Immobilien",))
    assert meaning(["Yes, I order with an obligation to pay.\nAnn"], people) is Meaning.ORDER
    assert meaning(["Yes, I order with an obligation to pay.\nNo"], people) is Meaning.UNCLEAR
    assert meaning([f"Guten Tag, provisionsfrei: {ORDER}"], people) is Meaning.UNCLEAR


def test_an_answer_between_the_lines() -> None:
    """``> Der Link ist nur für Sie bestimmt …`` and below it "Ja" made a contract."""
    line = "Der Link ist nur für Sie bestimmt. Geben Sie ihn bitte nicht weiter."
    assert meant(mail(marked(notice().text).replace(f"> {line}", f"> {line}\n{ORDER}"))) is Meaning.UNCLEAR
    assert meant(mail(f"> {line}\n{ORDER}")) is Meaning.UNCLEAR


@pytest.mark.parametrize("subject", ["Nein", "Re: doch nicht", "Ihre Anfrage: Altbauwohnung, aber ohne Provision"])
def test_a_subject_of_its_own(subject: str) -> None:
    assert meant(mail(ORDER, subject=subject)) is Meaning.UNCLEAR


def test_what_readers_read_in_two_ways() -> None:
    raw = mail(ORDER).as_bytes()
    assert meant(b"Subject: nein\r\n" + raw) is Meaning.UNCLEAR
    assert meant(raw.replace(b"Subject:", b"X-A: a\rSubject:", 1)) is Meaning.UNCLEAR
    parts = mail(ORDER, f"<p>{ORDER}</p>").as_bytes()
    assert meant(parts) is Meaning.ORDER
    assert meant(parts + b"\r\naber nur ohne Provision\r\n") is Meaning.UNCLEAR


@pytest.mark.parametrize(
    "evil",
    ["> " * 150_000, "\n" * 300_000, "Von: \n" * 50_000, "Am 25 schrieb x:\n" * 20_000, "a" * 300_000, "Ja " * 90_000],
)
def test_no_text_takes_long(evil: str) -> None:
    raw = mail(evil).as_bytes()
    began = time.process_time()
    said(raw, ours())
    assert time.process_time() - began < 5


@cache
def ours_with_pictures() -> tuple[Notice, Original]:
    """Our mail with logo, title picture and photo in it."""
    raw = sample("notice-with-pictures")
    return Notice.of(BytesParser(policy=policy.default).parsebytes(raw)), Original(reader.parsed(raw))


def answered_with_pictures(words: str, html: str = "", *, shape: str = "outlook", shown: str = "") -> EmailMessage:
    """An answer by a program that sends our pictures back in its quote.

    Args:
        html: more of the HTML above the quote.
        shape: which parts stand in which: as Outlook and Gmail do it, or Apple.
        shown: the Content-ID of a picture in ``html`` that travels along, too.
    """
    original, _ = ours_with_pictures()
    text = f"{words}\n\nAm 25.11.26 um 10:00 schrieb {original.name}:\n{marked(original.text)}\n"
    message = mail(text, f"{rich(words)}{html}<blockquote>{original.body}</blockquote>", f"Re: {original.subject}")
    rich_part = message.get_body(("html",))
    if shape == "outlook":
        inner, message = message, EmailMessage(policy=policy.SMTP)
        for name in ("From", "To", "Subject"):
            message[name] = inner[name]
            del inner[name]
        message.make_related()
        message.attach(inner)
        rich_part = message
    assert isinstance(rich_part, EmailMessage)
    for cid in ("teaser.jpeg@siegelpost", "photo.jpeg@siegelpost", *filter(None, [shown])):
        rich_part.add_related(b"\xff\xd8\xff", "image", "jpeg", cid=f"<{cid}>", filename=cid.partition("@")[0])
    return message


@pytest.mark.parametrize("shape", ["outlook", "apple"])
def test_our_own_pictures_in_a_quote_say_nothing(shape: str) -> None:
    """With a photo and a title picture in our mail, no answer in HTML that quoted it was understood any more."""
    message = answered_with_pictures(ORDER, shape=shape)
    assert understood(message.as_bytes(), ours_with_pictures()[1]) is Meaning.ORDER


def test_any_other_picture_beside_them_does() -> None:
    """A picture may say "not so": above our words, one too many between them, or from elsewhere."""
    original, known = ours_with_pictures()
    between = original.body.replace("</td>", '<img src="cid:mine"></td>', 1)
    for message in (
        answered_with_pictures(ORDER, '<img src="cid:mine">', shown="mine"),
        answered_with_pictures(ORDER, '<img src="https://else.test/no.png">'),
        mail(html=f"{rich(ORDER)}<blockquote>{between}</blockquote>", subject=f"Re: {original.subject}"),
    ):
        answer_text = said(message.as_bytes(), known)
        assert "picture" in answer_text.more
        assert understood(message.as_bytes(), known) is Meaning.UNCLEAR
    unseen = answered_with_pictures(ORDER)
    unseen.add_related(b"\xff\xd8\xff", "image", "jpeg", cid="<never-shown>", filename="x.jpg")
    assert understood(unseen.as_bytes(), known) is Meaning.UNCLEAR

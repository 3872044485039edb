"""Every kind of mail, page and PDF that a recipient gets, walked through and searched for what the law wants said."""

import hashlib
import re
from collections.abc import Iterator
from datetime import timedelta
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest
from django.test import Client as Browser
from django.utils import timezone
from tests.support.office import a_contact, a_dispatch, an_appointment, an_estate, an_office, the_guard_says
from tests.support.said import OF_THE_HOUSE, Said, an_order, mails, other_gates, read, registered_ones, to_recipients

import siegelpost
from siegelpost import web
from siegelpost.cases import invitations
from siegelpost.dispatch.frozen.documents import expose_documents
from siegelpost.dispatch.mails import letters
from siegelpost.mail.models import OutgoingMail, Purpose
from siegelpost.office import placeholders, statutory, texts
from siegelpost.office.models import Language, LegalText, Office, TextKind
from siegelpost.web.recipient.pages import message_page

pytestmark = pytest.mark.django_db(transaction=True)
# Bytes of both forms of a usual mail, without pictures.
LARGEST_MAIL = 40_000
DETAILS = "Lindenhof GmbH, Sitz Esslingen, Amtsgericht Stuttgart, HRB 12345, Geschäftsführerin: Jana Roth"
WITHDRAW = {Language.GERMAN: "Vertrag widerrufen", Language.ENGLISH: "Withdraw from contract"}
# What the product has said and must not say: untrue, too wide, or without meaning where it stands.
NEVER = (
    "Klick in jeder dieser Mails",
    "click in each of these",
    "lässt sich später beweisen",
    "The German version governs",
    "nicht einstehen",
    "über der Schaltfläche genannt",
    "above the button",
    "am Ende dieses Textes",
    "at the end of this text",
    "nach sechs Monaten",
    "after six months",
    "Absender und Betreff sehen Sie",
    "die deutsche Fassung ist maßgeblich",
    "which govern",
    "§ 356 Abs. 4",
    "GEG",
    "De-Mail",
    "rechtssicher",
    "gerichtsfest",
    "Geben Sie ihn bitte nicht weiter",
    "[WIDERRUFSSEITE]",
    "[AUFBEWAHRUNG]",
    "localhost",
)
FOOT_OF_PAPER = re.compile(r"Immobilien Lindenhof · [0-9a-f-]{36} (Seite|Page) \d+ / \d+")
FOOT_OF_TEXTS = re.compile(r"Immobilien Lindenhof (Seite|Page) \d+ / \d+")
BESIDE_SUBJECT = re.compile(r'class="preheader"[^>]*>(.*?)</div>', re.DOTALL)
OFFERED = re.compile(r'href="[^"]*widerruf/"')
PERCENT = re.compile(r"\d[\d.,]*\s?%")
# What says how wide something is, or where a link leads: the only places in HTML where a share is no price.
MEASURES = re.compile(r"""<style.*?</style>|(?<=\s)(?:style|width|height|href)=(?:"[^"]*"|'[^']*')""", re.DOTALL)


@pytest.fixture(autouse=True)
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    the_guard_says(True, monkeypatch)
    return an_office(owner="Jana Roth", mail_details=DETAILS, expose_reminder_days=3, shows_accessibility=True)


def open_pages(language: Language) -> Iterator[Said]:
    """What everybody can ask for, with no link or a wrong one."""
    browser = Browser(headers={"host": "localhost", "accept-language": language.value})
    for path in (
        "/widerruf/",
        "/impressum/",
        "/datenschutz/",
        "/barrierefreiheit/",
        "/einwilligung/x/",
        "/s/x/widerruf/",
    ):
        answer = browser.get(path, {"sprache": language.value}, secure=True)
        yield Said(f"page {path}", answer.content.decode())
    yield Said("page of the lane", message_page("unknown", language.value, 404).body.decode())


@pytest.mark.parametrize("language", Language)
def test_every_mail_page_and_pdf_says_who_sends_it_and_nothing_untrue(language: Language) -> None:
    """An imprint could be written and was shown nowhere; hidden registered mail showed no provider at all; mails lacked
    the particulars of a registered firm; page, mail and PDF gave two prices.
    """
    dispatch, said = an_order(language)
    said += other_gates(language)
    # A firm has no right of withdrawal; with a commission by deed, and in a registered mail, nothing is concluded here.
    without = (", by deed", ", a firm", "withdrawn", "page /widerruf/")
    contracts = [one for one in [*said, *open_pages(language)] if not one.what.endswith(without)]
    said += registered_ones(language)
    said += open_pages(language)
    invitations.keep(an_appointment(contact=a_contact(language=language)), invite=True)
    to_recipients = [(mail, plain, html) for mail, plain, html in mails() if mail.purpose not in OF_THE_HOUSE]
    # Every purpose there is, but for those to the office's own people: a new one has to be walked through, too.
    assert {mail.purpose for mail, _plain, _html in to_recipients} == set(Purpose) - OF_THE_HOUSE
    for mail, plain, html in to_recipients:
        assert len(f"{plain}{html}".encode()) <= LARGEST_MAIL, mail.purpose
        for words in filter(None, (plain, html)):
            for needed in ("Immobilien Lindenhof", "Jana Roth", "Marktplatz 3, 73728 Esslingen", DETAILS):
                assert needed in words, (mail.purpose, needed)
            for path in ("impressum", "datenschutz", "barrierefreiheit"):
                assert f"https://office.test/{path}/?sprache={language}" in words, (mail.purpose, path)
        said += [Said(f"mail {mail.purpose}", plain), Said(f"mail {mail.purpose}, HTML", html)]
    order = [one for one in to_recipients if one[0].dispatch_id == str(dispatch.public_id)]
    for mail, plain, _html in order:
        if mail.purpose != Purpose.WITHDRAWAL_ACKNOWLEDGEMENT:
            assert f"{WITHDRAW[language]}: https://office.test/widerruf/" in plain, mail.purpose
    for one in said:
        if one.what.startswith("page"):
            for path in ("impressum", "datenschutz"):
                assert f'href="/{path}/?sprache={language}"' in one.words, (one.what, path)
            assert bool(OFFERED.search(one.words)) == (one in contracts), one.what
        for claim in NEVER:
            assert claim not in one.words, (one.what, claim)
    prices = {price for one in said for price in PERCENT.findall(MEASURES.sub("", one.words))}
    assert {re.sub(r"\s", "", price).replace(",", ".") for price in prices} == {"3.57%"}


@pytest.mark.parametrize("language", Language)
def test_the_model_stands_whole_in_mail_page_and_pdf_after_the_contract_it_is_for(language: Language) -> None:
    """After a mail about several properties nobody could tell which contract the instructions meant."""
    office = Office.objects.get()
    dispatch, said = an_order(language)
    model = placeholders.filled(statutory.draft(TextKind.WITHDRAWAL_POLICY, language), placeholders.words_of(office))
    about = {
        Language.GERMAN: "Für den Maklervertrag über: Helle Altbauwohnung",
        Language.ENGLISH: "For the brokerage agreement about: Helle Altbauwohnung",
    }[language]
    notice = next(plain for mail, plain, _html in mails() if mail.purpose == Purpose.NOTICE)
    assert f"{about}\n\n{model}" in notice.replace("\r\n", "\n")
    gate = bytes(dispatch.gate_html).decode()
    assert gate.index(about) < gate.index(model.split("\n\n")[2])
    paper = next(one.words for one in said if one.what == "contract.pdf").replace("\u200b", "")
    squeezed = re.sub(r"[\s\u00ad-]", "", FOOT_OF_PAPER.sub("", paper))
    for paragraph in model.split("\n\n")[1:]:
        assert re.sub(r"[\s\u00ad-]", "", paragraph) in squeezed
    assert about in paper


def test_an_order_in_english_brings_the_sheet_in_german() -> None:
    """§ 11 MaBV wants fee and duration in German whatever the language of the contract; the PDF was English only."""
    dispatch, said = an_order(Language.ENGLISH)
    paper = next(one.words for one in said if one.what == "contract.pdf").replace("\u200b", "")
    assert "Angaben in deutscher Sprache (§ 11 MaBV)" in paper
    sheet = paper.partition("Angaben in deutscher Sprache")[2]
    for words in ("Provision bei Erfolg", "3,57 %", "Laufzeit. Der Vertrag läuft auf unbestimmte Zeit", "kündigen"):
        assert words in sheet
    assert dispatch.page["in_german"]["texts"][0]["kind"] == TextKind.CONTRACT


def test_every_mail_says_more_in_a_list_than_its_subject() -> None:
    """Beside most subjects stood what comes first in a letter: "Sehr geehrte Frau Berger"."""
    rooms = Path(siegelpost.__file__).parent
    framed = {file for file in rooms.rglob("*.html") if '{% extends "mail/base.html" %}' in file.read_text()}
    assert len(framed) > 30
    assert [file.name for file in sorted(framed) if "{% block preheader %}" not in file.read_text()] == []


@pytest.mark.parametrize("language", Language)
def test_what_stands_beside_a_subject_is_neither_a_greeting_nor_the_subject_nor_a_code(language: Language) -> None:
    for _mail in to_recipients(language):
        pass
    seen = set()
    for mail, _plain, html in mails():
        if not html:
            continue
        found = BESIDE_SUBJECT.search(html)
        assert found, mail.purpose
        words = " ".join(found[1].replace("&nbsp;&zwnj;", "").split())
        assert words, mail.purpose
        assert words not in mail.subject
        assert not words.startswith(("Sehr geehrte", "Dear", "Guten Tag", "Good day")), mail.purpose
        if mail.purpose == Purpose.CODE:
            assert not re.search(r"\d{3}|[0-9A-Z]{4}", words)
        seen.add(mail.purpose)
    # Calendar entries are text alone; what stays in the house besides is walked through where it is made.
    assert seen >= set(Purpose) - OF_THE_HOUSE - {Purpose.INVITATION}


def test_no_page_or_mail_can_leave_its_foot_out() -> None:
    """What a new page or mail forgets is not found by walking through those there are: each stands in the one frame."""
    pages = Path(web.__file__).parent / "jinja2" / "recipient"
    for file in pages.rglob("*.html"):
        text = file.read_text()
        whole = "{% block main %}" in text and file.name != "base.html"
        assert whole == ('{% extends "dispatch/page/base.html" %}' in text), file
        assert "{% block footer %}" not in text or file.name == "base.html", file
    mails = Path(letters.__file__).parent / "jinja2" / "dispatch" / "mail"
    for file in mails.glob("*.html"):
        text = file.read_text()
        assert ("{% block content %}" in text) == ('{% extends "mail/base.html" %}' in text), file


def test_who_owes_nothing_is_not_offered_a_withdrawal_as_if_there_were_a_contract() -> None:
    """Free dispatches and registered mails offered a big "Vertrag widerrufen"; there it leads nowhere."""
    dispatch = a_dispatch(estates=[an_estate(buyer_commission_due=False, buyer_commission="")])
    [(mail, plain, html)] = list(mails())
    assert mail.purpose == Purpose.NOTICE
    assert "/widerruf/" not in plain + html
    page = bytes(dispatch.gate_html).decode()
    assert "Vertrag widerrufen" not in page


def test_the_function_stands_at_the_top_of_the_page_too_while_it_can_be_used() -> None:
    """It was the last thing under a long exposé: the law wants it highlighted."""
    _dispatch, said = an_order(Language.GERMAN)
    for what in ("page open", "page waiting"):
        page = next(one.words for one in said if one.what == what)
        assert page.index("Vertrag widerrufen") < page.index("</h2>" if what == "page waiting" else 'id="next"')
        assert page.count('href="widerruf/"') == 2
    confirmation = next(
        (plain, html) for mail, plain, html in mails() if mail.purpose == Purpose.CONFIRMATION and "/widerruf/" in plain
    )
    for words in confirmation:
        assert re.search(r"https://office\.test/s/[\w-]+/widerruf/", words)


@pytest.mark.parametrize("language", Language)
def test_the_texts_lie_beside_the_mail_as_a_pdf_that_the_frozen_page_names(language: Language) -> None:
    """The law's texts were in the mail alone, where nobody keeps or prints them."""
    dispatch, _said = an_order(language)
    named = dispatch.page["texts_pdf"]
    seen = []
    for mail in OutgoingMail.objects.filter(purpose__in=[Purpose.NOTICE, Purpose.REMINDER, Purpose.REPLY_HINT]):
        message = BytesParser(policy=policy.default).parsebytes(mail.mime())
        [part] = message.iter_attachments()
        enclosed = part.get_payload(decode=True)
        assert isinstance(enclosed, bytes)
        assert hashlib.sha256(enclosed).hexdigest() == named["sha256"]
        assert len(enclosed) < 150_000
        seen.append(mail.purpose)
    assert set(seen) == {Purpose.NOTICE, Purpose.REMINDER, Purpose.REPLY_HINT}
    assert expose_documents(dispatch)["texts/texts.pdf"] == enclosed
    paper = re.sub(r"[\s\u00ad\u200b-]", "", FOOT_OF_TEXTS.sub("", read(enclosed)))
    for text in dispatch.page["texts"]:
        for paragraph in text["text"].split("\n\n")[1:]:
            assert re.sub(r"[\s\u00ad-]", "", paragraph) in paper, (text["kind"], paragraph)


@pytest.mark.parametrize("language", Language)
def test_terms_travel_in_the_mail(language: Language) -> None:
    """A reply by mail makes a contract; "you find them on the page" is no way to agree on terms (§ 305 (2) BGB)."""
    texts.publish(TextKind.TERMS, language, "Unsere Bedingungen, Wort für Wort.")
    a_dispatch(language=language)
    [(_mail, plain, html)] = list(mails())
    for words in (plain, html):
        assert "Unsere Bedingungen, Wort für Wort." in words
        assert statutory.draft(TextKind.STEPS, language).partition("\n")[0] in words


def test_the_pages_of_the_law_show_what_holds_today_in_both_languages() -> None:
    browser = Browser(headers={"host": "localhost", "accept-language": "de"})

    def seen(path: str, **asked: str) -> tuple[int, str]:
        answer = browser.get(path, asked, secure=True)
        return answer.status_code, answer.content.decode()

    assert "Angaben nach § 5 DDG" in seen("/impressum/")[1]
    assert "Digital Services Act" in seen("/impressum/", sprache="en")[1]
    assert "§ 10 MaBV" in seen("/datenschutz/", sprache="xx")[1]
    later = timezone.localdate() + timedelta(days=1)
    texts.publish(TextKind.PRIVACY, Language.GERMAN, "Erst morgen.", texts.Origin(valid_from=later))
    assert "Erst morgen." not in seen("/datenschutz/")[1]
    Office.objects.update(shows_accessibility=False)
    assert seen("/barrierefreiheit/")[0] == 404
    LegalText.objects.filter(kind=TextKind.IMPRINT).delete()
    status, page = seen("/impressum/")
    assert status == 404
    assert "Marktplatz 3" in page

"""The offer: the same lines on the page, in every mail that leads to an order, and in the contract."""

import subprocess
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from tests.support.office import (
    a_contact,
    a_dispatch,
    a_letter,
    an_agent,
    an_estate,
    an_office,
    the_guard_says,
    token_of,
)
from tests.unit.dispatch.recipient.test_declarations import CLIENT, form_for

from siegelpost.dispatch import schedule
from siegelpost.dispatch.evidence import proof
from siegelpost.dispatch.frozen.contract_pdf import contract_pdf
from siegelpost.dispatch.frozen.pages import first_html
from siegelpost.dispatch.frozen.snapshot import NotReadyError
from siegelpost.dispatch.mails import letters
from siegelpost.dispatch.models import Dispatch, Kind
from siegelpost.dispatch.recipient.declarations import declare
from siegelpost.dispatch.send import replacement
from siegelpost.dispatch.send.send import preview
from siegelpost.dispatch.states import DispatchState
from siegelpost.mail.models import OutgoingMail, Purpose
from siegelpost.office.models import Language, LegalText, TextKind

LINES = (
    "3,57 % inkl. MwSt. vom Kaufpreis",
    "14.994",
    "Sie als Käufer/in",
    "unbefristet, jederzeit in Textform kündbar, ohne Kosten",
    "nach Rechnung per Überweisung; erst wenn der Kaufvertrag geschlossen ist",
)


@pytest.fixture(autouse=True)
def office(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    an_office()
    the_guard_says(True, monkeypatch)


def parts_of(purpose: Purpose) -> list[str]:
    """Plain text and HTML of the newest mail of this purpose, on one line each."""
    mail = OutgoingMail.objects.filter(purpose=purpose).latest("pk")
    message = BytesParser(policy=policy.default).parsebytes(mail.mime())
    assert isinstance(message, EmailMessage)
    bodies = [message.get_body((kind,)) for kind in ("plain", "html")]
    return [" ".join(body.get_content().split()) for body in bodies if body]


def words_of(pdf: bytes) -> str:
    found = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(found.stdout.decode().split())


def test_the_whole_offer_stands_in_every_mail_that_leads_to_an_order_on_the_page_and_in_the_contract() -> None:
    """Commission and payer were in the first mail only where answers are read; duration, end and payment nowhere."""
    dispatch = a_dispatch()
    letters.remind(dispatch)
    declare(token_of(dispatch), form_for(dispatch), CLIENT)
    shown = [" ".join(bytes(dispatch.gate_html).decode().split())]
    for purpose in (Purpose.NOTICE, Purpose.REMINDER, Purpose.ORDER_RECEIPT):
        assert len(parts_of(purpose)) == 2
        shown += parts_of(purpose)
    shown.append(words_of(contract_pdf(dispatch, list(dispatch.declarations.all()))))
    for words in shown:
        for line in LINES:
            assert line in words.replace("&#39;", "'")
    assert "Erst mit der Schaltfläche auf der Seite schließen Sie einen Vertrag" in parts_of(Purpose.NOTICE)[0]


def test_the_offer_stands_once_where_answers_are_read_and_the_answer_is_named_beside_the_button(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """ "Erst mit der Schaltfläche" was false two lines above the offer to order by an answer."""
    monkeypatch.setattr("siegelpost.mail.outgoing.server_settings.reads_answers", lambda: True)
    a_dispatch()
    plain, _ = parts_of(Purpose.NOTICE)
    assert plain.count(LINES[0]) == 1
    assert "oder mit Ihrer ausdrücklichen Antwort" in plain


def test_the_page_says_how_is_paid_before_anything_is_ordered_and_what_the_name_is_for() -> None:
    html = bytes(a_dispatch().gate_html).decode()
    assert html.index("Bezahlt wird nach Rechnung per Überweisung") < html.index('class="gate"')
    assert "Er steht unter Ihrer Erklärung. Wir schicken Ihnen beides per E-Mail." in html
    assert "wie eine Unterschrift" not in html


def test_the_receipt_is_queued_by_the_act_that_opens_the_gate() -> None:
    """The gate opened before anything was queued that confirms the order: a crash between the two, or a file that is
    gone, left it without.
    """
    dispatch = a_dispatch()
    Dispatch.objects.update(pdf_sha256="0" * 64)
    opened = declare(token_of(dispatch), form_for(dispatch), CLIENT)
    assert opened.state == DispatchState.OPEN
    plain, html = parts_of(Purpose.ORDER_RECEIPT)
    for words in (plain, html):
        assert "Zahlungspflichtig bestellen" in words
        assert "Mara Berger" in words
        assert "Widerrufsbelehrung" in words
        assert "Stimmt etwas nicht, antworten Sie bitte auf diese E-Mail." in " ".join(words.split())


def test_who_orders_nothing_gets_no_receipt() -> None:
    dispatch = a_dispatch(estates=[an_estate(buyer_commission_due=False)])
    declare(token_of(dispatch), form_for(dispatch, frozenset(), name=""), CLIENT)
    assert not OutgoingMail.objects.filter(purpose=Purpose.ORDER_RECEIPT).exists()


def test_the_german_sheet_of_an_english_order_holds_the_whole_offer_in_german() -> None:
    """The sheet of § 11 MaBV named fee and payer, not how long the contract runs nor when it is paid."""
    dispatch = a_dispatch(language=Language.ENGLISH, contact=a_contact(language="en"))
    [spoken], [german] = dispatch.page["offers"], dispatch.page["in_german"]["offers"]
    assert "can be terminated at any time" in str(spoken)
    for line in LINES[2:]:
        assert line in str(german)
    LegalText.objects.filter(kind=TextKind.CONTRACT, language="de").delete()
    with pytest.raises(NotReadyError, match="auch auf Deutsch"):
        preview(an_agent(), a_letter(language=Language.ENGLISH))


@pytest.mark.django_db(transaction=True)
def test_a_page_frozen_by_an_earlier_version_opens_is_declared_confirmed_and_replaced() -> None:
    estate = an_estate()
    dispatch = a_dispatch(estates=[estate])
    page = dispatch.page
    for name in ("shares", "ordered", "stated", "joint"):
        del page[name]
    del page["gate"]["names_party"]
    page["gate"]["version"] = "2026-11-25"
    for offer in page["offers"]:
        del offer["terms"], offer["estate"]
    dispatch.gate_html = first_html(Kind.SECURE_EXPOSE, str(dispatch.public_id), page, dispatch.expires_at)
    dispatch.save()
    opened = declare(token_of(dispatch), form_for(dispatch), CLIENT)
    assert opened.state == DispatchState.OPEN
    schedule.quick()
    assert OutgoingMail.objects.filter(purpose=Purpose.CONFIRMATION).count() == 1
    estate.living_area = 93
    estate.save()
    dispatch.refresh_from_db()
    assert "93" in str(replacement.replace(dispatch, by=dispatch.agent).content["estates"][0])
    assert proof.documents(dispatch)["page.json"]
    again = a_dispatch(estates=[estate], contact=dispatch.contact)
    assert again.page["ordered"][0]["dispatch"] == str(dispatch.public_id)

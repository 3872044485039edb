"""Orders whose words name no duty to pay are shown to the office, and asked for anew in the open."""

import pytest
from django.test import Client as Browser
from tests.support.office import a_contact, a_dispatch, an_agent, an_estate, token_of

from siegelpost.dispatch import links
from siegelpost.dispatch.gate import void_orders
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.mails.letters import notice_words
from siegelpost.dispatch.models import Declaration, Dispatch
from siegelpost.dispatch.recipient.declarations import Client, Form, declare
from siegelpost.dispatch.recipient.replies import TEXTS
from siegelpost.dispatch.recipient.reply_meaning import Meaning
from siegelpost.ledger.leaf import read
from siegelpost.ledger.models import Event
from siegelpost.office.models import Language

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]


def order(dispatch: Dispatch, words: str = "") -> Dispatch:
    """As the recipient orders it; with other words than today's, as it was possible before."""
    form = Form(
        links.stamp(str(dispatch.public_id), dispatch.page), "Mara Berger", frozenset(DeclarationKind), "Firma Berger"
    )
    done = declare(token_of(dispatch), form, Client("203.0.113.7", "Mozilla/5.0"))
    if words:
        Declaration.objects.filter(dispatch=done, kind=DeclarationKind.ORDER).update(text=words)
    return done


def test_what_names_a_duty_to_pay_is_bound_and_what_does_not_is_shown() -> None:
    """BGH I ZR 159/24: without such words there is no contract, and nobody told the office which orders that means."""
    estate = an_estate()
    void = [order(a_dispatch(estates=[estate]), words) for words in ("Senden", TEXTS[Meaning.YES][Language.GERMAN])]
    order(a_dispatch())
    order(a_dispatch(), TEXTS[Meaning.ORDER][Language.ENGLISH])
    order(a_dispatch(contact=a_contact(is_business=True, company="Berger GmbH")), TEXTS[Meaning.YES][Language.GERMAN])
    order(a_dispatch(estates=[an_estate(buyer_commission_due=False)]))
    Dispatch.objects.filter(pk=order(a_dispatch(), "Senden").pk).update(state="withdrawn")
    Dispatch.objects.filter(pk=order(a_dispatch(), "Senden").pk).update(test=True)
    assert {one.dispatch.pk for one in void_orders.listed()} == {one.pk for one in void}
    assert len(void_orders.listed(at_most=1)) == 1


@pytest.mark.parametrize("language", list(Language))
def test_sent_anew_it_says_openly_what_was_wrong_and_asks_for_an_order_of_its_own(language: Language) -> None:
    """§ 141 BGB: a confirmation must itself meet § 312j (3); nobody shall confirm what they take to be valid."""
    contact, estate = a_contact(), an_estate()
    old = order(a_dispatch(contact=contact, estates=[estate]), "Senden")
    anew = a_dispatch(contact=contact, estates=[estate], language=language)
    said = "probably did not come about" if language == Language.ENGLISH else "wahrscheinlich nicht zustande gekommen"
    mail = notice_words(anew.page, "https://x/")
    for words in (mail.text, mail.html, bytes(anew.gate_html).decode()):
        assert said in words
        assert "Senden" in words
        assert "I ZR 159/24" in words
    assert anew.page["gate"]["button"]["kind"] == "order"
    assert {text["kind"] for text in anew.page["texts"]} >= {"withdrawal_policy", "withdrawal_form"}
    leaf = read(bytes(Event.objects.get(kind="SubmissionAcceptance", subject=str(anew.public_id)).leaf))
    assert leaf.data["renews"] == [str(old.public_id)]
    (listed,) = void_orders.listed()
    assert (listed.dispatch, listed.anew) == (old, anew)
    ordered = order(anew)
    assert ordered.period_ends_at is not None
    assert void_orders.listed() == []
    # What was ordered rightly is not asked for again.
    after = a_dispatch(contact=contact, estates=[estate])
    assert (after.gate_row, "renews" in after.page) == ("already-ordered", False)


def test_it_is_for_that_person_and_that_property_only() -> None:
    old = order(a_dispatch(), "Senden")
    assert a_dispatch(contact=old.contact, estates=[an_estate(title="Anderes")]).page["renews"] == []
    assert a_dispatch(contact=a_contact(email="x@y.test"), estates=list(old.estates.all())).page["renews"] == []


def test_the_office_finds_it_where_it_looks() -> None:
    old, browser = order(a_dispatch(), "Senden"), Browser()
    browser.force_login(an_agent(role="administrator"))
    pages = (f"/dispatches/{old.public_id}/", "/settings/law/")
    assert all("/dispatches/void-orders/" in browser.get(page, secure=True).content.decode() for page in pages)
    page = browser.get("/dispatches/void-orders/", secure=True).content.decode()
    assert f"/send/?contact={old.contact.public_id}&amp;estate={old.estates.get().public_id}" in page
    Declaration.objects.all().delete()
    assert "Kein Auftrag" in browser.get("/dispatches/void-orders/", secure=True).content.decode()

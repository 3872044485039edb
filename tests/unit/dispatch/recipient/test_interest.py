"""What recipients say once the exposé is open, and consent to further offers with its own double opt-in."""

import re
from email import policy
from email.parser import BytesParser

import pytest
from django.test import Client as Browser
from tests.support.office import a_dispatch, an_agent, token_of

from siegelpost.contacts import consents
from siegelpost.contacts.consent_models import Consent
from siegelpost.dispatch import links
from siegelpost.dispatch.evidence import timeline
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.recipient import interest
from siegelpost.dispatch.recipient.declarations import Client, Form, StalePageError, declare
from siegelpost.dispatch.recipient.interest import InterestKind, NotOpenError
from siegelpost.ledger.models import Event
from siegelpost.mail.models import OutgoingMail, Purpose

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]
CLIENT = Client("203.0.113.7", "Mozilla/5.0")


def stamp_of(dispatch: Dispatch) -> str:
    return links.stamp(str(dispatch.public_id), dispatch.page)


def opened() -> tuple[Dispatch, str]:
    dispatch = a_dispatch()
    token = token_of(dispatch)
    declare(token, Form(stamp_of(dispatch), "Mara Berger", frozenset(DeclarationKind)), CLIENT)
    return dispatch, token


def consent_link() -> str:
    mail = OutgoingMail.objects.filter(purpose=Purpose.CONSENT).latest("pk")
    body = BytesParser(policy=policy.default).parsebytes(mail.mime()).get_body(("plain",))
    assert body
    found = re.search(r"(/einwilligung/[\w-]+/)", body.get_content())
    assert found
    return found[1]


def test_each_word_is_an_event_on_the_timeline_and_the_agent_is_told_once() -> None:
    dispatch, token = opened()
    for kind in (InterestKind.VIEWING, InterestKind.VIEWING, InterestKind.NONE):
        interest.say(token, stamp_of(dispatch), kind, "Samstag, 0171 1", CLIENT)
    said = [entry.detail for entry in timeline.of(dispatch) if entry.kind == "InterestStated"]
    assert said == ["Besichtigung gewünscht", "Kein Interesse"]
    subjects = list(OutgoingMail.objects.filter(purpose=Purpose.AGENT_NOTICE).values_list("subject", flat=True))
    assert subjects == ["Mara Berger möchte besichtigen", "Mara Berger hat kein Interesse"]
    leaves = b"".join(bytes(event.leaf) for event in Event.objects.filter(kind="InterestStated"))
    # Four digits may stand in a nonce.
    assert b"Samstag" not in leaves


def test_before_the_gate_opens_and_with_a_foreign_stamp_nothing_is_said() -> None:
    closed = a_dispatch()
    token = token_of(closed)
    with pytest.raises(NotOpenError):
        interest.say(token, stamp_of(closed), InterestKind.CALL, "", CLIENT)
    with pytest.raises(NotOpenError):
        interest.ask_for_offers(token, stamp_of(closed), CLIENT)
    _, token = opened()
    with pytest.raises(StalePageError):
        interest.say(token, stamp_of(closed), InterestKind.CALL, "", CLIENT)
    assert not Consent.objects.exists()


def test_consent_holds_only_once_the_mail_is_confirmed_by_a_press_and_until_it_is_taken_back() -> None:
    dispatch, token = opened()
    browser = Browser(headers={"host": "office.test"})
    page = f"/s/{token}/angebote/"
    assert browser.post(page, {"stamp": stamp_of(dispatch)}, secure=True, follow=True).status_code == 422
    assert not Consent.objects.exists()
    assert (
        browser.post(page, {"stamp": stamp_of(dispatch), "offers": "on"}, secure=True, follow=True).status_code == 200
    )
    link = consent_link()
    for _ in range(2):  # a scanner follows the link; that is no consent
        assert browser.get(link, secure=True).status_code == 200
        browser.head(link, secure=True)
    assert not consents.holds(dispatch.contact)
    foreign = browser.post(link, {"act": "give"}, secure=True, headers={"sec-fetch-site": "cross-site"})
    assert foreign.status_code == 403
    assert not consents.holds(dispatch.contact)
    browser.post(link, {"act": "give"}, secure=True)
    assert consents.holds(dispatch.contact)
    browser.post(link, {"act": "withdraw"}, secure=True)
    assert not consents.holds(dispatch.contact)
    browser.post(link, {"act": "give"}, secure=True)
    assert not consents.holds(dispatch.contact)
    assert list(Event.objects.filter(kind__startswith="Consent").order_by("id").values_list("kind", flat=True)) == [
        "ConsentAsked",
        "ConsentGiven",
        "ConsentWithdrawn",
    ]


def test_nobody_is_sent_mail_after_mail_and_the_exposé_never_depends_on_it() -> None:
    dispatch, token = opened()
    assert "offers" not in str(dispatch.page["gate"])
    for _ in range(4):
        interest.ask_for_offers(token, stamp_of(dispatch), CLIENT)
    assert OutgoingMail.objects.filter(purpose=Purpose.CONSENT).count() == 2


def test_the_agent_sees_consents_at_the_contact_and_can_take_them_back() -> None:
    dispatch, token = opened()
    interest.ask_for_offers(token, stamp_of(dispatch), CLIENT)
    browser = Browser(headers={"host": "office.test"})
    agent = an_agent()
    browser.force_login(agent)
    page = f"/contacts/{dispatch.contact.public_id}/"
    assert "gilt noch nicht" in browser.get(page, secure=True).content.decode()
    browser.post(consent_link(), {"act": "give"}, secure=True)
    assert "gilt, bestätigt am" in browser.get(page, secure=True).content.decode()
    consent = Consent.objects.get()
    browser.post(f"{page}consents/{consent.public_id}/withdraw/", secure=True)
    assert not consents.holds(dispatch.contact)
    assert "widerrufen am" in browser.get(page, secure=True).content.decode()

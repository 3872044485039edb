"""Why somebody is written to: asked, frozen, in the ledger, and decisive for reminders (§ 7 UWG)."""

import json
from datetime import date, timedelta
from email import policy
from email.parser import BytesParser
from typing import Any

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.utils import timezone
from tests.support.office import a_contact, a_dispatch, a_letter, an_agent, an_estate

from siegelpost.contacts import consents
from siegelpost.contacts.models import Contact
from siegelpost.dispatch import contact_reason, wording
from siegelpost.dispatch.contact_reason import ContactReason, Occasion
from siegelpost.dispatch.mails import letters
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.send import reminders, send
from siegelpost.ledger.models import Event
from siegelpost.mail.models import OutgoingMail, Purpose
from siegelpost.office.models import Language

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]


def known_long(**fields: Any) -> Contact:
    contact = a_contact(**fields)
    Contact.objects.filter(pk=contact.pk).update(created_at=timezone.now() - timedelta(days=400))
    contact.refresh_from_db()
    return contact


def consented() -> Contact:
    contact = known_long()
    with transaction.atomic():
        _consent, token = consents.ask(contact, "Ja, gern.", Language.GERMAN, asked_in="", client={})
    consents.give(token, {})
    return contact


def ordered() -> Contact:
    contact = known_long()
    Dispatch.objects.filter(pk=a_dispatch(contact=contact).pk).update(declared_at=timezone.now())
    return contact


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        (a_contact, ContactReason.INQUIRY),
        (consented, ContactReason.CONSENT),
        (ordered, ContactReason.CUSTOMER),
        (known_long, ContactReason.NONE),
    ],
)
def test_what_is_offered_rests_on_a_sign(who: Any, reason: ContactReason) -> None:
    occasion = contact_reason.usual(who())
    assert occasion.reason == reason
    assert (occasion.on is None) == (reason is ContactReason.NONE)


@pytest.mark.parametrize("reason", list(ContactReason))
def test_it_is_frozen_stands_in_the_ledger_and_decides_reminders(reason: ContactReason) -> None:
    """Anybody could be sent anything, nobody was asked why, and everybody was reminded after a week."""
    dispatch = a_dispatch(occasion=Occasion(reason, date(2026, 11, 3)))
    assert dispatch.page["reason"] == {"kind": reason, "on": "2026-11-03"}
    leaf = json.loads(bytes(Event.objects.get(kind="SubmissionAcceptance", subject=str(dispatch.public_id)).leaf))
    assert leaf["data"]["reason"] == dispatch.page["reason"]
    reminders.schedule(dispatch, timezone.now())
    asked_for = reason in {ContactReason.INQUIRY, ContactReason.SEARCH_ORDER, ContactReason.CONSENT}
    assert (dispatch.next_reminder_at is not None) == asked_for


@pytest.mark.parametrize(
    ("who", "reason", "warned"),
    [
        (known_long, ContactReason.NONE, True),
        (known_long, ContactReason.CONSENT, True),
        (known_long, ContactReason.CUSTOMER, True),
        (known_long, ContactReason.INQUIRY, False),
        (known_long, ContactReason.OWNER, False),
        (consented, ContactReason.NONE, False),
        (consented, ContactReason.CONSENT, False),
    ],
)
def test_without_reason_and_consent_the_agent_is_warned(who: Any, reason: ContactReason, warned: bool) -> None:
    letter = a_letter(contact=who(), occasion=Occasion(reason))
    assert any("UWG" in one for one in send.preview(an_agent(), letter).frozen.warnings) == warned


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("reason", list(ContactReason))
def test_who_did_not_ask_for_it_is_told_in_each_mail_that_they_may_object(
    reason: ContactReason, language: Language
) -> None:
    """Customers could be written to under § 7 (3) UWG, which wants that said in every mail; none of ours did."""
    dispatch = a_dispatch(occasion=Occasion(reason), language=language)
    letters.remind(dispatch)
    said = {
        Language.GERMAN: "solchen Angeboten jederzeit widersprechen",
        Language.ENGLISH: "object to such offers at any time",
    }[language]
    for mail in OutgoingMail.objects.filter(purpose__in=(Purpose.NOTICE, Purpose.REMINDER)):
        message = BytesParser(policy=policy.default).parsebytes(mail.mime())
        for part in ("plain", "html"):
            body = message.get_body((part,))
            assert body
            assert (said in " ".join(body.get_content().split())) == (reason in contact_reason.ADVERTISED)
    assert OutgoingMail.objects.count() == 2
    assert {ContactReason.INQUIRY, ContactReason.SEARCH_ORDER, ContactReason.OWNER}.isdisjoint(
        contact_reason.ADVERTISED
    )


def test_a_page_of_before_names_none() -> None:
    assert contact_reason.of({}) is None


def test_it_is_asked_when_sending() -> None:
    browser, contact, estate = Browser(), a_contact(), an_estate()
    browser.force_login(an_agent())
    chosen = f"/send/?contact={contact.public_id}&estate={estate.public_id}"
    page = browser.get(chosen, secure=True).content.decode()
    assert '<option value="inquiry" selected' in page
    fields = {
        "contact": contact.public_id, "estate": estate.public_id, "subject": "Ihre Suche", "message": "",
        "language": "de", "public_id": "7b0d5ad2-3c2b-4c76-9d0c-3c2b4c769d0c",
        "button_label": "Zahlungspflichtig bestellen",
    }  # fmt: skip
    fields["seen"] = wording.digest("Ihre Suche", "")
    wrong = {**fields, "reason": "search_order", "reason_on": "gestern"}
    assert browser.post("/send/now/", wrong, secure=True).status_code == 422
    answer = browser.post("/send/now/", {**wrong, "reason_on": "2026-11-03"}, secure=True)
    assert answer.status_code == 302, answer.content.decode()
    assert Dispatch.objects.get().page["reason"] == {"kind": "search_order", "on": "2026-11-03"}
    shown = browser.get(f"/dispatches/{fields['public_id']}/", secure=True).content.decode()
    assert "Suchauftrag vom 3. November 2026" in shown

"""Replacing the exposé of a dispatch, and giving its recipient the other language."""

import json
from decimal import Decimal
from email import policy
from email.parser import BytesParser

import pytest
from tests.support.office import a_contact, a_dispatch, an_agent, an_estate, the_guard_says, token_of

from siegelpost.dispatch import links
from siegelpost.dispatch.evidence import proof
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.recipient.declarations import Client, Form, StalePageError, declare
from siegelpost.dispatch.send import letter_draft, replacement
from siegelpost.dispatch.states import DispatchState, NotPossibleError
from siegelpost.ledger.models import Event
from siegelpost.mail.models import OutgoingMail, Purpose
from siegelpost.office.models import Language, LegalText, TextKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]
CLIENT = Client("203.0.113.7", "Mozilla/5.0")
ENGLISH = Language.ENGLISH


def stamp_of(dispatch: Dispatch) -> str:
    return links.stamp(str(dispatch.public_id), dispatch.page)


def test_the_proof_says_which_version_was_there_when() -> None:
    estate = an_estate(living_area=Decimal(92))
    dispatch = a_dispatch(estates=[estate])
    before = dispatch.pdf_sha256
    estate.living_area = Decimal(90)
    estate.save()
    token = token_of(dispatch)
    declare(token, Form(stamp_of(dispatch), "Mara", frozenset(DeclarationKind)), CLIENT)
    replaced = replacement.replace(dispatch, by=an_agent())
    assert replaced.pdf_sha256 != before
    assert replaced.page == dispatch.page
    data = json.loads(bytes(Event.objects.get(kind="DocumentReplaced").leaf))["data"]
    assert (data["earlier_pdf_sha256"], data["pdf_sha256"]) == (before, replaced.pdf_sha256)
    documents = proof.documents(replaced)
    assert documents["earlier/1/expose.pdf"] != documents["expose.pdf"]
    assert "Neue Fassung" in OutgoingMail.objects.filter(purpose=Purpose.CONFIRMATION).latest("pk").subject
    assert replacement.replace(replaced, by=an_agent()).earlier.count() == 1  # nothing new, nothing done


def test_what_is_agreed_is_never_replaced() -> None:
    estate = an_estate()
    dispatch = a_dispatch(estates=[estate])
    estate.price = Decimal(430000)
    estate.save()
    with pytest.raises(replacement.OtherContractError):
        replacement.replace(dispatch, by=an_agent())
    Dispatch.objects.update(state=DispatchState.REVOKED)
    dispatch.refresh_from_db()
    with pytest.raises(NotPossibleError):
        replacement.replace(dispatch, by=an_agent())
    assert not dispatch.earlier.exists()


def test_who_prefers_the_other_language_gets_page_texts_and_label_in_it() -> None:
    estate = an_estate()
    subject = letter_draft.subject([estate], Language.GERMAN)
    dispatch = a_dispatch(estates=[estate], subject=subject, message="nur für Sie.")
    token, stale = token_of(dispatch), stamp_of(dispatch)
    assert b"Read this in English" in bytes(dispatch.gate_html)
    switched = replacement.speak(token, stale, ENGLISH, CLIENT)
    assert switched.page["gate"]["button"]["label"] == "Order with obligation to pay"
    assert (switched.subject, switched.message) == (letter_draft.subject([estate], ENGLISH), "nur für Sie.")
    assert switched.contact.language == "en"
    mail = OutgoingMail.objects.filter(purpose=Purpose.NOTICE).latest("pk")
    body = BytesParser(policy=policy.default).parsebytes(mail.mime()).get_body(("plain",))
    assert body
    assert "Right of withdrawal" in body.get_content()
    with pytest.raises(StalePageError):
        declare(token, Form(stale, "Mara", frozenset(DeclarationKind)), CLIENT)
    opened = declare(token, Form(stamp_of(switched), "Mara", frozenset(DeclarationKind)), CLIENT)
    assert opened.state == DispatchState.OPEN
    made = Event.objects.filter(kind="DeclarationMade")
    assert {json.loads(bytes(event.leaf))["data"]["language"] for event in made} == {"en"}
    with pytest.raises(replacement.NotInThisLanguageError):
        replacement.speak(token, stamp_of(switched), Language.GERMAN, CLIENT)


def test_only_a_language_with_all_its_texts_is_offered_and_not_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    dispatch = a_dispatch(contact=a_contact(email="a@b.test"))
    token = token_of(dispatch)
    the_guard_says(False, monkeypatch)
    with pytest.raises(replacement.NotInThisLanguageError):
        replacement.speak(token, stamp_of(dispatch), ENGLISH, CLIENT)
    the_guard_says(True, monkeypatch)
    for number in range(replacement.MOST_VERSIONS):
        dispatch = replacement.speak(token, stamp_of(dispatch), [ENGLISH, Language.GERMAN][number % 2], CLIENT)
    with pytest.raises(replacement.NotInThisLanguageError):
        replacement.speak(token, stamp_of(dispatch), ENGLISH, CLIENT)
    LegalText.objects.filter(kind=TextKind.CONTRACT, language=ENGLISH).delete()
    assert a_dispatch().page["other_language"] == ""

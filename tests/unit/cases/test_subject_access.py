"""What a person gets who asks what the office knows about them."""

import pytest
from django.test import Client as Browser
from django.urls import reverse
from tests.support.office import a_contact, a_dispatch, an_activity, an_agent, an_appointment, token_of, withdrawn
from tests.support.pdf_judge import copied, faults, text_of

from siegelpost.cases import subject_access
from siegelpost.cases.erasure import export
from siegelpost.contacts.models import Contact
from siegelpost.dispatch import links
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.recipient.declarations import Client, Form, declare
from siegelpost.office.models import Language

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]
CLIENT = Client("203.0.113.7", "Mozilla/5.0")


def a_known_person(language: Language) -> Contact:
    """Somebody of whom there is something in most tables."""
    mara = a_contact(
        language=language, note="Sucht drei Zimmer " + "y" * 80, ways=[{"kind": "phone", "value": "0711 1"}]
    )
    an_activity(contact=mara)
    an_appointment(contact=mara)
    dispatch = a_dispatch(contact=mara, language=language)
    stamp = links.stamp(str(dispatch.public_id), dispatch.page)
    declare(token_of(dispatch), Form(stamp, "Mara Berger", frozenset(DeclarationKind)), CLIENT)
    withdrawn(name="M", email=mara.email, contract="x", token=token_of(dispatch), client=CLIENT, language=language)
    return mara


@pytest.mark.parametrize("language", Language)
def test_a_private_person_can_read_it(language: Language) -> None:
    """Finding: who asked for their data was handed JSON, which no private person can read."""
    mara = a_known_person(language)
    pdf = subject_access.subject_access_pdf(mara)
    assert faults(pdf, language) == []
    told = text_of(pdf, "-layout")
    wanted = {
        Language.GERMAN: (
            "Auskunft über Ihre Daten",
            "Ihre Angaben",
            "Was Sie erklärt haben",
            "Rückruf erbeten",
            "MEZ",
        ),
        Language.ENGLISH: ("What we know about you", "Your details", "What you declared", "Rückruf erbeten"),
    }[language]
    for said in (*wanted, mara.email, "203.0.113.7", "Gartenstraße 5, 73728 Esslingen"):
        assert said in told, said
    assert "y" * 80 in copied(pdf)
    for raw in ("None", "True", "False", "public_id", "ConsignmentAcceptance", "{'"):
        assert raw not in told, raw


def test_nothing_that_is_known_is_without_words() -> None:
    """A new field or table needs a label here, or has to be called technical."""
    assert subject_access.unlabelled(export(a_known_person(Language.GERMAN))) == []


def test_what_has_no_words_yet_is_told_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    mara = a_known_person(Language.GERMAN)
    monkeypatch.setattr(subject_access, "export", lambda contact: {"novel": [{"answer": "zweiundvierzig"}]})
    assert "zweiundvierzig" in text_of(subject_access.subject_access_pdf(mara))


def test_the_button_leads_to_the_paper_and_beside_it_is_the_data(client: Browser) -> None:
    client.force_login(an_agent())
    mara = a_contact()
    page = client.get(reverse("contact", args=[mara.public_id]), secure=True).content.decode()
    address = reverse("contact_data_pdf", args=[mara.public_id])
    assert address in page
    assert reverse("contact_data", args=[mara.public_id]) in page
    answer = client.get(address, secure=True)
    assert answer["Content-Type"] == "application/pdf"
    assert "Auskunft.pdf" in answer["Content-Disposition"]
    assert answer.content.startswith(b"%PDF")

"""An exposé seen by oneself before anybody has it: exactly what its recipient would see, and recorded nowhere.

Of the finding that there was no address for it, and nothing to hand over at a viewing.
"""

import re
from html import unescape

import pytest
from django.test import Client as Browser
from tests.support.office import a_contact, a_dispatch, an_agent, an_estate
from tests.unit.dispatch.test_resend import form_in
from tests.unit.estates.transfers import picture

from siegelpost import storage
from siegelpost.contacts.models import Activity, Contact
from siegelpost.dispatch.models import Dispatch, Link
from siegelpost.dispatch.send import letter_draft
from siegelpost.estates import editor, teasers
from siegelpost.ledger.models import Event
from siegelpost.mail.models import OutgoingMail
from siegelpost.office.models import Agent, Language, LegalText

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]


def office(agent: Agent | None = None) -> Browser:
    browser = Browser()
    browser.force_login(agent or an_agent())
    return browser


def counts() -> list[int]:
    return [model.objects.count() for model in (Event, Dispatch, Link, OutgoingMail, Contact, Activity)]


def without_mark(html: str) -> str:
    """Without what says that it is a preview, and without the stamp of one dispatch."""
    assert html.count('<p class="test-banner"') == 1
    html = re.sub(r'\s*<p class="test-banner".*?</p>', "", html, flags=re.DOTALL)
    return re.sub(r'name="stamp" value="[^"]*"', "", html)


def test_the_gate_is_word_for_word_what_the_recipient_gets_and_looking_is_recorded_nowhere() -> None:
    agent, contact, estate = an_agent(), a_contact(), an_estate()
    before = counts()
    address = f"/send/seen/{estate.public_id}~{contact.public_id}~de/?step=gate"
    shown = office(agent).get(address, secure=True).content.decode()
    assert counts() == before
    words = {"subject": letter_draft.subject([estate], Language.GERMAN)}
    words["message"] = letter_draft.message([estate], Language.GERMAN)
    sent = a_dispatch(agent, contact=contact, estates=[estate], **words)
    gate = re.sub(r'name="stamp" value="[^"]*"', "", bytes(sent.gate_html).decode())
    assert without_mark(shown).split() == gate.split()


@pytest.mark.parametrize("language", list(Language))
def test_a_property_is_seen_before_anybody_wants_it_in_both_languages(language: Language) -> None:
    estate = an_estate()
    browser, before = office(), counts()
    taps = browser.get(f"/estates/{estate.public_id}/hand-over/", secure=True).content.decode()
    address = f"/send/seen/{estate.public_id}~~{language}/"
    assert f'href="{address}"' in taps
    gate = browser.get(f"{address}?step=gate", secure=True).content.decode()
    page = browser.get(address, secure=True)
    assert "Muster" in gate
    assert "Gartenstraße 5" in page.content.decode()
    assert "form-action 'none'" in page.headers["Content-Security-Policy"], "no form on it leads anywhere"
    assert "no-store" in page.headers["Cache-Control"]
    pdf = browser.get(f"{address}expose.pdf", secure=True)
    assert (pdf.headers["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert counts() == before


def test_from_the_send_page_it_is_seen_with_the_words_as_they_are_typed() -> None:
    agent, contact, estate = an_agent(), a_contact(), an_estate()
    browser = office(agent)
    page = browser.get(f"/send/?contact={contact.public_id}&estate={estate.public_id}", secure=True).content.decode()
    [address] = re.findall(r'formaction="(/send/seen/[^"]+step=gate)"', page)
    fields = form_in(page) | {"message": "Wie am Telefon besprochen."}
    shown = browser.post(address, fields, secure=True).content.decode()
    assert "Wie am Telefon besprochen." in shown
    assert "Sehr geehrte Frau Berger" in shown
    assert not Dispatch.objects.exists()


def test_what_could_not_be_sent_says_why() -> None:
    LegalText.objects.all().delete()
    answer = office().get(f"/send/seen/{an_estate().public_id}~~de/?step=gate", secure=True)
    assert answer.status_code == 409
    assert "Es fehlt der Text" in unescape(answer.content.decode())


def test_its_own_pictures_are_shown_and_no_other_stored_file() -> None:
    """Any stored picture was handed out to whoever knew its hash, but neither title picture nor portrait was."""
    estate, other = an_estate(), an_estate()
    mine, theirs = (
        editor.add_media(one, picture(colour), name="bild.jpg") for one, colour in ((estate, "red"), (other, "blue"))
    )
    teasers.show(mine)
    secret = storage.put(b"geheim")
    agent = an_agent(photo=storage.put(picture("teal", format_="JPEG")))
    browser, address = office(agent), f"/send/seen/{estate.public_id}~~de"
    for step in ("?step=gate", ""):
        page = browser.get(f"{address}/{step}", secure=True).content.decode()
        shown = set(re.findall(r"bild/[0-9a-f]{64}\.\w+", page))
        assert shown
        for one in shown:
            assert browser.get(f"{address}/{one}", secure=True).status_code == 200, one
    of_other = next(iter(theirs.renditions.values()))["sha256"]
    for name in (f"{of_other}.webp", f"{secret}.webp", f"{mine.sha256}.pdf", f"{'0' * 64}.webp", "x.webp"):
        assert browser.get(f"{address}/bild/{name}", secure=True).status_code == 404
    assert browser.get(f"/send/seen/{other.public_id}~~de/bild/{of_other}.webp", secure=True).status_code == 200


def test_who_greets_in_their_own_words_is_greeted_for_once() -> None:
    """Above "Liebe Frau Berger" stood "Sehr geehrte Frau Berger" on the page, but not in the mail."""
    for words, times in (("Liebe Frau Berger, hier das Exposé.", 0), ("hier das Exposé.", 1)):
        page = bytes(a_dispatch(message=words).gate_html).decode()
        assert page.count("Sehr geehrte Frau Berger") == times
        assert "hier das Exposé." in page


def test_the_pdf_is_handed_over_in_person_and_noted_if_wanted() -> None:
    contact, estate, agent = a_contact(), an_estate(), an_agent()
    browser = office(agent)
    address = f"/estates/{estate.public_id}/hand-over/"
    assert address in browser.get(f"/estates/{estate.public_id}/", secure=True).content.decode()
    assert "noch keinen Auftrag erteilt" in browser.get(address, secure=True).content.decode()
    answer = browser.post(address, {"language": "de"}, secure=True)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="expose-helle-altbauwohnung.pdf"'
    assert not Activity.objects.exists()
    browser.post(address, {"language": "en", "note": "1", "contact": str(contact.public_id)}, secure=True)
    noted = Activity.objects.get()
    assert (noted.contact, noted.estate, noted.agent) == (contact, estate, agent)
    assert noted.text == "Exposé als PDF mitgegeben."


@pytest.mark.parametrize("what", ["abc~~de", "~~de", "{estate}~~fr", "{estate}"])
def test_an_address_that_names_nothing_finds_nothing(what: str) -> None:
    address = f"/send/seen/{what.format(estate=an_estate().public_id)}/"
    assert office().get(address, secure=True).status_code == 404

"""To several contacts at once: each an own dispatch, who cannot be sent it is named and stays, nobody gets it twice."""

import re
import uuid
from html import unescape

import pytest
from django.test import Client as Browser
from tests.support.office import a_contact, a_letter, an_agent, an_estate, the_guard_says
from tests.unit.dispatch.test_resend import form_in

from siegelpost.contacts.models import Contact
from siegelpost.dispatch.models import Dispatch, Link
from siegelpost.dispatch.send import several
from siegelpost.dispatch.send.send import RefusedByGuardError
from siegelpost.estates.models import Estate
from siegelpost.mail.models import OutgoingMail, Purpose
from siegelpost.office.models import Agent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]


def people() -> list[Contact]:
    return [
        a_contact(),
        a_contact(salutation="mr", first_name="Jan", last_name="Kern", email="jan@kern.test"),
        a_contact(
            salutation="", first_name="", last_name="", company="Bau GmbH", email="post@bau.test", is_business=True
        ),
    ]


def office(agent: Agent | None = None) -> Browser:
    browser = Browser()
    browser.force_login(agent or an_agent())
    return browser


def links_in(page: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'href="([^"]+)"', page)]


def notices() -> list[str]:
    return sorted(OutgoingMail.objects.filter(purpose=Purpose.NOTICE).values_list("recipient", flat=True))


def compose(browser: Browser, estate: Estate, contacts: list[Contact]) -> str:
    query = {"estate": str(estate.public_id), "recipient": [str(one.public_id) for one in contacts]}
    return str(browser.get("/send/several/", query, secure=True).content.decode())


def test_to_three_contacts_three_taps_and_one_for_each() -> None:
    """From the property's page: send, tick each, go on, send."""
    estate, contacts, browser, taps = an_estate(), people(), office(), 0
    page = browser.get(f"/estates/{estate.public_id}/", secure=True).content.decode()
    [address] = {one for one in links_in(page) if one.startswith("/send/?estate=")}
    taps += 1
    page = browser.get(address, secure=True).content.decode()
    boxes = re.findall(r'type="checkbox" name="recipient" value="([^"]+)"', page)
    assert {str(one.public_id) for one in contacts} <= set(boxes)
    taps += len(contacts)
    assert 'formaction="/send/several/"' in page
    page = compose(browser, estate, contacts)
    taps += 1
    answer = browser.post("/send/several/now/", form_in(page), secure=True)
    taps += 1
    assert taps == 3 + len(contacts)
    sent = Dispatch.objects.all()
    assert {one.contact for one in sent} == set(contacts)
    assert len({one.batch for one in sent}) == 1
    assert answer.headers["Location"] == f"/dispatches/together/{sent[0].batch}/"
    overview = browser.get(answer.headers["Location"], secure=True).content.decode()
    assert all(str(one) in unescape(overview) for one in contacts)
    assert "Stand je Empfänger" in overview


def test_each_has_a_page_a_link_and_a_gate_of_their_own_and_none_knows_of_the_others() -> None:
    estate, contacts = an_estate(), people()
    letters = [a_letter(estates=[estate], contact=one) for one in contacts]
    sent = several.send_each(an_agent(), letters, batch=uuid.uuid4()).dispatches
    assert [one.page["recipient"]["name"] for one in sent] == [one.full_name for one in contacts]
    assert len({bytes(one.token_hash) for one in Link.objects.all()}) == len(contacts)
    rows = [one.gate_row for one in sent]
    assert rows[0] == rows[1] != rows[2], "the law asks other things of a business than of a consumer"
    for one, contact in zip(sent, contacts, strict=True):
        told = f"{one.page}{one.content}{bytes(one.gate_html).decode()}"
        assert not [other for other in contacts if other != contact and other.full_name in told]
    assert len({one.pdf_sha256 for one in sent}) == 1, "the PDF is the same for all, and made once"


def test_who_cannot_be_sent_it_is_named_before_and_stays_in_the_form_and_nobody_gets_it_twice() -> None:
    estate, contacts, browser = an_estate(), people(), office()
    without = a_contact(first_name="Ohne", last_name="Adresse", email="")
    page = compose(browser, estate, [*contacts, without])
    assert "Ohne Adresse hat noch keine E-Mail-Adresse." in page
    assert "Jetzt an 3 senden" in page
    fields = form_in(page)
    answer = browser.post("/send/several/now/", fields, secure=True)
    assert answer.status_code == 409
    left = unescape(answer.content.decode())
    assert "Ohne Adresse: Ohne Adresse hat noch keine E-Mail-Adresse." in left
    assert form_in(left)["recipient"] == [str(without.public_id)]
    assert form_in(left)["batch"] == fields["batch"]
    browser.post("/send/several/now/", fields, secure=True)  # a second tap on what stood there before
    assert notices() == ["jan@kern.test", "mara@berger.test", "post@bau.test"]
    Contact.objects.filter(pk=without.pk).update(email="jetzt@mit.test")
    shown = browser.post("/send/several/preview/", form_in(left), secure=True).content.decode()
    browser.post("/send/several/now/", form_in(shown), secure=True)
    assert notices() == ["jan@kern.test", "jetzt@mit.test", "mara@berger.test", "post@bau.test"]
    assert len({one.batch for one in Dispatch.objects.all()}) == 1


def test_one_can_switch_through_what_each_would_get_and_leave_somebody_out() -> None:
    estate, contacts, browser = an_estate(), people(), office()
    page = compose(browser, estate, contacts)
    assert "Sehr geehrte Frau Berger," in page
    assert "Sehr geehrter Herr Kern," not in page
    second = str(contacts[1].public_id)
    page = browser.post("/send/several/preview/", form_in(page) | {"show": second}, secure=True).content.decode()
    assert "Sehr geehrter Herr Kern," in page
    assert "2 von 3" in page
    fewer = browser.post("/send/several/preview/", form_in(page) | {"out": second}, secure=True).content.decode()
    assert form_in(fewer)["recipient"] == [str(contacts[0].public_id), str(contacts[2].public_id)]
    assert OutgoingMail.objects.count() == 0, "looking sends nothing"


def test_why_each_is_written_to_is_asked_of_each_and_warned_of_where_it_would_be_advertising() -> None:
    """§ 7 UWG: for one it is an inquiry, for another advertising that nobody allowed."""
    estate, contacts, browser = an_estate(), people()[:2], office()
    page = compose(browser, estate, contacts)
    first, second = (str(one.public_id) for one in contacts)
    fields = form_in(page) | {f"{second}-reason": "none", f"{second}-reason_on": ""}
    page = unescape(browser.post("/send/several/preview/", fields, secure=True).content.decode())
    assert page.count("Weder ein Anlass noch eine Einwilligung") == 1
    browser.post("/send/several/now/", form_in(page), secure=True)
    reasons = {str(one.contact.public_id): one.page["reason"]["kind"] for one in Dispatch.objects.all()}
    assert reasons == {first: "inquiry", second: "none"}


def test_what_has_changed_since_the_preview_goes_to_nobody() -> None:
    estate, contacts, browser = an_estate(), people()[:2], office()
    fields = form_in(compose(browser, estate, contacts))
    estate.price = 1
    estate.save()
    answer = browser.post("/send/several/now/", fields, secure=True)
    assert answer.status_code == 409
    assert "Seit Ihrer Vorschau hat sich etwas geändert" in answer.content.decode()
    assert not Dispatch.objects.exists()
    browser.post("/send/several/now/", form_in(answer.content.decode()), secure=True)
    assert Dispatch.objects.count() == 2


def test_what_is_easily_overlooked_is_said() -> None:
    estate, contacts, agent = an_estate(), people()[:1], an_agent()
    twin = a_contact(first_name="Max", email="MARA@berger.test", language="en")
    letters = [a_letter(estates=[estate], contact=one) for one in (*contacts, twin)]
    several.send_each(agent, letters[:1], batch=uuid.uuid4())
    each = several.preview(agent, letters).each
    assert any("Hat dieses Exposé schon, gesendet am" in one for one in each[0].warnings)
    assert any("dieselbe E-Mail-Adresse wie Mara Berger" in one for one in each[1].warnings)
    assert any("sonst alles auf Englisch" in one for one in each[1].warnings)


def test_the_guard_is_asked_like_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    the_guard_says(False, monkeypatch)
    letters = [a_letter(estates=[an_estate()], contact=one) for one in people()]
    with pytest.raises(RefusedByGuardError):
        several.send_each(an_agent(), letters, batch=uuid.uuid4())
    assert not Dispatch.objects.exists()
    held = several.send_each(an_agent(), letters, batch=uuid.uuid4(), hold=True).dispatches
    assert {one.state for one in held} == {"held"}


def test_more_than_fifty_are_told_so_and_none_is_dropped_silently() -> None:
    many = [a_contact(last_name=f"Nr {number}", email=f"n{number}@viele.test") for number in range(51)]
    query = {"estate": str(an_estate().public_id), "recipient": [str(one.public_id) for one in many]}
    answer = office().get("/send/several/", query, secure=True, follow=True)
    page = unescape(answer.content.decode())
    assert "an höchstens 50 Kontakte; angekreuzt sind 51." in page
    assert page.count(" checked>") == 51

"""After a mail that came back the address is corrected where that is seen: two taps, and the contact remembers."""

from html import unescape

import pytest
from tests.support.office import a_contact, a_dispatch, an_estate
from tests.unit.dispatch.registered.test_registered import sent as sent_registered
from tests.unit.dispatch.test_resend import browser_of, came_back, form_in, mail_of, to_falsch

from siegelpost.cases import erasure, history
from siegelpost.contacts.models import Activity, Contact
from siegelpost.dispatch import address_correction
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.send import send
from siegelpost.dispatch.states import DispatchState
from siegelpost.mail.models import OutgoingMail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]


@pytest.mark.parametrize("way", ["secure_expose", "registered_mail"])
@pytest.mark.parametrize("from_page", ["/today/now/", "/dispatches/{}/"])
def test_after_a_bounce_the_address_is_corrected_in_place_and_sent_with_two_taps(way: str, from_page: str) -> None:
    """It took five: contact, change, save, back, send again."""
    contact = a_contact(salutation="mr", first_name="Hans", last_name="Falk", email="hans.flak@web.test")
    sent = a_dispatch(contact=contact) if way == "secure_expose" else sent_registered(contacts=[contact]).dispatch
    before = came_back(sent)
    browser = browser_of(before)
    address = f"/dispatches/{before.public_id}/address/"
    page = browser.get(from_page.format(before.public_id), secure=True).content.decode()
    assert page.count(f'action="{address}"') == 1
    assert 'value="hans.flak@web.test"' in page, "most often a letter is wrong: it is there to be mended"
    shown = browser.post(address, {"email": "hans.falk@web.test"}, secure=True, follow=True)  # the first tap
    page = shown.content.decode()
    assert shown.status_code == 200
    assert "hans.falk@web.test" in page
    assert (Dispatch.objects.count(), OutgoingMail.objects.exclude(purpose="agent_notice").count()) == (1, 1)
    browser.post("/send/now/" if way == "secure_expose" else "/registered/now/", form_in(page), secure=True)  # second
    new = Dispatch.objects.get(instead_of=before.public_id)
    assert mail_of(new)["To"] == "Hans Falk <hans.falk@web.test>"
    before.refresh_from_db()
    assert before.state == DispatchState.REVOKED


def test_the_contact_remembers_which_address_was_wrong_and_why() -> None:
    before = to_falsch()
    by = before.agent
    address_correction.correct(before, "hans.falk@web.test", by=by)
    contact = Contact.objects.get(pk=before.contact_id)
    assert contact.email == "hans.falk@web.test"
    [told] = [one.thing for one in history.of_contact(contact).entries if one.what == "activity"]
    assert isinstance(told, Activity)
    assert told.text.startswith("E-Mail-Adresse berichtigt: hans.falk@web.test statt falsch@web.test. An falsch@web")
    assert "5.1.1 no such user" in told.text
    assert told.agent == by
    assert "falsch@web.test" in str(erasure.export(contact)["activities"])
    erasure.erase(contact, by=by)
    assert not Activity.objects.exists()


def test_who_sends_to_an_address_from_which_a_mail_came_back_is_warned_before() -> None:
    before = to_falsch()
    browser = browser_of(before)
    address = f"/send/?contact={before.contact.public_id}&estate={an_estate().public_id}"
    page = unescape(browser.get(address, secure=True).content.decode())
    assert "An falsch@web.test kam am" in page
    address_correction.correct(before, "hans.falk@web.test", by=before.agent)
    assert "kam am" not in unescape(browser.get(address, secure=True).content.decode())


def test_what_is_no_address_changes_nothing_and_is_said_at_the_field() -> None:
    before = to_falsch()
    answer = browser_of(before).post(f"/dispatches/{before.public_id}/address/", {"email": "hans.falk"}, secure=True)
    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "„hans.falk“ ist keine E-Mail-Adresse." in page
    assert 'value="hans.falk"' in page
    assert Contact.objects.get(pk=before.contact_id).email == "falsch@web.test"
    assert not Activity.objects.exists()


def test_an_address_among_the_further_ones_becomes_the_main_one_and_stands_once() -> None:
    contact = a_contact(email="alt@web.test", ways=[{"kind": "email", "value": "Neu@web.test", "label": "work"}])
    before = came_back(a_dispatch(contact=contact))
    corrected = address_correction.correct(before, "neu@web.test", by=before.agent)
    assert corrected.emails == ["neu@web.test"]


def test_of_a_dispatch_that_cannot_be_sent_again_the_contact_keeps_its_address() -> None:
    before = to_falsch()
    send.revoke(before, by=before.agent)
    answer = browser_of(before).post(
        f"/dispatches/{before.public_id}/address/", {"email": "hans.falk@web.test"}, secure=True, follow=True
    )
    assert "Es wurde nichts gesendet" in answer.content.decode()
    assert Contact.objects.get(pk=before.contact_id).email == "falsch@web.test"

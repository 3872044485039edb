"""*Jetzt senden* sends words that the preview has shown, and answers go where the settings say.

Of the finding that a message typed and sent at once went out without ever having been seen as it goes out, and that
"Antworten an" was asked for and kept to by no mail of a dispatch.
"""

import re
from email import policy
from email.parser import BytesParser
from html import unescape

import pytest
from django.test import Client as Browser
from tests.support.office import a_contact, a_dispatch, an_agent, an_estate
from tests.unit.dispatch.test_resend import form_in

from siegelpost.dispatch.models import Dispatch
from siegelpost.mail.models import OutgoingMail, Purpose
from siegelpost.office.models import Office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]
WAYS = {
    "one": ("/send/?contact={0}&estate={2}", "/send/now/"),
    "several": ("/send/several/?recipient={0}&recipient={1}&estate={2}", "/send/several/now/"),
    "registered": ("/registered/new/?contact={0}", "/registered/now/"),
}
TYPED = {"subject": "Wie besprochen", "message": "Zeile eins\r\nZeile zwei"}


def opened(way: str) -> tuple[Browser, dict[str, object], str]:
    """Somebody at the form of a letter, with what it would send."""
    other = a_contact(last_name="Kern", email="jan@kern.test")
    who = (a_contact().public_id, other.public_id, an_estate().public_id)
    address, target = WAYS[way]
    browser = Browser()
    browser.force_login(an_agent())
    return browser, form_in(browser.get(address.format(*who), secure=True).content.decode()), target


@pytest.mark.parametrize("way", WAYS)
def test_what_is_typed_and_sent_at_once_is_shown_first(way: str) -> None:
    browser, fields, target = opened(way)
    shown = browser.post(target, fields | TYPED, secure=True)
    assert shown.status_code == 409
    page = unescape(shown.content.decode())
    assert "Sie haben Worte geändert, die die Vorschau noch nicht gezeigt hat." in page
    assert "Wie besprochen" in page[page.index('id="preview"') :]
    assert not Dispatch.objects.exists()
    assert browser.post(target, form_in(page), secure=True).status_code == 302
    assert {one.subject for one in Dispatch.objects.all()} == {"Wie besprochen"}


def test_a_phone_is_told_the_same_unless_it_had_no_net_to_have_a_preview_by() -> None:
    browser, fields, _ = opened("one")
    told = browser.post("/outbox/hand-over/", fields | TYPED, secure=True).json()
    assert told["state"] == "changed"
    assert "Sehen Sie sie jetzt an." in told["words"]
    assert not Dispatch.objects.exists()
    sent = browser.post("/outbox/hand-over/", fields | TYPED | {"without_net": "1"}, secure=True).json()
    assert sent["state"] == "accepted"
    # It may come again, and is the same.
    again = browser.post("/outbox/hand-over/", fields | TYPED, secure=True).json()
    assert again["url"] == sent["url"]


def test_the_message_stands_before_all_that_is_chosen_once() -> None:
    """It stood five screens below the button."""
    browser, _, _ = opened("one")
    contact, estate = a_contact(), an_estate()
    page = browser.get(f"/send/?contact={contact.public_id}&estate={estate.public_id}", secure=True).content.decode()
    form = page[page.index('id="letter"') :]
    order = ('id="id_subject"', 'id="id_message"', "Jetzt senden", 'id="mail"', "Objekte</h2>", "Empfänger</h2>")
    places = [form.index(one) for one in order]
    assert places == sorted(places)


def test_answers_go_where_the_settings_say() -> None:
    def replies() -> str:
        mail = OutgoingMail.objects.filter(purpose=Purpose.NOTICE).latest("pk")
        return str(BytesParser(policy=policy.default).parsebytes(mail.mime())["Reply-To"])

    agent = an_agent()
    a_dispatch(agent)
    assert replies() == agent.email
    Office.objects.update(mail_reply_to="empfang@lindenhof.test")
    a_dispatch(agent)
    assert replies() == "empfang@lindenhof.test"


def test_the_hint_says_where_answers_go() -> None:
    browser = Browser()
    browser.force_login(an_agent(role="administrator"))
    page = re.sub(r"\s+", " ", browser.get("/settings/mail/", secure=True).content.decode())
    assert "die per E-Mail beauftragt werden können, in jedem Fall an die Absenderadresse" in page

"""Sending again after a correction: a new dispatch, frozen from what holds today; the earlier one stays as it was."""

import json
import re
import uuid
from decimal import Decimal
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from django.test import Client as Browser
from tests.support.office import a_contact, a_dispatch, an_estate, sent_again, the_guard_says, token_of
from tests.unit.dispatch.contract.test_joint_order import a_pair
from tests.unit.dispatch.delivery.test_events import begin, end, notice_of
from tests.unit.dispatch.registered.test_registered import sent as sent_registered

from siegelpost import storage
from siegelpost.dispatch import links, resend
from siegelpost.dispatch.attachments import take_in
from siegelpost.dispatch.checks import dispatches as checked
from siegelpost.dispatch.evidence import timeline
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.models import CodeBy, Dispatch
from siegelpost.dispatch.recipient import to_do
from siegelpost.dispatch.recipient.declarations import Client, Form, declare
from siegelpost.dispatch.send import send
from siegelpost.dispatch.states import DispatchState, NotPossibleError
from siegelpost.ledger.models import Event
from siegelpost.mail.models import AttemptOutcome, OutgoingMail, Purpose
from siegelpost.office import texts
from siegelpost.office.models import Language, Office, TextKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]
CLIENT = Client("203.0.113.7", "Mozilla/5.0")


def came_back(dispatch: Dispatch) -> Dispatch:
    """The mail server refused its mail."""
    mail = OutgoingMail.objects.get(dispatch_id=str(dispatch.public_id), purpose=Purpose.NOTICE)
    end(mail, begin(mail), AttemptOutcome.REFUSED, "550 5.1.1 no such user")
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.UNDELIVERABLE
    return dispatch


def to_falsch() -> Dispatch:
    """As in the finding: sent to a name and an address that are both wrong."""
    contact = a_contact(salutation="mr", first_name="Hans", last_name="Falsch", email="falsch@web.test")
    return came_back(a_dispatch(contact=contact, attachments=[take_in("Plan.pdf", b"%PDF-1.7 plan")]))


def corrected(dispatch: Dispatch) -> None:
    contact = dispatch.contact
    contact.last_name, contact.email = "Falk", "hans.falk@web.test"
    contact.save()


def mail_of(dispatch: Dispatch) -> EmailMessage:
    return BytesParser(policy=policy.default).parsebytes(
        OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id)).latest("pk").mime()
    )


def said_by(mail: EmailMessage) -> str:
    return "".join(part.get_content() for part in mail.walk() if part.get_content_maintype() == "text")


def browser_of(dispatch: Dispatch) -> Browser:
    browser = Browser()
    browser.force_login(dispatch.agent)
    return browser


def form_in(page: str) -> dict[str, object]:
    """What a browser would send of the letter's form, as it stands there."""
    form = page[page.index('id="letter"') :].partition("</form>")[0]
    fields: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if attributes.get("type") not in {"checkbox", "file"} or " checked" in tag:
            fields.setdefault(attributes.get("name", ""), []).append(attributes.get("value", ""))
    for name, inside in re.findall(r'<textarea name="([\w-]+)"[^>]*>\r?\n?(.*?)</textarea>', form, re.S):
        fields[name] = [inside]
    for name, inside in re.findall(r'<select name="([\w-]+)"[^>]*>(.*?)</select>', form, re.S):
        fields[name] = re.findall(r'<option value="([^"]*)" selected', inside) or [""]
    return {name: values for name, values in fields.items() if name and name != "files"}


def test_whoever_it_goes_to_now_is_greeted_by_their_own_name_and_nobody_elses_is_told() -> None:
    """To the corrected address went "Sehr geehrter Herr Falsch" and a page for Hans Falsch: a stranger's name."""
    before = to_falsch()
    corrected(before)
    new = sent_again(before)
    mail = mail_of(new)
    assert mail["To"] == "Hans Falk <hans.falk@web.test>"
    assert "Sehr geehrter Herr Falk," in said_by(mail)
    assert new.page["recipient"] == {"name": "Hans Falk", "greeting": "Sehr geehrter Herr Falk,"}
    for shown in (said_by(mail), bytes(new.gate_html).decode(), json.dumps(new.page), json.dumps(new.content)):
        assert "Falsch" not in shown


def test_everything_else_is_of_today_too() -> None:
    before = to_falsch()
    estate = before.estates.get()
    estate.price = Decimal(399000)
    estate.title = "Helle Altbauwohnung mit Garten"
    estate.save()
    Office.objects.update(name="Lindenhof & Partner", phone="0711 999")
    texts.publish(TextKind.PRIVACY, Language.GERMAN, "Neue Hinweise zum Datenschutz von heute.")
    new = sent_again(before)
    assert new.page["estates"][0]["title"] == estate.title
    assert "399.000" in bytes(new.gate_html).decode()
    assert "420.000" not in bytes(new.gate_html).decode()
    assert (new.page["office"]["name"], new.page["office"]["phone"]) == ("Lindenhof & Partner", "0711 999")
    assert "Neue Hinweise zum Datenschutz von heute." in said_by(mail_of(new))
    assert [file["name"] for file in new.content["attachments"]] == ["Plan.pdf"], "what the agent decided goes again"
    assert (new.subject, new.message, new.language) == (before.subject, before.message, before.language)


def test_the_earlier_one_stays_as_it_was_its_link_ends_and_each_names_the_other() -> None:
    before = to_falsch()
    frozen = {name: getattr(before, name) for name in ("page", "content", "pdf_sha256", "subject")}
    frozen["gate_html"] = bytes(before.gate_html)
    token = token_of(before)
    corrected(before)
    new = sent_again(before)
    before.refresh_from_db()
    assert {name: getattr(before, name) for name in frozen if name != "gate_html"} | {
        "gate_html": bytes(before.gate_html)
    } == frozen
    assert before.state == DispatchState.REVOKED
    with pytest.raises(links.LinkClosedError):
        links.refuse_if_closed(links.find(token))
    assert (new.instead_of, resend.follower(before)) == (before.public_id, new)
    ended = json.loads(bytes(Event.objects.get(kind="DispatchRevoked").leaf))["data"]
    assert ended["instead"] == str(new.public_id)
    begun = json.loads(bytes(Event.objects.get(subject=str(new.public_id), kind="SubmissionAcceptance").leaf))["data"]
    assert begun["instead_of"] == str(before.public_id)
    assert "neue Sendung" in timeline.of(before)[-1].detail
    assert "anstelle einer früheren Sendung" in timeline.of(new)[0].detail
    assert list(checked.run(lambda done, total: None)) == []
    Dispatch.objects.filter(pk=new.pk).update(instead_of=uuid.uuid4())
    assert [one.where for one in checked.run(lambda done, total: None)] == [f"dispatch {new.public_id}"]


def test_it_is_shown_before_it_goes_and_goes_as_shown() -> None:
    """One tap sent it, with no preview; and the button on the first page led to nothing but an error."""
    before = to_falsch()
    corrected(before)
    browser = browser_of(before)
    [thing] = to_do.waiting()
    assert thing.may_send_again
    address = f"/dispatches/{before.public_id}/send-again/"
    assert f'href="{address}"' in browser.get("/today/now/", secure=True).content.decode()
    assert f'href="{address}"' in browser.get(f"/dispatches/{before.public_id}/", secure=True).content.decode()
    mails = OutgoingMail.objects.count()
    page = browser.get(address, secure=True).content.decode()
    assert "Sehr geehrter Herr Falk," in page
    assert "hans.falk@web.test" in page
    assert "Falsch" not in page
    assert "Plan.pdf" in page
    assert (OutgoingMail.objects.count(), Dispatch.objects.count()) == (mails, 1), "looking sends nothing"
    fields = form_in(page)
    answer = browser.post("/send/now/", fields, secure=True)
    new = Dispatch.objects.get(instead_of=before.public_id)
    assert answer.headers["Location"] == f"/dispatches/{new.public_id}/"
    assert new.contact == before.contact
    assert new.content["attachments"] == before.content["attachments"]
    # A double tap sends once; another tab that had it open is told, and sends nothing.
    browser.post("/send/now/", fields, secure=True)
    late = browser.post("/send/now/", fields | {"public_id": str(uuid.uuid4())}, secure=True, follow=True)
    assert "Es wurde nichts gesendet" in late.content.decode()
    assert Dispatch.objects.count() == 2
    assert to_do.waiting() == [], "it is done"
    assert f'href="/dispatches/{new.public_id}/"' in late.content.decode()
    again_page = browser.get(address, secure=True)
    assert again_page.headers["Location"] == f"/dispatches/{before.public_id}/"


def test_a_phone_that_was_offline_sends_it_again_once_and_is_told_when_it_is_too_late() -> None:
    before = to_falsch()
    browser = browser_of(before)
    fields = form_in(browser.get(f"/dispatches/{before.public_id}/send-again/", secure=True).content.decode())
    assert browser.post("/outbox/hand-over/", fields, secure=True).json()["state"] == "accepted"
    late = browser.post("/outbox/hand-over/", fields | {"public_id": str(uuid.uuid4())}, secure=True).json()
    assert (late["state"], late["url"]) == ("refused", None)
    assert Dispatch.objects.count() == 2


def test_the_guard_is_asked_like_for_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    before = to_falsch()
    the_guard_says(False, monkeypatch)
    with pytest.raises(send.RefusedByGuardError):
        sent_again(before)
    before.refresh_from_db()
    assert before.state == DispatchState.UNDELIVERABLE
    assert Dispatch.objects.count() == 1


def test_who_has_acted_is_sent_nothing_again_and_who_has_not_may_be() -> None:
    """Also where the mail server of the wrong address took the mail: nothing comes back then."""
    before = a_dispatch()
    token, stamp = token_of(before), links.stamp(str(before.public_id), before.page)
    mail = notice_of(before)
    end(mail, begin(mail), AttemptOutcome.ACCEPTED, "250 ok")
    before.refresh_from_db()
    new = sent_again(before)
    with pytest.raises(links.LinkClosedError):
        declare(token, Form(stamp, "Mara Berger", frozenset(DeclarationKind)), CLIENT)
    declare(
        token_of(new),
        Form(links.stamp(str(new.public_id), new.page), "Mara Berger", frozenset(DeclarationKind)),
        CLIENT,
    )
    with pytest.raises(NotPossibleError):
        sent_again(new)
    assert Dispatch.objects.count() == 2


def test_of_two_who_order_together_both_get_a_new_one() -> None:
    mara, jan = a_pair(estates=[an_estate()])
    came_back(mara)
    new = sent_again(mara)
    [partner] = Dispatch.objects.filter(instead_of=jan.public_id)
    assert new.joint == partner.joint != mara.joint
    for one in (mara, jan):
        one.refresh_from_db()
        assert one.state == DispatchState.REVOKED
    assert list(checked.run(lambda done, total: None)) == []


def test_a_registered_mail_is_made_anew_greets_rightly_and_is_shown_before_it_goes() -> None:
    contact = a_contact(salutation="mr", first_name="Hans", last_name="Falsch", email="falsch@web.test")
    given = {"contacts": [contact], "attachments": [take_in("Plan.pdf", b"%PDF-1.7 plan")], "days": 9}
    before = came_back(sent_registered(**given, code_by=CodeBy.MAIL, code_address="zweite@web.test").dispatch)
    corrected(before)
    browser = browser_of(before)
    page = browser.get(f"/dispatches/{before.public_id}/send-again/", secure=True).content.decode()
    assert "Sehr geehrter Herr Falk," in page
    assert "Falsch" not in page
    assert browser.post("/registered/now/", form_in(page), secure=True).status_code == 302
    new = Dispatch.objects.get(instead_of=before.public_id)
    assert new.page["recipient"]["name"] == "Hans Falk"
    assert "Falsch" not in said_by(mail_of(new)) + storage.read(new.content["eml"]["sha256"]).decode()
    assert (new.page["days"], new.remind_every_days, new.second_factor.address) == (9, 3, "zweite@web.test")
    assert [file["name"] for file in new.content["attachments"]] == ["Plan.pdf"]
    before.refresh_from_db()
    assert before.state == DispatchState.REVOKED
    late = browser.post("/registered/now/", form_in(page) | {"batch": str(uuid.uuid4())}, secure=True)
    assert late.headers["Location"] == f"/dispatches/{before.public_id}/"
    assert Dispatch.objects.count() == 2
    assert list(checked.run(lambda done, total: None)) == []

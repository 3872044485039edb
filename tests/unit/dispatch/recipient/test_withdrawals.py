"""Withdrawals by the function: how they are recorded, who is told, and that a stranger ends nobody's contract."""

import hashlib
import json
import re
from concurrent.futures import ThreadPoolExecutor
from email import policy
from email.parser import BytesParser
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone
from tests.support.office import a_contact, a_dispatch, an_agent, an_estate, token_of, withdrawn

from siegelpost.dispatch import links, schedule
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.models import Dispatch, Withdrawal
from siegelpost.dispatch.recipient import withdrawal_desk, withdrawals
from siegelpost.dispatch.recipient.declarations import Client, Form, declare
from siegelpost.dispatch.states import DispatchState
from siegelpost.ledger.models import Event
from siegelpost.mail.models import MailState, OutgoingMail, Purpose
from siegelpost.mail.outgoing.transitions import What, change
from siegelpost.office.models import Agent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]
CLIENT = Client("203.0.113.7", "Mozilla/5.0")


def ordered(*, ticked: frozenset[DeclarationKind] = frozenset(DeclarationKind), **fields: Any) -> Dispatch:
    dispatch = a_dispatch(**fields)
    form = Form(links.stamp(str(dispatch.public_id), dispatch.page), "Mara Berger", ticked, "Firma Berger")
    return declare(token_of(dispatch), form, CLIENT)


def withdraw(name: str = "mara  BERGER", email: str = "Mara@berger.test", language: str = "de") -> Withdrawal:
    return withdrawn(name=name, email=email, contract="Maklervertrag", token=None, client=CLIENT, language=language)


def mails(purpose: Purpose) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(purpose=purpose).order_by("pk"))


def text_of(mail: OutgoingMail) -> str:
    body = BytesParser(policy=policy.default).parsebytes(mail.mime()).get_body(("plain",))
    assert body
    return str(body.get_content())


def leaf(kind: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(bytes(Event.objects.filter(kind=kind).latest("id").leaf))["data"]
    return data


def test_name_and_address_alone_end_no_contract_and_the_right_one_is_offered_first() -> None:
    """Whoever knew a prospect's name and address ended the contract silently; now the office says which is meant.

    Until then nothing opens by itself.
    """
    dispatch = ordered()
    ordered(contact=a_contact(email="uwe@berger.test", first_name="Uwe"))
    made = withdraw()
    dispatch.refresh_from_db()
    assert (made.dispatch, dispatch.state) == (None, DispatchState.OPEN)
    assert withdrawals.meant(made)[0] == dispatch
    assert len(mails(Purpose.WITHDRAWAL_ACKNOWLEDGEMENT)) == 1
    assert {mail.recipient for mail in mails(Purpose.AGENT_NOTICE)[-3:]} >= {dispatch.agent.email}


def test_while_nobody_has_decided_the_exposé_does_not_open_by_itself() -> None:
    dispatch, agent = ordered(ticked=frozenset()), an_agent()
    made = withdraw()
    Dispatch.objects.filter(pk=dispatch.pk).update(period_ends_at=timezone.now())
    schedule.slow()
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.WAITING
    withdrawal_desk.set_aside(made, by=agent)
    schedule.slow()
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.OPEN


def test_it_is_recorded_as_fully_as_an_order() -> None:
    """Its event held an identifier and nothing else: neither text nor label nor page could be proven (§ 356a BGB)."""
    dispatch = ordered()
    page = b"<html>Vertrag widerrufen</html>"
    made = withdrawn(
        name="Mara Berger", email="mara@berger.test", contract=dispatch.subject, token=token_of(dispatch),
        client=CLIENT, language="de", page=page,
    )  # fmt: skip
    data = leaf("WithdrawalDeclared")
    assert data["text"] == "Hiermit widerrufe ich den bezeichneten Vertrag."
    assert (data["label"], data["language"], data["way"], data["late"]) == ("Widerruf bestätigen", "de", "page", False)
    assert data["version"]
    assert data["page_sha256"] == hashlib.sha256(page).hexdigest()
    assert withdrawal_desk.documents(dispatch) == [(made, page)]
    text = text_of(mails(Purpose.WITHDRAWAL_ACKNOWLEDGEMENT)[0])
    assert data["text"] in text
    assert str(dispatch.public_id) in text
    assert re.search(r"\d\d:\d\d:\d\d Uhr \((MEZ|MESZ), GMT\+0[12]:00\)", text), text
    assert "bestätigt nur den Eingang, nicht die Wirksamkeit" in text
    assert made.dispatch == dispatch


def test_acknowledged_is_said_when_the_mail_server_has_taken_the_mail() -> None:
    """The event stood in the ledger while the mail was only queued, also where it never went out."""
    dispatch = ordered()
    withdrawn(name="Mara Berger", email="mara@berger.test", contract="x", token=token_of(dispatch), client=CLIENT)
    public = withdraw(name="Ute Berger")
    assert not Event.objects.filter(kind="WithdrawalAcknowledged").exists()
    for mail in mails(Purpose.WITHDRAWAL_ACKNOWLEDGEMENT):
        change(mail, What.ATTEMPT_STARTED, MailState.SENDING)
        assert not Event.objects.filter(kind="WithdrawalAcknowledged", subject=str(mail.about)).exists()
        change(mail, What.ACCEPTED, MailState.ACCEPTED, accepted_at=timezone.now())
    told = Event.objects.filter(kind="WithdrawalAcknowledged").values_list("subject", flat=True)
    assert set(told) == {str(dispatch.public_id), str(public.public_id)}
    assert withdrawals.acknowledged_at(public)


def test_a_refused_acknowledgement_is_no_acknowledgement() -> None:
    dispatch = ordered()
    withdrawn(name="Mara Berger", email="mara@berger.test", contract="x", token=token_of(dispatch), client=CLIENT)
    [mail] = mails(Purpose.WITHDRAWAL_ACKNOWLEDGEMENT)
    change(mail, What.ATTEMPT_STARTED, MailState.SENDING)
    change(mail, What.REFUSED, MailState.REFUSED)
    kinds = Event.objects.filter(subject=str(dispatch.public_id)).values_list("kind", flat=True)
    assert "RelayToNonERDSFailure" in kinds
    assert "WithdrawalAcknowledged" not in kinds


def test_a_late_one_is_taken_in_acknowledged_and_left_to_the_office() -> None:
    """Years after the period the state became "withdrawn" and the page said so, as if the right still lived."""
    dispatch, agent = ordered(), an_agent()
    token = token_of(dispatch)
    Dispatch.objects.filter(pk=dispatch.pk).update(period_ends_at=timezone.now())
    made = withdrawn(name="Mara Berger", email="mara@berger.test", contract="x", token=token, client=CLIENT)
    dispatch.refresh_from_db()
    assert (made.late, dispatch.state) == (True, DispatchState.OPEN)
    assert leaf("WithdrawalDeclared")["late"] is True
    assert len(mails(Purpose.WITHDRAWAL_ACKNOWLEDGEMENT)) == 1
    assert made in withdrawal_desk.to_decide()
    withdrawal_desk.decide(made, effective=False, by=agent)
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.OPEN
    assert leaf("WithdrawalDecided") == {
        "withdrawal": str(made.public_id), "effective": False, "by": str(agent.public_id)
    }  # fmt: skip
    with pytest.raises(Withdrawal.DoesNotExist):
        withdrawal_desk.decide(made, effective=False, by=agent)
    assert made not in withdrawal_desk.to_decide()


def test_a_late_one_can_be_treated_as_effective() -> None:
    dispatch = ordered()
    token = token_of(dispatch)
    Dispatch.objects.filter(pk=dispatch.pk).update(period_ends_at=timezone.now())
    made = withdrawn(name="Mara Berger", email="mara@berger.test", contract="x", token=token, client=CLIENT)
    browser = Browser()
    browser.force_login(an_agent())
    assert made.name in browser.get("/today/now/", secure=True).content.decode()
    assert browser.post(f"/withdrawals/{made.public_id}/", {"effective": "1"}, secure=True).status_code == 302
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.WITHDRAWN


@pytest.mark.parametrize("name", ["Mara Berger", "Ute Berger"])
def test_who_left_is_told_nothing_any_more(name: str) -> None:
    dispatch = ordered()
    Agent.objects.filter(pk=dispatch.agent.pk).update(is_active=False)
    before = len(mails(Purpose.AGENT_NOTICE))
    withdraw(name)
    assert [mail.recipient for mail in mails(Purpose.AGENT_NOTICE)[before:]] == ["post@lindenhof.test"]


@pytest.mark.parametrize("known", [True, False])
def test_pressed_twice_it_is_one_withdrawal_and_one_mail(known: bool) -> None:
    if known:
        ordered()
    first = withdraw()
    assert withdraw() == first
    assert Withdrawal.objects.count() == len(mails(Purpose.WITHDRAWAL_ACKNOWLEDGEMENT)) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("known", [True, False])
def test_pressed_at_the_same_moment_it_is_one_withdrawal_too(known: bool) -> None:
    if known:
        ordered()

    def press(_: int) -> int:
        try:
            return int(withdraw().pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(press, range(4)))) == 1
    assert len(mails(Purpose.WITHDRAWAL_ACKNOWLEDGEMENT)) == 1


def test_the_same_words_later_are_another_withdrawal() -> None:
    withdraw()
    Withdrawal.objects.update(made_at=timezone.now() - 2 * withdrawals.ONE_PRESS)
    withdraw()
    assert Withdrawal.objects.count() == 2


@pytest.mark.parametrize(
    ("second", "typed"),
    [
        (True, {}),  # two contracts of this person
        (False, {"name": "Ute Berger"}),  # somebody else at this address
        (False, {"email": "other@berger.test"}),  # the same name elsewhere
    ],
)
def test_what_is_not_certain_is_suggested_and_acknowledged_all_the_same(second: bool, typed: dict[str, str]) -> None:
    dispatch = ordered()
    if second:
        ordered(contact=dispatch.contact, estates=[an_estate(title="Laden")])
    made = withdraw(**typed)
    dispatch.refresh_from_db()
    assert made.dispatch is None
    assert dispatch.state == DispatchState.OPEN
    assert dispatch in withdrawals.meant(made)
    assert len(mails(Purpose.WITHDRAWAL_ACKNOWLEDGEMENT)) == 1
    told = {mail.recipient: text_of(mail) for mail in mails(Purpose.AGENT_NOTICE)[-3:]}
    assert f"/withdrawals/{made.public_id}/" in told["post@lindenhof.test"]
    assert dispatch.subject in told[dispatch.agent.email]


def test_the_office_says_which_is_meant_once() -> None:
    dispatch, agent = ordered(), an_agent()
    made = withdraw(name="Ute Berger")
    browser = Browser()
    browser.force_login(agent)
    address = f"/withdrawals/{made.public_id}/"
    assert made.name in browser.get("/today/now/", secure=True).content.decode()
    assert dispatch.subject in browser.get(address, secure=True).content.decode()
    refused = browser.post(address, {"dispatch": str(a_dispatch().public_id)}, secure=True)
    assert refused.headers["Location"] == address
    assert browser.post(address, {"dispatch": "x"}, secure=True).status_code == 404
    assert browser.post(address, {"dispatch": str(dispatch.public_id)}, secure=True).status_code == 302
    made.refresh_from_db()
    dispatch.refresh_from_db()
    assert (made.dispatch, dispatch.state) == (dispatch, DispatchState.WITHDRAWN)
    assert Event.objects.filter(kind="WithdrawalAssigned", subject=str(dispatch.public_id)).count() == 1
    data = leaf("WithdrawalAssigned")
    assert (data["text"], data["way"]) == (made.text, "public")
    assert browser.post(address, {"dispatch": str(dispatch.public_id)}, secure=True).status_code == 404
    assert made.name not in browser.get("/today/now/", secure=True).content.decode()


def test_what_means_no_contract_is_set_aside_and_comes_back_when_wanted() -> None:
    made, agent = withdraw(name="Nie Gehört"), an_agent()
    browser = Browser()
    browser.force_login(agent)
    address = f"/withdrawals/{made.public_id}/"

    def pressed(button: str) -> int:
        return browser.post(address, {button: "1"}, secure=True).status_code

    def shown() -> bool:
        return made.name in browser.get("/today/now/", secure=True).content.decode()

    assert shown()
    assert (pressed("none"), pressed("none"), shown()) == (302, 404, False)
    assert "Wieder vorlegen" in browser.get(address, secure=True).content.decode()
    assert (pressed("again"), pressed("again"), shown()) == (302, 404, True)
    kinds = Event.objects.filter(subject=str(made.public_id)).order_by("pk").values_list("kind", flat=True)
    assert list(kinds)[-2:] == ["WithdrawalSetAside", "WithdrawalTakenUp"]


def test_a_set_aside_one_can_still_be_assigned() -> None:
    dispatch, made, agent = ordered(), withdraw(name="Ute Berger"), an_agent()
    withdrawal_desk.set_aside(made, by=agent)
    withdrawal_desk.assign(made, dispatch, by=agent)
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.WITHDRAWN


def test_a_business_has_nothing_to_withdraw_from() -> None:
    dispatch = ordered(contact=a_contact(is_business=True))
    made = withdraw()
    assert made.dispatch is None
    with pytest.raises(withdrawal_desk.NotMeantError):
        withdrawal_desk.assign(made, dispatch, by=an_agent())


def test_the_acknowledgement_speaks_the_language_of_the_page() -> None:
    withdraw(language="en")
    assert mails(Purpose.WITHDRAWAL_ACKNOWLEDGEMENT)[0].subject.startswith("Receipt of your withdrawal")

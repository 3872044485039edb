"""Withdrawals that come in without a link: whose contract they mean, who is told, and what the office decides."""

from concurrent.futures import ThreadPoolExecutor
from email import policy
from email.parser import BytesParser
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone
from tests.support.office import a_contact, a_dispatch, an_agent, an_estate, an_office, the_guard_says, token_of

from siegelpost.dispatch import links, withdrawing
from siegelpost.dispatch.declaring import Client, Form, declare
from siegelpost.dispatch.gate import DeclarationKind
from siegelpost.dispatch.models import Dispatch, Withdrawal
from siegelpost.dispatch.states import State
from siegelpost.ledger.models import Event
from siegelpost.mail.models import OutgoingMail, Purpose
from siegelpost.office.models import Agent

pytestmark = pytest.mark.django_db
CLIENT = Client("203.0.113.7", "Mozilla/5.0")


@pytest.fixture(autouse=True)
def office(monkeypatch: pytest.MonkeyPatch) -> None:
    an_office()
    the_guard_says(True, monkeypatch)


def ordered(**fields: Any) -> Dispatch:
    dispatch = a_dispatch(**fields)
    form = Form(links.stamp(str(dispatch.public_id), dispatch.page), "Mara Berger", frozenset(DeclarationKind))
    return declare(token_of(dispatch), form, CLIENT)


def withdraw(name: str = "mara  BERGER", email: str = "Mara@berger.test", language: str = "de") -> Withdrawal:
    return withdrawing.withdraw(
        name=name, email=email, contract="Maklervertrag", token=None, client=CLIENT, language=language
    )


def mails(purpose: Purpose) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(purpose=purpose).order_by("pk"))


def text_of(mail: OutgoingMail) -> str:
    body = BytesParser(policy=policy.default).parsebytes(mail.mime()).get_body(("plain",))
    assert body
    return str(body.get_content())


def test_the_one_contract_of_this_name_and_address_is_meant() -> None:
    dispatch = ordered()
    a_dispatch(contact=dispatch.contact)  # nothing was ordered by it
    made = withdraw()
    dispatch.refresh_from_db()
    assert made.dispatch == dispatch
    assert dispatch.state == State.WITHDRAWN
    assert Event.objects.filter(kind="WithdrawalDeclared", subject=str(dispatch.public_id)).count() == 1
    assert mails(Purpose.AGENT_NOTICE)[-1].recipient == dispatch.agent.email
    assert len(mails(Purpose.WITHDRAWAL_ACKNOWLEDGEMENT)) == 1


@pytest.mark.parametrize("name", ["Mara Berger", "Ute Berger"])
def test_who_left_is_told_nothing_any_more(name: str) -> None:
    dispatch = ordered()
    Agent.objects.filter(pk=dispatch.agent.pk).update(is_active=False)
    before = len(mails(Purpose.AGENT_NOTICE))
    withdraw(name)
    assert [mail.recipient for mail in mails(Purpose.AGENT_NOTICE)[before:]] == ["post@lindenhof.test"]


@pytest.mark.parametrize("known", [True, False])
def test_pressed_twice_it_is_one_withdrawal_and_one_mail(known: bool) -> None:
    dispatch = ordered() if known else None
    first = withdraw()
    assert withdraw() == first
    assert first.dispatch == dispatch
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


def test_of_a_later_order_the_same_words_are_another_withdrawal() -> None:
    first = ordered()
    withdraw()
    second = ordered(contact=first.contact)
    assert withdraw().dispatch == second
    Withdrawal.objects.update(made_at=timezone.now() - 2 * withdrawing.ONE_PRESS)
    assert withdraw().dispatch is None
    assert Withdrawal.objects.count() == 3


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
    assert dispatch.state == State.OPEN
    assert dispatch in withdrawing.meant(made)
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
    assert (made.dispatch, dispatch.state) == (dispatch, State.WITHDRAWN)
    assert Event.objects.filter(kind="WithdrawalAssigned", subject=str(dispatch.public_id)).count() == 1
    assert browser.post(address, {"dispatch": str(dispatch.public_id)}, secure=True).status_code == 404
    assert made.name not in browser.get("/today/now/", secure=True).content.decode()


def test_a_business_has_nothing_to_withdraw_from() -> None:
    dispatch = ordered(contact=a_contact(is_business=True))
    made = withdraw()
    assert made.dispatch is None
    with pytest.raises(withdrawing.NotMeantError):
        withdrawing.assign(made, dispatch, by=an_agent())


def test_the_acknowledgement_speaks_the_language_of_the_page() -> None:
    withdraw(language="en")
    assert mails(Purpose.WITHDRAWAL_ACKNOWLEDGEMENT)[0].subject.startswith("Receipt of your withdrawal")

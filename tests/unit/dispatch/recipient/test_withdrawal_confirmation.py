"""A withdrawal without a link, confirmed from the contract's own address."""

import json
import uuid
from typing import Any

import pytest
from django.test import Client as Browser
from tests.support.office import a_contact, a_dispatch, an_agent, an_estate, confirmation_token_of, token_of, withdrawn

from siegelpost.dispatch import links
from siegelpost.dispatch.evidence.timeline import of as timeline_of
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.models import Dispatch, Withdrawal
from siegelpost.dispatch.recipient import withdrawal_desk
from siegelpost.dispatch.recipient.declarations import Client, Form, declare
from siegelpost.dispatch.states import DispatchState
from siegelpost.ledger.models import Event
from siegelpost.mail.models import OutgoingMail, Purpose
from siegelpost.mail.outgoing import outbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]
CLIENT = Client("203.0.113.7", "Mozilla/5.0")


def ordered(**fields: Any) -> Dispatch:
    dispatch = a_dispatch(**fields)
    form = Form(links.stamp(str(dispatch.public_id), dispatch.page), "Mara Berger", frozenset(DeclarationKind))
    return declare(token_of(dispatch), form, CLIENT)


def said(email: str = "MARA@berger.test") -> Withdrawal:
    return withdrawn(name="M. Berger", email=email, contract="das Haus", token=None, client=CLIENT)


def asked(token: str, contract: uuid.UUID | str | None = None) -> tuple[int, str]:
    browser, address = Browser(headers={"host": "localhost"}), f"/widerruf/{token}/"
    fields = {"contract": str(contract)}
    answer = browser.post(address, fields, secure=True, follow=True) if contract else browser.get(address, secure=True)
    return answer.status_code, answer.content.decode()


def test_a_look_decides_nothing_a_press_ends_the_contract_from_the_first_declaration_on() -> None:
    """A stranger who knew name and address ended a contract; the address itself had no way to say so at once."""
    dispatch = ordered()
    made = said()
    token = confirmation_token_of(made)
    assert asked(token)[0] == 200
    assert dispatch.subject in asked(token)[1]
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.OPEN
    status, page = asked(token, dispatch.public_id)
    assert (status, "ist beendet" in page) == (200, True)
    assert asked(token, dispatch.public_id) == (status, page), "a second press changes nothing"
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.WITHDRAWN
    [event] = Event.objects.filter(kind="WithdrawalAssigned", subject=str(dispatch.public_id))
    data = json.loads(bytes(event.leaf))["data"]
    assert (data["by"], data["declared_at"], data["late"]) == ("recipient", made.made_at.isoformat(), False)
    assert "Adresse des Vertrags" in timeline_of(dispatch)[-1].title


def test_only_the_contracts_own_address_gets_a_link_and_only_for_its_own_contracts() -> None:
    own, other = ordered(), ordered(contact=a_contact(email="uwe@berger.test"), estates=[an_estate(title="Laden")])
    assert "/widerruf/" not in _words(said("mara@elsewhere.test")).replace("/widerruf/\n", "")
    token = confirmation_token_of(said())
    assert asked(token, other.public_id)[0] == 404
    assert asked(token, "x")[0] == 404
    assert asked("x" * 32)[0] == 404
    assert {Dispatch.objects.get(pk=one.pk).state for one in (own, other)} == {DispatchState.OPEN}


def _words(withdrawal: Withdrawal) -> str:
    mail = OutgoingMail.objects.get(about=str(withdrawal.public_id), purpose=Purpose.WITHDRAWAL_ACKNOWLEDGEMENT)
    return outbox.redacted_mime(mail).decode(errors="replace")


def test_no_proof_shows_the_link() -> None:
    ordered()
    made = said()
    token = confirmation_token_of(made)
    assert token not in _words(made)


def test_the_office_can_take_it_back_and_the_address_can_confirm_anew() -> None:
    dispatch = ordered()
    made = said()
    token = confirmation_token_of(made)
    asked(token, dispatch.public_id)
    withdrawal_desk.release(Withdrawal.objects.get(), by=an_agent())
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.OPEN
    assert asked(token, dispatch.public_id)[0] == 200
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.WITHDRAWN

"""Whose client the agent is: what is refused and why, and an order that was there before."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from tests.support.office import (
    a_contact,
    a_dispatch,
    a_letter,
    an_agent,
    an_estate,
    an_office,
    the_guard_says,
    token_of,
)
from tests.unit.dispatch.recipient.test_declarations import BOTH, CLIENT, form_for

from siegelpost.dispatch import schedule
from siegelpost.dispatch.frozen.snapshot import NotReadyError
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.recipient.declarations import declare
from siegelpost.dispatch.recipient.withdrawals import withdraw
from siegelpost.dispatch.send.send import preview
from siegelpost.dispatch.states import DispatchState
from siegelpost.ledger.models import Event
from siegelpost.mail.models import OutgoingMail, Purpose

LANDLORD, SEEKER = date(2026, 11, 3), date(2026, 10, 20)


@pytest.fixture(autouse=True)
def office(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    an_office()
    the_guard_says(True, monkeypatch)


def a_rented_flat(**fields: Any) -> Any:
    given = {
        "marketing": "rent",
        "rent_cold": Decimal(900),
        "price": None,
        "buyer_commission": "2 Monatskaltmieten zzgl. MwSt.",
    }
    return an_estate(**{**given, **fields})


def refusal_of(**fields: Any) -> str:
    with pytest.raises(NotReadyError) as refused:
        preview(an_agent(), a_letter(**fields))
    return str(refused.value)


@pytest.mark.parametrize("business", [True, False])
def test_a_rented_home_with_the_seekers_commission_is_refused_for_everybody(business: bool) -> None:
    """It passed with a warning, and for a business with none: asking alone is an offence."""
    words = refusal_of(estates=[a_rented_flat()], contact=a_contact(is_business=business))
    assert "§ 2 Abs. 1a" in words
    assert "Preise & Provision" in words
    assert "Suchauftrag vom" in words


def test_a_search_order_counts_only_where_it_is_older_than_the_landlords() -> None:
    flat = a_rented_flat()
    assert "Auftrag des Eigentümers vom" in refusal_of(estates=[flat], search_order_on=SEEKER)
    flat = a_rented_flat(owner_order_on=SEEKER)
    assert "nicht älter" in refusal_of(estates=[flat], search_order_on=SEEKER)
    assert "nicht älter" in refusal_of(estates=[flat], search_order_on=LANDLORD)
    flat = a_rented_flat(owner_order_on=LANDLORD)
    dispatch = a_dispatch(estates=[flat], search_order_on=SEEKER)
    assert dispatch.gate_row == "consumer-commission-text-form"
    assert "20. Oktober 2026" in str(dispatch.page["offers"])
    assert b'"search_order_on":"2026-10-20"' in bytes(Event.objects.get(subject=str(dispatch.public_id)).leaf)


@pytest.mark.parametrize(
    ("seller", "said"),
    [
        (None, "fehlt, was der Verkäufer zahlt"),
        ("0", "Verkäufer 0"),
        ("1", "Käufer 3,57 %, der Verkäufer 1 %"),
        ("5", "Käufer 3,57 %, der Verkäufer 5 %"),
    ],
)
def test_a_consumer_is_not_asked_unless_both_clients_pay_the_same(seller: str | None, said: str) -> None:
    """It only warned, and the contract would have been void as a whole; of a seller who pays more as well (§ 656c)."""
    home = an_estate(seller_commission_rate=seller and Decimal(seller))
    words = refusal_of(estates=[home])
    for part in (said, "unwirksam", "I ZR 32/24", "Nur der Käufer ist mein Auftraggeber", "im Kaufvertrag“ an"):
        assert part in words
    assert preview(an_agent(), a_letter(estates=[home], contact=a_contact(is_business=True))).frozen


def test_the_stated_reason_is_frozen_shown_and_in_the_ledger_and_makes_no_warning() -> None:
    home = an_estate(seller_commission_rate=None)
    assert not [
        one for one in preview(an_agent(), a_letter(estates=[home], sole_client=True)).frozen.warnings if "656" in one
    ]
    dispatch = a_dispatch(estates=[home], sole_client=True)
    assert dispatch.page["stated"] == {"sole_client": True}
    assert "mit dem Verkäufer haben wir keinen Maklervertrag" in bytes(dispatch.gate_html).decode()
    assert b'"sole_client":true' in bytes(Event.objects.get(subject=str(dispatch.public_id)).leaf)
    paid = an_estate(seller_commission_rate=Decimal(2))
    assert "steht aber eine Provision des Verkäufers" in refusal_of(estates=[paid], sole_client=True)


def test_the_same_amount_in_words_is_as_much_and_other_words_are_not() -> None:
    fields = {"buyer_commission": "9.000 € inkl. MwSt.", "buyer_commission_rate": None, "seller_commission_rate": None}
    assert preview(an_agent(), a_letter(estates=[an_estate(**fields, seller_commission="9.000 € inkl. MwSt.")]))
    assert "unwirksam" in refusal_of(estates=[an_estate(**fields, seller_commission="8.000 € inkl. MwSt.")])


def test_what_is_taken_over_by_the_deed_makes_no_contract_and_names_share_and_due_date() -> None:
    """It could not be said: a needless contract of the buyer's own came about."""
    dispatch = a_dispatch(estates=[an_estate(commission_by_deed=True)])
    assert (dispatch.gate_row, dispatch.page["offers"]) == ("by-deed", [])
    mail = OutgoingMail.objects.get(dispatch_id=str(dispatch.public_id)).mime().decode()
    html = bytes(dispatch.gate_html).decode()
    for words in (html, dispatch.page["shares"][0]["text"]):
        assert "nachweislich gezahlt" in words
        assert "14.994" in words
    assert "656d" in mail.replace("=\n", "")
    assert "Kenne ich schon" not in html
    opened = declare(token_of(dispatch), form_for(dispatch, frozenset(), name=""), CLIENT)
    assert opened.state == DispatchState.OPEN
    assert "fehlt, was" in refusal_of(estates=[an_estate(commission_by_deed=True, seller_commission_rate=None)])
    assert "656d" in refusal_of(estates=[an_estate(commission_by_deed=True, seller_commission_rate=Decimal(1))])
    more = a_dispatch(estates=[an_estate(commission_by_deed=True, seller_commission_rate=Decimal(5))])
    assert more.gate_row == "by-deed"


def ordered(estate: Any, contact: Any) -> Dispatch:
    dispatch = a_dispatch(estates=[estate], contact=contact)
    return declare(token_of(dispatch), form_for(dispatch), CLIENT)


def test_who_has_ordered_the_property_before_is_not_asked_again() -> None:
    """A second sending asked for a second order with a new period."""
    estate, contact = an_estate(), a_contact()
    first = ordered(estate, contact)
    again = a_dispatch(estates=[estate], contact=contact)
    assert again.gate_row == "already-ordered"
    assert again.page["ordered"][0]["dispatch"] == str(first.public_id)
    html = bytes(again.gate_html).decode()
    assert "schon beauftragt" in html
    assert "3,57 % inkl. MwSt." in html
    assert "bestellen" not in html
    opened = declare(token_of(again), form_for(again, frozenset(), name=""), CLIENT)
    assert opened.state == DispatchState.OPEN
    assert opened.period_ends_at is None
    # Another property, and another person, are.
    assert a_dispatch(estates=[an_estate()], contact=contact).gate_row == "consumer-commission-text-form"
    assert a_dispatch(estates=[estate]).gate_row == "consumer-commission-text-form"


def test_an_order_whose_period_runs_opens_nothing_by_a_second_sending() -> None:
    estate, contact = an_estate(), a_contact()
    dispatch = a_dispatch(estates=[estate], contact=contact)
    declare(token_of(dispatch), form_for(dispatch, frozenset()), CLIENT)
    assert "schon beauftragt" in refusal_of(estates=[estate], contact=contact)


def test_a_withdrawal_ends_what_opened_because_of_the_order() -> None:
    estate, contact = an_estate(), a_contact()
    first = ordered(estate, contact)
    again = a_dispatch(estates=[estate], contact=contact)
    declare(token_of(again), form_for(again, frozenset(), name=""), CLIENT)
    withdraw(name="Mara", email="m@b.test", contract="x", token=token_of(first), client=CLIENT)
    again.refresh_from_db()
    assert again.state == DispatchState.WITHDRAWN
    assert Event.objects.filter(subject=str(again.public_id), kind="ContractEnded").exists()
    assert a_dispatch(estates=[estate], contact=contact).gate_row == "consumer-commission-text-form"


def test_a_test_order_is_no_order() -> None:
    estate, contact = an_estate(), a_contact()
    an_office(test_operation=True)
    ordered(estate, contact)
    an_office(test_operation=False)
    assert a_dispatch(estates=[estate], contact=contact).gate_row == "consumer-commission-text-form"


def test_several_properties_of_which_one_was_ordered_ask_for_the_others_only() -> None:
    old, new, contact = an_estate(), an_estate(title="Reihenhaus"), a_contact()
    ordered(old, contact)
    both = a_dispatch(estates=[old, new], contact=contact)
    assert [offer["title"] for offer in both.page["offers"]] == ["Reihenhaus"]
    assert [order["title"] for order in both.page["ordered"]] == ["Helle Altbauwohnung"]
    assert both.gate_row == "consumer-commission-text-form"


def test_a_letter_is_judged_by_what_was_there_when_it_was_sent() -> None:
    """Else replacing an exposé would find its own order."""
    estate, contact = an_estate(), a_contact()
    first = ordered(estate, contact)
    letter = a_letter(estates=[estate], contact=contact)
    assert preview(an_agent(), letter).frozen.row.key == "already-ordered"
    before = replace(letter, as_of=first.created_at)
    assert preview(an_agent(), before).frozen.row.key == "consumer-commission-text-form"


def test_the_periods_end_still_opens_by_itself() -> None:
    dispatch = a_dispatch()
    waiting = declare(token_of(dispatch), form_for(dispatch, BOTH - BOTH), CLIENT)
    Dispatch.objects.filter(pk=waiting.pk).update(period_ends_at=timezone.now() - timedelta(1))
    schedule.slow()
    waiting.refresh_from_db()
    assert waiting.state == DispatchState.OPEN
    assert OutgoingMail.objects.filter(purpose=Purpose.ORDER_RECEIPT).count() == 1

"""Two who order together: a link each, one contract, one end; and who says they know the property already."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from tests.support.office import (
    a_contact,
    a_letter,
    an_agent,
    an_estate,
    an_office,
    the_guard_says,
    token_of,
    withdrawn,
)
from tests.unit.dispatch.recipient.test_declarations import CLIENT, form_for, text_of

from siegelpost.dispatch import links, schedule
from siegelpost.dispatch.frozen.pages import Shown, page_html
from siegelpost.dispatch.links import LinkClosedError
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.recipient import prior_knowledge, withdrawal_desk
from siegelpost.dispatch.recipient.declarations import Form, IncompleteError, StalePageError, declare
from siegelpost.dispatch.send.send import revoke, send
from siegelpost.dispatch.states import DispatchState
from siegelpost.ledger.models import Event
from siegelpost.mail.models import OutgoingMail, Purpose


@pytest.fixture(autouse=True)
def office(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    an_office()
    the_guard_says(True, monkeypatch)


def a_pair(**fields: Any) -> tuple[Dispatch, Dispatch]:
    """Sent to Mara and, together with her, to Jan."""
    partner = fields.pop("partner", None) or a_contact(first_name="Jan", email="jan@berger.test")
    public_id = uuid.uuid4()
    agent, letter = an_agent(), a_letter(partner=partner, **fields)
    first = send(agent, letter, public_id=public_id)
    assert send(agent, letter, public_id=public_id) == first
    second = Dispatch.objects.exclude(pk=first.pk).latest("pk")
    return first, second


def page_of(dispatch: Dispatch) -> str:
    dispatch.refresh_from_db()
    return page_html(Shown.of(dispatch)).decode()


def kinds_of(dispatch: Dispatch) -> list[str]:
    return list(Event.objects.filter(subject=str(dispatch.public_id)).order_by("id").values_list("kind", flat=True))


def test_each_gets_a_mail_and_a_link_and_the_page_names_the_other_and_the_joint_debt() -> None:
    mara, jan = a_pair()
    assert Dispatch.objects.count() == 2
    assert mara.joint == jan.joint is not None
    assert {mail.recipient for mail in OutgoingMail.objects.all()} == {"mara@berger.test", "jan@berger.test"}
    assert token_of(mara) != token_of(jan)
    for dispatch, other in ((mara, "Jan Berger"), (jan, "Mara Berger")):
        html = bytes(dispatch.gate_html).decode()
        assert f"gemeinsam mit {other}" in html
        assert "§ 421 BGB" in html
        assert "fällt nur einmal an" in str(dispatch.page["offers"])


def test_it_opens_for_both_when_both_have_ordered_and_the_period_begins_only_then() -> None:
    mara, jan = a_pair()
    waiting = declare(token_of(mara), form_for(mara), CLIENT)
    assert (waiting.state, waiting.period_ends_at) == (DispatchState.WAITING, None)
    assert "sobald auch <bdi>Jan Berger</bdi> beauftragt hat" in page_of(mara)
    Dispatch.objects.filter(pk=mara.pk).update(declared_at=timezone.now() - timedelta(days=3))
    opened = declare(token_of(jan), form_for(jan), CLIENT)
    mara.refresh_from_db()
    assert opened.state == mara.state == DispatchState.OPEN
    assert mara.period_ends_at is not None
    assert mara.period_ends_at - timezone.now() > timedelta(days=14)
    assert "ContractConcluded" in kinds_of(mara)
    assert "ContractConcluded" not in kinds_of(jan)


def test_who_asked_for_no_early_start_still_waits_when_the_other_orders() -> None:
    mara, jan = a_pair()
    declare(token_of(mara), form_for(mara, frozenset()), CLIENT)
    declare(token_of(jan), form_for(jan), CLIENT)
    mara.refresh_from_db()
    assert mara.state == DispatchState.WAITING
    assert mara.period_ends_at is not None
    assert "Widerrufsfrist vorbei ist" in page_of(mara)


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_the_other_is_confirmed_that_and_hears_again() -> None:
    mara, jan = a_pair()
    declare(token_of(mara), form_for(mara), CLIENT)
    schedule.quick()
    assert "sobald Sie beide beauftragt haben" in text_of(Purpose.CONFIRMATION)
    assert "die zweite Person" in text_of(Purpose.AGENT_NOTICE)
    declare(token_of(jan), form_for(jan), CLIENT)
    schedule.quick()
    told = OutgoingMail.objects.filter(purpose=Purpose.CONFIRMATION, recipient="mara@berger.test")
    assert told.count() == 2


def test_a_withdrawal_of_one_closes_both_and_tells_agent_and_other() -> None:
    mara, jan = a_pair()
    for dispatch in (mara, jan):
        declare(token_of(dispatch), form_for(dispatch), CLIENT)
    withdrawn(name="Mara", email="mara@berger.test", contract="x", token=token_of(mara), client=CLIENT)
    assert set(Dispatch.objects.values_list("state", flat=True)) == {DispatchState.WITHDRAWN}
    assert "Der Vertrag ist widerrufen" in page_of(jan)
    assert kinds_of(jan)[-1] == "ContractEnded"
    assert OutgoingMail.objects.filter(purpose=Purpose.AGENT_NOTICE).exists()
    assert "auch Sie nicht mehr gebunden" in text_of(Purpose.CONFIRMATION)
    assert declare(token_of(jan), form_for(jan), CLIENT).state == DispatchState.WITHDRAWN


def test_when_no_withdrawal_ends_it_after_all_both_go_on_and_hear_so() -> None:
    mara, jan = a_pair()
    for dispatch in (mara, jan):
        declare(token_of(dispatch), form_for(dispatch), CLIENT)
    made = withdrawn(name="Mara", email="mara@berger.test", contract="x", token=token_of(mara), client=CLIENT)
    withdrawal_desk.decide(made, effective=False, by=an_agent())
    for one in (mara, jan):
        one.refresh_from_db()
        assert one.state == DispatchState.OPEN
        told = OutgoingMail.objects.filter(dispatch_id=str(one.public_id)).latest("pk")
        assert told.subject.startswith("Ihr Auftrag besteht weiter")


@pytest.mark.parametrize("how", ["knows", "revoked", "expired"])
def test_without_the_other_no_joint_order_comes_about(how: str) -> None:
    mara, jan = a_pair()
    declare(token_of(mara), form_for(mara), CLIENT)
    if how == "knows":
        prior_knowledge.say(token_of(jan), links.stamp(str(jan.public_id), jan.page), CLIENT)
    elif how == "revoked":
        revoke(jan, by=jan.agent)
    else:
        Dispatch.objects.filter(pk=jan.pk).update(expires_at=timezone.now())
        schedule.slow()
    mara.refresh_from_db()
    assert mara.state == DispatchState.REVOKED
    assert "Der gemeinsame Auftrag kommt nicht zustande" in page_of(mara)
    assert kinds_of(mara)[-1] == "ContractEnded"
    with pytest.raises(LinkClosedError):
        declare(token_of(mara), form_for(mara), CLIENT)


def test_where_nothing_is_ordered_two_recipients_do_not_wait_for_each_other() -> None:
    mara, jan = a_pair(estates=[an_estate(buyer_commission_due=False)])
    assert (mara.joint, jan.joint, mara.page["joint"]) == (None, None, None)
    assert declare(token_of(mara), form_for(mara, frozenset(), name=""), CLIENT).state == DispatchState.OPEN


@pytest.mark.django_db(transaction=True)
def test_two_who_order_in_the_same_moment_both_get_in() -> None:
    pair = a_pair()

    def press(dispatch: Dispatch) -> str:
        try:
            return declare(token_of(dispatch), form_for(dispatch), CLIENT).state
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(press, pair))
    assert set(Dispatch.objects.values_list("state", flat=True)) == {DispatchState.OPEN}
    assert Event.objects.filter(kind="GateOpened").count() == 2


def test_a_business_names_the_party_it_orders_for() -> None:
    """A contract needs a party: outside of homes not even a name was asked for."""
    office = an_estate(kind="commercial", title="Büro")
    dispatch = send(an_agent(), a_letter(estates=[office], contact=a_contact(is_business=True)), public_id=uuid.uuid4())
    assert 'name="party"' in bytes(dispatch.gate_html).decode()
    form = form_for(dispatch, frozenset(), name="Max Huber")
    with pytest.raises(IncompleteError):
        declare(token_of(dispatch), form, CLIENT)
    signed = Form(form.stamp, form.name, form.ticked, party="Geschäftsführer der Huber GmbH")
    opened = declare(token_of(dispatch), signed, CLIENT)
    assert opened.state == DispatchState.OPEN
    assert opened.declarations.get().name == "Max Huber, Geschäftsführer der Huber GmbH"


def test_who_knows_the_property_orders_nothing_opens_nothing_and_the_agent_is_told() -> None:
    """There was no way to say so."""
    dispatch = send(an_agent(), a_letter(), public_id=uuid.uuid4())
    assert "Kenne ich schon" in bytes(dispatch.gate_html).decode()
    with pytest.raises(StalePageError):
        prior_knowledge.say(token_of(dispatch), "0" * 64, CLIENT)
    stamp, token = links.stamp(str(dispatch.public_id), dispatch.page), token_of(dispatch)
    for _ in range(2):
        assert prior_knowledge.say(token, stamp, CLIENT).state == DispatchState.REFUSED
    assert not dispatch.declarations.exists()
    assert kinds_of(dispatch).count("PriorKnowledgeStated") == 1
    assert "kennt die Immobilie schon" in OutgoingMail.objects.get(purpose=Purpose.AGENT_NOTICE).subject
    assert "Es kam kein Vertrag zustande" in page_of(dispatch)
    assert declare(token, form_for(dispatch), CLIENT).state == DispatchState.REFUSED


def test_an_order_is_not_undone_by_saying_one_knows_the_property() -> None:
    dispatch = send(an_agent(), a_letter(), public_id=uuid.uuid4())
    token = token_of(dispatch)
    declare(token, form_for(dispatch), CLIENT)
    stamp = links.stamp(str(dispatch.public_id), dispatch.page)
    assert prior_knowledge.say(token, stamp, CLIENT).state == DispatchState.OPEN

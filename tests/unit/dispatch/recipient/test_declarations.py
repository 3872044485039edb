"""The recipient at the gate: what opens it, what does not, and what is kept."""

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import policy
from email.parser import BytesParser
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from tests.support.office import a_contact, a_dispatch, an_estate, an_office, the_guard_says, token_of, withdrawn

from siegelpost.dispatch import links, schedule
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.links import LinkClosedError, LinkUnknownError
from siegelpost.dispatch.mails import letters
from siegelpost.dispatch.models import Dispatch, Withdrawal
from siegelpost.dispatch.recipient.declarations import Client, Form, IncompleteError, StalePageError, declare
from siegelpost.dispatch.recipient.withdrawals import may_withdraw
from siegelpost.dispatch.send.send import revoke
from siegelpost.dispatch.states import DispatchState
from siegelpost.ledger.models import Event
from siegelpost.mail.models import OutgoingMail, Purpose
from siegelpost.mail.outgoing.compose import Attachment
from siegelpost.templating import environment

CLIENT = Client("203.0.113.7", "Mozilla/5.0")
BOTH = frozenset({DeclarationKind.BEGIN_EARLY, DeclarationKind.KNOWS_LOSS})


@pytest.fixture(autouse=True)
def office(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    an_office()
    the_guard_says(True, monkeypatch)


def form_for(
    dispatch: Dispatch, ticked: frozenset[DeclarationKind] = BOTH, name: str = "Mara Berger", party: str = ""
) -> Form:
    return Form(links.stamp(str(dispatch.public_id), dispatch.page), name, ticked, party)


def test_both_declarations_and_a_name_open_the_gate() -> None:
    dispatch = a_dispatch()
    opened = declare(token_of(dispatch), form_for(dispatch), CLIENT)
    assert opened.state == DispatchState.OPEN
    assert set(opened.declarations.values_list("kind", flat=True)) == {"order", "begin_early", "knows_loss"}
    assert {"DeclarationMade", "GateOpened", "ContentConsignment"} <= set(Event.objects.values_list("kind", flat=True))


@pytest.mark.parametrize(
    "ticked",
    [frozenset[DeclarationKind](), BOTH - {DeclarationKind.BEGIN_EARLY}, BOTH - {DeclarationKind.KNOWS_LOSS}],
)
def test_without_both_the_content_waits_for_the_period_and_then_opens_by_itself(
    ticked: frozenset[DeclarationKind],
) -> None:
    dispatch = a_dispatch()
    token = token_of(dispatch)
    waiting = declare(token, form_for(dispatch, ticked), CLIENT)
    assert waiting.state == DispatchState.WAITING
    assert waiting.period_ends_at is not None
    assert timedelta(days=14) < waiting.period_ends_at - timezone.now() < timedelta(days=20)
    schedule.slow()
    waiting.refresh_from_db()
    assert waiting.state == DispatchState.WAITING
    Dispatch.objects.update(period_ends_at=timezone.now())
    schedule.slow()
    waiting.refresh_from_db()
    assert waiting.state == DispatchState.OPEN


def test_an_early_start_can_still_be_asked_for_while_waiting() -> None:
    dispatch = a_dispatch()
    token = token_of(dispatch)
    waiting = declare(token, form_for(dispatch, frozenset()), CLIENT)
    assert declare(token, form_for(waiting), CLIENT).state == DispatchState.OPEN
    assert sorted(dispatch.declarations.values_list("kind", flat=True)) == ["begin_early", "knows_loss", "order"]


def test_without_the_name_nothing_is_declared() -> None:
    dispatch = a_dispatch()
    with pytest.raises(IncompleteError):
        declare(token_of(dispatch), form_for(dispatch, name="  "), CLIENT)
    assert not dispatch.declarations.exists()


def test_a_forged_or_stale_form_declares_nothing() -> None:
    dispatch, other = a_dispatch(), a_dispatch()
    for stamp in ("", "0" * 64, links.stamp(str(other.public_id), other.page), "ä"):
        with pytest.raises(StalePageError):
            declare(token_of(dispatch), Form(stamp, "Mara", BOTH), CLIENT)
    form = form_for(dispatch)
    dispatch.page["message"] = "geändert"
    dispatch.save()
    with pytest.raises(StalePageError):
        declare(token_of(dispatch), form, CLIENT)
    assert not dispatch.declarations.exists()


def test_sending_the_form_twice_changes_nothing() -> None:
    dispatch = a_dispatch()
    token = token_of(dispatch)
    declare(token, form_for(dispatch), CLIENT)
    before = Event.objects.count()
    assert declare(token, form_for(dispatch), CLIENT).state == DispatchState.OPEN
    assert Event.objects.count() == before


def test_a_commission_free_exposé_opens_with_one_press_and_asks_for_nothing() -> None:
    dispatch = a_dispatch(estates=[an_estate(buyer_commission_due=False)])
    opened = declare(token_of(dispatch), form_for(dispatch, frozenset(), name=""), CLIENT)
    assert opened.state == DispatchState.OPEN
    assert not may_withdraw(opened)


def test_a_business_orders_without_a_right_of_withdrawal() -> None:
    dispatch = a_dispatch(contact=a_contact(is_business=True))
    opened = declare(token_of(dispatch), form_for(dispatch, frozenset(), party="Inhaberin der Firma Berger"), CLIENT)
    assert opened.state == DispatchState.OPEN
    assert opened.period_ends_at is None
    assert opened.declarations.get().name == "Mara Berger, Inhaberin der Firma Berger"


def test_an_unknown_an_expired_and_a_revoked_link_open_nothing() -> None:
    dispatch = a_dispatch()
    token = token_of(dispatch)
    with pytest.raises(LinkUnknownError):
        declare("x" * 32, form_for(dispatch), CLIENT)
    Dispatch.objects.update(expires_at=timezone.now())
    with pytest.raises(LinkClosedError):
        declare(token, form_for(dispatch), CLIENT)
    schedule.slow()
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.EXPIRED
    with pytest.raises(LinkClosedError):
        declare(token, form_for(dispatch), CLIENT)


@pytest.mark.django_db(transaction=True)
def test_the_confirmation_brings_the_declared_text_the_exposé_and_the_seal_once() -> None:
    dispatch = a_dispatch()
    declare(token_of(dispatch), form_for(dispatch), CLIENT)
    schedule.quick()
    schedule.quick()
    mail = OutgoingMail.objects.get(purpose=Purpose.CONFIRMATION)
    message = BytesParser(policy=policy.default).parsebytes(mail.mime())
    body = message.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "vor Ende der Widerrufsfrist" in text
    assert "Mara Berger" in text
    assert "BEGIN SIEGEL" in text
    names = [part.get_filename() for part in message.iter_attachments()]
    assert names == ["Auftrag und Erklärungen.pdf", "Exposé.pdf"]
    agents = OutgoingMail.objects.get(purpose=Purpose.AGENT_NOTICE)
    for told in (message, BytesParser(policy=policy.default).parsebytes(agents.mime())):
        attached = next(told.iter_attachments()).get_content()
        words = " ".join(
            subprocess.run(["pdftotext", "-", "-"], input=attached, capture_output=True, check=True)
            .stdout.decode()
            .split()
        )
        assert "Zahlungspflichtig bestellen" in words
        assert "Mir ist bekannt, dass mein Widerrufsrecht erlischt" in words
        assert "schulden Sie uns die in Ihrer Bestellung" in words
        assert "Muster-Widerrufsformular" in words


@pytest.mark.django_db(transaction=True)
def test_whoever_waits_is_told_why_and_until_when_and_is_promised_no_period_that_is_over() -> None:
    """Also whoever asked for the early start and left out the second declaration."""
    dispatch = a_dispatch()
    waiting = declare(token_of(dispatch), form_for(dispatch, BOTH - {DeclarationKind.KNOWS_LOSS}), CLIENT)
    ends = waiting.period_ends_at
    assert ends
    schedule.quick()
    opens = environment("de").filters["day"](ends)
    confirmation, agents = (text_of(purpose) for purpose in (Purpose.CONFIRMATION, Purpose.AGENT_NOTICE))
    assert "fehlt noch mindestens eine der beiden Erklärungen" in confirmation
    assert f"nach dem Ende der Widerrufsfrist, am {opens}" in confirmation
    assert "Sie können den Vertrag bis einschließlich" in confirmation
    assert f"öffnet sich von selbst am {opens}" in agents
    Dispatch.objects.update(period_ends_at=timezone.now() - timedelta(seconds=1))
    schedule.slow()
    schedule.quick()
    confirmation, agents = (text_of(purpose) for purpose in (Purpose.CONFIRMATION, Purpose.AGENT_NOTICE))
    assert "freigegeben" in confirmation
    assert "Sie können den Vertrag bis einschließlich" not in confirmation
    assert "Das Exposé ist offen." in agents


@pytest.mark.django_db(transaction=True)
def test_who_agreed_on_nothing_is_not_told_to_have_declared_something(monkeypatch: pytest.MonkeyPatch) -> None:
    """And an exposé that is too large for a mail is said to be."""
    monkeypatch.setattr(letters, "LARGEST_ATTACHED", 1)
    dispatch = a_dispatch(estates=[an_estate(buyer_commission_due=False)])
    declare(token_of(dispatch), form_for(dispatch, frozenset(), name=""), CLIENT)
    schedule.quick()
    text = text_of(Purpose.CONFIRMATION)
    assert "Das haben Sie erklärt" not in text
    assert "Als Anhang wäre es zu groß" in text


def text_of(purpose: Purpose) -> str:
    """Of the newest mail of this purpose."""
    mail = OutgoingMail.objects.filter(purpose=purpose).latest("pk")
    body = BytesParser(policy=policy.default).parsebytes(mail.mime()).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_a_withdrawal_is_acknowledged_at_once_and_closes_the_content() -> None:
    dispatch = a_dispatch()
    token = token_of(dispatch)
    opened = declare(token, form_for(dispatch), CLIENT)
    assert may_withdraw(opened)
    withdrawn(name="Mara Berger", email="mara@berger.test", contract=dispatch.subject, token=token, client=CLIENT)
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.WITHDRAWN
    mail = OutgoingMail.objects.get(purpose=Purpose.WITHDRAWAL_ACKNOWLEDGEMENT)
    assert mail.recipient == "mara@berger.test"
    # Content, date and time (§ 356a (4) BGB).
    made = environment("de").filters["instant"](Withdrawal.objects.get().made_at)
    text = text_of(Purpose.WITHDRAWAL_ACKNOWLEDGEMENT)
    for words in ("Hiermit widerrufe ich", dispatch.subject, made):
        assert words in text
    assert OutgoingMail.objects.filter(purpose=Purpose.AGENT_NOTICE).exists()


def test_a_withdrawal_from_the_public_address_names_no_dispatch_and_is_acknowledged() -> None:
    made = withdrawn(name="A B", email="a@b.test", contract="Wohnung Gartenstraße", token=None, client=CLIENT)
    assert made.dispatch is None
    assert OutgoingMail.objects.filter(purpose=Purpose.WITHDRAWAL_ACKNOWLEDGEMENT, recipient="a@b.test").exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_who_press_at_once_each_declaration_is_made_once() -> None:
    dispatch = a_dispatch()
    token, form = token_of(dispatch), form_for(dispatch)

    def press(_: int) -> str:
        try:
            return declare(token, form, CLIENT).state
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        states = set(pool.map(press, range(8)))
    assert states == {DispatchState.OPEN}
    assert dispatch.declarations.count() == 3
    assert Event.objects.filter(kind="GateOpened").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_confirmation_that_cannot_be_made_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = a_dispatch(), a_dispatch()
    for dispatch in (first, second):
        declare(token_of(dispatch), form_for(dispatch), CLIENT)
    Dispatch.objects.filter(pk=first.pk).update(pdf_sha256="0" * 64)  # the file is gone
    schedule.quick()
    mails = OutgoingMail.objects.filter(purpose=Purpose.CONFIRMATION)
    assert [mail.dispatch_id for mail in mails] == [str(second.public_id)]
    assert Dispatch.objects.get(pk=first.pk).confirmation_due


@pytest.mark.django_db(transaction=True)
def test_who_goes_on_while_the_confirmation_is_made_is_told_how_it_stands_then(monkeypatch: pytest.MonkeyPatch) -> None:
    dispatch = a_dispatch()
    token = token_of(dispatch)
    waiting = declare(token, form_for(dispatch, frozenset()), CLIENT)

    made = Attachment

    def attach(*args: Any) -> Any:
        if Dispatch.objects.get(pk=dispatch.pk).state == DispatchState.WAITING:
            declare(token, form_for(waiting), CLIENT)
        return made(*args)

    monkeypatch.setattr(letters, "Attachment", attach)
    schedule.quick()
    schedule.quick()
    mail = OutgoingMail.objects.filter(purpose=Purpose.CONFIRMATION).latest("pk")
    message = BytesParser(policy=policy.default).parsebytes(mail.mime())
    assert "Exposé.pdf" in [part.get_filename() for part in message.iter_attachments()]


@pytest.mark.django_db(transaction=True)
def test_a_huge_exposé_is_confirmed_by_its_link(monkeypatch: pytest.MonkeyPatch) -> None:
    dispatch = a_dispatch()
    declare(token_of(dispatch), form_for(dispatch), CLIENT)
    monkeypatch.setattr(letters, "LARGEST_ATTACHED", 1000)
    schedule.quick()
    mail = OutgoingMail.objects.get(purpose=Purpose.CONFIRMATION)
    message = BytesParser(policy=policy.default).parsebytes(mail.mime())
    assert "Exposé.pdf" not in [part.get_filename() for part in message.iter_attachments()]
    assert links.find(token_of(dispatch)) == dispatch


@pytest.mark.django_db(transaction=True)
def test_each_new_declaration_is_confirmed() -> None:
    dispatch = a_dispatch()
    token = token_of(dispatch)
    waiting = declare(token, form_for(dispatch, frozenset()), CLIENT)
    schedule.quick()
    declare(token, form_for(waiting, frozenset({DeclarationKind.KNOWS_LOSS})), CLIENT)
    schedule.quick()
    assert OutgoingMail.objects.filter(purpose=Purpose.CONFIRMATION).count() == 2


def test_a_revoked_dispatch_still_sends_what_confirms_the_declaration() -> None:
    dispatch = a_dispatch()
    declare(token_of(dispatch), form_for(dispatch, frozenset()), CLIENT)
    Dispatch.objects.update(confirmation_due=False)
    OutgoingMail.objects.update(purpose=Purpose.CONFIRMATION)
    revoke(dispatch, by=dispatch.agent)
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {"queued"}


def test_an_expired_dispatchs_mail_does_not_go_out() -> None:
    dispatch = a_dispatch()
    Dispatch.objects.update(expires_at=timezone.now())
    schedule.slow()
    assert OutgoingMail.objects.get(dispatch_id=str(dispatch.public_id)).state == "cancelled"


def test_the_same_withdrawal_twice_is_one() -> None:
    dispatch = a_dispatch()
    token = token_of(dispatch)
    declare(token, form_for(dispatch), CLIENT)
    made = [
        withdrawn(name="Mara", email="mara@berger.test", contract=dispatch.subject, token=token, client=CLIENT)
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert OutgoingMail.objects.filter(purpose=Purpose.WITHDRAWAL_ACKNOWLEDGEMENT).count() == 1
    assert Event.objects.filter(kind="WithdrawalDeclared").count() == 1


def test_the_event_names_what_was_shown() -> None:
    dispatch = a_dispatch()
    declare(token_of(dispatch), form_for(dispatch), CLIENT)
    events = Event.objects.filter(kind="DeclarationMade").order_by("id")
    data = [json.loads(bytes(event.leaf))["data"] for event in events]
    assert [one["text"] for one in data][-1] == "Zahlungspflichtig bestellen"
    for one in data:
        assert one["label"] == "Zahlungspflichtig bestellen"
        assert one["offers"][0]["commission"].startswith("3,57 % inkl. MwSt.")
        assert one["offers"][0]["who"] == "Sie als Käufer/in"
        assert {text["kind"] for text in one["texts"]} >= {"withdrawal_policy", "withdrawal_form", "contract"}
        assert one["language"] == "de"
        assert one["version"]
        assert one["policy_arrived"] is True


@pytest.mark.parametrize(
    ("fate", "arrived"), [("queued", True), ("accepted", True), ("bounced", False), ("refused", False)]
)
def test_the_period_is_long_where_nothing_proves_that_the_policy_arrived(fate: str, arrived: bool) -> None:
    dispatch = a_dispatch()
    token = token_of(dispatch)
    OutgoingMail.objects.update(state=fate)
    ordered = declare(token, form_for(dispatch, frozenset()), CLIENT)
    assert ordered.period_ends_at is not None
    days = (ordered.period_ends_at - timezone.now()).days
    assert (14 <= days <= 20) if arrived else (378 <= days <= 386)
    assert ordered.policy_arrived is arrived


def test_a_link_that_came_without_the_texts_proves_no_arrival() -> None:
    dispatch = a_dispatch()
    _, token = links.new_link(dispatch)
    assert declare(token, form_for(dispatch), CLIENT).policy_arrived is False

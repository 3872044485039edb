"""Sending: what is frozen, what is queued, what the guard stops."""

import hashlib
import json
import uuid
from email import policy
from email.parser import BytesParser

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser
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

from siegelpost.dispatch import links
from siegelpost.dispatch.frozen.snapshot import NotReadyError
from siegelpost.dispatch.models import Dispatch, Link
from siegelpost.dispatch.send import letter_draft
from siegelpost.dispatch.send.send import RefusedByGuardError, preview, release_held, revoke, send
from siegelpost.dispatch.states import DispatchState, NotPossibleError
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.models import Event
from siegelpost.mail.models import OutgoingMail
from siegelpost.office import editor, texts
from siegelpost.office.button_labels import LabelRefusedError
from siegelpost.office.current import the_office
from siegelpost.office.models import Language, LegalText, Role, TextKind, WhenUnknown
from siegelpost.office.tokens import token_hash

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]


def events_of(dispatch: Dispatch) -> list[str]:
    return list(Event.objects.filter(subject=str(dispatch.public_id)).order_by("id").values_list("kind", flat=True))


def test_a_dispatch_is_frozen_logged_and_queued_at_once() -> None:
    dispatch = a_dispatch()
    assert dispatch.state == DispatchState.QUEUED
    assert events_of(dispatch) == [EventKind.SUBMISSION_ACCEPTANCE]
    mail = OutgoingMail.objects.get(dispatch_id=str(dispatch.public_id))
    assert mail.recipient == "mara@berger.test"
    body = mail.mime().decode(errors="replace")
    assert "mara@berger.test" in body


def test_the_mail_carries_policy_and_form_and_the_link_but_no_picture() -> None:
    dispatch = a_dispatch()
    mail = OutgoingMail.objects.get(dispatch_id=str(dispatch.public_id))
    message = BytesParser(policy=policy.default).parsebytes(mail.mime())
    for part in ("plain", "html"):
        body = message.get_body((part,))
        assert body is not None
        text = body.get_content()
        assert "Widerrufsbelehrung" in text
        assert "Muster-Widerrufsformular" in text
        assert "/s/" in text
        assert "<img" not in text
        assert "http://" not in text


def test_the_token_is_kept_only_as_a_hash() -> None:
    dispatch = a_dispatch()
    token = token_of(dispatch)
    assert bytes(Link.objects.get().token_hash) == token_hash(token)
    assert links.find(token) == dispatch
    assert token not in json.dumps(dispatch.page)
    for mail in OutgoingMail.objects.all():
        assert token.encode() not in bytes(mail.content.sealed)


def test_a_later_change_of_the_property_does_not_reach_back() -> None:
    estate = an_estate()
    dispatch = a_dispatch(estates=[estate])
    estate.title = "Ganz anders"
    estate.save()
    dispatch.refresh_from_db()
    assert dispatch.page["estates"][0]["title"] == "Helle Altbauwohnung"


def test_an_unreleased_street_stays_behind_the_gate() -> None:
    dispatch = a_dispatch(estates=[an_estate(address_released=False)])
    assert "Gartenstraße" not in json.dumps(dispatch.page, ensure_ascii=False)
    assert "Gartenstraße" in json.dumps(dispatch.content, ensure_ascii=False)


def test_a_double_tap_sends_once() -> None:
    agent, letter, public_id = an_agent(), a_letter(), uuid.uuid4()
    first, second = (send(agent, letter, public_id=public_id) for _ in range(2))
    assert first == second
    assert OutgoingMail.objects.count() == 1


def test_another_agents_dispatch_is_not_given_away_by_its_number() -> None:
    dispatch = a_dispatch()
    with pytest.raises(IntegrityError), transaction.atomic():
        send(an_agent(), a_letter(contact=a_contact(email="else@where.test")), public_id=dispatch.public_id)


def test_a_red_guard_refuses_and_nothing_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    the_guard_says(False, monkeypatch)
    with pytest.raises(RefusedByGuardError) as refused:
        a_dispatch()
    assert refused.value.verdict.problems[0].code == "ERR_CERT_AUTHORITY_INVALID"
    assert set(refused.value.verdict.problems[0].cause) == {"de", "en"}
    assert not Dispatch.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_what_was_held_goes_out_by_itself_when_the_guard_turns_green(monkeypatch: pytest.MonkeyPatch) -> None:
    the_guard_says(False, monkeypatch)
    dispatch = send(an_agent(), a_letter(), public_id=uuid.uuid4(), hold=True)
    assert dispatch.state == DispatchState.HELD
    assert not OutgoingMail.objects.exists()
    assert release_held() == 0
    the_guard_says(True, monkeypatch)
    assert release_held() == 1
    assert release_held() == 0
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.QUEUED
    assert dispatch.held_because is None
    assert OutgoingMail.objects.count() == 1
    assert events_of(dispatch) == ["SubmissionAcceptance", "DispatchHeld", "DispatchReleased"]


def test_test_operation_does_not_let_a_held_dispatch_slip_out_unmarked(monkeypatch: pytest.MonkeyPatch) -> None:
    the_guard_says(False, monkeypatch)
    send(an_agent(), a_letter(), public_id=uuid.uuid4(), hold=True)
    an_office(test_operation=True)
    assert release_held() == 0
    assert not OutgoingMail.objects.exists()


def test_the_page_is_frozen_as_bytes_and_named_in_the_ledger() -> None:
    dispatch = a_dispatch()
    data = json.loads(bytes(Event.objects.get(subject=str(dispatch.public_id)).leaf))["data"]
    assert data["gate_sha256"] == hashlib.sha256(dispatch.gate_html).hexdigest()
    html = bytes(dispatch.gate_html).decode()
    assert "Zahlungspflichtig bestellen" in html
    assert links.stamp(str(dispatch.public_id), dispatch.page) in html
    assert "Gartenstraße" not in html
    assert " checked" not in html


@pytest.mark.parametrize(("when_unknown", "goes"), [(WhenUnknown.HOLD, False), (WhenUnknown.SEND, True)])
def test_where_the_doctor_cannot_tell_the_office_decides(
    when_unknown: WhenUnknown, goes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_office(when_unknown=when_unknown)
    the_guard_says(None, monkeypatch)
    dispatch = send(an_agent(), a_letter(), public_id=uuid.uuid4(), hold=True)
    assert (dispatch.state == DispatchState.QUEUED) == goes


def test_test_operation_sends_and_marks_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    an_office(test_operation=True)
    the_guard_says(False, monkeypatch)
    dispatch = a_dispatch()
    assert dispatch.test
    assert dispatch.page["test"]
    assert OutgoingMail.objects.get().subject.startswith("[TEST]")


def test_a_missing_text_is_named_and_nothing_is_sent() -> None:
    LegalText.objects.filter(kind=TextKind.WITHDRAWAL_POLICY).delete()
    with pytest.raises(NotReadyError, match="Widerrufsbelehrung"):
        a_dispatch()
    assert not Dispatch.objects.exists()


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"contact": {"email": ""}}, "E-Mail-Adresse"),
        ({"estate": {"buyer_commission": ""}}, "Provision"),
        ({"estate": {"buyer_commission": "9.000 €", "buyer_commission_rate": None}}, "MwSt"),
    ],
)
def test_what_is_missing_is_named(fields: dict[str, dict[str, str]], reason: str) -> None:
    letter = a_letter(contact=a_contact(**fields.get("contact", {})), estates=[an_estate(**fields.get("estate", {}))])
    with pytest.raises(NotReadyError, match=reason):
        preview(an_agent(), letter)


def test_a_label_that_makes_no_contract_is_refused_at_sending() -> None:
    with pytest.raises(LabelRefusedError):
        a_dispatch(button_label="Senden")


@pytest.mark.parametrize("language", Language)
def test_a_policy_without_the_withdrawal_function_warns_and_goes_out_all_the_same(language: Language) -> None:
    agent, letter = an_agent(), a_letter(language=language)
    assert not [warning for warning in preview(agent, letter).frozen.warnings if "356a" in warning]
    old = texts.current(TextKind.WITHDRAWAL_POLICY, language)
    assert old
    kept = "\n\n".join(part for part in old.text.split("\n\n") if "online" not in part)
    texts.publish(TextKind.WITHDRAWAL_POLICY, language, kept)
    assert [warning for warning in preview(agent, letter).frozen.warnings if "356a" in warning]
    assert send(agent, letter, public_id=uuid.uuid4()).state == DispatchState.QUEUED


def test_a_hidden_street_is_told_neither_by_subject_nor_offer_nor_by_the_mail() -> None:
    estate = an_estate(title="Altbau in der Gartenstr. 5", address_released=False)
    words = letter_draft.subject([estate], Language.GERMAN)
    assert "Gartenstr" not in words
    dispatch = a_dispatch(estates=[estate, an_estate()], subject=words)
    assert "Gartenstr" not in json.dumps(dispatch.page, ensure_ascii=False).replace(
        json.dumps(dispatch.page["estates"][1], ensure_ascii=False), ""
    )
    told = preview(an_agent(), a_letter(estates=[estate], message="Es ist die Gartenstraße!")).frozen.warnings
    assert any("nennt die Straße" in warning for warning in told)


def test_several_properties_are_gated_by_the_strictest_rule_and_the_agent_is_told() -> None:
    free, flat = an_estate(title="Garage", kind="parking", buyer_commission_due=False), an_estate()
    frozen = preview(an_agent(), a_letter(estates=[free, flat])).frozen
    assert frozen.row.key == "consumer-commission-text-form"
    assert [offer["title"] for offer in frozen.page["offers"]] == ["Helle Altbauwohnung"]
    assert "bei 420.000\u00a0€ sind das 14.994\u00a0€" in frozen.page["offers"][0]["commission"]
    assert any("eigenen Sendung" in warning and "Garage" in warning for warning in frozen.warnings)


def test_the_office_chooses_its_label_from_the_list_only() -> None:
    office = an_office(order_label_de="Provisionspflichtig beauftragen")
    assert a_dispatch().page["gate"]["button"]["label"] == "Provisionspflichtig beauftragen"
    office.order_label_de = "Senden"
    with pytest.raises(LabelRefusedError):
        editor.save(office)
    assert the_office().order_label_de == "Provisionspflichtig beauftragen"


def test_where_a_label_is_chosen_it_says_that_it_is_not_the_laws_own() -> None:
    """No decision approves labels that name the commission instead of the payment."""
    an_office(order_label_de="Provisionspflichtig beauftragen")
    browser = Browser()
    browser.force_login(an_agent(role=Role.ADMINISTRATOR))
    letter = f"/send/?contact={a_contact().public_id}&estate={an_estate().public_id}"
    for path in ("/settings/sending/", letter):
        page = browser.get(path, secure=True).content.decode()
        assert "Provisionspflichtig beauftragen (nicht der gesetzliche Wortlaut)" in page
        assert "Zahlungspflichtig bestellen (nicht" not in page


def test_an_english_dispatch_speaks_english() -> None:
    dispatch = a_dispatch(language=Language.ENGLISH, contact=a_contact(language="en"))
    assert dispatch.page["gate"]["button"]["label"] == "Order with obligation to pay"
    assert "right of withdrawal" in dispatch.page["gate"]["declarations"][1]["text"]
    assert "Right of withdrawal" in dispatch.page["texts"][0]["text"]


def test_revoking_stops_the_mail_and_the_link() -> None:
    dispatch = a_dispatch()
    revoked = revoke(dispatch, by=dispatch.agent)
    assert OutgoingMail.objects.get().state == "cancelled"
    with pytest.raises(links.LinkClosedError):
        links.refuse_if_closed(revoked)
    with pytest.raises(NotPossibleError):
        revoke(dispatch, by=dispatch.agent)


def test_what_was_held_unmarked_does_not_slip_out_in_test_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    the_guard_says(False, monkeypatch)
    send(an_agent(), a_letter(), public_id=uuid.uuid4(), hold=True)
    an_office(test_operation=True)
    assert release_held() == 0
    assert not OutgoingMail.objects.exists()


def test_texts_that_make_the_mail_too_long_are_named_before_sending() -> None:
    texts.publish(TextKind.PRIVACY, Language.GERMAN, "Wir sagen viel. " * 8000)
    with pytest.raises(NotReadyError, match="Datenschutzhinweise"):
        preview(an_agent(), a_letter())

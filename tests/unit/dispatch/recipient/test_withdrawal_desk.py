"""Withdrawals that came by letter, phone or mail, entered by the office: they end the contract like any other."""

import hashlib
import io
import json
import uuid
import zipfile
from datetime import date, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client as Browser
from django.utils import timezone
from tests.support.office import a_contact, a_dispatch, an_agent, token_of, withdrawn

from siegelpost import storage
from siegelpost.dispatch import links, schedule
from siegelpost.dispatch.evidence import proof, retention
from siegelpost.dispatch.frozen.pages import Shown, page_html
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.models import Dispatch, Leftover, Way, Withdrawal
from siegelpost.dispatch.recipient import withdrawal_desk
from siegelpost.dispatch.recipient.declarations import Client, Form, declare
from siegelpost.dispatch.recipient.withdrawal_desk import NotMeantError, NotReceivedError, Received
from siegelpost.dispatch.states import DispatchState
from siegelpost.ledger.models import Event
from siegelpost.mail.incoming import routing
from siegelpost.mail.models import IncomingMail, OutgoingMail, Purpose
from siegelpost.office.models import Agent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]
CLIENT = Client("203.0.113.7", "Mozilla/5.0")


def ordered(*, early: bool = True, **fields: Any) -> Dispatch:
    dispatch = a_dispatch(**fields)
    ticked = frozenset(DeclarationKind) if early else frozenset()
    form = Form(links.stamp(str(dispatch.public_id), dispatch.page), "Mara Berger", ticked, "Firma Berger")
    return declare(token_of(dispatch), form, Client("203.0.113.7", "Mozilla/5.0"))


def today() -> date:
    return timezone.localdate()


def signed_in(agent: Agent | None = None) -> Browser:
    browser = Browser()
    browser.force_login(agent or an_agent())
    return browser


def declared() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(bytes(Event.objects.filter(kind="WithdrawalDeclared").latest("id").leaf))["data"]
    return data


def acknowledgement() -> OutgoingMail:
    return OutgoingMail.objects.filter(purpose=Purpose.WITHDRAWAL_ACKNOWLEDGEMENT).latest("pk")


def a_reply(dispatch: Dispatch, words: str) -> IncomingMail:
    mail = OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id)).latest("pk")
    message = EmailMessage()
    message["From"], message["To"], message["In-Reply-To"] = dispatch.contact.email, mail.sender, mail.message_id
    message.set_content(words)
    received = routing.take_in(message.as_bytes()).received
    assert received
    routing.mark_handled(received, withdrawal_desk.SAID_BY_MAIL)
    return received


@pytest.mark.parametrize("way", [Way.LETTER, Way.PHONE, Way.FAX, Way.PERSON])
@pytest.mark.parametrize("early", [True, False])
def test_in_each_form_it_ends_the_contract_and_is_acknowledged(way: Way, early: bool) -> None:
    """Only the page could record one: after a letter the exposé opened by itself, and the proof showed a contract."""
    dispatch, agent = ordered(early=early), an_agent()
    received = Received(way, today(), note="Anruf um neun")
    made = withdrawal_desk.receive(dispatch, received, by=agent)
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.WITHDRAWN
    data = declared()
    assert (data["way"], data["received_on"], data["by"]) == (way, today().isoformat(), str(agent.public_id))
    assert "Anruf" not in json.dumps(data), "personal words stand behind a salted hash"
    body = acknowledgement().mime().decode()
    assert str(dispatch.public_id) in body
    assert "nicht die Wirksamkeit" in body
    assert made.late is False
    schedule.slow()
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.WITHDRAWN


def test_the_way_is_named_in_the_recipients_language() -> None:
    dispatch = ordered()
    Dispatch.objects.filter(pk=dispatch.pk).update(language="en")
    withdrawal_desk.receive(dispatch, Received(Way.LETTER, today()), by=an_agent())
    assert "by letter" in acknowledgement().mime().decode()


def test_what_cannot_be_is_refused_with_the_reason() -> None:
    dispatch, agent = ordered(), an_agent()
    for received in (
        Received(Way.LETTER, today() + timedelta(days=1)),
        Received(Way.LETTER, today() - timedelta(days=1)),
        Received(Way.PAGE, today()),
        Received(Way.MAIL, today(), reply=uuid.uuid4()),
        Received(Way.LETTER, today(), file=b"x" * (withdrawal_desk.LARGEST_FILE + 1)),
    ):
        with pytest.raises(NotReceivedError):
            withdrawal_desk.receive(dispatch, received, by=agent)
    with pytest.raises(NotMeantError):
        withdrawal_desk.receive(a_dispatch(), Received(Way.LETTER, today()), by=agent)
    business = ordered(contact=a_contact(is_business=True))
    with pytest.raises(NotMeantError):
        withdrawal_desk.receive(business, Received(Way.LETTER, today()), by=agent)
    assert not Withdrawal.objects.exists()


def test_a_late_letter_changes_nothing_before_the_office_decides() -> None:
    """A letter that was posted in time is in time although it arrives later: a person has to look at it."""
    dispatch = ordered()
    long_ago = timezone.now() - timedelta(days=40)
    Dispatch.objects.filter(pk=dispatch.pk).update(declared_at=long_ago, period_ends_at=long_ago + timedelta(days=15))
    made = withdrawal_desk.receive(dispatch, Received(Way.LETTER, today()), by=an_agent())
    dispatch.refresh_from_db()
    assert (made.late, dispatch.state) == (True, DispatchState.OPEN)
    withdrawal_desk.decide(made, effective=True, by=an_agent())
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.WITHDRAWN


def test_the_day_of_receipt_counts_to_its_end() -> None:
    """Entered days later, it counts from the day it lay in the letter box."""
    dispatch = ordered()
    begin = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    Dispatch.objects.filter(pk=dispatch.pk).update(declared_at=begin - timedelta(days=16), period_ends_at=begin)
    in_time = Received(Way.LETTER, (begin - timedelta(days=1)).date())
    assert not withdrawal_desk.receive(dispatch, in_time, by=an_agent()).late
    assert withdrawal_desk.receive(dispatch, Received(Way.LETTER, begin.date()), by=an_agent()).late


@pytest.mark.django_db(transaction=True)
def test_the_form_takes_the_letter_and_the_proof_holds_it() -> None:
    dispatch, browser = ordered(), signed_in()
    scan = b"%PDF-1.7 Hiermit widerrufe ich"
    page = f"/dispatches/{dispatch.public_id}/withdrawal/"
    assert "Widerruf eintragen" in browser.get(page, secure=True).content.decode()
    refused = browser.post(page, {"way": "letter", "on": "2020-01-01"}, secure=True)
    assert refused.status_code == 422
    fields = {"way": "letter", "on": today().isoformat(), "file": SimpleUploadedFile("Brief.pdf", scan)}
    assert browser.post(page, fields, secure=True).status_code == 302
    made = Withdrawal.objects.get()
    assert declared()["file_sha256"] == hashlib.sha256(scan).hexdigest()
    assert _in_proof(dispatch, "withdrawal/", "-letter.pdf") == [scan]
    kept = browser.get(f"/withdrawals/{made.public_id}/file/", secure=True)
    assert b"".join(kept.streaming_content) == scan  # type: ignore[attr-defined]  # it is a file
    assert kept.headers["Content-Disposition"].startswith("attachment")
    shown = browser.get(f"/dispatches/{dispatch.public_id}/", secure=True).content.decode()
    assert "Widerruf per Brief, eingegangen am" in shown
    # With the dispatch its letter goes, too.
    with transaction.atomic():
        retention.erase(Dispatch.objects.get(pk=dispatch.pk))
    assert Leftover.objects.filter(sha256=made.file_sha256).exists()
    assert storage.read(made.file_sha256) == scan


@pytest.mark.django_db(transaction=True)
def test_a_reply_that_says_so_is_offered_and_nothing_opens_meanwhile() -> None:
    """ "Ich widerrufe" by mail was a letter like any other, and a waiting exposé then opened by itself."""
    dispatch, agent = ordered(early=False), an_agent()
    reply = a_reply(dispatch, "Ich widerrufe den Vertrag.")
    Dispatch.objects.filter(pk=dispatch.pk).update(period_ends_at=timezone.now() + timedelta(seconds=1))
    browser = signed_in(agent)
    address = f"/dispatches/{dispatch.public_id}/withdrawal/?reply={reply.public_id}"
    assert address in browser.get("/today/now/", secure=True).content.decode()
    page = browser.get(address, secure=True).content.decode()
    assert f'<option value="{reply.public_id}" selected' in page
    assert "Ich widerrufe den Vertrag." in page
    assert withdrawal_desk.stands_in_the_way(dispatch)
    fields = {"way": "mail", "on": today().isoformat(), "reply": str(reply.public_id)}
    Dispatch.objects.filter(pk=dispatch.pk).update(period_ends_at=timezone.now() + timedelta(days=9))
    assert browser.post(address, fields, secure=True).status_code == 302
    assert browser.post(address, fields, secure=True).status_code == 302, "again changes nothing"
    dispatch.refresh_from_db()
    assert (dispatch.state, Withdrawal.objects.count()) == (DispatchState.WITHDRAWN, 1)
    assert declared()["received"] == str(reply.public_id)
    assert address not in browser.get("/today/now/", secure=True).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_reply_that_only_sounds_like_one_lets_the_exposé_open() -> None:
    dispatch = ordered(early=False)
    reply = a_reply(dispatch, "Meinen Widerruf vom Kauf des Autos habe ich erledigt.")
    Dispatch.objects.filter(pk=dispatch.pk).update(period_ends_at=timezone.now())
    schedule.slow()
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.WAITING
    browser = signed_in()
    assert browser.post(f"/withdrawals/mails/{reply.public_id}/none/", secure=True).status_code == 302
    schedule.slow()
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.OPEN


@pytest.mark.django_db(transaction=True)
def test_the_function_is_at_the_top_of_the_page_and_in_the_confirmation() -> None:
    """It was the last thing under a long exposé (§ 356a (1) BGB asks for it to be easy to find)."""
    for early in (True, False):
        dispatch = ordered(early=early)
        page = page_html(Shown.of(dispatch)).decode()
        assert page.index('href="widerruf/"') < page.index("</h1>") + 4000
        assert page.count('href="widerruf/"') == 2
        schedule.quick()
        mail = OutgoingMail.objects.filter(purpose=Purpose.CONFIRMATION).latest("pk")
        assert "/widerruf/" in mail.mime().decode()


def _in_proof(dispatch: Dispatch, folder: str, ending: str) -> list[bytes]:
    """The documents of the proof in this folder, which must be a good one."""
    file = io.BytesIO()
    proof.write_proof(dispatch, file)
    with zipfile.ZipFile(file) as archive:
        names = [name for name in archive.namelist() if name.startswith(f"documents/{folder}")]
        return [archive.read(name) for name in names if name.endswith(ending)]


@pytest.mark.parametrize(("name", "ending"), [("Brief.PDF", "pdf"), ("Brief.Mara Berger", "bin"), ("x", "bin")])
def test_a_leaf_says_what_kind_of_file_it_was_and_not_how_it_was_called(name: str, ending: str) -> None:
    dispatch = ordered()
    received = Received(Way.LETTER, today(), file_name=name, file=b"widerrufe")
    withdrawal_desk.receive(dispatch, received, by=an_agent())
    assert declared()["ending"] == ending
    assert "Mara" not in json.dumps(declared())


def test_today_offers_both_acts_and_what_was_recognised_can_be_undone() -> None:
    """A wrong withdrawal ended a contract, and the office had no way back."""
    dispatch, browser = ordered(), signed_in()
    made = withdrawn(name="Mara Berger", email="mara@berger.test", contract="x", token=None, client=CLIENT)
    page = browser.get("/today/now/", secure=True).content.decode()
    assert "Anerkennen" in page
    assert "Gehört nicht zu diesem Vertrag" in page
    address = f"/withdrawals/{made.public_id}/"
    browser.post(address, {"dispatch": str(dispatch.public_id)}, secure=True)
    assert state_of(dispatch) == DispatchState.WITHDRAWN
    browser.post(address, {"other": "1"}, secure=True)
    assert state_of(dispatch) == DispatchState.OPEN
    kinds = list(Event.objects.filter(subject=str(dispatch.public_id)).order_by("pk").values_list("kind", flat=True))
    assert kinds[-2:] == ["WithdrawalReleased", "ContractResumed"]
    assert [one.withdrawal for one in withdrawal_desk.unassigned(9)] == [made]
    told = OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id)).latest("pk")
    assert "besteht weiter" in told.subject


@pytest.mark.parametrize("early", [True, False])
def test_one_by_the_own_link_is_recognised_or_ends_nothing_after_all(early: bool) -> None:
    dispatch, browser = ordered(early=early), signed_in()
    before = state_of(dispatch)
    token = token_of(dispatch)
    made = withdrawn(name="Mara Berger", email="mara@berger.test", contract="x", token=token, client=CLIENT)
    assert "Anerkennen" in browser.get("/today/now/", secure=True).content.decode()
    address = f"/withdrawals/{made.public_id}/"
    browser.post(address, {"recognised": "1"}, secure=True)
    assert "Anerkennen" not in browser.get("/today/now/", secure=True).content.decode()
    browser.post(address, {"other": "1"}, secure=True)
    assert state_of(dispatch) == before
    browser.post(address, {"effective": "1"}, secure=True)
    assert state_of(dispatch) == DispatchState.WITHDRAWN
    assert not Withdrawal.objects.get(pk=made.pk).late


def test_while_another_withdrawal_ends_it_the_contract_does_not_go_on() -> None:
    dispatch, agent = ordered(), an_agent()
    token = token_of(dispatch)
    stray = withdrawn(name="Ute", email="ute@else.test", contract="x", token=None, client=CLIENT)
    withdrawal_desk.assign(stray, dispatch, by=agent)
    withdrawn(name="Mara Berger", email="mara@berger.test", contract="x", token=token, client=CLIENT)
    withdrawal_desk.release(stray, by=agent)
    assert state_of(dispatch) == DispatchState.WITHDRAWN


def state_of(dispatch: Dispatch) -> DispatchState:
    dispatch.refresh_from_db()
    return DispatchState(dispatch.state)

"""Registered mail: sent to several, accepted or refused once and for good, with a code, a period, and its receipts."""

import io
import uuid
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from tests.support.office import (
    a_contact,
    a_dispatch,
    an_agent,
    an_office,
    sent_again_as_it_was,
    the_guard_says,
    token_of,
)

from siegelpost import storage
from siegelpost.dispatch import links, schedule
from siegelpost.dispatch.attachments import take_in
from siegelpost.dispatch.evidence import proof, timeline
from siegelpost.dispatch.frozen.snapshot import NotReadyError
from siegelpost.dispatch.letter import RegisteredLetter
from siegelpost.dispatch.links import LinkClosedError, LinkUnknownError
from siegelpost.dispatch.models import CodeBy, Dispatch, Link
from siegelpost.dispatch.recipient.declarations import Client, Form, IncompleteError, StalePageError, declare
from siegelpost.dispatch.registered import decision, mails, receipts, second_factor
from siegelpost.dispatch.send.registered import Sent, preview, send
from siegelpost.dispatch.send.send import RefusedByGuardError, release_held, revoke
from siegelpost.dispatch.states import DispatchState
from siegelpost.ledger.models import Event
from siegelpost.ledger.sequencer import seal
from siegelpost.mail.models import MailState, OutgoingMail, Purpose
from siegelpost.mail.outgoing.outbox import redacted_mime
from siegelpost.mail.outgoing.transitions import Answer, What, change
from siegelpost.office.models import Language
from siegelpost.proof.statement import Fact
from siegelpost.toolbox.words import Words

CLIENT = Client("203.0.113.7", "Mozilla/5.0")
PDF = b"%PDF-1.7\n" + b"x" * 3000


@pytest.fixture(autouse=True)
def office(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    an_office()
    the_guard_says(True, monkeypatch)


def a_registered_letter(**fields: Any) -> RegisteredLetter:
    given = {
        "contacts": [a_contact()],
        "subject": "Kündigung des Maklervertrags",
        "message": "hiermit kündigen wir den Vertrag vom 3. März.",
        "language": Language.GERMAN,
        "hidden": False,
        "days": 7,
        "remind_every": 3,
        **fields,
    }
    return RegisteredLetter(**given)


def sent(**fields: Any) -> Sent:
    return send(an_agent(), a_registered_letter(**fields), batch=uuid.uuid4())[0]


def answer_for(dispatch: Dispatch, *, ticked: bool = True, code: str = "") -> decision.DecisionInput:
    return decision.DecisionInput(links.stamp(str(dispatch.public_id), dispatch.page), ticked, code)


def events_of(dispatch: Dispatch) -> list[str]:
    return list(Event.objects.filter(subject=str(dispatch.public_id)).order_by("id").values_list("kind", flat=True))


def mail_of(dispatch: Dispatch, purpose: Purpose) -> EmailMessage:
    mail = OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id), purpose=purpose).latest("pk")
    return BytesParser(policy=policy.default).parsebytes(mail.mime())


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def handed_to_the_mail_server(dispatch: Dispatch) -> None:
    """As if the mail server had answered 250 to the notice."""
    mail = OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id), purpose=Purpose.NOTICE).latest("pk")
    change(mail, What.ACCEPTED, MailState.ACCEPTED, answer=Answer(250, "Ok"))


def test_each_recipient_gets_a_dispatch_of_their_own_and_twice_is_once() -> None:
    agent, batch = an_agent(), uuid.uuid4()
    contacts = [a_contact(email=f"{name}@berger.test", last_name=name) for name in ("anna", "bert", "carl")]
    letter = a_registered_letter(contacts=contacts, attachments=[take_in("Plan.pdf", PDF)])
    made = send(agent, letter, batch=batch)
    again = send(agent, letter, batch=batch)
    assert {one.dispatch.pk for one in made} == {one.dispatch.pk for one in again}
    assert {mail.recipient for mail in OutgoingMail.objects.all()} == {contact.email for contact in contacts}
    assert len({token_of(one.dispatch) for one in made}) == 3
    assert set(events_of(made[0].dispatch)) == {"SubmissionAcceptance"}


def test_the_notice_names_the_sender_always_and_hides_the_subject() -> None:
    """An anonymous mail that asks to press a link looked like a fraud, and the law wants a provider named (§ 5 DDG)."""
    open_one = mail_of(sent().dispatch, Purpose.NOTICE)
    assert "Kündigung" in str(open_one["Subject"])
    assert "Immobilien Lindenhof" in text_of(open_one)
    hidden = mail_of(sent(hidden=True).dispatch, Purpose.NOTICE)
    whole = hidden.as_string() + text_of(hidden) + str(hidden["Subject"]) + str(hidden["From"])
    assert "Kündigung" not in whole
    assert "Immobilien Lindenhof" in str(hidden["From"])
    assert "Jana Roth" in text_of(hidden)
    assert hidden["Reply-To"]
    for mail in (open_one, hidden):
        assert "kein Einschreiben der Post und kein qualifizierter Zustelldienst" in text_of(mail)


def test_the_hidden_page_hides_the_subject_until_it_is_accepted() -> None:
    dispatch = sent(hidden=True).dispatch
    page = bytes(dispatch.gate_html).decode()
    assert "Kündigung" not in page
    assert "Immobilien Lindenhof" in page
    assert "kein Einschreiben der Post und kein qualifizierter Zustelldienst" in page
    assert "hiermit kündigen" not in bytes(sent().dispatch.gate_html).decode()


def test_the_content_stays_here_until_it_is_accepted_and_is_whole_then() -> None:
    dispatch = sent(attachments=[take_in("Plan.pdf", PDF), take_in("Notiz.txt", "grüße\n".encode())]).dispatch
    mails_so_far = b"".join(mail.mime() for mail in OutgoingMail.objects.all())
    assert b"PDF" not in mails_so_far
    accepted, token = decision.accept(token_of(dispatch), answer_for(dispatch), CLIENT)
    assert accepted.state == DispatchState.OPEN
    assert token == token_of(dispatch)
    eml = BytesParser(policy=policy.default).parsebytes(storage.read(accepted.content["eml"]["sha256"]))
    assert str(eml["Subject"]) == "Kündigung des Maklervertrags"
    assert "hiermit kündigen" in text_of(eml)
    assert [(part.get_filename(), part.get_payload(decode=True)) for part in eml.iter_attachments()] == [
        ("Plan.pdf", PDF),
        ("Notiz.txt", "grüße\n".encode()),
    ]
    assert events_of(dispatch)[-2:] == ["ConsignmentAcceptance", "ContentConsignment"]


@pytest.mark.parametrize(
    ("address", "shown"),
    [("mara@grün.test", b"<mara@xn--grn-ioa.test>"), ("jürgen@grün.test", "<jürgen@xn--grn-ioa.test>".encode())],
)
def test_the_whole_as_a_mail_is_read_by_the_strictest(address: str, shown: bytes) -> None:
    """Umlauts in names, addresses, subject and file names; RFC 2231, and RFC 6532 only where an address needs it."""
    names = ["Übersicht der Besichtigungen – Straße 5 (Größe und Lage, alle Termine).pdf", "日本語.vcf", "a;b'c.txt"]
    files = [take_in(names[0], PDF), take_in(names[1], b"BEGIN:VCARD"), take_in(names[2], b"x")]
    contact = a_contact(email=address, first_name="Jürgen, Dr.")
    raw = storage.read(sent(contacts=[contact], attachments=files).dispatch.content["eml"]["sha256"])
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    head = raw.partition(b"\r\n\r\n")[0]
    assert shown in head
    assert raw.isascii() == address.startswith("mara")
    eml = BytesParser(policy=policy.strict).parsebytes(raw)
    assert [part.get_filename() for part in eml.iter_attachments()] == names
    (to,) = eml["To"].addresses
    # The library keeps letters that are not encoded as they came.
    assert to.display_name.encode(errors="surrogateescape").decode() == "Jürgen, Dr. Berger"
    assert not [defect for part in eml.walk() for defect in part.defects]
    if raw.isascii():
        assert not [defect for name in ("From", "To", "Subject") for defect in eml[name].defects]


def test_refused_is_refused_for_good() -> None:
    dispatch = sent().dispatch
    assert decision.refuse(token_of(dispatch), answer_for(dispatch), CLIENT).state == DispatchState.REFUSED
    late, _token = decision.accept(token_of(dispatch), answer_for(dispatch), CLIENT)
    assert late.state == DispatchState.REFUSED
    assert events_of(dispatch).count("ConsignmentRejection") == 1
    assert "ConsignmentAcceptance" not in events_of(dispatch)


def test_without_the_tick_or_with_a_stale_form_nothing_is_decided() -> None:
    dispatch = sent().dispatch
    for act in (decision.accept, decision.refuse):
        with pytest.raises(IncompleteError):
            act(token_of(dispatch), answer_for(dispatch, ticked=False), CLIENT)
        with pytest.raises(StalePageError):
            act(token_of(dispatch), decision.DecisionInput("0" * 64, True), CLIENT)
        with pytest.raises(LinkUnknownError):
            act("x" * 32, answer_for(dispatch), CLIENT)
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.QUEUED


def test_an_exposé_cannot_be_accepted_nor_a_registered_mail_be_declared_upon() -> None:
    exposé, registered = a_dispatch(), sent().dispatch
    with pytest.raises(LinkUnknownError):
        decision.accept(token_of(exposé), answer_for(exposé), CLIENT)
    stamp = links.stamp(str(registered.public_id), registered.page)
    with pytest.raises(LinkUnknownError):
        declare(token_of(registered), Form(stamp, "Mara", frozenset()), CLIENT)


@pytest.mark.django_db(transaction=True)
def test_the_receipt_goes_to_both_once() -> None:
    dispatch = sent().dispatch
    decision.accept(token_of(dispatch), answer_for(dispatch), CLIENT)
    schedule.quick()
    schedule.quick()
    to_recipient = mail_of(dispatch, Purpose.CONFIRMATION)
    assert [part.get_filename() for part in to_recipient.iter_attachments()] == ["Annahmebeleg.pdf"]
    assert "BEGIN SIEGEL" in text_of(to_recipient)
    to_agent = OutgoingMail.objects.get(purpose=Purpose.AGENT_NOTICE)
    assert b"Annahmebeleg.pdf" in to_agent.mime()
    assert OutgoingMail.objects.filter(purpose=Purpose.CONFIRMATION).count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_refuses_a_hidden_one_does_not_learn_from_the_receipt_what_it_was_about(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dispatch = sent(hidden=True).dispatch
    decision.refuse(token_of(dispatch), answer_for(dispatch), CLIENT)
    said: list[str] = []

    def noted(_event: Event, *, title: Words, facts: list[Fact], test: bool, language: str) -> bytes:
        said.append(str(facts))
        return b"%PDF"

    monkeypatch.setattr(receipts, "statement_pdf", noted)
    schedule.quick()
    to_agent, to_recipient = said
    assert "Kündigung" in to_agent
    assert "Kündigung" not in to_recipient
    assert "Jana Roth" in to_recipient
    mail = mail_of(dispatch, Purpose.CONFIRMATION)
    assert "Immobilien Lindenhof" in str(mail["From"])
    assert "Kündigung" not in text_of(mail)


@pytest.mark.django_db(transaction=True)
def test_the_period_ends_by_itself_and_the_agent_has_the_receipt() -> None:
    dispatch = sent().dispatch
    token = token_of(dispatch)
    Dispatch.objects.update(expires_at=timezone.now())
    with pytest.raises(LinkClosedError):
        decision.accept(token, answer_for(dispatch), CLIENT)
    schedule.slow()
    schedule.quick()
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.EXPIRED
    assert events_of(dispatch)[-1] == "AcceptanceRejectionExpiry"
    assert b"Beleg-Fristablauf.pdf" in OutgoingMail.objects.get(purpose=Purpose.AGENT_NOTICE).mime()
    assert receipts.available(dispatch) == [receipts.ReceiptKind.SUBMISSION, receipts.ReceiptKind.EXPIRY]
    assert receipts.pdf(dispatch, receipts.ReceiptKind.EXPIRY, "de").startswith(b"%PDF")
    with pytest.raises(receipts.NothingHappenedError):
        receipts.pdf(dispatch, receipts.ReceiptKind.ACCEPTANCE, "de")


@pytest.mark.django_db(transaction=True)
def test_the_receipt_of_notification_is_about_the_notice_that_did_not_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dispatch = sent().dispatch
    said: list[tuple[Event, list[Fact]]] = []

    def noted(event: Event, *, title: Words, facts: list[Fact], test: bool, language: str) -> bytes:
        said.append((event, facts))
        return b"%PDF"

    monkeypatch.setattr(receipts, "statement_pdf", noted)
    handed_to_the_mail_server(dispatch)
    first = OutgoingMail.objects.get(purpose=Purpose.NOTICE)
    change(first, What.BOUNCED, MailState.BOUNCED, answer=Answer(550, "5.1.1 no such user"))
    receipts.pdf(dispatch, receipts.ReceiptKind.NOTIFICATION, "de")
    sent_again_as_it_was(dispatch)
    handed_to_the_mail_server(dispatch)
    receipts.pdf(dispatch, receipts.ReceiptKind.NOTIFICATION, "de")
    (bounced, facts), (arrived, other_facts) = said
    assert first.message_id in bytes(bounced.leaf).decode()
    assert facts[-1].name.de == "Kam zurück am"
    assert "550 5.1.1 no such user" in str(facts[-1])
    assert first.message_id not in bytes(arrived.leaf).decode()
    assert "Kam zurück" not in str(other_facts)


def test_what_was_held_gets_its_whole_period(monkeypatch: pytest.MonkeyPatch) -> None:
    the_guard_says(False, monkeypatch)
    with pytest.raises(RefusedByGuardError):
        sent()
    held = send(an_agent(), a_registered_letter(), batch=uuid.uuid4(), hold=True)[0].dispatch
    assert held.state == DispatchState.HELD
    Dispatch.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    the_guard_says(True, monkeypatch)
    assert release_held() == 1
    held.refresh_from_db()
    assert held.expires_at > timezone.now() + timedelta(days=6)
    assert events_of(held)[-1] == "DispatchReleased"


def test_a_code_by_phone_is_shown_once_and_opens() -> None:
    made = sent(code_by=CodeBy.PHONE)
    dispatch, token = made.dispatch, token_of(made.dispatch)
    assert made.code.replace("-", "").isdecimal()
    assert made.code.encode() not in b"".join(mail.mime() for mail in OutgoingMail.objects.all())
    with pytest.raises(second_factor.WrongCodeError):
        decision.accept(token, answer_for(dispatch, code="0000-0000"), CLIENT)
    accepted, opened = decision.accept(token, answer_for(dispatch, code=made.code.replace("-", " ")), CLIENT)
    assert accepted.state == DispatchState.OPEN
    assert opened != token
    opens = dict(Link.objects.values_list("token_hash", "opens"))
    assert sorted(opens.values()) == [False, True]
    assert "CodeRefused" in events_of(dispatch)


def test_after_five_wrong_codes_only_a_new_one_helps() -> None:
    made = sent(code_by=CodeBy.PHONE)
    dispatch, token = made.dispatch, token_of(made.dispatch)
    for left in (4, 3, 2, 1):
        with pytest.raises(second_factor.WrongCodeError) as wrong:
            decision.accept(token, answer_for(dispatch, code="1"), CLIENT)
        assert wrong.value.left == left
    for _ in range(2):
        with pytest.raises(second_factor.LockedError):
            decision.accept(token, answer_for(dispatch, code="1"), CLIENT)
    with pytest.raises(second_factor.LockedError):
        decision.accept(token, answer_for(dispatch, code=made.code), CLIENT)
    with transaction.atomic():
        new = second_factor.issue(dispatch)
    assert decision.accept(token, answer_for(dispatch, code=new), CLIENT)[0].state == DispatchState.OPEN


def test_a_code_by_mail_goes_to_the_other_address_and_to_no_proof() -> None:
    dispatch = sent(code_by=CodeBy.MAIL, code_address="zweit@berger.test").dispatch
    mail = OutgoingMail.objects.get(purpose=Purpose.CODE)
    assert mail.recipient == "zweit@berger.test"
    code = next(word for word in text_of(mail_of(dispatch, Purpose.CODE)).split() if word[:1].isdecimal())
    assert code.encode() not in redacted_mime(mail)
    notice = OutgoingMail.objects.get(purpose=Purpose.NOTICE)
    assert code.encode() not in notice.mime()
    accepted, _opened = decision.accept(token_of_notice(dispatch), answer_for(dispatch, code=code), CLIENT)
    assert accepted.state == DispatchState.OPEN


def token_of_notice(dispatch: Dispatch) -> str:
    text = text_of(mail_of(dispatch, Purpose.NOTICE))
    return text.partition("/s/")[2].partition("/")[0]


def test_what_is_missing_is_said_before_anything_is_stored() -> None:
    with pytest.raises(NotReadyError, match="noch keine E-Mail-Adresse"):
        sent(contacts=[a_contact(email="")])
    with pytest.raises(NotReadyError, match="niemand"):
        sent(contacts=[])
    with pytest.raises(NotReadyError, match="zweite E-Mail-Adresse"):
        sent(code_by=CodeBy.MAIL)
    with pytest.raises(NotReadyError, match="andere Adresse"):
        sent(code_by=CodeBy.MAIL, code_address="MARA@berger.test")
    with pytest.raises(NotReadyError, match="andere Adresse"):
        sent(contacts=[a_contact(email="a@grün.test")], code_by=CodeBy.MAIL, code_address="a@xn--grn-ioa.test")
    with pytest.raises(NotReadyError, match="„zwei@localhost“ ist keine E-Mail-Adresse"):
        sent(code_by=CodeBy.MAIL, code_address="zwei@localhost")
    for wrong in ("mara", "mara@localhost", "mara @web.test", "mara@berger.test, b@c.test"):
        with pytest.raises(NotReadyError, match="beim Kontakt ändern"):
            sent(contacts=[a_contact(email=wrong)])
    two = [a_contact(), a_contact(email="b@berger.test")]
    with pytest.raises(NotReadyError, match="einzelnen Empfänger"):
        sent(contacts=two, code_by=CodeBy.MAIL, code_address="c@berger.test")
    assert not Dispatch.objects.exists()


def test_the_preview_is_what_is_sent() -> None:
    agent, letter = an_agent(), a_registered_letter()
    shown = preview(agent, letter)
    dispatch = send(agent, letter, batch=uuid.uuid4())[0].dispatch
    assert shown.page == dispatch.page
    assert shown.expires_at == dispatch.expires_at
    assert shown.mail.subject == str(mail_of(dispatch, Purpose.NOTICE)["Subject"])


def test_taken_back_it_cannot_be_accepted() -> None:
    dispatch = sent().dispatch
    token = token_of(dispatch)
    revoke(dispatch, by=dispatch.agent)
    with pytest.raises(LinkClosedError):
        decision.accept(token, answer_for(dispatch), CLIENT)


def test_the_timeline_says_which_mail_it_was() -> None:
    dispatch = sent().dispatch
    handed_to_the_mail_server(dispatch)
    with transaction.atomic():
        mails.remind(dispatch)
    reminder = OutgoingMail.objects.get(purpose=Purpose.REMINDER)
    change(reminder, What.ACCEPTED, MailState.ACCEPTED, answer=Answer(250, "2.0.0 Ok"))
    details = [entry.detail for entry in timeline.of(dispatch) if entry.kind == "RelayToNonERDS"]
    assert details == ["250 Ok", "Erinnerung · 250 2.0.0 Ok"]


@pytest.mark.django_db(transaction=True)
def test_the_proof_holds_what_was_sent() -> None:
    dispatch = sent(attachments=[take_in("Plan.pdf", PDF)]).dispatch
    decision.accept(token_of(dispatch), answer_for(dispatch), CLIENT)
    assert not _mails_in_proof(dispatch), "nobody has tried to send it yet"
    handed_to_the_mail_server(dispatch)
    file = io.BytesIO()
    proof.write_proof(dispatch, file)
    documents = proof.documents(dispatch)
    assert documents["attachments/Plan.pdf"] == PDF
    assert {"ask.html", "page.json", "content.json", "message.eml"} <= documents.keys()
    [notice] = _mails_in_proof(dispatch)
    assert notice.endswith("-notice.eml")


def _mails_in_proof(dispatch: Dispatch) -> list[str]:
    seal()
    return [name for name in proof.documents(dispatch) if name.startswith("mails/")]

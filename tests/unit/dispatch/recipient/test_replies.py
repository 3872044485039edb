"""Answers by mail: what is a yes, and what becomes of the rest."""

import hashlib
import json
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from django.utils import timezone
from tests.support.office import a_contact, a_dispatch, an_estate, an_office, the_guard_says

from siegelpost.dispatch import schedule
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.recipient import replies
from siegelpost.dispatch.recipient.reply_meaning import People
from siegelpost.dispatch.states import DispatchState
from siegelpost.ledger.models import Event
from siegelpost.mail.incoming import routing
from siegelpost.mail.models import IncomingMail, OutgoingMail, Purpose
from siegelpost.settings import configure

NAME = "Mara Berger"
PROVEN = "mx.lindenhof.test; dmarc=pass header.from=berger.test"


PEOPLE = People((NAME,), ("Jana Roth", "Immobilien Lindenhof"))
ORDER = "Ja, ich bestelle zahlungspflichtig."


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> None:
    an_office()
    the_guard_says(True, monkeypatch)
    monkeypatch.setenv("SIEGELPOST_IMAP_HOST", "imap.lindenhof.test")
    monkeypatch.setenv("SIEGELPOST_MAIL_TRUSTED_SERVERS", '["mx.lindenhof.test"]')
    configure()


@pytest.fixture(autouse=True)
def settings_again() -> object:
    yield
    configure()


def answer(
    dispatch: Dispatch, words: str, *, sender: str = "", purpose: str = "notice", **headers: str
) -> IncomingMail:
    """An answer as it comes in, the words above a full quote."""
    mail = OutgoingMail.objects.filter(dispatch_id=str(dispatch.public_id), purpose=purpose).latest("pk")
    quoted = BytesParser(policy=policy.default).parsebytes(mail.mime()).get_body(("plain",))
    assert quoted
    message = EmailMessage()
    message["From"] = sender or f"Mara Berger <{dispatch.contact.email}>"
    message["To"] = mail.sender
    message["Subject"] = f"Re: {mail.subject}"
    message["In-Reply-To"] = mail.message_id
    message["Message-ID"] = f"<{timezone.now().timestamp()}@web.test>"
    for name, value in ({"Authentication_Results": PROVEN} | headers).items():
        if value:
            message[name.replace("_", "-")] = value
    below = "\n".join(f"> {line}" for line in quoted.get_content().splitlines())
    message.set_content(f"{words}\n\nAm 25.11.2026 um 10:00 schrieb Lindenhof:\n{below}\n")
    received = routing.take_in(message.as_bytes()).received
    assert received
    schedule.quick()
    received.refresh_from_db()
    return received


def mails(purpose: Purpose) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(purpose=purpose).order_by("pk"))


@pytest.mark.usefixtures("office")
def test_a_yes_becomes_the_order_and_nothing_more() -> None:
    dispatch = a_dispatch()
    notice = BytesParser(policy=policy.default).parsebytes(mails(Purpose.NOTICE)[0].mime())
    assert notice["Reply-To"] == "post@lindenhof.test"
    body = notice.get_body(("plain",))
    assert body
    assert f"nur diesen einen Satz, sonst nichts:\n\n{ORDER}\n" in body.get_content().replace("\r", "")
    assert "3,57 % inkl. MwSt." in body.get_content()
    # Mail and page do not differ about what binds: it said "only by the button", and "by an answer" below.
    assert "Schaltfläche auf der Seite oder mit Ihrer ausdrücklichen Antwort" in " ".join(body.get_content().split())
    received = answer(dispatch, ORDER)
    dispatch.refresh_from_db()
    assert received.handled_as == "declaration"
    assert [one.kind for one in dispatch.declarations.all()] == ["order"]
    assert dispatch.declarations.get().name == NAME
    assert dispatch.state == DispatchState.WAITING
    assert dispatch.policy_arrived
    assert len(mails(Purpose.CONFIRMATION)) == 1
    event = Event.objects.get(kind="DeclarationMade")
    assert received.sha256.encode() in bytes(event.leaf)
    [(_reply, shown)] = replies.of(dispatch)
    assert hashlib.sha256(shown).hexdigest().encode() in bytes(Event.objects.get(kind="ReplyReceived").leaf)
    assert b"Ja" in shown
    assert b"/s/x" in shown.replace(b"=\n", b"")


@pytest.mark.usefixtures("office")
def test_the_order_bears_the_contacts_name_and_keeps_that_of_the_mail_program() -> None:
    """A mail program that calls its owner "Mama" made a contract with "Mama"."""
    dispatch = a_dispatch()
    answer(dispatch, ORDER, sender=f"Mama <{dispatch.contact.email}>")
    assert dispatch.declarations.get().name == NAME
    made = json.loads(Event.objects.get(kind="DeclarationMade").openings or "{}")
    assert made["client"][1].strip() == "e-mail from Mama"


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(
    ("found", "handled"),
    [("pass", "declaration"), ("fail", "unproven sender"), ("temperror", "unproven sender"), ("", "unproven sender")],
)
def test_where_the_own_server_says_nothing_the_signature_looked_up_here_decides(
    found: str, handled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routing, "own_dkim", lambda *_: found)
    dispatch = a_dispatch()
    received = answer(dispatch, ORDER, Authentication_Results="")
    assert received.handled_as == handled
    [event] = Event.objects.filter(kind="ReplyReceived")
    assert json.loads(bytes(event.leaf))["data"]["sender"]["own_dkim"] == found, "the finding stands in the ledger"
    assert dispatch.declarations.exists() == (found == "pass")


@pytest.mark.usefixtures("office")
def test_a_business_opens_the_exposé_by_its_yes() -> None:
    dispatch = a_dispatch(contact=a_contact(is_business=True))
    answer(dispatch, "Ja, gerne")
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.OPEN


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(
    ("words", "fields", "handled", "hint"),
    [
        ("Ja, aber wann?", {}, "unclear", True),
        ("Nein danke", {}, "no", False),
        ("Ja", {}, "unclear", True),
        (ORDER, {"sender": "else@where.test"}, "other sender", False),
        (ORDER, {"Authentication_Results": "mx.lindenhof.test; dmarc=fail"}, "doubtful sender", True),
        (ORDER, {"Authentication_Results": ""}, "unproven sender", True),
        (ORDER, {"Feedback_ID": "1.eu-west-1.x:AmazonSES"}, "perhaps automatic", False),
        ("Ich widerrufe meinen Auftrag.", {}, "withdrawal", False),
        ("Ich widerrufe meinen Auftrag.", {"X_Auto_Response_Suppress": "DR, OOF, AutoReply"}, "withdrawal", False),
        ("Ich widerrufe meinen Auftrag.", {"sender": "else@where.test"}, "withdrawal", False),
    ],
)
def test_what_is_not_clear_declares_nothing_and_the_agent_is_told(
    words: str, fields: dict[str, str], handled: str, hint: bool
) -> None:
    dispatch = a_dispatch()
    assert answer(dispatch, words, **fields).handled_as == handled
    assert not dispatch.declarations.exists()
    assert len(mails(Purpose.AGENT_NOTICE)) == 1
    assert len(mails(Purpose.REPLY_HINT)) == hint


@pytest.mark.usefixtures("office")
def test_an_answering_machine_declares_nothing_whatever_it_writes() -> None:
    dispatch = a_dispatch()
    answer(dispatch, ORDER, Auto_Submitted="auto-replied")
    assert not dispatch.declarations.exists()
    assert not mails(Purpose.REPLY_HINT)


@pytest.mark.usefixtures("office")
def test_hints_do_not_go_back_and_forth_without_end() -> None:
    dispatch = a_dispatch()
    for number in range(4):
        answer(dispatch, f"Wie bitte {number}")
    assert len(mails(Purpose.REPLY_HINT)) == 2
    assert len(mails(Purpose.AGENT_NOTICE)) == 4


@pytest.mark.usefixtures("office")
def test_a_yes_to_what_asks_nothing_is_a_letter_to_the_agent() -> None:
    free = a_dispatch(estates=[an_estate(buyer_commission_due=False)])
    assert answer(free, ORDER).handled_as == "letter"
    revoked = a_dispatch()
    Dispatch.objects.filter(pk=revoked.pk).update(state=DispatchState.REVOKED)
    assert answer(revoked, ORDER).handled_as == "letter"
    expired = a_dispatch()
    Dispatch.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
    assert answer(expired, ORDER).handled_as == "letter"
    twice = a_dispatch()
    answer(twice, ORDER)
    assert answer(twice, ORDER).handled_as == "letter"
    assert twice.declarations.count() == 1


@pytest.mark.usefixtures("office")
def test_without_a_mailbox_that_is_read_nobody_is_asked_to_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIEGELPOST_IMAP_HOST")
    configure()
    dispatch = a_dispatch()
    assert dispatch.page["gate"]["by_reply"] == []
    assert answer(dispatch, ORDER).handled_as == "letter"

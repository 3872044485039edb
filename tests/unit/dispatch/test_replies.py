"""Answers by mail: what is a yes, and what becomes of the rest."""

import hashlib
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from django.utils import timezone
from tests.support.office import a_contact, a_dispatch, an_estate, an_office, the_guard_says

from siegelpost.dispatch import replies, rounds, timeline
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.states import State
from siegelpost.dispatch.yes import Answer, meaning
from siegelpost.ledger.models import Event
from siegelpost.mail import incoming
from siegelpost.mail.models import IncomingMail, OutgoingMail, Purpose
from siegelpost.settings import configure

NAME = "Mara Berger"


@pytest.mark.parametrize(
    "words",
    [
        "Ja",
        "ja.",
        "JA!!",
        "Ja, gerne",
        "Guten Tag Frau Roth,\n\nja, ich bestelle zahlungspflichtig.\n\nMit freundlichen Grüßen\nMara Berger",
        "Hallo,\nja\nVielen Dank\nMara",
        "Yes, please.\n\nKind regards,\nMara Berger",
        "Ja\n\nMara Berger",
        "Sehr geehrte Frau Roth,\nich bestelle\nzahlungspflichtig\nViele Grüße",
    ],
)
def test_an_unmistakable_yes(words: str) -> None:
    assert meaning(words, NAME) is Answer.YES


@pytest.mark.parametrize(
    "words",
    [
        "",
        "Ja?",
        "Ja, aber nur, wenn die Provision kleiner wird",
        "Ja, wann kann ich besichtigen?",
        "Ich habe Interesse",
        "ok",
        "👍",
        "Passt",
        "Ja\nNein",
        "Nein, ja",
        "vielleicht",
        "Ja, ich habe die Mail bekommen",
        "Ja\n\nViele Grüße\nMara\nBitte schicken Sie mir vorher den Grundriss zu",
        "Ja\n" * 40,
        "Mit freundlichen Grüßen\nja",
        "Ja nein",
        "Yes but no",
        "Ja, wir telefonieren",
        "Sehr geehrte Damen und Herren ich bin im Urlaub",
    ],
)
def test_everything_else_declares_nothing(words: str) -> None:
    assert meaning(words, NAME) is not Answer.YES


def test_a_no_is_a_no() -> None:
    assert meaning("Nein danke\n\nMara Berger", NAME) is Answer.NO
    assert meaning("Hallo, kein Interesse.", NAME) is not Answer.YES


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> None:
    an_office()
    the_guard_says(True, monkeypatch)
    monkeypatch.setenv("SIEGELPOST_IMAP_HOST", "imap.lindenhof.test")
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
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    below = "\n".join(f"> {line}" for line in quoted.get_content().splitlines())
    message.set_content(f"{words}\n\nAm 25.11.2026 um 10:00 schrieb Lindenhof:\n{below}\n")
    received = incoming.take_in(message.as_bytes()).received
    assert received
    rounds.quick()
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
    assert "nur „Ja“" in body.get_content()
    assert "3,57 % inkl. MwSt." in body.get_content()
    received = answer(dispatch, "Ja")
    dispatch.refresh_from_db()
    assert received.handled_as == "declaration"
    assert [one.kind for one in dispatch.declarations.all()] == ["order"]
    assert dispatch.declarations.get().name == NAME
    assert dispatch.state == State.WAITING
    assert dispatch.policy_arrived
    assert len(mails(Purpose.CONFIRMATION)) == 1
    event = Event.objects.get(kind="DeclarationMade")
    assert received.sha256.encode() in bytes(event.leaf)
    [(_reply, shown)] = replies.of(dispatch)
    assert hashlib.sha256(shown).hexdigest().encode() in bytes(Event.objects.get(kind="ReplyReceived").leaf)
    assert b"Ja" in shown
    assert b"/s/x" in shown.replace(b"=\n", b"")


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(
    ("found", "shown"),
    [("pass", "die Signatur stimmt"), ("fail", "passt nicht zu dieser Mail"), ("temperror", ""), ("", "")],
)
def test_what_was_found_out_here_about_the_signature_is_shown_and_decides_nothing(
    found: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming, "own_dkim", lambda *_: found)
    dispatch = a_dispatch()
    assert answer(dispatch, "Ja").handled_as == "declaration"
    [entry] = [entry for entry in timeline.of(dispatch) if entry.kind == "ReplyReceived"]
    assert shown in entry.detail
    assert bool(entry.detail) == bool(shown)


@pytest.mark.usefixtures("office")
def test_a_business_opens_the_exposé_by_its_yes() -> None:
    dispatch = a_dispatch(contact=a_contact(is_business=True))
    answer(dispatch, "Ja, ich bestelle zahlungspflichtig.")
    dispatch.refresh_from_db()
    assert dispatch.state == State.OPEN


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(
    ("words", "fields", "handled", "hint"),
    [
        ("Ja, aber wann?", {}, "unclear", True),
        ("Nein danke", {}, "no", False),
        ("Ja", {"sender": "else@where.test"}, "other sender", False),
        ("Ja", {"Authentication_Results": "mx.test; dmarc=fail"}, "doubtful sender", True),
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
    answer(dispatch, "Ja", Auto_Submitted="auto-replied")
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
    assert answer(free, "Ja").handled_as == "letter"
    revoked = a_dispatch()
    Dispatch.objects.filter(pk=revoked.pk).update(state=State.REVOKED)
    assert answer(revoked, "Ja").handled_as == "letter"
    expired = a_dispatch()
    Dispatch.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
    assert answer(expired, "Ja").handled_as == "letter"
    twice = a_dispatch()
    answer(twice, "Ja")
    assert answer(twice, "Ja").handled_as == "letter"
    assert twice.declarations.count() == 1


@pytest.mark.usefixtures("office")
def test_without_a_mailbox_that_is_read_nobody_is_asked_to_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIEGELPOST_IMAP_HOST")
    configure()
    dispatch = a_dispatch()
    assert dispatch.page["gate"]["by_reply"] == []
    assert answer(dispatch, "Ja").handled_as == "letter"

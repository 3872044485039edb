"""Orders in somebody else's name, handed in over the port for incoming mail: none declares anything."""

import json
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from tests.support.office import a_dispatch, an_office, the_guard_says

from siegelpost.dispatch import schedule
from siegelpost.dispatch.evidence import proof
from siegelpost.dispatch.gate.reply_order import SENTENCE
from siegelpost.dispatch.models import Dispatch
from siegelpost.ledger.models import Event
from siegelpost.mail.incoming import dkim_check
from siegelpost.mail.incoming.lmtp import PROTOCOLS, Receiver
from siegelpost.mail.incoming.routing import reference
from siegelpost.mail.models import IncomingMail, OutgoingMail, Purpose
from siegelpost.mail.sink import running
from siegelpost.office.models import Language
from siegelpost.settings import MAILS, configure

MX = "mx.lindenhof.test"
MARA = "Mara Berger <mara@berger.test>"
GENUINE = f"{MX}; dmarc=pass header.from=berger.test"
ORDER = SENTENCE[Language.GERMAN]
FORGED = {
    "hidden in an encoded name": (
        "=?utf-8?Q?mara=40berger=2Etest_=28?= <eve@evil.test>",
        f"{MX}; dmarc=pass header.from=evil.test",
    ),
    "no result": (MARA, ""),
    "softfail and none": (MARA, f"{MX}; spf=softfail; dkim=none; dmarc=none"),
    "SPF fails": (MARA, f"{MX}; spf=fail; dkim=none"),
    "a result of one's own": (MARA, "mx.evil.test; dmarc=pass header.from=berger.test"),
    "DMARC fails": (MARA, f"{MX}; dmarc=fail header.from=berger.test"),
    "a server that only sounds alike": (MARA, f"{MX}.evil.test; dmarc=pass header.from=berger.test"),
    "about another domain": (MARA, f"{MX}; dmarc=pass header.from=evil.test"),
    "another domain's signature": (MARA, f"{MX}; dkim=pass header.d=evil.test; dmarc=none"),
    "two writers": (f"{MARA}, eve@evil.test", GENUINE),
}


@pytest.fixture
def dispatch(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Iterator[Dispatch]:
    """A notice that can be answered."""
    an_office()
    the_guard_says(True, monkeypatch)
    monkeypatch.setenv("SIEGELPOST_MAIL_IN_PORT", "2525")
    monkeypatch.setenv("SIEGELPOST_MAIL_TRUSTED_SERVERS", json.dumps([MX]))
    monkeypatch.setattr(dkim_check, "resolver", lambda: lambda name, kind: [])
    configure()
    yield a_dispatch()
    monkeypatch.undo()
    configure()


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    with running(tmp_path, handler=Receiver(), protocol=PROTOCOLS["smtp"]) as number:
        yield number


def hand_in(port: int, sender: str, results: str, words: str = ORDER, **headers: str) -> IncomingMail:
    """One answer, as a mail server beside us hands it over."""
    asked = OutgoingMail.objects.filter(purpose=Purpose.NOTICE).latest("pk")
    message = EmailMessage()
    if results:
        message["Authentication-Results"] = results
    message["To"], message["Subject"] = asked.sender, headers.pop("Subject", f"Re: {asked.subject}")
    message["Message-ID"] = headers.pop("Message_ID", f"<{IncomingMail.objects.count()}@evil.test>")
    for name, value in ({"In_Reply_To": asked.message_id} | headers).items():
        if value:
            message[name.replace("_", "-")] = value
    message.set_content(words)
    raw = f"From: {sender}\r\n".encode() + message.as_bytes()
    with smtplib.SMTP("127.0.0.1", port) as connection:
        connection.sendmail("eve@evil.test", ["post@lindenhof.test"], raw)
    schedule.quick()
    return IncomingMail.objects.latest("pk")


@pytest.mark.parametrize("kind", FORGED)
def test_who_knows_the_message_id_orders_for_nobody(kind: str, dispatch: Dispatch, port: int) -> None:
    """Anybody to whom the mail was passed on could order in the recipient's name, by seven kinds of forged senders."""
    sender, results = FORGED[kind]
    reply = hand_in(port, sender, results)
    assert reply.handled_as in {"other sender", "unproven sender", "doubtful sender"}
    assert not dispatch.declarations.exists()
    assert not Event.objects.filter(kind="DeclarationMade").exists()
    assert OutgoingMail.objects.filter(purpose=Purpose.AGENT_NOTICE).count() == 1, "the agent hears of it"


def test_the_recipient_orders_and_the_proof_says_by_what_that_is_known(dispatch: Dispatch, port: int) -> None:
    assert hand_in(port, MARA, GENUINE).handled_as == "declaration"
    [declared] = Event.objects.filter(kind="DeclarationMade")
    sender = json.loads(bytes(declared.leaf))["data"]["sender"]
    assert (sender["proven"], sender["server"], sender["dmarc"]) == ("dmarc", MX, "pass")
    assert dispatch.declarations.get().name == "Mara Berger"


def test_the_ready_mail_is_matched_by_its_reference(dispatch: Dispatch, port: int) -> None:
    """It answers no mail, as the program sees it; so it names the dispatch, and has to be the recipient's."""
    subject = f"{dispatch.page['subject']} · {reference(str(dispatch.public_id))}"
    with pytest.raises(smtplib.SMTPDataError):
        hand_in(port, "eve@evil.test", GENUINE, In_Reply_To="", Subject=subject)
    words = f"{ORDER}\n\nMara Berger\n"
    assert hand_in(port, MARA, "", words, In_Reply_To="", Subject=subject).handled_as == "unproven sender"
    assert hand_in(port, MARA, GENUINE, words, In_Reply_To="", Subject=subject).handled_as == "declaration"


def test_an_answer_to_another_mail_sent_once_more_orders_nothing(dispatch: Dispatch, port: int) -> None:
    """A signature need not cover In-Reply-To: whoever has the order of one property could make it that of another."""
    assert hand_in(port, MARA, GENUINE, Message_ID="<one@berger.test>").handled_as == "declaration"
    other = a_dispatch(contact=dispatch.contact)
    assert hand_in(port, MARA, GENUINE, Message_ID="<one@berger.test>").handled_as == "unproven sender"
    assert not other.declarations.exists()


@pytest.mark.parametrize("broken", [False, True])
def test_no_link_of_any_mail_of_the_dispatch_stands_in_the_proof(broken: bool, dispatch: Dispatch, port: int) -> None:
    """An answer to the hint quoted the notice, and the proof showed its working link to everybody."""
    notice = OutgoingMail.objects.get(purpose=Purpose.NOTICE)
    [secret] = MAILS.unseal(bytes(notice.content.sealed_secrets)).decode().split()
    hand_in(port, MARA, GENUINE, "Wie meinen Sie das?")
    hint = OutgoingMail.objects.get(purpose=Purpose.REPLY_HINT)
    shown = f"{secret[:9]}\n> {secret[9:]}" if broken else secret
    hand_in(port, MARA, GENUINE, f"Ich verstehe nicht.\n\n> > https://x.test/s/{shown}/\n", In_Reply_To=hint.message_id)
    documents = proof.documents(dispatch)
    squeezed = b"".join(documents["answers/2.eml"].replace(b"=\n", b"").replace(b">", b"").split())
    assert b"verstehe" in squeezed
    assert secret.encode() not in squeezed

"""With Debian's Postfix and Dovecot: whatever they do to a mail, the dispatch's timeline says it as it was."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest
from django.db import connections
from django.utils import timezone
from tests.support.post_office import OFFICE, PASSWORD, PostOffice, post_office
from tests.support.smtp import Fault, Mailbox, mailbox
from tests.support.waiting import until

from siegelpost.ledger.events import EventKind as E
from siegelpost.mail import round_trip
from siegelpost.mail.incoming import imap
from siegelpost.mail.incoming.imap_line import Line
from siegelpost.mail.incoming.routing import unhandled_replies
from siegelpost.mail.models import IncomingMail, MailboxPosition, OutgoingMail
from siegelpost.mail.outgoing import delivery, smtp
from siegelpost.mail.outgoing.smtp import Patience
from siegelpost.settings import load

if TYPE_CHECKING:
    from siegelpost.dispatch.models import Dispatch

SENT = [E.SUBMISSION_ACCEPTANCE, E.DELIVERY_ATTEMPT, E.RELAY_TO_NON_ERDS, E.NOTIFICATION_FOR_ACCEPTANCE]
BOUNCED = [E.RELAY_TO_NON_ERDS_FAILURE, E.NOTIFICATION_FOR_ACCEPTANCE_FAILURE]


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    """The mail server of other people, to which Postfix hands on."""
    refusing = Fault("RCPT", "550 5.1.1 <gone@example.test>: no such user", recipient="gone@")
    with mailbox(tmp_path_factory.mktemp("elsewhere"), refusing) as it:
        yield it


@pytest.fixture(scope="module")
def provider(elsewhere: Mailbox) -> Iterator[PostOffice]:
    with post_office(elsewhere=elsewhere.port) as it:
        yield it


@pytest.fixture(autouse=True)
def surroundings(little_patience: None, provider: PostOffice, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An office that sends through Postfix and reads its mailbox in Dovecot; nothing lies in any mailbox."""
    from tests.support.office import an_office, the_guard_says

    monkeypatch.setattr(delivery, "PATIENCE", Patience())
    given = {
        "TRUST_ROOTS": json.dumps([str(provider.root)]),
        "IMAP_HOST": "localhost",
        "IMAP_PORT": str(provider.imap),
        "IMAP_USER": OFFICE,
        "IMAP_PASSWORD": PASSWORD,
    }
    for name, value in given.items():
        monkeypatch.setenv(f"SIEGELPOST_{name}", value)
    _forget_settings()
    the_guard_says(True, monkeypatch)
    provider.empty()
    an_office(mail_from=OFFICE, smtp_host="localhost", smtp_port=provider.smtp, smtp_security="starttls")
    imap.poll()  # notes where the mailbox ends
    yield
    monkeypatch.undo()
    _forget_settings()


def _forget_settings() -> None:
    load.cache_clear()
    smtp.tls_context.cache_clear()


def sent_to(address: str) -> "Dispatch":
    """A dispatch to this address, tried once."""
    from tests.support.office import a_contact, a_dispatch

    dispatch = a_dispatch(contact=a_contact(email=address))
    delivery.sweep()
    return dispatch


def notice(dispatch: "Dispatch") -> OutgoingMail:
    return OutgoingMail.objects.get(dispatch_id=str(dispatch.public_id))


def try_again(dispatch: "Dispatch") -> None:
    """Let the waiting time pass, and try."""
    OutgoingMail.objects.filter(pk=notice(dispatch).pk).update(next_attempt_at=timezone.now())
    delivery.sweep()


def timeline(dispatch: "Dispatch") -> list[str]:
    from siegelpost.dispatch.evidence import timeline

    return [entry.kind for entry in timeline.of(dispatch)]


def details(dispatch: "Dispatch") -> str:
    from siegelpost.dispatch.evidence import timeline

    return "\n".join(entry.detail for entry in timeline.of(dispatch))


def state(dispatch: "Dispatch") -> str:
    dispatch.refresh_from_db()
    return dispatch.state


def parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def test_delivered(provider: PostOffice) -> None:
    dispatch = sent_to("anna@example.test")
    (arrived,) = provider.wait_for("anna@example.test", 1)
    assert parsed(arrived)["Message-ID"] == notice(dispatch).message_id
    assert " queued as " in notice(dispatch).server_text, "Postfix' own name for the mail is known"
    assert notice(dispatch).log.get().tls.startswith("TLSv1.3")
    assert timeline(dispatch) == SENT
    assert state(dispatch) == "notified"


def test_umlauts_before_the_at(provider: PostOffice, elsewhere: Mailbox) -> None:
    """Postfix offers SMTPUTF8, and so does the next one; a failure is reported as RFC 6533 says."""
    dispatch = sent_to("jürgen@umlaut.test")
    assert timeline(dispatch) == SENT
    until(lambda: [mail.recipient for mail in elsewhere.mails()] == ["Mara Berger <jürgen@umlaut.test>"])
    gone = sent_to("längst.gone@umlaut.test")
    (report,) = provider.wait_for(OFFICE, 1)
    assert b"message/global-delivery-status" in report
    assert "Original-Recipient: utf-8;längst.gone@umlaut.test".encode() in report
    assert imap.poll() == 1
    assert timeline(gone) == [*SENT, *BOUNCED]
    assert state(gone) == "undeliverable"


def test_4xx() -> None:
    dispatch = sent_to("slow@example.test")
    assert timeline(dispatch) == [E.SUBMISSION_ACCEPTANCE, E.DELIVERY_ATTEMPT, E.DELIVERY_ATTEMPT]
    assert "450 4.2.1" in details(dispatch)
    assert "Mailbox busy, try again later" in details(dispatch)
    assert state(dispatch) == "queued", "nothing is decided"
    OutgoingMail.objects.update(give_up_at=timezone.now())
    try_again(dispatch)
    assert timeline(dispatch)[-2:] == BOUNCED, "after five days it is given up"
    assert state(dispatch) == "undeliverable"


def test_5xx() -> None:
    dispatch = sent_to("nobody@example.test")
    assert timeline(dispatch) == [E.SUBMISSION_ACCEPTANCE, E.DELIVERY_ATTEMPT, *BOUNCED]
    assert "550 5.1.1 … Recipient address rejected: No such user here" in details(dispatch).replace("<…>: ", "… ")
    assert state(dispatch) == "undeliverable"


def test_greylisting(provider: PostOffice) -> None:
    dispatch = sent_to("grey@example.test")
    assert "450 4.7.1" in details(dispatch)
    assert state(dispatch) == "queued"
    try_again(dispatch)
    assert timeline(dispatch) == [E.SUBMISSION_ACCEPTANCE, E.DELIVERY_ATTEMPT, *SENT[1:2], *SENT[1:]]
    assert state(dispatch) == "notified"
    assert len(provider.wait_for("grey@example.test", 1)) == 1


def test_a_connection_cut_after_data(provider: PostOffice) -> None:
    from siegelpost.office.current import the_office
    from siegelpost.office.models import SmtpSecurity

    with cutting(provider.smtp) as port:
        office = the_office()
        office.smtp_host, office.smtp_port, office.smtp_security = "127.0.0.1", port, SmtpSecurity.NONE
        office.save()
        dispatch = sent_to("anna@example.test")
        provider.wait_for("anna@example.test", 1)
        assert timeline(dispatch) == [E.SUBMISSION_ACCEPTANCE, E.DELIVERY_ATTEMPT, E.DELIVERY_ATTEMPT_INTERRUPTED]
        assert state(dispatch) == "queued", "nobody has said that it was taken"
        try_again(dispatch)
    assert timeline(dispatch)[3:] == SENT[1:]
    assert state(dispatch) == "notified"
    arrived = provider.wait_for("anna@example.test", 2)
    assert {parsed(raw)["Message-ID"] for raw in arrived} == {notice(dispatch).message_id}


def test_a_bounce_an_hour_later(provider: PostOffice) -> None:
    dispatch = sent_to("gone@example.test")
    assert timeline(dispatch) == SENT
    assert state(dispatch) == "notified"
    OutgoingMail.objects.update(accepted_at=timezone.now() - timedelta(hours=1))
    provider.wait_for(OFFICE, 1)
    assert imap.poll() == 1
    assert timeline(dispatch) == [*SENT, *BOUNCED]
    assert "550 5.1.1" in details(dispatch)
    assert "gone@" not in details(dispatch), "what stands in a leaf can never be erased"
    assert state(dispatch) == "undeliverable"


def test_a_full_mailbox(provider: PostOffice) -> None:
    dispatch = sent_to("tiny@example.test")
    provider.wait_for(OFFICE, 1)
    assert imap.poll() == 1
    assert timeline(dispatch) == [*SENT, *BOUNCED]
    assert "Quota exceeded (mailbox for user is full)" in details(dispatch)
    assert state(dispatch) == "undeliverable"


def test_an_answering_machine_declares_nothing(provider: PostOffice) -> None:
    # Our mails ask machines not to answer, and Sieve obeys; some do not, and this one is made one of them.
    dispatch = sent_to("away@example.test")
    (arrived,) = provider.wait_for("away@example.test", 1)
    assert parsed(arrived)["Auto-Submitted"] == "auto-generated"
    assert provider.box(OFFICE) == []
    polite = (b"Auto-Submitted", b"X-Auto-Response-Suppress")
    asked = arrived[arrived.index(b"From:") :].splitlines(keepends=True)
    provider.send(OFFICE, "away@example.test", b"".join(line for line in asked if not line.startswith(polite)))
    provider.wait_for(OFFICE, 1)
    imap.poll()
    assert timeline(dispatch) == [*SENT, E.AUTOMATIC_REPLY_RECEIVED]
    assert state(dispatch) == "notified"
    assert not unhandled_replies().exists()


def test_mail_is_heard_of_at_once(provider: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """With IDLE: within the slice in which it arrives, and not only in the next minute."""
    ending = Event()
    monkeypatch.setattr(imap, "stopping", ending)
    dispatch = sent_to("gone@example.test")
    watching = Thread(target=watch_and_close)
    watching.start()
    try:
        until(lambda: state(dispatch) == "undeliverable")
        assert timeline(dispatch) == [*SENT, *BOUNCED]
        second = sent_to("tiny@example.test")
        until(lambda: state(second) == "undeliverable")
        assert timeline(second) == [*SENT, *BOUNCED], "the connection is still open, and hears of it"
    finally:
        ending.set()
        watching.join(30)
    assert not watching.is_alive(), "it ends when the process is to end"


def test_mail_that_idle_is_silent_about(provider: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server told of it with the answer to another command, and so does not in IDLE."""
    ending = Event()
    monkeypatch.setattr(imap, "stopping", ending)
    assert imap._IDLE <= 30, "the longest that somebody waits for such news"
    monkeypatch.setattr(imap, "_IDLE", 3.0)
    look = imap._take_in_new
    sent: list[Dispatch] = []

    def told_meanwhile(connection: Line, position: MailboxPosition) -> int:
        bounced = look(connection, position)
        if not sent:
            sent.append(sent_to("gone@example.test"))
            provider.wait_for(OFFICE, 1)
            assert (1, b"EXISTS") in connection.noop()[1]
        return bounced

    monkeypatch.setattr(imap, "_take_in_new", told_meanwhile)
    watching = Thread(target=watch_and_close)
    watching.start()
    try:
        until(lambda: bool(sent) and state(sent[0]) == "undeliverable")
    finally:
        ending.set()
        watching.join(30)


def test_a_test_mail_proves_both_ways_and_is_found_among_spam(provider: PostOffice) -> None:
    mail = round_trip.send("de")
    assert not round_trip.look(mail.public_id).over
    delivery.sweep()
    provider.wait_for(OFFICE, 1)
    trip = round_trip.look(mail.public_id)
    assert (trip.proven, trip.over, trip.address) == (True, True, OFFICE)
    assert "queued as" in trip.out.words
    with provider.signed_in(OFFICE) as connection:
        connection.create("Junk")
        connection.select("INBOX")
        connection.copy("1", "Junk")
        connection.store("1", "+FLAGS", r"(\Deleted)")
        connection.expunge()
    trip = round_trip.look(mail.public_id)
    assert (trip.proven, trip.back.done) == (False, False)
    assert "„Junk“" in trip.back.text
    provider.empty()
    assert round_trip.look(mail.public_id).back.done is None
    OutgoingMail.objects.filter(pk=mail.pk).update(accepted_at=timezone.now() - timedelta(minutes=5))
    assert round_trip.look(mail.public_id).back.done is False
    assert not IncomingMail.objects.exists()


def watch_and_close() -> None:
    try:
        imap.watch()
    finally:
        connections.close_all()


@pytest.mark.parametrize("posting", ["top", "bottom"])
def test_a_yes_and_a_full_quote(posting: str, provider: PostOffice) -> None:
    dispatch = sent_to("anna@example.test")
    (arrived,) = provider.wait_for("anna@example.test", 1)
    provider.send("anna@example.test", OFFICE, answer_to(parsed(arrived), posting))
    provider.wait_for(OFFICE, 1)
    imap.poll()
    assert timeline(dispatch) == [*SENT, E.REPLY_RECEIVED]
    (reply,) = unhandled_replies(str(dispatch.public_id))
    assert reply.text == "Ja, ich stimme zu.\n\nAnna Müller"
    assert reply.sender_is_recipient
    assert reply.mime() == provider.box(OFFICE)[0], "the original is kept, byte for byte"
    assert IncomingMail.objects.count() == 1
    assert state(dispatch) == "notified", "what it means is for the room that asked"


def answer_to(mail: EmailMessage, posting: str) -> bytes:
    """What a mail program makes of it when somebody answers."""
    body = mail.get_body(("plain",))
    assert body is not None
    quote = "Am 25.11.26 um 10:00 schrieb Büro am Markt:\n" + "\n".join(
        f"> {line}" for line in body.get_content().splitlines()
    )
    yes = "Ja, ich stimme zu.\n\nAnna Müller"
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Anna Müller <anna@example.test>", OFFICE, f"AW: {mail['Subject']}"
    made["In-Reply-To"] = made["References"] = str(mail["Message-ID"])
    made.set_content(f"{yes}\n\n{quote}\n" if posting == "top" else f"{quote}\n\n{yes}\n")
    return made.as_bytes(policy=policy.SMTP)


@contextmanager
def cutting(port: int) -> Iterator[int]:
    """A proxy to the mail server that cuts the first connection once the server has answered the content."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            for number in range(1000):
                client, _ = listener.accept()
                server = socket.create_connection(("127.0.0.1", port))
                Thread(target=_pump, args=(server, client), daemon=True).start()
                Thread(target=_pump, args=(client, server, number == 0), daemon=True).start()

    thread = Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)


def _pump(source: socket.socket, target: socket.socket, cut: bool = False) -> None:
    """Pass on what comes; with ``cut``, only until the content's end, whose answer is then kept from the client."""
    seen = b""
    with suppress(OSError), source, target:
        while data := source.recv(65536):
            seen = (seen + data)[-65536:]
            if cut and b"\r\n.\r\n" in seen:
                # Nothing of the answer may pass: first the way back is closed, then the end of the content goes on.
                source.shutdown(socket.SHUT_RDWR)
                target.sendall(data)
                target.recv(1)
                return
            target.sendall(data)

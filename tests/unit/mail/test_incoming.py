"""What comes in is told apart, matched to the mail it belongs to, and waits for whoever knows what it means."""

import pytest
from django.db import transaction
from tests.support.mailing import queue, use
from tests.unit.mail import bounce_samples as samples

from siegelpost import storage
from siegelpost.keys import UnsafeError
from siegelpost.ledger import halt
from siegelpost.mail import incoming
from siegelpost.mail.incoming import mark_handled, take_in, unhandled_replies
from siegelpost.mail.models import ANSWERS, IncomingKind, IncomingMail, OutgoingMail, Purpose, State

DISPATCH = "0a0b0c0d-0000-4000-8000-000000000001"
TOKEN = samples.OURS.strip("<>").partition("@")[0]


@pytest.fixture(autouse=True)
def accepted(transactional_db: None) -> OutgoingMail:
    """A mail of a dispatch that the mail server has taken."""
    use(25)
    mail = queue(purpose=Purpose.CONFIRMATION)
    OutgoingMail.objects.filter(pk=mail.pk).update(state=State.ACCEPTED, message_id=samples.OURS, dispatch_id=DISPATCH)
    mail.refresh_from_db()
    return mail


def answer(text: str = "Ja.", *headers: str, sender: str = "Anna <anna@example.test>") -> bytes:
    """An answer to our mail, as a mail program writes it; further headers stand above."""
    named = [*headers, f"From: {sender}", "To: buero@office.test", "Subject: AW: Expose"]
    if not any(header.startswith(("In-Reply-To", "References", "To: buero+")) for header in headers):
        named.append(f"In-Reply-To: {samples.OURS}")
    named += ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]
    return "\r\n".join([*named, "", *text.split("\n"), ""]).encode()


def received(raw: bytes) -> IncomingMail:
    found = take_in(raw).received
    assert found is not None
    return IncomingMail.objects.get(pk=found.pk)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (samples.report(), IncomingKind.BOUNCE),
        (samples.EXIM, IncomingKind.BOUNCE),
        (samples.WARNING, IncomingKind.DELAY),
        (samples.report(action="relayed", status="2.0.0"), IncomingKind.DELIVERY_REPORT),
        (samples.VACATION, IncomingKind.AUTOMATIC_REPLY),
        (samples.OUTLOOK_AWAY, IncomingKind.AUTOMATIC_REPLY),
        (answer("Ja.", "Auto-Submitted: auto-replied"), IncomingKind.AUTOMATIC_REPLY),
        (answer("Ja.", "Auto-Submitted: no"), IncomingKind.REPLY),
        (answer("Ja.", "X-Autoreply: yes"), IncomingKind.AUTOMATIC_REPLY),
        (answer("Ja.", "Precedence: bulk"), IncomingKind.PERHAPS_AUTOMATIC),
        (answer("Ja.", "Precedence: auto_reply"), IncomingKind.AUTOMATIC_REPLY),
        (answer("Ja.", "Return-Path: <>"), IncomingKind.PERHAPS_AUTOMATIC),
        (answer("Ja.", "Return-Path: <>", "Subject: Abwesenheitsnotiz"), IncomingKind.AUTOMATIC_REPLY),
        (answer("Ja.", "Return-Path: <anna@example.test>"), IncomingKind.REPLY),
        (answer("Ja.", "Subject: Abwesenheitsnotiz: Expose"), IncomingKind.PERHAPS_AUTOMATIC),
        (answer("Ja.", "Subject: Out of Office Re: Expose"), IncomingKind.PERHAPS_AUTOMATIC),
        (answer("Ja.", "Subject: Respuesta automática: Expose"), IncomingKind.PERHAPS_AUTOMATIC),
        (answer("Ja.", "Subject: Gelesen: Expose"), IncomingKind.PERHAPS_AUTOMATIC),
        (answer("Ja.", "Subject: Urlaub vom 3. bis 5., danach ja"), IncomingKind.REPLY),
        (answer("Ja.", "X-Auto-Response-Suppress: All"), IncomingKind.PERHAPS_AUTOMATIC),
        (answer("Ja.", "Feedback-ID: 1.eu-west-1.x:AmazonSES"), IncomingKind.PERHAPS_AUTOMATIC),
        (answer("Ja.", "List-Id: <familie.example.test>"), IncomingKind.PERHAPS_AUTOMATIC),
        (answer("Ja.", sender="Anna <postmaster@example.test>"), IncomingKind.PERHAPS_AUTOMATIC),
        (answer("Ja.", sender="MAILER-DAEMON <>"), IncomingKind.AUTOMATIC_REPLY),
        (answer("Ja.", "Content-Type: multipart/report; report-type=disposition-notification; boundary=b"),
         IncomingKind.AUTOMATIC_REPLY),
        (answer("Ja.", sender="mailer-daemon@example.test"), IncomingKind.AUTOMATIC_REPLY),
        (answer("Ja.", "Subject: Re: Urlaubswohnung am See"), IncomingKind.REPLY),
        (samples.ANSWER, IncomingKind.REPLY),
    ],
)  # fmt: skip
def test_kinds(raw: bytes, kind: IncomingKind) -> None:
    assert received(raw).kind == kind
    assert unhandled_replies().exists() == (kind in ANSWERS), "what may be a person's goes to people"


@pytest.mark.parametrize(
    "header",
    [
        f"In-Reply-To: {samples.OURS}",
        f"References: <other@x.test> {samples.OURS} <third@x.test>",
        f"To: buero+{TOKEN}@office.test",
    ],
)
def test_an_answer_finds_its_mail(header: str, accepted: OutgoingMail) -> None:
    assert received(answer("Ja.", header)).mail == accepted


def test_a_token_in_the_text_finds_it_where_the_program_names_nothing(accepted: OutgoingMail) -> None:
    assert take_in(answer("Ja.", "References: <x@y.test>")).received is None
    assert received(answer(f"Ja.\n\n> Kennung: {TOKEN}", "References: <x@y.test>")).mail == accepted


def test_the_mail_that_is_answered_comes_before_older_ones_of_the_thread(accepted: OutgoingMail) -> None:
    newer = queue()
    raw = answer("Ja.", f"References: {samples.OURS} {newer.message_id}", f"In-Reply-To: {samples.OURS}")
    assert received(raw).mail == accepted


def test_what_belongs_to_no_mail_of_ours_is_not_kept() -> None:
    assert take_in(answer("Ja.", "In-Reply-To: <stranger@elsewhere.test>")).mail is None
    assert not IncomingMail.objects.exists()


def test_the_original_is_kept_byte_for_byte_and_sealed() -> None:
    raw = answer("Ja, ich stimme zu.\n\n> Guten Tag")
    kept = received(raw)
    assert kept.mime() == raw
    assert kept.complete
    assert b"stimme" not in storage.read(kept.file_sha256)
    assert b"stimme" not in bytes(kept.sealed_text)
    assert kept.text == "Ja, ich stimme zu."


def test_the_same_mail_twice_is_one() -> None:
    first, second = take_in(answer()), take_in(answer())
    assert (first.new, second.new) == (True, False)
    assert first.received == second.received
    assert IncomingMail.objects.count() == 1


def test_a_mail_that_is_too_large_is_kept_as_far_as_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming, "LARGEST", 1000)
    kept = received(answer("Ja.\n" + "> Guten Tag\n" * 500))
    assert (kept.complete, kept.size, kept.text) == (False, 1000, "Ja.")
    assert len(kept.mime()) == 1000


@pytest.mark.parametrize(
    ("sender", "same"),
    [
        ("anna@example.test", True),
        ("Anna <ANNA@Example.Test>", True),
        ("bert@example.test", False),
        ("anna@example.test, bert@example.test", False),
        ("anna@example.test.evil.test", False),
        ('"anna@example.test" <bert@evil.test>', False),
        ("", False),
    ],
)
def test_the_sender_is_compared_with_the_recipient(sender: str, same: bool) -> None:
    assert received(answer(sender=sender)).sender_is_recipient is same


def test_what_the_receiving_server_found_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The uppermost header was believed, whoever wrote it."""
    monkeypatch.setattr(incoming, "trusted_servers", lambda: {"mx.office.test"})
    raw = answer(
        "Ja.",
        "Authentication-Results: mx.office.test; spf=pass (sender is ok; dkim=fail) smtp.mailfrom=example.test;",
        " dkim=pass header.d=example.test; dkim=fail header.d=other.test; dmarc=pass header.from=example.test",
        "Authentication-Results: elsewhere.test; dkim=fail",
    )
    found = received(raw).authentication
    expected = {"server": "mx.office.test", "spf": "pass", "dkim": "pass", "dmarc": "pass", "proven": "dmarc"}
    assert found == expected
    monkeypatch.setattr(incoming, "trusted_servers", lambda: {"elsewhere.test", "other.test"})
    monkeypatch.setattr(incoming, "own_dkim", lambda *_: "")
    found = received(raw + b" ").authentication
    assert (found["server"], found["dmarc"], found["proven"]) == ("elsewhere.test", "", "")


def test_answers_wait_until_somebody_has_dealt_with_them() -> None:
    reply = received(answer())
    received(samples.VACATION)
    assert list(unhandled_replies()) == list(unhandled_replies(DISPATCH)) == [reply]
    assert not unhandled_replies(DISPATCH[:-1] + "2")
    with transaction.atomic():
        assert mark_handled(reply, "shown")
        assert not mark_handled(reply, "declaration"), "one deals with it"
    assert not unhandled_replies()
    assert IncomingMail.objects.get(pk=reply.pk).handled_as == "shown"


def test_what_a_listener_raises_undoes_the_keeping() -> None:
    def fails(_mail: IncomingMail) -> None:
        raise RuntimeError

    incoming.on_arrival(fails)
    try:
        with pytest.raises(RuntimeError):
            take_in(samples.report())
    finally:
        incoming.forget(fails)
    assert not IncomingMail.objects.exists()
    assert OutgoingMail.objects.get().state == State.ACCEPTED
    assert take_in(samples.report()).changed, "so it can be taken in again"


def test_while_all_writing_is_stopped_no_mail_is_taken_in(accepted: OutgoingMail) -> None:
    """It stays where it is, in the mailbox or with the server that wants to hand it over, and is taken in later."""
    halt.halt("ledger", UnsafeError("Die Datenbank ist älter.", "The database is older."))
    with pytest.raises(halt.HaltedError):
        take_in(answer())
    assert not IncomingMail.objects.exists()
    halt.lift("ledger")
    assert take_in(answer()).received

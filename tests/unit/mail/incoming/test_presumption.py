"""A report that names nothing but the recipient leads to our mail, is said to be a guess, and ends nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.support.mailing import queue, use
from tests.unit.mail import bounce_samples as samples

from siegelpost.mail.incoming.presumption import WITHIN
from siegelpost.mail.incoming.routing import concerns_us, take_in
from siegelpost.mail.models import IncomingKind, IncomingMail, MailState, OutgoingMail

DISPATCH = "0a0b0c0d-0000-4000-8000-000000000001"
# As hMailServer and others write it: no header of the mail, no id.
NAMELESS = samples.mail("""
    Return-Path: <>
    From: mailer-daemon@mx.example.test
    To: buero@office.test
    Subject: Message undeliverable: Expose

    Your message did not reach some or all of the intended recipients.
       Anna@example.test
       Error Type: SMTP
       Remote server replied: 550 5.1.1 unknown
""")


def handed_over(**fields: object) -> OutgoingMail:
    mail = queue()
    given: dict[str, object] = {"state": MailState.ACCEPTED, "accepted_at": timezone.now(), "dispatch_id": DISPATCH}
    OutgoingMail.objects.filter(pk=mail.pk).update(**(given | fields))
    mail.refresh_from_db()
    return mail


@pytest.fixture(autouse=True)
def server(transactional_db: None) -> None:
    use(25)


def test_the_newest_mail_to_the_address_is_presumed() -> None:
    """Such a report was thrown away, and the dispatch stayed "accepted" for ever with nobody the wiser."""
    handed_over()
    newer = handed_over()
    handed_over(recipient="otto@example.test")
    outcome = take_in(NAMELESS)
    assert (outcome.mail, outcome.changed) == (newer, False)
    assert outcome.received
    assert (outcome.received.kind, outcome.received.presumed) == (IncomingKind.ALLEGED_BOUNCE, True)
    newer.refresh_from_db()
    assert newer.state == MailState.ACCEPTED, "a guess ends nothing"
    assert concerns_us(NAMELESS)


def test_a_delay_is_presumed_too() -> None:
    mail = handed_over()
    raw = NAMELESS.replace(b"undeliverable", b"delayed").replace(b"did not reach", b"has not yet reached")
    outcome = take_in(raw.replace(b"550 5.1.1 unknown", b"451 4.7.1 later"))
    assert outcome.received
    assert (outcome.mail, outcome.received.kind, outcome.received.presumed) == (mail, IncomingKind.DELAY, True)


@pytest.mark.parametrize(
    "fields",
    [
        {"accepted_at": timezone.now() - WITHIN - timedelta(days=1)},
        {"state": MailState.REFUSED},
        {"recipient": "otto@example.test"},
        {"dispatch_id": ""},
    ],
    ids=["long ago", "never handed over", "to somebody else", "of no dispatch"],
)
def test_nothing_is_presumed_of(fields: dict[str, object]) -> None:
    handed_over(**fields)
    assert take_in(NAMELESS).mail is None
    assert not concerns_us(NAMELESS)


@pytest.mark.parametrize(
    "raw",
    [
        samples.report(message_id="<written.by.hand@office.test>"),
        samples.report(message_id="<written.by.hand@office.test>", action="delayed", status="4.4.1"),
        samples.report(message_id="<x@y.test>", envelope_id="f" * 32),
    ],
)
def test_a_report_that_names_another_mail_is_about_that(raw: bytes) -> None:
    handed_over()
    assert take_in(raw).mail is None
    assert not IncomingMail.objects.exists()


def test_a_persons_mail_is_never_presumed_to_answer() -> None:
    """What somebody writes to the office about something else is theirs, and not kept."""
    handed_over()
    raw = samples.ANSWER.replace(samples.OURS.encode(), b"<other@x.test>")
    assert take_in(raw).mail is None


def test_an_id_in_any_form_is_no_guess() -> None:
    """Exchange shows the headers in HTML, Lotus folds them: the id stood there and was not seen."""
    mail = handed_over(message_id=samples.OURS)
    named = samples.OURS.strip("<>")
    for head, text in {
        "Content-Type: text/html": f"<p>550 5.1.1 unknown</p><pre>Message-ID: &lt;{named}&gt;</pre>",
        "Content-Type: text/plain": f"550 5.1.1 unknown\r\n\r\n> Message-ID:\r\n>  <{named}>",
        "X-Note: none": f"550 5.1.1 unknown (id={named})",
    }.items():
        raw = f"From: postmaster@mx.test\r\nSubject: Undeliverable: Expose\r\n{head}\r\n\r\nanna@example.test {text}"
        received = take_in(raw.encode()).received
        assert received
        assert (received.mail, received.presumed) == (mail, False)

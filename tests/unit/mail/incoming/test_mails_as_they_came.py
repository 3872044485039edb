"""Mails taken for something else: a person's for a machine's, a machine's for a person's, another's for ours."""

from pathlib import Path

import pytest
from tests.support.mailing import queue, use
from tests.unit.mail import bounce_samples as samples

from siegelpost.mail.incoming.routing import take_in
from siegelpost.mail.models import IncomingKind as K
from siegelpost.mail.models import MailState, OutgoingMail

MAILS = Path(__file__).parent / "mails"
KINDS = {
    "action-expanded": K.DELIVERY_REPORT,
    "answer-with-a-bounce-of-another-mail": K.REPLY,
    "away-without-any-sign": K.REPLY,
    "blank-before-the-colon": K.ALLEGED_BOUNCE,
    "blank-before-the-colon-no-reference": K.ALLEGED_BOUNCE,
    "challenge-before-delivery": K.REPLY,
    "complaint-of-a-provider": K.AUTOMATIC_REPLY,
    "dragonfly-writer-without-address": K.ALLEGED_BOUNCE,
    "expired-without-a-status": K.ALLEGED_BOUNCE,
    "opensmtpd": K.ALLEGED_BOUNCE,
    "ordinary-report": K.ALLEGED_BOUNCE,
    "ours-relayed-another-failed": K.DELIVERY_REPORT,
    "person-at-postmaster": K.PERHAPS_AUTOMATIC,
    "person-through-a-mass-sender": K.PERHAPS_AUTOMATIC,
    "person-with-holidays-in-the-subject": K.REPLY,
    "receipt-of-reading": K.AUTOMATIC_REPLY,
    "report-without-a-recipient": K.ALLEGED_BOUNCE,
}


@pytest.fixture
def accepted(transactional_db: None) -> OutgoingMail:
    """A mail that the mail server has taken."""
    use(25)
    mail = queue()
    OutgoingMail.objects.filter(pk=mail.pk).update(state=MailState.ACCEPTED, message_id=samples.OURS)
    return mail


def test_each_mail_has_its_answer() -> None:
    assert {path.stem for path in MAILS.glob("*.eml")} == set(KINDS)


def came_back(raw: bytes) -> bool:
    """Whether it is taken for a bounce, as far as its words go."""
    received = take_in(raw).received
    return received is not None and received.kind == K.ALLEGED_BOUNCE


@pytest.mark.parametrize("name", KINDS)
def test_what_it_is_and_what_it_changes(name: str, accepted: OutgoingMail) -> None:
    raw = (MAILS / f"{name}.eml").read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    received = take_in(raw).received
    assert received is not None, "it belongs to our mail"
    assert received.kind == KINDS[name]
    accepted.refresh_from_db()
    assert accepted.state == MailState.ACCEPTED, "none of them names the envelope that only its servers know"


@pytest.mark.parametrize(
    "raw",
    [
        samples.report().replace(b"Final-Recipient: rfc822; anna@", b"Final-Recipient: rfc822; elsewhere@"),
        samples.EXIM.replace(b"anna@example.test", b"elsewhere@gmx.test"),
        samples.QMAIL.replace(b"<anna@example.test>", b"<elsewhere@gmx.test>"),
    ],
)
def test_a_report_about_somebody_else_changes_nothing(raw: bytes, accepted: OutgoingMail) -> None:
    """A mailbox passed our mail on and that failed: ours, which had arrived, was called "bounced"."""
    outcome = take_in(raw)
    assert outcome.received
    assert (outcome.received.kind, outcome.changed) == (K.AUTOMATIC_REPLY, False)


@pytest.mark.parametrize(
    "recipient",
    [
        "Original-Recipient: rfc822;anna@example.test\r\nFinal-Recipient: rfc822;x@y.test",
        "Final-Recipient: rfc822; <ANNA@example.test>",
    ],
)
def test_our_recipient_under_each_of_its_names(recipient: str, accepted: OutgoingMail) -> None:
    raw = samples.report().replace(b"Final-Recipient: rfc822; anna@example.test", recipient.encode())
    assert came_back(raw)


def test_a_line_that_goes_on_without_indent(accepted: OutgoingMail) -> None:
    """What follows a diagnosis that is broken badly was not read, and the report was a person's answer."""
    raw = (
        samples.report()
        .replace(b"Action: failed\r\n", b"")
        .replace(b"User unknown\r\n", b"User\r\nunknown here\r\nAction: failed\r\n")
    )
    assert came_back(raw)


@pytest.mark.parametrize(
    "subject",
    [
        "Delivery Status Notification (Failure)",
        "Delivery status notification: error",
        "failed delivery",
        "There was an error sending your mail",
        "Mail System Error - Returned Mail",
        "Zustellung fehlgeschlagen",
        "Nicht zustellbar: Exposé",
        "Übermittlungsfehler",
        "Non remis : Exposé",
        "Onbestelbaar: Exposé",
    ],
)
def test_the_words_by_which_servers_say_it(subject: str, accepted: OutgoingMail) -> None:
    """The one word "failed" was known of "Delivery Status Notification (Failure)", and bounces were lost."""
    raw = samples.mail(f"""
        From: MAILER-DAEMON@mx.test
        Subject: {subject}
        References: {samples.OURS}

        anna@example.test: 550 5.1.1 unknown
    """)
    assert came_back(raw)


def test_a_server_under_another_name_without_an_empty_return_path(accepted: OutgoingMail) -> None:
    raw = samples.UNNAMED.replace(b"Return-Path: <>\r\n", b"").replace(b"Auto-Submitted: auto-replied\r\n", b"")
    assert came_back(raw)
    forwarded = raw.replace(b"Subject: Unz", b"Subject: WG: Unz")
    passed_on = take_in(forwarded).received
    assert passed_on
    assert passed_on.kind == K.REPLY

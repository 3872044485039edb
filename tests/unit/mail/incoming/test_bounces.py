"""What comes back is told apart: bounce, delay, answering machine, answer."""

import pytest
from django.db import transaction
from tests.support.mailing import queue, use
from tests.unit.mail import bounce_samples as samples

from siegelpost.mail.incoming.bounces import ReportKind, read
from siegelpost.mail.incoming.routing import take_in
from siegelpost.mail.models import IncomingKind, MailState, OutgoingMail
from siegelpost.mail.outgoing import outbox
from siegelpost.mail.outgoing.transitions import Change, What


@pytest.mark.parametrize(
    ("raw", "kind", "status"),
    [
        pytest.param(samples.report(), ReportKind.BOUNCED, "5.1.1", id="RFC 3464"),
        pytest.param(samples.report(returned="text/rfc822-headers"), ReportKind.BOUNCED, "5.1.1", id="headers only"),
        pytest.param(samples.report(status="5.2.2"), ReportKind.BOUNCED, "5.2.2", id="full mailbox"),
        pytest.param(samples.report(status="4.4.7"), ReportKind.BOUNCED, "4.4.7", id="given up after days"),
        pytest.param(samples.report(action="delayed", status="4.4.1"), ReportKind.DELAYED, "4.4.1", id="delayed"),
        pytest.param(samples.report(action="relayed", status="2.0.0"), ReportKind.DELIVERED, "2.0.0", id="relayed"),
        pytest.param(samples.report(action="", status="5.0.0"), ReportKind.BOUNCED, "5.0.0", id="no action"),
        pytest.param(samples.EXIM, ReportKind.BOUNCED, "5.1.1", id="Exim"),
        pytest.param(samples.QMAIL, ReportKind.BOUNCED, "5.2.2", id="qmail"),
        pytest.param(samples.GERMAN, ReportKind.BOUNCED, "", id="plain, in German"),
        pytest.param(samples.WARNING, ReportKind.DELAYED, "", id="Exim's warning"),
        pytest.param(samples.GMAIL_DELAY, ReportKind.DELAYED, "4.2.1", id="Gmail's warning names who failed"),
        pytest.param(samples.GIVEN_UP_IN_GERMAN, ReportKind.BOUNCED, "5.4.7", id="delayed, then given up"),
        pytest.param(samples.EXCHANGE_DELAY, ReportKind.DELAYED, "", id="Exchange's warning, plain, in German"),
        pytest.param(samples.HTML_ONLY, ReportKind.BOUNCED, "5.1.1", id="HTML only"),
        pytest.param(samples.UNNAMED, ReportKind.BOUNCED, "5.1.1", id="by nobody in particular"),
        pytest.param(samples.UNSURE, ReportKind.AUTOMATIC_REPLY, "", id="a machine that only says so"),
        pytest.param(samples.UTF8_DELAY, ReportKind.DELAYED, "4.4.1", id="RFC 6533"),
        pytest.param(samples.SEVERAL, ReportKind.BOUNCED, "5.1.1", id="several recipients, encoded"),
        pytest.param(samples.VACATION, ReportKind.AUTOMATIC_REPLY, "", id="vacation"),
        pytest.param(samples.OUTLOOK_AWAY, ReportKind.AUTOMATIC_REPLY, "", id="Outlook away"),
        pytest.param(samples.ANSWER, ReportKind.OTHER, "", id="a person's answer"),
        pytest.param(samples.FORWARDED_REPORT, ReportKind.OTHER, "", id="a bounce that somebody forwarded"),
        pytest.param(b"", ReportKind.OTHER, "", id="nothing"),
    ],
)
def test_kinds(raw: bytes, kind: ReportKind, status: str) -> None:
    found = read(raw)
    assert (found.kind, found.status) == (kind, status)
    if kind in {ReportKind.BOUNCED, ReportKind.DELAYED, ReportKind.AUTOMATIC_REPLY}:
        assert samples.OURS in found.message_ids
    if kind is ReportKind.BOUNCED and not found.each[1:]:
        assert found.recipient == "anna@example.test"
        assert found.diagnostic


@pytest.fixture
def accepted(db: None) -> OutgoingMail:
    """A mail that the mail server has taken."""
    use(25)
    mail = queue()
    OutgoingMail.objects.filter(pk=mail.pk).update(
        state=MailState.ACCEPTED,
        server_code=250,
        message_id=samples.OURS,
        accepted_at=mail.created_at,
        public_id=samples.ENVELOPE,
    )
    mail.refresh_from_db()
    return mail


def test_a_bounce_changes_its_mail_once(accepted: OutgoingMail) -> None:
    told: list[Change] = []
    listener = outbox.on_change(lambda change: told.append(change))
    try:
        first, second = take_in(samples.certain()), take_in(samples.certain())
    finally:
        outbox.forget(listener)
    assert (first.changed, second.changed) == (True, False)
    assert first.mail == second.mail == accepted
    accepted.refresh_from_db()
    assert accepted.state == MailState.BOUNCED
    assert accepted.server_answer.startswith("550 5.1.1 <anna@example.test>: Recipient address rejected")
    assert accepted.accepted_at is not None, "it had been accepted, and that stays true"
    assert [(change.what, change.old) for change in told] == [(What.BOUNCED, MailState.ACCEPTED)]


@pytest.mark.usefixtures("accepted")
@pytest.mark.parametrize(
    "raw", [samples.WARNING, samples.VACATION, samples.OUTLOOK_AWAY, samples.ANSWER, samples.report(action="relayed")]
)
def test_nothing_else_changes_a_mail(raw: bytes) -> None:
    outcome = take_in(raw)
    assert not outcome.changed
    assert OutgoingMail.objects.get().state == MailState.ACCEPTED


@pytest.mark.parametrize(
    ("recipient", "kind"),
    [("Anna@Example.test", IncomingKind.DELIVERY_REPORT), ("b@c.test", IncomingKind.AUTOMATIC_REPLY)],
)
def test_of_several_recipients_ours_counts(accepted: OutgoingMail, recipient: str, kind: IncomingKind) -> None:
    """A report that names only others (a mailbox passed ours on, and that failed) made our mail "bounced"."""
    OutgoingMail.objects.filter(pk=accepted.pk).update(recipient=recipient)
    outcome = take_in(samples.SEVERAL)
    accepted.refresh_from_db()
    assert accepted.state == MailState.ACCEPTED
    assert outcome.received is not None
    assert outcome.received.kind == kind


def test_the_envelope_id_finds_the_mail_too(accepted: OutgoingMail) -> None:
    raw = samples.report(message_id="<rewritten@relay.test>", envelope_id=accepted.public_id.hex)
    assert take_in(raw).changed


def test_an_unknown_mail_bounces_nothing(accepted: OutgoingMail) -> None:
    outcome = take_in(samples.report(message_id="<stranger@elsewhere.test>"))
    assert (outcome.mail, outcome.changed) == (None, False)
    accepted.refresh_from_db()
    assert accepted.state == MailState.ACCEPTED


@pytest.mark.parametrize("state", [MailState.QUEUED, MailState.REFUSED, MailState.CANCELLED])
def test_only_an_accepted_mail_bounces(accepted: OutgoingMail, state: MailState) -> None:
    with transaction.atomic():
        OutgoingMail.objects.filter(pk=accepted.pk).update(state=state)
    assert not take_in(samples.certain()).changed

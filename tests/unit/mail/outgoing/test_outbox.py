"""The queue: what goes in, under which conditions, and how it is stopped or tried again."""

import hashlib
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from tests.support.mailing import queue, use

from siegelpost.mail.models import MailContent, MailState, OutgoingMail, Purpose
from siegelpost.mail.outgoing import outbox
from siegelpost.mail.outgoing.compose import compose
from siegelpost.mail.outgoing.outbox import OutsideTransactionError, enqueue, redacted_mime
from siegelpost.mail.outgoing.redaction import SecretLeftError
from siegelpost.mail.outgoing.transitions import Change, StateChangedError, What, change

TOKEN = "xW3-_kQ9v8Zt7Lr2mN5pB1cD4fG6hJ0a"
LINK = f"https://office.test/s/{TOKEN}/"
LONG_TEXT = f"Guten Tag Frau Müller, hier ist ein langer Satz vor dem Link, der ihn umbricht: {LINK}\n" * 3


@pytest.fixture(autouse=True)
def office(db: None) -> None:
    use(25)


def put(**given: object) -> OutgoingMail:
    message = compose(to="anna@example.test", subject="Exposé", text=LONG_TEXT, html=f'<a href="{LINK}">{LINK}</a>')
    return enqueue(message, dispatch_id="", purpose=Purpose.NOTICE, secrets=[TOKEN])


@pytest.mark.django_db(transaction=True)
def test_queueing_needs_a_transaction() -> None:
    with pytest.raises(OutsideTransactionError):
        put()
    assert not OutgoingMail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_mail_stands_or_falls_with_the_transaction_and_is_due_at_once() -> None:
    with transaction.atomic():
        put()
        transaction.set_rollback(True)
    assert not OutgoingMail.objects.exists()
    assert not outbox.due().exists()
    with transaction.atomic():
        mail = put()
    assert outbox.due().get() == mail


def test_nobody_reads_the_link_in_the_database() -> None:
    mail = put()
    with connection.cursor() as cursor:
        for table in (OutgoingMail, MailContent):
            cursor.execute(f"SELECT * FROM {table._meta.db_table}")  # noqa: S608 - our own name
            for value in (value for row in cursor.fetchall() for value in row):
                stored = value if isinstance(value, bytes) else bytes(str(value), "utf-8")
                assert TOKEN.encode() not in bytes(stored)
    plain = message_from_bytes(mail.mime(), policy=default).get_body(("plain",))
    assert plain is not None
    assert TOKEN in plain.get_content()


def test_hashes_name_the_mail_with_and_without_its_link() -> None:
    mail = put()
    assert hashlib.sha256(mail.mime()).hexdigest() == mail.sha256
    blotted = redacted_mime(mail)
    assert hashlib.sha256(blotted).hexdigest() == mail.redacted_sha256
    shown, sent = (message_from_bytes(one, policy=default) for one in (blotted, mail.mime()))
    for kind in ("plain", "html"):
        text, original = shown.get_body((kind,)), sent.get_body((kind,))
        assert text is not None
        assert original is not None
        assert text.get_content() == original.get_content().replace(TOKEN, "x" * len(TOKEN))
    assert len(blotted) == len(mail.mime())


def test_a_secret_that_cannot_be_blotted_out_is_not_sent() -> None:
    message = compose(to="anna@example.test", subject="Exposé", text="Text")
    message.add_attachment(f"Link: {LINK}\nÄ", cte="base64")
    with pytest.raises(SecretLeftError):
        enqueue(message, dispatch_id=None, purpose=Purpose.NOTICE, secrets=[TOKEN])
    with pytest.raises(SecretLeftError):
        enqueue(compose(to="a@b.test", subject="", text=""), dispatch_id=None, purpose=Purpose.NOTICE, secrets=["a b"])


@pytest.mark.parametrize("header", ["Cc", "Bcc"])
def test_one_mail_has_one_recipient(header: str) -> None:
    message = compose(to="anna@example.test", subject="Exposé", text="Text")
    message[header] = "bob@example.test"
    with pytest.raises(ValueError, match="one recipient"):
        enqueue(message, dispatch_id=None, purpose=Purpose.NOTICE)


@pytest.mark.parametrize("header", ["Message-ID", "Date", "To", "From"])
def test_needed_headers(header: str) -> None:
    message = compose(to="anna@example.test", subject="Exposé", text="Text")
    del message[header]
    with pytest.raises(ValueError, match=header):
        enqueue(message, dispatch_id=None, purpose=Purpose.NOTICE)


def test_the_same_mail_is_not_queued_twice() -> None:
    message = compose(to="anna@example.test", subject="Exposé", text="Text")
    enqueue(message, dispatch_id=None, purpose=Purpose.NOTICE)
    with pytest.raises(IntegrityError), transaction.atomic():
        enqueue(message, dispatch_id=None, purpose=Purpose.NOTICE)


def test_who_waits_overtakes() -> None:
    notice, sign_in = queue(), queue(purpose=Purpose.SIGN_IN)
    assert (notice.urgent, sign_in.urgent) == (False, True)
    assert list(outbox.due()) == [sign_in, notice]


def test_cancelling_stops_only_what_waits() -> None:
    mail = queue()
    assert outbox.cancel(mail)
    assert mail.state == MailState.CANCELLED
    assert not outbox.cancel(mail)
    late = queue()
    OutgoingMail.objects.filter(pk=late.pk).update(state=MailState.SENDING)
    assert not outbox.cancel(late), "a worker was quicker"


@pytest.mark.parametrize(
    ("state", "again"),
    [
        (MailState.QUEUED, True),
        (MailState.REFUSED, True),
        (MailState.GIVEN_UP, True),
        (MailState.SENDING, False),
        (MailState.ACCEPTED, False),
        (MailState.BOUNCED, False),
        (MailState.CANCELLED, False),
    ],
)
def test_trying_again(state: MailState, again: bool) -> None:
    mail = queue()
    before = mail.message_id
    later = timezone.now() + timedelta(hours=1)
    OutgoingMail.objects.filter(pk=mail.pk).update(state=state, next_attempt_at=later)
    mail.refresh_from_db()
    assert outbox.retry_now(mail) is again
    assert mail.state == (MailState.QUEUED if again else state)
    assert mail.message_id == before
    assert outbox.due().count() == int(again)


def test_a_change_from_a_state_that_was_left_fails() -> None:
    mail = queue()
    stale = OutgoingMail.objects.get(pk=mail.pk)
    change(mail, What.CANCELLED, MailState.CANCELLED)
    with pytest.raises(StateChangedError):
        change(stale, What.ATTEMPT_STARTED, MailState.SENDING)


def test_a_listener_that_fails_undoes_the_change() -> None:
    def fails(_change: Change) -> None:
        raise ZeroDivisionError

    mail = queue()
    outbox.on_change(fails)
    try:
        with pytest.raises(ZeroDivisionError):
            outbox.cancel(mail)
    finally:
        outbox.forget(fails)
    assert OutgoingMail.objects.get().state == MailState.QUEUED

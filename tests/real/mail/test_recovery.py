"""What happens when a process, a listener or a claim goes away in the middle."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from tests.real.mail.test_kill import start
from tests.support.mailing import make_due, queue, said, send, use
from tests.support.smtp import POLITE, Fault, Hear, Say, Scripted, mailbox, scripted

from siegelpost.keys import UnsafeError
from siegelpost.ledger import halt
from siegelpost.mail.models import AttemptOutcome, MailState, OutgoingMail
from siegelpost.mail.outgoing import claims, delivery, outbox
from siegelpost.mail.outgoing.smtp import Conversation
from siegelpost.mail.outgoing.transitions import Change, What

DEAD = "a-worker-that-is-gone"


def leave_behind(mail: OutgoingMail, *, content_began: bool, until: timedelta = timedelta(hours=1)) -> None:
    """Put the mail into the state a killed process leaves it in."""
    now = timezone.now()
    mail.log.create(number=1)
    OutgoingMail.objects.filter(pk=mail.pk).update(
        state=MailState.SENDING,
        attempts=1,
        claimed_by=DEAD,
        claimed_until=now + until,
        data_started_at=now if content_began else None,
    )


@pytest.fixture
def dead_worker() -> Iterator[None]:
    """A lock file that nobody holds, as a killed process leaves it."""
    claims.worker()
    path = claims._folder() / DEAD
    path.touch()
    yield
    assert not path.exists(), "dealt with, it is forgotten"


@pytest.mark.usefixtures("dead_worker")
@pytest.mark.parametrize(
    ("content_began", "what"), [(False, What.LOST), (True, What.INTERRUPTED)], ids=["before", "after"]
)
def test_a_dead_process_is_noticed_at_once(
    content_began: bool, what: What, tmp_path: Path, changes: list[Change]
) -> None:
    with mailbox(tmp_path) as server:
        use(server.port)
        mail = queue()
        leave_behind(mail, content_began=content_began)
        assert delivery.recover() == 1
        assert said(changes) == [what]
        assert send(mail).state == MailState.ACCEPTED
        assert [one.message_id for one in server.mails()] == [mail.message_id]
    assert [attempt.outcome for attempt in mail.log.all()] == [what.value, AttemptOutcome.ACCEPTED]


def test_a_living_process_keeps_its_mail_until_its_time_is_over(changes: list[Change]) -> None:
    use(25)
    mail = queue()
    leave_behind(mail, content_began=True)
    OutgoingMail.objects.update(claimed_by=claims.worker())
    assert delivery.recover() == 0
    OutgoingMail.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert delivery.recover() == 1
    assert said(changes) == [What.INTERRUPTED]


def test_while_all_writing_is_stopped_nothing_is_sent_and_no_try_is_held_against_the_mail(tmp_path: Path) -> None:
    with mailbox(tmp_path) as server:
        use(server.port)
        mail = queue()
        halt.halt("ledger", UnsafeError("Die Datenbank ist älter.", "The database is older."))
        assert (send(mail).state, mail.attempts) == (MailState.QUEUED, 0)
        halt.lift("ledger")
        assert send(mail).state == MailState.ACCEPTED


def test_another_process_is_alive_as_long_as_it_runs() -> None:
    program = (
        "import time; from siegelpost.mail.outgoing import claims; print(claims.worker(), flush=True); time.sleep(60)"
    )
    other = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout is not None
        name = other.stdout.readline().strip()
        assert name not in claims.dead_workers()
    finally:
        other.kill()
        other.communicate()
    assert name in list(claims.dead_workers())
    assert name not in list(claims.dead_workers())


def test_an_answer_that_could_not_be_made_known_is_not_lost(tmp_path: Path, changes: list[Change]) -> None:
    """The listener fails after the 250: the mail is not sent again, and is told as accepted when it works."""

    def fails(change: Change) -> None:
        if change.what is What.ACCEPTED:
            failed.append(change)
            raise ZeroDivisionError

    failed: list[Change] = []
    with mailbox(tmp_path) as server:
        use(server.port)
        mail = queue()
        outbox.on_change(fails)
        try:
            delivery.sweep()
        finally:
            outbox.forget(fails)
        assert len(failed) == 1
        mail.refresh_from_db()
        assert mail.state == MailState.SENDING
        del changes[:]
        assert delivery.recover() == 1
        mail.refresh_from_db()
        assert (mail.state, mail.server_code) == (MailState.ACCEPTED, 250)
        assert said(changes) == [What.ACCEPTED]
        assert len(server.mails()) == 1


def test_a_listener_that_fails_at_the_start_keeps_the_mail_back_and_no_other(tmp_path: Path) -> None:
    def fails(change: Change) -> None:
        if change.mail.pk == mail.pk:
            raise ZeroDivisionError

    with mailbox(tmp_path) as server:
        use(server.port)
        mail, other = queue(), queue()
        outbox.on_change(fails)
        try:
            delivery.sweep()
            delivery.sweep()
        finally:
            outbox.forget(fails)
        assert [one.message_id for one in server.mails()] == [other.message_id]
        mail.refresh_from_db()
        assert (mail.state, mail.attempts) == (MailState.QUEUED, 0)
        assert timedelta(seconds=50) < mail.next_attempt_at - timezone.now() <= timedelta(minutes=1)
        make_due(mail)
        assert send(mail).state == MailState.ACCEPTED


def test_who_lost_the_claim_does_not_send(changes: list[Change], monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that slept too long finds its mail in other hands before the content leaves."""
    with scripted(*POLITE, Hear("."), Say("250 ok")) as server:
        use(server.port)
        mail = queue()
        original = delivery._mark

        def too_late(mine: OutgoingMail) -> None:
            OutgoingMail.objects.filter(pk=mine.pk).update(claimed_by="somebody else")
            original(mine)

        monkeypatch.setattr(delivery, "_mark", too_late)
        delivery.sweep()
        mail.refresh_from_db()
    assert b"Subject" not in server.heard[0]
    assert (mail.state, mail.claimed_by) == (MailState.SENDING, "somebody else")
    assert said(changes) == [What.ATTEMPT_STARTED]


def test_no_transaction_is_open_while_the_server_is_spoken_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_during: list[bool] = []
    conversation = Conversation
    for name in ("open", "hand_over"):
        original: Callable[..., object] = getattr(conversation, name)

        def watched(*given: object, original: Callable[..., object] = original) -> object:
            open_during.append(connection.in_atomic_block)
            return original(*given)

        monkeypatch.setattr(conversation, name, watched)
    with mailbox(tmp_path) as server:
        use(server.port)
        assert send(queue()).state == MailState.ACCEPTED
    assert open_during == [False, False]


def test_two_processes_share_the_work(tmp_path: Path) -> None:
    with mailbox(tmp_path, delay=0.01) as server:
        use(server.port)
        mails = [queue() for _ in range(60)]
        workers = [start(), start()]
        for worker in workers:
            worker.communicate(timeout=60)
            assert worker.returncode == 0
        received = [one.message_id for one in server.mails()]
    assert sorted(received) == sorted(mail.message_id for mail in mails)
    assert set(OutgoingMail.objects.values_list("state", "attempts")) == {(MailState.ACCEPTED, 1)}


def test_a_deferred_mail_is_due_at_its_time_and_not_before(tmp_path: Path) -> None:
    with mailbox(tmp_path, Fault("RCPT", "450 later", times=1)) as server:
        use(server.port)
        mail = send(queue())
        assert not outbox.due().exists()
        make_due(mail)
        assert outbox.due().get() == mail
        assert send(mail).state == MailState.ACCEPTED


def test_asked_to_end_it_begins_no_other_mail(tmp_path: Path) -> None:
    with mailbox(tmp_path) as server:
        use(server.port)
        for _ in range(3):
            queue()
        listener = outbox.on_change(lambda change: delivery.stopping.set())
        try:
            delivery.sweep()
        finally:
            outbox.forget(listener)
            delivery.stopping.clear()
        assert len(server.mails()) == 1
    assert OutgoingMail.objects.filter(state=MailState.QUEUED).count() == 2


def test_a_connection_that_the_server_ended_between_two_mails_costs_nothing() -> None:
    """Servers that allow so many mails for each connection say 421 at the next one."""
    one_mail = [*POLITE, Hear("."), Say("250 ok"), Hear("MAIL"), Say("421 4.7.0 enough for now")]
    with scripted(*one_mail) as server:
        use(server.port)
        mails = [queue() for _ in range(3)]
        send(mails[0])
        heard: Scripted = server
    assert set(OutgoingMail.objects.values_list("state", "attempts")) == {(MailState.ACCEPTED, 1)}
    assert len(heard.heard) == 3


def test_an_unreadable_mail_waits_and_stops_nobody(tmp_path: Path) -> None:
    with mailbox(tmp_path) as server:
        use(server.port)
        broken, sound = queue(), queue()
        broken.content.sealed = b"gAAAAAdamaged"
        broken.content.save()
        send(broken)
        sound.refresh_from_db()
    assert broken.state == MailState.QUEUED
    assert sound.state == MailState.ACCEPTED


def test_an_address_that_the_server_cannot_take_is_refused_clearly(tmp_path: Path) -> None:
    with scripted(*POLITE) as server:
        use(server.port)
        mail = send(queue("jürgen@example.test"))
    assert (mail.state, mail.cause) == (MailState.REFUSED, "no_smtputf8")
    with mailbox(tmp_path) as able:
        use(able.port)
        assert send(queue("jürgen@example.test")).state == MailState.ACCEPTED
        assert able.mails()[0].recipient == "Anna Müller <jürgen@example.test>"


def test_urgent_mails_overtake(tmp_path: Path, changes: list[Change]) -> None:
    from siegelpost.mail.models import Purpose

    with mailbox(tmp_path) as server:
        use(server.port)
        first, second, urgent = queue(), queue(), queue(purpose=Purpose.SIGN_IN)
        send(first)
    order = [change.mail.pk for change in changes if change.what is What.ACCEPTED]
    assert order == [urgent.pk, first.pk, second.pk]

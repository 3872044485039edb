"""Each answer a mail server can give, over real sockets, and what the mail's state says afterwards."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.support.mailing import forget_rest, make_due, queue, said, send, use
from tests.support.ports import free_port
from tests.support.smtp import CUT, HANG_UP, POLITE, Fault, Hear, Say, Step, Wait, mailbox, scripted

from siegelpost.mail.causes import Cause
from siegelpost.mail.models import AttemptOutcome, MailState, OutgoingMail, Stage
from siegelpost.mail.outgoing import delivery, retry
from siegelpost.mail.outgoing.transitions import Change, What

HELLO = (Say("220 ready"), Hear("EHLO"), Say("250 hello"))


def test_accepted_with_the_servers_words(tmp_path: Path, changes: list[Change]) -> None:
    with mailbox(tmp_path) as server:
        use(server.port)
        mail = queue()
        assert mail.state == MailState.QUEUED
        send(mail)
        (received,) = server.mails()
    assert mail.state == MailState.ACCEPTED
    assert mail.server_code == 250
    assert received.name in mail.server_text
    assert mail.accepted_at is not None
    assert received.message_id == mail.message_id
    assert received.raw.partition(b"\r\nFrom:")[2] == mail.mime().partition(b"From:")[2]
    assert said(changes) == [What.ATTEMPT_STARTED, What.ACCEPTED]
    (attempt,) = mail.log.all()
    assert (attempt.stage, attempt.outcome) == (Stage.ANSWER, AttemptOutcome.ACCEPTED)
    assert attempt.host == f"127.0.0.1:{server.port} [127.0.0.1]"


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DOT"])
def test_a_temporary_failure_is_tried_again(command: str, tmp_path: Path, changes: list[Change]) -> None:
    with mailbox(tmp_path, Fault(command, "451 4.7.1 come back later", times=1)) as server:
        use(server.port)
        mail = send(queue())
        assert (mail.state, mail.server_answer) == (MailState.QUEUED, "451 4.7.1 come back later")
        assert mail.deferred
        assert timedelta(seconds=50) < mail.next_attempt_at - timezone.now() < timedelta(seconds=61)
        assert server.mails() == []
        delivery.sweep()
        assert len(mail.log.all()) == 1, "it waits for its time"
        make_due(mail)
        send(mail)
        (received,) = server.mails()
    assert mail.state == MailState.ACCEPTED
    assert received.message_id == mail.message_id
    assert said(changes) == [What.ATTEMPT_STARTED, What.DEFERRED, What.ATTEMPT_STARTED, What.ACCEPTED]


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DOT"])
def test_a_final_refusal_is_final(command: str, tmp_path: Path, changes: list[Change]) -> None:
    with mailbox(tmp_path, Fault(command, "550 5.1.1 no such user")) as server:
        use(server.port)
        mail = send(queue())
        assert server.mails() == []
    assert (mail.state, mail.server_answer) == (MailState.REFUSED, "550 5.1.1 no such user")
    assert mail.accepted_at is None
    assert said(changes) == [What.ATTEMPT_STARTED, What.REFUSED]
    assert changes[-1].answer is not None
    assert changes[-1].answer.code == 550


@pytest.mark.parametrize("refusal", ["552 5.3.4 message size exceeds fixed limit", "552 too big"])
def test_a_mail_that_is_too_large_for_the_server_is_called_so(refusal: str) -> None:
    with scripted(*HELLO, Hear("MAIL"), Say(refusal)) as server:
        use(server.port)
        mail = send(queue())
    assert (mail.state, mail.cause) == (MailState.REFUSED, Cause.TOO_LARGE)
    with scripted(*POLITE, Hear("."), Say("552 5.3.4 too big")) as server:
        use(server.port)
        mail = send(queue())
    assert (mail.state, mail.cause) == (MailState.REFUSED, Cause.TOO_LARGE)


def test_a_full_mailbox_is_not_about_the_size_of_the_mail() -> None:
    with scripted(*POLITE[:6], Say("552 5.2.2 mailbox full")) as server:
        use(server.port)
        mail = send(queue())
    assert (mail.state, mail.cause) == (MailState.REFUSED, "")


@pytest.mark.parametrize(
    ("recipient", "original"),
    [
        ("anna+x=y@example.test", "rfc822;anna+2Bx+3Dy@example.test"),
        ("jörg+a@example.test", "utf-8;j\\x{F6}rg\\x{2B}a@example.test"),
    ],
)
def test_a_server_that_knows_delivery_reports_is_asked_for_them(recipient: str, original: str) -> None:
    hello = (Say("220 ready"), Hear("EHLO"), Say("250-hello\r\n250-SMTPUTF8\r\n250-8BITMIME\r\n250 DSN"))
    with scripted(*hello, *POLITE[3:], Hear("."), Say("250 ok")) as server:
        use(server.port)
        mail = send(queue(recipient))
        heard = server.heard[0].decode()
    assert mail.state == MailState.ACCEPTED
    assert f" RET=HDRS ENVID={mail.public_id.hex}\r\n" in heard
    assert f" TO:<{recipient}> NOTIFY=FAILURE,DELAY ORCPT={original}\r\n" in heard


@pytest.mark.parametrize(
    ("steps", "stage", "cause"),
    [
        ([Wait()], Stage.GREETING, Cause.SILENT),
        ([Say("220 slow and slower and slower", pause=0.1)], Stage.GREETING, Cause.SILENT),
        ([HANG_UP], Stage.GREETING, Cause.CLOSED),
        ([Say("HTTP/1.1 400 Bad Request")], Stage.GREETING, Cause.NOT_SMTP),
        ([Say("421 4.3.2 too busy")], Stage.GREETING, Cause.NOT_READY),
        ([Say("554 5.7.1 go away")], Stage.GREETING, Cause.TURNED_AWAY),
        ([Say("220 ready"), Hear("EHLO"), Say("550 Invalid EHLO domain")], Stage.EHLO, Cause.NAME_REFUSED),
        ([Say("220 ready"), Hear("EHLO"), Say("450 come later")], Stage.EHLO, Cause.NOT_READY),
        (
            [*HELLO, Hear("MAIL"), Say("250 ok"), Hear("RCPT"), Say("550 5.7.1 <x>: Helo command rejected: no host")],
            Stage.RCPT,
            Cause.NAME_REFUSED,
        ),
        ([Say("220 ready"), Hear("EHLO"), Wait()], Stage.EHLO, Cause.SILENT),
        ([*HELLO, Hear("MAIL"), HANG_UP], Stage.MAIL, Cause.CLOSED),
        ([*HELLO, Hear("MAIL"), Say("250 ok"), Hear("RCPT"), Wait()], Stage.RCPT, Cause.SILENT),
        ([*HELLO, Hear("MAIL"), Say("530 5.7.0 Authentication required")], Stage.MAIL, Cause.LOGIN_NEEDED),
        ([*POLITE[:-1], HANG_UP], Stage.DATA, Cause.CLOSED),
    ],
)
def test_trouble_before_the_content_only_delays(
    steps: list[Step], stage: Stage, cause: Cause, changes: list[Change]
) -> None:
    with scripted(*steps) as server:
        use(server.port)
        mail = send(queue())
    assert mail.state == MailState.QUEUED
    (attempt,) = mail.log.all()
    assert (attempt.stage, attempt.cause, attempt.outcome) == (stage, cause, AttemptOutcome.DEFERRED)
    assert mail.data_started_at is None
    assert said(changes) == [What.ATTEMPT_STARTED, What.DEFERRED]


def test_nobody_listens() -> None:
    use(free_port())
    mail = send(queue())
    assert (mail.state, mail.cause) == (MailState.QUEUED, Cause.UNREACHABLE)


def test_a_name_that_does_not_exist() -> None:
    use(25, host="mail.example.invalid")
    mail = send(queue())
    assert (mail.state, mail.cause) == (MailState.QUEUED, Cause.UNKNOWN_HOST)


@pytest.mark.parametrize("ending", [[HANG_UP], [Wait()], [Say("what was that?")], [Say("250-half an answer"), HANG_UP]])
def test_an_answer_cut_off_after_the_content_is_an_interruption(ending: list[Step], changes: list[Change]) -> None:
    with scripted(*POLITE, Hear("."), *ending) as server:
        use(server.port)
        mail = send(queue())
    assert mail.state == MailState.QUEUED
    assert mail.data_started_at is not None
    assert said(changes) == [What.ATTEMPT_STARTED, What.INTERRUPTED]
    assert mail.log.get().outcome == AttemptOutcome.INTERRUPTED


def test_after_an_interruption_it_goes_out_again_under_the_same_message_id(
    tmp_path: Path, changes: list[Change]
) -> None:
    with mailbox(tmp_path, Fault("DOT", CUT, times=1, store=True)) as server:
        use(server.port)
        mail = send(queue())
        make_due(mail)
        send(mail)
        received = server.mails()
    assert mail.state == MailState.ACCEPTED
    assert [one.message_id for one in received] == [mail.message_id] * 2
    assert said(changes) == [What.ATTEMPT_STARTED, What.INTERRUPTED, What.ATTEMPT_STARTED, What.ACCEPTED]


def test_a_server_that_always_cuts_its_answer_off_does_not_get_the_mail_for_days(
    tmp_path: Path, changes: list[Change]
) -> None:
    with mailbox(tmp_path, Fault("DOT", CUT, store=True)) as server:
        use(server.port)
        mail = queue()
        while mail.state == MailState.QUEUED:
            make_due(mail)
            send(mail)
        assert len(server.mails()) == retry.MOST_INTERRUPTIONS
    assert mail.state == MailState.GIVEN_UP
    assert said(changes)[-2:] == [What.INTERRUPTED, What.GIVEN_UP]


def test_waiting_times_grow_and_end(changes: list[Change]) -> None:
    use(free_port())
    mail = queue()
    waits = []
    for _ in range(7):
        forget_rest()
        make_due(mail)
        send(mail)
        waits.append(round((mail.next_attempt_at - timezone.now()).total_seconds() / 60))
    assert waits == [1, 5, 15, 60, 120, 240, 240]
    OutgoingMail.objects.filter(pk=mail.pk).update(give_up_at=timezone.now())
    forget_rest()
    make_due(mail)
    send(mail)
    assert mail.state == MailState.GIVEN_UP
    assert said(changes)[-2:] == [What.DEFERRED, What.GIVEN_UP]


def test_without_a_mail_server_mails_wait_and_say_why() -> None:
    use(25, host="")
    mail = send(queue())
    assert (mail.state, mail.cause) == (MailState.QUEUED, Cause.NOT_CONFIGURED)


def test_an_unusable_server_is_left_alone_for_a_while() -> None:
    use(free_port())
    mails = [queue() for _ in range(5)]
    for mail in mails:
        send(mail)
    assert [mail.attempts for mail in mails] == [1, 0, 0, 0, 0]


def test_changed_settings_end_the_wait(tmp_path: Path) -> None:
    use(free_port())
    send(queue())
    with mailbox(tmp_path) as server:
        use(server.port)
        assert send(queue()).state == MailState.ACCEPTED


def test_one_refused_mail_does_not_stop_the_others(tmp_path: Path) -> None:
    fault = Fault("RCPT", "550 5.1.1 no such user", recipient="gone@")
    with mailbox(tmp_path, fault) as server:
        use(server.port)
        mails = [queue(f"{name}@example.test") for name in ("one", "gone", "two", "three")]
        send(mails[0])
        states = list(OutgoingMail.objects.order_by("pk").values_list("state", flat=True))
        assert states == ["accepted", "refused", "accepted", "accepted"]
        assert len(server.sink.connections) == 1, "one connection serves several mails"

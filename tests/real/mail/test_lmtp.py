"""The port for mail that comes in: what belongs to a mail of ours is taken, all else is refused."""

import smtplib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.support.mailing import queue, use
from tests.support.waiting import until
from tests.unit.mail import bounce_samples as samples

from siegelpost.keys import UnsafeError
from siegelpost.ledger import halt
from siegelpost.mail.incoming.lmtp import PROTOCOLS, Receiver
from siegelpost.mail.models import IncomingKind, IncomingMail, MailState, OutgoingMail
from siegelpost.mail.sink import running
from siegelpost.toolbox.limits import MAIL_CONNECTION


@pytest.fixture(params=["lmtp", "smtp"])
def port(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, int]]:
    with running(tmp_path, handler=Receiver(), protocol=PROTOCOLS[request.param]) as number:
        yield request.param, number


def connected(port: tuple[str, int]) -> smtplib.SMTP:
    protocol, number = port
    kind = smtplib.LMTP if protocol == "lmtp" else smtplib.SMTP
    return kind("127.0.0.1", number)


def test_what_is_ours_is_taken_in(port: tuple[str, int]) -> None:
    use(25)
    mail = queue()
    OutgoingMail.objects.filter(pk=mail.pk).update(
        state=MailState.ACCEPTED, message_id=samples.OURS, public_id=samples.ENVELOPE
    )
    with connected(port) as connection:
        connection.sendmail("", ["buero@office.test"], samples.certain())
        connection.sendmail("anna@example.test", ["buero@office.test"], samples.ANSWER)
        # A person's words, but without a way back: a machine may have written them, or a mail that was passed on.
        connection.sendmail("", ["buero@office.test"], samples.ANSWER.replace(b"Ja.", b"Ja!"))
        with pytest.raises(smtplib.SMTPDataError) as refused:
            connection.sendmail("x@y.test", ["buero@office.test"], b"Subject: hello\r\n\r\nhello\r\n")
    assert refused.value.smtp_code == 550
    mail.refresh_from_db()
    assert mail.state == MailState.BOUNCED
    kinds = list(IncomingMail.objects.values_list("kind", flat=True))
    assert kinds == [IncomingKind.BOUNCE, IncomingKind.REPLY, IncomingKind.PERHAPS_AUTOMATIC]


def test_trouble_of_ours_asks_to_come_again(port: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(raw: bytes) -> bool:
        raise OSError("the disk is full")

    monkeypatch.setattr("siegelpost.mail.incoming.lmtp._take_in", fails)
    with connected(port) as connection, pytest.raises(smtplib.SMTPDataError) as refused:
        connection.sendmail("", ["buero@office.test"], samples.certain())
    assert refused.value.smtp_code == 451


def test_while_all_writing_is_stopped_the_other_side_keeps_its_mail(port: tuple[str, int]) -> None:
    """A mail that was taken into a database that is put away an hour later would be known to nobody."""
    use(25)
    mail = queue()
    OutgoingMail.objects.filter(pk=mail.pk).update(
        state=MailState.ACCEPTED, message_id=samples.OURS, public_id=samples.ENVELOPE
    )
    halt.halt("ledger", UnsafeError("Die Datenbank ist älter.", "The database is older."))
    with connected(port) as connection:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            connection.sendmail("", ["buero@office.test"], samples.certain())
        assert refused.value.smtp_code == 451
        assert not IncomingMail.objects.exists()
        halt.lift("ledger")
        connection.sendmail("", ["buero@office.test"], samples.certain())
    assert IncomingMail.objects.get().kind == IncomingKind.BOUNCE


def test_one_machine_has_only_so_many_connections(port: tuple[str, int]) -> None:
    """The port for mail that comes in had no limit: each connection was a file handle and a mail in memory."""
    with ExitStack() as stack:
        for _ in range(MAIL_CONNECTION.most):
            stack.enter_context(connected(port))
        with pytest.raises(smtplib.SMTPConnectError) as refused:
            connected(port)
        assert refused.value.smtp_code == 421
    until(lambda: connected(port).quit()[0] == 221, forgive=(smtplib.SMTPConnectError,))

"""Bounces are found in the sender's mailbox, over IMAP and TLS, and nothing else in it is touched."""

import pytest
from tests.support.imap import ImapServer
from tests.unit.mail import bounce_samples as samples

from siegelpost.keys import UnsafeError
from siegelpost.ledger import halt
from siegelpost.mail.incoming import imap, mailbox
from siegelpost.mail.incoming.imap_failures import MailboxCause, MailboxError
from siegelpost.mail.incoming.mailbox_settings import configured
from siegelpost.mail.incoming.routing import Routed, take_in
from siegelpost.mail.models import (
    IncomingKind,
    IncomingMail,
    MailboxPosition,
    MailboxSettings,
    MailState,
    OutgoingMail,
    UnfetchedMail,
)
from siegelpost.mail.outgoing import smtp
from siegelpost.mail.outgoing.server_settings import trusted_servers
from siegelpost.settings import load


def test_a_bounce_an_hour_later(server: ImapServer, accepted: OutgoingMail) -> None:
    server.arrive(b"Subject: old mail\r\n\r\n")
    assert imap.poll() == 0
    for raw in (samples.VACATION, samples.ANSWER, samples.certain(), b""):
        server.arrive(raw)
    assert imap.poll() == 1
    accepted.refresh_from_db()
    assert accepted.state == MailState.BOUNCED
    assert accepted.server_code == 550
    assert MailboxPosition.objects.get().last_uid == 5
    asked = [line for line in server.said if "FETCH" in line]
    assert [line.split()[2] for line in asked] == ["2", "3", "4", "5"], "old mail is left alone"
    assert imap.poll() == 0
    assert len([line for line in server.said if "FETCH" in line]) == 4, "no mail is read twice"


def test_the_mailbox_is_only_looked_at(server: ImapServer, accepted: OutgoingMail) -> None:
    imap.poll()
    server.arrive(samples.certain())
    imap.poll()
    commands = {line.split()[0] for line in server.said}
    assert commands <= {"CAPABILITY", "AUTHENTICATE", "EXAMINE", "UID", "LOGOUT"}
    assert all("PEEK" in line for line in server.said if "FETCH" in line)


def test_in_a_rebuilt_mailbox_what_arrived_lately_is_looked_at_once_more(
    server: ImapServer, accepted: OutgoingMail
) -> None:
    """A mailbox that was moved to another server: every number is new, and a bounce may have come meanwhile."""
    imap.poll()
    server.arrive(samples.ANSWER)
    imap.poll()
    server.validity, server.next_uid, server.mails = 8, 1, {}
    for raw in (samples.VACATION, samples.ANSWER, samples.certain()):
        server.arrive(raw)
    server.old = {1}
    server.said.clear()
    assert imap.poll() == 1
    assert [line.split()[2] for line in server.said if "FETCH" in line] == ["2", "3"]
    assert IncomingMail.objects.filter(kind=IncomingKind.REPLY).count() == 1, "what was seen is not seen twice"
    assert imap.poll() == 0
    assert MailboxPosition.objects.get().last_uid == 3


def test_one_mail_that_cannot_be_dealt_with_does_not_hold_up_the_others(
    server: ImapServer, accepted: OutgoingMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    imap.poll()
    server.arrive(b"Subject: strange\r\n\r\n")
    server.arrive(samples.certain())

    def stumbles(raw: bytes, *, complete: bool) -> Routed:
        if b"strange" in raw:
            raise KeyError("a mistake of ours")
        return take_in(raw, complete=complete)

    monkeypatch.setattr(imap, "take_in", stumbles)
    assert imap.poll() == 1
    left = UnfetchedMail.objects.get()
    assert (left.uid, left.tries, left.words) == (1, 1, "")


def test_while_all_writing_is_stopped_mails_stay_and_are_taken_in_later(
    server: ImapServer, accepted: OutgoingMail
) -> None:
    """However often it is looked at: three failures leave a mail out, and these are none of the mail's."""
    imap.poll()
    server.arrive(samples.certain())
    halt.halt("ledger", UnsafeError("Die Datenbank ist älter.", "The database is older."))
    for _ in range(4):
        with pytest.raises(halt.HaltedError):
            imap.poll()
    halt.lift("ledger")
    assert imap.poll() == 1


def test_a_wrong_password_loses_nothing(server: ImapServer, accepted: OutgoingMail) -> None:
    imap.poll()
    server.arrive(samples.certain())
    good, server.password = server.password, "another"
    with pytest.raises(MailboxError) as refused:
        imap.poll()
    assert refused.value.cause is MailboxCause.LOGIN_REFUSED
    server.password = good
    assert imap.poll() == 1


def taken_in(name: str, by: str, sender: str = "x@y.test") -> bytes:
    """A mail as the office's server hands it out, with what it, or the sender, says of the sender."""
    said = f"Authentication-Results: {name};\r\n dmarc=pass\r\n" if name else ""
    return f"Received: from a.test by {by} with ESMTP\r\n{said}From: {sender}\r\n\r\nGuten Tag\r\n".encode()


@pytest.mark.parametrize(
    ("mails", "learned"),
    [
        ([taken_in("mx1.office.test", "mx.office.test")] * 4, "mx1.office.test"),
        ([taken_in("mx1.office.test", "mx.office.test")] * 3 + [taken_in("", "mx.office.test")] * 2, "mx1.office.test"),
        # Too few, or what senders write.
        ([taken_in("mx1.office.test", "mx.office.test")] * 2, ""),
        ([taken_in("mx.evil.test", "mx.office.test")] * 9, ""),
        ([taken_in("mx1.office.test", "mx.office.test")] * 3 + [taken_in("", "mx.office.test")] * 9, ""),
        ([], ""),
    ],
)
def test_the_name_of_the_offices_server_is_learned_by_trying_out(
    mails: list[bytes], learned: str, server: ImapServer
) -> None:
    """Whoever wrote the uppermost header was believed, for nobody had said which server is the office's."""
    for raw in mails:
        server.arrive(raw)
    found = configured()
    assert found
    trial = mailbox.try_out(found)
    assert (trial.ok, trial.trusted) == (True, learned)
    assert trusted_servers() == ({learned} if learned else frozenset())
    MailboxSettings.objects.update_or_create(pk=1, defaults={"trusted_servers": "own.office.test"})
    assert mailbox.try_out(found).trusted == "own.office.test", "what the office has entered stays"


def test_a_stranger_gets_no_password(server: ImapServer) -> None:
    smtp.tls_context.cache_clear()
    load().trust_roots.clear()
    with pytest.raises(MailboxError) as refused:
        imap.poll()
    assert refused.value.cause is MailboxCause.CERTIFICATE
    assert server.said == []


def test_without_a_mailbox_nothing_happens() -> None:
    assert imap.poll() == 0

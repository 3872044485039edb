"""A mailbox that never sticks: whatever a scripted IMAP server does wrong, nothing is lost, and it is told."""

import threading
import time
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.test import Client
from django.utils import timezone
from tests.support.imap import CUT, SILENCE, ImapServer
from tests.support.office import an_agent
from tests.unit.mail import bounce_samples as samples

from siegelpost.mail.incoming import imap, imap_line, mailbox, standing, unfetched
from siegelpost.mail.incoming.imap_failures import MailboxCause, MailboxError
from siegelpost.mail.incoming.mailbox_settings import ImapMailbox, configured
from siegelpost.mail.models import (
    IncomingKind,
    IncomingMail,
    MailboxPosition,
    MailboxStanding,
    OutgoingMail,
    Purpose,
    UnfetchedMail,
)
from siegelpost.office.models import Role
from siegelpost.settings import load

REFUSED = b"{tag} NO The specified message could not be retrieved\r\n"


def begin(server: ImapServer) -> None:
    """The mailbox is read to its end."""
    server.arrive(b"Subject: old mail\r\n\r\n")
    assert imap.poll() == 0


def words(letter: OutgoingMail) -> str:
    body = message_from_bytes(letter.mime(), policy=policy.default).get_body(("plain",))
    assert body is not None
    return f"{letter.subject} {' '.join(body.get_content().split())}"


def let_time_pass() -> None:
    UnfetchedMail.objects.update(next_at=timezone.now())


def failure() -> MailboxError:
    with pytest.raises(MailboxError) as raised:
        imap.poll()
    return raised.value


def test_a_mail_that_the_server_refuses_to_give_does_not_hold_up_those_behind_it(
    server: ImapServer, accepted: OutgoingMail
) -> None:
    """A bounce behind one unfetchable mail was never read: each look failed at the same mail, for ever."""
    begin(server)
    for raw in (b"Subject: unreadable\r\n\r\n", samples.certain()):
        server.arrive(raw)
    server.instead[r"UID FETCH 2 \(BODY"] = REFUSED
    assert imap.poll() == 1
    assert MailboxPosition.objects.get().last_uid == 3
    left = UnfetchedMail.objects.get()
    assert (left.uid, left.tries) == (2, 1)
    assert "could not be retrieved" in left.words
    assert left.arrived_at is not None
    assert left.arrived_at.isoformat() == "2026-11-29T09:00:00+00:00"


def test_it_is_tried_again_later_and_taken_in_once_it_comes(server: ImapServer, accepted: OutgoingMail) -> None:
    begin(server)
    server.arrive(samples.certain())
    server.instead[r"UID FETCH 2 \(BODY"] = REFUSED
    assert imap.poll() == 0
    asked = len(server.said)
    assert imap.poll() == 0
    assert not [line for line in server.said[asked:] if "FETCH 2" in line], "not at once"
    let_time_pass()
    assert imap.poll() == 0
    assert UnfetchedMail.objects.get().tries == 2
    server.instead.clear()
    let_time_pass()
    assert imap.poll() == 1
    assert not UnfetchedMail.objects.exists()


SHORT = b"* 1 FETCH (UID 2 BODY[]<0> {60}\r\nshort)\r\n{tag} OK done\r\n" + b" " * 60 + b"\r\n"


@pytest.mark.parametrize("answer", [CUT, SHORT], ids=["cut", "short"])
def test_a_line_that_breaks_at_one_mail_breaks_there_once(
    answer: bytes, server: ImapServer, accepted: OutgoingMail
) -> None:
    """A server that dropped the line at one mail, or lied of its length, kept all behind it from being read."""
    begin(server)
    for raw in (b"Subject: breaks\r\n\r\n", samples.certain()):
        server.arrive(raw)
    server.instead[r"UID FETCH 2 \(BODY"] = answer
    assert failure().cause in {MailboxCause.HUNG_UP, MailboxCause.NOT_UNDERSTOOD}
    assert imap.poll() == 1, "the next look begins behind it"


@pytest.mark.parametrize(
    "answer",
    [
        b"* 1 FETCH (UID 2 BODY[]<0> {99999999999}\r\n",
        b"* 1 FETCH (UID 2 BODY[]<0> {" + b"9" * 5000 + b"}\r\n",
        b"* 1 FETCH " + b"(" * 100_000 + b"\r\n{tag} OK done\r\n",
        b"* " + b"x" * 1_100_000,
        b"* 1 EXISTS\r\n" * 200_000,
    ],
    ids=["literal", "number", "nesting", "line", "lines"],
)
def test_answers_that_are_too_much(
    answer: bytes, server: ImapServer, accepted: OutgoingMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A length that was a lie was taken at its word: memory for 99 GB was asked for."""
    monkeypatch.setattr(imap_line, "MOST_BYTES", 2_000_000)
    monkeypatch.setattr(imap_line, "LONGEST_LINE", 1_000_000)
    begin(server)
    for raw in (b"Subject: too much\r\n\r\n", samples.certain()):
        server.arrive(raw)
    server.instead[r"UID FETCH 2 \(BODY"] = answer
    failure()
    assert UnfetchedMail.objects.get().uid == 2
    assert imap.poll() == 1


def test_an_answer_that_drips_ends(server: ImapServer, accepted: OutgoingMail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_line, "PATIENCE", 0.3)
    begin(server)
    server.arrive(samples.certain())
    server.instead[r"UID FETCH 2 \(BODY"] = b"* 1 EXISTS\r\n"  # and nothing more, so the clock decides
    monkeypatch.setattr(imap, "_TIMEOUT", 0.5)
    assert failure().cause is MailboxCause.SILENT
    server.instead.clear()
    let_time_pass()
    assert imap.poll() == 1


@pytest.mark.parametrize("answer", [b"{tag} OK done\r\n", b"* 1 FETCH (UID 2 BODY[]<0> NIL)\r\n{tag} OK done\r\n"])
def test_ok_and_no_mail_is_no_empty_mail(answer: bytes, server: ImapServer, accepted: OutgoingMail) -> None:
    """What the server left out was taken for an empty mail, and passed over for good."""
    begin(server)
    server.arrive(samples.certain())
    server.instead[r"UID FETCH 2 \(BODY"] = answer
    assert imap.poll() == 0
    assert UnfetchedMail.objects.get().uid == 2
    del server.mails[2]
    let_time_pass()
    assert imap.poll() == 0
    assert not UnfetchedMail.objects.exists(), "somebody deleted it: nothing is left to be told"


def test_after_three_tries_the_office_is_told_once_and_the_page_says_what_to_do(
    server: ImapServer, accepted: OutgoingMail
) -> None:
    administrator = an_agent(role=Role.ADMINISTRATOR)
    begin(server)
    server.arrive(samples.certain())
    server.instead[r"UID FETCH 2 \(BODY"] = REFUSED
    found = configured()
    assert found
    letters = OutgoingMail.objects.filter(purpose=Purpose.ADMIN_NOTICE)
    for tries in (1, 2, 3, 4):
        let_time_pass()
        imap.poll()
        standing.tell(found)
        assert letters.count() == (tries >= unfetched.TOLD_AFTER)
    letter = words(letters.get())
    assert "could not be retrieved" in letter
    assert "Eine Mail in Ihrem Postfach" in letter
    client = Client()
    client.force_login(administrator)
    page = client.get("/settings/mail/in/", secure=True).content.decode()
    for said in ("Mails, die sich nicht abholen lassen", "Angekommen", "4 Versuche", "could not be retrieved"):
        assert said in page
    assert (
        "Eine Mail im Postfach für Antworten lässt sich nicht abholen."
        in client.get("/today/now/", secure=True).content.decode()
    )


@pytest.mark.parametrize(
    ("capabilities", "way"),
    [
        ("AUTH=PLAIN", "AUTHENTICATE PLAIN"),
        ("", "LOGIN"),
        ("AUTH=CRAM-MD5", "LOGIN"),
        ("AUTH=LOGIN LOGINDISABLED", "AUTHENTICATE LOGIN"),
        ("LITERAL+ AUTH=PLAIN LOGINDISABLED", "AUTHENTICATE PLAIN"),
    ],
)
def test_who_knows_only_login_is_signed_in_to(
    capabilities: str, way: str, server: ImapServer, accepted: OutgoingMail
) -> None:
    """A server without AUTH=PLAIN was said to have refused the password, and LOGIN was never tried."""
    server.capabilities = capabilities
    assert imap.poll() == 0
    assert [line for line in server.said if line.startswith(("AUTHENTICATE", "LOGIN"))] == [way]


def test_a_way_that_is_offered_and_not_understood_is_not_the_last(server: ImapServer) -> None:
    server.instead["AUTHENTICATE"] = b"{tag} BAD unknown command\r\n"
    assert imap.poll() == 0
    assert [line for line in server.said if line.startswith(("AUTH", "LOGIN"))] == ["AUTHENTICATE PLAIN", "LOGIN"]


@pytest.mark.parametrize("password", ["größer", 'with "quotes" and \\', "plain", " "])
def test_any_password_goes_through_login(password: str, server: ImapServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.capabilities, server.password = "", f"\0max muster\0{password}"
    for each in (True, False):
        server.capabilities = "LITERAL+" * each
        with imap.opened(ImapMailbox("localhost", server.port, "max muster", password)) as connection:
            assert connection.selected


def test_where_login_is_disabled_no_password_leaves(server: ImapServer) -> None:
    server.capabilities = "LOGINDISABLED AUTH=XOAUTH2"
    refused = failure()
    assert refused.cause is MailboxCause.NO_WAY_IN
    assert "XOAUTH2" in refused.words
    assert not [line for line in server.said if line.startswith(("AUTH", "LOGIN"))]


@pytest.mark.parametrize("tells", [("EXISTS", "UIDVALIDITY"), ("UIDVALIDITY",), ("EXISTS",), ()])
def test_a_server_that_does_not_tell_its_numbers(
    tells: tuple[str, ...], server: ImapServer, accepted: OutgoingMail
) -> None:
    """A server without UIDNEXT could be tried out and was then never read."""
    server.tells = tells
    assert imap.poll() == 0, "an empty one"
    server.arrive(b"Subject: first\r\n\r\n")
    server.arrive(samples.certain())
    assert imap.poll() == 1
    server.mails.clear()
    server.said.clear()
    assert imap.poll() == 0
    server.arrive(samples.ANSWER)
    assert imap.poll() == 0
    assert [line.split()[2] for line in server.said if "FETCH" in line] == ["3"], "none is read twice, none is lost"


def test_numbers_that_begin_anew_without_a_word(server: ImapServer, accepted: OutgoingMail) -> None:
    """A mailbox that shrank, and numbers its mails from one on under the same UIDVALIDITY, was read no more."""
    begin(server)
    for _ in range(5):
        server.arrive(samples.VACATION)
    imap.poll()
    server.mails, server.next_uid = {}, 1
    server.arrive(samples.certain())
    assert imap.poll() == 1


def test_in_a_rebuilt_mailbox_more_than_two_hundred_mails_are_looked_at_again(
    server: ImapServer, accepted: OutgoingMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the latest two hundred were: a bounce before them was lost."""
    monkeypatch.setattr(imap, "_MOST_MAILS", 3)
    begin(server)
    server.validity, server.next_uid, server.mails = 8, 1, {}
    for raw in (samples.certain(), *[b"Subject: %d\r\n\r\n" % number for number in range(4)]):
        server.arrive(raw)
    assert imap.poll() == 1
    assert imap.poll() == 0
    assert MailboxPosition.objects.get().last_uid == 5


def test_an_answer_that_another_provider_has_with_lines_added_is_no_second_one(
    server: ImapServer, accepted: OutgoingMail
) -> None:
    """Mailboxes that move get lines added to their mails: the same answer came in a second time."""
    begin(server)
    answer = b"Message-ID: <an-answer@example.test>\r\n" + samples.ANSWER
    server.arrive(answer)
    imap.poll()
    server.validity, server.next_uid, server.mails = 8, 1, {}
    server.arrive(b"X-Moved-By: another provider\r\n" + answer)
    imap.poll()
    assert IncomingMail.objects.filter(kind=IncomingKind.REPLY).count() == 1


@pytest.mark.parametrize(
    ("wanted", "there"),
    [
        ("INBOX/Büro/Rückläufer", "INBOX.B&APw-ro.R&APw-ckl&AOQ-ufer"),
        ("Büro.Rückläufer", "INBOX/B&APw-ro/R&APw-ckl&AOQ-ufer"),
        ("inbox", "INBOX"),
        ("büro", "B&APw-ro"),
        ("B&APw-ro", "B&APw-ro"),
        ("Müller & Co", "M&APw-ller &- Co"),
    ],
)
def test_a_folder_is_found_as_people_write_it(
    wanted: str, there: str, server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.folders = ["Archiv", there]
    with imap.opened(ImapMailbox("localhost", server.port, "buero", "größer", wanted)) as connection:
        assert connection.selected


def test_a_folder_that_is_gone_is_named_with_those_that_there_are_and_nothing_is_lost(
    server: ImapServer, accepted: OutgoingMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A renamed folder failed every minute, in the log only; under its new name it was read from its end on."""
    monkeypatch.setenv("SIEGELPOST_IMAP_FOLDER", "Rückläufer")
    load.cache_clear()
    server.folders = ["INBOX", "R&APw-ckl&AOQ-ufer"]
    imap.poll()
    server.folders = ["INBOX", "Neu"]
    with pytest.raises(MailboxError):
        imap.watch()
    server.arrive(samples.certain())
    found = configured()
    assert found
    trial = mailbox.try_out(found)
    assert (trial.ok, trial.folders) == (False, ("INBOX", "Neu"))
    assert "„Rückläufer“" in trial.text
    monkeypatch.setenv("SIEGELPOST_IMAP_FOLDER", "Neu")
    load.cache_clear()
    assert imap.poll() == 1


@pytest.mark.parametrize(
    ("instead", "greeting", "cause"),
    [
        ({}, b"* BYE [ALERT] Too many connections from your IP", MailboxCause.TOO_MANY),
        ({"AUTH": b"{tag} NO [LIMIT] Maximum number of connections exceeded\r\n"}, b"", MailboxCause.TOO_MANY),
        ({"AUTH": b"* BYE Too many simultaneous connections. (Failure)\r\n"}, b"", MailboxCause.TOO_MANY),
        ({"AUTH": b"{tag} NO [UNAVAILABLE] Temporary authentication failure\r\n"}, b"", MailboxCause.UNAVAILABLE),
        ({"AUTH": b"{tag} NO [AUTHENTICATIONFAILED] no\r\n"}, b"", MailboxCause.LOGIN_REFUSED),
        ({"AUTH": b"{tag} NO AUTHENTICATE failed.\r\n"}, b"", MailboxCause.LOGIN_REFUSED),
        ({"EXAMINE": b"{tag} NO [OVERQUOTA] Quota exceeded\r\n"}, b"", MailboxCause.OVER_QUOTA),
        ({"EXAMINE": b"* BYE Server shutting down\r\n"}, b"", MailboxCause.UNAVAILABLE),
        ({"EXAMINE": CUT}, b"", MailboxCause.HUNG_UP),
        ({"UID SEARCH": CUT}, b"", MailboxCause.HUNG_UP),
        ({"UID SEARCH": b"{tag} BAD what\r\n"}, b"", MailboxCause.NOT_UNDERSTOOD),
        ({}, b"220 mx.office.test ESMTP", MailboxCause.HUNG_UP),
    ],
)
def test_each_trouble_is_named(
    instead: dict[str, bytes], greeting: bytes, cause: MailboxCause, server: ImapServer, accepted: OutgoingMail
) -> None:
    begin(server)
    server.instead |= instead
    server.greeting = greeting or server.greeting
    refused = failure()
    assert refused.cause is cause
    assert refused.words


def test_a_server_that_falls_silent(server: ImapServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "_TIMEOUT", 0.3)
    server.instead["EXAMINE"] = SILENCE
    assert failure().cause is MailboxCause.SILENT


def test_a_mailbox_that_is_not_read_is_told_after_an_hour_once(server: ImapServer, accepted: OutgoingMail) -> None:
    """It was in the log, once a minute, and nowhere else."""
    administrator = an_agent(role=Role.ADMINISTRATOR)
    client = Client()
    client.force_login(administrator)
    good, server.password = server.password, "another"
    letters = OutgoingMail.objects.filter(purpose=Purpose.ADMIN_NOTICE)
    for back in (timedelta(0), timedelta(hours=1), timedelta(0)):
        with pytest.raises(MailboxError):
            imap.watch()
        known = MailboxStanding.objects.get()
        assert known.failing_since
        MailboxStanding.objects.update(failing_since=known.failing_since - back)
    with pytest.raises(MailboxError):
        imap.watch()
    assert letters.count() == 1
    assert "Benutzername oder Passwort abgelehnt" in words(letters.get())
    assert "nicht gelesen" in client.get("/today/now/", secure=True).content.decode()
    page = client.get("/settings/mail/in/", secure=True).content.decode()
    assert "Benutzername oder Passwort abgelehnt" in page
    server.password = good
    imap.watch()
    assert MailboxStanding.objects.get().failing_since is None
    assert "nicht gelesen" not in client.get("/today/now/", secure=True).content.decode()


def test_what_the_server_wants_people_to_read_is_shown(server: ImapServer, accepted: OutgoingMail) -> None:
    client = Client()
    client.force_login(an_agent(role=Role.ADMINISTRATOR))
    server.greeting = b"* OK [ALERT] Mailbox is at 98% of quota"
    imap.watch()
    assert "Mailbox is at 98% of quota" in client.get("/settings/mail/in/", secure=True).content.decode()
    assert "Mailbox is at 98% of quota" in client.get("/today/now/", secure=True).content.decode()
    MailboxStanding.objects.update(alert_at=timezone.now() - timedelta(days=3))
    server.greeting = b"* OK ready"
    imap.watch()
    assert MailboxStanding.objects.get().alert == ""


@pytest.mark.parametrize(
    "idling",
    [
        b"{tag} NO not now\r\n",
        b"{tag} BAD what\r\n",
        b"+ idling\r\n* BYE Autologout; idle for too long\r\n",
        b"* 2 EXISTS\r\n+ idling\r\n",
        CUT,
    ],
)
def test_idle_that_does_not_work_is_no_trouble(
    idling: bytes, server: ImapServer, accepted: OutgoingMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that ended an idling line was asked in a circle, without a pause, for half a minute."""
    monkeypatch.setattr(imap, "_IDLE", 5.0)
    begin(server)
    server.idle = True
    server.instead["IDLE"] = idling
    began = time.process_time()
    imap.watch()
    assert time.process_time() - began < 1
    assert MailboxStanding.objects.get().failing_since is None


def test_idle_that_is_silent_is_left_and_the_mailbox_searched(
    server: ImapServer, accepted: OutgoingMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is "still here" is no news, and silence ends by the clock."""
    ending = threading.Event()
    monkeypatch.setattr(imap, "stopping", ending)
    monkeypatch.setattr(imap, "_IDLE", 0.2)
    begin(server)
    server.idle = server.quiet = True
    looked = imap._take_in_new
    rounds: list[int] = []

    def counting(connection: imap_line.Line, position: MailboxPosition) -> int:
        rounds.append(looked(connection, position))
        if len(rounds) == 1:
            server.arrive(samples.certain())
        else:
            ending.set()
        return rounds[-1]

    monkeypatch.setattr(imap, "_take_in_new", counting)
    imap.watch()
    assert rounds == [0, 1]

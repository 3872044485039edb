"""A mail server that wants to harm: its words never hang, flood or confuse us, nor do they count as an acceptance."""

import pytest
from tests.support.mailing import LITTLE_PATIENCE, forget_rest, queue, send, use
from tests.support.smtp import HANG_UP, POLITE, Hear, Say, Step, Wait, scripted

from siegelpost.mail.models import AttemptOutcome, MailState
from siegelpost.mail.outgoing import delivery

FLOOD = b"x" * 1_000_000


@pytest.fixture(autouse=True)
def little_patience(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "PATIENCE", LITTLE_PATIENCE)
    forget_rest()


@pytest.mark.parametrize(
    "greeting",
    [
        pytest.param([Say(FLOOD), Wait()], id="an endless line"),
        pytest.param([Say(b"220-more\r\n" * 100_000), Wait()], id="an endless answer"),
        pytest.param([Say(b"\x00\xff\xfe" * 100)], id="no text"),
        pytest.param([Say(b"22\xc2\xb2 ready")], id="digits that are none"),
        pytest.param([Say("2200 ready")], id="four digits"),
        pytest.param([Say("999 ready")], id="a code that does not exist"),
        pytest.param([Say("000 ready")], id="code nought"),
        pytest.param([Say("")], id="an empty line"),
        pytest.param([Say("354 go on")], id="the right word at the wrong moment"),
        pytest.param([Say("220 ready"), Hear("EHLO"), Say("250-hello\r\n250 SIZE 99999999999999999999999")], id="EHLO"),
        pytest.param(
            [Say("220 ready"), Hear("EHLO"), Say(b"250-" + FLOOD[:8000] + b"\r\n" + FLOOD), Wait()], id="flood"
        ),
    ],
)
def test_nonsense_delays_and_nothing_more(greeting: list[Step]) -> None:
    with scripted(*greeting) as server:
        use(server.port)
        mail = send(queue())
    assert mail.state == MailState.QUEUED
    assert mail.log.get().outcome == AttemptOutcome.DEFERRED


@pytest.mark.parametrize(
    "answer",
    ["354 go on", "150 maybe", "999 fine", "000", "ok 250", "250", "25", "250\x00", "\x00250 ok", "250ok", "²50 ok"],
)
def test_only_a_2yz_is_an_acceptance(answer: str) -> None:
    with scripted(*POLITE, Hear("."), Say(answer), HANG_UP) as server:
        use(server.port)
        mail = send(queue())
    accepted = answer == "250"
    assert mail.state == (MailState.ACCEPTED if accepted else MailState.QUEUED)
    assert (mail.accepted_at is not None) is accepted


def test_an_answer_before_the_content_is_no_answer_to_it() -> None:
    """A server that says 250 ahead of time: the reply to DATA must be a 354."""
    with scripted(*POLITE[:-1], Say("250 2.0.0 accepted"), HANG_UP) as server:
        use(server.port)
        mail = send(queue())
    assert mail.state == MailState.QUEUED
    assert b"Subject" not in server.heard[0]


def test_words_are_kept_clean_and_short() -> None:
    words = b"550 5.1.1 \x1b[31mred\x07\x00 \xff\xfe " + "ä".encode() * 3000
    with scripted(*POLITE[:-2], Hear("DATA"), Say(words)) as server:
        use(server.port)
        mail = send(queue())
    assert mail.state == MailState.REFUSED
    assert mail.server_text.startswith("5.1.1 [31mred")
    assert mail.server_text.isprintable()
    assert len(mail.server_text) == 2000


def test_what_looks_like_the_end_of_the_mail_is_none() -> None:
    """SMTP smuggling: no line end but CRLF leaves this house, and leading dots are doubled."""
    text = "first\n.\nMAIL FROM:<eve@example.test>\r.\r\n..two\n.\r\nlast\n"
    with scripted(*POLITE, Hear("."), Say("250 ok"), HANG_UP) as server:
        use(server.port)
        send(queue(text=text))
    body = server.heard[0].partition(b"\r\n\r\n")[2]
    ending = b"\r\n.\r\n"
    content = body[: body.index(ending) + 2]
    assert content.endswith(b"last\r\n"), "the only dot alone in its line is the last one"
    assert content.count(b"\n") == content.count(b"\r") == content.count(b"\r\n")


@pytest.mark.parametrize("word", ["a\r\nRCPT TO:<eve@example.test>", "a\nDATA"])
def test_a_user_name_speaks_no_commands(word: str) -> None:
    """AUTH sends base64; a line break in a user name or password stays inside it."""
    login: list[Step] = [
        Say("220 ready"),
        Hear("EHLO"),
        Say("250-hello\r\n250 AUTH PLAIN"),
        Hear("AUTH"),
        Say("235 ok"),
        Hear("MAIL"),
    ]
    with scripted(*login) as server:
        use(server.port, user=word, password=word)
        send(queue())
    assert b"RCPT" not in server.heard[0]
    assert b"DATA" not in server.heard[0]

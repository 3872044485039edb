"""What Microsoft's and Google's mail servers refuse a sign-in with, as they were recorded: each named rightly."""

import pytest
from tests.support.smtp import Hear, Say, Step, scripted

from siegelpost.mail.causes import Cause
from siegelpost.mail.models import Stage
from siegelpost.mail.outgoing.refusal_words import cause_of
from siegelpost.mail.outgoing.server_settings import Server
from siegelpost.mail.outgoing.smtp import Conversation, ConversationError
from siegelpost.mail.outgoing.transitions import Answer
from siegelpost.mail.sign_in import tokens
from siegelpost.office.models import SmtpSecurity

_SEE = "Visit https://aka.ms/smtp_auth_disabled for more information. [FR2P281CA0001.DEUP281.PROD.OUTLOOK.COM]"
_NOT = "Authentication unsuccessful"
ANSWERS = [
    (535, f"5.7.139 {_NOT}, SmtpClientAuthentication is disabled for the Tenant. {_SEE}", False, Cause.SMTP_AUTH_OFF),
    (535, f"5.7.139 {_NOT}, SmtpClientAuthentication is disabled for the Mailbox. {_SEE}", True, Cause.SMTP_AUTH_OFF),
    (
        535,
        f"5.7.139 {_NOT}, user is locked by your organization's security defaults policy. Contact your administrator.",
        False,
        Cause.PASSWORD_OFF,
    ),
    (535, f"5.7.139 {_NOT}, basic authentication is disabled. [x.PROD.OUTLOOK.COM]", False, Cause.PASSWORD_OFF),
    (550, "5.7.30 Basic authentication is not supported for Client Submission.", False, Cause.PASSWORD_OFF),
    (
        535,
        f"5.7.139 {_NOT}, the request did not meet the criteria to be authenticated successfully. Contact your admin.",
        True,
        Cause.CONDITIONAL,
    ),
    (535, f"5.7.3 {_NOT} [FR2P281CA0001.DEUP281.PROD.OUTLOOK.COM 2026-11-29T10:00:00.000Z]", True, Cause.TOKEN_REFUSED),
    (535, f"5.7.3 {_NOT} [FR2P281CA0001.DEUP281.PROD.OUTLOOK.COM]", False, None),
    (534, "5.7.9 Application-specific password required. x - gsmtp", False, Cause.APP_PASSWORD),
    (535, "5.7.8 Username and Password not accepted. For more information, go to x - gsmtp", False, Cause.APP_PASSWORD),
    (535, "5.7.8 Username and Password not accepted. x - gsmtp", True, Cause.TOKEN_REFUSED),
    (535, "5.7.8 Error: authentication failed: UGFzc3dvcmQ6", False, None),
    (535, "5.7.8 Not accepted.\n5.7.8 See 5.7.8 https://support.google.com x - gsmtp", False, Cause.APP_PASSWORD),
    (535, "5.7.8 Error: authentication failed\nFor more, ask google", False, None),
    (454, "4.7.0 Too many login attempts, please try again later. x - gsmtp", True, None),
]


@pytest.mark.parametrize(("code", "text", "by_token", "cause"), ANSWERS)
def test_named(code: int, text: str, by_token: bool, cause: Cause | None) -> None:
    assert cause_of(Stage.AUTH, Answer(code, text), by_token=by_token) is cause


def test_another_sender_than_the_account_may_use() -> None:
    answer = Answer(550, "5.7.60 SMTP; Client does not have permissions to send as this sender")
    assert cause_of(Stage.ANSWER, answer) is Cause.SEND_AS
    assert cause_of(Stage.RCPT, Answer(550, "5.7.60 no")) is None


@pytest.mark.parametrize(("code", "text", "by_token", "cause"), [each for each in ANSWERS if each[0] == 535][:3])
def test_over_the_wire(
    code: int, text: str, by_token: bool, cause: Cause | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Microsoft's refusal of SMTP AUTH was called a wrong password, in both ways of signing in."""
    monkeypatch.setattr(tokens, "access_token", lambda: "token")
    steps: list[Step] = [Say("220 x"), Hear("EHLO"), Say("250-x"), Say("250 AUTH LOGIN PLAIN XOAUTH2"), Hear("AUTH")]
    with scripted(*steps, Say(f"{code} {text}"), Hear("QUIT")) as server:
        target = Server("127.0.0.1", server.port, SmtpSecurity.NONE, "buero@office.test", "x", by_token)
        with pytest.raises(ConversationError) as caught:
            Conversation.open(target)
    assert caught.value.answer.cause is cause


def test_a_server_that_knows_no_tokens_is_told_none(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(tokens, "access_token", lambda: asked.append(1))
    steps: list[Step] = [Say("220 x"), Hear("EHLO"), Say("250-x"), Say("250 AUTH LOGIN PLAIN"), Hear("QUIT")]
    with scripted(*steps) as server, pytest.raises(ConversationError) as caught:
        Conversation.open(Server("127.0.0.1", server.port, SmtpSecurity.NONE, "u", "", by_token=True))
    assert caught.value.answer.cause is Cause.NO_TOKEN
    assert not asked


def test_a_long_token_waits_for_the_servers_question(monkeypatch: pytest.MonkeyPatch) -> None:
    """RFC 4954, 4: what makes the command longer than a line may not stand in it; Microsoft's tokens do."""
    monkeypatch.setattr(tokens, "access_token", lambda: "x" * 2000)
    steps: list[Step] = [
        Say("220 x"),
        Hear("EHLO"),
        Say("250-x"),
        Say("250 AUTH XOAUTH2"),
        Hear("AUTH XOAUTH2"),
        Say("334 "),
    ]
    with scripted(*steps, Hear("D"), Say("235 ok"), Hear("QUIT"), Say("221 bye")) as server:
        Conversation.open(Server("127.0.0.1", server.port, SmtpSecurity.NONE, "u", "", by_token=True)).close()
    assert b"\r\nAUTH XOAUTH2\r\ndXNlcj11" in server.heard[0]

"""Without a password: Debian's Postfix and Dovecot, which ask an authorization server about each token."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest
from imapclient import IMAPClient
from tests.support.mailing import bounce_of, forget_rest, make_due, queue, send, use
from tests.support.post_office import OFFICE, PostOffice, post_office
from tests.support.sign_in_service import SignInService, sign_in_service
from tests.support.signed_in import sign_in, stored

from siegelpost.mail.causes import Cause
from siegelpost.mail.incoming import imap, mailbox
from siegelpost.mail.incoming.mailbox_settings import ImapMailbox, configured
from siegelpost.mail.models import MailboxSettings, MailSignIn, MailState
from siegelpost.mail.outgoing import server_settings, smtp
from siegelpost.mail.outgoing.probe import probe
from siegelpost.mail.outgoing.smtp import Patience
from siegelpost.mail.sign_in import bearer, tokens
from siegelpost.mail.sign_in.models import SignInKey
from siegelpost.settings import load


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignInService]:
    with sign_in_service(tmp_path_factory.mktemp("service")) as it:
        yield it


@pytest.fixture(scope="module")
def provider(service: SignInService) -> Iterator[PostOffice]:
    with post_office(elsewhere=1, introspection=service.introspection) as it:
        yield it


@pytest.fixture(autouse=True)
def signed_in(
    little_patience: None, service: SignInService, provider: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """An office that signed in, sends through Postfix, and reads its mailbox in Dovecot; there is no password."""
    from siegelpost.mail.outgoing import delivery

    monkeypatch.setattr(delivery, "PATIENCE", Patience())
    monkeypatch.setenv("SIEGELPOST_TRUST_ROOTS", json.dumps([str(provider.root), str(service.root)]))
    monkeypatch.setenv("SIEGELPOST_PRIVATE_NETWORKS", json.dumps(["127.0.0.0/8", "::1/128"]))
    _forget_settings()
    service.fault, service.user = None, OFFICE
    provider.empty()
    sign_in(service, secret="geheim")  # what an app proves itself by is tried elsewhere
    use(provider.smtp, "starttls", "localhost", OFFICE)
    MailboxSettings(pk=1, host="localhost", port=provider.imap, user=OFFICE).save()
    yield
    monkeypatch.undo()
    _forget_settings()


def _forget_settings() -> None:
    load.cache_clear()
    smtp.tls_context.cache_clear()


@pytest.fixture(params=list(bearer.MECHANISMS))
def mechanism(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The one that is used, whatever else the server knows."""
    name: str = request.param
    monkeypatch.setattr(bearer, "MECHANISMS", {name: bearer.MECHANISMS[name]})
    return name


def test_mails_go_out_and_bounces_are_read(mechanism: str, service: SignInService, provider: PostOffice) -> None:
    """Microsoft and Google take no passwords: an office there could neither send nor read."""
    assert imap.poll() == 0  # notes where the mailbox ends
    mail = send(queue("anna@example.test"))
    assert mail.state == MailState.ACCEPTED, mail.server_answer
    assert len(provider.wait_for("anna@example.test", 1)) == 1
    server = server_settings.current()
    with closing(smtp.Conversation.open(server)) as line:
        line.hand_over(smtp.Envelope("", OFFICE, "x"), bounce_of(mail), lambda: None)
    provider.wait_for(OFFICE, 1)
    assert imap.poll() == 1
    mail.refresh_from_db()
    assert mail.state == MailState.BOUNCED
    assert server.by_token
    assert not server.password


def test_a_mailbox_whose_server_takes_no_first_response(monkeypatch: pytest.MonkeyPatch) -> None:
    """SASL-IR (RFC 4959) is an extension: without it the token waits for the server's question."""
    known = IMAPClient.capabilities
    monkeypatch.setattr(
        IMAPClient, "capabilities", lambda self: tuple(each for each in known(self) if each != b"SASL-IR")
    )
    assert mailbox.try_out(_configured()).ok


def _configured() -> ImapMailbox:
    found = configured()
    assert found is not None
    return found


def test_a_token_taken_back_is_named_and_the_mail_waits(mechanism: str, service: SignInService) -> None:
    """The servers' explanation comes as a challenge that has to be answered, or their refusal never comes."""
    tokens.access_token()
    service.tokens.clear()
    mail = send(queue())
    assert (mail.state, mail.cause) == (MailState.QUEUED, Cause.TOKEN_REFUSED)
    trial = mailbox.try_out(_configured())
    assert (trial.ok, "lässt das angemeldete Konto nicht" in trial.text) == (False, True)
    expected = {"XOAUTH2": "status: 401", "OAUTHBEARER": "status: invalid_token"}[mechanism]
    assert expected in trial.words


def test_another_mailbox_than_that_of_the_account(provider: PostOffice) -> None:
    use(server_settings.current().port, "starttls", "localhost", "anna@example.test")
    found = probe(server_settings.current())
    assert found.answer is not None
    assert found.answer.cause is Cause.TOKEN_REFUSED, (provider.folder / "dovecot.log").read_text()


def test_consent_taken_away_is_said_at_once_and_healed_by_signing_in(service: SignInService) -> None:
    service.fault = 65001
    mail = send(queue())
    assert (mail.state, mail.cause) == (MailState.QUEUED, Cause.SIGN_IN_LOST)
    trial = mailbox.try_out(_configured())
    assert "Zustimmung" in trial.text
    assert "AADSTS65001" in trial.words
    asked = len(service.asked)
    forget_rest()
    make_due(mail)
    assert send(mail).cause == Cause.SIGN_IN_LOST
    assert len(service.asked) == asked  # nobody asks for what cannot be given
    service.fault = None
    tokens.renew(at_once=True)
    forget_rest()
    make_due(mail)
    assert send(mail).state == MailState.ACCEPTED


def test_a_service_that_is_away_for_a_moment_lets_mails_wait(service: SignInService) -> None:
    service.fault = 90033
    mail = send(queue())
    assert (mail.state, mail.cause) == (MailState.QUEUED, Cause.SIGN_IN_WAITS)


def test_the_token_is_renewed_on_the_way(service: SignInService) -> None:
    first = tokens.access_token()
    MailSignIn.objects.update(access_ends_at=datetime.now(UTC))
    assert send(queue()).state == MailState.ACCEPTED
    assert tokens.access_token() != first
    assert stored().trouble == ""
    assert not SignInKey.objects.exists()

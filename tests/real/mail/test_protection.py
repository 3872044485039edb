"""TLS and sign-in with real certificates: a password or a mail never goes where it should not."""

import json
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from tests.support.mailing import queue, send, use
from tests.support.pki import Authority, Certificate, self_signed
from tests.support.smtp import Hear, Say, Wait, mailbox, scripted, with_login

from siegelpost.mail.causes import Cause
from siegelpost.mail.models import MailState, OutgoingMail, Stage
from siegelpost.mail.outgoing import smtp
from siegelpost.mail.outgoing.probe import probe
from siegelpost.mail.outgoing.server_settings import Server, current
from siegelpost.office.models import SmtpSecurity
from siegelpost.settings import load

HOUSE = Authority.root("House authority")
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def house_authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The office trusts its own authority besides the public ones."""
    root = tmp_path / "house.pem"
    root.write_text(HOUSE.pem)
    monkeypatch.setenv("SIEGELPOST_TRUST_ROOTS", json.dumps([str(root)]))
    forget_settings()
    yield
    monkeypatch.undo()
    forget_settings()


def forget_settings() -> None:
    load.cache_clear()
    smtp.tls_context.cache_clear()


def served(certificate: Certificate, folder: Path) -> ssl.SSLContext:
    """A server's context with this certificate."""
    chain, key = folder / "chain.pem", folder / "key.pem"
    chain.write_text(certificate.chain_pem)
    key.write_text(certificate.key_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    return context


@pytest.fixture
def good(tmp_path: Path) -> ssl.SSLContext:
    return served(HOUSE.intermediate().issue("localhost"), tmp_path)


def test_starttls(tmp_path: Path, good: ssl.SSLContext) -> None:
    with mailbox(tmp_path / "mails", tls_context=good, require_starttls=True) as server:
        use(server.port, "starttls", host="localhost")
        mail = send(queue())
        assert len(server.mails()) == 1
    assert mail.state == MailState.ACCEPTED
    assert mail.log.get().tls.startswith("TLSv1.3 TLS_")


def test_tls_from_the_start(tmp_path: Path, good: ssl.SSLContext) -> None:
    with mailbox(tmp_path / "mails", implicit_tls=good) as server:
        use(server.port, "tls", host="localhost")
        mail = send(queue())
    assert mail.state == MailState.ACCEPTED
    assert mail.log.get().tls.startswith("TLSv1.3")


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(
    "certificate",
    [
        pytest.param(self_signed("localhost"), id="self-signed"),
        pytest.param(HOUSE.issue("mail.elsewhere.test"), id="another name"),
        pytest.param(HOUSE.issue("localhost", not_before=LONG_AGO, not_after=LONG_AGO + timedelta(90)), id="expired"),
        pytest.param(Authority.root("Stranger").issue("localhost"), id="unknown authority"),
    ],
)
def test_a_wrong_certificate_gets_neither_mail_nor_password(
    certificate: Certificate, security: str, tmp_path: Path
) -> None:
    context = served(certificate, tmp_path)
    options: dict[str, Any] = {"implicit_tls": context} if security == "tls" else {"tls_context": context}
    with mailbox(tmp_path / "mails", **options) as server:
        use(server.port, security, host="localhost", user="buero", password="geheim")
        mail = send(queue())
        assert server.mails() == []
    assert (mail.state, mail.cause) == (MailState.QUEUED, Cause.CERTIFICATE)
    assert mail.server_text, "OpenSSL's own words are kept"


def test_without_starttls_nothing_is_said(tmp_path: Path) -> None:
    with scripted(Say("220 ready"), Hear("EHLO"), Say("250-hello\r\n250 AUTH PLAIN"), Wait()) as server:
        use(server.port, "starttls", user="buero", password="geheim")
        mail = send(queue())
    assert (mail.state, mail.cause) == (MailState.QUEUED, Cause.NO_STARTTLS)
    assert b"AUTH" not in server.heard[0].upper()
    assert b"MAIL" not in server.heard[0].upper()


def test_words_slipped_in_before_starttls_do_not_count() -> None:
    """CVE-2011-0411 and its kin: an attacker appends to the last answer in the clear."""
    injected = Say("220 go ahead\r\n250-hello\r\n250 AUTH PLAIN")
    with scripted(
        Say("220 ready"), Hear("EHLO"), Say("250-hello\r\n250 STARTTLS"), Hear("STARTTLS"), injected, Wait()
    ) as server:
        use(server.port, "starttls", user="buero", password="geheim")
        mail = send(queue())
    assert (mail.state, mail.cause) == (MailState.QUEUED, Cause.TLS)


def test_tls_against_a_server_that_speaks_plainly() -> None:
    with scripted(Say("220 ready"), Wait()) as server:
        use(server.port, "tls", host="localhost")
        mail = send(queue())
    assert (mail.state, mail.cause) == (MailState.QUEUED, Cause.TLS)
    assert mail.log.get().stage == Stage.STARTTLS


def test_unprotected_mail_stays_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted(Say("220 ready"), Wait()) as server:
        use(server.port, "none", user="buero", password="geheim")
        # No other machine can be reached here: the loopback address is made to look like one.
        monkeypatch.setattr(smtp, "ip_address", lambda _text: ip_address("192.0.2.1"))
        mail = send(queue())
    assert (mail.state, mail.cause) == (MailState.QUEUED, Cause.PLAINTEXT)
    assert server.heard == [b""]


@pytest.mark.parametrize("password", ["geheim", "größer & schöner: ключ"])
@pytest.mark.parametrize("method", ["PLAIN", "LOGIN"])
def test_sign_in(password: str, method: str, tmp_path: Path, good: ssl.SSLContext) -> None:
    others: dict[str, Any] = {"auth_exclude_mechanism": [{"PLAIN": "LOGIN", "LOGIN": "PLAIN"}[method]]}
    with mailbox(tmp_path / "mails", tls_context=good, **with_login("büro", password), **others) as server:
        use(server.port, "starttls", host="localhost", user="büro", password=password)
        assert send(queue()).state == MailState.ACCEPTED


def test_a_wrong_password_waits_for_the_right_one(tmp_path: Path, good: ssl.SSLContext) -> None:
    with mailbox(tmp_path / "mails", tls_context=good, **with_login("buero", "richtig")) as server:
        use(server.port, "starttls", host="localhost", user="buero", password="falsch")
        mail = send(queue())
        assert (mail.state, mail.cause, mail.server_code) == (MailState.QUEUED, Cause.LOGIN_REFUSED, 535)
        use(server.port, "starttls", host="localhost", user="buero", password="richtig")
        OutgoingMail.objects.update(next_attempt_at=mail.created_at)
        assert send(mail).state == MailState.ACCEPTED


def test_the_probe_says_what_is_wrong_and_sends_nothing(tmp_path: Path, good: ssl.SSLContext) -> None:
    with mailbox(tmp_path / "mails", tls_context=good, **with_login("buero", "richtig")) as server:
        use(server.port, "starttls", host="localhost", user="buero", password="richtig")
        found = probe(current())
        assert found.ok
        assert found.tls.startswith("TLSv1.3")
        assert found.remedy("de") == ""

        wrong = probe(Server("localhost", server.port, SmtpSecurity.STARTTLS, "buero", "falsch"))
        assert not wrong.ok
        assert wrong.stage == Stage.AUTH
        assert wrong.text("de") == "Der Mailserver hat Benutzername oder Passwort abgelehnt."
        assert "App-Passwort" in wrong.remedy("de")
        assert server.mails() == []


def test_the_password_is_in_no_representation() -> None:
    assert "geheim" not in repr(Server("localhost", 25, SmtpSecurity.NONE, "buero", "geheim"))

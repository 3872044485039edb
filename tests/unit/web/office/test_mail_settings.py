"""The settings of mail: the mailbox that is read, the domain's key."""

import pytest
from django.test import Client
from tests.support.office import an_agent, an_office

from siegelpost.mail.causes import Cause
from siegelpost.mail.domain import dkim, records
from siegelpost.mail.incoming.mailbox_settings import ImapMailbox, configured
from siegelpost.mail.models import MailboxSettings, SigningKey
from siegelpost.mail.outgoing import server_settings, smtp
from siegelpost.office.models import Role

pytestmark = pytest.mark.django_db
OUT = {
    "smtp_host": "smtp.anbieter.test",
    "smtp_port": "587",
    "smtp_security": "starttls",
    "smtp_user": "post@lindenhof.test",
    "mail_from": "post@lindenhof.test",
}
GIVEN = {"host": "imap.anbieter.test", "port": "993", "user": "post@lindenhof.test", "folder": "INBOX"}


@pytest.fixture
def client() -> Client:
    an_office()
    client = Client()
    client.force_login(an_agent(role=Role.ADMINISTRATOR))
    return client


def test_the_mailbox_is_kept_and_its_password_never_shown(client: Client) -> None:
    saved = client.post("/settings/mail/in/", {**GIVEN, "password": "größer"}, secure=True)
    assert saved["Location"] == "/settings/mail/in/probe/"
    assert configured() == ImapMailbox(GIVEN["host"], 993, GIVEN["user"], "größer")
    assert "größer" not in MailboxSettings.current().password_sealed
    assert "größer" not in client.get("/settings/mail/in/", secure=True).content.decode()
    client.post("/settings/mail/in/", {**GIVEN, "password": "", "folder": "Archiv"}, secure=True)
    assert configured() == ImapMailbox(GIVEN["host"], 993, GIVEN["user"], "größer", "Archiv"), "it stays"
    client.post("/settings/mail/in/", {**GIVEN, "host": ""}, secure=True)
    assert configured() is None
    assert MailboxSettings.current().password_sealed == ""


@pytest.mark.parametrize("wrong", [{"folder": 'IN"BOX'}, {"port": "0"}, {"port": "x"}])
def test_what_cannot_be_is_refused(wrong: dict[str, str], client: Client) -> None:
    assert client.post("/settings/mail/in/", {**GIVEN, **wrong}, secure=True).status_code == 422
    assert configured() is None


def test_a_mailbox_that_cannot_be_reached_is_explained(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.post("/settings/mail/in/", {**GIVEN, "host": "127.0.0.1", "port": "1"}, secure=True)
    page = client.get("/settings/mail/in/probe/", secure=True).content.decode()
    assert "Der Server 127.0.0.1 ist an Port 1 nicht zu erreichen." in page
    assert "üblich ist 993" in page


@pytest.mark.parametrize("host", ["imap..anbieter.test", "x" * 70 + ".test"])
def test_a_name_that_cannot_be_one_is_explained(host: str, client: Client) -> None:
    client.post("/settings/mail/in/", {**GIVEN, "host": host}, secure=True)
    assert "nicht zu erreichen" in client.get("/settings/mail/in/probe/", secure=True).content.decode()
    client.post("/settings/mail/", OUT | {"smtp_host": host}, secure=True)
    with pytest.raises(smtp.ConversationError) as raised:
        smtp.Conversation.open(server_settings.current(), smtp.Patience())
    assert raised.value.answer.cause is Cause.UNKNOWN_HOST


@pytest.mark.parametrize(
    ("page", "given", "host"), [("/settings/mail/in/", GIVEN, "host"), ("/settings/mail/", OUT, "smtp_host")]
)
def test_a_kept_password_goes_to_no_other_server(page: str, given: dict[str, str], host: str, client: Client) -> None:
    assert client.post(page, {**given, "password": "geheim"}, secure=True).status_code == 302
    elsewhere = {**given, host: "mail.stranger.test"}
    refused = client.post(page, elsewhere, secure=True)
    assert refused.status_code == 422
    assert "Der Server ist ein anderer." in refused.content.decode()
    assert client.post(page, {**elsewhere, "password": "neu"}, secure=True).status_code == 302


def test_a_key_is_made_shown_and_used_only_once_it_is_published(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post("/settings/mail/domain/signing/", {"do": "make"}, secure=True)
    key = SigningKey.objects.get(domain="lindenhof.test")
    page = client.get("/settings/mail/domain/", secure=True).content.decode()
    assert key.record_name in page
    assert key.public[:40] in page.replace("&#x2B;", "+")
    seen: list[str] = []
    monkeypatch.setattr(dkim, "resolver", lambda: lambda name, kind: seen)
    for published in (False, True):
        seen[:] = [key.record] if published else []
        client.post("/settings/mail/domain/signing/", {"do": "start"}, secure=True)
        key.refresh_from_db()
        assert key.signing is published
    client.post("/settings/mail/domain/signing/", {"do": "stop"}, secure=True)
    key.refresh_from_db()
    assert not key.signing


def test_what_the_dns_says_is_a_page_of_its_own_without_scripts(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "examine", lambda name, own=None: ())
    address = "/settings/mail/domain/dns/"
    page = client.get(address, secure=True).content.decode()
    assert "<h1>lindenhof.test</h1>" in page
    part = client.get(address, secure=True, headers={"HX-Request": "true"}).content.decode()
    assert "<h1>" not in part

"""Setting up the mail account from its address, on the pages."""

import uuid

import pytest
from django.test import Client
from django.utils import timezone
from tests.support.office import an_agent, an_office

from siegelpost.mail import round_trip
from siegelpost.mail.discovery import find
from siegelpost.mail.discovery.autoconfig import NamedServer
from siegelpost.mail.discovery.find import Origin, Settings
from siegelpost.mail.incoming.mailbox_settings import ImapMailbox, configured
from siegelpost.mail.models import MailState, OutgoingMail
from siegelpost.mail.outgoing import server_settings
from siegelpost.office.current import the_office
from siegelpost.office.models import Role, SmtpSecurity

pytestmark = pytest.mark.django_db
FIND, TEST = "/settings/mail/find/", "/settings/mail/test/"
GIVEN = {
    "address": "post@lindenhof.test",
    "smtp_host": "smtp.anbieter.test",
    "smtp_port": "465",
    "smtp_security": "tls",
    "smtp_user": "post@lindenhof.test",
    "imap_host": "imap.anbieter.test",
    "imap_port": "993",
    "imap_user": "",
    "password": "größer",
    "save": "1",
}


@pytest.fixture
def client() -> Client:
    an_office(email="hallo@lindenhof.test", mail_from="", smtp_host="")
    client = Client()
    client.force_login(an_agent(role=Role.ADMINISTRATOR))
    return client


def page(client: Client, address: str, data: dict[str, str] | None = None) -> str:
    answer = client.get(address, secure=True) if data is None else client.post(address, data, secure=True)
    return answer.content.decode()


def test_the_offices_own_address_stands_there_already(client: Client) -> None:
    """The sender's address was not filled in, though the office had typed it a page before."""
    assert 'value="hallo@lindenhof.test"' in page(client, FIND)


def test_what_was_found_is_shown_with_where_from_and_can_be_changed(client: Client) -> None:
    shown = page(client, FIND, {"address": "Roth@T-Online.de"})
    for said in ("Anbieter: Telekom", "Mozilla ISPDB", "securesmtp.t-online.de", "E-Mail-Passwort", 'name="password"'):
        assert said in shown
    assert the_office().smtp_host == "", "nothing is kept before somebody has seen it"
    assert "Mit einem Passwort geht es hier meist nicht mehr" in page(client, FIND, {"address": "roth@gmail.com"})


def test_servers_elsewhere_and_nothing_found_are_said(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    server = NamedServer("mail.elsewhere.test", 465, SmtpSecurity.TLS, "a@b.test")
    said = Settings("a@b.test", Origin.SRV, "_tcp.b.test", server, server, elsewhere=("mail.elsewhere.test",))
    monkeypatch.setattr(find, "settings_of", lambda _address: said)
    assert "stehen nicht in Ihrer Domain: mail.elsewhere.test" in page(client, FIND, {"address": "a@b.test"})
    nothing = Settings("a@b.test", behind_filter=True, complete=False)
    monkeypatch.setattr(find, "settings_of", lambda _address: nothing)
    shown = page(client, FIND, {"address": "a@b.test"})
    for words in ("war nichts zu finden", "Spamfilter", "Das DNS hat nicht alles beantwortet"):
        assert words in shown


def test_both_servers_are_kept_with_one_password_and_the_sender(client: Client) -> None:
    saved = client.post(FIND + "?next=setup_texts", GIVEN, secure=True)
    assert saved["Location"] == TEST + "?next=setup_texts"
    server = server_settings.current()
    assert (server.host, server.port, server.user, server.password) == (
        "smtp.anbieter.test",
        465,
        GIVEN["address"],
        "größer",
    )
    assert the_office().mail_from == GIVEN["address"]
    assert configured() == ImapMailbox("imap.anbieter.test", 993, GIVEN["address"], "größer")
    assert "größer" not in page(client, FIND)


@pytest.mark.parametrize("wrong", [{"address": "x"}, {"smtp_port": "0"}, {"password": ""}, {"smtp_security": "x"}])
def test_what_cannot_be_is_refused_and_nothing_kept(wrong: dict[str, str], client: Client) -> None:
    assert client.post(FIND, GIVEN | wrong, secure=True).status_code == 422
    assert the_office().smtp_host == ""
    assert configured() is None


def test_a_test_mail_says_how_far_it_came(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get(TEST, secure=True)["Location"] == FIND, "first there has to be a mail server"
    client.post(FIND, GIVEN, secure=True)
    run = client.post(TEST, {}, secure=True)["Location"]
    mail = OutgoingMail.objects.get()
    assert run == f"{TEST}{mail.public_id}/"
    assert (mail.recipient, mail.sender) == (GIVEN["address"], GIVEN["address"])
    assert "Die Mail geht gerade hinaus." in page(client, run)
    OutgoingMail.objects.update(attempts=1, cause="login_refused", server_code=535, server_text="5.7.8 no")
    shown = page(client, run)
    assert "hat Benutzername oder Passwort abgelehnt" in shown
    assert "535 5.7.8 no" in shown
    OutgoingMail.objects.update(state=MailState.ACCEPTED, accepted_at=timezone.now(), cause="", server_code=250)
    shown = page(client, run)
    assert "Der Mailserver hat die Mail angenommen." in shown
    assert "imap.anbieter.test ist an Port 993 nicht zu erreichen" in shown, "the second way is named for itself"
    assert "Noch stimmen nicht beide Wege" in shown
    monkeypatch.setattr(round_trip, "configured", lambda: None)
    assert "kein Postfach eingetragen" in page(client, run)
    assert client.get(f"{TEST}{uuid.uuid4()}/", secure=True).status_code == 404

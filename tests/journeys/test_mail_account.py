"""The mail account from its address, in Chromium, with Debian's Postfix and Dovecot and a scripted DNS.

An office types its address, sees what was found and where from, and a mail to itself proves both ways.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.support import installations
from tests.support.browsing import OpenPage, axe
from tests.support.name_server import Zone, name_server
from tests.support.office_walk import furnish, sign_in
from tests.support.ports import free_port
from tests.support.post_office import NAMES, OFFICE, PASSWORD, PostOffice, post_office
from tests.support.serving import Serve, Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
SERVER = NAMES[-1]
# What Python itself loads in the server's processes: the guard of all tests, and this DNS.
WITH_DNS = """
exec(open({guard!r}).read(), {{"__file__": {guard!r}}})
import socket
import dns.resolver
_asked, _Resolver = socket.getaddrinfo, dns.resolver.Resolver
socket.getaddrinfo = lambda host, *rest, **more: _asked("127.0.0.1" if host == {server!r} else host, *rest, **more)
class Scripted(_Resolver):
    def __init__(self, *_given, **_more):
        super().__init__(configure=False)
        self.nameservers, self.port, self.timeout = ["127.0.0.1"], {port}, 0.5
dns.resolver.Resolver = Scripted
"""


@pytest.fixture
def provider() -> Iterator[PostOffice]:
    with post_office(elsewhere=free_port()) as it:
        yield it


@pytest.fixture
def server(provider: PostOffice, serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    domain = OFFICE.partition("@")[2]
    zone: Zone = {
        (domain, "MX"): (60, (f"10 {SERVER}.",)),
        (f"_submission._tcp.{domain}", "SRV"): (60, (f"0 0 {provider.smtp} {SERVER}.",)),
        (f"_imaps._tcp.{domain}", "SRV"): (60, (f"0 0 {provider.imap} {SERVER}.",)),
    }
    with name_server(zone) as resolver:
        guarded = tmp_path / "guarded"
        guarded.mkdir()
        guard = str(installations.GUARDED / "sitecustomize.py")
        (guarded / "sitecustomize.py").write_text(WITH_DNS.format(guard=guard, server=SERVER, port=resolver.port))
        monkeypatch.setattr(installations, "GUARDED", guarded)
        served = serve(trust_roots=json.dumps([str(tmp_path / "root.pem"), str(provider.root)]))
        furnish(served.installation, provider.smtp)
        yield served


def test_type_an_address_see_the_settings_and_have_both_ways_proved(server: Server, open_page: OpenPage) -> None:
    page = open_page("phone")
    sign_in(page, server)
    page.goto(f"{server.url}/settings/mail/")
    page.get_by_role("link", name="Die E-Mail-Adresse genügt").click()
    page.get_by_label("E-Mail-Adresse des Büros").fill(OFFICE)
    page.get_by_role("button", name="Server finden").click()
    expect(page.get_by_text("Die Domain nennt ihre Mailserver im DNS")).to_be_visible()
    expect(page.locator("#id_smtp_host")).to_have_value(SERVER)
    expect(page.locator("#id_smtp_security")).to_have_value("starttls")
    expect(page.locator("#id_imap_host")).to_have_value(SERVER)
    expect(page.locator("#id_imap_user")).to_have_value(OFFICE)
    axe(page)
    # This Postfix lets its own machine send without a name.
    page.locator("#id_smtp_user").fill("")
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="Speichern und probieren").click()
    page.get_by_role("button", name="Testmail senden").click()
    expect(page.get_by_text("Beide Wege stimmen.")).to_be_visible()
    expect(page.get_by_text(f"Die Mail ist im Postfach {OFFICE} angekommen.")).to_be_visible()
    axe(page)

    # A wrong password is the mailbox's trouble alone, and is named there.
    page.goto(f"{server.url}/settings/mail/in/")
    page.locator("#id_password").fill("falsch")
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_text("Der Server hat Benutzername oder Passwort abgelehnt.")).to_be_visible()
    page.goto(f"{server.url}/settings/mail/test/")
    page.get_by_role("button", name="Testmail senden").click()
    expect(page.get_by_text("Noch stimmen nicht beide Wege.")).to_be_visible()
    expect(page.get_by_text("Der Mailserver hat die Mail angenommen.")).to_be_visible()
    expect(page.get_by_text("Der Server hat Benutzername oder Passwort abgelehnt.")).to_be_visible()

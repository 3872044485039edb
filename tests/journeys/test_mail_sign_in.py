"""The mail account without a password, from the page on: registered, signed in, tried out, taken away. In Chromium."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.support.browsing import OpenPage, axe
from tests.support.office_walk import furnish, sign_in
from tests.support.pki import Authority
from tests.support.post_office import OFFICE, PostOffice, post_office
from tests.support.serving import Serve, Server
from tests.support.sign_in_service import CLIENT, SCOPE, SignInService, sign_in_service

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
MAIL_PAGES = """
from siegelpost.mail.models import MailboxSettings
from siegelpost.office.current import the_office
office = the_office()
office.mail_from, office.smtp_user, office.smtp_host = "{user}", "{user}", "localhost"
office.smtp_port, office.smtp_security = {smtp}, "starttls"
office.save()
MailboxSettings(pk=1, host="localhost", port={imap}, user="{user}").save()
"""


@pytest.fixture
def service(authority: Authority, tmp_path: Path) -> Iterator[SignInService]:
    with sign_in_service(tmp_path, authority) as it:
        yield it


@pytest.fixture
def provider(service: SignInService) -> Iterator[PostOffice]:
    with post_office(elsewhere=1, introspection=service.introspection) as it:
        yield it


@pytest.fixture
def server(provider: PostOffice, serve: Serve, tmp_path: Path) -> Server:
    served = serve(
        trust_roots=json.dumps([str(tmp_path / "root.pem"), str(provider.root)]),
        private_networks=json.dumps(["127.0.0.0/8", "::1/128"]),
    )
    furnish(served.installation, provider.smtp)
    served.installation.python(MAIL_PAGES.format(user=OFFICE, smtp=provider.smtp, imap=provider.imap))
    return served


def register(page: Page, service: SignInService) -> None:
    """What an administrator does first: at the service what the page says, and on the page what the service says."""
    page.get_by_role("link", name="Eigener Anmeldedienst").click()
    service.redirect_uris = {page.locator("#value-1-1").inner_text().strip()}
    entered = {
        "authorize_url": f"{service.address}/authorize",
        "token_url": f"{service.address}/token",
        "scope": SCOPE,
        "hosts": "localhost",
        "client_id": CLIENT,
        "mailbox": OFFICE,
    }
    for name, value in entered.items():
        page.locator(f"#id_{name}").fill(value)
    axe(page)
    page.get_by_role("button", name="Speichern").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Zertifikat herunterladen").click()
    service.certificates = [Path(download.value.path()).read_text()]
    axe(page)


def test_signed_in_tried_out_and_taken_away(server: Server, service: SignInService, open_page: OpenPage) -> None:
    page = open_page("phone")
    sign_in(page, server)
    page.goto(f"{server.url}/settings/mail/")
    page.get_by_role("link", name="Mit Microsoft oder Google anmelden").click()
    expect(page.get_by_role("heading", name="App registrieren")).to_be_visible()
    register(page, service)

    # Declined first: what is missing is said, and nothing is signed in.
    page.get_by_role("link", name="Anmelden", exact=True).click()
    page.locator("#decline").click()
    expect(page.get_by_text("wurde nicht zugestimmt")).to_be_visible()
    expect(page.get_by_text("noch nicht angemeldet")).to_be_visible()
    page.get_by_role("link", name="Anmelden", exact=True).click()
    page.locator("#agree").click()
    expect(page.get_by_text("Angemeldet seit")).to_be_visible()

    # Both ways, against servers that ask the service about each token.
    account = page.url
    page.get_by_role("link", name="Mailserver ausprobieren").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Der Mailserver antwortet")
    page.goto(account)
    page.get_by_role("link", name="Postfach ausprobieren").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Das Postfach ist offen")

    # And used: a mail goes out with a token, and is read in the mailbox with one.
    page.goto(f"{server.url}/settings/mail/test/")
    page.get_by_role("button", name="Testmail senden").click()
    expect(page.get_by_text("Beide Wege stimmen.")).to_be_visible()

    # A token that was taken back: the mailbox's refusal is named, and a new one is fetched on the page and serves.
    server.forgive(r"job=siegelpost\.mail\.incoming\.imap\.watch|AUTHENTICATIONFAILED|^Traceback")
    service.tokens.clear()
    page.goto(account)
    page.get_by_role("link", name="Postfach ausprobieren").click()
    expect(page.get_by_text("lässt das angemeldete Konto nicht")).to_be_visible()
    page.goto(account)
    page.get_by_role("button", name="Jetzt prüfen").click()
    expect(page.get_by_text("Angemeldet seit")).to_be_visible()
    page.get_by_role("link", name="Postfach ausprobieren").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Das Postfach ist offen")

    # A clock that is wrong, and consent that is taken away: each by its name, on the page and on the first one.
    page.goto(account)
    service.clock = timedelta(hours=2)
    page.get_by_role("button", name="Jetzt prüfen").click()
    expect(page.get_by_text("Die Uhr dieses Servers geht falsch")).to_be_visible()
    service.clock = timedelta(0)
    service.fault = 65001
    page.get_by_role("button", name="Jetzt prüfen").click()
    expect(page.get_by_text("AADSTS65001")).to_be_visible()
    axe(page)
    page.goto(f"{server.url}/")
    expect(page.get_by_text("Der App fehlt die Zustimmung").first).to_be_visible()
    service.fault = None
    page.goto(account)
    page.get_by_role("link", name="Neu anmelden").click()
    page.locator("#agree").click()
    expect(page.get_by_text("Angemeldet seit")).to_be_visible()

    # What only the provider's own page shows is explained when it is pasted.
    page.locator("#said").fill("Fehler 400: redirect_uri_mismatch")
    page.get_by_role("button", name="Erklären").click()
    expect(page.get_by_text("nicht genau so eingetragen")).to_be_visible()
    page.get_by_role("button", name="Abmelden und vergessen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mailserver")

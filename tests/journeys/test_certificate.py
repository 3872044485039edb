"""The page „Zertifikat“ in Chromium: a certificate is bought, activated, taken back, and handed over to a partner."""

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Page, expect
from tests.support.browsing import OpenPage, Shot, axe
from tests.support.pki import Authority
from tests.support.serving import NAME, Serve, Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PASSWORD = "vier Wörter sind genug"
REPORTED = 30_000


@pytest.fixture
def server(serve: Serve) -> Server:
    """An office after its first start: browsers warn of its certificate."""
    return serve(certificate=None)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name).first.click()


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)


def sign_in(page: Page, server: Server) -> None:
    """By the link that the server printed."""
    page.goto(server.sign_in_link)
    press(page, "Anmelden")
    heading(page, "Ihr Zugang")
    for label, value in {"Name": "Anna Muster", "E-Mail": "anna@muster.test", "Passwort": PASSWORD}.items():
        page.get_by_label(label).first.fill(value)
    press(page, "Weiter")


def issued(authority: Authority, csr_pem: str, folder: Path, **shape: object) -> Path:
    """What a shop sends for this request: the certificate alone and its bundle, in one file."""
    csr = x509.load_pem_x509_csr(csr_pem.encode())
    spki = csr.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    file = folder / "from-the-shop.crt"
    file.write_text(authority.intermediate().issue(NAME, spki=spki, **shape).chain_pem)
    return file


def test_a_certificate_is_bought_and_taken_back(
    server: Server, authority: Authority, open_page: OpenPage, shot: Shot, tmp_path: Path
) -> None:
    page = open_page("phone", insecure=True)
    sign_in(page, server)
    page.goto(f"{server.url}/certificate/")
    expect(page.get_by_text("Empfänger sähen eine Warnung")).to_be_visible(timeout=REPORTED)
    axe(page)
    follow(page, "Gekauftes Zertifikat")
    follow(page, "Neu bestellen")
    expect(page.get_by_label("Namen im Zertifikat")).to_have_value(NAME)
    press(page, "Anforderung erzeugen")
    heading(page, "Ihre Bestellung")
    axe(page)
    shot(page, "certificate-order-de-phone")
    csr_pem = page.locator("#csr").text_content()
    assert csr_pem
    follow(page, "Das Zertifikat ist da")
    axe(page)
    page.get_by_label("Dateien vom Anbieter").set_input_files(issued(authority, csr_pem, tmp_path))
    press(page, "Prüfen und einsetzen")
    expect(page.get_by_text("Das Zertifikat ist in Ordnung und ab jetzt aktiv.")).to_be_visible()
    expect(page.get_by_text("Browser vertrauen Ihrem Server")).to_be_visible(timeout=REPORTED)
    axe(page)
    shot(page, "certificate-page-de-phone", full=True)
    # A visitor who trusts the authority meets no warning now.
    open_page().goto(server.url)
    press(page, "Zurück zum vorigen Zertifikat")
    heading(page, "Zurück zum vorigen Zertifikat?")
    expect(page.get_by_text("Es ist schlechter als das jetzige")).to_be_visible()
    axe(page)
    shot(page, "certificate-back-de-phone")
    press(page, "Trotzdem zurück")
    expect(page.get_by_text("Es gilt wieder das vorige Zertifikat.")).to_be_visible()

"""A day in the office, in a real Chromium: from the first sign-in link to a proof that a third party checks."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.support.browsing import OpenPage, Shot, axe
from tests.support.installations import COMMAND
from tests.support.serving import Serve, Server
from tests.support.smtp import Mailbox, mailbox

from siegelpost.demo_data import package

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PASSWORD = "vier Wörter sind genug"


@pytest.fixture
def mails(tmp_path: Path) -> Iterator[Mailbox]:
    with mailbox(tmp_path / "mailbox") as box:
        yield box


@pytest.fixture
def server(serve: Serve) -> Server:
    return serve()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()


def field(page: Page, label: str) -> Locator:
    """The field with this label, whether it must be filled in or not."""
    return page.get_by_label(re.compile(rf"^{re.escape(label)}(\s\*)?$"))


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)


def set_up(page: Page, server: Server, mail_port: int) -> None:
    """From the link that the server printed to the first page, the way a new office goes."""
    page.goto(server.sign_in_link)
    press(page, "Anmelden")
    heading(page, "Ihr Zugang")
    field(page, "Name").fill("Anna Muster")
    field(page, "E-Mail").fill("anna@muster.test")
    field(page, "Passwort").fill(PASSWORD)
    press(page, "Weiter")
    heading(page, "Wer sind Sie?")
    for label, value in {
        "Name des Büros": "Muster & Söhne Immobilien",
        "Straße und Hausnummer": "Uferweg 12",
        "Postleitzahl": "24103",
        "Ort": "Kiel",
        "Telefon": "0431 555 01 20",
        "E-Mail": "buero@muster.test",
    }.items():
        field(page, label).fill(value)
    press(page, "Weiter")
    # This server's certificate is trusted in the test's world: that step is done.
    heading(page, "Über welchen Mailserver")
    expect(field(page, "Absenderadresse")).to_have_value("buero@muster.test")
    field(page, "Mailserver").fill("127.0.0.1")
    field(page, "Verschlüsselung").select_option("none")
    field(page, "Port").fill(str(mail_port))
    field(page, "Absenderadresse").fill("buero@muster.test")
    press(page, "Speichern und probieren")
    heading(page, "Der Mailserver antwortet")
    follow(page, "Weiter")
    heading(page, "Ihre Texte")
    press(page, "Vorlagen veröffentlichen")
    heading(page, "Wer arbeitet mit?")
    follow(page, "Später")
    heading(page, "Ihr erstes Objekt")
    follow(page, "Später")
    expect(page.get_by_role("heading", name="Einrichtung: Das fehlt noch")).to_be_visible()


def import_sample(page: Page, server: Server, file: Path) -> None:
    page.goto(f"{server.url}/estates/import/")
    field(page, "XML oder ZIP").set_input_files(package.write(file))
    press(page, "Prüfen")
    expect(page.get_by_role("heading", level=1)).to_have_text("Das würde sich ändern")
    press(page, "Jetzt importieren")
    # Every picture is turned, cleaned and written in three sizes.
    expect(page.get_by_role("heading", level=1)).to_contain_text("Importiert")


def type_in_estate(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/estates/new/")
    field(page, "Titel").fill("Helle Dachwohnung")
    field(page, "Kaufpreis").fill("348.000,50")
    field(page, "Ort").fill("Kiel")
    press(page, "Speichern")
    heading(page, "Bilder und Dokumente")
    follow(page, "Fertig")
    heading(page, "Helle Dachwohnung")
    expect(page.get_by_role("main")).to_contain_text("348.000,50")
    # Nobody has said yet whether the buyer pays a commission; nothing goes out before that is decided.
    press(page, "Provisionsfrei")
    expect(page.locator("#commission")).to_have_count(0)


def add_contact(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/contacts/new/")
    field(page, "Anrede").select_option("ms")
    field(page, "Vorname").fill("Mara")
    field(page, "Nachname").fill("Berger")
    field(page, "E-Mail").fill("mara@berger.test")
    press(page, "Speichern")
    heading(page, "Mara Berger")


@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_from_the_first_sign_in_to_a_proof(
    device: str, server: Server, mails: Mailbox, open_page: OpenPage, shot: Shot, tmp_path: Path
) -> None:
    page = open_page(device)
    set_up(page, server, mails.port)
    axe(page)
    shot(page, f"office-first-day-de-{device}")

    import_sample(page, server, tmp_path / "sample.zip")
    axe(page)
    follow(page, "Zu den Objekten")
    axe(page)
    shot(page, f"office-estates-de-{device}")
    page.locator("#results a").first.click()
    axe(page)
    shot(page, f"office-estate-de-{device}")

    # A mistake is told at the top, linked to its field, and nothing typed is lost.
    page.goto(f"{server.url}/contacts/new/")
    field(page, "Vorname").fill("Mara")
    field(page, "E-Mail").fill("mara@")
    press(page, "Speichern")
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("alert").get_by_role("link", name="E-Mail").click()
    expect(field(page, "E-Mail")).to_be_focused()
    expect(field(page, "Vorname")).to_have_value("Mara")
    axe(page)
    add_contact(page, server)
    axe(page)
    shot(page, f"office-contact-de-{device}")

    # Three taps: send, which property, go.
    follow(page, "Exposé senden")
    heading(page, "Welches Objekt?")
    axe(page)
    page.locator("#results a").first.click()
    heading(page, "Das geht hinaus")
    expect(page.locator("#preview pre")).to_contain_text("Sehr geehrte Frau Berger")
    axe(page)
    shot(page, f"office-send-de-{device}")
    # The preview says what will be sent also after a change.
    field(page, "Nachricht").fill("wie am Telefon besprochen.")
    expect(page.locator("#preview pre")).to_contain_text("wie am Telefon besprochen.")
    press(page, "Jetzt senden")
    expect(page.locator("#standing")).to_contain_text("vom Mailserver angenommen")
    expect(page.locator("#standing")).to_contain_text("250 2.0.0 Ok")
    axe(page)

    mail = mails.mails()[-1]
    assert "wie am Telefon besprochen." in mail.text
    prospect = open_page("phone")
    prospect.goto(next(link for link in mail.links if "/s/" in link))
    for box in prospect.locator("input[type=checkbox]").all():
        box.check()
    if prospect.locator("input[name=name]").count():
        prospect.locator("input[name=name]").fill("Mara Berger")
    prospect.locator("form.gate button").click()
    expect(prospect.locator("article.expose").first).to_be_visible()

    page.reload()
    expect(page.locator("#standing")).to_contain_text("Bestätigt – Exposé freigeschaltet")
    shot(page, f"office-dispatch-de-{device}", full=True)
    with page.expect_download() as download:
        follow(page, "Nachweis herunterladen")
    proof = tmp_path / "proof.zip"
    download.value.save_as(proof)
    verified = subprocess.run([COMMAND, "verify", proof], capture_output=True, text=True, check=False)
    assert verified.returncode == 0, verified.stdout

    page.goto(f"{server.url}/")
    expect(page.get_by_role("main")).to_contain_text("Mara Berger")
    # The certificate is spoken of only when it needs something.
    expect(page.get_by_role("main")).not_to_contain_text("Zertifikat")
    axe(page)
    shot(page, f"office-today-de-{device}")


def test_what_browsers_would_warn_of_is_kept_and_not_sent(
    serve: Serve, mails: Mailbox, open_page: OpenPage, shot: Shot
) -> None:
    # The browser of this test knows the authority, so that it can be driven; the world, and so the doctor, does not.
    server = serve(trust_roots="[]")
    page = open_page("phone")
    set_up(page, server, mails.port)
    type_in_estate(page, server)
    add_contact(page, server)
    follow(page, "Exposé senden")
    page.locator("#results a").first.click()
    expect(page.locator("#preview")).to_contain_text("Empfänger sähen eine Zertifikatswarnung")
    assert page.get_by_role("button", name="Jetzt senden").count() == 0
    shot(page, "office-send-refused-de-phone")
    press(page, "Vormerken")
    expect(page.locator("#standing")).to_contain_text("Noch nicht gesendet")
    axe(page)
    assert mails.mails() == []

    page.goto(f"{server.url}/certificate/")
    expect(page.get_by_role("main")).to_contain_text("SEC_ERROR_UNKNOWN_ISSUER")
    axe(page)
    shot(page, "office-certificate-de-phone", full=True)

    page.goto(f"{server.url}/checklist/")
    expect(page.get_by_role("main")).to_contain_text("Mangel")
    expect(page.get_by_role("status")).to_contain_text("unklar")
    axe(page)
    shot(page, "office-checklist-de-phone", full=True)
    page.get_by_role("button", name="Prüfen und als PDF festhalten").click()
    expect(page.get_by_role("main")).to_contain_text("im Protokoll festgehalten")
    with page.expect_download() as download:
        page.get_by_role("region", name="Festgehaltene Prüflisten").get_by_role("link").click()
    assert download.value.suggested_filename.endswith(".pdf")

    page.goto(f"{server.url}/settings/test-operation/")
    press(page, "Testbetrieb einschalten")
    expect(page.get_by_role("complementary", name="Testbetrieb")).to_contain_text("TEST")
    axe(page)


def test_sending_works_without_javascript(server: Server, mails: Mailbox, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("phone", javascript=False)
    set_up(page, server, mails.port)
    type_in_estate(page, server)
    add_contact(page, server)
    page.goto(f"{server.url}/contacts/")
    field(page, "Kontakte suchen").fill("berger")
    press(page, "Suchen")
    page.get_by_role("link", name="Mara Berger").click()
    follow(page, "Exposé senden")
    page.locator("#results a").first.click()
    field(page, "Nachricht").fill("ohne Skripte.")
    press(page, "Vorschau erneuern")
    expect(page.locator("#preview pre")).to_contain_text("ohne Skripte.")
    press(page, "Jetzt senden")
    heading(page, "Exposé:")


def test_a_passkey_opens_the_office(server: Server, mails: Mailbox, open_page: OpenPage, shot: Shot) -> None:
    page = open_page("phone", dark=True)
    authenticator = page.context.new_cdp_session(page)
    authenticator.send("WebAuthn.enable")
    authenticator.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    set_up(page, server, mails.port)
    page.goto(f"{server.url}/account/")
    axe(page)
    shot(page, "office-account-de-phone-dark")
    page.get_by_role("link", name="Passkeys").click()
    heading(page, "Kurz bestätigen")
    field(page, "Passwort").fill(PASSWORD)
    press(page, "Bestätigen")
    heading(page, "Passkey einrichten")
    axe(page)
    press(page, "Passkey erstellen")
    heading(page, "Notfallcodes")
    axe(page)

    page.goto(f"{server.url}/more/")
    press(page, "Abmelden")
    heading(page, "Anmelden")
    axe(page)
    shot(page, "office-sign-in-de-phone-dark")
    # What the browser says in a console alone is said beside the button.
    refuse = "why => { navigator.credentials.get = () => Promise.reject(new DOMException(why, 'NotAllowedError')); }"
    for why, said in (
        ("timed out", "Es wurde abgebrochen, oder die Zeit war um."),
        (
            "WebAuthn is not supported on sites with TLS certificate errors.",
            "wenn er dem Zertifikat dieses Servers traut",
        ),
    ):
        page.evaluate(refuse, why)
        press(page, "Mit Passkey anmelden")
        expect(page.get_by_role("alert")).to_contain_text(said)
    page.reload()
    press(page, "Mit Passkey anmelden")
    expect(page.get_by_role("navigation", name="Bereiche")).to_be_visible()

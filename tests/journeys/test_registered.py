"""Registered mail in a real Chromium: written and sent by an agent, accepted or refused by its recipient."""

import json
import shlex
import subprocess
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import FilePayload, Page, expect
from tests.support import second_verifier
from tests.support.at_work import Office, an_office_process
from tests.support.browsing import OpenPage, Shot, axe
from tests.support.installations import COMMAND
from tests.support.serving import Serve, Server
from tests.support.smtp import Mailbox, mailbox

from siegelpost.mail.sink import ParsedMail

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
ARRIVES_WITHIN = 30.0
NOTICE = {"de": "Einschreiben-E-Mail von", "en": "Registered e-mail from"}
ACCEPT = {"de": "Annehmen", "en": "Accept"}
SUBJECT = {"de": "Kündigung des Maklervertrags", "en": "Notice ending the agency agreement"}
ACCEPTED = {"de": "Angenommen", "en": "Accepted"}
EML = {"de": "Alles als E-Mail herunterladen (.eml)", "en": "Download everything as an e-mail (.eml)"}


@dataclass
class Scene:
    """A served sample office, somebody at work in it, and the recipient's mailbox."""

    server: Server
    office: Office
    mails: Mailbox

    def send(self, language: str = "de", subject: str = "", **options: Any) -> tuple[str, str, str]:
        """Send; gives the public id, the link from the mail that has arrived, and the code to tell by phone."""
        words = subject or NOTICE[language]
        known = sum(mail.subject.startswith(words) for mail in self.mails.mails())
        made = self.office.ask(f"send_registered {language} {shlex.quote(json.dumps(options))}")
        link = next(link for link in self.mail(known, words).links if "/s/" in link)
        return made["sent"], link, made["code"]

    def mail(self, number: int, words: str) -> ParsedMail:
        """The mail with this number, oldest first, once it has arrived; only subjects that begin so count."""
        until = time.monotonic() + ARRIVES_WITHIN
        while time.monotonic() < until:
            mails = [mail for mail in self.mails.mails() if mail.subject.startswith(words)]
            if len(mails) > number:
                return mails[number]
            time.sleep(0.05)
        pytest.fail(f"the mail did not arrive; the server says:\n{self.server.log[-3000:]}")

    def events(self, public_id: str) -> list[str]:
        return [kind for kind, _data in self.office.ask(f"events {public_id}")]


@pytest.fixture
def scene(serve: Serve, repository: Path, tmp_path: Path) -> Iterator[Scene]:
    with mailbox(tmp_path / "mailbox") as mails:
        server = serve(smtp_host="127.0.0.1", smtp_port=str(mails.port), smtp_security="none")
        with an_office_process(server, repository) as office:
            office.ask("sample")
            yield Scene(server, office, mails)


def test_from_the_notice_to_the_message_and_its_proof(
    scene: Scene, open_page: OpenPage, shot: Shot, tmp_path: Path
) -> None:
    # One server for all eight: setting the scene costs more than walking through it.
    for number, (language, device, javascript) in enumerate(product(["de", "en"], ["phone", "desktop"], [True, False])):
        public_id, link, _code = scene.send(language)
        page = open_page(device, language=language, javascript=javascript)
        page.goto(link)
        expect(page.locator("h1")).to_contain_text(NOTICE[language])
        assert page.locator("input:checked").count() == 0
        assert page.context.cookies() == []
        if javascript:
            axe(page)
            shot(page, f"registered-ask-{language}-{device}", full=True)
        _accept_by_keyboard(page, language)
        expect(page.locator("h1")).to_have_text(SUBJECT[language])
        expect(page.locator("main")).to_contain_text("3. März 2026" if language == "de" else "3 March 2026")
        if javascript:
            axe(page)
            shot(page, f"registered-message-{language}-{device}", full=True)
        _download(page, language)
        _confirmed(scene, public_id)
        if not javascript and device == "phone":
            _proven(scene, public_id, scene.mail(number % 4, ACCEPTED[language]), tmp_path)


def _accept_by_keyboard(page: Page, language: str) -> None:
    """Tab to the box, tick it, tab on to the button, press it."""
    page.locator("body").focus()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.locator("form[action$='annehmen/'] input[name=sure]:focus").count():
            break
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    assert page.get_by_role("button", name=ACCEPT[language], exact=True).evaluate("it => it.matches(':focus')")
    page.keyboard.press("Enter")


def _download(page: Page, language: str) -> None:
    with page.expect_download() as waiting:
        page.get_by_role("link", name=EML[language]).click()
    whole = BytesParser(policy=policy.default).parsebytes(Path(waiting.value.path()).read_bytes())
    assert waiting.value.suggested_filename == "Einschreiben.eml"
    assert whole["Subject"] == SUBJECT[language]
    files = {part.get_filename(): part.get_payload(decode=True) for part in whole.iter_attachments()}
    assert files["Übersicht der Besichtigungen.txt"] == b"3 Termine\n"
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Maklervertrag 2026-03-03.pdf").click()
    assert waiting.value.suggested_filename == "Maklervertrag 2026-03-03.pdf"
    assert Path(waiting.value.path()).read_bytes() == files["Maklervertrag 2026-03-03.pdf"]


def _confirmed(scene: Scene, public_id: str) -> None:
    # The message as page, the whole as .eml, one file; written after the last byte, so a moment later.
    until = time.monotonic() + 30
    while (events := scene.events(public_id)).count("ContentHandover") < 3 and time.monotonic() < until:
        time.sleep(0.2)
    assert events.count("ContentHandover") == 3
    assert events.count("ConsignmentAcceptance") == 1


def _proven(scene: Scene, public_id: str, confirmation: ParsedMail, tmp_path: Path) -> None:
    assert "BEGIN SIEGEL" in confirmation.text
    assert any(file.content_type == "application/pdf" for file in confirmation.attachments)
    proof, mail = tmp_path / f"{public_id}.zip", tmp_path / f"{public_id}.eml"
    scene.office.ask(f"prove {public_id} {proof}")
    mail.write_bytes(confirmation.raw)
    verified = subprocess.run(
        [COMMAND, "verify", proof, "--checkpoint", mail], capture_output=True, text=True, check=False
    )
    assert verified.returncode == 0, verified.stdout
    with zipfile.ZipFile(proof) as archive:
        assert second_verifier.is_good({name: archive.read(name) for name in archive.namelist()})


def test_the_other_ways(scene: Scene, open_page: OpenPage, shot: Shot) -> None:
    _refused(scene, open_page, shot)
    _hidden_with_a_code_by_phone(scene, open_page, shot)
    _a_code_by_a_second_address(scene, open_page)
    _looking_decides_nothing(scene)
    _over_and_taken_back(scene, open_page, shot)


def _refused(scene: Scene, open_page: OpenPage, shot: Shot) -> None:
    public_id, link, _code = scene.send()
    page = open_page("phone", javascript=False, dark=True)
    page.goto(link)
    shot(page, "registered-ask-de-phone-dark", full=True)
    page.get_by_text("Ich möchte sie nicht annehmen").click()
    page.locator("form[action$='ablehnen/'] input[name=sure]").check()
    page.get_by_role("button", name="Ablehnen").click()
    expect(page.locator("h1")).to_contain_text("abgelehnt")
    shot(page, "registered-refused-de-phone-dark")
    assert "ConsignmentRejection" in scene.events(public_id)
    assert "Beleg liegt bei" in scene.mail(0, "Sie haben eine Einschreiben-E-Mail abgelehnt").text
    # What was refused opens no more, and nobody reads it.
    assert scene.server.get(f"{urlsplit(link).path}einschreiben.eml").status == 403
    with_scripts = open_page("desktop")
    with_scripts.goto(link)
    axe(with_scripts)


def _hidden_with_a_code_by_phone(scene: Scene, open_page: OpenPage, shot: Shot) -> None:
    subject = "Eine Einschreiben-E-Mail für Sie"
    _public_id, link, code = scene.send(subject=subject, hidden=True, code_by="phone")
    mail = scene.mail(0, subject)
    assert "Lindenhof" not in mail.text
    page = open_page("phone")
    page.goto(link)
    expect(page.locator("body")).not_to_contain_text("Lindenhof")
    expect(page.locator("body")).not_to_contain_text("Kündigung")
    axe(page)
    shot(page, "registered-hidden-de-phone", full=True)
    page.get_by_label("Ihr Code").fill("0000 0000")
    page.locator("form[action$='annehmen/'] input[name=sure]").check()
    page.get_by_role("button", name="Annehmen", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("noch 4 Versuche")
    axe(page)
    page.get_by_label("Ihr Code").fill(code)
    page.locator("form[action$='annehmen/'] input[name=sure]").check()
    page.get_by_role("button", name="Annehmen", exact=True).click()
    expect(page.locator("h1")).to_have_text("Kündigung des Maklervertrags")
    # The link of the mail alone opens nothing, not even after the acceptance.
    page.goto(link)
    expect(page.locator("h1")).to_contain_text("mit Code geschützt")
    axe(page)
    assert scene.server.get(f"{urlsplit(link).path}einschreiben.eml").status == 403
    for _ in range(5):
        page.get_by_label("Ihr Code").fill("1111-1111")
        page.get_by_role("button", name="Öffnen").click()
    expect(page.get_by_role("alert")).to_contain_text("gesperrt")
    axe(page)
    shot(page, "registered-locked-de-phone")


def _a_code_by_a_second_address(scene: Scene, open_page: OpenPage) -> None:
    _public_id, link, _ = scene.send(code_by="mail", code_address="zweit@berger.example")
    words = scene.mail(0, "Ihr Code für eine Einschreiben-E-Mail").text.split()
    code = next(word for word in words if len(word) == 9 and word[4] == "-" and word[:4].isdecimal())
    page = open_page("desktop", javascript=False)
    page.goto(link)
    page.get_by_label("Ihr Code").fill(code)
    page.locator("form[action$='annehmen/'] input[name=sure]").check()
    page.get_by_role("button", name="Annehmen", exact=True).click()
    expect(page.locator("h1")).to_have_text("Kündigung des Maklervertrags")


def _looking_decides_nothing(scene: Scene) -> None:
    """What a mail scanner does: every address, every way of asking, but no form."""
    public_id, link, _code = scene.send()
    path = urlsplit(link).path
    for rest in ("", "annehmen/", "ablehnen/", "code/", "einschreiben.eml", "anlage/1", "anlage/0", "anlage/x"):
        for method in ("GET", "HEAD"):
            status = scene.server.request(method, f"{path}{rest}", headers={"Sec-Purpose": "prefetch"}).status
            assert status < 500
    events = scene.events(public_id)
    assert not {"ConsignmentAcceptance", "ConsignmentRejection", "ContentHandover"} & set(events)
    assert scene.office.ask("truth")[public_id]["state"] == "notified"
    # A form from elsewhere, without the tick, or without the stamp decides nothing either.
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    foreign = {**headers, "Origin": "https://evil.test"}
    assert scene.server.request("POST", f"{path}annehmen/", body=b"sure=on", headers=foreign).status == 403
    assert scene.server.request("POST", f"{path}annehmen/", body=b"sure=on", headers=headers).status == 422
    assert scene.server.request("POST", f"{path}ablehnen/", body=b"", headers=headers).status == 422
    assert scene.server.request("POST", path, body=b"name=X", headers=headers).status == 404
    assert scene.office.ask("truth")[public_id]["state"] == "notified"


def _over_and_taken_back(scene: Scene, open_page: OpenPage, shot: Shot) -> None:
    page = open_page("phone")
    public_id, link, _code = scene.send()
    scene.office.ask(f"end_period {public_id}")
    page.goto(link)
    expect(page.locator("h1")).to_contain_text("Die Frist ist abgelaufen")
    axe(page)
    shot(page, "registered-over-de-phone")
    assert scene.events(public_id)[-2:] == ["AcceptanceRejectionExpiry", "NotificationAccessTracking"]
    assert "Der Beleg liegt bei" in scene.mail(0, "Frist abgelaufen").text
    public_id, link, _code = scene.send()
    scene.office.ask(f"revoke {public_id}")
    page.goto(link)
    expect(page.locator("h1")).to_contain_text("zurückgezogen")
    axe(page)


@pytest.mark.parametrize(("device", "javascript"), [("phone", True), ("desktop", True), ("phone", False)])
def test_an_agent_writes_to_several_and_sees_how_each_stands(
    device: str, javascript: bool, scene: Scene, open_page: OpenPage, shot: Shot
) -> None:
    scene.office.ask("two_more_contacts")
    page = open_page(device, javascript=javascript)
    page.goto(scene.office.ask("sign_in")["link"])
    page.get_by_role("button", name="Anmelden").click()
    page.goto(f"{scene.server.url}/registered/new/")
    page.get_by_role("link", name="Sibel Çelik").click()
    page.get_by_role("link", name="Noch jemand").click()
    page.get_by_role("link", name="Jonas Adler").click()
    if javascript:
        axe(page)
    page.get_by_role("link", name="Weiter", exact=True).first.click()
    page.locator("#id_subject").fill("Termin beim Notar")
    page.locator("#id_message").fill(
        "der Notartermin ist am 14. Dezember 2026 um 10 Uhr.\n\nDen Entwurf finden Sie anbei."
    )
    _attach(page, javascript)
    page.get_by_text("Frist, Code und was der Empfänger vorher sieht").click()
    page.get_by_label("Code zum Annehmen").select_option("phone")
    if not javascript:
        page.get_by_role("button", name="Vorschau erneuern").click()
    preview = page.locator("#preview")
    expect(preview).to_contain_text("am Telefon")
    expect(preview).to_contain_text("Entwurf.pdf")
    expect(preview).to_contain_text("Termin beim Notar")
    if javascript:
        expect(page.locator(".htmx-request")).to_have_count(0)
        axe(page)
        shot(page, f"office-registered-{device}", full=device == "desktop")
    page.get_by_role("button", name="Jetzt senden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Diese Codes sagen Sie am Telefon")
    code = page.locator("li", has_text="Jonas Adler").locator(".spoken-code").text_content()
    if javascript:
        axe(page)
        shot(page, f"office-codes-{device}")
    page.get_by_role("link", name="Zur Übersicht").last.click()
    expect(page.locator(".figures")).to_contain_text("noch offen")
    _jonas_accepts(scene, open_page, str(code))
    page.reload()
    expect(page.locator("li", has_text="Jonas Adler")).to_contain_text("angenommen")
    expect(page.locator("li", has_text="Sibel Çelik")).not_to_contain_text("angenommen heute")
    if javascript:
        axe(page)
        shot(page, f"office-registered-overview-{device}")
    page.get_by_role("link", name="Jonas Adler").click()
    expect(page.get_by_role("main")).to_contain_text("Vom Empfänger angenommen")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Annahme (PDF)").click()
    assert Path(waiting.value.path()).read_bytes().startswith(b"%PDF")
    if javascript:
        axe(page)
        shot(page, f"office-registered-dispatch-{device}", full=True)
    page.goto(f"{scene.server.url}/dispatches/")
    page.get_by_role("link", name="Sibel Çelik").click()
    page.get_by_role("button", name="Neuen Code anzeigen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Diesen Code sagen Sie am Telefon")


def _attach(page: Page, javascript: bool) -> None:
    files: list[FilePayload] = [
        {"name": "Entwurf.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n" + b"%" * 5000},
        {"name": "Virus.exe", "mimeType": "application/pdf", "buffer": b"MZ"},
    ]
    page.locator("#files").set_input_files(files)
    if not javascript:
        page.get_by_role("button", name="Vorschau erneuern").click()
    attachments = page.locator("#attachments")
    expect(attachments).to_contain_text("Entwurf.pdf")
    expect(attachments).to_contain_text("„Virus.exe“ kann nicht mitgeschickt werden")
    page.locator("#id_message").focus()
    expect(page.locator("#id_subject")).to_have_value("Termin beim Notar")


def _jonas_accepts(scene: Scene, open_page: OpenPage, code: str) -> None:
    until = time.monotonic() + ARRIVES_WITHIN
    mails: list[ParsedMail] = []
    while not mails and time.monotonic() < until:
        mails = [mail for mail in scene.mails.mails() if "jonas@adler.example" in str(mail.raw)]
        time.sleep(0.05)
    page = open_page("phone")
    page.goto(next(link for link in mails[0].links if "/s/" in link))
    page.get_by_label("Ihr Code").fill(code)
    page.locator("form[action$='annehmen/'] input[name=sure]").check()
    page.get_by_role("button", name="Annehmen", exact=True).click()
    expect(page.locator("h1")).to_have_text("Termin beim Notar")

"""Registered mail as its sender sees it: written to several, codes told by phone, one overview, receipts."""

import json
from collections import Counter
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import FilePayload, Page, expect
from tests.support.browsing import OpenPage, Shot, axe
from tests.support.desk import link_in
from tests.support.keyboard import EVERY, Way
from tests.support.registered_scene import Recipient, RegisteredScene
from tests.support.smtp import Fault
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
SLOW = 2.0  # seconds that the mail server takes for each mail, until somebody has looked
TITLE = {"de": "Termin beim Notar", "en": "Appointment at the notary's"}
RECEIPTS = {"de": ["Einlieferung", "Benachrichtigung", "Annahme"], "en": ["Submission", "Notification", "Acceptance"]}


def test_an_agent_writes_to_several_and_sees_how_each_stands(
    registered_scene: RegisteredScene, open_page: OpenPage, shot: Shot
) -> None:
    registered_scene.ask("two_more_contacts")
    for way in (EVERY[0], Way("en", "desktop", False), Way("de", "desktop", True)):
        _write_to_several(registered_scene, way, open_page, shot)


@pytest.mark.soak
def test_an_agent_writes_to_several_in_every_combination(
    registered_scene: RegisteredScene, open_page: OpenPage, shot: Shot
) -> None:
    registered_scene.ask("two_more_contacts")
    for way in EVERY:
        _write_to_several(registered_scene, way, open_page, shot)


def test_many_go_out_behind_a_bar_that_fills_and_each_once(
    registered_scene: RegisteredScene, open_page: OpenPage, shot: Shot
) -> None:
    scene, to = registered_scene, [f"eigentuemer.{number}@weg.example" for number in range(40)]
    scene.mails.sink.delay = SLOW
    scene.ask("send_registered", "de", json.dumps({"to": to}))
    pages: list[Page] = []
    for way, words in ((EVERY[0], "von 40 Mails sind hinaus"), (Way("en", "desktop", False), "of 40 mails")):
        scene.ask("speak", way.language)
        page = open_page(way.device, language=way.language, javascript=way.scripts)
        page.goto(scene.ask("sign_in")["link"])
        page.locator("main form button").first.click()
        page.goto(f"{scene.server.url}/dispatches/")
        expect(page.locator("#going-out")).to_contain_text(words)
        pages.append(page)
    with_scripts, plain = pages
    axe(with_scripts)
    shot(with_scripts, "office-going-out-phone")
    before = [_done(page) for page in pages]
    scene.mails.sink.delay = 0.3
    until(lambda: _done(with_scripts) > before[0])
    until(lambda: plain.reload() and _done(plain) > before[1])
    scene.mails.sink.delay = 0.0
    expect(with_scripts.locator("#going-out progress")).to_have_count(0)
    until(lambda: len(scene.mails.mails()) >= len(to))
    assert Counter(parseaddr(mail.recipient)[1] for mail in scene.mails.mails()) == dict.fromkeys(to, 1)
    plain.reload()
    expect(plain.locator("#going-out progress")).to_have_count(0)


def test_what_the_mail_server_puts_off_is_explained_and_tried_at_once(
    registered_scene: RegisteredScene, open_page: OpenPage
) -> None:
    scene = registered_scene
    busy = Fault("RCPT", "451 4.7.1 come back later")
    scene.mails.sink.faults.append(busy)
    sent = scene.ask("send_registered", "de", json.dumps({"to": ["mara@berger.example"]}))["sent"]
    until(lambda: scene.kinds(sent).count("DeliveryAttempt") == 2)
    for way in (EVERY[0], Way("en", "desktop", False)):
        scene.ask("speak", way.language)
        page = open_page(way.device, language=way.language, javascript=way.scripts, dark=Recipient.in_the_dark(way))
        page.goto(scene.ask("sign_in")["link"])
        page.locator("main form button").first.click()
        page.goto(f"{scene.server.url}/dispatches/{sent}/")
        told = page.get_by_role("region", name=way("Was nicht angekommen ist", "What has not arrived"))
        expect(told).to_contain_text(way("Nächster Versuch", "Next attempt"))
        expect(told).to_contain_text("451 4.7.1 come back later")
        if way.scripts:
            axe(page)
    busy.times = 0
    page.get_by_role("button", name="Try again now").click()
    expect(page.get_by_role("status")).to_contain_text("Trying again now")
    assert scene.mail_to("mara@berger.example")
    until(lambda: "NotificationForAcceptance" in scene.kinds(sent))
    page.reload()
    expect(told).to_have_count(0)


def _done(page: Page) -> int:
    """What the bar shows; 40 where it has gone."""
    shown: list[int] = page.locator("#going-out progress").evaluate_all("all => all.map(one => one.value)")
    return shown[0] if shown else 40


def _write_to_several(scene: RegisteredScene, way: Way, open_page: OpenPage, shot: Shot) -> None:
    def looks() -> None:
        if way.scripts:
            expect(page.locator(".htmx-request")).to_have_count(0)
            axe(page)

    scene.ask("speak", way.language)
    scene.ask("forget_counts")
    page = open_page(way.device, language=way.language, javascript=way.scripts, dark=Recipient.in_the_dark(way))
    page.goto(scene.ask("sign_in")["link"])
    page.get_by_role("button", name=way("Anmelden", "Sign in")).click()
    page.goto(f"{scene.server.url}/registered/new/")
    page.get_by_role("link", name="Sibel Çelik").click()
    page.get_by_role("link", name=way("Noch jemand", "Add recipient")).click()
    page.get_by_role("link", name="Jonas Adler").click()
    looks()
    page.get_by_role("link", name=way("Weiter", "Continue"), exact=True).first.click()
    _write(page, way)
    expect(page.locator("#preview")).to_contain_text(way("am Telefon", "by phone"))
    expect(page.locator("#preview")).to_contain_text("Entwurf.pdf")
    expect(page.locator("#preview")).to_contain_text(TITLE[way.language])
    looks()
    if way.scripts:
        shot(page, f"office-registered-{way.device}", full=way.device == "desktop")
    known = len(scene.mails_to("jonas@adler.example"))
    page.get_by_role("button", name=way("Jetzt senden", "Send now")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        way("Diese Codes sagen Sie am Telefon", "Tell these codes by phone")
    )
    code = str(page.locator("li", has_text="Jonas Adler").locator(".spoken-code").text_content())
    looks()
    if way.scripts:
        shot(page, f"office-codes-{way.device}")
    page.get_by_role("link", name=way("Zur Übersicht", "To the overview")).last.click()
    expect(page.locator(".figures")).to_contain_text(way("noch offen", "still open"))
    _jonas_accepts(scene, way, open_page, code, known)
    page.reload()
    expect(page.locator("li", has_text="Jonas Adler")).to_contain_text(way("angenommen", "accepted"))
    looks()
    if way.scripts:
        shot(page, f"office-registered-overview-{way.device}")
    page.get_by_role("link", name="Jonas Adler").click()
    for receipt in RECEIPTS[way.language]:
        with page.expect_download() as waiting:
            page.get_by_role("link", name=f"{receipt} (PDF)").click()
        assert Path(waiting.value.path()).read_bytes().startswith(b"%PDF")
    looks()
    if way.scripts:
        shot(page, f"office-registered-dispatch-{way.device}", full=True)
    page.goto(f"{scene.server.url}/dispatches/")
    page.get_by_role("link", name="Sibel Çelik").first.click()
    page.get_by_role("button", name=way("Neuen Code anzeigen", "Show a new code")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        way("Diesen Code sagen Sie am Telefon", "Tell this code by phone")
    )
    page.context.close()


def _write(page: Page, way: Way) -> None:
    page.locator("#id_subject").fill(TITLE[way.language])
    page.locator("#id_message").fill("der Notartermin ist am 14. Dezember 2026 um 10 Uhr.\n\nDer Entwurf liegt bei.")
    files: list[FilePayload] = [
        {"name": "Entwurf.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n" + b"%" * 5000},
        {"name": "Virus.exe", "mimeType": "application/pdf", "buffer": b"MZ"},
    ]
    page.locator("#files").set_input_files(files)
    again = page.get_by_role("button", name=way("Vorschau erneuern", "Refresh preview"))
    if not way.scripts:
        again.click()
    attachments = page.locator("#attachments")
    expect(attachments).to_contain_text("Entwurf.pdf")
    expect(attachments).to_contain_text(
        way("„Virus.exe“ kann nicht mitgeschickt werden", "“Virus.exe” cannot be sent along")
    )
    expect(page.locator("#id_subject")).to_have_value(TITLE[way.language])
    folded = page.get_by_text(
        way("Frist, Code und was der Empfänger vorher sieht", "Period, code and what the recipient sees beforehand")
    )
    folded.click()
    page.locator("#id_language").select_option(way.language)
    page.get_by_label(way("Zusätzlicher Code", "Additional code")).select_option("phone")
    if not way.scripts:
        again.click()


def _jonas_accepts(scene: RegisteredScene, way: Way, open_page: OpenPage, code: str, known: int) -> None:
    """The notice that came after those he had, on a phone."""
    until(lambda: len(scene.mails_to("jonas@adler.example")) > known)
    notice = scene.mails_to("jonas@adler.example")[known]
    page = open_page("phone", language=way.language, javascript=way.scripts)
    page.goto(link_in(notice))
    page.locator("input[name=code]").fill(code)
    page.locator("form[action$='annehmen/'] input[name=sure]").check()
    page.locator("form[action$='annehmen/'] button").click()
    expect(page.locator("h1")).to_have_text(TITLE[way.language])
    assert urlsplit(page.url).path != urlsplit(link_in(notice)).path, "the code has opened a link of its own"
    page.context.close()

"""The recipient's way in a real Chromium: mail, link, gate, exposé, PDF, withdrawal; and what meets a stranger."""

import subprocess
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from tests.support.browsing import OpenPage, Shot, axe, refusal
from tests.support.installations import COMMAND
from tests.support.prospect import ORDER, Scene
from tests.support.serving import Serve, Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def test_a_self_signed_certificate_is_what_chromium_warns_of(serve: Serve, page: Page) -> None:
    server = serve(certificate=None)
    assert refusal(page, f"{server.url}/widerruf/") == "ERR_CERT_AUTHORITY_INVALID"


def test_from_the_mail_to_the_exposé_and_its_proof(
    scene: Scene, open_page: OpenPage, shot: Shot, tmp_path: Path
) -> None:
    # One server for all four: setting the scene costs more than walking through it.
    for number, (language, device) in enumerate(product(["de", "en"], ["phone", "desktop"])):
        (folder := tmp_path / f"{language}-{device}").mkdir()
        _walk(scene, open_page, shot, folder, language, device, nth=number % 2)


def _asks_again(page: Page) -> None:
    """A name of blanks: the error is seen and has the focus, the other page comes back by Back, and so does this."""
    button = page.locator(".gate button[type=submit]").first
    page.locator("input[name=name]").fill("   ")
    button.click()
    error = page.locator("#error")
    expect(error).to_be_focused()
    expect(error).to_be_in_viewport(ratio=1)
    axe(page)
    page.locator(".legal a").first.click()
    page.go_back()
    expect(error).to_be_visible()


def _keeps_what_binds_on_paper(page: Page) -> None:
    """Printing the page that asks dropped the price, the declarations and every legal text."""
    page.emulate_media(media="print")
    for kept in (".offer", ".tick", ".texts .prose", ".gate button[type=submit]"):
        expect(page.locator(kept).first).to_be_visible()
    page.emulate_media(media="screen")


def _with_doubled_text(page: Page) -> None:
    """Doubled text on a phone: nothing scrolls sideways, and what is always in reach does not cover the rest."""
    session = page.context.new_cdp_session(page)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    page.reload()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator(".reach").evaluate("one => getComputedStyle(one).position") == "static"
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 16, "fixed": 13}})
    page.reload()


def _pictures(page: Page, shot: Shot, where: str) -> None:
    """The figures are in the first view; pictures go on by keys and swipes, and leave one where one was."""
    figures, reach = page.locator(".figures").bounding_box(), page.locator(".reach").bounding_box()
    assert figures
    assert reach
    assert figures["y"] + figures["height"] <= reach["y"], (figures, reach)
    viewer = page.locator(".viewer")
    expect(viewer).to_be_hidden()
    page.locator(".strip a").first.press("Enter")
    _is_shown(page, 0)
    axe(page)
    shot(page, f"recipient-picture-{where}")
    length = page.evaluate("history.length")
    page.keyboard.press("ArrowRight")
    _is_shown(page, 1)
    page.keyboard.press("ArrowLeft")
    _is_shown(page, 0)
    viewer.locator("li").first.locator("a").last.press("Enter")
    _is_shown(page, 1)
    # What lies behind has no focus meanwhile; Escape leads to the small picture of the one looked at.
    for key in ("Tab", "Shift+Tab", "Shift+Tab", "Tab"):
        page.keyboard.press(key)
        assert page.evaluate(
            "[null, document.body].includes(document.activeElement) || !!document.activeElement.closest('.viewer')"
        )
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    _is_shown(page, 1)
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    expect(page.locator(".strip a").nth(1)).to_be_focused()
    assert page.evaluate("location.hash") == ""
    assert page.evaluate("history.length") == length, "Back leads to the exposé, not from picture to picture"
    page.locator(".cover").press("Enter")
    _is_shown(page, 0)
    page.go_back()
    expect(viewer).to_be_hidden()


def _is_shown(page: Page, number: int) -> None:
    """Wait until the picture with this number, from 0, fills the screen."""
    page.wait_for_function(
        "number => Math.abs(document.querySelectorAll('.viewer li')[number].getBoundingClientRect().x) < 2", arg=number
    )


def _walk(scene: Scene, open_page: OpenPage, shot: Shot, tmp_path: Path, language: str, device: str, nth: int) -> None:
    public_id, link = scene.send(language)
    page = open_page(device, language=language, javascript=True)

    page.goto(link)
    expect(page.locator("input[type=checkbox]")).to_have_count(2)
    assert page.locator("input[type=checkbox]:checked").count() == 0
    assert page.context.cookies() == []
    axe(page)
    shot(page, f"recipient-gate-{language}-{device}", full=True)

    _keeps_what_binds_on_paper(page)
    _asks_again(page)
    # Without the name the browser itself asks for it; with it, and both boxes by the keyboard alone, the gate opens.
    page.keyboard.press("Tab")
    for box in page.locator("input[type=checkbox]").all():
        box.focus()
        page.keyboard.press("Space")
    name = page.locator("input[name=name]")
    name.focus()
    page.keyboard.type("Mara Berger")
    button = page.get_by_role("button", name=ORDER[language])
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("article.expose")).to_be_visible()
    for image in page.locator("img:visible").all():
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("image => image.naturalWidth") > 0
    page.evaluate("scrollTo(0, 0)")
    axe(page)
    shot(page, f"recipient-expose-{language}-{device}")
    _pictures(page, shot, f"{language}-{device}")
    if device == "phone":
        _with_doubled_text(page)

    pdf = scene.server.get(f"{urlsplit(link).path}expose.pdf")
    assert pdf.body.startswith(b"%PDF")
    confirmation = scene.mail(nth, {"de": "Ihre Bestätigung", "en": "Your confirmation"}[language])
    assert "BEGIN SIEGEL" in confirmation.text
    assert any(attachment.content_type == "application/pdf" for attachment in confirmation.attachments)

    proof = tmp_path / "proof.zip"
    scene.office.ask(f"prove {public_id} {proof}")
    mail = tmp_path / "confirmation.eml"
    mail.write_bytes(confirmation.raw)
    verified = subprocess.run(
        [COMMAND, "verify", proof, "--checkpoint", mail], capture_output=True, text=True, check=False
    )
    assert verified.returncode == 0, verified.stdout


def test_the_other_ways(scene: Scene, open_page: OpenPage, shot: Shot) -> None:
    _waits_without_an_early_start_and_without_javascript(scene, open_page, shot)
    _opens_a_free_exposé_with_one_plain_press(scene, open_page)
    _refuses_what_is_unknown_revoked_repeated_or_foreign(scene, open_page)


def _waits_without_an_early_start_and_without_javascript(scene: Scene, open_page: OpenPage, shot: Shot) -> None:
    _, link = scene.send()
    page = open_page("phone", javascript=False, dark=True)
    page.goto(link)
    page.locator("input[name=name]").fill("Mara Berger")
    shot(page, "recipient-gate-de-phone-dark", full=True)
    page.get_by_role("button", name=ORDER["de"]).click()
    expect(page.locator("h1")).to_contain_text("Vielen Dank für Ihren Auftrag")
    shot(page, "recipient-waiting-de-phone-dark")
    assert scene.server.get(f"{urlsplit(link).path}expose.pdf").status == 403
    # The withdrawal function stands on the same page.
    page.get_by_role("link", name="Vertrag widerrufen").first.click()
    shot(page, "recipient-withdraw-de-phone-dark")
    page.get_by_role("button", name="Widerruf bestätigen").click()
    expect(page.locator("h1")).to_contain_text("Ihr Widerruf ist eingegangen")
    assert "widerrufe ich" in scene.mail(0, "Eingang Ihres Widerrufs").text


def _opens_a_free_exposé_with_one_plain_press(scene: Scene, open_page: OpenPage) -> None:
    _, link = scene.send(commission="free")
    page = open_page("desktop", dark=True)
    page.goto(link)
    axe(page)
    assert page.locator("input[type=checkbox]").count() == 0
    page.get_by_role("button", name="Exposé ansehen").click()
    expect(page.locator("article.expose")).to_be_visible()
    axe(page)


def _refuses_what_is_unknown_revoked_repeated_or_foreign(scene: Scene, open_page: OpenPage) -> None:
    public_id, link = scene.send()
    page = open_page("phone")
    # An unknown link.
    page.goto(f"{scene.server.url}/s/{'x' * 32}/")
    expect(page.locator("h1")).to_contain_text("Diesen Link kennen wir nicht")
    axe(page)
    # A form from another site declares nothing.
    path = urlsplit(link).path
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": "https://evil.test"}
    foreign = scene.server.request("POST", path, body=b"name=X&begin_early=on&knows_loss=on", headers=headers)
    assert foreign.status == 403
    assert "anderen Website" in foreign.text
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "cross-site"}
    assert scene.server.request("POST", path, body=b"name=X", headers=headers).status == 403
    # A form without the stamp is not taken, and says so.
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    stale = scene.server.request("POST", path, body=b"name=X&begin_early=on&knows_loss=on", headers=headers)
    assert stale.status == 303
    told = scene.server.get(stale.headers["location"].partition("#")[0])
    assert (told.status, "nicht mehr aktuell" in told.text) == (422, True)
    assert scene.office.ask("truth")[public_id]["declarations"] == 0
    # HEAD looks, and takes nothing.
    assert scene.server.request("HEAD", path).status == 200
    # Taken back: the page says so, and the office loses nothing.
    scene.office.ask(f"revoke {public_id}")
    page.goto(link)
    expect(page.locator("h1")).to_contain_text("zurückgezogen")
    axe(page)
    assert scene.server.request("POST", path, body=b"name=X", headers=headers).status == 410


def test_the_public_withdrawal_needs_no_login(served: Server, page: Page) -> None:
    page.goto(f"{served.url}/widerruf/")
    page.locator("form").evaluate("form => form.noValidate = true")
    page.get_by_role("button", name="Widerruf bestätigen").click()
    expect(page.get_by_role("alert")).to_contain_text("noch nichts abgeschickt")
    axe(page)

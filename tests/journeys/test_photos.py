"""Photos of a property in a real Chromium: from the camera, several at once, titles, in order by mouse and keyboard."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.support.browsing import OpenPage, axe
from tests.support.office_walk import furnish, sign_in
from tests.support.serving import Serve, Server
from tests.support.smtp import Mailbox

from siegelpost.demo_data import facades

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.timeout(300)]
ARRIVES = 60_000


@pytest.fixture
def server(serve: Serve, mail_sink: Mailbox) -> Server:
    served = serve()
    furnish(served.installation, mail_sink.port)
    return served


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Three photos and one file that is none."""
    made = [tmp_path / f"{name}.jpg" for name in ("haus", "laden", "neubau", "kaputt")]
    drawn = (facades.brick_house(), facades.gabled_shop(), facades.new_building(), b"no picture")
    for file, picture in zip(made, drawn, strict=True):
        file.write_bytes(picture)
    return made


def titles(page: Page) -> list[str]:
    return [field.input_value() for field in page.locator(".photo input[name$=title]").all()]


def opened(page: Page, server: Server) -> None:
    page.context.set_default_timeout(ARRIVES)
    expect.set_options(timeout=ARRIVES)
    sign_in(page, server)
    page.goto(f"{server.url}/estates/")
    page.locator("#results a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Altbauwohnung")
    page.goto(page.url + "media/")


def test_photos_go_up_and_get_titles_and_an_order(server: Server, open_page: OpenPage, files: list[Path]) -> None:
    page = open_page("desktop")
    opened(page, server)
    assert page.locator("#camera").is_hidden()  # a mouse takes no photos
    page.locator("#files").set_input_files(files)
    page.get_by_role("button", name="Hochladen").click()
    # What is refused is said by its name; the others have gone up.
    expect(page.get_by_role("alert")).to_contain_text("kaputt.jpg")
    page.reload()
    photos = page.locator(".photo")
    expect(photos).to_have_count(3)
    for number, title in enumerate(("eins", "zwei", "drei")):
        photos.nth(number).locator("input[name$=title]").fill(title)
        photos.nth(number).get_by_role("button", name="Speichern").click()
        expect(photos.nth(number).locator("input[name$=title]")).to_have_value(title)
    assert titles(page) == ["eins", "zwei", "drei"]
    axe(page)

    with page.expect_response("**/media/order/") as answer:
        photos.nth(2).locator("img").drag_to(photos.nth(0).locator("img"))
    assert answer.value.status == 204
    page.reload()
    dragged = titles(page)
    assert dragged.index("drei") < 2

    up = photos.nth(2).get_by_role("button", name="weiter nach vorn")
    up.focus()
    page.keyboard.press("Enter")
    expect(photos.nth(1).locator("input[name$=title]")).to_have_value(dragged[2])
    assert titles(page) == [dragged[0], dragged[2], dragged[1]]


def test_the_camera_of_a_phone_is_one_tap_away(server: Server, open_page: OpenPage, files: list[Path]) -> None:
    page = open_page("phone")
    opened(page, server)
    camera = page.locator("#camera")
    expect(camera).to_have_attribute("capture", "environment")
    camera.set_input_files(files[0])
    # It goes up at once, without another press.
    expect(page.locator(".photo")).to_have_count(1)
    axe(page)

"""Photos of a property in a real Chromium: taken, chosen, dropped; one that is broken; titles; order by every hand."""

import io
import random
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import CDPSession, Locator, Page, expect
from tests.support.browsing import OpenPage, Watch, axe
from tests.support.office_walk import furnish, sign_in
from tests.support.serving import Serve, Server
from tests.support.smtp import Mailbox

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
ARRIVES = 60_000
# Every value the bar takes, kept by the page itself.
WATCH_BAR = """() => {
    window.seen = [];
    const bar = document.querySelector("#upload progress");
    new MutationObserver(() => window.seen.push(bar.value)).observe(bar, { attributeFilter: ["value"] });
}"""


@pytest.fixture
def server(serve: Serve, mail_sink: Mailbox) -> Server:
    served = serve()
    furnish(served.installation, mail_sink.port)
    return served


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Three photos that do not pack well, and one file that is none."""
    made = [tmp_path / f"{name}.jpg" for name in ("haus", "kaputt", "laden", "neubau")]
    grain = random.Random(7)
    for file in made:
        image = Image.frombytes("RGB", (640, 480), grain.randbytes(640 * 480 * 3))
        out = io.BytesIO()
        image.save(out, "JPEG", quality=60)
        file.write_bytes(out.getvalue() if file.stem != "kaputt" else out.getvalue()[:900])
    return made


def opened(page: Page, server: Server, at: str = "media/") -> None:
    page.context.set_default_timeout(ARRIVES)
    expect.set_options(timeout=ARRIVES)
    sign_in(page, server)
    page.goto(f"{server.url}/estates/")
    page.locator("#results a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Altbauwohnung")
    page.goto(page.url + at)


def drop(page: Page, files: list[Path]) -> None:
    """As from a window of the desktop; Chromium reads the files itself."""
    devtools = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(file) for file in files], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        if kind == "drop":
            expect(page.locator("#upload.over")).to_be_visible()
        devtools.send("Input.dispatchDragEvent", {"type": kind, "x": 400, "y": 300, "data": data})
    devtools.detach()


def titles(page: Page) -> list[str]:
    return [field.input_value() for field in page.locator(".photo input[name$=title]").all()]


def kept_titles(page: Page, wanted: list[str]) -> None:
    """The server has them in this order."""
    page.reload()
    expect(page.locator(".photo")).to_have_count(len(wanted))
    assert titles(page) == wanted


def name_them(page: Page, names: list[str]) -> None:
    """Typing is enough; nothing has to be pressed."""
    for number, name in enumerate(names):
        with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
            page.locator(".photo input[name$=title]").nth(number).fill(name)
            page.keyboard.press("Tab")
        assert answer.value.status == 204


def middle(of: Locator) -> tuple[float, float]:
    of.scroll_into_view_if_needed()
    box = of.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def finger(devtools: CDPSession, kind: str, *at: tuple[float, float]) -> None:
    points = [{"x": x, "y": y} for x, y in at]
    devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_dropped_on_a_wide_screen_with_one_broken_among_them(
    server: Server, open_page: OpenPage, files: list[Path]
) -> None:
    page = open_page("desktop")
    opened(page, server)
    # On the property's own page first.
    property_page = page.url.removesuffix("media/")
    page.goto(property_page)
    expect(page.locator("#upload")).to_be_hidden()
    with page.expect_response(lambda answer: "/960." in answer.url) as shown:
        drop(page, files[:1])
    # A browser that says it reads AVIF gets it.
    assert shown.value.header_value("content-type") == "image/avif"
    expect(page.locator(".gallery img")).to_have_count(1)
    expect(page.locator("#upload")).to_be_hidden()

    page.goto(f"{property_page}media/")
    assert page.locator("#camera").is_hidden()  # a mouse takes no photos
    page.evaluate(WATCH_BAR)
    slowly = page.context.new_cdp_session(page)
    slowly.send("Network.enable")
    # A phone's line, so that each photo takes its time.
    line = {"offline": False, "latency": 20, "downloadThroughput": 2_000_000, "uploadThroughput": 400_000}
    slowly.send("Network.emulateNetworkConditions", line)
    drop(page, files[1:])
    expect(page.locator("p[data-now]")).to_contain_text("von 3: ")
    box = page.locator("#upload progress").bounding_box()
    assert box
    assert box["width"] > 200
    assert box["height"] >= 10
    # What is refused is said by its name and with the reason; the others are there at once.
    expect(page.get_by_role("alert")).to_have_text(
        "„kaputt.jpg“ ist beschädigt oder unvollständig. Bitte übertragen Sie die Datei noch einmal."
    )
    expect(page.locator(".photo")).to_have_count(3)
    slowly.detach()
    seen = page.evaluate("window.seen")
    assert seen == sorted(seen)
    assert seen[-1] == 3
    assert any(value % 1 for value in seen), "the bar moves within a photo, too"
    axe(page)

    name_them(page, ["eins", "zwei", "drei"])
    kept_titles(page, ["eins", "zwei", "drei"])
    photos = page.locator(".photo")
    # By the mouse, on the picture itself.
    page.mouse.move(*middle(photos.nth(2).locator("img")))
    page.mouse.down()
    with page.expect_response("**/media/order/") as answer:
        page.mouse.move(*middle(photos.nth(0).locator("img")), steps=8)
        page.mouse.up()
    assert answer.value.status == 204
    expect(page.locator("#photos-told")).to_have_text("Jetzt an Stelle 1 von 3.")
    kept_titles(page, ["drei", "eins", "zwei"])
    # By the keyboard, on the grip, which keeps the focus.
    grip = photos.nth(0).locator(".grip")
    grip.focus()
    with page.expect_response("**/media/order/"):
        page.keyboard.press("ArrowRight")
    expect(photos.nth(1).locator(".grip")).to_be_focused()
    kept_titles(page, ["eins", "drei", "zwei"])
    # And by the arrows that everybody sees.
    with page.expect_response("**/media/order/"):
        photos.nth(2).get_by_role("button", name="Bild 3 weiter nach vorn").press("Enter")
    kept_titles(page, ["eins", "zwei", "drei"])
    # A drag that is given up changes nothing.
    page.mouse.move(*middle(photos.nth(0).locator(".grip")))
    page.mouse.down()
    page.mouse.move(*middle(photos.nth(1).locator("img")), steps=4)
    page.keyboard.press("Escape")
    page.mouse.up()
    assert titles(page) == ["eins", "zwei", "drei"]
    kept_titles(page, ["eins", "zwei", "drei"])


def test_on_the_phone_by_camera_without_a_line_and_by_finger(
    server: Server, open_page: OpenPage, files: list[Path], watch: Watch
) -> None:
    page = open_page("phone")
    opened(page, server)
    camera = page.locator("#camera")
    expect(camera).to_have_attribute("capture", "environment")
    watch.line_may_go = True
    page.context.set_offline(True)
    camera.set_input_files(files[0])
    # Nothing is lost where there is no net: the photo waits, and goes up by itself when the net is back.
    expect(page.get_by_role("alert")).to_contain_text("wartet auf dieser Seite")
    expect(page.locator("button[data-again]")).to_have_text("Noch einmal versuchen (1)")
    page.context.set_offline(False)
    expect(page.locator(".photo")).to_have_count(1)
    expect(page.get_by_role("alert")).to_be_hidden()
    page.locator("#files").set_input_files([files[2], files[3]])
    expect(page.locator(".photo")).to_have_count(3)
    axe(page)

    name_them(page, ["eins", "zwei", "drei"])
    photos = page.locator(".photo")
    devtools = page.context.new_cdp_session(page)
    start = middle(photos.nth(0).locator(".grip"))
    finger(devtools, "touchStart", start)
    expect(page.locator(".photos")).to_have_class("photos ordering")
    below = photos.nth(1).locator("img").bounding_box()
    assert below
    for share in (0.25, 0.5, 0.75, 1):
        finger(devtools, "touchMove", (start[0], start[1] + (below["y"] + 40 - start[1]) * share))
    expect(photos.nth(0).locator("input[name$=title]")).to_have_value("zwei")
    with page.expect_response("**/media/order/") as answer:
        finger(devtools, "touchEnd")
    assert answer.value.status == 204
    kept_titles(page, ["zwei", "eins", "drei"])
    devtools.detach()

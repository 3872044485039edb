"""Photos of a property in a real Chromium: chosen, dropped, one of them broken, left behind, put in order."""

import io
import random
import time
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import CDPSession, Locator, Page, expect
from tests.support.browsing import OpenPage, Watch, axe
from tests.support.office_walk import furnish, sign_in
from tests.support.serving import Serve, Server
from tests.support.smtp import Mailbox

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
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


def order(page: Page) -> list[str]:
    return [str(item.get_attribute("data-id")) for item in page.locator(".photo").all()]


def kept_order(page: Page, wanted: list[str]) -> None:
    """The server has them in this order."""
    page.reload()
    expect(page.locator(".photo")).to_have_count(len(wanted))
    assert order(page) == wanted


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
    expect(page.locator("p[data-now]")).to_contain_text("von 3 hochgeladen")
    box = page.locator("#upload progress").bounding_box()
    assert box
    assert box["width"] > 200
    assert box["height"] >= 10
    # What is refused is listed by its name and with the reason; the others are there at once.
    left = page.locator("[data-left] li")
    expect(left).to_contain_text(
        "„kaputt.jpg“ ist beschädigt oder unvollständig. Bitte übertragen Sie die Datei noch einmal."
    )
    expect(page.locator(".photo")).to_have_count(3)
    slowly.detach()
    seen = page.evaluate("window.seen")
    assert seen == sorted(seen)
    assert any(value % 1 for value in seen), "the bar moves within a photo, too"
    # It waits to be seen, also after a while elsewhere.
    page.goto(property_page)
    expect(left).to_have_count(1)
    page.goto(f"{property_page}media/")
    axe(page)
    left.get_by_role("button", name="Verwerfen").click()
    expect(page.locator("[data-failures]")).to_be_hidden()

    first, second, third = order(page)
    photos = page.locator(".photo")
    # By the mouse, on the picture itself.
    page.mouse.move(*middle(photos.nth(2).locator("img")))
    page.mouse.down()
    with page.expect_response("**/media/order/") as answer:
        page.mouse.move(*middle(photos.nth(0).locator("img")), steps=8)
        page.mouse.up()
    assert answer.value.status == 204
    expect(page.locator("#photos-told")).to_have_text("Jetzt an Stelle 1 von 3.")
    kept_order(page, [third, first, second])
    # By the keyboard, on the grip, which keeps the focus.
    grip = photos.nth(0).locator(".grip")
    grip.focus()
    with page.expect_response("**/media/order/"):
        page.keyboard.press("ArrowRight")
    expect(photos.nth(1).locator(".grip")).to_be_focused()
    with page.expect_response("**/media/order/"):
        page.keyboard.press("End")
    kept_order(page, [first, second, third])
    # A drag that is given up changes nothing.
    page.mouse.move(*middle(photos.nth(0).locator(".grip")))
    page.mouse.down()
    page.mouse.move(*middle(photos.nth(1).locator("img")), steps=4)
    page.keyboard.press("Escape")
    page.mouse.up()
    kept_order(page, [first, second, third])
    # Several at once, and one whole page for one.
    bar = page.locator(".picked")
    expect(bar).to_be_hidden()
    for n in (1, 2):
        photos.nth(n).get_by_role("checkbox").check()
    expect(bar).to_contain_text("2 ausgewählt")
    axe(page)
    bar.get_by_role("button", name="Nach vorn").click()
    expect(photos.nth(2)).to_have_attribute("data-id", first)
    kept_order(page, [second, third, first])
    photos.nth(1).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bild 2 von 3")
    page.get_by_label("Titel").fill("Küche")
    page.get_by_role("button", name="Speichern").click()
    expect(photos.nth(1)).to_contain_text("Küche")
    # A way to a field leads into it, also where it is folded away; another kind of property has other fields.
    page.goto(f"{property_page}edit/#id_latitude")
    expect(page.locator("#id_latitude")).to_be_focused()
    page.locator("#id_rooms").fill("4")
    page.locator("#id_kind").focus()
    page.locator("#id_kind").select_option("land")
    expect(page.locator("#others #id_rooms")).to_have_value("4")
    expect(page.locator("#id_kind")).to_be_focused()
    axe(page)


def photo(place: Path, size: tuple[int, int], seed: int, *, turned: bool = False) -> Path:
    """As large as a phone's, of a scene that packs like one, lying on its side if it was held so."""
    coarse = (size[0] // 9, size[1] // 9)
    small = Image.frombytes("RGB", coarse, random.Random(seed).randbytes(coarse[0] * coarse[1] * 3))
    exif = Image.Exif()
    exif[0x0112] = 6 if turned else 1
    small.resize(size, Image.Resampling.BICUBIC).save(place, "JPEG", quality=90, exif=exif)
    return place


def test_on_the_phone_by_camera_left_without_a_line_and_by_finger(
    server: Server, open_page: OpenPage, files: list[Path], tmp_path: Path, watch: Watch
) -> None:
    """Who left the page after three of eighteen photos lost fifteen of them without a word."""
    page = open_page("phone")
    opened(page, server)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    camera = page.locator("#camera")
    expect(camera).to_have_attribute("capture", "environment")
    watch.line_may_go = True
    media, contacts = page.url, f"{server.url}/contacts/"
    page.goto(contacts)
    page.goto(media)
    page.context.set_offline(True)
    camera.set_input_files(photo(tmp_path / "gross.jpg", (3600, 2700), 1, turned=True))
    # Nothing is lost where there is no net: the photo waits on the phone, whatever page one goes to.
    expect(page.locator("[data-left] li")).to_contain_text("wartet auf diesem Gerät")
    page.goto(contacts)
    expect(page.locator("#photos-waiting")).to_contain_text("1")
    page.context.set_offline(False)
    expect(page.locator("#photos-waiting")).to_be_hidden()
    page.goto(media)
    expect(page.locator(".photo")).to_have_count(1)
    # It went up upright, and no larger than anybody sees.
    code = "from siegelpost.estates.models import Media; one = Media.objects.get(); print(one.width, one.height)"
    assert server.installation.python(code).split() == ["1920", "2560"]

    page.locator("#files").set_input_files([files[2], files[3]])
    expect(page.locator(".photo")).to_have_count(3)
    axe(page)
    first, second, third = order(page)
    photos = page.locator(".photo")
    boxes = [photos.nth(n).bounding_box() for n in range(3)]
    assert len({box["y"] for box in boxes if box}) == 1, "three across on a phone"
    devtools = page.context.new_cdp_session(page)
    start = middle(photos.nth(0).locator(".grip"))
    finger(devtools, "touchStart", start)
    beside = middle(photos.nth(1).locator("img"))
    for share in (0.25, 0.5, 0.75, 1):
        finger(
            devtools,
            "touchMove",
            (start[0] + (beside[0] - start[0]) * share, start[1] + (beside[1] - start[1]) * share),
        )
    expect(photos.nth(0)).to_have_attribute("data-id", second)
    with page.expect_response("**/media/order/") as answer:
        finger(devtools, "touchEnd")
    assert answer.value.status == 204
    kept_order(page, [second, first, third])
    devtools.detach()


@pytest.mark.soak
def test_ten_photos_of_a_phone_are_there_within_twenty_seconds_at_ten_megabits(
    server: Server, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page("phone")
    opened(page, server)
    taken = [photo(tmp_path / f"IMG_{n}.jpg", (4032, 3024), n, turned=n % 2 == 0) for n in range(10)]
    slowly = page.context.new_cdp_session(page)
    slowly.send("Network.enable")
    line = {"offline": False, "latency": 30, "downloadThroughput": 1_250_000, "uploadThroughput": 1_250_000}
    slowly.send("Network.emulateNetworkConditions", line)
    began = time.monotonic()
    page.locator("#files").set_input_files(taken)
    expect(page.locator(".photo")).to_have_count(10)
    took = time.monotonic() - began
    whole = sum(file.stat().st_size for file in taken)
    code = "from siegelpost.estates.models import Media; print(sum(m.size for m in Media.objects.all()))"
    print(f"{took:.1f} s; {whole / 1e6:.1f} MB taken, {int(server.installation.python(code)) / 1e6:.1f} MB sent")
    assert took <= 20

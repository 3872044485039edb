"""Debian's Chromium for journeys: phone and desktop, German and English, with and without JavaScript.

Every page is watched: an error on its console, a breach of its content security policy, a request to anyone else,
or an answer of 500 and above fails the test.
"""

import io
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    StorageState,
    ViewportSize,
    expect,
    sync_playwright,
)
from playwright.sync_api import Error as BrowserError
from tests.support import parts
from tests.support.pki import Authority
from tests.support.waiting import PATIENCE

expect.set_options(timeout=PATIENCE * 1000)
FLAGS = [
    # As root, which continuous integration is, Chromium has no sandbox.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Offices live under .test on this machine; nothing else exists.
    "--host-resolver-rules=MAP *.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.*, EXCLUDE localhost",
]
DEVICES: dict[str, dict[str, Any]] = {
    "phone": {"viewport": ViewportSize(width=360, height=740), "is_mobile": True, "has_touch": True},
    "desktop": {"viewport": ViewportSize(width=1280, height=800)},
}
USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36"
LOCALES = {"de": "de-DE", "en": "en-GB"}
# The levels that the law asks of public bodies, and one beyond.
ACCESSIBILITY = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SCREENSHOTS = Path(__file__).parents[2] / "docs" / "screenshots"
MAX_SCREENSHOT = 150 * 1024
# Clock times differ from run to run; pictures in the docs shall not.
FIX_TIMES = """shown => document.querySelectorAll("time").forEach(time => {
    time.dataset.was = time.textContent;
    time.textContent = shown;
})"""
RESTORE_TIMES = """() => document.querySelectorAll("time").forEach(time => {
    time.textContent = time.dataset.was;
})"""
SHOWN_TIME = "23.11.2026, 10:30"
# How a lost line is told on the console: by the browser, and by htmx, which names two of its events.
LINE_LOST = ("net::ERR_", "htmx:sendError", "htmx:afterRequest")


@dataclass
class Watch:
    """What a page did that it must not do."""

    complaints: list[str] = field(default_factory=list)
    visited: set[str] = field(default_factory=set)
    line_may_go: bool = False  # a lost connection is told on the console, and here it is what the test provokes

    def attach(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(f"script error: {error.error}"))
        context.on("request", self._request)
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        url = message.location["url"].partition("#")[0]
        # Chromium also tells of the status of the page itself, which a test may have asked for (a link expired),
        # and asks for an icon at its leisure, when the test's server may have ended.
        failed_load = message.text.startswith("Failed to load resource")
        late_icon = url.endswith("/favicon.ico") and message.text.endswith("net::ERR_CONNECTION_REFUSED")
        lost = self.line_may_go and any(sign in message.text for sign in LINE_LOST)
        lost |= message.text.startswith("An SSL certificate error occurred when fetching the script")
        if message.type == "error" and not lost and not (failed_load and (url in self.visited or late_icon)):
            self.complaints.append(f"console: {message.text} ({url})")

    def _request(self, request: Request) -> None:
        url = urlsplit(request.url)
        if request.is_navigation_request():
            self.visited.add(request.url.partition("#")[0])
        if url.scheme in {"http", "https", "ws", "wss"} and not _ours(url.hostname):
            self.complaints.append(f"request to a third party: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"status {response.status}: {response.url}")


def _ours(host: str | None) -> bool:
    return host in {"localhost", "127.0.0.1"} or (host or "").endswith(".test")


OpenPage = Callable[..., Page]
Shot = Callable[..., None]


@pytest.fixture(scope="session")
def browser_home(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder whose certificate database trusts the tests' authority, and nothing of this machine's user."""
    home = tmp_path_factory.mktemp("browser")
    store = home / ".pki" / "nssdb"
    store.mkdir(parents=True)
    root = home / "root.pem"
    root.write_text(authority.pem)
    certutil: list[str | Path] = [parts.need("certutil"), "-d", f"sql:{store}"]
    subprocess.run([*certutil, "-N", "--empty-password"], check=True, capture_output=True)
    subprocess.run([*certutil, "-A", "-t", "C,,", "-n", "tests", "-i", root], check=True, capture_output=True)
    return home


# Not for the whole session: while Playwright runs, its event loop occupies the thread, and Django and asyncio.run
# refuse to work beside it.
@pytest.fixture(scope="module")
def chromium(browser_home: Path) -> Iterator[Browser]:
    """A running Chromium; journeys of one module share it."""
    program = parts.need("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=FLAGS, env={**os.environ, "HOME": str(browser_home)}
        )
        yield browser
        browser.close()


@pytest.fixture
def watch() -> Watch:
    """What the pages of this test did wrong so far; a test may look, the end of the test always does."""
    return Watch()


@pytest.fixture
def open_page(chromium: Browser, watch: Watch) -> Iterator[OpenPage]:
    """A page in a context of its own: ``open_page("phone", language="en", javascript=False, dark=True)``."""
    contexts: list[BrowserContext] = []

    def new(
        device: Literal["phone", "desktop"] = "phone",
        *,
        language: Literal["de", "en"] = "de",
        javascript: bool = True,
        dark: bool = False,
        insecure: bool = False,
        state: StorageState | None = None,
    ) -> Page:
        context = chromium.new_context(
            **DEVICES[device],
            locale=LOCALES[language],
            timezone_id="Europe/Berlin",
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            # Somebody who has clicked the warning away, as an administrator does once.
            ignore_https_errors=insecure,
            storage_state=state,
            reduced_motion="reduce",
            # A person's browser; one that calls itself headless is taken for a program, and rightly so.
            user_agent=USER_AGENT.format(chromium.version.partition(".")[0]),
        )
        context.set_default_timeout(PATIENCE * 1000)
        contexts.append(context)
        watch.attach(context)
        return context.new_page()

    yield new
    for context in contexts:
        context.close()
    assert not watch.complaints, "\n".join(watch.complaints)


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A German phone."""
    return open_page()


def refusal(page: Page, url: str) -> str:
    """The code by which Chromium refuses this address (``ERR_CERT_AUTHORITY_INVALID``), empty when it does not."""
    try:
        page.goto(url)
    except BrowserError as error:
        return error.message.partition("net::")[2].split(" ", 1)[0]
    return ""


def axe(page: Page) -> None:
    """Fail when axe finds anything wrong with the page: WCAG 2.2 up to AA. The page must allow scripts."""
    options = {"runOnly": {"type": "tag", "values": ACCESSIBILITY}, "resultTypes": ["violations"]}
    page.wait_for_load_state()  # a link may have been followed just now
    results = Axe().run(page, options=options)
    assert results.violations_count == 0, results.generate_report()


@pytest.fixture
def shot(request: pytest.FixtureRequest) -> Shot:
    """Write a picture of the page for the docs, when asked by ``--screenshots``: ``shot(page, "recipient-gate")``."""

    def take(page: Page, name: str, *, full: bool = False, wide: int | None = None, folder: Path = SCREENSHOTS) -> None:
        if not request.config.getoption("--screenshots"):
            return
        page.evaluate(FIX_TIMES, SHOWN_TIME)
        raw = page.screenshot(full_page=full, animations="disabled", caret="hide")
        page.evaluate(RESTORE_TIMES)
        save_picture(raw, folder / f"{name}.webp", wide=wide)

    return take


def save_picture(png: bytes, target: Path, *, wide: int | None = None) -> None:
    """As WebP, lossless when that is small enough: text stays sharp. ``wide``: no wider than so many pixels, lossy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    image = Image.open(io.BytesIO(png)).convert("RGB")
    if wide and image.width > wide:
        image.thumbnail((wide, image.height))
        image.save(target, quality=72, method=6)
        return
    image.save(target, lossless=True, method=6)
    if target.stat().st_size > MAX_SCREENSHOT:
        image.save(target, quality=80, method=6)
    assert target.stat().st_size <= MAX_SCREENSHOT, f"{target.name} is too large for the docs"

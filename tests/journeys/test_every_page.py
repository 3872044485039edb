"""Every page of the office in a real Chromium: at 360×740 and 1280×800, in both languages, light and dark.

In ``make check`` each page is seen once, in ways that take turns; ``make soak`` looks at each in all of them. Pictures
for the docs are taken of the phone in German and of the desktop in English.
"""

import time
from collections.abc import Sequence
from typing import Any

import pytest
from playwright.sync_api import Page
from tests.support import by_keys, every_page, spoken
from tests.support.browsing import OpenPage, Shot
from tests.support.by_keys import DESK, OF_DEVICE, WINDOWS, Window
from tests.support.every_page import Sight
from tests.support.serving import Serve, Server
from tests.support.smtp import Mailbox
from tests.support.waiting import until
from tests.support.walk import LOOKS, SETTLED, TURNS, WATCH_SHIFTS, Look, data_of, wrong_with

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1200)]
PASSWORD = "vier Wörter sind genug"
WHO = {"de": "jana@lindenhof.test", "en": "rose@lindenhof.test"}
# Seconds; the server takes it for five minutes.
CONFIRMED_FOR = 150
# Of pictures in the docs; there are many of them.
PICTURE_WIDTH = 960
PICTURED = [Look("phone", "de", dark=False), Look("desktop", "en", dark=False)]


@pytest.fixture
def looks(request: pytest.FixtureRequest) -> list[Look]:
    """Those of the docs' pictures while these or what is heard are written, in both languages; else they take turns."""
    return PICTURED if any(map(request.config.getoption, ("--screenshots", "--write-golden"))) else []


@pytest.fixture
def write(request: pytest.FixtureRequest) -> bool:
    """Whether what is heard of each page is kept anew."""
    return bool(request.config.getoption("--write-golden"))


@pytest.fixture
def start(serve: Serve, mail_sink: Mailbox) -> Server:
    """A server that hands its mails to a real mail server, and has a mailbox to show as the demonstration has."""
    return serve(
        smtp_host="127.0.0.1",
        smtp_port=str(mail_sink.port),
        smtp_security="none",
        demo_mailbox=str(mail_sink.folder),
    )


def sign_in(page: Page, url: str, language: str, code: str = "") -> None:
    """By password, and by a recovery code where that is asked for."""
    page.goto(f"{url}/account/login/")
    page.locator("input[name=login]").fill(WHO[language])
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form[action$='/account/login/'] button").click()
    if code:
        page.locator("input[name=code]").fill(code)
        page.locator("form:has(input[name=code]) button").first.click()
    page.get_by_role("navigation").first.wait_for()


def confirm(page: Page, url: str) -> None:
    """Give the password once more, as before any change of one's ways in."""
    page.goto(f"{url}/account/confirm/")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form:has(input[name=password]) button").first.click()
    page.wait_for_url(lambda at: "/confirm/" not in at)


class Eyes:
    """Pages in all ways of looking, each opened when it is first needed; those who look sign in once a language, and
    confirm it as often as a long walk needs it.
    """

    def __init__(self, url: str, open_page: OpenPage, codes: dict[str, list[str]]) -> None:
        self._url, self._open, self._codes = url, open_page, codes
        self._pages: dict[tuple[Look, bool], Page] = {}
        self._states: dict[str, Any] = {}
        self._confirmed: dict[str, float] = {}

    def of(self, look: Look, *, signed_in: bool) -> Page:
        if (look, signed_in) not in self._pages:
            state = self._signed_in(look) if signed_in else None
            page = self._open(look.device, language=look.language, dark=look.dark, state=state)
            page.context.add_init_script(WATCH_SHIFTS)
            self._pages[look, signed_in] = page
        page = self._pages[look, signed_in]
        if signed_in and time.monotonic() - self._confirmed.get(look.language, 0) > CONFIRMED_FOR:
            confirm(page, self._url)
            self._confirmed[look.language] = time.monotonic()
        return page

    def _signed_in(self, look: Look) -> Any:
        if look.language not in self._states:
            page = self._open(look.device, language=look.language)
            sign_in(page, self._url, look.language, (self._codes.get(look.language) or [""])[0])
            self._states[look.language] = page.context.storage_state()
        return self._states[look.language]


def walk(
    server: Server, eyes: Eyes, sights: dict[str, list[Sight]], looks: list[Look], shot: Shot, *, write: bool
) -> dict[str, list[str]]:
    """What is wrong, by page and way of looking. Without ``looks`` each page is seen once, in ways that take turns, and
    gone through by keys in a window that does.
    """
    patient = bool(looks)
    beside_data = data_of(server.installation)
    wrong: dict[str, list[str]] = {}
    for number, name in enumerate(one.name for one in sights["de"]):
        for look in looks or [TURNS[number % len(TURNS)]]:
            sight = sights[look.language][number]
            page = eyes.of(look, signed_in=sight.signed_in)
            if found := list(wrong_with(page, server.url, sight, look, beside_data, patient=patient)):
                wrong[f"{name} ({look})"] = found
            if look in PICTURED:
                shot(page, f"page-{name.replace('_', '-')}-{look.device}", wide=PICTURE_WIDTH)
            found = by_keys.goes_through(page, WINDOWS[number % len(WINDOWS)])
            by_keys.look_through(page, DESK)
            if patient or write:  # what is heard changes with every word: the long form compares
                found += spoken.differences(page, name, look.language, write=write)
            by_keys.look_through(page, OF_DEVICE[look.device])
            if found:
                wrong.setdefault(f"{name} ({look})", []).extend(found)
    return wrong


def walk_by_keys(server: Server, eyes: Eyes, sights: list[Sight], windows: Sequence[Window]) -> dict[str, list[str]]:
    """What the focus meets on its way through each page, in each window."""
    wrong: dict[str, list[str]] = {}
    for sight in sights:
        page = eyes.of(Look("desktop", "de", dark=False), signed_in=sight.signed_in)
        page.goto(f"{server.url}{sight.address}")
        page.wait_for_function(SETTLED, arg=sight.name not in every_page.PATIENT)
        if found := [one for window in windows for one in by_keys.goes_through(page, window)]:
            wrong[sight.name] = found
    return wrong


def told(wrong: dict[str, list[str]]) -> str:
    return "\n\n".join(f"{name}:\n  " + "\n  ".join(found) for name, found in wrong.items())


def see_an_office_at_work(
    start: Server, mail_sink: Mailbox, open_page: OpenPage, looks: list[Look], shot: Shot, *, write: bool = False
) -> None:
    # The mailbox that the office has entered is nowhere to be reached.
    start.forgive(r"job=siegelpost\.mail\.incoming\.imap\.watch|^Traceback")
    known = every_page.fill(start.installation)
    until(mail_sink.mails)
    known["mail"] = mail_sink.mails()[0].name
    eyes = Eyes(start.url, open_page, known["codes"])
    sights = {language: list(every_page.sights(known, language, patient=bool(looks))) for language in WHO}
    wrong = walk(start, eyes, sights, looks, shot, write=write)
    assert "Internal Server Error" not in start.log
    assert not wrong, told(wrong)


def see_an_empty_office(
    start: Server, open_page: OpenPage, looks: list[Look], shot: Shot, *, write: bool = False
) -> None:
    every_page.leave_empty(start.installation)
    eyes = Eyes(start.url, open_page, {})
    sights = {language: list(every_page.empty_sights()) for language in WHO}
    wrong = walk(start, eyes, sights, looks, shot, write=write)
    assert not wrong, told(wrong)


def test_every_page_of_an_office_at_work(
    start: Server, mail_sink: Mailbox, open_page: OpenPage, looks: list[Look], shot: Shot, write: bool
) -> None:
    see_an_office_at_work(start, mail_sink, open_page, looks, shot, write=write)


def test_every_page_of_an_office_that_has_nothing_yet(
    start: Server, open_page: OpenPage, looks: list[Look], shot: Shot, write: bool
) -> None:
    see_an_empty_office(start, open_page, looks, shot, write=write)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_every_page_in_every_way(start: Server, mail_sink: Mailbox, open_page: OpenPage, shot: Shot) -> None:
    see_an_office_at_work(start, mail_sink, open_page, LOOKS, shot)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_every_page_that_has_nothing_yet_in_every_way(start: Server, open_page: OpenPage, shot: Shot) -> None:
    see_an_empty_office(start, open_page, LOOKS, shot)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_every_page_by_keys_in_every_window(start: Server, mail_sink: Mailbox, open_page: OpenPage) -> None:
    """Keyboard focus was under the save bar or the navigation at 24, 79 and 189 places of three windows."""
    start.forgive(r"job=siegelpost\.mail\.incoming\.imap\.watch|^Traceback")
    known = every_page.fill(start.installation)
    until(mail_sink.mails)
    known["mail"] = mail_sink.mails()[0].name
    eyes = Eyes(start.url, open_page, known["codes"])
    wrong = walk_by_keys(start, eyes, list(every_page.sights(known, "de", patient=False)), WINDOWS)
    assert not wrong, told(wrong)

"""Pages of the office in Debian's Firefox: phone and desktop, both languages, light and dark.

``make check`` looks at some of them, in ways that take turns; ``make soak`` at each page in all of them.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from tests.support import every_page
from tests.support.browsing import ACCESSIBILITY, DEVICES
from tests.support.every_page import Sight
from tests.support.firefox import Tab, Window, a_window
from tests.support.serving import Serve
from tests.support.smtp import Mailbox
from tests.support.waiting import until
from tests.support.walk import LOOKS, SETTLED, TOO_WIDE, TURNS, Look

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1200)]
PASSWORD = "vier Wörter sind genug"
WHO = {"de": "jana@lindenhof.test", "en": "rose@lindenhof.test"}
EVERY = 16
# What Firefox tells pages that its reader prefers.
SCHEME = "layout.css.prefers-color-scheme.content-override"
LIGHT, DARK = 1, 0
AXE = {"runOnly": {"type": "tag", "values": ACCESSIBILITY}, "resultTypes": ["violations"]}
RUN_AXE = f"""axe.run({json.dumps(AXE)}).then(({{ violations }}) =>
    violations.map((one) => `${{one.id}}: ${{one.nodes.map((node) => node.target).join(", ")}}`))"""
STANDS = f"document.readyState === 'complete' && ({SETTLED})(false)"
SIGNED_IN = "!!document.querySelector('nav a[href=\"/contacts/\"]')"


class Tabs:
    """Who looks, signed in and not, in each language: opened when first needed."""

    def __init__(self, url: str, firefox: Window, codes: dict[str, list[str]]) -> None:
        self._url, self._firefox, self._codes = url, firefox, codes
        self._open: dict[tuple[str, bool], Tab] = {}

    async def of(self, language: str, *, signed_in: bool) -> Tab:
        key = language, signed_in
        if key not in self._open:
            self._open[key] = await self._firefox.tab()
            if signed_in:
                await self._sign_in(self._open[key], language)
        return self._open[key]

    async def _sign_in(self, tab: Tab, language: str) -> None:
        await tab.open(f"{self._url}/account/login/")
        await tab.act(
            f"document.querySelector('input[name=login]').value = {json.dumps(WHO[language])};"
            f"document.querySelector('input[name=password]').value = {json.dumps(PASSWORD)};"
            "document.querySelector('form[action$=\"/account/login/\"] button').click()"
        )
        await tab.until("!!document.querySelector('input[name=code]')")
        await tab.act(
            f"document.querySelector('input[name=code]').value = {json.dumps(self._codes[language].pop())};"
            "document.querySelector('form:has(input[name=code]) button').click()"
        )
        await tab.until(SIGNED_IN)


async def wrong_with(tab: Tab, url: str, sight: Sight, look: Look) -> AsyncIterator[str]:
    """Everything that is wrong with this page."""
    viewport = DEVICES[look.device]["viewport"]
    await tab.size(viewport["width"], viewport["height"])
    await tab.open(f"{url}{sight.address}")
    await tab.until(STANDS)
    if await tab.says("location.pathname") == "/account/confirm/":
        await tab.act(
            f"document.querySelector('input[name=password]').value = {json.dumps(PASSWORD)};"
            "document.querySelector('form:has(input[name=password]) button').click()"
        )
        await tab.until("location.pathname !== '/account/confirm/'")
        await tab.until(STANDS)
    if (at := await tab.says("location.href")) != f"{url}{sight.address}":
        yield f"leads to {at}"
        return
    if wide := await tab.says(f"({TOO_WIDE})()"):
        yield f"wider than the screen: {wide[:4]}"
    if await tab.says("matchMedia('(prefers-color-scheme: dark)').matches") != look.dark:
        yield "in the other scheme"
    if await tab.says("document.documentElement.lang") not in ({look.language} if sight.signed_in else WHO):
        yield "in the wrong language"
    await tab.act(AXE_SCRIPT)
    await tab.until("!!window.axe")
    if found := await tab.says(RUN_AXE):
        yield f"axe: {found}"
    if complaints := await tab.says("window.complaints"):
        yield f"complains: {complaints}"


async def walk(
    url: str, home: Path, folder: Path, known: dict[str, Any], looked_at: Sequence[tuple[int, Look]]
) -> dict[str, list[str]]:
    """What is wrong, by page and way of looking; one Firefox for what is light and one for what is dark."""
    sights = {language: list(every_page.sights(known, language, patient=False)) for language in WHO}
    wrong: dict[str, list[str]] = {}
    for dark, value in ((False, LIGHT), (True, DARK)):
        async with a_window(home, folder / f"profile-{value}", {SCHEME: value}) as firefox:
            await firefox.watch()
            tabs = Tabs(url, firefox, known["codes"])
            for number, look in looked_at:
                if look.dark == dark:
                    sight = sights[look.language][number]
                    tab = await tabs.of(look.language, signed_in=sight.signed_in)
                    if found := [one async for one in wrong_with(tab, url, sight, look)]:
                        wrong[f"{sight.name} ({look})"] = found
    return wrong


@pytest.mark.parametrize("every", [EVERY, pytest.param(1, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])])
def test_pages_of_an_office_at_work(
    serve: Serve, mail_sink: Mailbox, browser_home: Path, tmp_path: Path, every: int
) -> None:
    server = serve(
        smtp_host="127.0.0.1",
        smtp_port=str(mail_sink.port),
        smtp_security="none",
        demo_mailbox=str(mail_sink.folder),
    )
    # The mailbox that the office has entered is nowhere to be reached.
    server.forgive(r"job=siegelpost\.mail\.incoming\.imap\.watch|^Traceback")
    known = every_page.fill(server.installation)
    until(mail_sink.mails)
    known["mail"] = mail_sink.mails()[0].name
    numbers = range(0, len(list(every_page.sights(known, "de", patient=False))), every)
    looks = LOOKS if every == 1 else None
    looked_at = [(n, look) for at, n in enumerate(numbers) for look in looks or [TURNS[at % len(TURNS)]]]
    wrong = asyncio.run(walk(server.url, browser_home, tmp_path, known, looked_at))
    assert not wrong, "\n".join(f"{name}: {found}" for name, found in wrong.items())

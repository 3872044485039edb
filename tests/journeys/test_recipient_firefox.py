"""The recipient's way in Debian's Firefox: gate, declaration, pictures by keys, a wish for a viewing."""

import asyncio
from pathlib import Path

import pytest
from tests.support.firefox import a_window
from tests.support.prospect import Scene

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SHOWN = """(() => {
  const list = document.querySelector("dialog.viewer[open] ol");
  return list ? Math.round(list.scrollLeft / list.clientWidth) : -1;
})()"""


def test_from_the_gate_to_a_wish_for_a_viewing(scene: Scene, browser_home: Path, tmp_path: Path) -> None:
    _, link = scene.send()
    asyncio.run(_walk(link, browser_home, tmp_path / "profile"))


async def _walk(link: str, home: Path, profile: Path) -> None:
    async with a_window(home, profile) as firefox:
        tab = await firefox.tab()
        await tab.open(link)
        # A name of blanks: the error is there and has the focus, without a script of ours.
        await tab.act("document.querySelector('#name').value = '  '; document.querySelector('form.gate').submit()")
        await tab.until("document.activeElement.id", "error")
        await tab.act(
            "document.querySelectorAll('form.gate input[type=checkbox]').forEach((box) => (box.checked = true));"
            "document.querySelector('#name').value = 'Mara Berger';"
            "document.querySelector('form.gate button[type=submit]').click()"
        )
        await tab.until("!!document.querySelector('article.expose')")
        await tab.act("document.querySelector('.strip a').focus()")
        await tab.until("document.activeElement.matches('.strip a')")
        await tab.press("Enter")
        await tab.until(SHOWN, 0)
        await tab.press("ArrowRight")
        await tab.until(SHOWN, 1)
        await tab.press("Escape")
        await tab.until(SHOWN, -1)
        await tab.until("document.activeElement.getAttribute('href')", "#bild-1-2")
        await tab.act("document.querySelector('button[value=viewing]').click()")
        await tab.until("document.querySelector('h1').textContent.includes('das ist angekommen')")

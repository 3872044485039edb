"""The recipient's way in Debian's Firefox: gate, declaration, pictures by keys, a wish for a viewing."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.real.browsers.ask import Firefox
from tests.support import parts
from tests.support.prospect import Scene

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

KEYS = {"ArrowRight": "\ue014", "Escape": "\ue00c", "Enter": "\ue007"}
SHOWN = """(() => {
  const list = document.querySelector("dialog.viewer[open] ol");
  return list ? Math.round(list.scrollLeft / list.clientWidth) : -1;
})()"""


class Tab:
    """One tab, in which a person reads and presses keys."""

    def __init__(self, firefox: Firefox, name: str) -> None:
        self._firefox, self._name = firefox, name

    async def open(self, url: str) -> None:
        await self._firefox.send("browsingContext.navigate", context=self._name, url=url, wait="complete")

    async def _evaluate(self, expression: str) -> dict[str, Any]:
        return await self._firefox.send(
            "script.evaluate", expression=expression, target={"context": self._name}, awaitPromise=False
        )

    async def act(self, script: str) -> None:
        """Run what may leave the page, after the answer: a page that is left answers nothing."""
        answer = await self._evaluate(f"setTimeout(() => {{ {script} }}); true")
        assert answer.get("result", {}).get("type") == "success", answer

    async def until(self, expression: str, value: Any = True) -> None:
        """Wait. Between two pages there is no document to ask, or one without a body: not yet is no answer."""
        for _ in range(300):
            found = await self._evaluate(expression)
            shown = found.get("result", {}).get("result", {})
            if "type" in shown and shown.get("value") == value:
                return
            await asyncio.sleep(0.05)
        pytest.fail(f"{expression} is {found!r}, not {value!r}")

    async def press(self, key: str) -> None:
        actions = [{"type": kind, "value": KEYS[key]} for kind in ("keyDown", "keyUp")]
        await self._firefox.send(
            "input.performActions", context=self._name, actions=[{"type": "key", "id": "keys", "actions": actions}]
        )


def test_from_the_gate_to_a_wish_for_a_viewing(scene: Scene, browser_home: Path, tmp_path: Path) -> None:
    parts.need("firefox-esr")
    _, link = scene.send()
    database = tmp_path / "database"
    shutil.copytree(browser_home / ".pki" / "nssdb", database)
    asyncio.run(_walk(link, tmp_path / "profile", database))


async def _walk(link: str, profile: Path, database: Path) -> None:
    async with Firefox(profile, database) as firefox:
        created = await firefox.send("browsingContext.create", type="tab")
        tab = Tab(firefox, created["result"]["context"])
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

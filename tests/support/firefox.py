"""Debian's Firefox for journeys: one tab, in which a person reads and presses keys, by WebDriver BiDi."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.real.browsers.ask import Firefox
from tests.support import parts

KEYS = {"ArrowRight": "\ue014", "Escape": "\ue00c", "Enter": "\ue007"}
# What a page must not do; whatever it runs itself cannot hide it.
WATCH = """() => {
  window.complaints = [];
  const tell = (text) => window.complaints.push(text);
  addEventListener("error", (event) => tell(`script error: ${event.message}`));
  addEventListener("unhandledrejection", (event) => tell(`script error: ${event.reason}`));
  addEventListener("securitypolicyviolation", (event) => tell(`against its policy: ${event.violatedDirective}`));
}"""


class Tab:
    """One tab, in which a person reads and presses keys."""

    def __init__(self, firefox: Firefox, name: str) -> None:
        self._firefox, self._name = firefox, name

    async def open(self, url: str) -> None:
        await self._firefox.send("browsingContext.navigate", context=self._name, url=url, wait="complete")

    async def size(self, width: int, height: int) -> None:
        """Make the window so large, in CSS pixels."""
        size = {"width": width, "height": height}
        await self._firefox.send("browsingContext.setViewport", context=self._name, viewport=size)

    async def says(self, expression: str) -> Any:
        """What a page that stays says; an expression of objects gives their JSON, a promise what it comes to."""
        answer = await self._firefox.send(
            "script.evaluate",
            expression=f"Promise.resolve({expression}).then((value) => JSON.stringify(value ?? null))",
            target={"context": self._name},
            awaitPromise=True,
        )
        assert answer.get("result", {}).get("type") == "success", answer
        return json.loads(answer["result"]["result"]["value"])

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


@dataclass(frozen=True, slots=True)
class Window:
    """A running Firefox; each tab is a stranger to the others."""

    _firefox: Firefox

    async def tab(self) -> Tab:
        somebody = await self._firefox.send("browser.createUserContext")
        whose = somebody["result"]["userContext"]
        created = await self._firefox.send("browsingContext.create", type="tab", userContext=whose)
        return Tab(self._firefox, created["result"]["context"])

    async def watch(self) -> None:
        """From the next page on, ``window.complaints`` says what a page did wrong."""
        await self._firefox.send("script.addPreloadScript", functionDeclaration=WATCH)


@asynccontextmanager
async def a_window(home: Path, profile: Path, preferences: Mapping[str, object] | None = None) -> AsyncIterator[Window]:
    """A Firefox that trusts whom ``home`` trusts; ``preferences`` go beside the tests' own."""
    parts.need("firefox-esr")
    async with Firefox(profile, home / ".pki" / "nssdb", preferences) as firefox:
        yield Window(firefox)

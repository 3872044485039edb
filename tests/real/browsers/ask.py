"""Asks the real browsers: opens a row of addresses and brings back what each browser showed.

The answer is ``ok``, or the browser's code; ``?`` and a message when there was neither. What brought no answer is asked
again: a busy machine is no verdict.
"""

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, CDPSession, Error, async_playwright
from tests.real.browsers import servers
from websockets.asyncio.client import ClientConnection, connect

CHROMIUM, FIREFOX = "/usr/bin/chromium", "/usr/bin/firefox-esr"
AT_ONCE = 6
PATIENCE = 15
# A browser comes up by then, on a machine with much else to do.
STARTED = 90
TRIES = 3

Answers = dict[str, str]


async def ask_chromium(urls: Mapping[str, str], home: Path, database: Path) -> Answers:
    shutil.copytree(database, home / ".pki" / "nssdb")
    answers: Answers = {}
    waiting = list(urls.items())
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--host-resolver-rules=MAP * 127.0.0.1", "--disable-background-networking"],
            env={**os.environ, "HOME": str(home)},
        )
        await asyncio.gather(*(_chromium_tab(browser, waiting, answers) for _ in range(AT_ONCE)))
        await browser.close()
    return answers


async def _chromium_tab(browser: Browser, waiting: list[tuple[str, str]], answers: Answers) -> None:
    """Playwright's own ``goto`` is disturbed by the error page of the address before; the protocol's is not."""
    context = await browser.new_context()
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    while waiting:
        name, url = waiting.pop()
        answers[name] = await _patiently(partial(_chromium_open, session, url))
    await context.close()


async def _chromium_open(session: CDPSession, url: str) -> str:
    try:
        answer = await asyncio.wait_for(session.send("Page.navigate", {"url": url}), PATIENCE)
    except Error as error:
        return f"? {error}"
    return str(answer.get("errorText", "ok")).removeprefix("net::")


async def _patiently(ask: Callable[[], Awaitable[str]]) -> str:
    answer = "?"
    for _ in range(TRIES):
        try:
            answer = await ask()
        except TimeoutError:
            answer = "? no answer"
        if not answer.startswith("?"):
            break
    return answer


PREFERENCES: dict[str, object] = {
    "network.dns.forceResolve": "127.0.0.1",
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "browser.safebrowsing.update.enabled": False,
    "dom.disable_beforeunload": True,
}


LOADED, FAILED = "browsingContext.domContentLoaded", "browsingContext.navigationFailed"


class Firefox:
    """A headless Firefox, spoken to by WebDriver BiDi."""

    def __init__(self, profile: Path, database: Path, preferences: Mapping[str, object] | None = None) -> None:
        self._profile = profile
        profile.mkdir(parents=True)
        for name in ("cert9.db", "key4.db", "pkcs11.txt"):
            shutil.copy(database / name, profile / name)
        wanted = {**PREFERENCES, **(preferences or {})}
        lines = [f"user_pref({json.dumps(key)}, {json.dumps(value)});" for key, value in wanted.items()]
        (profile / "user.js").write_text("\n".join(lines))
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self._numbers = count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._ends: dict[str, asyncio.Future[str]] = {}

    async def __aenter__(self) -> "Firefox":
        command = [FIREFOX, "--headless", "--no-remote", "--profile", str(self._profile)]
        self._process = subprocess.Popen(
            [*command, "--remote-debugging-port", str(self._port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, "HOME": str(self._profile)},
        )
        try:
            await self._begin()
        except BaseException:
            self._end_process()
            raise
        return self

    async def _begin(self) -> None:
        self._socket = await self._connect()
        self._reader = asyncio.create_task(self._read())
        await self.send("session.new", patience=STARTED, capabilities={})
        await self.send("session.subscribe", patience=STARTED, events=[LOADED, FAILED])

    async def _connect(self) -> ClientConnection:
        for _ in range(STARTED * 10):
            with suppress(OSError):
                return await connect(f"ws://127.0.0.1:{self._port}/session", max_size=None)
            await asyncio.sleep(0.1)
        raise TimeoutError("Firefox did not start")

    async def __aexit__(self, *_: object) -> None:
        self._reader.cancel()
        await self._socket.close()
        self._end_process()

    def _end_process(self) -> None:
        os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait(timeout=20)

    async def _read(self) -> None:
        async for message in self._socket:
            answer = json.loads(message)
            if answer.get("method") in (LOADED, FAILED):
                self._note(answer["method"], answer["params"])
            future = self._answers.pop(answer.get("id", 0), None)
            if future is not None and not future.done():
                future.set_result(answer)

    async def send(self, method: str, *, patience: float = PATIENCE, **parameters: object) -> dict[str, Any]:
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        answer: dict[str, Any] = await asyncio.wait_for(self._answers[number], patience)
        return answer

    def _end(self, navigation: str) -> asyncio.Future[str]:
        return self._ends.setdefault(navigation, asyncio.get_running_loop().create_future())

    def _note(self, method: str, event: dict[str, Any]) -> None:
        """How one navigation ended. Those of error pages have numbers of their own, and nobody waits for them."""
        end = self._end(str(event.get("navigation")))
        if not end.done():
            end.set_result("ok" if method == LOADED else str(event.get("message")))

    async def open(self, tab: str, url: str) -> str:
        answer = await self._navigate(tab, url)
        # Now and then the document that "loaded" is the browser's own page about the error.
        return answer if answer != "ok" or await self._shows_the_page(tab) else "? a page that is not the server's"

    async def _shows_the_page(self, tab: str) -> bool:
        answer = await self.send(
            "script.evaluate",
            expression="document.body.textContent",
            target={"context": tab},
            awaitPromise=False,
        )
        shown = answer.get("result", {}).get("result", {}).get("value")
        return bool(shown == servers.SHOWN)

    async def _navigate(self, tab: str, url: str) -> str:
        answer = await self.send("browsingContext.navigate", context=tab, url=url, wait="none")
        if answer["type"] == "success":
            message = await asyncio.wait_for(self._end(answer["result"]["navigation"]), PATIENCE)
        else:
            message = str(answer.get("message"))
        found = re.search(r"\b(?:SSL|SEC|MOZILLA_PKIX)_ERROR_\w+", message)
        return found[0] if found else message if message == "ok" else f"? {message}"


async def ask_firefox(urls: Mapping[str, str], profile: Path, database: Path) -> Answers:
    answers: Answers = {}
    waiting = list(urls.items())
    async with Firefox(profile, database) as firefox:

        async def work() -> None:
            created = await firefox.send("browsingContext.create", type="tab")
            tab = created["result"]["context"]
            while waiting:
                name, url = waiting.pop()
                answers[name] = await _patiently(partial(firefox.open, tab, url))

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return answers

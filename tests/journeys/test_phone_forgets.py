"""What a phone keeps to be read without a net goes: by its age, when the sign-in ends, when somebody is erased."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.support.browsing import OpenPage, Watch
from tests.support.office_walk import furnish, sign_in
from tests.support.serving import Serve, Server
from tests.support.smtp import Mailbox

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
NAME = "Mara Schweigerin"
KEPT = """async (name) => {
    const found = [];
    for (const cache of ["pages", "pictures"]) {
        for (const request of await (await caches.open(cache)).keys()) {
            const answer = await (await caches.open(cache)).match(request);
            if (answer === undefined) continue; // let go since its name was read
            if ((await answer.text()).includes(name)) found.push(new URL(request.url).pathname);
        }
    }
    return found;
}"""
OLD = """async (days) => {
    const pages = await caches.open("pages");
    for (const request of await pages.keys()) {
        const answer = await pages.match(request);
        if (answer === undefined) continue;
        const headers = new Headers(answer.headers);
        headers.set("x-kept", String(Date.now() - days * 24 * 60 * 60 * 1000));
        await pages.put(request, new Response(await answer.blob(), { headers }));
    }
}"""


@pytest.fixture(autouse=True)
def line_may_go(watch: Watch) -> None:
    watch.line_may_go = True


def kept(page: Page) -> list[str]:
    found: list[str] = page.evaluate(KEPT, NAME)
    return found


def until_kept(page: Page, wanted: bool) -> None:
    for _ in range(100):
        if bool(kept(page)) is wanted:
            return
        page.wait_for_timeout(100)
    raise AssertionError(kept(page))


def on_server(server: Server, code: str) -> None:
    server.installation.python(f"from siegelpost.server.prepare import prepare\n{START}{code}")


START = "from siegelpost.settings import load\nprepare(load())\n"


def test_pages_go_by_their_age_with_the_sign_in_and_with_who_is_erased(
    serve: Serve, mail_sink: Mailbox, open_page: OpenPage
) -> None:
    """A phone signed out from afar showed eighty pages of contacts while offline, also of erased people."""
    server = serve()
    furnish(server.installation, mail_sink.port, contacts=(NAME, "Timo Keller"))
    page = open_page("phone")
    sign_in(page, server, at=server.url)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.goto(f"{server.url}/contacts/")
    page.get_by_role("link", name=NAME).click()
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    until_kept(page, True)

    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("main")).to_contain_text(NAME)  # it can be read without a net
    page.evaluate(OLD, 8)
    page.reload()
    expect(page.get_by_role("heading", name="Ohne Netz")).to_be_visible()  # nothing that old is shown
    expect(page.get_by_role("main")).not_to_contain_text(NAME)
    page.context.set_offline(False)
    page.goto(f"{server.url}/contacts/")
    until_kept(page, True)

    erase: Any = f"""
from siegelpost.cases import erasure
from siegelpost.contacts.models import Contact
from siegelpost.office.models import Agent
erasure.erase(Contact.objects.get(last_name="{NAME.split()[1]}"), by=Agent.objects.first())
"""
    on_server(server, erase)
    page.goto(f"{server.url}/contacts/")
    until_kept(page, False)

    on_server(server, "from django.contrib.sessions.models import Session\nSession.objects.all().delete()")
    page.evaluate("navigator.serviceWorker.controller.postMessage('keep lists')")
    page.wait_for_function("caches.open('pages').then((pages) => pages.keys()).then((all) => all.length === 0)")

"""What somebody types is not lost: signed out meanwhile, the line gone, the app ended. In a real Chromium."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.support.browsing import OpenPage, Watch, axe
from tests.support.office_walk import PASSWORD, furnish, sign_in
from tests.support.serving import Serve, Server
from tests.support.smtp import Mailbox
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
ARRIVES = 60_000
WORDS = "Will besichtigen, am liebsten samstags."


@pytest.fixture
def server(serve: Serve, mail_sink: Mailbox) -> Server:
    served = serve()
    furnish(served.installation, mail_sink.port)
    return served


def signed_out(page: Page) -> None:
    """As when a session ends, or a colleague ends it from afar."""
    page.context.clear_cookies(name="__Host-session")


def sign_in_here(page: Page) -> None:
    """On the page that one was led to, without asking for it."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Anmelden")
    page.locator("input[name=login]").fill("jana@lindenhof.test")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form[action$='/account/login/'] button").click()


def kept(page: Page) -> Any:
    return page.evaluate("Object.values(JSON.parse(localStorage.getItem('drafts') ?? '{}'))")


def test_nothing_typed_is_lost(server: Server, open_page: OpenPage, watch: Watch) -> None:
    page = open_page("phone")
    page.context.set_default_timeout(ARRIVES)
    expect.set_options(timeout=ARRIVES)
    sign_in(page, server)
    page.goto(f"{server.url}/contacts/")
    page.locator("#results a").first.click()
    page.get_by_role("link", name="Anruf", exact=True).click()
    form = page.url
    text = page.locator("#id_text")
    notice = page.get_by_text("Das hatten Sie hier schon eingetragen")

    # Signed out over the form: it is said before the password is asked for, and everything is there afterwards.
    text.fill(WORDS)
    page.locator("#id_follow_up_on").fill("2027-01-11")
    signed_out(page)
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_text("gespeichert ist noch nichts")).to_be_visible()
    sign_in_here(page)
    page.wait_for_url(form)
    expect(text).to_have_value(WORDS)
    expect(page.locator("#id_follow_up_on")).to_have_value("2027-01-11")
    expect(notice).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_text("Festgehalten.")).to_be_visible()
    expect(page.get_by_text(WORDS)).to_have_count(1)
    assert kept(page) == []
    page.goto(form)
    expect(text).to_have_value("")
    expect(notice).to_have_count(0)

    # The line goes while it is sent: the browser's own page comes, and the words are there when one is back.
    watch.line_may_go = True
    text.fill(WORDS)
    page.context.set_offline(True)
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="Speichern").click(no_wait_after=True)
    page.context.set_offline(False)
    page.goto(form)
    expect(text).to_have_value(WORDS)

    # The phone ends the app; another day one does not want it any more.
    page.goto("about:blank")
    page.goto(form)
    expect(notice).to_be_visible()
    page.get_by_role("button", name="Verwerfen").click()
    expect(text).to_have_value("")
    assert kept(page) == []

    # Refused by the server: what stands there is what it gave back, and nothing is told twice.
    text.fill(WORDS)
    page.locator("#id_at").fill("")
    page.get_by_role("button", name="Speichern").click()
    expect(page.locator("#errors")).to_be_visible()
    expect(text).to_have_value(WORDS)
    expect(notice).to_have_count(0)

    # Given up by oneself, and nobody else ever sees it.
    page.goto(form)
    text.fill("anders")
    until(lambda: "anders" in str(kept(page)))
    page.get_by_role("link", name="Abbrechen").click()
    page.goto(form)
    expect(text).to_have_value("")
    text.fill("geheim")
    until(lambda: "geheim" in str(kept(page)))
    page.evaluate('localStorage.drafts = localStorage.drafts.replace(/"agent":"[^"]+/, \'"agent":"somebody\')')
    page.goto(form)
    expect(text).to_have_value("")
    assert kept(page) == []

    # Signing out takes it along.
    text.fill("noch etwas")
    until(lambda: "noch etwas" in str(kept(page)))
    page.goto(f"{server.url}/more/")
    page.get_by_role("button", name="Abmelden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Anmelden")
    assert kept(page) == []

"""What somebody types is not lost: signed out meanwhile, the line gone, the app ended. In a real Chromium."""

import base64
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect
from tests.support.browsing import OpenPage, Watch, axe
from tests.support.office_walk import PASSWORD, furnish, sign_in
from tests.support.serving import Serve, Server
from tests.support.smtp import Mailbox
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
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
    sign_in(page, server)
    page.goto(f"{server.url}/contacts/")
    page.locator("#results a").first.click()
    page.get_by_role("link", name="Gespräch notieren", exact=True).click()
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
    expect(page.get_by_text("Notiert.")).to_be_visible()
    # Among what is open with the contact, and in the history.
    expect(page.get_by_text(WORDS)).to_have_count(2)
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
    page.locator("summary", has_text="Art und Zeit").click()
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


# What cannot run here is the push service of the browser's maker: this stands in for its part of the browser, and
# forgets the phone when asked to.
PUSH_SERVICE = """
    const made = { toJSON: () => ({ endpoint: "https://push.example.com/" + ++window.asked, keys: KEYS }) };
    window.asked = 0;
    Notification.requestPermission = async () => "granted";
    Object.defineProperty(Notification, "permission", { get: () => "granted" });
    PushManager.prototype.subscribe = async () => { localStorage.subscribed = "1"; return made; };
    PushManager.prototype.getSubscription = async () => (localStorage.subscribed ? made : null);
    made.unsubscribe = async () => { delete localStorage.subscribed; return true; };
"""
POINT, SECRET = (base64.urlsafe_b64encode(raw).decode() for raw in (b"\x04" + bytes(64), bytes(16)))
KEYS = f'{{ p256dh: "{POINT}", auth: "{SECRET}" }}'


def test_a_letter_waits_for_who_wrote_it_and_a_forgotten_phone_is_told_again(
    server: Server, open_page: OpenPage
) -> None:
    page = open_page("phone")
    page.context.add_init_script(PUSH_SERVICE.replace("KEYS", KEYS))
    sign_in(page, server)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    page.goto(f"{server.url}/account/push/")
    page.get_by_role("button", name="Auf diesem Gerät einschalten").click()
    devices = page.locator("main .rows > li")
    expect(devices).to_have_count(1)
    # The service forgets the phone, which is told nothing; the next page sees to it.
    page.evaluate("delete localStorage.subscribed")
    with page.expect_response("**/account/push/add/") as answer:
        page.goto(f"{server.url}/more/")
    assert answer.value.status == 204

    page.goto(f"{server.url}/contacts/")
    page.locator("#results a").first.click()
    page.get_by_role("main").get_by_role("link", name="Exposé senden").first.click()
    page.locator("#results a").first.click()
    page.locator("#id_message").fill(WORDS)
    with page.expect_response("**/send/preview/"):
        page.keyboard.press("Tab")
    expect(page.locator("#preview")).to_contain_text(WORDS)
    signed_out(page)
    page.get_by_role("button", name="Jetzt senden").click()
    # The truth: it is here, and what it waits for is not the net.
    expect(page.locator("#on-this-phone")).to_be_visible()
    expect(page.locator("#sign-in-first")).to_contain_text("Sie sind abgemeldet")
    axe(page)
    assert kept(page) == []  # or it could be written and sent a second time
    remove = page.locator("#letters [data-part=drop]")
    remove.click()
    expect(remove).to_have_text("Wirklich entfernen?")
    # Somebody else at this phone neither sees nor sends it.
    page.evaluate("""async () => {
        const [letter] = await Queue.all();
        await Queue.put({ ...letter, agent: "somebody" });
    }""")
    expect(page.locator("#letters li")).to_have_count(0)
    mine = page.locator("#main").get_attribute("data-agent")
    page.evaluate(
        """async (agent) => {
            const [letter] = await Queue.all();
            await Queue.put({ ...letter, agent });
        }""",
        mine,
    )
    page.locator("#sign-in-first a").click()
    sign_in_here(page)
    expect(page.locator("#letters li[data-state=accepted]")).to_have_count(1)

    # One that is refused comes back with every word of it.
    page.evaluate("""async () => {
        const [letter] = await Queue.all();
        await Queue.put({ ...letter, url: undefined, state: "refused", public_id: crypto.randomUUID() });
    }""")
    page.locator("#letters li[data-state=refused]").get_by_role("link", name="Ansehen").click()
    expect(page.locator("#id_message")).to_have_value(WORDS)
    expect(page.locator("#preview")).to_contain_text(WORDS)

    # Live: a stream that was refused is asked for again, and the page brings itself up to date.
    refusals = iter([204, 204])  # as a browser takes a 503 or a 401: it does not ask again by itself

    def live(route: Route) -> None:
        if status := next(refusals, 0):
            route.fulfill(status=status)
        else:
            route.continue_()

    page.route("**/live/", live)
    with (
        page.expect_request("**/today/now/"),
        page.expect_response(lambda answer: "/live/" in answer.url and answer.status == 200),
    ):
        page.goto(f"{server.url}/")
    page.unroute_all()

    page.goto(f"{server.url}/more/")
    page.get_by_role("button", name="Abmelden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Anmelden")
    assert page.evaluate("[localStorage.push, localStorage.subscribed].every((one) => one === undefined)")

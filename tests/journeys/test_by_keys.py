"""An agent who has nothing but the keyboard, while the office goes on around them: what was focused stays focused.

Real news: a recipient opens a link, and the server tells the open page.
"""

import re

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect
from tests.journeys.test_diary import FILL
from tests.support.browsing import OpenPage
from tests.support.by_keys import DESK, goes_through, news_comes
from tests.support.serving import Serve, Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
# Beside the sign-in link that the office at work ends with: letters that their recipient has in hand.
LETTERS = """
import re
from email import message_from_bytes, policy
from siegelpost.mail.models import OutgoingMail
for one in OutgoingMail.objects.exclude(dispatch_id="").order_by("pk"):
    text = message_from_bytes(one.mime(), policy=policy.default).get_body(("plain",)).get_content()
    print(one.dispatch_id, re.search(r"/s/[\\w-]+/", text)[0])
"""


@pytest.fixture
def server(serve: Serve) -> Server:
    return serve()


def presses(page: Page, place: Locator, *keys: str) -> None:
    """Stand there, and press."""
    place.focus()
    for key in keys:
        page.keyboard.press(key)


def test_nothing_that_happens_takes_the_focus_away(server: Server, open_page: OpenPage) -> None:
    """Whatever happened anywhere in the office threw the keyboard's focus to the top of the page, folded what was
    open, and said nothing: on Today, on a dispatch, after a tick, after an attachment was taken away.
    """
    code = f"LANGUAGE = 'de'\n{FILL.read_text()}\n{LETTERS}"
    printed = server.installation.check(
        "manage", "shell", "--no-imports", "--verbosity", "0", "--command", code, timeout=120
    )
    sign_in = re.findall(r"/sign-in/\S+", printed)[0]
    (dispatch, letter), (_, other) = re.findall(r"^(\S+) (/s/\S+)$", printed, re.MULTILINE)[:2]
    page = open_page("desktop")
    told = page.locator("#told")
    page.goto(f"{server.url}{sign_in}")
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.locator("#today-now")).to_be_visible()

    # News: whoever stands on the last link stands there, and what was unfolded is.
    assert list(news_comes(page, lambda: server.get(letter))) == []

    # A tick leads to the way back, which is said, and stays while somebody is on it, whatever else happens.
    line = page.locator(".follow-ups li").filter(has_text="Energieausweis")
    back = line.get_by_role("button", name="Rückgängig")
    presses(page, line.get_by_role("button", name=re.compile("^Erledigt")), "Enter")
    expect(back).to_be_focused()
    expect(told).to_have_text("Erledigt.")
    page.evaluate("Date.now = () => performance.timeOrigin + performance.now() + 60000")  # a minute later
    assert list(news_comes(page, lambda: server.get(other), stand=back)) == []
    expect(back).to_be_focused()
    page.keyboard.press("Enter")
    expect(told).to_have_text("Wieder offen.")
    expect(line.locator(":focus")).to_have_count(1)

    # A dispatch, which also asks by itself while it is under way.
    page.goto(f"{server.url}/dispatches/{dispatch}/")
    assert list(news_comes(page, lambda: server.get(letter))) == []

    # A search says how many it found, in the place that is listened to all the time, and leaves one where one types.
    page.goto(f"{server.url}/contacts/")
    listened = told.element_handle()
    presses(page, page.locator("#q"), *"berg")
    expect(told).to_have_text("1 Kontakt")
    assert listened.is_visible()
    expect(page.locator("#q")).to_be_focused()

    # What was saved is heard on the page one comes to, and the next Tab goes on from there.
    page.goto(f"{server.url}/contacts/new/")
    page.locator("#id_last_name").fill("Tasten")
    presses(page, page.locator(".save-bar button").first, "Enter")
    expect(page.locator("#messages")).to_be_focused()

    # One of two attachments is taken away: one stands on the other, and hears how many there are.
    contact = page.url.rstrip("/").rpartition("/")[2]
    page.goto(f"{server.url}/registered/new/?contact={contact}")
    files: list[FilePayload] = [
        {"name": name, "mimeType": "text/plain", "buffer": name.encode()} for name in ("eins.txt", "zwei.txt")
    ]
    page.locator("#files").set_input_files(files)
    expect(told).to_have_text("2 Anlagen")
    presses(page, page.get_by_role("button", name="eins.txt entfernen"), "Enter")
    expect(told).to_have_text("1 Anlage")
    expect(page.get_by_role("button", name="zwei.txt entfernen")).to_be_focused()
    page.keyboard.press("Enter")
    expect(told).to_have_text("0 Anlagen")
    expect(page.locator("#files")).to_be_focused()


BAD = """<!doctype html><html lang="de"><title>schlecht</title>
<style>a { display: block; outline: 2px solid; } .bar { position: fixed; inset: auto 0 0 0; height: 700px }
.bare { outline: none } .wide { width: 1400px; margin: 0 } body { margin: 0 }</style>
<a href="#1">oben</a><a href="#2" style="margin-top: 600px">unter der Leiste</a><a href="#3" class="bare">ohne Rand</a>
<p class="wide">breit</p><div class="bar"></div><p style="height: 90px"></p>"""


def test_the_walk_sees_what_is_wrong(open_page: OpenPage) -> None:
    """A walk that finds nothing must be one that would."""
    page = open_page("desktop")
    page.set_content(BAD)
    assert goes_through(page, DESK) == [
        "desk: covered: A  unter der Leiste",
        "desk: covered: A  ohne Rand",
        "desk: without an outline: A  ohne Rand",
        "desk: scrolls sideways by 120 px",
    ]

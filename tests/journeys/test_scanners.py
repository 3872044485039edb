"""Machines that follow links: what they leave is *opened (possibly by a machine)*, and they spend nothing."""

from urllib.parse import urldefrag, urlsplit

import pytest
from playwright.sync_api import Error, Page, expect
from tests.support.browsing import OpenPage
from tests.support.prospect import Scene
from tests.support.registered_scene import RegisteredScene
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

BEFORE = ["SubmissionAcceptance", "DeliveryAttempt", "RelayToNonERDS", "NotificationForAcceptance"]
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36"
)
PREVIEW = {"User-Agent": "WhatsApp/2.24.6.77 A"}
AHEAD = {"User-Agent": CHROME, "Sec-Purpose": "prefetch;prerender"}
MACHINES = (("HEAD", PREVIEW), ("GET", PREVIEW), ("GET", AHEAD), ("HEAD", {"User-Agent": CHROME}))
_MOST_PAGES = 25


def test_machines_open_and_spend_nothing(scene: Scene, open_page: OpenPage) -> None:
    for commission in ("commission", "free"):
        public_id, link = scene.send(commission=commission)
        visited = follow_everything(open_page("desktop"), link)
        assert len(visited) > 1, "there were links to follow"
        for method, headers in MACHINES:
            assert scene.server.request(method, urlsplit(link).path, headers=headers).status == 200
        kinds = {kind for kind, _data in scene.office.ask(f"events {public_id}")}
        assert kinds == {*BEFORE, "NotificationAccessTracking"}
        truth = scene.office.ask("truth")[public_id]
        assert truth["state"] == "notified"
        assert truth["declarations"] == 0
        assert len(truth["mails"]) == 1, "nobody was written to because of it"
    _once_it_is_open_machines_are_still_no_readers(scene, open_page, public_id, link)


def _once_it_is_open_machines_are_still_no_readers(
    scene: Scene, open_page: OpenPage, public_id: str, link: str
) -> None:
    page = open_page("phone")
    page.goto(link)
    page.get_by_role("button", name="Exposé ansehen").click()
    expect(page.locator("article.expose")).to_be_visible()
    # It is written once the last byte has left, which the visitor does not wait for.
    until(lambda: _handed_over(scene, public_id) == 1)
    document = f"{urlsplit(link).path}expose.pdf"
    for headers in (PREVIEW, AHEAD):
        assert scene.server.request("GET", document, headers=headers).body.startswith(b"%PDF")
    assert scene.server.request("HEAD", document, headers={"User-Agent": CHROME}).status == 200
    assert _handed_over(scene, public_id) == 1
    assert scene.server.request("GET", document, headers={"User-Agent": CHROME}).status == 200
    # A browser that was asked to is a reader.
    until(lambda: _handed_over(scene, public_id) == 2)


def _handed_over(scene: Scene, public_id: str) -> int:
    return [kind for kind, _data in scene.office.ask(f"events {public_id}")].count("ContentHandover")


_ADDRESSES = ("", "annehmen/", "ablehnen/", "code/", "einschreiben.eml", "anlage/1", "anlage/x", "widerruf/")


def test_machines_neither_accept_nor_refuse_a_registered_mail(
    registered_scene: RegisteredScene, open_page: OpenPage
) -> None:
    scene = registered_scene
    for options in ({}, {"hidden": True}, {"code_by": "phone"}, {"code_by": "mail", "code_address": "zwei@m.example"}):
        [sent] = scene.send("de", **options)
        follow_everything(open_page("desktop"), sent.link)
        path = urlsplit(sent.link).path
        for rest in _ADDRESSES:
            for method, headers in MACHINES:
                assert scene.server.request(method, path + rest, headers=headers).status < 500, rest
        assert set(scene.kinds(sent.public_id)) <= {*BEFORE, "NotificationAccessTracking", "CodeIssued"}
        said = scene.ask("truth")[sent.public_id]
        assert said["state"] == "notified"
        assert len(said["mails"]) == (2 if "code_address" in options else 1), "nobody was written to because of it"
    _forms_of_others_decide_nothing(scene, path)
    assert scene.state(sent) == "notified"
    _accepted_machines_are_still_no_readers(scene, open_page)


def _forms_of_others_decide_nothing(scene: RegisteredScene, path: str) -> None:
    """Sent from elsewhere, without the tick, without the stamp, or to the address of another kind."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    foreign = {**form, "Origin": "https://evil.test"}
    for rest, body, headers, status in (
        ("annehmen/", b"sure=on", foreign, 403),
        ("annehmen/", b"sure=on", form, 303),
        ("ablehnen/", b"", form, 303),
        ("", b"name=X", form, 404),
    ):
        answer = scene.server.request("POST", path + rest, body=body, headers=headers)
        assert answer.status == status
        assert status != 303 or "?stand=" in answer.headers["location"], "where it leads says what is to be mended"


def _accepted_machines_are_still_no_readers(scene: RegisteredScene, open_page: OpenPage) -> None:
    [sent] = scene.send("de")
    path = urlsplit(sent.link).path
    page = open_page("phone")
    page.goto(sent.link)
    page.locator("form[action$='annehmen/'] input[name=sure]").check()
    page.get_by_role("button", name="Annehmen", exact=True).click()
    expect(page.locator("article.letter-text")).to_be_visible()
    until(lambda: scene.kinds(sent.public_id).count("ContentHandover") == 1)
    for rest in ("einschreiben.eml", "anlage/1"):
        for headers in (PREVIEW, AHEAD):
            assert scene.server.request("GET", path + rest, headers=headers).status == 200
        assert scene.server.request("HEAD", path + rest, headers={"User-Agent": CHROME}).status == 200
    # What a browser is given afterwards is recorded after all of that, and is the only one.
    assert scene.server.request("GET", f"{path}einschreiben.eml", headers={"User-Agent": CHROME}).status == 200
    until(lambda: scene.kinds(sent.public_id).count("ContentHandover") == 2)


def follow_everything(page: Page, link: str) -> set[str]:
    """Load a page as a scanner does: scripts, pictures, every link on this server; no form is sent."""
    here, waiting, visited = urlsplit(link).netloc, [link], set[str]()
    while waiting and len(visited) < _MOST_PAGES:
        address = waiting.pop(0)
        if address in visited:
            continue
        visited.add(address)
        try:
            page.goto(address)
        except Error as error:
            assert "Download is starting" in str(error) or "ERR_ABORTED" in str(error), error  # noqa: PT017 - others are mistakes
            continue
        page.evaluate("document.documentElement.scrollIntoView({block: 'end'})")
        page.wait_for_load_state("networkidle")
        found = page.locator("a[href], area[href]").evaluate_all("all => all.map(one => one.href)")
        waiting += [plain for plain in (urldefrag(one).url for one in found) if urlsplit(plain).netloc == here]
    return visited

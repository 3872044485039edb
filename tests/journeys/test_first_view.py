"""The first view on a slow phone: a quarter of the processor, 1.6 Mbit/s, nothing kept from before.

The office's pages, and each kind of page that recipients meet; an exposé with forty photos.
"""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import CDPSession, Page
from tests.support import cost
from tests.support.browsing import DEVICES, OpenPage
from tests.support.installations import Installation
from tests.support.office_walk import ROOT, furnish, sign_in
from tests.support.serving import Serve, Server
from tests.support.smtp import Mailbox
from tests.support.waiting import until
from tests.support.walk import SHIFTS, WATCH_SHIFTS

pytestmark = [pytest.mark.alone, pytest.mark.browser, pytest.mark.timeout(1200)]

FILL = """
import io, json, sys, uuid
from pathlib import Path
sys.path.insert(0, {root!r})
from django.utils import timezone
from PIL import Image
from siegelpost import storage
from siegelpost.contacts.models import Contact
from siegelpost.demo_data import package
from siegelpost.dispatch.letter import Letter, RegisteredLetter
from siegelpost.dispatch.send import registered
from siegelpost.dispatch.send import guard
from siegelpost.dispatch.send.guard import GuardVerdict
from siegelpost.dispatch.send.send import send
from siegelpost.estates.imports.apply import import_file
from siegelpost.estates.kinds import MediaGroup
from siegelpost.estates.models import Estate, Media
from siegelpost.office.models import Agent, Language
from tests.support.office import an_agent
guard._ask = lambda address: GuardVerdict(True, address, timezone.now(), [])
def photos(estate, count):
    # As many as it shall have, each another file of the size that ours have.
    with Image.open(io.BytesIO(storage.read(estate.media.first().renditions["960"]["sha256"]))) as first:
        drawn = first.convert("RGB")
    for number in range(count - estate.media.count()):
        drawn.putpixel((number, 0), (255, 0, 0))
        drawn.save(file := io.BytesIO(), "WEBP", quality=80)
        sha256 = storage.put(file.getvalue())
        Media.objects.create(
            estate=estate, group=MediaGroup.INTERIOR, position=100 + number, sha256=sha256, media_type="image/webp",
            size=1, width=drawn.width, height=drawn.height,
            renditions={{"960": {{"sha256": sha256, "width": drawn.width, "height": drawn.height}}}},
        )
agent = Agent.objects.get(email="jana@lindenhof.test")
import_file(package.write(Path({folder!r}) / "sample.zip"), actor=agent)
estate = Estate.objects.exclude(media=None).first()
contact = Contact.objects.get(email="berger@kunde.test")
colleague = an_agent(name="Timo Kern", email="timo@lindenhof.test")
letter = Letter([estate], contact, "Exposé: " + estate.title, "wie am Telefon besprochen.", Language.GERMAN)
dispatch = send(agent, letter, public_id=uuid.uuid4())
again = Letter([estate], Contact.objects.get(email="keller@kunde.test"), "Exposé", "", Language.GERMAN)
photos(estate, {photos})
send(agent, again, public_id=uuid.uuid4())
registered.send(
    agent, RegisteredLetter([contact], "Kündigung", "hiermit", Language.GERMAN, False, 7, 0), batch=uuid.uuid4()
)
print(json.dumps({{
    "contacts": str(contact.public_id), "estates": str(estate.public_id), "dispatches": str(dispatch.public_id),
    "settings": str(colleague.public_id), "media": str(estate.media.first().public_id),
}}))
"""
# The first view: what a cold browser shows first, and what comes over the wire until then, without pictures.
BUDGET_MS, BUDGET_BYTES = 1500, 100 * 1024
SLOW = {"offline": False, "latency": 40, "downloadThroughput": 200_000, "uploadThroughput": 94_000}
PROCESSOR = 4
TRIES = 4
FIRST_VIEW = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
# Recipients wait less than people at work: their first view, and the first of many photos.
RECIPIENTS_MS, FIRST_PHOTO_MS, PHOTOS, AT_ONCE = 1000, 1500, 40, 16
PHOTOS_LOADED = """() => performance.getEntriesByType("resource")
    .filter((one) => one.name.includes("/bild/")).map((one) => one.responseEnd)"""
MAILS = {"gate": "Exposé: ", "expose": "keller@", "registered": "Einschreiben"}
RECIPIENTS = ("gate", "expose", "registered", "/widerruf/", "/s/unknown/")
MEASURED = ("/", "/contacts/", "/estates/", "/dispatches/", "/send/", "estate")


@pytest.fixture
def there(serve: Serve, mail_sink: Mailbox, tmp_path: Path) -> tuple[Server, dict[str, str]]:
    """A server whose office has everything that a page can show."""
    server = serve()
    furnish(server.installation, mail_sink.port, contacts=("Mara Berger", "Timo Keller", "Ruth Sand"))
    return server, _filled(server.installation, tmp_path)


def _filled(installation: Installation, folder: Path) -> dict[str, str]:
    printed = installation.python(FILL.format(root=str(ROOT), folder=str(folder), photos=PHOTOS), timeout=300)
    found: dict[str, str] = json.loads(printed.strip().splitlines()[-1])
    return found


def test_the_first_view_is_quick_and_small_and_stays_where_it_is(
    there: tuple[Server, dict[str, str]], open_page: OpenPage
) -> None:
    server, ids = there
    page = open_page("phone")
    sign_in(page, server)
    plural = {"estate": "estates"}
    paths = [f"/{plural[one]}/{ids[plural[one]]}/" if one in plural else one for one in MEASURED]
    state = page.context.storage_state()
    told = {}
    for path in paths:
        views = []
        for _ in range(TRIES):  # the best of them counts: the machine has other work, and a phone has not
            views.append(first_view(page, state, f"{server.url}{path}"))
            if views[-1][0] <= BUDGET_MS:
                break
        milliseconds = min(one[0] for one in views)
        size, shift = max(one[1] for one in views), [moved for one in views for moved in one[2]]
        told[path] = (round(milliseconds), size, shift)
    print(
        "\n".join(f"{path}: {ms} ms, {size / 1024:.1f} KiB, shift {shift}" for path, (ms, size, shift) in told.items())
    )
    assert {path: one for path, one in told.items() if one[0] > BUDGET_MS} == {}
    assert {path: one for path, one in told.items() if one[1] > BUDGET_BYTES} == {}
    assert {path: one for path, one in told.items() if one[2]} == {}


def _paths(server: Server, mails: Mailbox, page: Page) -> dict[str, str]:
    """Of the exposé that asks, of the one that is opened here, and of the registered mail: from their mails."""
    until(lambda: len(mails.mails()) >= len(MAILS))
    found = {
        name: next(
            urlsplit(link).path
            for mail in mails.mails()
            if words in mail.subject + mail.recipient
            for link in mail.links
            if "/s/" in link
        )
        for name, words in MAILS.items()
    }
    page.goto(f"{server.url}{found['expose']}")
    for box in page.locator("input[type=checkbox]").all():
        box.check()
    page.locator("input[name=name]").fill("Timo Keller")
    page.locator("form.gate button[type=submit]").first.click()
    page.locator("article.expose").wait_for()
    return found


def test_the_first_view_of_every_recipients_page(
    there: tuple[Server, dict[str, str]], mail_sink: Mailbox, open_page: OpenPage
) -> None:
    """With 22 photos the price came after eight screens; and nobody had measured what a prospect waits for."""
    server, page = there[0], open_page("phone")
    ids = _paths(server, mail_sink, page)
    for name in RECIPIENTS:
        best = []
        for _ in range(TRIES):
            milliseconds, size, shifts, photos = first_view(page, None, f"{server.url}{ids.get(name, name)}")
            assert size <= BUDGET_BYTES, (name, size)
            assert not shifts, (name, shifts)
            assert len(photos) <= AT_ONCE, (name, len(photos))
            best.append((milliseconds, min(photos, default=0.0)))
            if milliseconds <= RECIPIENTS_MS and best[-1][1] <= FIRST_PHOTO_MS:
                break
        print(f"{name}: {best[-1]}, {size / 1024:.1f} KiB, {len(photos)} photos")
        assert min(one[0] for one in best) <= RECIPIENTS_MS, (name, best)
        assert min(one[1] for one in best) <= FIRST_PHOTO_MS, (name, best)


def first_view(page: Page, state: Any, url: str) -> tuple[float, int, list[str], list[float]]:
    """Milliseconds to the first view, bytes over the wire without pictures, the layout's shift, and when each picture
    of a recipient's page was there: cold, and slow.
    """
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(
        **DEVICES["phone"],
        storage_state=state,
        service_workers="block",
    )
    context.add_init_script(WATCH_SHIFTS)
    try:
        cold = context.new_page()
        session = context.new_cdp_session(cold)
        received = _count(session)
        session.send("Network.emulateNetworkConditions", SLOW)
        # The same phone on every machine: what is slow already is slowed less.
        session.send("Emulation.setCPUThrottlingRate", {"rate": max(1.0, PROCESSOR / cost.pace())})
        cold.goto(url, wait_until="load")
        cold.wait_for_function(FIRST_VIEW)
        return cold.evaluate(FIRST_VIEW), sum(received.values()), cold.evaluate(SHIFTS), cold.evaluate(PHOTOS_LOADED)
    finally:
        context.close()


def _count(session: CDPSession) -> dict[str, int]:
    kinds: dict[str, str] = {}
    received: dict[str, int] = {}

    def answered(event: dict[str, Any]) -> None:
        kinds[str(event["requestId"])] = str(event["response"]["mimeType"])

    def finished(event: dict[str, Any]) -> None:
        request = str(event["requestId"])
        kind = kinds.get(request, "")
        if not kind.startswith("image/") or kind == "image/svg+xml":
            received[request] = int(event["encodedDataLength"])

    session.send("Network.enable")
    session.on("Network.responseReceived", answered)
    session.on("Network.loadingFinished", finished)
    return received

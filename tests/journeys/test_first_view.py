"""The first view of the office on a slow phone: a quarter of the processor, 1.6 Mbit/s, nothing kept from before."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page
from tests.support.browsing import DEVICES, OpenPage
from tests.support.installations import Installation
from tests.support.office_walk import ROOT, furnish, sign_in
from tests.support.serving import Serve, Server
from tests.support.smtp import Mailbox
from tests.support.walk import SHIFTS, WATCH_SHIFTS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

FILL = """
import json, sys, uuid
from pathlib import Path
sys.path.insert(0, {root!r})
from django.utils import timezone
from siegelpost.contacts.models import Contact
from siegelpost.demo_data import package
from siegelpost.dispatch.letter import Letter
from siegelpost.dispatch.send import guard
from siegelpost.dispatch.send.guard import GuardVerdict
from siegelpost.dispatch.send.send import send
from siegelpost.estates.imports.apply import import_file
from siegelpost.estates.models import Estate
from siegelpost.office.models import Agent, Language
from tests.support.office import an_agent
guard._ask = lambda address: GuardVerdict(True, address, timezone.now(), [])
agent = Agent.objects.get(email="jana@lindenhof.test")
import_file(package.write(Path({folder!r}) / "sample.zip"), actor=agent)
estate = Estate.objects.exclude(media=None).first()
contact = Contact.objects.get(email="berger@kunde.test")
colleague = an_agent(name="Timo Kern", email="timo@lindenhof.test")
letter = Letter([estate], contact, "Exposé: " + estate.title, "wie am Telefon besprochen.", Language.GERMAN)
dispatch = send(agent, letter, public_id=uuid.uuid4())
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
MEASURED = ("/", "/contacts/", "/estates/", "/dispatches/", "/send/", "estate")


@pytest.fixture
def there(serve: Serve, mail_sink: Mailbox, tmp_path: Path) -> tuple[Server, dict[str, str]]:
    """A server whose office has everything that a page can show."""
    server = serve()
    furnish(server.installation, mail_sink.port, contacts=("Mara Berger", "Timo Keller", "Ruth Sand"))
    return server, _filled(server.installation, tmp_path)


def _filled(installation: Installation, folder: Path) -> dict[str, str]:
    printed = installation.python(FILL.format(root=str(ROOT), folder=str(folder)), timeout=300)
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


def first_view(page: Page, state: Any, url: str) -> tuple[float, int, list[str]]:
    """Milliseconds to the first view, bytes over the wire without pictures, and the layout's shift: cold, and slow."""
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
        session.send("Emulation.setCPUThrottlingRate", {"rate": PROCESSOR})
        cold.goto(url, wait_until="load")
        cold.wait_for_function(FIRST_VIEW)
        return cold.evaluate(FIRST_VIEW), sum(received.values()), cold.evaluate(SHIFTS)
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

"""„Ohne Warnung in fünf Minuten“: from a fresh start to a page without warning, against a real authority, in Chromium.

What a person has to do is counted: a step is one page on which something is filled in or pressed.
"""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.journeys.test_certificate import heading, press
from tests.real.browsers.trust import write_database
from tests.support import parts
from tests.support.acme_servers import Pebble, pebble
from tests.support.browsing import FLAGS, OpenPage, Shot, axe
from tests.support.name_server import name_server
from tests.support.ports import free_port
from tests.support.serving import NAME, Serve, Server

from siegelpost.doctor.x509.chain import as_certificates

pytestmark = [pytest.mark.browser, pytest.mark.real, pytest.mark.timeout(300)]
MOST_STEPS = 5
MOST_SECONDS = 60
PASSWORD = "vier Wörter sind genug"


@dataclass
class Person:
    """Somebody who sets a server up; every step is written down."""

    page: Page
    steps: list[str] = field(default_factory=list)

    def does(self, words: str, act: Callable[[], object]) -> None:
        self.steps.append(words)
        act()


@pytest.fixture
def fresh(serve: Serve, tmp_path: Path) -> Iterator[tuple[Server, Pebble, float]]:
    """A server after its first start, its authority, and the seconds that the server needed to start."""
    directory = free_port()
    ca = tmp_path / "acme-ca.pem"
    began = time.monotonic()
    server = serve(certificate=None, acme_directory=f"https://127.0.0.1:{directory}/dir", acme_ca=str(ca))
    took = time.monotonic() - began
    with (
        name_server({(NAME, "A"): (60, ("127.0.0.1",))}) as resolver,
        pebble(
            tmp_path / "pebble",
            http_port=server.http_port,
            tls_port=server.port,
            name_server=f"127.0.0.1:{resolver.port}",
            port=directory,
        ) as authority,
    ):
        ca.write_text(authority.ca_bundle)
        roots = tmp_path / "root.pem"
        roots.write_text(roots.read_text() + authority.root())
        yield server, authority, took


def sign_in(person: Person, server: Server) -> None:
    page = person.page
    page.goto(server.sign_in_link)
    person.does("open the printed link and sign in", lambda: press(page, "Anmelden"))
    heading(page, "Ihr Zugang")

    def first_access() -> None:
        for label, value in {"Name": "Anna Muster", "E-Mail": "anna@muster.test", "Passwort": PASSWORD}.items():
            page.get_by_label(label).first.fill(value)
        press(page, "Weiter")

    person.does("say who one is", first_access)
    heading(page, "Wer sind Sie?")


def visitor_meets(chromium: Browser, folder: Path, root: str, url: str) -> int:
    """The status that a real Chromium gets which trusts the authority and nothing else; fails on any warning."""
    write_database(folder / ".pki" / "nssdb", as_certificates(root))
    fresh = chromium.browser_type.launch(
        executable_path=parts.need("chromium"), args=FLAGS, env={**os.environ, "HOME": str(folder)}
    )
    try:
        answer = fresh.new_page().goto(url)
        assert answer
        return answer.status
    finally:
        fresh.close()


def test_from_a_fresh_start_to_a_page_without_warning(
    fresh: tuple[Server, Pebble, float], chromium: Browser, open_page: OpenPage, shot: Shot, tmp_path: Path
) -> None:
    server, authority, start = fresh
    began = time.monotonic()
    person = Person(open_page("phone", insecure=True))
    page = person.page
    sign_in(person, server)
    person.does("open the assistant", lambda: page.goto(f"{server.url}/certificate/assistant/"))
    expect(page.get_by_label("unter einem Namen (Domain)")).to_be_checked()
    looked = time.monotonic()
    axe(page)
    shot(page, "certificate-assistant-de-phone", full=True)
    looking = time.monotonic() - looked
    person.does("confirm what was found out", lambda: press(page, "Weiter"))
    heading(page, "Automatisch, über den offenen Port")
    person.does("get the certificate", lambda: press(page, "Zertifikat holen"))
    expect(page.get_by_text("Geschafft: Das neue Zertifikat ist da")).to_be_visible(timeout=MOST_SECONDS * 1000)
    expect(page.get_by_text("Browser vertrauen Ihrem Server")).to_be_visible(timeout=30_000)
    assert visitor_meets(chromium, tmp_path / "visitor", authority.root(), f"{server.url}/account/login/") == 200
    seconds = start + time.monotonic() - began - looking
    print(f"\n{len(person.steps)} steps of a person, {seconds:.1f} s of machine time:")
    print("\n".join(f"  {number}. {words}" for number, words in enumerate(person.steps, 1)))
    axe(page)
    shot(page, "certificate-obtained-de-phone", full=True)
    assert len(person.steps) <= MOST_STEPS
    assert seconds <= MOST_SECONDS
    page.goto(f"{server.url}/certificate/")
    expect(page.get_by_role("heading", name="Erneuert sich von selbst")).to_be_visible()

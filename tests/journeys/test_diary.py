"""Between two viewings: search, note, appointment, follow-up, duplicates and filters, on a phone and on a desktop."""

import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect
from tests.support.browsing import OpenPage, Shot, axe
from tests.support.serving import Serve, Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
Device = Literal["phone", "desktop"]
FILL = Path(__file__).parents[1] / "support" / "diary_office.py"


@pytest.fixture
def server(serve: Serve) -> Server:
    return serve()


def sign_in(page: Page, server: Server, language: str) -> None:
    """As an agent who has been at work for a while, by a link made in the server's installation."""
    code = f"LANGUAGE = {language!r}\n{FILL.read_text()}"
    made = server.installation.check(
        "manage", "shell", "--no-imports", "--verbosity", "0", "--command", code, timeout=120
    )
    page.goto(f"{server.url}/sign-in/{made.split('/sign-in/')[1].strip()}")
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.locator("#today-now")).to_be_visible()


def shown(page: Page, name: str, shot: Shot, *, full: bool = False) -> None:
    """Nothing is wrong with the page, and this is how it looks."""
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than the screen"
    shot(page, name, full=full)


@pytest.mark.parametrize(("device", "language", "dark"), [("phone", "de", False), ("desktop", "en", True)])
def test_a_day_between_two_viewings(
    device: Device,
    language: Literal["de", "en"],
    dark: bool,
    server: Server,
    open_page: OpenPage,
    shot: Shot,
    tmp_path: Path,
) -> None:
    page = open_page(device, language=language, dark=dark)
    words = {"de": GERMAN, "en": ENGLISH}[language]
    look = f"{language}-{device}{'-dark' if dark else ''}"
    sign_in(page, server, language)

    # Today: a follow-up is ticked off, and taken back.
    shown(page, f"office-day-{look}", shot, full=True)
    line = page.locator(".follow-ups li").filter(has_text="Energieausweis")
    line.get_by_role("button", name=re.compile(words["done"])).click()
    expect(line).to_contain_text(words["is done"])
    axe(page)
    line.get_by_role("button", name=words["undo"]).click()
    expect(line.get_by_role("button", name=re.compile(words["done"]))).to_be_visible()

    # A contact, found as one types, however it is spelt.
    page.goto(f"{server.url}/contacts/")
    shown(page, f"office-contacts-{look}", shot)
    page.locator("#q").fill("mueller 0171")
    expect(page.locator("#results .name")).to_have_count(2)
    page.locator("#q").fill("berg")
    expect(page.locator("#results .name")).to_have_text(["Mara Berger"])
    page.locator("#results a").first.click()
    expect(page.locator(".stream")).to_contain_text("Sparkasse")
    shown(page, f"office-history-{look}", shot, full=True)

    # A call is written down and comes back tomorrow.
    page.get_by_role("link", name=words["call"], exact=True).click()
    page.locator("#id_text").fill("Möchte am Samstag noch einmal kommen.")
    shown(page, f"office-note-{look}", shot)
    page.get_by_role("button", name=words["save"]).click()
    expect(page.locator(".stream")).to_contain_text("am Samstag noch einmal")

    # An appointment, and what its page offers.
    page.get_by_role("main").get_by_role("link", name=words["appointment"], exact=True).click()
    page.locator("#id_title").fill("Zweite Besichtigung")
    page.locator("#id_starts_at").fill("2027-03-27T11:00")
    shown(page, f"office-appointment-new-{look}", shot, full=True)
    page.get_by_role("button", name=words["save"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Zweite Besichtigung")
    shown(page, f"office-appointment-{look}", shot)
    page.goto(f"{server.url}/appointments/")
    shown(page, f"office-agenda-{look}", shot)
    page.get_by_role("link", name=words["calendar"]).click()
    page.get_by_role("button", name=words["address"]).click()
    expect(page.locator("#feed-address")).to_contain_text("/calendar/")
    shown(page, f"office-calendar-{look}", shot)

    # Two that are one.
    page.goto(f"{server.url}/contacts/duplicates/")
    expect(page.get_by_role("main")).to_contain_text("Jörg Müller")
    shown(page, f"office-duplicates-{look}", shot)
    page.get_by_role("link", name=re.compile(words["merge"])).click()
    shown(page, f"office-merge-{look}", shot, full=True)
    page.get_by_role("button", name=words["merge"]).click()
    expect(page.get_by_role("button", name=words["separate"])).to_be_visible()
    axe(page)
    page.get_by_role("button", name=words["separate"]).click()
    expect(page.get_by_role("button", name=words["separate"])).to_have_count(0)

    # Contacts from an address book.
    file = tmp_path / "contacts.vcf"
    file.write_text(CARDS)
    page.goto(f"{server.url}/contacts/import/")
    axe(page)
    page.locator("#file").set_input_files(file)
    page.get_by_role("button", name=words["check"]).click()
    expect(page.get_by_role("main")).to_contain_text("Otto Lange")
    shown(page, f"office-vcard-{look}", shot)
    page.get_by_role("button", name=words["take"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(words["taken"])
    expect(page.get_by_role("main")).to_contain_text("Otto Lange")
    axe(page)

    # Properties, narrowed.
    page.goto(f"{server.url}/estates/")
    expect(page.locator("#results .name")).to_have_count(3)
    page.locator("details.more-filters summary").click()
    page.locator("#filter-place").fill("LUEB")
    expect(page.locator("#results .name")).to_have_text(["Büro in der Altstadt"])
    page.locator("#filter-place").fill("")
    page.locator("#filter-rooms").fill("4")
    expect(page.locator("#results .name")).to_have_text(["Einfamilienhaus mit Garten"])
    shown(page, f"office-filters-{look}", shot)
    page.locator("#results a").first.click()
    expect(page.locator(".stream")).to_contain_text("Notartermin")
    axe(page)


GERMAN = {
    "done": "^Erledigt:",
    "is done": "Erledigt.",
    "undo": "Rückgängig",
    "call": "Gespräch notieren",
    "save": "Speichern",
    "appointment": "Termin",
    "calendar": "Im eigenen Kalender",
    "address": "Adresse erstellen",
    "merge": "Zusammenführen",
    "separate": "Wieder trennen",
    "check": "Prüfen",
    "take": "Angekreuzte übernehmen",
    "taken": "Übernommen",
}
ENGLISH = {
    "done": "^Done:",
    "is done": "Done.",
    "undo": "Undo",
    "call": "Note a conversation",
    "save": "Save",
    "appointment": "Appointment",
    "calendar": "In your own calendar",
    "address": "Make an address",
    "merge": "Merge",
    "separate": "Separate again",
    "check": "Check",
    "take": "Take over the ticked ones",
    "taken": "Imported",
}
CARDS = """BEGIN:VCARD
VERSION:3.0
N:Lange;Otto;;;
FN:Otto Lange
TEL;TYPE=CELL:0172 445566
END:VCARD
BEGIN:VCARD
VERSION:3.0
N:Berger;Mara;;;
FN:Mara Berger
EMAIL:mara@berger.test
END:VCARD
"""

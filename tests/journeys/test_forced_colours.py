"""Colours of the reader's own (Windows' contrast themes): nothing that means something is drawn by a background alone.

Parts of pages with their own style sheets; that they stand in the pages the other journeys see.
"""

import io
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import segno
from PIL import Image
from playwright.sync_api import Browser, Locator, Page

from siegelpost import web
from siegelpost.estates.energy_scale import scale_on
from siegelpost.templating import environment

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

STATIC = Path(web.__file__).parent / "static"
ENERGY = {"value": "98.4", "primary": "", "class": "C"}
SCALE = '{% import "dispatch/page/energy.html" as parts with context %}{{ parts.scale(energy, 1) }}'


@pytest.fixture(params=["light", "dark"])
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in the reader's own colours, on light or on dark."""
    context = chromium.new_context(forced_colors="active", color_scheme=request.param)
    yield context.new_page()
    context.close()


def show(page: Page, own_sheet: str, body: str) -> None:
    sheets = "".join((STATIC / name).read_text() for name in ("siegelpost.css", own_sheet))
    page.set_content(f"<!DOCTYPE html><html lang=de><style>{sheets}</style><body>{body}")


def drawn(part: Locator) -> Image.Image:
    return Image.open(io.BytesIO(part.screenshot(animations="disabled"))).convert("RGB")


def colours(image: Image.Image, *, least: int = 20) -> set[bytes]:
    """Those that are more than the edge of a letter."""
    raw = image.tobytes()
    counted = Counter(raw[at : at + 3] for at in range(0, len(raw), 3))
    return {colour for colour, count in counted.items() if count >= least}


def test_of_a_recipients_page_band_words_and_focus_stay(page: Page) -> None:
    scale = environment("de").from_string(SCALE).render(energy=ENERGY, energy_scale=scale_on(date(2026, 11, 30)))
    show(page, "recipient.css", f'<main class="expose">{scale}<p><a class="button" href="#x">Weiter</a></p></main>')
    band = page.locator(".energy-scale rect").first
    assert len(colours(drawn(band))) > 20, "from green to red"
    assert len(colours(drawn(page.locator(".energy-scale .value").first), least=3)) > 1, "its words are seen"
    before = drawn(page.locator("p"))
    page.locator("a").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert drawn(page.locator("p")).tobytes() != before.tobytes(), "where the focus is"


def test_of_an_office_page_progress_choice_icons_and_codes_stay(page: Page) -> None:
    """How far a dispatch was, and which list one looks at, were drawn by a background that is not drawn."""
    code = segno.make_qr("https://office.test/").svg_data_uri()
    sprite = '<svg class="icon" viewBox="0 0 24 24"><path d="M3 12h18M12 3v18"/></svg>'
    show(
        page,
        "office.css",
        f'<div class="going-out"><progress value="50" max="100"></progress></div>'
        f'<div class="chips"><a href="#a" aria-current="true">Alle</a><a href="#b">Alle</a></div>'
        f'<p>{sprite}</p><img class="qr" alt="Code" src="{code}">',
    )
    bar = drawn(page.locator("progress"))
    middle = bar.height // 2
    assert bar.getpixel((bar.width // 4, middle)) != bar.getpixel((bar.width * 3 // 4, middle))
    chosen, other = (drawn(page.locator(".chips a").nth(number)) for number in (0, 1))
    assert colours(chosen) - colours(other), "which one is chosen"
    assert len(colours(drawn(page.locator(".icon")), least=5)) > 1
    corner = drawn(page.locator(".qr"))
    assert corner.getpixel((corner.width // 2, 3)) == (255, 255, 255), "the margin that a camera needs"

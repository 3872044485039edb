"""The docs show every page of the office, as the walk through them took its pictures."""

from pathlib import Path

from tests.support.every_page import EMPTY, FRESH, HALF_WAY, NO_PAGE
from tools import pictures_doc

from siegelpost.web.office.urls import PAGES

DOCS = Path("docs")


def test_the_page_of_pictures_is_written_down() -> None:
    assert (DOCS / "pictures.md").read_text() == pictures_doc.page(), "run: make docs"


def test_every_page_is_shown_on_phone_and_desktop() -> None:
    pages = {one.name for one in PAGES} - NO_PAGE.keys() - HALF_WAY - FRESH
    names = {name.replace("_", "-") for name in pages | {f"{name}_empty" for name in EMPTY}}
    missing = [
        picture
        for name in sorted(names)
        for device in pictures_doc.DEVICES
        if not (picture := pictures_doc.PICTURES / f"page-{name}-{device}.webp").exists()
    ]
    assert missing == [], "run: make screenshots"

"""The narrowest phones: no word is torn where nothing joins its halves, and each picture stands beside its word."""

from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.support.browsing import OpenPage

from siegelpost.web.templatetags.office import divided

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
STATIC = Path("src/siegelpost/web/static")
SOFT_HYPHEN = "\u00ad"
ICON = '<svg class="icon" viewBox="0 0 24 24" width="24" height="24"></svg>'
GERMAN = (("Heute", "Kontakte", "Objekte", "Sendungen", "Mehr"), ("Innenansicht", "Außenansicht", "Energieskala"))
ENGLISH = (("Today", "Contacts", "Properties", "Dispatches", "More"), ("Interior view", "Exterior view"))
TORN = """(elements) => [...document.querySelectorAll(elements)].filter(
    (one) => one.getClientRects().length > 1 || one.scrollWidth > one.parentElement.clientWidth + 1
).map((one) => one.textContent)"""


def shown(page: Page, width: int, places: tuple[str, ...], groups: tuple[str, ...]) -> None:
    sheets = "".join((STATIC / name).read_text() for name in ("siegelpost.css", "office.css"))
    navigation = "".join(f'<li><a href="#">{ICON}<span><b>{place}</b></span></a></li>' for place in places)
    words = "".join(
        f'<li class="photo"><img alt=""><span class="photo-name">{number}. <strong>{parts(group)}</strong></span></li>'
        for number, group in enumerate(groups, 18)
    )
    page.set_viewport_size({"width": width, "height": 700})
    page.set_content(
        f'<!doctype html><html lang="de"><meta name="viewport" content="width=device-width"><style>{sheets}</style>'
        f'<body class="with-navigation"><div class="frame"><nav class="navigation"><ul>{navigation}</ul></nav>'
        f'<main id="main"><ol class="photos">{words}</ol><ul class="rows to-dos"><li class="to-do">'
        f'<div class="row acts"><a class="button second" href="#">'
        f"{ICON}<i>Antworten</i></a></div></li></ul></main></div>"
    )


def parts(group: str) -> str:
    """Its words, those that may be divided as their halves."""
    halves = (divided(word).split(SOFT_HYPHEN) for word in group.split())
    return " ".join(SOFT_HYPHEN.join(f"<b>{half}</b>" for half in each) for each in halves)


@pytest.mark.parametrize("width", [320, 360, 390])
def test_words_stay_whole_and_icons_beside_them(width: int, open_page: OpenPage) -> None:
    """Words of the navigation and under photos broke without a hyphen, and an act stood below its picture."""
    page = open_page("phone")
    for places, groups in (GERMAN, ENGLISH):
        shown(page, width, places, groups)
        assert page.evaluate(TORN, ".navigation b, .photo-name b") == []
        icon, word = page.locator(".acts .icon").bounding_box(), page.locator(".acts i").bounding_box()
        assert icon
        assert word
        assert icon["x"] + icon["width"] <= word["x"]
        assert icon["y"] < word["y"] + word["height"]
        assert word["y"] < icon["y"] + icon["height"]


def drawn(page: Page, width: int, sheet: str, body: str) -> None:
    sheets = "".join((STATIC / name).read_text() for name in ("siegelpost.css", sheet))
    page.set_viewport_size({"width": width, "height": 700})
    page.set_content(
        '<!doctype html><html lang="de"><meta name="viewport" content="width=device-width">'
        f"<style>{sheets}</style><body>{body}</body></html>"
    )


def test_what_is_always_in_reach_fits_the_narrowest_phone(open_page: OpenPage) -> None:
    """The button of the PDF stood half beyond the edge, and the whole exposé moved sideways."""
    page = open_page("phone")
    for words in (("Besichtigung anfragen", "Rückruf", "PDF"), ("Request a viewing", "Call back", "PDF")):
        acts = "".join(f'<a class="button second" href="#">{word}</a>' for word in words)
        drawn(page, 320, "recipient.css", f'<main><nav class="reach">{acts}</nav></main>')
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_what_happened_has_the_width_of_the_phone(open_page: OpenPage) -> None:
    """The proof of a dispatch had a column beside its history, which broke into twice as many lines."""
    page = open_page("phone")
    line = '<span class="block story-line"><strong>Gesendet, vom Mailserver angenommen</strong> · heute, 14:00</span>'
    entry = f'<a href="#"><span class="main"><span class="name">Ihre Anfrage</span>{line}</span></a>'
    drawn(
        page,
        390,
        "office.css",
        f'<main><ol class="rows stream"><li>{entry}<a class="proof" href="#">{ICON} Nachweis</a></li></ol></main>',
    )
    story, proof = page.locator(".stream li > a").first.bounding_box(), page.locator(".proof").bounding_box()
    assert story
    assert proof
    assert story["y"] + story["height"] <= proof["y"]
    assert proof["height"] >= 44


def test_a_notice_stands_beside_its_icon_and_a_long_title_above_its_acts(open_page: OpenPage) -> None:
    """What stood in a row was set one below the other, and a title broke into five lines beside three buttons."""
    page = open_page("desktop")
    acts = "".join(
        f'<a class="button" href="#">{act}</a>' for act in ("Exposé senden", "Ändern", "Ansehen und mitgeben")
    )
    named = "Vier Zimmer mit Loggia in einem Stadthaus"
    head = f'<div class="page-title"><h1>{named}</h1></div><div class="actions">{acts}</div>'
    notice = f'<p class="notice row">{ICON}<span class="main">Objekte.xml: wartet auf Ihr Ja</span></p>'
    drawn(page, 900, "office.css", f'<main><header class="page-head">{head}</header>{notice}</main>')
    title, row = page.locator("h1").bounding_box(), page.locator(".actions").bounding_box()
    icon, words = page.locator(".notice .icon").bounding_box(), page.locator(".notice .main").bounding_box()
    assert title
    assert row
    assert icon
    assert words
    assert title["y"] + title["height"] <= row["y"]
    assert icon["x"] + icon["width"] <= words["x"]
    assert words["y"] < icon["y"] + icon["height"]

"""The page behind the gate: in which order, what is said to whom does not see, and what leads elsewhere."""

import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from tests.support.office import a_contact, a_dispatch, an_estate
from tests.unit.estates.transfers import picture

from siegelpost.dispatch.frozen.pages import Shown, page_html
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.states import DispatchState
from siegelpost.estates import editor
from siegelpost.estates.kinds import MediaGroup
from siegelpost.estates.models import Estate
from siegelpost.office.models import Language

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("an_office_at_work")]

ENERGY = {
    "energy_certificate": "demand",
    "energy_building_use": "dwelling",
    "energy_value": Decimal("98.40"),
    "energy_class": "C",
    "energy_carrier": "gas",
}


def opened(estate: Estate, language: Language = Language.GERMAN) -> tuple[Dispatch, str]:
    """A dispatch whose gate is open, and its page."""
    dispatch = a_dispatch(estates=[estate], contact=a_contact(language=language), language=language)
    return dispatch, page_of(dispatch)


def page_of(dispatch: Dispatch) -> str:
    dispatch.state = DispatchState.OPEN
    return page_html(Shown.of(dispatch)).decode()


def with_pictures(estate: Estate) -> Estate:
    editor.add_media(estate, picture("blue"), name="haus.jpg", group=MediaGroup.COVER)
    editor.add_media(estate, picture("red"), name="a.jpg", group=MediaGroup.INTERIOR, title="Küche")
    editor.add_media(estate, picture("white"), name="plan.png", group=MediaGroup.FLOOR_PLAN)
    return estate


def test_price_comes_before_the_gallery_and_what_one_does_next_is_always_there() -> None:
    """With 22 photos the first figure stood after eight screens."""
    _, page = opened(with_pictures(an_estate()))
    main = page.partition("<main")[2]
    order = ('class="cover"', 'class="figures"', 'class="strip"', "Grundriss</h2>", "Lage</h2>", 'class="agent"')
    places = [main.index(one) for one in order]
    assert places == sorted(places)
    reach = main.partition('class="reach"')[2]
    assert [words in reach for words in ("Besichtigung anfragen", "Rückruf", "expose.pdf")] == [True] * 3
    assert main.count('loading="eager"') == 1


def test_no_picture_says_its_caption_twice_and_none_is_like_another() -> None:
    """Twenty-two pictures said "Picture of the property"; a title was caption and alternative text at once."""
    _, page = opened(with_pictures(an_estate()))
    alts = re.findall(r'<img\s[^>]*alt="([^"]*)"', page)
    assert alts == ["Bild 1 von 2", "Bild 1 von 2", "", "Bild 1 von 2", "", "Grundriss"]
    assert page.count("Küche</span>") == 1


def test_the_band_of_the_certificate_is_drawn_with_the_value_beside() -> None:
    estate = an_estate(**ENERGY, energy_primary=Decimal("112.5"))
    dispatch, page = opened(estate)
    svg = re.search(r"<svg class=\"energy-scale\".*?</svg>", page, re.DOTALL)
    assert svg
    drawing = ElementTree.fromstring(svg[0])  # noqa: S314 - our own
    said = [" ".join("".join(one.itertext()).split()) for one in drawing.iter() if one.tag in {"text", "title"}]
    assert said[0] == "Skala von A+ bis H: Endenergie 98,4 kWh/(m²·a), Klasse C"
    assert [one for one in said if one in {"A+", "A", "B", "C", "D", "E", "F", "G", "H"}] == [
        "A+", "A", "B", "C", "D", "E", "F", "G", "H"
    ]  # fmt: skip
    assert {"Endenergie 98,4", "Primärenergie 112,5"} <= set(said)
    chosen = next(one for one in drawing.iter("text") if "chosen" in one.get("class", ""))
    arrow = next(one for one in drawing.iter("text") if "Endenergie" in "".join(one.itertext()))
    assert abs(float(chosen.get("x", 0)) - float(arrow.get("x", 0))) < 20, "98.4 lies in class C"
    assert "Primärenergie" in page.partition("</svg>")[2], "the words say it, too"
    # What was frozen before has neither primary energy nor links, and is shown as it was.
    [old] = dispatch.content["estates"]
    del old["energy"]["primary"], old["links"], old["lang"]
    assert "Primärenergie 112,5" not in page_of(dispatch)


@pytest.mark.parametrize("value", ["0", "3.1", "274", "999"])
def test_the_arrow_stays_within_the_drawing(value: str) -> None:
    _, page = opened(an_estate(**ENERGY | {"energy_value": Decimal(value)}))
    for x in re.findall(r'class="value" x="([\d.]+)"', page):
        assert 6 <= float(x) <= 366


def test_links_say_where_they_lead_and_tell_nobody_where_one_was() -> None:
    estate = an_estate(
        video_url="https://www.youtube.com/watch?v=x",
        tour_url="https://my.matterport.com/show/?m=1&x=<",
        latitude=Decimal("48.7401"),
        longitude=Decimal("9.3050"),
    )
    _, page = opened(estate)
    away = re.findall(r"<a class=\"button second away\".*?</a>", page, re.DOTALL)
    assert len(away) == 3
    assert all('rel="noopener noreferrer"' in one and 'target="_blank"' in one for one in away)
    told = [re.sub(r"<[^>]+>", " ", one).split() for one in away]
    assert [one[-1] for one in told] == ["openstreetmap.org", "my.matterport.com", "www.youtube.com"]
    assert "mlat=48.7401&amp;mlon=9.3050" in away[0]
    assert "iframe" not in page


def test_without_a_street_the_map_shows_the_town_and_no_place() -> None:
    estate = an_estate(street="", house_no="", latitude=Decimal("48.7401"), longitude=Decimal("9.3050"))
    _, page = opened(estate)
    assert "48.7401" not in page
    assert "openstreetmap.org/search" in page


def test_what_the_office_wrote_is_marked_as_german_in_an_english_exposé() -> None:
    """The German exposé inside an English page was spoken as English."""
    _, page = opened(an_estate(description="Helle Räume."), Language.ENGLISH)
    assert '<h1 lang="de">' in page
    assert re.search(r'<div class="prose" lang="de"[^>]*>Helle Räume', page)

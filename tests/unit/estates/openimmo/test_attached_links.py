"""Films and walks through the rooms, as programs write them into OpenImmo: which link is which, and what is none."""

from pathlib import Path

import pytest
from tests.unit.estates.transfers import attachment, attachments, estate, write_xml

from siegelpost.estates.openimmo.messages import Key
from siegelpost.estates.openimmo.reader import read
from siegelpost.estates.openimmo.values import Links, Property

TOUR, FILM = "https://my.matterport.com/show/?m=a1", "https://youtu.be/a1"


def property_with(folder: Path, *items: str) -> Property:
    path = write_xml(folder, estate(inner=attachments(*items)))
    (found,) = read(path).deliveries[0].properties
    assert isinstance(found, Property)
    assert found.attachments == ()
    return found


def links_of(folder: Path, *items: str) -> Links:
    return property_with(folder, *items).links


@pytest.mark.parametrize(
    ("group", "title", "path", "expected"),
    [
        ("FILMLINK", "", FILM, Links(video_url=FILM)),
        ("FILM", "Rundgang", FILM, Links(tour_url=FILM)),
        ("LINKS", "360° Tour", "https://a.example/1", Links(tour_url="https://a.example/1")),
        ("LINKS", "", TOUR, Links(tour_url=TOUR)),
        ("links", "Objektvideo", "http://a.example/v", Links(video_url="http://a.example/v")),
        ("LINKS", FILM, "", Links(video_url=FILM)),
        ("ANBOBJURL", "", "https://a.example/objekt/1", Links()),
        ("LINKS", "Grundbuchamt", "https://a.example/", Links()),
        *(
            ("FILMLINK", "", path, Links())
            for path in ("film.mp4", "javascript:alert(1)", "https://", "https://a", "https://x@a.example/", "http://[")
        ),
        ("FILMLINK", "", "https://a.example/" + "x" * 500, Links()),
        ("FILMLINK", "", 'https://a.example/"><script>', Links()),
    ],
)
def test_a_link_is_taken_for_what_it_is(tmp_path: Path, group: str, title: str, path: str, expected: Links) -> None:
    """Links to films and walks were read past, and the prospect never heard of them."""
    assert links_of(tmp_path, attachment(path, group, title)) == expected


def test_the_first_of_each_counts(tmp_path: Path) -> None:
    found = links_of(tmp_path, attachment(FILM, "FILMLINK"), attachment(TOUR, "LINKS"), attachment(FILM + "2", "FILM"))
    assert found == Links(video_url=FILM, tour_url=TOUR)


def test_what_is_linked_and_not_taken_is_said(tmp_path: Path) -> None:
    """A film behind an address that is none was left out, and nobody knew why the exposé had none."""
    found = property_with(
        tmp_path,
        *(attachment(FILM, "FILMLINK"), attachment(FILM, "FILM"), attachment(FILM + "2", "FILM")),
        *(attachment("film.mp4", "FILMLINK"), attachment("https://a.example/objekt/1", "ANBOBJURL")),
        *(attachment("https://a.example/lage", "LINKS"), attachment("", "LINKS")),
    )
    keys = {Key.LINK_REFUSED, Key.LINK_LEFT}
    assert [(one.key, one.values[0][1]) for one in found.notices if one.key in keys] == [
        (Key.LINK_LEFT, FILM + "2"),
        (Key.LINK_REFUSED, "film.mp4"),
        (Key.LINK_LEFT, "https://a.example/lage"),
    ]

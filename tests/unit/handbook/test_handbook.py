"""The manual: whole in both languages, in the interface's own words, with a page for each page of the office."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from django.test import Client
from django.urls import reverse
from tests.support.every_page import FILE, NO_PAGE, PART, SENT
from tests.support.handbook import Act, Deed, said_outside_of_steps, walks_of
from tests.support.office import an_agent, an_office
from tools import handbook_doc, messages

from siegelpost.handbook import search
from siegelpost.handbook.pages import FOLDER, OFFICE_PAGE, PICTURES, links_of, page_of, pictures_of, source_of
from siegelpost.handbook.topics import BY_SLUG, TOPICS, Topic, topic_for
from siegelpost.toolbox.words import LANGUAGES, Language
from siegelpost.web.office.urls import PAGES

ROOT = Path(__file__).parents[3]
EVERY = [(topic, language) for topic in TOPICS for language in LANGUAGES]
MOST_LINES, MOST_BYTES, MOST_OUTSIDE = 60, 2 * 2**20, 11
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]")
every_page_of_the_manual = pytest.mark.parametrize(
    ("topic", "language"), EVERY, ids=[f"{topic.slug}-{language}" for topic, language in EVERY]
)


def acts(topic: Topic, language: Language, *deeds: Deed) -> list[Act]:
    return [
        act
        for walk in walks_of(page_of(topic, language), language)
        for act in walk.acts
        if not deeds or act.deed in deeds
    ]


def _texts(message: Message) -> Iterator[tuple[str, str]]:
    german = message.id if isinstance(message.id, list | tuple) else (message.id,)
    english = message.string if isinstance(message.string, list | tuple) else (message.string or "",)
    return zip(german, english, strict=True)


CATALOGUE = [pair for message in messages.load() if message.id for pair in _texts(message)]
ENGLISH: dict[str, set[str]] = {}
for _german, _english in CATALOGUE:
    ENGLISH.setdefault(_german, set()).add(_english)
PATTERNS = [
    (re.compile("(.+)".join(map(re.escape, PLACE.split(german)))), english)
    for german, english in CATALOGUE
    if PLACE.search(german) and len(PLACE.sub("", german).strip()) > 4
]


def english_of(label: str) -> set[str]:
    """How the interface says it in English; nothing where no text of the interface is this."""
    found = set(ENGLISH.get(label, ()))
    for pattern, english in PATTERNS:
        if values := pattern.fullmatch(label):
            pieces = iter(values.groups())
            found.add(PLACE.sub(lambda _, pieces=pieces: next(pieces), english))  # type: ignore[misc]  # bound at once
    return found


def parts_of_english(words: str) -> list[str]:
    """The English texts of all German ones in which these words stand."""
    return [english for german, english in CATALOGUE if words in german]


def test_each_page_is_there_in_both_languages_and_no_other() -> None:
    for language in LANGUAGES:
        assert {path.stem for path in (FOLDER / language).iterdir()} == set(BY_SLUG)


def test_each_page_of_the_office_has_one_that_fits() -> None:
    """One tap from each page of the office is the help for it."""
    shown = {page.name for page in PAGES if NO_PAGE.get(page.name) not in {FILE, PART, SENT}}
    of_its_own = {"help", "help_whole", "help_page"}
    assert sorted(name for name in shown - of_its_own if topic_for(name) is None) == []
    named = [name for topic in TOPICS for name in topic.pages]
    assert len(named) == len(set(named))
    assert set(named) <= {page.name for page in PAGES}


@every_page_of_the_manual
def test_a_page_is_short_and_all_that_it_names_is_there(topic: Topic, language: Language) -> None:
    page, names = page_of(topic, language), {one.name for one in PAGES}
    assert len(source_of(topic, language).read_text().splitlines()) <= MOST_LINES
    assert said_outside_of_steps(page) == [], "what is bold is walked"
    for link in links_of(page):
        known = names if link.startswith(OFFICE_PAGE) else {f"{slug}.md" for slug in BY_SLUG}
        assert link.removeprefix(OFFICE_PAGE) in known
        if link.startswith(OFFICE_PAGE):
            assert reverse(link.removeprefix(OFFICE_PAGE))
    pictures = list(pictures_of(page))
    assert 1 <= len(pictures) <= 3
    for name, said in pictures:
        assert (PICTURES / name).is_file()
        assert len(said) > 10


def test_the_pictures_are_small_and_none_is_left_over() -> None:
    named = {name for topic, language in EVERY for name, _ in pictures_of(page_of(topic, language))}
    assert {path.name for path in PICTURES.iterdir()} == named
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) <= MOST_BYTES


@pytest.mark.parametrize("topic", TOPICS, ids=[topic.slug for topic in TOPICS])
def test_what_is_tapped_is_called_as_in_the_interface_in_both_languages(topic: Topic) -> None:
    deeds = (Deed.TAP, Deed.FILL)
    german, english = ([one.words for one in acts(topic, language, *deeds)] for language in LANGUAGES)
    assert [(one, other) for one, other in zip(german, english, strict=True) if other not in english_of(one)] == []
    seen, seen_in_english = ([one.words for one in acts(topic, language, Deed.SEE)] for language in LANGUAGES)
    wrong = [
        (one, other)
        for one, other in zip(seen, seen_in_english, strict=True)
        if not any(other in text for text in parts_of_english(one))
    ]
    assert wrong == []


@pytest.mark.parametrize("topic", TOPICS, ids=[topic.slug for topic in TOPICS])
def test_both_languages_ask_for_the_same(topic: Topic) -> None:
    """What is said in one alone would be walked in one alone."""
    shapes = [
        [
            (walk.steps, walk.outside, [(act.deed, act.words if act.deed == Deed.OPEN else "") for act in walk.acts])
            for walk in walks_of(page_of(topic, language), language)
        ]
        for language in LANGUAGES
    ]
    assert shapes[0] == shapes[1]


def test_few_steps_lead_out_of_the_browser() -> None:
    for language in LANGUAGES:
        outside = sum(walk.outside for topic in TOPICS for walk in walks_of(page_of(topic, language), language))
        assert outside <= MOST_OUTSIDE


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("RUECKLÄUFER", "mail-account"),
        ("mail kam zuruck", "bounce"),
        ("Einschreiben Beleg", "registered-mail"),
        ("passkey", "sign-in"),
    ],
)
def test_pages_are_found_by_beginnings_of_words(query: str, slug: str) -> None:
    found = [page.topic.slug for page in search.find(query, "de")]
    assert found[:1] == [slug]


def test_nothing_asked_for_is_nothing_found() -> None:
    assert search.find(" … ", "de") == []


def test_the_contents_in_the_docs_are_those_of_the_manual() -> None:
    assert (ROOT / "docs/handbuch/README.md").read_text() == handbook_doc.page(), "run: make docs"


@pytest.mark.django_db
def test_pages_are_shown_to_whoever_is_in_and_to_whoever_is_not() -> None:
    an_office()
    client = Client()
    for signed_in in (False, True):
        if signed_in:
            client.force_login(an_agent())
        contents = client.get("/help/", {"q": "zurückgezogen"}, secure=True).content.decode()
        assert 'href="/help/send-expose/"' in contents.partition("Für Maklerinnen")[0]
        page = client.get("/help/bounce/", secure=True).content.decode()
        assert page.count("<h1>") == 1
        assert '<a href="/">Heute</a>' in page
        assert "<strong>Jetzt senden</strong>" in page
        whole = client.get("/help/all/", secure=True).content.decode()
        assert whole.count('<article class="card manual"') == len(TOPICS)
        assert client.get("/help/pictures/bounce-de.webp", secure=True)["Content-Type"] == "image/webp"
        for nowhere in ("/help/nowhere/", "/help/pictures/..%2Fde%2Fbounce.md"):
            assert client.get(nowhere, secure=True).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "slug"), [("/", "today"), ("/send/", "send-expose"), ("/certificate/handover/", "certificate")]
)
def test_help_is_one_tap_from_the_page(address: str, slug: str) -> None:
    an_office()
    client = Client()
    client.force_login(an_agent(role="administrator", password="vier Wörter sind genug"))
    assert f'href="/help/{slug}/"' in client.get(address, secure=True).content.decode()


@pytest.mark.django_db
def test_help_is_one_tap_from_the_sign_in() -> None:
    an_office()
    assert 'href="/help/sign-in/"' in Client().get("/account/login/", secure=True).content.decode()

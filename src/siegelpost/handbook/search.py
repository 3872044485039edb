"""Finding pages of the manual by the beginnings of words, upper case, umlauts and accents aside."""

from functools import cache

from siegelpost.handbook.pages import ManualPage, page_of
from siegelpost.handbook.topics import TOPICS, Topic
from siegelpost.toolbox.folding import fold
from siegelpost.toolbox.words import Language


def find(query: str, language: Language) -> list[ManualPage]:
    """The pages in which every word of ``query`` begins a word; those first whose title has one of them."""
    wanted = fold(query).split()
    found = [topic for topic in TOPICS if wanted and _begins_all(_folded(topic, language), wanted)]
    pages = [page_of(topic, language) for topic in found]
    return sorted(pages, key=lambda page: not any(_begins_all(fold(page.title), [word]) for word in wanted))


@cache
def _folded(topic: Topic, language: Language) -> str:
    return fold(page_of(topic, language).words)


def _begins_all(folded: str, wanted: list[str]) -> bool:
    return all(f" {word}" in f" {folded}" for word in wanted)

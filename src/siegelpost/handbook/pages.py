"""A page of the manual as HTML and as words, read from its Markdown once."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from PIL import Image

from siegelpost.handbook.topics import Topic
from siegelpost.toolbox.words import Language

FOLDER = Path(__file__).parent / "texts"
PICTURES = FOLDER / "pictures"
# A link to a page of the office names it: ``page:settings_people``.
OFFICE_PAGE = "page:"
_OTHER_TOPIC = re.compile(r"^([a-z-]+)\.md$")
_PICTURE = re.compile(r"^\.\./pictures/([a-z0-9-]+\.webp)$")
# HTML within the Markdown is shown as text.
READER = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where things are: a page of the office by its name, a page of the manual and a picture by theirs."""

    office: Callable[[str], str]
    manual: Callable[[str], str]
    picture: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class ManualPage:
    """A page of the manual in one language.

    Args:
        intro: its first paragraph, without markup.
        words: all its text, without markup.
        tokens: its content below the title.
    """

    topic: Topic
    title: str
    intro: str
    words: str
    tokens: tuple[Token, ...]

    def html(self, addresses: Addresses, *, among_others: bool = False) -> str:
        """Its content below the title, with links that lead where ``addresses`` says.

        Args:
            among_others: its title is a heading below another's, and so its own headings stand one lower.
        """
        tokens = [_led(token, addresses) for token in self.tokens]
        if among_others:
            tokens = [token.copy(tag="h3") if token.tag == "h2" else token for token in tokens]
        return str(READER.renderer.render(tokens, READER.options, {}))


def source_of(topic: Topic, language: Language) -> Path:
    """The Markdown of a page."""
    return FOLDER / language / f"{topic.slug}.md"


@cache
def page_of(topic: Topic, language: Language) -> ManualPage:
    """A page of the manual; its first line is its title."""
    tokens = READER.parse(source_of(topic, language).read_text())
    title, intro, *rest = (plain(token) for token in tokens if token.type == "inline")
    return ManualPage(topic, title, intro, "\n".join((title, intro, *rest)), tuple(tokens[3:]))


def plain(token: Token) -> str:
    """What an inline token says, without its markup; of a picture its alternative text."""
    return "".join(" " if one.type == "softbreak" else one.content for one in token.children or ())


def _led(token: Token, addresses: Addresses) -> Token:
    """The token with its links and pictures turned to addresses of this server."""
    if token.type == "inline":
        return token.copy(children=[_led(child, addresses) for child in token.children or ()])
    if token.type == "link_open":
        return token.copy(attrs={"href": _target(str(token.attrs["href"]), addresses)})
    if token.type == "image":
        name = picture_name(str(token.attrs["src"]))
        width, height = size_of(name)
        shown = {"src": addresses.picture(name), "alt": "", "width": width, "height": height, "loading": "lazy"}
        return token.copy(attrs=shown)
    return token


def _target(link: str, addresses: Addresses) -> str:
    if link.startswith(OFFICE_PAGE):
        return addresses.office(link.removeprefix(OFFICE_PAGE))
    if other := _OTHER_TOPIC.match(link):
        return addresses.manual(other[1])
    return link


def picture_name(source: str) -> str:
    """The file's name of a picture, as the Markdown names it by a path.

    Raises:
        ValueError: it lies elsewhere.
    """
    found = _PICTURE.match(source)
    if not found:
        raise ValueError(f"{source!r} is no picture of the manual")
    return found[1]


@cache
def size_of(name: str) -> tuple[int, int]:
    """Width and height of a picture, so that the page does not move when it arrives."""
    with Image.open(PICTURES / name) as image:
        return image.size


def links_of(page: ManualPage) -> Iterator[str]:
    """Every link of a page as its Markdown has it."""
    for token in page.tokens:
        for child in token.children or ():
            if child.type == "link_open":
                yield str(child.attrs["href"])


def pictures_of(page: ManualPage) -> Iterator[tuple[str, str]]:
    """The name and the alternative text of each picture of a page."""
    for token in page.tokens:
        for child in token.children or ():
            if child.type == "image":
                yield picture_name(str(child.attrs["src"])), child.content

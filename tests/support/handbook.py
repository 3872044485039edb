"""The manual as somebody follows it: what each numbered step asks to do, and a phone that does it.

In a step, a link opens a page, **bold** is tapped, **bold** before ``code`` is a field and what is filled in, ``code``
alone is tapped (☑ ticked, ☐ unticked), *italic* is to be seen; what is bold after it is looked for in its row first. A
command is run. A step that begins with :data:`OUTSIDE` happens elsewhere: only what it says is seen is looked for.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

from django.urls import reverse
from markdown_it.token import Token
from playwright.sync_api import Download, Locator, Page, expect
from playwright.sync_api import Error as BrowserError
from tests.support.waiting import until

from siegelpost.handbook.pages import OFFICE_PAGE, ManualPage, picture_name

OUTSIDE = {"de": "Außerhalb von Siegelpost:", "en": "Outside Siegelpost:"}
TICKED, UNTICKED = "☑ ", "☐ "
TAPPED = "a, button, summary"


class Deed(StrEnum):
    """What a part of a step asks for."""

    OPEN = "open"
    TAP = "tap"
    FILL = "fill"
    TAP_EXAMPLE = "tap example"
    SEE = "see"
    RUN = "run"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do: with what, what is filled in, in the row of which words."""

    deed: Deed
    words: str
    value: str = ""
    row: str = ""


@dataclass(slots=True)
class Walk:
    """The steps of one section, from its heading to the next; ``outside``: those that happen elsewhere."""

    title: str
    acts: list[Act] = field(default_factory=list)
    steps: int = 0
    outside: int = 0


def walks_of(page: ManualPage, language: str) -> list[Walk]:
    """The sections of a page that have steps."""
    walks, depth = [Walk(page.title)], 0
    for before, token in zip((None, *page.tokens), page.tokens, strict=False):
        if token.type == "inline" and before is not None and before.type == "heading_open":
            walks.append(Walk(token.content))
        elif token.type in ("ordered_list_open", "ordered_list_close"):
            depth += 1 if token.type.endswith("open") else -1
        elif token.type == "list_item_open" and depth:
            walks[-1].steps += 1
        elif token.type == "inline":
            walks[-1].acts += _pictures(token)
            if depth:
                elsewhere = token.content.startswith(OUTSIDE[language])
                walks[-1].outside += elsewhere
                walks[-1].acts += [one for one in _acts(token) if not elsewhere or one.deed == Deed.SEE]
        elif token.type == "fence" and depth:
            walks[-1].acts += [Act(Deed.RUN, line) for line in token.content.splitlines()]
    return [walk for walk in walks if walk.steps]


def said_outside_of_steps(page: ManualPage) -> list[str]:
    """What is bold where nothing walks it."""
    found, depth = [], 0
    for token in page.tokens:
        if token.type in ("ordered_list_open", "ordered_list_close"):
            depth += 1 if token.type.endswith("open") else -1
        elif token.type == "inline" and not depth:
            found += [words for kind, words in _pieces(token) if kind == "strong"]
    return found


def _pictures(token: Token) -> Iterator[Act]:
    for child in token.children or ():
        if child.type == "image":
            yield Act(Deed.PICTURE, picture_name(str(child.attrs["src"])))


def _pieces(token: Token) -> Iterator[tuple[str, str]]:
    """Each marked piece of a step: how it is marked, and what it says; of a link where it leads."""
    marked: dict[str, list[str]] = {}
    for child in token.children or ():
        if child.type == "link_open" and str(child.attrs["href"]).startswith(OFFICE_PAGE):
            yield "link", str(child.attrs["href"])
        elif child.type == "code_inline":
            yield "code", child.content
        elif child.type in ("strong_open", "em_open"):
            marked[child.type.removesuffix("_open")] = []
        elif child.type in ("strong_close", "em_close"):
            yield child.type.removesuffix("_close"), "".join(marked.pop(child.type.removesuffix("_close")))
        else:
            for words in marked.values():
                words.append(" " if child.type == "softbreak" else child.content)


def _acts(token: Token) -> Iterator[Act]:
    pieces, row = list(_pieces(token)), ""
    for (kind, words), after in zip(pieces, [*pieces[1:], ("", "")], strict=False):
        if kind == "link":
            yield Act(Deed.OPEN, words)
        elif kind == "em":
            row = words
            yield Act(Deed.SEE, words)
        elif kind == "strong":
            filled = after[1] if after[0] == "code" else ""
            yield Act(Deed.FILL if filled else Deed.TAP, words, filled, row)
        elif kind == "code" and (kind, words) not in _values(pieces):
            yield Act(Deed.TAP_EXAMPLE, words)


def _values(pieces: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What is filled in: code right after something bold."""
    return [after for (kind, _), after in pairwise(pieces) if (kind, after[0]) == ("strong", "code")]


class Reader:
    """Somebody with the manual in one hand and the office in the other, on one page at a time."""

    def __init__(self, page: Page, file: Callable[[str], Path], password: str) -> None:
        self.page, self._file, self._password = page, file, password
        self.downloads: list[Download] = []
        self._written: list[str] = []
        page.on("download", lambda download: self.downloads.append(download))

    def does(self, act: Act, manual: str) -> None:
        """Do what a step says in the browser; links are followed from the page of the manual at this address."""
        match act.deed:
            case Deed.OPEN:
                self.page.goto(manual)
                self._written = []
                address = reverse(act.words.removeprefix(OFFICE_PAGE))
                self._click(self.page.locator(f'.manual a[href="{address}"]').first)
            case Deed.TAP:
                self._tap(act.words, act.row)
            case Deed.TAP_EXAMPLE:
                self._tap_example(act.words)
            case Deed.FILL:
                self._fill(act.words, act.value)
            case Deed.SEE:
                seen = self.page.get_by_text(act.words).locator("visible=true")
                expect(seen.first).to_be_visible()
            case _:
                raise AssertionError(f"{act.deed} is not for a browser")

    def _tap(self, words: str, row: str) -> None:
        exactly = re.compile(rf"^\s*{_quoted(words)}\s*$")
        rows = self.page.locator("li").filter(has_text=row) if row else self.page.locator("body")
        places = [rows, self.page.locator("body")] if row and rows.count() else [self.page.locator("body")]
        ways: list[Locator] = []
        for place in places:
            ways += [
                place.locator(TAPPED).filter(has_text=exactly),
                *(place.get_by_role(role, name=words, exact=True) for role in ("link", "button", "checkbox", "radio")),
                *(place.get_by_role(role, name=re.compile(rf"^{_quoted(words)}")) for role in ("radio", "checkbox")),
                *(
                    place.get_by_role(role, name=re.compile(rf"^{_quoted(words)}|{_quoted(words)}$"))
                    for role in ("link", "button")
                ),
            ]
        found = self._first(ways, words)
        if found.get_attribute("type") in ("checkbox", "radio"):
            found.check()
        else:
            self._click(found)

    def _tap_example(self, words: str) -> None:
        for mark in (TICKED, UNTICKED):
            if words.startswith(mark):
                box = self.page.get_by_role("checkbox", name=words.removeprefix(mark)).first
                box.set_checked(mark == TICKED)
                return
        self._click(self._first([self.page.locator("main").get_by_role("link").filter(has_text=words)], words))

    def _fill(self, words: str, value: str) -> None:
        label = re.compile(rf"^\s*{_quoted(words)}(\s*\*)?\s*$")
        found = self._first([self.page.get_by_label(label)], words, shown=False)
        kind = found.evaluate("field => field.type")
        if kind == "file":
            found.set_input_files(self._file(value))
        elif kind.startswith("select"):
            options = found.locator("option").all_text_contents()
            found.select_option(index=next(place for place, one in enumerate(options) if value in one))
        else:
            found.fill(value)
            self._written.append(value)

    def _first(self, ways: list[Locator], words: str, *, shown: bool = True) -> Locator:
        """The first that is there, in the order of the ways, once one of them is."""
        seen = [way.locator("visible=true") if shown else way for way in ways]
        anything = seen[0]
        for way in seen[1:]:
            anything = anything.or_(way)
        expect(anything.first, f"{words!r} is nowhere on {self.page.url}").to_be_attached()
        return next(way.first for way in seen if way.count())

    def _click(self, found: Locator) -> None:
        """Click, and wait for the page it leads to, or the file."""
        if found.evaluate("one => one.closest('.send-bar') !== null"):
            for written in self._written:  # only what the preview shows is sent
                expect(self.page.locator("#preview")).to_contain_text(written)
        leads_away, had = found.evaluate(LEADS_AWAY), len(self.downloads)
        self.page.evaluate("() => { window.before = true; }")
        found.click()
        if leads_away:
            self._written = []
            until(lambda: len(self.downloads) > had or self._is_another(), forgive=(BrowserError,))
            for download in self.downloads[had:]:
                download.path()  # whole, before anything else is opened
            self.page.wait_for_load_state()
            self._confirm()

    def _confirm(self) -> None:
        """Give the password once more where it is asked for: that depends on how long ago it was given."""
        if reverse("account_reauthenticate") in self.page.url:
            self.page.locator("input[name=password]").fill(self._password)
            self.page.locator("form:has(input[name=password]) button").first.click()
            self.page.wait_for_url(lambda address: reverse("account_reauthenticate") not in address)

    def _is_another(self) -> bool:
        """Whether the page is no longer the one that was marked."""
        return not self.page.evaluate("() => window.before")


def _quoted(words: str) -> str:
    """For a pattern; Playwright writes a slash into a selector as it is, where it would end the pattern."""
    return re.escape(words).replace("/", r"\/")


# Whether a click on it leads to another page or to a file; what htmx sends does not.
LEADS_AWAY = """one => one.tagName === "A" || one.type === "submit"
    && (one.closest("form.letter-form") !== null || !one.closest("[hx-post], [hx-get]"))"""

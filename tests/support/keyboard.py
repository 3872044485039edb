"""Somebody at a device who uses nothing but the keyboard: both sizes, both languages, with scripts and without."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Self, TypeVar

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.support import by_keys
from tests.support.browsing import OpenPage, Shot, axe
from tests.support.desk import Scene

MOST_TABS = 90
GONE_THROUGH: set[tuple["Way", str]] = set()


@dataclass(frozen=True)
class Way:
    """How somebody comes."""

    language: str
    device: str
    scripts: bool

    def __call__(self, german: str, english: str) -> str:
        """What stands on the page in this language."""
        return english if self.language == "en" else german

    @property
    def name(self) -> str:
        """For pictures; who comes without scripts comes in the dark."""
        return f"{self.language}-{self.device}{'' if self.scripts else '-dark'}"

    @property
    def opposite(self) -> "Way":
        """The one that has nothing in common with this one."""
        languages, devices = {"de": "en", "en": "de"}, {"phone": "desktop", "desktop": "phone"}
        return Way(languages[self.language], devices[self.device], not self.scripts)


EVERY = tuple(Way(*each) for each in product(["de", "en"], ["phone", "desktop"], [True, False]))
# Two opposites show a line at each size, in each language, with scripts and without; the pairs take turns.
PAIRS = tuple((way, way.opposite) for way in EVERY[:4])


@dataclass
class Person:
    """Somebody at a device."""

    page: Page
    way: Way
    take: Shot

    @classmethod
    def comes(cls, way: Way, open_page: OpenPage, shot: Shot) -> Self:
        """Take the device, in a window that nobody used before."""
        dark = cls.in_the_dark(way)
        return cls(open_page(way.device, language=way.language, javascript=way.scripts, dark=dark), way, shot)

    @staticmethod
    def in_the_dark(way: Way) -> bool:
        """Whether the device is set to dark colours."""
        return not way.scripts

    def goes_to(self, target: Locator) -> None:
        """Press Tab until the target is focused."""
        expect(target).to_have_count(1)
        for _ in range(MOST_TABS):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"the keyboard does not get to {target}")

    def presses(self, german: str, english: str, role: str = "button") -> None:
        """Press the button, or follow the link, of this name; the first, where a page has it above and below."""
        name = self.way(german, english)
        self.enters(self.page.get_by_role(role, name=name, exact=True).first)  # type: ignore[arg-type]  # one of the roles

    def enters(self, target: Locator) -> None:
        """Go there and press Enter."""
        self.goes_to(target)
        self.page.keyboard.press("Enter")

    def types(self, field: str, text: str) -> None:
        """Type into the field, over what stands there."""
        self.goes_to(self.page.locator(f"[name={field}]"))
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def ticks(self, box: str, within: str = "") -> None:
        """Tick the box, of that form where several have one."""
        self.goes_to(self.page.locator(f"{within} input[name={box}]"))
        self.page.keyboard.press("Space")

    def opens(self, address: str) -> None:
        """Go there, and look."""
        self.page.goto(address)
        self.looks()

    def sees(self, german: str, english: str) -> None:
        """The heading says this, and nothing is wrong with the page."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(self.way(german, english))
        self.looks()

    def sees_exposés(self, number: int = 1) -> None:
        """So many properties are open."""
        expect(self.page.locator("article.expose")).to_have_count(number)
        self.looks()

    def looks(self) -> None:
        """Nothing is wider than the screen, nothing is kept on the device, and axe finds nothing."""
        width = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert width[0] <= width[1], self.page.url
        assert self.page.context.cookies() == []
        expect(self.page.locator("html")).to_have_attribute("lang", self.way.language)
        if self.way.scripts:
            axe(self.page)
            self.goes_through()

    def goes_through(self) -> None:
        """Nothing that is focused on this page is covered, at this size and at 400 %; once for each page and way."""
        page = (self.way, self.page.title())
        if page in GONE_THROUGH:
            return
        GONE_THROUGH.add(page)
        own = by_keys.OF_DEVICE[self.way.device]
        wrong = [one for window in (own, by_keys.ZOOMED) for one in by_keys.goes_through(self.page, window)]
        by_keys.look_through(self.page, own)
        assert not wrong, f"{self.page.url}: {wrong}"

    def shot(self, name: str, *, full: bool = False) -> None:
        """A picture for the docs, where they are wanted."""
        self.take(self.page, f"recipient-{name}-{self.way.name}", full=full)


SceneT = TypeVar("SceneT", bound=Scene)
PersonT = TypeVar("PersonT", bound=Person)


def walk(
    lines: Sequence[Callable[[SceneT, PersonT], None]],
    scene: SceneT,
    who: type[PersonT],
    open_page: OpenPage,
    shot: Shot,
    *,
    every: bool,
) -> None:
    """Walk through each line, in every way or in two opposite ones.

    In one served office: setting it up costs more than the way.
    """
    for number, line in enumerate(lines):
        for way in EVERY if every else PAIRS[number % len(PAIRS)]:
            person = who.comes(way, open_page, shot)
            scene.ask("forget_counts")
            try:
                line(scene, person)
            except BaseException as error:
                error.add_note(f"{line.__name__}: {way}\n{scene.server.log[-2000:]}")
                raise
            person.page.context.close()

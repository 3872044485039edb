"""Style sheets, judged by the browser, which drops what it does not understand; nothing is styled that is not there.

A linter knows the properties of its day; the browser knows its own.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

SOURCE = Path(__file__).parent.parent / "src" / "siegelpost"
SHEETS = sorted((SOURCE / "web" / "static").glob("*.css"))
BLOCK = re.compile(r"([^{};]*)\{([^{}]*)\}")
CLASS = re.compile(r"\.([a-zA-Z][\w-]*)")
# Of other makers' browsers, or of browsers to come; Chromium does not know them.
ELSEWHERE = re.compile("::-moz-|::-webkit-details-marker|^line-clamp:")
# Put together where they are used, or set by htmx.
OTHERWISE = re.compile("class-[1-9]$|htmx-request$")


def rules(text: str) -> Iterator[tuple[str, str]]:
    """Selector and body of each rule, those within ``@media`` too."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    for found in BLOCK.finditer(text):
        yield found[1].strip(), found[2]


def conditions(text: str) -> list[str]:
    """What is asked behind ``@media``; of what is not known, neither it nor its opposite is true."""
    asked = re.findall(r"@media\s+([^{]+?)\s*\{", text)
    return [each for one in asked for each in one.split(", ") if "(" in each]


def declarations(body: str) -> list[list[str]]:
    """Pairs of a property and its value."""
    pairs = [re.sub(r"\s*!important\s*$", "", each).strip() for each in body.split(";")]
    return [[part.strip() for part in each.partition(":")[::2]] for each in pairs if each]


def not_understood(chromium: Browser, text: str) -> list[str]:
    """Selectors, declarations and conditions that the browser would drop."""
    page = chromium.new_page()
    selectors = [selector for selector, _ in rules(text)]
    given = [pair for _, body in rules(text) for pair in declarations(body) if not pair[0].startswith("--")]
    wrong: list[str] = page.evaluate(
        """([selectors, given, conditions]) => {
            const isRefused = (selector) => { try { document.querySelector(selector); } catch { return true; } };
            return [
                ...selectors.filter(isRefused),
                ...given.filter(([name, value]) => !CSS.supports(name, value)).map((pair) => pair.join(": ")),
                ...conditions.filter((one) => !matchMedia(one).matches && !matchMedia(`not (${one})`).matches),
            ];
        }""",
        [selectors, given, conditions(text)],
    )
    page.close()
    return [each for each in wrong if not ELSEWHERE.search(each)]


@pytest.mark.browser
@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_the_browser_understands_every_line(sheet: Path, chromium: Browser) -> None:
    assert not_understood(chromium, sheet.read_text()) == []


@pytest.mark.browser
def test_what_it_does_not_understand_is_told(chromium: Browser) -> None:
    sheet = "a:hoover, p { colour: red; color: redd; margin: 0 }\n@media (min-wide: 1px) { p { top: 0 } }"
    assert not_understood(chromium, sheet) == ["a:hoover, p", "colour: red", "color: redd", "(min-wide: 1px)"]


def test_every_class_that_is_styled_is_used() -> None:
    used = "\n".join(path.read_text() for suffix in ("html", "js", "py") for path in SOURCE.rglob(f"*.{suffix}"))
    styled = {name for sheet in SHEETS for selector, _ in rules(sheet.read_text()) for name in CLASS.findall(selector)}
    assert styled
    styled = {name for name in styled if not OTHERWISE.match(name)}
    assert sorted(name for name in styled if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", used)) == []

"""A page as it is heard: every role, name and message of its accessibility tree, in order, kept as a text.

The files lie in ``tests/golden/spoken``, one for a page and a language. Where a page is meant to change,
``pytest -n0 tests/journeys/test_every_page.py -k at_work --write-golden`` writes them anew; the difference is what to
review. What is another in each run is written as what it is (:func:`tests.test_golden.settled`).
"""

import difflib
import re
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page
from tests.test_golden import settled

FOLDER = Path(__file__).parents[1] / "golden" / "spoken"
# Whether somebody has a finger or a mouse is no matter of the page: neither of the two words is heard.
SAME_FOR_ALL = (
    """() => document.querySelectorAll(".only-touch, .only-mouse").forEach((one) => { one.hidden = true; })"""
)
# Where a link leads stands in the page; the navigation and the way to the manual are the same on each.
UNHEARD = re.compile(r"^\s*- /(?:url|placeholder): .*\n", re.MULTILINE)
NAVIGATION = re.compile(r"^( *)- navigation \"(?:Bereiche|Areas|Sections|Hilfe|Help)\":\n(?:\1 .*\n)*", re.MULTILINE)
# What the house's own clock and chance say, beside what every golden file leaves out.
ALSO = (
    (re.compile(r"(?<=:)\d{4,5}\b|(?<=[Pp]ort )\d{4,5}\b"), "<port>"),
    (re.compile(r"\b(onoffice)-[a-z0-9]{5}\b"), r"\1-<chance>"),
    (re.compile(r"(?<= )/\S+/(?=data/)"), "<folder>/"),
    (re.compile(r"\b\d+ ms\b"), "<while>"),
    (re.compile(r"\b[A-Z2-7]{32}\b|\b\d{8}\b"), "<secret>"),
    (re.compile(r"<weekday>,? \d{1,2}\.? \w+|\b\d{1,2} \w{3,4} \d{4}\b"), "<day>"),
    (re.compile(r"(?:<weekday>,? )?(?:<day>|\b(?:heute|(?:vor)?gestern|today|yesterday)\b),? <time>"), "<moment>"),
    (re.compile(r"\b[0-9A-F]{2}(?::[0-9A-F]{2}){7,}\b"), "<fingerprint>"),
    (re.compile(r"\b\d+ (?:Sekunden?|Minuten?|Stunden?|seconds?|minutes?|hours?)\b"), "<while>"),
    (re.compile(r"(?<=noch )\d+ Tage|(?<=another )\d+ days"), "<days>"),
)
# Of these, what else goes on in the office decides what is there: they are seen, and not kept word for word.
MOVING: frozenset[str] = frozenset()


def heard(page: Page) -> str:
    """The page from its top to its end."""
    page.evaluate(SAME_FOR_ALL)
    text = NAVIGATION.sub("", UNHEARD.sub("", page.locator("body").aria_snapshot() + "\n"))
    return without_chance(settled(text))


def without_chance(text: str) -> str:
    """The text without what the office's clock and chance say."""
    for pattern, said in ALSO:
        text = pattern.sub(said, text)
    return text


def differences(page: Page, name: str, language: str, *, write: bool) -> Iterator[str]:
    """What is heard now and was not, or is not heard any more; with ``write`` it is kept as it is now."""
    if name in MOVING:
        return
    file, now = FOLDER / language / f"{name}.txt", heard(page)
    if write:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(now)
        return
    kept = file.read_text() if file.exists() else ""
    lines = difflib.unified_diff(kept.splitlines(), now.splitlines(), "kept", "heard now", lineterm="", n=0)
    if differing := [line[:200] for line in lines][2:]:
        yield f"is heard otherwise (see tests/support/spoken.py): {differing[:12]}"

"""Looking at a page as everybody would: what is wrong with it in one size, language and scheme."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, Literal

from babel.messages.pofile import read_po
from playwright.sync_api import Page
from tests.support.browsing import axe
from tests.support.every_page import PATIENT, Sight
from tests.support.installations import Installation

import siegelpost

# Shown as the recipient sees it, without the office around it.
ANOTHERS = {"own_look"}


@dataclass(frozen=True, slots=True)
class Look:
    """One way of looking at pages."""

    device: Literal["phone", "desktop"]
    language: Literal["de", "en"]
    dark: bool

    def __str__(self) -> str:
        return f"{self.device} {self.language} {'dark' if self.dark else 'light'}"


DEVICES: tuple[Literal["phone", "desktop"], ...] = ("phone", "desktop")
LANGUAGES: tuple[Literal["de", "en"], ...] = ("de", "en")
LOOKS = [Look(*one) for one in product(DEVICES, LANGUAGES, (False, True))]
# In the order in which pages of one run take turns, so that neighbours differ in everything.
TURNS = [LOOKS[at] for at in (0, 7, 2, 5, 1, 6, 3, 4)]
# What moved, and by how much, since the page began to load; nobody has touched it.
WATCH_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    // A slow machine draws a page in pieces, and a column takes its width from what comes last. A tenth is called good
    // by those who make browsers; what comes in late (letters, pictures, scripts) moves more than a hundredth.
    if (entry.hadRecentInput || entry.value < 0.01) continue;
    const named = (node) => `${node?.nodeName} ${node?.className} ${node?.textContent?.trim().slice(0, 40)}`;
    const moved = entry.sources.map((one) => named(one.node));
    window.shifts.push(`${entry.value.toFixed(4)}: ${moved.join(" | ")}`);
  }
}).observe({ type: "layout-shift", buffered: true });
"""
SETTLED = """(patient) => document.fonts.status === "loaded"
    && [...document.images].every((image) => image.loading === "lazy" || image.complete)
    && (!patient || !document.querySelector(".htmx-request"))"""
SHIFTS = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(window.shifts), 60)))"
# Where something is wider than the screen, which elements they are.
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5)
    .map((one) => `${one.tagName}.${one.className} ${one.textContent.trim().slice(0, 40)}`)"""
# Buttons and fields one aims at with a finger; links within text are as high as their line (WCAG 2.2, 2.5.8).
AIMED_AT = "button, .button, select, input, summary, nav a, .rows > li > a, .tiles a, .chips a"
TOO_SMALL = """(aimed_at) => [...document.querySelectorAll(aimed_at)]
    .map((one) => [one, (one.closest("label") ?? one).getBoundingClientRect()])
    .filter(([one, box]) => box.width > 1 && box.height > 1 && box.height < 43.5 && one.type !== "hidden")
    .map(([one, box]) => `${one.tagName} ${one.name ?? ""} ${one.textContent.trim().slice(0, 30)} ${box.height}`)"""
# Names beside buttons that leave them no room.
SQUEEZED = """() => [...document.querySelectorAll(".rows .main, .rows .name, h1, h2, .card p")]
    .map((one) => [one, one.getBoundingClientRect()])
    .filter(([_, box]) => box.width > 1 && box.width < 96 && box.height > 66)
    .map(([one]) => one.textContent.trim().slice(0, 40))"""
# Everything one can read or hear, beside what says that it is in another language.
TEXTS = """() => {
  const own = (node) => node.closest("[lang]").lang === document.documentElement.lang && !node.closest("script, style");
  const found = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (own(walker.currentNode.parentElement)) found.push(walker.currentNode.textContent);
  const spoken = ["placeholder", "aria-label", "title", "alt", "data-done", "data-failed"];
  for (const one of document.body.querySelectorAll("*"))
    if (own(one)) found.push(...spoken.map((name) => one.getAttribute(name)));
  return found.filter(Boolean).map((text) => text.replace(/\\s+/g, " ").trim());
}"""
GERMAN = re.compile(
    r"[äöüÄÖÜß„]|\b(?:aber|auf|aus|bei|bis|das|dem|den|der|des|die|ein|eine|einen|für|ist|kein|keine|mit|nach|nicht"
    r"|noch|oder|ohne|sich|sie|sind|und|vom|von|wenn|werden|wird|zu|zum|zur)\b"
)

CATALOGUE = Path(siegelpost.__file__).parent / "locale/en/LC_MESSAGES/django.po"
with CATALOGUE.open("rb") as file:
    # Texts that are said otherwise in English.
    TRANSLATED = {str(one.id) for one in read_po(file) if isinstance(one.id, str) and one.id != one.string} - {""}
MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
AMERICAN = re.compile(rf"\d/\d+/\d{{2}}|\b(?:{MONTHS})[a-z]*\.? \d{{1,2}}, \d{{4}}\b|\d [ap]\.?m\b")


def wrong_with(
    page: Page, url: str, sight: Sight, look: Look, beside_data: Callable[[str], str], *, patient: bool
) -> Iterator[str]:
    """Everything that is wrong with this page; its console, requests and policy are watched by the page itself.

    ``patient``: wait also for what asks name servers.
    """
    answer = page.goto(f"{url}{sight.address}")
    assert answer
    page.wait_for_function(SETTLED, arg=patient or sight.name not in PATIENT)
    if answer.status != sight.status or page.url != f"{url}{sight.address}":
        yield f"answers with {answer.status}, {page.url}"
        return
    if moved := page.evaluate(SHIFTS):
        yield f"moves by itself: {moved}"
    try:
        axe(page)
    except AssertionError as found:
        yield str(found)[:900]
    if wide := page.evaluate(TOO_WIDE):
        yield f"wider than the screen: {wide[:4]}"
    if look.device == "phone" and (small := page.evaluate(TOO_SMALL, AIMED_AT)):
        yield f"too small for a finger: {small}"
    if page.locator("html").get_attribute("lang") != look.language:
        yield "in the wrong language"
    if page.locator("h1:visible").count() != 1:
        yield "has not exactly one heading"
    if sight.name not in ANOTHERS and page.locator("nav.help a:visible").count() != 1:
        yield "has not exactly one way to the manual"
    if squeezed := page.evaluate(SQUEEZED):
        yield f"squeezed: {squeezed}"
    if look.language == "en":
        texts = dict.fromkeys(page.evaluate(TEXTS))
        if german := [text for text in map(beside_data, texts) if text in TRANSLATED or GERMAN.search(text)]:
            yield f"not translated: {german}"
        if american := [text for text in map(beside_data, texts) if AMERICAN.search(text)]:
            yield f"not as the British write it: {american}"


def data_of(installation: Installation) -> Callable[[str], str]:
    """What of a text nobody typed in: that alone has to be in the language of the page."""
    # An import's account holds texts of the house, beside what stands in the properties as well.
    apps = ("office", "contacts", "estates", "dispatch", "--exclude", "estates.importline")
    kept = json.loads(installation.check("manage", "dumpdata", *apps, timeout=120))
    pieces = sorted({piece for value in _strings(kept) for piece in value.split("\n") if len(piece) > 2}, key=len)

    def beside_data(text: str) -> str:
        for piece in reversed(pieces):
            text = text.replace(piece, "")
        return text.strip()

    return beside_data


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield re.sub(r"[ \t]+", " ", value)
    elif isinstance(value, Mapping | list):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _strings(one)

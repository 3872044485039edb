"""A page as somebody goes through it who has nothing but the Tab key: what the focus meets on its way.

Real key presses in a real Chromium; what is looked at stands in the page and runs as each key is let go.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, ViewportSize

MOST_TABS = 400


@dataclass(frozen=True, slots=True)
class Window:
    """What somebody looks through: CSS pixels, and how large their letters are (16 is what browsers start with)."""

    name: str
    width: int
    height: int
    letters: int = 16


DESK = Window("desk", 1280, 800)
PHONE = Window("phone", 360, 740)
ZOOMED = Window("zoomed to 400 %", 320, 256)
LARGE_LETTERS = Window("letters doubled", 360, 740, letters=32)
OF_DEVICE = {"desktop": DESK, "phone": PHONE}
WINDOWS = (DESK, PHONE, ZOOMED, LARGE_LETTERS)

# At each key that is let go: is there a focus, is anything of it to be seen, and does it look like one? The points are
# those of the part that lies in the window; what is drawn over a field by its own label or a part of it is no cover.
WATCH = """() => {
  const words = (one) => (one.getAttribute("aria-label") ?? one.textContent).trim().slice(0, 40);
  const said = (one) => `${one.tagName} ${one.id || one.name || ""} ${words(one)}`;
  const around = (one, hit) => hit.contains(one) && hit.matches("label, summary, a, button");
  const mine = (one, hit) => hit && (one.contains(hit) || around(one, hit) || hit.closest("label")?.control === one);
  const steps = [0.02, 0.25, 0.5, 0.75, 0.98];
  const isSeen = (one) => [...one.getClientRects()].some((box) => {
    const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
    const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
    if (right <= left || bottom <= top) return false;
    const met = (x, y) => document.elementFromPoint(left + (right - left) * x, top + (bottom - top) * y);
    return steps.some((x) => steps.some((y) => mine(one, met(x, y))));
  });
  const isHidden = (one) => one.matches("input.visually-hidden, input[type=file].visually-hidden");
  const walk = window.walk = { stops: 0, seen: new Set(), last: null, ended: false, wrong: [] };
  walk.look = () => {
    const at = document.activeElement;
    if (!at || at === document.body || at === document.documentElement) { walk.ended = walk.stops > 0; return; }
    if (at === walk.last) return;  // another part of the same field
    if (walk.seen.has(at)) { walk.ended = true; return; }
    walk.seen.add(at); walk.last = at; walk.stops += 1;
    if (!isHidden(at) && !isSeen(at)) walk.wrong.push(`covered: ${said(at)}`);
    const style = getComputedStyle(at);
    const drawn = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    if (!drawn) walk.wrong.push(`without an outline: ${said(at)}`);
  };
  addEventListener("keyup", walk.look, true);
  scrollTo(0, 0);
  document.activeElement?.blur?.();
  getSelection()?.removeAllRanges();
  document.body.tabIndex = -1;  // begin at the top, wherever one was
  document.body.focus({ preventScroll: true });
  document.body.removeAttribute("tabindex");
}"""
DONE = """() => {
  removeEventListener("keyup", window.walk.look, true);
  const { stops, wrong, ended } = window.walk;
  const { scrollWidth, clientWidth } = document.documentElement;
  return { stops, wrong, ended, wide: scrollWidth - clientWidth };
}"""

# Before and after something happens: the places that are listened to are the same ones, and the focus is where it was.
REMEMBER = """() => {
  window.before = {
    at: document.activeElement, words: document.activeElement?.textContent.trim(),
    listened: [...document.querySelectorAll("[aria-live]:not([aria-live=off]), [role=status]")],
    unfolded: [...document.querySelectorAll("details[open]")],
  };
}"""
COMPARE = """() => {
  const { at, words, listened, unfolded } = window.before;
  const short = (one) => `${one.tagName} ${one.textContent.trim().slice(0, 40)}`;
  const now = document.activeElement;
  const wrong = [];
  const lost = !now || now === document.body;
  if (lost) wrong.push(`focus lost: ${at.tagName} ${words.slice(0, 40)}`);
  else if (now !== at && at.isConnected) wrong.push(`focus taken away: ${short(now)}`);
  for (const one of listened) if (!one.isConnected) wrong.push(`no longer listened to: ${short(one)}`);
  for (const one of unfolded) if (one.isConnected && !one.open) wrong.push(`folded: ${short(one)}`);
  return wrong;
}"""
# A part of the page that asks anew when something has happened, and has something in it to stand on.
NEWS = "[hx-trigger*='refresh from:body']"
STAND = """(news) => {
  const part = document.querySelector(news);
  for (const one of part.querySelectorAll("details")) one.open = true;
  const all = [...part.querySelectorAll("a[href], button, summary")].filter((one) => one.checkVisibility());
  const last = all.at(-1);
  last?.focus();
  return Boolean(last);
}"""


def look_through(page: Page, window: Window) -> None:
    """Make the window so large, and its letters."""
    page.set_viewport_size(ViewportSize(width=window.width, height=window.height))
    session = page.context.new_cdp_session(page)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": window.letters}})
    session.detach()


def goes_through(page: Page, window: Window) -> list[str]:
    """Tab from the top of the page to its end: what is wrong with any place where the focus rests."""
    look_through(page, window)
    page.evaluate(WATCH)
    for pressed in range(MOST_TABS):
        page.keyboard.press("Tab")
        if pressed % 8 == 7 and page.evaluate("window.walk.ended"):
            break
    found = page.evaluate(DONE)
    wrong = [f"{window.name}: {one}" for one in found["wrong"]]
    if not found["ended"]:
        wrong.append(f"{window.name}: no way out in {MOST_TABS} presses")
    if found["wide"]:
        wrong.append(f"{window.name}: scrolls sideways by {found['wide']} px")
    return wrong


def news_comes(page: Page, happen: Callable[[], object], *, stand: Locator | None = None) -> Iterator[str]:
    """What is lost of focus, places listened to and what is unfolded, when something happens elsewhere.

    Whoever is not told where to ``stand`` stands at the end of the part that asks anew.
    """
    if stand is not None:
        stand.focus()
    elif not page.evaluate(STAND, NEWS):
        return
    page.evaluate(REMEMBER)
    with page.expect_response(lambda one: "hx-request" in one.request.headers):
        happen()
    page.wait_for_function("() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')")
    yield from page.evaluate(COMPARE)

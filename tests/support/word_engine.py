"""What Outlook on Windows cannot show: it lays mails out by the engine of Word, of which the limits are known.

Sources: Microsoft, "Word HTML and CSS rendering capabilities in Outlook" (MSDN, 2007, and unchanged since), and what
caniemail.com lists for "Outlook (Windows)".
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

LARGEST = 40 * 1024
_VOID = frozenset({"meta", "br", "hr", "img", "link", "input", "col", "o:pixelsperinch"})
_CLOSED = frozenset({"table", "tr", "td", "div"})
_ONLY_FOR_WORD = re.compile(r"<!--\[if mso\]>(.*?)<!\[endif\]-->", re.DOTALL)
# Properties that it leaves out anywhere, so that nothing may depend on them.
_UNKNOWN = re.compile(
    r"(?<![\w-])(?:display\s*:\s*(?:flex|grid)|position\s*:|float\s*:|background(?:-image)?\s*:\s*url|transform\s*:|gap\s*:"
    r"|margin\s*:[^;]*\bauto\b|width\s*:\s*calc|object-fit|box-shadow)",
    re.IGNORECASE,
)
_UNSEEN = frozenset({"svg", "video", "audio", "canvas", "form", "button", "input", "picture", "iframe", "object"})
_TABLE = {"role": "presentation", "cellpadding": "0", "cellspacing": "0", "border": "0"}
# What it can set letters in; another first name becomes Times New Roman.
_FONTS = frozenset({"arial", "helvetica", "verdana", "georgia", "tahoma", "calibri", "consolas", "courier new"})


class _Tree(HTMLParser):
    """The elements in the order they begin, each with those around it; and what is not closed as it should be."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str], list[tuple[str, dict[str, str]]]]] = []
        self.open: list[tuple[str, dict[str, str]]] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.elements.append((tag, found, [*self.open]))
        if tag not in _VOID:
            self.open.append((tag, found))

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1][0] == tag:
            self.open.pop()
        elif tag not in _VOID:
            self.wrong.append(f"</{tag}> closes nothing")


def faults(html: str) -> Iterator[str]:
    """Each thing in the mail that Word would show otherwise than it is meant."""
    if len(html.encode()) > LARGEST:
        yield f"it is larger than {LARGEST} bytes"
    word = "".join(_ONLY_FOR_WORD.findall(html))
    plain, seen = _Tree(), _Tree()
    plain.feed(_ONLY_FOR_WORD.sub("", html))
    seen.feed(_ONLY_FOR_WORD.sub(lambda found: found[1], html))
    for tree, how in ((plain, "without"), (seen, "with")):
        yield from (f"{how} Word's comments {one}" for one in tree.wrong)
        yield from (f"{how} Word's comments <{tag}> stays open" for tag, _attributes in tree.open if tag in _CLOSED)
    for tag, attributes, around in seen.elements:
        yield from _faults_of(tag, attributes, around, word)


def _faults_of(
    tag: str, attributes: dict[str, str], around: list[tuple[str, dict[str, str]]], word: str
) -> Iterator[str]:
    style = attributes.get("style", "")
    where = f"<{tag} class={attributes.get('class', '')!r}>"
    parent = around[-1] if around else ("", {})
    if tag in _UNSEEN:
        yield f"{where} is not shown"
    if found := _UNKNOWN.search(style):
        yield f"{where} depends on {found[0]}"
    if tag == "table":
        missing = [name for name, value in _TABLE.items() if attributes.get(name) != value]
        if missing:
            yield f"{where} does not say {', '.join(missing)}"
    if "max-width" in style:
        fixed = [one for name, one in around if name == "table" and one.get("width", "").isdigit()]
        if tag != "table" or not fixed:
            yield f"{where} has a max-width and no table of a fixed width around it"
    if re.search(r"(?<!-)\bpadding[-\w]*(?<!-alt)\s*:(?!\s*0\s*(?:;|$))", style) and tag not in {"td", "th"}:
        kept = "mso-padding-alt:0" in style and "mso-padding-alt" in parent[1].get("style", "")
        if not kept:
            yield f"{where} has padding, which is kept in cells alone"
    if tag in {"td", "table", "body"} and "background-color" in style and "bgcolor" not in attributes and tag != "body":
        yield f"{where} says its colour in its style alone"
    fonts = re.search(r"font-family\s*:\s*['\"]?([^,;'\"]+)", style)
    if fonts and fonts[1].strip().lower() not in _FONTS and "font-family" not in word:
        yield f"{where} begins with the font {fonts[1]}"

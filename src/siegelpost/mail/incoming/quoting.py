"""What somebody wrote in an answer, without the mail it answers, whichever way their program quotes.

``mail-parser-reply`` was tried: it takes text below a quote for quoted, and a hundred kilobytes of one word hold it
up for a minute. The rules here look at one line at a time, of bounded length.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from siegelpost.mail.incoming import client_boilerplate
from siegelpost.toolbox.folding import fold

if TYPE_CHECKING:
    import lxml.html

# Characters and lines that are looked at; of a line so many.
LONGEST = 20_000
_MOST_LINES, _LONGEST_LINE = 5_000, 500

_QUOTED = re.compile(r"\s{0,4}[>|]")
# „Am 25.11.2026 um 10:00 schrieb Büro am Markt:“ and its relatives, in one line or broken into up to three.
_ATTRIBUTION = re.compile(
    r"(?:am|on|le|il|op|em|den|at)\b.{0,400}?"
    r"\b(?:schrieb|geschrieben|wrote|a écrit|ha scritto|schreef|escreveu|skrev)\b.{0,200}:\s*$"
    r"|.{1,200}\b(?:schrieb am|wrote on)\b.{1,200}:\s*$"
    r"|(?:zitat von|quoting|citat från)\b.{1,200}:\s*$"
    r"|.{0,200}<[^<>\s]{3,250}>\s*(?:schrieb|hat am|wrote|writes)\b.{0,200}:\s*$",
    re.IGNORECASE,
)
_MOST_INTRODUCING = 3
_BEGINS_ATTRIBUTION = re.compile(r"(?:am|on|le|il|op|em|den)\b.{4,}|.{0,200}(?:schrieb am|wrote on)\b", re.IGNORECASE)
# Below such a line stands the answered mail, not marked line by line.
_DIVIDER = re.compile(
    r"\s*[-_*=]{2,}\s*(?:urspr(?:ü|ue)ngliche nachricht|original(?:[- ]?nachricht| message)|(?:antwort|weitergeleitete"
    r"|forwarded)[ -](?:nachricht|message)|message d'origine|nachricht von|reply message)\b.{0,200}$",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"\s*\*{0,2}(?P<name>von|gesendet|datum|an|cc|kopie|betreff|antwort an"
    r"|from|sent|date|to|subject|reply-to)\*{0,2}\s?:",
    re.IGNORECASE,
)
_FIRST_HEADERS = frozenset({"von", "from", "gesendet", "sent", "datum", "date"})
_RULE = re.compile(r"\s*[_*-]{10,}\s*$")
_SIGNATURE = re.compile(r"-- ?$")
# Where HTML mail programs put the mail that is answered.
_QUOTES_IN_HTML = (
    "//blockquote"
    "|//*[contains(concat(' ', @class, ' '), ' gmail_quote ')]"
    "|//*[contains(concat(' ', @class, ' '), ' yahoo_quoted ')]"
    "|//*[contains(concat(' ', @class, ' '), ' moz-cite-prefix ')]"
    "|//*[contains(concat(' ', @class, ' '), ' protonmail_quote ')]"
    "|//*[@name='quote']"
    "|//*[@id='divRplyFwdMsg' or @id='appendonsend' or @id='mail-editor-reference-message-container']"
    "/following-sibling::*"
    "|//*[@id='divRplyFwdMsg']"
)
_UNSEEN = "//script|//style|//head|//title"
# What can say something without words, or takes back the words it stands around.
_WORDLESS = frozenset(
    {"img", "svg", "picture", "object", "embed", "audio", "video", "canvas", "iframe", "math", "map"}
    | {"meter", "progress", "form", "input", "select", "textarea", "button"}
)
_STRUCK = frozenset({"s", "strike", "del"})
_STYLED = re.compile(r"line-through|(?<![-\w])content\s*:|background[-\w]{0,20}\s*:[^;}]{0,200}url\(", re.IGNORECASE)
_BLOCKS: Final = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "table", "ul", "ol", "pre", "hr"})


def own_words(text: str, original: str = "") -> str:
    """What the writer of an answer added: above, between and below the quote, without signature.

    Where the answered mail stands unmarked at the end, nothing below its beginning is taken, except what follows
    its last line: for that its text has to be given as ``original``. What cannot be told apart is left out, so the
    result may be empty; it is never the office's own text.
    """
    lines = [line[:_LONGEST_LINE].rstrip() for line in text[: LONGEST * 10].split("\n")[:_MOST_LINES]]
    end = _end_of_marked(lines)
    own = _Collected()
    own.take(lines[:end])
    if end < len(lines) and original:
        own.take(_after_original(lines[end:], original))
    return own.text()


def text_of_html(html: str, *, quotes: bool = False) -> str:
    """The words of an HTML mail as plain text; empty where it cannot be read.

    Args:
        quotes: with what it marks as quoted, too, at the beginning of which ``>`` stands then.
    """
    # Here, because it is large, and most processes never read a mail.
    import lxml.etree

    tree = _tree(html)
    if tree is None:
        return ""
    for unseen in _found(tree, _UNSEEN if quotes else f"{_UNSEEN}|{_QUOTES_IN_HTML}"):
        if unseen.getparent() is not None:
            unseen.drop_tree()
    marked = set(_found(tree, _QUOTES_IN_HTML)) if quotes else set()
    words: list[str] = []
    for event, node in lxml.etree.iterwalk(tree, events=("start", "end")):
        if not isinstance(node.tag, str):
            continue
        if node.tag in _BLOCKS:
            words.append("\n")
        if event == "start" and node in marked:
            words.append("\n> ")
        words.append(_plain((node.text if event == "start" else node.tail) or ""))
    return re.sub(r"\n[ \n]{2,}", "\n\n", "".join(words)).strip()


def marks_in_html(html: str) -> frozenset[str]:
    """What an HTML mail shows besides words, in short: pictures and fields, struck-out words; or that it is no HTML."""
    tree = _tree(html)
    if tree is None:
        return frozenset({"html"} if html.strip() else ())
    marks = set()
    for node in tree.iter():
        if isinstance(node.tag, str):
            style = f"{node.get('style') or ''} {node.text or ''}" if node.tag == "style" else node.get("style") or ""
            marks |= {"picture"} if node.tag in _WORDLESS else set()
            marks |= {"struck"} if node.tag in _STRUCK or _STYLED.search(style) else set()
    return frozenset(marks)


def links_in_html(html: str) -> list[str]:
    """The addresses of the links in an HTML mail."""
    tree = _tree(html)
    links = [] if tree is None else [str(node.get("href") or "") for node in _found(tree, "//a[@href]")]
    return [link for link in links if link.startswith(("http://", "https://", "mailto:"))]


def _tree(html: str) -> "lxml.html.HtmlElement | None":
    import lxml.etree
    import lxml.html

    try:
        return lxml.html.document_fromstring(
            html[: LONGEST * 20].encode(), parser=lxml.html.HTMLParser(encoding="utf-8")
        )
    except (lxml.etree.LxmlError, ValueError, AssertionError):
        return None


def _found(tree: "lxml.html.HtmlElement", path: str) -> "list[lxml.html.HtmlElement]":
    found = tree.xpath(path)
    return [one for one in found if hasattr(one, "drop_tree")] if isinstance(found, list) else []


@dataclass(slots=True)
class _Collected:
    """The lines that are the writer's own."""

    lines: list[str]

    def __init__(self) -> None:
        self.lines = []

    def take(self, lines: list[str]) -> None:
        """Add what is not quoted, nor introduces a quote, nor is a signature."""
        in_signature = False
        for number, line in enumerate(lines):
            if _QUOTED.match(line):
                in_signature = False
            elif _SIGNATURE.match(line):
                in_signature = True
            elif not in_signature and not _introduces(lines, number) and not client_boilerplate.is_device(line):
                self.lines.append(line)

    def text(self) -> str:
        """The lines as a text, with single empty lines between paragraphs."""
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self.lines)).strip()[:LONGEST]


def _end_of_marked(lines: list[str]) -> int:
    """The line from which on the answered mail stands without marks; the number of lines where it does not."""
    for number, line in enumerate(lines):
        if _DIVIDER.match(line) or _is_header_block(lines, number):
            return number
        length = _attribution(lines, number)
        if length and not _quote_follows(lines, number + length):
            return number
    return len(lines)


def _is_header_block(lines: list[str], number: int) -> bool:
    """``Von: … Gesendet: … An: …``, perhaps below a rule: three different headers in lines that follow one another."""
    if _RULE.match(lines[number]):
        number += 1
    names: list[str] = []
    for line in lines[number : number + 8]:
        found = _HEADER.match(line)
        if found:
            names.append(found["name"].lower())
        elif line.strip():
            break
    return bool(names) and names[0] in _FIRST_HEADERS and len(set(names)) >= 3


def _attribution(lines: list[str], number: int) -> int:
    """How many lines from this one on say who wrote what is quoted next; 0 where they do not."""
    first = lines[number].strip()
    if not first:
        return 0
    if _ATTRIBUTION.match(first):
        return 1
    if _BEGINS_ATTRIBUTION.match(first):
        for length in range(2, _MOST_INTRODUCING + 1):
            following = [line.strip() for line in lines[number : number + length]]
            if not all(following) or any(map(_QUOTED.match, following)):
                return 0
            if _ATTRIBUTION.match(" ".join(following)):
                return length
    return 0


def without_attribution(text: str) -> str:
    """What stands above a quote, without the lines at its end that say who wrote it."""
    lines = text.split("\n")
    begins = range(max(0, len(lines) - _MOST_INTRODUCING), len(lines))
    end = next((start for start in begins if _attribution(lines, start) == len(lines) - start), len(lines))
    return "\n".join(lines[:end]).rstrip()


def _introduces(lines: list[str], number: int) -> bool:
    """Does this line belong to an attribution, being its first line or a later one?"""
    return any(_attribution(lines, start) > number - start for start in range(max(0, number - 2), number + 1))


def _quote_follows(lines: list[str], number: int) -> bool:
    following = next((line for line in lines[number : number + 4] if line.strip()), "")
    return bool(_QUOTED.match(following))


def _after_original(lines: list[str], original: str) -> list[str]:
    """What stands below the last line that is the answered mail's own; nothing where no line is."""
    known = {fold(line) for line in original.split("\n")} - {""}
    last = next((n for n in range(len(lines) - 1, -1, -1) if fold(lines[n]) in known), None)
    return [] if last is None else lines[last + 1 :]


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)

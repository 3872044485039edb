"""What somebody wrote in an answer, without the mail it answers, whichever way their program quotes.

``mail-parser-reply`` was tried: it takes text below a quote for quoted, and a hundred kilobytes of one word hold it
up for a minute. The rules here look at one line at a time, of bounded length.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from siegelpost.mail.incoming import client_boilerplate, quote_words
from siegelpost.mail.reader import CONTROL
from siegelpost.toolbox.folding import fold

if TYPE_CHECKING:
    import lxml.html

# Characters and lines that are looked at; of a line so many.
LONGEST = 20_000
_MOST_LINES, _LONGEST_LINE = 5_000, 500

# Of some programs with the name, or its first letters, of who wrote it.
_QUOTED = re.compile(r"\s{0,4}(?:[>|]|(?:[A-Z]{1,3}|[A-Z][a-z]{1,11})>(?:\s|$))")
# What somebody sets off so is their own.
_SET_OFF = re.compile(r"\s{0,4}>{2,}[^<>]{1,300}<{2,}\s*$")
_MOST_INTRODUCING = 3
# Signs of a line that is nobody else's by chance.
_TELLING = 12
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
_HIDDEN = "//*[contains(translate(@style, ' ', ''), 'display:none')]"
# Stands in a text for what is no sign (Unicode: object replacement character); Apple's programs write it so themselves.
PICTURE = "\ufffc"
# What can say something without words, or takes back the words it stands around.
_WORDLESS = frozenset(
    {"svg", "picture", "object", "embed", "audio", "video", "canvas", "iframe", "math", "map"}
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
    known = {fold(line) for line in original.split("\n")} - {""}
    end = _end_of_marked(lines, known)
    own = _Collected()
    own.take(lines[:end])
    if end < len(lines):
        own.take(_after_original(lines[end:], known))
    if known and not own.text() and not _holds(lines[end:], known):
        own.take(lines[end:])  # all there is, and not ours: a person began with what looks like a quote's first line
    return own.text()


def text_of_html(html: str, *, quotes: bool = False, pictures: bool = False, hidden: bool = True) -> str:
    """The words of an HTML mail as plain text; empty where it cannot be read.

    Args:
        quotes: with what it marks as quoted, too, at the beginning of which ``>`` stands then.
        pictures: with :data:`PICTURE` where one is.
        hidden: with what is not displayed, as some programs write it and others do not.
    """
    # Here, because it is large, and most processes never read a mail.
    import lxml.etree

    tree = _tree(html)
    if tree is None:
        return ""
    left_out = [_UNSEEN, *([] if quotes else [_QUOTES_IN_HTML]), *([] if hidden else [_HIDDEN])]
    unseen = set(_found(tree, "|".join(left_out)))
    marked = set(_found(tree, _QUOTES_IN_HTML)) if quotes else set()
    words: list[str] = []
    # What stands behind a comment is seen like anything else.
    walk = lxml.etree.iterwalk(tree, events=("start", "end", "comment", "pi"))
    for event, node in walk:
        is_seen = node not in unseen
        if is_seen and node.tag in _BLOCKS:
            words.append("\n")
        if event == "start" and node in marked:
            words.append("\n> ")
        if event == "start" and pictures and node.tag == "img":
            words.append(PICTURE)
        if event != "start":
            words.append(_plain(node.tail or ""))
        elif is_seen:
            words.append(_plain(node.text or ""))
        else:
            walk.skip_subtree()
    return re.sub(r"\n[ \n]{2,}", "\n\n", "".join(words)).strip()


def marks_in_html(html: str) -> frozenset[str]:
    """What an HTML mail shows besides words, in short: pictures and fields, struck-out words; or that it is no HTML.

    Pictures that travel inside it are none of them: :func:`text_of_html` says where they are.
    """
    tree = _tree(html)
    if tree is None:
        return frozenset({"html"} if html.strip() else ())
    marks = set()
    for node in tree.iter():
        if isinstance(node.tag, str):
            style = f"{node.get('style') or ''} {node.text or ''}" if node.tag == "style" else node.get("style") or ""
            marks |= {"picture"} if node.tag in _WORDLESS or _is_from_elsewhere(node) else set()
            marks |= {"struck"} if node.tag in _STRUCK or _STYLED.search(style) else set()
    return frozenset(marks)


def pictures_in_html(html: str) -> frozenset[str]:
    """The Content-IDs of the pictures that an HTML mail shows."""
    tree = _tree(html)
    shown = [] if tree is None else [str(node.get("src") or "") for node in _found(tree, "//img")]
    return frozenset(source[4:] for source in shown if source.startswith("cid:"))


def _is_from_elsewhere(node: "lxml.html.HtmlElement") -> bool:
    """Whether it is a picture that does not travel inside the mail."""
    return node.tag == "img" and not str(node.get("src") or "").startswith("cid:")


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
            if is_quoted(line):
                in_signature = False
            elif _SIGNATURE.match(line):
                in_signature = True
            elif not in_signature and not _introduces(lines, number) and not client_boilerplate.is_device(line):
                self.lines.append(line)

    def text(self) -> str:
        """The lines as a text, with single empty lines between paragraphs."""
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self.lines)).strip()[:LONGEST]


def _end_of_marked(lines: list[str], known: set[str]) -> int:
    """The line from which on the answered mail stands without marks; the number of lines where it does not."""
    for number, line in enumerate(lines):
        if quote_words.FORWARDED.match(line):
            # What somebody passes on is theirs to say, unless it is our own mail.
            return number if _holds(lines[number:], known) else len(lines)
        if quote_words.DIVIDER.match(line) or _is_header_block(lines, number):
            return number
        length = _attribution(lines, number)
        if length and not _quote_follows(lines, number + length):
            named = "@" in " ".join(lines[number : number + length])
            if named or not known or _holds(lines[number:], known):
                return number
    return len(lines)


def _holds(lines: list[str], known: set[str]) -> bool:
    """Whether a line of the answered mail stands there that nobody writes by chance."""
    return any(len(folded) >= _TELLING and folded in known for folded in map(fold, lines))


def _is_header_block(lines: list[str], number: int) -> bool:
    """``Von: … Gesendet: … An: …``, perhaps below a rule: three different headers in lines that follow one another."""
    if _RULE.match(lines[number]):
        number += 1
    names: list[str] = []
    for line in lines[number : number + 8]:
        found = quote_words.HEADER.match(line)
        if found:
            names.append(found["name"].lower())
        elif line.strip():
            break
    return bool(names) and names[0] in quote_words.FIRST_HEADERS and len(set(names)) >= 3


def _attribution(lines: list[str], number: int) -> int:
    """How many lines from this one on say who wrote what is quoted next; 0 where they do not."""
    first = lines[number].strip()
    if not first:
        return 0
    if quote_words.is_attribution(first):
        return 1
    if quote_words.begins_attribution(first):
        for length in range(2, _MOST_INTRODUCING + 1):
            following = [line.strip() for line in lines[number : number + length]]
            if not all(following) or any(map(is_quoted, following)):
                return 0
            if quote_words.is_attribution(" ".join(following)):
                return length
    return 0


def is_quoted(line: str) -> bool:
    """Whether a mark at its beginning says that somebody else wrote it."""
    return _QUOTED.match(line) is not None and _SET_OFF.match(line) is None


def without_attribution(text: str) -> str:
    """What stands above a quote, without the lines at its end that say who wrote it."""
    lines = text.split("\n")
    begins = range(max(0, len(lines) - _MOST_INTRODUCING), len(lines))
    end = next((start for start in begins if _attribution(lines, start) == len(lines) - start), len(lines))
    return "\n".join(lines[:end]).rstrip()


def _introduces(lines: list[str], number: int) -> bool:
    """Does this line belong to an attribution, being its first line or a later one?"""
    for start in range(max(0, number - _MOST_INTRODUCING + 1), number + 1):
        end = start + _attribution(lines, start)
        # A person's sentence names no address, and is followed by their own words.
        if end > number and ("@" in " ".join(lines[start:end]) or _quote_follows(lines, end)):
            return True
    return False


def _quote_follows(lines: list[str], number: int) -> bool:
    following = next((line for line in lines[number : number + 4] if line.strip()), "")
    return is_quoted(following)


def _after_original(lines: list[str], known: set[str]) -> list[str]:
    """What stands below the last line that is the answered mail's own; nothing where no line is."""
    last = next((n for n in range(len(lines) - 1, -1, -1) if fold(lines[n]) in known), None)
    return [] if last is None else lines[last + 1 :]


def _plain(text: str) -> str:
    """On one line, and without the control characters that an entity can bring (``&#1;``)."""
    return CONTROL.sub("", re.sub(r"\s+", " ", text))

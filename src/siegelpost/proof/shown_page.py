"""A page as it was frozen (HTML), taken apart into what a person read on it, in its order; for paper.

What is folded away is named here and printed elsewhere. Knows nothing of how a page is made: older ones are read, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from html.parser import HTMLParser
from typing import Final


class BlockKind(StrEnum):
    """What a block on a page is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    PAIR = "pair"
    TICK = "tick"
    FIELD = "field"
    BUTTON = "button"
    FOLD = "fold"


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """A block of a page; ``value`` belongs to a pair alone."""

    kind: BlockKind
    text: str
    value: str = ""


_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS: Final = _HEADINGS | {
    *("p", "div", "section", "article", "header", "footer", "main", "nav", "form", "fieldset", "legend", "ul", "ol"),
    *(
        "li",
        "dl",
        "dt",
        "dd",
        "label",
        "button",
        "details",
        "summary",
        "table",
        "tr",
        "td",
        "th",
        "figure",
        "blockquote",
    ),
}
_UNSEEN: Final = frozenset({"head", "script", "style", "template", "svg", "title"})
_EMPTY_LINES = re.compile(r"\n[ \t]*\n")


def blocks(html: str) -> list[ShownBlock]:
    """What stands on a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.flush()
    return reader.found


class _Reader(HTMLParser):
    """Gathers text until the next block begins or ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[ShownBlock] = []
        self._text: list[str] = []
        self._open: list[str] = []  # blocks
        self._unseen = self._folded = 0  # how deep in such elements
        self._label = ""  # of a pair that waits for its value
        self._next: BlockKind | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "input" or tag == "textarea":
            self._control(given.get("type") or "text")
        elif tag == "br":
            self._text.append("\n")
        elif tag in _BLOCKS:
            self.flush()
            self._open.append(tag)
            self._folded += tag == "details"

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in _BLOCKS and tag in self._open:
            self.flush()
            while (closed := self._open.pop()) != tag:
                self._folded -= closed == "details"
            self._folded -= tag == "details"

    def handle_data(self, data: str) -> None:
        if not self._unseen and (not self._folded or "summary" in self._open[-2:]):
            self._text.append(data)

    def _control(self, kind: str) -> None:
        if kind in {"checkbox", "radio"}:
            self.flush()
            self._next = BlockKind.TICK
        elif kind not in {"hidden", "submit"}:
            self.flush()
            self.found.append(ShownBlock(BlockKind.FIELD, ""))

    def flush(self) -> None:
        """End the block that is being gathered."""
        text, self._text = "".join(self._text), []
        kind, self._next = self._next or self._kind(), None
        # Only what is meant for reading keeps its empty lines.
        for part in _EMPTY_LINES.split(text.strip()):
            words = " ".join(part.split())
            if not words:
                continue
            if self._open and self._open[-1] == "dt":
                self._label = words
            elif self._label:
                self.found.append(ShownBlock(BlockKind.PAIR, self._label, words))
                self._label = ""
            else:
                self.found.append(ShownBlock(kind, words))

    def _kind(self) -> BlockKind:
        tag = self._open[-1] if self._open else ""
        if tag in _HEADINGS:
            return BlockKind.HEADING
        return {"button": BlockKind.BUTTON, "summary": BlockKind.FOLD}.get(tag, BlockKind.PARAGRAPH)

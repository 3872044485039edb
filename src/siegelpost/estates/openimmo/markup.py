"""Texts in which programs leave the markup of their web pages: what a person would read there, and nothing lost.

``<p>``, ``<br>`` and lists become lines, other tags of web pages go, their words stay; entities become characters. What
only looks like markup ("Fläche < 100 m²") stays as it is.
"""

from __future__ import annotations

import html
import re

_LINES = frozenset(
    {"br", "p", "div", "ul", "ol", "li", "table", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "blockquote"}
    | {"section", "article", "dl", "dt", "dd"}
)
_INLINE = frozenset(
    {"b", "strong", "i", "em", "u", "s", "span", "font", "a", "small", "big", "sub", "sup", "center", "img", "tt"}
    | {"td", "th", "tbody", "thead", "code", "pre", "mark", "strike", "del", "ins", "html", "body", "o:p", "nobr"}
)
_EMPTY = frozenset({"br", "hr"})
_SILENT = frozenset({"style", "script"})
TAGS = _LINES | _INLINE
_TAG = re.compile(r"(<!--[^<]{0,2000}?-->|</?[a-zA-Z][a-zA-Z0-9:]{0,15}(?:\s[^<>]{0,2000}|)/?>)")
_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9:]{0,15})")
_HIDDEN = re.compile(r"</(?:style|script)", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_SPACES = re.compile(r"(?<![ \t\xa0])[ \t\xa0]*+\n[ \t\xa0]*+")
_EMPTY_LINES = re.compile(r"\n{3,}")


def plain(text: str) -> str:
    """The text without markup; one that has none comes back as it was."""
    # Some programs escape twice.
    for _ in range(2):
        if "<" in text:
            pieces = _TAG.split(text)
            if len(pieces) > 1 and (read := _without_tags(pieces)) is not None:
                text = read
        if "&" in text:
            text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    return text


def _without_tags(pieces: list[str]) -> str | None:
    """The pieces between tags; None where no tag is one of web pages."""
    # What is never closed hides nothing.
    hides = sum(bool(_HIDDEN.match(piece)) for piece in pieces[1::2])
    found, silent, seen = [], "", False
    for number, piece in enumerate(pieces):
        if number % 2 == 0:
            found.append("" if silent else piece)
            continue
        name = known[1].lower() if (known := _NAME.match(piece)) else ""
        closes = piece.startswith("</")
        if name in _SILENT:
            silent = "" if closes or not hides else name
            hides -= closes
        elif closes and name in _EMPTY:
            pass
        elif name in _LINES:
            # A list's points keep their mark.
            found.append("\n• " if name == "li" and not closes else "\n")
        elif name and name not in _INLINE:
            found.append(piece)
            continue
        seen = True
    if not seen:
        return None
    return _tidied("".join(found))


def _tidied(text: str) -> str:
    """Where tags stood, at most one empty line is left."""
    text = _EMPTY_LINES.sub("\n\n", _SPACES.sub("\n", text))
    return text.replace("\n\n•", "\n•").replace("•\n", "• ")

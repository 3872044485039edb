"""XML, read in one pass with expat and every door closed that OpenImmo does not need.

What comes has been made readable (:mod:`.characters`). Refused: DOCTYPE (so there are no entities, external or
multiplying), XInclude, depth and sizes beyond :mod:`.limits`. Nothing is ever fetched. Each ``<immobilie>`` is handed
over when it ends and then forgotten, so memory follows the largest property, not the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from siegelpost.estates.openimmo import limits, markup
from siegelpost.estates.openimmo.messages import Key, OpenImmoError

# Elements that hold nothing but the value of the one around them.
WRAPPERS = frozenset({"preis", "wert"})
XINCLUDE = "http://www.w3.org/2001/XInclude"
_CODES = expat.errors.codes
# What is said of which error. Each has a cause, and so an advice, of its own.
_ERRORS = {
    **dict.fromkeys(
        (
            _CODES[expat.errors.XML_ERROR_NO_ELEMENTS],
            _CODES[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
            _CODES[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
            _CODES[expat.errors.XML_ERROR_PARTIAL_CHAR],
        ),
        Key.CUT_OFF,
    ),
    _CODES[expat.errors.XML_ERROR_TAG_MISMATCH]: Key.TAG_MISMATCH,
    _CODES[expat.errors.XML_ERROR_DUPLICATE_ATTRIBUTE]: Key.ATTRIBUTE_TWICE,
    _CODES[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]: Key.AFTER_THE_END,
    _CODES[expat.errors.XML_ERROR_MISPLACED_XML_PI]: Key.AFTER_THE_END,
}


@dataclass(slots=True)
class Node:
    """An element: local name in lower case, attributes with lower-case names; ``pieces`` are its text and its children
    in the order in which they stand there.
    """

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    pieces: list[str | Node] = field(default_factory=list)

    def child(self, path: str) -> Node | None:
        """The first descendant along ``path`` ("preise/kaufpreis"), or None."""
        return next(self.all(path), None)

    def all(self, path: str) -> Iterator[Node]:
        """All descendants along ``path``; some programs write a part of a property in several pieces."""
        first, _, rest = path.partition("/")
        for child in self.children:
            if child.tag == first:
                if rest:
                    yield from child.all(rest)
                else:
                    yield child

    @property
    def text(self) -> str:
        """The element's own text with the markup of web pages that stands in it; of a value that some programs wrap
        once more (<preis>), that one's.
        """
        own = "".join(one if isinstance(one, str) else one.marked_up for one in self.pieces)
        inner = next((child for child in self.children if child.tag in WRAPPERS), None)
        return inner.text if inner and not own.strip() else own

    @property
    def marked_up(self) -> str:
        """The element as web pages write it; "" where it is none of theirs."""
        return f"<{self.tag}>{self.text}</{self.tag}>" if self.tag in markup.TAGS else ""


class Parser:
    """Feeds a file to expat and hands over elements as they end.

    Args:
        on_property: called with every ``<immobilie>``, or with None for one that is too large.
        on_provider: called with every ``<anbieter>`` when it ends, its properties already removed.
        on_transfer: called with ``<uebertragung>``.
    """

    def __init__(
        self,
        *,
        on_property: Callable[[Node | None], None],
        on_provider: Callable[[Node], None],
        on_transfer: Callable[[Node], None],
    ) -> None:
        self._handlers: dict[str, Callable[[Node], None]] = {
            "anbieter": on_provider,
            "uebertragung": on_transfer,
        }
        self._on_property = on_property
        self._stack: list[Node] = []
        self._elements = 0
        self._too_large = False
        self._depth = 0
        self._expat = expat.ParserCreate()
        self._expat.buffer_text = True
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._data
        self._expat.StartDoctypeDeclHandler = self._doctype

    def parse(self, document: Iterable[str]) -> None:
        """Read the whole document.

        Raises:
            OpenImmoError: it is not well-formed, not OpenImmo, or passes a limit.
        """
        try:
            for piece in document:
                self._expat.Parse(piece, False)
            self._expat.Parse(b"", True)
        except expat.ExpatError as error:
            raise OpenImmoError(_ERRORS.get(error.code, Key.BROKEN_XML), line=error.lineno) from error

    def _doctype(self, name: str, system_id: str | None, public_id: str | None, has_subset: bool) -> None:
        raise OpenImmoError(Key.DOCTYPE)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        # Prefixes are often not declared, and mean nothing here.
        tag = name.rpartition(":")[2].lower()
        self._depth += 1
        if self._depth == 1:
            _check_root(tag)
        if self._depth > limits.DEPTH:
            raise OpenImmoError(Key.TOO_DEEP, limit=limits.DEPTH)
        if XINCLUDE in attributes.values():
            raise OpenImmoError(Key.XINCLUDE)
        if tag == "immobilie" and not self._inside_property():
            self._elements = 0
            self._too_large = False
        self._count(tag, attributes)
        # Beyond its bounds an element is followed to its end, but no longer kept.
        node = Node(tag, {key.rpartition(":")[2].lower(): value for key, value in attributes.items()})
        if self._stack and not self._too_large:
            self._stack[-1].children.append(node)
            self._stack[-1].pieces.append(node)
        self._stack.append(node)

    def _inside_property(self) -> bool:
        return any(node.tag == "immobilie" for node in self._stack)

    def _count(self, tag: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if (
            self._elements <= limits.ELEMENTS_PER_PROPERTY
            and len(attributes) <= limits.ATTRIBUTES_PER_ELEMENT
            and len(tag) <= limits.TAG_LENGTH
        ):
            return
        if not self._inside_property():
            raise OpenImmoError(Key.TOO_MANY_ELEMENTS)
        self._too_large = True

    def _data(self, data: str) -> None:
        if self._stack and not self._too_large:
            self._stack[-1].pieces.append(data)

    def _end(self, name: str) -> None:
        self._depth -= 1
        node = self._stack.pop()
        if node.tag == "immobilie" and not self._inside_property():
            if self._stack and self._stack[-1].children and self._stack[-1].children[-1] is node:
                self._stack[-1].children.pop()
                self._stack[-1].pieces.pop()
            self._on_property(None if self._too_large else node)
            self._elements = 0
            self._too_large = False
        elif node.tag in self._handlers and len(self._stack) == 1:
            self._handlers[node.tag](node)
            self._stack[-1].children.clear()
            self._stack[-1].pieces.clear()


def _check_root(tag: str) -> None:
    if tag == "openimmo_feedback":
        raise OpenImmoError(Key.FEEDBACK)
    if tag != "openimmo":
        raise OpenImmoError(Key.FOREIGN_XML, tag=tag)

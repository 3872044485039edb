"""XML, read in one pass with expat and every door closed that OpenImmo does not need.

Refused: DOCTYPE (so there are no entities, external or multiplying), XInclude, depth and sizes beyond
:mod:`.limits`. Nothing is ever fetched. Each ``<immobilie>`` is handed over when it ends and then forgotten,
so memory follows the largest property, not the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat

from siegelpost.estates.openimmo import limits
from siegelpost.estates.openimmo.messages import Key, OpenImmoError

CHUNK = 256 * 1024
# Elements that hold nothing but the value of the one around them.
WRAPPERS = frozenset({"preis", "wert"})
XINCLUDE = "http://www.w3.org/2001/XInclude"
_ENCODING_ERRORS = frozenset(
    {
        expat.errors.codes[expat.errors.XML_ERROR_UNKNOWN_ENCODING],
        expat.errors.codes[expat.errors.XML_ERROR_INCORRECT_ENCODING],
    }
)
_CHARACTER_ERRORS = frozenset({expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]})


@dataclass(slots=True)
class Node:
    """An element: local name in lower case, attributes with lower-case names, text before the first child."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    def child(self, path: str) -> Node | None:
        """The first descendant along ``path`` ("preise/kaufpreis"), or None."""
        node: Node | None = self
        for step in path.split("/"):
            node = next((child for child in node.children if child.tag == step), None) if node else None
        return node

    def all(self, path: str) -> Iterator[Node]:
        """All elements that ``path`` leads to, its last step repeated."""
        parent, _, last = path.rpartition("/")
        node = self.child(parent) if parent else self
        return (child for child in (node.children if node else ()) if child.tag == last)

    @property
    def text(self) -> str:
        """The element's own text, as it stands; of a value that some programs wrap once more (<preis>), that one's."""
        own = "".join(self.pieces)
        inner = next((child for child in self.children if child.tag in WRAPPERS), None)
        return "".join(inner.pieces) if inner and not own.strip() else own


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
        self._expat = expat.ParserCreate(namespace_separator=" ")
        self._expat.buffer_text = True
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._data
        self._expat.StartDoctypeDeclHandler = self._doctype

    def parse(self, file: BinaryIO) -> None:
        """Read the whole document.

        Raises:
            OpenImmoError: it is not well-formed, not OpenImmo, or passes a limit.
        """
        try:
            while chunk := file.read(CHUNK):
                self._expat.Parse(chunk, False)
            self._expat.Parse(b"", True)
        except expat.ExpatError as error:
            raise _explained(error) from error
        except (LookupError, UnicodeError, ValueError) as error:
            # Python's own refusal of an encoding that the declaration names.
            raise OpenImmoError(Key.UNKNOWN_ENCODING) from error

    def _doctype(self, name: str, system_id: str | None, public_id: str | None, has_subset: bool) -> None:
        raise OpenImmoError(Key.DOCTYPE)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        tag = local.lower()
        self._depth += 1
        if self._depth == 1:
            _check_root(tag)
        if self._depth > limits.DEPTH:
            raise OpenImmoError(Key.TOO_DEEP, limit=limits.DEPTH)
        if namespace == XINCLUDE:
            raise OpenImmoError(Key.XINCLUDE)
        if tag == "immobilie" and not self._inside_property():
            self._elements = 0
            self._too_large = False
        self._count(tag, attributes)
        # Beyond its bounds an element is followed to its end, but no longer kept.
        node = Node(tag, {key.rpartition(" ")[2].lower(): value for key, value in attributes.items()})
        if self._stack and not self._too_large:
            self._stack[-1].children.append(node)
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
            self._on_property(None if self._too_large else node)
            self._elements = 0
            self._too_large = False
        elif node.tag in self._handlers and len(self._stack) == 1:
            self._handlers[node.tag](node)
            self._stack[-1].children.clear()


def _check_root(tag: str) -> None:
    if tag == "openimmo_feedback":
        raise OpenImmoError(Key.FEEDBACK)
    if tag != "openimmo":
        raise OpenImmoError(Key.FOREIGN_XML, tag=tag)


def _explained(error: expat.ExpatError) -> OpenImmoError:
    if error.code in _ENCODING_ERRORS:
        return OpenImmoError(Key.UNKNOWN_ENCODING)
    if error.code in _CHARACTER_ERRORS:
        return OpenImmoError(Key.BAD_CHARACTERS, line=error.lineno)
    return OpenImmoError(Key.BROKEN_XML, line=error.lineno, reason=expat.ErrorString(error.code))

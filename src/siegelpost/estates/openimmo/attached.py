"""The pictures and documents of a property, as its <anhang> elements name them or hold them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

from siegelpost.estates.openimmo import convert, limits, vocabulary
from siegelpost.estates.openimmo.messages import Key, Message
from siegelpost.estates.openimmo.tree import Node
from siegelpost.estates.openimmo.values import Attachment, Links

TITLE_LENGTH, NAME_LENGTH, FILE_NAME_LENGTH, LONGEST_ADDRESS = 200, 1024, 255, 500


def attachments(property_: Node) -> tuple[tuple[Attachment, ...], tuple[Message, ...]]:
    """All of a property, and what is to be said of their number. They stand in <anhaenge>, in some files without it."""
    found: list[Attachment] = []
    for number, node in enumerate(_nodes(property_)):
        if number >= limits.ATTACHMENTS_PER_PROPERTY:
            return tuple(found), (Message.of(Key.ATTACHMENTS_MANY, limit=limits.ATTACHMENTS_PER_PROPERTY),)
        if attachment := _attachment(node, number):
            found.append(attachment)
    return tuple(found), ()


def links(property_: Node) -> tuple[Links, tuple[Message, ...]]:
    """The first address on the web of a film, and of a walk through the rooms; and what else was linked, as messages.

    The provider's own page about the property is not spoken of: it is none of the two, and nearly every file has it.
    """
    found: dict[str, str] = {}
    left: dict[Message, None] = {}
    for node in islice(_nodes(property_), limits.ATTACHMENTS_PER_PROPERTY):
        group = node.attributes.get("gruppe", "").strip().upper()
        said = (_line(node, "daten/pfad"), _line(node, "anhangtitel"))
        if group not in vocabulary.LINK_GROUPS or not any(said):
            continue
        address = next(filter(_is_on_the_web, said), "")
        what = _what(group, f"{said[1]} {address}".casefold()) if address else ""
        taken = found.setdefault(what, address) if what else ""
        if (address and address == taken) or group == vocabulary.OWN_PAGE:
            continue
        left[Message.of(Key.LINK_LEFT if address else Key.LINK_REFUSED, name=address or said[0] or said[1])] = None
    return Links(video_url=found.get("video", ""), tour_url=found.get("tour", "")), tuple(left)


def _is_on_the_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    plain = not set(address) & set(" <>\"'`\\{}") and len(address) <= LONGEST_ADDRESS
    return plain and parts.scheme in {"https", "http"} and "." in (parts.hostname or "") and "@" not in parts.netloc


def _what(group: str, words: str) -> str:
    """What a link leads to: many programs name a walk as a film, or both as a link, and say which in the title."""
    if any(word in words for word in vocabulary.TOUR_WORDS):
        return "tour"
    return "video" if group in vocabulary.FILM_GROUPS or any(map(words.__contains__, vocabulary.FILM_WORDS)) else ""


def _nodes(property_: Node) -> Iterator[Node]:
    for child in property_.children:
        if child.tag == "anhang":
            yield child
        elif child.tag == "anhaenge":
            yield from (node for node in child.children if node.tag == "anhang")


def _attachment(node: Node, number: int) -> Attachment | None:
    group = node.attributes.get("gruppe", "").strip().upper()
    if group in vocabulary.LINK_GROUPS:
        return None
    title = _line(node, "anhangtitel")[:TITLE_LENGTH].rstrip()
    path = _line(node, "daten/pfad")
    content = "".join(found.text.split()) if (found := _content(node)) else ""
    # Names are compared, never opened as they are: see package.py.
    name = path or title or f"{group or 'Anhang'} {number + 1}"
    embedded: bytes | None = None
    problem: Message | None = None
    # Where it is counts for more than where it is said to be.
    if content:
        embedded, problem = _embedded(content, name)
    elif "://" in path:
        problem = Message.of(Key.REMOTE, name=name)
    elif not path:
        problem = Message.of(Key.ATTACHMENT_EMPTY, name=name)
    group = group if group in vocabulary.GROUPS else "BILD"
    return Attachment(group, title, name[-FILE_NAME_LENGTH:], embedded, problem)


def _content(node: Node) -> Node | None:
    """What is embedded; some programs call it otherwise."""
    places = (f"daten/{tag}" for tag in ("anhanginhalt", "base64", "inhalt"))
    return next((found for place in places if (found := node.child(place)) and found.text.strip()), None)


def _embedded(content: str, name: str) -> tuple[bytes | None, Message | None]:
    if content.startswith("data:"):
        content = content.partition(",")[2]
    if len(content) * 3 // 4 > limits.ATTACHMENT_BYTES:
        return None, Message.of(Key.ATTACHMENT_LARGE, name=name, limit=limits.ATTACHMENT_BYTES // limits.MIB)
    try:
        return base64.b64decode(content + "=" * (-len(content) % 4), validate=True), None
    except (binascii.Error, ValueError):
        return None, Message.of(Key.ATTACHMENT_BASE64, name=name)


def _line(node: Node, path: str) -> str:
    found = node.child(path)
    return convert.line(found.text)[:NAME_LENGTH] if found else ""

"""Where else than in its own fields a property speaks of commission."""

from __future__ import annotations

from collections.abc import Iterator

from siegelpost.estates.openimmo import convert, vocabulary
from siegelpost.estates.openimmo.tree import Node
from siegelpost.estates.openimmo.values import PROSE_LENGTH


def commission_talk(node: Node, *, inside: str = "") -> Iterator[str]:
    """Every text of the property that speaks of commission, but for the fields that hold nothing else.

    A field's name is part of what it says: programs have fields of their own (user_defined_simplefield).
    """
    for child in node.children:
        if child.tag in vocabulary.COMMISSION_FIELDS:
            continue
        called = child.child("name")  # <feld><name>Käuferprovision</name><wert>3,57 %</wert></feld>
        own = (child.attributes.get("feldname", ""), child.attributes.get("name", ""), called.text if called else "")
        name = next((words for one in (child.tag, *own, inside) if _names_commission(words := _spelt_out(one))), "")
        text = f"{name} {child.text}".strip()[:PROSE_LENGTH]
        if child.text.strip() and _names_commission(text):
            yield convert.prose(text)
        yield from commission_talk(child, inside=name)


def _spelt_out(name: str) -> str:
    """The name of a field as words: "prov_kaeufer" is a commission."""
    words = name.replace("_", " ").replace("-", " ").split()
    return " ".join("provision" if word.lower() == vocabulary.COMMISSION_SHORT else word for word in words)


def _names_commission(text: str) -> bool:
    lower = text.lower()
    return any(word in lower for word in vocabulary.COMMISSION_WORDS)

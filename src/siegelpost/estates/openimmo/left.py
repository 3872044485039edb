"""What a property of a file has and this product does not keep: counted by kind, to be said once for the whole file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from siegelpost.estates.openimmo import convert, elements, energy_words, markup, vocabulary
from siegelpost.estates.openimmo.messages import Key, Message, quotable
from siegelpost.estates.openimmo.package import Files
from siegelpost.estates.openimmo.tree import WRAPPERS, Node
from siegelpost.toolbox.words import Words

# A file cannot make the list of what is left as long as it likes.
MOST_OWN_KINDS = 40
LONGEST_NAME = 40
OTHERS = Words("weitere eigene Felder Ihrer Software", "further fields of your program's own")
_OWN_PARTS = frozenset({"user_defined_anyfield", "user_defined_extend"})
_NOTHING = convert.FALSE | {"", "keine_angabe", "k.a.", "-", "nein", "none", "null"}
_OF_XML = frozenset({"schemalocation", "nonamespaceschemalocation", "nil", "xmlns", "xsi", "xsd", "space"})
_MORE_TEXTS = Words("weitere Texte, zum Beispiel in anderen Sprachen", "further texts, such as in other languages")
_AMOUNTS = frozenset({"price", "rent_cold", "rent_warm", "ancillary_costs", "heating_costs", "deposit"})
# Where a field has several places and a property has different values in them, one is kept.
SECOND: Mapping[str, Words] = MappingProxyType(
    {
        "contact_email": Words("weitere E-Mail-Adressen", "further e-mail addresses"),
        "contact_phone": Words("weitere Telefonnummern", "further telephone numbers"),
        "retail_area": Words("weitere Flächen", "further areas"),
        "available_from": Words("weiteres Datum der Verfügbarkeit", "a further date of availability"),
        "energy_value": Words("weiterer Energiekennwert", "a further energy value"),
        **dict.fromkeys(_AMOUNTS, Words("weitere Preise", "further prices")),
    }
)
_MORE_FUELS = Words("weitere Energieträger der Heizung", "further fuels of the heating")
_CARRIER = "zustand_angaben/energiepass/primaerenergietraeger"
_CENTS = re.compile(r"[.,]\d{2}\b")


@dataclass(frozen=True, slots=True)
class NotKept:
    """Said once of a file: the kinds of what was not kept, and how many properties have each."""

    kinds: tuple[tuple[Words, int], ...]

    def text(self, language: str) -> str:
        """The sentence in German ("de") or English (anything else)."""
        return _SENTENCE[language].format(", ".join(f"{one[language]} ({count})" for one, count in self.kinds))


_SENTENCE = Words(
    "Nicht übernommen, weil es hier kein Feld dafür gibt (in Klammern: bei wie vielen Objekten): {}. Was davon "
    "Interessenten wissen sollen, schreiben Sie bitte in einen Text des Objekts.",
    "Not taken, because there is no field for it here (in brackets: of how many properties): {}. What prospects "
    "should know of it, please write into a text of the property.",
)


class Tally:
    """Counts kinds, property by property."""

    def __init__(self) -> None:
        self._counts: Counter[Words] = Counter()
        self._own: set[Words] = set()

    def add(self, property_: Node, description: str) -> None:
        """What is left of one property, whose description was taken from where there is one."""
        known: set[Words] = set()
        own: set[Words] = set()
        for one, is_own in _left(property_):
            (own if is_own else known).add(one)
        if any(convert.prose(node.text) not in description for node in property_.all(vocabulary.OBJEKT_TEXT)):
            known.add(_MORE_TEXTS)
        for one in own - self._own:
            if len(self._own) < MOST_OWN_KINDS:
                self._own.add(one)
        self._counts.update(known | (own & self._own) | ({OTHERS} if own - self._own else set()))

    def result(self) -> tuple[NotKept, ...]:
        """What is to be said, the most frequent first; nothing where nothing is left."""
        kinds = tuple(sorted(self._counts.items(), key=lambda item: (-item[1], item[0].de)))
        return (NotKept(kinds),) if kinds else ()


def _left(property_: Node) -> Iterator[tuple[Words, bool]]:
    """The kinds of what is left, and whether they are the program's own."""
    yield from _below(property_, "")
    for name, paths in elements.several():
        compared = _figures if name in _AMOUNTS else str
        texts = {compared(convert.line(text).casefold()) for path in paths if says(text := _text(property_, path))}
        if len(texts) > 1 and name in SECOND:
            yield SECOND[name], False
    if _burns_more(property_):
        yield _MORE_FUELS, False


def _figures(amount: str) -> str:
    """The figures of an amount, by which two of them are compared: "1.250,00 €" and "1250"."""
    return re.sub(r"\D", "", _CENTS.sub("", amount)) or amount


def _burns_more(property_: Node) -> bool:
    """Whether <befeuerung> names what the certificate does not."""
    try:
        carrier = energy_words.carrier(_text(property_, _CARRIER))
    except ValueError:
        return False
    found = property_.child("ausstattung/befeuerung")
    named = {name.lower(): value.strip().lower() for name, value in found.attributes.items()} if found else {}
    burnt = {fuel for name, fuel in vocabulary.FUELS.items() if named.get(name.lower()) in convert.TRUE}
    return bool(carrier) and not burnt <= {carrier}


def _below(node: Node, path: str) -> Iterator[tuple[Words, bool]]:
    for child in node.children:
        below = f"{path}/{child.tag}" if path else child.tag
        if child.tag in WRAPPERS or child.tag in markup.TAGS or below in _APART:
            continue
        if child.tag == "user_defined_simplefield":
            name = child.attributes.get("feldname", "")
            if name.strip().lower() not in elements.OWN_READ and says(child.text):
                yield _own(name or child.tag), True
        elif child.tag in _OWN_PARTS:
            yield from ((_own(name), True) for name in _own_names(child))
        else:
            yield from _of(child, below)
            yield from _below(child, below)


def _of(node: Node, path: str) -> Iterator[tuple[Words, bool]]:
    if says(node.text):
        yield from _called(path, node.tag, node.text)
    for name, value in node.attributes.items():
        if name not in _OF_XML and says(value):
            yield from _called(f"{path}@{name}", name, value)


def _called(path: str, name: str, text: str) -> Iterator[tuple[Words, bool]]:
    try:
        unused = elements.unused(path)
    except KeyError:
        yield _own(name), True
        return
    if unused and unused.why in elements.TOLD:
        yield unused.called, False
    elif path in elements.FLAGS and text.strip().lower() not in _words(path):
        # It has words of its own where there is a yes or no here.
        yield _own(name), True


def _words(path: str) -> set[str]:
    words = elements.FLAGS[path]
    return {word.lower() for word in words} | (convert.TRUE if "" in words else frozenset())


def _own(name: str) -> Words:
    shown = quotable(name)[:LONGEST_NAME]
    return Words(f"„{shown}“", f"“{shown}”")


def _own_names(node: Node) -> Iterator[str]:
    """<feld><name>Provision</name><wert>…</wert></feld>, or anything else."""
    for child in node.children:
        if value := next((text for name, text in child.attributes.items() if name.endswith("value")), ""):
            # <plaintext fieldname="…" fieldvalue="…"/>
            called = (text for name, text in child.attributes.items() if name.endswith("name"))
            yield from [next(called, child.tag)] if says(value) else []
        inner = child.child("name")
        if says(child.text) or any(says(each.text) for each in child.children):
            yield inner.text if inner and says(inner.text) else child.tag
    if says(node.text):
        yield node.tag


def says(text: str) -> bool:
    """Whether a text says anything; nothing and no say nothing."""
    plain = text.strip().lower()
    return plain not in _NOTHING and bool(plain.strip(" 0.,€-"))


def _text(property_: Node, path: str) -> str:
    found = property_.child(path.partition("@")[0])
    return found.text if found else ""


# Read where they are, with all that is in them, and said apart.
_APART = frozenset({"anhaenge", "anhang", "preise", vocabulary.OBJEKT_TEXT})


MOST_FILES_SHOWN = 5
PATHS_OF_FILES = (
    "anhaenge/anhang/daten/pfad", "anhaenge/anhang/pfad", "anhang/daten/pfad", "anhang/pfad",
    "kontaktperson/foto/daten/pfad",
)  # fmt: skip


def names_of_files(node: Node) -> set[str]:
    """What a property or provider calls the files that come with it."""
    return {one.text.strip() for path in PATHS_OF_FILES for one in node.all(path)}


def unnamed(files: Files, named: set[str] | None) -> Iterator[Message]:
    """What came along for nobody, told once with the first names."""
    found = files.unnamed(named) if named is not None else []
    if found:
        shown = ", ".join(quotable(name) for name in found[:MOST_FILES_SHOWN])
        yield Message.of(Key.FILES_UNNAMED, count=len(found), names=shown + (" …" if found[MOST_FILES_SHOWN:] else ""))

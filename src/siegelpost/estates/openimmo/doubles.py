"""What one provider's transfer has twice: by id, by number, or once in each language."""

from __future__ import annotations

from collections.abc import Iterable

from siegelpost.estates.openimmo import convert, vocabulary
from siegelpost.estates.openimmo.messages import Key, Message
from siegelpost.estates.openimmo.values import Action, Property, Rejected


def once(properties: Iterable[Property]) -> tuple[tuple[Property, ...], tuple[Rejected, ...]]:
    """Each property once, the first of those with one id or number, and the others with what is equal.

    Of two with one number in two languages the German one is taken, wherever it stands.
    """
    kept: dict[int, Property] = {}
    refused: list[Rejected] = []
    seen: dict[tuple[Key, str], Property] = {}
    for new in properties:
        if clash := next((name for name in _names(new) if name in seen), None):
            (why, value), known, left = clash, seen[clash], new
            if why is Key.TWICE_NUMBER and (german := _german(known, new)):
                why, left = Key.OTHER_LANGUAGE, known if german is new else new
            refused.append(Rejected(left.label, Message.of(why, value=value), left.openimmo_obid, left.external_no))
            if left is new:
                continue
            del kept[id(known)]
            for name in _names(known):
                del seen[name]
        kept[id(new)] = new
        seen |= dict.fromkeys(_names(new), new)
    return tuple(kept.values()), tuple(refused)


def language(one: Property) -> str:
    """The language of a property's texts, as it is named or else by their words; "" where that is not plain."""
    if one.language:
        return vocabulary.LANGUAGES.get(one.language.lower()[:2], "other")
    words = set(convert.line(f"{one.title} {one.texts.description}").lower().split())
    german, english = (len(words & vocabulary.WORDS_OF[each]) for each in ("de", "en"))
    return "de" if german > english else "en" if english > german else ""


def _german(known: Property, new: Property) -> Property | None:
    """The one that is German where the other is not."""
    german = [one for one in (known, new) if one.action is not Action.DELETE and language(one) == "de"]
    return german[0] if len(german) == 1 and Action.DELETE not in {known.action, new.action} else None


def _names(one: Property) -> list[tuple[Key, str]]:
    named = ((Key.TWICE_OBID, one.openimmo_obid), (Key.TWICE_NUMBER, one.external_no))
    return [(key, value) for key, value in named if value]

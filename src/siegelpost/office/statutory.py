"""The statutory models of the instructions on withdrawal and of the form, and how an office's text differs from them.

Only the unchanged model protects (BGH, 1 December 2022, I ZR 28/22): a text is called one here while it equals the
draft of the house byte for byte, but for what stands in the places. That the drafts equal the models as published is
what ``statutory/`` and its test are for.
"""

from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType

from siegelpost.office.kinds import Language, TextKind
from siegelpost.office.placeholders import places_in

DEFAULTS = Path(__file__).parent / "default_texts"
# What each model is called where a text is shown that equals it.
NAMES = MappingProxyType(
    {
        (TextKind.WITHDRAWAL_POLICY, Language.GERMAN): "Anlage 1 zu Art. 246a § 1 EGBGB",
        (TextKind.WITHDRAWAL_FORM, Language.GERMAN): "Anlage 2 zu Art. 246a § 1 EGBGB",
        (TextKind.WITHDRAWAL_POLICY, Language.ENGLISH): "Annex I (A) of Directive 2011/83/EU",
        (TextKind.WITHDRAWAL_FORM, Language.ENGLISH): "Annex I (B) of Directive 2011/83/EU",
    }
)
_MOST_WORDS = 3000


class Side(StrEnum):
    """Where words stand."""

    BOTH = "both"
    MODEL = "model"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class Piece:
    """Words in a row that stand on one side, or on both."""

    side: Side
    words: str


@cache
def draft(kind: TextKind, language: Language) -> str:
    """The draft of the house, with its places; empty where there is none."""
    file = DEFAULTS / f"{kind.value}.{language.value}.txt"
    return file.read_text(encoding="utf-8") if file.exists() else ""


def has_model(kind: TextKind) -> bool:
    """Whether the law itself has a model for this kind of text."""
    return (kind, Language.GERMAN) in NAMES


def equals_model(text: str, kind: TextKind, language: Language) -> bool:
    """Whether a text is the statutory model, byte for byte but for what is filled in, which is never nothing."""
    return has_model(kind) and _fits(text, _between_places(draft(kind, language)))


def differences(text: str, kind: TextKind, language: Language) -> list[Piece]:
    """Model and text, word by word; of very long texts the beginning."""
    ours = draft(kind, language).split()[:_MOST_WORDS]
    theirs = text.split()[:_MOST_WORDS]
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece(Side.BOTH, " ".join(ours[a:b])))
            continue
        if a < b:
            pieces.append(Piece(Side.MODEL, " ".join(ours[a:b])))
        if c < d:
            pieces.append(Piece(Side.OFFICE, " ".join(theirs[c:d])))
    return pieces


def _between_places(model: str) -> list[str]:
    """What stands before, between and after the places."""
    for place in places_in(model):
        model = model.replace(place, "\0")
    return model.split("\0")


def _fits(text: str, fixed: list[str]) -> bool:
    """Whether the fixed words stand in the text in this order, with something in one line between them; linear."""
    first, *between, last = fixed
    if not text.startswith(first):
        return False
    at = len(first)
    for words in between:
        found = text.find(words, at + 1)
        if found < 0 or "\n" in text[at:found]:
            return False
        at = found + len(words)
    filled_in = text[at : len(text) - len(last)]
    return text.endswith(last) and bool(filled_in) and "\n" not in filled_in

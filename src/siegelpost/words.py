"""A text in German and English, for what speaks below or without gettext: ledger, proofs, doctor, commands, imports.

Everything else is translated by gettext. Knows no Django, so that an expert can check a proof alone.
"""

from dataclasses import dataclass
from typing import Literal

Language = Literal["de", "en"]
LANGUAGES: tuple[Language, Language] = ("de", "en")


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages; ``{}`` and ``{name}`` are places to be filled."""

    de: str
    en: str

    def __getitem__(self, language: str) -> str:
        """The text; German for a language that is not spoken here."""
        return self.en if language == "en" else self.de

    def filled(self, *values: object, **named: object) -> "Words":
        """With its places filled: by other words in the same language, by anything else as it is."""
        return Words(*(_filled(self[language], language, values, named) for language in LANGUAGES))


class SpokenError(Exception):
    """Says in both languages what happened, what is safe, and what to do."""

    def __init__(self, de: str, en: str) -> None:
        super().__init__(f"{de} / {en}")
        self.words = Words(de, en)

    def text(self, language: str) -> str:
        """The words in German or English."""
        return self.words[language]


def _filled(text: str, language: str, values: tuple[object, ...], named: dict[str, object]) -> str:
    def said(value: object) -> object:
        return value[language] if isinstance(value, Words) else value

    return text.format(*map(said, values), **{name: said(value) for name, value in named.items()})

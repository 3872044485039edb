"""A text in German and English, for what speaks below or without gettext: ledger, proofs, doctor, commands, imports.

Everything else is translated by gettext. Knows no Django, so that an expert can check a proof alone.
"""

import copyreg
from dataclasses import dataclass
from typing import Literal

Language = Literal["de", "en"]
LANGUAGES: tuple[Language, Language] = ("de", "en")


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages; ``{}`` or ``{name}`` are places to be filled."""

    de: str
    en: str

    def __getitem__(self, language: str) -> str:
        """The text; German for a language that is not spoken here."""
        return self.en if language == "en" else self.de

    def filled(self, *values: object) -> "Words":
        """With its places filled: by other words in the same language, by anything else as it is."""
        return Words(*(self[each].format(*(said(value, each) for value in values)) for each in LANGUAGES))


class SpokenError(Exception):
    """Says in both languages what happened, what is safe, and what to do; or only what a system said."""

    def __init__(self, de: str, en: str = "") -> None:
        super().__init__(f"{de} / {en}" if en else de)
        self.words = Words(de, en or de)

    def __reduce__(self) -> tuple[object, tuple[object, ...], dict[str, object]]:
        # Into another process as it is, without being made anew: each kind takes arguments of its own for that.
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]  # not in the stubs

    def text(self, language: str) -> str:
        """The words in German or English."""
        return self.words[language]


def said(value: object, language: str) -> str:
    """Words in this language; a name, a number or what came from elsewhere as it is."""
    return value[language] if isinstance(value, Words) else str(value)

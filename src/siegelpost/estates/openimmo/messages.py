"""What the reader says when something is wrong, in German and English.

A rejected file is told in three parts: what happened, that nothing was changed, and what to do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from siegelpost.estates.openimmo.keys import Key as Key
from siegelpost.estates.openimmo.notices import NOTICES
from siegelpost.estates.openimmo.refusals import REFUSALS
from siegelpost.toolbox.words import LANGUAGES, SpokenError, Words

LONGEST_QUOTE = 80
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
TEXTS = {**REFUSALS, **NOTICES}

NOTHING_CHANGED = Words("Es wurde nichts geändert.", "Nothing was changed.")


def quotable(value: object) -> str:
    """``value`` fit for a message: printable, without direction marks, at most 80 characters."""
    text = _UNPRINTABLE.sub(" ", str(value)).strip()
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"


@dataclass(frozen=True, slots=True)
class Message:
    """One message with the values that belong into it."""

    key: Key
    values: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, key: Key, **values: object) -> Message:
        """The message ``key`` with these values, made quotable."""
        return cls(key, tuple((name, quotable(value)) for name, value in values.items()))

    def text(self, language: str) -> str:
        """The sentence in German ("de") or English (anything else)."""
        return TEXTS[self.key].sentence[language].format(**dict(self.values))


class OpenImmoError(SpokenError):
    """The whole file is refused: nothing of it was taken over. Says what happened, that, and what to do."""

    def __init__(self, key: Key, **values: object) -> None:
        self.message = Message.of(key, **values)
        advice = TEXTS[key].advice
        parts = ((self.message.text(each), NOTHING_CHANGED[each], advice[each]) for each in LANGUAGES)
        super().__init__(*map(" ".join, parts))


class AttachmentError(Exception):
    """One attachment cannot be read; the rest of the property can."""

    def __init__(self, key: Key, **values: object) -> None:
        self.message = Message.of(key, **values)
        super().__init__(self.message.text("de"))

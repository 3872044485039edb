"""A sentence in every language that the doctor speaks, and how its placeholders are filled."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from string import Formatter
from typing import Any

LANGUAGES = ("de", "en")

_MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True, slots=True)
class Text:
    """German is written first; English says the same."""

    de: str
    en: str

    def in_language(self, language: str) -> str:
        """The sentence; German for a language that is not spoken here."""
        return self.en if language == "en" else self.de


def fill(text: Text, language: str, values: Mapping[str, Any]) -> str:
    """The sentence with its placeholders filled. What is not known stands as `?`, and never raises."""
    parts = []
    for literal, name, _format, _conversion in Formatter().parse(text.in_language(language)):
        parts.append(literal)
        if name is not None:
            parts.append(_shown(values.get(name, "?"), language))
    return "".join(parts)


def _shown(value: Any, language: str) -> str:
    if isinstance(value, datetime):
        return date_text(value, language)
    if isinstance(value, tuple | list):
        return ", ".join(str(each) for each in value[:20]) or ("(kein Name)" if language == "de" else "(no name)")
    return str(value)


def date_text(moment: datetime, language: str) -> str:
    """A day as people write it: `5.3.2027`, `5 March 2027`; in UTC, as certificates count."""
    day = moment.astimezone(UTC)
    if language == "en":
        return f"{day.day} {_MONTHS_EN[day.month - 1]} {day.year}"
    return f"{day.day}.{day.month}.{day.year}"

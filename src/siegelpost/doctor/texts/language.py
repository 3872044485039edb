"""How the placeholders of the doctor's sentences are filled, and how dates are written."""

from collections.abc import Mapping
from datetime import UTC, datetime
from string import Formatter
from typing import Any

from siegelpost.toolbox.words import Words

_NO_NAME = Words("(kein Name)", "(no name)")
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


def fill(text: Words, language: str, values: Mapping[str, Any]) -> str:
    """The sentence with its placeholders filled. What is not known stands as ``?``, and never raises."""
    parts = []
    for literal, name, _format, _conversion in Formatter().parse(text[language]):
        parts.append(literal)
        if name is not None:
            parts.append(_shown(values.get(name, "?"), language))
    return "".join(parts)


def _shown(value: Any, language: str) -> str:
    if isinstance(value, datetime):
        return date_text(value, language)
    if isinstance(value, tuple | list):
        return ", ".join(str(each) for each in value[:20]) or _NO_NAME[language]
    return str(value)


def date_text(moment: datetime, language: str) -> str:
    """A day as people write it: ``5.3.2027``, ``5 March 2027``; in UTC, as certificates count."""
    day = moment.astimezone(UTC)
    if language == "en":
        return f"{day.day} {_MONTHS_EN[day.month - 1]} {day.year}"
    return f"{day.day}.{day.month}.{day.year}"

"""From the text of an element to a value; a converter raises ValueError when the text is no such value."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

# Files that call themselves ISO-8859-1 are often Windows-1252: „quotes“ and € then arrive as C1 controls.
_C1_AS_WINDOWS = {code: bytes([code]).decode("cp1252", errors="ignore") or None for code in range(0x80, 0xA0)}
_NOT_TEXT = dict.fromkeys(
    # Controls but tab and line feed; marks that turn the direction of writing and so can disguise a text.
    (
        *(*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, 0xFEFF, 0x200E, 0x200F),
        *(*range(0x202A, 0x202F), *range(0x2066, 0x206A)),
    )
)
_CLEAN = {**_C1_AS_WINDOWS, **_NOT_TEXT}
_LINE_BREAKS = re.compile(r"\r\n?|<br\s*/?>", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,12})?\Z", re.ASCII)
_GERMAN_NUMBER = re.compile(r"[+-]?\d{1,3}(\.\d{3})*(,\d{1,12})?\Z|[+-]?\d{1,15},\d{1,12}\Z", re.ASCII)
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_GERMAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})\Z", re.ASCII)
_MONTH = re.compile(r"(\d{1,2})[./-](\d{4})\Z", re.ASCII)
_YEAR = re.compile(r"\d{4}\Z", re.ASCII)
_YEAR_INSIDE = re.compile(r"(?<!\d)(1[0-9]\d\d|20\d\d|21\d\d)(?!\d)", re.ASCII)
TRUE = frozenset({"true", "1", "ja", "yes", "wahr"})
FALSE = frozenset({"false", "0", "nein", "no", "falsch"})
EARLIEST_YEAR, LATEST_YEAR = 1000, 2200


def prose(text: str) -> str:
    """Text of several lines without control characters and without space at its ends."""
    return _LINE_BREAKS.sub("\n", text).translate(_CLEAN).strip()


def line(text: str) -> str:
    """Text of one line: every run of white space is one space."""
    return " ".join(prose(text).split())


def boolean(text: str) -> bool:
    """XML Schema's booleans, and the German words some programs write."""
    word = text.strip().lower()
    if word in TRUE or word in FALSE:
        return word in TRUE
    raise ValueError(text)


def number(text: str) -> Decimal:
    """A decimal number, as XML writes it (1234.5) or as people do (1.234,5); never NaN or infinite."""
    text = text.strip().removesuffix("€").strip()
    # "1.234" is XML's one and a quarter: the format's own spelling goes first.
    if _NUMBER.match(text):
        return Decimal(text)
    if _GERMAN_NUMBER.match(text):
        return Decimal(text.replace(".", "").replace(",", "."))
    raise ValueError(text)


def decimal(digits: int, places: int) -> Callable[[str], Decimal]:
    """A number ≥ 0 with at most ``digits`` digits, rounded to ``places`` of them behind the point."""
    least, unit = Decimal(0), Decimal(1).scaleb(-places)
    beyond = Decimal(10) ** (digits - places)

    def convert(text: str) -> Decimal:
        value = number(text).quantize(unit)
        if not least <= value < beyond:
            raise ValueError(text)
        return value

    return convert


def degrees(limit: int) -> Callable[[str], Decimal]:
    """Geographic degrees within ± ``limit``, to six places (about 10 cm)."""

    def convert(text: str) -> Decimal:
        value = number(text).quantize(Decimal("0.000001"))
        if abs(value) > limit:
            raise ValueError(text)
        return value

    return convert


def integer(low: int, high: int) -> Callable[[str], int]:
    """A whole number from ``low`` to ``high``; "2.0" counts as whole."""

    def convert(text: str) -> int:
        value = number(text)
        if value != value.to_integral_value() or not low <= value <= high:
            raise ValueError(text)
        return int(value)

    return convert


def year(text: str) -> int:
    """A year; of "ca. 1910" or "1998/99" the first four digits that can be one."""
    if found := _YEAR_INSIDE.search(text):
        return int(found[1])
    raise ValueError(text)


def day(text: str) -> date:
    """A date: 2026-11-23 (a time may follow) or 23.11.2026."""
    text = text.strip()
    if found := _ISO_DATE.match(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _GERMAN_DATE.match(text):
        return date(int(found[3]), int(found[2]), int(found[1]))
    raise ValueError(text)


def last_day(text: str) -> date:
    """A date up to which something holds; of a month or a year alone, its last day."""
    text = text.strip()
    if found := _MONTH.match(text):
        month_, year_ = int(found[1]), int(found[2])
        return date(year_, month_, calendar.monthrange(year_, month_)[1]) if 1 <= month_ <= 12 else day(text)
    if _YEAR.match(text):
        return date(int(text), 12, 31)
    return day(text)


def one_of(table: Mapping[str, str]) -> Callable[[str], str]:
    """The value that ``table`` gives for the upper-case word."""

    def convert(text: str) -> str:
        try:
            return table[text.strip().upper()]
        except KeyError:
            raise ValueError(text) from None

    return convert


def code(length: int) -> Callable[[str], str]:
    """Exactly ``length`` letters A–Z, as country and currency codes are."""

    def convert(text: str) -> str:
        text = text.strip().upper()
        if len(text) != length or not text.isascii() or not text.isalpha():
            raise ValueError(text)
        return text

    return convert

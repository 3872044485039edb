"""From the text of an element to a value; a converter raises ValueError when the text is no such value."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from siegelpost.estates.openimmo import markup
from siegelpost.toolbox import lines

# Files that call themselves ISO-8859-1 are often Windows-1252: „quotes“ and € then arrive as C1 controls.
_C1_AS_WINDOWS = {code: bytes([code]).decode("cp1252", errors="ignore") or None for code in range(0x80, 0xA0)}
_NOT_TEXT = dict.fromkeys(
    # Controls but tab and line feed; marks that turn the direction of writing and so can disguise a text.
    (
        *(*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, 0xFEFF, 0x200E, 0x200F),
        *(*range(0x202A, 0x202F), *range(0x2066, 0x206A)),
    )
)
# A space that does not break is often but a filler of web pages.
_CLEAN = {**_C1_AS_WINDOWS, **_NOT_TEXT, 0xA0: " "}
_LINE_BREAKS = re.compile("\r\n?|\u2028|\u2029")
_DIGITS = re.compile(r"\d{1,15}\Z", re.ASCII)
_ONE_MARK = re.compile(r"(\d{1,15})([.,])(\d{1,12})\Z", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3}){1,4}(?:,\d{1,12})?\Z|\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,12})?\Z", re.ASCII)
_GROUP_OF_SPACE = re.compile(r"(?<=\d)['’\u00a0\u202f ](?=\d{3}(?!\d))", re.ASCII)
# From the first blank on, and not anew from each of them.
_EURO = re.compile(r"(?<!\s)\s*+(?:€|eur\b|euro\b)\s*", re.IGNORECASE)
_UNIT = re.compile(r"(?<!\s)\s*+(?:m²|m2|qm|kWh ?(?:/ ?\(?m[²2] ?[·*x/]? ?a\)?)?|zimmer|zi\.?)\Z", re.IGNORECASE)
_ABOUT = re.compile(r"(?:ca\.?|circa|rd\.?|rund|etwa) {0,3}(?=\d)", re.IGNORECASE)
_UPPER = re.compile(r"(\d{1,2})\.? ?(?:OG|Obergeschoss|Etage|Stock)\Z", re.IGNORECASE | re.ASCII)
_NAMED_FLOORS = {"EG": 0, "ERDGESCHOSS": 0, "HOCHPARTERRE": 0, "PARTERRE": 0, "UG": -1, "SOUTERRAIN": -1}
_NO_CENTS = re.compile(r"[.,]\s?[-–—]{1,2}\Z")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_GERMAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})\Z", re.ASCII)
_MONTH = re.compile(r"(\d{1,2})[./-](\d{4})\Z", re.ASCII)
_MONTH_LAST = re.compile(r"(\d{4})[-/.](\d{1,2})\Z", re.ASCII)
_YEAR = re.compile(r"\d{4}\Z", re.ASCII)
_YEAR_INSIDE = re.compile(r"(?<!\d)(1[0-9]\d\d|20\d\d|21\d\d)(?!\d)", re.ASCII)
TRUE = frozenset({"true", "1", "ja", "yes", "wahr"})
FALSE = frozenset({"false", "0", "nein", "no", "falsch"})
EARLIEST_YEAR, LATEST_YEAR = 1000, 2200


def prose(text: str) -> str:
    """Text of several lines without markup, without control characters and without space at its ends."""
    return _LINE_BREAKS.sub("\n", markup.plain(text)).translate(_CLEAN).strip()


def line(text: str) -> str:
    """Text of one line: every run of white space is one space, and nothing is in it that cannot be seen."""
    return lines.line(prose(text))


def boolean(text: str) -> bool:
    """XML Schema's booleans, and the German words some programs write."""
    word = text.strip().lower()
    if word in TRUE or word in FALSE:
        return word in TRUE
    raise ValueError(text)


@dataclass(frozen=True, slots=True)
class Figures:
    """How the numbers of one kind of field are written, and how large they can be.

    A single mark before three digits ("349.000") can be read in two ways, a thousand times apart. ``thousands`` are
    the marks that then group: files of this trade have at most two decimals there. The other marks of ``marks`` are a
    point before decimals, and what is in neither makes the number unreadable. ``most`` is the largest value that
    such a reading may give: beyond it, a machine may have written three decimals, and nobody can know.
    """

    digits: int
    places: int
    thousands: str = ""
    decimals: str = ""
    most: int | None = None

    def __call__(self, text: str) -> Decimal:
        """The number of a text, ≥ 0 and rounded to the places.

        Raises:
            ValueError: it is no number, one too large, or one that can be read in two ways.
        """
        value = self._read(text).quantize(Decimal(1).scaleb(-self.places))
        if not 0 <= value < Decimal(10) ** (self.digits - self.places):
            raise ValueError(text)
        return value

    def _read(self, text: str) -> Decimal:
        plain, in_euros = _EURO.subn("", _UNIT.sub("", _ABOUT.sub("", text.strip(), count=1)), count=1)
        plain = _GROUP_OF_SPACE.sub("", _NO_CENTS.sub("", plain.strip()))
        if not (mark := _ambiguous(plain)):
            return number(plain)
        if mark in self.thousands:
            value = Decimal(plain.replace(mark, ""))
            if in_euros or self.most is None or value <= self.most:
                return value
        elif mark in self.decimals:
            return number(plain)
        raise ValueError(text)


PRICE = Figures(14, 2, thousands=".,")
MONTHLY = Figures(14, 2, thousands=".", most=100_000)
LAND = Figures(11, 2, thousands=".")
ROOMS_AREA = Figures(11, 2, thousands=".", most=20_000)
COUNT = Figures(6, 1)
ENERGY = Figures(8, 2, decimals=",")
_WHOLE = Figures(12, 3)


def _ambiguous(text: str) -> str:
    """The mark of a number such as "349.000" or "1,200", which groups or divides; "" where there is no doubt."""
    found = _ONE_MARK.match(text)
    doubtful = found and len(found[3]) == 3 and len(found[1]) <= 3 and not found[1].startswith("0")
    return found[2] if found and doubtful else ""


def number(text: str) -> Decimal:
    """A decimal number, as XML writes it (1234.5) or as people do (1.234,5); never NaN, infinite or negative."""
    if _DIGITS.match(text):
        return Decimal(text)
    if _ONE_MARK.match(text):
        return Decimal(text.replace(",", "."))
    if _GROUPED.match(text):
        point = max(text.rfind("."), text.rfind(","))
        groups, last = text[:point], text[point + 1 :]
        # 1.250.000 has groups only.
        if text[point] in groups:
            return Decimal(re.sub(r"[.,]", "", text))
        return Decimal(f"{re.sub(r'[.,]', '', groups)}.{last}")
    raise ValueError(text)


def degrees(limit: int) -> Callable[[str], Decimal]:
    """Geographic degrees within ± ``limit``, to six places (about 10 cm)."""

    def convert(text: str) -> Decimal:
        value = _signed(text, number).quantize(Decimal("0.000001"))
        if abs(value) > limit:
            raise ValueError(text)
        return value

    return convert


def integer(low: int, high: int) -> Callable[[str], int]:
    """A whole number from ``low`` to ``high``; "2.0" counts as whole."""

    def convert(text: str) -> int:
        value = _signed(text, _WHOLE)
        if value != value.to_integral_value() or not low <= value <= high:
            raise ValueError(text)
        return int(value)

    return convert


def floor(text: str) -> int:
    """The floor a flat is on: a number, or as people say it (EG, 2. OG)."""
    word = text.strip()
    if word.upper() in _NAMED_FLOORS:
        return _NAMED_FLOORS[word.upper()]
    found = _UPPER.match(word)
    return integer(-20, 300)(found[1] if found else word)


def _signed(text: str, read: Callable[[str], Decimal]) -> Decimal:
    text = text.strip()
    return -read(text[1:]) if text.startswith("-") else read(text.removeprefix("+"))


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
    if found := _MONTH_LAST.match(text):
        return last_day(f"{found[2]}.{found[1]}")
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


def country(known: Mapping[str, str]) -> Callable[[str], str]:
    """A country by its three letters, or by what ``known`` has for them."""
    return lambda text: known.get(text.strip().upper()) or code(3)(text)


def currency(text: str) -> str:
    """A currency by its code, or the euro as people write it; of a file that names none, the euro."""
    word = text.strip().upper()
    return "EUR" if word in {"", "€", "EURO"} else code(3)(word)

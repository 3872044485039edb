"""Text as it is compared when searching: Müller, Mueller and MULLER are one, and so are the ways to write a number."""

import re
import unicodedata
from collections.abc import Iterable

_NOT_WORD = re.compile(r"[\W_]+")
_NOT_DIGIT = re.compile(r"\D+")
_UMLAUT_PAIRS = (("ae", "a"), ("oe", "o"), ("ue", "u"), ("ß", "ss"))
# A telephone number is at least this long; shorter runs of digits are house numbers and the like.
_SHORTEST_NUMBER = 5
# People know the last digits of a number, too; fewer than these say nothing.
_SHORTEST_END = 4
_LONGEST_WORD = 60
_MOST_WORDS = 3000


def fold(text: str) -> str:
    """``text`` in lower case without accents, umlauts in either spelling as their plain vowel; words by one space."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    for pair, vowel in _UMLAUT_PAIRS:
        plain = plain.replace(pair, vowel)
    return " ".join(_NOT_WORD.sub(" ", plain).split())


def digits(number: str) -> str:
    """The digits of a telephone number as dialled in Germany: ``+49 (0)30 12`` and ``030/12`` both give ``03012``,
    ``+43 1 23`` gives ``0043123``.
    """
    bare = number.strip()
    abroad = bare.startswith("+")
    plain = _NOT_DIGIT.sub("", bare.replace("(0)", ""))
    if abroad:
        plain = "00" + plain
    if plain.startswith("0049"):
        plain = "0" + plain.removeprefix("0049").lstrip("0")
    return plain


def searchable(texts: Iterable[str], numbers: Iterable[str] = ()) -> str:
    """What something is found by: the folded words of its texts, and its numbers from any digit on."""
    found = fold(" ".join(texts)).split()
    for number in map(digits, numbers):
        found += [number[start:] for start in range(max(1, len(number) - _SHORTEST_END + 1))]
    return " ".join(list(dict.fromkeys(word[:_LONGEST_WORD] for word in found if word))[:_MOST_WORDS])


def words(query: str) -> list[str]:
    """What the words of every hit must begin with: the folded words of ``query``, or one telephone number."""
    letters = _NOT_DIGIT.sub("", query)
    is_number = len(letters) >= _SHORTEST_NUMBER and not any(c.isalpha() for c in query)
    return [word[:_LONGEST_WORD] for word in ([digits(query)] if is_number else fold(query).split())]

"""Text as it is compared when searching: Müller, Mueller and MULLER are one, and so are the ways to write a number."""

import re
import unicodedata

_NOT_WORD = re.compile(r"[^\w@.+-]+")
_NOT_DIGIT = re.compile(r"\D+")
_UMLAUT_PAIRS = (("ae", "a"), ("oe", "o"), ("ue", "u"), ("ß", "ss"))
# A telephone number is at least this long; shorter runs of digits are house numbers and the like.
_SHORTEST_NUMBER = 5


def fold(text: str) -> str:
    """``text`` in lower case without accents, umlauts in either spelling as their plain vowel."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    for pair, vowel in _UMLAUT_PAIRS:
        plain = plain.replace(pair, vowel)
    return " ".join(_NOT_WORD.sub(" ", plain).split())


def digits(number: str) -> str:
    """The digits of a telephone number as dialled inland: ``+49 (0)30 12`` and ``030/12`` both give ``03012``."""
    bare = number.strip()
    abroad = bare.startswith(("+49", "0049"))
    plain = _NOT_DIGIT.sub("", bare.replace("(0)", ""))
    if abroad:
        plain = "0" + plain.removeprefix("00").removeprefix("49").lstrip("0")
    return plain


def words(query: str) -> list[str]:
    """What every hit must contain: the folded words of ``query``, or one telephone number."""
    letters = _NOT_DIGIT.sub("", query)
    is_number = len(letters) >= _SHORTEST_NUMBER and not any(c.isalpha() for c in query)
    return [digits(query)] if is_number else fold(query).split()

"""One line of words as somebody typed it, wherever it comes from: a form, a mail, a card, a file of another program.

What cannot be seen is left out, so that nobody turns a name round, hides a sign in it, or smuggles a line into a mail.
A name of which nothing is to be seen is empty.
"""

import unicodedata

# Signs of no width, and fillers, that are letters or marks by their category: Unicode's Default_Ignorable_Code_Point
# without the categories C (DerivedCoreProperties.txt 15.1), and those that look empty by their picture.
_UNSEEN = frozenset(
    [
        *map(chr, (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0)),
        *map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))),
        *map(chr, (0x2800, 0x1D159, 0x16FE4)),  # blank of Braille, empty note head, filler of Khitan
    ]
)
# Within words of these scripts they decide how letters join, and so how a name is written.
_JOINERS = frozenset("\u200c\u200d")
_JOINING = (
    "ARABIC",
    "SYRIAC",
    "DEVANAGARI",
    "BENGALI",
    "GURMUKHI",
    "GUJARATI",
    "ORIYA",
    "TAMIL",
    "TELUGU",
    "KANNADA",
    "MALAYALAM",
    "SINHALA",
)


def line(text: str) -> str:
    """The words of ``text`` by one space each, without what cannot be seen; nothing, if nothing can be seen."""
    kept = "".join(
        sign for place, sign in enumerate(text) if sign.isspace() or is_seen(sign) or _joins(text, place, sign)
    )
    words = " ".join(kept.split())
    return words if any(unicodedata.category(sign)[0] not in "MZC" for sign in words) else ""


def file_name(path: str, otherwise: str) -> str:
    """What a file is called, as it is shown: the end of a long name tells more than its beginning."""
    plain = "".join(letter for letter in path.replace("\\", "/").rpartition("/")[2] if letter.isprintable())
    return plain[-255:].strip() or otherwise


def is_seen(sign: str) -> bool:
    """Whether a sign takes part in what is seen: no control, no mark of direction, no filler."""
    return unicodedata.category(sign)[0] != "C" and sign not in _UNSEEN


def _joins(text: str, place: int, sign: str) -> bool:
    around = (text[place - 1 : place], text[place + 1 : place + 2])
    return sign in _JOINERS and all(one and unicodedata.name(one, "").startswith(_JOINING) for one in around)

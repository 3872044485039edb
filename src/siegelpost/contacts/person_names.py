"""A name in one line, as programs write that keep no more, taken apart: title, first name, last name."""

import re

from siegelpost.toolbox.folding import fold

# Before a name; as a word of its own.
_TITLE = re.compile(
    r"(?:(?:Prof|Dr|Dipl|Ing|Mag|Herrn?|Frau|Mr|Mrs|Ms|Familie|Fam)\b\.?(?:-\w{2,12}\.?)?"
    r"|(?:h\. ?c|med|jur|rer|nat|phil)\.)\s{0,9}",
    re.IGNORECASE,
)
# These belong to the last name that follows them (Anna von der Höhe, Vincent van Gogh, Carlos de la Cruz).
_PARTICLES = frozenset(
    [
        *("von", "vom", "zu", "zum", "zur", "van", "der", "den", "dem", "de", "del", "della", "di", "da", "dos", "du"),
        *("la", "le", "ter", "ten", "te", "el", "al", "bin", "ibn", "und", "auf", "af", "av", "'t"),
    ]
)
_MOST_TITLES = 6


def says_more(whole: str, *known: str) -> bool:
    """Whether a name in one line has a word that none of its parts has."""
    there = set(fold(" ".join(known)).split())
    return not set(fold(whole).split()) <= there


def split_name(whole: str) -> tuple[str, str, str]:
    """Titles, first name and last name of a name in one line; "Müller, Jürgen" is read from behind."""
    titles: list[str] = []
    rest = whole.strip()
    while len(titles) < _MOST_TITLES and (found := _TITLE.match(rest)) and found.end() < len(rest):
        titles.append(found[0].strip())
        rest = rest[found.end() :]
    if rest.count(",") == 1 and all(part.strip() for part in rest.split(",")):
        last, first = (part.strip() for part in rest.split(","))
        return " ".join(titles), first, last
    words = rest.split()
    # The last word is of the last name, and so are the small words before it; one word stays for the first name.
    start = max(len(words) - 1, 0)
    particles = [place for place, word in enumerate(words[:-1]) if word in _PARTICLES]
    if particles:
        start = min(start, particles[0])
    return " ".join(titles), " ".join(words[:start]), " ".join(words[start:])

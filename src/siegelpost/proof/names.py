"""What the files of a proof are called: names that every file system can hold, derived in one way only.

A verifier derives the name of an attachment again (``docs/proof.md``), so nothing here may change.
"""

import re
import unicodedata
from collections.abc import Iterable

_TRANSLATION = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})


def safe(names: Iterable[str]) -> list[str]:
    """The names in their order, each in ASCII and only once, whatever the case; folders, one deep, stay."""
    found: list[str] = []
    taken: set[str] = set()
    for name in names:
        folder, slash, file = name.rpartition("/")
        stem, dot, ending = _plain(file).rpartition(".")
        if not dot:
            stem, ending = ending, ""
        place = f"{_plain(folder)}/" if slash else ""
        unique, number = f"{place}{stem}{dot}{ending}", 1
        while unique.lower() in taken:
            number += 1
            unique = f"{place}{stem}-{number}{dot}{ending}"
        taken.add(unique.lower())
        found.append(unique)
    return found


def _plain(name: str) -> str:
    """A name in ASCII letters, digits, dots, hyphens and underscores that starts and ends with a letter or digit."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", name).translate(_TRANSLATION))
    text = re.sub(r"[^A-Za-z0-9._]+", "-", text.encode("ascii", "ignore").decode())
    return text[-80:].strip("-._") or "document"

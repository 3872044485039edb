"""What counts as a yes in an answer by mail, in German and English: a table, and nothing beside it.

Whoever answers "ja, aber …", asks something, or answers in other words than these, has declared nothing: a contract is
made by an unmistakable yes only. A greeting before it, and thanks, a closing line and a name after it, may stand there.
"""

import re
import unicodedata
from enum import StrEnum


class Answer(StrEnum):
    """What somebody's own words mean."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


YES = frozenset(
    {
        "ja",
        "ja bitte",
        "ja gern",
        "ja gerne",
        "ja einverstanden",
        "ja ich bin einverstanden",
        "ja ich bestelle",
        "ja ich bestelle zahlungspflichtig",
        "ja ich bestelle provisionspflichtig",
        "ja ich beauftrage sie",
        "ja ich erteile den auftrag",
        "ich bestelle zahlungspflichtig",
        "ich bestelle provisionspflichtig",
        "hiermit bestelle ich zahlungspflichtig",
        "hiermit beauftrage ich sie",
        "yes",
        "yes please",
        "yes i agree",
        "yes i order",
        "yes i order with obligation to pay",
        "i order with obligation to pay",
        "i hereby order with obligation to pay",
    }
)
NO = frozenset(
    {
        "nein",
        "nein danke",
        "kein interesse",
        "ich habe kein interesse",
        "ich habe kein interesse mehr",
        "no",
        "no thanks",
        "no thank you",
        "not interested",
        "i am not interested",
    }
)
_GREETING = re.compile(
    r"(?:hallo|hi|hey|moin|servus|guten (?:tag|morgen|abend)|grüß gott|sehr geehrte[rs]?|liebe[rs]?|dear|hello"
    r"|good (?:morning|afternoon|evening))\b(?: [\w.-]+){0,6}"
)
_CLOSING = re.compile(
    r"(?:mit )?(?:freundliche[nm]?|viele[nm]?|beste[nm]?|liebe[nm]?|herzliche[nm]?|schöne[nm]?) (?:gruß|grüße[n]?)"
    r"(?: [\w.-]+){0,5}|(?:mfg|lg|vg|gruß|grüße)(?: [\w.-]+){0,5}"
    r"|(?:kind|best|warm)? ?regards(?: [\w.-]+){0,5}|(?:yours )?(?:sincerely|faithfully)|best wishes"
)
_THANKS = re.compile(
    r"(?:vielen |besten |herzlichen )?dank|danke(?: (?:schön|sehr|ihnen))?|thanks|thank you|many thanks"
)
# A name below the yes, where there is no closing line: at most so many words, without a verb to be taken for.
_LONGEST_NAME = 4
_MOST_LINES = 30


def meaning(own_words: str, name: str) -> Answer:
    """What the writer's own words say; everything that is not in the table is unclear.

    Args:
        own_words: without the mail that is answered.
        name: of the recipient, who may have signed with it.
    """
    lines = [folded for line in own_words.splitlines() if (folded := _folded(line))]
    if len(lines) > _MOST_LINES or "?" in own_words:
        return Answer.UNCLEAR
    said = " ".join(_without_frame(lines, _folded(name)))
    if said in YES:
        return Answer.YES
    return Answer.NO if said in NO else Answer.UNCLEAR


def _without_frame(lines: list[str], name: str) -> list[str]:
    """The lines between greeting and closing."""
    if lines and _GREETING.fullmatch(lines[0]):
        lines = lines[1:]
    end = next((at for at, line in enumerate(lines) if _CLOSING.fullmatch(line)), len(lines))
    # What stands below a closing line is a name; a sentence there would be one that nobody has looked at.
    if any(len(line.split()) > _LONGEST_NAME or line in YES | NO for line in lines[end + 1 :]):
        return lines
    kept = [line for line in lines[:end] if not _THANKS.fullmatch(line)]
    if len(kept) > 1 and name and set(kept[-1].split()) <= set(name.split()):
        kept = kept[:-1]
    return kept


def _folded(line: str) -> str:
    """Small letters, single blanks, no punctuation."""
    plain = unicodedata.normalize("NFKC", line).lower()
    kept = "".join(one if unicodedata.category(one)[0] in "LNM" or one in "-" else " " for one in plain)
    return " ".join(kept.split()).strip("- ")

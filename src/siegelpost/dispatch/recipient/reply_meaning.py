"""What counts as an order, a yes, a no or a withdrawal in an answer by mail, in German and English.

All but withdrawals are closed lists, and nothing beside: a contract is made by an unmistakable yes only. So the *whole*
of what somebody wrote has to be one sentence of a list; around it may stand a greeting, thanks, a closing line and
names, each of a list as well. One word more, or a sign that is no plain punctuation, and nothing was declared:
"Ja, aber …", "Ja?", "Ja 👎", "PS: …".
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from siegelpost.dispatch.recipient.reply_phrases import ADDRESSED, CLOSINGS, GREETINGS, NOES, ORDERS, THANKS, YESES
from siegelpost.toolbox.folding import fold


class Meaning(StrEnum):
    """What somebody's own words mean."""

    ORDER = "order"  # names the duty to pay in so many words (§ 312j (3) BGB)
    YES = "yes"
    NO = "no"
    WITHDRAWAL = "withdrawal"  # speaks of one
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class People:
    """Whose names may stand around an answer: of its writer, and of those who are greeted."""

    writer: tuple[str, ...]
    greeted: tuple[str, ...] = ()


# Signs that only set words apart; of dots several in a row say that somebody wavers.
_PLAIN = frozenset(".!,/-–—‐‑'\"„“”‚‘’«»‹›")
# There are people called "No" and "Ohne", and offices called "Provisionsfrei".
_NO_NAMES = frozenset(
    {"ja", "nein", "nicht", "nie", "kein", "keine", "keinen", "ohne", "aber", "nur", "wenn", "falls", "doch", "statt"}
    | {"noch", "erst", "frei", "provisionsfrei", "kostenfrei", "kostenlos", "gratis", "unverbindlich"}
    | {"yes", "no", "not", "never", "without", "but", "if", "only", "free", "zero", "null"}
)
_UNSEEN = frozenset("\u200b\ufeff\u00ad")
_WAVERS = re.compile(r"\.\s*\.")
_LONGEST = 3000
# Words that speak of taking back, whatever stands around them; rather once too often.
# What is said to have been ended is a withdrawal only of a contract or an order: people's flats are ended, too.
_WITHDRAWS = re.compile(
    r"wi(?:e)?derr?uf|\bstorn|r(?:ü|ue)cktritt|zur(?:ü|ue)ck(?:zu)?treten"
    r"|\b(?:ziehe|nehme|trete|ziehen|nehmen|treten)\b[^.!?]{0,120}?\bzur(?:ü|ue)ck"
    r"|\bk(?:ü|ue)ndig(?:e|en|ung)\b|\b(?:makler)?(?:vertrag|auftrag)\w{0,4}\b[^.!?]{0,120}?\bgek(?:ü|ue)ndigt"
    r"|\bwithdr[ae]w|\bwithdrawal|\bcancel|\brevok|\brevoc|\brescind|\bretract|\banfecht|\bfechte\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"[?？؟❓❔⁇⁈⁉¿;]|\b(?:ob|whether)\b|\b(?:let me know|tell me|bescheid|sagen sie|teilen sie|geben sie|nennen sie)\b"
    r"|(?:^|[.!\n:–-])[^\S\n]*(?:und |oder |and |or )?(?:passt|passen|können|könnten|kann|möchten|wollen|haben|hätten"
    r"|darf|dürfen|soll|sollen|ist|sind|wäre|würde|würden|wann|wo|wie|was|wer|welche[rsnm]?|woher|wohin|warum"
    r"|do|does|did|can|could|would|will|shall|should|may|is|are|have|when|where|how|what|who|which|why)\b",
    re.IGNORECASE,
)


def meaning(texts: Iterable[str], people: People) -> Meaning:
    """What the writer's own words say, which have to say the same in each form of the mail.

    Args:
        texts: what stands in each text of the mail beside our own; all of it.
        people: whose names may stand in it.
    """
    found = {_meaning(text, people) for text in texts}
    return found.pop() if len(found) == 1 else Meaning.UNCLEAR


def speaks_of_withdrawal(words: str) -> bool:
    """Whether somebody may mean that they take back what they declared."""
    return _WITHDRAWS.search(unicodedata.normalize("NFC", words)) is not None


def asks(message: str) -> bool:
    """Whether an agent's message asks something, so that a bare yes may be the answer to that."""
    return _ASKS.search(unicodedata.normalize("NFKC", message)) is not None


def _meaning(text: str, people: People) -> Meaning:
    plain = "".join(sign for sign in unicodedata.normalize("NFC", text) if sign not in _UNSEEN)
    if len(plain) > _LONGEST or _WAVERS.search(plain) or not all(map(_is_plain, plain)):
        return Meaning.UNCLEAR
    words = f"{fold(plain)} "
    greeted = _named(people.greeted)
    before = rf"(?:{GREETINGS}(?:{ADDRESSED}|{greeted}){{0,8}})?(?:{THANKS})?"
    after = rf"(?:{THANKS})?(?:{CLOSINGS}){{0,3}}(?:{_signed(people.writer)})?(?:{THANKS})?"
    for sentences, answer in _MEANINGS:
        if re.fullmatch(f"{before}{sentences}{after}", words):
            return answer
    return Meaning.UNCLEAR


_MEANINGS = ((ORDERS, Meaning.ORDER), (YESES, Meaning.YES), (NOES, Meaning.NO))


def _is_plain(sign: str) -> bool:
    return sign in _PLAIN or sign.isspace() or unicodedata.category(sign) in {"Lu", "Ll", "Lt", "Lo", "Nd"}


def _named(names: Iterable[str]) -> str:
    """One word of these names, with its blank; what says something in an answer is no name in it."""
    words = sorted({word for name in names for word in fold(name).split()} - _NO_NAMES, key=len, reverse=True)
    return f"(?:{'|'.join(map(re.escape, words))}) " if words else "(?!)"


def _signed(names: Iterable[str]) -> str:
    """The writer's name, in part or in initials, perhaps with a title."""
    known = tuple(names)
    one = _named([*known, *(word[:1] for name in known[:1] for word in name.split())])
    return rf"(?:(?:frau|herr|dr|prof|familie|fam|family|eheleute) )*(?:{one}){{1,6}}"

"""What people write about a commission, read: how much, whether VAT is in it, and whether there is none.

Nothing is guessed: what cannot be read whole, or in one way only, gives None or "".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from siegelpost.estates.kinds import CommissionOpen, CommissionVat
from siegelpost.estates.openimmo.vocabulary import COMMISSION_WORDS

VAT = Decimal("1.19")
"""German VAT, by which an amount "zzgl. MwSt." becomes what is really paid (§ 12 (1) UStG)."""

LEAST_RATE = Decimal("0.5")
"""A smaller rate is a fraction of one (0,0357) or another slip: it is not believed."""

_TAX = r"(?:mwst|ust|mehrwertsteuer|umsatzsteuer|vat)\b"
_PLUS = re.compile(
    rf"(?:\b(?:zzgl|zuzüglich|zuzgl|plus|exkl|exklusive|excl|excluding)\b|\+)(?:(?!\b(?:inkl|incl|einschl)).){{0,60}}?{_TAX}"
    rf"|\b{_TAX}\.?\s{{0,3}}(?:kommt\s(?:noch\s)?hinzu|nicht\senthalten)|\bnetto\b",
    re.IGNORECASE,
)
_INCLUDED = re.compile(
    r"\b(?:inkl|incl|inklusive|inclusive|einschl|einschließlich|einschliesslich|including|mit)\b\.?"
    rf".{{0,30}}?{_TAX}|\b{_TAX}\.?\s{{0,3}}(?:ist\s|sind\s)?(?:enthalten|inklusive|inbegriffen)|\bbrutto\b",
    re.IGNORECASE,
)
_NONE = re.compile(
    rf"\bkeine\s{_TAX}|\b(?:umsatzsteuer|mehrwertsteuer|mwst)\.?-?frei\b|§\s?19\s(?:abs\.\s?1\s)?ustg|kleinunternehmer",
    re.IGNORECASE,
)
_TAX_WORD = re.compile(rf"\b{_TAX}", re.IGNORECASE)
_TAX_FOLLOWS = re.compile(rf"\s{{0,3}}(?:(?:gesetzliche\w{{0,2}}|ges\.)\s)?{_TAX}", re.IGNORECASE)

_FIGURE = r"\d{1,2}(?:[.,]\d{1,4})?"
_RATE = re.compile(rf"(?<![\d.,])({_FIGURE})\s{{0,3}}(?:%|prozent\b|per\s?cent\b|v\.\s?h\.)", re.IGNORECASE)
_WORDS = {
    "1/2": "0.5", "½": "0.5", "halbe": "0.5", "eine halbe": "0.5", "eine": "1", "anderthalb": "1.5",
    "eineinhalb": "1.5", "zwei": "2", "drei": "3",
}  # fmt: skip
_MONTHS = re.compile(
    rf"(?<![\d.,/\w])({_FIGURE}|eine\shalbe|{'|'.join(_WORDS)})(?:-fache)?\s{{0,3}}"
    r"(?:netto|kalt|monats|monatliche|\s|-){0,5}miet(?:e|en)\b",
    re.IGNORECASE,
)
_SUM = r"\d{1,3}(?:\.\d{3}){1,3}(?:,\d{1,2})?|\d{1,9}(?:[,.]\d{1,2})?"
_MONEY = re.compile(
    rf"(?<![\d.,])({_SUM})(?:,-+)?\s{{0,3}}(?:€|eur\b|euro\b)|(?:€|\beur\b|\beuro\b)\s{{0,3}}({_SUM})(?![\d.,]*\d)",
    re.IGNORECASE,
)

_FEE = r"(?:(?:käufer|mieter|makler|erwerber|außen|aussen)-?)?(?:provision|courtage|gebühr|honorar|lohn|kosten)(?:en)?"
_FREE = re.compile(
    rf"(?:(?:käufer|mieter|makler)-?)?(?:provisions|courtage)-?\s?frei(?:e|es|er|en)?\b|commission[-\s]free"
    rf"|\b(?:keine|ohne)\s(?:zusätzliche\s|weitere\s)?(?:{_FEE})\b|\bno\scommission\b"
    rf"|\b(?:{_FEE})\sentfällt\b|\b(?:provision|courtage)\s(?:trägt|zahlt|übernimmt)\s"
    r"(?:nur\s|allein\s|ausschließlich\s)?(?:der|die)\s(?:verkäufer|vermieter|eigentümer)(?:in)?\b",
    re.IGNORECASE,
)
# Beside a word of freedom these say nothing more; any other word may.
_EMPTY_WORDS = frozenset({
    *("für", "den", "die", "das", "der", "dem", "es", "ist", "fällt", "an", "und", "oder", "sie", "in", "wird"),
    *("objekt", "wohnung", "haus", "immobilie", "käufer", "käuferin", "mieter", "mieterin", "erwerber", "erwerberin"),
    *("interessenten", "anfällt", "erhoben", "for", "the", "buyer", "tenant"),
})  # fmt: skip
_BARE_NO = re.compile(r"(?:keine|nein|entfällt|none|0+(?:[.,]0+)?\s?(?:%|€|eur|euro)?)[.!]*\Z", re.IGNORECASE)
_OTHERS = ("verkäufer", "verkaeufer", "vermieter", "innen", "innen ", "seller's ", "seller’s ", "landlord's ")
_OTHER_SIDE = "".join(rf"(?<!{who})(?<!{who}-)" for who in _OTHERS)
_NOUNS = "|".join(COMMISSION_WORDS)
_NOUN = rf"{_OTHER_SIDE}(?:{_NOUNS})(?!s?-?\s?frei)"
_COMMISSION = re.compile(_NOUNS, re.IGNORECASE)
_IN_WORDS = r"\b(?:ein|anderthalb|eineinhalb|zwei|zweieinhalb|drei|dreieinhalb|vier|fünf|sechs|two|three|four|five|six)"
_A_RATE = rf"(?:(?<![\d.,]){_FIGURE}|{_IN_WORDS})\s?(?:%|prozent|per\s?cent)"
_NAMED_IN_PROSE = re.compile(
    rf"{_NOUN}[^.!?;\n]{{0,80}}?(?:{_A_RATE}|(?<![\d.,])(?:{_SUM}\s?(?:€|eur)|{_FIGURE}\s?\w{{0,12}}miete))"
    rf"|{_A_RATE}[^!?;\n]{{0,40}}?{_NOUN}"
    rf"|{_NOUN}[:=\s]{{1,3}}(?:{_SUM})",
    re.IGNORECASE,
)


class Unit(StrEnum):
    """What a fee is counted in."""

    PERCENT = "percent"  # of the price
    MONTHS = "months"  # of a month's rent without its extras
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Fee:
    """One amount as it is written: 3 %, 2 months, 5.000 €; ``vat`` "" where nothing says how it stands to VAT."""

    amount: Decimal
    unit: Unit
    vat: str = ""

    def total(self, *, small_business: bool = False) -> Decimal | None:
        """What is really to be paid, VAT included; None where it is not known whether VAT comes on top.

        An office that may state no VAT (§ 19 UStG) is owed what is written.
        """
        if small_business or not self.amount or self.vat in {CommissionVat.INCLUDED, CommissionVat.NONE}:
            return self.amount
        if self.vat != CommissionVat.PLUS:
            return None
        places = Decimal("0.01") if self.unit is Unit.MONEY else Decimal("0.001")
        return _plain((self.amount * VAT).quantize(places, ROUND_HALF_UP))


def fee(text: str, *, with_vat: bool | None = None, bare: Unit | None = Unit.PERCENT) -> Fee | None:
    """The one amount that a text names; None if it names none or several.

    Args:
        text: as the office wrote it.
        with_vat: what the source says besides the text (OpenImmo's ``mit_mwst``).
        bare: what a number without a unit means, such as "3,57"; None if that cannot be known.
    """
    if is_free(text):
        return Fee(Decimal(0), bare or Unit.PERCENT, CommissionVat.NONE)
    rates = {
        _decimal(match[1])
        for match in _RATE.finditer(text)
        # "zzgl. 19 % MwSt." names a rate too, but not the agent's.
        if not _TAX_FOLLOWS.match(text, match.end())
    }
    found = {(Unit.PERCENT, rate) for rate in rates}
    found |= {(Unit.MONTHS, _decimal(match[1])) for match in _MONTHS.finditer(text)}
    found |= {(Unit.MONEY, _sum(match[1] or match[2])) for match in _MONEY.finditer(text)}
    # "7.140" alone may be 7,14 % or 7140 €: nobody can know.
    if not found and bare and re.fullmatch(rf"\s*{_FIGURE}\s*", text) and not re.search(r"[.,]\d{3}\s*\Z", text):
        found = {(bare, _decimal(text.strip()))}
    # "3 % + MwSt. = 3,57 % inkl. MwSt." is one amount said twice.
    if len(found) == len(rates) == 2 and _plain(min(rates) * VAT) == max(rates):
        return Fee(max(rates), Unit.PERCENT, CommissionVat.INCLUDED)
    if len(found) != 1:
        return None
    unit, amount = found.pop()
    if unit is Unit.PERCENT and 0 < amount < LEAST_RATE:
        return None
    return Fee(amount, unit, vat(text, with_vat=with_vat, amount=amount))


def vat(text: str, *, with_vat: bool | None = None, amount: Decimal | None = None) -> CommissionVat | str:
    """How an amount stands to VAT, by its text and by what the source says besides; "" if they say nothing or differ.

    "3,57 %" that is said to be without VAT is 3 % with it, and the mark was forgotten, or it is not: that is asked.
    """
    rest = _PLUS.sub("", text)
    said = {
        state
        for state, there in (
            (CommissionVat.PLUS, rest != text),
            (CommissionVat.INCLUDED, _INCLUDED.search(rest)),
            (CommissionVat.NONE, _NONE.search(text)),
        )
        if there
    }
    if with_vat is not None and not (said == {CommissionVat.NONE} and not with_vat):
        if not said and not with_vat and amount and _looks_gross(amount):
            return ""
        said.add(CommissionVat.INCLUDED if with_vat else CommissionVat.PLUS)
    return said.pop() if len(said) == 1 else ""


def says_vat_is_in(text: str) -> bool:
    """Whether the text itself says that VAT is in its amount."""
    return bool(_INCLUDED.search(_PLUS.sub("", text)))


def speaks_of_vat(text: str) -> bool:
    """Whether the text names VAT at all."""
    return bool(_TAX_WORD.search(text))


def is_free(text: str) -> bool:
    """Whether the whole text says that the buyer or tenant owes nothing, and nothing else."""
    text = " ".join(text.split())
    if _BARE_NO.match(text):
        return True
    rest, hits = _FREE.subn(" ", text)
    return bool(hits) and all(word in _EMPTY_WORDS for word in re.findall(r"[\w%€]+", rest.casefold()))


def names_amount(text: str) -> bool:
    """Whether a text about commission names an amount above nothing."""
    texts = (_RATE.finditer(text), _MONTHS.finditer(text), _MONEY.finditer(text))
    figures = [match[1] or match[2] if match.re is _MONEY else match[1] for matches in texts for match in matches]
    bare = re.fullmatch(rf"\s*({_FIGURE})\s*", text)
    return any(figure.strip("0.,") for figure in (*figures, *((bare[1],) if bare else ())))


@dataclass(frozen=True, slots=True)
class Sources:
    """What there is to read about the buyer's or tenant's commission.

    ``required`` is the answer to "is one due", where it was given; ``own`` are fields that hold nothing but the
    commission, ``note`` is the note beside it, and ``prose`` are other texts that may speak of it.
    """

    required: bool | None
    own: tuple[str, ...] = ()
    note: str = ""
    prose: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a commission is due; with ``open`` the more careful reading of what a person has yet to decide."""

    due: bool
    open: CommissionOpen | str = ""


_C = CommissionOpen
# (said to be due, an amount or another talk of one is there, "provisionsfrei" is there) -> what that means.
_DECISIONS = {
    (True, True, False): Decision(due=True),
    (True, True, True): Decision(True, _C.CONTRADICTION),
    (True, False, False): Decision(due=True),  # how much is asked before sending
    (True, False, True): Decision(True, _C.CONTRADICTION),
    (False, True, False): Decision(True, _C.CONTRADICTION),
    (False, True, True): Decision(True, _C.CONTRADICTION),
    (False, False, False): Decision(due=False),
    (False, False, True): Decision(due=False),
    (None, True, False): Decision(True, _C.UNCONFIRMED),
    (None, True, True): Decision(True, _C.CONTRADICTION),
    (None, False, False): Decision(False, _C.UNSAID),
    (None, False, True): Decision(due=False),
}


def decide(sources: Sources) -> Decision:
    """Whether a commission is due by all that is said: what is absent is no "no", and a contradiction is told."""
    own = [text for text in sources.own if text.strip()]
    note = [sources.note] if _COMMISSION.search(sources.note) or names_amount(sources.note) else []
    free = [text for text in own + note if is_free(text)]
    talk = [text for text in own + note if not is_free(text)]
    named_in_prose = [words for text in sources.prose for words in named(text)]
    hinted = any(says_free(text) for text in (*talk, *sources.prose))
    # A word of freedom in the middle of other words contradicts an amount, but proves nothing by itself.
    is_named = bool(talk or named_in_prose)
    decision = _DECISIONS[sources.required, is_named, bool(free) or (hinted and (is_named or sources.required is True))]
    if decision.due and not decision.open and len(_amounts(own + note + named_in_prose)) > 1:
        return Decision(True, _C.AMOUNTS)
    return decision


def named(prose: str) -> list[str]:
    """The pieces of a text that name an amount of commission for the buyer or tenant."""
    return [match[0] for match in _NAMED_IN_PROSE.finditer(prose)]


def says_free(prose: str) -> bool:
    """Whether words of freedom from commission stand anywhere in a text."""
    return bool(_FREE.search(prose))


def _amounts(texts: Iterable[str]) -> set[Decimal]:
    """The rates that texts name, those apart that are one another's with VAT."""
    rates = {
        _decimal(match[1])
        for text in texts
        for match in _RATE.finditer(text)
        if not _TAX_FOLLOWS.match(text, match.end())
    }
    return {rate for rate in rates if _plain(rate * VAT) not in rates}


def _looks_gross(amount: Decimal) -> bool:
    return amount % Decimal("0.25") != 0 and (amount / VAT).quantize(Decimal("0.001")) % Decimal("0.25") == 0


def _decimal(figure: str) -> Decimal:
    figure = " ".join(figure.casefold().split())
    return Decimal(_WORDS.get(figure, figure).replace(",", "."))


def _sum(figure: str) -> Decimal:
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?", figure):
        figure = figure.replace(".", "")
    return Decimal(figure.replace(",", "."))


def _plain(value: Decimal) -> Decimal:
    return value.normalize() + 0

"""The commission of a property as a transfer tells it: what is clear is taken, and what is not is left to a person."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from django.utils import translation

from siegelpost.estates.commission import read_rate
from siegelpost.estates.commission_words import (
    Fee,
    Sources,
    Unit,
    decide,
    fee,
    is_free,
    named,
    names_amount,
    says_free,
    vat,
)
from siegelpost.estates.figures import money, number
from siegelpost.estates.kinds import HOME_KINDS, CommissionOpen, CommissionVat
from siegelpost.estates.openimmo import Message, Property
from siegelpost.estates.openimmo.messages import Key

FIELDS = (
    *("buyer_commission_due", "buyer_commission", "buyer_commission_vat", "buyer_commission_rate"),
    *("seller_commission", "seller_commission_vat", "seller_commission_rate", "commission_open", "commission_note"),
)
_SAID = {
    CommissionOpen.UNSAID: Key.COMMISSION_UNSAID,
    CommissionOpen.UNCONFIRMED: Key.COMMISSION_UNCONFIRMED,
    CommissionOpen.CONTRADICTION: Key.COMMISSION_CONTRADICTION,
    CommissionOpen.AMOUNTS: Key.COMMISSION_AMOUNTS,
}


@dataclass(frozen=True, slots=True)
class Terms:
    """Values for the property's ``FIELDS``, what the file said as a digest, and what is to be said of it."""

    values: dict[str, Any]
    said: str
    notes: tuple[Message, ...]


def terms(of: Property) -> Terms:
    """What the file says about both sides' commission."""
    told = of.commission
    decision = decide(
        Sources(
            told.buyer_commission_due,
            own=(told.buyer_commission, *_amounts(of)),
            note=told.commission_note,
            prose=of.commission_talk,
        )
    )
    text, source = _buyer_text(of)
    found = fee(text, with_vat=told.buyer_commission_with_vat)
    buyer_vat = _vat(text, told.buyer_commission_with_vat, found)
    seller_vat = _vat(told.seller_commission, told.seller_commission_with_vat, None)
    purchase = of.marketing == "purchase"
    values = {
        "buyer_commission_due": decision.due,
        "commission_open": str(decision.open),
        "buyer_commission": text,
        "buyer_commission_vat": buyer_vat,
        "buyer_commission_rate": read_rate(text, buyer_vat, purchase=purchase),
        "seller_commission": told.seller_commission,
        "seller_commission_vat": seller_vat,
        "seller_commission_rate": read_rate(told.seller_commission, seller_vat, purchase=purchase),
        "commission_note": told.commission_note,
    }
    # Of the texts only what they say of it: a word changed elsewhere in them opens nothing anew.
    prose = [words for text in of.commission_talk for words in (*named(text), says_free(text))]
    said = json.dumps([str(one) for one in (*asdict(told).values(), *prose)], ensure_ascii=False)
    return Terms(values, hashlib.sha256(said.encode()).hexdigest(), tuple(_notes(of, values, found, source)))


def _vat(text: str, with_vat: bool | None, found: Fee | None) -> str:
    state = vat(text, with_vat=with_vat, amount=found.amount if found else None)
    # Words and attribute differ: neither is believed.
    return str(state or (CommissionVat.UNCLEAR if vat(text) else ""))


def _notes(of: Property, values: dict[str, Any], found: Fee | None, source: str) -> list[Message]:
    in_texts = (words for text in of.commission_talk for words in named(text))
    quoted = values["buyer_commission"] or values["commission_note"] or next(in_texts, "–")
    notes = []
    if source:
        notes.append(Message.of(Key.COMMISSION_FROM, value=quoted, field=source))
    if values["commission_open"] and not _says_nothing_of_a_home_to_let(of, values):
        notes.append(Message.of(_SAID[values["commission_open"]], value=quoted))
    vat_is_open = values["buyer_commission_vat"] in {"", CommissionVat.UNCLEAR}
    if values["buyer_commission_due"] and found and found.amount and vat_is_open:
        notes.append(Message.of(Key.COMMISSION_VAT, value=values["buyer_commission"]))
    return notes


def _says_nothing_of_a_home_to_let(of: Property, values: dict[str, Any]) -> bool:
    return values["commission_open"] == CommissionOpen.UNSAID and of.marketing == "rent" and of.kind in HOME_KINDS


def _amounts(of: Property) -> tuple[str, ...]:
    """The amounts of money of the commission, as a person would write them."""
    with translation.override("de"):
        return tuple(
            f"{money(amount, of.prices.currency)} {words}"
            for amount, words in (
                (of.commission.commission_gross, "inkl. MwSt."),
                (of.commission.commission_net, "zzgl. MwSt."),
            )
            if amount
        )


def _buyer_text(of: Property) -> tuple[str, str]:
    """The words for the buyer's commission, and the element they are from if that is not <aussen_courtage>."""
    if text := of.commission.buyer_commission:
        return text, ""
    if amounts := _amounts(of):
        return amounts[0], "provisionbrutto" if of.commission.commission_gross else "provisionnetto"
    note = of.commission.commission_note
    found = fee(note, bare=None)
    if found is None or is_free(note) or not names_amount(note):
        return "", ""
    return _plainly(found, of.prices.currency), "courtage_hinweis"


_WORDS_OF_VAT = {
    CommissionVat.INCLUDED: " inkl. MwSt.",
    CommissionVat.PLUS: " zzgl. MwSt.",
    CommissionVat.NONE: ", keine MwSt.",
}


def _plainly(found: Fee, currency: str) -> str:
    """The amount alone, in German, as it could stand in <aussen_courtage>."""
    with translation.override("de"):
        words = {
            Unit.PERCENT: f"{number(found.amount, 4)} %",
            Unit.MONTHS: f"{number(found.amount, 4)} Monatskaltmieten",
            Unit.MONEY: money(found.amount, currency),
        }[found.unit]
    return words + (_WORDS_OF_VAT[CommissionVat(found.vat)] if found.vat else "")

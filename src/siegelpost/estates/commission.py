"""Commission of a property: the one line that says it everywhere, what is still open about it, and whether both sides
pay the same (§§ 656b–d BGB).
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from siegelpost.estates.commission_words import (
    Fee,
    Sources,
    Unit,
    decide,
    fee,
    names_amount,
    says_vat_is_in,
    speaks_of_vat,
    vat,
)
from siegelpost.estates.figures import money, number
from siegelpost.estates.kinds import HOME_KINDS, CommissionOpen, CommissionVat
from siegelpost.estates.models import Estate
from siegelpost.office.models import Office
from siegelpost.toolbox.folding import fold
from siegelpost.toolbox.language import active_language
from siegelpost.toolbox.remark import Remark

Side = Literal["buyer", "seller"]

MOST_MONTHS = Decimal(2)
"""More than so many months' rent, and VAT on them, nobody may ask for a home (§ 3 (2) WoVermRG)."""


def buyer_rate(estate: Estate) -> Decimal | None:
    """What the buyer pays in per cent of the price, VAT included; None if that is not clear, or counted otherwise."""
    return _rate(estate, "buyer")


def seller_rate(estate: Estate) -> Decimal | None:
    """What the seller pays in per cent of the price, VAT included; None if that is not clear, or counted otherwise."""
    return _rate(estate, "seller")


def with_vat(estate: Estate) -> str | None:
    """What the buyer or tenant owes the agent, VAT included, as the recipient reads it; None if that is not known.

    The office's own words where they say that VAT is in them, else the amount; in money too where the price is known,
    for a consumer must be able to see the total (Art. 246a § 1 (1) Nr. 5 EGBGB). An office of § 19 UStG states no VAT.
    """
    return _stated(estate, small=small_business())


def _stated(estate: Estate, *, small: bool) -> str | None:
    owed = _fee(estate, "buyer")
    text: str = estate.buyer_commission.strip()
    own_words = owed is None or (active_language() == "de" and {vat(text), owed.vat} == {CommissionVat.INCLUDED})
    if own_words and says_vat_is_in(text) and not small:
        words: str | None = text
    else:
        words = _words(owed, estate, small=small)
    if words is None or owed is None or not (total := owed.total(small_business=small)):
        return words
    return _with_amount(words, total, owed.unit, estate) + _why_no_vat(owed, small=small)


def read_rate(text: str, state: str, *, purchase: bool = True) -> Decimal | None:
    """The rate, VAT included, of a text and what ``state`` says of its VAT; None if that is not clear, or no rate."""
    found = _completed(text, state, purchase=purchase)
    return found.total() if found and found.unit is Unit.PERCENT else None


def small_business() -> bool:
    """Whether the office states no VAT (§ 19 UStG)."""
    return Office.objects.filter(small_business=True).exists()


def _rate(estate: Estate, side: Side) -> Decimal | None:
    found = _fee(estate, side)
    if found is None or found.unit is not Unit.PERCENT:
        return None
    return found.total(small_business=small_business())


def _fee(estate: Estate, side: Side) -> Fee | None:
    text: str = getattr(estate, f"{side}_commission").strip()
    if text:
        return _completed(text, getattr(estate, f"{side}_commission_vat"), purchase=estate.is_purchase)
    rate: Decimal | None = getattr(estate, f"{side}_commission_rate")
    return None if rate is None else Fee(Decimal(rate), Unit.PERCENT, CommissionVat.INCLUDED)


def _completed(text: str, state: str, *, purchase: bool) -> Fee | None:
    # A bare number is a rate where something is sold; where it is let it may be months as well.
    found = fee(text, bare=Unit.PERCENT if purchase else None)
    return replace(found, vat=state or found.vat) if found else None


def _words(owed: Fee | None, estate: Estate, *, small: bool) -> str | None:
    if owed is None or (total := owed.total(small_business=small)) is None:
        return None
    words = {
        Unit.PERCENT: f"{number(total, 3)} %",
        Unit.MONTHS: ngettext("%(number)s Monatskaltmiete", "%(number)s Monatskaltmieten", 1 if total == 1 else 2)
        % {"number": number(total, 3)},
        Unit.MONEY: money(total, estate.currency),
    }[owed.unit]
    return words if small or owed.vat == CommissionVat.NONE else gettext("%(fee)s inkl. MwSt.") % {"fee": words}


def _with_amount(words: str, total: Decimal, unit: Unit, estate: Estate) -> str:
    """The words, with what they are a part of, and with the amount where that is known."""
    if unit is Unit.MONEY or (unit is Unit.PERCENT and "%" not in words):
        return words
    if unit is Unit.MONTHS:
        basis, share = estate.rent_cold, total
    elif not estate.is_purchase:
        return gettext("%(rate)s von der Kaltmiete") % {"rate": words}
    else:
        basis = None if estate.price_on_request else estate.price
        share = total / 100
        if not basis and "preis" in words.casefold():
            return words
        words = gettext("%(rate)s vom Kaufpreis") % {"rate": words}
    if not basis:
        return words
    return gettext("%(rate)s; bei %(price)s sind das %(amount)s") % {
        "rate": words,
        "price": money(basis, estate.currency),
        "amount": money((basis * share).quantize(Decimal("0.01")), estate.currency),
    }


def _why_no_vat(owed: Fee, *, small: bool) -> str:
    if small:
        return ", " + gettext("keine Umsatzsteuer (§ 19 UStG)")
    return ", " + gettext("keine Umsatzsteuer") if owed.vat == CommissionVat.NONE else ""


_OPEN: dict[str, Promise] = {
    CommissionOpen.UNSAID: _(
        "Bei „%(estate)s“ steht nirgends, ob der Käufer oder Mieter eine Provision zahlt. Entscheiden Sie es beim "
        "Objekt."
    ),
    CommissionOpen.UNCONFIRMED: _(
        "Bei „%(estate)s“ ist eine Provision genannt, aber nicht gesagt, ob der Käufer oder Mieter sie zahlt. "
        "Entscheiden Sie es beim Objekt."
    ),
    CommissionOpen.CONTRADICTION: _(
        "Bei „%(estate)s“ widersprechen sich die Angaben: einmal provisionsfrei, einmal mit Provision. Entscheiden Sie "
        "beim Objekt, was gilt."
    ),
    CommissionOpen.AMOUNTS: _(
        "Bei „%(estate)s“ sind verschieden hohe Provisionen genannt. Tragen Sie beim Objekt ein, welche gilt."
    ),
}
_NO_AMOUNT: Promise = _(
    "Bei „%(estate)s“ ist eine Provision vorgesehen, aber ihre Höhe fehlt. Tragen Sie sie beim Objekt ein."
)
_VAT_OPEN: Promise = _(
    "Bei „%(estate)s“ ist nicht gesagt, ob in der Provision („%(fee)s“) die MwSt. enthalten ist. Entscheiden Sie es "
    "beim Objekt."
)
_VAT_IN_WORDS: Promise = _(
    "Bei „%(estate)s“ spricht die Provision („%(fee)s“) von MwSt., Ihr Büro weist aber keine aus (§ 19 UStG). "
    "Ändern Sie sie beim Objekt."
)
_UNREADABLE: Promise = _(
    "Bei „%(estate)s“ sagt die Provision nicht, was insgesamt zu zahlen ist, MwSt. eingeschlossen. Über der "
    "Schaltfläche muss es stehen, zum Beispiel „9.000 € inkl. MwSt.“. Ändern Sie es beim Objekt."
)
_RENT_FORM: Promise = _(
    "Bei „%(estate)s“ muss die Provision in Monatsmieten genannt sein, zum Beispiel „2 Monatskaltmieten zzgl. MwSt.“ "
    "(§ 3 Abs. 1 WoVermRG). Ändern Sie sie beim Objekt."
)
_RENT_HEIGHT: Promise = _(
    "Bei „%(estate)s“ sind mehr als zwei Monatsmieten zuzüglich MwSt. verlangt; das ist für Wohnungen verboten "
    "(§ 3 Abs. 2 WoVermRG). Ändern Sie es beim Objekt."
)


def unclear(estate: Estate) -> list[Remark]:
    """What must be decided about the commission before this property is sent, in the active language, and where."""
    reasons = _unclear(estate)
    values = {"estate": estate.title, "fee": estate.buyer_commission.strip()}
    field = "buyer_commission_due" if estate.commission_open else "buyer_commission"
    return [Remark(str(reason) % values, estate.field_address(field)) for reason in reasons]


def is_vat_open(estate: Estate) -> bool:
    """Whether the amount is there and only its VAT is not known."""
    owed = _fee(estate, "buyer")
    return estate.buyer_commission_due and owed is not None and owed.total(small_business=small_business()) is None


def _unclear(estate: Estate) -> list[Promise]:
    if estate.commission_open == CommissionOpen.UNSAID and not estate.is_purchase and estate.kind in HOME_KINDS:
        return []  # who looks for a home to rent owes nothing unless it is said (§ 2 (1a) WoVermRG)
    if estate.commission_open:
        return [_OPEN[estate.commission_open]]
    if not estate.buyer_commission_due:
        return []
    small = small_business()
    text, owed = estate.buyer_commission.strip(), _fee(estate, "buyer")
    if not text or (owed and not owed.amount):
        return [_NO_AMOUNT]
    if small and owed is None and speaks_of_vat(text):
        return [_VAT_IN_WORDS]
    if owed and owed.total(small_business=small) is None:
        return [_VAT_OPEN]
    if _stated(estate, small=small) is None:
        return [_UNREADABLE]
    return _unlawful_rent(owed, estate, small=small)


def _unlawful_rent(owed: Fee | None, estate: Estate, *, small: bool) -> list[Promise]:
    """What is wrong with the commission of a home to let."""
    if estate.is_purchase or estate.kind not in HOME_KINDS:
        return []
    if owed is None or owed.unit is not Unit.MONTHS:
        return [_RENT_FORM]
    most = Fee(MOST_MONTHS, Unit.MONTHS, owed.vat if owed.vat == CommissionVat.NONE else CommissionVat.PLUS)
    total, allowed = owed.total(small_business=small), most.total(small_business=small)
    return [_RENT_HEIGHT] if total is not None and allowed is not None and total > allowed else []


def note(estate: Estate) -> str:
    """The note beside the commission as the recipient reads it: not one that contradicts what was decided."""
    text: str = estate.commission_note
    if not estate.buyer_commission_due:
        return "" if names_amount(text) else text
    return "" if decide(Sources(True, (estate.buyer_commission,), text)).open else text


def applies(estate: Estate) -> bool:
    """Whether §§ 656b–d BGB can apply: a flat or single-family house is sold, or one with two flats."""
    return estate.is_purchase and estate.is_flat_or_single_family_house


class Share(StrEnum):
    """What the seller pays, held against what the buyer pays."""

    LESS = "less"
    SAME = "same"
    MORE = "more"
    UNKNOWN = "unknown"  # nothing is said, or it cannot be compared


def seller_share(estate: Estate) -> Share:
    """Whether the seller pays as much as the buyer: what cannot be compared is not known."""
    buyer, seller = _fee(estate, "buyer"), _fee(estate, "seller")
    if buyer is None and seller is None:
        words = fold(estate.buyer_commission)
        return Share.SAME if words and words == fold(estate.seller_commission) else Share.UNKNOWN
    if buyer is None or seller is None or buyer.unit is not seller.unit:
        return Share.UNKNOWN
    small = small_business()
    owed, paid = buyer.total(small_business=small), seller.total(small_business=small)
    if owed is None or paid is None:
        return Share.UNKNOWN
    return Share.SAME if owed == paid else Share.LESS if paid < owed else Share.MORE


def is_shared_lawfully(estate: Estate) -> bool:
    """Whether the shares are those that the law wants when a consumer buys a home (§§ 656b–d BGB).

    Two clients owe the same, no more and no less on either side (§ 656c (1)). What the buyer takes over by the deed is
    at most what the seller still owes (§ 656d (1)).
    """
    lawful = (Share.SAME, Share.MORE) if estate.commission_by_deed else (Share.SAME,)
    return seller_share(estate) in lawful


def compared(estate: Estate) -> str:
    """What each side pays, in the active language, where that is not what the law wants."""
    buyer, seller, share = buyer_rate(estate), seller_rate(estate), seller_share(estate)
    values = {"estate": estate.title, "buyer": estate.buyer_commission, "seller": estate.seller_commission.strip()}
    if buyer is not None and seller is not None:
        values |= {"buyer": f"{number(buyer, 3)} %", "seller": f"{number(seller, 3)} %"}
    elif not values["seller"] and seller is None:
        return gettext("Bei „%(estate)s“ fehlt, was der Verkäufer zahlt.") % values
    if share is not Share.UNKNOWN:
        return gettext("Bei „%(estate)s“ zahlt der Käufer %(buyer)s, der Verkäufer %(seller)s.") % values
    return (
        gettext(
            "Bei „%(estate)s“ steht beim Käufer „%(buyer)s“ und beim Verkäufer „%(seller)s“; dass er ebenso viel "
            "zahlt, geht daraus nicht hervor (Höhe, MwSt.)."
        )
        % values
    )


def by_deed(estate: Estate) -> str:
    """What the buyer or tenant takes over from the owner without an order of their own, and when it is due.

    Under § 656d BGB the buyer of a home pays only after the seller's payment is proven.
    """
    amount = with_vat(estate) or estate.buyer_commission
    if applies(estate):
        words = gettext(
            "%(commission)s, die Sie im Kaufvertrag vom Verkäufer übernehmen; fällig erst, wenn er seinen Teil "
            "nachweislich gezahlt hat (§ 656d BGB)"
        )
    elif estate.is_purchase:
        words = gettext("%(commission)s, die Sie im Kaufvertrag vom Verkäufer übernehmen")
    else:
        words = gettext("%(commission)s, die Sie im Mietvertrag vom Vermieter übernehmen")
    return words % {"commission": amount}

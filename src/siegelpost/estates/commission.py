"""Commission: rates read from what people write, and whether both sides pay the same (§§ 656b–d BGB)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language, gettext

from siegelpost.estates.facts import money, number
from siegelpost.estates.kinds import HOME_KINDS
from siegelpost.estates.models import Estate

VAT = Decimal("1.19")
"""German VAT, by which a rate "zzgl. MwSt." becomes what is really paid (§ 12 (1) UStG)."""

HIGHEST_RATE = Decimal(100)
_RATE = re.compile(r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,4})?)\s*(?:%|prozent\b|v\.\s?h\.)", re.IGNORECASE)
_WITHOUT_VAT = re.compile(
    r"\b(zzgl|zuzüglich|zuzgl|plus|exkl|exklusive|ohne|excl|excluding)\b\.?.{0,30}?"
    r"(mwst|ust|mehrwertsteuer|umsatzsteuer|vat)",
    re.IGNORECASE,
)
_WITH_VAT = re.compile(
    r"\b(inkl|incl|inklusive|einschl|einschließlich|including|mit)\b\.?.{0,30}?"
    r"(mwst|ust|mehrwertsteuer|umsatzsteuer|vat)",
    re.IGNORECASE,
)
_VAT_FOLLOWS = re.compile(r"\s*(gesetzliche\w*\s+)?(mwst|ust|mehrwertsteuer|umsatzsteuer|vat)", re.IGNORECASE)
_NOTHING = re.compile(r"\b(provisions|courtage|käuferprovisions)frei\b|\bkeine\b", re.IGNORECASE)


@dataclass(frozen=True)
class Rate:
    """A rate in per cent of the price, VAT included. ``assumed``: the text did not say so."""

    percent: Decimal
    assumed: bool = False


def parse_rate(text: str, with_vat: bool | None = None) -> Rate | None:
    """The rate in a text such as "3,57 % inkl. MwSt." or "3 % zzgl. MwSt."; None unless there is just one.

    Args:
        text: as the office wrote it.
        with_vat: what the source says besides the text (OpenImmo's ``mit_mwst``); the text goes first.
    """
    if _NOTHING.search(text) and not _RATE.search(text):
        return Rate(Decimal(0))
    without = _WITHOUT_VAT.sub("", text)
    # "zzgl. 19 % MwSt." names a rate too, but not the agent's.
    candidates = {
        Decimal(match[1].replace(",", "."))
        for match in _RATE.finditer(text)
        if not _VAT_FOLLOWS.match(text, match.end())
    }
    if not candidates and re.fullmatch(r"\s*\d{1,2}([.,]\d{1,4})?\s*", text):
        candidates = {Decimal(text.strip().replace(",", "."))}
    if len(candidates) != 1:
        return None
    percent = candidates.pop()
    if _WITH_VAT.search(without):
        return Rate(percent)
    if without != text or with_vat is False:
        return Rate((percent * VAT).quantize(Decimal("0.001")).normalize() + 0)
    return Rate(percent, assumed=with_vat is None)


def with_vat(estate: Estate) -> str | None:
    """What the buyer or tenant owes the agent, VAT included, as the recipient reads it; None if that is not known.

    The office's own words where they say that VAT is in them, else the rate; with the amount where the price is
    known, for a consumer must be able to see the total (Art. 246a § 1 (1) Nr. 5 EGBGB).
    """
    text: str = estate.buyer_commission.strip()
    rate = estate.buyer_commission_rate
    # The office writes in German; a bare rate can be said in the recipient's language.
    foreign = rate is not None and "%" in text and not (get_language() or "de").startswith("de")
    if foreign or not _WITH_VAT.search(_WITHOUT_VAT.sub("", text)):
        if rate is None:
            return None
        text = gettext("%(rate)s %% inkl. MwSt.") % {"rate": number(rate, 3)}
    if rate is None or not rate or "%" not in text:
        return text
    if not estate.is_purchase:
        return gettext("%(rate)s von der Kaltmiete") % {"rate": text}
    if not estate.price or estate.price_on_request:
        return text if "preis" in text.casefold() else gettext("%(rate)s vom Kaufpreis") % {"rate": text}
    amount = (estate.price * rate / 100).quantize(Decimal("0.01"))
    return gettext("%(rate)s vom Kaufpreis; bei %(price)s sind das %(amount)s") % {
        "rate": text,
        "price": money(estate.price, estate.currency),
        "amount": money(amount, estate.currency),
    }


def applies(estate: Estate) -> bool:
    """Whether §§ 656b–d BGB can apply: a flat or single-family house is sold."""
    return estate.is_purchase and estate.is_flat_or_single_family_house


def warnings(estate: Estate) -> list[str]:
    """What the agent should know before a consumer buys this property, in the active language.

    Where the agent works for both, each side pays the same (§ 656c BGB); where one side's commission is
    passed on, the one who hired the agent pays at least half (§ 656d BGB). Who looks for a home to rent owes only
    where the agent found it on their order alone (§ 2 (1a) WoVermRG).
    """
    if estate.buyer_commission_due and not estate.is_purchase and estate.kind in HOME_KINDS:
        return [
            gettext(
                "Bei „%(estate)s“ soll zahlen, wer eine Wohnung zur Miete sucht. Das geht nur, wenn Sie die Wohnung "
                "ausschließlich auf dessen Suchauftrag hin beschafft haben (§ 2 Abs. 1a WoVermRG)."
            )
            % {"estate": estate.title}
        ]
    if not applies(estate) or not estate.buyer_commission_due:
        return []
    buyer, seller = estate.buyer_commission_rate, estate.seller_commission_rate
    values = {"estate": estate.title}
    if buyer is None:
        return [
            gettext(
                "Bei „%(estate)s“ ist der Provisionssatz des Käufers nicht als Zahl hinterlegt; ob beide "
                "Seiten gleich viel zahlen, kann nicht geprüft werden (§§ 656c, 656d BGB)."
            )
            % values
        ]
    if seller is None:
        return [
            gettext(
                "Bei „%(estate)s“ fehlt der Provisionssatz des Verkäufers. Von Verbrauchern darf der Käufer "
                "nicht mehr tragen als der Verkäufer (§§ 656c, 656d BGB)."
            )
            % values
        ]
    if buyer != seller:
        return [
            gettext(
                "Bei „%(estate)s“ zahlt der Käufer %(buyer)s %%, der Verkäufer %(seller)s %%. Kauft ein "
                "Verbraucher, müssen beide gleich viel zahlen, sonst ist die Provision in Gefahr "
                "(§§ 656c, 656d BGB)."
            )
            % {**values, "buyer": number(buyer, 3), "seller": number(seller, 3)}
        ]
    return []


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

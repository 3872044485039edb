"""Whose client the agent is: from the property, the letter and earlier orders to the facts of the gate's table.

What is not known is never taken for what would be allowed: a missing rate of the seller counts as none, a missing day
of an order as one too late.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from siegelpost.contacts.models import Contact
from siegelpost.dispatch.gate import rules, void_orders
from siegelpost.dispatch.gate.rules import ButtonKind, Claim, DeclarationKind, Facts, GateRow, PropertyKind, Refusal
from siegelpost.dispatch.letter import Letter
from siegelpost.dispatch.models import Dispatch, Kind
from siegelpost.dispatch.states import DispatchState
from siegelpost.estates import commission
from siegelpost.estates.kinds import HOME_KINDS
from siegelpost.estates.models import Estate
from siegelpost.office.current import the_office
from siegelpost.toolbox.remark import Remark


@dataclass(frozen=True, slots=True)
class EarlierOrder:
    """An order for a property that its recipient gave before."""

    dispatch: Dispatch
    at: datetime
    commission: str


def property_kind(estate: Estate) -> PropertyKind:
    """The kind of property as the gate tells them apart."""
    if estate.is_purchase:
        return PropertyKind.HOME_PURCHASE if estate.is_flat_or_single_family_house else PropertyKind.OTHER_PURCHASE
    return PropertyKind.HOME_RENT if estate.kind in HOME_KINDS else PropertyKind.OTHER_RENT


def claim_of(letter: Letter, estate: Estate) -> Claim:
    """What the recipient of the letter would owe for this property, and from what."""
    if not estate.buyer_commission_due:
        return Claim.NONE
    if earlier_order(letter, estate):
        return Claim.ORDERED
    if estate.commission_by_deed:
        return Claim.DEED
    return Claim.SOLE_ORDER if _is_sole_client(letter, estate) else Claim.ORDER


def facts_of(letter: Letter, estate: Estate) -> Facts:
    """All that decides about the rule for this property."""
    return Facts(
        not letter.contact.is_business,
        claim_of(letter, estate),
        property_kind(estate),
        halved=commission.is_shared_lawfully(estate),
    )


def outcomes(letter: Letter) -> list[GateRow | Refusal]:
    """What the gate's table says to each of the letter's properties."""
    return [rules.outcome_for(facts_of(letter, estate)) for estate in letter.estates]


def row_of(letter: Letter) -> GateRow:
    """The gate's rule for the letter: the strictest of its properties, those left aside that cannot be ordered."""
    return rules.strictest(one for one in outcomes(letter) if isinstance(one, GateRow))


def earlier_order(letter: Letter, estate: Estate) -> EarlierOrder | None:
    """The newest order that the letter's recipient has given for this property, and that stands; tests apart.

    One whose words named no duty to pay made no contract: it is asked for anew (:mod:`.void_orders`).
    """
    sent = Dispatch.objects.filter(
        contact_id=letter.contact.pk,
        estates=estate,
        kind=Kind.SECURE_EXPOSE,
        state__in=(DispatchState.OPEN, DispatchState.WAITING),
        declarations__kind=DeclarationKind.ORDER,
        declared_at__lt=letter.as_of or timezone.now(),
        test=the_office().test_operation,
    ).order_by("-declared_at")
    for dispatch in sent:
        offer = _offer_for(dispatch.page, estate)
        if offer and dispatch.declared_at and not void_orders.is_void(dispatch):
            return EarlierOrder(dispatch, dispatch.declared_at, offer["commission"])
    return None


def _offer_for(page: dict[str, Any], estate: Estate) -> dict[str, Any] | None:
    """What a frozen page offered for this property; those of before name it by its title only."""
    titles = {one["title"] for one in page["estates"] if one["public_id"] == str(estate.public_id)}
    return next((offer for offer in page["offers"] if offer["title"] in titles), None)


def refusals(letter: Letter) -> list[str]:
    """Why properties of the letter cannot be ordered, and what to do, in the reader's language."""
    found: list[str] = [
        Remark(_WORDS[outcome](letter, estate), estate.field_address(_FIELDS[outcome]))
        for estate, outcome in zip(letter.estates, outcomes(letter), strict=True)
        if isinstance(outcome, Refusal)
    ]
    return found + [reason for estate in letter.estates if (reason := _contradicted(letter, estate))]


def asks_for_search_order(letter: Letter) -> bool:
    """Whether the day of a search order is of use: a home is rented out, and its seeker shall pay."""
    return any(
        estate.buyer_commission_due and property_kind(estate) is PropertyKind.HOME_RENT for estate in letter.estates
    )


def asks_for_sole_client(letter: Letter) -> bool:
    """Whether the agent can state that only the buyer is a client: a consumer buys a home, and shares are unequal."""
    return any(not one.is_business for one in people(letter)) and any(
        estate.buyer_commission_due
        and not estate.commission_by_deed
        and property_kind(estate) is PropertyKind.HOME_PURCHASE
        and not commission.is_shared_lawfully(estate)
        for estate in letter.estates
    )


def stated(letter: Letter) -> dict[str, Any]:
    """What the agent has stated of the clients, as it is frozen and kept in the ledger; only what was said."""
    said: dict[str, Any] = {}
    if letter.sole_client:
        said["sole_client"] = True
    if letter.search_order_on:
        said["search_order_on"] = letter.search_order_on.isoformat()
    return said


def _is_sole_client(letter: Letter, estate: Estate) -> bool:
    kind = property_kind(estate)
    if kind is PropertyKind.HOME_RENT:
        wanted, given = letter.search_order_on, estate.owner_order_on
        return wanted is not None and given is not None and wanted < given
    return kind is PropertyKind.HOME_PURCHASE and letter.sole_client


def _rented_home(letter: Letter, estate: Estate) -> str:
    wanted, given = letter.search_order_on, estate.owner_order_on
    if wanted and given:
        missing = _("Der Suchauftrag vom %(wanted)s ist nicht älter als der Auftrag des Vermieters vom %(given)s.") % {
            "wanted": _day(wanted),
            "given": _day(given),
        }
    elif wanted:
        missing = _(
            "Beim Objekt fehlt noch „Auftrag des Eigentümers vom“ (Preise & Provision); der Suchauftrag muss älter "
            "sein."
        )
    else:
        missing = _(
            "Nehmen Sie die Provision beim Objekt heraus (Preise & Provision). Nur wenn Sie die Wohnung allein auf "
            "einen Suchauftrag hin beschafft haben, tragen Sie hier „Suchauftrag vom“ ein und beim Objekt "
            "„Auftrag des Eigentümers vom“."
        )
    return " ".join(
        [
            _(
                "„%(estate)s“ ist Wohnraum zur Miete: Von Wohnungssuchenden dürfen Sie keine Provision verlangen, auch "
                "von Firmen nicht; schon das Fordern ist eine Ordnungswidrigkeit (§ 2 Abs. 1a, § 8 WoVermRG)."
            )
            % {"estate": estate.title},
            missing,
        ]
    )


def _unequal(letter: Letter, estate: Estate) -> str:
    if estate.commission_by_deed:
        law = _(
            "Kauft ein Verbraucher eine Wohnung oder ein Einfamilienhaus, darf er im Kaufvertrag nicht mehr "
            "übernehmen, als der Verkäufer zahlt; sonst ist die Vereinbarung unwirksam (§ 656d BGB)."
        )
        remedy = _("Ändern Sie es beim Objekt unter Preise & Provision.")
    else:
        law = _(
            "Kauft ein Verbraucher eine Wohnung oder ein Einfamilienhaus und haben beide Seiten Sie beauftragt, müssen "
            "beide gleich viel zahlen; sonst ist der ganze Vertrag unwirksam (§ 656c BGB; BGH vom 6. März 2025, "
            "I ZR 32/24)."
        )
        remedy = _(
            "Ändern Sie es beim Objekt unter Preise & Provision. Ist nur der Verkäufer Ihr Auftraggeber, kreuzen Sie "
            "dort „Käufer übernimmt seinen Anteil im Kaufvertrag“ an; dann darf der Käufer auch weniger zahlen "
            "(§ 656d BGB). Ist es nur der Käufer, kreuzen Sie hier an: „Nur der Käufer ist mein Auftraggeber“."
        )
    return f"{commission.compared(estate)} {law} {remedy}"


_WORDS: MappingProxyType[Refusal, Callable[[Letter, Estate], str]] = MappingProxyType(
    {Refusal.RENTED_HOME: _rented_home, Refusal.UNEQUAL: _unequal}
)


_FIELDS = MappingProxyType({Refusal.RENTED_HOME: "buyer_commission_due", Refusal.UNEQUAL: "seller_commission"})


def _contradicted(letter: Letter, estate: Estate) -> str:
    """Why what is stated cannot be so, or an earlier order does not open anything yet; empty if all is well."""
    claim = claim_of(letter, estate)
    if claim is Claim.ORDERED:
        earlier = earlier_order(letter, estate)
        if earlier and earlier.dispatch.state == DispatchState.WAITING:
            return _(
                "%(contact)s hat „%(estate)s“ am %(day)s schon beauftragt; das Exposé dieser Sendung öffnet sich "
                "später von selbst. Lassen Sie das Objekt hier weg."
            ) % {"contact": letter.contact, "estate": estate.title, "day": _day(timezone.localdate(earlier.at))}
    rate = commission.seller_rate(estate)
    pays = bool(estate.seller_commission.strip()) if rate is None else rate > 0
    if claim is Claim.SOLE_ORDER and estate.is_purchase and pays:
        words = _(
            "Sie haben angekreuzt, dass nur der Käufer Ihr Auftraggeber ist; bei „%(estate)s“ steht aber eine "
            "Provision des Verkäufers. Nehmen Sie das Kreuz heraus, oder ändern Sie es beim Objekt unter Preise & "
            "Provision."
        )
        return Remark(words % {"estate": estate.title}, estate.field_address("seller_commission"))
    return ""


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def partner_of(letter: Letter) -> Contact | None:
    """Who orders together with the letter's recipient: both must have something to order."""
    if letter.partner is None:
        return None
    both = (letter, for_partner(letter))
    return letter.partner if all(row_of(one).button is ButtonKind.ORDER for one in both) else None


def for_partner(letter: Letter) -> Letter:
    """The same letter to who orders together with its recipient."""
    if letter.partner is None:
        raise ValueError("nobody orders together with the recipient")
    return replace(letter, contact=letter.partner, partner=letter.contact)


def people(letter: Letter) -> list[Contact]:
    """Who gets a mail: the recipient, and who orders together with them."""
    return [letter.contact, *([letter.partner] if letter.partner else [])]

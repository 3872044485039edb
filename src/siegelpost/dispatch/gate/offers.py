"""What is offered for a property: one wording for the page, the mails, the preview and the contract.

The law wants these things directly above the button and on a durable medium: service, total price, duration and
termination, payment (§ 312j (1) (2) BGB with Art. 246a § 1 (1) Nr. 1, 5, 8, 14 EGBGB; § 11 Nr. 1 MaBV).
"""

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from siegelpost.dispatch.gate import facts
from siegelpost.dispatch.gate.facts import EarlierOrder
from siegelpost.dispatch.gate.rules import Claim
from siegelpost.dispatch.letter import Letter
from siegelpost.estates import commission
from siegelpost.estates.models import Estate


def offer(letter: Letter, estate: Estate, title: str) -> dict[str, Any]:
    """What is offered, in the active language; ``terms`` are further lines, a label and a value each.

    Args:
        title: what the property is called before the gate.
    """
    return {
        "estate": str(estate.public_id),
        "title": title,
        "service": _("Nachweis oder Vermittlung des Vertrags über diese Immobilie"),
        "commission": commission.with_vat(estate) or "",
        "who": _("Sie als Käufer/in") if estate.is_purchase else _("Sie als Mieter/in"),
        "terms": [{"label": label, "value": value} for label, value in _terms(letter, estate)],
    }


def _terms(letter: Letter, estate: Estate) -> list[tuple[str, str]]:
    payment = (
        _("nach Rechnung per Überweisung; erst wenn der Kaufvertrag geschlossen ist")
        if estate.is_purchase
        else _("nach Rechnung per Überweisung; erst wenn der Mietvertrag geschlossen ist")
    )
    terms = [
        (_("Zahlung"), payment),
        (_("Laufzeit"), _("unbefristet, jederzeit in Textform kündbar, ohne Kosten")),
    ]
    if facts.claim_of(letter, estate) is Claim.SOLE_ORDER:
        terms.append((_("Auftraggeber"), _sole_client(letter, estate)))
    if partner := facts.partner_of(letter):
        shared = _(
            "Sie gemeinsam mit %(name)s. Die Provision fällt nur einmal an; jede und jeder von Ihnen schuldet sie "
            "ganz, bis sie bezahlt ist (§ 421 BGB)."
        )
        terms.append((_("Auftraggeber"), shared % {"name": partner.full_name}))
    return terms


def _sole_client(letter: Letter, estate: Estate) -> str:
    if estate.is_purchase:
        return _("nur Sie; mit dem Verkäufer haben wir keinen Maklervertrag")
    if letter.search_order_on is None or estate.owner_order_on is None:
        raise ValueError("a search order for a home to rent has a day, and so has the owner's")
    return _("nur Sie, mit Ihrem Suchauftrag vom %(wanted)s; der Vermieter hat uns erst am %(given)s beauftragt") % {
        "wanted": date_format(letter.search_order_on, "DATE_FORMAT"),
        "given": date_format(estate.owner_order_on, "DATE_FORMAT"),
    }


def share(estate: Estate, title: str) -> dict[str, str]:
    """What the recipient takes over in the contract of purchase or lease, without any order, in the active language."""
    return {"title": title, "text": commission.by_deed(estate)}


def ordered(earlier: EarlierOrder, title: str) -> dict[str, str]:
    """An order of before, by which the content opens without another."""
    return {
        "title": title,
        "day": date_format(timezone.localdate(earlier.at), "DATE_FORMAT"),
        "commission": earlier.commission,
        "dispatch": str(earlier.dispatch.public_id),
    }

"""Orders that likely made no contract: a consumer used words that name no duty to pay (§ 312j (3), (4) BGB).

After BGH 9 October 2025 (I ZR 159/24) such an order cannot be mended by conduct. Whoever gave it can confirm it only by
an order that meets the law itself (§ 141 BGB): so a new sending of the property says openly what is wrong with the old
order, and asks for one of its own, with fresh instructions on withdrawal.
"""

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from itertools import islice

from django.db.models import Q

from siegelpost.contacts.models import Contact
from siegelpost.dispatch.gate.reply_order import KEPT, SENTENCE
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.models import Declaration, Dispatch, Kind
from siegelpost.dispatch.states import DispatchState
from siegelpost.estates.models import Estate
from siegelpost.office.button_labels import ORDER_LABELS

BINDING = frozenset(label for labels in ORDER_LABELS.values() for label in labels) | {*astuple(KEPT.filled(SENTENCE))}
_STANDS = (DispatchState.OPEN, DispatchState.WAITING)


@dataclass(frozen=True, slots=True)
class VoidOrder:
    """One such order, and the sending by which it is being made anew, if there is one."""

    declaration: Declaration
    anew: Dispatch | None

    @property
    def dispatch(self) -> Dispatch:
        """By which it was given."""
        return self.declaration.dispatch

    @property
    def is_renewed(self) -> bool:
        """Whether it was ordered anew, and that order stands."""
        return self.anew is not None and self.anew.state in _STANDS


def listed(at_most: int = 200) -> list[VoidOrder]:
    """What the office should have confirmed, the newest first; what was ordered anew meanwhile is left out."""
    wanted = (one for one in _found(Q()) if not one.is_renewed)
    return list(islice(wanted, at_most))


def of_dispatch(dispatch: Dispatch) -> VoidOrder | None:
    """The order of this dispatch, if it is such a one."""
    return next(_found(Q(dispatch=dispatch)), None) if dispatch.declared_at else None


def is_void(dispatch: Dispatch) -> bool:
    """Whether what was ordered by this dispatch likely made no contract."""
    return of_dispatch(dispatch) is not None


def to_renew(contact: Contact, estates: Iterable[Estate]) -> list[dict[str, str]]:
    """What a sending of these properties to this contact asks to be ordered anew, as it is frozen; the newest first."""
    mine = Q(dispatch__in=Dispatch.objects.filter(contact_id=contact.pk, estates__in=list(estates)).values("pk"))
    return [
        {
            "dispatch": str(one.dispatch.public_id),
            "at": one.declaration.made_at.isoformat(),
            "words": one.declaration.text,
        }
        for one in _found(mine)
        if not one.is_renewed
    ]


def _found(which: Q) -> Iterator[VoidOrder]:
    """Orders of consumers whose words name no duty to pay, that stand and are no tests, the newest first.

    The rule of the gate stands in a column: only the few pages that are left are read.
    """
    orders = Declaration.objects.filter(which, kind=DeclarationKind.ORDER, dispatch__kind=Kind.SECURE_EXPOSE)
    orders = orders.filter(dispatch__state__in=_STANDS, dispatch__test=False, dispatch__gate_row__startswith="consumer")
    orders = orders.exclude(text__in=BINDING).order_by("-made_at", "-pk")
    orders = orders.select_related("dispatch__contact", "dispatch__agent").prefetch_related("dispatch__estates")
    for order in orders.defer("dispatch__content", "dispatch__gate_html").iterator(chunk_size=100):
        yield VoidOrder(order, _anew(order))


def _anew(order: Declaration) -> Dispatch | None:
    """The newest sending that asks for it anew; one by which it was ordered counts before any other."""
    old = order.dispatch
    later = Dispatch.objects.filter(contact=old.contact_id, created_at__gt=order.made_at, test=False)
    asking = [
        one
        for one in later.defer("content", "gate_html").order_by("-created_at")
        if any(renewed["dispatch"] == str(old.public_id) for renewed in one.page.get("renews", []))
    ]
    return next((one for one in asking if one.state in _STANDS), next(iter(asking), None))

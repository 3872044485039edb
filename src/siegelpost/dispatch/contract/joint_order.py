"""Two who order together: a dispatch and a link each, one contract, and so one end.

Everybody declares for themselves. The contract comes about when the last has ordered: only then a period begins and
something opens. When one withdraws, nothing is left for the other to be bound by (BGH 11 October 2016, XI ZR 482/15,
for borrowers); what rests on the contract without an order of its own ends with it, too.
"""

from django.db.models import Q

from siegelpost.dispatch.gate import rules
from siegelpost.dispatch.mails import letters
from siegelpost.dispatch.mails.cancellation import stop_release_notices, stop_reminders
from siegelpost.dispatch.models import Dispatch, Kind
from siegelpost.dispatch.states import TRANSITIONS, Act, DispatchState
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.leaf import read as read_leaf
from siegelpost.ledger.log import append
from siegelpost.ledger.models import Event


def others(dispatch: Dispatch) -> list[Dispatch]:
    """The dispatches of those who order together with this one's recipient."""
    if dispatch.joint is None:
        return []
    return list(Dispatch.objects.filter(joint=dispatch.joint).exclude(pk=dispatch.pk).order_by("pk"))


def end_with(dispatch: Dispatch, act: Act) -> None:
    """End what cannot stand without this dispatch, in the caller's transaction: a withdrawal, or a no.

    Args:
        act: :attr:`Act.CONTRACT_ENDS` or :attr:`Act.PARTNER_LEAVES`.
    """
    partners = others(dispatch)
    for other in partners + (_resting_on(dispatch) if act is Act.CONTRACT_ENDS else []):
        step = TRANSITIONS.get((DispatchState(other.state), act))
        if step is None:
            continue
        other.state = step
        other.confirmation_due = False
        other.save(update_fields=["state", "confirmation_due"])
        stop_reminders(other)
        stop_release_notices(other)
        append(
            EventKind.CONTRACT_ENDED,
            subject=str(other.public_id),
            data={"because": act.value, "of": str(dispatch.public_id)},
        )
        if other in partners:
            letters.tell_contract_ended(other, act)


def ended_with(dispatch: Dispatch) -> list[Dispatch]:
    """What ended because this order did (:func:`end_with`), as far as it stands so today."""
    others_ = Dispatch.objects.select_for_update().filter(state=DispatchState.WITHDRAWN).exclude(pk=dispatch.pk)
    ended = Event.objects.filter(kind=EventKind.CONTRACT_ENDED).order_by("id")
    found = []
    for other in others_.filter(Q(contact=dispatch.contact) | Q(joint__isnull=False, joint=dispatch.joint)):
        last = ended.filter(subject=str(other.public_id)).last()
        if last and read_leaf(bytes(last.leaf)).data.get("of") == str(dispatch.public_id):
            found.append(other)
    return found


def _resting_on(dispatch: Dispatch) -> list[Dispatch]:
    """What opened because this order was there before."""
    sent = Dispatch.objects.select_for_update().filter(
        contact=dispatch.contact, kind=Kind.SECURE_EXPOSE, gate_row=rules.ORDERED.key
    )
    named = str(dispatch.public_id)
    return [one for one in sent.order_by("pk") if any(order["dispatch"] == named for order in one.page["ordered"])]

"""Two who order together: a dispatch and a link each, one contract, and so one end.

Everybody declares for themselves. The contract comes about when the last has ordered: only then a period begins and
something opens. When one withdraws, nothing is left for the other to be bound by (BGH 11 October 2016, XI ZR 482/15,
for borrowers); what rests on the contract without an order of its own ends with it, too.
"""

from siegelpost.dispatch.gate import rules
from siegelpost.dispatch.mails import letters
from siegelpost.dispatch.mails.cancellation import stop_reminders
from siegelpost.dispatch.models import Dispatch, Kind
from siegelpost.dispatch.states import TRANSITIONS, Act, DispatchState
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append


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
        append(
            EventKind.CONTRACT_ENDED,
            subject=str(other.public_id),
            data={"because": act.value, "of": str(dispatch.public_id)},
        )
        if other in partners:
            letters.tell_contract_ended(other, act)


def _resting_on(dispatch: Dispatch) -> list[Dispatch]:
    """What opened because this order was there before."""
    sent = Dispatch.objects.select_for_update().filter(
        contact=dispatch.contact, kind=Kind.SECURE_EXPOSE, gate_row=rules.ORDERED.key
    )
    named = str(dispatch.public_id)
    return [one for one in sent.order_by("pk") if any(order["dispatch"] == named for order in one.page["ordered"])]

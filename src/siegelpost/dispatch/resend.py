"""Sending again, after a mail that came back or went to the wrong address: a new dispatch, frozen from what holds now.

The earlier one stays as it was frozen; its link ends, and each names the other, in the ledger as well.
"""

import uuid
from datetime import date

from siegelpost.dispatch import contact_reason
from siegelpost.dispatch.attachments import Attached
from siegelpost.dispatch.contract import joint_order
from siegelpost.dispatch.letter import Letter, RegisteredLetter
from siegelpost.dispatch.mails.cancellation import stop_notices, stop_reminders
from siegelpost.dispatch.models import CodeBy, Dispatch
from siegelpost.dispatch.states import TRANSITIONS, Act, DispatchState, NotPossibleError
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.office.models import Agent, Language

# The mail has gone out, and its recipient has not acted.
POSSIBLE = frozenset({DispatchState.NOTIFIED, DispatchState.UNDELIVERABLE})


def letter_of(dispatch: Dispatch) -> Letter:
    """What the agent decided about a secure exposé, to be frozen anew; whatever else it says is looked up then."""
    said = dispatch.page.get("stated", {})
    search_order = said.get("search_order_on")
    others = joint_order.others(dispatch)
    return Letter(
        list(dispatch.estates.all()),
        dispatch.contact,
        *dispatch.written,
        Language(dispatch.language),
        dispatch.page["gate"]["button"]["label"],
        attachments_of(dispatch),
        contact_reason.of(dispatch.page),
        sole_client=said.get("sole_client", False),
        search_order_on=date.fromisoformat(search_order) if search_order else None,
        partner=others[0].contact if others else None,
        instead_of=dispatch.public_id,
    )


def registered_letter_of(dispatch: Dispatch) -> RegisteredLetter:
    """What the agent decided about a registered mail, to be frozen anew for the same recipient."""
    page = dispatch.page
    code = dispatch.second_factor if page["code_by"] else None
    return RegisteredLetter(
        [dispatch.contact],
        *dispatch.written,
        Language(dispatch.language),
        page["hidden"],
        page["days"],
        dispatch.remind_every_days,
        CodeBy(page["code_by"]) if page["code_by"] else None,
        code.address if code else "",
        attachments_of(dispatch),
        dispatch.public_id,
    )


def attachments_of(dispatch: Dispatch) -> list[Attached]:
    """The files that travel with it."""
    return [Attached(**file) for file in dispatch.content.get("attachments", [])]


def follower(dispatch: Dispatch) -> Dispatch | None:
    """The dispatch that was sent in the place of this one."""
    return Dispatch.objects.filter(instead_of=dispatch.public_id).first()


def of_partner(letter: Letter) -> uuid.UUID | None:
    """Which dispatch the one to the letter's partner takes the place of."""
    before = Dispatch.objects.filter(public_id=letter.instead_of).first() if letter.instead_of else None
    others = joint_order.others(before) if before else []
    return next((other.public_id for other in others if other.contact == letter.partner), None)


def make_way(public_id: uuid.UUID, new: uuid.UUID, *, kind: str, by: Agent) -> None:
    """End a dispatch in whose place a new one is sent, in the caller's transaction and before the new one is there.

    Of two who order together, both get a new one: neither can stand without the other. Once more for the same new one
    changes nothing.

    Raises:
        NotPossibleError: the recipient has acted, or something else has ended it; nothing is to be sent.
    """
    found = Dispatch.objects.filter(public_id=public_id, kind=kind).first()
    if found is None:
        raise NotPossibleError(DispatchState.REVOKED, Act.RETRY)
    together = [found, *joint_order.others(found)]
    # Mails first, then the dispatch: the order in which a delivery takes its locks, too.
    for one in together:
        stop_notices(str(one.public_id))
    rows = Dispatch.objects.select_for_update().filter(pk__in=[one.pk for one in together]).order_by("pk")
    locked = {one.pk: one for one in rows}
    if Dispatch.objects.filter(public_id=new).exists():
        return
    if locked[found.pk].state not in POSSIBLE:
        raise NotPossibleError(DispatchState(locked[found.pk].state), Act.RETRY)
    for one in locked.values():
        if (step := TRANSITIONS.get((DispatchState(one.state), Act.REVOKE))) is not None:
            _end(one, step, new, by)


def _end(dispatch: Dispatch, step: DispatchState, new: uuid.UUID, by: Agent) -> None:
    dispatch.state = step
    dispatch.save(update_fields=["state"])
    stop_reminders(dispatch)
    append(
        EventKind.DISPATCH_REVOKED,
        subject=str(dispatch.public_id),
        data={"by": str(by.public_id), "instead": str(new)},
    )

"""The recipient knows the property already: no contract comes about, nothing opens, and the agent is told."""

from django.db import transaction

from siegelpost.dispatch import links
from siegelpost.dispatch.contract import joint_order
from siegelpost.dispatch.gate.rules import ButtonKind
from siegelpost.dispatch.mails import letters
from siegelpost.dispatch.mails.cancellation import stop_reminders
from siegelpost.dispatch.models import Dispatch, Kind
from siegelpost.dispatch.recipient.declarations import Client, StalePageError
from siegelpost.dispatch.states import TRANSITIONS, Act, DispatchState
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append


@transaction.atomic
def say(token: str, stamp: str, client: Client) -> Dispatch:
    """Take in that the recipient knows the property; said again, or after an order, it changes nothing.

    Raises:
        LinkUnknownError, LinkClosedError: the link leads nowhere, or no longer.
        StalePageError: the form was made for another page, or nothing is ordered on it.
    """
    dispatch = links.find(token, kind=Kind.SECURE_EXPOSE, lock=True)
    links.refuse_if_closed(dispatch)
    step = TRANSITIONS.get((DispatchState(dispatch.state), Act.KNOW))
    if step is None:
        return dispatch
    orders = dispatch.page["gate"]["button"]["kind"] == ButtonKind.ORDER
    if not orders or not links.stamp_is_right(stamp, dispatch):
        raise StalePageError
    dispatch.state = step
    dispatch.save(update_fields=["state"])
    stop_reminders(dispatch)
    append(
        EventKind.PRIOR_KNOWLEDGE_STATED,
        subject=str(dispatch.public_id),
        data={"offers": dispatch.page["offers"], "page_sha256": links.canonical_sha256(dispatch.page)},
        personal=client.personal,
    )
    letters.tell_agent(dispatch, "agent_knows")
    joint_order.end_with(dispatch, Act.PARTNER_LEAVES)
    return dispatch

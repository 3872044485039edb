"""Which contract a withdrawal from the public address means, said from the contract's own address.

The link stands in the acknowledgement. Looking at its page decides nothing; a press ends the contract, from the moment
at which the withdrawal itself came in.
"""

import uuid

from django.db import transaction

from siegelpost.dispatch import links
from siegelpost.dispatch.models import Dispatch, Way, Withdrawal
from siegelpost.dispatch.recipient.declarations import Client
from siegelpost.dispatch.recipient.withdrawals import at_this_address, attach
from siegelpost.office.tokens import new_token, token_hash


class ConfirmationUnknownError(Exception):
    """No withdrawal has this link, or what was chosen is no contract of its address."""


def new_token_for(withdrawal: Withdrawal) -> str:
    """The token of a fresh link where there is something to confirm, or nothing; the caller saves its hash."""
    if withdrawal.dispatch or withdrawal.way != Way.PUBLIC or not at_this_address(withdrawal):
        return ""
    token, withdrawal.confirm_hash = new_token()
    return token


def find(token: str) -> Withdrawal:
    """The withdrawal this link confirms.

    Raises:
        ConfirmationUnknownError: there is none.
    """
    found = Withdrawal.objects.select_related("dispatch").filter(confirm_hash=token_hash(token)).first()
    if found is None:
        raise ConfirmationUnknownError
    return found


def offered(withdrawal: Withdrawal) -> list[Dispatch]:
    """The contracts among which its address can choose; none once it is said which is meant."""
    return [] if withdrawal.dispatch else at_this_address(withdrawal)


@transaction.atomic
def confirm(token: str, chosen: uuid.UUID, client: Client) -> Withdrawal:
    """Say that this contract is meant; said again, or once the office has said which, it changes nothing.

    Raises:
        ConfirmationUnknownError: the link leads nowhere, or this is no contract of its address.
    """
    withdrawal = find(token)
    meant = next((one for one in offered(withdrawal) if one.public_id == chosen), None)
    if withdrawal.dispatch is None and meant is None:
        raise ConfirmationUnknownError
    if meant:
        dispatch = links.locked(meant)
        withdrawal = Withdrawal.objects.select_for_update().get(pk=withdrawal.pk)
        if withdrawal.dispatch is None:
            attach(withdrawal, dispatch, by="recipient", personal=client.personal)
    return withdrawal

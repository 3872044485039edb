"""The main contract: the office notes when the purchase or lease was made, and that moves what depends on it."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from siegelpost.dispatch.models import Dispatch, Kind
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append
from siegelpost.office.models import Agent


class NoMainContractError(Exception):
    """No main contract can have come of this dispatch on that day."""


def may_note(dispatch: Dispatch) -> bool:
    """Whether a main contract can have come of it: its exposé was declared upon."""
    return dispatch.kind == Kind.SECURE_EXPOSE and dispatch.declared_at is not None


@transaction.atomic
def note(dispatch: Dispatch, on: date | None, *, by: Agent) -> Dispatch:
    """Note the day of the main contract, or remove it; the limitation, and so the time of keeping, runs from it.

    Raises:
        NoMainContractError: nothing was declared by this dispatch, or the day lies ahead.
    """
    dispatch = Dispatch.objects.select_for_update().get(pk=dispatch.pk)
    if not may_note(dispatch) or (on and on > timezone.localdate()):
        raise NoMainContractError
    if dispatch.main_contract_on != on:
        dispatch.main_contract_on = on
        dispatch.save(update_fields=["main_contract_on"])
        append(
            EventKind.MAIN_CONTRACT_NOTED,
            subject=str(dispatch.public_id),
            data={"on": on.isoformat() if on else None, "by": str(by.public_id)},
        )
    return dispatch

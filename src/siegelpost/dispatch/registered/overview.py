"""One sending to several recipients at a glance."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from siegelpost.dispatch import search
from siegelpost.dispatch.attachments import Attached
from siegelpost.dispatch.models import Dispatch, Kind
from siegelpost.dispatch.registered import receipts, second_factor
from siegelpost.dispatch.states import MAILED, DispatchState

_OVER = frozenset({DispatchState.EXPIRED, DispatchState.REVOKED, DispatchState.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Overview:
    """The dispatches of one sending, with how many stand where."""

    batch: uuid.UUID
    dispatches: Sequence[Dispatch]
    accepted: int  # a registered mail accepted, an exposé confirmed
    refused: int
    waiting: int  # for their recipients, or to go out
    over: int  # expired, taken back or withdrawn

    @property
    def first(self) -> Dispatch:
        """What all have in common can be read from any."""
        return self.dispatches[0]

    @property
    def seen(self) -> str:
        """Changes when a state does."""
        return "-".join(f"{dispatch.pk}{dispatch.state}" for dispatch in self.dispatches)


def of(batch: uuid.UUID) -> Overview:
    """The sending with this id.

    Raises:
        Dispatch.DoesNotExist: there is none.
    """
    found = list(search.of_batch(batch))
    if not found:
        raise Dispatch.DoesNotExist
    states = [DispatchState(dispatch.state) for dispatch in found]
    return Overview(
        batch,
        found,
        accepted=sum(state in {DispatchState.OPEN, DispatchState.WAITING} for state in states),
        refused=states.count(DispatchState.REFUSED),
        waiting=sum(state in {DispatchState.HELD, *MAILED} for state in states),
        over=sum(state in _OVER for state in states),
    )


@dataclass(frozen=True, slots=True)
class Details:
    """What the page of one registered mail shows beyond what every dispatch has."""

    receipts: Sequence[tuple[str, object]]  # kind, label
    attachments: Sequence[Attached]
    code_by: str
    locked: bool


def others(dispatch: Dispatch) -> int:
    """How many more were sent together with it."""
    return Dispatch.objects.filter(batch=dispatch.batch).exclude(pk=dispatch.pk).count() if dispatch.batch else 0


def details(dispatch: Dispatch) -> Details | None:
    """Of a registered mail; none for an exposé."""
    if dispatch.kind != Kind.REGISTERED_MAIL:
        return None
    return Details(
        receipts=[(kind.value, receipts.ABOUT[kind].label) for kind in receipts.available(dispatch)],
        attachments=[Attached(**file) for file in dispatch.content["attachments"]],
        code_by=dispatch.page["code_by"],
        locked=second_factor.is_locked(dispatch),
    )

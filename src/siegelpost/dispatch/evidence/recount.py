"""A dispatch as its events tell it: its state, what was shown and what was declared, recomputed from the ledger alone.

What an event means for the state stands in a table; an event that is not in it, also one of a later version, changes
nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from siegelpost.dispatch.states import TRANSITIONS, Act, DispatchState
from siegelpost.ledger.events import EventKind as E
from siegelpost.ledger.subject import Told
from siegelpost.mail.models import Purpose

Data = Mapping[str, Any]
# The members by which events name what was shown, and what else holds from such an event on.
SHOWN = ("page_sha256", "content_sha256", "gate_sha256", "pdf_sha256")
HOLDING = ("kind", "test", "language", "expires_at", "joint", "instead_of")
# What these say of the dispatch holds from then on.
_SAYING = frozenset({E.SUBMISSION_ACCEPTANCE, E.DISPATCH_SENT_AGAIN, E.DISPATCH_RELEASED, E.DOCUMENT_REPLACED})
_BEGINS: Mapping[E, tuple[DispatchState | None, DispatchState]] = MappingProxyType(
    {E.SUBMISSION_ACCEPTANCE: (None, DispatchState.QUEUED), E.DISPATCH_HELD: (DispatchState.QUEUED, DispatchState.HELD)}
)


def _always(act: Act) -> Callable[[Data], Act | None]:
    return lambda _: act


def _because(data: Data) -> Act | None:
    return {act.value: act for act in (Act.DECLARE, Act.PERIOD_ENDS)}.get(data.get("because", ""))


def _in_time(data: Data) -> Act | None:
    # Before lateness was looked at, every withdrawal ended its contract.
    return None if data.get("late") is True else Act.WITHDRAW


def _ended(data: Data) -> Act | None:
    return {act.value: act for act in (Act.PARTNER_LEAVES, Act.CONTRACT_ENDS)}.get(data.get("because", ""))


def _effective(data: Data) -> Act | None:
    return Act.WITHDRAW if data.get("effective") is True else None


def _resumed(data: Data) -> Act | None:
    return {act.value: act for act in (Act.RESUME_OPEN, Act.RESUME_WAITING)}.get(data.get("because", ""))


_ACTS: Mapping[E, Callable[[Data], Act | None]] = MappingProxyType(
    {
        E.DISPATCH_RELEASED: _always(Act.RELEASE),
        E.NOTIFICATION_FOR_ACCEPTANCE: _always(Act.NOTIFY),
        E.NOTIFICATION_FOR_ACCEPTANCE_FAILURE: _always(Act.FAIL),
        E.DISPATCH_SENT_AGAIN: _always(Act.RETRY),
        E.DECLARATION_MADE: _always(Act.DECLARE_WITHOUT_EARLY_START),
        E.GATE_OPENED: _because,
        E.CONSIGNMENT_ACCEPTANCE: _always(Act.ACCEPT),
        E.CONSIGNMENT_REJECTION: _always(Act.REFUSE),
        E.ACCEPTANCE_REJECTION_EXPIRY: _always(Act.EXPIRE),
        E.DISPATCH_REVOKED: _always(Act.REVOKE),
        E.WITHDRAWAL_DECLARED: _in_time,
        E.WITHDRAWAL_ASSIGNED: _in_time,
        E.WITHDRAWAL_DECIDED: _effective,
        E.PRIOR_KNOWLEDGE_STATED: _always(Act.KNOW),
        E.CONTRACT_ENDED: _ended,
        E.CONTRACT_RESUMED: _resumed,
    }
)
# These are recorded whatever the state is, and then may come too late to change it.
_MAY_BE_LATE = frozenset({Act.NOTIFY, Act.FAIL, Act.WITHDRAW, Act.DECLARE_WITHOUT_EARLY_START})
_DECIDES = frozenset({E.DECLARATION_MADE, E.CONSIGNMENT_ACCEPTANCE, E.CONSIGNMENT_REJECTION})
_OPENS = frozenset({E.GATE_OPENED, E.CONSIGNMENT_ACCEPTANCE})


@dataclass(slots=True)
class Recounted:
    """What the events tell; ``impossible`` are those that cannot follow what was before.

    ``versions`` are what was shown, one after the other, by the names in :data:`SHOWN`; ``holds`` what else is so, by
    those in :data:`HOLDING`.
    """

    state: DispatchState | None = None
    declared_at: datetime | None = None
    opened_at: datetime | None = None
    notified_at: datetime | None = None
    policy_arrived: bool | None = None
    main_contract_on: str | None = None
    seller_paid_on: str | None = None
    released: set[str] = field(default_factory=set)
    erased: bool = False
    versions: list[dict[str, Any]] = field(default_factory=list)
    holds: dict[str, Any] = field(default_factory=dict)
    declarations: list[Told] = field(default_factory=list)
    interests: list[Told] = field(default_factory=list)
    impossible: list[Told] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _over: set[str] = field(default_factory=set)


def recount(events: Iterable[Told]) -> Recounted:
    """What these events, all about one dispatch and in their order, make of it."""
    found = Recounted()
    for told in events:
        if told.kind is not None:
            _step(found, told, told.kind)
            _keep(found, told, told.kind)
    return found


def _step(found: Recounted, told: Told, kind: E) -> None:
    if kind in _BEGINS:
        before, after = _BEGINS[kind]
        if found.state != before:
            found.impossible.append(told)
        else:
            found.state = after
        return
    act = _ACTS[kind](told.data) if kind in _ACTS else None
    if act is None or told.data.get("mail") in found._over:
        return
    step = TRANSITIONS.get((found.state, act)) if found.state else None
    if step is None and act not in _MAY_BE_LATE:
        found.impossible.append(told)
    if step is not None:
        found.state = step
        if act is Act.NOTIFY:
            found.notified_at = told.at


def _keep(found: Recounted, told: Told, kind: E) -> None:
    data = told.data
    if data.get("mail") and data.get("purpose") == Purpose.NOTICE:
        found._seen.add(data["mail"])
    if kind is E.DISPATCH_SENT_AGAIN or (kind is E.DOCUMENT_REPLACED and data.get("because") == "language"):
        found._over |= found._seen  # a new notice goes out: what becomes of earlier ones changes nothing any more
    if kind in {E.SUBMISSION_ACCEPTANCE, E.DOCUMENT_REPLACED}:
        found.versions.append({})
    if kind in _SAYING and found.versions:
        found.versions[-1] |= {name: data[name] for name in SHOWN if data.get(name)}
        found.holds |= {name: data[name] for name in HOLDING if name in data}
    if kind in _DECIDES and found.declared_at is None:
        found.declared_at, found.policy_arrived = told.at, data.get("policy_arrived")
    if kind in _OPENS:
        found.opened_at = told.at
    if kind is E.DECLARATION_MADE:
        found.declarations.append(told)
    elif kind is E.INTEREST_STATED:
        found.interests.append(told)
    elif kind is E.MAIN_CONTRACT_NOTED:
        found.main_contract_on = data.get("on")
    elif kind is E.SELLER_PAYMENT_NOTED:
        found.seller_paid_on = data.get("on")
    elif kind is E.DOCUMENT_RELEASED:
        found.released.add(str(data.get("document")))
    elif kind is E.DOCUMENT_TAKEN_BACK:
        found.released.discard(str(data.get("document")))
    elif kind is E.DISPATCH_ERASED:
        found.erased = True

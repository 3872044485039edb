"""Withdrawal from a contract (§§ 355, 356a BGB): by the electronic function, or in any other form that says it.

Each one is recorded as fully as an order, acknowledged by mail and told to the agent. What the office decides about
those that need a decision is in :mod:`.withdrawal_desk`.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from siegelpost.dispatch import links
from siegelpost.dispatch.contract import joint_order
from siegelpost.dispatch.mails import letters
from siegelpost.dispatch.mails.cancellation import stop_reminders
from siegelpost.dispatch.models import Dispatch, Kind, Way, Withdrawal
from siegelpost.dispatch.recipient.declarations import Client
from siegelpost.dispatch.states import TRANSITIONS, Act, DispatchState
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.leaf import JSON
from siegelpost.ledger.log import append
from siegelpost.office.models import Office
from siegelpost.settings import load
from siegelpost.toolbox.folding import fold

# The version of the page with the function: its sentences, labels and fields.
VERSION = "2026-11-29"
# The same words from the public address again so soon are the same withdrawal: pressed twice, or the page reloaded.
ONE_PRESS = timedelta(hours=1)
_MOST_MEANT = 10
_ENDING = re.compile(r"\.([a-z0-9]{2,4})\Z")


@dataclass(frozen=True, slots=True)
class WithdrawalWords:
    """What the page of the function says: the sentence that is declared, and the button that declares it."""

    text: str
    label: str


def said(language: str) -> WithdrawalWords:
    """The page's words in ``de`` or ``en`` (§ 356a (3) BGB asks for this label or one as clear)."""
    with translation.override(language):
        return WithdrawalWords(_("Hiermit widerrufe ich den bezeichneten Vertrag."), _("Widerruf bestätigen"))


def may_withdraw(dispatch: Dispatch) -> bool:
    """Whether the function takes a withdrawal from this contract: a consumer has ordered.

    Whether it is still in time is a question of law and not decided here: it is taken in and passed on, with the
    day on which the period ended as far as it can be computed.
    """
    return dispatch.declared_at is not None and bool(dispatch.page["gate"]["hold_days"])


@transaction.atomic
def withdraw(
    *,
    name: str,
    email: str,
    contract: str,
    token: str | None,
    client: Client,
    language: str = "de",
    page: bytes = b"",
    acknowledge: bool = True,
) -> Withdrawal:
    """Take in a withdrawal by the function, acknowledge it by mail at once, and tell the agent.

    On the page of a dispatch it ends the contract. From the public address anybody may have typed it: it is kept and
    acknowledged all the same, and ends nothing before the office has said which contract it means
    (:func:`siegelpost.dispatch.recipient.withdrawal_desk.assign`). The same one declared again for a dispatch, or in
    the same words within :data:`ONE_PRESS`, changes nothing and gives the first.

    Args:
        contract: how the recipient names the contract; for a page of a dispatch, its subject.
        token: of the dispatch on whose page it was declared, or ``None`` from the public address.
        language: of the page, and so of the acknowledgement.
        page: the page with the function as it was answered, without what was typed in.
        acknowledge: whether a mail goes out; it does not where too many went to this address already. The
            declaration counts all the same, and the office sees that its acknowledgement is held.

    Raises:
        LinkUnknownError: no dispatch has this token.
    """
    now = timezone.now()
    words = {"name": name, "email": email, "contract": contract}
    if token:
        dispatch: Dispatch | None = links.find(token, kind=Kind.SECURE_EXPOSE, lock=True)
    else:
        dispatch = None
        Office.objects.select_for_update().first()
    # A row is locked: a second press of the button, also a simultaneous one, finds what the first has made.
    alike = Withdrawal.objects.filter(**words)
    known = (alike.filter(dispatch=dispatch) if dispatch else alike.filter(made_at__gt=now - ONE_PRESS)).first()
    if known:
        return known
    shown = said(language)
    withdrawal = Withdrawal(
        dispatch=dispatch,
        **words,
        made_at=now,
        way=Way.PAGE if dispatch else Way.PUBLIC,
        language=language,
        text=shown.text,
        label=shown.label,
        page_html=page,
        acknowledgement_held=not acknowledge,
    )
    record(withdrawal, personal=client.personal)
    return withdrawal


def record(withdrawal: Withdrawal, *, personal: Mapping[str, str], data: Mapping[str, JSON] | None = None) -> None:
    """Keep a withdrawal, end its contract if it came in time, acknowledge it and tell the agent.

    In the caller's transaction; the dispatch, where it has one, is locked.

    Args:
        personal: what else the event commits to without showing it.
        data: what else the event says.
    """
    dispatch = withdrawal.dispatch
    withdrawal.late = dispatch is not None and is_late(withdrawal, dispatch)
    withdrawal.save()
    append(
        EventKind.WITHDRAWAL_DECLARED,
        subject=subject_of(withdrawal),
        data=told(withdrawal) | dict(data or {}),
        personal={"name": withdrawal.name, "email": withdrawal.email, "contract": withdrawal.contract, **personal},
        at=withdrawal.made_at,
    )
    if dispatch and not withdrawal.late:
        end(dispatch)
    if not withdrawal.acknowledgement_held:
        letters.acknowledge_withdrawal(withdrawal)
        letters.tell_agent_of_withdrawal(withdrawal, [] if dispatch else meant(withdrawal))


def subject_of(withdrawal: Withdrawal) -> str:
    """What its events are about: the dispatch whose contract it means, or itself while nobody has said which."""
    return str(withdrawal.dispatch.public_id if withdrawal.dispatch else withdrawal.public_id)


def told(withdrawal: Withdrawal) -> dict[str, JSON]:
    """What an event says of a withdrawal, as fully as one does of an order; nothing personal is in it."""
    dispatch = withdrawal.dispatch
    ends = dispatch.period_ends_at if dispatch else None
    data: dict[str, JSON] = {
        "withdrawal": str(withdrawal.public_id),
        "way": withdrawal.way,
        "language": withdrawal.language,
        "late": withdrawal.late,
        "period_ends_at": ends.isoformat() if ends else None,
    }
    if withdrawal.by_function:
        page = hashlib.sha256(withdrawal.page_html).hexdigest() if withdrawal.page_html else ""
        return data | {"text": withdrawal.text, "label": withdrawal.label, "version": VERSION, "page_sha256": page}
    return data | {
        "received_on": withdrawal.received_on.isoformat() if withdrawal.received_on else None,
        "file_sha256": withdrawal.file_sha256,
        "ending": _ending(withdrawal.file_name),
        "received": str(withdrawal.reply) if withdrawal.reply else None,
    }


def _ending(name: str) -> str:
    """What kind of file a name says it is; of anything longer nothing, for a leaf can never be erased."""
    found = _ENDING.search(name.lower())
    return found[1] if found else "bin"


def is_late(withdrawal: Withdrawal, dispatch: Dispatch) -> bool:
    """Whether it came in after the computed end of the period; the day of receipt counts to its end.

    A letter that was sent in time is in time although it arrives later (§ 355 (1) S. 5 BGB): that is for the office
    to see and to decide.
    """
    ends = dispatch.period_ends_at
    return ends is not None and received_at(withdrawal) >= ends


def received_at(withdrawal: Withdrawal) -> datetime:
    """The moment of receipt; of what came in on a day, that day's first."""
    return _begin_of(withdrawal.received_on) if withdrawal.received_on else withdrawal.made_at


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(load().time_zone))


def end(dispatch: Dispatch) -> None:
    """End the contract of a dispatch, which is locked, in the caller's transaction."""
    if (DispatchState(dispatch.state), Act.WITHDRAW) in TRANSITIONS:
        dispatch.state = DispatchState.WITHDRAWN
        dispatch.save(update_fields=["state"])
        stop_reminders(dispatch)
        joint_order.end_with(dispatch, Act.CONTRACT_ENDS)


def meant(withdrawal: Withdrawal) -> list[Dispatch]:
    """The contracts that a withdrawal can mean, by the address or the name of who made it.

    First those whose address and name both are its own, then the newest.
    """
    last_name = withdrawal.name.split()[-1]
    found = _could_be(Q(contact__email__iexact=withdrawal.email) | Q(contact__last_name__iexact=last_name))
    return sorted(found[:_MOST_MEANT], key=lambda one: not _is_whole(withdrawal, one))


def _is_whole(withdrawal: Withdrawal, dispatch: Dispatch) -> bool:
    same_name = fold(dispatch.page["recipient"]["name"]) == fold(withdrawal.name)
    return same_name and dispatch.contact.email.casefold() == withdrawal.email.casefold()


def _could_be(whose: Q) -> QuerySet[Dispatch]:
    ordered = Dispatch.objects.filter(
        whose,
        kind=Kind.SECURE_EXPOSE,
        state__in=[DispatchState.WAITING, DispatchState.OPEN],
        period_ends_at__isnull=False,
    )
    return ordered.select_related("contact", "agent").order_by("-declared_at")

"""The states of a dispatch and the acts that lead from one to the next; everything else is refused."""

from enum import StrEnum
from types import MappingProxyType

from django.db import models
from django.utils.translation import gettext_lazy as _


class DispatchState(models.TextChoices):
    """Where a dispatch stands."""

    HELD = "held", _("gehalten")
    QUEUED = "queued", _("wartet auf Zustellung")
    NOTIFIED = "notified", _("zugestellt an den Mailserver")
    UNDELIVERABLE = "undeliverable", _("nicht zustellbar")
    WAITING = "waiting", _("erklärt, Widerrufsfrist läuft")
    OPEN = "open", _("freigegeben")
    WITHDRAWN = "withdrawn", _("widerrufen")
    REVOKED = "revoked", _("zurückgezogen")
    EXPIRED = "expired", _("abgelaufen")
    REFUSED = "refused", _("abgelehnt")


class Act(StrEnum):
    """What can happen to a dispatch."""

    RELEASE = "release"
    NOTIFY = "notify"
    FAIL = "fail"
    RETRY = "retry"
    DECLARE = "declare"
    DECLARE_WITHOUT_EARLY_START = "declare_without_early_start"
    PERIOD_ENDS = "period_ends"
    WITHDRAW = "withdraw"
    REPLACE = "replace"
    REVOKE = "revoke"
    EXPIRE = "expire"
    ACCEPT = "accept"
    REFUSE = "refuse"
    KNOW = "know"
    PARTNER_LEAVES = "partner_leaves"
    CONTRACT_ENDS = "contract_ends"
    RESUME_OPEN = "resume_open"
    RESUME_WAITING = "resume_waiting"


# A mail with a link is on its way or has arrived, and the recipient has not acted.
MAILED = (DispatchState.QUEUED, DispatchState.NOTIFIED, DispatchState.UNDELIVERABLE)


def _from(
    states: tuple[DispatchState, ...], act: Act, target: DispatchState
) -> dict[tuple[DispatchState, Act], DispatchState]:
    return {(state, act): target for state in states}


# A recipient may act before the mail server's answer is recorded (it was cut off, and the mail arrived all the same):
# therefore declaring, accepting and refusing lead out of every mailed state, and a late answer never leads back.
TRANSITIONS = MappingProxyType(
    {
        **_from((DispatchState.HELD,), Act.RELEASE, DispatchState.QUEUED),
        **_from((DispatchState.QUEUED, DispatchState.UNDELIVERABLE), Act.NOTIFY, DispatchState.NOTIFIED),
        **_from((DispatchState.QUEUED, DispatchState.NOTIFIED), Act.FAIL, DispatchState.UNDELIVERABLE),
        **_from((DispatchState.UNDELIVERABLE,), Act.RETRY, DispatchState.QUEUED),
        **_from(MAILED, Act.DECLARE, DispatchState.OPEN),
        **_from(MAILED, Act.DECLARE_WITHOUT_EARLY_START, DispatchState.WAITING),
        **_from((DispatchState.WAITING,), Act.DECLARE, DispatchState.OPEN),
        **_from((DispatchState.WAITING,), Act.PERIOD_ENDS, DispatchState.OPEN),
        **_from((DispatchState.WAITING, DispatchState.OPEN), Act.WITHDRAW, DispatchState.WITHDRAWN),
        **_from((DispatchState.HELD, *MAILED, DispatchState.WAITING), Act.REVOKE, DispatchState.REVOKED),
        **_from((DispatchState.HELD, *MAILED), Act.EXPIRE, DispatchState.EXPIRED),
        **_from(MAILED, Act.ACCEPT, DispatchState.OPEN),
        **_from(MAILED, Act.REFUSE, DispatchState.REFUSED),
        # Who knows the property already orders nothing.
        **_from(MAILED, Act.KNOW, DispatchState.REFUSED),
        # Of two who order together one will not, or withdraws.
        **_from((DispatchState.HELD, *MAILED, DispatchState.WAITING), Act.PARTNER_LEAVES, DispatchState.REVOKED),
        **_from(
            (DispatchState.HELD, *MAILED, DispatchState.WAITING, DispatchState.OPEN),
            Act.CONTRACT_ENDS,
            DispatchState.WITHDRAWN,
        ),
        # The office says that no withdrawal meant this contract: it stands as it stood before.
        **_from((DispatchState.WITHDRAWN,), Act.RESUME_OPEN, DispatchState.OPEN),
        **_from((DispatchState.WITHDRAWN,), Act.RESUME_WAITING, DispatchState.WAITING),
    }
)


class NotPossibleError(Exception):
    """This act is not possible in this state; nothing has changed."""

    def __init__(self, state: DispatchState, act: Act) -> None:
        super().__init__(f"{act} is not possible while {state}")
        self.state = state
        self.act = act


def after(state: DispatchState, act: Act) -> DispatchState:
    """The state that ``act`` leads to.

    Raises:
        NotPossibleError: the table has no such step.
    """
    try:
        return TRANSITIONS[DispatchState(state), act]
    except KeyError:
        raise NotPossibleError(DispatchState(state), act) from None

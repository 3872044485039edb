"""The states of a dispatch and the acts that lead from one to the next; everything else is refused."""

from enum import StrEnum
from types import MappingProxyType

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
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


# A mail with a link is on its way or has arrived, and the recipient has not acted.
MAILED = (State.QUEUED, State.NOTIFIED, State.UNDELIVERABLE)


def _from(states: tuple[State, ...], act: Act, target: State) -> dict[tuple[State, Act], State]:
    return {(state, act): target for state in states}


# A recipient may act before the mail server's answer is recorded (it was cut off, and the mail arrived all the same):
# therefore declaring, accepting and refusing lead out of every mailed state, and a late answer never leads back.
TRANSITIONS = MappingProxyType(
    {
        **_from((State.HELD,), Act.RELEASE, State.QUEUED),
        **_from((State.QUEUED, State.UNDELIVERABLE), Act.NOTIFY, State.NOTIFIED),
        **_from((State.QUEUED, State.NOTIFIED), Act.FAIL, State.UNDELIVERABLE),
        **_from((State.UNDELIVERABLE,), Act.RETRY, State.QUEUED),
        **_from(MAILED, Act.DECLARE, State.OPEN),
        **_from(MAILED, Act.DECLARE_WITHOUT_EARLY_START, State.WAITING),
        **_from((State.WAITING,), Act.DECLARE, State.OPEN),
        **_from((State.WAITING,), Act.PERIOD_ENDS, State.OPEN),
        **_from((State.WAITING, State.OPEN), Act.WITHDRAW, State.WITHDRAWN),
        **_from((State.HELD, *MAILED, State.WAITING), Act.REVOKE, State.REVOKED),
        **_from((State.HELD, *MAILED), Act.EXPIRE, State.EXPIRED),
        **_from(MAILED, Act.ACCEPT, State.OPEN),
        **_from(MAILED, Act.REFUSE, State.REFUSED),
        # Who knows the property already orders nothing.
        **_from(MAILED, Act.KNOW, State.REFUSED),
        # Of two who order together one will not, or withdraws.
        **_from((State.HELD, *MAILED, State.WAITING), Act.PARTNER_LEAVES, State.REVOKED),
        **_from((State.HELD, *MAILED, State.WAITING, State.OPEN), Act.CONTRACT_ENDS, State.WITHDRAWN),
    }
)


class NotPossibleError(Exception):
    """This act is not possible in this state; nothing has changed."""

    def __init__(self, state: State, act: Act) -> None:
        super().__init__(f"{act} is not possible while {state}")
        self.state = state
        self.act = act


def after(state: State, act: Act) -> State:
    """The state that ``act`` leads to.

    Raises:
        NotPossibleError: the table has no such step.
    """
    try:
        return TRANSITIONS[State(state), act]
    except KeyError:
        raise NotPossibleError(State(state), act) from None

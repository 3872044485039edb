"""Withdrawal from a contract (§§ 355, 356a BGB): by the electronic function, or in any other form that says it.

Each one is recorded as fully as an order, before anything else. Its acknowledgement is in :mod:`.withdrawal_receipt`,
what its own address says in :mod:`.withdrawal_confirmation`, what the office decides in :mod:`.withdrawal_desk`.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from siegelpost.dispatch import links
from siegelpost.dispatch.contract import joint_order
from siegelpost.dispatch.mails import letters
from siegelpost.dispatch.mails.cancellation import stop_release_notices, stop_reminders
from siegelpost.dispatch.models import Dispatch, Kind, Way, Withdrawal
from siegelpost.dispatch.recipient.declarations import Client
from siegelpost.dispatch.states import TRANSITIONS, Act, DispatchState
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.leaf import JSON
from siegelpost.ledger.log import append
from siegelpost.mail.models import OutgoingMail, Purpose
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
) -> Withdrawal:
    """Take in a withdrawal by the function; :mod:`.withdrawal_receipt` acknowledges it and tells the agent.

    On the page of a dispatch it ends the contract. From the public address anybody may have typed it: it is kept and
    acknowledged all the same, and ends nothing before the contract's own address
    (:mod:`.withdrawal_confirmation`) or the office (:mod:`.withdrawal_desk`) has said which contract it means. The same
    one declared again for a dispatch, or in the same words within :data:`ONE_PRESS`, changes nothing and gives the
    first.

    Args:
        contract: how the recipient names the contract; for a page of a dispatch, its subject.
        token: of the dispatch on whose page it was declared, or ``None`` from the public address.
        language: of the page, and so of the acknowledgement.
        page: the page with the function as it was answered, without what was typed in.

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
        acknowledgement_held=True,
    )
    record(withdrawal, personal=client.personal)
    return withdrawal


def record(withdrawal: Withdrawal, *, personal: Mapping[str, str], data: Mapping[str, JSON] | None = None) -> None:
    """Keep a withdrawal and end its contract if it came in time; acknowledge it unless that follows by itself.

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


def attach(withdrawal: Withdrawal, dispatch: Dispatch, *, by: str, personal: Mapping[str, str] | None = None) -> None:
    """Say which contract a withdrawal from the public address means: it then ends like one made on its page.

    In the caller's transaction, which has locked both.

    Args:
        by: the public id of an agent, or ``recipient`` for who pressed the link in the acknowledgement.
        personal: what else the event commits to without showing it.
    """
    acknowledged = acknowledged_at(withdrawal)
    withdrawal.dispatch, withdrawal.late = dispatch, is_late(withdrawal, dispatch)
    withdrawal.save(update_fields=["dispatch", "late"])
    append(
        EventKind.WITHDRAWAL_ASSIGNED,
        subject=str(dispatch.public_id),
        # The dispatch's proof holds no event about the withdrawal itself: this one says all that one did.
        data=told(withdrawal)
        | {
            "declared_at": withdrawal.made_at.isoformat(),
            "acknowledged_at": acknowledged.isoformat() if acknowledged else None,
            "by": by,
        },
        personal={
            "name": withdrawal.name,
            "email": withdrawal.email,
            "contract": withdrawal.contract,
            **(personal or {}),
        },
    )
    if not withdrawal.late:
        end(dispatch)


def acknowledged_at(withdrawal: Withdrawal) -> datetime | None:
    """When the mail server took the acknowledgement; until then nobody says that it was sent."""
    mails = OutgoingMail.objects.filter(
        about=str(withdrawal.public_id), purpose=Purpose.WITHDRAWAL_ACKNOWLEDGEMENT, accepted_at__isnull=False
    )
    return mails.order_by("pk").values_list("accepted_at", flat=True).first()


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
        stop_release_notices(dispatch)
        joint_order.end_with(dispatch, Act.CONTRACT_ENDS)


def resume(dispatch: Dispatch) -> None:
    """Have the contract of a dispatch, which is locked, go on where no withdrawal ends it any more, and tell so.

    With it goes on what ended only because it did; who had declared nothing by then is asked anew by the office.
    In the caller's transaction.
    """
    if any(one.counts for one in Withdrawal.objects.filter(dispatch__in=[dispatch, *joint_order.others(dispatch)])):
        return
    for one in [dispatch, *joint_order.ended_with(dispatch)]:
        act = Act.RESUME_OPEN if one.opened_at else Act.RESUME_WAITING
        step = TRANSITIONS.get((DispatchState(one.state), act))
        if step is None or one.declared_at is None:
            continue
        one.state = step
        one.save(update_fields=["state"])
        data: dict[str, JSON] = {"because": act.value, "of": str(dispatch.public_id)}
        append(EventKind.CONTRACT_RESUMED, subject=str(one.public_id), data=data)
        letters.tell_contract_resumed(one)


def at_this_address(withdrawal: Withdrawal) -> list[Dispatch]:
    """The contracts, the newest first, whose own address is the one that was typed in: it alone can confirm."""
    return list(_could_be(Q(contact__email__iexact=withdrawal.email))[:_MOST_MEANT])


def known_first(among: QuerySet[Withdrawal]) -> QuerySet[Withdrawal]:
    """Those whose address has a contract first, then the oldest: however much junk there is, a real one leads."""
    own = _could_be(Q(contact__email__iexact=OuterRef("email"))).order_by()
    return among.annotate(known=Exists(own)).order_by("-known", "made_at")


def fits(withdrawal: Withdrawal) -> Dispatch | None:
    """The one contract that bears its name and its address, where there is exactly one."""
    whole = [one for one in meant(withdrawal) if _is_whole(withdrawal, one)]
    return whole[0] if len(whole) == 1 else None


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

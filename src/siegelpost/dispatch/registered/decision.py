"""The recipient of a registered mail accepts or refuses it: once, and for good."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from siegelpost.dispatch import links
from siegelpost.dispatch.mails.cancellation import stop_reminders
from siegelpost.dispatch.models import Dispatch, Kind
from siegelpost.dispatch.recipient.declarations import Client, IncompleteError, StalePageError
from siegelpost.dispatch.registered import second_factor
from siegelpost.dispatch.states import MAILED, Act, DispatchState, after
from siegelpost.ledger.events import EventKind
from siegelpost.ledger.log import append

KIND = Kind.REGISTERED_MAIL
_EVENTS = {Act.ACCEPT: EventKind.CONSIGNMENT_ACCEPTANCE, Act.REFUSE: EventKind.CONSIGNMENT_REJECTION}


@dataclass(frozen=True, slots=True)
class DecisionInput:
    """What a recipient sent, as it came."""

    stamp: str
    ticked: bool
    code: str = ""


def accept(token: str, answer: DecisionInput, client: Client) -> tuple[Dispatch, str]:
    """Take in the acceptance; the content opens.

    Pressed again, also in parallel, it changes nothing. Whoever was first, accepting or refusing, has decided.

    Returns:
        The dispatch as it stands, and the token of a link that opens the content now; it is the given one where no
        code is asked for, and where the dispatch is not open.

    Raises:
        LinkUnknownError, LinkClosedError, StalePageError, IncompleteError: nothing was decided.
        WrongCodeError, LockedError: the code is wrong; nothing was decided.
    """
    dispatch = _may_decide(token, answer)
    if dispatch.state in _DECIDED:
        return dispatch, token
    asks_for_code = bool(dispatch.page["code_by"])
    if asks_for_code:
        give_code(dispatch, answer.code)
    with transaction.atomic():
        dispatch = _decide(token, Act.ACCEPT, client)
        if dispatch.state != DispatchState.OPEN:
            return dispatch, token
        return dispatch, links.new_link(dispatch, after_code=True)[1] if asks_for_code else token


def refuse(token: str, answer: DecisionInput, client: Client) -> Dispatch:
    """Take in the refusal: the content stays closed for good. It needs no code: who has none must be able to say no.

    Raises:
        LinkUnknownError, LinkClosedError, StalePageError, IncompleteError: nothing was decided.
    """
    dispatch = _may_decide(token, answer)
    if dispatch.state in _DECIDED:
        return dispatch
    with transaction.atomic():
        return _decide(token, Act.REFUSE, client)


def unlock(token: str, code: str) -> str:
    """A fresh link to the open content for whoever has the code.

    Raises:
        LinkUnknownError, LinkClosedError, WrongCodeError, LockedError: none is given.
    """
    dispatch = links.find(token, kind=KIND)
    links.refuse_if_closed(dispatch)
    if dispatch.state != DispatchState.OPEN or not dispatch.page["code_by"]:
        return token
    give_code(dispatch, code)
    with transaction.atomic():
        return links.new_link(dispatch, after_code=True)[1]


def give_code(dispatch: Dispatch, typed: str) -> None:
    """Try a code; the try counts whatever comes of it.

    Raises:
        WrongCodeError, LockedError: it is not the one.
    """
    with transaction.atomic():
        try:
            second_factor.check(dispatch, typed)
        except (second_factor.WrongCodeError, second_factor.LockedError) as error:
            refused: Exception | None = error
        else:
            refused = None
    if refused:
        raise refused


_DECIDED = frozenset({DispatchState.OPEN, DispatchState.REFUSED})


def _may_decide(token: str, answer: DecisionInput) -> Dispatch:
    dispatch = links.find(token, kind=KIND)
    links.refuse_if_closed(dispatch)
    if dispatch.state in _DECIDED:
        return dispatch
    if not links.stamp_is_right(answer.stamp, dispatch):
        raise StalePageError
    if not answer.ticked:
        raise IncompleteError
    return dispatch


def _decide(token: str, act: Act, client: Client) -> Dispatch:
    dispatch = links.find(token, kind=KIND, lock=True)
    links.refuse_if_closed(dispatch)
    if dispatch.state in _DECIDED:
        return dispatch
    now = timezone.now()
    dispatch.state, dispatch.declared_at, dispatch.confirmation_due = (
        after(DispatchState(dispatch.state), act),
        now,
        True,
    )
    fields = {"state": dispatch.state, "declared_at": now, "confirmation_due": True}
    if act is Act.ACCEPT:
        dispatch.opened_at = fields["opened_at"] = now
    # Compare and set: also where a database does not lock rows, exactly one of two acts at the same time counts.
    if not Dispatch.objects.filter(pk=dispatch.pk, state__in=MAILED).update(**fields):
        return links.find(token, kind=KIND)
    stop_reminders(dispatch)
    _record(dispatch, act, client)
    return dispatch


def _record(dispatch: Dispatch, act: Act, client: Client) -> None:
    assert dispatch.declared_at  # noqa: S101 - just set
    subject, content = str(dispatch.public_id), dispatch.content
    append(
        _EVENTS[act],
        subject=subject,
        data={
            "page_sha256": links.canonical_sha256(dispatch.page),
            "code": dispatch.page["code_by"],
            "language": dispatch.language,
            "test": dispatch.test,
        },
        personal=client.personal,
        at=dispatch.declared_at,
    )
    if act is Act.ACCEPT:
        append(
            EventKind.CONTENT_CONSIGNMENT,
            subject=subject,
            data={"content_sha256": links.canonical_sha256(content), "eml_sha256": content["eml"]["sha256"]},
        )

"""The pages of a dispatch as bytes: made from what was frozen when it was sent, shared by the lane and by Django."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from siegelpost.dispatch import links
from siegelpost.dispatch.models import Kind
from siegelpost.dispatch.recipient.withdrawals import is_shown
from siegelpost.dispatch.registered.letters import last_day
from siegelpost.dispatch.states import DispatchState
from siegelpost.templating import render

# A closed dispatch tells why; an unknown link tells nothing about what might exist.
_EXPOSE = MappingProxyType(
    {
        DispatchState.QUEUED: ("recipient/gate.html", 200),
        DispatchState.NOTIFIED: ("recipient/gate.html", 200),
        DispatchState.UNDELIVERABLE: ("recipient/gate.html", 200),
        DispatchState.WAITING: ("recipient/waiting.html", 200),
        DispatchState.OPEN: ("recipient/expose.html", 200),
        DispatchState.WITHDRAWN: ("recipient/withdrawn.html", 200),
        DispatchState.REVOKED: ("recipient/closed.html", 410),
        DispatchState.REFUSED: ("recipient/known.html", 200),
        DispatchState.EXPIRED: ("recipient/closed.html", 410),
        DispatchState.HELD: ("recipient/closed.html", 404),
    }
)
_REGISTERED = MappingProxyType(
    {
        DispatchState.QUEUED: ("recipient/registered/ask.html", 200),
        DispatchState.NOTIFIED: ("recipient/registered/ask.html", 200),
        DispatchState.UNDELIVERABLE: ("recipient/registered/ask.html", 200),
        DispatchState.OPEN: ("recipient/registered/content.html", 200),
        DispatchState.REFUSED: ("recipient/registered/refused.html", 200),
        DispatchState.REVOKED: ("recipient/registered/closed.html", 410),
        DispatchState.EXPIRED: ("recipient/registered/closed.html", 410),
        DispatchState.HELD: ("recipient/registered/closed.html", 404),
    }
)
TEMPLATES = MappingProxyType({Kind.SECURE_EXPOSE: _EXPOSE, Kind.REGISTERED_MAIL: _REGISTERED})
# Open, but this link asks for the code first.
ASKS_FOR_CODE = ("recipient/registered/code.html", 200)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page is made of; the fields of a dispatch that the hot path reads."""

    public_id: str
    kind: Kind
    state: DispatchState
    page: dict[str, Any]
    content: dict[str, Any] | None
    period_ends_at: str | None
    declared: bool
    expires_at: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A page, ready to be sent."""

    status: int
    body: bytes


def dispatch_page(
    shown: Shown, *, error: str = "", name: str = "", party: str = "", status: int | None = None, base: str = ""
) -> Answer:
    """The page of a dispatch in its present state.

    Args:
        error: what the recipient has to mend, in their language; the page then carries ``status``.
        name, party: what was typed before, so that nothing is lost.
        base: the way from the address that answers to the page's own.
    """
    template, usual = TEMPLATES[shown.kind][shown.state]
    if shown.state is DispatchState.OPEN and shown.content is None:
        template, usual = ASKS_FOR_CODE
    body = render(
        template,
        shown.page["language"],
        content=shown.content,
        stamp=links.stamp(shown.public_id, shown.page),
        period_ends_at=shown.period_ends_at,
        error=error,
        name=name,
        party=party,
        name_limit=links.NAME_LIMIT,
        last_day=last_day(shown.expires_at),
        **_frame(shown, base),
    )
    return Answer(status or usual, body.encode())


def answer_page(template: str, shown: Shown, status: int = 200, **context: Any) -> Answer:
    """What became of a form that was sent to an address one below the dispatch's page, in its language."""
    body = render(f"recipient/{template}.html", shown.page["language"], **_frame(shown, "../"), **context)
    return Answer(status, body.encode())


def _frame(shown: Shown, base: str) -> dict[str, Any]:
    """What head and foot of each page of a dispatch are made of."""
    now, ends = datetime.now(UTC), _moment(shown.period_ends_at)
    return {
        "page": shown.page,
        "state": shown.state.value,
        "may_withdraw": shown.state is not DispatchState.WITHDRAWN and is_shown(ends, now),
        "withdraw_until": ends and ends - timedelta(seconds=1),
        "withdraw_is_over": ends is not None and ends <= now,
        "base": base,
    }


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def message_page(template: str, language: str, status: int, **context: Any) -> Answer:
    """A page without a dispatch: an unknown link, a form from elsewhere, too many tries."""
    body = render(f"recipient/{template}.html", language, page=None, state="", **context)
    return Answer(status, body.encode())

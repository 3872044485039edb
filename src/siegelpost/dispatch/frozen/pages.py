"""What a recipient is shown, as bytes: made from what was frozen, by the same builder whoever asks for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Self

from siegelpost.dispatch import links
from siegelpost.dispatch.gate.periods import last_day, withdrawal_is_shown
from siegelpost.dispatch.models import Dispatch, Kind
from siegelpost.dispatch.states import MAILED, DispatchState
from siegelpost.templating import render

_OVER = (DispatchState.REVOKED, DispatchState.EXPIRED, DispatchState.HELD)
_EXPOSE = MappingProxyType(
    {
        **dict.fromkeys(MAILED, "dispatch/page/gate.html"),
        DispatchState.WAITING: "dispatch/page/waiting.html",
        DispatchState.OPEN: "dispatch/page/expose.html",
        DispatchState.WITHDRAWN: "dispatch/page/withdrawn.html",
        DispatchState.REFUSED: "dispatch/page/known.html",
        **dict.fromkeys(_OVER, "dispatch/page/closed.html"),
    }
)
_REGISTERED = MappingProxyType(
    {
        **dict.fromkeys(MAILED, "dispatch/page/registered/ask.html"),
        DispatchState.OPEN: "dispatch/page/registered/content.html",
        DispatchState.REFUSED: "dispatch/page/registered/refused.html",
        **dict.fromkeys(_OVER, "dispatch/page/registered/closed.html"),
    }
)
TEMPLATES = MappingProxyType({Kind.SECURE_EXPOSE: _EXPOSE, Kind.REGISTERED_MAIL: _REGISTERED})
# Open, but this link asks for the code first.
_ASKS_FOR_CODE = "dispatch/page/registered/code.html"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page is made of: what was frozen, and how its dispatch stands.

    ``content`` is none where it does not open: not yet, no longer, or not by this link.
    """

    public_id: str
    kind: Kind
    state: DispatchState
    page: dict[str, Any]
    content: dict[str, Any] | None
    period_ends_at: datetime | None
    expires_at: datetime

    @classmethod
    def of(cls, dispatch: Dispatch) -> Self:
        """As for a link that does not open what a code protects."""
        is_open = dispatch.state == DispatchState.OPEN and not dispatch.page.get("code_by")
        return cls(
            public_id=str(dispatch.public_id),
            kind=Kind(dispatch.kind),
            state=DispatchState(dispatch.state),
            page=dispatch.page,
            content=dispatch.content if is_open else None,
            period_ends_at=dispatch.period_ends_at,
            expires_at=dispatch.expires_at,
        )


def first_html(kind: Kind, public_id: str, page: dict[str, Any], expires_at: datetime) -> bytes:
    """The page that asks for the act, byte for byte as the recipient will get it.

    It is made once, so that every opening shows the same, costs no rendering, and can be proven by its SHA-256.
    """
    return page_html(Shown(public_id, kind, DispatchState.QUEUED, page, None, None, expires_at))


def page_html(shown: Shown, *, error: str = "", name: str = "", party: str = "", base: str = "") -> bytes:
    """The page of a dispatch in its present state.

    Args:
        error: what the recipient has to mend, in their language.
        name, party: what was typed before, so that nothing is lost.
        base: the way from the address that answers to the page's own.
    """
    asks_for_code = shown.state is DispatchState.OPEN and shown.content is None
    template = _ASKS_FOR_CODE if asks_for_code else TEMPLATES[shown.kind][shown.state]
    context = _CONTEXTS[shown.kind](shown)
    return _filled(template, shown, base, error=error, name=name, party=party, **context)


def answer_html(template: str, shown: Shown, **context: Any) -> bytes:
    """What became of a form that was sent to an address one below the dispatch's page, in its language."""
    return _filled(f"dispatch/page/{template}.html", shown, "../", **context)


def _of_expose(shown: Shown) -> dict[str, Any]:
    return _of_both(shown) | {"period_ends_at": shown.period_ends_at, "name_limit": links.NAME_LIMIT}


def _of_registered(shown: Shown) -> dict[str, Any]:
    return _of_both(shown) | {"last_day": last_day(shown.expires_at)}


def _of_both(shown: Shown) -> dict[str, Any]:
    return {"content": shown.content, "stamp": links.stamp(shown.public_id, shown.page)}


_CONTEXTS: MappingProxyType[Kind, Callable[[Shown], dict[str, Any]]] = MappingProxyType(
    {Kind.SECURE_EXPOSE: _of_expose, Kind.REGISTERED_MAIL: _of_registered}
)


def _filled(template: str, shown: Shown, base: str, **context: Any) -> bytes:
    """The template with what head and foot of each page are made of."""
    now, ends = datetime.now(UTC), shown.period_ends_at
    frame = {
        "page": shown.page,
        "state": shown.state.value,
        "may_withdraw": shown.state is not DispatchState.WITHDRAWN and withdrawal_is_shown(ends, now),
        "withdraw_until": ends and last_day(ends),
        "withdraw_is_over": ends is not None and ends <= now,
        "base": base,
    }
    return render(template, shown.page["language"], **frame, **context).encode()

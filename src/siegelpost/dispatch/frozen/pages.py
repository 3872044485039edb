"""What a recipient is shown, as bytes: made from what was frozen, by the same builder whoever asks for it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Self

from django.utils import timezone

from siegelpost.contacts.viewing_times import ViewingTime
from siegelpost.dispatch import links
from siegelpost.dispatch.frozen import property_documents, sender
from siegelpost.dispatch.gate.periods import last_day, withdrawal_is_shown
from siegelpost.dispatch.models import Dispatch, Kind
from siegelpost.dispatch.states import MAILED, DispatchState
from siegelpost.estates.energy_scale import scale_on
from siegelpost.office.kinds import TextKind
from siegelpost.templating import render

# What recipients of these see is only that it is so.
OVER = (DispatchState.REVOKED, DispatchState.EXPIRED, DispatchState.HELD)
_EXPOSE = MappingProxyType(
    {
        **dict.fromkeys(MAILED, "dispatch/page/gate.html"),
        DispatchState.WAITING: "dispatch/page/waiting.html",
        DispatchState.OPEN: "dispatch/page/expose.html",
        DispatchState.WITHDRAWN: "dispatch/page/withdrawn.html",
        DispatchState.REFUSED: "dispatch/page/known.html",
        **dict.fromkeys(OVER, "dispatch/page/closed.html"),
    }
)
_REGISTERED = MappingProxyType(
    {
        **dict.fromkeys(MAILED, "dispatch/page/registered/ask.html"),
        DispatchState.OPEN: "dispatch/page/registered/content.html",
        DispatchState.REFUSED: "dispatch/page/registered/refused.html",
        **dict.fromkeys(OVER, "dispatch/page/registered/closed.html"),
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
    # Nothing of what was frozen: which viewing times can be booked now.
    viewings: Sequence[ViewingTime] = ()
    # The documents that were released to this recipient, by their ids; those they asked for are not told apart.
    released: Collection[str] = ()

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
            released=frozenset(dispatch.released),
        )


def first_html(kind: Kind, public_id: str, page: dict[str, Any], expires_at: datetime) -> bytes:
    """The page that asks for the act, byte for byte as the recipient will get it.

    It is made once, so that every opening shows the same, costs no rendering, and can be proven by its SHA-256.
    """
    return page_html(Shown(public_id, kind, DispatchState.QUEUED, page, None, None, expires_at))


def page_html(
    shown: Shown,
    *,
    error: str = "",
    name: str = "",
    party: str = "",
    wrong: Collection[str] = (),
    base: str = "",
    preview: str = "",
) -> bytes:
    """The page of a dispatch in its present state.

    Args:
        error: what the recipient has to mend, in their language.
        name, party: what was typed before, so that nothing is lost.
        wrong: the fields that it is about.
        base: the way from the address that answers to the page's own.
        preview: marks it as seen by its sender, and leads back there.
    """
    asks_for_code = shown.state is DispatchState.OPEN and shown.content is None
    template = _ASKS_FOR_CODE if asks_for_code else TEMPLATES[shown.kind][shown.state]
    context = _CONTEXTS[shown.kind](shown)
    typed = {"error": error, "name": name, "party": party, "wrong": wrong}
    return _filled(template, shown, base, preview=preview, **typed, **context)


def asks(shown: Shown) -> bool:
    """Whether the page has a form without which its content does not open: a declaration, an acceptance, a code."""
    waits = shown.state in MAILED or shown.state is DispatchState.WAITING
    return waits or (shown.state is DispatchState.OPEN and shown.content is None)


def answer_html(template: str, shown: Shown, **context: Any) -> bytes:
    """What became of a form that was sent to an address one below the dispatch's page, in its language."""
    context = {"viewings": shown.viewings, "stamp": links.stamp(shown.public_id, shown.page)} | context
    return _filled(f"dispatch/page/{template}.html", shown, "../", **context)


def _of_expose(shown: Shown) -> dict[str, Any]:
    return _of_both(shown) | {
        "period_ends_at": shown.period_ends_at,
        "name_limit": links.NAME_LIMIT,
        "energy_scale": scale_on(timezone.localdate()),
        "viewings": shown.viewings,
        "documents": [one for one in property_documents.of_content(shown.content or {}) if one.is_shown],
        "released": shown.released,
    }


def _of_registered(shown: Shown) -> dict[str, Any]:
    return _of_both(shown) | {"last_day": last_day(shown.expires_at)}


def _of_both(shown: Shown) -> dict[str, Any]:
    words = (shown.page.get("message") or (shown.content or {}).get("message")) or ""
    return {
        "content": shown.content,
        "stamp": links.stamp(shown.public_id, shown.page),
        "greets": sender.greets(words),
    }


_CONTEXTS: MappingProxyType[Kind, Callable[[Shown], dict[str, Any]]] = MappingProxyType(
    {Kind.SECURE_EXPOSE: _of_expose, Kind.REGISTERED_MAIL: _of_registered}
)


def _filled(template: str, shown: Shown, base: str, **context: Any) -> bytes:
    """The template with what head and foot of each page are made of."""
    now, ends = datetime.now(UTC), shown.period_ends_at
    withdrawn = shown.state is DispatchState.WITHDRAWN
    frame = {
        "page": shown.page,
        "state": shown.state.value,
        "may_withdraw": not withdrawn and withdrawal_is_shown(ends, now),
        "has_contract": not withdrawn and _has_contract(shown.page),
        "withdraw_until": ends and last_day(ends),
        "withdraw_is_over": ends is not None and ends <= now,
        "base": base,
    }
    return render(template, shown.page["language"], **frame, **context).encode()


def _has_contract(page: dict[str, Any]) -> bool:
    """Whether the dispatch rests on a contract from which consumers may withdraw: made by it, or made before."""
    policy = any(text["kind"] == TextKind.WITHDRAWAL_POLICY for text in page.get("texts", ()))
    return policy or bool(page.get("ordered"))

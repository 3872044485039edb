"""The recipient's pages as answers over HTTP, for the lane and for Django."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from siegelpost.dispatch.frozen import pages
from siegelpost.dispatch.frozen.pages import Shown
from siegelpost.dispatch.states import DispatchState
from siegelpost.templating import render

# A closed dispatch tells why; an unknown link tells nothing about what might exist.
_STATUS = MappingProxyType({DispatchState.REVOKED: 410, DispatchState.EXPIRED: 410, DispatchState.HELD: 404})


@dataclass(frozen=True, slots=True)
class Answer:
    """A page, ready to be sent."""

    status: int
    body: bytes


def status_of(state: DispatchState) -> int:
    """What the page of a dispatch in this state is answered with."""
    return _STATUS.get(state, 200)


def dispatch_page(shown: Shown, *, status: int | None = None, **typed: Any) -> Answer:
    """The page of a dispatch in its present state.

    Args:
        typed: as :func:`siegelpost.dispatch.frozen.pages.page_html` takes it.
        status: where a form was refused, and the page says what is to be mended.
    """
    return Answer(status or status_of(shown.state), pages.page_html(shown, **typed))


def message_page(template: str, language: str, status: int, **context: Any) -> Answer:
    """A page without a dispatch: an unknown link, a form from elsewhere, too many tries."""
    body = render(f"recipient/{template}.html", language, page=None, state="", **context)
    return Answer(status, body.encode())

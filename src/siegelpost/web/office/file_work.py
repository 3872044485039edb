"""What the pages of a file have in common with which the server is at work behind them, whatever is in the file."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

T = TypeVar("T")
View = Callable[..., HttpResponseBase]


def is_part(request: HttpRequest) -> bool:
    """Whether the bar alone is asked for, as the page does again and again."""
    return request.headers.get("HX-Request") == "true"


def is_over(request: HttpRequest, state: str) -> HttpResponse | None:
    """The answer to a page that shows another step than the one that has begun: it is loaded anew, whole."""
    if state == request.GET.get("state"):
        return None
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})


def answers_too_late(
    find: Callable[[uuid.UUID], T], too_late: type[Exception], page: str
) -> Callable[[Callable[[HttpRequest, T], str]], View]:
    """For views that do something with a file and name the address to lead to: POST only, and said when too late.

    Args:
        find: gives the file of an address, or answers 404.
        too_late: raised when it is not as the page showed it any more; nothing was changed.
        page: the name of its page.
    """

    def answering(view: Callable[[HttpRequest, T], str]) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, **named: uuid.UUID) -> HttpResponseBase:
            (public_id,) = named.values()
            try:
                return redirect(view(request, find(public_id)))
            except too_late:
                messages.warning(request, _("Inzwischen ist es anders. So steht es jetzt; es wurde nichts verändert."))
                return redirect(page, public_id)

        return require_POST(wrapped)

    return answering

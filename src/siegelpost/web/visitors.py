"""Who a visitor is, for every limit by source: one rule for the lane and for Django."""

from typing import Any

from django.http import HttpRequest

from siegelpost.settings import load
from siegelpost.toolbox import unnamed_visitors
from siegelpost.toolbox.limits import shared
from siegelpost.toolbox.unnamed_visitors import UnnamedVisitors


def of(request: HttpRequest) -> str:
    """From where a request comes, as :func:`siegelpost.web.throttle.spend` takes it for ``Key.SOURCE``."""
    scope = request.META.get("asgi.scope")
    return of_scope(scope) if scope else str(request.META.get("REMOTE_ADDR", ""))


def of_scope(scope: dict[str, Any]) -> str:
    """The same, of a request in the lane. That visitors cannot be told apart is noted for the checklist."""
    address, state = scope["client"][0], scope.get("state", {})
    if not state.get("unnamed"):
        return str(address)
    unnamed_visitors.note(load().data, UnnamedVisitors(address, state["believed"]))
    return shared(address)


def is_this_machine(scope: dict[str, Any]) -> bool:
    """Whether a program of this machine asks, and no proxy for somebody else."""
    return scope["client"][0] in ("127.0.0.1", "::1") and not scope.get("state", {}).get("by_proxy")

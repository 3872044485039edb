"""The pages for what went wrong; each says what happened, what is safe, and what to do."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils import translation

from siegelpost.dispatch.frozen_form import NewerFormError
from siegelpost.foreign.errors import BusyError, TooExpensiveError
from siegelpost.ledger import halt
from siegelpost.ledger.halt import HaltedError
from siegelpost.office.models import Agent
from siegelpost.toolbox.language import active_language


def _page(request: HttpRequest, template: str, *, status: int) -> HttpResponse:
    """In the language of whoever is signed in: no view of theirs was reached that would have chosen it."""
    user = getattr(request, "user", None)
    if isinstance(user, Agent):
        translation.activate(user.language)
    return render(request, template, status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came without its proof of origin: from another site, or after cookies were cleared."""
    return _page(request, "errors/csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What was asked makes no sense."""
    return _page(request, "errors/400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Another role is needed."""
    return _page(request, "errors/403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """There is nothing here, or nothing any more."""
    return _page(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A mistake of ours. The page asks nothing of the database, which may be the cause."""
    return HttpResponse(get_template("errors/500.html").render({}), status=500)


def halted_page() -> bytes:
    """While all writing is stopped: what happened, what is safe, what to do. Asks nothing of the database."""
    return get_template("errors/halted.html").render({}).encode()


def newer_page() -> bytes:
    """A dispatch that a newer version has frozen: it is not shown rather than wrongly."""
    return get_template("errors/newer.html").render({}).encode()


def unread(request: HttpRequest, error: TooExpensiveError | BusyError) -> HttpResponse:
    """Somebody's file was not read: it would have cost too much (422), or it can be tried again (503)."""
    later = isinstance(error, BusyError)
    shown = {"error": error.text(active_language())}
    answer = render(request, "errors/unread.html", shown, status=503 if later else 422)
    if later:
        answer.headers["Retry-After"] = "60"
    return answer


# These stay possible while all writing is stopped: who cannot come in cannot read why.
_WAYS_IN = frozenset({"account_login", "account_logout", "mfa_authenticate", "mfa_login_webauthn", "sign_in_by_link"})
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class HaltedMiddleware:
    """While all writing is stopped, nothing that is sent to the server is taken in, not even what needs no event:
    the next database that is put back would not have it. Reading goes on.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        """Refuse before anything is done, so that it is true that nothing was stored."""
        where = request.resolver_match
        if request.method in _READING or (where and where.url_name in _WAYS_IN) or halt.reason() is None:
            return None
        return self._refusal()

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page that records how it was read, writing that was stopped meanwhile, or what a newer version froze."""
        if isinstance(exception, NewerFormError):
            return HttpResponse(newer_page(), status=503)
        if isinstance(exception, TooExpensiveError | BusyError):
            return unread(request, exception)
        return self._refusal() if isinstance(exception, HaltedError) else None

    def _refusal(self) -> HttpResponse:
        return HttpResponse(halted_page(), status=503, headers={"Retry-After": "60"})

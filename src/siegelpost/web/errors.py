"""The pages for what went wrong; each says what happened, what is safe, and what to do."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template

from siegelpost.ledger.halt import HaltedError


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came without its proof of origin: from another site, or after cookies were cleared."""
    return render(request, "errors/csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What was asked makes no sense."""
    return render(request, "errors/400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Another role is needed."""
    return render(request, "errors/403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """There is nothing here, or nothing any more."""
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A mistake of ours. The page asks nothing of the database, which may be the cause."""
    return HttpResponse(get_template("errors/500.html").render({}), status=500)


class HaltedMiddleware:
    """What could not be written because all writing is stopped is answered with 503, and with what is safe."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Only for this one reason; everything else goes its way."""
        if not isinstance(exception, HaltedError):
            return None
        answer = HttpResponse(get_template("errors/halted.html").render({}), status=503)
        answer["Retry-After"] = "60"
        return answer

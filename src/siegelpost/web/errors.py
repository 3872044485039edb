"""The pages for what went wrong; each says what happened, what is safe, and what to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came without its proof of origin: from another site, or after cookies were cleared."""
    return render(request, "errors/csrf.html", status=403)

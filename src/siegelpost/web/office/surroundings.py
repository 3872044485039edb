"""The page „Umgebung“: where the name leads, what the router says, what is seen from outside, and where to click."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from siegelpost.certificates.dyndns.page import summary
from siegelpost.certificates.surroundings import page as shown
from siegelpost.certificates.surroundings.facts import look
from siegelpost.settings import load


@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    """The frame; what is looked up comes after it, because that takes some seconds."""
    return render(request, "certificate/surroundings.html", {"host": load().public_host, "dyndns": summary()})


@require_safe
def findings(request: HttpRequest) -> HttpResponseBase:
    """What was found: into the frame, or with it where there are no scripts."""
    into_frame = request.headers.get("HX-Request") == "true"
    template = "certificate/surroundings_found.html" if into_frame else "certificate/surroundings_whole.html"
    return render(request, template, {"host": load().public_host, "dyndns": summary()} | _found())


def _found() -> dict[str, Any]:
    settings = load()
    found = look(settings)
    checks = shown.checks(found)
    return {
        "facts": shown.facts(found),
        "checks": [each for each in checks if each.state in ("wrong", "hint")],
        "unknown": shown.grouped(each for each in checks if each.state == "unknown"),
        "good": [each for each in checks if each.state == "good"],
        "state": next((state for state in ("wrong", "unknown") if any(each.state == state for each in checks)), "good"),
        "routers": shown.routers(found),
        "asked_outside": found.outside.asked,
        "by_dns": _by_dns(found.dns_host.provider) if found.dns_host else "",
    }


def _by_dns(provider: str) -> str:
    """The assistant's answers for the way over the DNS; empty where this host has no way in for programs."""
    answers = {"address": "name", "proxy": "no", "who": "myself", "dns": "on", "provider": provider}
    return urlencode(answers) if provider else ""

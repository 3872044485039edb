"""The page „Zertifikat“: what browsers say of this server, why, and what to do."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from siegelpost.dispatch import guard
from siegelpost.settings import load


@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    """The frame; the report comes after it, because asking the own server takes some seconds."""
    return render(request, "certificate/page.html", {"address": load().public_address})


@require_safe
def report(request: HttpRequest) -> HttpResponseBase:
    """The doctor's whole report."""
    found = guard.report()
    language = "en" if (get_language() or "de").startswith("en") else "de"
    template = "certificate/report.html" if request.headers.get("HX-Request") == "true" else "certificate/whole.html"
    words = found.to_json(language)
    context = {
        "report": found,
        "words": words,
        "remedies": _remedies(words),
        "days_left": _days_left(words["ends"]),
        "address": load().public_address,
    }
    return render(request, template, context)


def _remedies(words: dict[str, Any]) -> list[str]:
    """What must be done before recipients see no warning, each step once; mere advice stands beside its finding."""
    told = [*words["verdicts"].values(), *(one for one in words["findings"] if one["severity"] == "bad")]
    return list(dict.fromkeys(step for one in told for step in one["remedy"]))


def _days_left(ends: str | None) -> int | None:
    return (datetime.fromisoformat(ends) - timezone.now()).days if ends else None

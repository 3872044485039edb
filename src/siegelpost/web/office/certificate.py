"""The page „Zertifikat“: what browsers say of this server, why, and what to do."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from siegelpost.certificates import actions, overview, standing_records
from siegelpost.dispatch.send import guard
from siegelpost.doctor.live import report_words
from siegelpost.settings import load
from siegelpost.tls.store import NothingBeforeError, StoreError
from siegelpost.toolbox.language import active_language
from siegelpost.web.office.access import actor_of
from siegelpost.web.office.setup import goes_on


def frame() -> dict[str, Any]:
    """What the page shows without asking the network."""
    return {
        "address": load().public_address,
        "overview": overview.overview(),
        "automatic": overview.automatic(active_language()),
        "lost": overview.lost(active_language()),
    }


@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    """The frame; the report comes after it, because asking the own server takes some seconds."""
    return render(request, "certificate/page.html", frame() | goes_on(request))


@require_safe
def report(request: HttpRequest) -> HttpResponseBase:
    """The doctor's whole report: into the frame, or with it where there are no scripts."""
    into_frame = request.headers.get("HX-Request") == "true"
    context = doctor() | ({} if into_frame else frame())
    return render(request, "certificate/report.html" if into_frame else "certificate/whole.html", context)


def doctor() -> dict[str, Any]:
    """What the doctor says of the public address, for the templates; asks the network."""
    overview.wait_for_swap()
    found = guard.report()
    language = active_language()
    words = report_words.as_json(found, language)
    return {
        "report": found,
        "words": words,
        "remedies": _remedies(words),
        "days_left": _days_left(words["ends"]),
        "assistant_offered": overview.overview().only_self_signed and not overview.automatic(language).status.plan,
        "address": load().public_address,
    }


@require_http_methods(["GET", "POST"])
def activate(request: HttpRequest, id: str) -> HttpResponseBase:
    """Serve a stored certificate; a worse one only after its losses were read."""
    try:
        if request.method == "POST":
            actions.activate(id, by=actor_of(request), confirmed=request.POST.get("confirmed") == "1")
            messages.success(request, _("Das Zertifikat ist aktiv. Alle neuen Besucher bekommen es ab jetzt."))
            return redirect("certificate")
        weighed = actions.weigh(id)
    except actions.WorseError as error:
        weighed = error.weighed
    except StoreError as error:
        raise Http404(str(error)) from error
    context = {"row": overview.row(id), "losses": weighed.told(active_language()), "ok": weighed.judgement.ok}
    return render(request, "certificate/activate.html", context)


@require_POST
def roll_back(request: HttpRequest) -> HttpResponseBase:
    """Back to what was served before: in one click, or in two when that is worse."""
    try:
        actions.roll_back(by=actor_of(request), confirmed=request.POST.get("confirmed") == "1")
    except actions.WorseError as error:
        context = {"rows": overview.previous(), "losses": error.weighed.told(active_language())}
        return render(request, "certificate/back.html", context)
    except NothingBeforeError as error:
        messages.error(request, error.text(active_language()))
    else:
        messages.success(request, _("Es gilt wieder das vorige Zertifikat."))
    return redirect("certificate")


@require_POST
def records(request: HttpRequest) -> HttpResponseBase:
    """Look up the records in the DNS by which names are proved for good."""
    standing_records.look()
    return redirect("certificate")


@require_safe
def proxy(request: HttpRequest) -> HttpResponseBase:
    """How to put Siegelpost behind a proxy, with configurations that work."""
    return render(request, "certificate/proxy.html", {"settings": load(), "host": load().public_host})


def _remedies(words: dict[str, Any]) -> list[str]:
    """What must be done before recipients see no warning, each step once; mere advice stands beside its finding."""
    told = [*words["verdicts"].values(), *(one for one in words["findings"] if one["severity"] == "bad")]
    return list(dict.fromkeys(step for one in told for step in one["remedy"]))


def _days_left(ends: str | None) -> int | None:
    return (datetime.fromisoformat(ends) - timezone.now()).days if ends else None

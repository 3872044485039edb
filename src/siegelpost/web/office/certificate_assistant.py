"""„Ohne Warnung in fünf Minuten“: some questions, one recommendation, and the way to the end, shown as it goes."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from siegelpost.certificates import assistant, standing_records
from siegelpost.certificates.assistant import CertificateWay
from siegelpost.certificates.forms import AnswersForm, DnsForm
from siegelpost.settings import load
from siegelpost.tls.acme.problems import RECORD_TO_ENTER, AcmeError
from siegelpost.tls.acme.words import problem_text, remedy_texts, step_text
from siegelpost.toolbox.language import active_language
from siegelpost.web.office.access import actor_of
from siegelpost.web.office.certificate import doctor
from siegelpost.web.office.setup import goes_on

AUTOMATIC = frozenset({CertificateWay.BY_PORT, CertificateWay.BY_DNS, CertificateWay.BY_RECORD, CertificateWay.ADDRESS})


@require_safe
def questions(request: HttpRequest) -> HttpResponseBase:
    """What the office has; with answers, the one way that is recommended."""
    form = AnswersForm(request.GET) if "address" in request.GET else AnswersForm.first(assistant.guess(load()))
    if not form.is_bound or not form.is_valid():
        context = {"form": form, "host": load().public_host, "address": load().public_address}
        return render(request, "certificate/assistant.html", context, status=422 if form.errors else 200)
    return _recommended(request, form)


@require_http_methods(["POST"])
def begin(request: HttpRequest) -> HttpResponseBase:
    """Go the recommended way."""
    form = AnswersForm(QueryDict(request.POST.get("answers", "")))
    if not form.is_valid():
        return redirect("certificate_assistant")
    given = form.answers(load().public_host)
    dns = DnsForm(request.POST) if assistant.recommend(given).way is CertificateWay.BY_DNS else None
    if dns is not None and not dns.is_valid():
        return _recommended(request, form, dns)
    try:
        assistant.start(given, dns.provider_of() if dns else None, by=actor_of(request))
    except AcmeError as error:
        messages.error(request, problem_text(error.problem, active_language()))
        return _recommended(request, form, dns)
    return redirect("certificate_progress")


@require_safe
def progress(request: HttpRequest) -> HttpResponseBase:
    """How it goes; asked for again every second while it runs, by hand where there are no scripts."""
    now = assistant.now()
    if now.status.plan is None or now.status.waits_until:
        return redirect("certificate")
    template = "certificate/progress_steps.html" if request.headers.get("HX-Request") else "certificate/progress.html"
    return render(request, template, _progress(now) | (goes_on(request) if now.ended else {}))


@require_safe
def verdict(request: HttpRequest) -> HttpResponseBase:
    """What the doctor says at the end."""
    return render(request, "certificate/state.html", doctor())


@require_POST
def again(request: HttpRequest) -> HttpResponseBase:
    """Try at once."""
    assistant.try_again()
    return redirect("certificate_progress")


@require_POST
def go_on(request: HttpRequest) -> HttpResponseBase:
    """Let the automatic certificate take the bought one's place."""
    assistant.go_on(by=actor_of(request))
    return redirect("certificate_progress")


@require_POST
def stop(request: HttpRequest) -> HttpResponseBase:
    """No longer renew by itself."""
    assistant.stop(by=actor_of(request))
    messages.success(request, _("Das Zertifikat erneuert sich nicht mehr von selbst. Es gilt weiter, bis es abläuft."))
    return redirect("certificate")


def _recommended(request: HttpRequest, form: AnswersForm, dns: DnsForm | None = None) -> HttpResponseBase:
    given = form.answers(load().public_host)
    rule = assistant.recommend(given)
    if rule.way is CertificateWay.BY_DNS:
        dns = dns or DnsForm(provider=request.GET.get("provider", ""))
    answers = form.data.copy() if isinstance(form.data, QueryDict) else QueryDict(mutable=True)
    answers.pop("provider", None)
    context = {
        "rule": rule,
        "way": rule.way.value,
        "automatic": rule.way in AUTOMATIC,
        "dns": dns,
        "answers": answers.urlencode(),
        "answered": [(name, value) for name, values in answers.lists() for value in values],
        "host": given.host,
        "replaced": assistant.replaced(),
        "authority": load().acme_directory or "Let’s Encrypt",
    }
    return render(request, "certificate/recommended.html", context, status=422 if dns and dns.errors else 200)


def _progress(now: assistant.Now) -> dict[str, Any]:
    order, spoken = now.progress, active_language()
    problem = order.problem if order else None
    return {
        "now": now,
        "order": order,
        "steps": [(step_text(step, spoken), state) for step, state in order.steps.items()] if order else [],
        "problem": problem_text(problem, spoken) if problem else "",
        "remedies": remedy_texts(problem, spoken) if problem else [],
        "next_try_at": now.status.next_try_at,
        "record_to_enter": problem is not None and problem.code in RECORD_TO_ENTER,
        "records": standing_records.rows(now.status, spoken),
    }

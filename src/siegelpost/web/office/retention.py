"""Settings → Aufbewahrung: what is over its time, how long the office keeps what, and why."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from siegelpost.cases import clearance
from siegelpost.office import editor, retention_periods
from siegelpost.office.current import the_office
from siegelpost.office.forms import RetentionForm
from siegelpost.office.models import Language
from siegelpost.web.office.access import agent_of


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponseBase:
    """The list of what goes next, the periods, and the whole table with its sources."""
    form = RetentionForm(request.POST or None, instance=the_office())
    if request.method == "POST" and form.is_valid():
        editor.save(form.save(commit=False))
        messages.success(request, _("Gespeichert. Gelöscht wird danach, was dann über der Frist ist."))
        return redirect("settings_retention")
    language = Language(agent_of(request).language)
    office = the_office()
    listed = [(one, retention_periods.TABLE[one.sort].what[language]) for one in clearance.listed()]
    rules = [
        {
            "what": rule.what[language],
            "basis": rule.basis[language],
            "begins": rule.begins[language],
            "period": retention_periods.period_words(rule, office, language),
            "act": rule.act[language],
        }
        for rule in retention_periods.TABLE.values()
    ]
    context = {"form": form, "listed": listed, "count": clearance.count(), "rules": rules, "office": office}
    return render(request, "settings/retention.html", context, status=422 if form.errors else 200)


@require_POST
def erase(request: HttpRequest) -> HttpResponseBase:
    """Erase all that is listed now."""
    gone = clearance.erase_now(by=agent_of(request))
    messages.success(request, _("Gelöscht: %(n)d. Die Nachweise aller anderen bleiben gültig.") % {"n": gone})
    return redirect("settings_retention")


@require_POST
def keep(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Keep a listed contact."""
    clearance.keep(public_id)
    messages.success(request, _("Der Kontakt bleibt; seine Frist beginnt neu."))
    return redirect("settings_retention")

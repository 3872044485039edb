"""Settings → Aufbewahrung: what is over its time, how long the office keeps what, and why."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from siegelpost.dispatch import clearing, keeping
from siegelpost.office import changing
from siegelpost.office.forms import RetentionForm
from siegelpost.office.models import Language
from siegelpost.office.the_office import the_office
from siegelpost.web.mobile.access import agent_of


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponseBase:
    """The list of what goes next, the periods, and the whole table with its sources."""
    form = RetentionForm(request.POST or None, instance=the_office())
    if request.method == "POST" and form.is_valid():
        changing.save(form.save(commit=False))
        messages.success(request, _("Gespeichert. Gelöscht wird danach, was dann über der Frist ist."))
        return redirect("settings_retention")
    language = Language(agent_of(request).language)
    office = the_office()
    listed = [(one, keeping.TABLE[one.sort].what[language]) for one in clearing.listed()]
    rules = [
        {
            "what": rule.what[language],
            "basis": rule.basis[language],
            "begins": rule.begins[language],
            "period": keeping.period_words(rule, office, language),
            "act": rule.act[language],
        }
        for rule in keeping.TABLE.values()
    ]
    context = {"form": form, "listed": listed, "count": clearing.count(), "rules": rules, "office": office}
    return render(request, "settings/retention.html", context, status=422 if form.errors else 200)


@require_POST
def erase(request: HttpRequest) -> HttpResponseBase:
    """Erase all that is listed now."""
    gone = clearing.erase_now(by=agent_of(request))
    messages.success(request, _("Gelöscht: %(n)d. Die Nachweise aller anderen bleiben gültig.") % {"n": gone})
    return redirect("settings_retention")


@require_POST
def keep(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Keep a listed contact."""
    clearing.keep(public_id)
    messages.success(request, _("Der Kontakt bleibt; seine Frist beginnt neu."))
    return redirect("settings_retention")

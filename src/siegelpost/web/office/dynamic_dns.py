"""Dynamic DNS: how the records stand, setting it up, what would be done, trying the login, on and off."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from siegelpost.certificates.dyndns import page as shown
from siegelpost.certificates.dyndns import setup, upkeep
from siegelpost.certificates.dyndns.forms import DynamicDnsForm
from siegelpost.certificates.dyndns.services import SERVICES
from siegelpost.settings import load
from siegelpost.web.office.access import actor_of


@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    """How it stands; without a set-up, the way to one."""
    being = setup.current()
    if being is None:
        return redirect("dyndns_set_up")
    lines = shown.lines(being)
    stopped = any(one.stopped for one in lines)
    context = {"being": being, "service": SERVICES[being.service].name, "lines": lines, "stopped": stopped}
    return render(request, "certificate/dyndns.html", context)


@require_safe
def preview(request: HttpRequest) -> HttpResponseBase:
    """What would be done just now; takes some seconds, so it comes after the page."""
    being = setup.current()
    if being is None:
        return redirect("dyndns_set_up")
    lines = [shown.outlook_line(being, each) for each in upkeep.preview()]
    part = request.headers.get("HX-Request") == "true"
    template = "certificate/dyndns_outlook.html" if part else "certificate/dyndns_preview.html"
    return render(request, template, {"lines": lines, "being": being})


@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest) -> HttpResponseBase:
    """First the service, then what it asks for; it is switched on from its page, after a look at what would be done."""
    known = setup.current()
    chosen = request.GET.get("service", known.service if known else "")
    posted = request.POST if request.method == "POST" else None
    form = DynamicDnsForm(posted, chosen=chosen, name=load().public_host, known=known)
    if posted is not None and form.is_valid():
        setup.save(form.cleaned_data["name"], form.chosen, form.options, form.sources, by=actor_of(request))
        messages.success(request, _("Gespeichert, aber noch nicht eingeschaltet. Sehen Sie nach, was geschähe."))
        return redirect("dyndns")
    context = {"form": form, "outside": load().outside_service, "known": known}
    return render(request, "certificate/dyndns_set_up.html", context, status=422 if form.errors else 200)


@require_POST
def act(request: HttpRequest) -> HttpResponseBase:
    """Switch on or off, look at once, try the login, or forget it."""
    being, by = setup.current(), actor_of(request)
    if being is None:
        return redirect("dyndns_set_up")
    match request.POST.get("do"):
        case "on":
            setup.switch(True, by=by)
            messages.success(request, _("Eingeschaltet. Die Adresse wird jetzt nachgeführt."))
        case "off":
            setup.switch(False, by=by)
            messages.success(request, _("Ausgeschaltet. Der Eintrag im DNS bleibt, wie er ist."))
        case "now":
            upkeep.keep(at_once=True)
        case "test":
            trial = upkeep.probe()
            say = messages.error if trial.fault else messages.success if trial.tried else messages.info
            say(request, " ".join([*shown.trial_sentences(being, trial), trial.detail]).strip())
        case "forget":
            setup.forget(by=by)
            messages.success(request, _("Zugangsdaten gelöscht. Der Eintrag im DNS bleibt, wie er ist."))
            return redirect("certificate_surroundings")
        case _:
            pass
    return redirect("dyndns")

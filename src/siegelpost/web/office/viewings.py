"""Viewing times of a property, and who comes to an appointment with others."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from siegelpost.cases import viewings
from siegelpost.contacts import appointments, search, viewing_times
from siegelpost.contacts.appointments import CalledOffError
from siegelpost.contacts.diary_models import Appointment
from siegelpost.contacts.viewing_forms import ViewingTimesForm
from siegelpost.estates import search as estates
from siegelpost.mail.outgoing.server_settings import NotConfiguredError
from siegelpost.toolbox.addresses import AddressError
from siegelpost.web.office.access import agent_of
from siegelpost.web.office.lookup import asked_id


@require_http_methods(["GET", "POST"])
def times(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The viewing times offered for a property, and a form to offer more."""
    estate = estates.one(public_id)
    like = Appointment(agent=agent_of(request), estate=estate)
    if request.POST.get("act") == "withdraw":
        gone = viewing_times.withdraw_vacant(like)
        said = ngettext("Ein freier Termin ist zurückgezogen.", "%(n)d freie Termine sind zurückgezogen.", gone)
        messages.success(request, said % {"n": gone} if gone else _("Es war kein Termin mehr frei."))
        return redirect("viewing_times", public_id)
    form = ViewingTimesForm(request.POST or None, initial={"place": estate.address})
    if request.method == "POST" and form.is_valid():
        like.title = _("Besichtigung: %(title)s") % {"title": estate.title}
        like.place, like.places = form.cleaned_data["place"], form.cleaned_data["places"]
        made = viewing_times.offer(form.cleaned_data["times"], like)
        said = ngettext("Ein Termin ist angeboten.", "%(n)d Termine sind angeboten.", len(made)) % {"n": len(made)}
        messages.success(request, said if made else _("Diese Zeiten waren schon angeboten."))
        return redirect("viewing_times", public_id)
    context = {"estate": estate, "form": form, "offered": viewing_times.coming_up(like)}
    return render(request, "diary/viewing_times.html", context, status=422 if form.errors else 200)


@require_POST
def bring_in(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """One contact more comes to an appointment, invited by mail if wanted."""
    shown, contact = appointments.one(public_id), search.one(asked_id(request.POST.get("contact", "")))
    try:
        added = viewings.bring_in(shown, contact, invite=request.POST.get("invite") == "on")
    except (NotConfiguredError, AddressError) as error:
        messages.error(request, _("Die Mail dazu geht nicht: %(why)s Es wurde nichts gespeichert.") % {"why": error})
    except CalledOffError:
        messages.warning(request, _("Der Termin ist abgesagt. Findet er doch statt? Dann können Sie ihn ändern."))
    else:
        messages.success(request, _("Eingetragen.") if added else _("%(name)s kommt schon.") % {"name": contact})
    return redirect("appointment", public_id)


@require_POST
def take_out(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Somebody does not come any more; whoever was invited is told."""
    asked = viewing_times.participant(public_id)
    try:
        gone = viewings.take_out(asked)
    except NotConfiguredError as error:
        messages.error(request, _("Es hat sich nichts geändert: %(why)s") % {"why": error})
        return redirect("appointment", asked.appointment.public_id)
    if gone is None:
        messages.info(request, _("%(name)s kommt zu diesem Termin nicht mehr.") % {"name": asked.contact})
    else:
        told = gone.invited_email
        mail = _("Eine Mail dazu geht an %(email)s.") % {"email": told} if told else ""
        messages.success(request, f"{_('Ausgetragen.')} {mail}".strip())
    return redirect("appointment", asked.appointment.public_id)

"""The page „Weitere Server“: the office's site and mail server, looked at once a day."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from siegelpost.certificates.forms import WatchForm
from siegelpost.certificates.models import WatchedHost
from siegelpost.certificates.watched import hosts
from siegelpost.certificates.watched.services import SERVICES, Service
from siegelpost.toolbox.language import active_language
from siegelpost.toolbox.words import Words
from siegelpost.web.office.access import actor_of


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponseBase:
    """What is watched; a new one is looked at at once."""
    form = WatchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            found = hosts.add(Service(given["service"]), given["host"], given["port"], by=actor_of(request))
        except hosts.WatchedAlreadyError:
            form.add_error("host", _("Dieser Server steht schon in der Liste."))
        except hosts.TooManyError:
            form.add_error(None, _("Mehr als %(most)d Server werden nicht beobachtet.") % {"most": hosts.MOST})
        else:
            hosts.look_at(found)
            return redirect("certificate_watched")
    context = {"form": form, "rows": [_row(each) for each in hosts.watched()]}
    return render(request, "certificate/watched.html", context, status=422 if form.errors else 200)


@require_POST
def look(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Look at one of them now."""
    hosts.look_at(_found(public_id))
    messages.success(request, _("Gerade nachgesehen."))
    return redirect("certificate_watched")


@require_POST
def remove(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Watch one of them no longer."""
    hosts.remove(_found(public_id).public_id, by=actor_of(request))
    messages.success(request, _("Dieser Server wird nicht mehr beobachtet."))
    return redirect("certificate_watched")


def _found(public_id: uuid.UUID) -> WatchedHost:
    found = next((each for each in hosts.watched() if each.public_id == public_id), None)
    if found is None:
        raise Http404("not watched")
    return found


def _row(host: WatchedHost) -> dict[str, Any]:
    service, language = SERVICES[Service(host.service)], active_language()
    return {
        "host": host,
        "port": host.port if host.port != service.port else None,
        "service": service.words[language],
        "days_left": (host.ends - timezone.now()).days if host.ends else None,
        "remarks": [Words(*each)[language] for each in host.remarks],
    }

"""What is still to be done because of what recipients did: ticking it off, and taking that back."""

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from siegelpost.dispatch.recipient import to_do
from siegelpost.dispatch.recipient.to_do import Matter
from siegelpost.web.office.access import agent_of


@require_POST
def settle(request: HttpRequest, matter: str, pk: int) -> HttpResponseBase:
    """Say that it is done, or take that back; answers with its line for the list it stands in."""
    if matter not in list(Matter):
        raise Http404
    which, undone = Matter(matter), request.POST.get("act") == "undo"
    one = to_do.reopen(which, pk) if undone else to_do.settle(which, pk, by=agent_of(request))
    if request.headers.get("HX-Request") == "true":
        told = _("Wieder offen.") if undone else _("Erledigt.")
        return render(request, "parts/to_do.html", {"one": one, "settled": not undone, "told": told})
    return redirect("today") if request.POST.get("back") == "/" else redirect("dispatch", one.dispatch.public_id)

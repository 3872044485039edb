"""Documents of properties that open to one recipient by the agent's word."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from siegelpost.dispatch import search
from siegelpost.dispatch.frozen.property_documents import NoSuchDocumentError
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.recipient import document_requests
from siegelpost.dispatch.send import release_notice
from siegelpost.dispatch.states import DispatchState
from siegelpost.web.office.access import agent_of


@require_POST
def decide(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Release a document to the recipient of this dispatch, or take that back, by which button was pressed."""
    dispatch = search.one(public_id)
    document, agent = request.POST.get("document", ""), agent_of(request)
    try:
        if request.POST.get("act") == "release":
            document_requests.release(dispatch, document, by=agent)
            messages.success(request, _released(dispatch))
        elif request.POST.get("act") == "back":
            document_requests.take_back(dispatch, document, by=agent)
            messages.success(request, _("Zurückgenommen. Was schon heruntergeladen ist, bleibt beim Empfänger."))
    except NoSuchDocumentError:
        raise Http404 from None
    return redirect("dispatch", dispatch.public_id)


def _released(dispatch: Dispatch) -> str:
    """What has happened, and what will: nothing is promised of a dispatch that has ended, or without an address."""
    state = DispatchState(dispatch.state)
    if not dispatch.contact.email:
        return _("Freigegeben. Der Kontakt hat keine E-Mail-Adresse, deshalb geht keine Mail hinaus.")
    if state is DispatchState.OPEN:
        return _("Freigegeben. Der Empfänger bekommt gleich eine Mail.")
    if state in release_notice.NOT_YET:
        return _("Freigegeben. Der Empfänger bekommt eine Mail, sobald das Exposé für ihn offen ist.")
    return _("Freigegeben. Die Sendung ist beendet, deshalb geht keine Mail hinaus.")

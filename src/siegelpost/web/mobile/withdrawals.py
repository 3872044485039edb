"""Withdrawals that came in without a link: the office says which contract each one means."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from siegelpost.dispatch import finding, withdrawing
from siegelpost.dispatch.withdrawing import NotMeantError
from siegelpost.web.mobile.access import agent_of
from siegelpost.web.mobile.asked import asked_id


@require_http_methods(["GET", "POST"])
def withdrawal(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """One withdrawal with the contracts it can mean; a press says which."""
    found = withdrawing.one(public_id)
    if request.method == "POST":
        try:
            dispatch = finding.one(asked_id(request.POST.get("dispatch", "")))
            withdrawing.assign(found, dispatch, by=agent_of(request))
        except NotMeantError:
            messages.error(request, _("Mit dieser Sendung wurde nichts beauftragt. Es wurde nichts zugeordnet."))
            return redirect("withdrawal", public_id)
        messages.success(request, _("Zugeordnet. Die Sendung ist damit widerrufen."))
        return redirect("dispatch", dispatch.public_id)
    return render(request, "dispatches/withdrawal.html", {"withdrawal": found, "meant": withdrawing.meant(found)})

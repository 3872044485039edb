"""The day of the main contract, noted on the page of a dispatch."""

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from siegelpost.dispatch import search
from siegelpost.dispatch.contract import main_contract
from siegelpost.web.office.access import agent_of


class DayForm(forms.Form):
    """A day, or none."""

    on = forms.DateField(required=False)


@require_POST
def note(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Keep the day, or remove it."""
    dispatch, form = search.one(public_id), DayForm(request.POST)
    try:
        if not form.is_valid():
            raise main_contract.NoMainContractError
        main_contract.note(dispatch, form.cleaned_data["on"], by=agent_of(request))
    except main_contract.NoMainContractError:
        messages.error(request, _("Diesen Tag kann der Hauptvertrag nicht haben. Es wurde nichts geändert."))
    else:
        messages.success(request, _("Gespeichert. Die Aufbewahrung richtet sich danach."))
    return redirect("dispatch", dispatch.public_id)

"""The seller's payment, entered with its proof, which the buyer is sent (§ 656d BGB)."""

import uuid

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from siegelpost.dispatch import search
from siegelpost.dispatch.contract import seller_payment
from siegelpost.dispatch.contract.seller_payment import NotPaidError, Paid
from siegelpost.web.office.access import agent_of


class PaidForm(forms.Form):
    """When the seller paid, and what proves it."""

    on = forms.DateField(
        label=gettext_lazy("Der Verkäufer hat gezahlt am"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    proof = forms.FileField(
        label=gettext_lazy("Beleg"),
        help_text=gettext_lazy(
            "PDF oder Bild, zum Beispiel der Kontoauszug mit diesem einen Eingang. Schwärzen Sie Kontonummern und "
            "alles andere: Die Datei geht an den Käufer."
        ),
    )


@require_http_methods(["GET", "POST"])
def note(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Ask for day and proof, keep the day and send the proof."""
    dispatch = search.one(public_id)
    if not seller_payment.may_note(dispatch):
        raise Http404
    form = PaidForm(request.POST or None, request.FILES or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        proof = form.cleaned_data["proof"].read(seller_payment.LARGEST_FILE + 1)
        try:
            seller_payment.note(dispatch, Paid(form.cleaned_data["on"], proof), by=agent_of(request))
        except NotPaidError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("Vermerkt. Der Beleg geht an den Käufer; hier sehen Sie, wann er übergeben ist.")
            )
            return redirect("dispatch", dispatch.public_id)
    context = {"form": form, "dispatch": dispatch}
    return render(request, "dispatches/seller_payment.html", context, status=422 if form.errors else 200)

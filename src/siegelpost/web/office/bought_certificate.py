"""A certificate that is bought: order it with a request made here, take in what the shop sends."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from siegelpost.certificates import actions, overview
from siegelpost.certificates.forms import ImportForm, OrderForm
from siegelpost.doctor import judgement_words
from siegelpost.office.current import the_office
from siegelpost.settings import load
from siegelpost.tls.bought import NotImportableError
from siegelpost.tls.csr import NoPublicNameError, Request, RequestKey
from siegelpost.tls.refusals import NOTHING_CHANGED
from siegelpost.tls.store import StoreError
from siegelpost.toolbox.language import active_language
from siegelpost.web.office.access import actor_of


@require_http_methods(["GET", "POST"])
def bought(request: HttpRequest) -> HttpResponseBase:
    """The way of a bought certificate: order, then hand in what came."""
    form = ImportForm(request.POST or None, request.FILES or None)
    context = {"form": form, "overview": overview.overview(), "host": load().public_host}
    if request.method == "POST" and form.is_valid():
        try:
            arrival = actions.take_in(form.contents(), form.cleaned_data["password"], by=actor_of(request))
        except StoreError as error:
            judgement = error.judgement if isinstance(error, NotImportableError) else None
            context["refused"] = error.text(active_language())
            context["nothing_changed"] = NOTHING_CHANGED[active_language()]
            context["report"] = judgement_words.as_json(judgement, active_language()) if judgement else None
            return render(request, "certificate/bought.html", context, status=422)
        if not arrival.active:
            return redirect("certificate_activate", arrival.taken.stored.id)
        messages.success(request, _("Das Zertifikat ist in Ordnung und ab jetzt aktiv."))
        if arrival.taken.fetched:
            messages.info(request, _("Ein fehlendes Zwischenzertifikat wurde dazugeholt."))
        return redirect("certificate")
    return render(request, "certificate/bought.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def order(request: HttpRequest) -> HttpResponseBase:
    """Make a key and a request for a new order."""
    form = OrderForm(request.POST or None, initial={"names": load().public_host})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.order(
                given["names"],
                RequestKey(given["key_type"]),
                given["organisation"],
                given["city"],
                by=actor_of(request),
            )
        except NoPublicNameError as error:
            form.add_error("names", error.text(active_language()))
        else:
            return redirect("certificate_order", made.id)
    context = {"form": form, "office_name": the_office().name}
    return render(request, "certificate/order_new.html", context, status=422 if form.errors else 200)


@require_safe
def ordered(request: HttpRequest, id: str) -> HttpResponseBase:
    """The request to copy, and how the order goes on."""
    return render(request, "certificate/order.html", {"order": _order(id)})


@require_safe
def csr(request: HttpRequest, id: str) -> HttpResponse:
    """The request as a file."""
    name = _order(id).names[0].replace("*", "wildcard")
    return HttpResponse(
        _order(id).csr_pem,
        content_type="application/pkcs10",
        headers={"Content-Disposition": f'attachment; filename="{name}.csr"'},
    )


@require_POST
def give_up(request: HttpRequest, id: str) -> HttpResponseBase:
    """Forget an order with its key."""
    actions.give_up(_order(id).id, by=actor_of(request))
    messages.success(request, _("Die Bestellung ist verworfen. Was schon aktiv ist, bleibt."))
    return redirect("certificate_bought")


def _order(id: str) -> Request:
    found = next((each for each in overview.overview().orders if each.id == id), None)
    if found is None:
        raise Http404
    return found

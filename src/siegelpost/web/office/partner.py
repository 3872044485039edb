"""The certificate's matters in an installation partner's hands: giving a link, coming by it, ending it."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from siegelpost.certificates import partner_link
from siegelpost.certificates.forms import HandOverForm
from siegelpost.toolbox.limits import HAND_OVER_LINK
from siegelpost.web import throttle, visitors
from siegelpost.web.office.access import HAND_OVER, agent_of

# What lies on the one device that a link lets in.
_DEVICE = "__Host-handover"


@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponseBase:
    """Every link that was given; a new one is shown once."""
    form = HandOverForm(request.POST or None)
    context = {"form": form, "given": partner_link.all_given()}
    if request.method == "POST" and form.is_valid():
        given, link = partner_link.give(form.cleaned_data["partner"], form.cleaned_data["days"], by=agent_of(request))
        return render(request, "certificate/handover_link.html", {"given": given, "link": link})
    return render(request, "certificate/handover.html", context, status=422 if form.errors else 200)


@require_POST
def revoke(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """End a link at once."""
    partner_link.revoke(public_id, by=agent_of(request))
    messages.success(request, _("Der Link lässt niemanden mehr herein."))
    return redirect("certificate_handover")


@require_http_methods(["GET", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponseBase:
    """Looking at the link changes nothing (mail scanners look, too); the button lets in, on one device."""
    device = request.COOKIES.get(_DEVICE, "")
    try:
        throttle.spend(HAND_OVER_LINK, visitors.of(request))
        if request.method == "GET":
            given = partner_link.find(token)
            partner_link.refuse_other_device(given, device)
            return render(request, "certificate/handover_enter.html", {"given": given})
        given, device = partner_link.use(token, device)
    except partner_link.OtherDeviceError:
        return render(request, "certificate/handover_elsewhere.html", status=403)
    except (partner_link.LinkRefusedError, throttle.TooOftenError):
        return render(request, "account/link_refused.html", status=404)
    request.session.flush()  # nobody is signed in beside it, and no session of before goes on
    request.session[HAND_OVER] = str(given.public_id)
    request.session.set_expiry(given.expires_at)
    response = redirect("certificate")
    response.set_cookie(_DEVICE, device, expires=given.expires_at, secure=True, httponly=True, samesite="Lax")
    return response


@require_POST
def leave(request: HttpRequest) -> HttpResponseBase:
    """Done; the link itself stays open until it ends."""
    request.session.flush()
    return render(request, "certificate/handover_left.html")

"""Messages on one's devices: which, for what, and trying them out."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from siegelpost.mail.push import devices, outbox, wire, wishes
from siegelpost.mail.push.models import PushKind
from siegelpost.office.models import Role
from siegelpost.web.office.access import agent_of
from siegelpost.web.templatetags.office import device

HOURS = frozenset(map(str, range(24)))


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponseBase:
    """What one is told of, and on which devices."""
    agent = agent_of(request)
    if request.method == "POST":
        hour = request.POST.get("follow_up_hour", "")
        wishes.wish(
            agent,
            request.POST.getlist("kind"),
            at_night=request.POST.get("at_night") == "on",
            follow_up_hour=int(hour) if hour in HOURS else None,
        )
        messages.success(request, _("Gespeichert."))
        return redirect("push")
    chosen = wishes.wishes_of(agent)
    offered = [PushKind.CERTIFICATE] if agent.role == Role.PARTNER else list(PushKind)
    if agent.role == Role.AGENT:
        offered = [each for each in offered if each not in (PushKind.CERTIFICATE, PushKind.MAIL_ACCOUNT)]
    context = {
        "kinds": [(kind.value, kind.label, kind.value in chosen.kinds) for kind in offered],
        "at_night": chosen.at_night,
        "hours": list(range(24)) if PushKind.FOLLOW_UP in offered else [],
        "follow_up_hour": chosen.follow_up_hour,
        "devices": devices.devices_of(agent),
        "public_key": wire.public_key(),
    }
    return render(request, "account/push.html", context)


@require_POST
def add(request: HttpRequest) -> HttpResponseBase:
    """Tell this browser from now on; what it was given by its push service comes as a form."""
    given = {name: request.POST.get(name, "") for name in ("endpoint", "p256dh", "auth")}
    try:
        devices.add(agent_of(request), **given, name=device(request.headers.get("User-Agent", "")))
    except (devices.TooManyDevicesError, ValueError):
        return HttpResponse(status=422)
    return HttpResponse(status=204)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Tell one of one's devices no more."""
    devices.remove(agent_of(request), pk)
    messages.success(request, _("Dieses Gerät bekommt keine Mitteilungen mehr."))
    return redirect("push")


@require_POST
def try_out(request: HttpRequest) -> HttpResponseBase:
    """A message at once, to see whether it arrives."""
    if outbox.try_out(agent_of(request), title="Siegelpost", body=_("So sieht eine Mitteilung aus.")):
        messages.success(request, _("Eine Mitteilung ist unterwegs. Sie sollte in wenigen Sekunden da sein."))
    return redirect("push")

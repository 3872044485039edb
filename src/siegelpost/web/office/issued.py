"""The page „Ausgestellt für Ihre Domain“: what the public logs know, asked when somebody wants to know."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from siegelpost.certificates.issued_elsewhere import MonitorError, MonitorFailure, domain_of, look
from siegelpost.settings import load

_WHY = {
    MonitorFailure.NOT_NAMED: _(
        "Es ist kein Dienst genannt, der die öffentlichen Verzeichnisse liest. Tragen Sie einen in der Einstellung "
        "ct_monitor ein."
    ),
    MonitorFailure.NO_DOMAIN: _("Die öffentliche Adresse dieses Servers liegt unter keiner Domain."),
    MonitorFailure.UNREACHABLE: _("Der Dienst hat nicht geantwortet. Versuchen Sie es später noch einmal."),
    MonitorFailure.NONSENSE: _("Der Dienst hat geantwortet, aber nichts, was sich lesen ließ."),
}


@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    """Asks the monitor only with ``?look=1``, because that tells it the domain and takes some seconds."""
    settings = load()
    context: dict[str, Any] = {
        "domain": domain_of(settings.public_host),
        "named": bool(settings.ct_monitor),
        "why": "" if settings.ct_monitor else _WHY[MonitorFailure.NOT_NAMED],
    }
    if request.GET.get("look"):
        try:
            context["found"] = look(settings)
        except MonitorError as error:
            context["why"] = _WHY[error.failure]
    return render(request, "certificate/issued.html", context)

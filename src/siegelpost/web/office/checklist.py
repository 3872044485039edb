"""The page „Sicherheit“: the checklist, filled in by the machine, and those that were kept."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from siegelpost.checklist import filing, table
from siegelpost.checklist.paper import summary
from siegelpost.web.office.access import agent_of


@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    """What can be said at once; what needs the network is fetched after it."""
    return render(request, "checklist/page.html", {"found": table.at_once(), "signed": filing.signed()})


@require_safe
def lines(request: HttpRequest) -> HttpResponseBase:
    """The whole list; asking takes some seconds."""
    found = table.whole()
    whole = request.headers.get("HX-Request") != "true"
    context = {"found": found, "summary": summary(found), "signed": filing.signed() if whole else []}
    return render(request, "checklist/whole.html" if whole else "checklist/lines.html", context)


@require_POST
def sign(request: HttpRequest) -> HttpResponseBase:
    """Go through the list again and keep it."""
    filing.sign(table.whole(), by=str(agent_of(request).public_id))
    messages.success(request, _("Die Prüfliste ist als PDF abgelegt und im Protokoll festgehalten."))
    return redirect("checklist")


@require_safe
def pdf(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """A list that was kept."""
    try:
        found, content = filing.pdf_of(sha256)
    except (filing.NotSignedError, FileNotFoundError):
        raise Http404 from None
    name = f"Siegelpost-{found.at:%Y-%m-%d-%H%M}.pdf"
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )

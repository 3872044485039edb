"""Bringing in properties from OpenImmo: upload, how far the server is, what would change, and what was done."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from siegelpost.estates.imports import spool, upload
from siegelpost.estates.kinds import ImportOutcome
from siegelpost.estates.models import Import
from siegelpost.web.office import file_work
from siegelpost.web.office.access import agent_of

PAGE_LENGTH = 50
MOST_SHOWN = 20


def _found(import_id: uuid.UUID) -> Import:
    try:
        return upload.one(import_id)
    except Import.DoesNotExist as error:
        raise Http404 from error


_acts = file_work.answers_too_late(_found, upload.TooLateError, "estate_import_one")


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponseBase:
    """Take a file in, which is then read in the background; below, what was brought in lately."""
    error = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                error = _("Bitte wählen Sie eine Datei aus.")
            else:
                begun = upload.begin(file.chunks(), file.name or "", agent=agent_of(request))
                return redirect("estate_import_one", begun.public_id)
        except spool.TooLargeError:
            error = _("Die Datei ist größer als 512 MiB. Bitte exportieren Sie die Objekte in mehreren Teilen.")
        except upload.TooManyError:
            error = _("Es liegen schon viele Dateien hier, die nicht fertig sind. Bitte räumen Sie unten erst auf.")
    if error and "X-One-By-One" in request.headers:
        return HttpResponse(error, status=422, content_type="text/plain")
    context = {"error": error, "shown": upload.fresh()[:MOST_SHOWN]}
    return render(request, "estates/import.html", context, status=422 if error else 200)


@require_safe
def one(request: HttpRequest, import_id: uuid.UUID) -> HttpResponseBase:
    """Where one import stands; while the server is at it, the bar alone is asked for again and again."""
    found = _found(import_id)
    if file_work.is_part(request):
        return file_work.is_over(request, found.state) or render(request, "estates/import_bar.html", _bar(found))
    if found.at_work:
        return render(request, "estates/import_one.html", _bar(found))
    chosen = request.GET.get("outcome", "")
    counts = upload.counts(found)
    context = {
        "one": found,
        "groups": [(ImportOutcome(value), count) for value, count in counts.items()],
        "chosen": chosen if chosen in counts else "",
        "page": Paginator(upload.lines(found, chosen), PAGE_LENGTH).get_page(request.GET.get("page")),
        "brought_in": sum(counts.values()) if found.confirmed_at else 0,
        "outdated": upload.is_outdated(found),
        "kept_for": upload.KEPT_FOR.days,
    }
    return render(request, "estates/import_one.html", context)


@_acts
def confirm(request: HttpRequest, found: Import) -> str:
    """Bring in what the preview shows."""
    upload.confirm(found, agent=agent_of(request))
    return found.get_absolute_url()


@_acts
def cancel(request: HttpRequest, found: Import) -> str:
    """Throw the file away."""
    upload.cancel(found)
    messages.success(request, _("„%(name)s“ ist verworfen. Es wurde nichts verändert.") % {"name": found.name})
    return "estate_import"


@_acts
def again(request: HttpRequest, found: Import) -> str:
    """Read it anew, or go on where it broke off."""
    upload.again(found)
    return found.get_absolute_url()


def _bar(found: Import) -> dict[str, Any]:
    return {"one": found, "progress": upload.progress(found)}

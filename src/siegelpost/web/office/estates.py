"""Properties: list, one property, its form."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from siegelpost.cases import history
from siegelpost.dispatch import search as dispatches
from siegelpost.dispatch.recipient import to_do
from siegelpost.estates import commission, editor, energy, search
from siegelpost.estates.expose import snapshot
from siegelpost.estates.forms import EstateForm
from siegelpost.estates.imports import upload
from siegelpost.estates.kinds import Status
from siegelpost.estates.models import Estate
from siegelpost.estates.search_form import FilterForm
from siegelpost.web.office.contacts import before

PAGE_LENGTH = 40


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """Properties, narrowed by search and filters; as one types only the results are sent."""
    form = FilterForm(request.GET)
    page = Paginator(search.narrowed(form.wanted()), PAGE_LENGTH).get_page(request.GET.get("page"))
    part = request.headers.get("HX-Request") == "true"
    context = {"page": page, "form": form, "narrowed": form.narrows()}
    if not part:
        context |= {"towns": search.towns(), "latest": upload.latest()}
    return render(request, "estates/results.html" if part else "estates/index.html", context)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: uuid.UUID | None = None) -> HttpResponseBase:
    """A new property, or one to change."""
    estate = search.one(public_id) if public_id else Estate(status=Status.ACTIVE)
    form = EstateForm(request.POST or None, instance=estate)
    if request.headers.get("HX-Request") == "true":  # another kind was chosen: its fields, and nothing is saved
        return render(request, "estates/fields.html", {"form": form.unjudged()})
    if "arrange" in request.POST:
        form.unjudged()
    elif request.method == "POST" and form.is_valid():
        saved = editor.save(form)
        messages.success(request, _("„%(title)s“ ist gespeichert.") % {"title": saved.title})
        return redirect("estate" if public_id else "estate_media", saved.public_id)
    context = {"form": form, "estate": estate if public_id else None}
    return render(request, "estates/edit.html", context, status=422 if form.errors else 200)


@require_safe
def detail(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """One property as the office sees it, and to whom it went."""
    estate = search.one(public_id)
    stream = history.of_estate(estate, before=before(request))
    if request.headers.get("HX-Request") == "true":
        return render(request, "diary/stream.html", {"estate": estate, "stream": stream})
    context = {
        "estate": estate,
        "stream": stream,
        "to_dos": to_do.waiting(dispatches.of_estate(estate)),
        "expose": snapshot(estate)["after"],
        "pictures": search.pictures(estate),
        "warnings": energy.missing(estate),
        "commission_open": (open_ := commission.unclear(estate)),
        "vat_is_open": bool(open_) and not estate.commission_open and commission.is_vat_open(estate),
        "is_archived": estate.status == Status.ARCHIVED,
    }
    return render(request, "estates/detail.html", context)


@require_POST
def commission_answer(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """What the agent decides about a commission that was left open."""
    estate = search.one(public_id)
    try:
        editor.decide_commission(estate, editor.CommissionAnswer(request.POST.get("answer", "")))
    except (editor.RefusedError, ValueError):
        messages.warning(request, _("Inzwischen ist es anders. So steht es jetzt; es wurde nichts verändert."))
    else:
        messages.success(request, _("Die Provision ist entschieden."))
    return redirect("estate", estate.public_id)


@require_http_methods(["GET", "POST"])
def archive(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then archive; or bring an archived property back."""
    estate = search.one(public_id)
    if request.method == "POST":
        back = estate.status == Status.ARCHIVED
        editor.set_status(estate, Status.ACTIVE if back else Status.ARCHIVED)
        text = _("„%(title)s“ ist wieder aktiv.") if back else _("„%(title)s“ ist im Archiv.")
        messages.success(request, text % {"title": estate.title})
        return redirect("estate", estate.public_id)
    return render(request, "estates/archive.html", {"estate": estate})

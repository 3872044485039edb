"""Contacts that are there twice, and contacts out as vCards."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from siegelpost.contacts import duplicates, search, vcards
from siegelpost.contacts import merge as contact_merge
from siegelpost.web.office.access import agent_of


@require_safe
def pairs(request: HttpRequest) -> HttpResponseBase:
    """Pairs of contacts that are probably one person."""
    return render(request, "contacts/duplicates.html", {"pairs": duplicates.pairs()})


@require_POST
def different(request: HttpRequest, public_id: uuid.UUID, other_id: uuid.UUID) -> HttpResponseBase:
    """Say that two contacts are not the same."""
    duplicates.are_different(search.one(public_id), search.one(other_id))
    messages.success(request, _("Gemerkt: nicht dieselbe Person."))
    return redirect("duplicates")


@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, public_id: uuid.UUID, other_id: uuid.UUID) -> HttpResponseBase:
    """Show what the one contact would be, then make it."""
    kept, absorbed = search.one(public_id), search.one(other_id)
    if request.method == "POST":
        try:
            contact_merge.merge(kept, absorbed, take=request.POST.getlist("take"), by=agent_of(request))
        except contact_merge.NotPossibleError:
            messages.error(
                request,
                _(
                    "Diese beiden lassen sich nicht zusammenführen: "
                    "Beide gehören zu Kollegen, oder es ist schon geschehen."
                ),
            )
        else:
            text = _("Zusammengeführt. Verlauf und Sendungen stehen jetzt hier; rückgängig geht es unten.")
            messages.success(request, text)
        return redirect("contact", kept.public_id)
    context = {"kept": kept, "absorbed": absorbed, "rows": contact_merge.preview(kept, absorbed)}
    return render(request, "contacts/merge.html", context)


@require_POST
def separate(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Undo a merge."""
    try:
        done = contact_merge.undo(public_id, by=agent_of(request))
    except contact_merge.NotPossibleError:
        messages.error(request, _("Das lässt sich nicht mehr trennen: Der Kontakt ist inzwischen selbst aufgegangen."))
        return redirect("contacts")
    messages.success(request, _("Wieder getrennt: %(name)s ist zurück.") % {"name": done.absorbed})
    return redirect("contact", done.kept.public_id)


@require_safe
def card(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """One contact as a vCard."""
    contact = search.one(public_id)
    return _file(vcards.write([contact]), slugify(str(contact)) or "kontakt")


@require_safe
def cards(request: HttpRequest) -> HttpResponseBase:
    """What the search finds, as vCards in one file."""
    found = search.every(request.GET.get("q", "").strip())[: vcards.MOST + 1]
    if len(found) > vcards.MOST:
        text = _("Mehr als %(most)d Kontakte auf einmal gehen nicht. Bitte suchen Sie genauer.")
        messages.error(request, text % {"most": vcards.MOST})
        return redirect("contacts")
    return _file(vcards.write(found), "kontakte")


def _file(text: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.vcf"'}
    return HttpResponse(text, content_type="text/vcard; charset=utf-8", headers=headers)

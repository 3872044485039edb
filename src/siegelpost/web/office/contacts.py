"""Contacts: list and search, one contact, its form."""

import uuid
from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from siegelpost.cases import erasure, history
from siegelpost.contacts import consents, duplicates, editor, merge, search
from siegelpost.contacts.forms import ContactForm
from siegelpost.contacts.models import Contact
from siegelpost.dispatch import search as dispatches
from siegelpost.dispatch.recipient import to_do
from siegelpost.web.office.access import agent_of

PAGE_LENGTH = 50


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """All contacts, or those that the search finds; as one types only the results are sent."""
    query = request.GET.get("q", "").strip()
    found = search.find(query)
    page = Paginator(found.contacts, PAGE_LENGTH).get_page(request.GET.get("page"))
    template = "contacts/results.html" if request.headers.get("HX-Request") == "true" else "contacts/index.html"
    return render(request, template, {"page": page, "query": query, "more": found.more})


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: uuid.UUID | None = None) -> HttpResponseBase:
    """A new contact, or one to change."""
    contact = search.one(public_id) if public_id else Contact()
    form = ContactForm(request.POST or None, instance=contact)
    if request.method == "POST" and form.is_valid():
        saved = editor.save(form.save(commit=False))
        messages.success(request, _("%(name)s ist gespeichert.") % {"name": saved})
        return redirect("contact", saved.public_id)
    context = {"form": form, "contact": contact if public_id else None}
    return render(request, "contacts/edit.html", context, status=422 if form.errors else 200)


@require_safe
def detail(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """One contact: how to reach them, and all that was done with them; older entries are asked for one page a time."""
    contact = search.one(public_id)
    if contact.merged_into:
        return redirect(contact.merged_into)
    context = {
        "contact": contact,
        "stream": history.of_contact(contact, before=before(request)),
        "to_dos": to_do.waiting(dispatches.of_contact(contact)),
        "twins": duplicates.of(contact),
        "merges": merge.of(contact),
        "consents": consents.of(contact),
    }
    part = request.headers.get("HX-Request") == "true"
    return render(request, "diary/stream.html" if part else "contacts/detail.html", context)


@require_POST
def withdraw_consent(request: HttpRequest, public_id: uuid.UUID, consent_id: uuid.UUID) -> HttpResponseBase:
    """Note that the contact has taken a consent back, by phone or letter."""
    contact = search.one(public_id)
    consents.withdraw(consents.one(contact, consent_id), by=str(agent_of(request).public_id))
    messages.success(request, _("Der Widerruf ist eingetragen. Angebote per Mail gehen nicht mehr hinaus."))
    return redirect("contact", contact.public_id)


def before(request: HttpRequest) -> datetime | None:
    """Where in a stream the page begins, from its address."""
    try:
        moment = parse_datetime(request.GET.get("before", ""))
    except ValueError:
        return None
    return moment if moment and timezone.is_aware(moment) else None


@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then delete a contact, or what proofs do not need of it."""
    contact = search.one(public_id)
    if request.method == "POST":
        name = str(contact)
        if erasure.erase(contact, by=agent_of(request)):
            messages.success(request, _("%(name)s ist gelöscht.") % {"name": name})
            return redirect("contacts")
        text = _(
            "Gelöscht ist alles bis auf Name und E-Mail-Adresse von %(name)s: Die Nachweise nennen beides. Sobald sie "
            "nicht mehr aufzuheben sind, geht auch das von selbst."
        )
        messages.success(request, text % {"name": name})
        return redirect(contact)
    return render(request, "contacts/remove.html", {"contact": contact, "kept_until": erasure.kept_until(contact)})


@require_safe
def data(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """All that is known about a contact, for themselves."""
    contact = search.one(public_id)
    headers = {"Content-Disposition": 'attachment; filename="auskunft.json"'}
    return JsonResponse(
        erasure.export(contact), json_dumps_params={"ensure_ascii": False, "indent": 1}, headers=headers
    )

"""Contacts: list and search, one contact, its form."""

import uuid
from datetime import UTC, datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from siegelpost.cases import erasure, history, subject_access
from siegelpost.contacts import activities, appointments, consents, duplicates, editor, merge, search
from siegelpost.contacts.forms import ContactForm
from siegelpost.contacts.models import Contact
from siegelpost.contacts.search import ContactHits
from siegelpost.dispatch import search as dispatches
from siegelpost.dispatch.recipient import to_do
from siegelpost.web.office.access import agent_of

PAGE_LENGTH = 50
# Of what is open with one contact the first of each; all of it stands in the history.
MOST_OPEN = 10
# Pages on the way to which a contact may turn out to be missing, by the word for them in an address.
ON_THE_WAY = {"send": "send", "registered": "registered_new"}


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """All contacts, or those that the search finds; as one types only the results are sent."""
    query = request.GET.get("q", "").strip()
    of_office = request.GET.get("who") == "office"
    found = ContactHits(search.colleagues()) if of_office else search.find(query)
    page = Paginator(found.contacts, PAGE_LENGTH).get_page(request.GET.get("page"))
    last = history.last_contact(page.object_list)
    template = "contacts/results.html" if request.headers.get("HX-Request") == "true" else "contacts/index.html"
    return render(request, template, {"page": page, "query": query, "more": found.more, "last": last})


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: uuid.UUID | None = None) -> HttpResponseBase:
    """A new contact, or one to change; with a new one that was missing on the way, one goes on where one was."""
    contact = search.one(public_id) if public_id else _typed(request.GET.get("typed", ""))
    then = "" if public_id else request.GET.get("then", "")
    form = ContactForm(request.POST or None, instance=contact)
    if request.method == "POST" and form.is_valid():
        saved = editor.save(form.save(commit=False))
        messages.success(request, _("%(name)s ist gespeichert.") % {"name": saved})
        return redirect(_on(request, ON_THE_WAY[then], saved) if then in ON_THE_WAY else saved)
    back = _on(request, ON_THE_WAY[then]) if then in ON_THE_WAY else reverse("contacts")
    context = {"form": form, "contact": contact if public_id else None, "back": back}
    return render(request, "contacts/edit.html", context, status=422 if form.errors else 200)


def _typed(words: str) -> Contact:
    """A contact of whom a search was told this much."""
    words = " ".join(words.split())
    if "@" in words:
        return Contact(email=words)
    if words and not words.strip("+0123456789/()- "):
        return Contact(phone=words)
    first, _blank, last = words.rpartition(" ")
    return Contact(first_name=first, last_name=last)


def _on(request: HttpRequest, page: str, contact: Contact | None = None) -> str:
    """The address of the page one came from, with all that was chosen there, and the contact beside."""
    query = request.GET.copy()
    for name in ("then", "typed"):
        query.pop(name, None)
    if contact:
        query["partner" if query.pop("together", None) else "contact"] = str(contact.public_id)
    return f"{reverse(page)}?{query.urlencode()}"


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
        "follow_ups": (follow_ups := list(activities.open_with(contact)[: MOST_OPEN + 1]))[:MOST_OPEN],
        "more_follow_ups": len(follow_ups) > MOST_OPEN,
        "appointments": (coming := list(appointments.coming_with(contact)[: MOST_OPEN + 1]))[:MOST_OPEN],
        "more_appointments": len(coming) > MOST_OPEN,
        "today": timezone.localdate(),
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
    messages.success(request, _("Der Widerruf ist eingetragen. Angebote per E-Mail gehen nicht mehr hinaus."))
    return redirect("contact", contact.public_id)


def before(request: HttpRequest) -> datetime | None:
    """Where in a stream the page begins, from its address."""
    try:
        moment = parse_datetime(request.GET.get("before", ""))
        return moment.astimezone(UTC) if moment and timezone.is_aware(moment) else None
    except (ValueError, OverflowError):  # a day that no calendar has, or the very first or last
        return None


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


@require_safe
def data_pdf(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The same as paper, in the contact's own language."""
    contact = search.one(public_id)
    headers = {"Content-Disposition": f'attachment; filename="{subject_access.file_name(contact)}"'}
    return HttpResponse(subject_access.subject_access_pdf(contact), content_type="application/pdf", headers=headers)

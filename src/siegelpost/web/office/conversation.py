"""*Gespräch notieren*: one form, from anywhere, that also makes the contact of whoever was not known yet."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from siegelpost.cases import answers, history
from siegelpost.contacts import conversations, search
from siegelpost.contacts.diary_forms import ConversationForm
from siegelpost.contacts.diary_models import Activity, ActivityKind
from siegelpost.dispatch.recipient import to_do
from siegelpost.estates import search as estates
from siegelpost.web.office.access import agent_of
from siegelpost.web.office.answered import say_done
from siegelpost.web.office.lookup import asked_id


@require_http_methods(["GET", "POST"])
def conversation(request: HttpRequest) -> HttpResponseBase:
    """Write down a conversation with a contact, or with somebody new; as one types, who it may have been."""
    contact = search.one(asked_id(named)) if (named := request.GET.get("contact")) else None
    estate = estates.one(asked_id(named)) if (named := request.GET.get("estate")) else None
    answering = request.GET.get("answers", "")
    shown = Activity(agent=agent_of(request), kind=ActivityKind.CALL, contact=contact, estate=estate)
    offered = history.estates_of(contact, everything="all" in request.GET)

    def form_of(known: Any) -> ConversationForm:
        return ConversationForm(
            request.POST or None, instance=shown, estates=[*offered.found, *([estate] if estate else [])], known=known
        )

    form = form_of(())
    if request.method == "POST" and not contact:
        form = form_of(conversations.known(form.caller))
    if request.headers.get("HX-Request") == "true":
        return render(request, "diary/known.html", {"form": form})
    if request.method == "POST" and form.is_valid():
        noted = form.save(commit=False)
        if not contact:
            noted.contact = form.chosen
        caller = None if noted.contact else form.caller
        done = answers.note_conversation(noted, caller, answers=answering, by=agent_of(request))
        messages.success(
            request,
            _("Notiert. %(name)s steht jetzt bei den Kontakten.") % {"name": noted.contact}
            if caller
            else _("Notiert."),
        )
        say_done(request, done)
        return redirect(noted.contact or noted.estate or "today")
    context = {
        "form": form,
        "contact": contact,
        "estate": estate,
        "more": offered.more,
        "answered": to_do.named(answering),
        "back": contact.get_absolute_url() if contact else estate.get_absolute_url() if estate else "/",
    }
    return render(request, "diary/conversation.html", context, status=422 if form.errors else 200)

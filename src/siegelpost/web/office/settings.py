"""Settings: the office, the mail server, texts, people, test operation."""

import uuid

import segno
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from siegelpost import storage
from siegelpost.cases import clearance
from siegelpost.contacts import colleague_cards
from siegelpost.mail.accounts.warnings import alarms
from siegelpost.mail.models import MailSignIn
from siegelpost.mail.outgoing import server_settings, sign_in_mail
from siegelpost.mail.outgoing.probe import probe
from siegelpost.mail.outgoing.server_settings import NotConfiguredError
from siegelpost.office import agents, editor, sign_in
from siegelpost.office.current import set_test_operation, the_office
from siegelpost.office.forms import AgentForm, MailServerForm, OfficeForm, SendingForm
from siegelpost.office.models import Agent, Language
from siegelpost.settings import load
from siegelpost.toolbox import colours
from siegelpost.toolbox.addresses import AddressError
from siegelpost.web import devices
from siegelpost.web.office.access import agent_of
from siegelpost.web.office.account import MOST_LINKS
from siegelpost.web.office.lookup import asked_id
from siegelpost.web.office.setup import step_after


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """Where to find which setting."""
    context = {
        "mail_host": load().smtp_host,
        "missing": editor.missing_texts(Language(the_office().language)),
        "people": agents.everybody(),
        "overdue": clearance.count(),
    }
    return render(request, "settings/index.html", context)


@require_http_methods(["GET", "POST"])
def office(request: HttpRequest) -> HttpResponseBase:
    """Who the office is."""
    form = OfficeForm(request.POST or None, request.FILES or None, instance=the_office())
    if request.method == "POST" and form.is_valid():
        editor.save(form.save(commit=False), logo=form.new_logo)
        messages.success(request, _("Gespeichert. Was schon gesendet ist, bleibt, wie es war."))
        return redirect("settings")
    return render(request, "settings/office.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def sending(request: HttpRequest) -> HttpResponseBase:
    """How long links live, and what happens when the certificate cannot be judged."""
    form = SendingForm(request.POST or None, instance=the_office())
    if request.method == "POST" and form.is_valid():
        editor.save(form.save(commit=False))
        messages.success(request, _("Gespeichert."))
        return redirect("settings")
    return render(request, "settings/sending.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def mail(request: HttpRequest) -> HttpResponseBase:
    """The mail server; what was saved is tried at once."""
    form = MailServerForm(request.POST or None, instance=the_office())
    if request.method == "POST" and form.is_valid():
        editor.save_mail_server(form.save(commit=False), password=form.new_password)
        return redirect("settings_mail_probe")
    context = {"form": form, "mail_host": load().smtp_host, "alarms": alarms(), "sign_in": MailSignIn.current()}
    return render(request, "settings/mail.html", context, status=422 if form.errors else 200)


@require_safe
def mail_probe(request: HttpRequest) -> HttpResponseBase:
    """Try the mail server that is entered; sends nothing."""
    try:
        found = probe(server_settings.current())
    except server_settings.NotConfiguredError:
        return redirect("settings_mail")
    language = agent_of(request).language
    context = {
        "probe": found,
        "text": found.text(language),
        "remedy": found.remedy(language),
        "next": step_after(request),
    }
    return render(request, "settings/mail_probe.html", context)


@require_http_methods(["GET", "POST"])
def test_operation(request: HttpRequest) -> HttpResponseBase:
    """Switch test operation, after its consequences have been read."""
    if request.method == "POST":
        on = request.POST.get("on") == "1"
        set_test_operation(on, by=str(agent_of(request).public_id))
        messages.success(request, _("Testbetrieb ist an.") if on else _("Testbetrieb ist aus. Ab jetzt gilt es."))
        return redirect("settings")
    return render(request, "settings/test_operation.html")


@require_safe
def people(request: HttpRequest) -> HttpResponseBase:
    """Everybody, with what they may."""
    return render(request, "settings/people.html", {"people": agents.everybody()})


@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, public_id: uuid.UUID | None = None) -> HttpResponseBase:
    """A new person, or one to change."""
    agent = agents.one(public_id) if public_id else Agent()
    form = AgentForm(request.POST or None, instance=agent, initial={} if public_id else {"outside_access": True})
    if request.method == "POST" and form.is_valid():
        if public_id is None:
            added, link = colleague_cards.add_person(form.cleaned_data, by=agent_of(request))
            return _link_shown(request, added, link)
        try:
            agents.change(form.save(commit=False), by=agent_of(request))
        except agents.LastAdministratorError:
            form.add_error(
                None,
                _("So könnte niemand mehr das Büro verwalten. Machen Sie zuerst jemand anderen zur Administrator/in."),
            )
        else:
            messages.success(request, _("%(name)s ist gespeichert.") % {"name": agent})
            return redirect("settings_people")
    context: dict[str, object] = {"form": form, "agent": agent if public_id else None}
    if public_id:
        context |= {
            "card": colleague_cards.of(agent),
            "suggestions": colleague_cards.suggestions(agent),
            "lacking": [one.value for one in colleague_cards.missing(agents.one(public_id))],
            "devices": devices.of(agent),
            "links": sign_in.links_of(agent)[:MOST_LINKS],
            "second_factor": Authenticator.objects.filter(user=agent).exists(),
        }
    return render(request, "settings/person.html", context, status=422 if form.errors else 200)


@require_POST
def person_link(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """A fresh sign-in link for somebody who has no other way in; shown once, or sent to them by mail."""
    agent = agents.one(public_id)
    if request.POST.get("by") != "mail":
        return _link_shown(request, agent, sign_in.new_link(agent, by=agent_of(request)))
    try:
        sign_in_mail.send(agent, by=agent_of(request))
    except (NotConfiguredError, AddressError) as error:
        messages.error(request, _("Die Mail geht nicht: %(why)s Es wurde kein Link erzeugt.") % {"why": error})
    else:
        messages.success(request, _("Ein Anmeldelink geht an %(email)s.") % {"email": agent.email})
    return redirect("settings_person", public_id)


def _link_shown(request: HttpRequest, agent: Agent, link: str) -> HttpResponse:
    """The link to read, copy or photograph; it is shown this once."""
    # A wide white border is part of the code: cameras need it, on a dark page most of all.
    code = segno.make_qr(link, error="m").svg_data_uri(border=4, light="white")
    return render(request, "settings/person_link.html", {"agent": agent, "link": link, "code": code})


@require_POST
def person_second_factor(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Take the second factor away from somebody who lost it."""
    agent = agents.one(public_id)
    agents.remove_second_factor(agent, by=agent_of(request))
    messages.success(request, _("%(name)s meldet sich jetzt ohne zweiten Faktor an.") % {"name": agent})
    return redirect("settings_person", public_id)


@require_POST
def person_card(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Link a person with their contact: the one chosen, or a new one; or take the link away."""
    agent = agents.one(public_id)
    chosen = request.POST.get("contact", "")
    try:
        if chosen == "none":
            colleague_cards.take(agent, by=agent_of(request))
        else:
            colleague_cards.give(agent, asked_id(chosen) if chosen else None, by=agent_of(request))
    except (colleague_cards.TakenError, ValueError):
        messages.error(request, _("Dieser Kontakt gehört schon zu jemand anderem. Es wurde nichts geändert."))
    else:
        messages.success(request, _("Gespeichert."))
    return redirect("settings_person", public_id)


@require_POST
def person_sign_out(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Sign somebody out everywhere, when a phone was lost."""
    agent = agents.one(public_id)
    count = devices.end_all(agent)
    messages.success(request, _("%(name)s ist auf %(count)d Geräten abgemeldet.") % {"name": agent, "count": count})
    return redirect("settings_person", public_id)


@require_safe
@cache_control(public=True, max_age=31536000, immutable=True)
def colour(request: HttpRequest) -> HttpResponse:
    """The office's colour as a stylesheet; its address carries the colour, so it may be kept."""
    return HttpResponse(colours.stylesheet(the_office().colour), content_type="text/css; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=31536000, immutable=True)
def logo(request: HttpRequest) -> HttpResponse:
    """The office's logo; its address carries the beginning of its SHA-256, so it may be kept."""
    sha256 = the_office().logo
    if not sha256:
        raise Http404
    return HttpResponse(storage.read(sha256), content_type="image/png")

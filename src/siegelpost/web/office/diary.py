"""Activities and appointments: writing them down, changing them, ticking them off, inviting to them."""

import uuid
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from siegelpost.cases import answers, history, invitations
from siegelpost.contacts import activities, appointments, calendar_feed, search
from siegelpost.contacts.appointments import CalledOffError
from siegelpost.contacts.diary_forms import ActivityForm, AppointmentForm
from siegelpost.contacts.diary_models import Activity, ActivityKind, Appointment
from siegelpost.contacts.models import Contact
from siegelpost.dispatch.recipient import to_do
from siegelpost.estates import search as estates
from siegelpost.estates.models import Estate
from siegelpost.formats import named
from siegelpost.mail.outgoing.server_settings import NotConfiguredError
from siegelpost.toolbox.addresses import AddressError
from siegelpost.web.office.access import agent_of
from siegelpost.web.office.answered import say_done
from siegelpost.web.office.lookup import asked_day, asked_id

PAGE_LENGTH = 50
# So many other appointments at the same time are named.
_MOST_NAMED = 3
About = dict[str, Any]


def _about(request: HttpRequest) -> About:
    """The contact and the property that the address names."""
    query = request.GET
    contact = search.one(asked_id(query["contact"])) if query.get("contact") else None
    estate = estates.one(asked_id(query["estate"])) if query.get("estate") else None
    return {"contact": contact, "estate": estate}


def _likely(request: HttpRequest, contact: Contact | None, estate: Estate | None) -> tuple[dict[str, Any], bool]:
    """What the form offers to choose from: what the history of the one says about the other; and whether there is
    more to choose from.
    """
    everything = "all" in request.GET
    if contact and estate:
        return {"contacts": [contact], "estates": [estate]}, False
    if contact:
        about = history.estates_of(contact, everything=everything)
        return {"contacts": [contact], "estates": about.found}, about.more
    shown_to = history.contacts_of(estate, everything=everything)
    return {"contacts": shown_to.found, "estates": [estate] if estate else []}, shown_to.more


def _back(thing: Activity | Appointment) -> str:
    """The address to go on at: where the thing stands in the stream."""
    about = thing.contact or thing.estate
    return about.get_absolute_url() if about else "/"


# Activities


@require_http_methods(["GET", "POST"])
def activity(request: HttpRequest, public_id: uuid.UUID | None = None) -> HttpResponseBase:
    """Write down what was done, or change it."""
    if public_id:
        shown = activities.one(public_id)
        about: About = {"contact": shown.contact, "estate": shown.estate}
    else:
        about = _about(request)
        kind = request.GET.get("kind", "")
        shown = Activity(
            agent=agent_of(request), kind=kind if kind in ActivityKind.values else ActivityKind.NOTE, **about
        )
    likely, more = _likely(request, **about)
    form = ActivityForm(request.POST or None, instance=shown, **likely)
    if request.method == "POST" and form.is_valid():
        saved = activities.save(form.save(commit=False))
        messages.success(request, _("Notiert."))
        return redirect(_back(saved))
    context = {"form": form, "activity": shown if public_id else None, "back": _back(shown), "more": more, **about}
    return render(request, "diary/activity.html", context, status=422 if form.errors else 200)


@require_POST
def activity_remove(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Delete an activity."""
    shown = activities.one(public_id)
    activities.remove(shown)
    messages.success(request, _("Gelöscht."))
    return redirect(_back(shown))


@require_POST
def follow_up(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Tick a follow-up off or put it off, or take either back; answers with its line for the list it stands in."""
    shown, act = activities.one(public_id), request.POST.get("act", "done")
    was = shown.follow_up_on
    if act in ("tomorrow", "week"):
        activities.put_off(shown, timezone.localdate() + timedelta(days=1 if act == "tomorrow" else 7))
        told = _("Zurückgestellt.")
    elif act == "back":
        activities.put_off(shown, asked_day(request.POST.get("was", "")) or timezone.localdate())
        told = _("Wieder offen.")
    else:
        activities.tick_off(shown, done=act != "undo")
        told = _("Wieder offen.") if act == "undo" else _("Erledigt.")
    if request.headers.get("HX-Request") == "true":
        context = {"one": shown, "today": timezone.localdate(), "was": was, "told": told}
        return render(request, "diary/follow_up.html", context)
    return redirect(request.POST["back"] if request.POST.get("back") == "/" else _back(shown))


# Appointments


@require_safe
def agenda(request: HttpRequest) -> HttpResponseBase:
    """Appointments from today on, or those that are over; mine or the whole office's."""
    past, everybody = request.GET.get("when") == "past", request.GET.get("whose") == "all"
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    shown = appointments.listed()
    shown = shown.filter(ends_at__lt=midnight).order_by("-starts_at") if past else shown.filter(ends_at__gte=midnight)
    if not everybody:
        shown = shown.filter(agent=agent_of(request))
    page = Paginator(shown, PAGE_LENGTH).get_page(request.GET.get("page"))
    return render(request, "diary/agenda.html", {"page": page, "past": past, "everybody": everybody})


@require_http_methods(["GET", "POST"])
def appointment(request: HttpRequest, public_id: uuid.UUID | None = None) -> HttpResponseBase:
    """A new appointment, or one to change; whoever was invited hears of a change that matters to them."""
    if public_id:
        shown = appointments.one(public_id)
        if shown.cancelled_at:
            return _called_off(request, public_id)
        about: About = {"contact": shown.contact, "estate": shown.estate}
    else:
        about = _about(request)
        if about["contact"] and not about["estate"]:
            about["estate"] = history.estate_shown_to(about["contact"])
        shown = _proposed(request, **about)
    # Whoever wanted it hears of it, unless one says otherwise.
    answered = to_do.named(answering := request.GET.get("answers", ""))
    wanted = {"invite": bool(answered and about["contact"] and about["contact"].email)}
    likely, more = _likely(request, **about)
    form = AppointmentForm(request.POST or None, instance=shown, initial=wanted, **likely)
    if request.method == "POST" and form.is_valid():
        try:
            invite = form.cleaned_data.get("invite", False)
            told, done = answers.keep_appointment(
                form.save(commit=False), invite=invite, answers=answering, by=agent_of(request)
            )
        except (NotConfiguredError, AddressError) as error:
            form.add_error(None, _("Die Mail dazu geht nicht: %(why)s Es wurde nichts gespeichert.") % {"why": error})
        except CalledOffError:
            return _called_off(request, public_id)
        else:
            _say(request, shown, told=told)
            say_done(request, done)
            return redirect("appointment", shown.public_id)
    context = {
        "form": form,
        "appointment": shown if public_id else None,
        "back": _back(shown),
        "answered": answered,
        "more": more,
        **about,
    }
    return render(request, "diary/appointment_edit.html", context, status=422 if form.errors else 200)


def _called_off(request: HttpRequest, public_id: uuid.UUID | None) -> HttpResponseBase:
    messages.warning(request, _("Der Termin ist abgesagt. Findet er doch statt? Dann können Sie ihn ändern."))
    return redirect("appointment", public_id)


def _proposed(request: HttpRequest, contact: Contact | None, estate: Estate | None) -> Appointment:
    """A viewing tomorrow at ten, at the property: what is most often meant, to be changed."""
    begin = timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=1), time(10)))
    return Appointment(
        agent=agent_of(request),
        contact=contact,
        estate=estate,
        title=_("Besichtigung: %(title)s") % {"title": estate.title}
        if estate
        else _("Besichtigung")
        if contact
        else "",
        place=estate.address if estate else "",
        starts_at=begin,
        ends_at=begin + timedelta(minutes=45),
    )


def _say(request: HttpRequest, shown: Appointment, *, told: bool) -> None:
    if told:
        messages.success(
            request, _("Eingetragen. Eine Mail dazu geht an %(email)s.") % {"email": ", ".join(shown.invited)}
        )
    else:
        messages.success(request, _("Eingetragen."))
    if others := [one.title for one in appointments.clashes(shown)]:
        text = _("Zur selben Zeit ist schon: %(names)s.")
        messages.warning(request, text % {"names": named(others, _MOST_NAMED)})


@require_safe
def appointment_page(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """One appointment."""
    shown = appointments.one(public_id)
    coming = {one.contact for one in shown.coming} | {shown.contact}
    shown_to = history.contacts_of(shown.estate, everything="all" in request.GET)
    likely = [one for one in shown_to.found if one not in coming]
    context = {"appointment": shown, "likely": likely, "more": shown_to.more}
    return render(request, "diary/appointment.html", context)


@require_POST
def appointment_cancel(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Call an appointment off, or take that back."""
    shown, back = appointments.one(public_id), request.POST.get("act") == "undo"
    try:
        told = (invitations.reinstate if back else invitations.cancel)(shown)
    except NotConfiguredError as error:
        messages.error(request, _("Es hat sich nichts geändert: %(why)s") % {"why": error})
    else:
        done = _("Der Termin findet statt.") if back else _("Abgesagt.")
        mail = _("Eine Mail dazu geht an %(email)s.") % {"email": ", ".join(shown.invited)} if told else ""
        messages.success(request, f"{done} {mail}".strip())
    return redirect("appointment", public_id)


@require_safe
def appointment_file(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The appointment as a file for the agent's own calendar."""
    content = calendar_feed.document([appointments.one(public_id)], "PUBLISH")
    headers = {"Content-Disposition": 'attachment; filename="termin.ics"'}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


# The agent's calendar in other programs


@require_http_methods(["GET", "POST"])
def calendar_settings(request: HttpRequest) -> HttpResponseBase:
    """Make an address for the agent's calendar program, or end it; the address is shown once."""
    agent, address = agent_of(request), ""
    if request.method == "POST":
        if request.POST.get("act") == "end":
            calendar_feed.end_feed(agent)
            messages.success(request, _("Die Adresse führt ab jetzt ins Leere."))
            return redirect("calendar_settings")
        address = calendar_feed.feed_address(calendar_feed.new_feed(agent))
    context = {"feed": calendar_feed.feed_of(agent), "address": address}
    return render(request, "diary/calendar.html", context)


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """An agent's appointments for their calendar program, which has nothing but this address."""
    agent = calendar_feed.whose(token)
    if agent is None:
        return HttpResponse(status=404)
    return HttpResponse(calendar_feed.feed(agent), content_type="text/calendar; charset=utf-8")

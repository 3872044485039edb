"""Today: what recipients did, what needs somebody, and what to do next."""

from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from siegelpost.cases import clearance
from siegelpost.certificates import overview
from siegelpost.contacts import activities, appointments
from siegelpost.contacts import search as contacts
from siegelpost.dispatch import search
from siegelpost.dispatch.recipient import acts, to_do, withdrawal_desk
from siegelpost.dispatch.send import guard
from siegelpost.estates import search as estates
from siegelpost.office.models import Agent, Role
from siegelpost.web.office import setup
from siegelpost.web.office.access import agent_of

# Appointments of the coming days are shown so far ahead, and so many things of each kind.
AHEAD = timedelta(days=8)
MOST_SHOWN = 20
# Things to do are not hidden behind a number lightly.
MOST_TO_DO = 50


def yesterday() -> datetime:
    """The beginning of yesterday in the office's time zone."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=1)


@require_safe
def today(request: HttpRequest) -> HttpResponseBase:
    """The first page; who has other work is taken there."""
    agent = agent_of(request)
    if agent.role == Role.PARTNER:
        return redirect("certificate")
    if not agent.has_usable_password() and not Authenticator.objects.filter(user=agent).exists():
        return redirect("first_access")
    if agent.may_administer and (step := setup.next_step()):
        return redirect(step)
    return render(request, "office/today.html", _shown(agent))


@require_safe
def now(request: HttpRequest) -> HttpResponseBase:
    """What changes on the first page by itself, alone: for whoever refreshes it."""
    return render(request, "office/today_now.html", _shown(agent_of(request)))


def _shown(agent: Agent) -> dict[str, Any]:
    local = timezone.localtime()
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    coming = list(appointments.between(midnight, midnight + AHEAD, agent)[:MOST_SHOWN])
    follow_ups = activities.to_follow_up(agent, local.date())
    return {
        "appointments_today": [one for one in coming if timezone.localdate(one.starts_at) <= local.date()],
        "appointments_soon": [one for one in coming if timezone.localdate(one.starts_at) > local.date()],
        "follow_ups": follow_ups[:MOST_SHOWN],
        "follow_ups_waiting": follow_ups.count(),
        "news": search.news_since(yesterday()),
        "to_dos": (found := to_do.waiting())[:MOST_TO_DO],
        "to_dos_left": len(found[MOST_TO_DO:]),
        "held": (held := list(search.held()[:MOST_SHOWN])),
        "did": acts.of(held),
        "withdrawals": withdrawal_desk.waiting()[:MOST_SHOWN],
        "bought_until": overview.bought_until() if agent.may_administer else None,
        "overdue": clearance.count() if agent.may_administer else 0,
        "has_estates": estates.any_offered(),
        "has_contacts": contacts.any_there(),
        "has_dispatches": search.find().exists(),
        "now": local,
        "today": local.date(),
    }


@require_safe
def certificate_line(request: HttpRequest) -> HttpResponseBase:
    """What the send guard says, asked for after the page is there: the doctor may take some seconds."""
    return render(request, "office/certificate_line.html", {"verdict": guard.verdict()})

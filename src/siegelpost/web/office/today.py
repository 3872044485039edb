"""Today: what needs somebody with the next act beside it, appointments, and what recipients did."""

from dataclasses import dataclass
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
from siegelpost.dispatch.delivery import standstill
from siegelpost.dispatch.recipient import to_do, withdrawal_desk
from siegelpost.dispatch.send import guard
from siegelpost.estates import search as estates
from siegelpost.mail.accounts.warnings import alarms as account_alarms
from siegelpost.mail.incoming import standing, unfetched, unread
from siegelpost.office.models import Agent, Role
from siegelpost.web.office import setup
from siegelpost.web.office.access import agent_of

# Appointments of the coming days are shown so far ahead, and so many things of each kind.
AHEAD = timedelta(days=8)
MOST_SHOWN = 20
MOST_NEWS = 30
# Things to do are not hidden behind a number lightly; what is, is a tap away.
MOST_TO_DO = 50
MOST_OF_ALL = 1000


@dataclass(frozen=True, slots=True)
class ToDoLine:
    """One line of what is to be done, and the template that shows it."""

    template: str
    one: Any


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
    return render(request, "office/today.html", _shown(request, agent))


@require_safe
def now(request: HttpRequest) -> HttpResponseBase:
    """What changes on the first page by itself, alone: for whoever refreshes it."""
    return render(request, "office/today_now.html", _shown(request, agent_of(request)))


def _shown(request: HttpRequest, agent: Agent) -> dict[str, Any]:
    local = timezone.localtime()
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    taking_place = appointments.taking_place(appointments.between(midnight, midnight + AHEAD, agent))
    coming = list(taking_place[:MOST_SHOWN])
    everything = "all" in request.GET
    lines, number = _to_do(agent, everything=everything)
    news = search.news_since(yesterday(), at_most=MOST_NEWS + 1)
    return {
        "lines": lines,
        "to_do_number": number,
        "left": number - len(lines),
        "everything": everything,
        "appointments_today": [one for one in coming if timezone.localdate(one.starts_at) <= local.date()],
        "appointments_soon": [one for one in coming if timezone.localdate(one.starts_at) > local.date()],
        "more_appointments": taking_place.count() - len(coming),
        "news": news[:MOST_NEWS],
        "more_news": len(news) > MOST_NEWS,
        "verdict": guard.known(),
        "set_up": setup.left() if agent.may_administer else [],
        "bought_until": overview.bought_until() if agent.may_administer else None,
        "account_alarms": account_alarms() if agent.may_administer else [],
        "mailbox": standing.trouble() if agent.may_administer else None,
        "unfetched": len(unfetched.stuck()) if agent.may_administer else 0,
        "unread": len(unread.waiting()) if agent.may_administer else 0,
        "overdue": clearance.count() if agent.may_administer else 0,
        "has_estates": estates.any_offered(),
        "has_contacts": contacts.any_there(),
        "has_dispatches": search.find().exists(),
        "now": local,
        "today": local.date(),
    }


def _to_do(agent: Agent, *, everything: bool) -> tuple[list[ToDoLine], int]:
    """What needs somebody, the weightiest first, mails that came back after what stands still or is due; and how many
    there are at least with those that are not shown.
    """
    most, shown = (MOST_OF_ALL, MOST_OF_ALL) if everything else (MOST_TO_DO, MOST_SHOWN)
    found = to_do.waiting(at_most=2 * most)
    due = activities.to_follow_up(agent, timezone.localdate())
    withdrawn = withdrawal_desk.unassigned(most)
    lines = [
        *(ToDoLine("office/unassigned_withdrawal.html", one) for one in withdrawn),
        *(ToDoLine("parts/to_do.html", one) for one in found if not one.came_back),
        *(ToDoLine("office/standing_still.html", one) for one in standstill.present()),
        *(ToDoLine("diary/follow_up.html", one) for one in due[:shown]),
        *(ToDoLine("parts/to_do.html", one) for one in found if one.came_back),
    ]
    folded = max(0, due.count() - shown) + max(0, withdrawal_desk.waiting().count() - most)
    return lines[:most], len(lines) + folded


@require_safe
def certificate_line(request: HttpRequest) -> HttpResponseBase:
    """What the send guard says, asked for after the page is there: the doctor may take some seconds."""
    return render(request, "office/certificate_line.html", {"verdict": guard.verdict()})

"""Today: what recipients did, what needs somebody, and what to do next."""

from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from siegelpost.contacts import search as contacts
from siegelpost.dispatch import finding, guard
from siegelpost.estates import finding as estates
from siegelpost.office.models import Role
from siegelpost.web.mobile import setup
from siegelpost.web.mobile.access import agent_of


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
    context = {
        "acts": finding.acts_since(yesterday()),
        "trouble": finding.in_trouble()[:20],
        "has_estates": estates.any_offered(),
        "has_contacts": contacts.any_there(),
        "has_dispatches": finding.find().exists(),
        "now": timezone.localtime(),
    }
    return render(request, "office/today.html", context)


@require_safe
def certificate_line(request: HttpRequest) -> HttpResponseBase:
    """What the send guard says, asked for after the page is there: the doctor may take some seconds."""
    return render(request, "office/certificate_line.html", {"verdict": guard.verdict()})

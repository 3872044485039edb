"""The page „Objekte aus Ihrem Programm“: accounts by which programs hand properties over, and what they brought."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from siegelpost.estates.intake import accounts, arrivals
from siegelpost.estates.intake.box import folder_of
from siegelpost.estates.intake.forms import AccountForm, ReportsForm
from siegelpost.estates.intake_models import IntakeAccount
from siegelpost.settings import load
from siegelpost.web.intake import PREFIX
from siegelpost.web.office.access import agent_of

PAGE_LENGTH = 30


@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    """Which programs may hand properties over, and what came lately."""
    rows = Paginator(arrivals.lately(), PAGE_LENGTH).get_page(request.GET.get("page"))
    return render(request, "estates/intake.html", {"accounts": accounts.accounts(), "page": rows})


@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponseBase:
    """Open an account; its password is shown once."""
    form = AccountForm(request.POST or None, with_ftp=_with_ftp())
    if request.method == "POST" and form.is_valid():
        try:
            password = accounts.create(form.instance, by=agent_of(request))
        except accounts.TooManyError:
            form.add_error(None, _("Mehr als %(most)d Zugänge gibt es nicht.") % {"most": accounts.MOST})
        else:
            return _shown(request, form.instance, password)
    return render(request, "estates/intake_new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def account(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """What is to be entered in the program, and the rules for what it brings."""
    found = accounts.one(public_id)
    form = AccountForm(request.POST or None, instance=found, with_ftp=_with_ftp())
    if request.method == "POST" and form.is_valid():
        accounts.change(form.instance, by=agent_of(request))
        messages.success(request, _("Gespeichert."))
        return redirect("intake_account", public_id)
    return _account(request, found, form, ReportsForm(initial={"report_to": found.report_to}))


@require_POST
def reports(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Have reports of what went wrong sent to an address."""
    found = accounts.one(public_id)
    form = ReportsForm(request.POST)
    if not form.is_valid():
        return _account(request, found, AccountForm(instance=found, with_ftp=_with_ftp()), form)
    accounts.confirm_address(found, form.cleaned_data["report_to"], by=agent_of(request))
    messages.success(request, _("Gespeichert."))
    return redirect("intake_account", public_id)


@require_POST
def password(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """A new password, shown once."""
    found = accounts.one(public_id)
    return _shown(request, found, accounts.renew_password(found, by=agent_of(request)))


@require_POST
def close(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Let this program bring nothing any more."""
    found = accounts.one(public_id)
    accounts.revoke(found, by=agent_of(request))
    messages.success(request, _("Der Zugang „%(name)s“ ist gesperrt.") % {"name": found.name})
    return redirect("intake_page")


def _account(
    request: HttpRequest, found: IntakeAccount, form: AccountForm, reports_form: ReportsForm
) -> HttpResponseBase:
    context = _ways(found) | {"account": found, "form": form, "reports": reports_form}
    wrong = bool(form.errors or reports_form.errors)
    return render(request, "estates/intake_account.html", context, status=422 if wrong else 200)


def _shown(request: HttpRequest, found: IntakeAccount, password: str) -> HttpResponseBase:
    return render(request, "estates/intake_password.html", _ways(found) | {"account": found, "password": password})


def _with_ftp() -> bool:
    return load().ftp_port is not None


def _ways(found: IntakeAccount) -> dict[str, Any]:
    """What a program is told, way by way."""
    settings = load()
    return {
        "address": f"{settings.public_address}{PREFIX}{found.login}/",
        "host": settings.public_host,
        "ftp_port": settings.ftp_port,
        "sftp_port": settings.sftp_port,
        "folder": folder_of(found.login),
    }

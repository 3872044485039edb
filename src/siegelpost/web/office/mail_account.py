"""The office's mail account from its address: what was found, and a test mail that proves both ways."""

import uuid

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from siegelpost.mail import office_account, round_trip
from siegelpost.mail.discovery import find
from siegelpost.mail.discovery.find import Origin
from siegelpost.mail.discovery.presets import HINTS
from siegelpost.mail.models import OutgoingMail
from siegelpost.mail.outgoing import server_settings
from siegelpost.office.current import the_office
from siegelpost.toolbox.addresses import AddressError
from siegelpost.web.office.access import agent_of
from siegelpost.web.office.setup import step_after


@require_http_methods(["GET", "POST"])
def settings_from_address(request: HttpRequest) -> HttpResponseBase:
    """Find the servers behind an address, show where they are from, and keep what a person has seen and changed."""
    after = step_after(request)
    context: dict[str, object] = {"next": after}
    if request.method != "POST":
        office = the_office()
        form = office_account.AddressForm(initial={"address": office.mail_from or office.email}, label_suffix="")
        return render(request, "settings/mail_find.html", context | {"form": form})
    if "save" in request.POST:
        given = office_account.AccountForm(request.POST, label_suffix="")
        if given.is_valid():
            office_account.save(given.cleaned_data)
            where = reverse("settings_mail_test")
            return redirect(f"{where}?next={after}" if after else where)
        return render(request, "settings/mail_find.html", context | {"form": given, "editing": True}, status=422)
    asked = office_account.AddressForm(request.POST, label_suffix="")
    if not asked.is_valid():
        return render(request, "settings/mail_find.html", context | {"form": asked}, status=422)
    found = find.settings_of(asked.cleaned_data["address"])
    context |= {
        "form": office_account.AccountForm(initial=office_account.initial(found), label_suffix=""),
        "editing": True,
        "found": found,
        "nowhere": found.origin is Origin.NOWHERE,
        "hints": [HINTS[hint] for hint in found.hints],
    }
    return render(request, "settings/mail_find.html", context)


@require_http_methods(["GET", "POST"])
def test(request: HttpRequest) -> HttpResponseBase:
    """Send a test mail to oneself."""
    after = step_after(request)
    suffix = f"?next={after}" if after else ""
    try:
        address = server_settings.sender().address.addr_spec
        server = server_settings.current().host
        if request.method == "POST":
            mail = round_trip.send(agent_of(request).language)
            return redirect(f"{reverse('settings_mail_test_run', args=[mail.public_id])}{suffix}")
    except (server_settings.NotConfiguredError, AddressError):
        return redirect("settings_mail_find")
    context = {"address": address, "server": server, "next": after}
    return render(request, "settings/mail_test.html", context)


@require_safe
def test_run(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """How far the test mail came; the part of the page that changes, alone, for whoever refreshes it."""
    after = step_after(request)
    try:
        trip = round_trip.look(public_id)
    except OutgoingMail.DoesNotExist as error:
        raise Http404 from error
    context = {
        "trip": trip,
        "ways": ((_("Postausgang (SMTP)"), trip.out), (_("Posteingang (IMAP)"), trip.back)),
        "next": after,
    }
    part = request.headers.get("HX-Request") == "true"
    return render(request, "settings/mail_test_ways.html" if part else "settings/mail_test_run.html", context)

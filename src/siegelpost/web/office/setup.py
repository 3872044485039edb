"""The first steps of a new office: who it is, how it mails, what its texts say."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from siegelpost.dispatch.gate.legal_texts import as_read
from siegelpost.office import editor, placeholders, texts
from siegelpost.office.current import the_office
from siegelpost.office.forms import MailServerForm, OfficeForm
from siegelpost.office.models import Language
from siegelpost.office.statutory import draft
from siegelpost.web.office.legal_texts import text_rows


@dataclass(frozen=True, slots=True)
class SetupStep:
    """One step of the sequence."""

    name: str
    label: Promise


STEPS = (
    SetupStep("setup_office", _("Büro")),
    SetupStep("setup_mail", _("Mailserver")),
    SetupStep("setup_texts", _("Texte")),
)


def next_step() -> str | None:
    """Where a new office should go on, or None when the first steps are done."""
    office = the_office()
    if not office.name:
        return "setup_office"
    if editor.missing_texts(Language(office.language)):
        return "setup_mail"
    return None


def _progress(name: str) -> list[dict[str, object]]:
    at = [step.name for step in STEPS].index(name)
    return [
        {"label": step.label, "done": number < at, "here": number == at, "number": number + 1}
        for number, step in enumerate(STEPS)
    ]


@require_http_methods(["GET", "POST"])
def office(request: HttpRequest) -> HttpResponseBase:
    """Who the office is."""
    form = OfficeForm(request.POST or None, request.FILES or None, instance=the_office())
    if request.method == "POST" and form.is_valid():
        editor.save(form.save(commit=False), logo=form.new_logo)
        return redirect("setup_mail")
    context = {"form": form, "progress": _progress("setup_office")}
    return render(request, "setup/office.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def mail(request: HttpRequest) -> HttpResponseBase:
    """Which mail server it sends through; can be done later."""
    form = MailServerForm(request.POST or None, instance=the_office(), label_suffix="")
    if request.method == "POST" and form.is_valid():
        editor.save_mail_server(form.save(commit=False), password=form.new_password)
        return redirect(f"{reverse('settings_mail_probe')}?next=setup_texts")
    context = {"form": form, "progress": _progress("setup_mail")}
    return render(request, "setup/mail.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def legal_texts(request: HttpRequest) -> HttpResponseBase:
    """Publish the drafts, with the advice to have a lawyer read them."""
    office = the_office()
    if request.method == "POST":
        texts.publish_defaults(office)
        return redirect("today")
    spoken = Language(office.language)
    drafts = [
        {"kind": kind, "text": as_read(draft(kind, spoken), spoken, office)} for kind in texts.unpublished(spoken)
    ]
    lacking = [
        place for kind in texts.unpublished(spoken) for place in placeholders.lacking(draft(kind, spoken), office)
    ]
    context = {
        "progress": _progress("setup_texts"),
        "rows": text_rows(),
        "drafts": drafts,
        "spoken": spoken,
        "lacking": str(texts.LackingError(list(dict.fromkeys(lacking)))) if lacking else "",
    }
    return render(request, "setup/texts.html", context)

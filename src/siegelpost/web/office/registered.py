"""Registered mail: choose recipients, write, see what goes out, send; the overview of one sending, its receipts."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from siegelpost.contacts import search as contacts
from siegelpost.contacts.models import Contact
from siegelpost.dispatch import resend, search, text_modules, wording
from siegelpost.dispatch.frozen.snapshot import NotReadyError
from siegelpost.dispatch.letter import RegisteredLetter
from siegelpost.dispatch.models import CodeBy, Dispatch, Kind, ModulePurpose
from siegelpost.dispatch.registered import receipts
from siegelpost.dispatch.send import registered
from siegelpost.dispatch.send.send import RefusedByGuardError
from siegelpost.dispatch.states import DispatchState, NotPossibleError
from siegelpost.office.current import the_office
from siegelpost.office.models import Agent, Language, Office
from siegelpost.toolbox.addresses import AddressField, AddressInput
from siegelpost.toolbox.limits import CODE_MAIL, CODE_MAILS
from siegelpost.web import throttle
from siegelpost.web.office.access import agent_of
from siegelpost.web.office.attachments import Files, files_of
from siegelpost.web.office.letter_forms import UNSEEN, is_unseen
from siegelpost.web.office.lookup import at_most, first_of
from siegelpost.web.office.send import NOT_AGAIN
from siegelpost.web.office.text_modules import with_module

PAGE_LENGTH = 30
MOST_RECIPIENTS = 50


class RegisteredForm(forms.Form):
    """What the agent decides about one registered mail."""

    subject = forms.CharField(
        label=gettext_lazy("Betreff"), max_length=200, widget=forms.TextInput({"autocomplete": "off"})
    )
    message = forms.CharField(label=gettext_lazy("Nachricht"), max_length=20_000, widget=forms.Textarea({"rows": 8}))
    language = forms.ChoiceField(label=gettext_lazy("Sprache der Sendung"), choices=Language.choices)
    days = forms.IntegerField(
        label=gettext_lazy("Frist in Tagen"),
        min_value=1,
        max_value=60,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )
    remind_every = forms.IntegerField(
        label=gettext_lazy("Erinnern alle … Tage"),
        min_value=0,
        max_value=30,
        help_text=gettext_lazy("0: keine Erinnerung."),
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )
    code_by = forms.ChoiceField(
        label=gettext_lazy("Zusätzlicher Code"),
        required=False,
        choices=[("", gettext_lazy("keiner")), *CodeBy.choices],
    )
    code_address = AddressField(
        label=gettext_lazy("Zweite E-Mail-Adresse"),
        required=False,
        help_text=gettext_lazy("Nur wenn der Code dorthin gehen soll."),
        widget=AddressInput({"autocomplete": "off"}),
    )
    hidden = forms.BooleanField(
        label=gettext_lazy("Betreff erst nach dem Annehmen zeigen"),
        required=False,
        help_text=gettext_lazy("Von wem sie kommt, steht immer dabei: Das Gesetz verlangt es (§ 5 DDG)."),
    )
    batch = forms.UUIDField(widget=forms.HiddenInput)
    instead_of = forms.UUIDField(required=False, widget=forms.HiddenInput)


def _recipients(query: QueryDict) -> list[Contact]:
    return [contacts.one(public_id) for public_id in at_most(query.getlist("contact"), MOST_RECIPIENTS)]


@require_safe
def start(request: HttpRequest) -> HttpResponseBase:
    """Choose recipients, one or several; then write."""
    words = _("Auf einmal gehen höchstens %(most)d Einschreiben hinaus. Nicht dabei: %(names)s.")
    if fewer := first_of(request, "contact", MOST_RECIPIENTS, words=words, name=contacts.one):
        return fewer
    chosen = _recipients(request.GET)
    if chosen and "more" not in request.GET:
        office = the_office()
        return _shown(request, chosen, RegisteredForm(initial=_initial(agent_of(request), office, chosen)), Files())
    query = request.GET.get("q", "").strip()
    taken = {contact.pk for contact in chosen}
    page = Paginator(contacts.find(query).contacts.exclude(pk__in=taken), PAGE_LENGTH).get_page(request.GET.get("page"))
    part = request.headers.get("HX-Request") == "true"
    context = {"page": page, "query": query, "chosen": chosen}
    return render(request, "registered/choose_results.html" if part else "registered/choose.html", context)


def _initial(agent: Agent, office: Office, chosen: list[Contact]) -> dict[str, Any]:
    module = text_modules.default(agent, ModulePurpose.REGISTERED, Language(chosen[0].language))
    return {
        "subject": module.subject if module else "",
        "message": module.text if module else "",
        "language": chosen[0].language,
        "days": office.acceptance_days,
        "remind_every": office.reminder_days,
        "hidden": office.hide_until_accepted,
        "batch": uuid.uuid4(),
    }


def again(request: HttpRequest, dispatch: Dispatch) -> HttpResponseBase:
    """What would go out in the place of this dispatch, with the words the agent found for it."""
    letter = resend.registered_letter_of(dispatch)
    decided = ("subject", "message", "language", "days", "remind_every", "code_by", "code_address", "hidden")
    data = {name: getattr(letter, name) for name in (*decided, "instead_of")} | {"batch": uuid.uuid4()}
    data["code_by"] = letter.code_by or ""
    return _shown(request, [dispatch.contact], RegisteredForm(data), Files(list(letter.attachments)))


@require_POST
def preview(request: HttpRequest) -> HttpResponseBase:
    """What would go out as it is written now."""
    form = RegisteredForm(with_module(request.POST, agent_of(request)))
    form.is_valid()
    return _shown(request, _recipients(request.POST), form, files_of(request), status=422 if form.errors else 200)


@require_POST
def send(request: HttpRequest) -> HttpResponseBase:
    """Send to everybody chosen, or keep until the send guard says yes; codes are shown now and never again."""
    chosen, form, files = _recipients(request.POST), RegisteredForm(request.POST), files_of(request)
    if not form.is_valid() or files.refused:
        return _shown(request, chosen, form, files, status=422)
    if is_unseen(request.POST, form.cleaned_data["subject"], form.cleaned_data["message"]):
        messages.warning(request, UNSEEN)
        return _shown(request, chosen, form, files, status=409)
    try:
        made = registered.send(
            agent_of(request),
            _letter(form, chosen, files),
            batch=form.cleaned_data["batch"],
            hold=request.POST.get("hold") == "1",
        )
    except (RefusedByGuardError, NotReadyError):
        return _shown(request, chosen, form, files, status=409)
    except NotPossibleError:
        messages.error(request, NOT_AGAIN)
        return redirect("dispatch", form.cleaned_data["instead_of"])
    if any(one.code for one in made):
        return render(request, "registered/codes.html", {"made": made, "batch": form.cleaned_data["batch"]})
    if made[0].dispatch.state == DispatchState.HELD:
        messages.success(
            request, _("Vorgemerkt. Die Sendung geht von selbst hinaus, sobald Browser dem Zertifikat vertrauen.")
        )
    else:
        messages.success(request, _("Steht bereit und wird gerade dem Mailserver übergeben."))
    return redirect("dispatch_batch", form.cleaned_data["batch"])


def _letter(form: RegisteredForm, chosen: list[Contact], files: Files) -> RegisteredLetter:
    given = form.cleaned_data
    return RegisteredLetter(
        contacts=chosen,
        subject=given["subject"],
        message=given["message"],
        language=Language(given["language"]),
        hidden=given["hidden"],
        days=given["days"],
        remind_every=given["remind_every"],
        code_by=CodeBy(given["code_by"]) if given["code_by"] else None,
        code_address=given["code_address"] if given["code_by"] == CodeBy.MAIL else "",
        attachments=files.attached,
        instead_of=given["instead_of"],
    )


def _shown(
    request: HttpRequest, chosen: list[Contact], form: RegisteredForm, files: Files, *, status: int = 200
) -> HttpResponseBase:
    modules = text_modules.usable(agent_of(request), ModulePurpose.REGISTERED)
    context: dict[str, Any] = {"chosen": chosen, "form": form, "files": files, "modules": modules}
    if form.is_bound and form.is_valid():
        letter = _letter(form, chosen, files)
        context |= {"letter": letter, "seen": wording.digest(letter.subject, letter.message)}
        try:
            context["preview"] = registered.preview(agent_of(request), letter)
        except NotReadyError as error:
            context["reasons"] = error.reasons
    part = request.headers.get("HX-Request") == "true"
    template = "registered/preview.html" if part else "registered/compose.html"
    return render(request, template, context, status=200 if part else status)


@require_safe
def receipt(request: HttpRequest, public_id: uuid.UUID, kind: str) -> HttpResponseBase:
    """A receipt as PDF."""
    dispatch = search.one(public_id)
    if dispatch.kind != Kind.REGISTERED_MAIL or kind not in list(receipts.ReceiptKind):
        raise Http404
    wanted = receipts.ReceiptKind(kind)
    try:
        made = receipts.pdf(dispatch, wanted, agent_of(request).language)
    except receipts.NothingHappenedError:
        raise Http404 from None
    name = receipts.file_name(wanted, agent_of(request).language)
    return HttpResponse(
        made, content_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@require_POST
def new_code(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """A new code: shown once, or mailed to the second address; an earlier one ends, and a lock with it."""
    try:
        throttle.spend(CODE_MAIL, str(public_id))
        throttle.spend(CODE_MAILS, "all")
        made = registered.new_code(search.one(public_id))
    except throttle.TooOftenError:
        messages.error(request, _("So viele neue Codes an einem Tag gibt es nicht. Bitte versuchen Sie es morgen."))
        return redirect("dispatch", public_id)
    except NotPossibleError:
        messages.error(request, _("Diese Sendung braucht keinen Code mehr."))
        return redirect("dispatch", public_id)
    if made.code:
        return render(request, "registered/codes.html", {"made": [made], "batch": made.dispatch.batch})
    messages.success(request, _("Ein neuer Code ist unterwegs an die zweite Adresse."))
    return redirect("dispatch", public_id)

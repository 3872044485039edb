"""An exposé to several contacts at once: who, what each would get, and one button."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from siegelpost.contacts.models import Contact
from siegelpost.dispatch import contact_reason, text_modules, wording
from siegelpost.dispatch.contact_reason import ContactReason, Occasion
from siegelpost.dispatch.gate import facts
from siegelpost.dispatch.letter import Letter
from siegelpost.dispatch.models import ModulePurpose
from siegelpost.dispatch.send import several
from siegelpost.dispatch.send.send import RefusedByGuardError
from siegelpost.dispatch.send.several import Outlook
from siegelpost.estates.models import Estate
from siegelpost.mail.outgoing import server_settings
from siegelpost.office.models import Language
from siegelpost.web.office import send
from siegelpost.web.office.access import agent_of
from siegelpost.web.office.attachments import Files, files_of
from siegelpost.web.office.letter_forms import UNSEEN, RecipientForm, SeveralForm, is_unseen
from siegelpost.web.office.text_modules import with_module
from siegelpost.web.templatetags.office import address


@require_safe
def start(request: HttpRequest) -> HttpResponseBase:
    """Choose what is still missing; when nothing is, show what would go out to each."""
    if fewer := send.first_estates(request):
        return fewer
    recipients, chosen = send.recipients_of(request.GET), send.estates_of(request.GET)
    if not recipients or len(recipients) > several.MOST:
        if recipients:
            text = _("Auf einmal geht ein Exposé an höchstens %(most)d Kontakte; angekreuzt sind %(n)d.")
            messages.error(request, text % {"most": several.MOST, "n": len(recipients)})
        return redirect(address("send", recipient=recipients, estate=chosen))
    if not chosen or "more" in request.GET:
        return send.choice(request, "estate", {"chosen": chosen, "recipients": recipients, "going_on": "send_several"})
    if len(recipients) == 1:
        return redirect(address("send", contact=recipients[0], estate=chosen))
    language = Language(recipients[0].language)
    subject, message = send.first_words(agent_of(request), chosen, language)
    data = {
        "subject": subject,
        "message": message,
        "language": language,
    }
    form = SeveralForm(initial=data | {"batch": uuid.uuid4()})
    letters, recipient_forms = _letters(QueryDict(), recipients, chosen, form, data, Files())
    return _shown(request, letters, form, recipient_forms, Files())


@require_POST
def preview(request: HttpRequest) -> HttpResponseBase:
    """What would go out to each with the words as they are typed now."""
    given = with_module(request.POST, agent_of(request), send.untyped(request.POST))
    files, form = files_of(request), SeveralForm(given)
    letters, recipient_forms = _typed(given, form, files)
    status = 422 if form.errors or any(one.errors for one in recipient_forms) else 200
    return _shown(request, letters, form, recipient_forms, files, status=status)


@require_POST
def now(request: HttpRequest) -> HttpResponseBase:
    """Send to each who can be sent it; who cannot stays in the form, named and with the reason."""
    files, form = files_of(request), SeveralForm(request.POST)
    letters, recipient_forms = _typed(request.POST, form, files)
    if form.errors or files.refused or any(one.errors for one in recipient_forms):
        return _shown(request, letters, form, recipient_forms, files, status=422)
    if is_unseen(request.POST, letters[0].subject, letters[0].message):
        messages.warning(request, UNSEEN)
        return _shown(request, letters, form, recipient_forms, files, status=409)
    batch = form.cleaned_data["batch"]
    seen = {one.contact: request.POST.get(f"{one.contact.public_id}-previewed", "") for one in letters}
    try:
        sent = several.send_each(
            agent_of(request), letters, batch=batch, hold=request.POST.get("hold") == "1", previewed=seen
        )
    except RefusedByGuardError:
        return _shown(request, letters, form, recipient_forms, files, status=409)
    if sent.dispatches:
        messages.success(request, _said(len(sent.dispatches)))
    if not sent.left:
        return redirect("dispatch_batch", batch)
    left = {one.contact for one in sent.left}
    pairs = [(one, asked) for one, asked in zip(letters, recipient_forms, strict=True) if one.contact in left]
    context = {"batch": batch if sent.dispatches else None, "was_left": sent.left}
    return _shown(request, [one for one, _ in pairs], form, [asked for _, asked in pairs], files, 409, context)


def _said(count: int) -> str:
    return ngettext(
        "Eine Sendung steht bereit und wird dem Mailserver übergeben.",
        "%(n)d Sendungen stehen bereit und werden nacheinander dem Mailserver übergeben.",
        count,
    ) % {"n": count}


def _typed(query: QueryDict, form: SeveralForm, files: Files) -> tuple[list[Letter], list[RecipientForm]]:
    """The letters that a form describes, but for those taken out of it.

    Raises:
        ObjectDoesNotExist, ValueError: a contact or a property is not there, or none is named.
    """
    form.is_valid()
    out = query.get("out")
    recipients = [one for one in send.recipients_of(query) if str(one.public_id) != out]
    chosen = send.estates_of(query)
    if not recipients or not chosen or len(recipients) > several.MOST:
        raise Contact.DoesNotExist
    return _letters(query, recipients, chosen, form, query, files)


def _letters(
    query: QueryDict,
    recipients: Sequence[Contact],
    chosen: Sequence[Estate],
    form: SeveralForm,
    words: Any,
    files: Files,
) -> tuple[list[Letter], list[RecipientForm]]:
    """A letter to each, and the form of what is asked of them alone."""
    asked = words.get("language", "")
    language = Language(asked) if asked in Language.values else Language.GERMAN
    letters, recipient_forms = [], []
    for contact in recipients:
        letter = Letter(
            chosen,
            contact,
            words.get("subject", "").strip(),
            words.get("message", "").strip(),
            language,
            attachments=files.attached,
        )
        prefix = str(contact.public_id)
        usual = contact_reason.usual(contact)
        recipient_form = RecipientForm(
            query if f"{prefix}-reason" in query else None,
            prefix=prefix,
            letter=letter,
            initial={"reason": usual.reason, "reason_on": usual.on},
        )
        letters.append(_decided(letter, form, recipient_form))
        recipient_forms.append(recipient_form)
    return letters, recipient_forms


def _decided(letter: Letter, form: SeveralForm, recipient_form: RecipientForm) -> Letter:
    """The letter with what only the agent can know of its recipient."""
    given = recipient_form.cleaned_data if recipient_form.is_valid() else {}
    occasion = Occasion(ContactReason(given["reason"]), given["reason_on"]) if given.get("reason") else None
    sole = bool(form.is_bound and form.cleaned_data.get("sole_client")) and facts.asks_for_sole_client(letter)
    return replace(letter, occasion=occasion, sole_client=sole, search_order_on=given.get("search_order_on"))


def _shown(
    request: HttpRequest,
    letters: Sequence[Letter],
    form: SeveralForm,
    recipient_forms: Sequence[RecipientForm],
    files: Files,
    status: int = 200,
    more: dict[str, Any] | None = None,
) -> HttpResponseBase:
    for name in ("subject", "message"):
        form.fields[name].widget.attrs["lang"] = letters[0].language
    found = several.preview(agent_of(request), letters)
    rows = list(zip(found.each, recipient_forms, strict=True))
    shown = _looked_at(request.POST, found.each)
    place = found.each.index(shown)
    context = {
        "preview": found,
        "rows": rows,
        "shown": shown,
        "place": place + 1,
        "before": found.each[place - 1].contact if place else None,
        "after": found.each[place + 1].contact if place + 1 < len(found.each) else None,
        "letter": shown.letter,
        "recipients": [one.contact for one in letters],
        "chosen": letters[0].estates,
        "form": form,
        "files": files,
        "seen": wording.digest(shown.letter.subject, shown.letter.message),
        "modules": text_modules.usable(agent_of(request), ModulePurpose.EXPOSE),
        "asks_for_sole_client": any(facts.asks_for_sole_client(one) for one in letters),
        "minutes": _minutes(len(found.ready)),
        **(more or {}),
    }
    part = request.headers.get("HX-Request") == "true"
    template = "dispatches/several_preview.html" if part else "dispatches/several.html"
    return render(request, template, context, status=200 if part else status)


def _looked_at(query: QueryDict, each: Sequence[Outlook]) -> Outlook:
    """Whose page and mail are shown: whoever was asked for, or the first to whom it can go."""
    for wanted in (query.get("show"), query.get("shown")):
        for one in each:
            if str(one.contact.public_id) == wanted:
                return one
    return next((one for one in each if one.frozen), each[0])


def _minutes(count: int) -> int | None:
    """How long the mail server's pace lets it take, in whole minutes; None where that is not worth a word."""
    try:
        pace = server_settings.per_minute(server_settings.current())
    except server_settings.NotConfiguredError:
        return None
    return -(-count // pace) if pace and count > pace else None

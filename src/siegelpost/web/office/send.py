"""Sending in three taps: a contact or a property, the other one, and what exactly goes out."""

import uuid
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from siegelpost.contacts import search as contacts
from siegelpost.contacts.models import Contact
from siegelpost.dispatch.contact_reason import ContactReason, Occasion
from siegelpost.dispatch.frozen.snapshot import NotReadyError
from siegelpost.dispatch.gate import facts, rules
from siegelpost.dispatch.gate.rules import ButtonKind
from siegelpost.dispatch.letter import Letter
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.resend import letter_of as letter_again
from siegelpost.dispatch.send import letter_draft
from siegelpost.dispatch.send.send import RefusedByGuardError
from siegelpost.dispatch.send.send import preview as preview_of
from siegelpost.dispatch.send.send import send as send_expose
from siegelpost.dispatch.states import DispatchState, NotPossibleError
from siegelpost.estates import search as estates
from siegelpost.estates.models import Estate
from siegelpost.office.button_labels import described
from siegelpost.office.current import the_office
from siegelpost.office.models import Language
from siegelpost.web.office.access import agent_of
from siegelpost.web.office.attachments import Files, files_of
from siegelpost.web.office.lookup import asked_id, asked_ids

PAGE_LENGTH = 30
MOST_ESTATES = 10
NOT_AGAIN = gettext_lazy("Diese Sendung lässt sich nicht mehr noch einmal senden. Es wurde nichts gesendet.")


class LetterForm(forms.Form):
    """What the agent decides about one dispatch."""

    subject = forms.CharField(
        label=gettext_lazy("Betreff"), max_length=200, widget=forms.TextInput({"autocomplete": "off"})
    )
    message = forms.CharField(
        label=gettext_lazy("Nachricht"), required=False, max_length=5000, widget=forms.Textarea({"rows": 5})
    )
    language = forms.ChoiceField(label=gettext_lazy("Sprache der Sendung"), choices=Language.choices)
    reason = forms.ChoiceField(
        label=gettext_lazy("Anlass"),
        required=False,
        choices=ContactReason.choices,
        help_text=gettext_lazy("Steht im Nachweis. Erinnert wird nur bei Anfrage, Suchauftrag und Einwilligung."),
    )
    reason_on = forms.DateField(
        label=gettext_lazy("Anlass vom"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    button_label = forms.ChoiceField(label=gettext_lazy("Beschriftung der Schaltfläche"))
    sole_client = forms.BooleanField(
        label=gettext_lazy("Nur der Käufer ist mein Auftraggeber"),
        required=False,
        help_text=gettext_lazy(
            "Mit dem Verkäufer haben Sie keinen Maklervertrag, und er zahlt Ihnen nichts. Das steht dann über der "
            "Schaltfläche und im Nachweis."
        ),
    )
    search_order_on = forms.DateField(
        label=gettext_lazy("Suchauftrag vom"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy(
            "Der Tag, an dem dieser Kontakt Sie in Textform mit der Suche beauftragt hat. Er muss vor dem Auftrag des "
            "Vermieters liegen (§ 2 Abs. 1a WoVermRG)."
        ),
    )
    public_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, letter: Letter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("subject", "message", "button_label"):
            self.fields[name].widget.attrs["lang"] = letter.language
        self.fields["button_label"].choices = [  # type: ignore[attr-defined]  # it is a ChoiceField
            (label, described(label, letter.language)) for label in _labels(letter)
        ]
        asked = {
            "button_label": facts.row_of(letter).button is ButtonKind.ORDER,
            "sole_client": facts.asks_for_sole_client(letter),
            "search_order_on": facts.asks_for_search_order(letter),
        }
        for name in (name for name, wanted in asked.items() if not wanted):
            del self.fields[name]

    def clean_search_order_on(self) -> date | None:
        """The day, which has been."""
        day: date | None = self.cleaned_data["search_order_on"]
        if day and day > timezone.localdate():
            raise ValidationError(_("Dieser Tag liegt in der Zukunft."))
        return day


def _labels(letter: Letter) -> tuple[str, ...]:
    return rules.labels_for(facts.row_of(letter), letter.language, the_office().order_label(letter.language))


def _partner(query: QueryDict, contact: Contact) -> Contact | None:
    """Who orders together with the contact."""
    named = query.get("partner")
    partner = contacts.one(asked_id(named)) if named else None
    return None if partner == contact else partner


def _chosen(query: QueryDict) -> tuple[Contact | None, list[Estate]]:
    contact = contacts.one(asked_id(named)) if (named := query.get("contact")) else None
    wanted = asked_ids(query.getlist("estate")[:MOST_ESTATES])
    return contact, [estates.one(public_id) for public_id in dict.fromkeys(wanted)]


def _language(query: QueryDict, contact: Contact) -> Language:
    asked = query.get("language", "")
    return Language(asked) if asked in Language.values else Language(contact.language)


@require_safe
def start(request: HttpRequest) -> HttpResponseBase:
    """Choose what is still missing; when nothing is, show what would go out."""
    contact, chosen = _chosen(request.GET)
    asks_who = contact is None or "together" in request.GET
    if contact and chosen and not asks_who and "more" not in request.GET:
        return _compose(request, contact, chosen)
    query = request.GET.get("q", "").strip()
    name = "contact" if asks_who else "estate"
    found = contacts.find(query).contacts if asks_who else estates.find(query, status="offered")
    page = Paginator(found, PAGE_LENGTH).get_page(request.GET.get("page"))
    template = f"dispatches/choose_{name}{'_results' if request.headers.get('HX-Request') == 'true' else ''}.html"
    return render(request, template, {"page": page, "query": query, "contact": contact, "chosen": chosen})


def _compose(request: HttpRequest, contact: Contact, chosen: list[Estate]) -> HttpResponseBase:
    language = _language(request.GET, contact)
    letter = Letter(
        chosen,
        contact,
        letter_draft.subject(chosen, language),
        letter_draft.message(chosen, language),
        language,
        partner=_partner(request.GET, contact),
    )
    return _shown(request, letter, LetterForm(initial=_initial(letter), letter=letter), Files())


def again(request: HttpRequest, dispatch: Dispatch) -> HttpResponseBase:
    """What would go out in the place of this dispatch, with the words the agent found for it."""
    letter = letter_again(dispatch)
    if letter.button_label not in _labels(letter):
        letter = replace(letter, button_label="")
    initial = _initial(letter) | {"button_label": letter.button_label or _labels(letter)[0]}
    initial |= {"sole_client": letter.sole_client, "search_order_on": letter.search_order_on}
    return _shown(request, letter, LetterForm(initial=initial, letter=letter), Files(list(letter.attachments)))


def _initial(letter: Letter) -> dict[str, Any]:
    return {
        "subject": letter.subject,
        "message": letter.message,
        "language": letter.language,
        "public_id": uuid.uuid4(),
        "reason": letter.reason.reason,
        "reason_on": letter.reason.on,
    }


@require_POST
def preview(request: HttpRequest) -> HttpResponseBase:
    """What would go out with the words as they are typed now."""
    files = files_of(request)
    letter, form = letter_of(request, files)
    return _shown(request, letter, form, files, status=422 if form.errors else 200)


@require_POST
def send(request: HttpRequest) -> HttpResponseBase:
    """Send, or keep until the send guard says yes."""
    files = files_of(request)
    letter, form = letter_of(request, files)
    if form.errors or files.refused:
        return _shown(request, letter, form, files, status=422)
    try:
        dispatch = send_expose(
            agent_of(request),
            letter,
            public_id=form.cleaned_data["public_id"],
            hold=request.POST.get("hold") == "1",
        )
    except (RefusedByGuardError, NotReadyError):
        # The page that follows asks again and says in full what stands in the way.
        return _shown(request, letter, form, files, status=409)
    except NotPossibleError:
        messages.error(request, NOT_AGAIN)
        return redirect("dispatch", letter.instead_of)
    if (dispatch.subject, dispatch.message, dispatch.language) != (letter.subject, letter.message, letter.language):
        messages.warning(
            request,
            _(
                "Diese Sendung war schon abgeschickt, mit den Worten von vorhin. Was Sie danach geändert haben, ging "
                "nicht mit. Soll es noch hinaus, senden Sie neu."
            ),
        )
        return redirect("dispatch", dispatch.public_id)
    messages.success(request, _said_of(dispatch))
    return redirect("dispatch", dispatch.public_id)


def _said_of(dispatch: Dispatch) -> str:
    if dispatch.state == DispatchState.HELD:
        return _("Vorgemerkt. Die Sendung geht von selbst hinaus, sobald Browser dem Zertifikat vertrauen.")
    return _("Die Sendung steht bereit und wird gerade dem Mailserver übergeben. Hier sehen Sie, was geschieht.")


def letter_of(request: HttpRequest, files: Files | None = None) -> tuple[Letter, LetterForm]:
    """The letter a form describes, and the form, whose errors say what is wrong with it.

    Raises:
        ObjectDoesNotExist, ValueError: the contact or a property is not there, or none is named.
    """
    contact, chosen = _chosen(request.POST)
    if contact is None or not chosen:
        raise Contact.DoesNotExist
    language = _language(request.POST, contact)
    letter = Letter(
        chosen,
        contact,
        request.POST.get("subject", "").strip(),
        request.POST.get("message", "").strip(),
        language,
        request.POST.get("button_label", ""),
        (files or files_of(request)).attached,
        _occasion(request.POST),
        partner=_partner(request.POST, contact),
        instead_of=asked_id(named) if (named := request.POST.get("instead_of")) else None,
    )
    form = LetterForm(request.POST, letter=letter)
    form.is_valid()
    # What is not asked for is not taken in.
    letter = replace(
        letter,
        sole_client=form.cleaned_data.get("sole_client", False),
        search_order_on=form.cleaned_data.get("search_order_on"),
    )
    if "button_label" in form.errors:
        # The language was changed: the label of the other one no longer fits, the usual one does.
        letter = replace(letter, button_label="")
        data = request.POST.copy()
        data["button_label"] = _labels(letter)[0]
        form = LetterForm(data, letter=letter)
        form.is_valid()
    return letter, form


def _occasion(query: QueryDict) -> Occasion | None:
    """What the form says; none where it does not ask yet, as one that was filled in without a network."""
    reason = str(query.get("reason", ""))
    if reason not in ContactReason:
        return None
    try:
        on = parse_date(str(query.get("reason_on", "")))
    except ValueError:  # the form itself says what is wrong with it
        on = None
    return Occasion(ContactReason(reason), on)


def _shown(
    request: HttpRequest, letter: Letter, form: LetterForm, files: Files, *, status: int = 200
) -> HttpResponseBase:
    part = request.headers.get("HX-Request") == "true"
    context: dict[str, Any] = {
        "letter": letter,
        "form": form,
        "files": files,
        "contact": letter.contact,
        "chosen": letter.estates,
    }
    try:
        context["preview"] = preview_of(agent_of(request), letter)
    except NotReadyError as error:
        context["reasons"] = error.reasons
    # A preview into the page says what is wrong in the preview's place: of another status htmx would show nothing.
    template = "dispatches/preview.html" if part else "dispatches/compose.html"
    return render(request, template, context, status=200 if part else status)

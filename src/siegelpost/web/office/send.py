"""Sending in three taps: a contact or a property, the other one, and what exactly goes out."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from siegelpost.contacts import search as contacts
from siegelpost.contacts.models import Contact
from siegelpost.dispatch import search, text_modules, wording
from siegelpost.dispatch.contact_reason import ContactReason, Occasion
from siegelpost.dispatch.frozen.snapshot import NotReadyError
from siegelpost.dispatch.letter import Letter
from siegelpost.dispatch.models import Dispatch, ModulePurpose
from siegelpost.dispatch.resend import letter_of as letter_again
from siegelpost.dispatch.send import letter_draft
from siegelpost.dispatch.send.send import RefusedByGuardError
from siegelpost.dispatch.send.send import preview as preview_of
from siegelpost.dispatch.send.send import send as send_expose
from siegelpost.dispatch.states import DispatchState, NotPossibleError
from siegelpost.estates import search as estates
from siegelpost.estates.models import Estate
from siegelpost.office.models import Agent, Language
from siegelpost.web.office.access import agent_of
from siegelpost.web.office.attachments import Files, files_of
from siegelpost.web.office.letter_forms import UNSEEN, LetterForm, is_unseen, labels_of
from siegelpost.web.office.lookup import asked_day, asked_id, asked_ids, at_most, first_of
from siegelpost.web.office.text_modules import with_module

PAGE_LENGTH = 30
MOST_ESTATES = 10
NOT_AGAIN = gettext_lazy("Diese Sendung lässt sich nicht mehr noch einmal senden. Es wurde nichts gesendet.")


def _partner(query: QueryDict, contact: Contact) -> Contact | None:
    """Who orders together with the contact."""
    named = query.get("partner")
    partner = contacts.one(asked_id(named)) if named else None
    return None if partner == contact else partner


def _chosen(query: QueryDict) -> tuple[Contact | None, list[Estate]]:
    contact = contacts.one(asked_id(named)) if (named := query.get("contact")) else None
    return contact, estates_of(query)


def estates_of(query: QueryDict) -> list[Estate]:
    """The properties that were chosen, each once."""
    return [estates.one(public_id) for public_id in at_most(query.getlist("estate"), MOST_ESTATES)]


def first_estates(request: HttpRequest) -> HttpResponseBase | None:
    """The way on where more properties are chosen than go into one exposé; which are left out is said."""
    words = _("Ein Exposé hat höchstens %(most)d Objekte. Nicht dabei: %(names)s.")
    return first_of(request, "estate", MOST_ESTATES, words=words, name=lambda named: estates.one(named).title)


def _language(query: QueryDict, contact: Contact) -> Language:
    asked = query.get("language", "")
    return Language(asked) if asked in Language.values else Language(contact.language)


@require_safe
def start(request: HttpRequest) -> HttpResponseBase:
    """Choose what is still missing; when nothing is, show what would go out."""
    if fewer := first_estates(request):
        return fewer
    contact, chosen = _chosen(request.GET)
    asks_who = contact is None or "together" in request.GET
    if contact and chosen and not asks_who and "more" not in request.GET:
        return _compose(request, contact, chosen)
    return choice(request, "contact" if asks_who else "estate", {"contact": contact, "chosen": chosen})


def choice(request: HttpRequest, what: str, context: dict[str, Any]) -> HttpResponseBase:
    """The contacts or the estates to choose from; as one types only the results are sent.

    Args:
        context: what is chosen already; ``ticked`` are contacts that were ticked before the search changed.
    """
    query = request.GET.get("q", "").strip()
    if what == "contact":
        context["ticked"] = ticked = recipients_of(request.GET)
        found: QuerySet[Any] = contacts.find(query).contacts.exclude(pk__in=[one.pk for one in ticked])
    else:
        found = estates.find(query, status="offered")
    page = Paginator(found, PAGE_LENGTH).get_page(request.GET.get("page"))
    template = f"dispatches/choose_{what}{'_results' if request.headers.get('HX-Request') == 'true' else ''}.html"
    return render(request, template, {"page": page, "query": query, **context})


def recipients_of(query: QueryDict) -> list[Contact]:
    """The contacts that were ticked to be sent the same, each once."""
    return [contacts.one(public_id) for public_id in dict.fromkeys(asked_ids(query.getlist("recipient")))]


def _compose(request: HttpRequest, contact: Contact, chosen: list[Estate]) -> HttpResponseBase:
    language = _language(request.GET, contact)
    subject, message = first_words(agent_of(request), chosen, language)
    letter = Letter(
        chosen,
        contact,
        subject,
        message,
        language,
        partner=_partner(request.GET, contact),
    )
    return _shown(request, letter, LetterForm(initial=_initial(letter), letter=letter), Files())


def first_words(agent: Agent, chosen: Sequence[Estate], language: Language) -> tuple[str, str]:
    """Subject and message with which a letter begins: the default text module's, or else the usual ones."""
    module = text_modules.default(agent, ModulePurpose.EXPOSE, language)
    subject, message = letter_draft.subject(chosen, language), letter_draft.message(chosen, language)
    return (module.subject or subject, module.text) if module else (subject, message)


def again(request: HttpRequest, dispatch: Dispatch) -> HttpResponseBase:
    """What would go out in the place of this dispatch, with the words the agent found for it."""
    letter = letter_again(dispatch)
    if letter.button_label not in labels_of(letter):
        letter = replace(letter, button_label="")
    initial = _initial(letter) | {"button_label": letter.button_label or labels_of(letter)[0]}
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
    letter, form = letter_of(request, files, with_module(request.POST, agent_of(request), untyped(request.POST)))
    return _shown(request, letter, form, files, status=422 if form.errors else 200)


def untyped(query: QueryDict) -> list[str]:
    """With what words a message about the chosen properties begins by itself."""
    return [letter_draft.message(estates_of(query), language) for language in Language]


@require_POST
def send(request: HttpRequest) -> HttpResponseBase:
    """Send, or keep until the send guard says yes."""
    files = files_of(request)
    letter, form = letter_of(request, files)
    if form.errors or files.refused:
        return _shown(request, letter, form, files, status=422)
    known = search.among([form.cleaned_data["public_id"]], agent_of(request)).exists()
    if not known and is_unseen(request.POST, letter.subject, letter.message):
        messages.warning(request, UNSEEN)
        return _shown(request, letter, form, files, status=409)
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
    if (*dispatch.written, dispatch.language) != (letter.subject, letter.message, letter.language):
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


def letter_of(
    request: HttpRequest, files: Files | None = None, given: QueryDict | None = None
) -> tuple[Letter, LetterForm]:
    """The letter a form describes, and the form, whose errors say what is wrong with it.

    Args:
        given: what it says, where that is another thing than what was sent.

    Raises:
        ObjectDoesNotExist, ValueError: the contact or a property is not there, or none is named.
    """
    query = request.POST if given is None else given
    contact, chosen = _chosen(query)
    if contact is None or not chosen:
        raise Contact.DoesNotExist
    language = _language(query, contact)
    letter = Letter(
        chosen,
        contact,
        query.get("subject", "").strip(),
        query.get("message", "").strip(),
        language,
        query.get("button_label", ""),
        (files or files_of(request)).attached,
        _occasion(query),
        partner=_partner(query, contact),
        instead_of=asked_id(named) if (named := query.get("instead_of")) else None,
    )
    form = LetterForm(query, letter=letter)
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
        data = query.copy()
        data["button_label"] = labels_of(letter)[0]
        form = LetterForm(data, letter=letter)
        form.is_valid()
    return letter, form


def _occasion(query: QueryDict) -> Occasion | None:
    """What the form says; none where it does not ask yet, as one that was filled in without a network."""
    reason = str(query.get("reason", ""))
    if reason not in ContactReason:
        return None
    # Of a day that is none the form itself says what is wrong with it.
    return Occasion(ContactReason(reason), asked_day(str(query.get("reason_on", ""))))


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
        "seen": wording.digest(letter.subject, letter.message),
        "modules": text_modules.usable(agent_of(request), ModulePurpose.EXPOSE),
    }
    try:
        context["preview"] = preview_of(agent_of(request), letter)
    except NotReadyError as error:
        context["reasons"] = error.reasons
    # A preview into the page says what is wrong in the preview's place: of another status htmx would show nothing.
    template = "dispatches/preview.html" if part else "dispatches/compose.html"
    return render(request, template, context, status=200 if part else status)

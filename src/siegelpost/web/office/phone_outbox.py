"""Letters that waited on a phone: what it shows of them, and their handing over."""

from collections.abc import Mapping
from types import MappingProxyType

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from siegelpost.dispatch import search
from siegelpost.dispatch.frozen.snapshot import NotReadyError
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.send import send
from siegelpost.dispatch.states import DispatchState, NotPossibleError
from siegelpost.web.office.access import agent_of
from siegelpost.web.office.letter_forms import UNSEEN, is_unseen
from siegelpost.web.office.lookup import asked_ids
from siegelpost.web.office.send import NOT_AGAIN, letter_of
from siegelpost.web.templatetags.office import STANDING

MOST_ASKED = 100


@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    """What waits on this phone; the phone itself fills it in, with a net or without."""
    return render(request, "office/outbox.html")


@require_safe
def not_kept(request: HttpRequest) -> HttpResponseBase:
    """What the phone shows without a net in the place of a page that it has not kept."""
    return render(request, "office/not_kept.html")


@require_safe
def key(request: HttpRequest) -> HttpResponseBase:
    """Who is signed in, what a form needs to be believed, and how the letters stand that the server has."""
    agent = agent_of(request)
    asked = asked_ids(request.GET.getlist("id")[:MOST_ASKED])
    standing = {str(each.public_id): _words(each) for each in search.among(asked, agent)}
    return JsonResponse({"agent": str(agent.public_id), "token": get_token(request), "standing": standing})


@require_POST
def hand_over(request: HttpRequest) -> HttpResponseBase:
    """Take a letter over from a phone; the same one as often as it comes.

    The answer says what became of it: ``accepted`` or ``held`` (the server has it), ``changed`` (what would go out is
    no longer what the preview showed), ``refused`` (it cannot go out, and ``words`` says why, ``errors`` where that is
    a field's matter). Only a letter that was accepted or held exists here.
    """
    try:
        letter, form = letter_of(request)
    except (ObjectDoesNotExist, Http404):
        return _answer("refused", _("Der Kontakt oder das Objekt ist nicht mehr da."))
    if form.errors:
        errors = {name: " ".join(map(str, each)) for name, each in form.errors.items()}
        return _answer("refused", " ".join(errors.values()), errors=errors)
    # Without a net no preview can be had: the words are taken as they stand in the form.
    blind = request.POST.get("without_net") == "1"
    known = search.among([form.cleaned_data["public_id"]], agent_of(request)).exists()
    if not (blind or known) and is_unseen(request.POST, letter.subject, letter.message):
        return _answer("changed", str(UNSEEN))
    try:
        dispatch = send.send(
            agent_of(request),
            letter,
            public_id=form.cleaned_data["public_id"],
            hold=True,
            previewed=request.POST.get("previewed") or None,
        )
    except send.ChangedError:
        return _answer("changed", _("Seit Ihrer Vorschau hat sich etwas geändert. Bitte sehen Sie es noch einmal an."))
    except NotPossibleError:
        return _answer("refused", str(NOT_AGAIN))
    except NotReadyError as error:
        return _answer("refused", " ".join(error.reasons))
    state = "held" if dispatch.state == DispatchState.HELD else "accepted"
    return _answer(state, _words(dispatch), reverse("dispatch", args=[dispatch.public_id]))


def _words(dispatch: Dispatch) -> str:
    return str(STANDING[DispatchState(dispatch.state)])


def _answer(
    state: str, words: str, url: str | None = None, *, errors: Mapping[str, str] = MappingProxyType({})
) -> JsonResponse:
    return JsonResponse({"state": state, "words": words, "url": url, "errors": dict(errors)})

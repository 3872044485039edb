"""The acts of a registered mail's recipient: accept, refuse, give the code. Only a form that was sent decides."""

from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from siegelpost.dispatch import links
from siegelpost.dispatch.models import CodeBy, Dispatch
from siegelpost.dispatch.recipient.declarations import Client, IncompleteError, StalePageError
from siegelpost.dispatch.registered import decision
from siegelpost.dispatch.registered.second_factor import MOST_TRIES, LockedError, WrongCodeError
from siegelpost.web.recipient.views import AGAIN, act, after_form, tell

_REFUSALS = (IncompleteError, StalePageError, WrongCodeError, LockedError)


@act
def accept(request: HttpRequest, token: str, client: Client) -> HttpResponseBase:
    """Take in the acceptance; then to the content."""
    try:
        _dispatch, opened = decision.accept(token, _answer(request), client)
    except _REFUSALS as error:
        return _asked_again(token, "annehmen", error)
    return after_form(opened)


@act
def refuse(request: HttpRequest, token: str, client: Client) -> HttpResponseBase:
    """Take in the refusal."""
    try:
        decision.refuse(token, _answer(request), client)
    except _REFUSALS as error:
        return _asked_again(token, "ablehnen", error)
    return after_form(token)


@act
def unlock(request: HttpRequest, token: str, _client: Client) -> HttpResponseBase:
    """Give the code to see again what was accepted."""
    try:
        opened = decision.unlock(token, request.POST.get("code", "")[:40])
    except _REFUSALS as error:
        return _asked_again(token, "code", error)
    return after_form(opened)


def _answer(request: HttpRequest) -> decision.DecisionInput:
    return decision.DecisionInput(
        stamp=request.POST.get("stamp", ""),
        ticked=request.POST.get("sure") == "on",
        code=request.POST.get("code", "")[:40],
    )


def _asked_again(token: str, act: str, error: Exception) -> HttpResponseBase:
    dispatch = links.find(token)
    with translation.override(dispatch.language):
        what = _explained(dispatch, error)
    return tell(token, act, AGAIN, at="error", error=what)


def _explained(dispatch: Dispatch, error: Exception) -> str:
    if isinstance(error, StalePageError):
        return _("Die Seite war nicht mehr aktuell. Es wurde nichts abgeschickt. Bitte prüfen Sie sie noch einmal.")
    if isinstance(error, IncompleteError):
        return _("Es wurde noch nichts entschieden. Bitte setzen Sie zuerst das Häkchen.")
    if isinstance(error, WrongCodeError):
        return ngettext(
            "Dieser Code stimmt nicht. Es wurde nichts entschieden. Sie haben noch einen Versuch.",
            "Dieser Code stimmt nicht. Es wurde nichts entschieden. Sie haben noch %(left)d Versuche.",
            error.left,
        ) % {"left": error.left}
    words = (
        _(
            "Der Code wurde %(tries)d-mal falsch eingegeben und ist jetzt gesperrt. Rufen Sie den Absender an: Er kann "
            "Ihnen einen neuen nennen."
        )
        if dispatch.page["code_by"] == CodeBy.PHONE
        else _(
            "Der Code wurde %(tries)d-mal falsch eingegeben und ist jetzt gesperrt. Der Absender kann Ihnen einen "
            "neuen an Ihre zweite Adresse schicken."
        )
    )
    return words % {"tries": MOST_TRIES}

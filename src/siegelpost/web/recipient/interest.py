"""What recipients say once the exposé is open, and their consent to further offers."""

from contextlib import suppress

from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from siegelpost.contacts import consents
from siegelpost.contacts.consent_models import Consent
from siegelpost.contacts.consents import ConsentUnknownError
from siegelpost.dispatch import links
from siegelpost.dispatch.frozen.property_documents import NoSuchDocumentError
from siegelpost.dispatch.links import LinkUnknownError
from siegelpost.dispatch.models import Kind
from siegelpost.dispatch.recipient import document_requests, interest, prior_knowledge
from siegelpost.dispatch.recipient.declarations import Client, StalePageError
from siegelpost.dispatch.recipient.interest import InterestKind, NotOpenError
from siegelpost.dispatch.send import replacement
from siegelpost.dispatch.send.replacement import NotInThisLanguageError
from siegelpost.office.models import Language
from siegelpost.toolbox.limits import LANGUAGE_MAIL, LANGUAGE_MAILS, RECIPIENT_ACT
from siegelpost.web import throttle, visitors
from siegelpost.web.recipient.outcomes import SeeOther, address_of
from siegelpost.web.recipient.views import (
    act,
    after_form,
    back_to,
    client_of,
    explained,
    from_here,
    office_page,
    response_of,
    tell,
)

# What the page says of a form that changed nothing.
WHY: dict[type[Exception], str] = {ValueError: "unchosen", StalePageError: "stale", NotOpenError: "closed"}


@act
def say(request: HttpRequest, token: str, client: Client) -> HttpResponseBase:
    """No interest, please call, a viewing."""
    try:
        kind = InterestKind(request.POST.get("interest", ""))
        made = interest.say(token, request.POST.get("stamp", ""), kind, request.POST.get("note", ""), client)
    except (ValueError, StalePageError, NotOpenError) as error:
        return tell(token, "antwort", "not_taken", why=WHY[type(error)])
    return tell(token, "antwort", "interest_done", said=made.kind)


@act
def ask_for_document(request: HttpRequest, token: str, client: Client) -> HttpResponseBase:
    """A document that opens only after its release."""
    stamp, document = request.POST.get("stamp", ""), request.POST.get("document", "")
    try:
        made = document_requests.ask(token, stamp, document, client)
    except (NoSuchDocumentError, StalePageError, NotOpenError) as error:
        return tell(token, "unterlagen", "not_taken", why=WHY.get(type(error), "stale"))
    return tell(token, "unterlagen", "interest_done", said=made.kind) if made else back_to(token)


@act
def knows(request: HttpRequest, token: str, client: Client) -> HttpResponseBase:
    """The recipient knows the property already."""
    try:
        prior_knowledge.say(token, request.POST.get("stamp", ""), client)
    except StalePageError:
        return back_to(token)
    return after_form(token)


@act
def offers(request: HttpRequest, token: str, client: Client) -> HttpResponseBase:
    """The wish for further offers; without the tick nothing happens."""
    if request.POST.get("offers") != "on":
        return tell(token, "angebote", "not_taken", why="unticked")
    try:
        dispatch = interest.ask_for_offers(token, request.POST.get("stamp", ""), client)
    except (StalePageError, NotOpenError) as error:
        return tell(token, "angebote", "not_taken", why=WHY[type(error)])
    return tell(token, "angebote", "offers_asked", email=dispatch.contact.email)


@never_cache
@from_here
@explained
@require_http_methods(["GET", "POST"])
def consent(request: HttpRequest, token: str) -> HttpResponseBase:
    """The page behind the link of the mail: a look changes nothing, one button consents, one takes it back."""
    client = client_of(request)
    try:
        found = consents.find(token)
        if request.method == "POST":
            throttle.spend(RECIPIENT_ACT, visitors.of(request))
            if request.POST.get("act") == "withdraw":
                consents.withdraw(found, by="recipient", client=client.personal)
            elif request.POST.get("act") == "give":
                consents.give(token, client.personal)
            return SeeOther(address_of(request))
    except ConsentUnknownError:
        raise LinkUnknownError from None
    return _consent_page(found)


@act
def speak(request: HttpRequest, token: str, client: Client) -> HttpResponseBase:
    """The page, and all texts by mail, in the other language; then back to the page."""
    with suppress(ValueError, StalePageError, NotInThisLanguageError):
        language = Language(request.POST.get("language", ""))
        dispatch = links.find(token, kind=Kind.SECURE_EXPOSE)
        throttle.spend(LANGUAGE_MAIL, str(dispatch.public_id))
        throttle.spend(LANGUAGE_MAILS, "all")
        replacement.speak(token, request.POST.get("stamp", ""), language, client)
    return after_form(token)


def _consent_page(found: Consent) -> HttpResponseBase:
    with translation.override(found.language):
        return response_of(office_page("consent", found.language, 200, consent=found))

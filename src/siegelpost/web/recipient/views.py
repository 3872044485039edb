"""The recipient's acts: declare, and what all of them have in common. Looking at a page is the lane's."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from types import MappingProxyType
from typing import Any, Concatenate
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from siegelpost.cases import viewings
from siegelpost.dispatch import links
from siegelpost.dispatch.frozen.pages import Shown, answer_html, asks
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.links import LinkClosedError, LinkUnknownError
from siegelpost.dispatch.recipient import declarations
from siegelpost.dispatch.recipient.declarations import Client, Form, IncompleteError, StalePageError
from siegelpost.office.current import office_shown, the_office
from siegelpost.settings import load
from siegelpost.toolbox import limits
from siegelpost.toolbox.language import active_language
from siegelpost.toolbox.lines import line
from siegelpost.web import return_path, throttle, visitors
from siegelpost.web.recipient.outcomes import Outcome, SeeOther, lead_to, outcome_of
from siegelpost.web.recipient.pages import Answer, dispatch_page, message_page

View = Callable[Concatenate[HttpRequest, ...], HttpResponseBase]
# The outcome of a form that is to be mended: the page that asks, once more; and where that of a declaration stands.
AGAIN, CHECK = "again", "nachtrag"
_STATUS = MappingProxyType({"not_taken": 422, "viewing_taken": 409})


def office_page(template: str, language: str, status: int, **context: Any) -> Answer:
    """A page that belongs to no dispatch, with the office's address at its foot."""
    return message_page(template, language, status, office=office_shown(the_office()), **context)


def response_of(answer: Answer) -> HttpResponse:
    """A page as Django sends it."""
    return HttpResponse(answer.body, status=answer.status)


def client_of(request: HttpRequest) -> Client:
    """Who asks, as far as a server can know."""
    return Client(request.META.get("REMOTE_ADDR", ""), request.headers.get("User-Agent", ""))


def page_of(token: str) -> str:
    """The address of a dispatch's page on this server."""
    return f"{links.PREFIX}{quote(token)}/"


def back_to(token: str) -> SeeOther:
    """To the page of a dispatch."""
    return SeeOther(page_of(token))


def after_form(token: str) -> SeeOther:
    """To the page of a dispatch after its own form; that look is no opening."""
    return SeeOther(page_of(token) + return_path.query(token))


def from_here(view: View) -> View:
    """Refuse a form that another site sent.

    Recipients carry no cookie, so there is no session to abuse and Django's own check does not apply; what remains is
    a form elsewhere that a recipient is lured to press. Browsers say where a form comes from.
    """

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            site = request.headers.get("Sec-Fetch-Site", "same-origin")
            origin = request.headers.get("Origin")
            # Behind a proxy the host that reaches this server may be another than the one recipients see.
            ours = {f"{request.scheme}://{request.get_host()}", load().public_address}
            here = origin in ours if origin else True
            if site != "same-origin" or not here:
                return response_of(office_page("elsewhere", active_language(), 403))
        return view(request, *args, **kwargs)

    return wrapped


def explained(view: View) -> View:
    """Answer what a link can be refused for with a page that says what happened and what to do."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except LinkUnknownError:
            return response_of(office_page("unknown", active_language(), 404))
        except LinkClosedError as closed:
            return response_of(dispatch_page(Shown.of(closed.dispatch), base=page_of(kwargs["token"])))
        except throttle.TooOftenError as often:
            answer = response_of(office_page("too_often", active_language(), 429, seconds=often.seconds))
            answer["Retry-After"] = str(often.seconds)
            return answer

    return wrapped


def act(view: Callable[[HttpRequest, str, Client], HttpResponseBase]) -> View:
    """A page behind a link that takes in what a form says, not too often.

    Looking here tells what became of the form that led here, and else only leads back to the page.
    """

    @never_cache
    @from_here
    @explained
    @require_http_methods(["GET", "POST"])
    @wraps(view)
    def wrapped(request: HttpRequest, token: str) -> HttpResponseBase:
        if request.method != "POST":
            outcome = outcome_of(request)
            return (outcome and _told(token, outcome)) or back_to(token)
        client = client_of(request)
        throttle.spend(limits.RECIPIENT_ACT, visitors.of(request))
        return view(request, token, client)

    return wrapped


def tell(token: str, act: str, page: str, *, at: str = "", **words: Any) -> SeeOther:
    """Lead on to where the outcome of this act stands: :data:`AGAIN`, or a page of what forms are answered with."""
    return lead_to(f"{page_of(token)}{act}/", page, at=at, **words)


def _told(token: str, outcome: Outcome) -> HttpResponse | None:
    """The page of an outcome; none where the dispatch asks no longer what was to be mended."""
    shown = Shown.of(links.find(token))
    if outcome.page != AGAIN:
        if outcome.page == "viewing_taken":
            shown = replace(shown, viewings=viewings.of_link(token))
        status = _STATUS.get(outcome.page, 200)
        return response_of(Answer(status, answer_html(outcome.page, shown, **outcome.words)))
    if not asks(shown):
        return None
    return response_of(dispatch_page(shown, status=422, base="../", **outcome.words))


@never_cache
@from_here
@explained
@require_http_methods(["POST"])
def declare(request: HttpRequest, token: str) -> HttpResponseBase:
    """Take in the declarations; then back to the page, so that a reload sends nothing twice."""
    client = client_of(request)
    throttle.spend(limits.RECIPIENT_ACT, visitors.of(request))
    name, party = (line(request.POST.get(field, "")) for field in ("name", "party"))
    form = Form(
        stamp=request.POST.get("stamp", ""),
        name=name,
        ticked=frozenset(kind for kind in DeclarationKind if request.POST.get(kind.value) == "on"),
        party=party,
    )
    try:
        declarations.declare(token, form, client)
    except (IncompleteError, StalePageError) as error:
        with translation.override(links.find(token).language):
            what = _not_declared(error, form)
        wrong = sorted(form.lacking) if isinstance(error, IncompleteError) else []
        return tell(token, CHECK, AGAIN, at="error", error=what, name=name, party=party, wrong=wrong)
    return after_form(token)


@act
def check(_request: HttpRequest, token: str, _client: Client) -> HttpResponseBase:
    """Where a declaration that lacks something is shown again; nothing is sent here."""
    return back_to(token)


def _not_declared(error: IncompleteError | StalePageError, form: Form) -> str:
    if isinstance(error, StalePageError):
        return _("Die Seite war nicht mehr aktuell. Es wurde nichts abgeschickt. Bitte prüfen Sie sie noch einmal.")
    missing = _(
        "Es wurde noch nichts abgeschickt: Es fehlt Ihr Name, oder für wen Sie beauftragen. Beides steht unter Ihrer "
        "Erklärung, und wir schicken es Ihnen per E-Mail."
    )
    if not form.party and not form.name:
        missing = _(
            "Es wurde noch nichts abgeschickt: Ihr Name fehlt. Er steht unter Ihrer Erklärung, und wir schicken Ihnen "
            "beides per E-Mail."
        )
    if form.ticked:
        return f"{missing} {_('Setzen Sie bitte auch Ihre Kreuze noch einmal; wir setzen keine für Sie.')}"
    return missing

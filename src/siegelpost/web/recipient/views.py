"""The recipient's acts: declare, take the document, withdraw. Looking at a page is the lane's."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from siegelpost.dispatch import links
from siegelpost.dispatch.frozen.pages import Shown
from siegelpost.dispatch.gate.rules import DeclarationKind
from siegelpost.dispatch.links import LinkClosedError, LinkUnknownError
from siegelpost.dispatch.models import Kind
from siegelpost.dispatch.recipient import declarations, withdrawals
from siegelpost.dispatch.recipient.declarations import Client, Form, IncompleteError, StalePageError
from siegelpost.office.current import office_shown, the_office
from siegelpost.settings import load
from siegelpost.toolbox import limits
from siegelpost.toolbox.folding import typed
from siegelpost.toolbox.language import active_language
from siegelpost.web import return_path, throttle
from siegelpost.web.recipient.forms import WithdrawalForm
from siegelpost.web.recipient.pages import Answer, dispatch_page, message_page

View = Callable[Concatenate[HttpRequest, ...], HttpResponseBase]


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


def back_to(token: str) -> HttpResponse:
    """To the page of a dispatch."""
    return HttpResponse(status=303, headers={"Location": page_of(token)})


def after_form(token: str) -> HttpResponse:
    """To the page of a dispatch, which can be reloaded without sending anything twice; that look is no opening."""
    return HttpResponse(status=303, headers={"Location": page_of(token) + return_path.query(token)})


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
    """A page behind a link that takes in what a form says, not too often; looking here only leads back to the page."""

    @never_cache
    @from_here
    @explained
    @require_http_methods(["GET", "POST"])
    @wraps(view)
    def wrapped(request: HttpRequest, token: str) -> HttpResponseBase:
        if request.method != "POST":
            return back_to(token)
        client = client_of(request)
        throttle.spend(limits.RECIPIENT_ACT, client.ip)
        return view(request, token, client)

    return wrapped


@never_cache
@from_here
@explained
@require_http_methods(["POST"])
def declare(request: HttpRequest, token: str) -> HttpResponseBase:
    """Take in the declarations; then back to the page, so that a reload sends nothing twice."""
    client = client_of(request)
    throttle.spend(limits.RECIPIENT_ACT, client.ip)
    name, party = (typed(request.POST.get(field, "")) for field in ("name", "party"))
    form = Form(
        stamp=request.POST.get("stamp", ""),
        name=name,
        ticked=frozenset(kind for kind in DeclarationKind if request.POST.get(kind.value) == "on"),
        party=party,
    )
    try:
        declarations.declare(token, form, client)
    except (IncompleteError, StalePageError) as error:
        dispatch = links.find(token)
        with translation.override(dispatch.language):
            what = _not_declared(error, form)
        return response_of(dispatch_page(Shown.of(dispatch), error=what, name=name, party=party, status=422))
    return after_form(token)


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


@never_cache
@from_here
@explained
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, token: str | None = None) -> HttpResponseBase:
    """The withdrawal function (§ 356a BGB), on the page of a dispatch or at the public address."""
    dispatch = links.find(token, kind=Kind.SECURE_EXPOSE) if token else None
    if dispatch and not withdrawals.may_withdraw(dispatch):
        raise LinkUnknownError
    language, test = (dispatch.language, dispatch.test) if dispatch else (active_language(), False)
    with translation.override(language):
        initial = {
            "name": dispatch.contact.full_name if dispatch else "",
            "email": dispatch.contact.email if dispatch else "",
            "contract": dispatch.subject if dispatch else "",
        }
        form = WithdrawalForm(request.POST or None, initial=initial)
        if request.method == "POST" and form.is_valid():
            made = withdrawals.withdraw(
                **form.cleaned_data,
                token=token,
                client=client_of(request),
                language=language,
                page=_withdraw_page(language, WithdrawalForm(), test=test).body,
                acknowledge=bool(dispatch) or _may_acknowledge(request, form.cleaned_data["email"]),
            )
            return response_of(office_page("withdrawal_done", language, 200, withdrawal=made, test=test))
        return response_of(_withdraw_page(language, form, 422 if request.method == "POST" else 200, test=test))


def _withdraw_page(language: str, form: WithdrawalForm, status: int = 200, *, test: bool) -> Answer:
    said = withdrawals.said(language)
    return office_page("withdraw", language, status, form=form, said=said, test=test)


def _may_acknowledge(request: HttpRequest, email: str) -> bool:
    """Whether another mail goes to what strangers typed in at the public address; what they declare always counts.

    Raises:
        throttle.TooOftenError: one place floods the page, far beyond what people who share it could mean.
    """
    address = client_of(request).ip
    throttle.spend(limits.WITHDRAW_FLOOD, address)
    try:
        throttle.spend(limits.WITHDRAW_BY_CLIENT, address)
        throttle.spend(limits.WITHDRAW_TO_ADDRESS, email)
        throttle.spend(limits.WITHDRAW_PUBLIC, "all")
    except throttle.TooOftenError:
        return False
    return True

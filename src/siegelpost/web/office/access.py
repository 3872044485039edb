"""Who may see which page: one rule per address, said where the address is said (see ``urls.py`` beside this)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from siegelpost.certificates import partner_link
from siegelpost.certificates.models import HandOver
from siegelpost.contacts import colleague_cards
from siegelpost.contacts.colleague_cards import Missing
from siegelpost.office.agents import administrators
from siegelpost.office.models import Agent, Role

HAND_OVER = "hand_over"

View = Callable[Concatenate[HttpRequest, ...], HttpResponseBase]


@dataclass(frozen=True, slots=True)
class AccessRule:
    """Who may use an address; ``roles`` is empty where nobody needs to be signed in.

    ``by_hand_over``: also whoever came by a link for the certificate's matters that is still open.
    """

    roles: frozenset[Role]
    by_hand_over: bool = False


EVERYBODY = AccessRule(frozenset())
SIGNED_IN = AccessRule(frozenset(Role))
SALES = AccessRule(frozenset({Role.AGENT, Role.MANAGER, Role.ADMINISTRATOR}))
LEADERS = AccessRule(frozenset({Role.MANAGER, Role.ADMINISTRATOR}))
ADMINISTRATION = AccessRule(frozenset({Role.ADMINISTRATOR}))
CERTIFICATES = AccessRule(frozenset({Role.MANAGER, Role.ADMINISTRATOR, Role.PARTNER}))
CERTIFICATE_MATTERS = AccessRule(CERTIFICATES.roles, by_hand_over=True)


@dataclass(frozen=True, slots=True)
class Page:
    """One address of the office: where it is, what answers, what it is called, who may use it."""

    route: str
    view: View
    name: str
    rule: AccessRule

    def pattern(self) -> URLPattern:
        """The address for Django, with the rule around its view."""
        return path(self.route, guarded(self.view, self.rule), name=self.name)


def guarded(view: View, rule: AccessRule) -> View:
    """``view`` behind ``rule``, in the language of whoever is signed in."""

    @never_cache
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        agent = request.user if isinstance(request.user, Agent) else None
        if agent:
            translation.activate(agent.language)
        if not rule.roles:
            return view(request, *args, **kwargs)
        if agent is None:
            if rule.by_hand_over and hand_over_of(request):
                return _found(view, request, *args, **kwargs)
            return _to_sign_in(request)
        if lacking := colleague_cards.missing(agent):
            return no_access(request, agent, lacking)
        if agent.role not in rule.roles:
            return render(request, "errors/403.html", status=403)
        return _found(view, request, *args, **kwargs)

    return wrapped


def _found(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    try:
        return view(request, *args, **kwargs)
    except ObjectDoesNotExist:
        raise Http404 from None


def hand_over_of(request: HttpRequest) -> HandOver | None:
    """The link for the certificate's matters by which somebody came, unless it has ended since."""
    came_by = request.session.get(HAND_OVER)
    return partner_link.still_open(came_by) if came_by else None


def actor_of(request: HttpRequest) -> str:
    """Who does this, for the ledger: an agent's public id, or that of the link somebody came by."""
    if isinstance(request.user, Agent):
        return str(request.user.public_id)
    return f"link:{request.session[HAND_OVER]}"


def no_access(request: HttpRequest, agent: Agent, lacking: list[Missing]) -> HttpResponse:
    """Exactly what is missing, and whom to ask."""
    context = {"agent": agent, "lacking": [one.value for one in lacking], "administrators": administrators()}
    return render(request, "account/no_access.html", context, status=403)


def agent_of(request: HttpRequest) -> Agent:
    """Who is signed in; only for views behind a rule that asks for somebody."""
    assert isinstance(request.user, Agent)  # noqa: S101 - the rule has seen to it
    return request.user


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in, and from there to where one was; what a form brought is not taken, and that is said."""
    by_htmx = request.headers.get("HX-Request") == "true"
    if request.method == "GET" and not by_htmx:
        return redirect_to_login(request.get_full_path())
    if request.method == "POST":
        messages.warning(
            request,
            _("Sie waren nicht mehr angemeldet; gespeichert ist noch nichts. Nach dem Anmelden geht es dort weiter."),
        )
    came_from = request.headers.get("HX-Current-URL" if by_htmx else "Referer", "")
    answer = redirect_to_login(_page_of(request, came_from))
    if by_htmx:
        # htmx would put the sign-in page into a corner of this one.
        return HttpResponse(status=204, headers={"HX-Redirect": answer.url})
    return answer


def _page_of(request: HttpRequest, address: str) -> str:
    """The page of this server that is there, for one to go back to; the first page where it is none."""
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    parts = urlsplit(address)
    # What these answer to a form that was refused is no page to come back to.
    is_page = parts.path and not parts.path.startswith("//") and not parts.path.endswith(("/now/", "/preview/"))
    if not ours or not is_page:
        return "/"
    return f"{parts.path}?{parts.query}" if parts.query else parts.path

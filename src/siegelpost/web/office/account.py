"""Signing in: who may, by what, and what is said to whom may not."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from siegelpost import storage
from siegelpost.cases import own_account
from siegelpost.contacts import colleague_cards
from siegelpost.office import agents, sign_in
from siegelpost.office.current import the_office
from siegelpost.office.forms import FirstAccessForm, MyselfForm
from siegelpost.office.models import Agent
from siegelpost.settings import FIELDS
from siegelpost.toolbox.limits import SIGN_IN_LINK
from siegelpost.web import devices, password_guard, throttle, visitors
from siegelpost.web.office.access import agent_of, no_access

_CAME_BY_LINK = "came_by_link"
_BY_LINK = "link"
# So many of the sign-in links that were made for an account are shown.
MOST_LINKS = 10


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth publishes no types
    """The office's rules for signing in; people are added by an administrator, never by themselves."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": gettext_lazy("Dieser Zugang ist abgeschaltet."),
        "email_password_mismatch": gettext_lazy("Diese E-Mail-Adresse und dieses Passwort passen nicht zusammen."),
        "enter_current_password": gettext_lazy("Das bisherige Passwort stimmt nicht."),
        "incorrect_code": gettext_lazy("Dieser Code stimmt nicht. Bitte nehmen Sie den neuesten."),
        "incorrect_password": gettext_lazy("Das Passwort stimmt nicht."),
        "too_many_login_attempts": gettext_lazy(
            "Von hier kamen zu viele falsche Passwörter. Bitte warten Sie fünf Minuten; mit einem Passkey oder auf "
            "einem Gerät, das Sie schon benutzt haben, geht es sofort."
        ),
        "rate_limited": gettext_lazy("Zu viele Versuche. Bitte warten Sie einige Minuten."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Look at a password, unless too many were tried from there."""
        try:
            attempt = password_guard.begin(request, str(credentials.get("email", "")))
        except throttle.TooOftenError as error:
            raise self.validation_error("too_many_login_attempts") from error
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is not None:
            attempt.succeeded()
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Nothing: allauth's own limit counts per account alone, and so could lock a colleague out."""

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        """On to the office; the device is known from now on."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if isinstance(user, Agent):
            password_guard.remember(request, response, user)
        return response

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Let them in, and write down by which way."""
        super().login(request, user)
        if isinstance(user, Agent):
            ways = [record["method"] for record in get_authentication_records(request, user)]
            if _BY_LINK in ways:
                request.session[_CAME_BY_LINK] = True
            agents.signed_in(user, ways)

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse | None:
        """Stop here who lacks the right to work from outside, and say what is missing."""
        refused: HttpResponse | None = super().pre_login(request, user, **kwargs)
        if refused is None and isinstance(user, Agent) and (lacking := colleague_cards.missing(user)):
            return no_access(request, user, lacking)
        return refused


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # as above
    """Secrets of second factors are sealed; names are the office's."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("Dieser Code stimmt nicht. Bitte nehmen Sie den neuesten."),
        "cannot_generate_recovery_codes": gettext_lazy("Richten Sie zuerst einen Passkey oder eine Codes-App ein."),
    }

    def encrypt(self, text: str) -> str:
        """Sealed with this installation's key."""
        return FIELDS.seal_text(text)

    def decrypt(self, encrypted_text: str) -> str:
        """What :meth:`encrypt` was given."""
        return FIELDS.unseal_text(encrypted_text)

    def get_totp_issuer(self) -> str:
        """What the app shows beside the code."""
        return the_office().name or "Siegelpost"

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        """A name to start from; people give their own."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey") if number == 1 else _("Passkey %(number)d") % {"number": number}


@require_http_methods(["GET", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponseBase:
    """A one-time link: looking at it changes nothing (mail scanners look, too), the button signs in."""
    try:
        throttle.spend(SIGN_IN_LINK, visitors.of(request))
        if request.method == "GET":
            return render(request, "account/by_link.html", {"agent": sign_in.find(token).agent})
        agent = sign_in.find(token).agent
        if lacking := colleague_cards.missing(agent):
            return no_access(request, agent, lacking)
        link = sign_in.use(token)
    except (sign_in.LinkRefusedError, throttle.TooOftenError):
        return render(request, "account/link_refused.html", status=404)
    request.session.flush()  # whoever was signed in here is so no longer
    record_authentication(request, agent, method=_BY_LINK)
    agent.backend = settings.AUTHENTICATION_BACKENDS[0]
    where = reverse("today" if agent.has_usable_password() else "first_access")
    if not link.past_second_factor:
        response: HttpResponse = perform_login(request, Login(user=agent, redirect_url=where))
        return response
    adapter = AccountAdapter(request)
    adapter.login(request, agent)
    hooks = {"email_verification": "none", "signal_kwargs": None, "email": None, "signup": False}
    return adapter.post_login(request, agent, redirect_url=where, **hooks)


@require_http_methods(["GET", "POST"])
def first_access(request: HttpRequest) -> HttpResponseBase:
    """Who came by a link says who they are and chooses a password."""
    agent = agent_of(request)
    # Anybody else gives the old password first: a session left open must not be enough to take the account over.
    if agent.has_usable_password() and not request.session.get(_CAME_BY_LINK):
        return redirect("account_change_password")
    form = FirstAccessForm(request.POST or None, instance=agent)
    if request.method == "POST" and form.is_valid():
        agents.choose_password(form.save(commit=False), form.cleaned_data["password"])
        update_session_auth_hash(request, agent)
        request.session.pop(_CAME_BY_LINK, None)
        return redirect("today")
    return render(request, "account/first_access.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponseBase:
    """One's own name, photo and language, and the ways in."""
    agent = agent_of(request)
    form = MyselfForm(request.POST or None, request.FILES or None, instance=agent)
    if request.method == "POST" and form.is_valid():
        own_account.save(form.save(commit=False), photo=form.new_photo)
        messages.success(request, _("Gespeichert."))
        return redirect("account")
    kinds = [one.type for one in Authenticator.objects.filter(user=agent)]
    context = {
        "form": form,
        "passkeys": kinds.count(Authenticator.Type.WEBAUTHN),
        "has_totp": Authenticator.Type.TOTP in kinds,
        "has_codes": Authenticator.Type.RECOVERY_CODES in kinds,
        "sessions": devices.of(agent),
        "links": sign_in.links_of(agent)[:MOST_LINKS],
    }
    return render(request, "account/account.html", context, status=422 if form.errors else 200)


@require_safe
@cache_control(private=True, max_age=31536000, immutable=True)
def photo(request: HttpRequest) -> HttpResponseBase:
    """One's own photo; its address carries the beginning of its SHA-256, so it may be kept."""
    sha256 = agent_of(request).photo
    if not sha256:
        raise Http404
    return HttpResponse(storage.read(sha256), content_type="image/jpeg")


@require_safe
def ways(request: HttpRequest) -> HttpResponseBase:
    """Where allauth leads after a change: to the page that lists all the ways in."""
    return redirect("account")


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Sign one of one's own devices out."""
    devices.end(agent_of(request), pk)
    messages.success(request, _("Das Gerät ist abgemeldet."))
    return redirect("usersessions_list")


@require_safe
def more(request: HttpRequest) -> HttpResponseBase:
    """What does not fit into the bar at the bottom of a phone."""
    return render(request, "office/more.html")

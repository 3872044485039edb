"""Guessing passwords is slowed where it comes from, and never for the colleague it is aimed at.

A device on which somebody has signed in before carries a cookie that says so. From such a device only its own
failures count; from everywhere else failures count per source, and per source and account. Nothing counts per account
alone: whoever fails on purpose stops only themselves.
"""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from siegelpost.office.models import Agent
from siegelpost.toolbox.limits import PASSWORD_BY_ACCOUNT, PASSWORD_BY_DEVICE, PASSWORD_BY_SOURCE, Limit
from siegelpost.web import throttle, visitors

COOKIE = "__Host-device"
_SALT = "siegelpost.known-device"
_KEPT = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a password, counted before it is looked at: many at once do not slip through."""

    counted: tuple[tuple[Limit, tuple[str, ...]], ...]

    def succeeded(self) -> None:
        """It was no guessing."""
        for limit, who in self.counted:
            throttle.give_back(limit, *who)


def begin(request: HttpRequest, email: str) -> Attempt:
    """Count a try of ``email``'s password from where ``request`` comes.

    Raises:
        siegelpost.web.throttle.TooOftenError: too many failed before; the password shall not even be looked at.
    """
    account, place = email.strip().lower(), visitors.of(request)
    device = _device(request, account)
    counted = (
        ((PASSWORD_BY_DEVICE, (account, device)),)
        if device
        else ((PASSWORD_BY_SOURCE, (place,)), (PASSWORD_BY_ACCOUNT, (account, place)))
    )
    for limit, who in counted:
        throttle.spend(limit, *who)
    return Attempt(counted)


def remember(request: HttpRequest, response: HttpResponseBase, agent: Agent) -> None:
    """Let the device know, after a sign-in, that it belongs to this person; nothing else can be done with it."""
    if _device(request, agent.email):
        return
    value = signing.dumps([agent.email, secrets.token_urlsafe(12)], salt=_SALT)
    age = int(_KEPT.total_seconds())
    response.set_cookie(COOKIE, value, max_age=age, secure=True, httponly=True, samesite="Lax")


def _device(request: HttpRequest, account: str) -> str | None:
    with suppress(signing.BadSignature, ValueError, TypeError):
        email, number = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_KEPT)
        return str(number) if email == account else None
    return None

"""The forms of signing in: what their fields are called here, and what a phone offers to fill them with."""

import hashlib
from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm, SetPasswordForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ConfirmByCodeForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.core.cache import cache
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from siegelpost.toolbox.limits import CODE
from siegelpost.web import throttle

# Seconds during which a code is accepted, with MFA_TOTP_TOLERANCE periods before and after its own, rounded up.
CODE_LIFETIME = 180
# By the names that allauth gives them; codes of the app and those for an emergency are digits, whatever parts them. The
# purposes are those of HTML and of WebAuthn (WCAG 2.2, 1.3.5).
FIELDS: dict[str, tuple[str | Promise, dict[str, str]]] = {
    "login": (
        gettext_lazy("E-Mail-Adresse"),
        {"autocomplete": "username webauthn", "autocapitalize": "none", "spellcheck": "false"},
    ),
    "password": (gettext_lazy("Passwort"), {"autocomplete": "current-password"}),
    "oldpassword": (gettext_lazy("Bisheriges Passwort"), {"autocomplete": "current-password"}),
    "password1": (gettext_lazy("Neues Passwort"), {"autocomplete": "new-password"}),
    "password2": (gettext_lazy("Neues Passwort noch einmal"), {"autocomplete": "new-password"}),
    "code": (gettext_lazy("Code"), {"autocomplete": "one-time-code", "inputmode": "numeric"}),
}


class _Worded:
    """Its fields as :data:`FIELDS` says."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]  # of the form it is mixed into
            if name in FIELDS:
                field.label, attributes = FIELDS[name]
                field.widget.attrs |= attributes


class _Counted:
    """It asks for a code: each try is counted before it is looked at, so that many at once do not slip through."""

    def clean_code(self) -> str:
        """The code, which must be right."""
        who = str(self.user.pk)  # type: ignore[attr-defined]  # of the form it is mixed into
        try:
            throttle.spend(CODE, who)
        except throttle.TooOftenError as error:
            raise get_account_adapter().validation_error("rate_limited") from error
        code: str = super().clean_code()  # type: ignore[misc]  # as above
        throttle.give_back(CODE, who)
        return code


class SignInForm(_Worded, LoginForm):  # type: ignore[misc]  # allauth publishes no types
    """Address and password."""


class ConfirmForm(_Worded, ReauthenticateForm):  # type: ignore[misc]  # as above
    """The password once more, before one's ways in are changed."""


class NewPasswordForm(_Worded, ChangePasswordForm):  # type: ignore[misc]  # as above
    """Another password, by the one before, which nobody guesses here more often than at the sign-in."""

    def clean_oldpassword(self) -> str:
        """The password of before, which must be right."""
        adapter = get_account_adapter()
        given: str = self.cleaned_data["oldpassword"]
        if not adapter.reauthenticate(self.user, given):
            raise adapter.validation_error("enter_current_password")
        return given


class FirstPasswordForm(_Worded, SetPasswordForm):  # type: ignore[misc]  # as above
    """A password for somebody who has none."""


class CodesAppForm(_Worded, _Counted, ActivateTOTPForm):  # type: ignore[misc]  # as above
    """The first code of an app."""


class ConfirmCodeForm(_Worded, _Counted, ConfirmByCodeForm):  # type: ignore[misc]  # as above
    """A code once more, before one's ways in are changed."""


class CodeForm(_Worded, _Counted, AuthenticateForm):  # type: ignore[misc]  # as above
    """The second step. Clocks may be a minute off, so a code lives longer than allauth remembers that it was used."""

    def clean_code(self) -> str:
        """The code, which must be right and new."""
        code: str = super().clean_code()
        spent = hashlib.sha256(f"{self.user.pk} {code}".encode()).hexdigest()
        if self.authenticator.type == Authenticator.Type.TOTP and not cache.add(f"totp-{spent}", 1, CODE_LIFETIME):
            raise get_adapter().validation_error("incorrect_code")
        return code

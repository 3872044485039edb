"""E-mail addresses as people type them, made fit for a mail: checked, and domains in their ASCII form."""

import re
from email.headerregistry import Address
from typing import Any

import idna
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# RFC 5322 dot-atom with the letters of RFC 6531; the quoted form is typed by mistake only.
_ATOM = r"[\w!#$%&'*+/=?^`{|}~-]+"
_LOCAL_PART = re.compile(rf"{_ATOM}(?:\.{_ATOM})*\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# RFC 5321, 4.5.3.1: octets before the @, and of the whole address.
_LONGEST_LOCAL_PART, _LONGEST = 64, 254
# Characters: of more than this nothing is worked out.
_LONGEST_LOOKED_AT = 1000


class AddressError(ValueError):
    """An address no mail can be sent to; the message says so in the active language."""

    def __init__(self, address: str) -> None:
        self.address = one_line(address)[:100]
        super().__init__(self.address)

    def __str__(self) -> str:
        return _("„%(address)s“ ist keine E-Mail-Adresse.") % {"address": self.address}


def checked(address: str, *, name: str = "") -> Address:
    """The address, its domain in ASCII form (``müller.de`` → ``xn--mller-kva.de``), with a name to be shown.

    Letters outside ASCII before the ``@`` stay: the mail server has to say whether it knows RFC 6531.

    Raises:
        AddressError: it is no address.
    """
    if len(address) > _LONGEST_LOOKED_AT:
        raise AddressError(address)
    local, _at, domain = address.strip().rpartition("@")
    try:
        ascii_domain = idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        raise AddressError(address) from None
    too_long = len(local.encode()) > _LONGEST_LOCAL_PART or len(local.encode()) + len(ascii_domain) >= _LONGEST
    if too_long or "." not in ascii_domain or not _LOCAL_PART.match(local):
        raise AddressError(address)
    return Address(one_line(name), username=local, domain=ascii_domain)


def is_mail_address(address: str) -> bool:
    """Whether mail can be sent to it, as far as its form says."""
    try:
        checked(address)
    except AddressError:
        return False
    return True


def same(one: str, other: str) -> bool:
    """Whether two addresses are one: domains in their ASCII form, and small and capital letters alike."""
    try:
        return checked(one).addr_spec.casefold() == checked(other).addr_spec.casefold()
    except AddressError:
        return False


def one_line(text: str) -> str:
    """The text fit for a header: every run of line breaks and control characters becomes one space."""
    return _CONTROL.sub(" ", text).strip()


def validate(address: str) -> None:
    """For forms and models: Django's own takes no umlaut before the ``@``, and takes what no mail can be sent to.

    Raises:
        django.core.exceptions.ValidationError: it is no address.
    """
    if not is_mail_address(address):
        raise ValidationError(gettext_lazy("So sieht keine E-Mail-Adresse aus. Es fehlt vielleicht ein Zeichen."))


class AddressInput(forms.TextInput):
    """The keyboard for addresses; browsers refuse umlauts before the ``@`` in fields of type ``email``."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "email", "autocapitalize": "none", "spellcheck": "false", **(attrs or {})})


class AddressField(forms.CharField):
    """An e-mail address in a form."""

    widget = AddressInput
    default_validators = [validate]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": _LONGEST, **kwargs})


class AddressModelField(models.EmailField):  # type: ignore[type-arg]  # the stubs make it generic, Django does not
    """An e-mail address of a model; to the database no other than Django's."""

    default_validators = [validate]

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        """With the widget and the checks of :class:`AddressField`."""
        return models.CharField.formfield(self, **{"form_class": AddressField, **kwargs})

    def deconstruct(self) -> Any:
        """As Django's, so that migrations need not change."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.EmailField", args, kwargs

"""Forms of the recipient's pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

_MISSING = {"required": _("Bitte ausfüllen.")}


class WithdrawalForm(forms.Form):
    """Name, e-mail and the contract: no more than § 356a (2) BGB allows to ask."""

    name = forms.CharField(label=_("Ihr Name"), max_length=200, error_messages=_MISSING)
    email = forms.EmailField(
        label=_("E-Mail für die Eingangsbestätigung"),
        max_length=254,
        error_messages={
            **_MISSING,
            "invalid": _("So sieht keine E-Mail-Adresse aus. Es fehlt vielleicht ein Zeichen."),
        },
    )
    contract = forms.CharField(label=_("Welchen Vertrag widerrufen Sie?"), max_length=300, error_messages=_MISSING)

"""Forms of the recipient's pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from siegelpost.toolbox.addresses import AddressField, AddressInput
from siegelpost.toolbox.line_fields import LineField

_MISSING = {"required": _("Bitte ausfüllen.")}


class WithdrawalForm(forms.Form):
    """Name, e-mail and the contract: no more than § 356a (2) BGB allows to ask."""

    name = LineField(
        label=_("Ihr Name"),
        max_length=200,
        error_messages=_MISSING,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    email = AddressField(
        label=_("E-Mail für die Eingangsbestätigung"),
        error_messages=_MISSING,
        widget=AddressInput({"autocomplete": "email"}),
    )
    contract = LineField(label=_("Welchen Vertrag widerrufen Sie?"), max_length=300, error_messages=_MISSING)

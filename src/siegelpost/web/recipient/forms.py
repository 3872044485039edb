"""Forms of the recipient's pages."""

from django import forms
from django.utils.translation import gettext_lazy as _


class WithdrawalForm(forms.Form):
    """Name, e-mail and the contract: no more than § 356a (2) BGB allows to ask."""

    name = forms.CharField(label=_("Ihr Name"), max_length=200)
    email = forms.EmailField(label=_("E-Mail für die Eingangsbestätigung"), max_length=254)
    contract = forms.CharField(label=_("Welchen Vertrag widerrufen Sie?"), max_length=300)

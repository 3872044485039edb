"""The form that narrows the list of properties."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from siegelpost.estates.forms import PeopleDecimalField
from siegelpost.estates.kinds import Kind, Marketing, Status
from siegelpost.estates.search import Wanted

_AMOUNT = {"inputmode": "decimal", "autocomplete": "off"}
# What a person types while the list is already narrowed; a wrong amount narrows nothing and is told beside the field.
_MORE = ("place", "least", "most", "rooms")


class FilterForm(forms.Form):
    """Words, status, kind; place, price and rooms."""

    q = forms.CharField(required=False, max_length=200)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("alle außer Archiv")), *Status.choices]
    )
    marketing = forms.ChoiceField(
        label=_("Vermarktung"), required=False, choices=[("", _("Kauf und Miete")), *Marketing.choices]
    )
    kind = forms.ChoiceField(label=_("Objektart"), required=False, choices=[("", _("alle Arten")), *Kind.choices])
    place = forms.CharField(
        label=_("Ort oder Postleitzahl"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"list": "towns", "autocomplete": "off"}),
    )
    least = PeopleDecimalField(
        label=_("Preis oder Miete ab"), required=False, min_value=0, widget=forms.TextInput(_AMOUNT)
    )
    most = PeopleDecimalField(label=_("bis"), required=False, min_value=0, widget=forms.TextInput(_AMOUNT))
    rooms = PeopleDecimalField(label=_("Zimmer ab"), required=False, min_value=0, widget=forms.TextInput(_AMOUNT))

    def __init__(self, data: QueryDict | dict[str, str]) -> None:
        super().__init__(data, auto_id="filter-%s")

    def wanted(self) -> Wanted:
        """What is asked for, as far as it makes sense."""
        self.is_valid()
        chosen = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        return Wanted(query=chosen.pop("q", ""), **chosen)

    def narrows(self) -> bool:
        """Whether anything is asked for."""
        return self.wanted() != Wanted()

    def selects(self) -> list[forms.BoundField]:
        """What is always in view."""
        return [self[name] for name in ("status", "marketing", "kind")]

    def more(self) -> list[forms.BoundField]:
        """What is folded away until it is wanted."""
        return [self[name] for name in _MORE]

    def more_chosen(self) -> int:
        """How many of those narrow the list."""
        return sum(bool(self.data.get(name)) for name in _MORE)

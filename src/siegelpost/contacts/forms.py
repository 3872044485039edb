"""The form of a contact."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from siegelpost.contacts.models import Contact
from siegelpost.contacts.ways import KINDS, LABELS, LONGEST, LONGEST_LABEL, MOST, Way, WayKind, together
from siegelpost.toolbox.addresses import AddressError, AddressInput, checked
from siegelpost.toolbox.lines import line

# The browser's own memory is about the agent, not about the contact.
OFF = {"autocomplete": "off"}
_WAYS = "way"


def _typed(way: Way) -> dict[str, str]:
    """As it stands in the form: known labels in words."""
    return {**way.stored, "label": str(LABELS.get(way.label, way.label))}


def _way(row: dict[str, str]) -> Way:
    words = row.get("label", "")
    known = next((key for key, text in LABELS.items() if str(text) == words), words)
    return Way(WayKind(row["kind"]), row["value"], line(known))


class WayForm(forms.Form):
    """One further number or address; emptied, it is gone."""

    kind = forms.ChoiceField(label=gettext_lazy("Art"), choices=list(KINDS.items()))
    value = forms.CharField(
        label=gettext_lazy("Nummer oder Adresse"),
        max_length=LONGEST,
        required=False,
        widget=forms.TextInput(OFF),
    )
    label = forms.CharField(
        label=gettext_lazy("Wofür"), max_length=LONGEST_LABEL, required=False, widget=forms.TextInput(OFF)
    )

    def clean_value(self) -> str:
        """One line of it; an address must be one."""
        value = line(self.cleaned_data["value"])
        if value and self.cleaned_data.get("kind") == WayKind.EMAIL:
            try:
                checked(value)
            except AddressError as error:
                raise ValidationError(str(error)) from error
        return value

    def has_changed(self) -> bool:
        """A row without a value says nothing, whatever its kind."""
        return bool(self["value"].value() or self.initial)


WayForms = forms.formset_factory(WayForm, extra=2, max_num=MOST, validate_max=True)


class ContactForm(forms.ModelForm[Contact]):
    """Everything the office knows about a contact."""

    GROUPS: ClassVar[tuple[tuple[Promise, tuple[str, ...]], ...]] = (
        (gettext_lazy("Person"), ("salutation", "first_name", "last_name", "company", "is_business")),
        (gettext_lazy("Erreichbar"), ("email", "mobile", "phone", "language")),
        (gettext_lazy("Anschrift"), ("street", "postal_code", "city")),
        (gettext_lazy("Notiz"), ("note",)),
    )

    class Meta:
        model = Contact
        fields: ClassVar[list[str]] = [
            "salutation",
            "first_name",
            "last_name",
            "company",
            "is_business",
            "email",
            "mobile",
            "phone",
            "language",
            "street",
            "postal_code",
            "city",
            "note",
        ]
        help_texts: ClassVar[dict[str, Any]] = {
            "is_business": gettext_lazy(
                "Im Zweifel nicht ankreuzen: Verbraucher haben mehr Rechte, und die Freigabe richtet sich danach. Auch "
                "wer privat vermietet oder als Geschäftsführer/in für sich selbst kauft, ist Verbraucher/in."
            )
        }
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "first_name": forms.TextInput(OFF),
            "last_name": forms.TextInput(OFF),
            "company": forms.TextInput(OFF),
            "email": AddressInput(OFF),
            "mobile": forms.TextInput({**OFF, "type": "tel"}),
            "phone": forms.TextInput({**OFF, "type": "tel"}),
            "street": forms.TextInput(OFF),
            "postal_code": forms.TextInput({**OFF, "inputmode": "numeric"}),
            "city": forms.TextInput(OFF),
            "note": forms.Textarea({"rows": 4}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A company without a named person is a contact too.
        self.fields["last_name"].required = False
        there = self.data if f"{_WAYS}-TOTAL_FORMS" in self.data else None
        self.ways = WayForms(there, prefix=_WAYS, initial=[_typed(way) for way in self.instance.further])

    def is_valid(self) -> bool:
        """Whether both the contact and its further numbers can be kept."""
        return super().is_valid() and (not self.ways.is_bound or self.ways.is_valid())

    def save(self, commit: bool = True) -> Contact:
        """See Django's; a form without its rows of numbers leaves them as they are."""
        if self.ways.is_bound:
            given = [row.cleaned_data for row in self.ways if row.cleaned_data.get("value")]
            self.instance.ways = [way.stored for way in together(_way(row) for row in given)]
        return super().save(commit)

    def groups(self) -> list[tuple[Promise, list[forms.BoundField]]]:
        """The fields as they stand together on the page."""
        return [(title, [self[name] for name in names]) for title, names in self.GROUPS]

    def clean(self) -> dict[str, Any]:
        """Ask for a name or a company."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("last_name") and not cleaned.get("company"):
            self.add_error("last_name", ValidationError(_("Bitte geben Sie einen Nachnamen oder eine Firma an.")))
        return cleaned

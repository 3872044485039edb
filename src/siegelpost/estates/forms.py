"""Forms for a property that is typed in, in groups as people think of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from siegelpost.estates.commission import read_rate
from siegelpost.estates.commission_words import Decision, Sources, decide, is_free, names_amount, vat
from siegelpost.estates.countries import COUNTRIES, NUMERIC_POSTCODES
from siegelpost.estates.figures import number
from siegelpost.estates.form_fields import FIELDSETS, Fieldset, asked_for
from siegelpost.estates.kinds import CommissionVat, Condition, Feature, Kind, Marketing
from siegelpost.estates.models import Estate
from siegelpost.toolbox.folding import fold
from siegelpost.toolbox.language import active_language

LONG_TEXTS = next(one.fields for one in FIELDSETS if one.key == "texts")
LONGEST_TEXT = 20_000
NOTHING = _("keine Angabe")
# Whole numbers that are typed with the keyboard for figures; the arrows of a number field change them by accident.
_FIGURES = ("floors", "construction_year", "energy_construction_year")


class PeopleDecimalField(forms.DecimalField):
    """A number as people write it: 349.000,50 in German, 349,000.50 in English, shown the same way."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Any:
        """The number, with this language's marks for thousands and decimals."""
        if isinstance(value, str):
            value = value.strip().removesuffix("€").strip()
            thousands, point = (".", ",") if active_language() == "de" else (",", ".")
            if re.fullmatch(rf"-?\d{{1,3}}(\{thousands}\d{{3}})+(\{point}\d*)?", value):
                value = value.replace(thousands, "")
            value = value.replace(point, ".")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """The number with grouped thousands; what was typed wrongly stays as it was typed."""
        return number(value, self.decimal_places or 0) if isinstance(value, Decimal) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """The keyboard for numbers on phones."""
        return {"inputmode": "decimal"}


def _decimals() -> Iterator[str]:
    # Degrees are copied from maps, always with a point, and have more than three places behind it.
    for fieldset in FIELDSETS:
        for name in fieldset.fields:
            if isinstance(Estate._meta.get_field(name), models.DecimalField) and fieldset.key != "place":
                yield name


class EstateForm(forms.ModelForm[Estate]):
    """The whole property; :meth:`groups` gives its fields in their groups.

    The commission rates, which the check of §§ 656c, 656d BGB needs, are read from the texts.
    """

    condition = forms.ChoiceField(label=_("Zustand"), choices=[("", NOTHING), *Condition.choices], required=False)
    country = forms.ChoiceField(label=_("Land"))
    buyer_commission_due = forms.TypedChoiceField(
        label=_("Zahlt der Käufer oder Mieter eine Provision?"),
        choices=[("", _("noch nicht entschieden")), ("yes", _("ja")), ("no", _("nein, provisionsfrei"))],
        required=False,
        coerce=lambda value: value == "yes",
        empty_value=None,
    )
    features = forms.MultipleChoiceField(
        label=_("Ausstattungsmerkmale"),
        choices=Feature.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "choices"}),
    )

    class Meta:
        model = Estate
        fields = tuple(name for fieldset in FIELDSETS for name in fieldset.fields)
        field_classes: ClassVar = dict.fromkeys(_decimals(), PeopleDecimalField)
        widgets: ClassVar = {
            **{name: forms.Textarea(attrs={"rows": 6, "maxlength": LONGEST_TEXT}) for name in LONG_TEXTS},
            "commission_note": forms.Textarea(attrs={"rows": 3}),
            "contact_email": forms.EmailInput(),
            "contact_phone": forms.TextInput(attrs={"type": "tel"}),
            **{name: forms.TextInput(attrs={"inputmode": "numeric"}) for name in _FIGURES},
            "owner_order_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "energy_issued_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "energy_valid_until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        error_messages: ClassVar = {"title": {"required": _("Bitte geben Sie dem Objekt einen Titel.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        one = self.instance
        decided = one.pk and not one.commission_open
        self.initial["buyer_commission_due"] = ("yes" if one.buyer_commission_due else "no") if decided else ""
        for name in ("buyer_commission_vat", "seller_commission_vat"):
            # What a file left contradictory is shown, and nothing that anybody would choose.
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField) and getattr(one, name) != CommissionVat.UNCLEAR:
                field.choices = [choice for choice in CommissionVat.choices if choice[0] != CommissionVat.UNCLEAR]
        for name in LONG_TEXTS:
            self.fields[name].validators.append(MaxLengthValidator(LONGEST_TEXT))
        for name in ("kind", "marketing"):
            self.fields[name].widget.attrs |= {"hx-post": "", "hx-target": "#fields", "hx-include": "closest form"}
        self._name_countries()
        self._name_nothing()
        self._arrange()

    def _name_countries(self) -> None:
        country = self.fields["country"]
        assert isinstance(country, forms.ChoiceField)  # noqa: S101 - as declared above
        here = self.instance.country
        known = sorted(((code, str(name)) for code, name in COUNTRIES.items()), key=lambda one: fold(one[1]))
        country.choices = known if here in COUNTRIES else [(here, here), *known]
        if here in NUMERIC_POSTCODES:
            self.fields["postal_code"].widget.attrs["inputmode"] = "numeric"

    def _name_nothing(self) -> None:
        """One word wherever nothing is said: Django has three."""
        for name, field in self.fields.items():
            if isinstance(field, forms.NullBooleanField):
                field.widget.choices = [("unknown", NOTHING), ("true", _("ja")), ("false", _("nein"))]
            elif isinstance(field, forms.ChoiceField) and not field.required and name not in _ASKED_OR_MANY:
                given: Any = field.choices
                field.choices = [("", NOTHING), *(choice for choice in given if choice[0] != "")]

    def _arrange(self) -> None:
        """Leave out what this kind of property does not have, unless it holds a value or somebody typed one."""
        self.asked = asked_for(self._said("kind", Kind.FLAT), self._said("marketing", Marketing.PURCHASE))
        for name in list(self.fields):
            if name not in self.asked and not self._holds(name):
                del self.fields[name]

    def _said(self, name: str, usual: str) -> str:
        typed = self.data.get(self.add_prefix(name)) if self.is_bound else getattr(self.instance, name)
        return str(typed or usual)

    def _holds(self, name: str) -> bool:
        kept = getattr(self.instance, name)
        is_no = kept is False and not Estate._meta.get_field(name).null  # of two answers, the one nobody gave
        said = name not in _USUAL and kept not in (None, "") and kept != [] and not is_no
        return name in _RARE or said or bool(self.is_bound and self.data.get(self.add_prefix(name)))

    def unjudged(self) -> EstateForm:
        """The same with what was typed and nothing found wrong: another kind was chosen, and nobody has saved yet."""
        self._errors = ErrorDict()
        return self

    def groups(self) -> Iterator[tuple[Fieldset, list[forms.BoundField]]]:
        """Each group with the fields that this kind of property has, for templates."""
        for fieldset in FIELDSETS:
            names = [name for name in fieldset.fields if name in self.asked and name in self.fields]
            if names:
                yield fieldset, [self[name] for name in names]

    def others(self) -> list[forms.BoundField]:
        """What stands folded at the end: seldom needed, or of another kind of property and yet filled in."""
        return [self[name] for name in self.fields if name not in self.asked]

    def clean_external_no(self) -> str:
        """The number, which only this property of its provider may have."""
        external_no: str = self.cleaned_data["external_no"]
        taken = Estate.objects.filter(provider=self.instance.provider, external_no=external_no)
        if external_no and taken.exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Diese Objektnummer ist schon vergeben."))
        return external_no

    def clean_currency(self) -> str:
        """Three letters, in capitals."""
        return _letters(self.cleaned_data["currency"], _("Bitte drei Buchstaben angeben, zum Beispiel EUR."))

    def clean(self) -> dict[str, Any]:
        """What belongs together is given together."""
        cleaned = super().clean() or self.cleaned_data
        if (cleaned.get("latitude") is None) != (cleaned.get("longitude") is None):
            self.add_error("longitude", _("Bitte geben Sie Breiten- und Längengrad an oder keinen von beiden."))
        self._decide(cleaned)
        issued, until = cleaned.get("energy_issued_on"), cleaned.get("energy_valid_until")
        if issued and until and until < issued:
            self.add_error("energy_valid_until", _("Der Ausweis kann nicht vor seiner Ausstellung ablaufen."))
        return cleaned

    def _decide(self, cleaned: dict[str, Any]) -> None:
        """Whether a commission is due: what the agent says holds, and an empty answer is no "no"."""
        due, text = cleaned.get("buyer_commission_due"), cleaned.get("buyer_commission", "").strip()
        if due and (not text or is_free(text)):
            self.add_error(
                "buyer_commission",
                _("Bitte geben Sie an, wie hoch die Provision ist, zum Beispiel „3,57 % inkl. MwSt.“."),
            )
        if due is False and names_amount(text):
            self.add_error("buyer_commission", _("Hier steht eine Provision, obwohl keine zu zahlen ist."))
        for side in ("buyer", "seller"):
            chosen, said = cleaned.get(f"{side}_commission_vat"), vat(cleaned.get(f"{side}_commission", ""))
            if chosen and said and chosen not in {said, CommissionVat.UNCLEAR}:
                self.add_error(f"{side}_commission_vat", _("Der Text der Provision sagt es anders."))
        decision = (
            Decision(due) if due is not None else decide(Sources(None, (text,), cleaned.get("commission_note", "")))
        )
        cleaned["buyer_commission_due"] = decision.due
        self.instance.commission_open = str(decision.open)

    def save(self, commit: bool = True) -> Estate:
        """Store it with the rates that the commission texts name."""
        one = self.instance
        one.buyer_commission_rate = read_rate(one.buyer_commission, one.buyer_commission_vat, purchase=one.is_purchase)
        one.seller_commission_rate = read_rate(
            one.seller_commission, one.seller_commission_vat, purchase=one.is_purchase
        )
        return super().save(commit)


# Holds a value in every property, and says nothing.
_USUAL = frozenset({"usage"})
# Folded, and always there: a warning about a flat that is used as an office leads to the last two.
_RARE = frozenset({"latitude", "longitude", "currency", "energy_value_heat", "energy_value_electricity"})
_ASKED_OR_MANY = frozenset({"buyer_commission_due", "features"})


def _letters(text: str, message: StrPromise) -> str:
    text = text.strip().upper()
    if len(text) != 3 or not (text.isascii() and text.isalpha()):
        raise ValidationError(message)
    return text

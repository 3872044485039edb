"""Forms for a property that is typed in, in groups as people think of it, and for its pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from siegelpost.estates.commission import read_rate
from siegelpost.estates.commission_words import Decision, Sources, decide, is_free, names_amount, vat
from siegelpost.estates.figures import number
from siegelpost.estates.kinds import CommissionVat, Condition, Feature
from siegelpost.estates.models import Estate, Media
from siegelpost.toolbox.language import active_language


@dataclass(frozen=True, slots=True)
class Fieldset:
    """A group of fields under one heading."""

    key: str
    title: Promise
    fields: tuple[str, ...]


FIELDSETS = (
    Fieldset(
        "basics",
        _("Grunddaten"),
        (
            "title", "external_no", "kind", "kind_detail", "marketing", "usage", "status", "available_from",
            "contact_name", "contact_phone", "contact_email",
        ),
    ),
    Fieldset(
        "place",
        _("Lage"),
        (
            "street", "house_no", "postal_code", "city", "district", "region", "country", "floor", "floors",
            "address_released", "latitude", "longitude",
        ),
    ),
    Fieldset(
        "prices",
        _("Preise & Provision"),
        (
            "price", "price_on_request", "rent_cold", "ancillary_costs", "heating_costs", "heating_included",
            "rent_warm", "service_charge", "deposit", "plus_vat", "currency", "buyer_commission_due",
            "buyer_commission", "buyer_commission_vat", "seller_commission", "seller_commission_vat",
            "commission_by_deed", "owner_order_on", "commission_shared", "commission_note",
        ),
    ),
    Fieldset(
        "areas",
        _("Flächen"),
        (
            "living_area", "usable_area", "plot_area", "total_area", "office_area", "retail_area",
            "storage_area", "rooms", "bedrooms", "bathrooms", "parking_spaces", "construction_year",
            "modernised", "condition", "features",
        ),
    ),
    Fieldset(
        "energy",
        _("Energie"),
        (
            "energy_certificate", "energy_building_use", "energy_value", "energy_value_heat",
            "energy_value_electricity", "energy_hot_water", "energy_carrier", "energy_class",
            "energy_construction_year", "energy_issued_on", "energy_valid_until",
        ),
    ),
    Fieldset(
        "texts",
        _("Texte"),
        ("teaser", "description", "equipment_text", "location_text", "other_text"),
    ),
)  # fmt: skip

LONG_TEXTS = FIELDSETS[-1].fields
LONGEST_TEXT = 20_000


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

    condition = forms.ChoiceField(label=_("Zustand"), choices=[("", "–"), *Condition.choices], required=False)
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
                field.choices = [
                    ("", "–"),
                    *(choice for choice in CommissionVat.choices if choice[0] != CommissionVat.UNCLEAR),
                ]
        for name in LONG_TEXTS:
            self.fields[name].validators.append(MaxLengthValidator(LONGEST_TEXT))

    def groups(self) -> Iterator[tuple[Fieldset, list[forms.BoundField]]]:
        """Each group with its fields, for templates."""
        for fieldset in FIELDSETS:
            yield fieldset, [self[name] for name in fieldset.fields]

    def clean_external_no(self) -> str:
        """The number, which only this property of its provider may have."""
        external_no: str = self.cleaned_data["external_no"]
        taken = Estate.objects.filter(provider=self.instance.provider, external_no=external_no)
        if external_no and taken.exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Diese Objektnummer ist schon vergeben."))
        return external_no

    def clean_country(self) -> str:
        """Three letters, in capitals."""
        return _letters(self.cleaned_data["country"], _("Bitte drei Buchstaben angeben, zum Beispiel DEU."))

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
        decision = Decision(due) if due is not None else decide(Sources(None, (text,), cleaned["commission_note"]))
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


def _letters(text: str, message: StrPromise) -> str:
    text = text.strip().upper()
    if len(text) != 3 or not (text.isascii() and text.isalpha()):
        raise ValidationError(message)
    return text


class MediaForm(forms.ModelForm[Media]):
    """Title and group of a picture or document."""

    class Meta:
        model = Media
        fields = ("title", "group")

"""The forms of an activity and an appointment."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from siegelpost.contacts.diary_models import Activity, Appointment, Reminder

_MOMENT = "%Y-%m-%dT%H:%M"
LENGTHS = (15, 30, 45, 60, 90, 120, 180, 240)
OFF = {"autocomplete": "off"}


class _About(forms.ModelForm):  # type: ignore[type-arg]  # of either model below
    """What both have: with whom, and about what, of the few that are likely."""

    def __init__(self, *args: Any, contacts: Iterable[Any] = (), estates: Iterable[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, likely in (("contact", contacts), ("estate", estates)):
            chosen = self.fields[name]
            assert isinstance(chosen, forms.ModelChoiceField)  # noqa: S101 - both are foreign keys
            keys = {one.pk for one in likely} | ({key} if (key := getattr(self.instance, f"{name}_id")) else set())
            queryset = chosen.queryset
            assert queryset is not None  # noqa: S101 - of a model form
            chosen.queryset = queryset.filter(pk__in=keys)
            chosen.empty_label = _("keins") if name == "estate" else _("niemand")
            if not keys:
                del self.fields[name]


class ActivityForm(_About):
    """What was done, when, and when to come back to it."""

    class Meta:
        model = Activity
        fields: ClassVar[list[str]] = ["kind", "text", "at", "contact", "estate", "follow_up_on"]
        labels: ClassVar[dict[str, Any]] = {
            "contact": gettext_lazy("Kontakt"),
            "estate": gettext_lazy("Objekt"),
        }
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "text": forms.Textarea({"rows": 4, **OFF}),
            "at": forms.DateTimeInput({"type": "datetime-local"}, format=_MOMENT),
            "follow_up_on": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        }


class AppointmentForm(_About):
    """When, how long, where, with whom; and whether they get a mail with it."""

    length = forms.TypedChoiceField(label=gettext_lazy("Dauer"), coerce=int)
    invite = forms.BooleanField(label=gettext_lazy("Einladung per E-Mail senden"), required=False)

    class Meta:
        model = Appointment
        fields: ClassVar[list[str]] = ["title", "starts_at", "place", "contact", "estate", "reminder", "note"]
        labels: ClassVar[dict[str, Any]] = {
            "title": gettext_lazy("Was"),
            "contact": gettext_lazy("Kontakt"),
            "estate": gettext_lazy("Objekt"),
        }
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "title": forms.TextInput(OFF),
            "place": forms.TextInput(OFF),
            "starts_at": forms.DateTimeInput({"type": "datetime-local"}, format=_MOMENT),
            "note": forms.Textarea({"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["title", "starts_at", "length", "place", "contact", "estate", "reminder", "note"])
        minutes = self.instance.minutes if self.instance.starts_at and self.instance.ends_at else 45
        length = self.fields["length"]
        assert isinstance(length, forms.TypedChoiceField)  # noqa: S101 - see above
        length.choices = [(n, _("%(n)d Minuten") % {"n": n}) for n in sorted({*LENGTHS, minutes})]
        self.initial.setdefault("length", minutes)
        reminder = self.fields["reminder"]
        assert isinstance(reminder, forms.TypedChoiceField)  # noqa: S101 - it has choices
        reminder.choices = [("", _("keine")), *Reminder.choices]
        if self.instance.invited_email:
            del self.fields["invite"]

    def clean(self) -> dict[str, Any]:
        """Work out the end; ask for an address where somebody is to be invited."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("starts_at") and cleaned.get("length"):
            self.instance.ends_at = cleaned["starts_at"] + timedelta(minutes=cleaned["length"])
        if cleaned.get("invite") and not getattr(cleaned.get("contact"), "email", ""):
            self.add_error("invite", _("Dafür braucht der Termin einen Kontakt mit E-Mail-Adresse."))
        return cleaned

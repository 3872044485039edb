"""The forms of an activity and an appointment."""

from collections.abc import Iterable
from datetime import UTC, timedelta
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from siegelpost.contacts.conversations import Caller
from siegelpost.contacts.diary_models import Activity, Appointment, Reminder
from siegelpost.contacts.models import Contact
from siegelpost.toolbox.addresses import AddressField
from siegelpost.toolbox.lines import line
from siegelpost.toolbox.moment_fields import MomentField

_MOMENT = "%Y-%m-%dT%H:%M"
LENGTHS = (15, 30, 45, 60, 90, 120, 180, 240)
OFF = {"autocomplete": "off"}


class _About(forms.ModelForm):  # type: ignore[type-arg]  # of either model below
    """What both have: with whom, and about what, of the few that are likely."""

    def __init__(self, *args: Any, contacts: Iterable[Any] = (), estates: Iterable[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, likely in (("contact", contacts), ("estate", estates)):
            if name not in self.fields:
                continue
            chosen = self.fields[name]
            assert isinstance(chosen, forms.ModelChoiceField)  # noqa: S101 - both are foreign keys
            keys = {one.pk for one in likely} | ({key} if (key := getattr(self.instance, f"{name}_id")) else set())
            queryset = chosen.queryset
            assert queryset is not None  # noqa: S101 - Django gives one to every foreign key of a model form
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
            "text": gettext_lazy("Notiz"),
            "contact": gettext_lazy("Kontakt"),
            "estate": gettext_lazy("Objekt"),
        }
        field_classes: ClassVar[dict[str, type[forms.Field]]] = {"at": MomentField}
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "text": forms.Textarea({"rows": 4, **OFF}),
            "at": forms.DateTimeInput({"type": "datetime-local"}, format=_MOMENT),
            "follow_up_on": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        }


class ConversationForm(ActivityForm):
    """A conversation: with whom, what was said, about which property, and when to come back to it.

    Who it was with is a contact, or is asked for; ``known`` are those who may be the caller.
    """

    NEW = "new"
    name = forms.CharField(
        label=gettext_lazy("Mit wem"), max_length=200, widget=forms.TextInput({**OFF, "autocapitalize": "words"})
    )
    number = forms.CharField(
        label=gettext_lazy("Telefon"), max_length=50, required=False, widget=forms.TextInput({**OFF, "type": "tel"})
    )
    email = AddressField(label=gettext_lazy("E-Mail"), required=False)
    who = forms.ChoiceField(label=gettext_lazy("Wer war es?"), required=False, widget=forms.RadioSelect)

    class Meta(ActivityForm.Meta):
        fields: ClassVar[list[str]] = ["text", "estate", "follow_up_on", "kind", "at"]

    def __init__(self, *args: Any, known: Iterable[Contact] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["name", "number", "email", "who", "text", "estate", "follow_up_on", "kind", "at"])
        # They stand on the form by themselves, with what tells them apart.
        self.known = list(known)
        who = self.fields["who"]
        assert isinstance(who, forms.ChoiceField)  # noqa: S101 - it is declared so in this class
        who.choices = [(str(one.public_id), str(one)) for one in self.known] + [(self.NEW, _("jemand Neues"))]
        if self.instance.contact_id:
            for name in ("name", "number", "email", "who"):
                del self.fields[name]

    @property
    def caller(self) -> Caller:
        """Who it was with, as it was typed."""
        name, number, email = (line(str(self[of].value() or "")) for of in ("name", "number", "email"))
        return Caller(name, number, email)

    def clean(self) -> dict[str, Any]:
        """Ask who it was where more than one is possible."""
        cleaned: dict[str, Any] = super().clean() or {}
        if "who" in self.fields and self.known and not cleaned.get("who"):
            self.add_error("who", _("So heißt oder so erreichbar ist schon jemand. Wer war es?"))
        return cleaned

    @property
    def chosen(self) -> Contact | None:
        """The contact that was chosen among those known; None for somebody new."""
        return next((one for one in self.known if str(one.public_id) == self.cleaned_data.get("who")), None)


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
        field_classes: ClassVar[dict[str, type[forms.Field]]] = {"starts_at": MomentField}
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
        assert isinstance(length, forms.TypedChoiceField)  # noqa: S101 - it is declared so in this class
        length.choices = [(n, _("%(n)d Minuten") % {"n": n}) for n in sorted({*LENGTHS, minutes})]
        self.initial.setdefault("length", minutes)
        reminder = self.fields["reminder"]
        assert isinstance(reminder, forms.TypedChoiceField)  # noqa: S101 - it has choices
        reminder.choices = [("", _("keine")), *Reminder.choices]
        if self.instance.invited_email:
            del self.fields["invite"]
        if self.instance.pk and (self.instance.places or self.instance.coming):
            # Who comes is chosen on its page, one by one.
            for name in {"contact", "invite"} & self.fields.keys():
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Work out the end; ask for an address where somebody is to be invited.

        A new one takes place at its property unless another place is given.
        """
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("starts_at") and cleaned.get("length"):
            # By the clock on the wall it would last an hour more, or less, where the clocks are changed meanwhile.
            self.instance.ends_at = cleaned["starts_at"].astimezone(UTC) + timedelta(minutes=cleaned["length"])
        if not self.instance.pk and (estate := cleaned.get("estate")) and not cleaned.get("place"):
            cleaned["place"] = estate.address
        if cleaned.get("invite") and not getattr(cleaned.get("contact"), "email", ""):
            self.add_error("invite", _("Dafür braucht der Termin einen Kontakt mit E-Mail-Adresse."))
        return cleaned

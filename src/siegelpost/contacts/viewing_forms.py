"""The form by which viewing times are offered."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from siegelpost.contacts.diary_forms import LENGTHS, OFF
from siegelpost.contacts.viewing_times import LEAD, MOST_OFFERED, split
from siegelpost.toolbox.line_fields import LineField
from siegelpost.toolbox.moment_fields import by_the_clock

GAPS = (0, 5, 10, 15, 30)
MOST_PLACES = 50


class ViewingTimesForm(forms.Form):
    """On which day, from when to when, how long each, with what between them, and for how many at once.

    Valid, it has the times in ``cleaned_data["times"]``.
    """

    day = forms.DateField(label=gettext_lazy("Tag"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    begin = forms.TimeField(
        label=gettext_lazy("Von"), initial=time(10), widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    end = forms.TimeField(
        label=gettext_lazy("Bis"), initial=time(12), widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    length = forms.TypedChoiceField(label=gettext_lazy("Dauer je Besichtigung"), coerce=int, initial=30)
    gap = forms.TypedChoiceField(label=gettext_lazy("Pause dazwischen"), coerce=int, initial=0)
    places = forms.IntegerField(
        label=gettext_lazy("Interessenten je Termin"),
        min_value=1,
        max_value=MOST_PLACES,
        initial=1,
        help_text=gettext_lazy("Mehr als einer: Sammelbesichtigung. Keiner erfährt, wer sonst kommt."),
    )
    place = LineField(
        label=gettext_lazy("Treffpunkt"),
        max_length=300,
        required=False,
        widget=forms.TextInput(OFF),
        help_text=gettext_lazy("Den erfährt, wer gebucht hat."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        minutes = [(n, _("%(n)d Minuten") % {"n": n}) for n in LENGTHS]
        gaps = [(n, _("%(n)d Minuten") % {"n": n} if n else _("keine")) for n in GAPS]
        for name, choices in (("length", minutes), ("gap", gaps)):
            chosen = self.fields[name]
            assert isinstance(chosen, forms.TypedChoiceField)  # noqa: S101 - both are declared so in this class
            chosen.choices = choices
        self.initial.setdefault("day", timezone.localdate() + timedelta(days=2))

    def clean(self) -> dict[str, Any]:
        """Work out the times."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        ends = {}
        for name in ("begin", "end"):
            try:
                ends[name] = by_the_clock(datetime.combine(cleaned["day"], cleaned[name])).astimezone(UTC)
            except ValidationError as error:
                self.add_error(name, error)
        if self.errors:
            return cleaned
        times = split(
            ends["begin"], ends["end"], timedelta(minutes=cleaned["length"]), timedelta(minutes=cleaned["gap"])
        )
        cleaned["times"] = list(times)
        self._refuse(ends["begin"], len(cleaned["times"]))
        return cleaned

    def _refuse(self, begin: datetime, count: int) -> None:
        if not count:
            self.add_error("end", _("In diese Zeit passt keine Besichtigung von dieser Dauer."))
        elif count > MOST_OFFERED:
            words = _("Das sind %(n)d Termine auf einmal; es gehen höchstens %(most)d.")
            self.add_error("end", words % {"n": count, "most": MOST_OFFERED})
        elif begin < timezone.now() + LEAD:
            hours = round(LEAD.total_seconds() / 3600)
            self.add_error(
                "day", _("Gebucht wird bis %(n)d Stunden vorher. Wählen Sie einen späteren Beginn.") % {"n": hours}
            )

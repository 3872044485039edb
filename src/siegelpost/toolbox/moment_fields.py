"""Moments as people type them: by the clock of the office, which leaves an hour out once a year and shows one twice."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

YEARS = range(1900, 3000)


class MomentField(forms.DateTimeField):
    """A moment in a form; one that the clock does not show, or shows twice, is refused in words."""

    def to_python(self, value: Any) -> datetime | None:
        """As Django's own, but for the words."""
        try:
            moment = super().to_python(value)
        except ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
            moment = by_the_clock((error.params or {})["datetime"])
        if moment and moment.year not in YEARS:
            # Of the first and the last there is no moment in every zone, nor one an hour later.
            raise ValidationError(_("Das Jahr %(year)d ist wohl vertippt.") % {"year": moment.year}, code="year")
        return moment


def by_the_clock(typed: datetime) -> datetime:
    """The moment at which the office's clock shows this.

    Raises:
        django.core.exceptions.ValidationError: never, or twice.
    """
    zone = timezone.get_current_timezone()
    first, second = (typed.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    shown = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == typed
    if shown:
        words = _("%(hour)s gibt es am %(day)s zweimal, weil die Uhr zurückgestellt wird. Wählen Sie eine andere Zeit.")
    else:
        words = _("%(hour)s gibt es am %(day)s nicht, weil die Uhr vorgestellt wird. Wählen Sie eine andere Zeit.")
    raise ValidationError(
        words % {"hour": date_format(typed, _("H:i \\U\\h\\r")), "day": date_format(typed, "DATE_FORMAT")},
        code="ambiguous_timezone",
    )

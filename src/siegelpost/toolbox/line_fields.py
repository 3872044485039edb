"""Fields of one line, in forms and in tables: whichever way words get there, :func:`~siegelpost.toolbox.lines.line`
cleans them.
"""

from typing import Any

from django import forms
from django.db import models

from siegelpost.toolbox.lines import line


class LineField(forms.CharField):
    """One line in a form; where it is required, something has to be seen."""

    def to_python(self, value: Any) -> str:
        """As :func:`line`."""
        return line(super().to_python(value) or "")


class LineModelField(models.CharField[str, str]):
    """One line in a table: whichever way it gets there, it is cleaned before it is kept."""

    def deconstruct(self) -> Any:
        """For migrations a column like any other."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def to_python(self, value: Any) -> Any:
        """As :func:`line`."""
        return _cleaned(super().to_python(value))

    def get_prep_value(self, value: Any) -> Any:
        """As :func:`line`."""
        return _cleaned(super().get_prep_value(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Also the object that is being kept says afterwards what is kept."""
        value = _cleaned(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value

    def formfield(self, **kwargs: Any) -> Any:
        """One line in a form, too."""
        return super().formfield(**{"form_class": LineField, **kwargs})


def _cleaned(value: Any) -> Any:
    return line(value) if isinstance(value, str) else value

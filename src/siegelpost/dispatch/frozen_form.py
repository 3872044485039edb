"""The number of the form in which pages and contents are frozen, and refusing to read one of a later version.

It is the value ``v`` of what is frozen, under its SHA-256 like all the rest; what has none is of form 1. Keys that may
be missing are added without another number: that is for what an earlier version would show wrongly. Whoever raises it
adds a migration, so that earlier versions refuse the database at their start, and teaches the readers both forms.
"""

from typing import Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute

FORM = 1


class NewerFormError(Exception):
    """What was frozen has a form that this version does not know: it would be shown wrongly, and so is not shown."""


def known(frozen: Any) -> Any:
    """What was frozen, as it is.

    Raises:
        NewerFormError: a newer version has frozen it.
    """
    if isinstance(frozen, dict) and frozen.get("v", FORM) not in range(1, FORM + 1):
        raise NewerFormError(f"form {frozen['v']!r}, not {FORM}")
    return frozen


class _Frozen(DeferredAttribute):
    """Nobody reads a page without its form being looked at; a list that shows none of it is shown all the same."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        return known(super().__get__(instance, cls)) if instance is not None else self

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class FrozenField(models.JSONField):
    """What a recipient is shown; to the database no other than Django's field."""

    descriptor_class = _Frozen

    def deconstruct(self) -> Any:
        """As Django's, so that migrations need not change."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

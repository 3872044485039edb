"""Counters behind the rate limits, in the database so that they hold across processes and machines."""

from typing import ClassVar

from django.db import models


class Count(models.Model):
    """How often something happened within one window of time."""

    key = models.CharField(max_length=64)
    ends_at = models.BigIntegerField(db_index=True)  # seconds since 1970: the window's end
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["key", "ends_at"], name="one_count_per_window")]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.ends_at}: {self.count}"

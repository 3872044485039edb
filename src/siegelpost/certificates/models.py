"""The link by which an installation partner sees to the certificate, and what administrators were told."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from siegelpost.office.models import Agent


class HandOver(models.Model):
    """A link for somebody outside: the certificate's matters and nothing else, for some days. Only its hash is kept."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    token_hash = models.BinaryField(max_length=32, unique=True)
    partner = models.CharField(_("Für wen"), max_length=200)
    given_by = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.partner} · {self.expires_at:%Y-%m-%d %H:%M}"

    @property
    def open(self) -> bool:
        """Whether it still lets somebody in."""
        return self.revoked_at is None and self.expires_at > timezone.now()


class Alarm(models.Model):
    """On this day (UTC) administrators were told that visitors' browsers refused the certificate."""

    day = models.DateField(primary_key=True)
    visitors = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.day} · {self.visitors}"


class Ending(models.Model):
    """Administrators were told that this certificate of the store ends; ``level`` says how near its end was."""

    certificate = models.CharField(max_length=64)
    level = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["certificate", "level"], name="an_ending_is_told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.certificate} · {self.level}"

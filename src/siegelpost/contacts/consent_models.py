"""Consent to further offers by mail; what happens to it is in :mod:`.consents`."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from siegelpost.office.models import Language


class Consent(models.Model):
    """One consent, word for word, from the box that was ticked to the day it was taken back."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    contact = models.ForeignKey("contacts.Contact", on_delete=models.CASCADE, related_name="consents")
    text = models.TextField()
    language = models.CharField(max_length=2, choices=Language)
    email = models.EmailField()
    token_hash = models.BinaryField(max_length=32, unique=True)
    asked_at = models.DateTimeField(default=timezone.now)
    given_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.contact} · {self.asked_at:%Y-%m-%d}"

    @property
    def holds(self) -> bool:
        """Whether offers may be sent by it."""
        return self.given_at is not None and self.withdrawn_at is None

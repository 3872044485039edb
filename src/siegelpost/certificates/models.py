"""A partner's link to the certificate's matters, what administrators were told, and how dynamic DNS stands."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from siegelpost.office.models import Agent
from siegelpost.toolbox.line_fields import LineModelField


class HandOver(models.Model):
    """A link for somebody outside: the certificate's matters and nothing else, for some days. Only its hash is kept."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    token_hash = models.BinaryField(max_length=32, unique=True)
    partner = LineModelField(_("Für wen"), max_length=200)
    given_by = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    # Of the secret that lies on the device which came by it first: it lets no other one in.
    device_hash = models.BinaryField(max_length=32, null=True)

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


class WatchedHost(models.Model):
    """A further server of the office that is looked at once a day, and what the last look came to.

    ``begins`` and ``ends`` are those of the certificate that was seen last; ``remarks`` are pairs (German, English);
    ``told`` is what administrators were told last, nothing where all is well.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    service = models.CharField(max_length=20)
    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField()
    added_at = models.DateTimeField(default=timezone.now)
    looked_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, blank=True)
    remarks = models.JSONField(default=list)
    begins = models.DateTimeField(null=True)
    ends = models.DateTimeField(null=True)
    unseen_since = models.DateTimeField(null=True)
    told = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering: ClassVar = ["host", "port", "service"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["service", "host", "port"], name="a_host_is_watched_once"),
        ]

    def __str__(self) -> str:
        return f"{self.service} · {self.host}:{self.port}"


class Ending(models.Model):
    """Administrators were told that this certificate of the store ends; ``level`` says how near its end was.

    ``REVOKED`` stands for one that its authority took back; ``RECORD`` for a record in the DNS that is no longer in
    order, where ``certificate`` names that record and since when.
    """

    REVOKED: ClassVar = 100
    RECORD: ClassVar = 101

    certificate = models.CharField(max_length=64)
    level = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["certificate", "level"], name="an_ending_is_told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.certificate} · {self.level}"


class RevocationLook(models.Model):
    """What the authorities' lists last said of a certificate of the store and of those above it.

    ``said`` are pairs (German, English); ``unknown_since`` is when the answer was first left open, None where it is
    not.
    """

    certificate = models.CharField(max_length=64, primary_key=True)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10)
    said = models.JSONField(default=list)
    unknown_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.certificate} · {self.state}"


class DynamicDns(models.Model):
    """Which name is kept leading to this line, and where; one row. The login lies sealed by the key of the fields."""

    name = LineModelField(max_length=253)
    service = models.CharField(max_length=20)
    options_sealed = models.TextField()
    # Where each address comes from; empty leaves the record alone.
    a_from = models.CharField(max_length=20, blank=True)
    aaaa_from = models.CharField(max_length=20, blank=True)
    on = models.BooleanField(default=False)
    # Also which settings a look began with: what it found of others is forgotten.
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} · {self.service}"


class DynamicRecord(models.Model):
    """How it stands with one record (A or AAAA); the next look is due at ``next_at``."""

    kind = models.CharField(max_length=4, primary_key=True)
    # What was written last, or found to stand already; when a service said that it was done; whether all name servers
    # have been seen to give it.
    address = models.GenericIPAddressField(null=True)
    written_at = models.DateTimeField(null=True)
    arrived = models.BooleanField(default=False)
    looked_at = models.DateTimeField(null=True)
    # The addresses that the name servers agreed on then; null where they did not, empty where there was no record.
    standing = models.JSONField(null=True)
    fault = models.CharField(max_length=20, blank=True)
    detail = LineModelField(max_length=200, blank=True)
    failing_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    told = models.CharField(max_length=20, blank=True)
    next_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} · {self.address or '–'} · {self.fault or 'ok'}"

"""Web Push: which devices are told, of what, and what waits to be told."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from siegelpost.office.models import Agent
from siegelpost.toolbox.line_fields import LineModelField


class PushKind(models.TextChoices):
    """What somebody can be told of; the words are those of the page where it is chosen."""

    OPENED = "opened", _("Ein Link wurde geöffnet")
    CONFIRMED = "confirmed", _("Jemand hat bestätigt oder angenommen")
    REFUSED = "refused", _("Jemand hat abgelehnt")
    WISH = "wish", _("Jemand möchte besichtigen, einen Rückruf oder Unterlagen")
    BOUNCED = "bounced", _("Eine Mail kam nicht an")
    WITHDRAWN = "withdrawn", _("Jemand hat widerrufen")
    HELD = "held", _("Eine Sendung wird gehalten")
    CERTIFICATE = "certificate", _("Das Zertifikat braucht Aufmerksamkeit")
    MAIL_ACCOUNT = "mail_account", _("Das Mailkonto braucht Aufmerksamkeit")
    FOLLOW_UP = "follow_up", _("Wiedervorlagen sind fällig")


def _all_kinds() -> list[str]:
    return list(PushKind.values)


class PushWishes(models.Model):
    """What one person wants to be told of."""

    agent = models.OneToOneField(Agent, on_delete=models.CASCADE, related_name="push_wishes")
    kinds = models.JSONField(default=_all_kinds)
    at_night = models.BooleanField(_("auch nachts, zwischen 22 und 7 Uhr"), default=False)
    # When the day's follow-ups are told of, in the office's time zone; whoever wants it at night chooses so.
    follow_up_hour = models.PositiveSmallIntegerField(default=8)
    follow_ups_told_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(follow_up_hour__lt=24), name="push_follow_up_hour_of_the_day")
        ]

    def __str__(self) -> str:
        return f"{self.agent}: {', '.join(self.kinds)}"


class PushDevice(models.Model):
    """A browser that asked to be told, by the address its maker's push service gave it."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="push_devices")
    endpoint = models.TextField()
    endpoint_sha256 = models.CharField(max_length=64, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=40)
    name = LineModelField(max_length=80)
    created_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["created_at"]

    def __str__(self) -> str:
        return self.name


class PushMessage(models.Model):
    """One message that waits for its device; it is gone once it was handed over, or cannot be."""

    device = models.ForeignKey(PushDevice, on_delete=models.CASCADE, related_name="messages")
    # JSON: title, body, url and tag, as the office's page for phones reads them.
    message = models.TextField()
    # The number of the attempt that comes next, from 1.
    attempt = models.PositiveSmallIntegerField(default=1)
    due_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.device}: {self.due_at}"


class PushPosition(models.Model):
    """How far the log was read for messages, and when the certificate was last told of; one row."""

    leaf_index = models.BigIntegerField()
    certificate_told_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.leaf_index)

"""How far a mailbox was read, how it stands, and which mails could not be fetched or read."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class MailboxPosition(models.Model):
    """How far a mailbox was searched for bounces; numbers are IMAP's UIDs (RFC 3501, 2.3.1.1)."""

    host = models.CharField(max_length=255)
    user = models.CharField(max_length=255)
    folder = models.CharField(max_length=255)
    # 0: the server does not tell.
    uid_validity = models.BigIntegerField()
    last_uid = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["host", "user", "folder"], name="one_position_per_mailbox")
        ]

    def __str__(self) -> str:
        return f"{self.user}@{self.host}/{self.folder}: {self.last_uid}"


class UnfetchedMail(models.Model):
    """A mail that could not be fetched or read, and is tried again while those behind it are read."""

    position = models.ForeignKey(MailboxPosition, on_delete=models.CASCADE, related_name="unfetched")
    uid = models.BigIntegerField()
    tries = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField(default=timezone.now)
    next_at = models.DateTimeField(default=timezone.now, db_index=True)
    # The server's own; empty where it was fetched, and the mistake is ours.
    words = models.TextField(blank=True, default="")
    # When it came in, as far as the server tells.
    arrived_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["position", "uid"], name="one_row_per_unfetched_mail")]

    def __str__(self) -> str:
        return f"{self.position}: {self.uid}"


class MailboxStanding(models.Model):
    """How it stands with the mailbox that is read; there is one."""

    # Which it is about: what is known of another does not count.
    mailbox = models.CharField(max_length=800)
    # To a few minutes: writing it down every half minute would wear the disk.
    read_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    # siegelpost.mail.incoming.imap_failures.MailboxCause
    cause = models.CharField(max_length=20, blank=True, default="")
    words = models.TextField(blank=True, default="")
    told_at = models.DateTimeField(null=True)
    # What the server wants people to read (RFC 3501, 7.1), and when it last said so.
    alert = models.TextField(blank=True, default="")
    alert_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(pk=1), name="one_mailbox_standing")]

    def __str__(self) -> str:
        return f"{self.mailbox}: {self.cause or 'ok'}"


class UnreadMail(models.Model):
    """A mail that cost too much to read, and names none of ours: all that is kept of it is that it came."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveIntegerField()
    came_at = models.DateTimeField(default=timezone.now)
    # By the port for incoming mail, which hands it back to its sender; else it lies in the mailbox.
    handed_back = models.BooleanField()
    looked_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-came_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.came_at}: {self.size}"

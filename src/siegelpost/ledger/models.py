"""The tables of the ledger.

Rows of the ledger itself are only ever added. Two columns change afterwards, each once: ``Event.leaf_index`` when the
sequencer gives the event its place in the tree, and ``Event.openings`` when personal values are erased.
"""

import uuid

from django.db import models
from django.db.models import Q


class Event(models.Model):
    """One event. Its order in the tree is ``leaf_index``; ``id`` is only the order of insertion."""

    id = models.BigAutoField(primary_key=True)
    subject = models.CharField(max_length=64)
    kind = models.CharField(max_length=64)
    at = models.DateTimeField()
    leaf = models.BinaryField()
    # Canonical JSON {name: [salt, value]} of the personal values. In the event's own row, so that an event is
    # one INSERT; null when there are none, or when they were erased.
    openings = models.TextField(null=True)  # noqa: DJ001 - null says "none", and there is no empty JSON text
    leaf_index = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "id"], name="ledger_event_subject"),
            # Holds the waiting events only: finding them costs the same however long the log is.
            models.Index(fields=["id"], condition=Q(leaf_index__isnull=True), name="ledger_event_waiting"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["leaf_index"], condition=Q(leaf_index__isnull=False), name="ledger_event_leaf_index"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} {self.at:%Y-%m-%dT%H:%M:%SZ}"


class Tile(models.Model):
    """Up to 256 consecutive hashes of complete subtrees, laid out as in C2SP tlog-tiles.

    At level 0 these are leaf hashes; at level ``l`` each is the root of a full tile at level ``l - 1``. The
    rightmost tile of a level grows until it is full; a full tile never changes.
    """

    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="ledger_tile_place")]

    def __str__(self) -> str:
        return f"tile {self.level}/{self.index}"


class Checkpoint(models.Model):
    """A signed statement of the tree's size and root.

    ``previous_size`` is unique: of two sequencers that extend the same tree at once, only one can.
    """

    size = models.BigIntegerField(unique=True)
    previous_size = models.BigIntegerField(unique=True)
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=models.F("previous_size")), name="ledger_checkpoint_grows"),
        ]

    def __str__(self) -> str:
        return f"checkpoint {self.size}"


class Timestamp(models.Model):
    """An RFC 3161 token of an outside authority over a checkpoint's note."""

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="timestamps")
    authority = models.CharField(max_length=200)
    at = models.DateTimeField()
    token = models.BinaryField()

    def __str__(self) -> str:
        return f"time stamp of {self.checkpoint_id} by {self.authority}"


class Installation(models.Model):
    """Which installation this database belongs to: one row, made at the first start.

    ``keys`` holds a fingerprint of each key in its data folder, by the key's name: with others nothing that is sealed
    here can be opened, and nothing that was proven continued.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    keys = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_installation")]

    def __str__(self) -> str:
        return str(self.public_id)

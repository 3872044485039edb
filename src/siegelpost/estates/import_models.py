"""Tables of the imports that were begun on a page, and of what each does with the properties."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from siegelpost.estates.kinds import ImportOutcome
from siegelpost.office.models import Agent
from siegelpost.toolbox.language import active_language
from siegelpost.toolbox.line_fields import LineModelField


class ImportState(models.TextChoices):
    """How far an import is."""

    READING = "reading", _("wird geprüft")
    READY = "ready", _("wartet auf Ihr Ja")
    APPLYING = "applying", _("wird importiert")
    DONE = "done", _("importiert")
    FAILED = "failed", _("nicht importiert")
    CANCELLED = "cancelled", _("verworfen")


# The file is still needed.
OPEN = (ImportState.READING, ImportState.READY, ImportState.APPLYING)
# The server is at it.
AT_WORK = (ImportState.READING, ImportState.APPLYING)


class Import(models.Model):
    """One OpenImmo file on its way from the upload to the properties.

    ``key`` names the file in :mod:`.imports.spool` and is empty once the file is gone; ``total`` is how many properties
    are in it, None while nobody knows; ``starts`` counts how often the present step was begun, a step that was cut off
    included. ``notes`` and ``problem`` hold texts by language.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agent = models.ForeignKey(Agent, on_delete=models.SET_NULL, null=True, related_name="+")
    confirmed_by = models.ForeignKey(Agent, on_delete=models.SET_NULL, null=True, related_name="+")
    name = LineModelField(max_length=255)
    key = models.CharField(max_length=60, blank=True, default="")
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.READING)
    total = models.PositiveIntegerField(null=True)
    full = models.BooleanField(default=False)
    sender = LineModelField(max_length=200, blank=True, default="")
    # When the file says it was made, whom it names for reports, and whose properties are in it.
    stamped_at = models.DateTimeField(null=True)
    techn_email = LineModelField(max_length=254, blank=True, default="")
    providers = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    problem = models.JSONField(default=dict)
    starts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(fields=("state", "id"), name="import_state"),
            models.Index(fields=("-created_at", "-id"), name="import_latest"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="import_state_known"),
            # There is nothing to bring in without the file.
            models.CheckConstraint(condition=~Q(state__in=OPEN) | ~Q(key=""), name="import_open_has_file"),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its page in the office."""
        return f"/estates/import/{self.public_id}/"

    @property
    def at_work(self) -> bool:
        """Whether the server reads it or brings it in, or is about to."""
        return self.state in AT_WORK

    @property
    def can_be_cancelled(self) -> bool:
        """Whether nothing was brought in yet, and something may be."""
        return self.state in {ImportState.READING, ImportState.READY}

    @property
    def can_be_tried_again(self) -> bool:
        """Whether it failed for a reason that may have gone, and the file is still there."""
        return self.state == ImportState.FAILED and bool(self.key)

    @property
    def words(self) -> str:
        """What went wrong, in the active language; "" when nothing did."""
        return str(_in_active(self.problem))

    @property
    def remarks(self) -> list[str]:
        """What is to be said of the whole file, in the active language."""
        return [_in_active(note) for note in self.notes]


class ImportLine(models.Model):
    """What becomes, or with ``applied`` what became, of one property. ``told`` holds what
    :meth:`.imports.results.Line.told` says, by language.
    """

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="lines")
    applied = models.BooleanField()
    place = models.PositiveIntegerField(null=True)
    outcome = models.CharField(max_length=10, choices=ImportOutcome)
    label = LineModelField(max_length=200)
    title = LineModelField(max_length=200, blank=True)
    estate_id = models.UUIDField(null=True)
    told = models.JSONField()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("of", "applied", "outcome", "id"), name="import_line_outcome"),)
        constraints = (models.UniqueConstraint(fields=("of", "applied", "place"), name="import_line_once"),)

    def __str__(self) -> str:
        return f"{self.label}: {self.outcome}"

    @property
    def in_words(self) -> dict[str, Any]:
        """``changes``, ``notes`` and ``reason`` in the active language."""
        found: dict[str, Any] = _in_active(self.told)
        return found


def _in_active(texts: dict[str, Any]) -> Any:
    return texts.get(active_language(), texts.get("de", ""))

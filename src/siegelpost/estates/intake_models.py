"""Tables of the intake: who may hand properties over, and what became of each transfer."""

import uuid
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from siegelpost.estates.import_models import Import
from siegelpost.estates.kinds import ImportOutcome
from siegelpost.toolbox.language import active_language
from siegelpost.toolbox.line_fields import LineModelField


class Handling(models.TextChoices):
    """What is done with a transfer that is whole and sound."""

    ASK = "ask", _("Vorschau zeigen und auf mein Ja warten")
    AT_ONCE = "at_once", _("sofort importieren")


class Way(models.TextChoices):
    """How a file came."""

    FOLDER = "folder", _("Ordner")
    HTTPS = "https", _("HTTPS")
    FTP = "ftp", _("FTP, unverschlüsselt")
    FTPS = "ftps", _("FTPS")
    SFTP = "sftp", _("SFTP")


class ArrivalState(models.TextChoices):
    """What became of a transfer."""

    TAKEN = "taken", _("wird übernommen")
    AT_WORK = "at_work", _("wird geprüft oder importiert")
    WAITING = "waiting", _("wartet auf Ihr Ja")
    DONE = "done", _("importiert")
    REPEATED = "repeated", _("schon importiert")
    OUTDATED = "outdated", _("überholt")
    REFUSED = "refused", _("nicht importiert")
    DISCARDED = "discarded", _("verworfen")


# What comes in the same bytes once more is not done again.
KNOWN = (ArrivalState.TAKEN, ArrivalState.AT_WORK, ArrivalState.WAITING, ArrivalState.DONE)


class IntakeAccount(models.Model):
    """A program that may hand properties over. Of its password only a hash is kept; ``login`` names its folder.

    ``most_archived``: a complete transfer that takes away a greater share of what its provider offers, in percent,
    waits for a person. ``techn_email`` is what the last file named, ``report_to`` what the office has confirmed.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = LineModelField(_("Programm"), max_length=60)
    login = models.CharField(max_length=40, unique=True)
    password_hash = models.BinaryField(max_length=32)
    handling = models.CharField(
        _("Was mit einer Übertragung geschieht"), max_length=10, choices=Handling, default=Handling.ASK
    )
    provider = LineModelField(_("Anbieterkennung"), max_length=100, blank=True)
    most_archived = models.PositiveSmallIntegerField(
        _("Trotzdem fragen, wenn mehr als so viel Prozent ins Archiv gingen"),
        default=25,
        validators=[MaxValueValidator(100)],
    )
    most_mib = models.PositiveIntegerField(
        _("Platz für Dateien, in MiB"), default=1024, validators=[MinValueValidator(1), MaxValueValidator(100_000)]
    )
    plain_ftp = models.BooleanField(_("Auch unverschlüsseltes FTP zulassen"), default=False)
    techn_email = LineModelField(max_length=254, blank=True)
    report_to = models.EmailField(blank=True)
    reported_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    last_way = models.CharField(max_length=10, choices=Way, blank=True)
    last_address = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Arrival(models.Model):
    """One transfer that came: what, when, from where, and what was made of it.

    ``key`` names the file in :mod:`.imports.spool` that is made of ``parts``, the files of the account's folder, each
    as (name, size, time in nanoseconds, whether it goes). ``stamped_at`` is the time that the file itself names.
    ``why`` says, by language, why it was refused or waits; ``counts`` how many properties had each outcome.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(IntakeAccount, on_delete=models.PROTECT, related_name="arrivals")
    name = LineModelField(max_length=255)
    way = models.CharField(max_length=10, choices=Way)
    address = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=ArrivalState, default=ArrivalState.TAKEN)
    key = models.CharField(max_length=60, blank=True)
    parts = models.JSONField(default=list)
    of = models.OneToOneField(Import, on_delete=models.SET_NULL, null=True, related_name="arrival")
    full = models.BooleanField(default=False)
    stamped_at = models.DateTimeField(null=True)
    why = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    told = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=("account", "sha256"), name="arrival_bytes")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ArrivalState.values), name="arrival_state_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def outcomes(self) -> list[tuple[str, int]]:
        """How many properties had each outcome, by what people call it; those that none had are left out."""
        counts: dict[str, int] = self.counts
        return [(str(each.label), counts[each.value]) for each in ImportOutcome if counts.get(each.value)]

    @property
    def reason(self) -> str:
        """Why it was refused or waits, in the active language; "" where there is nothing to say."""
        words: dict[str, Any] = self.why
        return str(words.get(active_language(), words.get("de", "")))

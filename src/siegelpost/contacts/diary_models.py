"""The tables of what is done with contacts and properties: activities, appointments, and agents' calendar feeds."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from siegelpost.office.models import Agent
from siegelpost.toolbox.line_fields import LineModelField


class ActivityKind(models.TextChoices):
    """What was done."""

    NOTE = "note", _("Notiz")
    CALL = "call", _("Anruf")
    VIEWING = "viewing", _("Besichtigung")
    MAIL = "mail", _("E-Mail")


class Activity(models.Model):
    """Something an agent did or noticed, with a contact, about a property, or both; and when to come back to it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("Art"), max_length=7, choices=ActivityKind, default=ActivityKind.NOTE)
    at = models.DateTimeField(_("Wann"), default=timezone.now)
    text = models.TextField(_("Was"), max_length=5000)
    # No index of their own: those below begin with them.
    contact = models.ForeignKey(
        "contacts.Contact", null=True, blank=True, db_index=False, on_delete=models.CASCADE, related_name="activities"
    )
    estate = models.ForeignKey(
        "estates.Estate", null=True, blank=True, db_index=False, on_delete=models.PROTECT, related_name="activities"
    )
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="activities")
    # A day in the office's time zone, not a moment: one comes back to it in the course of that day.
    follow_up_on = models.DateField(_("Wiedervorlage am"), null=True, blank=True)
    follow_up_done_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["contact", "-at", "-id"], name="activity_of_contact"),
            models.Index(fields=["estate", "-at", "-id"], name="activity_of_estate"),
            models.Index(
                fields=["agent", "follow_up_on"],
                condition=Q(follow_up_on__isnull=False, follow_up_done_at__isnull=True),
                name="activity_to_follow_up",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=ActivityKind.values), name="activity_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.at:%Y-%m-%d %H:%M}"


class Reminder(models.IntegerChoices):
    """How long before an appointment its calendar entry speaks up, in minutes."""

    QUARTER = 15, _("15 Minuten vorher")
    HOUR = 60, _("1 Stunde vorher")
    DAY = 1440, _("am Tag vorher")


class Appointment(models.Model):
    """An agent's appointment, most often a viewing.

    ``sequence`` counts the changes that matter to whoever was invited (RFC 5545, 3.8.7.4). ``invited_email`` is the
    address the newest invitation went to, empty when nobody was invited. ``places`` makes it a viewing time that
    recipients book: how many parties may come. Whoever comes beside or instead of ``contact`` is a participant.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = LineModelField(_("Termin"), max_length=200)
    starts_at = models.DateTimeField(_("Beginn"))
    ends_at = models.DateTimeField(_("Ende"))
    place = LineModelField(_("Wo"), max_length=300, blank=True)
    note = models.TextField(_("Notiz (nur für das Büro)"), max_length=5000, blank=True)
    contact = models.ForeignKey(
        "contacts.Contact", null=True, blank=True, on_delete=models.CASCADE, related_name="appointments"
    )
    estate = models.ForeignKey(
        "estates.Estate", null=True, blank=True, on_delete=models.PROTECT, related_name="appointments"
    )
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="appointments")
    reminder = models.PositiveSmallIntegerField(
        _("Erinnerung"), choices=Reminder, null=True, blank=True, default=Reminder.HOUR
    )
    sequence = models.PositiveIntegerField(default=0, editable=False)
    invited_email = models.EmailField(blank=True, editable=False)
    places = models.PositiveSmallIntegerField(_("Plätze"), null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["starts_at", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["agent", "starts_at"], name="appointment_of_agent"),
            models.Index(fields=["contact", "starts_at"], name="appointment_of_contact"),
            models.Index(fields=["estate", "starts_at"], name="appointment_of_estate"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return f"{self.title} · {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return round((self.ends_at - self.starts_at).total_seconds() / 60)

    @property
    def coming(self) -> list["Participant"]:
        """The participants who have not called it off, the first to come first."""
        return [one for one in self.participants.all() if one.cancelled_at is None]

    @property
    def invited(self) -> list[str]:
        """The addresses to which a mail goes whenever it changes."""
        return [address for address in (self.invited_email, *(one.invited_email for one in self.coming)) if address]

    @property
    def free(self) -> int:
        """How many parties more may book it; none where it is no viewing time. Who comes twice takes one place."""
        return max((self.places or 0) - len({one.contact_id for one in self.coming}), 0)

    @property
    def is_vacant(self) -> bool:
        """Whether it is offered and nobody has booked it yet."""
        return self.places is not None and not self.coming


class Participant(models.Model):
    """Somebody who comes to an appointment with others, or has booked it; told of nobody else.

    ``public_id`` is the UID of the entry in their own calendar, ``sequence`` its number: who changes to another time
    keeps both, and the entry moves. ``asked_in`` is the public id of the dispatch in which it was booked.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="participants")
    contact = models.ForeignKey("contacts.Contact", on_delete=models.CASCADE, related_name="participations")
    asked_in = models.UUIDField(null=True, db_index=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    invited_email = models.EmailField(blank=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"{self.contact} · {self.appointment}"


class CalendarFeed(models.Model):
    """The secret address under which an agent's calendar program reads their appointments; only a hash is kept."""

    agent = models.OneToOneField(Agent, on_delete=models.CASCADE, related_name="calendar_feed")
    token_hash = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.agent} · {self.created_at:%Y-%m-%d}"

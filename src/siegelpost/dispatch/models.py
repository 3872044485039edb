"""Dispatches and the links that lead to them."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from siegelpost.contacts.models import Contact
from siegelpost.dispatch.frozen_form import FrozenField
from siegelpost.dispatch.states import DispatchState
from siegelpost.dispatch.text_module_models import ModulePurpose as ModulePurpose
from siegelpost.dispatch.text_module_models import TextModule as TextModule
from siegelpost.estates.models import Estate
from siegelpost.mail.models import IncomingMail, OutgoingMail
from siegelpost.office.models import Agent, Language
from siegelpost.toolbox.line_fields import LineModelField


class Kind(models.TextChoices):
    """The two ways of sending."""

    SECURE_EXPOSE = "secure_expose", _("Sicheres Exposé")
    REGISTERED_MAIL = "registered_mail", _("Einschreiben-E-Mail")


class Dispatch(models.Model):
    """One sending to one recipient.

    What the recipient is shown is frozen when it is sent: ``page`` before the gate (and ``gate_html``, its bytes as
    they are answered), ``content`` behind it, and the PDF by its SHA-256. A later change of the property, a text or a
    name does not reach back.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # What was sent to several recipients at once has this in common.
    batch = models.UUIDField(null=True, db_index=True, editable=False)
    # Those who order together have this in common.
    joint = models.UUIDField(null=True, db_index=True, editable=False)
    # It was sent in the place of the dispatch with this public id.
    instead_of = models.UUIDField(null=True, db_index=True, editable=False)
    kind = models.CharField(_("Art"), max_length=15, choices=Kind, default=Kind.SECURE_EXPOSE)
    state = models.CharField(_("Stand"), max_length=13, choices=DispatchState, default=DispatchState.QUEUED)
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="dispatches")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="dispatches")
    estates = models.ManyToManyField(Estate, related_name="dispatches")
    language = models.CharField(max_length=2, choices=Language, default=Language.GERMAN)
    subject = LineModelField(_("Betreff"), max_length=200)
    message = models.TextField(_("Nachricht"), blank=True)
    # As the agent wrote them, with placeholders; both empty where they went out as they were written.
    written_subject = LineModelField(max_length=200, blank=True, default="")
    written_message = models.TextField(blank=True, default="")
    test = models.BooleanField(_("Test"), default=False)

    gate_row = models.CharField(max_length=40)
    page = FrozenField()
    content = FrozenField()
    pdf_sha256 = models.CharField(max_length=64)
    gate_html = models.BinaryField()

    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    held_because = models.JSONField(null=True)
    held_told_at = models.DateTimeField(null=True)
    notified_at = models.DateTimeField(null=True)
    declared_at = models.DateTimeField(null=True)
    # Whether the order itself proves that the mail with the cancellation policy had arrived.
    policy_arrived = models.BooleanField(null=True)
    period_ends_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    # The day of the purchase or lease, as the office noted it: from its end the limitation of the commission runs.
    main_contract_on = models.DateField(_("Hauptvertrag geschlossen am"), null=True)
    # The day on which the seller has paid their part of the commission (§ 656d BGB), as the office noted it.
    seller_paid_on = models.DateField(_("Verkäufer hat gezahlt am"), null=True)
    # The documents of its properties that the agent has released to this recipient, by their public ids.
    released = models.JSONField(default=list)
    confirmation_due = models.BooleanField(default=False)
    remind_every_days = models.PositiveSmallIntegerField(default=0)
    reminders_left = models.PositiveSmallIntegerField(default=0)
    next_reminder_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["state", "-created_at"]),
            models.Index(fields=["agent", "-created_at"]),
            models.Index(
                fields=["confirmation_due"], condition=models.Q(confirmation_due=True), name="dispatch_confirmation_due"
            ),
            models.Index(
                fields=["next_reminder_at"],
                condition=models.Q(next_reminder_at__isnull=False),
                name="dispatch_reminder_due",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=DispatchState.values), name="dispatch_state_known")
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.contact}"

    @property
    def written(self) -> tuple[str, str]:
        """Subject and message as the agent wrote them, with their placeholders."""
        if self.written_subject:
            return self.written_subject, self.written_message
        return self.subject, self.message


class Link(models.Model):
    """A secret address of a dispatch; only the hash of its token is kept.

    ``opens`` is false where the content needs a code beside the link.
    """

    dispatch = models.ForeignKey(Dispatch, on_delete=models.CASCADE, related_name="links")
    token_hash = models.BinaryField(max_length=32, unique=True)
    opens = models.BooleanField(default=True)
    # Message-ID of the mail with the legal texts in which alone this link stood: who uses it has had that mail.
    notice = models.CharField(max_length=250, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.dispatch_id} · {self.created_at:%Y-%m-%d %H:%M}"


class CodeBy(models.TextChoices):
    """How the recipient of a registered mail gets the code that opens it."""

    PHONE = "phone", _("am Telefon")
    MAIL = "mail", _("an eine zweite E-Mail-Adresse")


class SecondFactor(models.Model):
    """The code that a registered mail asks for beside its link; kept only as a keyed hash, with the tries used up."""

    dispatch = models.OneToOneField(Dispatch, on_delete=models.CASCADE, related_name="second_factor")
    by = models.CharField(max_length=5, choices=CodeBy)
    address = models.EmailField(blank=True)
    code_hash = models.BinaryField(max_length=32)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.dispatch_id} · {self.by}"


class Declaration(models.Model):
    """What a recipient declared, word for word."""

    dispatch = models.ForeignKey(Dispatch, on_delete=models.CASCADE, related_name="declarations")
    kind = models.CharField(max_length=12)
    text = models.TextField()
    made_at = models.DateTimeField()
    # With the party, and what the writer is to it, where a business orders.
    name = LineModelField(max_length=410, blank=True)
    ip = models.CharField(max_length=45, blank=True)

    class Meta:
        ordering: ClassVar = ["made_at", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["dispatch", "kind"], name="declared_once")]

    def __str__(self) -> str:
        return f"{self.kind} · {self.made_at:%Y-%m-%d %H:%M}"


class Earlier(models.Model):
    """What a dispatch showed before its exposé was replaced, or its language changed."""

    dispatch = models.ForeignKey(Dispatch, on_delete=models.CASCADE, related_name="earlier")
    page = FrozenField()
    content = FrozenField()
    pdf_sha256 = models.CharField(max_length=64)
    gate_html = models.BinaryField()
    replaced_at = models.DateTimeField()
    because = models.CharField(max_length=8)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.dispatch_id} · {self.because} · {self.replaced_at:%Y-%m-%d %H:%M}"


class OverdueKind(models.TextChoices):
    """What can be over its time."""

    DISPATCH = "dispatch", _("Sendung")
    CONTACT = "contact", _("Kontakt")
    WITHDRAWAL = "withdrawal", _("Widerruf ohne Vertrag")


class Overdue(models.Model):
    """Something that need not be kept any longer, listed before it is erased."""

    kind = models.CharField(max_length=10, choices=OverdueKind)
    public_id = models.UUIDField(unique=True)
    noted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["noted_at", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} · {self.public_id}"


class Leftover(models.Model):
    """A file of an erased dispatch, or of a page nobody saw: it goes as soon as nothing else is found to name it."""

    sha256 = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return self.sha256


class Interest(models.Model):
    """What a recipient said once the exposé was open: no interest, please call, a viewing; or booked or called off.

    ``viewing_at`` is when the viewing begins that was booked or called off, ``document_id`` names the document that
    was asked for; the note is what that is called.
    """

    dispatch = models.ForeignKey(Dispatch, on_delete=models.CASCADE, related_name="interests")
    kind = models.CharField(max_length=7)
    note = models.TextField(blank=True)
    viewing_at = models.DateTimeField(null=True)
    document_id = models.CharField(max_length=36, blank=True, default="")
    made_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["made_at", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} · {self.made_at:%Y-%m-%d %H:%M}"


class UntoldRelease(models.Model):
    """A document that was released to a recipient who has yet to be told so by mail: the queue of those mails."""

    dispatch = models.ForeignKey(Dispatch, on_delete=models.CASCADE, related_name="untold_releases")
    # Its public id, as in ``Dispatch.released``.
    document = models.CharField(max_length=36)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["dispatch", "document"], name="release_told_once")]

    def __str__(self) -> str:
        return f"{self.dispatch_id} · {self.document}"


class Way(models.TextChoices):
    """How a withdrawal came in: by the function, or in any other form that says it clearly (§ 355 (1) BGB)."""

    PAGE = "page", _("auf der Seite der Sendung")
    PUBLIC = "public", _("auf der öffentlichen Widerrufsseite")
    LETTER = "letter", _("per Brief")
    MAIL = "mail", _("per E-Mail")
    PHONE = "phone", _("am Telefon")
    FAX = "fax", _("per Fax")
    PERSON = "person", _("persönlich")


BY_FUNCTION = (Way.PAGE, Way.PUBLIC)


class Withdrawal(models.Model):
    """A recipient's withdrawal from a contract (§§ 355, 356a BGB), matched to its dispatch where it names one."""

    dispatch = models.ForeignKey(Dispatch, null=True, on_delete=models.PROTECT, related_name="withdrawals")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = LineModelField(_("Name"), max_length=200)
    email = models.EmailField(_("E-Mail"))
    contract = LineModelField(_("Bezeichnung des Vertrags"), max_length=300)
    # When it came in by the function, or was entered by the office; then ``received_on`` is the day it came in.
    made_at = models.DateTimeField()
    set_aside_at = models.DateTimeField(null=True)
    # Empty: by the function, before the way was kept.
    way = models.CharField(_("Weg"), max_length=6, choices=Way, blank=True, default="")
    received_on = models.DateField(_("Eingegangen am"), null=True)
    language = models.CharField(max_length=2, choices=Language, default=Language.GERMAN)
    # By the function: the sentence and the button as they stood there, and the page without what was typed in.
    text = models.CharField(max_length=300, blank=True, default="")
    label = models.CharField(max_length=60, blank=True, default="")
    page_html = models.BinaryField(default=b"")
    # In another form: what the office noted, the stored file, or the public id of the mail that says it.
    note = models.TextField(_("Notiz"), blank=True, default="")
    file_sha256 = models.CharField(max_length=64, blank=True, default="")
    file_name = LineModelField(max_length=200, blank=True, default="")
    reply = models.UUIDField(null=True, unique=True)
    # After the computed end of the period: the state stays, and the office decides.
    late = models.BooleanField(default=False)
    effective = models.BooleanField(null=True)
    # Recorded, and its mail has still to be queued: within a second, or later where many went to this address.
    acknowledgement_held = models.BooleanField(default=False)
    # Of the link in the acknowledgement by which the contract's own address says which contract is meant.
    confirm_hash = models.BinaryField(max_length=32, null=True, unique=True)

    class Meta:
        ordering: ClassVar = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.name} · {self.made_at:%Y-%m-%d %H:%M}"

    @property
    def by_function(self) -> bool:
        """Whether it came through the electronic function, whose moment is known to the second."""
        return not self.way or self.way in BY_FUNCTION

    @property
    def counts(self) -> bool:
        """Whether it ends its contract: the office has said so, or it came in time and the office has not objected."""
        return self.dispatch_id is not None and (not self.late if self.effective is None else self.effective)


class Settled(models.Model):
    """Somebody has seen to what a recipient did or said, or to a mail that came back: it is no longer to be done."""

    withdrawal = models.OneToOneField(Withdrawal, null=True, on_delete=models.CASCADE, related_name="settled")
    interest = models.OneToOneField(Interest, null=True, on_delete=models.CASCADE, related_name="settled")
    reply = models.OneToOneField(IncomingMail, null=True, on_delete=models.CASCADE, related_name="settled")
    mail = models.OneToOneField(OutgoingMail, null=True, on_delete=models.CASCADE, related_name="settled")
    # What was refused is the dispatch itself.
    refusal = models.OneToOneField(Dispatch, null=True, on_delete=models.CASCADE, related_name="refusal_settled")
    by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="settled")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.by} · {self.at:%Y-%m-%d %H:%M}"

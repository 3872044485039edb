"""The office, its agents, its legal texts, and one-time sign-in links."""

import hashlib
import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from siegelpost.office.kinds import Land, Language, TextKind
from siegelpost.toolbox.line_fields import LineModelField

__all__ = [
    "Agent",
    "Land",
    "Language",
    "LegalText",
    "Office",
    "Role",
    "SignInLink",
    "SmtpSecurity",
    "TextKind",
    "WhenUnknown",
]


class SmtpSecurity(models.TextChoices):
    """How the connection to the office's mail server is protected."""

    STARTTLS = "starttls", _("STARTTLS (üblich, Port 587)")
    TLS = "tls", _("TLS von Anfang an (Port 465)")
    NONE = "none", _("unverschlüsselt (nur auf diesem Rechner)")


class WhenUnknown(models.TextChoices):
    """What the send guard does when it cannot tell what a browser would say."""

    HOLD = "hold", _("Sendungen zurückstellen, bis es sicher ist")
    SEND = "send", _("trotzdem senden")


class Office(models.Model):
    """The one office of this installation."""

    name = LineModelField(_("Name des Büros"), max_length=200)
    owner = LineModelField(_("Inhaber/in oder Geschäftsführung"), max_length=200, blank=True)
    street = LineModelField(_("Straße und Hausnummer"), max_length=200, blank=True)
    postal_code = LineModelField(_("Postleitzahl"), max_length=10, blank=True)
    city = LineModelField(_("Ort"), max_length=100, blank=True)
    phone = LineModelField(_("Telefon"), max_length=50, blank=True)
    email = models.EmailField(_("E-Mail"), blank=True)
    website = models.URLField(_("Website"), blank=True)
    # What the law wants to be said about the office beside its address: § 5 DDG, § 37a HGB, § 35a GmbHG, Art. 13 DSGVO.
    register = LineModelField(_("Registergericht und Nummer"), max_length=200, blank=True)
    vat_id = LineModelField(_("Umsatzsteuer-Identifikationsnummer"), max_length=50, blank=True)
    authority = LineModelField(_("Aufsichtsbehörde (§ 34c GewO)"), max_length=300, blank=True)
    land = models.CharField(_("Bundesland"), max_length=2, choices=Land, blank=True)
    data_protection_officer = LineModelField(_("Datenschutzbeauftragte/r"), max_length=200, blank=True)
    mail_details = models.TextField(_("Pflichtangaben für E-Mails"), max_length=1000, blank=True)
    shows_accessibility = models.BooleanField(_("Seite zur Barrierefreiheit zeigen"), default=False)
    colour = models.CharField(
        _("Farbe des Büros"),
        max_length=7,
        default="#1f4d3f",
        validators=[RegexValidator(r"^#[0-9a-f]{6}\Z", _("Bitte eine Farbe wie #1f4d3f angeben."))],
    )
    # SHA-256 of a stored PNG, and its size in pixels: twice that in which it is shown.
    logo = models.CharField(max_length=64, blank=True, editable=False)
    logo_width = models.PositiveSmallIntegerField(default=0, editable=False)
    logo_height = models.PositiveSmallIntegerField(default=0, editable=False)
    language = models.CharField(_("Sprache"), max_length=2, choices=Language, default=Language.GERMAN)
    small_business = models.BooleanField(
        _("Kleinunternehmer (§ 19 UStG)"),
        default=False,
        help_text=_("Das Büro weist keine Umsatzsteuer aus: Provisionen stehen überall ohne sie."),
    )

    smtp_host = models.CharField(_("Mailserver"), max_length=255, blank=True)
    smtp_port = models.PositiveIntegerField(
        _("Port"), default=587, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    smtp_security = models.CharField(
        _("Verschlüsselung"), max_length=8, choices=SmtpSecurity, default=SmtpSecurity.STARTTLS
    )
    smtp_user = models.CharField(_("Benutzername"), max_length=255, blank=True)
    smtp_password_sealed = models.TextField(blank=True, editable=False)
    mail_from = models.EmailField(_("Absenderadresse"), blank=True)
    mail_reply_to = models.EmailField(_("Antworten an"), blank=True)
    mail_per_minute = models.PositiveIntegerField(
        _("Höchstens so viele Mails je Minute"), default=0, validators=[MaxValueValidator(6000)]
    )

    test_operation = models.BooleanField(_("Testbetrieb"), default=False)
    when_unknown = models.CharField(
        _("Wenn das Zertifikat nicht geprüft werden kann"),
        max_length=4,
        choices=WhenUnknown,
        default=WhenUnknown.HOLD,
    )
    order_label_de = LineModelField(_("Schaltfläche bei Provision, deutsch"), max_length=60, blank=True)
    order_label_en = LineModelField(_("Schaltfläche bei Provision, englisch"), max_length=60, blank=True)
    link_days = models.PositiveSmallIntegerField(
        _("Links gelten so viele Tage"), default=60, validators=[MinValueValidator(1), MaxValueValidator(730)]
    )
    expose_reminder_days = models.PositiveSmallIntegerField(
        _("An Exposés erinnern nach Tagen"), default=7, validators=[MaxValueValidator(60)]
    )
    acceptance_days = models.PositiveSmallIntegerField(
        _("Frist zum Annehmen einer Einschreiben-E-Mail in Tagen"),
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    reminder_days = models.PositiveSmallIntegerField(
        _("An Einschreiben-E-Mails erinnern alle … Tage"), default=3, validators=[MaxValueValidator(30)]
    )
    hide_until_accepted = models.BooleanField(
        _("Betreff einer Einschreiben-E-Mail erst nach dem Annehmen zeigen"), default=False
    )

    # MaBV § 14 asks for five years at least; §§ 257 HGB, 147 AO for six of business letters.
    keep_order_years = models.PositiveSmallIntegerField(
        _("Aufträge und Einschreiben aufheben, Jahre nach Jahresende"),
        default=6,
        validators=[MinValueValidator(5), MaxValueValidator(30)],
    )
    keep_free_years = models.PositiveSmallIntegerField(
        _("Provisionsfreie Nachweise aufheben, Jahre nach Jahresende"), default=3, validators=[MaxValueValidator(3)]
    )
    erases_by_itself = models.BooleanField(_("Von selbst löschen, was über der Frist ist"), default=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(pk=1), name="one_office")]

    def __str__(self) -> str:
        return self.name

    def order_label(self, language: Language) -> str:
        """What the office calls the button of an order; empty means the usual label."""
        return self.order_label_en if language == Language.ENGLISH else self.order_label_de

    @property
    def address_line(self) -> str:
        """Street and town in one line; what is missing is left out."""
        town = " ".join(filter(None, [self.postal_code, self.city]))
        return ", ".join(filter(None, [self.street, town]))


class Role(models.TextChoices):
    """What a person may do here."""

    AGENT = "agent", _("Makler/in")
    MANAGER = "manager", _("Büroleitung")
    ADMINISTRATOR = "administrator", _("Administrator/in")
    PARTNER = "partner", _("Installationspartner (nur Zertifikate)")


class AgentManager(BaseUserManager["Agent"]):
    """Makes agents; e-mail addresses are compared without case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Agent":
        """A new agent; without a password only a sign-in link or a passkey lets them in."""
        agent = self.model(email=email.strip().lower(), **fields)
        agent.set_password(password)
        agent.save(using=self._db)
        return agent

    def get_by_natural_key(self, username: str | None) -> "Agent":
        """The agent with this e-mail address, however it is capitalised."""
        return self.get(email=(username or "").strip().lower())


class Agent(AbstractBaseUser, PermissionsMixin):
    """A person who works in the office, or its installation partner."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("E-Mail"), unique=True)
    name = LineModelField(_("Name"), max_length=200)
    phone = LineModelField(_("Telefon"), max_length=50, blank=True)
    role = models.CharField(_("Rolle"), max_length=13, choices=Role, default=Role.AGENT)
    outside_access = models.BooleanField(_("Zugriff von unterwegs"), default=False)
    # SHA-256 of a stored JPEG, a square of :data:`siegelpost.office.photo.SIDE` pixels.
    photo = models.CharField(max_length=64, blank=True, editable=False)
    language = models.CharField(_("Sprache"), max_length=2, choices=Language, default=Language.GERMAN)
    is_active = models.BooleanField(_("aktiv"), default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[AgentManager] = AgentManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """The name as colleagues see it."""
        return str(self)

    @property
    def may_administer(self) -> bool:
        """May change settings, texts, people and certificates."""
        return self.role == Role.ADMINISTRATOR

    @property
    def may_send(self) -> bool:
        """May work with contacts, properties and dispatches."""
        return self.role in {Role.AGENT, Role.MANAGER, Role.ADMINISTRATOR}


class SignInLink(models.Model):
    """A link that signs an agent in once; only its hash is kept."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="sign_in_links")
    token_hash = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    # Nobody: made on the server itself, by who may run commands there.
    made_by = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    # Made on the server for who lost the second factor, too.
    past_second_factor = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.agent} · {self.expires_at:%Y-%m-%d %H:%M}"


class LegalText(models.Model):
    """One frozen version of a legal text; a change is a new version, an old one stays what it was.

    The places in it (``[TELEFON]``) are filled when it is shown: see :mod:`siegelpost.office.placeholders`.
    """

    kind = models.CharField(_("Art"), max_length=20, choices=TextKind)
    language = models.CharField(_("Sprache"), max_length=2, choices=Language)
    version = models.PositiveIntegerField(_("Fassung"))
    text = models.TextField(_("Text"))
    sha256 = models.CharField(max_length=64, editable=False)
    published_at = models.DateTimeField(default=timezone.now)
    source = LineModelField(_("Quelle"), max_length=300, blank=True)
    checked_on = models.DateField(_("Zuletzt geprüft am"), null=True, blank=True)
    # None: from the moment it was published.
    valid_from = models.DateField(_("Gilt ab"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["kind", "language", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "language", "version"], name="one_text_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.language}) · {self.version}"

    @staticmethod
    def hash_of(text: str) -> str:
        """The SHA-256 by which a text is named in events and proofs: of its UTF-8 bytes."""
        return hashlib.sha256(text.encode()).hexdigest()

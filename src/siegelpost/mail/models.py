"""Outgoing mails, their sealed content, and the technical log of every attempt to deliver them."""

import uuid
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from siegelpost import storage
from siegelpost.mail.causes import Cause
from siegelpost.mail.mailbox_models import MailboxPosition as MailboxPosition
from siegelpost.mail.mailbox_models import MailboxStanding as MailboxStanding
from siegelpost.mail.mailbox_models import UnfetchedMail as UnfetchedMail
from siegelpost.mail.mailbox_models import UnreadMail as UnreadMail
from siegelpost.mail.push.models import PushDevice as PushDevice
from siegelpost.mail.push.models import PushMessage as PushMessage
from siegelpost.mail.push.models import PushPosition as PushPosition
from siegelpost.mail.push.models import PushWishes as PushWishes
from siegelpost.mail.sign_in.models import AccountWarning as AccountWarning
from siegelpost.mail.sign_in.models import MailSignIn as MailSignIn
from siegelpost.mail.sign_in.models import SignInKey as SignInKey
from siegelpost.settings import MAILS

# How the usual mail servers name the mail in their own log: Postfix, Exim, Exchange, Gmail.


class Purpose(models.TextChoices):
    """Why a mail is sent."""

    NOTICE = "notice", _("Mitteilung mit Link")
    REMINDER = "reminder", _("Erinnerung")
    CODE = "code", _("Code an die zweite Adresse")
    ORDER_RECEIPT = "order_receipt", _("Eingang des Auftrags")
    CONFIRMATION = "confirmation", _("Bestätigung der Erklärungen")
    WITHDRAWAL_ACKNOWLEDGEMENT = "withdrawal_acknowledgement", _("Eingangsbestätigung des Widerrufs")
    CONSENT = "consent", _("Bestätigung einer Einwilligung")
    SELLER_PAYMENT = "seller_payment", _("Nachweis, dass der Verkäufer gezahlt hat")
    REPLY_HINT = "reply_hint", _("Hinweis, wie zu antworten ist")
    DOCUMENTS_RELEASED = "documents_released", _("Nachricht von freigegebenen Unterlagen")
    AGENT_NOTICE = "agent_notice", _("Nachricht an den Makler")
    ADMIN_NOTICE = "admin_notice", _("Nachricht an die Verwaltung")
    SIGN_IN = "sign_in", _("Anmeldelink")
    INVITATION = "invitation", _("Einladung zu einem Termin")
    TEST = "test", _("Testmail an sich selbst")


# Somebody waits for these with the page open: they overtake the notices of a large dispatch.
URGENT = frozenset(
    {
        Purpose.CODE,
        Purpose.ORDER_RECEIPT,
        Purpose.CONFIRMATION,
        Purpose.WITHDRAWAL_ACKNOWLEDGEMENT,
        Purpose.SIGN_IN,
        Purpose.TEST,
    }
)


class MailState(models.TextChoices):
    """Where an outgoing mail stands; nothing but the mail server's 250 makes it ``accepted``."""

    QUEUED = "queued", _("wartet auf Versand")
    SENDING = "sending", _("wird gerade übergeben")
    ACCEPTED = "accepted", _("vom Mailserver angenommen")
    REFUSED = "refused", _("vom Mailserver abgelehnt")
    BOUNCED = "bounced", _("nicht zustellbar zurückgekommen")
    GIVEN_UP = "given_up", _("nicht zugestellt, keine weiteren Versuche")
    CANCELLED = "cancelled", _("vor dem Versand gestoppt")


# It did not arrive, and nothing more is tried.
FAILED = frozenset({MailState.REFUSED, MailState.GIVEN_UP, MailState.BOUNCED})


class Stage(models.TextChoices):
    """How far the conversation with the mail server came."""

    CONNECT = "connect", _("Verbindungsaufbau")
    GREETING = "greeting", _("Begrüßung")
    EHLO = "ehlo", _("Vorstellung (EHLO)")
    STARTTLS = "starttls", _("Verschlüsselung")
    AUTH = "auth", _("Anmeldung")
    MAIL = "mail", _("Absender (MAIL FROM)")
    RCPT = "rcpt", _("Empfänger (RCPT TO)")
    DATA = "data", _("Übergabe angekündigt (DATA)")
    CONTENT = "content", _("Übergabe des Inhalts")
    ANSWER = "answer", _("Antwort auf den Inhalt")


class AttemptOutcome(models.TextChoices):
    """What one attempt came to."""

    RUNNING = "running", _("läuft")
    ACCEPTED = "accepted", _("angenommen")
    DEFERRED = "deferred", _("vorläufig nicht angenommen")
    REFUSED = "refused", _("abgelehnt")
    INTERRUPTED = "interrupted", _("Antwort nicht angekommen")
    LOST = "lost", _("abgebrochen, bevor etwas übergeben war")


class OutgoingMail(models.Model):
    """One mail to one recipient, from its queueing to the mail server's last word.

    ``message_id`` is fixed when the mail is queued: should an answer be cut off and the mail go out again,
    the recipient's mail program sees that it is the same one.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # The public id of the dispatch as text, empty where there is none. No key: mail knows no dispatch.
    dispatch_id = models.CharField(max_length=36, blank=True, default="", db_index=True)
    # Of a mail to the office: the public id of the dispatch or withdrawal it tells of, with which it is erased.
    about = models.CharField(max_length=36, blank=True, default="", db_index=True)
    purpose = models.CharField(max_length=30, choices=Purpose)
    urgent = models.BooleanField(default=False)
    sender = models.CharField(max_length=320)
    recipient = models.CharField(max_length=320)
    subject = models.TextField(blank=True)
    message_id = models.CharField(max_length=250, unique=True)
    sha256 = models.CharField(max_length=64)
    # Of the same mail with its secret links blotted out, so that a proof can show the mail and not the link.
    redacted_sha256 = models.CharField(max_length=64)

    state = models.CharField(max_length=10, choices=MailState, default=MailState.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    give_up_at = models.DateTimeField()
    claimed_by = models.CharField(max_length=120, blank=True, default="")
    claimed_until = models.DateTimeField(null=True)
    # Set, and committed, before the first byte of content: from here on the server may have the mail.
    data_started_at = models.DateTimeField(null=True)

    server_code = models.PositiveSmallIntegerField(null=True)
    server_text = models.TextField(blank=True, default="")
    cause = models.CharField(max_length=20, choices=Cause, blank=True, default="")
    accepted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [models.Index(fields=["state", "-urgent", "next_attempt_at"], name="mail_due")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} → {self.recipient} ({self.get_state_display()})"

    @property
    def deferred(self) -> bool:
        """Waits for another attempt after one that did not come through."""
        return self.state == MailState.QUEUED and self.attempts > 0

    @property
    def server_answer(self) -> str:
        """The last answer as the mail server gave it, such as ``250 2.0.0 Ok: queued as 4XyZ``."""
        return f"{self.server_code} {self.server_text}".strip() if self.server_code else self.server_text

    def mime(self) -> bytes:
        """The mail as it goes over the wire (before dot-stuffing), with CRLF line ends."""
        return MAILS.unseal(bytes(self.content.sealed))


class MailContent(models.Model):
    """The sealed bytes of a mail, apart from it so that lists of mails stay light."""

    mail = models.OneToOneField(OutgoingMail, on_delete=models.CASCADE, primary_key=True, related_name="content")
    sealed = models.BinaryField()
    # What has to be blotted out when the mail is shown to a third party; sealed, one secret a line.
    sealed_secrets = models.BinaryField()

    def __str__(self) -> str:
        return self.mail.message_id


class IncomingKind(models.TextChoices):
    """What a mail is that came in about one of ours."""

    BOUNCE = "bounce", _("nicht zustellbar")
    # It says so, and nothing shows that a server on the mail's way wrote it.
    ALLEGED_BOUNCE = "alleged_bounce", _("angeblich nicht zustellbar")
    DELAY = "delay", _("Zustellung verzögert sich")
    DELIVERY_REPORT = "delivery_report", _("Zustellbestätigung")
    # An answering machine (RFC 3834) or a receipt that a program wrote: nobody's declaration.
    AUTOMATIC_REPLY = "automatic_reply", _("automatische Antwort")
    # A person may have written it: it goes to the agent like an answer, and declares nothing.
    PERHAPS_AUTOMATIC = "perhaps_automatic", _("Antwort, vielleicht automatisch")
    REPLY = "reply", _("Antwort")


# What may be a person's, and so goes to people.
ANSWERS = (IncomingKind.REPLY, IncomingKind.PERHAPS_AUTOMATIC)


class IncomingMail(models.Model):
    """A mail that came in and belongs to one of ours; others are not kept.

    The mail as it came lies sealed in the files, under the hash of its sealed form; ``sha256`` is that of the mail.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=20, choices=IncomingKind)
    mail = models.ForeignKey(OutgoingMail, on_delete=models.CASCADE, related_name="incoming")
    # A report that names nothing but the recipient: it is probably about this mail.
    presumed = models.BooleanField(default=False)
    # As in the mail it belongs to.
    dispatch_id = models.CharField(max_length=36, blank=True, default="", db_index=True)
    sender = models.CharField(max_length=320)
    # Was it written under the very address that our mail went to? Nothing proves that it was written there.
    sender_is_recipient = models.BooleanField()
    subject = models.TextField(blank=True)
    message_id = models.CharField(max_length=250, blank=True)
    sha256 = models.CharField(max_length=64, unique=True)
    file_sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    # False: larger than what is read of a mail; what is kept is its beginning.
    complete = models.BooleanField(default=True)
    sealed_text = models.BinaryField()
    # siegelpost.mail.incoming.authentication_results.Findings
    authentication = models.JSONField()
    received_at = models.DateTimeField(default=timezone.now)
    handled_at = models.DateTimeField(null=True)
    handled_as = models.CharField(max_length=40, blank=True, default="")
    # Of the mail as it may be shown to a third party, while it is taken in; kept in the event.
    shown_sha256 = ""
    # siegelpost.mail.incoming.automatic_mail.Tells, while it is taken in; kept in the event.
    tells = ""

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(fields=["kind"], condition=models.Q(handled_at=None), name="mail_not_yet_handled")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ← {self.sender}"

    @property
    def text(self) -> str:
        """What the sender wrote, without the quoted mail; of a bounce what the server gave as its reason."""
        return MAILS.unseal(bytes(self.sealed_text)).decode()

    def mime(self) -> bytes:
        """The mail as it came in.

        Raises:
            FileNotFoundError, siegelpost.storage.DamagedFileError, siegelpost.toolbox.sealing.UnsealableError: it is
                gone.
        """
        return MAILS.unseal(storage.read(self.file_sha256))


class MailboxSettings(models.Model):
    """The mailbox that is read for bounces and answers, as the office entered it; there is one."""

    host = models.CharField(_("IMAP-Server"), max_length=255, blank=True)
    port = models.PositiveIntegerField(
        _("Port"), default=993, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    user = models.CharField(_("Benutzername"), max_length=255, blank=True)
    password_sealed = models.TextField(blank=True, editable=False)
    folder = models.CharField(
        _("Ordner"),
        max_length=255,
        default="INBOX",
        validators=[RegexValidator(r'^[^"\\\r\n]+\Z', _("Der Name enthält ein Zeichen, das kein Ordner haben kann."))],
    )

    # The names (authserv-ids, RFC 8601) under which the office's own mail server says what it found out about senders.
    trusted_servers = models.CharField(
        _("Ihr Mailserver nennt sich"),
        max_length=500,
        blank=True,
        validators=[RegexValidator(r"^[A-Za-z0-9._:, -]*\Z", _("Bitte nur Servernamen, durch Leerzeichen getrennt."))],
    )

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(pk=1), name="one_mailbox")]

    def __str__(self) -> str:
        return f"{self.user} @ {self.host}"

    @classmethod
    def current(cls) -> "MailboxSettings":
        """What is entered; without a host nothing is."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class SigningKey(models.Model):
    """A key for signatures of mails (DKIM), and whether its record was seen in the DNS."""

    domain = models.CharField(max_length=253, db_index=True)
    selector = models.CharField(max_length=63)
    sealed_private = models.BinaryField()
    # Base64 of the SubjectPublicKeyInfo, as it stands in the record.
    public = models.TextField()
    signing = models.BooleanField(default=False)
    published = models.BooleanField(default=False)
    checked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.record_name

    @property
    def record_name(self) -> str:
        """The name of the TXT record (RFC 6376, 3.6.2.1)."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """What the TXT record has to say (RFC 6376, 3.6.1)."""
        return f"v=DKIM1; k=rsa; p={self.public}"


class DeliveryAttempt(models.Model):
    """One attempt to hand a mail to the mail server: the technical log."""

    mail = models.ForeignKey(OutgoingMail, on_delete=models.CASCADE, related_name="log")
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=11, choices=AttemptOutcome, default=AttemptOutcome.RUNNING)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    host = models.CharField(max_length=300, blank=True, default="")
    tls = models.CharField(max_length=60, blank=True, default="")
    stage = models.CharField(max_length=8, choices=Stage, default=Stage.CONNECT)
    code = models.PositiveSmallIntegerField(null=True)
    text = models.TextField(blank=True, default="")
    cause = models.CharField(max_length=20, choices=Cause, blank=True, default="")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["mail", "number"], name="one_log_line_per_attempt")]

    def __str__(self) -> str:
        return f"{self.number}. {self.get_outcome_display()} ({self.get_stage_display()})"

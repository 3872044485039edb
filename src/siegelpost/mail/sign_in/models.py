"""The sign-in with Microsoft or Google: what the office registered there, its tokens, and how it stands."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ProviderName(models.TextChoices):
    """With whom the office signs in."""

    MICROSOFT = "microsoft", _("Microsoft 365")
    GOOGLE = "google", _("Google Workspace")
    OTHER = "other", _("Eigener Anmeldedienst")


class Credential(models.TextChoices):
    """By what this server shows that it is the registered app."""

    CERTIFICATE = "certificate", _("Zertifikat von diesem Server")
    SECRET = "secret", _("Geheimer Clientschlüssel")


class MailSignIn(models.Model):
    """There is one; its tokens serve both sending and reading."""

    provider = models.CharField(_("Anbieter"), max_length=10, choices=ProviderName)
    tenant = models.CharField(_("Verzeichnis-ID (Mandant)"), max_length=100, blank=True)
    client_id = models.CharField(_("Anwendungs-ID (Client)"), max_length=200)
    credential = models.CharField(_("Nachweis"), max_length=11, choices=Credential, default=Credential.CERTIFICATE)
    secret_sealed = models.TextField(blank=True, editable=False)
    secret_ends_on = models.DateField(_("Schlüssel gültig bis"), null=True, blank=True)
    mailbox = models.CharField(_("Adresse des Postfachs"), max_length=320)
    sends = models.BooleanField(_("Mails darüber senden"), default=True)
    reads = models.BooleanField(_("Antworten dort lesen"), default=True)
    # Of a service of one's own: where it is asked, for what, and which mail servers may be shown its tokens.
    authorize_url = models.CharField(_("Adresse der Anmeldung"), max_length=500, blank=True)
    token_url = models.CharField(_("Adresse für Token"), max_length=500, blank=True)
    scope = models.CharField(_("Scope"), max_length=500, blank=True)
    hosts = models.CharField(_("Mailserver, die Token bekommen"), max_length=500, blank=True)

    refresh_sealed = models.TextField(blank=True, editable=False)
    access_sealed = models.TextField(blank=True, editable=False)
    access_ends_at = models.DateTimeField(null=True, editable=False)
    signed_in_at = models.DateTimeField(null=True, editable=False)
    # When the provider last gave tokens; from here on it counts how long they are not used.
    renewed_at = models.DateTimeField(null=True, editable=False)
    redirect_uri = models.CharField(max_length=500, blank=True, editable=False)
    # siegelpost.mail.sign_in.troubles.Trouble, with the provider's own words, and since when.
    trouble = models.CharField(max_length=30, blank=True, editable=False)
    trouble_words = models.TextField(blank=True, editable=False)
    trouble_at = models.DateTimeField(null=True, editable=False)
    next_try_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(pk=1), name="one_mail_sign_in")]

    def __str__(self) -> str:
        return f"{self.mailbox} ({self.get_provider_display()})"

    @property
    def connected(self) -> bool:
        """Whether somebody has signed in; whether that still holds says ``trouble``."""
        return bool(self.refresh_sealed)

    @classmethod
    def current(cls) -> "MailSignIn | None":
        """What is entered, if anything is."""
        return cls.objects.filter(pk=1).first()


class SignInKey(models.Model):
    """A key made here, of which the provider gets the certificate; the one not yet ``active`` waits to be uploaded."""

    sealed_private = models.TextField()
    certificate = models.TextField()
    ends_at = models.DateTimeField()
    active = models.BooleanField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["active"], name="one_sign_in_key_of_each")]

    def __str__(self) -> str:
        return f"until {self.ends_at:%Y-%m-%d}"


class AccountWarning(models.Model):
    """What the administrators were told about the mail account, so that they are told once."""

    key = models.CharField(max_length=200, unique=True)
    told_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.key

"""Contacts: people and companies, and how they want to be spoken to."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from siegelpost.contacts.folding import digits, fold
from siegelpost.office.models import Agent, Language


class Salutation(models.TextChoices):
    """How a contact is addressed in letters."""

    MS = "ms", _("Frau")
    MR = "mr", _("Herr")
    NEUTRAL = "", _("ohne Anrede")


class Contact(models.Model):
    """A person or a company the office deals with."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    salutation = models.CharField(_("Anrede"), max_length=2, choices=Salutation, blank=True)
    first_name = models.CharField(_("Vorname"), max_length=100, blank=True)
    last_name = models.CharField(_("Nachname"), max_length=100, blank=True)
    company = models.CharField(_("Firma"), max_length=200, blank=True)
    is_business = models.BooleanField(
        _("handelt als Unternehmen"),
        default=False,
        help_text=_("Im Zweifel nicht ankreuzen: Verbraucher haben mehr Rechte, und die Freigabe richtet sich danach."),
    )
    email = models.EmailField(_("E-Mail"), blank=True)
    phone = models.CharField(_("Telefon"), max_length=50, blank=True)
    mobile = models.CharField(_("Mobil"), max_length=50, blank=True)
    street = models.CharField(_("Straße und Hausnummer"), max_length=200, blank=True)
    postal_code = models.CharField(_("Postleitzahl"), max_length=10, blank=True)
    city = models.CharField(_("Ort"), max_length=100, blank=True)
    language = models.CharField(_("Sprache"), max_length=2, choices=Language, default=Language.GERMAN)
    note = models.TextField(_("Notiz"), blank=True)
    # Everything that is searched, folded; see folding.py.
    folded = models.TextField(editable=False, default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["last_name", "first_name", "pk"]
        indexes: ClassVar = [models.Index(fields=["last_name", "first_name"]), models.Index(fields=["email"])]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the contact, and what it is found by."""
        searched = (
            *(self.first_name, self.last_name, self.company, self.email),
            *(self.street, self.postal_code, self.city, self.note),
        )
        self.folded = " ".join([fold(" ".join(searched)), digits(self.mobile), digits(self.phone)]).strip()
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "folded"}
        super().save(*args, **kwargs)

    @property
    def town(self) -> str:
        """Postal code and town."""
        return " ".join(filter(None, [self.postal_code, self.city]))

    @property
    def full_name(self) -> str:
        """First and last name, or the company when no person is known."""
        return " ".join(filter(None, [self.first_name, self.last_name])) or self.company


class Card(models.Model):
    """The contact card of somebody who works here: whom recipients reach, and without which no agent works outside."""

    agent = models.OneToOneField(Agent, on_delete=models.CASCADE, related_name="card")
    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="card")

    def __str__(self) -> str:
        return f"{self.agent}: {self.contact}"

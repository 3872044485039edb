"""Contacts: people and companies, how they want to be spoken to, and which of them may be one and the same."""

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from siegelpost.contacts.address_book_models import AddressBook, BookEntry
from siegelpost.contacts.consent_models import Consent
from siegelpost.contacts.diary_models import Activity, Appointment, CalendarFeed, Participant
from siegelpost.contacts.phonetics import sound
from siegelpost.contacts.ways import NUMBERS, Way, WayKind, all_of
from siegelpost.office.models import Agent, Language
from siegelpost.toolbox.addresses import AddressModelField
from siegelpost.toolbox.folding import digits, fold, searchable
from siegelpost.toolbox.line_fields import LineModelField
from siegelpost.word_index import WordsField

__all__ = [
    "Activity",
    "AddressBook",
    "Appointment",
    "BookEntry",
    "CalendarFeed",
    "Card",
    "Consent",
    "Contact",
    "ContactKey",
    "Different",
    "Merge",
    "Participant",
    "Salutation",
]


class Salutation(models.TextChoices):
    """How a contact is addressed in letters."""

    MS = "ms", _("Frau")
    MR = "mr", _("Herr")
    NEUTRAL = "", _("ohne Anrede")


class Contact(models.Model):
    """A person or a company the office deals with."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    salutation = models.CharField(_("Anrede"), max_length=2, choices=Salutation, blank=True)
    first_name = LineModelField(_("Vorname"), max_length=100, blank=True)
    last_name = LineModelField(_("Nachname"), max_length=100, blank=True)
    company = LineModelField(_("Firma"), max_length=200, blank=True)
    is_business = models.BooleanField(
        _("Gewerblicher Kunde (§ 14 BGB)"),
        default=False,
        help_text=_("Im Zweifel nicht ankreuzen: Verbraucher haben mehr Rechte, und die Freigabe richtet sich danach."),
    )
    email = AddressModelField(_("E-Mail"), blank=True)
    phone = LineModelField(_("Telefon"), max_length=50, blank=True)
    mobile = LineModelField(_("Mobil"), max_length=50, blank=True)
    street = LineModelField(_("Straße und Hausnummer"), max_length=200, blank=True)
    postal_code = LineModelField(_("Postleitzahl"), max_length=10, blank=True)
    city = LineModelField(_("Ort"), max_length=100, blank=True)
    language = models.CharField(_("Sprache"), max_length=2, choices=Language, default=Language.GERMAN)
    note = models.TextField(_("Notiz"), blank=True)
    # Further numbers and addresses, as :class:`.ways.Way` keeps them.
    ways = models.JSONField(_("Weitere Nummern und Anschriften"), default=list, blank=True)
    folded = WordsField(editable=False, default="")  # everything it is found by
    sort_key = models.CharField(max_length=120, editable=False, default="")
    # It was the same as another one, which has taken over everything; kept so that this can be undone.
    merged_into = models.ForeignKey(
        "self", null=True, editable=False, on_delete=models.CASCADE, related_name="merged_here"
    )
    # Was asked to be erased, and is kept only as long as proofs name it.
    erasure_asked_at = models.DateTimeField(null=True, editable=False)
    # The last dispatch to them was erased when its time was over: nobody has to be proven anything any more.
    proofs_erased_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["sort_key", "pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["sort_key", "id"], condition=models.Q(merged_into__isnull=True), name="contact_listed"
            ),
            models.Index(
                fields=["id"], condition=models.Q(erasure_asked_at__isnull=False), name="contact_to_be_erased"
            ),
            models.Index(fields=["email"]),
        ]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the contact, what it is found by, and what it may be taken for another one by."""
        self.index()
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "folded", "sort_key"}
        with transaction.atomic():
            super().save(*args, **kwargs)
            self._keep_keys()

    def get_absolute_url(self) -> str:
        """Its page in the office."""
        return f"/contacts/{self.public_id}/"

    def field_address(self, name: str) -> str:
        """Where the office changes this field."""
        return f"{self.get_absolute_url()}edit/#id_{name}"

    def index(self) -> None:
        """Work out what the contact is found and sorted by; for rows that are written in bulk."""
        searched = (
            *(self.first_name, self.last_name, self.company, self.email),
            *(self.street, self.postal_code, self.city, self.note),
            *(way.value for way in self.further if way.kind not in NUMBERS),
        )
        faxes = [way.value for way in self.further if way.kind is WayKind.FAX]
        self.folded = "" if self.merged_into_id else searchable(searched, [*self.numbers, *faxes])
        self.sort_key = fold(f"{self.last_name or self.company} {self.first_name}")[:120]

    def key_values(self) -> set[tuple[str, str]]:
        """Kind and value of everything that two contacts of one person would have in common."""
        if self.merged_into_id:
            return set()
        keys = {(KeyKind.MAIL, address.strip().lower()) for address in self.emails}
        keys |= {(KeyKind.PHONE, digits(number)) for number in self.numbers}
        place = self.postal_code.strip() or fold(self.city)
        if place and self.last_name:
            keys.add((KeyKind.NAME, f"{sound(self.last_name)} {fold(self.first_name)[:1]} {place}"))
        return {(kind, value[:254]) for kind, value in keys if value}

    def _keep_keys(self) -> None:
        there = set(self.keys.values_list("kind", "value"))
        wanted = self.key_values()
        for kind, value in there - wanted:
            self.keys.filter(kind=kind, value=value).delete()
        if new := wanted - there:
            # The database says which of them nobody else has, also while others write theirs.
            ContactKey.objects.bulk_create(self._as_keys(new), ignore_conflicts=True)
            known = set(self.keys.values_list("kind", "value"))
            ContactKey.objects.bulk_create(self._as_keys(new - known, again=True))

    def _as_keys(self, values: Iterable[tuple[str, str]], *, again: bool = False) -> list["ContactKey"]:
        return [ContactKey(contact=self, kind=kind, value=value, again=again) for kind, value in sorted(values)]

    @property
    def further(self) -> list[Way]:
        """Further numbers and addresses, beside the main ones."""
        return all_of(self.ways)

    @property
    def emails(self) -> list[str]:
        """All e-mail addresses, the main one first."""
        return self._all(self.email, kinds={WayKind.EMAIL})

    @property
    def numbers(self) -> list[str]:
        """All numbers on which somebody answers, the main ones first."""
        return self._all(self.mobile, self.phone, kinds={WayKind.MOBILE, WayKind.PHONE})

    def _all(self, *main: str, kinds: set[WayKind]) -> list[str]:
        return [value for value in (*main, *(way.value for way in self.further if way.kind in kinds)) if value]

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


class KeyKind(models.TextChoices):
    """Why two contacts may be one person."""

    MAIL = "mail", _("dieselbe E-Mail-Adresse")
    PHONE = "phone", _("dieselbe Telefonnummer")
    NAME = "name", _("ähnlicher Name am selben Ort")


class ContactKey(models.Model):
    """Something that two contacts of one person would have in common, in a form that can be compared.

    Of several contacts' keys with one value, all but one are marked ``again``: what duplicates have in common is found
    without looking at all that nobody shares.
    """

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="keys")
    kind = models.CharField(max_length=5, choices=KeyKind)
    value = models.CharField(max_length=254)
    again = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["kind", "value", "contact"], name="contact_key"),
            models.Index(fields=["kind", "value"], condition=models.Q(again=True), name="contact_key_again"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contact", "kind", "value"], name="contact_key_once"),
            models.UniqueConstraint(
                fields=["kind", "value"], condition=models.Q(again=False), name="contact_key_not_again"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.value}"


class Different(models.Model):
    """Two contacts of which somebody has said that they are not the same person; ``first`` is the older row."""

    first = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="different_from_younger")
    second = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="different_from_older")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["first", "second"], name="different_once")]

    def __str__(self) -> str:
        return f"{self.first_id} ≠ {self.second_id}"


class Merge(models.Model):
    """Two contacts that were made one, with all that is needed to undo it.

    ``before`` holds the kept contact's fields as they were, ``moved`` the rows that changed hands:
    ``{"dispatch.Dispatch.contact": [4, 9]}``.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kept = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="merges")
    absorbed = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="merges_away")
    by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    before = models.JSONField()
    moved = models.JSONField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.absorbed_id} → {self.kept_id}"

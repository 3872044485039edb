"""Tables of address books that are brought in, and of what becomes of each of their entries."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from siegelpost.office.models import Agent
from siegelpost.toolbox.line_fields import LineModelField


class BookState(models.TextChoices):
    """How far an address book is."""

    MAPPING = "mapping", _("Spalten zuordnen")
    COMPARING = "comparing", _("wird verglichen")
    READY = "ready", _("wartet auf Ihr Ja")
    TAKING = "taking", _("wird übernommen")
    DONE = "done", _("übernommen")
    UNDOING = "undoing", _("wird zurückgenommen")
    UNDONE = "undone", _("zurückgenommen")


# The server is at it.
AT_WORK = (BookState.COMPARING, BookState.TAKING, BookState.UNDOING)
# Nothing was taken in yet, and its entries wait.
WAITING = (BookState.MAPPING, BookState.COMPARING, BookState.READY)


class AddressBook(models.Model):
    """One file on its way from the upload to the contacts; the file itself is not kept.

    ``headings`` and ``fields`` are those of a table, by column; ``unread`` counts by name what is not taken, and
    ``unreadable`` the entries that name nobody. ``total``, ``made`` and ``kept`` are counts of entries: of the file,
    those that became contacts, and of these the ones that were not taken back because somebody has worked with them.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agent = models.ForeignKey(Agent, on_delete=models.SET_NULL, null=True, related_name="+")
    name = LineModelField(max_length=255)
    state = models.CharField(max_length=10, choices=BookState)
    headings = models.JSONField(default=list)
    fields = models.JSONField(default=list)
    unread = models.JSONField(default=dict)
    unreadable = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    made = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=BookState.values), name="address_book_state_known")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its page in the office."""
        return f"/contacts/import/{self.public_id}/"

    @property
    def at_work(self) -> bool:
        """Whether the server compares it, takes it in or takes it back, or is about to."""
        return self.state in AT_WORK

    @property
    def is_waiting(self) -> bool:
        """Whether nothing was taken in yet."""
        return self.state in WAITING


class BookEntry(models.Model):
    """One entry of an address book.

    ``cells`` are a table's until their meaning is known, ``card`` what it says of somebody, until it has become a
    contact. ``settled`` is true when the present step has dealt with it; ``as_of`` is when the contact was made, so
    that one that was changed since is not taken back.
    """

    book = models.ForeignKey(AddressBook, on_delete=models.CASCADE, related_name="entries")
    place = models.PositiveIntegerField()
    cells = models.JSONField(default=list)
    card = models.JSONField(default=dict)
    known = models.ForeignKey("contacts.Contact", on_delete=models.SET_NULL, null=True, related_name="+")
    chosen = models.BooleanField(default=False)
    settled = models.BooleanField(default=False)
    contact = models.ForeignKey("contacts.Contact", on_delete=models.CASCADE, null=True, related_name="book_entries")
    as_of = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["place"]
        indexes: ClassVar = [models.Index(fields=["book", "settled", "place"], name="book_entry_to_do")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["book", "place"], name="book_entry_once")]

    def __str__(self) -> str:
        return f"{self.book_id}: {self.place}"

    @property
    def said(self) -> dict[str, Any]:
        """What the entry says, with its name in one line."""
        card: dict[str, Any] = self.card
        return {**card, "name": f"{card['first_name']} {card['last_name']}".strip() or card["company"]} if card else {}

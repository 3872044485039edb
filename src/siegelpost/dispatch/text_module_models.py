"""The table of text modules: mail texts that are written once and used often, the office's and each agent's own."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from siegelpost.office.models import Agent, Language
from siegelpost.toolbox.line_fields import LineModelField


class ModulePurpose(models.TextChoices):
    """What it is written for."""

    EXPOSE = "expose", _("Exposé")
    REGISTERED = "registered", _("Einschreiben-E-Mail")


class TextModule(models.Model):
    """Subject and message with placeholders (:mod:`siegelpost.dispatch.wording`).

    ``owner`` is none where it is the whole office's. Of what is nobody's, and of what is one agent's, at most one for
    each purpose and language is the default, with which a new letter begins.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = LineModelField(_("Name"), max_length=100)
    purpose = models.CharField(_("Für"), max_length=10, choices=ModulePurpose, default=ModulePurpose.EXPOSE)
    language = models.CharField(_("Sprache"), max_length=2, choices=Language, default=Language.GERMAN)
    subject = LineModelField(_("Betreff"), max_length=200, blank=True)
    text = models.TextField(_("Text"), max_length=5000)
    owner = models.ForeignKey(Agent, null=True, on_delete=models.CASCADE, related_name="text_modules")
    is_default = models.BooleanField(_("Damit beginnt jede neue Nachricht"), default=False)
    # Taken away, and kept to be brought back.
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["purpose", "language"],
                condition=Q(owner__isnull=True, is_default=True, removed_at__isnull=True),
                name="one_default_of_the_office",
            ),
            models.UniqueConstraint(
                fields=["purpose", "language", "owner"],
                condition=Q(is_default=True, removed_at__isnull=True),
                name="one_default_of_an_agent",
            ),
        ]

    def __str__(self) -> str:
        return self.name

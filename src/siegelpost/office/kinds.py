"""The closed vocabularies of the office that other rooms decide by; usable without a database."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Language(models.TextChoices):
    """The languages every text of the product exists in."""

    GERMAN = "de", _("Deutsch")
    ENGLISH = "en", _("Englisch")


class TextKind(models.TextChoices):
    """The legal texts an office keeps."""

    WITHDRAWAL_POLICY = "withdrawal_policy", _("Widerrufsbelehrung")
    WITHDRAWAL_FORM = "withdrawal_form", _("Muster-Widerrufsformular")
    CONTRACT = "contract", _("Maklervertrag (Leistung und Provision)")
    TERMS = "terms", _("Allgemeine Geschäftsbedingungen")
    PRIVACY = "privacy", _("Datenschutzhinweise")
    IMPRINT = "imprint", _("Impressum")

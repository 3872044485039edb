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
    STEPS = "contract_steps", _("So kommt der Vertrag zustande")
    TERMS = "terms", _("Allgemeine Geschäftsbedingungen")
    PRIVACY = "privacy", _("Datenschutzhinweise")
    IMPRINT = "imprint", _("Impressum")
    ACCESSIBILITY = "accessibility", _("Barrierefreiheit")


class Land(models.TextChoices):
    """The federal states: who watches over an office depends on its own."""

    BW = "BW", "Baden-Württemberg"
    BY = "BY", "Bayern"
    BE = "BE", "Berlin"
    BB = "BB", "Brandenburg"
    HB = "HB", "Bremen"
    HH = "HH", "Hamburg"
    HE = "HE", "Hessen"
    MV = "MV", "Mecklenburg-Vorpommern"
    NI = "NI", "Niedersachsen"
    NW = "NW", "Nordrhein-Westfalen"
    RP = "RP", "Rheinland-Pfalz"
    SL = "SL", "Saarland"
    SN = "SN", "Sachsen"
    ST = "ST", "Sachsen-Anhalt"
    SH = "SH", "Schleswig-Holstein"
    TH = "TH", "Thüringen"

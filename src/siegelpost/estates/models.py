"""Tables of the properties and their pictures and documents."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from siegelpost.estates.import_models import Import as Import
from siegelpost.estates.import_models import ImportLine as ImportLine
from siegelpost.estates.intake_models import Arrival as Arrival
from siegelpost.estates.intake_models import IntakeAccount as IntakeAccount
from siegelpost.estates.kinds import (
    FLAT_OR_SINGLE_FAMILY_HOUSE,
    BuildingUse,
    CommissionOpen,
    CommissionVat,
    Condition,
    DocumentStep,
    EnergyCarrier,
    EnergyCertificate,
    EnergyClass,
    Kind,
    Marketing,
    MediaGroup,
    Status,
    Usage,
)
from siegelpost.estates.media_faults import MediaRemark
from siegelpost.toolbox.folding import searchable
from siegelpost.toolbox.line_fields import LineModelField
from siegelpost.word_index import WordsField

NOT_NEGATIVE = (MinValueValidator(Decimal(0)),)
PER_CENT = (MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100)))
EARLIEST_YEAR, LATEST_YEAR = 1000, 2200
LONGEST_ADDRESS = 500
ON_THE_WEB = URLValidator(schemes=("https", "http"))
YEAR = (MinValueValidator(EARLIEST_YEAR), MaxValueValidator(LATEST_YEAR))


def _money(label: Any) -> models.DecimalField[Any, Any]:
    return models.DecimalField(label, max_digits=14, decimal_places=2, null=True, blank=True, validators=NOT_NEGATIVE)


def _area(label: Any) -> models.DecimalField[Any, Any]:
    return models.DecimalField(label, max_digits=11, decimal_places=2, null=True, blank=True, validators=NOT_NEGATIVE)


def _count(label: Any) -> models.DecimalField[Any, Any]:
    return models.DecimalField(label, max_digits=6, decimal_places=1, null=True, blank=True, validators=NOT_NEGATIVE)


def _rate(label: Any) -> models.DecimalField[Any, Any]:
    return models.DecimalField(label, max_digits=6, decimal_places=3, null=True, blank=True, validators=PER_CENT)


def _vat(label: Any) -> models.CharField[Any, Any]:
    return models.CharField(label, max_length=8, choices=CommissionVat, blank=True, default="")


def _energy_value(label: Any) -> models.DecimalField[Any, Any]:
    return models.DecimalField(label, max_digits=8, decimal_places=2, null=True, blank=True, validators=NOT_NEGATIVE)


def _text(label: Any, length: int) -> models.CharField[str, str]:
    return LineModelField(label, max_length=length, blank=True, default="")


def _web_address(label: Any) -> models.CharField[str, str]:
    return LineModelField(label, max_length=LONGEST_ADDRESS, blank=True, default="", validators=(ON_THE_WEB,))


def _prose(label: Any) -> models.TextField[Any, Any]:
    return models.TextField(label, blank=True, default="")


class Estate(models.Model):
    """One property. Never deleted while a proof may name it: archived instead.

    Amounts of money are in ``currency``; areas in m²; commission rates in per cent of the price, VAT
    included, for one side, and None where that is not clear; energy values in kWh/(m²·a). With
    ``commission_open`` nothing is sent: ``buyer_commission_due`` is then the more careful of two readings.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    status = models.CharField(_("Status"), max_length=10, choices=Status, default=Status.DRAFT)

    # Where it came from. provider is openimmo_anid, else the name of the firm; "" means typed in here.
    provider = _text(_("Anbieterkennung"), 120)
    provider_name = _text(_("Anbieter"), 200)
    openimmo_obid = _text(_("OpenImmo-Objektkennung"), 120)
    external_no = _text(_("Objektnummer"), 60)
    as_of = models.DateField(_("Stand vom"), null=True, blank=True)

    title = LineModelField(_("Titel"), max_length=200)
    kind = models.CharField(_("Objektart"), max_length=16, choices=Kind, default=Kind.FLAT)
    kind_detail = _text(_("Unterart (z. B. Etagenwohnung)"), 60)
    marketing = models.CharField(_("Vermarktung"), max_length=10, choices=Marketing, default=Marketing.PURCHASE)
    usage = models.CharField(_("Nutzung"), max_length=12, choices=Usage, default=Usage.RESIDENTIAL)

    street = _text(_("Straße"), 120)
    house_no = _text(_("Hausnummer"), 20)
    postal_code = _text(_("Postleitzahl"), 12)
    city = _text(_("Ort"), 100)
    district = _text(_("Ortsteil"), 100)
    region = _text(_("Bundesland"), 60)
    country = models.CharField(_("Land (ISO 3166, drei Buchstaben)"), max_length=3, default="DEU")
    floor = models.SmallIntegerField(_("Etage"), null=True, blank=True)
    floors = models.PositiveSmallIntegerField(_("Etagen im Haus"), null=True, blank=True)
    address_released = models.BooleanField(
        _("Adresse freigegeben"),
        default=False,
        help_text=_("Ohne Freigabe sehen Interessenten Straße und Hausnummer erst nach ihrer Bestätigung."),
    )
    latitude = models.DecimalField(_("Breitengrad"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("Längengrad"), max_digits=9, decimal_places=6, null=True, blank=True)

    currency = models.CharField(_("Währung"), max_length=3, default="EUR")
    price = _money(_("Kaufpreis"))
    price_on_request = models.BooleanField(_("Preis auf Anfrage"), default=False)
    rent_cold = _money(_("Kaltmiete"))
    rent_warm = _money(_("Warmmiete"))
    ancillary_costs = _money(_("Nebenkosten"))
    heating_costs = _money(_("Heizkosten"))
    heating_included = models.BooleanField(_("Heizkosten in Nebenkosten enthalten"), null=True, blank=True)
    service_charge = _money(_("Hausgeld"))
    deposit = _text(_("Kaution"), 120)
    plus_vat = models.BooleanField(_("zuzüglich Mehrwertsteuer"), default=False)

    buyer_commission_due = models.BooleanField(_("Provisionspflichtig für Käufer oder Mieter"), default=False)
    buyer_commission = _text(_("Provision Käufer oder Mieter"), 300)
    buyer_commission_vat = _vat(_("MwSt. auf die Provision Käufer oder Mieter"))
    buyer_commission_rate = _rate(_("Provisionssatz Käufer in Prozent, mit MwSt."))
    commission_open = models.CharField(
        _("Provision noch offen"), max_length=16, choices=CommissionOpen, blank=True, default="", editable=False
    )
    # What the last file said of all this, as a digest: while it says the same, what the office decided stays.
    commission_said = models.CharField(max_length=64, blank=True, default="", editable=False)
    seller_commission = _text(_("Provision Verkäufer"), 300)
    seller_commission_vat = _vat(_("MwSt. auf die Provision Verkäufer"))
    seller_commission_rate = _rate(_("Provisionssatz Verkäufer in Prozent, mit MwSt."))
    commission_by_deed = models.BooleanField(
        _("Käufer übernimmt seinen Anteil im Kaufvertrag"),
        default=False,
        help_text=_(
            "Nur der Verkäufer ist Auftraggeber: Der Käufer bestellt nichts und zahlt erst, wenn der Verkäufer gezahlt "
            "hat (§ 656d BGB). Sonst schließt der Käufer einen eigenen Maklervertrag."
        ),
    )
    owner_order_on = models.DateField(
        _("Auftrag des Eigentümers vom"),
        null=True,
        blank=True,
        help_text=_("Nötig nur, wenn Wohnungssuchende zahlen sollen: Ihr Suchauftrag muss älter sein (WoVermRG)."),
    )
    commission_shared = models.BooleanField(_("Provision wird geteilt"), null=True, blank=True)
    commission_note = _prose(_("Hinweis zur Provision"))

    living_area = _area(_("Wohnfläche"))
    usable_area = _area(_("Nutzfläche"))
    total_area = _area(_("Gesamtfläche"))
    plot_area = _area(_("Grundstücksfläche"))
    office_area = _area(_("Bürofläche"))
    retail_area = _area(_("Verkaufs- oder Ladenfläche"))
    storage_area = _area(_("Lagerfläche"))
    rooms = _count(_("Zimmer"))
    bedrooms = _count(_("Schlafzimmer"))
    bathrooms = _count(_("Badezimmer"))
    parking_spaces = _count(_("Stellplätze"))

    construction_year = models.PositiveSmallIntegerField(_("Baujahr"), null=True, blank=True, validators=YEAR)
    modernised = _text(_("Letzte Modernisierung"), 60)
    condition = _text(_("Zustand"), 32)
    available_from = _text(_("Verfügbar ab"), 60)
    features = models.JSONField(_("Ausstattungsmerkmale"), default=list, blank=True)

    energy_certificate = models.CharField(
        _("Energieausweis"), max_length=14, choices=EnergyCertificate, blank=True, default=""
    )
    energy_building_use = models.CharField(
        _("Gebäudeart laut Ausweis"), max_length=10, choices=BuildingUse, blank=True, default=""
    )
    energy_value = _energy_value(_("Endenergie in kWh/(m²·a)"))
    energy_value_heat = _energy_value(_("Endenergie Wärme in kWh/(m²·a)"))
    energy_value_electricity = _energy_value(_("Endenergie Strom in kWh/(m²·a)"))
    energy_primary = _energy_value(_("Primärenergie in kWh/(m²·a)"))
    energy_hot_water = models.BooleanField(_("Warmwasser enthalten"), null=True, blank=True)
    energy_carrier = models.CharField(
        _("Wesentlicher Energieträger"), max_length=16, choices=EnergyCarrier, blank=True, default=""
    )
    energy_class = models.CharField(
        _("Energieeffizienzklasse"), max_length=2, choices=EnergyClass, blank=True, default=""
    )
    energy_construction_year = models.PositiveSmallIntegerField(
        _("Baujahr laut Energieausweis"), null=True, blank=True, validators=YEAR
    )
    energy_issued_on = models.DateField(_("Energieausweis ausgestellt am"), null=True, blank=True)
    energy_valid_until = models.DateField(_("Energieausweis gültig bis"), null=True, blank=True)

    teaser = _prose(_("Kurztext"))
    description = _prose(_("Objektbeschreibung"))
    location_text = _prose(_("Lage"))
    equipment_text = _prose(_("Ausstattung"))
    other_text = _prose(_("Sonstiges"))

    # Elsewhere on the web; pages say where they lead, and load nothing from there.
    video_url = _web_address(_("Video (Link)"))
    tour_url = _web_address(_("360°-Rundgang (Link)"))

    contact_name = _text(_("Ansprechpartner/in"), 200)
    contact_email = _text(_("E-Mail"), 254)
    contact_phone = _text(_("Telefon"), 60)

    folded = WordsField(editable=False, default="")  # everything it is found by
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("Objekt")
        verbose_name_plural = _("Objekte")
        ordering = ("-updated_at", "-id")
        indexes = (
            models.Index(fields=("status", "-updated_at"), name="estate_status_updated"),
            models.Index(fields=("-updated_at", "-id"), name="estate_latest"),
            models.Index(fields=("provider", "status"), name="estate_provider_status"),
            models.Index(fields=("postal_code",), name="estate_postal_code"),
            models.Index(fields=("city",), name="estate_city"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("provider", "openimmo_obid"),
                condition=~Q(openimmo_obid=""),
                name="estate_obid_once_of_provider",
            ),
            models.UniqueConstraint(
                fields=("provider", "external_no"),
                condition=~Q(external_no=""),
                name="estate_external_no_once",
                violation_error_message=_("Diese Objektnummer ist schon vergeben."),
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="estate_status_known"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="estate_kind_known"),
            models.CheckConstraint(condition=Q(marketing__in=Marketing.values), name="estate_marketing_known"),
            models.CheckConstraint(condition=Q(price__isnull=True) | Q(price__gte=0), name="estate_price_not_negative"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="estate_geo_whole_and_on_earth",
            ),
        )

    def __str__(self) -> str:
        return f"{self.external_no}: {self.title}" if self.external_no else self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the property, and what it is found by."""
        self.index()
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "folded"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """Its page in the office."""
        return f"/estates/{self.public_id}/"

    def field_address(self, name: str) -> str:
        """Where the office changes this field."""
        return f"{self.get_absolute_url()}edit/#id_{name}"

    def index(self) -> None:
        """Work out what the property is found by; for rows that are written in bulk."""
        named = (self.title, self.external_no, self.kind_detail, self.contact_name)
        placed = (self.street, self.house_no, self.postal_code, self.city, self.district)
        self.folded = searchable((*named, *placed))

    @property
    def is_flat_or_single_family_house(self) -> bool:
        """Whether §§ 656a–d BGB speak of this kind of property."""
        return self.kind in FLAT_OR_SINGLE_FAMILY_HOUSE

    @property
    def is_purchase(self) -> bool:
        """Whether it is for sale rather than for rent."""
        return self.marketing == Marketing.PURCHASE

    @property
    def street_line(self) -> str:
        """Street and house number, to be shown before the gate only if ``address_released``."""
        return f"{self.street} {self.house_no}".strip()

    @property
    def city_line(self) -> str:
        """Postcode and city, with the district where known: may always be shown."""
        line = f"{self.postal_code} {self.city}".strip()
        return f"{line} ({self.district})" if self.district and self.district != self.city else line

    @property
    def address(self) -> str:
        """Street and city in one line, for whoever goes there."""
        return ", ".join(filter(None, (self.street_line, self.city_line)))

    def condition_label(self) -> str:
        """The state of repair in the active language; unknown values as they came."""
        labels = dict(Condition.choices)
        return str(labels.get(self.condition, self.condition))


PDF = "application/pdf"


class Media(models.Model):
    """One picture or document of a property.

    ``sha256`` names the file as it came in: kept for comparing and for the office, never handed out for a
    picture, because it may carry a place and a time. What goes out are the ``renditions``: pictures without any
    metadata, by their target width, e.g. ``{"480": {"sha256": …, "avif": …, "width": 480, "height": 320}}``;
    ``sha256`` names the WebP, ``avif`` (not with pictures of before) the same as AVIF. A PDF has one, ``{"pdf":
    {"sha256": …, "size": …}}``, or none where it goes out as it came. ``notes`` are names of
    :class:`.media_faults.MediaNote`.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    estate = models.ForeignKey(Estate, on_delete=models.CASCADE, related_name="media")
    group = models.CharField(_("Gruppe"), max_length=16, choices=MediaGroup, default=MediaGroup.PICTURE)
    title = _text(_("Titel"), 200)
    alt = _text(_("Beschreibung für alle, die das Bild nicht sehen"), 300)
    # Of a document: who gets it, and when.
    step = models.CharField(_("Für Interessenten"), max_length=7, choices=DocumentStep, default=DocumentStep.OFFICE)
    # Of a document: every copy that a recipient gets has their name and the time on it. See :mod:`.marking`.
    marked = models.BooleanField(_("Mit Name und Zeit kennzeichnen"), default=False)
    position = models.PositiveIntegerField(_("Reihenfolge"), default=0)
    sha256 = models.CharField(max_length=64, editable=False)
    media_type = models.CharField(max_length=40, editable=False)
    size = models.PositiveBigIntegerField(editable=False)
    width = models.PositiveIntegerField(null=True, editable=False)
    height = models.PositiveIntegerField(null=True, editable=False)
    renditions = models.JSONField(default=dict, editable=False)
    notes = models.JSONField(default=list, editable=False)
    # SHA-256 of a JPEG of it that may be shown before the gate; empty: it may not. See :mod:`.teasers`.
    teaser = models.CharField(_("vor der Bestätigung zeigen"), max_length=64, blank=True, editable=False)
    original_name = LineModelField(max_length=255, blank=True, default="", editable=False)
    imported = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("Bild oder Dokument")
        verbose_name_plural = _("Bilder und Dokumente")
        ordering = ("position", "id")
        indexes = (
            models.Index(fields=("estate", "position"), name="media_estate_position"),
            models.Index(fields=("sha256",), name="media_sha256"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(group__in=MediaGroup.values), name="media_group_known"),
            models.UniqueConstraint(fields=("estate",), condition=~Q(teaser=""), name="media_one_teaser"),
        )

    def __str__(self) -> str:
        return self.title or self.original_name or str(self.get_group_display())

    @property
    def is_picture(self) -> bool:
        """Whether it has renditions to show; documents are only handed out."""
        return self.media_type != PDF

    @property
    def handed_out(self) -> tuple[str, int]:
        """Sha256 and size of a document as recipients get it: written anew, or as it came (of before, or sealed)."""
        clean = self.renditions.get("pdf", {})
        return str(clean.get("sha256", self.sha256)), int(clean.get("size", self.size))

    @property
    def remarks(self) -> list[str]:
        """What is to be said of the file as it came, in the active language."""
        return [str(MediaRemark(note, self.original_name)) for note in self.notes]

    def rendition(self, width: int, *, avif: bool = False) -> tuple[str, str] | None:
        """Sha256 and media type of the smallest rendition at least ``width`` pixels wide, else of the largest; None
        for a document. As AVIF where that is wanted and there.
        """
        targets = sorted(int(target) for target in self.renditions if self.is_picture)
        if not targets:
            return None
        chosen = next((target for target in targets if target >= width), targets[-1])
        found = self.renditions[str(chosen)]
        if avif and "avif" in found:
            return str(found["avif"]), "image/avif"
        return str(found["sha256"]), "image/webp"

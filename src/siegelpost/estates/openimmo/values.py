"""What a transfer says, as typed, frozen values. Field names are those of ``estates.models.Estate``.

Each plain field carries, as its metadata, the element it is read from and how: the table *is* the type.
"""

# ruff: noqa: RUF009 - _at, _line and _prose are dataclasses.field with metadata

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import TracebackType
from typing import Any, Protocol

from siegelpost.estates.openimmo import convert, energy_words, vocabulary
from siegelpost.estates.openimmo.messages import AttachmentError, Message
from siegelpost.estates.openimmo.package import Files


class Remark(Protocol):
    """Something that can be said in German and English."""

    def text(self, language: str) -> str:
        """The sentence; "de" or "en"."""


@dataclass(frozen=True, slots=True)
class FieldSource:
    """Where a field's text stands: the first of ``paths`` that has any; ``path@name`` is an attribute, ``~name`` a
    field of the program's own (user_defined_simplefield), wherever it stands.

    With ``above_nothing`` a path whose value is zero is passed over while another has more.
    """

    paths: tuple[str, ...]
    convert: Callable[[str], Any]
    longest: int = 0
    above_nothing: bool = False


def _at(*paths: str, to: Callable[[str], Any], default: Any = None) -> Any:
    return field(default=default, metadata={"source": FieldSource(paths, to)})


def _amount(*paths: str, to: convert.Figures) -> Any:
    return field(default=None, metadata={"source": FieldSource(paths, to, above_nothing=True)})


def _line(*paths: str, longest: int) -> Any:
    return field(default="", metadata={"source": FieldSource(paths, convert.line, longest)})


PROSE_LENGTH = 20_000


def _prose(*paths: str) -> Any:
    return field(default="", metadata={"source": FieldSource(paths, convert.prose, PROSE_LENGTH)})


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """<geo>, and whether the street may be shown before confirmation (objektadresse_freigeben)."""

    street: str = _line("geo/strasse", longest=120)
    house_no: str = _line("geo/hausnummer", longest=20)
    postal_code: str = _line("geo/plz", longest=12)
    city: str = _line("geo/ort", longest=100)
    district: str = _line("geo/regionaler_zusatz", longest=100)
    region: str = _line("geo/bundesland", longest=60)
    country: str = _at("geo/land@iso_land", to=convert.country(vocabulary.COUNTRIES), default="DEU")
    floor: int | None = _at("geo/etage", to=convert.floor)
    floors: int | None = _at("geo/anzahl_etagen", to=convert.integer(0, 300))
    address_released: bool = _at("verwaltung_objekt/objektadresse_freigeben", to=convert.boolean, default=False)
    latitude: Decimal | None = _at("geo/geokoordinaten@breitengrad", to=convert.degrees(90))
    longitude: Decimal | None = _at("geo/geokoordinaten@laengengrad", to=convert.degrees(180))


@dataclass(frozen=True, kw_only=True, slots=True)
class Prices:
    """<preise> without commission; amounts in ``currency``. Where only the net amount is told, VAT is added to it."""

    currency: str = _at("preise/waehrung@iso_waehrung", to=convert.currency, default="EUR")
    price: Decimal | None = _amount(
        "preise/kaufpreis", "preise/kaufpreisbrutto", "preise/kaufpreisnetto", to=convert.PRICE
    )
    price_on_request: bool = _at("preise/kaufpreis@auf_anfrage", to=convert.boolean, default=False)
    rent_cold: Decimal | None = _amount(
        "preise/kaltmiete", "preise/nettokaltmiete", "preise/pacht", "preise/hauptmietzinsnetto", to=convert.MONTHLY
    )
    rent_warm: Decimal | None = _amount(
        "preise/warmmiete", "preise/pauschalmiete", "preise/gesamtmietebrutto", to=convert.MONTHLY
    )
    ancillary_costs: Decimal | None = _amount("preise/nebenkosten", "preise/betriebskostennetto", to=convert.MONTHLY)
    heating_costs: Decimal | None = _amount("preise/heizkosten", "preise/heizkostennetto", to=convert.MONTHLY)
    heating_included: bool | None = _at("preise/heizkosten_enthalten", to=convert.boolean)
    service_charge: Decimal | None = _amount("preise/hausgeld", to=convert.MONTHLY)
    deposit: str = _line("preise/kaution_text", "preise/kaution", longest=120)
    plus_vat: bool = _at("preise/zzg_mehrwertsteuer", to=convert.boolean, default=False)

    @classmethod
    def paths(cls, *names: str) -> tuple[str, ...]:
        """Where these fields are read from."""
        return tuple(path for item in fields(cls) if item.name in names for path in item.metadata["source"].paths)


@dataclass(frozen=True, kw_only=True, slots=True)
class Commission:
    """Who pays the agent: <aussen_courtage> is the buyer's side, <innen_courtage> the seller's.

    What it all means together is worked out by whoever stores it. ``buyer_commission_due`` is None where the file
    does not say; ``commission_gross`` and ``commission_net`` are amounts of money.
    """

    buyer_commission_due: bool | None = _at("preise/provisionspflichtig", to=convert.boolean)
    commission_gross: Decimal | None = _at("preise/provisionbrutto", to=convert.PRICE)
    commission_net: Decimal | None = _at("preise/provisionnetto", to=convert.PRICE)
    buyer_commission: str = _line("preise/aussen_courtage", longest=300)
    buyer_commission_with_vat: bool | None = _at("preise/aussen_courtage@mit_mwst", to=convert.boolean)
    seller_commission: str = _line("preise/innen_courtage", longest=300)
    seller_commission_with_vat: bool | None = _at("preise/innen_courtage@mit_mwst", to=convert.boolean)
    commission_shared: bool | None = _at("preise/provision_teilen", to=convert.boolean)
    commission_note: str = _prose("preise/courtage_hinweis")


@dataclass(frozen=True, kw_only=True, slots=True)
class Areas:
    """<flaechen> (m² and counts) and the state of the building."""

    living_area: Decimal | None = _at("flaechen/wohnflaeche", to=convert.ROOMS_AREA)
    usable_area: Decimal | None = _at("flaechen/nutzflaeche", to=convert.ROOMS_AREA)
    total_area: Decimal | None = _at("flaechen/gesamtflaeche", to=convert.LAND)
    plot_area: Decimal | None = _at("flaechen/grundstuecksflaeche", to=convert.LAND)
    office_area: Decimal | None = _at("flaechen/bueroflaeche", to=convert.ROOMS_AREA)
    retail_area: Decimal | None = _at("flaechen/ladenflaeche", "flaechen/verkaufsflaeche", to=convert.ROOMS_AREA)
    storage_area: Decimal | None = _at("flaechen/lagerflaeche", to=convert.ROOMS_AREA)
    rooms: Decimal | None = _at("flaechen/anzahl_zimmer", to=convert.COUNT)
    bedrooms: Decimal | None = _at("flaechen/anzahl_schlafzimmer", to=convert.COUNT)
    bathrooms: Decimal | None = _at("flaechen/anzahl_badezimmer", to=convert.COUNT)
    parking_spaces: Decimal | None = _at("flaechen/anzahl_stellplaetze", to=convert.COUNT)
    construction_year: int | None = _at("zustand_angaben/baujahr", to=convert.year)
    modernised: str = _line("zustand_angaben/letztemodernisierung", longest=60)
    condition: str = _at("zustand_angaben/zustand@zustand_art", to=convert.one_of(vocabulary.CONDITIONS), default="")
    available_from: str = _line("verwaltung_objekt/verfuegbar_ab", "verwaltung_objekt/abdatum", longest=60)


@dataclass(frozen=True, kw_only=True, slots=True)
class Energy:
    """<energiepass>; values in kWh/(m²·a)."""

    energy_certificate: str = _at(
        "zustand_angaben/energiepass/epart", "~epass_art", to=energy_words.certificate, default=""
    )
    energy_building_use: str = _at(
        "zustand_angaben/energiepass/gebaeudeart", "~epass_gebaeudeart", to=energy_words.building_use, default=""
    )
    energy_value: Decimal | None = _at(
        "zustand_angaben/energiepass/endenergiebedarf",
        "zustand_angaben/energiepass/energieverbrauchkennwert",
        to=convert.ENERGY,
    )
    energy_value_heat: Decimal | None = _at(
        "zustand_angaben/energiepass/waermewert", "~epass_waermewert", to=convert.ENERGY
    )
    energy_value_electricity: Decimal | None = _at(
        "zustand_angaben/energiepass/stromwert", "~epass_stromwert", to=convert.ENERGY
    )
    energy_hot_water: bool | None = _at("zustand_angaben/energiepass/mitwarmwasser", to=convert.boolean)
    energy_carrier: str = _at(
        "zustand_angaben/energiepass/primaerenergietraeger",
        "~epass_energietraeger",
        to=energy_words.carrier,
        default="",
    )
    energy_class: str = _at(
        "zustand_angaben/energiepass/wertklasse", "~epass_wertklasse", to=energy_words.efficiency_class, default=""
    )
    energy_construction_year: int | None = _at("zustand_angaben/energiepass/baujahr", "~epass_baujahr", to=convert.year)
    energy_issued_on: date | None = _at(
        "zustand_angaben/energiepass/ausstelldatum", "~epass_ausstelldatum", to=convert.day
    )
    energy_valid_until: date | None = _at(
        "zustand_angaben/energiepass/gueltig_bis", "~epass_gueltig_bis", to=convert.last_day
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Texts:
    """<freitexte>."""

    teaser: str = _prose("freitexte/dreizeiler")
    description: str = _prose("freitexte/objektbeschreibung")
    location_text: str = _prose("freitexte/lage")
    equipment_text: str = _prose("freitexte/ausstatt_beschr")
    other_text: str = _prose("freitexte/sonstige_angaben")


@dataclass(frozen=True, kw_only=True, slots=True)
class Links:
    """Of <anhang gruppe="FILMLINK"> and the like: a film and a walk through the rooms, elsewhere on the web."""

    video_url: str = ""
    tour_url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactPerson:
    """<kontaktperson>; ``contact_name`` is put together from its parts."""

    contact_name: str = ""
    contact_email: str = _line("kontaktperson/email_direkt", "kontaktperson/email_zentrale", longest=254)
    contact_phone: str = _line(
        "kontaktperson/tel_durchw", "kontaktperson/tel_zentrale", "kontaktperson/tel_handy", longest=60
    )


class Action(StrEnum):
    """What a transfer wants done with one property."""

    UPSERT = "upsert"
    DELETE = "delete"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture or document: ``group`` is one of OpenImmo's; its bytes come by :meth:`read`."""

    group: str
    title: str
    name: str
    embedded: bytes | None = field(default=None, repr=False)
    problem: Message | None = None

    def read(self, files: Files) -> bytes:
        """The attachment's bytes, from the XML itself or from the files that came with it.

        Raises:
            AttachmentError: missing, damaged, too large, or leading out of the transfer.
        """
        if self.problem:
            raise AttachmentError(self.problem.key, **dict(self.problem.values))
        if self.embedded is not None:
            return self.embedded
        return files.read(self.name)


@dataclass(frozen=True, kw_only=True, slots=True)
class Property:
    """One <immobilie>."""

    openimmo_obid: str
    external_no: str
    action: Action
    as_of: date | None = None
    status: str = ""
    title: str = ""
    language: str = ""
    commission_talk: tuple[str, ...] = ()
    kind: str = "other"
    kind_detail: str = ""
    marketing: str = "purchase"
    usage: str = "residential"
    features: tuple[str, ...] = ()
    address: Address = Address()
    prices: Prices = Prices()
    commission: Commission = Commission()
    areas: Areas = Areas()
    energy: Energy = Energy()
    texts: Texts = Texts()
    links: Links = Links()
    contact: ContactPerson = ContactPerson()
    attachments: tuple[Attachment, ...] = ()
    notices: tuple[Message, ...] = ()

    @property
    def label(self) -> str:
        """How to name the property to a person."""
        return self.external_no or self.openimmo_obid

    def group_values(self) -> Iterator[tuple[str, Any]]:
        """Name and value of every field of the groups, flat."""
        for group in (
            self.address, self.prices, self.commission, self.areas, self.energy, self.texts, self.links,
            self.contact,
        ):  # fmt: skip
            for item in fields(group):
                yield item.name, getattr(group, item.name)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A property that cannot be taken over; ``label`` names it as well as can be."""

    label: str
    reason: Message
    openimmo_obid: str = ""
    external_no: str = ""

    @property
    def identified(self) -> bool:
        """Whether it is known which property this is."""
        return bool(self.openimmo_obid or self.external_no)


@dataclass(frozen=True, slots=True)
class Provider:
    """<anbieter>: ``key`` is openimmo_anid, else the name of the firm; "" when there is neither."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one provider transfers."""

    provider: Provider
    properties: Sequence[Property]
    rejected: tuple[Rejected, ...]

    @property
    def may_archive(self) -> bool:
        """Whether it is known whose properties, and which, a complete transfer no longer names."""
        return bool(self.provider.key) and all(one.identified for one in self.rejected)


@dataclass(frozen=True, slots=True)
class Transfer:
    """A whole file. ``full``: what is missing here is no longer offered by its provider (umfang VOLL).

    ``stamp`` is when the file says it was made, ``techn_email`` whom it names for reports, both as they are written.
    """

    full: bool
    deliveries: tuple[Delivery, ...]
    sender: str
    files: Files = field(repr=False, compare=False)
    notices: tuple[Remark, ...] = ()
    stamp: str = ""
    techn_email: str = ""

    def __enter__(self) -> Transfer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.files.close()

    @property
    def count(self) -> int:
        """Properties in the file, rejected ones included."""
        return sum(len(delivery.properties) + len(delivery.rejected) for delivery in self.deliveries)

"""The closed vocabularies of a property, with their German names.

Values are stored; members are what code speaks of. Labels are German msgids of gettext.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What is offered. Fine enough for §§ 656a–d BGB: flats and houses of one and of two households stand alone."""

    FLAT = "flat", _("Wohnung")
    HOUSE_SINGLE = "house_single", _("Einfamilienhaus")
    HOUSE_TWO = "house_two", _("Haus mit zwei Wohnungen oder Einliegerwohnung")
    HOUSE_MULTI = "house_multi", _("Mehrfamilienhaus")
    ROOM = "room", _("Zimmer")
    LAND = "land", _("Grundstück")
    COMMERCIAL = "commercial", _("Gewerbe")
    INVESTMENT = "investment", _("Kapitalanlage")
    PARKING = "parking", _("Stellplatz")
    OTHER = "other", _("Sonstiges")


# § 656a BGB: "Wohnung oder Einfamilienhaus". Terraced and semi-detached houses are single-family houses, and so is one
# with a granny flat (BGH 6 March 2025, I ZR 32/24). Two flats of equal rank are arguable: treated as the stricter case.
FLAT_OR_SINGLE_FAMILY_HOUSE = frozenset({Kind.FLAT, Kind.HOUSE_SINGLE, Kind.HOUSE_TWO})
# WoVermRG: rooms to live in.
HOME_KINDS = frozenset({Kind.FLAT, Kind.HOUSE_SINGLE, Kind.HOUSE_TWO, Kind.ROOM})


class Marketing(models.TextChoices):
    """How it is offered. A hereditary building right (Erbbaurecht) counts as purchase, leasing as rent."""

    PURCHASE = "purchase", _("Kauf")
    RENT = "rent", _("Miete")


class CommissionVat(models.TextChoices):
    """How a commission stands to VAT; "" is as its words say. What is not clear is asked first."""

    INCLUDED = "included", _("ist enthalten")
    PLUS = "plus", _("kommt hinzu")
    NONE = "none", _("fällt nicht an")
    UNCLEAR = "unclear", _("ist widersprüchlich angegeben")


class CommissionOpen(models.TextChoices):
    """Why nobody knows yet whether the buyer or tenant owes a commission; "" is decided."""

    UNSAID = "unsaid", _("zur Provision ist nichts angegeben")
    UNCONFIRMED = "unconfirmed", _("eine Provision ist genannt, aber nicht, ob sie verlangt wird")
    CONTRADICTION = "contradiction", _("die Angaben zur Provision widersprechen sich")
    AMOUNTS = "amounts", _("es sind verschieden hohe Provisionen genannt")


class Usage(models.TextChoices):
    """What it may be used for."""

    RESIDENTIAL = "residential", _("Wohnen")
    COMMERCIAL = "commercial", _("Gewerbe")
    INVESTMENT = "investment", _("Kapitalanlage")
    HOLIDAY = "holiday", _("Wohnen auf Zeit")


class Status(models.TextChoices):
    """Where the property stands in the office. Archived ones are kept for the proofs that name them."""

    DRAFT = "draft", _("Entwurf")
    ACTIVE = "active", _("Aktiv")
    RESERVED = "reserved", _("Reserviert")
    SOLD = "sold", _("Verkauft oder vermietet")
    ARCHIVED = "archived", _("Archiviert")


class Condition(models.TextChoices):
    """State of repair; the values are OpenImmo's ``zustand_art`` in lower case."""

    FIRST_OCCUPANCY = "erstbezug", _("Erstbezug")
    NEEDS_RENOVATION = "teil_vollrenovierungsbed", _("renovierungsbedürftig")
    AS_NEW = "neuwertig", _("neuwertig")
    PARTLY_OR_FULLY_REFURBISHED = "teil_vollsaniert", _("teilweise oder vollständig saniert")
    PARTLY_OR_FULLY_RENOVATED = "teil_vollrenoviert", _("teilweise oder vollständig renoviert")
    PARTLY_REFURBISHED = "teil_saniert", _("teilweise saniert")
    REFURBISHED = "voll_saniert", _("vollständig saniert")
    NEEDS_REFURBISHMENT = "sanierungsbeduerftig", _("sanierungsbedürftig")
    DILAPIDATED = "baufaellig", _("baufällig")
    BY_ARRANGEMENT = "nach_vereinbarung", _("nach Vereinbarung")
    MODERNISED = "modernisiert", _("modernisiert")
    WELL_KEPT = "gepflegt", _("gepflegt")
    SHELL = "rohbau", _("Rohbau")
    GUTTED = "entkernt", _("entkernt")
    DEMOLITION = "abrissobjekt", _("Abrissobjekt")
    PLANNED = "projektiert", _("projektiert")


class EnergyCertificate(models.TextChoices):
    """Kind of energy certificate (§ 79 GModG), or why there is none."""

    DEMAND = "demand", _("Bedarfsausweis")
    CONSUMPTION = "consumption", _("Verbrauchsausweis")
    ON_VIEWING = "on_viewing", _("liegt zur Besichtigung vor")
    NOT_YET = "not_yet", _("liegt noch nicht vor")
    NOT_REQUIRED = "not_required", _("nicht erforderlich")


class BuildingUse(models.TextChoices):
    """Which part of the certificate's rules applies (§ 3 (1) GModG, dwellings and others)."""

    DWELLING = "dwelling", _("Wohngebäude")
    OTHER = "other", _("Nichtwohngebäude")


class EnergyClass(models.TextChoices):
    """Efficiency classes of dwellings (annex 10 GModG)."""

    A_PLUS = "A+", "A+"
    A = "A", "A"
    B = "B", "B"
    C = "C", "C"
    D = "D", "D"
    E = "E", "E"
    F = "F", "F"
    G = "G", "G"
    H = "H", "H"


class EnergyCarrier(models.TextChoices):
    """Main energy carrier for heating; the values are OpenImmo's ``primaerenergietraeger`` in lower case."""

    OIL = "oel", _("Öl")
    GAS = "gas", _("Gas")
    ELECTRICITY = "elektro", _("Strom")
    ALTERNATIVE = "alternativ", _("Alternative Energie")
    SOLAR = "solar", _("Solar")
    GEOTHERMAL = "erdwaerme", _("Erdwärme")
    AIR_HEAT_PUMP = "luftwp", _("Luft-Wärmepumpe")
    DISTRICT = "fern", _("Fernwärme")
    BLOCK = "block", _("Blockheizkraftwerk")
    WATER_ELECTRIC = "wasser-elektro", _("Wasser-Elektro")
    PELLETS = "pellet", _("Pellets")
    COAL = "kohle", _("Kohle")
    WOOD = "holz", _("Holz")
    LIQUEFIED_GAS = "fluessiggas", _("Flüssiggas")


class Feature(models.TextChoices):
    """Equipment that is either there or not."""

    BALCONY = "balcony", _("Balkon")
    TERRACE = "terrace", _("Terrasse")
    GARDEN = "garden", _("Garten")
    LIFT = "lift", _("Aufzug")
    FITTED_KITCHEN = "fitted_kitchen", _("Einbauküche")
    CELLAR = "cellar", _("Keller")
    GUEST_WC = "guest_wc", _("Gäste-WC")
    FIREPLACE = "fireplace", _("Kamin")
    BARRIER_FREE = "barrier_free", _("barrierefrei")
    SENIOR_FRIENDLY = "senior_friendly", _("seniorengerecht")
    AIR_CONDITIONED = "air_conditioned", _("Klimaanlage")
    FURNISHED = "furnished", _("möbliert")
    GARAGE = "garage", _("Garage")
    CARPORT = "carport", _("Carport")
    OUTDOOR_PARKING = "outdoor_parking", _("Außenstellplatz")
    UNDERGROUND_PARKING = "underground_parking", _("Tiefgarage")
    SAUNA = "sauna", _("Sauna")
    POOL = "pool", _("Schwimmbad")
    CONSERVATORY = "conservatory", _("Wintergarten")
    ALARM = "alarm", _("Alarmanlage")
    ROLLER_SHUTTERS = "roller_shutters", _("Rollläden")
    WASHING_ROOM = "washing_room", _("Wasch- und Trockenraum")
    BICYCLE_ROOM = "bicycle_room", _("Fahrradraum")
    FLAT_SHARE = "flat_share", _("WG-geeignet")
    UNDERFLOOR_HEATING = "underfloor_heating", _("Fußbodenheizung")
    PARQUET = "parquet", _("Parkettboden")
    FLOORBOARDS = "floorboards", _("Dielenboden")
    TILES = "tiles", _("Fliesenboden")
    LAMINATE = "laminate", _("Laminatboden")
    PART_CELLAR = "part_cellar", _("teilweise unterkellert")
    PART_FURNISHED = "part_furnished", _("teilweise möbliert")
    LOGGIA = "loggia", _("Loggia")
    OPEN_KITCHEN = "open_kitchen", _("offene Küche")
    BATHTUB = "bathtub", _("Badewanne")
    SHOWER = "shower", _("Dusche")
    BATHROOM_WINDOW = "bathroom_window", _("Bad mit Fenster")
    CENTRAL_HEATING = "central_heating", _("Zentralheizung")
    SELF_CONTAINED_HEATING = "self_contained_heating", _("Etagenheizung")
    DISTRICT_HEATING = "district_heating", _("Fernheizung")
    STOVE = "stove", _("Ofenheizung")
    FREIGHT_LIFT = "freight_lift", _("Lastenaufzug")
    DUPLEX_PARKING = "duplex_parking", _("Duplex-Stellplatz")
    WHEELCHAIR = "wheelchair", _("rollstuhlgerecht")
    CABLE_TV = "cable_tv", _("Kabel- oder Satellitenfernsehen")
    STORAGE_ROOM = "storage_room", _("Abstellraum")
    ATTIC = "attic", _("Dachboden")
    MONUMENT = "monument", _("denkmalgeschützt")
    LET = "let", _("vermietet")
    PETS = "pets", _("Haustiere erlaubt")
    NON_SMOKERS = "non_smokers", _("für Nichtraucher")
    SOCIAL_HOUSING = "social_housing", _("nur mit Wohnberechtigungsschein")


class MediaGroup(models.TextChoices):
    """What a picture or document is; the values are OpenImmo's attachment groups."""

    COVER = "TITELBILD", _("Titelbild")
    PICTURE = "BILD", _("Bild")
    INTERIOR = "INNENANSICHTEN", _("Innenansicht")
    EXTERIOR = "AUSSENANSICHTEN", _("Außenansicht")
    FLOOR_PLAN = "GRUNDRISS", _("Grundriss")
    MAP = "KARTEN_LAGEPLAN", _("Lageplan")
    PROVIDER_LOGO = "ANBIETERLOGO", _("Logo des Anbieters")
    DOCUMENT = "DOKUMENTE", _("Dokument")
    PANORAMA = "PANORAMA", _("Panorama")
    QR_CODE = "QRCODE", _("QR-Code")
    ENERGY_SCALE = "EPASS-SKALA", _("Energieskala")


class DocumentStep(models.TextChoices):
    """Who gets a document of a property, and when; what nobody has said anything of stays in the office."""

    OFFICE = "office", _("nur im Büro")
    EXPOSE = "expose", _("mit dem Exposé")
    RELEASE = "release", _("auf Anfrage, nach Ihrer Freigabe je Person")


# With these a recipient hears of a document; with any other value, also one that nobody knows, they do not.
SHOWN_STEPS = frozenset({DocumentStep.EXPOSE, DocumentStep.RELEASE})


# Groups whose pictures make the gallery of an exposé, the cover first.
GALLERY = (
    MediaGroup.COVER,
    MediaGroup.EXTERIOR,
    MediaGroup.INTERIOR,
    MediaGroup.PICTURE,
    MediaGroup.PANORAMA,
)


class ImportOutcome(models.TextChoices):
    """What an import did with one property."""

    CREATED = "created", _("neu")
    CHANGED = "changed", _("geändert")
    UNCHANGED = "unchanged", _("unverändert")
    ARCHIVED = "archived", _("archiviert")
    DELETED = "deleted", _("gelöscht (archiviert)")
    REJECTED = "rejected", _("nicht übernommen")
